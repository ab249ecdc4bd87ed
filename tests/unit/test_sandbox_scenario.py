"""The demo's world on disk and in bytes: a configuration that loads, mails that are what they claim to be."""

from __future__ import annotations

import asyncio
import email
import subprocess
import sys
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from gateway.case import Standing
from gateway.sandbox import send, x_scene
from gateway.sandbox.mail import MailServer
from gateway.sandbox.scenario import AUTHSERV_ID, DESK, demo_mails, user_reply, write_files
from gateway.sandbox.x import XServer
from gateway.settings import load
from gateway.trust.verify import verify
from tests.conftest import free_port

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def test_the_written_configuration_loads_and_keeps_its_secrets_to_the_owner(tmp_path: Path) -> None:
    settings = load(write_files(tmp_path, imap_port=10143, smtp_port=10025, password="sand-castle"))
    (channel,) = settings.channels
    assert channel.plugin.addresses(channel.settings) == (DESK,)
    assert channel.plugin.receivers(channel.settings) == (AUTHSERV_ID,)
    assert "sand-castle" not in (tmp_path / "gatehouse.toml").read_text()
    for name in ("gatehouse.key", "mail.password"):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0


async def test_with_an_x_the_desk_has_an_account_there_whose_keys_are_the_owners(tmp_path: Path) -> None:
    async with XServer.start(x_scene.HANDLE, x_scene.USER_ID) as x:
        path = write_files(tmp_path, imap_port=10143, smtp_port=10025, password="sand-castle", x=x)
        secrets = x_scene.keys(x)
    _, channel = load(path).channels
    assert channel.plugin.addresses(channel.settings) == (x_scene.USER_ID, x_scene.HANDLE)
    for name, secret in secrets.items():
        assert secret not in path.read_text()
        assert (tmp_path / name).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("claim", "standing"),
    [
        ("support@examplex.test", Standing.OFFICIAL),
        ("exampIex.test", Standing.LOOK_ALIKE),
        ("examp1ex.test", Standing.LOOK_ALIKE),
        ("examplex-bonus.test", Standing.REPORTED_SCAM),
        ("mail.test", Standing.NOT_LISTED),
        (f"x:{x_scene.HANDLE}", Standing.OFFICIAL),
        (f"x:{x_scene.LOOK_ALIKE}", Standing.LOOK_ALIKE),
    ],
)
def test_the_directory_answers_as_the_demo_tells(tmp_path: Path, claim: str, standing: Standing) -> None:
    settings = load(write_files(tmp_path, imap_port=10143, smtp_port=10025, password="sand-castle"))
    assert verify(claim, settings.directory).standing is standing


def test_every_mail_has_a_user_and_a_message_id_of_its_own_and_ends_its_lines_with_crlf() -> None:
    mails = demo_mails(NOW)
    assert len({mail.message_id for mail in mails}) == len({mail.address for mail in mails}) == len(mails) == 6
    for mail in mails:
        assert mail.message_id.encode() in mail.content
        assert b"\n" not in mail.content.replace(b"\r\n", b"")


def test_a_users_reply_names_the_answer_and_all_before_it_on_one_line_each() -> None:
    answer = EmailMessage()
    answer["Subject"] = "Re: x"
    answer["Message-ID"] = f"<gh.GH-7K3MQ-9Q2XZ.{'a' * 22}@examplex.test>"
    answer["References"] = f"<question-1@mail.test> <gh.GH-7K3MQ-9Q2XZ.{'b' * 22}@examplex.test>"
    reply = email.message_from_bytes(user_reply(answer, demo_mails(NOW)[0], NOW), policy=default)
    assert reply["In-Reply-To"] == answer["Message-ID"]
    assert str(reply["References"]).split() == [*str(answer["References"]).split(), answer["Message-ID"]]


async def test_the_one_liner_sends_a_mail_with_a_file_and_says_how_it_is_called(tmp_path: Path) -> None:
    (tmp_path / "proof.txt").write_text("seen")
    async with MailServer.start(password="sand", authserv_id=AUTHSERV_ID) as server:
        arguments = ["--smtp", str(server.smtp_port), "--from", "you@mail.test", "--subject", "你好", "--text", "Hi"]
        arguments += ["--attach", str(tmp_path / "proof.txt"), "--in-reply-to", "<a@b.test>"]
        process = await _run(arguments)
        assert process.returncode == 0
        stored = await server.wait_for(DESK, lambda mail: True, 5)
    mail = email.message_from_bytes(stored.body, policy=default)
    assert mail["Subject"] == "你好"
    assert mail["In-Reply-To"] == "<a@b.test>"
    assert process.stdout.strip() == f"sent as {mail['Message-ID']}"
    assert [part.get_filename() for part in mail.iter_attachments()] == ["proof.txt"]


async def _run(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gateway.sandbox.send", *arguments]
    return await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=20, check=False)


def test_a_mail_that_cannot_be_sent_is_told_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert send.main(["--smtp", str(free_port())]) == 1
    assert capsys.readouterr().err.startswith("not sent: ")
