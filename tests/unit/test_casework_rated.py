"""What a user answers to the question how our help was: by button, in words, by mail, and what is no answer to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from gateway.answers.buttons import sign
from gateway.answers.tokens import sign_tag, sign_token
from gateway.case import (
    Assessment,
    CaseState,
    Entity,
    Finding,
    Message,
    Party,
    Recipient,
    RecipientRole,
    Severity,
    Thread,
    Triage,
    Visibility,
)
from gateway.casework import Judged, Outcome, ask, decide
from gateway.casework.rated import RATING, UNHAPPY
from gateway.casework.rating import question_key, rater
from gateway.dialogue import Dialogue
from gateway.journal import EffectKind
from gateway.past import Past
from gateway.ports import Edited, Pressed, TicketAction
from gateway.ratings import Rating
from tests.builders import message, party, provenance
from tests.unit.test_casework_rating import DUE, NUMBER, POLICY, SECRET, WANG, a_case, in_chat, user

NOW = DUE + timedelta(minutes=5)
QUESTION = f"<{sign_token(SECRET, NUMBER, question_key(NUMBER))}@examplex.test>"
OTHER = f"<{sign_token(SECRET, NUMBER, 'answer')}@examplex.test>"
MATTER = Triage(category="deposit_not_credited")
UNRATED: dict[str, Any] = {"channel": "tg", "category": "", "asked_at": DUE}


def before(who: Party = WANG, **fields: Any) -> Rating:
    given = {"case_id": NUMBER, "person": rater(who, POLICY), **UNRATED}
    return Rating(**(given | fields))


def asked(channel: str = "tg", **fields: Any) -> Past:
    """Return the past of a chat whose person was asked."""
    who = in_chat(channel=channel).sender
    given: dict[str, Any] = {
        "cases": (a_case(who, channel),),
        "dialogue": Dialogue(channel=channel, address="7001", case_id=NUMBER, cases=(NUMBER,)),
        "ratings": (before(who, channel=channel),),
        "sent_to": (0, 0),
        "sent_to_all": (0,),
    }
    return Past(**(given | fields))


def written(
    text: str,
    known: Past | None = None,
    now: datetime = NOW,
    channel: str = "tg",
    triage: Triage | None = None,
    **more: Any,
) -> Outcome:
    said = in_chat(text, 9, channel, **more)
    judged = Judged(said, more.pop("assessment", Assessment()), triage or Triage())
    return decide(judged, known or asked(channel), POLICY, now)


def press(score: int, known: Past | None = None, now: datetime = NOW, who: str = "7001") -> Outcome:
    event = Pressed(
        sender=WANG, place=WANG, data=sign(SECRET, who, "rate", f"{score}-{NUMBER}"), press_id="p1",
        provenance=provenance("p1", "7001", "tg"),
    )  # fmt: skip
    return decide(Judged(event), known or asked(), POLICY, now)


def scores(outcome: Outcome) -> list[tuple[int | None, str]]:
    return [(each.score, each.word) for each in outcome.ratings]


def notes(outcome: Outcome) -> list[str]:
    return [each.ticket.note for each in outcome.effects if each.ticket and each.ticket.action is TicketAction.NOTE]


def said(outcome: Outcome) -> list[str]:
    return [each.reply.text for each in outcome.effects if each.reply is not None]


# Buttons


def test_a_pressed_button_is_the_score_and_is_thanked_for() -> None:
    outcome = press(5)
    assert scores(outcome) == [(5, "")]
    assert (outcome.ratings[0].rated_at, outcome.ratings[0].fresh) == (NOW, True)
    (effect,) = outcome.effects
    assert effect.reply is not None
    assert (effect.kind, effect.reply.press_id, effect.key) == (
        EffectKind.RESPONSE,
        "p1",
        f"{NUMBER}:rating-thanks",
    )
    assert "What was good?" in effect.reply.text
    assert (outcome.cases[0].state, outcome.cases[0].tags) == (CaseState.SOLVED, ())


def test_a_low_score_marks_the_case_and_tells_the_agents() -> None:
    outcome = press(2)
    assert outcome.cases[0].tags == (UNHAPPY,)
    assert notes(outcome) == ["The user gives our help 2 of 5."]
    assert "What could be better?" in said(outcome)[0]
    assert outcome.cases[0].state is CaseState.SOLVED


def test_another_score_replaces_the_first_and_the_agents_are_told_of_a_low_one_that_is_none_any_more() -> None:
    low = asked(cases=(a_case(WANG, "tg", tags=(UNHAPPY,)),), ratings=(before(score=1, rated_at=NOW, word="slow"),))
    outcome = press(4, low, NOW + timedelta(days=6))
    assert scores(outcome) == [(4, "")]
    assert outcome.cases[0].tags == ()
    assert notes(outcome) == ["The user gives our help 4 of 5, and not 1 any more."]
    assert said(outcome) == ["We have noted your new rating."]
    assert outcome.effects[-1].key != f"{NUMBER}:rating-thanks"


@pytest.mark.parametrize(
    ("known", "now"),
    [
        (asked(ratings=(before(score=1, rated_at=NOW),)), NOW + timedelta(days=8)),
        (asked(), NOW + timedelta(days=31)),
        (asked(ratings=()), NOW),
        (asked(cases=()), NOW),
    ],
    ids=["changed too late", "pressed too late", "not asked", "case gone"],
)
def test_a_button_of_a_question_that_is_over_changes_nothing(known: Past, now: datetime) -> None:
    outcome = press(5, known, now)
    assert (outcome.ratings, outcome.cases) == ((), ())
    assert "too old" in said(outcome)[0]


def test_a_button_that_was_made_for_somebody_else_changes_nothing() -> None:
    outcome = press(5, who="9999")
    assert (outcome.ratings, outcome.cases) == ((), ())


def test_the_same_button_again_says_nothing() -> None:
    outcome = press(4, asked(ratings=(before(score=4, rated_at=NOW),)))
    assert (outcome.ratings, outcome.effects) == ((), ())


def test_a_press_asks_for_its_case() -> None:
    event = Pressed(
        sender=WANG, data=sign(SECRET, "7001", "rate", f"3-{NUMBER}"), provenance=provenance("p1", "7001", "tg")
    )
    query = ask(event, POLICY, NOW)
    assert (query.rated, query.case_ids[-1]) == ((NUMBER,), NUMBER)


# Words in a chat


def test_a_chat_asks_for_the_ratings_of_whoever_writes() -> None:
    query = ask(in_chat("5"), POLICY, NOW)
    assert query.rated_by is not None
    assert query.rated_by.person == rater(WANG, POLICY)
    assert ask(in_chat("5", visibility=Visibility.GROUP), POLICY, NOW).rated_by is None


@pytest.mark.parametrize("channel", ["tg", "x"])
def test_a_written_number_is_the_score_and_opens_nothing_again(channel: str) -> None:
    outcome = written("４", channel=channel)
    assert scores(outcome) == [(4, "")]
    assert (outcome.cases[0].state, outcome.cases[0].message_count) == (CaseState.SOLVED, 2)
    assert RATING in outcome.entries[0].message.notes
    assert [each.kind for each in outcome.effects] == [EffectKind.RESPONSE]


def test_a_number_with_a_word_is_thanked_for_and_asks_for_none() -> None:
    outcome = written("5, very quick!")
    assert scores(outcome) == [(5, "very quick!")]
    assert said(outcome) == ["Thank you, this helps us."]
    assert notes(outcome) == ["The user gives our help 5 of 5. Their word on it: very quick!"]


def test_what_is_written_next_within_an_hour_is_the_word_and_is_not_thanked_for_again() -> None:
    known = asked(ratings=(before(score=2, rated_at=NOW),), cases=(a_case(WANG, "tg", tags=(UNHAPPY,)),))
    outcome = written("You took three days", known, NOW + timedelta(minutes=59))
    assert scores(outcome) == [(2, "You took three days")]
    assert (outcome.ratings[0].fresh, outcome.ratings[0].rated_at) == (False, NOW)
    assert notes(outcome) == ["The user on the score 2 of 5: You took three days"]
    assert said(outcome) == []
    assert (outcome.cases[0].state, outcome.cases[0].tags) == (CaseState.SOLVED, (UNHAPPY,))


@pytest.mark.parametrize(
    ("known", "now"),
    [
        (asked(ratings=(before(score=2, rated_at=NOW),)), NOW + timedelta(minutes=61)),
        (asked(ratings=(before(score=2, rated_at=NOW, word="slow"),)), NOW + timedelta(minutes=5)),
        (asked(), NOW),
    ],
    ids=["an hour is over", "there is a word", "no score yet"],
)
def test_other_words_are_a_message_that_opens_the_case_again(known: Past, now: datetime) -> None:
    outcome = written("You took three days", known, now)
    assert outcome.ratings == ()
    assert outcome.cases[0].state is CaseState.OPEN


@pytest.mark.parametrize(
    ("text", "triage", "more"),
    [
        ("My deposit is still not there", MATTER, {}),
        ("Why did it take so long?", Triage(), {}),
        ("See this one", Triage(entities=(Entity(kind="transaction", value="0xabc"),)), {}),
        ("Somebody is in my account", Triage(danger="account_stolen"), {}),
        ("x" * 501, Triage(), {}),
    ],
    ids=["category", "question", "hash", "danger", "long"],
)
def test_a_matter_of_its_own_is_never_taken_for_the_word(text: str, triage: Triage, more: dict[str, Any]) -> None:
    outcome = written(text, asked(ratings=(before(score=4, rated_at=NOW),)), triage=triage, **more)
    assert outcome.ratings == ()
    assert outcome.cases[0].state is CaseState.OPEN
    assert EffectKind.TICKET in [each.kind for each in outcome.effects]


def test_a_score_that_opens_a_matter_of_its_own_is_both() -> None:
    outcome = written("2. My deposit is still not there", triage=MATTER)
    assert scores(outcome) == [(2, "")]
    (changed,) = outcome.cases
    assert (changed.state, changed.tags, changed.version) == (CaseState.OPEN, (UNHAPPY,), 8)
    assert notes(outcome) == ["The user gives our help 2 of 5."]
    actions = [each.ticket.action for each in outcome.effects if each.ticket is not None]
    assert actions == [TicketAction.MESSAGE, TicketAction.STATE, TicketAction.NOTE]
    assert said(outcome) == []


def test_a_number_that_counts_what_it_is_about_is_no_score() -> None:
    outcome = written("2 deposits are missing", triage=MATTER)
    assert outcome.ratings == ()
    assert outcome.cases[0].state is CaseState.OPEN


def test_a_finding_is_a_matter_of_its_own_even_beside_a_bare_number() -> None:
    danger = Assessment(findings=(Finding(code="secret_shared", severity=Severity.DANGER),))
    outcome = decide(Judged(in_chat("5", 9), danger), asked(), POLICY, NOW)
    assert scores(outcome) == [(5, "")]
    assert outcome.cases[0].state is CaseState.OPEN


@pytest.mark.parametrize(
    ("known", "now"),
    [
        (asked(cases=(a_case(WANG, "tg", state=CaseState.WAITING, solved_at=None),)), NOW),
        (asked(dialogue=Dialogue(channel="tg", address="7001", case_id="GH-BBBBB-BBBBB")), NOW),
        (asked(), NOW + timedelta(days=8)),
        (asked(ratings=(before(score=3, rated_at=NOW, word="ok"),)), NOW + timedelta(days=8)),
        (asked(ratings=(before(Party(platform="telegram", address="1", id="1")),)), NOW),
    ],
    ids=["opened again", "another case", "too late", "changed too late", "somebody else was asked"],
)
def test_a_number_that_may_mean_anything_is_a_message(known: Past, now: datetime) -> None:
    outcome = written("3", known, now)
    assert outcome.ratings == ()
    assert outcome.cases != ()


def test_a_step_of_a_command_keeps_its_number() -> None:
    step = Dialogue(channel="tg", address="7001", case_id=NUMBER, step="verify", draft=(("at", NOW.isoformat()),))
    assert written("5", asked(dialogue=step)).ratings == ()
    assert written("/status", asked(ratings=(before(score=2, rated_at=NOW),))).ratings == ()


def test_an_edited_score_replaces_the_first_and_writes_no_ticket() -> None:
    first = in_chat("2", 9)
    known = asked(
        entry=user(first.model_copy(update={"notes": (RATING,)})),
        cases=(a_case(WANG, "tg", tags=(UNHAPPY,)),),
        ratings=(before(score=2, rated_at=NOW),),
    )
    outcome = decide(Judged(Edited(message=in_chat("5", 9, edited_at=NOW))), known, POLICY, NOW)
    assert scores(outcome) == [(5, "")]
    assert (outcome.entries[0].message.version, outcome.cases[0].tags) == (2, ())
    assert [each.ticket.action for each in outcome.effects if each.ticket] == [TicketAction.NOTE]


# Mail


def mailed(text: str, parent: str | None = QUESTION, **fields: Any) -> Message:
    return message("m9", text=text, thread=Thread(own_ref="<m9@mail.test>", parent=parent), **fields)


def by_mail(said_now: Message, now: datetime = NOW, triage: Triage | None = None, **fields: Any) -> Outcome:
    ann = party()
    given: dict[str, Any] = {
        "cases": (a_case(ann),),
        "ratings": (before(ann, channel="support"),),
        "sent_to": (1, 1),
        "sent_to_all": (0,),
    }
    known = Past(**(given | fields))
    return decide(Judged(said_now, triage=triage or Triage()), known, POLICY, now)


def test_a_mail_asks_for_the_ratings_of_what_it_bears_a_signature_of() -> None:
    assert ask(mailed("5"), POLICY, NOW).rated == (NUMBER,)
    assert ask(message(), POLICY, NOW).rated == ()


def test_a_mail_that_answers_the_question_is_the_score() -> None:
    outcome = by_mail(mailed("5\nThank you!"))
    assert scores(outcome) == [(5, "Thank you!")]
    assert outcome.cases[0].state is CaseState.SOLVED
    thanks = next(each.reply for each in outcome.effects if each.reply is not None)
    assert (thanks.text, thanks.thread.parent, thanks.automatic) == (
        "Thank you, this helps us.",
        "<m9@mail.test>",
        True,
    )
    assert outcome.refs == (("<m9@mail.test>", NUMBER),)


def test_another_score_by_mail_is_not_thanked_for_again() -> None:
    known = (before(party(), channel="support", score=2, rated_at=NOW),)
    outcome = by_mail(mailed("4"), NOW + timedelta(days=2), ratings=known)
    assert scores(outcome) == [(4, "")]
    assert said(outcome) == []


def test_what_answers_the_thanks_within_an_hour_is_the_word() -> None:
    thanked = f"<{sign_token(SECRET, NUMBER, f'{NUMBER}:rating-thanks')}@examplex.test>"
    known = (before(party(), channel="support", score=3, rated_at=NOW),)
    outcome = by_mail(mailed("Be quicker", thanked), NOW + timedelta(minutes=30), ratings=known)
    assert scores(outcome) == [(3, "Be quicker")]
    assert outcome.cases[0].state is CaseState.SOLVED


def test_a_mail_to_the_tagged_address_alone_is_one_too_while_the_case_is_solved() -> None:
    to = Recipient(role=RecipientRole.TO, party=party(f"support+{sign_tag(SECRET, NUMBER)}@examplex.test"))
    assert scores(by_mail(mailed("5", None, recipients=(to,)))) == [(5, "")]
    opened = (a_case(party(), state=CaseState.OPEN, solved_at=None),)
    assert by_mail(mailed("5", None, recipients=(to,)), cases=opened).ratings == ()


@pytest.mark.parametrize(
    "said_now",
    [
        mailed("5", OTHER),
        mailed("5", None, subject=f"[{NUMBER}]"),
        mailed("5", headers={"auto-submitted": "auto-replied"}),
        mailed("It is very good"),
        mailed("1. I cannot log in\n2. My code does not come"),
    ],
    ids=["another mail of ours", "cited alone", "by a machine", "no number", "a list"],
)
def test_any_other_mail_is_a_mail(said_now: Message) -> None:
    outcome = by_mail(said_now)
    assert outcome.ratings == ()
    assert outcome.cases != ()


def test_a_mail_with_a_score_and_a_matter_of_its_own_opens_the_case_again() -> None:
    outcome = by_mail(mailed("1\nMy deposit is still missing"), triage=MATTER)
    assert scores(outcome) == [(1, "")]
    assert (outcome.cases[0].state, outcome.cases[0].tags) == (CaseState.OPEN, (UNHAPPY,))


def test_a_machine_is_not_thanked() -> None:
    outcome = by_mail(mailed("5", headers={"precedence": "list"}))
    assert scores(outcome) == [(5, "")]
    assert said(outcome) == []


def test_what_a_forged_sender_signs_is_nothing() -> None:
    forged = mailed("1", f"<{sign_token(b'x' * 32, NUMBER, question_key(NUMBER))}@examplex.test>")
    assert by_mail(forged).ratings == ()


def test_nothing_a_user_wrote_is_said_back() -> None:
    for outcome in (written("5, hunter2 hunter2"), by_mail(mailed("5\nhunter2"))):
        assert all("hunter2" not in text for text in said(outcome))


def test_the_word_is_one_line_and_cut() -> None:
    outcome = written("5\n" + "ab \u202e" * 100)
    (found,) = outcome.ratings
    assert "\u202e" not in found.word
    assert len(found.word) <= 500
    assert replace(outcome, note="").ratings == (found,)
