"""What the Redmine backend makes of answers and journals, without a Redmine; tests/backends has the real one."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from gateway.backends._api import Answer
from gateway.backends._hooks import STREAM
from gateway.backends.redmine import PLUGIN
from gateway.backends.redmine.acts import normalize
from gateway.backends.redmine.settings import RedmineSettings
from gateway.backends.redmine.tickets import fenced, refusal
from gateway.errors import ConfigError, MalformedError, RejectedError, TransientError
from gateway.ports import Cursor, DeskFile, Key, Opening, Raw, TicketEvent
from tests.conftest import ManualClock

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NEW, RESOLVED, CLOSED = "1", "3", "5"


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_REDMINE_KEY", "0" * 40)


def _settings(**more: Any) -> RedmineSettings:
    always = {"url": "https://desk.example.test", "api_key": {"env": "TEST_REDMINE_KEY"}, "project": "intake"}
    return RedmineSettings.model_validate({**always, "key_field": 1, "mark_field": 2, **more})


def _journal(*details: dict[str, Any], **more: Any) -> dict[str, Any]:
    always = {"id": 7, "user": {"id": 6, "name": "Bea Example"}, "notes": "", "private_notes": False}
    return {**always, "created_on": "2026-11-20T12:00:00Z", "details": list(details), **more}


def _status(old: str | None, new: str) -> dict[str, Any]:
    return {"property": "attr", "name": "status_id", "old_value": old, "new_value": new}


def _events(journal: dict[str, Any], **more: Any) -> list[TicketEvent]:
    told = {"ticket": "17", "key": "GH-7K3MQ-00001/2", "solved": [3, 5], "journal": journal, **more}
    body = json.dumps(told).encode()
    raw = Raw("desk", STREAM, Key("journal:7"), "17", body, "application/json", AT, len(body))
    return list(normalize(raw))


def test_a_note_is_an_answer_and_a_private_one_is_not() -> None:
    (answer,) = _events(_journal(notes="  hello\r\nyou \r\n"))
    assert (answer.kind, answer.text, answer.author, answer.at) == ("replied", "hello\nyou", "Bea Example", AT)
    assert (answer.id, answer.ticket, answer.case_id) == ("desk:journal:7", "17", "GH-7K3MQ-00001")
    assert [event.kind for event in _events(_journal(notes="hello", private_notes=True))] == ["noted"]


@pytest.mark.parametrize("notes", [None, "", " \r\n"])
def test_nothing_written_is_no_answer(notes: str | None) -> None:
    file = {"property": "attachment", "name": "3", "new_value": "a.txt"}
    assert _events(_journal(file, notes=notes)) == []


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        (NEW, RESOLVED, ["solved"]),
        (NEW, CLOSED, ["solved"]),
        (RESOLVED, CLOSED, []),
        (CLOSED, NEW, ["reopened"]),
        (NEW, "2", []),
        (None, CLOSED, ["solved"]),
    ],
)
def test_a_status_over_the_line_solves_or_reopens(old: str | None, new: str, kinds: list[str]) -> None:
    events = _events(_journal(_status(old, new)))
    assert [event.kind for event in events] == kinds
    assert {event.id for event in events} <= {"desk:journal:7:status"}


def test_another_field_of_the_same_name_is_no_status() -> None:
    assert _events(_journal({**_status(NEW, CLOSED), "property": "cf"})) == []


def test_files_go_with_the_answer_that_they_came_with() -> None:
    added = {"property": "attachment", "name": "3", "new_value": "old name.txt"}
    gone = {"property": "attachment", "name": "4", "new_value": "gone.txt"}
    removed = {"property": "attachment", "name": "5", "old_value": "removed.txt"}
    known = {"id": 3, "filename": "a.txt", "filesize": 12, "content_type": "text/plain"}
    (event,) = _events(_journal(added, gone, removed, notes="see"), attachments=[known])
    assert event.attached == (
        DeskFile(ref="3", name="a.txt", media_type="text/plain", size=12),
        DeskFile(ref="4", name="gone.txt"),
    )
    (note,) = _events(_journal(added, notes="see", private_notes=True), attachments=[known])
    assert note.attached == ()


def test_a_journal_that_does_not_say_whether_it_is_private_is_not_read() -> None:
    journal = _journal(notes="for agents?")
    del journal["private_notes"]
    with pytest.raises(MalformedError):
        _events(journal)


def test_a_fence_cannot_be_ended_by_what_stands_in_it() -> None:
    for text in ("a</pre>b", "a</PRE >b", "<code>", "<notextile>", "</kbd>"):
        inner = fenced(text, "textile").removeprefix("<pre>\n").removesuffix("\n</pre>")
        assert inner.replace("\u200b", "") == text
        assert "<\u200b" in inner
    assert fenced("<b>&amp; a < b", "textile") == "<pre>\n<b>&amp; a < b\n</pre>"
    for text in ("a\n~~~\nb", "```", "~~~~~~"):
        inner = fenced(text, "markdown").removeprefix("~~~\n").removesuffix("\n~~~")
        assert inner.replace("\u200b", "") == text
        assert "~~~" not in inner
        assert "```" not in inner
    assert fenced("a `b` ~c~", "markdown") == "~~~\na `b` ~c~\n~~~"
    assert fenced("*a*", "none") == "*a*"


@pytest.mark.parametrize(
    ("body", "kind", "told"),
    [
        (b'{"errors": []}', TransientError, "met another"),
        (b'{"errors": ["Subject cannot be blank"]}', RejectedError, "Subject cannot be blank"),
        (b'{"errors": ["my secret words is invalid"]}', RejectedError, "not told"),
        (b"{}", RejectedError, "no reason that can be read"),
        (b"<html>", RejectedError, "no reason that can be read"),
    ],
)
def test_a_refusal_is_told_without_a_users_words(body: bytes, kind: type[Exception], told: str) -> None:
    error = refusal(Answer("desk", 422, {}, body, is_safe=False), "these secret words")
    assert type(error) is kind
    assert told in str(error)
    assert "secret" not in str(error)


def test_custom_fields_are_named_by_numbers() -> None:
    assert _settings(fields={"category": "7"}).fields == {"category": "7"}
    with pytest.raises(ValidationError, match="named by their numbers"):
        _settings(fields={"category": "Category"})


async def test_a_cursor_of_another_system_is_an_error_of_the_configuration() -> None:
    async with PLUGIN.open(Opening("desk", _settings(), ManualClock())) as system:
        assert system.feed is not None
        with pytest.raises(ConfigError, match="none of Redmine's"):
            await system.feed.fetch(Cursor("17"))
