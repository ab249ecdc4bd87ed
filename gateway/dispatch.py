"""From the outbox to a backend or a sender: settle, postpone, bury, or look first.

The attempt was charged when the effect was claimed; after that, each call is reserved with its limits, just before it.
An outcome that is not known is looked up in a backend; a sender makes no second attempt: *maybe sent*. A ticket
that is gone is forgotten, and its write opens another. Raises only what the store raises; a plugin's errors become
fates.
"""

from __future__ import annotations

import asyncio
import random
import traceback
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from gateway.case import Case
from gateway.circuit import Circuit
from gateway.errors import (
    GatewayError,
    GoneError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    TransientError,
    UnreachableError,
)
from gateway.feedback import SENT, undelivered
from gateway.guard import finished, whole
from gateway.journal import EffectKind, Fate, State, Store, StoredEffect
from gateway.limits import Call, Gate, Refusal
from gateway.metrics import Metrics, Stage
from gateway.nodes import NotOwnerError
from gateway.ports import (
    Backend,
    Clock,
    Done,
    Failed,
    Key,
    Pending,
    Receipt,
    Sender,
    TicketFile,
    TicketRef,
    TicketWrite,
)
from gateway.retry import Again, Bury, LookFirst, RetryPolicy, decide
from gateway.tracing import Facts, Origin, Tracer
from gateway.wake import ENGINE

log = structlog.get_logger()

JOB_SECS = 2.0
"""How long a backend's own job is left alone before it is asked after again, where the backend does not say."""
SUBMIT, FIND = Call("submit"), Call("find")
_STALE = frozenset({EffectKind.ACKNOWLEDGEMENT, EffectKind.WARNING})
"""What nobody wants to hear any more after a while."""

Answer = Done | Pending | Failed
Attach = Callable[[StoredEffect], Awaitable[tuple[Sequence[TicketFile], Sequence[str]]]]
"""What of a write's files goes along, and a sentence for each that does not. Raises `TransientError` alone."""
Report = Callable[[Exception | None, datetime | None], None]
"""Told after each call: None when the other side is well, its error when the fault is the target's, not the item's."""


class Fates:
    """Turns an error on an effect into what becomes of it."""

    def __init__(self, clock: Clock, retry: RetryPolicy, rng: random.Random) -> None:
        self._clock = clock
        self._retry = retry
        self._rng = rng

    def of(self, item: StoredEffect, error: Exception) -> Fate:
        """Return the fate of an effect whose call ended in this error."""
        verdict = decide(error, item.attempts, self._retry, self._rng, self._clock.now())
        reason = _storable(str(error)) if _ours(error) else type(error).__name__
        trace = "" if _ours(error) else "".join(traceback.format_tb(error.__traceback__))
        match verdict:
            case Again(at, charged):
                # What may have taken effect stays so until somebody looked, however the looking failed; and a fault of
                # ours may have come after the call did.
                doubtful = item.state in (State.UNKNOWN, State.PENDING) or not _ours(error)
                state = State.UNKNOWN if doubtful else State.POSTPONED
                return Fate(item.id, state, reason, not_before=at, traceback=trace, charged=charged)
            case LookFirst(at):
                return Fate(item.id, State.UNKNOWN, reason, not_before=at)
            case Bury(why):
                return Fate(item.id, State.BURIED, _storable(why), traceback=trace)

    def put_off(self, items: Sequence[StoredEffect], refusal: Refusal, report: Report) -> list[Fate]:
        """Return the fates of effects whose call was not made; tell of it when the whole target has to wait."""
        error = refusal.error(self._clock.now())
        if refusal.whole_until is not None:
            report(error, refusal.whole_until)
        # Without the jitter of a platform's own wait: the limit knows to the moment when there is room.
        return [replace(self.of(item, error), not_before=refusal.until) for item in items]


@dataclass(frozen=True, slots=True)
class Means:
    """What every dispatcher works with. `gate` reserves each call, where limits are declared."""

    clock: Clock
    fates: Fates
    metrics: Metrics = field(default_factory=Metrics)
    tracer: Tracer = field(default_factory=Tracer)
    gate: Gate | None = None
    is_member: Callable[[], bool] = lambda: True
    """Whether this node surely has its place still; asks nobody."""

    def see_place(self) -> None:
        """Raise `NotOwnerError` when another node may have taken over what is about to be delivered.

        Before a claim, since what is claimed and then not called is in doubt; and before a call, since a node that
        slept after its claim must not wake up and send.
        """
        if not self.is_member():
            raise NotOwnerError("this node may have lost its place; nothing was delivered")

    async def reserve(self, call: Call) -> Refusal | None:
        """Reserve a call just before it is made; return why it must wait, if so. Raises as `see_place` does."""
        refusal = await self.gate.reserve(call) if self.gate is not None else None
        self.see_place()
        return refusal


class TicketDispatcher:
    """Writes tickets to one backend, in batches that never hold two writes of one case."""

    def __init__(
        self,
        store: Store,
        target: str,
        backend: Backend,
        batch: int,
        means: Means,
        attach: Attach | None = None,
    ) -> None:
        self._means = means
        self._metrics, self._clock, self._fates = means.metrics, means.clock, means.fates
        self._store = store
        self.target = target
        self._backend = backend
        self._attach = attach
        self.circuit = Circuit(batch)
        self.failing_since: datetime | None = None
        """Since when the whole ticket system has failed, without having taken anything."""

    async def step(self, report: Report) -> int:
        """Deliver one batch; return how many effects it held."""
        self._means.see_place()
        claimed = await self._store.claim_effects(self.target, self.circuit.size, self._clock.now())
        if not claimed:
            return 0
        began = self._clock.now()

        def told(error: Exception | None, again: datetime | None) -> None:
            self._note(error)
            report(error, again)

        try:
            fates, fresh = await self._look(claimed, told)
            with self._metrics.timed(Stage.SUBMIT):
                fates.extend(await self._submit(fresh, told))
        except asyncio.CancelledError:
            # Cut off while the engine goes on, as by a reload: nobody else would ever recover these.
            doubt = "the gateway gave up waiting for the backend"
            await last(self._store, [Fate(item.id, State.UNKNOWN, doubt) for item in claimed])
            raise
        await self._store.release_effects(fates)
        self._trace(claimed, fates, began)
        _tell_of(claimed, fates, self._metrics, self._clock.now())
        return len(claimed)

    def _trace(self, claimed: Sequence[StoredEffect], fates: Sequence[Fate], began: datetime) -> None:
        states = {fate.id: fate.state for fate in fates}
        for item in claimed:
            if item.entry is not None:
                facts = Facts(target=self.target, outcome=states[item.id], attempts=item.attempts)
                origin = Origin.of(item.entry.message.provenance)
                self._means.tracer.took(Stage.SUBMIT, origin, began, self._clock.now(), facts)

    async def _look(self, claimed: Sequence[StoredEffect], report: Report) -> tuple[list[Fate], list[StoredEffect]]:
        """Look for what may have taken effect; return the fates found, and what is to be written."""
        fates: list[Fate] = []
        fresh: list[StoredEffect] = []
        for item in claimed:
            if item.state not in (State.UNKNOWN, State.PENDING):
                fresh.append(item)
                continue
            if refusal := await self._means.reserve(FIND):
                fates += self._fates.put_off([item], refusal, report)
                continue
            try:
                found = await finished(self._backend.find(await self._write(item), item.job))
            except Exception as error:  # noqa: BLE001 - whatever a plugin raises becomes this item's fate
                fates.append(self._fate_of(item, error))
                _tell(report, error, fates[-1].not_before)
                continue
            if found is None:
                fresh.append(item)
            elif isinstance(found, Pending):
                fates.append(self._wait_for(item, found))
            else:
                fates.append(Fate(item.id, State.SETTLED, "found after an unknown outcome", ref=_storable(found)))
        return fates, fresh

    async def _submit(self, items: Sequence[StoredEffect], report: Report) -> list[Fate]:
        if not items:
            return []
        if refusal := await self._means.reserve(SUBMIT):
            return self._fates.put_off(items, refusal, report)
        writes, early = await self._writes(items)
        items = [item for item in items if Key(item.effect.key) in writes]
        if not items:
            return early
        return [*early, *await self._call(items, [writes[Key(item.effect.key)] for item in items], report)]

    async def _writes(self, items: Sequence[StoredEffect]) -> tuple[dict[Key, TicketWrite], list[Fate]]:
        """Make the writes; one whose files cannot be had now waits alone."""
        writes: dict[Key, TicketWrite] = {}
        early: list[Fate] = []
        for item in items:
            try:
                writes[Key(item.effect.key)] = await self._write(item)
            except Exception as error:  # noqa: BLE001 - a fault in making it concerns this write alone
                early.append(self._fates.of(item, error))
        return writes, early

    async def _call(self, items: Sequence[StoredEffect], writes: Sequence[TicketWrite], report: Report) -> list[Fate]:
        by_key = {Key(item.effect.key): item for item in items}
        try:
            answers = _examined(await finished(self._backend.submit(writes)))
        except RejectedError as error:
            if len(items) == 1:
                return [self._fate_of(items[0], error)]
            return await self._halved(items, report)
        except Exception as error:  # noqa: BLE001 - whatever a plugin raises becomes these items' fate
            if len(items) > 1 and not _ours(error):
                return await self._apart(items, report)
            fates = [self._fate_of(item, error) for item in items]
            _tell(report, error, fates[0].not_before)
            return fates
        answered = {answer.key: answer for answer in answers}
        fates = [self._settle(item, answered.get(key)) for key, item in by_key.items()]
        report(*_of_target(answers, fates))
        return fates

    async def _halved(self, items: Sequence[StoredEffect], report: Report) -> list[Fate]:
        """Deliver a batch that was refused as a whole in halves, down to the one write that is refused."""
        middle = len(items) // 2
        return [*await self._submit(items[:middle], report), *await self._submit(items[middle:], report)]

    async def _apart(self, items: Sequence[StoredEffect], report: Report) -> list[Fate]:
        """Deliver one by one after a fault over one of them, which may have come after the others took effect."""
        fates: list[Fate] = []
        for item in items:
            found, fresh = await self._look([replace(item, state=State.UNKNOWN)], report)
            fates.extend(found or await self._submit(fresh, report))
        return fates

    def _settle(self, item: StoredEffect, answer: Answer | None) -> Fate:
        match answer:
            case Done(ticket=ticket):
                return Fate(item.id, State.SETTLED, ref=_storable(ticket))
            case Pending() as pending:
                return self._wait_for(item, pending)
            case Failed(error=error):
                return self._fate_of(item, error)
            case None:
                return self._fate_of(item, OutcomeUnknownError("the backend gave no answer for this write"))

    def _fate_of(self, item: StoredEffect, error: Exception) -> Fate:
        """Return what becomes of a write that failed: one whose ticket is gone goes to a new ticket at once."""
        if isinstance(error, GoneError) and item.ticket is not None:
            now = self._clock.now()
            return Fate(item.id, State.POSTPONED, _storable(str(error)), not_before=now, gone=item.ticket)
        return self._fates.of(item, error)

    async def _write(self, item: StoredEffect) -> TicketWrite:
        """Return the write that an effect stands for. Raises `TransientError` when a file cannot be had now."""
        if item.effect.ticket is None or item.case is None:
            raise LookupError("a ticket effect without its case")
        intent = item.effect.ticket
        files, withheld = await self._attach(item) if self._attach is not None else ((), ())
        return TicketWrite(
            Key(item.effect.key),
            intent.action,
            item.case,
            TicketRef(item.ticket) if item.ticket is not None else None,
            item.entry,
            note=intent.note,
            state=intent.state,
            files=tuple(files),
            withheld=tuple(withheld),
            doubtful=item.state in (State.UNKNOWN, State.PENDING) or item.attempts > 1,
            generation=item.generation,
        )

    def _note(self, error: Exception | None) -> None:
        """Let the breaker learn; to be asked to wait is no failure."""
        if error is None:
            self.circuit.well()
            self.failing_since = None
        elif not isinstance(error, RateLimitedError):
            self.circuit.failed()
            self.failing_since = self.failing_since or self._clock.now()

    def _wait_for(self, item: StoredEffect, pending: Pending) -> Fate:
        """Asking after a job costs no attempt: the write was taken."""
        again = self._clock.now() + (pending.wait or timedelta(seconds=JOB_SECS))
        return Fate(
            item.id,
            State.PENDING,
            "the backend works on it",
            not_before=again,
            job=_storable(pending.job),
            charged=False,
        )


class ReplyDispatcher:
    """Sends the replies of one channel, one claim a reply: at a crash only the one under way is in doubt."""

    def __init__(
        self,
        store: Store,
        target: str,
        sender: Sender,
        stale_after: timedelta,
        means: Means,
        arrived: Callable[[], None] = lambda: None,
    ) -> None:
        self._means = means
        self._metrics, self._clock, self._fates = means.metrics, means.clock, means.fates
        self._store = store
        self.target = target
        self._sender = sender
        self._stale_after = stale_after
        self._arrived = arrived
        self._called = False
        self._unreachable = False

    async def step(self, report: Report) -> int:
        """Send one reply; return how many were claimed."""
        self._means.see_place()
        claimed = await self._store.claim_effects(self.target, 1, self._clock.now())
        for item in claimed:
            fate = await self._deliver(item, report)
            await whole(self._end(item, fate))
            _tell_of([item], [fate], self._metrics, self._clock.now())
        return len(claimed)

    async def _end(self, item: StoredEffect, fate: Fate) -> None:
        """Keep the fate; before that, let the desk know of what did not arrive, so that it is never forgotten."""
        is_answer = item.effect.kind is EffectKind.ANSWER and fate.state in (State.BURIED, State.MAYBE_SENT)
        if is_answer or self._unreachable:
            raw = undelivered(item, fate, self._unreachable, self._clock.now())
            await self._store.put_page(ENGINE, SENT, [raw], None)
            self._arrived()
        await self._store.release_effects([fate])

    async def _deliver(self, item: StoredEffect, report: Report) -> Fate:
        """Send, and leave no reply under way that nobody would recover: what was not called is no doubt."""
        self._called = self._unreachable = False
        try:
            with self._metrics.timed(Stage.SEND):
                return await self._send(item, report)
        except asyncio.CancelledError:
            cut_off = Fate(item.id, State.MAYBE_SENT, "the gateway gave up waiting for the platform")
            await last(self._store, [cut_off if self._called else self._not_called(item)])
            raise
        except GatewayError:
            if not self._called:
                await last(self._store, [self._not_called(item)])
            raise

    def _not_called(self, item: StoredEffect) -> Fate:
        now = self._clock.now()
        return Fate(item.id, State.POSTPONED, "the gateway stopped before it was sent", not_before=now, charged=False)

    async def _send(self, item: StoredEffect, report: Report) -> Fate:
        reply = item.effect.reply
        if item.state is State.UNKNOWN:
            return Fate(item.id, State.MAYBE_SENT, "the gateway stopped, or the line dropped, while it was being sent")
        if reply is None:
            return Fate(item.id, State.BURIED, "there is no reply in this effect")
        if item.effect.kind in _STALE and self._stale(item.case):
            return Fate(item.id, State.SETTLED, "not sent: too old by the time it could be")
        if refusal := await self._means.reserve(Call.sending(reply, item.case)):
            return self._fates.put_off([item], refusal, report)[0]
        self._called = True
        try:
            receipt = _receipt(await finished(self._sender.send(reply, Key(item.effect.key))))
        except OutcomeUnknownError as error:
            report(None, None)
            return Fate(item.id, State.MAYBE_SENT, _storable(str(error)))
        except Exception as error:  # noqa: BLE001 - whatever a plugin raises becomes this item's fate
            self._unreachable = isinstance(error, UnreachableError)
            fate = self._fates.of(item, error)
            _tell(report, error, fate.not_before)
            return fate if fate.state is not State.UNKNOWN else Fate(item.id, State.MAYBE_SENT, fate.reason)
        report(None, None)
        return Fate(item.id, State.SETTLED, _storable(receipt.note), ref=_storable(receipt.ref))

    def _stale(self, case: Case | None) -> bool:
        return case is not None and self._clock.now() - case.updated_at > self._stale_after


async def last(store: Store, fates: Sequence[Fate]) -> None:
    """Give effects their fate although the part is ending; what the store does not take, the next engine recovers."""
    with suppress(GatewayError, asyncio.CancelledError):
        await asyncio.shield(store.release_effects(fates))


def _of_target(answers: Sequence[Answer], fates: Sequence[Fate]) -> tuple[Exception | None, datetime | None]:
    """Return the error among the answers that concerns the whole target, if any, with when to come again.

    That one write went through is no reason to hammer at a closed door with all the others.
    """
    until = {fate.id: fate.not_before for fate in fates}
    waits = [
        answer.error
        for answer in answers
        if isinstance(answer, Failed) and isinstance(answer.error, RateLimitedError) and not answer.error.item
    ]
    if waits:
        return max(waits, key=lambda error: error.retry_after), max(filter(None, until.values()), default=None)
    return None, None


def _examined(answers: Sequence[Any]) -> Sequence[Answer]:
    """Refuse what is no answer at all: the plugin is at fault, and what it did is in doubt."""
    for answer in answers:
        if not isinstance(answer, Done | Pending | Failed) or (
            isinstance(answer, Failed) and not isinstance(answer.error, Exception)
        ):
            raise TypeError("a backend returned something else than answers")
    return answers


def _receipt(given: Any) -> Receipt:
    """Refuse what is no receipt: what the plugin did is in doubt."""
    if not isinstance(given, Receipt):
        raise TypeError("a sender returned something else than a receipt")
    return given


def _storable(text: str) -> str:
    """Return a plugin's text as a database can keep it."""
    return str(text).encode("utf-8", "replace").decode()


def _ours(error: Exception) -> bool:
    return isinstance(error, GatewayError)


def _tell(report: Report, error: Exception, again: datetime | None) -> None:
    """Tell the supervisor of what concerns the target rather than one item."""
    one_item = isinstance(error, RejectedError) or (isinstance(error, TransientError) and error.item)
    report(None if one_item else error, None if one_item else again)


def _tell_of(claimed: Sequence[StoredEffect], fates: Sequence[Fate], metrics: Metrics, now: datetime) -> None:
    """Log and count what became of each effect."""
    known = {item.id: item for item in claimed}
    for fate in fates:
        item = known[fate.id]
        delay = now - item.entry.message.provenance.received_at if item.entry is not None else None
        metrics.effect_attempted(item.effect.target, item.effect.kind)
        metrics.effect_ended(item.effect.target, item.effect.kind, fate.state, delay)
        level = log.error if fate.state in (State.BURIED, State.MAYBE_SENT) else log.info
        level(
            f"effect.{fate.state}",
            kind=item.effect.kind,
            target=item.effect.target,
            case=item.effect.case_id,
            attempts=item.attempts,
            reason=fate.reason,
        )
