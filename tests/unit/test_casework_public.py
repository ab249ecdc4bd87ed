"""What is said in public: one answer to a post that summoned us, the way to private, impostors, opt-out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.answers.locales import LANGUAGES, load_locales
from gateway.answers.public import choice_of, receipt, warning
from gateway.case import (
    Assessment,
    Case,
    CaseState,
    Direction,
    Entity,
    Entry,
    Evidence,
    Finding,
    Message,
    Party,
    PartyKind,
    Recipient,
    RecipientRole,
    Severity,
    Standing,
    Thread,
    Triage,
    Visibility,
)
from gateway.casework import Judged, ask, decide
from gateway.casework.filing import POSED, SILENCED
from gateway.casework.public import may_answer
from gateway.dialogue import Dialogue
from gateway.journal import Effect, EffectKind
from gateway.past import Turn
from gateway.ports import Edited, Manners, Reply, ReplyKind, TicketEvent, Undelivered
from tests.builders import NOON
from tests.unit.test_casework_chat import FOUND, NOW, NUMBER, POLICY, chat_case, kinds, only, past, provenance, run

CHANNEL = "x"
MANNERS = Manners(
    chats=True,
    join_for=timedelta(seconds=2),
    join_most=timedelta(seconds=15),
    summoned=True,
    receipts=True,
    stop_words=("stop", "退订"),
    start_words=("start",),
    buttons=False,
    privacy="examplex.test/privacy",
    handle="examplex",
)
DESK = replace(POLICY, sending=frozenset({CHANNEL}), manners={CHANNEL: MANNERS}, own_addresses=frozenset({"1000"}))
ANN = Party(platform="x", address="2001", id="2001", handle="wangfang_t", name="Wang", kind=PartyKind.PERSON)
IMPOSTOR = Party(platform="x", address="2666", id="2666", handle="examp1ex_help", name="Examplex Support")
US = Party(platform="x", address="1000", id="1000", handle="examplex")


def post(
    number: int = 1, text: str = "@examplex where is my deposit?", *, summons: str = "mention", **more: Any
) -> Message:
    name = f"x:{number}"
    given: dict[str, Any] = {
        "id": name,
        "content_key": name,
        "provenance": provenance(f"post:{number}", "2001").model_copy(update={"source": CHANNEL}),
        "platform": "x",
        "visibility": Visibility.PUBLIC,
        "sender": ANN,
        "recipients": (Recipient(role=RecipientRole.MENTION, party=US),),
        "text": text,
        "sent_at": NOON,
        "thread": Thread(own_ref=name, group="1"),
        "evidence": (Evidence(name="summoned", value=summons),) if summons else (),
    }
    return Message(**(given | more))


def direct(number: int = 9, text: str = "my UID is with you", **more: Any) -> Message:
    name = f"x:dm:{number}"
    thread = Thread(own_ref=name, group="1000-2001")
    given: dict[str, Any] = {
        "id": name,
        "content_key": name,
        "visibility": Visibility.PRIVATE,
        "thread": thread,
        "evidence": (),
    }
    return post(number, text, **(given | {"join_key": "1000-2001:2001"} | more))


def scam(number: int = 5, *, addressed: bool = False, **more: Any) -> Message:
    return post(
        number,
        "@wangfang_t write to our agent",
        summons="",
        sender=IMPOSTOR,
        addressed=addressed,
        thread=Thread(own_ref=f"x:{number}", parent="x:1", group="1"),
        **more,
    )


def case(**more: Any) -> Case:
    given: dict[str, Any] = {"channel": CHANNEL, "platform": "x", "requester": ANN, "participants": (ANN,)}
    return chat_case(**(given | more))


def turn(message: Message, *, answered: bool = False, private: bool = False) -> Turn:
    return Turn(Entry(case_id=NUMBER, direction=Direction.IN, message=message, at=NOON), answered, private)


def reply_of(effect: Effect) -> Reply:
    assert effect.reply is not None
    return effect.reply


def answered(text: str = "It has been credited.", known: Turn | None = None) -> Any:
    event = TicketEvent(
        id="desk:1",
        ticket="T1",
        case_id=NUMBER,
        kind="replied",
        text=text,
        at=NOON,
        provenance=provenance("1"),
    )
    return run(event, past(cases=(case(),), turn=known), policy=DESK)


def test_whom_the_post_names_is_not_named_by_the_answer() -> None:
    to = tuple(
        Recipient(role=RecipientRole.MENTION, party=Party(platform="x", address=each, id=each))
        for each in ("1000", "2666", "2001")
    )
    outcome = run(post(recipients=to), policy=DESK)
    sent = reply_of(only(outcome, EffectKind.ACKNOWLEDGEMENT))
    assert [each.value for each in sent.to.evidence if each.name == "named"] == ["1000", "2666"]


@pytest.mark.parametrize(("text", "cases"), [("/status", 0), ("/new my deposit is missing", 1), ("hello", 1)])
def test_a_command_of_before_the_channel_was_watched_is_not_carried_out(text: str, cases: int) -> None:
    outcome = decide(Judged(direct(text=text), old=True), past(), DESK, NOW)
    assert len(outcome.cases) == cases
    assert kinds(outcome) == [EffectKind.TICKET] * cases


@pytest.mark.parametrize(("maybe", "state"), [(False, CaseState.OPEN), (True, CaseState.WAITING)])
def test_whom_no_answer_has_reached_is_not_who_must_answer_next(maybe: bool, state: CaseState) -> None:
    event = Undelivered(
        case_id=NUMBER,
        channel=CHANNEL,
        to=ANN,
        kind="answer",
        maybe=maybe,
        reason="It has a link.",
        provenance=provenance(),
    )
    outcome = run(event, past(cases=(case(state=CaseState.WAITING),)), policy=DESK)
    assert outcome.cases[0].state is state
    told = only(outcome, EffectKind.TICKET).ticket
    assert told is not None
    assert told.note.endswith("It has a link.")


def test_a_post_that_summons_us_is_answered_once_at_once_with_the_way_to_private() -> None:
    outcome = run(post(), policy=DESK)
    sent = reply_of(only(outcome, EffectKind.ACKNOWLEDGEMENT))
    assert (sent.visibility, sent.thread.parent, sent.to.address) == (Visibility.PUBLIC, "x:1", "2001")
    assert ("summoned", "x:1") in {(each.name, each.value) for each in sent.to.evidence}
    assert sent.text == receipt(load_locales(), "en", "Examplex", "examplex", None)
    assert outcome.cases[0].id not in sent.text
    assert outcome.entries[1].message.visibility is Visibility.PUBLIC


@pytest.mark.parametrize(
    "found",
    [
        *(Triage(entities=(Entity(kind=kind, value="48210734"),)) for kind in ("account_id", "email", "phone")),
        Assessment(findings=(Finding(code="secret_shared", severity=Severity.DANGER, advice="advice-secret-key"),)),
    ],
    ids=["account", "address", "phone", "secret"],
)
def test_who_shows_what_is_personal_in_public_is_asked_to_delete_it_and_it_is_not_repeated(
    found: Triage | Assessment,
) -> None:
    judged = {"triage": found} if isinstance(found, Triage) else {"assessment": found}
    outcome = run(post(text="@examplex my uid is 48210734"), policy=DESK, **judged)
    replies = [effect.reply for effect in outcome.effects if effect.reply is not None]
    assert [each.text for each in replies] == [
        receipt(load_locales(), "en", "Examplex", "examplex", None, exposed=True)
    ]
    assert "48210734" not in replies[0].text


def test_who_tells_of_danger_in_public_is_told_at_once_what_cannot_wait_whatever_was_said_that_day() -> None:
    triage = Triage(
        category="account_stolen", danger="account_stolen", entities=(Entity(kind="email", value="a@b.test"),)
    )
    for seen in (past(), past(sent_to=(1, 1))):
        sent = reply_of(only(run(post(), seen, policy=DESK, triage=triage), EffectKind.ACKNOWLEDGEMENT))
        assert sent.visibility is Visibility.PUBLIC
        assert sent.text == receipt(load_locales(), "en", "Examplex", "examplex", None, danger="account_stolen")
        assert sent.text.startswith("Freeze your account now")


def test_who_posts_a_secret_is_asked_to_delete_it_first() -> None:
    triage = Triage(danger="secret_shared")
    found = Assessment(findings=(Finding(code="secret_shared", severity=Severity.DANGER, advice="advice-secret-key"),))
    sent = reply_of(only(run(post(), None, found, DESK, triage=triage), EffectKind.ACKNOWLEDGEMENT))
    assert sent.text == receipt(load_locales(), "en", "Examplex", "examplex", None, exposed=True)


def test_a_transaction_is_public_by_itself() -> None:
    triage = Triage(entities=(Entity(kind="tx_hash", value="9f" * 32),))
    sent = reply_of(only(run(post(), policy=DESK, triage=triage), EffectKind.ACKNOWLEDGEMENT))
    assert sent.text == receipt(load_locales(), "en", "Examplex", "examplex", None)


def test_the_private_ticket_keeps_what_was_shown_in_public() -> None:
    triage = Triage(entities=(Entity(kind="account_id", value="48210734"),))
    outcome = run(post(text="@examplex my uid is 48210734"), policy=DESK, triage=triage)
    assert "48210734" in outcome.entries[0].message.text
    assert outcome.cases[0].entities[0].value == "48210734"


@pytest.mark.parametrize(
    ("message", "policy", "why"),
    [
        (post(summons=""), DESK, "summon"),
        (post(), replace(DESK, manners={CHANNEL: replace(MANNERS, receipts=False)}), "everybody"),
        (post(), replace(DESK, sending=frozenset()), "everybody"),
        (post(sender=ANN.model_copy(update={"kind": PartyKind.BOT})), DESK, "person"),
    ],
)
def test_nobody_else_is_answered_in_public(message: Message, policy: Any, why: str) -> None:
    outcome = run(message, policy=policy)
    assert kinds(outcome) == [EffectKind.TICKET]
    assert why in outcome.note


def test_what_another_official_account_says_in_public_is_no_case() -> None:
    outcome = run(post(), None, Assessment(sender=Standing.OFFICIAL), DESK)
    assert (outcome.cases, outcome.effects) == ((), ())
    assert run(direct(), None, Assessment(sender=Standing.OFFICIAL), DESK).cases


def test_nobody_is_told_the_way_to_private_twice_in_a_day() -> None:
    outcome = run(post(), past(sent_to=(0, 1)), policy=DESK)
    assert kinds(outcome) == [EffectKind.TICKET]
    assert "within a day" in outcome.note


def test_a_post_that_names_a_look_alike_is_answered_with_a_warning_that_names_nobody_else() -> None:
    found = Finding(
        code="look_alike_mentioned",
        severity=Severity.DANGER,
        subject="@examp1ex_help",
        official="@examplex on X",
        advice="advice-look-alike",
    )
    outcome = run(post(text="@examplex is @examp1ex_help yours?"), None, Assessment(findings=(found,)), DESK)
    assert reply_of(only(outcome, EffectKind.ACKNOWLEDGEMENT)).text == warning(
        load_locales(), "en", "Examplex", "examplex"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_public_texts_fit_and_name_our_own_handle_alone(language: str) -> None:
    for text in (
        receipt(load_locales(), language, "Examplex" * 6, "e" * 15, None),
        receipt(load_locales(), language, "Examplex" * 6, "e" * 15, Severity.DANGER),
        receipt(load_locales(), language, "Examplex" * 6, "e" * 15, None, exposed=True),
        receipt(load_locales(), language, "Examplex" * 6, "e" * 15, None, danger="account_stolen"),
    ):
        # As X counts: what is neither Latin nor common punctuation counts twice.
        assert sum(1 if ord(each) < 0x1100 else 2 for each in text) <= 280
        assert "@" in text
        assert all(part.startswith("e" * 15) for part in text.split("@")[1:])
        assert "://" not in text
        assert "GH-" not in text


def test_what_is_written_in_private_afterwards_joins_the_case_and_is_greeted_with_its_number() -> None:
    opened = run(post(), policy=DESK)
    case_, dialogue = opened.cases[0], opened.dialogues[0]
    assert dialogue.private_case == ""
    first = run(direct(), past(dialogue=dialogue, cases=(case_,), sent_to=(1, 1)), policy=DESK)
    assert first.cases[0].id == case_.id
    sent = reply_of(only(first, EffectKind.ACKNOWLEDGEMENT))
    assert sent.visibility is Visibility.PRIVATE
    assert case_.id in sent.text
    assert "examplex.test/privacy" in sent.text
    known = past(dialogue=first.dialogues[0], cases=first.cases)
    second = run(direct(10, sent_at=NOON + timedelta(minutes=5)), known, policy=DESK, now=NOW + timedelta(minutes=5))
    assert kinds(second) == [EffectKind.TICKET]


def test_a_public_post_ends_no_step_that_goes_on_in_private() -> None:
    dialogue = Dialogue(channel=CHANNEL, address="2001", step="report:what", draft=(("kind", "account"),))
    outcome = run(post(), past(dialogue=dialogue), policy=DESK)
    assert (outcome.dialogues[0].step, outcome.dialogues[0].draft) == (dialogue.step, dialogue.draft)


def test_commands_in_public_are_ordinary_posts() -> None:
    outcome = run(post(text="/status"), policy=DESK)
    assert EffectKind.RESPONSE not in kinds(outcome)
    assert outcome.cases


def test_an_agents_answer_goes_where_the_person_is() -> None:
    public = reply_of(only(answered(known=turn(post())), EffectKind.ANSWER))
    assert (public.visibility, public.thread.parent) == (Visibility.PUBLIC, "x:1")
    assert ("summoned", "x:1") in {(each.name, each.value) for each in public.to.evidence}
    for known in (turn(direct(), private=True), turn(post(3), private=True), None):
        private = reply_of(only(answered(known=known), EffectKind.ANSWER))
        assert private.visibility is Visibility.PRIVATE
        assert "summoned" not in {each.name for each in private.to.evidence}


@pytest.mark.parametrize("known", [turn(post(), answered=True), turn(post(summons=""))])
def test_a_second_public_answer_is_not_sent_and_the_agent_reads_why(known: Turn) -> None:
    outcome = answered(known=known)
    assert may_answer(known) is None
    written = only(outcome, EffectKind.TICKET)
    assert written.ticket is not None
    assert "not sent" in written.ticket.note
    assert outcome.cases[0].state is CaseState.OPEN
    assert not outcome.entries


def test_casework_asks_whose_turn_it_is_only_where_that_matters() -> None:
    event = TicketEvent(id="desk:1", ticket="T", case_id=NUMBER, kind="replied", at=NOON, provenance=provenance("1"))
    assert ask(event, DESK, NOW).turn
    assert not ask(event, POLICY, NOW).turn
    assert ask(scam(), DESK, NOW).refs == ("x:1",)
    assert ask(scam(), DESK, NOW).turn
    assert not ask(direct(), DESK, NOW).turn


@pytest.mark.parametrize("addressed", [False, True])
def test_an_impostor_in_public_is_a_case_of_its_own_and_is_never_answered(addressed: bool) -> None:
    outcome = run(scam(addressed=addressed), None, FOUND, DESK)
    assert kinds(outcome) == [EffectKind.TICKET]
    assert (outcome.cases[0].category, outcome.cases[0].requester.address) == ("impersonation", "")
    assert outcome.entries[0].message.text == scam().text
    assert outcome.entries[0].assessment == FOUND
    known = Entry(case_id=NUMBER, message=scam(), at=NOON)
    for event in (scam(6, addressed=addressed), Edited(message=scam(edited_at=NOON, addressed=addressed))):
        assert ask(event, DESK, NOW).sighting.startswith("seen:")
        assert not run(event, past(sighting=known), FOUND, DESK).cases


def test_what_others_say_in_a_public_conversation_is_not_ours() -> None:
    outcome = run(scam(), None, Assessment(sender=Standing.NOT_LISTED), DESK)
    assert (outcome.cases, outcome.effects) == ((), ())


def warned(known: Turn, victim: Case | None = None) -> Any:
    victim = victim or case()
    return run(scam(), past(by_ref=(victim,), turn=known), FOUND, DESK)


def test_whom_an_impostor_answers_is_warned_in_private_where_he_has_written() -> None:
    outcome = warned(turn(direct(), private=True))
    sent = reply_of(only(outcome, EffectKind.WARNING))
    assert (sent.visibility, sent.to.address) == (Visibility.PRIVATE, "2001")
    assert "2666" in sent.text
    notes = [effect.ticket.note for effect in outcome.effects if effect.ticket is not None and effect.ticket.note]
    assert len(notes) == 1
    assert outcome.cases[1].version == case().version + 1


def test_who_opted_out_is_warned_in_private_all_the_same() -> None:
    sent = reply_of(only(warned(turn(direct(), private=True), case(tags=(SILENCED,))), EffectKind.WARNING))
    assert sent.visibility is Visibility.PRIVATE


def in_group(number: int = 21, text: str = "my deposit is missing", **more: Any) -> Message:
    group = Party(platform="x", address="g1", id="g1", kind=PartyKind.GROUP)
    to = (Recipient(role=RecipientRole.TO, party=group),)
    thread = Thread(own_ref=f"x:dm:{number}", group="g1")
    return direct(number, text, visibility=Visibility.GROUP, recipients=to, thread=thread, **more)


def test_each_member_of_a_group_has_a_dialogue_of_his_own_and_is_led_to_private() -> None:
    opened = run(in_group(), policy=DESK)
    assert kinds(opened) == [EffectKind.TICKET, EffectKind.RESPONSE]
    led = reply_of(only(opened, EffectKind.RESPONSE))
    assert (led.to.id, led.visibility) == ("g1", Visibility.GROUP)
    assert opened.cases[0].id not in led.text
    assert opened.dialogues[0].address == "g1:2001"
    other = ANN.model_copy(update={"id": "2002", "address": "2002"})
    assert ask(in_group(22, sender=other), DESK, NOW).place == ("x", "g1:2002")


@pytest.mark.parametrize("text", ["/status", "/close", "stop"])
def test_in_a_group_no_command_tells_of_cases_and_nobody_opts_out(text: str) -> None:
    dialogue = Dialogue(channel=CHANNEL, address="g1:2001", case_id=NUMBER, cases=(NUMBER,))
    outcome = run(in_group(text=text), past(dialogue=dialogue, cases=(case(),)), policy=DESK)
    assert all(NUMBER not in reply_of(each).text for each in outcome.effects if each.reply is not None)
    assert all(each.state is CaseState.OPEN for each in outcome.cases)
    assert not any(each.silenced for each in outcome.dialogues)


def test_whom_an_impostor_answers_is_warned_in_public_when_that_answer_is_left() -> None:
    sent = reply_of(only(warned(turn(post())), EffectKind.WARNING))
    assert (sent.visibility, sent.thread.parent) == (Visibility.PUBLIC, "x:1")
    assert sent.text == warning(load_locales(), "en", "Examplex", "examplex")


@pytest.mark.parametrize(
    ("known", "victim"),
    [
        (turn(post(), answered=True), case()),
        (turn(post(summons="")), case()),
        (turn(post()), case(tags=(SILENCED,))),
        (turn(post()), case(channel="elsewhere")),
    ],
)
def test_whom_the_rules_forbid_to_write_to_is_not_and_the_agents_know(known: Turn, victim: Case) -> None:
    outcome = warned(known, victim)
    assert kinds(outcome) == [EffectKind.TICKET, EffectKind.TICKET]
    assert POSED in outcome.cases[1].tags


def test_who_could_not_be_warned_is_with_the_next_answer_that_the_rules_allow() -> None:
    marked = warned(turn(post(), answered=True)).cases[1]
    dialogue = Dialogue(channel=CHANNEL, address="2001", case_id=NUMBER, cases=(NUMBER,))
    known = past(dialogue=dialogue, cases=(marked,))
    private = run(direct(), known, policy=DESK)
    assert "under your public post" in reply_of(only(private, EffectKind.ACKNOWLEDGEMENT)).text
    assert POSED not in private.cases[0].tags
    public = run(post(7), known, policy=DESK)
    assert reply_of(only(public, EffectKind.WARNING)).text == warning(load_locales(), "en", "Examplex", "examplex")
    assert POSED not in public.cases[0].tags
    unsummoned = run(post(8, summons=""), known, policy=DESK)
    assert POSED in unsummoned.cases[0].tags


def test_the_same_impostor_and_user_are_told_of_once() -> None:
    one, other = (
        warned(turn(post())),
        run(
            scam(6),
            past(sighting=Entry(case_id=NUMBER, message=scam(), at=NOON), by_ref=(case(),), turn=turn(post())),
            FOUND,
            DESK,
        ),
    )
    assert {each.key for each in other.effects} <= {each.key for each in one.effects}
    assert other.effects
    assert not other.entries


def test_an_impostor_who_answers_himself_warns_nobody() -> None:
    outcome = warned(turn(post()), case(requester=IMPOSTOR))
    assert len(outcome.cases) == 1


def test_an_edit_of_a_post_that_is_not_on_file_is_taken_for_the_post() -> None:
    outcome = run(Edited(message=post(edited_at=NOON)), policy=DESK)
    assert kinds(outcome) == [EffectKind.TICKET, EffectKind.ACKNOWLEDGEMENT]


@pytest.mark.parametrize("word", ["stop", "STOP ", "@examplex stop", "退订"])
def test_who_opts_out_gets_nothing_automatic_until_he_wants_it_again(word: str) -> None:
    dialogue = Dialogue(channel=CHANNEL, address="2001", case_id=NUMBER, cases=(NUMBER,))
    out = run(direct(text=word), past(dialogue=dialogue, cases=(case(),)), policy=DESK)
    # It may have been the answer to an agent's question: it is filed all the same.
    assert kinds(out) == [EffectKind.TICKET, EffectKind.RESPONSE]
    assert out.entries[0].message.text == word
    assert out.dialogues[0].silenced
    assert SILENCED in out.cases[0].tags
    assert SILENCED in run(direct(11), past(dialogue=out.dialogues[0]), policy=DESK).cases[0].tags
    alone = past(dialogue=out.dialogues[0].model_copy(update={"case_id": None}))
    for message in (post(12), direct(13)):
        assert kinds(run(message, alone, policy=DESK)) == [EffectKind.TICKET]
    assert kinds(run(direct(13), alone, FOUND_BY_USER, DESK)) == [EffectKind.TICKET, EffectKind.ACKNOWLEDGEMENT]
    back = run(direct(14, "start"), past(dialogue=out.dialogues[0], cases=out.cases), policy=DESK)
    assert not back.dialogues[0].silenced
    assert SILENCED not in back.cases[0].tags


FOUND_BY_USER = Assessment(findings=(Finding(code="link_mismatch", severity=Severity.DANGER),))


def test_a_word_among_others_opts_nobody_out_and_a_public_one_is_not_answered() -> None:
    assert choice_of("please stop my account", MANNERS, Dialogue(channel=CHANNEL, address="1")) is None
    assert choice_of("start", MANNERS, Dialogue(channel=CHANNEL, address="1")) is None
    outcome = run(post(text="@examplex stop"), policy=DESK)
    assert not outcome.effects
    assert outcome.dialogues[0].silenced
    assert choice_of("stop", Manners(), Dialogue(channel=CHANNEL, address="1")) is None


def test_steps_name_their_choices_where_there_are_no_buttons() -> None:
    outcome = run(direct(text="/report"), policy=DESK)
    sent = reply_of(only(outcome, EffectKind.RESPONSE))
    assert sent.kind is ReplyKind.RESPONSE
    assert "An account / A group or channel" in sent.text
    assert sent.buttons == ()


@pytest.mark.parametrize(("said", "closed"), [("yes, close it", True), ("No, keep it open", False), ("hm", False)])
def test_a_case_is_closed_after_a_question_that_is_answered_in_words(said: str, closed: bool) -> None:
    at = Dialogue(channel=CHANNEL, address="2001", case_id=NUMBER, cases=(NUMBER,))
    asked = run(direct(text="/close"), past(dialogue=at, cases=(case(),)), policy=DESK)
    assert not asked.cases
    assert "Yes, close it / No, keep it open" in reply_of(only(asked, EffectKind.RESPONSE)).text
    after = run(direct(10, said), past(dialogue=asked.dialogues[0], cases=(case(),)), policy=DESK)
    assert [each.state for each in after.cases] == ([CaseState.SOLVED] if closed else [CaseState.OPEN] * (said == "hm"))
    assert after.dialogues[0].step == ""


def test_a_language_of_the_case_is_spoken_in_public() -> None:
    outcome = run(post(text="@examplex 我的充值没有到账"), policy=DESK, triage=Triage(language="zh-CN"))
    assert "私信" in reply_of(only(outcome, EffectKind.ACKNOWLEDGEMENT)).text
