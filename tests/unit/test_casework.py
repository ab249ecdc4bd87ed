"""What one event leads to: the case, the ticket, the automatic reply; and who may join a case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gateway.answers.acknowledge import AckPolicy
from gateway.answers.locales import load_locales
from gateway.answers.tokens import new_case_id, sign_token
from gateway.case import Assessment, CaseState, Direction, Entry, FactOutcome, Finding, Message, Severity, Thread
from gateway.casework import Judged, Outcome, Policy, ask, decide
from gateway.journal import EffectKind, Past
from gateway.ports import DeliveryReport, MemberSeen, TicketAction, TicketEvent
from tests.builders import DESK, NOON, case, mail_auth, message, party, provenance

SECRET = b"s" * 32
NOW = NOON + timedelta(minutes=1)
POLICY = Policy(
    brand="Examplex",
    official=("support@examplex.test",),
    locales=load_locales(),
    secret=SECRET,
    backend="backend:embedded",
    acknowledgement=AckPolicy(),
    own_addresses=frozenset({DESK}),
    sending=frozenset({"support"}),
)
FRESH = Past(sent_to=(0, 0, 0), sent_to_all=(0, 0, 0))
NUMBER = "GH-AAAAA-AAAAA"


def past(**fields: Any) -> Past:
    return Past(**({"sent_to": (0, 0, 0), "sent_to_all": (0, 0, 0)} | fields))


def run(event: Any, seen: Past = FRESH, assessment: Assessment | None = None) -> Outcome:
    return decide(Judged(event, assessment or Assessment()), seen, POLICY, NOW)


def kinds(outcome: Outcome) -> list[EffectKind]:
    return [effect.kind for effect in outcome.effects]


def signed(number: str = NUMBER) -> str:
    return f"<{sign_token(SECRET, number, 'n')}@examplex.test>"


def test_a_first_message_opens_a_case_writes_a_ticket_and_is_acknowledged() -> None:
    outcome = run(message())
    (opened,) = outcome.cases
    assert opened.version == 1
    assert opened.id == new_case_id(SECRET, "mail:m1", 0)
    assert kinds(outcome) == [EffectKind.TICKET, EffectKind.ACKNOWLEDGEMENT]
    ticket, reply = outcome.effects
    assert ticket.target == "backend:embedded"
    assert ticket.ticket is not None
    assert ticket.ticket.action is TicketAction.MESSAGE
    assert reply.reply is not None
    assert opened.id in reply.reply.subject
    assert opened.id in reply.reply.text
    assert reply.reply.to.address == "ann@mail.test"
    assert reply.reply.thread == Thread(parent="<m1@mail.test>", ancestors=("<m1@mail.test>",))
    assert outcome.refs == (("<m1@mail.test>", opened.id),)


def test_the_same_decision_twice_is_the_same_to_the_letter() -> None:
    assert run(message()) == run(message())


def test_effects_are_named_by_message_and_kind() -> None:
    keys = {effect.key for effect in run(message()).effects}
    assert keys == {"mail:m1:ticket:backend:embedded", "mail:m1:acknowledgement"}


def test_a_copy_has_no_effect() -> None:
    known = Entry(case_id=NUMBER, message=message(), at=NOON)
    outcome = run(message(), past(copy_of=known))
    assert (outcome.cases, outcome.effects, outcome.entries) == ((), (), ())
    assert NUMBER in outcome.note


def test_our_own_message_that_comes_back_opens_nothing() -> None:
    outcome = run(message(thread=Thread(own_ref=signed())))
    assert outcome.cases == ()


def test_a_number_that_is_taken_gives_way_to_the_next_candidate() -> None:
    taken = new_case_id(SECRET, "mail:m1", 0)
    outcome = run(message(), past(cases=(case(taken, requester=party("bob@mail.test")),)))
    assert outcome.cases[0].id == new_case_id(SECRET, "mail:m1", 1)


def test_a_signed_reference_joins_whoever_writes() -> None:
    stranger = message(sender=party("new@mail.test"), thread=Thread(own_ref="<a@b>", parent=signed()))
    outcome = run(stranger, past(cases=(case(),)))
    (joined,) = outcome.cases
    assert (joined.id, joined.version, joined.message_count) == (NUMBER, 2, 2)
    assert kinds(outcome) == [EffectKind.TICKET]


def test_a_signature_for_another_secret_joins_nothing() -> None:
    forged = f"<{sign_token(b'x' * 32, NUMBER, 'n')}@examplex.test>"
    outcome = run(message(thread=Thread(own_ref="<a@b>", parent=forged)), past(cases=()))
    assert outcome.cases[0].id != NUMBER


def test_a_participant_who_cites_the_number_joins() -> None:
    outcome = run(message(subject=f"Re: [{NUMBER}]"), past(cases=(case(),)))
    assert outcome.cases[0].id == NUMBER


def test_a_stranger_who_cites_the_number_opens_a_case_that_claims_it() -> None:
    outcome = run(message(sender=party("eve@mail.test"), subject=f"Re: [{NUMBER}]"), past(cases=(case(),)))
    (opened,) = outcome.cases
    assert opened.id != NUMBER
    assert [(link.kind, link.case_id) for link in opened.links] == [("claims", NUMBER)]


def test_a_stranger_who_cites_a_message_id_opens_a_case_that_claims_it() -> None:
    outcome = run(message(sender=party("eve@mail.test")), past(by_ref=(case(),)))
    assert outcome.cases[0].links[0].case_id == NUMBER


def test_a_participants_name_that_failed_authentication_joins_nothing() -> None:
    forged = Assessment(facts=(mail_auth(FactOutcome.FAIL),))
    outcome = run(message(subject=f"Re: [{NUMBER}]"), past(cases=(case(),)), forged)
    assert outcome.cases[0].id != NUMBER
    assert kinds(outcome) == [EffectKind.TICKET]


def test_a_solved_case_is_opened_again_by_its_user() -> None:
    solved = case(state=CaseState.SOLVED)
    outcome = run(message(thread=Thread(own_ref="<a@b>", parent=signed())), past(cases=(solved,)))
    assert outcome.cases[0].state is CaseState.OPEN


def test_a_finding_turns_into_a_warning_also_on_a_case_that_is_known() -> None:
    finding = Finding(
        code="look_alike_mentioned",
        severity=Severity.DANGER,
        subject="0kx.com",
        official="okx.com",
        advice="advice-look-alike",
    )
    outcome = run(
        message(thread=Thread(own_ref="<a@b>", parent=signed())), past(cases=(case(),)), Assessment(findings=(finding,))
    )
    assert kinds(outcome) == [EffectKind.TICKET, EffectKind.WARNING]
    assert outcome.cases[0].worst_severity is Severity.DANGER
    reply = outcome.effects[1].reply
    assert reply is not None
    assert "0kx[.]com" in reply.text


WARNED = Assessment(
    findings=(Finding(code="x", severity=Severity.WARNING, subject="0kx.com", advice="advice-look-alike"),)
)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (past(cases=(case(),), sent_to=(1, 1, 0)), [EffectKind.TICKET, EffectKind.WARNING]),
        (past(cases=(case(),), sent_to=(1, 10, 0)), [EffectKind.TICKET]),
    ],
    ids=["just acknowledged", "the day is used up"],
)
def test_a_warning_does_not_wait_for_the_window_but_keeps_to_the_day(seen: Past, expected: list[EffectKind]) -> None:
    assert kinds(run(message(thread=Thread(own_ref="<a@b>", parent=signed())), seen, WARNED)) == expected


@pytest.mark.parametrize(
    "seen",
    [past(sent_to=(1, 1, 0)), past(sent_to=(0, 10, 0)), past(sent_to_all=(0, 0, 60))],
    ids=["window", "day", "all"],
)
def test_the_ledger_of_what_was_sent_holds_replies_back_and_never_the_ticket(seen: Past) -> None:
    assert kinds(run(message(), seen)) == [EffectKind.TICKET]


def test_an_automatic_message_gets_a_case_and_no_reply() -> None:
    outcome = run(message(headers={"auto-submitted": "auto-replied"}))
    assert kinds(outcome) == [EffectKind.TICKET]
    assert "auto_submitted" in outcome.note


def test_a_channel_that_cannot_send_acknowledges_nothing() -> None:
    silent = message(provenance=provenance(source="other"))
    assert kinds(run(silent)) == [EffectKind.TICKET]


def test_the_acknowledgement_holds_nothing_that_the_user_wrote() -> None:
    hostile = message(subject="BUY-NOW http://spam.test", text="BUY-NOW", sender=party(name="BUY-NOW"))
    reply = run(hostile).effects[1].reply
    assert reply is not None
    assert "BUY-NOW" not in reply.subject + reply.text
    assert "spam.test" not in reply.subject + reply.text


def agent(kind: str = "replied", case_id: str = NUMBER, text: str = "It has arrived.") -> TicketEvent:
    return TicketEvent(
        id="backend:embedded:entry:1",
        ticket=case_id,
        case_id=case_id,
        kind=kind,  # type: ignore[arg-type]
        text=text,
        author="agent",
        at=NOW,
        provenance=provenance(source="backend:embedded"),
    )


def test_an_agents_answer_is_sent_where_the_user_is_and_kept_in_the_file() -> None:
    outcome = run(agent(), past(cases=(case(),), thread=("<m1@mail.test>", "<ack@examplex.test>")))
    (effect,) = outcome.effects
    assert effect.kind is EffectKind.ANSWER
    assert effect.target == "support"
    assert effect.reply is not None
    assert effect.reply.automatic is False
    assert "It has arrived." in effect.reply.text
    assert effect.reply.thread.parent == "<ack@examplex.test>"
    assert outcome.entries[0].direction is Direction.OUT
    assert outcome.cases[0].state is CaseState.WAITING


def test_a_note_of_an_agent_never_leaves() -> None:
    outcome = run(agent("noted", text="he seems upset"), past(cases=(case(),)))
    assert outcome.effects == ()


@pytest.mark.parametrize(("kind", "state"), [("solved", CaseState.SOLVED), ("reopened", CaseState.OPEN)])
def test_an_agents_state_becomes_the_cases(kind: str, state: CaseState) -> None:
    assert run(agent(kind), past(cases=(case(),))).cases[0].state is state


def test_an_answer_to_nobody_is_noted_on_the_ticket() -> None:
    outcome = run(agent(), past(cases=(case(requester=party(address="")),)))
    assert outcome.effects[0].kind is EffectKind.TICKET
    assert outcome.effects[0].ticket is not None
    assert outcome.effects[0].ticket.action is TicketAction.NOTE


def test_a_ticket_event_of_no_case_changes_nothing() -> None:
    assert run(agent(case_id="GH-ZZZZZ-ZZZZZ"), past()).cases == ()


def report(ref: str | None) -> DeliveryReport:
    returned = message("dsn", sender=party("mailer-daemon@mail.test"), envelope_sender="")
    return DeliveryReport(ref=ref, outcome="failed", status="5.1.1", message=returned, provenance=returned.provenance)


def test_a_bounce_of_ours_becomes_a_note_and_no_case() -> None:
    outcome = run(report(signed()), past(cases=(case(),)))
    assert outcome.cases[0].id == NUMBER
    (effect,) = outcome.effects
    assert effect.ticket is not None
    assert effect.ticket.action is TicketAction.NOTE
    assert "5.1.1" in effect.ticket.note


def test_a_bounce_that_is_not_ours_is_a_message_without_a_reply() -> None:
    outcome = run(report("<x@elsewhere.test>"))
    assert len(outcome.cases) == 1
    assert kinds(outcome) == [EffectKind.TICKET]


def test_what_has_no_rule_yet_is_kept_and_said() -> None:
    seen = MemberSeen(party=party(), place=party(), status="joined", provenance=provenance())
    assert "memberseen" in run(seen).note


def test_casework_asks_for_all_it_needs() -> None:
    asked: Message = message(
        subject=f"about {NUMBER}", thread=Thread(own_ref="<a@b>", parent=signed("GH-BBBBB-BBBBB"), ancestors=("<o@m>",))
    )
    query = ask(asked, POLICY, NOW)
    assert query.content_key == "mail:m1"
    assert query.refs[-1] == "<o@m>"
    assert query.case_ids[:2] == ("GH-BBBBB-BBBBB", NUMBER)
    assert new_case_id(SECRET, "mail:m1", 0) in query.case_ids
    assert query.since == (NOW - timedelta(seconds=600), NOW - timedelta(days=1), NOW - timedelta(minutes=1))
