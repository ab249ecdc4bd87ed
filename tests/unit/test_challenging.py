"""A customer is challenged once, looked after until he answers, and told of once, on a real store and over HTTP."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from gateway.answers.acknowledge import AckPolicy
from gateway.answers.locales import load_locales
from gateway.case import Assessment, Fact, FactOutcome
from gateway.casework import Judged, Policy, ask, challenges, decide
from gateway.casework.challenges import CONFIRMED, TALK
from gateway.challenging import GRACE, ChallengeDispatcher
from gateway.customers import fact_of
from gateway.dispatch import Fates, Means
from gateway.exchange.second_factor import HttpSecondFactor
from gateway.feedback import normalize
from gateway.journal import SECOND_FACTOR, ChallengeIntent, Decision, Effect, EffectKind, State
from gateway.past import Past
from gateway.ports import ChallengeEnded
from gateway.ports.customers import Customer
from gateway.queues import Wanted
from gateway.retry import RetryPolicy
from gateway.sandbox.exchange import Fault
from gateway.store import SqlStore
from tests.builders import case, message, provenance, raw
from tests.conftest import ManualClock
from tests.exchange import ANN, Exchange, exchange_on

NUMBER = "GH-AAAAA-AAAAA"
POLL = timedelta(seconds=5)
POLICY = Policy(
    brand="Examplex",
    official=(),
    locales=load_locales(),
    secret=b"s" * 32,
    backend="backend:embedded",
    acknowledgement=AckPolicy(),
    own_addresses=frozenset(),
    sending=frozenset(),
    challenge_secs=600,
)


def wanted(name: str = "m1") -> Effect:
    at = datetime.fromisoformat("2026-11-20T12:00:00+00:00")
    challenge = ChallengeIntent(case_id=NUMBER, account_id=ANN, purpose=TALK, lasts_secs=600, at=at)
    key = f"challenge:{NUMBER}:{TALK}:{name}"
    return Effect(key=key, kind=EffectKind.CHALLENGE, target=SECOND_FACTOR, case_id=NUMBER, challenge=challenge)


class Desk:
    """A store with a case, and a dispatcher."""

    def __init__(self, store: SqlStore, clock: ManualClock, exchange: Exchange) -> None:
        self.store, self.clock, self.exchange = store, clock, exchange

    async def step(self) -> int:
        """Let one round of challenges go by."""
        async with self.exchange.calls("/second-factor") as calls:
            retry = RetryPolicy(base_secs=1, cap_secs=10, attempts=5)
            means = Means(self.clock, Fates(self.clock, retry, random.Random(1)))
            second = HttpSecondFactor(calls)
            dispatcher = ChallengeDispatcher(self.store, second, POLL, means, lambda: None)
            return await dispatcher.step(lambda error, again: None)

    async def wants(self, effect: Effect) -> None:
        await self.store.put_page("support", raw().stream, [raw("w")], None)
        (claimed,) = await self.store.claim_raws(1, 10**6, self.clock.now())
        await self.store.commit([Decision(claimed.seq, cases=(case(),), effects=(effect,))])

    async def told(self) -> list[str]:
        claimed = await self.store.claim_raws(10, 10**6, self.clock.now())
        await self.store.commit([Decision(each.seq) for each in claimed])
        events = [event for each in claimed for event in normalize(each.raw)]
        return [event.outcome for event in events if isinstance(event, ChallengeEnded)]

    async def state(self) -> State:
        (item,) = await self.store.queues.effects(Wanted(place=SECOND_FACTOR))
        return item.view.state


@pytest.fixture
async def exchange(clock: ManualClock) -> AsyncIterator[Exchange]:
    async with exchange_on(clock) as found:
        yield found


@pytest.fixture
def desk(store: SqlStore, clock: ManualClock, exchange: Exchange) -> Desk:
    return Desk(store, clock, exchange)


@pytest.mark.parametrize("answer", ["confirmed", "refused"])
async def test_a_customer_is_challenged_once_and_polled_until_he_answers(desk: Desk, answer: str) -> None:
    await desk.wants(wanted())
    for _ in range(3):
        assert await desk.step() == 1
        assert await desk.step() == 0, "nobody asks again before the poll is due"
        assert await desk.state() is State.PENDING
        assert await desk.told() == []
        desk.clock.advance(POLL.total_seconds())
    (name,) = desk.exchange.server.challenges
    desk.exchange.server.decide(name, answer)
    await desk.step()
    assert await desk.told() == [answer]
    assert await desk.state() is State.SETTLED
    assert desk.exchange.server.asked == {"challenge": 1, "challenge_state": 3}


async def test_a_challenge_that_was_under_way_when_the_gateway_died_is_the_same_one(desk: Desk) -> None:
    await desk.wants(wanted())
    desk.exchange.server.plan(Fault(cut=True, takes=True, times=1))
    await desk.step()
    assert await desk.state() is State.UNKNOWN
    desk.clock.advance(10)
    await desk.store.claim_effects(SECOND_FACTOR, 1, desk.clock.now())
    await desk.store.recover()
    await desk.step()
    assert len(desk.exchange.server.challenges) == 1
    assert await desk.state() is State.PENDING


async def test_who_does_not_answer_in_time_has_proven_nothing(desk: Desk) -> None:
    await desk.wants(wanted())
    await desk.step()
    desk.clock.advance(600)
    await desk.step()
    assert await desk.told() == ["expired"]


async def test_an_exchange_that_says_pending_for_ever_is_not_asked_for_ever(desk: Desk) -> None:
    desk.exchange.server.plan(Fault(200, b'{"state": "pending", "challenge": "x"}'))
    await desk.wants(wanted())
    await desk.step()
    desk.clock.advance(600 + GRACE.total_seconds())
    await desk.step()
    assert await desk.told() == ["expired"]
    assert await desk.state() is State.SETTLED


async def test_who_cannot_be_asked_is_told_of(desk: Desk) -> None:
    desk.exchange.server.plan(Fault(400))
    await desk.wants(wanted())
    await desk.step()
    assert await desk.told() == ["failed"]
    assert await desk.state() is State.BURIED


async def test_an_exchange_that_is_away_is_tried_until_the_time_is_over(desk: Desk) -> None:
    desk.exchange.server.plan(Fault(401))
    await desk.wants(wanted())
    await desk.step()
    assert await desk.told() == []
    desk.clock.advance(900)
    await desk.step()
    assert await desk.told() == ["failed"]


def judged(*facts: Fact) -> Judged:
    return Judged(message(), Assessment(facts=facts))


def test_only_a_proven_customer_who_has_not_confirmed_is_challenged() -> None:
    known = fact_of(Customer(account_id=ANN), "ann@mail.test")
    (effect,) = challenges.effects(case(), message(), judged(known), POLICY)
    assert effect.challenge is not None
    assert (effect.challenge.account_id, effect.challenge.purpose, effect.challenge.lasts_secs) == (ANN, TALK, 600)
    nobody = Fact(kind="customer", subject="ann@mail.test", outcome=FactOutcome.NONE)
    assert challenges.effects(case(), message(text=f"UID {ANN}"), judged(nobody), POLICY) == ()
    assert challenges.effects(case(tags=(CONFIRMED,)), message(), judged(known), POLICY) == ()


@pytest.mark.parametrize(
    ("outcome", "before", "after"),
    [
        ("confirmed", (), True),
        ("refused", (CONFIRMED,), False),
        ("expired", (), False),
        ("failed", (CONFIRMED,), True),
    ],
)
def test_the_case_shows_what_the_customer_answered(outcome: str, before: tuple[str, ...], after: bool) -> None:
    told = provenance(key=f"c:{outcome}", source="engine")
    seen = ChallengeEnded.model_validate(
        {"case_id": NUMBER, "account_id": ANN, "purpose": TALK, "outcome": outcome, "provenance": told}
    )
    now = datetime.fromisoformat("2026-11-20T12:10:00+00:00")
    assert ask(seen, POLICY, now).case_ids == (NUMBER,)
    decided = decide(Judged(seen), Past(cases=(case(tags=before),)), POLICY, now)
    assert (CONFIRMED in decided.cases[0].tags) is after
    (note,) = decided.effects
    assert note.ticket is not None
    assert note.ticket.note.startswith(f"The customer of account {ANN} ")
