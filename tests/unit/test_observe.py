"""Logs: no secret reaches them, whoever writes the line, and every line is one that a program can read."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from gateway.case import Party
from gateway.observe import MASK, Redactor, configure, strike_out

PASSWORD = "correct-horse-battery"
USER_TEXT = "seventeen purple giraffes"


Lines = pytest.CaptureFixture[str]


@pytest.fixture
def lines(capsys: Lines, logging_as_before: None) -> Iterator[Lines]:
    """What the process writes to standard error; logging is put back as it was afterwards."""
    levels = {name: logging.getLogger(name).level for name in ("httpx", "aioimaplib", "sqlalchemy", "gateway.some")}
    yield capsys
    for name, old in levels.items():
        logging.getLogger(name).setLevel(old)


def told(lines: Lines) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.readouterr().err.splitlines()]


def clean(value: Any, *secrets: str) -> Any:
    return Redactor(secrets or (PASSWORD,))(None, "info", {"event": "x", "value": value})["value"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f"LOGIN ann {PASSWORD}!", f"LOGIN ann {MASK}!"),
        (PASSWORD * 2, MASK * 2),
        ([PASSWORD, "b"], [MASK, "b"]),
        ((PASSWORD, 1), [MASK, 1]),
        ({"headers": {"auth": [f"Bearer {PASSWORD}"]}}, {"headers": {"auth": [f"Bearer {MASK}"]}}),
        ({PASSWORD: 1}, {MASK: 1}),
        (7, 7),
        (None, None),
        (True, True),
    ],
)
def test_a_secret_is_struck_out_wherever_it_stands_in_a_value(value: Any, expected: Any) -> None:
    assert clean(value) == expected


def test_a_secret_in_what_only_prints_it_is_struck_out_too() -> None:
    assert PASSWORD not in repr(clean(ValueError(f"refused {PASSWORD}")))
    assert PASSWORD not in repr(clean({PASSWORD, "b"}))
    assert PASSWORD not in repr(clean(f"refused {PASSWORD}".encode()))


def test_a_secret_within_a_secret_leaves_no_remainder() -> None:
    assert clean("abcdefgh abcd", "abcd", "abcdefgh") == f"{MASK} {MASK}"


def test_what_is_too_short_to_be_a_secret_garbles_no_line() -> None:
    assert clean("an ordinary line", "", "a", "in") == "an ordinary line"


def test_our_own_lines_are_json_with_level_and_time_and_without_secrets(lines: Lines) -> None:
    configure("info", "json", [PASSWORD])
    structlog.get_logger("gateway.some").warning("part.failed", reason=f"{PASSWORD} refused", more={"a": [PASSWORD]})
    (line,) = told(lines)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "part.failed",
        "level": "warning",
        "reason": f"{MASK} refused",
        "more": {"a": [MASK]},
    }


def test_lines_of_libraries_are_told_in_the_same_way_without_their_values(lines: Lines) -> None:
    configure("info", "json", [PASSWORD])
    logging.getLogger("some.library").warning("login as %s", "ana")
    (line,) = told(lines)
    assert (line["event"], line["level"], line["logger"]) == ("library.logged", "warning", "some.library")
    assert line["words"] == "login as %s"
    assert line["where"].startswith("test_observe.py:")
    assert line["timestamp"]


def test_of_a_librarys_line_that_was_put_together_beforehand_only_the_place_is_told(lines: Lines) -> None:
    configure("info", "json")
    logging.getLogger("some.library").warning(f"no mailbox {USER_TEXT}")  # noqa: G004 - as libraries do
    (line,) = told(lines)
    assert (line["words"], line["event"]) == ("", "library.logged")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("550 <ana@example.test> unknown", "550 <[address]> unknown"),
        ("to=ana@example.test, refused", "to=[address], refused"),
        ("用户@例子.测试 unknown", "[address] unknown"),
        ("GET https://desk.example.test/in?token=x#y done", "GET https://desk.example.test/in?[query] done"),
        ("https://bot:hunter2@api.example.test/x", "https://[secret]@api.example.test/x"),
        ("Authorization: Bearer abc.def-ghi", "Authorization: Bearer [secret]"),
        ("bot 123456789:AAH0123456789abcdefghijklmnopqrstu9 down", "bot [secret] down"),
        ("key whsec_c2VjcmV0IQ== bad", "key [secret] bad"),
        ("no gh.GH-7K3MQ-9Q2XZ.abcdefghijklmnopqrstuv here", "no [secret] here"),
        ("case GH-7K3MQ-9Q2XZ stays, and so does 12:30", "case GH-7K3MQ-9Q2XZ stays, and so does 12:30"),
    ],
)
def test_what_is_secret_or_a_users_by_its_form_is_struck_out_unknown_as_it_is(value: str, expected: str) -> None:
    assert clean(value) == expected


def test_an_object_is_told_by_its_class_alone() -> None:
    """Whatever a value shows of itself, it may show a message."""
    message = Party(platform="email", address="ana@example.test", name=USER_TEXT)
    assert clean(message) == "<Party>"
    assert clean([message, {"a": message}]) == ["<Party>", {"a": "<Party>"}]
    assert clean(USER_TEXT.encode()) == "<bytes>"
    assert clean(Path("a") / "b") == "a/b"


def test_an_exception_is_told_by_its_class_and_place(lines: Lines) -> None:
    configure("info", "json")

    def fail() -> None:
        raise ValueError(USER_TEXT) from KeyError(USER_TEXT)

    try:
        fail()
    except ValueError as error:
        structlog.get_logger().exception("part.failed", cause=error)
        logging.getLogger("some.library").exception("failed")
    ours, library = told(lines)
    for line in (ours, library):
        assert line["error"] == "ValueError from KeyError"
        assert line["frames"][0].startswith("test_observe.py:")
    assert ours["cause"] == "ValueError"


def test_a_long_value_is_cut_off_and_masking_it_takes_no_time(lines: Lines) -> None:
    configure("info", "json")
    for text in ("a@" * 100_000, "a" * 100_000 + "@", "https://" * 20_000, "Bearer " * 20_000):
        structlog.get_logger().info("x", value=text)
    assert all(len(line["value"]) < 10_000 for line in told(lines))


@pytest.mark.parametrize("form", ["text", "json"])
def test_an_event_is_one_line_whatever_it_holds(lines: Lines, form: Any) -> None:
    """A value cannot make a line of its own, nor steer the terminal."""
    configure("info", form)
    structlog.get_logger().info("part.failed", reason="a\nb\r\x1b[31m\u2028\u202ec", nested={"k\n": ["v\n"]})
    written = lines.readouterr().err
    assert len(written.splitlines()) == 1
    assert not {"\x1b", "\u202e"} & set(written)


def test_talkative_libraries_are_silent_below_a_warning(lines: Lines) -> None:
    configure("debug", "json")
    for name in ("httpx", "aioimaplib", "sqlalchemy"):
        logging.getLogger(name).info("GET https://desk.example.test/?token=x")
        logging.getLogger(name).warning("strange")
    assert [line["level"] for line in told(lines)] == ["warning"] * 3


def test_lines_below_the_level_are_left_out(lines: Lines) -> None:
    configure("warning", "json")
    structlog.get_logger().info("quiet")
    logging.getLogger("some.library").info("quiet")
    structlog.get_logger().warning("loud")
    assert [line["event"] for line in told(lines)] == ["loud"]


def test_setting_up_twice_writes_each_line_once(lines: Lines) -> None:
    configure("info", "json")
    configure("info", "json")
    structlog.get_logger().info("once")
    assert len(told(lines)) == 1


@pytest.mark.parametrize(("form", "is_json"), [("auto", True), ("json", True), ("text", False)])
def test_auto_is_json_where_nobody_watches(lines: Lines, form: Any, is_json: bool) -> None:
    configure("info", form, [PASSWORD])
    structlog.get_logger().info("engine.started", key=PASSWORD)
    written = lines.readouterr().err
    assert written.startswith("{") is is_json
    assert "engine.started" in written
    assert PASSWORD not in written


def test_a_line_that_cannot_be_written_stops_nobody_and_is_told_of(lines: Lines) -> None:
    configure("info", "json")
    structlog.get_logger().info("part.failed", more={("a", "b"): 1})
    assert told(lines) == [{"event": "log.failed", "logger": "gateway"}]


class Gone(io.StringIO):
    """A standard error whose reader is gone."""

    tried = 0

    def write(self, text: str) -> int:
        self.tried += 1
        raise BrokenPipeError


def test_a_standard_error_that_is_gone_stops_nobody(lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = Gone()
    monkeypatch.setattr("sys.stderr", gone)
    configure("info", "json")
    structlog.get_logger().info("engine.started")
    assert gone.tried


def test_a_secret_that_comes_with_a_later_configuration_is_struck_out_too(lines: Lines) -> None:
    configure("info", "json", ["an-old-secret"])
    strike_out(["a-new-secret"])
    structlog.get_logger().info("channel.refused", reason="an-old-secret and a-new-secret")
    logging.getLogger("a.library").warning("said %s", "a-new-secret")
    written = lines.readouterr().err
    assert "an-old-secret" not in written
    assert "a-new-secret" not in written
    assert len(written.splitlines()) == 2
