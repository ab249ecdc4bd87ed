"""What one event leads to: the case, the ticket, the automatic reply; and who may join a case."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.answers.acknowledge import AckPolicy
from gateway.answers.locales import load_locales
from gateway.answers.tokens import new_case_id, read_token, sign_token
from gateway.case import (
    Assessment,
    AttachmentState,
    CaseState,
    Direction,
    Entry,
    FactOutcome,
    Finding,
    ForwardOrigin,
    Link,
    Message,
    Priority,
    Severity,
    Standing,
    Thread,
    Triage,
)
from gateway.casework import Judged, Outcome, Policy, ask, decide
from gateway.identity import Account, reference_of
from gateway.journal import EffectKind
from gateway.past import Past, Query
from gateway.ports import DeliveryReport, ReplyFile, TicketAction, TicketEvent, Unknown
from gateway.trust.directory import parse_directory
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
FRESH = Past(sent_to=(0, 0), sent_to_all=(0,))
NUMBER = "GH-AAAAA-AAAAA"
ANNS = reference_of(Account("email", "ann@mail.test"))


def past(**fields: Any) -> Past:
    return Past(**({"sent_to": (0, 0), "sent_to_all": (0,)} | fields))


def run(
    event: Any,
    seen: Past = FRESH,
    assessment: Assessment | None = None,
    triage: Triage | None = None,
    policy: Policy = POLICY,
) -> Outcome:
    return decide(Judged(event, assessment or Assessment(), triage or Triage()), seen, policy, NOW)


def kinds(outcome: Outcome) -> list[EffectKind]:
    return [effect.kind for effect in outcome.effects]


def signed(number: str = NUMBER) -> str:
    return f"<{sign_token(SECRET, number, 'n')}@examplex.test>"


def test_a_first_message_opens_a_case_writes_a_ticket_and_is_acknowledged() -> None:
    outcome = run(message())
    (opened,) = outcome.cases
    assert opened.version == 1
    assert opened.id == new_case_id(SECRET, "mail:m1", 0, message().sent_at)
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
    assert outcome.refs == (("<m1@mail.test>", opened.id), (ANNS, opened.id))


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
    outcome = run(message(sender=party(DESK), thread=Thread(own_ref=signed())))
    assert outcome.cases == ()


def test_a_users_words_under_a_reference_of_ours_are_not_lost() -> None:
    outcome = run(message(thread=Thread(own_ref=signed())))
    assert len(outcome.cases) == 1
    assert kinds(outcome) == [EffectKind.TICKET]


def test_a_stranger_who_holds_a_signed_reference_joins_and_is_named_to_the_agent() -> None:
    stranger = message(sender=party("new@mail.test"), thread=Thread(own_ref="<a@b>", parent=signed()))
    (entry,) = run(stranger, past(cases=(case(),))).entries
    (finding,) = entry.assessment.findings
    assert (finding.code, finding.subject) == ("joined_by_another", "new@mail.test")


def test_a_mail_of_several_authors_joins_by_none_of_their_names() -> None:
    several = message(subject=f"Re: [{NUMBER}]", headers={"from-count": "2"})
    assert run(several, past(cases=(case(),))).cases[0].id != NUMBER


def test_a_number_that_is_taken_gives_way_to_the_next_candidate() -> None:
    taken = new_case_id(SECRET, "mail:m1", 0, message().sent_at)
    outcome = run(message(), past(cases=(case(taken, requester=party("bob@mail.test")),)))
    assert outcome.cases[0].id == new_case_id(SECRET, "mail:m1", 1, message().sent_at)


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
        (past(cases=(case(),), sent_to=(1, 1)), [EffectKind.TICKET, EffectKind.WARNING]),
        (past(cases=(case(),), sent_to=(1, 10)), [EffectKind.TICKET]),
    ],
    ids=["just acknowledged", "the day is used up"],
)
def test_a_warning_does_not_wait_for_the_window_but_keeps_to_the_day(seen: Past, expected: list[EffectKind]) -> None:
    assert kinds(run(message(thread=Thread(own_ref="<a@b>", parent=signed())), seen, WARNED)) == expected


@pytest.mark.parametrize(
    "seen",
    [past(sent_to=(1, 1)), past(sent_to=(0, 10)), past(sent_to_all=(60,))],
    ids=["window", "day", "all"],
)
def test_the_ledger_of_what_was_sent_holds_replies_back_and_never_the_ticket(seen: Past) -> None:
    assert kinds(run(message(), seen)) == [EffectKind.TICKET]


def test_what_is_older_than_its_channel_gets_a_case_and_no_reply_unless_the_desk_wants_it() -> None:
    judged = Judged(message(), old=True)
    assert kinds(decide(judged, FRESH, POLICY, NOW)) == [EffectKind.TICKET]
    wants = replace(POLICY, acknowledgement=AckPolicy(old=True))
    assert kinds(decide(judged, FRESH, wants, NOW)) == [EffectKind.TICKET, EffectKind.ACKNOWLEDGEMENT]


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


def test_the_files_of_an_answer_go_with_it_and_stand_in_the_case() -> None:
    bill = ReplyFile(name="bill.pdf", media_type="application/pdf", sha256="0" * 64, size=9)
    outcome = run(agent().model_copy(update={"files": (bill,)}), past(cases=(case(),)))
    reply = outcome.effects[0].reply
    assert reply is not None
    assert reply.files == (bill,)
    (kept,) = outcome.entries[0].message.attachments
    assert (kept.id, kept.sha256, kept.name, kept.size) == (bill.sha256, bill.sha256, "bill.pdf", 9)
    assert (kept.declared_type, kept.state) == ("application/pdf", AttachmentState.STORED)
    assert run(agent(), past(cases=(case(),))).entries[0].message.attachments == ()


def test_a_note_of_an_agent_never_leaves() -> None:
    outcome = run(agent("noted", text="he seems upset"), past(cases=(case(),)))
    assert outcome.effects == ()


@pytest.mark.parametrize(("kind", "state"), [("solved", CaseState.SOLVED), ("reopened", CaseState.OPEN)])
def test_an_agents_state_becomes_the_cases(kind: str, state: CaseState) -> None:
    outcome = run(agent(kind), past(cases=(case(),)))
    assert outcome.cases[0].state is state
    assert all(effect.kind is EffectKind.WAKE for effect in outcome.effects), "nothing is sent to the user for it"


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
    seen = Unknown(kind="poll_answer", provenance=provenance())
    assert "unknown" in run(seen).note


def test_casework_asks_for_all_it_needs() -> None:
    asked: Message = message(
        subject=f"about {NUMBER}", thread=Thread(own_ref="<a@b>", parent=signed("GH-BBBBB-BBBBB"), ancestors=("<o@m>",))
    )
    query = ask(asked, POLICY, NOW)
    assert query.content_key == "mail:m1"
    assert query.refs[-1] == "<o@m>"
    assert query.case_ids[:2] == ("GH-BBBBB-BBBBB", NUMBER)
    assert new_case_id(SECRET, "mail:m1", 0, message().sent_at) in query.case_ids
    assert query.since == (NOW - timedelta(seconds=600), NOW - timedelta(days=1))
    # A day of replies to everybody may be tens of thousands: no more than the minute is counted.
    assert query.since_all == (NOW - timedelta(minutes=1),)


def test_a_first_message_gives_its_case_all_that_was_found() -> None:
    found = Triage(
        language="zh-CN", priority=Priority.URGENT, queue="payments", category="deposit", tags=("btc", "scam")
    )
    outcome = run(message(), assessment=WARNED, triage=found)
    (opened,) = outcome.cases
    assert (opened.language, opened.priority, opened.queue, opened.category, opened.tags) == (
        "zh-CN",
        Priority.URGENT,
        "payments",
        "deposit",
        ("btc", "scam"),
    )
    assert opened.worst_severity is Severity.WARNING
    assert opened.participants == (party(),)
    assert (opened.opened_at, opened.updated_at) == (NOW, NOW)
    assert (outcome.entries[0].assessment, outcome.entries[0].triage) == (WARNED, found)


def test_all_that_was_said_is_in_the_file_ours_too() -> None:
    outcome = run(message())
    assert [(entry.direction, entry.message.id) for entry in outcome.entries] == [
        (Direction.IN, "mail:m1"),
        (Direction.OUT, "out:mail:m1:acknowledgement"),
    ]


def test_an_acknowledgement_is_counted_for_its_sender_and_signed_for_its_case() -> None:
    outcome = run(message())
    (_, effect) = outcome.effects
    assert effect.recipient == "ann@mail.test"
    assert effect.reply is not None
    assert effect.reply.automatic is True
    assert read_token(SECRET, effect.reply.token) == outcome.cases[0].id


def test_an_automatic_reply_goes_to_who_it_says_it_is_from_and_counts_for_him() -> None:
    outcome = run(message(envelope_sender="mallory@mail.test"))
    (_, effect) = outcome.effects
    assert effect.reply is not None
    assert effect.reply.to.address == "ann@mail.test"
    assert effect.recipient == "ann@mail.test"


def test_an_answer_continues_the_thread_of_its_message() -> None:
    outcome = run(message(thread=Thread(own_ref="<c@m>", parent="<b@m>", ancestors=("<a@m>", "<b@m>"))))
    reply = outcome.effects[1].reply
    assert reply is not None
    assert reply.thread == Thread(parent="<c@m>", ancestors=("<a@m>", "<b@m>", "<c@m>"))


def test_a_message_that_joins_moves_its_case_and_can_be_answered_by_its_reference() -> None:
    outcome = run(message(thread=Thread(own_ref="<a@b>", parent=signed())), past(cases=(case(),)))
    assert outcome.cases[0].updated_at == NOW
    assert outcome.refs == (("<a@b>", NUMBER), (ANNS, NUMBER))
    assert [entry.message.id for entry in outcome.entries] == ["mail:m1"]


@pytest.mark.parametrize(
    ("before", "found", "after"),
    [
        (Severity.DANGER, Assessment(), Severity.DANGER),
        (Severity.DANGER, WARNED, Severity.DANGER),
        (None, WARNED, Severity.WARNING),
        (None, Assessment(), None),
    ],
)
def test_a_case_remembers_the_worst_that_was_ever_found(
    before: Severity | None, found: Assessment, after: Severity | None
) -> None:
    seen = past(cases=(case(worst_severity=before),))
    outcome = run(message(thread=Thread(own_ref="<a@b>", parent=signed())), seen, found)
    assert outcome.cases[0].worst_severity is after


def test_a_message_without_a_finding_that_joins_is_not_answered_by_machine() -> None:
    seen = past(cases=(case(),))
    assert kinds(run(message(thread=Thread(own_ref="<a@b>", parent=signed())), seen)) == [EffectKind.TICKET]


@pytest.mark.parametrize(
    "policy",
    [AckPolicy(enabled=False), AckPolicy(deny_addresses=("ann@mail.test",)), AckPolicy(deny_domains=("mail.test",))],
    ids=["switched off", "address", "domain"],
)
def test_the_desks_own_rules_hold_acknowledgements_back(policy: AckPolicy) -> None:
    assert kinds(run(message(), policy=replace(POLICY, acknowledgement=policy))) == [EffectKind.TICKET]


def test_our_own_addresses_are_never_answered() -> None:
    assert kinds(run(message(sender=party("Support+x@examplex.test")))) == [EffectKind.TICKET]


def test_an_official_sender_is_not_acknowledged() -> None:
    assert kinds(run(message(), assessment=Assessment(sender=Standing.OFFICIAL))) == [EffectKind.TICKET]


def test_copies_of_one_message_get_one_number_whenever_and_wherever_they_come_in() -> None:
    """Of two nodes that decide on two copies at once, one meets the other's case."""
    one = message(sent_at=NOON)
    later = one.provenance.model_copy(update={"source": "other", "received_at": NOON + timedelta(hours=3)})
    (here,) = run(one).cases
    (there,) = run(one.model_copy(update={"provenance": later})).cases
    assert here.id == there.id
    assert here.id in ask(one, POLICY, NOW).case_ids
    assert here.id == new_case_id(SECRET, one.id, 0, NOON)


def test_a_case_number_that_no_candidate_can_give_is_an_error_and_overwrites_nobody() -> None:
    taken = tuple(
        case(new_case_id(SECRET, "mail:m1", salt, message().sent_at), requester=party("bob@mail.test"))
        for salt in range(3)
    )
    with pytest.raises(LookupError):
        run(message(), past(cases=taken))


def test_an_agents_act_raises_the_version_of_its_case() -> None:
    for kind in ("replied", "solved", "reopened"):
        (changed,) = run(agent(kind), past(cases=(case(version=4),))).cases
        assert (changed.version, changed.updated_at) == (5, NOW)


def test_an_answer_on_a_channel_that_cannot_send_is_noted_on_the_ticket() -> None:
    (effect,) = run(agent(), past(cases=(case(channel="silent"),))).effects
    assert effect.kind is EffectKind.TICKET
    assert effect.target == "backend:embedded"


def test_an_agents_answer_is_counted_for_nobodys_ledger_but_its_users() -> None:
    (effect,) = run(agent(), past(cases=(case(),))).effects
    assert effect.key == "backend:embedded:entry:1:answer"
    assert (effect.case_id, effect.recipient) == (NUMBER, "ann@mail.test")


def test_a_bounce_of_ours_is_kept_in_the_file_and_raises_the_version() -> None:
    outcome = run(report(signed()), past(cases=(case(version=2),)))
    assert (outcome.cases[0].version, outcome.cases[0].updated_at) == (3, NOW)
    assert [entry.message.id for entry in outcome.entries] == ["mail:dsn"]


def test_a_second_copy_of_a_bounce_is_not_noted_again() -> None:
    known = Entry(case_id=NUMBER, message=message("dsn"), at=NOON)
    outcome = run(report(signed()), past(cases=(case(),), copy_of=known))
    assert (outcome.cases, outcome.effects, outcome.entries) == ((), (), ())


def test_a_bounce_with_a_forged_reference_touches_no_case() -> None:
    forged = f"<{sign_token(b'x' * 32, NUMBER, 'n')}@examplex.test>"
    outcome = run(report(forged), past(cases=(case(),)))
    assert [changed.id for changed in outcome.cases] != [NUMBER]


def test_casework_asks_for_the_case_that_a_bounce_is_about() -> None:
    query = ask(report(signed()), POLICY, NOW)
    assert query.refs[0] == signed()
    assert query.case_ids[0] == NUMBER
    assert ask(report(None), POLICY, NOW).refs == ("reports:support:2026-11-20",)
    assert query.message_id == "mail:dsn"


def test_casework_asks_for_the_case_and_the_thread_of_an_agents_act() -> None:
    query = ask(agent(), POLICY, NOW)
    assert (query.refs, query.case_ids, query.thread_of) == (("event:backend:embedded:entry:1",), (NUMBER,), NUMBER)


def test_an_agents_act_that_was_heard_of_before_changes_nothing() -> None:
    first = run(agent(), past(cases=(case(),)))
    assert first.refs == (("event:backend:embedded:entry:1", NUMBER),)
    again = run(agent(), past(cases=(case(),), by_ref=(case(),)))
    assert (again.cases, again.entries, again.effects) == ((), (), ())


def test_the_thread_of_an_answer_holds_the_platforms_references_alone() -> None:
    thread = ("<m1@mail.test>", "event:backend:embedded:entry:0")
    reply = run(agent(), past(cases=(case(),), thread=thread)).effects[0].reply
    assert reply is not None
    assert reply.thread == Thread(parent="<m1@mail.test>", ancestors=("<m1@mail.test>",))


def test_replies_are_counted_by_the_mailbox_that_they_go_to() -> None:
    spread = message(sender=party("victim+17@mail.test"), envelope_sender="victim@mail.test")
    assert ask(spread, POLICY, NOW).recipient == "victim@mail.test"
    assert run(spread).effects[1].recipient == "victim@mail.test"


@pytest.mark.parametrize(
    ("outcome", "codes"), [(FactOutcome.PASS, []), (FactOutcome.NONE, ["unproven_join"])], ids=["proven", "unproven"]
)
def test_a_join_on_an_unproven_name_is_marked_for_the_agent(outcome: FactOutcome, codes: list[str]) -> None:
    seen = Assessment(facts=(mail_auth(outcome),))
    joined = run(message(subject=f"Re: [{NUMBER}]"), past(cases=(case(),)), seen)
    assert [finding.code for finding in joined.entries[0].assessment.findings] == codes
    assert kinds(joined) == [EffectKind.TICKET]


def test_a_report_of_delivery_is_no_bad_news() -> None:
    good = report(signed()).model_copy(update={"outcome": "delivered"})
    assert run(good, past(cases=(case(),))).effects == ()


def test_casework_asks_nothing_for_what_has_no_rule() -> None:
    seen = Unknown(kind="poll_answer", provenance=provenance())
    assert ask(seen, POLICY, NOW) == Query()


DIRECTORY = parse_directory(
    {
        "brands": [
            {
                "id": "examplex",
                "name": "Examplex",
                "web": [{"domain": "examplex.test"}],
                "mail": [{"address": "support@examplex.test"}],
            }
        ]
    }
)
ASKED = replace(POLICY, verify_addresses=frozenset({DESK}), directory=DIRECTORY)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "My neighbour, a careful man, told me about examplex.test last week, at length",
            "examplex.test is official",
        ),
        ("somebody.example.com wrote to me", "is not on Examplex's list"),
    ],
)
def test_a_mail_to_the_address_for_questions_is_answered_with_the_verdict(text: str, said: str) -> None:
    outcome = run(message(text=text), policy=ASKED)
    assert kinds(outcome) == [EffectKind.TICKET, EffectKind.ACKNOWLEDGEMENT]
    assert outcome.effects[1].reply is not None
    assert said in outcome.effects[1].reply.text
    again = run(
        message(text=text, thread=Thread(own_ref="<m2@mail.test>", parent=signed())),
        past(cases=(case(),)),
        policy=ASKED,
    )
    assert said in next(effect.reply.text for effect in again.effects if effect.reply is not None)


def test_mail_to_any_other_address_gets_no_verdict() -> None:
    outcome = run(message(text="is examplex.test yours?"), policy=replace(ASKED, verify_addresses=frozenset()))
    assert outcome.effects[1].reply is not None
    assert "is official" not in outcome.effects[1].reply.text


def answered(**fields: Any) -> str:
    outcome = run(message(**fields), policy=ASKED)
    return next(effect.reply.text for effect in outcome.effects if effect.reply is not None)


def test_among_an_impostors_words_our_own_names_vouch_for_nobody() -> None:
    own = " ".join(f"https://examplex.test/{number}" for number in range(6))
    text = answered(text=f"{own} Click here", links=(Link(url="https://evil.example.com/login", text="Click here"),))
    assert "is official" not in text
    assert "evil[.]example[.]com" in text
    assert "more in it than I check" in text


def test_a_sender_that_a_forwarded_mail_names_is_never_official() -> None:
    origin = ForwardOrigin(
        kind="mail",
        party=party("support@examplex.test", "Examplex"),
        text="Your account is locked, open https://some.example.org/x",
    )
    text = answered(text="Is this you?", forwarded=(origin,))
    assert "is official" not in text
    assert "anybody can write it" in text
