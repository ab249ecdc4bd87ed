"""Logs: no secret reaches them, whoever writes the line, and every line is one that a program can read."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from gateway.observe import MASK, Redactor, configure

PASSWORD = "correct-horse-battery"


Lines = pytest.CaptureFixture[str]


@pytest.fixture
def lines(capsys: Lines) -> Iterator[Lines]:
    """What the process writes to standard error; logging is put back as it was afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    levels = {name: logging.getLogger(name).level for name in ("httpx", "aioimaplib", "sqlalchemy", "gateway.some")}
    yield capsys
    root.handlers = handlers
    root.setLevel(level)
    for name, old in levels.items():
        logging.getLogger(name).setLevel(old)
    structlog.reset_defaults()


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


def test_lines_of_libraries_are_told_in_the_same_way(lines: Lines) -> None:
    configure("info", "json", [PASSWORD])
    logging.getLogger("some.library").warning("login as %s", PASSWORD)
    (line,) = told(lines)
    assert (line["event"], line["level"]) == (f"login as {MASK}", "warning")
    assert line["timestamp"]


def test_talkative_libraries_are_silent_below_a_warning(lines: Lines) -> None:
    configure("debug", "json")
    for name in ("httpx", "aioimaplib", "sqlalchemy"):
        logging.getLogger(name).info("GET https://desk.example.test/?token=x")
        logging.getLogger(name).warning("strange")
    assert [line["event"] for line in told(lines)] == ["strange"] * 3


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
