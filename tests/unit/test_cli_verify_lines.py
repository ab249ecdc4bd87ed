"""`gatehouse verify --jsonl`: one answer for each line, in order, whatever a line holds, and at once for who waits."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from gateway.cli import _lines
from gateway.cli.main import app
from tests.desk import Desk

IMPORT = {
    "brand": "exam.plex",
    "name": "Examplex",
    "twitter": ["examplex"],
    "telegram": [],
    "domains": ["examplex.test"],
    "emails": ["support@examplex.test"],
    "phones": ["+442079460000"],
}
BUFFERED = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("import") / "brands.jsonl"
    path.write_text(json.dumps(IMPORT) + "\n", encoding="utf-8")
    return path


def answers(listed: Path, *lines: str | bytes | dict[str, Any]) -> list[dict[str, Any]]:
    """Return what is answered, line by line."""
    given = b"\n".join(
        line if isinstance(line, bytes) else (line if isinstance(line, str) else json.dumps(line)).encode()
        for line in lines
    )
    result = CliRunner().invoke(app, ["verify", "--jsonl", "--directory", str(listed)], input=given)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


QUESTIONS: list[tuple[dict[str, Any], str, str | None]] = [
    ({"kind": "domain", "value": "examplex.test"}, "official", "exam.plex"),
    ({"value": "www.examplex.test"}, "official", "exam.plex"),
    ({"kind": "url", "value": "https://examplex.test/a"}, "official", "exam.plex"),
    ({"kind": "email", "value": "Support@Examplex.test"}, "official", "exam.plex"),
    ({"kind": "handle", "platform": "x", "value": "@Examplex"}, "official", "exam.plex"),
    ({"kind": "handle", "platform": "twitter", "value": "examplex"}, "official", "exam.plex"),
    ({"kind": "phone", "value": "+44 20 7946 0000"}, "official", "exam.plex"),
    ({"kind": "phone", "value": "442079460000"}, "official", "exam.plex"),
    ({"kind": "handle", "platform": "telegram", "value": "examplex"}, "lookalike", "exam.plex"),
    ({"kind": "domain", "value": "examplex-support.test"}, "lookalike", "exam.plex"),
    ({"kind": "name", "value": "Examplex Support"}, "lookalike", "exam.plex"),
    ({"kind": "name", "display_name": "Examplex Support"}, "lookalike", "exam.plex"),
    (
        {"kind": "handle", "platform": "x", "value": "abc12", "display_name": "Examplex Support"},
        "lookalike",
        "exam.plex",
    ),
    ({"kind": "domain", "value": "bakery.test"}, "not_listed", None),
    ({"kind": "email", "value": "examplex.test"}, "unchecked", None),
    ({"kind": "handle", "value": "a b"}, "unchecked", None),
    ({"kind": "handle", "value": ""}, "unchecked", None),
    ({"kind": "bogus", "value": "examplex.test"}, "unchecked", None),
    ({"kind": "domain", "value": 7}, "unchecked", None),
    ({"kind": "domain", "value": "examplex.test", "platform": []}, "unchecked", None),
    ({}, "unchecked", None),
]


@pytest.fixture(scope="module")
def answered(listed: Path) -> list[dict[str, Any]]:
    return answers(listed, *({"id": number, **asked} for number, (asked, _, _) in enumerate(QUESTIONS)))


@pytest.mark.parametrize("number", range(len(QUESTIONS)))
def test_a_question_gets_its_verdict_and_the_brand_of_the_import(answered: list[dict[str, Any]], number: int) -> None:
    _, verdict, of = QUESTIONS[number]
    answer = answered[number]
    assert (answer["id"], answer["verdict"], answer["of"]) == (number, verdict, of)
    assert answer["reasons"]
    assert (answer["score"] > 0) == (verdict == "lookalike")
    assert bool(answer["techniques"]) == (verdict == "lookalike")


@pytest.mark.parametrize(
    "bad",
    ["no json", "[]", "7", "null", '"text"', b"\xff\xfe{}", '{"id":', "[" * 100_000, '{"id": NaN}', "1" * 10_000],
)
def test_a_bad_line_is_answered_and_the_next_one_too(listed: Path, bad: str | bytes) -> None:
    first, second = answers(listed, bad, {"id": 2, "value": "examplex.test"})
    assert (first["id"], first["verdict"]) == (None, "unchecked")
    assert first["reasons"]
    assert (second["id"], second["verdict"]) == (2, "official")


@pytest.mark.parametrize(("named", "shown"), [("a", "a"), (7, 7), (1.5, 1.5), (None, None), ({"a": 1}, None)])
def test_the_id_comes_back_where_it_is_one(listed: Path, named: object, shown: object) -> None:
    assert answers(listed, {"id": named, "value": "examplex.test"})[0]["id"] == shown


def test_no_number_is_answered_that_is_no_json(listed: Path) -> None:
    assert answers(listed, '{"id": 1e999, "value": "examplex.test"}')[0]["id"] is None


def test_blank_lines_are_nothing_and_the_last_needs_no_end(listed: Path) -> None:
    found = answers(listed, "", {"id": 1, "value": "a.test"}, " \r", {"id": 2, "value": "b.test"})
    assert [answer["id"] for answer in found] == [1, 2]


def test_a_line_without_end_fills_no_memory_and_is_told(listed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_lines, "MAX_LINE", 1_000)
    monkeypatch.setattr(_lines, "_CHUNK", 300)
    long, good = '{"value": "' + "a" * 5_000 + '"}', {"id": 2, "value": "examplex.test"}
    first, second, third, last = answers(listed, good, long, good, long)
    assert [first["id"], third["id"]] == [2, 2]
    assert second == last
    assert (last["verdict"], last["id"]) == ("unchecked", None)
    assert "longer" in last["reasons"][0]


@pytest.mark.parametrize("size", [1, 7, 64])
def test_lines_are_the_same_however_they_come(listed: Path, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [{"id": number, "value": f"examplex{number}.test"} for number in range(20)]
    whole = answers(listed, *asked)
    monkeypatch.setattr(_lines, "_CHUNK", size)
    assert answers(listed, *asked) == whole
    assert [answer["id"] for answer in whole] == list(range(20))


def test_a_fault_of_ours_is_told_and_ends_nothing(listed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> dict[str, Any]:
        raise LookupError("examplex.test")

    monkeypatch.setattr("gateway.trust.exchange.ask", broken)
    found = answers(listed, {"id": 1, "value": "examplex.test"}, {"id": 2})
    assert [answer["verdict"] for answer in found] == ["unchecked", "unchecked"]
    assert "examplex.test" not in found[0]["reasons"][0]


values = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=40), st.lists(st.text(), max_size=2))
fields = st.sampled_from(["id", "kind", "platform", "value", "display_name", "more"])


@settings(max_examples=20, derandomize=True, deadline=None)
@given(st.lists(st.dictionaries(fields, values, max_size=6), min_size=1, max_size=8))
def test_every_line_has_one_answer_in_order(listed: Path, asked: list[dict[str, Any]]) -> None:
    found = answers(listed, *asked)
    assert len(found) == len(asked)
    for question, answer in zip(asked, found, strict=True):
        given_id = question.get("id")
        assert answer["id"] == (given_id if isinstance(given_id, str | int) else None)
        assert set(answer) == {"id", "verdict", "of", "score", "techniques", "reasons"}


def test_whoever_waits_gets_the_answer_before_the_next_line(desk_folder: Path) -> None:
    command = [sys.executable, "-m", "gateway", "verify", "--jsonl", "--directory", str(desk_folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=BUFFERED) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number, value in enumerate(("examplex.test", "bakery.test")):
            process.stdin.write(json.dumps({"id": number, "value": value}).encode() + b"\n")
            process.stdin.flush()
            assert select.select([process.stdout], [], [], 60)[0], "no answer came"
            answer = json.loads(process.stdout.readline())
            assert answer["id"] == number
        process.stdin.close()
        assert process.wait(30) == 0


@pytest.fixture
def desk_folder(tmp_path: Path) -> Path:
    return Desk(tmp_path).directory
