"""Commands in words: in every language, alone or with what they take; a sentence is never one."""

from __future__ import annotations

import json
import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.answers.asking import Command
from gateway.answers.commands import read_command
from gateway.answers.letters import TOLD_OF, letter_command
from gateway.answers.locales import LANGUAGES, load_locales
from gateway.answers.words import language_of_word, main_word, subject_command, word_command
from gateway.case import Attachment
from tests.builders import message

NUMBER = "GH-7K3MQ-9Q2XZ"
DATA: dict[str, dict[str, list[str]]] = tomllib.loads(
    files("gateway.answers").joinpath("data/words.toml").read_text(encoding="utf-8")
)
EVERY = [(name, tag, word) for name, of in DATA.items() for tag, words in of.items() for word in words]
LEARNING = Path(__file__).parents[1] / "labelled" / "learn"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_words_for_all_that_people_are_told_of(language: str) -> None:
    assert {name for name in (*TOLD_OF, "help", "report", "unlink") if not DATA[name].get(language)} == set()
    assert all(word_command(main_word(name, language)) is not None for name in TOLD_OF)


@pytest.mark.parametrize(("name", "tag", "word"), EVERY)
def test_a_word_is_its_command_however_it_is_written(name: str, tag: str, word: str) -> None:
    for written in (word, word.upper(), f" {word}! ", f"“{word}”", word.capitalize() + "."):
        found = word_command(written)
        assert found is not None, written
        assert (found.name, tag in found.languages) == (name, True)


@pytest.mark.parametrize(
    ("text", "name", "args"),
    [
        (f"status {NUMBER}", "status", NUMBER),
        (f"Cerrar {NUMBER.lower()}", "close", NUMBER.lower()),
        ("language Deutsch", "language", "Deutsch"),
        ("language de", "language", "de"),
        ("link K7Q2-M9XD", "link", "K7Q2-M9XD"),
        ("link k7q2 m9xd", "link", "k7q2 m9xd"),
        ("verify @examplex", "verify", "@examplex"),
        ("核实 examplex.test", "verify", "examplex.test"),
    ],
)
def test_a_word_takes_what_its_command_takes(text: str, name: str, args: str) -> None:
    found = word_command(text)
    assert found is not None
    assert (found.name, found.args) == (name, args)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "?", "/status", "status of my deposit", "close my account", "close the position", "link my bank card",
        "language problem", "verify me", "verify my identity please", "agent orange", "help me", "I need help",
        "status\nplease", "reopen the market", f"status {NUMBER} and hurry", "security of my funds",
        "human error",
        "取消订单", "关闭账户", "是官方吗这个链接", "estado de mi retiro", "статус перевода", "durum çok kötü",
        "link PASSWORD1", "close " + "x" * 200, "cancel", "yes", "no", "ok",
    ],
)  # fmt: skip
def test_a_sentence_is_no_command(text: str) -> None:
    assert word_command(text) is None


def test_no_message_to_learn_from_is_a_command() -> None:
    told = [json.loads(line) for path in LEARNING.glob("*.jsonl") for line in path.read_text("utf-8").splitlines()]
    assert len(told) >= 100
    assert [each["text"] for each in told if word_command(each["text"]) is not None] == []


@given(st.text(max_size=120))
def test_reading_never_fails(text: str) -> None:
    for found in (word_command(text), subject_command(text)):
        assert found is None or found.name in DATA


@pytest.mark.parametrize(
    ("subject", "text", "expected"),
    [
        ("status", "", ("status", "")),
        ("Re: status", "", ("status", "")),
        (f"STATUS {NUMBER}", "", ("status", NUMBER)),
        (f"Re: [{NUMBER}] close", "", ("close", NUMBER)),
        (f"AW: Your case [{NUMBER}]", "Status", ("status", NUMBER)),
        (f"Re: Your case [{NUMBER}]", "/close", ("close", NUMBER)),
        ("Status", NUMBER, ("status", NUMBER)),
        ("回复：进度", "", ("status", "")),
        ("link K7Q2-M9XD", "", ("link", "K7Q2-M9XD")),
        ("anything", "my cases", ("cases", "")),
    ],
)
def test_a_mail_is_a_command_by_its_subject_or_its_text(subject: str, text: str, expected: tuple[str, str]) -> None:
    found = letter_command(message(subject=subject, text=text))
    assert found is not None
    assert (found.name, found.args) == expected


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("status", "Where is my deposit?"), ("", ""), ("Hello", ""), ("My status is wrong", ""),
        ("Re: status", "Thank you.\nstatus"), ("status", "cases\n\nand more"),
    ],
)  # fmt: skip
def test_any_other_mail_is_none(subject: str, text: str) -> None:
    assert letter_command(message(subject=subject, text=text)) is None


def test_a_mail_that_brings_something_is_none() -> None:
    assert letter_command(message(subject="kyc", text="", attachments=(Attachment(id="1"),))) is None


@pytest.mark.parametrize(
    ("word", "hinted", "here", "language"),
    [
        ("状态", "en", "", "zh-CN"),
        ("status", "de", "", "de"),
        ("status", "zh", "", "en"),
        ("status", "", "pt", "pt"),
        ("estado", "", "", "es"),
        ("人工", "zh-TW", "", "zh-Hant"),
    ],
)
def test_a_word_tells_the_language_unless_several_have_it(word: str, hinted: str, here: str, language: str) -> None:
    found = word_command(word)
    assert found is not None
    assert language_of_word(found, hinted, here) == language
    assert language_of_word(Command("status"), hinted, here) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_answer_that_we_ask_for_is_a_command(language: str) -> None:
    """A button's label is what is written where there are none: it must reach the question that it answers."""
    source = load_locales()
    labels = ("button-yes", "button-no", "button-keep", "button-close", "button-cancel", "button-skip", "button-send")
    found = {key: word_command(source.text(language, key)) for key in (*labels, "kind-account", "kind-other")}
    assert {key for key, each in found.items() if each is not None and each.name != "cancel"} == set()


def test_a_slash_takes_words_of_every_language_too() -> None:
    assert read_command("/estado", "bot") == Command("status")
    assert read_command("/人工", "bot") == Command("agent")
    assert re.fullmatch("[a-z]+", "".join(DATA))
