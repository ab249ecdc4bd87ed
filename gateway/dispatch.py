"""From the outbox to a sender: settle, postpone, bury, or *maybe sent*; and what every dispatcher works with.

The attempt was charged when the effect was claimed; after that, each call is reserved with its limits, just before it.
An outcome that is not known is never tried again by itself. Raises only what the store raises; a plugin's errors become
fates.
"""

from __future__ import annotations

import asyncio
import random
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from gateway.case import Case
from gateway.errors import (
    GatewayError,
    OutcomeUnknownError,
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
    Clock,
    Key,
    Receipt,
    Sender,
)
from gateway.retry import Again, Bury, LookFirst, RetryPolicy, decide
from gateway.tracing import Tracer
from gateway.wake import ENGINE

log = structlog.get_logger()

_STALE = frozenset({EffectKind.ACKNOWLEDGEMENT, EffectKind.WARNING})
"""What nobody wants to hear any more after a while."""

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
        reason = storable(str(error)) if is_ours(error) else type(error).__name__
        trace = "" if is_ours(error) else "".join(traceback.format_tb(error.__traceback__))
        match verdict:
            case Again(at, charged):
                # What may have taken effect stays so until somebody looked, however the looking failed; and a fault of
                # ours may have come after the call did.
                doubtful = item.state in (State.UNKNOWN, State.PENDING) or not is_ours(error)
                state = State.UNKNOWN if doubtful else State.POSTPONED
                return Fate(item.id, state, reason, not_before=at, traceback=trace, charged=charged)
            case LookFirst(at):
                return Fate(item.id, State.UNKNOWN, reason, not_before=at)
            case Bury(why):
                return Fate(item.id, State.BURIED, storable(why), traceback=trace)

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
            tell_of([item], [fate], self._metrics, self._clock.now())
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
            return Fate(item.id, State.MAYBE_SENT, storable(str(error)))
        except Exception as error:  # noqa: BLE001 - whatever a plugin raises becomes this item's fate
            self._unreachable = isinstance(error, UnreachableError)
            fate = self._fates.of(item, error)
            tell(report, error, fate.not_before)
            return fate if fate.state is not State.UNKNOWN else Fate(item.id, State.MAYBE_SENT, fate.reason)
        report(None, None)
        return Fate(item.id, State.SETTLED, storable(receipt.note), ref=storable(receipt.ref))

    def _stale(self, case: Case | None) -> bool:
        return case is not None and self._clock.now() - case.updated_at > self._stale_after


async def last(store: Store, fates: Sequence[Fate]) -> None:
    """Give effects their fate although the part is ending; what the store does not take, the next engine recovers."""
    with suppress(GatewayError, asyncio.CancelledError):
        await asyncio.shield(store.release_effects(fates))


def _receipt(given: Any) -> Receipt:
    """Refuse what is no receipt: what the plugin did is in doubt."""
    if not isinstance(given, Receipt):
        raise TypeError("a sender returned something else than a receipt")
    return given


def storable(text: str) -> str:
    """Return a plugin's text as a database can keep it."""
    return str(text).encode("utf-8", "replace").decode()


def is_ours(error: Exception) -> bool:
    """Whether an error was raised on purpose, rather than by a fault of the code."""
    return isinstance(error, GatewayError)


def tell(report: Report, error: Exception, again: datetime | None) -> None:
    """Tell the supervisor of what concerns the target rather than one item."""
    one_item = isinstance(error, RejectedError) or (isinstance(error, TransientError) and error.item)
    report(None if one_item else error, None if one_item else again)


def tell_of(claimed: Sequence[StoredEffect], fates: Sequence[Fate], metrics: Metrics, now: datetime) -> None:
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
