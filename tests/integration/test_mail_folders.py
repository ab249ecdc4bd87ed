"""The real gateway on a real Dovecot: two folders, mail that is moved to an archive, and a kill in between."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path

import pytest

from connectors.email._utf7 import encode
from tests.gateway_process import GatewayProcess
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink

pytest_plugins = ("tests.servers.dovecot_fixture",)

ODD, DONE = "Поддержка 1", "Done"
MORE = f"""
folders = ["INBOX", "{ODD}"]
after_storing = "archive"
archive_folder = "{DONE}"
"""


def mail(number: int) -> bytes:
    head = f"From: u{number}@elsewhere.test\r\nMessage-ID: <{number}@elsewhere.test>\r\nSubject: help\r\n\r\n"
    return (head + f"where is my withdrawal {number}\r\n").encode()


def large() -> bytes:
    """Return a mail that is larger than what is fetched in one piece, its words before a file of 6 MB."""
    file = b"\r\n".join([b"QUJD" * 19] * 80_000)
    head = b"From: big@elsewhere.test\r\nSubject: help\r\nMIME-Version: 1.0\r\n"
    head += b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nwhere is my withdrawal 20\r\n\r\n--b\r\n"
    file_head = b"Content-Type: application/octet-stream; name=x.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head + file_head + file + b"\r\n--b--\r\n"


def held(server: Dovecot, user: str, folder: str) -> set[bytes]:
    """Return the last lines of the mails that a folder holds."""
    with server.imap(user) as line:
        line.select(f'"{encode(folder)}"', readonly=True)
        _, data = line.uid("FETCH", "1:*", "(BODY.PEEK[TEXT])")
    return {part[1] for part in data if isinstance(part, tuple)}


@pytest.mark.dovecot
async def test_p7_killed_between_commit_and_move_every_mail_is_kept_and_moved_once(
    dovecot: Dovecot, tmp_path: Path
) -> None:
    """C18, K9: the restart moves what the dead process had stored, and takes nothing in twice."""
    user = f"{uuid.uuid4().hex}@example.test"
    with dovecot.imap(user) as line:
        for folder in (ODD, DONE):
            line.create(f'"{encode(folder)}"')
    for number in range(5):
        dovecot.append(mail(100 + number), user, encode(ODD))
    await asyncio.to_thread(dovecot.fill, [*(mail(number) for number in range(20)), large()], user)
    gateway, sink = GatewayProcess(tmp_path / "desk"), SmtpSink()
    async with sink.running():
        gateway.configure(dovecot.imap_port, sink.port, dovecot.password, address=user, page=5, mail_bytes=20_000_000)
        gateway.config.write_text(gateway.config.read_text().replace("old = true", "old = false") + MORE)
        try:
            await gateway.start()
            await gateway.until(lambda: gateway.count("page.stored") > 0)
            await gateway.kill()
            await gateway.start()
            await gateway.until(lambda: gateway.rows("select count(*) from raws") == [(26,)])
            # A stream confirms one page before it fetches the next: when these are stored, all before are moved.
            dovecot.append(mail(300), user)
            dovecot.append(mail(400), user, encode(ODD))
            await gateway.until(lambda: gateway.rows("select count(*) from raws") == [(28,)])
            await gateway.until(lambda: gateway.rows("select count(*) from raws where state <> 'settled'") == [(0,)])
            kept = gateway.rows("select held, size, complete from raws where blob is not null")
            taken = gateway.rows("select stream, taken from streams order by taken")
            await gateway.stop()
        finally:
            await gateway.close()
    assert taken == [(ODD, 6), ("INBOX", 22)]
    assert kept == [(len(large()), len(large()), True)]
    left = held(dovecot, user, "INBOX") | held(dovecot, user, ODD)
    archived = held(dovecot, user, DONE)
    numbers = [*range(20), *range(100, 105)]
    assert large().partition(b"\r\n\r\n")[2] in archived
    assert archived >= {b"where is my withdrawal %d\r\n" % number for number in numbers}
    assert left <= {b"where is my withdrawal 300\r\n", b"where is my withdrawal 400\r\n"}
    assert not left & archived
