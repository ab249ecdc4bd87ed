"""From the outbox to the exchange's second factor: a customer is challenged once, and looked after until he answers.

While he has not, the effect is pending under the exchange's name for the challenge, and is polled. What came of it goes
into the journal; casework tells the agents. Raises only what the store raises; a plug-in's errors become fates.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta

import structlog

from gateway.dispatch import Means, Report, last, tell, tell_of
from gateway.feedback import CHALLENGES, challenge_ended
from gateway.guard import finished
from gateway.journal import SECOND_FACTOR, ChallengeIntent, Fate, State, Store, StoredEffect
from gateway.limits import Call
from gateway.ports import Key
from gateway.ports.events import ChallengeOutcome
from gateway.ports.second_factor import Challenge, ChallengeState, Confirmation, SecondFactor
from gateway.wake import ENGINE

log = structlog.get_logger()

AT_ONCE = 8
GRACE = timedelta(minutes=1)
"""A challenge that the exchange still calls pending so long after its time is over."""
OUTCOMES: Mapping[Confirmation, ChallengeOutcome] = {
    Confirmation.CONFIRMED: "confirmed",
    Confirmation.REFUSED: "refused",
    Confirmation.EXPIRED: "expired",
}
ASK, LOOK = Call("challenge"), Call("challenge_state")


class ChallengeDispatcher:
    """Challenges customers, and asks every `poll` what they have answered."""

    target = SECOND_FACTOR

    def __init__(
        self, store: Store, second: SecondFactor, poll: timedelta, means: Means, arrived: Callable[[], None]
    ) -> None:
        self._store = store
        self._second = second
        self._poll = poll
        self._means = means
        self._arrived = arrived

    async def step(self, report: Report) -> int:
        """Challenge a few, and look after those who were; return how many were claimed."""
        self._means.see_place()
        claimed = await self._store.claim_effects(SECOND_FACTOR, AT_ONCE, self._means.clock.now())
        if not claimed:
            return 0
        try:
            ended = await asyncio.gather(*(self._deliver(item, report) for item in claimed), return_exceptions=True)
        except asyncio.CancelledError:
            cut_off = "the gateway gave up waiting for the exchange"
            await last(self._store, [Fate(item.id, State.UNKNOWN, cut_off) for item in claimed])
            raise
        fates = [each for each in ended if isinstance(each, Fate)]
        await self._store.release_effects(fates)
        over = [fate for fate in fates if fate.state is not State.PENDING]
        tell_of(claimed, over, self._means.metrics, self._means.clock.now())
        for each in ended:
            if isinstance(each, BaseException):
                raise each
        return len(claimed)

    async def _deliver(self, item: StoredEffect, report: Report) -> Fate:
        challenge = item.effect.challenge
        if challenge is None:
            return Fate(item.id, State.BURIED, "there is no challenge in this effect")
        if refusal := await self._means.reserve(LOOK if item.job else ASK):
            return self._means.fates.put_off([item], refusal, report)[0]
        try:
            found = await finished(self._call(item, challenge))
        except Exception as error:  # noqa: BLE001 - whatever a plug-in raises becomes this challenge's fate
            fate = self._means.fates.of(item, error)
            tell(report, error, fate.not_before)
            if fate.state is not State.BURIED and not self._is_over(challenge):
                return fate
            await self._tell(item, challenge, "failed")
            return Fate(item.id, State.BURIED, fate.reason)
        report(None, None)
        if found.state is not Confirmation.PENDING:
            await self._tell(item, challenge, OUTCOMES[found.state])
            return Fate(item.id, State.SETTLED, found.state)
        if self._is_over(challenge):
            await self._tell(item, challenge, "expired")
            return Fate(item.id, State.SETTLED, Confirmation.EXPIRED)
        again = self._means.clock.now() + self._poll
        job = found.job or item.job
        return Fate(item.id, State.PENDING, "waits for the customer", not_before=again, job=job, charged=False)

    async def _call(self, item: StoredEffect, challenge: ChallengeIntent) -> ChallengeState:
        if item.job:
            return await self._second.look(item.job)
        wanted = Challenge(challenge.account_id, challenge.purpose, challenge.case_id, challenge.lasts_secs)
        return await self._second.ask(wanted, Key(item.effect.key))

    def _is_over(self, challenge: ChallengeIntent) -> bool:
        return self._means.clock.now() >= challenge.at + timedelta(seconds=challenge.lasts_secs) + GRACE

    async def _tell(self, item: StoredEffect, challenge: ChallengeIntent, outcome: ChallengeOutcome) -> None:
        raw = challenge_ended(item.effect.key, challenge, outcome, self._means.clock.now())
        put = await self._store.put_page(ENGINE, CHALLENGES, [raw], None)
        log.info("challenge.ended", case=challenge.case_id, outcome=outcome, known=put.known)
        self._arrived()
