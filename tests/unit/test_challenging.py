"""A customer is challenged once, looked after until he answers, and told of once, on a real store and over HTTP."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from gateway.answers.acknowledge import AckPolicy
from gateway.answers.locales import load_locales
from gateway.case import Assessment, Case, Challenged, Fact, FactOutcome, Triage
from gateway.casework import Judged, Policy, ask, challenges, decide
from gateway.casework.challenges import CONFIRMED, HOLDS, TALK
from gateway.casework.following import Step
from gateway.casework.proof import shown
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
from tests.builders import NOON, case, mail_auth, message, party, provenance, raw
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
    knows_customers=True,
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
    now = datetime.fromisoformat("2026-11-20T12:10:00+00:00")
    after, (effect,) = challenges.asked(case(), message(), judged(known), POLICY, now)
    assert effect.challenge is not None
    assert (effect.challenge.account_id, effect.challenge.purpose, effect.challenge.lasts_secs) == (ANN, TALK, 600)
    nobody = Fact(kind="customer", subject="ann@mail.test", outcome=FactOutcome.NONE)
    assert challenges.asked(case(), message(text=f"UID {ANN}"), judged(nobody), POLICY, now) == (case(), ())
    assert after.challenged == (Challenged(account_id=ANN, asked_at=now),)
    confirmed = answered(after, "confirmed")
    assert challenges.asked(confirmed, message(), judged(known), POLICY, now) == (confirmed, ())
    other = fact_of(Customer(account_id="90000001"), "ann@mail.test")
    _, (for_other,) = challenges.asked(confirmed, message(), judged(other), POLICY, now)
    assert for_other.challenge is not None
    assert for_other.challenge.account_id == "90000001"
    _, again = challenges.asked(confirmed, message(), judged(known), POLICY, now + HOLDS)
    assert len(again) == 1


def answered(on: Case, outcome: str, account_id: str = ANN, at: datetime = NOON) -> Case:
    """Return a case after a customer has answered."""
    told = provenance(key=f"c:{outcome}", source="engine").model_copy(update={"received_at": at})
    seen = ChallengeEnded.model_validate(
        {"case_id": NUMBER, "account_id": account_id, "purpose": TALK, "outcome": outcome, "provenance": told}
    )
    assert ask(seen, POLICY, at).case_ids == (NUMBER,)
    decided = decide(Judged(seen), Past(cases=(on,)), POLICY, at + timedelta(minutes=10))
    (note,) = decided.effects
    assert note.ticket is not None
    assert note.ticket.note.startswith(f"The customer of account {account_id} ")
    return decided.cases[0]


@pytest.mark.parametrize(
    ("outcome", "confirmed_before", "after"),
    [("confirmed", False, True), ("refused", True, False), ("expired", False, False), ("failed", True, True)],
)
def test_the_case_shows_what_the_customer_answered(outcome: str, confirmed_before: bool, after: bool) -> None:
    before = answered(case(), "confirmed") if confirmed_before else case()
    assert (CONFIRMED in answered(before, outcome).tags) is after


def test_a_refusal_takes_nothing_from_another_customers_confirmation() -> None:
    both = answered(answered(case(), "confirmed"), "confirmed", "90000001")
    left = answered(both, "refused", "90000001")
    assert CONFIRMED in left.tags
    assert challenges.has_confirmed(left, ANN, NOON)
    assert not challenges.has_confirmed(left, "90000001", NOON)


def test_whoever_writes_on_a_case_that_another_has_confirmed_is_asked_himself_and_once() -> None:
    stolen = Triage(category="account_stolen")
    bob = fact_of(Customer(account_id="90000001"), "bob@mail.test")
    facts = (mail_auth(FactOutcome.PASS), bob)
    on = answered(case(category="account_stolen", tags=()), "confirmed")

    def write(name: str, on: Case, at: datetime) -> tuple[Case, list[str], list[str]]:
        mail = message(name, sender=party("bob@mail.test"))
        found = Judged(mail, Assessment(facts=facts), stolen)
        step = Step(on, on, mail, found, Past(), POLICY, at)
        outcome = shown(step)
        asked = [each.challenge.account_id for each in outcome.effects if each.challenge is not None]
        notes = [each.ticket.note for each in outcome.effects if each.ticket is not None]
        return (outcome.cases[0] if outcome.cases else on), asked, notes

    after, asked, (note,) = write("m1", on, NOON)
    assert asked == ["90000001"]
    assert "Before anything of the account: a second factor." in note
    assert write("m2", after, NOON + timedelta(minutes=5))[1:] == ([], [])
    lapsed, asked, _ = write("m3", after, NOON + HOLDS)
    assert asked == ["90000001"]
    assert CONFIRMED in after.tags
    assert CONFIRMED not in lapsed.tags
