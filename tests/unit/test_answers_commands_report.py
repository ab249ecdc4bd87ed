"""/report step by step: it comes to a case with all that the user wrote, and at once when something was sent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.answers.asking import ActKind, Told
from gateway.answers.commands import PER_MINUTE
from gateway.answers.evidence import MAX_SAID
from gateway.case import Attachment, Finding, Link, Priority, Severity
from gateway.dialogue import MAX_PARTS
from gateway.ports import Ask
from tests.unit.talks import ANN, Talk, a_case, forwarded

NUMBER = "{case}"


def at_harm() -> Talk:
    """Return a talk at the third step."""
    talk = Talk()
    talk.says("/report")
    talk.clicks("An account")
    talk.says("@fake_desk")
    return talk


def labels(told: Told) -> list[str]:
    return [button.text for row in told.buttons for button in row]


def test_a_report_from_beginning_to_end() -> None:
    talk = Talk()
    told = talk.says("/report")
    assert labels(told) == [
        "An account",
        "A group or channel",
        "A website or link",
        "An email",
        "Something else",
        "Cancel",
    ]
    told = talk.clicks("An account")
    assert labels(told) == ["Point out an account", "I cannot point it out", "Cancel"]
    origin = forwarded(id="9009", handle="examplex_help", name="Examplex Help")
    told = talk.says("Dear client, send us your code", forwarded=(origin,))
    assert "Have you sent them anything" in told.text
    told = talk.clicks("No, nothing")
    assert labels(told) == ["Send the report", "Cancel"]
    told = talk.says("They wrote to me first\nand asked for a code")
    act = told.act
    assert (act.kind, act.category, act.queue, act.priority) == (
        "open",
        "impersonation",
        "impersonation",
        Priority.HIGH,
    )
    assert act.text == (
        "Report of an impostor, made step by step.\n"
        "What it is: account\n"
        "Sent money, codes or documents: no\n"
        'Pointed out: telegram unknown id 9009 @examplex_help named "Examplex Help" (user)\n'
        "Our list says: look_alike\n"
        "In the user's words:\n"
        "- They wrote to me first\nand asked for a code\n"
        "In the words of whoever was forwarded or quoted: Dear client, send us your code"
    )
    assert NUMBER in told.text
    assert "Pointed out: @examplex_help" in told.text
    assert "Dear client" not in told.text
    assert (talk.dialogue.step, talk.dialogue.draft) == ("", ())


def test_who_has_sent_something_is_told_to_freeze_and_the_case_is_opened_at_once() -> None:
    talk = at_harm()
    told = talk.clicks("Yes, I have")
    assert told.text.startswith("⚠️ Please do this now: freeze your account")
    assert (told.act.kind, told.act.priority) == ("open", Priority.URGENT)
    assert "Sent money, codes or documents: yes" in told.act.text
    assert "Never send the password" in told.text
    assert talk.hears("I sent 500 USDT") is None


def test_the_picker_yields_the_number_of_a_hidden_sender() -> None:
    talk = Talk()
    talk.says("/report")
    told = talk.clicks("Something else")
    assert [button.ask for row in told.buttons for button in row] == [Ask.USER, Ask.CHAT, None, None]
    talk.says("[shared user Bob id 31337]", forwarded=(forwarded("shared", id="31337", name="Bob"),))
    told = talk.clicks("Yes, I have")
    assert 'telegram unknown id 31337 named "Bob" (shared)' in told.act.text
    assert "[shared user" not in told.act.text


@pytest.mark.parametrize(
    ("kind", "asks"), [("A group or channel", [Ask.CHAT]), ("A website or link", []), ("An email", [])]
)
def test_each_kind_is_asked_for_as_it_can_be_pointed_out(kind: str, asks: list[Ask]) -> None:
    talk = Talk()
    talk.says("/report")
    told = talk.clicks(kind)
    assert [button.ask for row in told.buttons for button in row if button.ask] == asks
    assert "Please do not open it" in told.text or asks


@pytest.mark.parametrize("word", ["Cancel", "/cancel", "取消"])
@pytest.mark.parametrize("steps", [1, 2, 3, 4])
def test_every_step_can_be_stopped_and_then_nothing_is_sent(steps: int, word: str) -> None:
    talk = Talk()
    talk.says("/report")
    for click in ("An account", "I cannot point it out", "No, nothing")[: steps - 1]:
        talk.clicks(click)
    assert "Cancel" in labels(talk.last)  # type: ignore[arg-type]
    cancel = talk.button("Cancel").data
    told = talk.says(word)
    assert (told.act.kind, told.dialogue.step, told.dialogue.draft) == ("none", "", ())
    assert "not meant for you" in talk.presses(cancel).text


@pytest.mark.parametrize("clicks", [(), ("An account",), ("An account", "I cannot point it out", "No, nothing")])
def test_a_cry_for_help_in_a_step_is_kept_in_the_report(clicks: tuple[str, ...]) -> None:
    talk = Talk()
    talk.says("/report")
    for click in clicks:
        talk.clicks(click)
    told = talk.says("HELP they are emptying my account")
    while told.act.kind is ActKind.NONE:
        told = talk.says("please")
    assert "HELP they are emptying my account" in told.act.text
    assert "please" in told.act.text or len(clicks) == 3


def test_words_instead_of_a_yes_or_no_are_kept_and_hold_nobody_up() -> None:
    talk = at_harm()
    told = talk.says("I do not know")
    assert "I have noted that" in told.text
    assert labels(told)[:2] == ["Yes, I have", "No, nothing"]
    told = talk.says("well")
    assert told.act.kind == "open"
    assert "I do not know" in told.act.text


def test_messages_forwarded_together_are_all_kept_and_answered_once() -> None:
    talk = Talk()
    talk.says("/report")
    talk.clicks("An account")
    origin = forwarded(id="9009", handle="fake_desk")
    assert talk.says("line 0", forwarded=(origin,)).text
    no = talk.button("No, nothing").data
    assert [talk.says(f"line {number}", forwarded=(origin,)).text for number in (1, 2)] == ["", ""]
    talk.presses(no)
    assert "Write what happened" in talk.says("line 3", forwarded=(origin,)).text
    text = talk.clicks("Send the report").act.text
    assert all(f"line {number}" in text for number in range(4))
    assert text.count("id 9009 @fake_desk") == 1


def test_files_links_quotes_and_findings_are_noted_for_the_agent() -> None:
    talk = Talk()
    talk.says("/report")
    talk.clicks("A website or link")
    talk.says(
        "look here",
        attachments=(Attachment(id="a", name="x.png"),),
        links=(Link(url="https://evil.test/login", text="here"),),
        quoted="Your account is at risk",
        findings=(Finding(code="x", severity=Severity.DANGER, reason="The link leads elsewhere."),),
    )
    text = talk.clicks("Yes, I have").act.text
    assert f"Files: 1 with message telegram:7001:{ANN}:2" in text
    assert "Link: https://evil.test/login" in text
    assert "Your account is at risk" in text
    assert "Found in it: The link leads elsewhere." in text


def test_what_is_written_with_the_command_is_kept_and_its_name_not_asked_for_again() -> None:
    talk = Talk()
    talk.says("/report @fake_desk wrote to me")
    told = talk.clicks("An account")
    assert "Have you sent them anything" in told.text
    assert "@fake_desk wrote to me" in talk.clicks("Yes, I have").act.text


def test_what_is_ours_is_said_to_be_ours() -> None:
    talk = Talk()
    talk.says("/report")
    talk.clicks("An account")
    told = talk.says("@examplex_news")
    assert "is on Examplex's own list" in told.text
    assert "Pointed out" not in talk.clicks("Yes, I have").text


def test_a_label_sent_as_text_counts_as_its_button() -> None:
    talk = Talk("zh-hans")
    talk.says("/report")
    talk.says("账号")
    assert "您是否给对方发送过" in talk.says("我无法指出").text
    told = talk.says("是的，发送过")
    assert told.act.priority is Priority.URGENT
    assert "冻结账户" in told.text
    assert "In the user's words" not in told.act.text


def test_a_step_older_than_an_hour_is_over() -> None:
    talk = Talk()
    talk.says("/report")
    talk.clicks("An account")
    talk.now += timedelta(hours=1, seconds=1)
    assert talk.hears("My deposit is missing") is None


def test_what_a_late_message_finds_of_a_report_goes_to_the_desk_with_it() -> None:
    talk = at_harm()
    talk.now += timedelta(hours=3)
    told = talk.says("I was away")
    assert told.act.kind == "open"
    assert "@fake_desk" in told.act.text
    assert "I was away" in told.act.text


@pytest.mark.parametrize("command", ["/status", "/help", "/verify", "/report", "/new", "/language", "帮助"])
def test_a_command_ends_a_report_and_passes_on_what_it_had(command: str) -> None:
    talk = at_harm()
    told = talk.says("/帮助" if command == "帮助" else command)
    assert told.act.kind == "open"
    assert "@fake_desk" in told.act.text
    assert told.text.startswith("I have passed on your report")
    assert NUMBER in told.text


def test_a_command_ends_an_empty_report_without_a_word() -> None:
    talk = Talk()
    talk.says("/report")
    told = talk.says("/status")
    assert (told.act.kind, told.dialogue.step) == ("none", "")
    assert talk.hears("hello") is None


def test_a_report_is_not_lost_beside_another_act() -> None:
    talk = at_harm()
    told = talk.says("/new my deposit is missing")
    assert told.act.kind == "open"
    assert told.act.text.startswith("my deposit is missing\n")
    assert "@fake_desk" in told.act.text


def test_an_unknown_command_and_another_language_leave_a_report_where_it_is() -> None:
    talk = at_harm()
    talk.cases = (a_case(),)
    before = talk.dialogue.step, talk.dialogue.draft
    talk.says("/nope")
    assert (talk.dialogue.step, talk.dialogue.draft) == before


def test_in_a_report_a_chinese_word_is_an_answer_not_a_command() -> None:
    talk = Talk("zh-hans")
    talk.says("/report")
    talk.clicks("账号")
    told = talk.says("帮助")
    assert talk.dialogue.step == "report:harm"
    assert "帮助" not in told.text


def test_beyond_twenty_a_minute_a_report_still_keeps_what_is_written() -> None:
    talk = Talk()
    for _ in range(PER_MINUTE):
        talk.says("/report")
    told = talk.says("@fake_desk took my money")
    assert told.text == ""
    told = talk.says("I sent all")
    talk.now += timedelta(minutes=2)
    told = talk.clicks("Yes, I have") if "Yes, I have" in labels(told) else talk.says("please")
    while told.act.kind is ActKind.NONE:
        told = talk.says("please")
    assert "@fake_desk took my money" in told.act.text
    assert "I sent all" in told.act.text


def test_a_report_without_end_goes_to_the_desk() -> None:
    talk = Talk()
    talk.says("/report")
    talk.clicks("An account")
    talk.clicks("I cannot point it out")
    count, told = 0, talk.says("line 0")
    while told.act.kind is ActKind.NONE and count < MAX_PARTS:
        count += 1
        told = talk.says(f"line {count}", forwarded=(forwarded("hidden_user", name=f"N{count}"),))
    assert told.act.kind == "open"
    assert f"line {count}" in told.act.text


def test_a_very_long_message_is_cut_and_says_where_the_rest_is() -> None:
    talk = at_harm()
    talk.clicks("No, nothing")
    text = talk.says("x" * (MAX_SAID * 2)).act.text
    assert len(text) < MAX_SAID + 500
    assert "[cut: the rest is kept with message telegram:" in text


@settings(max_examples=60)
@given(st.lists(st.text(min_size=1).map(lambda text: f"zq {text}"), min_size=1, max_size=8))
def test_whatever_is_written_reaches_the_desk_and_nothing_of_it_comes_back(texts: list[str]) -> None:
    talk = Talk()
    told = talk.says("/report")
    written = []
    for text in texts:
        if told.act.kind is ActKind.OPEN:
            break
        told = talk.says(text)
        written.append(text)
        assert "zq" not in told.text
    kept = (told if told.act.kind is ActKind.OPEN else talk.says("/status")).act.text
    seen = "".join(kept.split())
    for text in written:
        words = "".join(char for char in text if char.isprintable() and not char.isspace())
        assert words in "".join(char for char in seen if char.isprintable())


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_text_of_a_report_is_short(language: str) -> None:
    talk = Talk(language)
    told = talk.says("/report")
    while told.buttons:
        assert len(told.text) < 900
        told = talk.presses(told.buttons[0][0].data) if told.buttons[0][0].data else talk.says("@fake_desk")
    assert len(told.text) < 900


def accused_by(*said: str, begin: str = "/report", **person: str) -> tuple[str, ...]:
    """Return whom a report accuses that is begun so, of an account, and goes on with these messages."""
    talk = Talk()
    talk.person = talk.person.model_copy(update=person)
    talk.says(begin)
    if talk.dialogue.step == "report:kind":
        talk.clicks("An account")
    for text in said:
        talk.says(text)
    if talk.dialogue.step == "report:harm":
        talk.clicks("Yes, I have")
    assert talk.last is not None
    return talk.last.act.accused


STORY = "I am ann@example.org, @ann_real, they took me to wikipedia.org and binance.com"


@pytest.mark.parametrize(
    ("said", "accused"),
    [
        ("@fake_desk wrote to me", ("@fake_desk",)),
        ("@fake_desk, @other_desk and desk@fake.example", ("@fake_desk", "@other_desk", "desk@fake.example")),
        ("@fake_desk, and this is what they sent: wikipedia.org", ()),
        (f"@examplex_help1. {STORY}", ("@examplex_help1",)),
        (STORY, ()),
        ("@prize_desk took me to wikipedia.org, says @ann_real who was with me", ("@prize_desk",)),
        ("wikipedia.org", ("wikipedia.org",)),
        ("they sent me to wikipedia.org", ()),
        ("they sent me to https://sites.google.com/view/fake-desk", ("https://sites.google.com/view/fake-desk",)),
    ],
)
def test_whoever_reports_accuses_those_whom_he_means(said: str, accused: tuple[str, ...]) -> None:
    """Neither himself nor a site that everybody knows; with the command as in the answer to the question."""
    assert accused_by(said) == accused_by(begin=f"/report {said}") == accused


def test_what_is_told_beside_the_question_whom_accuses_nobody() -> None:
    assert accused_by("@fake_desk", "I paid them, my mail is ann@example.org and I am @ann_real", "@third_desk") == (
        "@fake_desk",
    )


def test_nobody_accuses_himself() -> None:
    said = "@Ann_Real, ann@example.org, telegram:@ann_real, x:@ann_real, @fake_desk"
    assert accused_by(said, handle="ann_real", address="ann@example.org") == ("x:@ann_real", "@fake_desk")


def test_whoever_is_forwarded_is_accused_in_every_step_unless_it_is_oneself() -> None:
    talk = Talk()
    talk.person = talk.person.model_copy(update={"handle": "ann_real"})
    talk.says("/report")
    talk.clicks("An account")
    talk.says("", forwarded=(forwarded(handle="fake_desk", id="1"),))
    talk.says("", forwarded=(forwarded(handle="Ann_Real", id=ANN), forwarded(handle="other_desk", id="2")))
    told = talk.says("Yes, I have")
    assert told.act.accused == ("telegram:fake_desk", "telegram:other_desk")
