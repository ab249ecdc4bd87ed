"""What a batch of raws means, and what is to be thought of each message: read, gather facts, mask, assess, triage.

What could be a bomb, or is long, goes to a process of its own where there is one. A fault over one raw is that raw's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.case import Assessment, Fact, Message, Note, Party, Triage
from gateway.casework import Judged
from gateway.errors import ConfigError, MalformedError
from gateway.journal import StoredRaw
from gateway.metrics import Metrics, Stage
from gateway.ports import Clock, DeliveryReport, Edited, Event, MemberSeen, NormalizerPlugin, Raw
from gateway.queues import OLD
from gateway.reading import Apart, Judgement, ReaderAwayError
from gateway.tracing import Facts, Origin, Tracer
from gateway.trust.masking import Clean, clean

MAX_INTERRUPTIONS = 5
"""So often may the gateway stop while it works on a raw; then the raw gets a case unread. After the first time it is
worked on alone, so that what happens is its own doing."""


LONG_CHARS = 600
"""A text of so many characters is judged apart: what that saves here is more than what the way there costs."""
THREAD_CHARS = 20_000
"""What is judged here, for there is no other process, goes to a thread from so many characters on."""
THREAD_BYTES = 256 * 1024
"""What is read here goes to a thread from so many bytes on, so that the loop answers meanwhile."""

Read = Sequence[Event] | Exception
Found = tuple[Message, Assessment, Triage] | Exception
"""A message without secrets, and what was found of it."""


async def _look_at_nothing(message: Message, raw: Raw) -> tuple[Fact, ...]:
    return ()


async def _know_nobody(message: Message, facts: Sequence[Fact]) -> Sequence[Fact]:
    return ()


@dataclass(frozen=True, slots=True)
class Stages:
    """The stages between a raw and its decision, as functions; all but `gather`, `look` and `know` are pure."""

    normalizers: Mapping[str, NormalizerPlugin]
    """By source."""
    gather: Callable[[Message], Awaitable[tuple[Fact, ...]]]
    assess: Callable[[Clean, datetime], Assessment]
    triage: Callable[[Message, Sequence[Fact], Assessment], Triage]
    clean: Callable[[Message, Sequence[Fact]], Clean] = clean
    """Takes the secrets out; nothing after it sees the message as it came."""
    look: Callable[[Message, Raw], Awaitable[tuple[Fact, ...]]] = _look_at_nothing
    """Looks at the original: at the pictures within it, and at what signatures and policies say of its sender."""
    know: Callable[[Message, Sequence[Fact]], Awaitable[Sequence[Fact]]] = _know_nobody
    """Asks what is known of whoever these facts prove to have written it; so it comes last."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A message of a batch with its facts: the place of its raw, and of its event in that raw."""

    raw: int
    event: int
    message: Message
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """A raw, and the normalizer of its source at the time."""

    item: StoredRaw
    plugin: NormalizerPlugin | None

    @property
    def is_apart(self) -> bool:
        return self.plugin is not None and self.plugin.apart

    def normalize(self) -> Sequence[Event]:
        if self.plugin is None:
            raise LookupError("a raw without a normalizer")
        return self.plugin.normalize(self.item.raw)

    def unreadable(self, reason: str) -> Read:
        """Return a message that stands for the raw."""
        if self.plugin is None:
            raise LookupError("a raw without a normalizer")
        return (unreadable(self.item.raw, self.plugin, reason),)


class Judging:
    """The stages between a raw and its decision."""

    def __init__(
        self,
        stages: Stages,
        clock: Clock,
        metrics: Metrics | None = None,
        tracer: Tracer | None = None,
        apart: Apart | None = None,
    ) -> None:
        self._stages = stages
        self._clock = clock
        self._metrics = metrics or Metrics()
        self._tracer = tracer or Tracer()
        self._apart = apart

    async def judge(self, claimed: Sequence[StoredRaw]) -> list[list[Judged] | Exception]:
        """Return the judged events of each raw, or the fault that it met."""
        with self._metrics.timed(Stage.NORMALIZE):
            read = await self._read_all(claimed)
        raws = [item.raw for item in claimed]
        gathered = await asyncio.gather(*map(self._gather, range(len(raws)), raws, read))
        asked = [each for some in gathered if not isinstance(some, Exception) for each in some]
        found = await self._judge_all(asked)
        judged: list[list[Judged] | Exception] = []
        for item, events, facts in zip(claimed, read, gathered, strict=True):
            fault = next((each for each in (events, facts) if isinstance(each, Exception)), None)
            judged.append(fault if fault is not None else _joined(item, len(judged), events, found))
        return judged

    def goes_apart(self, items: Sequence[StoredRaw]) -> bool:
        """Whether another process reads some of these."""
        known = self._stages.normalizers
        plugins = (known.get(item.raw.source) for item in items)
        return self._apart is not None and any(plugin is not None and plugin.apart for plugin in plugins)

    async def _read_all(self, claimed: Sequence[StoredRaw]) -> list[Read]:
        # Looked up once: a channel may come and go while some of this is read elsewhere.
        known = [_Known(item, self._stages.normalizers.get(item.raw.source)) for item in claimed]
        read: list[Read | None] = [_unread(each) for each in known]
        left = [place for place, events in enumerate(read) if events is None]
        apart = [place for place in left if self._apart is not None and known[place].is_apart]
        gone = set(apart)
        here = [place for place in left if place not in gone]
        found = await self._read_here([known[place] for place in here]) if here else []
        if self._apart is not None and apart:
            found += await self._read_apart(self._apart, [known[place] for place in apart])
        for place, events in zip((*here, *apart), found, strict=True):
            read[place] = events
        return [events if events is not None else () for events in read]

    async def _read_here(self, items: Sequence[_Known]) -> list[Read]:
        if sum(len(each.item.raw.body) for each in items) < THREAD_BYTES:
            return [self._read(each) for each in items]
        return await asyncio.to_thread(lambda: [self._read(each) for each in items])

    def _read(self, known: _Known) -> Read:
        try:
            with self._tracer.span(Stage.NORMALIZE, Origin.of(known.item.raw)):
                return known.normalize()
        except MalformedError as error:
            return known.unreadable(str(error))
        except Exception as error:  # noqa: BLE001 - a fault in a normalizer concerns this raw alone
            return error

    async def _read_apart(self, reader: Apart, items: Sequence[_Known]) -> list[Read]:
        read: list[Read] = []
        found = await reader.read([each.item.raw for each in items])
        away = [each for each, (events, _) in zip(items, found, strict=True) if isinstance(events, ReaderAwayError)]
        here = iter(await asyncio.to_thread(lambda: [self._read(each) for each in away]) if away else ())
        for each, (events, secs) in zip(items, found, strict=True):
            if isinstance(events, ReaderAwayError):
                read.append(next(here))
                continue
            self._took(Stage.NORMALIZE, Origin.of(each.item.raw), secs)
            read.append(each.unreadable(str(events)) if isinstance(events, MalformedError) else events)
        return read

    async def _gather(self, place: int, raw: Raw, events: Read) -> list[_Asked] | Exception:
        """Return the messages of a raw with their facts."""
        if isinstance(events, Exception):
            return events
        asked: list[_Asked] = []
        try:
            for number, event in enumerate(events):
                if (message := _message(event)) is not None:
                    with self._metrics.timed(Stage.ENRICH), self._tracer.span(Stage.ENRICH, _origin(message)):
                        facts = await self._stages.gather(message)
                        seen = await self._stages.look(message, raw)
                        known = await self._stages.know(message, (*facts, *seen))
                        asked.append(_Asked(place, number, message, (*facts, *seen, *known)))
        except Exception as error:  # noqa: BLE001 - a fault in gathering concerns this raw alone
            return error
        return asked

    async def _judge_all(self, asked: Sequence[_Asked]) -> dict[tuple[int, int], Found]:
        """Return what was found of each message, by the places of its raw and its event."""
        apart = [each for each in asked if self._apart is not None and _chars(each.message) >= LONG_CHARS]
        gone = {(each.raw, each.event) for each in apart}
        here = [each for each in asked if (each.raw, each.event) not in gone]
        if self._apart is None and sum(_chars(each.message) for each in here) >= THREAD_CHARS:
            told = await asyncio.to_thread(lambda: [self._judge(each) for each in here])
        else:
            told = [self._judge(each) for each in here]
        found = {(each.raw, each.event): one for each, one in zip(here, told, strict=True)}
        if self._apart is not None and apart:
            on = self._clock.now().date()
            judgements = await self._apart.judge([(each.message, each.facts) for each in apart], on)
            away = [each for each, one in zip(apart, judgements, strict=True) if isinstance(one, ReaderAwayError)]
            again = iter(await asyncio.to_thread(lambda: [self._judge(each) for each in away]) if away else ())
            for each, judgement in zip(apart, judgements, strict=True):
                is_away = isinstance(judgement, ReaderAwayError)
                found[each.raw, each.event] = next(again) if is_away else self._judged_apart(each.message, judgement)
        return found

    def _judge(self, asked: _Asked) -> Found:
        origin = _origin(asked.message)
        try:
            with self._metrics.timed(Stage.ASSESS), self._tracer.span(Stage.ASSESS, origin):
                known = self._stages.clean(asked.message, asked.facts)
                assessment = self._stages.assess(known, self._clock.now())
            with self._metrics.timed(Stage.TRIAGE), self._tracer.span(Stage.TRIAGE, origin):
                return known.message, assessment, self._stages.triage(known.message, known.facts, assessment)
        except Exception as error:  # noqa: BLE001 - a fault in judging concerns this raw alone
            return error

    def _judged_apart(self, message: Message, judgement: Judgement | Exception) -> Found:
        if isinstance(judgement, Exception):
            return judgement
        if judgement.assessment is None or judgement.triage is None:
            return LookupError("a judgement without its parts")
        if judgement.message is not None and judgement.message.provenance != message.provenance:
            return LookupError("a judgement of another message")
        for stage, secs in ((Stage.ASSESS, judgement.assess_secs), (Stage.TRIAGE, judgement.triage_secs)):
            self._metrics.stage_took(stage, secs)
            self._took(stage, _origin(message), secs)
        return judgement.message or message, judgement.assessment, judgement.triage

    def _took(self, stage: Stage, origin: Origin, secs: float) -> None:
        ended = self._clock.now()
        self._tracer.took(stage, origin, ended - timedelta(seconds=secs), ended, Facts())


def _unread(known: _Known) -> Read | None:
    """Return what stands for a raw that is not to be read, and why; None when it is."""
    item = known.item
    if known.plugin is None:
        return ConfigError(f"no channel is named {item.raw.source} any more: name it again to have this worked on")
    if item.interrupted >= MAX_INTERRUPTIONS:
        return known.unreadable(
            f"the gateway stopped {item.interrupted} times while it worked on this; it was not read again"
        )
    return None


def _joined(
    item: StoredRaw, place: int, events: Read, found: Mapping[tuple[int, int], Found]
) -> list[Judged] | Exception:
    """Return the events of one raw with what was found of each."""
    old = OLD in item.raw.notes
    judged: list[Judged] = []
    for number, event in enumerate(() if isinstance(events, Exception) else events):
        match found.get((place, number)):
            case None:
                judged.append(Judged(event))
            case Exception() as error:
                return error
            case (message, assessment, triage):
                judged.append(Judged(_holding(event, message), assessment, triage, old))
    return judged


def _message(event: Event) -> Message | None:
    match event:
        case Message():
            return event
        case DeliveryReport() | Edited() | MemberSeen():
            return event.message
        case _:
            return None


def _holding(event: Event, message: Message) -> Event:
    """Return an event with its message as it may be known."""
    match event:
        case DeliveryReport() | Edited() | MemberSeen():
            return event if event.message is message else event.model_copy(update={"message": message})
        case _:
            return message


def _chars(message: Message) -> int:
    """Return how much of a message there is to judge, without reading more of it than tells that it is long."""
    own = (message.text, message.signature, message.quoted, message.subject)
    parts = (*own, *(origin.text for origin in message.forwarded))
    return sum(map(len, parts)) + sum(len(link.url) + len(link.text) for link in message.links)


def _origin(message: Message) -> Origin:
    return Origin.of(message.provenance)


def unreadable(raw: Raw, plugin: NormalizerPlugin, reason: str) -> Message:
    """Return a message that stands for a raw that cannot be read: its case names the kept raw."""
    name = f"raw:{raw.source}:{raw.key}"
    return Message(
        id=name,
        content_key=name,
        provenance=plugin.provenance(raw),
        platform=plugin.name,
        sender=Party(platform=plugin.name),
        notes=(Note(code="unreadable", detail=reason),),
    )
