"""What agents do in a ticket system of the operator's own, pushed to us as signed CloudEvents, and what it means.

Pure. Our own events are refused, so that a receiver that sends back all it gets makes no loop.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, ValidationError

from gateway.backends.signatures import flaw
from gateway.case import Frozen
from gateway.errors import MalformedError
from gateway.ports import (
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
VERSION = 1
PREFIX = "gatehouse.ticket."
TRIAL = "gatehouse.ticket.check"
"""A trial call: answered with success, and nothing follows from it."""
OURS = ("gatehouse.case.", "gatehouse.check", "gatehouse.alert.")
"""Types that only we send."""
MAX_TEXT = 100_000
MEDIA_TYPES = ("application/cloudevents+json", "application/json")

_CASE = re.compile(r"GH-[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}")


def _case_number(text: str) -> str:
    if not _CASE.fullmatch(text):
        raise ValueError("write the case's number, as it stood in `subject` of what we sent")
    return text


_Id = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[!-~]+$")]
Kind = Literal["replied", "noted", "solved", "reopened", "merged", "deleted"]
_KINDS: dict[str, Kind] = {kind: kind for kind in get_args(Kind)}


class ActData(Frozen):
    """The `data` of an event: what an agent did."""

    ticket: str = Field(max_length=200, description="Your name of the ticket.")
    text: str = Field(default="", max_length=MAX_TEXT, description="The answer to the user, or the note. Plain text.")
    author: str = Field(default="", max_length=200, description="Who did it, as agents should read it.")


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


def read_act(body: bytes) -> ActEvent:
    """Return the event that a body holds. Raises `MalformedError`, which names fields and nothing of their content."""
    try:
        event = ActEvent.model_validate_json(body)
    except ValidationError as error:
        fields = sorted({".".join(str(part) for part in each["loc"]) or "body" for each in error.errors()})
        raise MalformedError(f"an agent's act cannot be read: {', '.join(fields)[:200]}") from None
    if not event.type.startswith(PREFIX) or event.kind not in _KINDS:
        raise MalformedError("an agent's act cannot be read: type")
    if event.kind == "replied" and not event.data.text:
        raise MalformedError("an agent's act cannot be read: data.text")
    return event


def normalize(raw: Raw) -> Sequence[TicketEvent]:
    """Turn one pushed act into the event that it is."""
    event = read_act(raw.body)
    return (
        TicketEvent(
            id=f"{raw.source}:{raw.key}",
            ticket=event.data.ticket,
            case_id=event.subject,
            kind=_KINDS[event.kind],
            text=event.data.text,
            author=event.data.author,
            at=event.time,
            provenance=NORMALIZER.provenance(raw),
        ),
    )


NORMALIZER = NormalizerPlugin("webhook", VERSION, normalize)
