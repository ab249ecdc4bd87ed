"""From the outbox to the exchange's risk system: an account is frozen once, however often that has to be tried.

The risk system takes each key once, so an outcome that is not known is no doubt for long: it is called again. What came
of it, and that it has not been reached yet, goes into the journal; casework tells the agents. Raises only what the
store raises; a plug-in's errors become fates.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import structlog

from gateway.circuit import Circuit
from gateway.dispatch import Means, Report, last, storable, tell, tell_of
from gateway.errors import AuthError, ConfigError, RateLimitedError, RejectedError
from gateway.feedback import FREEZES, freeze_told
from gateway.guard import finished
from gateway.journal import RISK, Fate, FreezeIntent, State, Store, StoredEffect
from gateway.limits import Call
from gateway.metrics import Stage
from gateway.ports import Key
from gateway.ports.events import FreezeOutcome
from gateway.ports.risk import FreezeOrder, FreezeResult, RiskSystem
from gateway.retry import RetryPolicy
from gateway.wake import ENGINE

log = structlog.get_logger()

AT_ONCE = 8
"""Calls under way at once."""
LATE_AFTER = timedelta(seconds=60)
"""A risk system that could not be reached for so long is told of on the ticket: a person has to freeze by hand."""
LONGEST_WAIT_SECS = 30.0
"""Between two attempts: in a danger nobody waits an hour for the next."""
ATTEMPTS = 500
"""After so many, some two hours, a freeze is buried: by then the agents have long been told."""
FREEZE = Call("freeze")


def patience(retry: RetryPolicy) -> RetryPolicy:
    """Return how long to wait between attempts, and when to give up, by what holds for all else."""
    return replace(
        retry,
        cap_secs=min(retry.cap_secs, LONGEST_WAIT_SECS),
        probe_secs=min(retry.probe_secs, LONGEST_WAIT_SECS),
        attempts=max(retry.attempts, ATTEMPTS),
    )


class FreezeDispatcher:
    """Tells one risk system of accounts to freeze."""

    target = RISK

    def __init__(self, store: Store, risk: RiskSystem, means: Means, arrived: Callable[[], None]) -> None:
        self._store = store
        self._risk = risk
        self._means = means
        self._arrived = arrived
        self.circuit = Circuit(AT_ONCE)

    async def step(self, report: Report) -> int:
        """Freeze a few accounts side by side; return how many orders were claimed."""
        self._means.see_place()
        claimed = await self._store.claim_effects(RISK, self.circuit.size, self._means.clock.now())
        if not claimed:
            return 0
        try:
            with self._means.metrics.timed(Stage.SUBMIT):
                ended = await asyncio.gather(*(self._deliver(item, report) for item in claimed), return_exceptions=True)
        except asyncio.CancelledError:
            # Cut off while the engine goes on, as by a reload: nobody else would ever recover these.
            cut_off = "the gateway gave up waiting for the risk system"
            await last(self._store, [Fate(item.id, State.UNKNOWN, cut_off) for item in claimed])
            raise
        fates = [each for each in ended if isinstance(each, Fate)]
        await self._store.release_effects(fates)
        tell_of(claimed, fates, self._means.metrics, self._means.clock.now())
        for each in ended:
            if isinstance(each, BaseException):
                raise each
        return len(claimed)

    async def _deliver(self, item: StoredEffect, report: Report) -> Fate:
        """Freeze, and let the agents know before the order's fate is kept, so that it is never forgotten."""
        freeze = item.effect.freeze
        if freeze is None:
            return Fate(item.id, State.BURIED, "there is no freeze in this effect")
        if refusal := await self._means.reserve(FREEZE):
            return self._means.fates.put_off([item], refusal, report)[0]
        try:
            result = await finished(self._risk.freeze(order_of(freeze), Key(item.effect.key)))
        except Exception as error:  # noqa: BLE001 - whatever a plug-in raises becomes this order's fate
            return await self._failed(item, freeze, error, report)
        self.circuit.well()
        report(None, None)
        await self._tell(item, freeze, result.outcome, result)
        return Fate(item.id, State.SETTLED, result.outcome)

    async def _failed(self, item: StoredEffect, freeze: FreezeIntent, error: Exception, report: Report) -> Fate:
        fate = self._means.fates.of(item, error)
        if fate.state is State.BURIED:
            await self._tell(item, freeze, "given_up", reason=fate.reason)
        elif isinstance(error, AuthError | ConfigError) or self._means.clock.now() - freeze.at >= LATE_AFTER:
            await self._tell(item, freeze, "late", reason=fate.reason)
        if not isinstance(error, RejectedError | RateLimitedError):
            self.circuit.failed()
        tell(report, error, fate.not_before)
        return fate

    async def _tell(
        self,
        item: StoredEffect,
        freeze: FreezeIntent,
        outcome: FreezeOutcome,
        result: FreezeResult | None = None,
        reason: str = "",
    ) -> None:
        now = self._means.clock.now()
        about = result or FreezeResult("refused", reason=reason)
        told = replace(about, reference=storable(about.reference), reason=storable(about.reason))
        raw = freeze_told(item.effect.key, freeze, outcome, told, now)
        put = await self._store.put_page(ENGINE, FREEZES, [raw], None)
        log.info("freeze.told", case=freeze.case_id, outcome=outcome, known=put.known)
        self._arrived()


def order_of(freeze: FreezeIntent) -> FreezeOrder:
    """Return what the risk system is told."""
    return FreezeOrder(
        case_id=freeze.case_id,
        reason=freeze.reason,
        platform=freeze.platform,
        requester=freeze.requester,
        proven=freeze.proven,
        at=freeze.at,
        account_id=freeze.account_id,
        claimed_account_id=freeze.claimed_account_id,
        entities=tuple((each.kind, each.value) for each in freeze.entities),
    )
