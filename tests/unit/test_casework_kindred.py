"""Which messages are one case, and which cases are tied: by proof, and by what only one matter can be about."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.case import Assessment, Case, CaseState, Entity, FactOutcome, Message, Triage
from gateway.casework import Judged, Outcome, ask, decide
from gateway.casework.case_policy import CasePolicy
from gateway.identity import Account, Identity, Person
from gateway.past import Past
from tests.builders import NOON, case, mail_auth, message, party
from tests.unit.test_casework import POLICY

NOW = NOON + timedelta(hours=1)
HASH = "9f" * 32
PROVING = replace(POLICY, proving=frozenset({"support"}))
PROVEN = Assessment(facts=(mail_auth(FactOutcome.PASS),))
NUMBER = "GH-AAAAA-AAAAA"


def deposit(**fields: Any) -> Triage:
    return Triage(**({"category": "deposit_not_credited"} | fields))


def named(value: str = HASH, kind: str = "tx_hash") -> tuple[Entity, ...]:
    return (Entity(kind=kind, value=value),)


def run(
    event: Message,
    past: Past,
    triage: Triage,
    assessment: Assessment = PROVEN,
) -> Outcome:
    return decide(Judged(event, assessment, triage), replace(past, sent_to=(0, 0), sent_to_all=(0,)), PROVING, NOW)


def new_mail(**fields: Any) -> Message:
    return message("m2", **({"subject": "Still nothing", "text": "Hello?"} | fields))


def an_open(**fields: Any) -> Case:
    return case(**({"category": "deposit_not_credited"} | fields))


def test_a_proven_senders_next_mail_on_the_same_matter_goes_on_with_the_open_case() -> None:
    outcome = run(new_mail(), Past(cases=(an_open(),)), deposit())
    assert [each.id for each in outcome.cases] == [NUMBER]


@pytest.mark.parametrize(
    ("before", "triage", "mail", "why"),
    [
        ({"state": CaseState.SOLVED}, deposit(), {}, "solved"),
        ({"updated_at": NOW - timedelta(hours=73)}, deposit(), {}, "too old"),
        ({}, Triage(category="kyc"), {}, "another matter"),
        ({"category": None}, Triage(category=None), {}, "nothing tells what either is about"),
        ({"category": "other"}, Triage(category="other"), {}, "other is no matter"),
        ({"entities": named("aa" * 32)}, deposit(entities=named()), {}, "another transaction"),
        ({"requester": party("bea@mail.test"), "participants": ()}, deposit(), {}, "another person"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_opens_a_case_of_its_own(before: dict[str, Any], triage: Triage, mail: dict[str, Any], why: str) -> None:
    outcome = run(new_mail(**mail), Past(cases=(an_open(**before),)), triage)
    assert outcome.cases[0].id != NUMBER, why


def test_an_operator_may_want_a_case_for_each_mail() -> None:
    policy = replace(PROVING, cases=CasePolicy(one_open=False))
    past = Past(cases=(an_open(),), sent_to=(0, 0), sent_to_all=(0,))
    outcome = decide(Judged(new_mail(), PROVEN, deposit()), past, policy, NOW)
    assert outcome.cases[0].id != NUMBER


def test_the_same_subject_or_the_same_transaction_is_the_same_matter() -> None:
    same_subject = run(new_mail(subject="Re: My deposit"), Past(cases=(an_open(category=None),)), Triage())
    assert same_subject.cases[0].id == NUMBER
    known = an_open(category="withdrawal_delayed", entities=named())
    same_hash = run(new_mail(), Past(cases=(known,)), deposit(entities=named()))
    assert same_hash.cases[0].id == NUMBER


@pytest.mark.parametrize("outcome", [FactOutcome.FAIL, FactOutcome.COULD_NOT_CHECK, FactOutcome.NONE])
def test_a_sender_who_is_not_proven_joins_nothing_by_the_matter(outcome: FactOutcome) -> None:
    doubted = Assessment(facts=(mail_auth(outcome),))
    found = run(new_mail(), Past(cases=(an_open(),)), deposit(entities=named()), doubted)
    assert found.cases[0].id != NUMBER


def test_a_transaction_that_two_cases_name_ties_them_and_tells_the_agents_not_the_user() -> None:
    theirs = case("GH-BBBBB-BBBBB", party("bea@mail.test"), entities=named(), channel="telegram")
    outcome = run(new_mail(), Past(by_thing=(theirs,)), deposit(entities=named()))
    (opened,) = outcome.cases
    assert [(link.kind, link.case_id) for link in opened.links] == [("same_matter", "GH-BBBBB-BBBBB")]
    notes = [effect.ticket.note for effect in outcome.effects if effect.ticket is not None and effect.ticket.note]
    assert any("GH-BBBBB-BBBBB (telegram, open)" in note for note in notes)
    assert all("GH-BBBBB" not in effect.reply.text for effect in outcome.effects if effect.reply is not None)


def test_a_tie_is_told_once() -> None:
    theirs = case("GH-BBBBB-BBBBB", party("bea@mail.test"), entities=named())
    first = run(new_mail(), Past(by_thing=(theirs,)), deposit(entities=named()))
    again = run(message("m3"), Past(cases=first.cases, by_thing=(theirs,)), deposit(entities=named()))
    assert again.cases[0].id == first.cases[0].id
    assert len(again.cases[0].links) == 1
    assert not any(e.ticket is not None and "same transaction" in e.ticket.note for e in again.effects)


def test_a_case_is_found_by_what_it_names_however_it_is_written() -> None:
    outcome = run(new_mail(), Past(), deposit(entities=named(HASH.upper())))
    asked = ask(new_mail(), PROVING, NOW, Judged(new_mail(), PROVEN, deposit(entities=named(HASH))))
    assert asked.things
    assert set(asked.things) <= {ref for ref, _ in outcome.refs}


def test_a_list_of_transactions_ties_nothing() -> None:
    many = tuple(Entity(kind="tx_hash", value=f"{number:064x}") for number in range(20))
    assert ask(new_mail(), PROVING, NOW, Judged(new_mail(), PROVEN, deposit(entities=many))).things == ()


def person_of_both() -> Person:
    accounts = [("email", "ann@mail.test"), ("telegram", "4711")]
    return Person(
        id="p1",
        accounts=tuple(
            Identity(platform=platform, account=account, person="p1", channel="c", proven_at=NOON)
            for platform, account in accounts
        ),
    )


def test_linked_accounts_go_on_with_one_case_and_are_answered_where_they_wrote_last() -> None:
    chatter = party("4711").model_copy(update={"platform": "telegram", "id": "4711"})
    there = case(requester=chatter, channel="telegram", platform="telegram", category="deposit_not_credited")
    outcome = run(new_mail(), Past(cases=(there,), person=person_of_both()), deposit())
    (joined,) = outcome.cases
    assert joined.id == NUMBER
    assert (joined.channel, joined.requester.address) == ("support", "ann@mail.test")
    assert [each.platform for each in joined.participants] == ["email", "telegram"]


def test_accounts_that_are_not_linked_are_tied_at_most() -> None:
    chatter = party("4711").model_copy(update={"platform": "telegram", "id": "4711"})
    there = case(requester=chatter, channel="telegram", platform="telegram", entities=named())
    outcome = run(new_mail(), Past(cases=(there,), by_thing=(there,)), deposit(entities=named()))
    assert outcome.cases[0].id != NUMBER
    assert outcome.cases[0].links[0].kind == "same_matter"


def test_an_account_is_named_as_the_store_keeps_it() -> None:
    assert Account("email", "ann@mail.test") in [each.name for each in person_of_both().accounts]
