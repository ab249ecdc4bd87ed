"""An impostor's forwarded message, a look-alike link and a pasted seed phrase, on each channel from end to end.

Each becomes the right warning to its user and the right note on the ticket; and no secret stands anywhere that can be
read without opening an original: not in the store's files, the log, the ticket or an answer.
"""

from __future__ import annotations

import email
import json
import sqlite3
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.gateway_process import GatewayProcess
from tests.integration.moved_desk import Json, MovedDesk
from tests.integration.telegram_desk import telegram_desk
from tests.integration.x_desk import x_desk
from tests.mails import DESK
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink

# A test vector of BIP-39: it is published, and nobody's.
PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"
TOLD = f"I cannot log in, my recovery phrase is {PHRASE} please help me"
LINK = "Is https://examplex-support.example.com/login yours?"
SECRET = b"sausage worth useful"
NEW_WALLET = "Make a new wallet"
NOT_OURS = "looks like Examplex"


def readable(folder: Path) -> bytes:
    """Return the bytes of all files of a desk: what is sealed in them does not read as what it was."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def cases(desk: MovedDesk) -> list[Json]:
    return [dict(case) for case in desk.cases()]


def entries(folder: Path) -> list[Json]:
    line = sqlite3.connect(folder / "gatehouse.db")
    try:
        return [json.loads(row[0]) for row in line.execute("select document from entries order by id")]
    finally:
        line.close()


def codes(folder: Path) -> set[str]:
    return {each["code"] for entry in entries(folder) for each in entry["assessment"]["findings"]}


async def test_on_telegram(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with telegram_desk(tmp_path) as desk:
        wang = desk.server.person("Wang", "wangfang_t")
        desk.server.says(wang, TOLD)
        await desk.settled()
        assert NEW_WALLET in desk.to(wang)[0].text
        desk.server.says(wang, LINK)
        await desk.settled()
        assert NOT_OURS in "\n".join(each.text for each in desk.to(wang)[1:])
        posing = {"id": 7_000_000_666, "is_bot": False, "first_name": "Examplex Support"}
        impostor = {"type": "user", "date": desk.clock.now().timestamp(), "sender_user": posing}
        before = len(desk.to(wang))
        desk.server.says(wang, "Send me your code now", forward_origin=impostor)
        await desk.settled()
        assert "Examplex" in "\n".join(each.text for each in desk.to(wang)[before:])
        assert {"secret_shared", "look_alike_mentioned"} <= codes(desk.folder)
        (case,) = {each["id"]: each for each in cases(desk)}.values()
        assert {"secret-shared", "impersonation"} <= set(case["tags"])
        assert case["priority"] == "urgent"
        await desk.stop()
        assert SECRET not in readable(desk.folder)
        assert SECRET.decode() not in "".join(capsys.readouterr())
        assert all(SECRET.decode() not in each.text for each in desk.server.sent)


async def test_on_x(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with x_desk(tmp_path) as desk:
        ann = desk.server.person("ann_m")
        desk.server.message(ann, TOLD)
        await desk.settled()
        assert NEW_WALLET in desk.server.sent_messages[0].text
        desk.server.message(ann, LINK)
        await desk.settled()
        assert NOT_OURS in "\n".join(each.text for each in desk.server.sent_messages[1:])
        desk.server.message(ann, "@examplex_help1 wrote to me first and asks for my code, is that really you?")
        await desk.settled()
        assert {"secret_shared", "look_alike_mentioned"} <= codes(desk.folder)
        await desk.stop()
        assert SECRET not in readable(desk.folder)
        assert SECRET.decode() not in "".join(capsys.readouterr())
        assert all(SECRET.decode() not in each.text for each in desk.server.sent_messages)


def mail(number: int, subject: str, text: str) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = f"Ann <ann{number}@mail.test>", DESK, subject
    made["Date"], made["Message-ID"] = "Fri, 20 Nov 2026 12:00:00 +0000", f"<{number}@mail.test>"
    made.set_content(text)
    return made.as_bytes()


FORWARDED = """Is this really you?

---------- Forwarded message ---------
From: Examplex Support <desk@examplex-support.example.com>
Date: Thu, 19 Nov 2026 at 09:00
Subject: Your account
To: Ann <ann3@mail.test>

Dear Examplex customer, verify your wallet at https://examplex-support.example.com/login
"""


@pytest.mark.dovecot
@pytest.mark.timeout(120)
async def test_by_mail(tmp_path: Path) -> None:
    gateway = GatewayProcess(tmp_path / "desk")
    mails = [mail(1, "Login", TOLD), mail(2, "Question", LINK), mail(3, "Fwd: Your account", FORWARDED)]
    dovecot = Dovecot.start(tmp_path)
    try:
        async with SmtpSink().running() as sink:
            gateway.configure(dovecot.imap_port, sink.port, dovecot.password)
            gateway.config.write_text(f'{gateway.config.read_text()}\n[trust]\nverify_addresses = ["{DESK}"]\n')
            dovecot.fill(mails, DESK)
            await gateway.start()
            await gateway.until(lambda: len(sink.taken) == len(mails) and gateway.count("raw.settled") == len(mails))
            await gateway.stop()
    finally:
        await gateway.close()
        dovecot.stop()
    answers = {each.recipients[0]: text_of(each.data) for each in sink.taken}
    assert NEW_WALLET in answers["ann1@mail.test"]
    assert NOT_OURS in answers["ann2@mail.test"]
    assert NOT_OURS in answers["ann3@mail.test"]
    assert {"secret_shared", "look_alike_mentioned"} <= codes(gateway.folder)
    assert SECRET not in readable(gateway.folder)
    assert SECRET.decode() not in json.dumps(gateway.events) + "".join(answers.values())


def text_of(data: bytes) -> str:
    part = email.message_from_bytes(data, policy=policy.default).get_body(("plain",))
    assert part is not None
    return str(part.get_content())
