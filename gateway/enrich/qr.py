"""The facts what the codes in a message's pictures say: of files that came within the original, and of fetched ones.

Not here: what they mean (`gateway.trust`), how a picture is read (`gateway.reading.pictures`).
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterator, Sequence

import structlog

from gateway.case import Attachment, AttachmentState, Evidence, Fact, FactOutcome, Message
from gateway.enrich import Enricher
from gateway.errors import GatewayError, fault_name
from gateway.ports import Raw
from gateway.reading import Apart, Bounds, Seen
from gateway.reading.pictures import MOST_BYTES, can_look
from gateway.trust.assess import QR

log = structlog.get_logger()

BOUNDS = Bounds(secs=8.0, secs_per_mb=0.5)
"""Of the process that looks: no mail waits for a picture, and one that ends the process takes no mail with it."""
MOST = 5
"""So many pictures of one message are looked at."""
NEEDS = "needs pip install 'gatehouse[images]'"

_UNTOLD = "application/octet-stream"
_ENDINGS = (".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".gif", ".bmp", ".dib", ".tif", ".tiff")


class QrEnricher:
    """Has pictures looked at in a process of its own. What cannot be looked at is a fact that says why."""

    kind = QR

    def __init__(self, apart: Apart) -> None:
        self._apart = apart

    def concerns(self, message: Message) -> bool:
        """Whether there may be a picture in the original of a message; cheap, since in most there is none."""
        return bool(message.attachments) and any(True for _ in _in_raw(message))

    def of(self, raw: Raw) -> Enricher:
        """Return what gives the facts of the messages of this raw."""
        return _InRaw(self, raw)

    async def facts(self, message: Message, raw: Raw) -> Sequence[Fact]:
        """Return one fact for each picture that came within the original, which is this raw."""
        named = list(_in_raw(message))
        first, rest = named[:MOST], named[MOST:]
        if not first:
            return ()
        if not can_look():
            return [_unchecked(each.id, NEEDS) for each in first]
        fits = [each for each in first if each.size <= MOST_BYTES]
        answers = iter(await self._apart.look(raw.body, [each.id for each in fits], raw) if fits else ())
        facts = [_fact(each.id, next(answers)) if each.size <= MOST_BYTES else _too_large(each.id) for each in first]
        if rest:
            facts.append(_unchecked(rest[0].id, f"Only the first {MOST} pictures of a message are looked at."))
        return facts

    async def fact_of(self, file: str, size: int, chunks: AsyncIterable[bytes]) -> Fact:
        """Return the fact of one picture that was fetched, under the id of its attachment."""
        if size > MOST_BYTES:
            return _too_large(file)
        if not can_look():
            return _unchecked(file, NEEDS)
        try:
            (answer,) = await self._apart.look(b"".join([chunk async for chunk in chunks]))
        except Exception as error:  # noqa: BLE001 - the file is kept, whatever becomes of the look at it
            answer = error
        return _fact(file, answer)

    async def close(self) -> None:
        """End the process that looks."""
        await self._apart.close()


class _InRaw:
    """The looker, for one raw; `gather` asks it."""

    kind = QR

    def __init__(self, looker: QrEnricher, raw: Raw) -> None:
        self._looker = looker
        self._raw = raw

    async def facts(self, message: Message) -> Sequence[Fact]:
        return await self._looker.facts(message, self._raw)


def is_picture(file: Attachment) -> bool:
    """Whether a file may be a picture, by anything that is said of it: a wrong name keeps nobody from seeing it."""
    types = (file.declared_type, file.detected_type or "")
    return any(each.startswith("image/") for each in types) or (
        file.name.lower().endswith(_ENDINGS) or (file.declared_type == _UNTOLD and "." not in file.name)
    )


def _in_raw(message: Message) -> Iterator[Attachment]:
    return (each for each in message.attachments if each.state is AttachmentState.IN_RAW and is_picture(each))


def _fact(file: str, answer: Seen | Exception) -> Fact:
    if isinstance(answer, GatewayError):
        return _unchecked(file, f"The picture could not be looked at: {answer}.")
    if isinstance(answer, Exception):
        log.error("picture.failed", error=fault_name(answer))
        return _unchecked(file, "The check failed because of a bug; see the log.")
    evidence = tuple(Evidence(name="text", value=text) for text in answer.texts)
    outcome = FactOutcome.PASS if evidence else FactOutcome.NONE
    return Fact(kind=QR, subject=file, outcome=outcome, evidence=evidence)


def _too_large(file: str) -> Fact:
    return _unchecked(file, f"The picture is larger than the {MOST_BYTES // 2**20} MB that are looked at.")


def _unchecked(file: str, reason: str) -> Fact:
    return Fact(kind=QR, subject=file, outcome=FactOutcome.COULD_NOT_CHECK, reason=reason)
