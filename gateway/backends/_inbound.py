"""What agents do in a ticket system of the operator's own, told to us as CloudEvents, and what it means.

They are pushed, each signed, or stand in a stream (NATS, Kafka), signed or not: there its server says who may write.

Pure. Our own events are refused, so that a receiver that sends back all it gets makes no loop.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, ValidationError

from gateway.backends.signatures import flaw, unsigned
from gateway.case import Frozen
from gateway.errors import MalformedError
from gateway.ports import (
    DeskFile,
    Key,
    NormalizerPlugin,
    Pushed,
    PushRequest,
    Raw,
    Refusal,
    StreamId,
    TicketEvent,
)

STREAM = StreamId("desk")
VERSION = 2
PREFIX = "gatehouse.ticket."
TRIAL = "gatehouse.ticket.check"
"""A trial call: answered with success, and nothing follows from it."""
OURS = ("gatehouse.case.", "gatehouse.check", "gatehouse.alert.")
"""Types that only we send."""
MAX_TEXT = 100_000
FLAW = "flaw"
"""The note of a raw that says why nothing follows from it."""
MEDIA_TYPES = ("application/cloudevents+json", "application/json")

_CASE = re.compile(r"GH-[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}")


def _case_number(text: str) -> str:
    if not _CASE.fullmatch(text):
        raise ValueError("write the case's number, as it stood in `subject` of what we sent")
    return text


_Id = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[!-~]+$")]
Kind = Literal["replied", "noted", "solved", "reopened", "merged", "deleted"]
_KINDS: dict[str, Kind] = {kind: kind for kind in get_args(Kind)}


class ActFile(Frozen):
    """A file that goes with an answer."""

    ref: str = Field(min_length=1, max_length=2000, description="Where its bytes are.")
    name: str = Field(min_length=1, max_length=200)
    media_type: str = Field(default="application/octet-stream", max_length=200)
    size: int = Field(default=0, ge=0, description="In bytes; 0 when you do not tell it.")


class ActData(Frozen):
    """The `data` of an event: what an agent did."""

    ticket: str = Field(max_length=200, description="Your name of the ticket.")
    text: str = Field(default="", max_length=MAX_TEXT, description="The answer to the user, or the note. Plain text.")
    author: str = Field(default="", max_length=200, description="Who did it, as agents should read it.")
    into: str = Field(default="", max_length=200, description="The ticket that it was merged into.")
    files: tuple[ActFile, ...] = Field(default=(), max_length=50, description="What goes with an answer.")


class ActEvent(Frozen):
    """The envelope: CloudEvents 1.0 in structured mode."""

    specversion: Literal["1.0"]
    id: _Id = Field(description="Names this act; the same when it is sent again.")
    source: str = Field(min_length=1, max_length=200, description="Who sends it; never the gateway's own.")
    type: str = Field(description="`gatehouse.ticket.` and what was done.")
    subject: Annotated[str, AfterValidator(_case_number)] = Field(description="The case's number.")
    time: AwareDatetime = Field(description="When it was done.")
    data: ActData

    @property
    def kind(self) -> str:
        """What was done, as the type says."""
        return self.type.removeprefix(PREFIX)


class _Head(Frozen):
    """As much of an event as says whose it is."""

    source: str = ""
    type: str = ""


class WebhookIngress:
    """Takes signed events. `source` is the gateway's name of the backend, `own` what our own events bear as theirs."""

    def __init__(self, source: str, key: bytes, own: str) -> None:
        self._source = source
        self._key = key
        self._own = own

    def receive(self, request: PushRequest) -> Pushed | Refusal:
        """See `Ingress`; nothing of the body is read before its signature is."""
        if request.method != "POST":
            return Refusal(405, "only POST is taken")
        wrong = flaw(self._key, request.headers, request.body, request.received_at)
        if wrong is not None:
            return Refusal(401, wrong)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in MEDIA_TYPES:
            return Refusal(415, "it is no CloudEvent in structured mode")
        return self._read(request)

    def _read(self, request: PushRequest) -> Pushed | Refusal:
        try:
            head = _Head.model_validate_json(request.body)
        except ValidationError:
            return Refusal(400, "its body is no JSON object")
        if head.type.startswith(OURS) or head.source == self._own:
            return Refusal(422, "it is an event of our own, sent back")
        if head.type == TRIAL:
            return Pushed(())
        try:
            event = read_act(request.body)
        except MalformedError as error:
            return Refusal(422, str(error))
        return Pushed((self._raw(event, request),))

    def _raw(self, event: ActEvent, request: PushRequest) -> Raw:
        return Raw(
            source=self._source,
            stream=STREAM,
            key=Key(event.id),
            lane=event.subject,
            body=request.body,
            media_type=MEDIA_TYPES[0],
            received_at=request.received_at,
            size=len(request.body),
        )


class StreamReader:
    """Reads what stands in a stream. `source` and `own` as for `WebhookIngress`; with a `key` each must be signed."""

    def __init__(self, source: str, own: str, key: bytes | None) -> None:
        self._source = source
        self._own = own
        self._key = key

    def raw(self, place: str, body: bytes, headers: Mapping[str, str], now: datetime) -> Raw | None:
        """Return what is kept of one message; None for our own events and for trials.

        What is not signed, or cannot be read, is kept by its `place` in the stream: it must not take the key of
        another. Header names are in small letters.
        """
        wrong = unsigned(self._key, headers, body) if self._key is not None else None
        if wrong is not None:
            return self.lost(place, f"an agent's act is not taken: {wrong}", now, body)
        try:
            head = _Head.model_validate_json(body)
            if head.type.startswith(OURS) or head.source == self._own or head.type == TRIAL:
                return None
            event = read_act(body)
        except (ValidationError, MalformedError) as error:
            flaw_ = str(error) if isinstance(error, MalformedError) else "an agent's act cannot be read: body"
            return self.lost(place, flaw_, now, body)
        return Raw(self._source, STREAM, Key(event.id), event.subject, body, MEDIA_TYPES[0], now, len(body))

    def lost(self, place: str, flaw: str, now: datetime, body: bytes = b"") -> Raw:
        """Return a raw that says why nothing follows from what stood at a place, so that operators learn of it."""
        key, notes = Key(f"at-{place}"), {FLAW: flaw}
        return Raw(self._source, STREAM, key, "unread", body, MEDIA_TYPES[0], now, len(body), notes=notes)


def read_act(body: bytes) -> ActEvent:
    """Return the event that a body holds. Raises `MalformedError`, which names fields and nothing of their content."""
    try:
        event = ActEvent.model_validate_json(body)
    except ValidationError as error:
        fields = sorted({".".join(str(part) for part in each["loc"]) or "body" for each in error.errors()})
        raise MalformedError(f"an agent's act cannot be read: {', '.join(fields)[:200]}") from None
    if not event.type.startswith(PREFIX) or event.kind not in _KINDS:
        raise MalformedError("an agent's act cannot be read: type")
    if event.kind == "replied" and not event.data.text and not event.data.files:
        raise MalformedError("an agent's act cannot be read: data.text")
    return event


def acts_of(name: str) -> NormalizerPlugin:
    """Return the normalizer of a backend of that name: it turns one act into the event that it is."""

    def normalize(raw: Raw) -> Sequence[TicketEvent]:
        if FLAW in raw.notes:
            raise MalformedError(raw.notes[FLAW])
        return (_event_of(raw, read_act(raw.body), plugin),)

    plugin = NormalizerPlugin(name, VERSION, normalize)
    return plugin


def _event_of(raw: Raw, act: ActEvent, plugin: NormalizerPlugin) -> TicketEvent:
    files = (
        DeskFile(ref=file.ref, name=file.name, media_type=file.media_type, size=file.size) for file in act.data.files
    )
    return TicketEvent(
        id=f"{raw.source}:{raw.key}",
        ticket=act.data.ticket,
        case_id=act.subject,
        kind=_KINDS[act.kind],
        text=act.data.text,
        author=act.data.author,
        at=act.time,
        into=act.data.into,
        attached=tuple(files),
        provenance=plugin.provenance(raw),
    )


NORMALIZER = acts_of("webhook")
