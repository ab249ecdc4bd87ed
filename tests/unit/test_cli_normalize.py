"""`gatehouse normalize`: a JSON line an original, or what is wrong with it; the process that reads it has limits."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from gateway.cli import normalize
from gateway.cli.main import app

pytestmark = pytest.mark.usefixtures("logging_as_before")

MAIL = b"From: Ana <ana@example.test>\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\nMessage-ID: <1@example.test>\n\nHello\n"
NOON = 1_790_000_000
UPDATE = {
    "update_id": 1,
    "message": {
        "message_id": 7,
        "date": NOON,
        "chat": {"id": 5, "type": "private", "first_name": "Ana"},
        "from": {"id": 5, "is_bot": False, "first_name": "Ana"},
        "text": "Hello",
    },
}


def run(*arguments: str, text: bytes = b"") -> Result:
    return CliRunner().invoke(app, ["normalize", *arguments], input=text)


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    path = tmp_path / "one.eml"
    path.write_bytes(MAIL)
    os.utime(path, (NOON, NOON))
    return path


def test_a_mail_is_one_line_with_its_message_and_nothing_else_is_printed(mail: Path) -> None:
    result = run("email", str(mail))
    assert result.exit_code == 0, result.output
    ((found),) = lines(result)
    (event,) = found["events"]
    message = event["message"]
    assert (found["file"], message["subject"], message["text"]) == (str(mail), "Grüße", "Hello")
    assert (message["provenance"]["size"], message["provenance"]["complete"]) == (len(MAIL), True)
    assert message["provenance"]["received_at"] == "2026-09-21T14:13:20Z"


def test_what_cannot_be_read_is_told_on_its_line_and_the_others_go_on(mail: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.eml"
    empty.write_bytes(b"\n")
    result = run("email", str(empty), str(tmp_path / "none.eml"), str(mail))
    assert result.exit_code == 1
    first, second, third = lines(result)
    assert first == {"file": str(empty), "wrong": "the mail is empty"}
    assert second == {"file": str(tmp_path / "none.eml"), "wrong": "the file cannot be read: No such file or directory"}
    assert third["events"][0]["message"]["text"] == "Hello"


def test_a_folder_stands_for_its_files_in_order(mail: Path, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "two.eml").write_bytes(MAIL.replace(b"Hello", b"Two"))
    found = lines(run("email", str(tmp_path)))
    assert [each["events"][0]["message"]["text"] for each in found] == ["Two", "Hello"]


def test_more_files_than_a_batch_keep_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(normalize, "BATCH", 2)
    for number in range(5):
        (tmp_path / f"{number}.eml").write_bytes(MAIL.replace(b"Hello", b"%d" % number) if number != 3 else b"")
    found = lines(run("email", str(tmp_path)))
    assert [each["events"][0]["message"]["text"] if "events" in each else each["wrong"] for each in found] == [
        "0", "1", "2", "the mail is empty", "4",
    ]  # fmt: skip


def test_standard_input_is_one_original(mail: Path) -> None:
    (found,) = lines(run("email", "-", text=MAIL))
    assert (found["file"], found["events"][0]["message"]["text"]) == ("-", "Hello")


@pytest.mark.parametrize("by_file", [True, False])
def test_of_a_larger_mail_only_the_head_is_read_as_a_channel_does(
    mail: Path, by_file: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(normalize, "HEADER_BYTES", len(MAIL))
    whole = MAIL + b"x" * 2000
    mail.write_bytes(whole)
    name = str(mail) if by_file else "-"
    (found,) = lines(run("email", name, "--max-bytes", "1024", text=whole))
    message = found["events"][0]["message"]
    assert (message["subject"], message["text"]) == ("Grüße", "")
    assert (message["provenance"]["size"], message["provenance"]["complete"]) == (len(whole), False)
    assert message["notes"][0]["code"] == "too_large"


def test_a_bounce_is_shown_as_the_report_that_it_is(mail: Path) -> None:
    body = (
        b"From: MAILER-DAEMON@example.test\nContent-Type: multipart/report; boundary=b\n\n--b\n"
        b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; example.test\n\n"
        b"Final-Recipient: rfc822; eve@example.test\nAction: failed\nStatus: 5.1.1\n\n--b\n"
        b"Content-Type: text/rfc822-headers\n\nMessage-ID: <gone@example.test>\n\n--b--\n"
    )
    mail.write_bytes(body)
    (found,) = lines(run("email", str(mail)))
    report = found["events"][0]["delivery_report"]
    assert (report["ref"], report["recipient"], report["status"]) == (
        "<gone@example.test>",
        "eve@example.test",
        "5.1.1",
    )


def test_other_platforms_are_read_too(tmp_path: Path) -> None:
    path = tmp_path / "update.json"
    path.write_text(json.dumps(UPDATE))
    (found,) = lines(run("telegram", str(path)))
    assert found["events"][0]["message"]["text"] == "Hello"


def test_an_unknown_kind_is_refused_with_those_that_there_are() -> None:
    result = run("fax", "-")
    assert result.exit_code == 2
    assert "there is no normalizer fax; installed: email, telegram, x" in result.stderr
