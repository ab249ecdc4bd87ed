"""What changes on a case when a later message tells more: its team, its danger, where its person is answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.case import Assessment, Case, CaseState, Entity, Entry, FactOutcome, Priority, Triage
from gateway.casework import Judged, Outcome, Policy, decide
from gateway.identity import Identity, Person
from gateway.journal import EffectKind
from gateway.past import Past
from gateway.ports import Edited
from tests.builders import NOON, case, mail_auth, message, party
from tests.unit.test_casework import POLICY

NOW = NOON + timedelta(hours=1)
DESK = replace(POLICY, freezes=frozenset({"account_stolen", "secret_shared"}), proving=frozenset({"support"}))
PROVEN = Assessment(facts=(mail_auth(FactOutcome.PASS),))
NUMBER = "GH-AAAAA-AAAAA"
HACKED = Triage(category="account_stolen", danger="account_stolen", priority=Priority.URGENT, queue="risk")


def run(event: Any, known: Case, triage: Triage, policy: Policy = DESK, **past: Any) -> Outcome:
    seen = Past(**({"cases": (known,), "by_ref": (known,), "sent_to": (0, 0), "sent_to_all": (0,)} | past))
    return decide(Judged(event, PROVEN, triage), seen, policy, NOW)


def of(outcome: Outcome, kind: EffectKind) -> list[Any]:
    return [effect for effect in outcome.effects if effect.kind is kind]


def test_a_matter_that_is_told_after_a_greeting_goes_to_its_team() -> None:
    greeted = case(category="other", queue="general")
    outcome = run(message("m2"), greeted, Triage(category="deposit_not_credited", queue="deposits"))
    assert (outcome.cases[0].id, outcome.cases[0].queue) == (NUMBER, "deposits")


def test_a_team_that_works_on_a_case_keeps_it() -> None:
    known = case(category="kyc", queue="kyc")
    outcome = run(message("m2"), known, Triage(category="deposit_not_credited", queue="deposits"))
    assert outcome.cases[0].queue == "kyc"


def test_a_graver_danger_is_met_again() -> None:
    known = case(danger="secret_shared", danger_at=NOON, queue="risk")
    outcome = run(message("m2"), known, HACKED)
    assert outcome.cases[0].danger == "account_stolen"
    assert len(of(outcome, EffectKind.WARNING)) == 1
    assert len(of(outcome, EffectKind.FREEZE)) == 1


def test_a_milder_danger_changes_nothing_that_is_under_way() -> None:
    known = case(danger="account_stolen", danger_at=NOON, queue="risk")
    outcome = run(message("m2"), known, Triage(danger="scam_under_way"))
    assert (outcome.cases[0].danger, outcome.cases[0].danger_at) == ("account_stolen", NOON)
    assert of(outcome, EffectKind.WARNING) == []


def test_the_same_danger_after_a_case_was_solved_is_met_anew() -> None:
    solved = case(danger="account_stolen", danger_at=NOON - timedelta(days=2), state=CaseState.SOLVED)
    outcome = run(message("m2"), solved, HACKED)
    assert outcome.cases[0].id == NUMBER
    assert len(of(outcome, EffectKind.WARNING)) == 1
    assert f"{NOW:%Y%m%dT%H%M%S}" in of(outcome, EffectKind.FREEZE)[0].key, "the first order's key named its own time"


@pytest.mark.parametrize(
    ("triage", "check"),
    [
        (HACKED, lambda found: found.cases[0].queue == "risk" and of(found, EffectKind.FREEZE)),
        (HACKED, lambda found: of(found, EffectKind.WARNING)),
        (Triage(entities=(Entity(kind="tx_hash", value="9f" * 32),)), lambda found: found.cases[0].missing == ()),
    ],
    ids=["frozen", "told", "given"],
)
def test_what_an_edit_brings_is_met_like_a_message(triage: Triage, check: Any) -> None:
    known = case(category="deposit_not_credited", missing=("tx_hash",))
    said = Entry(case_id=NUMBER, message=message("m1"), at=NOON)
    edited = Edited(message=message("m1", text="Something else", edited_at=NOW))
    assert check(run(edited, known, triage, entry=said))


def person() -> Person:
    accounts = (("email", "ann@mail.test"), ("telegram", "4711"))
    made = (Identity(platform=one, account=two, person="p", channel="c", proven_at=NOON) for one, two in accounts)
    return Person(id="p", accounts=tuple(made))


def test_a_linked_person_who_answers_by_mail_is_answered_by_mail() -> None:
    chatter = party("4711").model_copy(update={"platform": "telegram", "id": "4711"})
    there = case(requester=chatter, channel="telegram", platform="telegram")
    outcome = run(message("m2"), there, HACKED, person=person())
    (warned,) = of(outcome, EffectKind.WARNING)
    assert (warned.target, warned.reply.to.address) == ("support", "ann@mail.test")
    assert (outcome.cases[0].channel, outcome.cases[0].requester.address) == ("support", "ann@mail.test")


def test_somebody_else_who_takes_part_is_answered_where_they_are_and_takes_no_case_over() -> None:
    chatter = party("4711").model_copy(update={"platform": "telegram", "id": "4711"})
    other = party("ann@mail.test")
    there = case(requester=chatter, participants=(chatter, other), channel="telegram", platform="telegram")
    found = run(message("m2", sender=party("bob@mail.test")), there, HACKED)
    for each in of(found, EffectKind.WARNING):
        assert (each.target, each.reply.to.platform) == ("support", "email")
    assert all(each.channel == "telegram" for each in found.cases if each.id == NUMBER)


@pytest.mark.parametrize(
    ("mail", "before", "triage", "joins"),
    [
        ({"subject": "My deposit"}, {"category": "kyc"}, Triage(category="card"), False),
        ({"subject": "My deposit"}, {}, Triage(), True),
        ({"subject": "My deposit", "reply_to": party("bob@mail.test")}, {}, Triage(), False),
    ],
    ids=["another matter under the same subject", "the same subject", "a form that writes for others"],
)
def test_whose_mail_goes_on_with_an_open_case(
    mail: dict[str, Any], before: dict[str, Any], triage: Triage, joins: bool
) -> None:
    outcome = run(message("m2", **mail), case(**before), triage, by_ref=())
    assert (outcome.cases[0].id == NUMBER) is joins
