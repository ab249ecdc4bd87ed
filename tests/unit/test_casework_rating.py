"""Who is asked how our help was, when, and every rule by which nobody is."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from gateway.answers.acknowledge import AckPolicy
from gateway.answers.locales import load_locales
from gateway.answers.rating_policy import RatingPolicy
from gateway.case import (
    Assessment,
    Case,
    CaseLink,
    CaseState,
    Direction,
    Entry,
    Message,
    Party,
    PartyKind,
    Standing,
    Visibility,
)
from gateway.casework import Judged, Outcome, Policy, ask, decide
from gateway.casework.failures import FAILED, REPORTS
from gateway.casework.filing import SILENCED
from gateway.casework.rating import NEVER, TRIES_FOR, rater
from gateway.dialogue import Dialogue
from gateway.journal import EffectKind
from gateway.past import Past
from gateway.ports import Manners, TicketEvent, Wake
from gateway.ratings import Rating
from gateway.wake import ENGINE
from tests.builders import DESK, NOON, case, message, party, provenance

SECRET = b"s" * 32
NUMBER = "GH-AAAAA-AAAAA"
SOLVED = NOON + timedelta(hours=5)
DUE = SOLVED + timedelta(hours=1)
WANG = Party(platform="telegram", address="7001", id="7001", name="Wang", kind=PartyKind.PERSON)
POLICY = Policy(
    brand="Examplex",
    official=(DESK,),
    locales=load_locales(),
    secret=SECRET,
    backend="backend:embedded",
    acknowledgement=AckPolicy(),
    own_addresses=frozenset({DESK}),
    sending=frozenset({"support", "tg", "x"}),
    manners={
        "tg": Manners(chats=True, handle="examplex_support_bot"),
        "x": Manners(chats=True, buttons=False, summoned=True),
    },
)


def a_case(requester: Party | None = None, channel: str = "support", **fields: Any) -> Case:
    """Return a case that was solved."""
    who = requester or party()
    given: dict[str, Any] = {
        "channel": channel,
        "platform": who.platform,
        "state": CaseState.SOLVED,
        "solved_at": SOLVED,
        "updated_at": SOLVED,
        "category": "deposit_not_credited",
        "version": 7,
    }
    return case(NUMBER, who, **(given | fields))


def in_chat(text: str = "Where is my deposit?", number: int = 1, channel: str = "tg", **fields: Any) -> Message:
    name = f"{channel}:{number}"
    given: dict[str, Any] = {
        "sender": WANG.model_copy(update={"platform": "telegram" if channel == "tg" else channel}),
        "platform": "telegram" if channel == "tg" else channel,
        "provenance": provenance(name, "7001", channel),
        "subject": "",
        "text": text,
        "recipients": (),
        "envelope_sender": None,
    }
    return message(name, **(given | fields))


def user(said: Message, **assessment: Any) -> Entry:
    return Entry(case_id=NUMBER, message=said, assessment=Assessment(**assessment), at=NOON)


def agent(name: str = "Desk") -> Entry:
    answered = message("a1", Party(platform="email", name=name), id="out:a1", text="It has arrived.")
    return Entry(case_id=NUMBER, direction=Direction.OUT, message=answered, at=NOON + timedelta(hours=4))


def past(**fields: Any) -> Past:
    """Return the past of a mail's case that an agent has answered."""
    given: dict[str, Any] = {
        "cases": (a_case(),),
        "file": (user(message()), agent()),
        "thread": ("<m1@mail.test>", "event:1", "<gh.answer@examplex.test>"),
        "sent_to": (0, 0),
        "sent_to_all": (0,),
    }
    return Past(**(given | fields))


def chat_past(channel: str = "tg", **fields: Any) -> Past:
    who = in_chat(channel=channel).sender
    given: dict[str, Any] = {
        "cases": (a_case(who, channel),),
        "file": (user(in_chat(channel=channel)), agent()),
        "dialogue": Dialogue(channel=channel, address="7001", case_id=NUMBER, cases=(NUMBER,)),
    }
    return past(**(given | fields))


def wake(at: datetime = DUE, reason: str = "rating support:ann@mail.test") -> Wake:
    return Wake(at=at, lane=f"rating:{rater(party(), POLICY)}", reason=reason, case_id=NUMBER)


def woken(known: Past, policy: Policy = POLICY, now: datetime = DUE) -> Outcome:
    return decide(Judged(wake(now)), known, policy, now)


def rating(number: str = NUMBER, who: Party | None = None, **fields: Any) -> Rating:
    given = {"channel": "support", "person": rater(who or party(), POLICY), "asked_at": DUE}
    return Rating(case_id=number, **(given | fields))


# When a case is solved


def solved(known: Case, kind: Any = "solved", policy: Policy = POLICY) -> Outcome:
    event = TicketEvent(
        id="e1", ticket="T1", case_id=NUMBER, kind=kind, at=SOLVED, author="Agent", provenance=provenance("e1")
    )
    return decide(Judged(event), Past(cases=(known,)), policy, SOLVED)


def test_a_solved_case_gets_one_timer_for_an_hour_later() -> None:
    outcome = solved(a_case(state=CaseState.WAITING, solved_at=None))
    assert outcome.cases[0].solved_at == SOLVED
    (timer,) = (each for each in outcome.effects if each.kind is EffectKind.WAKE)
    assert (timer.target, timer.not_before, timer.case_id) == (ENGINE, DUE, None)
    assert timer.wake is not None
    assert (timer.wake.case_id, timer.wake.reason) == (NUMBER, "rating support:ann@mail.test")
    assert "ann" not in timer.wake.lane


def test_what_is_solved_already_gets_none_and_keeps_its_time() -> None:
    outcome = solved(a_case())
    assert outcome.effects == ()
    assert outcome.cases[0].solved_at == SOLVED


def test_what_an_older_release_has_solved_is_left_alone() -> None:
    outcome = solved(a_case(solved_at=None))
    assert (outcome.effects, outcome.cases[0].solved_at) == ((), None)


def test_a_case_that_is_opened_again_forgets_when_it_was_solved() -> None:
    assert solved(a_case(), "reopened").cases[0].solved_at is None


@pytest.mark.parametrize(
    ("known", "kind", "policy"),
    [
        (a_case(state=CaseState.OPEN, solved_at=None), "deleted", POLICY),
        (a_case(state=CaseState.OPEN, solved_at=None, category="spam"), "solved", POLICY),
        (a_case(state=CaseState.OPEN, solved_at=None, category="authority_request"), "solved", POLICY),
        (a_case(Party(platform="email"), state=CaseState.OPEN, solved_at=None), "solved", POLICY),
        (
            a_case(state=CaseState.OPEN, solved_at=None),
            "solved",
            replace(POLICY, feedback=RatingPolicy(enabled=False)),
        ),
    ],
    ids=["deleted", "spam", "authority", "nobody", "off"],
)
def test_a_case_that_is_never_asked_about_gets_no_timer(known: Case, kind: str, policy: Policy) -> None:
    outcome = solved(known, kind, policy)
    assert outcome.cases[0].state is CaseState.SOLVED
    assert not [each for each in outcome.effects if each.kind is EffectKind.WAKE]


# The question


def test_a_timer_asks_for_all_that_the_rules_look_at() -> None:
    query = ask(wake(), POLICY, DUE)
    assert (query.case_ids, query.rated, query.file_of, query.thread_of) == ((NUMBER,), (NUMBER,), NUMBER, NUMBER)
    assert query.rated_by == (rater(party(), POLICY), DUE - timedelta(days=14))
    assert query.place == ("support", "ann@mail.test")
    assert query.domain is not None
    assert (query.recipient, query.domain.domain) == ("ann@mail.test", "mail.test")


def test_a_mails_user_is_asked_by_mail_on_the_thread_of_the_case() -> None:
    outcome = woken(past())
    (effect,) = outcome.effects
    assert effect.reply is not None
    assert (effect.kind, effect.recipient, effect.reply.automatic) == (
        EffectKind.ACKNOWLEDGEMENT,
        "ann@mail.test",
        True,
    )
    assert effect.reply.thread.parent == "<gh.answer@examplex.test>"
    assert effect.reply.thread.ancestors == ("<m1@mail.test>", "<gh.answer@examplex.test>")
    assert (effect.reply.buttons, effect.reply.subject) == ((), f"How was our help? [{NUMBER}]")
    assert "first line" in effect.reply.text
    assert outcome.ratings == (rating(category="deposit_not_credited"),)
    assert (outcome.cases[0].state, outcome.cases[0].updated_at, outcome.cases[0].version) == (
        CaseState.SOLVED,
        SOLVED,
        8,
    )
    assert outcome.entries[0].direction is Direction.OUT


def test_a_chats_user_gets_buttons_where_there_are_any_and_else_is_told_to_write() -> None:
    (effect,) = woken(chat_past()).effects
    assert effect.reply is not None
    assert [[each.text for each in row] for row in effect.reply.buttons] == [["1", "2", "3", "4", "5"]]
    assert all(len(each.data) <= 64 for row in effect.reply.buttons for each in row)
    assert "write the number" not in effect.reply.text
    (effect,) = woken(chat_past("x")).effects
    assert effect.reply is not None
    assert (effect.reply.buttons, effect.reply.visibility) == ((), Visibility.PRIVATE)
    assert "write the number" in effect.reply.text


def test_it_is_asked_in_the_language_that_the_person_chose() -> None:
    known = chat_past(dialogue=Dialogue(channel="tg", address="7001", case_id=NUMBER, language="zh-CN"))
    (effect,) = woken(known).effects
    assert effect.reply is not None
    assert "满意" in effect.reply.text


def failed(**fields: Any) -> Past:
    return past(dialogue=Dialogue(channel="support", address="ann@mail.test", **fields))


FOR_GOOD: dict[str, list[tuple[Past, Policy]]] = {
    "disabled": [
        (past(), replace(POLICY, feedback=RatingPolicy(enabled=False))),
        (past(), replace(POLICY, acknowledgement=AckPolicy(enabled=False))),
    ],
    "asked_before": [(past(ratings=(rating(asked_at=DUE - timedelta(days=300)),)), POLICY)],
    "opened_again": [
        (past(cases=(a_case(state=CaseState.OPEN, solved_at=None),)), POLICY),
        (past(cases=(a_case(state=CaseState.WAITING, solved_at=None),)), POLICY),
    ],
    "merged": [(past(cases=(a_case(links=(CaseLink(kind="merged_into", case_id="GH-BBBBB-BBBBB"),)),)), POLICY)],
    "cannot_send": [(past(), replace(POLICY, sending=frozenset()))],
    "nobody_to_ask": [(past(cases=(a_case(Party(platform="email")),)), POLICY)],
    "category": [
        (past(cases=(a_case(category="spam"),)), POLICY),
        (past(cases=(a_case(category="authority_request"),)), POLICY),
        (past(cases=(a_case(tags=(REPORTS,)),)), POLICY),
    ],
    "opted_out": [(past(cases=(a_case(tags=(SILENCED,)),)), POLICY), (failed(silenced=True), POLICY)],
    "address_failed": [
        (past(cases=(a_case(tags=(FAILED,)),)), POLICY),
        (failed(unreachable="5.1.1", failed_at=NOON), POLICY),
        (failed(failed_at=NOON), POLICY),
    ],
    "not_in_private": [
        (chat_past(file=(user(in_chat(visibility=Visibility.GROUP)), agent())), POLICY),
        (chat_past("x", file=(user(in_chat(channel="x", visibility=Visibility.PUBLIC)), agent())), POLICY),
        (past(file=(user(message(sender=party("bob@mail.test"))), agent())), POLICY),
        (past(file=(user(message(headers={"auto-submitted": "auto-replied"})), agent())), POLICY),
        (past(file=(user(message(provenance=provenance(source="old"))), agent())), POLICY),
    ],
    "ours_or_impostor": [
        (past(file=(user(message(), sender=standing), agent())), POLICY)
        for standing in (Standing.OFFICIAL, Standing.LOOK_ALIKE, Standing.REPORTED_SCAM)
    ],
    "nobody_answered": [
        (past(file=(user(message()), agent("Gatehouse"))), POLICY),
        (past(file=(user(message()),)), POLICY),
    ],
    "asked_lately": [(past(ratings=(rating("GH-BBBBB-BBBBB", asked_at=DUE - timedelta(days=13)),)), POLICY)],
}


def test_every_rule_is_tried() -> None:
    assert set(FOR_GOOD) == {name for name, _ in NEVER}


@pytest.mark.parametrize(
    ("reason", "known", "policy"),
    [(reason, *each) for reason, given in FOR_GOOD.items() for each in given],
)
def test_nobody_is_asked_where_a_rule_forbids_it(reason: str, known: Past, policy: Policy) -> None:
    outcome = woken(known, policy)
    assert (outcome.effects, outcome.ratings, outcome.cases) == ((), (), ())
    assert reason in outcome.note


@pytest.mark.parametrize(
    "said",
    [
        message(headers={"auto-submitted": "auto-generated"}),
        message(headers={"list-id": "news.mail.test"}),
        message(headers={"precedence": "bulk"}),
        message(envelope_sender=""),
        message(sender=party("no-reply@mail.test")),
    ],
    ids=["generated", "list", "bulk", "null", "robot"],
)
def test_no_machine_is_asked(said: Message) -> None:
    outcome = woken(past(cases=(a_case(said.sender),), file=(user(said), agent())))
    assert (outcome.effects, outcome.ratings) == ((), ())


def test_a_message_that_is_weeks_old_forbids_nothing() -> None:
    late = NOON + timedelta(days=40)
    known = past(cases=(a_case(solved_at=late - timedelta(hours=1)),))
    assert woken(known, now=late).ratings != ()


def test_an_absence_notice_after_the_answer_forbids_nothing() -> None:
    away = user(message("m2", headers={"auto-submitted": "auto-replied"}))
    assert woken(past(file=(user(message()), agent(), away))).ratings != ()


def test_a_colleague_who_writes_on_the_thread_forbids_nothing() -> None:
    colleague = user(message("m2", party("agent@examplex.test")), sender=Standing.OFFICIAL)
    assert woken(past(file=(user(message()), agent(), colleague))).ratings != ()


def test_the_person_is_asked_again_after_the_days_set() -> None:
    known = past(ratings=(rating("GH-BBBBB-BBBBB", asked_at=DUE - timedelta(days=15)),))
    assert woken(known).ratings != ()
    known = past(ratings=(rating("GH-BBBBB-BBBBB", asked_at=DUE - timedelta(hours=1)),))
    assert woken(known, replace(POLICY, feedback=RatingPolicy(per_person_days=0))).ratings != ()


def test_another_persons_question_forbids_nothing() -> None:
    known = past(ratings=(rating("GH-BBBBB-BBBBB", party("bob@mail.test")),))
    assert woken(known).ratings != ()


# Not just now


def test_the_first_timer_of_a_case_that_was_solved_again_leads_to_the_second_one() -> None:
    again = SOLVED + timedelta(minutes=30)
    first = decide(Judged(wake()), past(cases=(a_case(solved_at=again),)), POLICY, DUE)
    (timer,) = first.effects
    second = solved(a_case(state=CaseState.OPEN, solved_at=None))
    assert first.ratings == ()
    assert timer.not_before == again + timedelta(hours=1)
    assert timer.key.replace("18:30", "18:00") == second.effects[0].key, "the key of the timer that was set then"


@pytest.mark.parametrize(
    "known",
    [
        past(sent_to=(1, 1)),
        past(sent_to=(0, 10)),
        past(sent_to_domain=600),
        past(sent_to_all=(60,)),
        chat_past(dialogue=Dialogue(channel="tg", address="7001", case_id=NUMBER, step="report:kind")),
        chat_past(
            cases=(a_case(WANG, "tg"), case("GH-BBBBB-BBBBB", WANG, channel="tg")),
            dialogue=Dialogue(channel="tg", address="7001", case_id="GH-BBBBB-BBBBB"),
        ),
    ],
    ids=["window", "day", "domain", "minute", "step", "another case"],
)
def test_what_must_not_be_just_now_is_tried_again_and_not_for_ever(known: Past) -> None:
    outcome = woken(known)
    (timer,) = outcome.effects
    assert (timer.kind, outcome.ratings) == (EffectKind.WAKE, ())
    assert timer.not_before is not None
    assert timedelta(minutes=15) <= timer.not_before - DUE <= timedelta(hours=1)
    assert timer.key != wake().reason
    late = woken(known, now=DUE + TRIES_FOR)
    assert (late.effects, late.ratings) == ((), ())
    assert "too long" in late.note
