"""Commands as users give them: each is read, answered in the user's language, and nobody learns of another's case."""

from __future__ import annotations

import ast
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fluent.syntax import FluentParser
from fluent.syntax import ast as ftl
from hypothesis import given
from hypothesis import strategies as st

import gateway
from connectors.telegram._menu import MENU as PLATFORM_MENU
from gateway.answers.asking import Command
from gateway.answers.basics import MENU
from gateway.answers.commands import PER_MINUTE, language_of, read_command, token_of
from gateway.answers.locales import LANGUAGES, load_locales, packaged_sources
from gateway.case import CaseState
from gateway.cli._invite import new_token
from gateway.dialogue import Token
from gateway.triage.rules import Rules
from tests.builders import NOON
from tests.unit.talks import BOT, Talk, a_case, forwarded

MINE, OTHERS = "GH-AAAAA-AAAAA", "GH-BBBBB-BBBBB"


@pytest.mark.parametrize(
    ("text", "name", "args"),
    [
        ("/start", "start", ""),
        ("/Start abc", "start", "abc"),
        (f"/status@{BOT} GH-AAAAA-AAAAA", "status", "GH-AAAAA-AAAAA"),
        ("/status@Examplex_Support_Bot", "status", ""),
        ("  /help  ", "help", ""),
        ("／verify @foo", "verify", "@foo"),
        (f"／verify＠{BOT} @foo", "verify", "@foo"),
        ("/verify\n@foo\nbar", "verify", "@foo\nbar"),
        ("/状态", "status", ""),
        ("／举报 骗子", "report", "骗子"),
        ("/whatever", "whatever", ""),
    ],
)
def test_a_command_is_read(text: str, name: str, args: str) -> None:
    assert read_command(text, BOT) == Command(name, args)


@pytest.mark.parametrize(
    "text",
    [
        "", "/", "/ start", "//start", "start", "I typed /start", "hello\n/start", "/start@otherbot", "/start@",
        "/home/ann", "/我的账户被盗了", "/start-now", "/" + "a" * 33, "状态",
    ],
)  # fmt: skip
def test_what_is_no_command_of_ours_is_none(text: str) -> None:
    assert read_command(text, BOT) is None


@given(st.text())
def test_reading_a_command_never_fails(text: str) -> None:
    found = read_command("/" + text, BOT)
    assert found is None or re.fullmatch(r"\w{1,32}", found.name)


def test_a_token_is_known_by_its_hash_alone() -> None:
    token, digest = new_token()
    assert re.fullmatch(r"[A-Za-z0-9_-]{32,64}", token)
    assert token not in digest
    assert token_of(Command("start", token)) == digest
    assert token_of(Command("status", token)) == ""
    assert new_token()[0] != token


@pytest.mark.parametrize("args", ["", "short", "x" * 65, "x" * 31 + "é", "two words" * 5])
def test_what_is_no_token_is_not_looked_up(args: str) -> None:
    assert token_of(Command("start", args)) == ""


def test_start_says_who_answers_what_is_never_asked_and_where_to_go() -> None:
    told = Talk().says("/start")
    for said in ("Examplex", "automatic assistant", "people of our team", "password", "seed phrase", "code", "payment"):
        assert said in told.text
    assert "examplex.test, @examplex on X" in told.text
    assert all(f"/{name}" in told.text for name in MENU)
    assert [button.text for row in told.buttons for button in row] == [
        "My cases", "Check an account", "Report an impostor", "语言 / Language", "Write to our team",
        "Talk to a person",
    ]  # fmt: skip


def a_token(**fields: object) -> Token:
    given = {"hash": "h", "case_id": OTHERS, "bearer": "4242", "expires_at": NOON + timedelta(hours=1)}
    return Token.model_validate(given | fields)


def test_a_good_token_binds_the_chat_to_its_case() -> None:
    talk = Talk()
    told = talk.says(f"/start {'x' * 32}", token=a_token())
    assert (told.act.kind, told.act.case_id) == ("bind", OTHERS)
    assert OTHERS in told.text
    assert talk.dialogue.case_id == OTHERS


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_useless_token_never_says_why_it_is_useless(language: str) -> None:
    useless = [None, a_token(spent_at=NOON), a_token(expires_at=NOON), a_token(bearer="777")]
    texts = {Talk(language).says(f"/start {'x' * 32}", token=token).text for token in useless}
    texts.add(Talk(language).says("/start nonsense").text)
    assert len(texts) == 1
    assert OTHERS not in texts.pop()
    assert Talk(language).says(f"/start {'x' * 32}", token=a_token(spent_at=NOON)).act.kind == "none"


def test_a_token_without_a_case_greets_and_is_spent() -> None:
    told = Talk().says(f"/start {'x' * 32}", token=a_token(case_id=""))
    assert (told.act.kind, told.act.case_id) == ("bind", "")
    assert "Welcome" in told.text


def test_status_tells_of_each_case_its_state_times_and_what_comes_next() -> None:
    talk = Talk()
    states = (CaseState.OPEN, CaseState.WAITING, CaseState.SOLVED, CaseState.OPEN, CaseState.OPEN)
    talk.cases = tuple(a_case(f"GH-AAAAA-AAAA{number}", state=state) for number, state in enumerate(states))
    text = talk.says("/status").text
    assert "GH-AAAAA-AAAA0: with our team\nOpened 2026-11-20 12:00 UTC, last changed 2026-11-20 13:00 UTC" in text
    assert "answered" in text
    assert "your turn" in text
    assert "closed" in text
    assert "AAAA3" not in text
    assert "And 2 more." in text


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"due_at": NOON + timedelta(minutes=15)}, "You can expect an answer within the hour."),
        ({"due_at": NOON + timedelta(hours=4)}, "You can expect an answer within 4 hours."),
        ({"due_at": NOON - timedelta(hours=8)}, "You can expect an answer within 24 hours, as a rule."),
        ({"due_at": None, "category": "spam"}, "You can expect an answer within 24 hours, as a rule."),
        ({"due_at": NOON + timedelta(hours=4), "category": "praise"}, ""),
        ({"due_at": NOON + timedelta(hours=4), "state": CaseState.WAITING}, ""),
    ],
)
def test_status_tells_by_when_an_open_case_is_answered_in_the_words_of_the_receipt(
    changes: dict[str, Any], told: str
) -> None:
    """No minute of a deadline is told: it would show the queue and the tier."""
    talk = Talk()
    talk.cases = (a_case(MINE).model_copy(update=changes),)
    text = talk.says("/status").text
    assert (told in text) if told else ("You can expect" not in text)


def test_a_case_is_told_of_to_its_own_person_alone() -> None:
    talk = Talk()
    talk.cases = (a_case(MINE),)
    assert MINE in talk.says("/status gh-aaaaa-aaaaa").text
    unknown = {talk.says(f"/status {number}").text for number in (OTHERS, "GH-ZZZZZ-ZZZZZ", "nonsense")}
    assert len(unknown) == 1
    assert OTHERS not in unknown.pop()


def test_without_a_case_status_leads_on() -> None:
    assert "no case here yet" in Talk().says("/status").text


def test_new_leaves_the_case_and_asks_for_facts() -> None:
    talk = Talk()
    talk.dialogue = talk.dialogue.at_case(MINE)
    told = talk.says("/new")
    assert talk.dialogue.case_id is None
    assert "UID" in told.text
    assert "transaction hash" in told.text
    assert talk.hears("My deposit is missing") is None


def test_what_is_written_with_new_is_not_lost() -> None:
    told = Talk().says("/new\nMy deposit\nis missing")
    assert (told.act.kind, told.act.text) == ("open", "My deposit\nis missing")
    assert "deposit" not in told.text


@pytest.mark.parametrize("text", ["/help my account was hacked", "/start please help me"])
def test_a_matter_behind_a_command_that_takes_none_goes_to_the_desk(text: str) -> None:
    assert Talk().hears(text) is None


def test_an_unknown_command_is_helped_and_is_no_case() -> None:
    told = Talk().says("/refund")
    assert "/help" in told.text
    assert "refund" not in told.text
    assert told.act.kind == "none"


def test_closing_is_asked_for_confirmed_and_says_how_to_open_again() -> None:
    talk = Talk()
    talk.cases = (a_case(OTHERS), a_case(MINE))
    talk.dialogue = talk.dialogue.at_case(MINE)
    told = talk.says("/close")
    assert MINE in told.text
    assert told.act.kind == "none"
    yes = talk.button("Yes, close it").data
    assert talk.clicks("No, keep it open").act.kind == "none"
    assert talk.dialogue.case_id == MINE
    told = talk.presses(yes)
    assert (told.act.kind, told.act.case_id) == ("close", MINE)
    assert "write here" in told.text
    assert talk.dialogue.case_id is None


def test_only_ones_own_open_case_is_closed() -> None:
    talk = Talk()
    talk.cases = (a_case(MINE, state=CaseState.SOLVED),)
    for text in ("/close", f"/close {MINE}", f"/close {OTHERS}"):
        told = talk.says(text)
        assert "no open case" in told.text
        assert told.buttons == ()
    talk.cases = (a_case(MINE),)
    talk.says("/close")
    talk.cases = ()
    assert talk.clicks("Yes, close it").act.kind == "none"


def test_the_chosen_language_is_spoken_from_then_on() -> None:
    talk = Talk("en")
    told = talk.says("/language")
    assert [button.text for button in told.buttons[0]] == ["English", "简体中文"]
    assert "简体中文" in talk.clicks("简体中文").text
    assert talk.dialogue.language == "zh-CN"
    assert "您" in talk.says("/status").text
    assert talk.says("/language english").text == "From now on I talk to you in English."
    assert talk.says("/language ZH-cn").dialogue.language == "zh-CN"


def test_language_is_chosen_then_told_then_detected() -> None:
    talk = Talk("zh-hans")
    assert "您" in talk.says("/help").text
    talk.dialogue = talk.dialogue.model_copy(update={"language": "en"})
    assert "Simply" in talk.says("/help").text
    assert "Simply" in Talk("nl").says("/help").text
    assert "您" in Talk("").says("/verify 这个账号是官方的吗").text
    assert "您" in Talk("en").says("帮助").text


def test_where_no_platform_tells_it_a_command_is_answered_in_the_language_of_its_case() -> None:
    talk = Talk("")
    talk.cases = (a_case(MINE, language="zh-CN"),)
    assert "您" not in talk.says("/status").text
    talk.dialogue = talk.dialogue.model_copy(update={"case_id": MINE})
    assert "客服人员" in talk.says("/status").text


@pytest.mark.parametrize(("told", "spoken"), [("", "de"), ("zh-hans", "zh-hans")])
def test_casework_can_ask_for_the_language(told: str, spoken: str) -> None:
    talk = Talk(told)
    assert talk.hears("hello") is None
    assert language_of(talk.asked, "de") == spoken


@pytest.mark.parametrize(
    ("word", "said"), [("状态", "您在这里还没有工单"), (" 帮助 ", "/status"), ("取消", "没有需要停止")]
)
def test_a_chinese_word_alone_is_a_command(word: str, said: str) -> None:
    assert said in Talk("zh-hans").says(word).text
    assert Talk("zh-hans").hears(word.strip() + "一下我的账户") is None


def test_a_forwarded_command_is_not_the_forwarders() -> None:
    talk = Talk()
    assert talk.hears("/close", forwarded=(forwarded(id="5"),)) is None
    assert talk.hears("/status", forwarded=(forwarded("quote", id="5"),)) is not None


def test_beyond_twenty_a_minute_there_is_silence_and_then_answers_again() -> None:
    talk = Talk()
    answered = [talk.says("/help").text for _ in range(PER_MINUTE + 5)]
    assert [bool(text) for text in answered] == [True] * PER_MINUTE + [False] * 5
    assert talk.presses("forged").text == ""
    talk.now += timedelta(seconds=59)
    assert talk.says("/status").text == ""
    talk.now += timedelta(seconds=1)
    assert talk.says("/status").text
    assert talk.dialogue.asked == 1


def test_ordinary_messages_are_not_counted() -> None:
    talk = Talk()
    assert all(talk.hears("hello") is None for _ in range(PER_MINUTE * 2))
    assert talk.says("/help").text


class TestInAGroup:
    """Everybody reads along: nothing personal is said, and no word of the user's."""

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize(
        "text", ["/start", "/status", f"/status {MINE}", "/close", "/new secret", "/report secret", "/verify", "/what"]
    )
    def test_what_is_personal_moves_to_a_private_chat(self, text: str, language: str) -> None:
        talk = Talk(language, private=False)
        talk.cases = (a_case(MINE),)
        told = talk.says(text)
        assert not re.search("GH-|secret|Ann|4242", told.text)
        assert told.invites
        ((button,),) = told.buttons
        assert "{token}" in button.url
        assert told.act.kind == "none"
        assert told.dialogue.step == ""
        assert len(told.text) < 250

    def test_without_an_invite_there_is_no_button(self) -> None:
        talk = Talk(private=False, manners=Talk().desk.manners.__class__(chats=True, handle=BOT))
        told = talk.says("/status")
        assert (told.buttons, told.invites) == ((), False)

    def test_help_is_short_and_an_ordinary_message_is_none(self) -> None:
        talk = Talk(private=False)
        assert "/verify" in talk.says("/help").text
        assert talk.hears("hello") is None
        assert talk.hears("状态") is None

    def test_a_press_is_answered_without_anything_personal(self) -> None:
        talk = Talk()
        talk.cases = (a_case(MINE),)
        talk.says("/close")
        data = talk.button("Yes, close it").data
        talk.private = False
        assert talk.presses(data).act.kind == "none"
        assert "private" in talk.last.text  # type: ignore[union-attr]
        assert "not meant for you" in talk.presses("forged").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_command_is_described_in_one_short_line(language: str) -> None:
    said = [load_locales().text(language, key) for key in MENU.values()]
    assert all(0 < len(line) <= 60 and "\n" not in line for line in said)


@pytest.mark.parametrize(("code", "language"), [("", "en"), ("zh", "zh-CN")])
def test_the_platforms_menu_says_of_each_command_what_help_says(code: str, language: str) -> None:
    shown = dict(PLATFORM_MENU[code])
    assert {name: shown[name] for name in MENU} == {
        name: load_locales().text(language, key) for name, key in MENU.items()
    }
    assert shown.keys() - MENU.keys() == {"start"}


def test_every_text_is_said_somewhere() -> None:
    words = {
        node.value
        for path in Path(gateway.__file__).parent.rglob("*.py")
        if path.parent.name in ("answers", "casework", "trust")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    keys = {
        entry.id.name for entry in FluentParser().parse(packaged_sources()["en"]).body if isinstance(entry, ftl.Message)
    }
    # Some are named by what they are about: a category and a region, a fact that is asked for, a danger, a page.
    categories = "|".join(Rules().categories)
    named = re.compile(rf"(first|fact|legal)-({categories})(-(eu|uk))?|(ask|danger|link)-[a-z_]+")
    said = {key for key in keys if key in words or key.removesuffix("-unnamed") in words or named.fullmatch(key)}
    assert keys - said == set()


@pytest.mark.parametrize("language", LANGUAGES)
@given(text=st.text())
def test_no_word_of_a_user_gets_into_an_answer(language: str, text: str) -> None:
    marked = "zq" + text.replace("\n", " ") + "qz"
    for command in ("/start", "/status", "/close", "/language", "/nope", "/help", "/new", "/cancel"):
        told = Talk(language).hears(f"{command} {marked}")
        assert told is None or "zq" not in told.text
