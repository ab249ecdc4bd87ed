"""`gatehouse assess --jsonl`: the risk of each message, its language, and its text as it would go on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from gateway.cli._appraisal import appraised, language_of
from gateway.cli.main import app
from gateway.cli.verify import today
from gateway.trust.directory import load_directory
from tests.desk import Desk

SEED = " ".join(["abandon"] * 11 + ["about"])
"""The best known test phrase of BIP-39."""
RISKS = {"none", "low", "medium", "high"}


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Desk(tmp_path_factory.mktemp("desk")).directory


def answers(listed: Path, *asked: object) -> list[dict[str, Any]]:
    given_lines = "\n".join(json.dumps(each) for each in asked)
    result = CliRunner().invoke(app, ["assess", "--jsonl", "--directory", str(listed)], input=given_lines)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_plain_message_has_no_risk_and_stays_as_it_is(listed: Path) -> None:
    text = "Good morning, when do you open on Sunday?"
    (found,) = answers(listed, {"id": 1, "text": text, "channel": "telegram"})
    assert found == {"id": 1, "risk": "none", "language": "en", "findings": [], "masked": text}


def test_a_reported_link_is_a_danger_with_its_place(listed: Path) -> None:
    text = "Hello, have a look at https://examplex-bonus.test/win please"
    (found,) = answers(listed, {"id": "a", "text": text, "channel": "x"})
    told = next(each for each in found["findings"] if each["code"] == "reported_scam_mentioned")
    assert (found["risk"], told["severity"]) == ("high", "danger")
    assert text[told["start"] : told["end"]] == "https://examplex-bonus.test/win"


def test_a_look_alike_is_at_least_worth_a_warning(listed: Path) -> None:
    (found,) = answers(listed, {"text": "Is examplex-support.test yours?", "channel": "email"})
    assert found["risk"] in ("medium", "high")
    assert {each["code"] for each in found["findings"]} >= {"look_alike_mentioned"}


def test_a_seed_phrase_is_taken_out_and_its_place_is_that_in_the_text(listed: Path) -> None:
    text = f"My wallet is empty! My seed phrase: {SEED}. Please look at examplex-support.test"
    (found,) = answers(listed, {"id": 7, "text": text, "channel": "telegram"})
    told = next(each for each in found["findings"] if each["code"] == "secret_shared")
    assert (found["risk"], told["severity"]) == ("high", "danger")
    assert text[told["start"] : told["end"]].split()[-1].strip(".") == "about"
    assert "abandon" not in json.dumps(found)
    other = next(each for each in found["findings"] if each["code"] == "look_alike_mentioned")
    assert text[other["start"] : other["end"]] == "examplex-support.test"


def test_another_secret_alone_is_a_low_risk(listed: Path) -> None:
    (found,) = answers(listed, {"text": "my password is Kv7!aq-Plum32", "channel": "telegram"})
    assert [each["code"] for each in found["findings"]] == ["secret_shared"]
    assert found["risk"] == "low"
    assert "Plum32" not in json.dumps(found)


@pytest.mark.parametrize(
    "bad", [{}, {"text": None}, {"text": 7}, {"text": ["a"]}, {"text": "a", "channel": 7}, [], "text"]
)
def test_a_bad_line_is_told_and_the_next_is_answered(listed: Path, bad: object) -> None:
    first, second = answers(listed, bad, {"id": 2, "text": "Hello"})
    assert first["risk"] is None
    assert first["error"]
    assert set(second) == {"id", "risk", "language", "findings", "masked"}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("今天的交易什么时候可以到账？请帮我查一下，谢谢。", "zh"),
        ("今天的交易什麼時候可以到帳？請幫我查一下，謝謝。", "zh"),
        ("Здравствуйте, когда придёт мой перевод?", "ru"),
        ("", None),
    ],
)
def test_the_language_is_told_by_its_two_letters(text: str, language: str | None) -> None:
    assert language_of(text) == language


def test_half_a_character_is_no_reason_to_stop(listed: Path) -> None:
    (found,) = answers(listed, {"id": 1, "text": "a \ud83d b", "channel": "\ud83d"})
    assert "error" not in found
    assert len(found["masked"]) == len("a \ud83d b")


def test_messages_are_answered_as_lines_alone(listed: Path) -> None:
    assert CliRunner().invoke(app, ["assess", "--directory", str(listed)]).exit_code == 2


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.text(max_size=200), st.sampled_from(["", "x", "telegram", "email", "sms", "?"]))
def test_no_text_raises_and_every_answer_has_one_shape(listed: Path, text: str, channel: str) -> None:
    found = appraised({"text": text, "channel": channel}, load(listed), today())
    assert set(found) == {"risk", "language", "findings", "masked"}
    assert found["risk"] in RISKS
    assert found["language"] is None or len(found["language"]) in (2, 3)
    for each in found["findings"]:
        assert 0 <= each["start"] <= each["end"] <= len(text)


LOADED: dict[Path, Any] = {}


def load(path: Path) -> Any:
    return LOADED.setdefault(path, load_directory(path))
