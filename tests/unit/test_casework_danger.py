"""A danger has an account frozen once, by what is proven of whoever wrote; the agents hear what came of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.answers.acknowledge import AckPolicy
from gateway.answers.locales import load_locales
from gateway.case import Assessment, Entity, Fact, FactOutcome, ForwardOrigin, Message, Party, Priority, Span, Triage
from gateway.casework import Judged, Policy, ask, danger, decide
from gateway.casework.freezes import FROZEN, told
from gateway.customers import fact_of
from gateway.journal import RISK, EffectKind
from gateway.past import Past
from gateway.ports import FreezeTold, TicketAction
from gateway.ports.customers import Customer
from tests.builders import NOON, case, mail_auth, message, party, provenance

POLICY = Policy(
    brand="Examplex",
    official=(),
    locales=load_locales(),
    secret=b"s" * 32,
    backend="backend:embedded",
    acknowledgement=AckPolicy(),
    own_addresses=frozenset(),
    sending=frozenset(),
    freezes=frozenset({"account_stolen", "secret_shared"}),
)
NOW = datetime(2026, 11, 20, 12, 5, tzinfo=UTC)
PASS = mail_auth(FactOutcome.PASS)
CUSTOMER = fact_of(Customer(account_id="48210734"), "ann@mail.test")
HASH = "a" * 64


def judged(
    found: str = "account_stolen",
    facts: tuple[Fact, ...] = (PASS,),
    entities: tuple[Entity, ...] = (),
    of: Message | None = None,
) -> Judged:
    return Judged(of or message(), Assessment(facts=facts), Triage(danger=found, entities=entities))


def entity(kind: str, value: str) -> Entity:
    return Entity(kind=kind, value=value, span=Span(field="text", start=0, end=len(value)))


def test_a_danger_that_the_desk_freezes_for_is_one_order() -> None:
    found = judged(
        facts=(PASS, CUSTOMER),
        entities=(
            entity("account_id", "48210734"),
            entity("account_id", "99887766"),
            entity("tx_hash", HASH),
            entity("tx_hash", HASH),
            entity("amount", "5 BTC"),
            entity("email", "thief@mail.test"),
        ),
    )
    (effect,) = danger.effects(case(), message(), found, POLICY)
    assert (effect.kind, effect.target, effect.case_id) == (EffectKind.FREEZE, RISK, "GH-AAAAA-AAAAA")
    freeze = effect.freeze
    assert freeze is not None
    assert (freeze.account_id, freeze.claimed_account_id, freeze.proven) == ("48210734", "99887766", True)
    assert (freeze.platform, freeze.requester, freeze.reason) == ("email", "ann@mail.test", "account_stolen")
    assert freeze.at == NOON
    assert freeze.entities == (Entity(kind="tx_hash", value=HASH),)


def test_what_the_user_has_named_before_goes_along() -> None:
    before = case(entities=(Entity(kind="withdrawal_id", value="W123"), Entity(kind="account_id", value="99887766")))
    (effect,) = danger.effects(before, message(), judged(), POLICY)
    assert effect.freeze is not None
    assert effect.freeze.entities == (Entity(kind="withdrawal_id", value="W123"),)
    assert effect.freeze.claimed_account_id == "99887766"


def test_the_order_is_the_same_however_many_messages_tell_of_it_and_another_for_another_danger() -> None:
    keys = {
        danger.effects(case(), message(name), judged(found), POLICY)[0].key
        for name in ("m1", "m2")
        for found in ("account_stolen", "secret_shared")
    }
    assert {key.split(":")[2] for key in keys} == {"account_stolen", "secret_shared"}
    assert len(keys) == 2


def test_a_case_that_was_opened_again_and_an_account_that_is_known_at_last_are_orders_of_their_own() -> None:
    first = danger.effects(case(danger_at=NOON), message(), judged(), POLICY)[0].key
    again = danger.effects(case(danger_at=NOON + timedelta(days=1)), message(), judged(), POLICY)[0].key
    assert first != again


@pytest.mark.parametrize("found", ["", "scam_under_way", "something else"])
def test_no_other_danger_freezes(found: str) -> None:
    assert danger.effects(case(), message(), judged(found), POLICY) == ()


def test_what_came_before_the_channel_was_watched_freezes_nothing() -> None:
    assert danger.effects(case(), message(), replace(judged(), old=True), POLICY) == ()


@pytest.mark.parametrize("outcome", [FactOutcome.FAIL, FactOutcome.NONE, FactOutcome.COULD_NOT_CHECK])
def test_an_account_that_is_merely_written_is_marked_as_claimed(outcome: FactOutcome) -> None:
    found = judged(facts=(mail_auth(outcome),), entities=(entity("account_id", "48210734"),))
    (effect,) = danger.effects(case(), message(), found, POLICY)
    assert effect.freeze is not None
    assert (effect.freeze.account_id, effect.freeze.claimed_account_id) == ("", "48210734")
    assert not effect.freeze.proven


def test_on_a_platform_the_immutable_id_is_told() -> None:
    chat = message(platform="telegram", sender=Party(platform="telegram", address="55", id="7001", handle="ann_t"))
    (effect,) = danger.effects(case(), chat, judged(facts=(), of=chat), POLICY)
    assert effect.freeze is not None
    assert (effect.freeze.platform, effect.freeze.requester, effect.freeze.proven) == ("telegram", "7001", True)


def event(outcome: str = "frozen", **fields: Any) -> FreezeTold:
    given: dict[str, Any] = {
        "case_id": "GH-AAAAA-AAAAA",
        "danger": "account_stolen",
        "outcome": outcome,
        "provenance": provenance(key=f"freeze:{outcome}", source="engine"),
    }
    return FreezeTold(**(given | fields))


@pytest.mark.parametrize(
    ("outcome", "tagged"),
    [("frozen", True), ("already", True), ("refused", False), ("late", False), ("given_up", False)],
)
def test_the_agents_hear_what_came_of_it(outcome: str, tagged: bool) -> None:
    seen = event(outcome)
    assert ask(seen, POLICY, NOW).case_ids == ("GH-AAAAA-AAAAA",)
    decided = decide(Judged(seen), Past(cases=(case(),)), POLICY, NOW)
    (changed,) = decided.cases
    assert changed.version == 2
    assert (FROZEN in changed.tags) is tagged
    (note,) = decided.effects
    assert note.ticket is not None
    assert (note.ticket.action, note.ticket.note) == (TicketAction.NOTE, told(seen))


def test_a_freeze_without_its_case_is_kept_and_nothing_more() -> None:
    decided = decide(Judged(event()), Past(), POLICY, NOW)
    assert (decided.cases, decided.effects) == ((), ())


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (
            event(account_id="48210734", reference="FRZ-1", until=NOON),
            "The risk system has frozen account 48210734, since the account seems to be stolen. Its reference: FRZ-1. "
            "Until 2026-11-20 12:00 UTC.",
        ),
        (
            event("already", danger="secret_shared"),
            "The risk system says that the account of whoever wrote this is frozen already.",
        ),
        (
            event("refused", reason="nothing proves whose it is.", claimed_account_id="99887766"),
            "The risk system did not freeze the account of whoever wrote this: nothing proves whose it is. Look at it "
            "yourself at once: the account seems to be stolen. The text names account 99887766; nothing proves that it "
            "is the writer's.",
        ),
        (
            event("late", reason="risk.test answered 503"),
            "The risk system could not be reached yet: risk.test answered 503. It is tried on. Freeze the account of "
            "whoever wrote this by hand: the account seems to be stolen.",
        ),
        (
            event("given_up", account_id="48210734"),
            "The risk system could not be told to freeze account 48210734. It is not tried any more. Freeze it by "
            "hand: the account seems to be stolen.",
        ),
    ],
)
def test_notes_are_plain(seen: FreezeTold, said: str) -> None:
    assert told(seen) == said


ABSENT = {"auto-submitted": "auto-replied"}
FORWARDED = (ForwardOrigin(party=party("eve@mail.test"), kind="user"),)


@pytest.mark.parametrize(
    ("fields", "found", "stays"),
    [
        ({"headers": ABSENT}, "account_stolen", False),
        ({"headers": ABSENT}, "scam_under_way", False),
        ({"forwarded": FORWARDED}, "account_stolen", False),
        ({"forwarded": FORWARDED}, "scam_under_way", True),
        ({}, "account_stolen", True),
    ],
)
def test_words_of_machines_and_of_strangers_freeze_nobody(fields: dict[str, Any], found: str, stays: bool) -> None:
    said = message("m9", **fields)
    told = danger.of_own_words(said, replace(judged(found), event=said))
    assert (told.triage.danger != "") is stays
    assert (told.triage.priority is Priority.URGENT) is (stays and judged(found).triage.priority is Priority.URGENT)
