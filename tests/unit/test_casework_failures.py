"""Reports on our mails: told to the agents in plain words, remembered of the address, and believed only when signed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gateway.answers.tokens import sign_token
from gateway.case import Assessment, CaseState, FactOutcome, Finding, Party, Priority, Severity, Thread
from gateway.casework import ask
from gateway.casework.failures import FAILED, REPORTS, meaning
from gateway.casework.filing import SILENCED
from gateway.dialogue import Dialogue, Place
from gateway.journal import EffectKind
from gateway.ports import DeliveryReport, TicketAction, Undelivered
from tests.builders import DESK, case, mail_auth, message, party, provenance
from tests.unit.test_casework import NOW, NUMBER, POLICY, agent, kinds, past, run, signed

ANN = Place("support", "ann@mail.test")
PROVEN = Assessment(facts=(mail_auth(FactOutcome.PASS),))


def report(ref: str | None = None, outcome: Any = "failed", status: str = "5.1.1", to: str = "") -> DeliveryReport:
    returned = message("dsn", sender=party("mailer-daemon@mail.test"), envelope_sender="")
    return DeliveryReport(
        ref=ref or signed(),
        recipient=to or ANN.address,
        outcome=outcome,
        status=status,
        message=returned,
        provenance=returned.provenance,
    )


def remembered(**fields: Any) -> Dialogue:
    return Dialogue(channel=ANN.channel, address=ANN.address, **fields)


def after(outcome: Any, known: Dialogue | None = None) -> Dialogue:
    """Return what is remembered of the one address that something was learned of."""
    (learned,) = outcome.learned
    dialogue: Dialogue = learned.of(known)
    return dialogue


def told(outcome: Any) -> str:
    notes = [each.ticket.note for each in outcome.effects if each.ticket and each.ticket.action is TicketAction.NOTE]
    return " ".join(notes)


def test_a_failure_for_good_is_told_in_plain_words_and_marks_the_address_and_the_case() -> None:
    outcome = run(report(), past(cases=(case(state=CaseState.WAITING),)))
    assert "there is no such mailbox (5.1.1)" in told(outcome)
    (changed,) = outcome.cases
    assert FAILED in changed.tags
    assert changed.state is CaseState.OPEN, "whom nothing has reached is not who has to answer next"
    dialogue = after(outcome)
    assert (dialogue.place, dialogue.failed_at, dialogue.unreachable) == (ANN, NOW, "5.1.1")
    assert kinds(outcome) == [EffectKind.TICKET], "a bounce is answered by nobody"
    assert outcome.entries[0].message.id == "mail:dsn"


@pytest.mark.parametrize(
    ("outcome", "status", "said"),
    [
        ("delayed", "4.4.7", "has not reached the user yet"),
        ("failed", "4.4.7", "did not reach the user: that server could not be reached for too long (4.4.7)"),
        ("failed", "5.3.4", "did not reach the user: the mail is too large for that server (5.3.4)"),
        ("unknown", "", "may not have reached the user"),
    ],
)
def test_a_delay_and_what_is_the_mails_own_fault_are_noted_and_mark_nothing(
    outcome: str, status: str, said: str
) -> None:
    found = run(report(outcome=outcome, status=status), past(cases=(case(state=CaseState.WAITING),)))
    assert said in told(found)
    assert found.learned == ()
    assert found.cases[0].tags == ()
    assert found.cases[0].state is CaseState.WAITING


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("", "its server gives no reason"),
        ("5.2.2", "the mailbox is full (5.2.2)"),
        ("5.7.26", "that server refuses our mail (5.7.26)"),
        ("5.9.9", "its server gives no reason (5.9.9)"),
    ],
)
def test_a_status_is_said_in_words(status: str, said: str) -> None:
    assert meaning(status) == said


@pytest.mark.parametrize(
    "ref",
    [
        f"<{sign_token(b'x' * 32, NUMBER, 'n')}@examplex.test>",
        f"<gh.{NUMBER}.{'a' * 16}.{'b' * 26}@examplex.test>",
        "<m1@mail.test>",
    ],
    ids=["another's signature", "no signature", "the user's own id"],
)
def test_a_forged_bounce_marks_no_address_and_touches_no_case(ref: str) -> None:
    outcome = run(report(ref), past(cases=(case(),)))
    assert outcome.learned == ()
    (opened,) = outcome.cases
    assert opened.id != NUMBER
    assert (opened.tags, opened.priority) == ((REPORTS,), Priority.LOW), "it is no customer's"
    assert kinds(outcome) == [EffectKind.TICKET]


@pytest.mark.parametrize("outcome", ["failed", "complained", "delayed"])
def test_a_report_whose_sender_is_refuted_marks_nobody_though_it_knows_our_reference(outcome: str) -> None:
    """Whoever has seen one mail of ours, forwarded or lost, could else silence its user."""
    refuted = Assessment(facts=(mail_auth(FactOutcome.FAIL),))
    found = run(report(outcome=outcome), past(cases=(case(state=CaseState.WAITING),)), assessment=refuted)
    (opened,) = found.cases
    assert (opened.id != NUMBER, found.learned) == (True, ())
    assert not {FAILED, SILENCED} & set(opened.tags)


def test_stray_reports_of_a_day_are_one_case_of_which_the_agents_get_the_first() -> None:
    """Backscatter: a stranger uses our address as a false sender, and a thousand servers tell us."""
    stray = report("<x@elsewhere.test>")
    opened = run(stray, past())
    (first,) = opened.cases
    ref = f"reports:support:{stray.provenance.received_at.date()}"
    assert (ref, first.id) in opened.refs
    assert ref in ask(stray, POLICY, NOW).refs
    tickets = []
    known = first
    for number in range(30):
        message_ = stray.message.model_copy(update={"id": f"mail:dsn{number}"})
        joined = run(stray.model_copy(update={"message": message_}), past(by_ref=(known,)))
        (known,) = joined.cases
        assert (known.id, len(joined.entries)) == (first.id, 1)
        tickets += [effect.ticket.action for effect in joined.effects if effect.ticket]
    assert known.message_count == 31
    assert tickets == [TicketAction.MESSAGE] * 19 + [TicketAction.NOTE]


def test_a_stray_report_joins_no_case_that_is_closed_and_no_person_joins_theirs() -> None:
    stray = report("<x@elsewhere.test>")
    (first,) = run(stray, past()).cases
    closed = first.model_copy(update={"state": CaseState.SOLVED})
    assert run(stray, past(by_ref=(closed,))).cases[0].version == 1
    person = report("<x@elsewhere.test>").message.model_copy(
        update={"sender": party("ann@mail.test"), "envelope_sender": "ann@mail.test"}
    )
    by_person = stray.model_copy(update={"message": person})
    assert not any(ref.startswith("reports:") for ref in ask(by_person, POLICY, NOW).refs)
    (own,) = run(by_person, past(by_ref=(first.model_copy(update={"id": NUMBER}),))).cases
    assert (own.version, own.links) == (1, ())


def test_a_complaint_ends_all_that_is_automatic_and_no_answer_of_an_agent() -> None:
    outcome = run(report(outcome="complained", status=""), past(cases=(case(),)))
    assert "marked as unwanted" in told(outcome)
    assert after(outcome).silenced
    assert SILENCED in outcome.cases[0].tags
    danger = Finding(code="x", severity=Severity.DANGER, subject="0kx.test", advice="advice-look-alike")
    later = run(message(), past(dialogue=after(outcome)), Assessment(findings=(danger,)))
    assert kinds(later) == [EffectKind.TICKET]
    assert EffectKind.ANSWER in kinds(run(agent(), past(cases=outcome.cases)))


def test_what_is_known_of_an_address_is_asked_for_with_its_mail() -> None:
    assert ask(message(sender=party("Ann+tag@mail.test")), POLICY, NOW).place == ANN


@pytest.mark.parametrize("named", [ANN.address, "alias@elsewhere.test", "", "[redacted]"])
def test_a_bounce_keeps_what_else_is_known_of_the_users_address_whatever_address_it_names(named: str) -> None:
    outcome = run(report(to=named), past(cases=(case(),)))
    assert outcome.dialogues == (), "nothing is written over what nobody looked up"
    found = after(outcome, remembered(silenced=True, language="de"))
    assert found == remembered(silenced=True, language="de", failed_at=NOW, unreachable="5.1.1")


def test_an_address_that_failed_is_not_acknowledged_until_its_owner_is_proven() -> None:
    """A false sender writes again and again from an address that takes nothing: no more backscatter for it."""
    failed = past(dialogue=remembered(failed_at=NOW - timedelta(hours=1), unreachable="5.1.1"))
    again = run(message(), failed)
    assert kinds(again) == [EffectKind.TICKET]
    assert "address_failed" in again.note
    assert again.learned == ()
    proven = run(message(), failed, PROVEN)
    assert kinds(proven) == [EffectKind.TICKET, EffectKind.ACKNOWLEDGEMENT]
    assert (after(proven, failed.dialogue).failed_at, after(proven, failed.dialogue).unreachable) == (None, "")


def test_an_address_that_failed_long_ago_is_forgiven() -> None:
    failed = remembered(failed_at=NOW - timedelta(days=7))
    outcome = run(message(), past(dialogue=failed))
    assert kinds(outcome) == [EffectKind.TICKET, EffectKind.ACKNOWLEDGEMENT]
    assert after(outcome, failed).failed_at is None


def test_an_agents_answer_goes_to_an_address_that_failed_and_the_agent_is_told() -> None:
    outcome = run(agent(), past(cases=(case(tags=(FAILED,)),)))
    assert kinds(outcome) == [EffectKind.ANSWER, EffectKind.TICKET]
    assert "An earlier mail to this user's address failed" in told(outcome)
    assert told(run(agent(), past(cases=(case(),)))) == ""


def test_a_user_who_writes_on_the_case_takes_its_mark_away() -> None:
    answered = message(thread=Thread(own_ref="<a@b>", parent=signed()))
    assert run(answered, past(cases=(case(tags=(FAILED, "vip")),))).cases[0].tags == ("vip",)
    other = message(sender=party("eve@mail.test"), thread=Thread(own_ref="<a@b>", parent=signed()))
    assert FAILED in run(other, past(cases=(case(tags=(FAILED,)),))).cases[0].tags


ANSWERING = {
    "an absence notice": {"headers": {"auto-submitted": "auto-replied"}, "subject": "Out of office"},
    "an old responder": {"headers": {"x-autoreply": "yes"}},
    "Exchange": {"headers": {"auto-submitted": "auto-generated"}, "subject": "Automatic reply: your case"},
    "a challenge": {"envelope_sender": "", "subject": "Please confirm your message"},
}


@pytest.mark.parametrize("fields", ANSWERING.values(), ids=ANSWERING.keys())
@pytest.mark.parametrize("state", [CaseState.WAITING, CaseState.SOLVED])
def test_what_a_machine_answers_is_filed_on_its_case_and_moves_nothing(fields: Any, state: CaseState) -> None:
    answer = message(thread=Thread(own_ref="<a@b>", parent=signed()), **fields)
    outcome = run(answer, past(cases=(case(state=state),)))
    (changed,) = outcome.cases
    assert (changed.id, changed.state) == (NUMBER, state)
    (effect,) = outcome.effects
    assert effect.ticket is not None
    assert effect.ticket.action is TicketAction.MESSAGE, "the agents can read it"
    assert "an automatic answer" in outcome.note


@pytest.mark.parametrize("fields", ANSWERING.values(), ids=ANSWERING.keys())
def test_what_a_machine_answers_to_nothing_of_ours_is_a_case_without_a_reply(fields: Any) -> None:
    outcome = run(message(**fields))
    assert len(outcome.cases) == 1
    assert kinds(outcome) == [EffectKind.TICKET]


@pytest.mark.parametrize(
    "headers",
    [
        {"auto-submitted": "auto-generated", "x-auto-response-suppress": "All"},
        {"x-zendesk-from-account-id": "1"},
        {"precedence": "bulk"},
    ],
)
def test_what_a_person_writes_through_another_help_desk_opens_the_case_again(headers: dict[str, str]) -> None:
    answer = message(thread=Thread(own_ref="<a@b>", parent=signed()), headers=headers)
    assert run(answer, past(cases=(case(state=CaseState.SOLVED),))).cases[0].state is CaseState.OPEN


def undelivered(to: Party | None = None, **fields: Any) -> Undelivered:
    values = {"case_id": NUMBER, "channel": "support", "to": to or party(), "kind": "answer", "reason": "no."}
    return Undelivered(**(values | fields), provenance=provenance(source="engine"))


def test_an_answer_that_the_relay_refuses_for_its_address_marks_it_too() -> None:
    event = undelivered(unreachable=True)
    outcome = run(event, past(cases=(case(state=CaseState.WAITING),)))
    assert FAILED in outcome.cases[0].tags
    assert outcome.cases[0].state is CaseState.OPEN
    assert (after(outcome).place, after(outcome).failed_at) == (ANN, NOW)
    for other in (undelivered(), undelivered(party().model_copy(update={"platform": "telegram"}), unreachable=True)):
        left = run(other, past(cases=(case(),)))
        assert (left.cases[0].tags, left.learned) == ((), ())


def test_our_own_desk_is_no_place_to_remember() -> None:
    outcome = run(report(), past(cases=(case(requester=party("")),)))
    assert outcome.learned == ()
    assert DESK not in told(outcome)
