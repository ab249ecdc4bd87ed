"""Real servers in one loop: users' mail by Postfix and Dovecot to a case, an agent's answer back, and what follows."""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import re
import sys
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.gateway_process import ROOT, GatewayProcess
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix
from tests.servers.smtp_sink import SmtpSink

pytest_plugins = ("tests.servers.dovecot_fixture",)
pytestmark = [pytest.mark.dovecot, pytest.mark.timeout(120)]

SECS = 60.0
USERS = "users.loop.test"
FILE = bytes(range(256)) * 40


@dataclass
class Loop:
    """A desk whose mailbox is on Dovecot, users who have theirs there as well, and Postfix between them all."""

    address: str
    gateway: GatewayProcess
    dovecot: Dovecot
    postfix: Postfix

    async def write(self, sender: str, to: str, subject: str, text: str, **fields: str) -> None:
        """Let a user write a mail."""
        mail = EmailMessage(policy=email.policy.SMTP)
        mail["From"], mail["To"], mail["Subject"] = sender, to, subject
        for name, value in fields.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text)
        await asyncio.to_thread(self.postfix.send, mail.as_bytes(), [to], sender)

    async def received(self, user: str, number: int) -> list[EmailMessage]:
        """Return a user's mails once there are so many."""
        found: list[EmailMessage] = []

        def look() -> bool:
            found[:] = self._mails(user)
            return len(found) >= number

        await self.until(look)
        assert len(found) == number
        return found

    def _mails(self, user: str) -> list[EmailMessage]:
        with self.dovecot.imap(user) as line:
            line.select("INBOX", readonly=True)
            numbers = line.search(None, "ALL")[1][0].split()
            bodies = [line.fetch(each.decode(), "(BODY.PEEK[])")[1][0][1] for each in numbers]  # type: ignore[index]
        return [email.message_from_bytes(body, policy=email.policy.default) for body in bodies]  # type: ignore[arg-type]

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(SECS):
            while not await asyncio.to_thread(condition):
                pass

    async def gatehouse(self, *arguments: str) -> str:
        """Run an operator's command beside the gateway."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "gateway", *arguments, "--config", str(self.gateway.config),
            cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await process.communicate()
        assert process.returncode == 0, err
        return out.decode()

    async def case_of(self, mail: EmailMessage) -> str:
        """Return the case whose number a mail of ours bears."""
        found = re.search(r"GH-[0-9A-Z]{5}-[0-9A-Z]{5}", str(mail["Subject"]) + mail.get_content())
        assert found is not None
        return found[0]

    async def shown(self, case: str) -> dict[str, Any]:
        found = json.loads(await self.gatehouse("cases", "show", case, "--json"))
        assert isinstance(found, dict)
        return found

    def cases(self) -> int:
        return int(self.gateway.rows("SELECT count(*) FROM cases")[0][0])

    def done(self, mails: int) -> bool:
        """Whether so many mails were read, and all that they led to was done."""
        ((raws, effects),) = self.gateway.rows(
            "SELECT (SELECT count(*) FROM raws WHERE source = 'support' AND state = 'settled'),"
            " (SELECT count(*) FROM effects WHERE kind <> 'wake' AND state <> 'settled')"
        )
        return (raws, effects) == (mails, 0)


@pytest_asyncio.fixture
async def loop(dovecot: Dovecot, tmp_path: Path) -> AsyncIterator[Loop]:
    into = f"lmtp:inet:127.0.0.1:{dovecot.lmtp_port}"
    gateway = GatewayProcess(tmp_path / "desk")
    # The server is there for the whole run.
    address = f"support-{uuid.uuid4().hex[:8]}@loop.test"
    # Found out when the mail is handed over, as it mostly is: the desk's own server takes it, and sends it back.
    gone = {"RCPT": ["550 5.1.1 no such user"] * 9}
    async with SmtpSink(answers=gone).running() as elsewhere:
        outside = {"gone.test": f"smtp:[127.0.0.1]:{elsewhere.port}"}
        domains = f"virtual_mailbox_domains = loop.test {USERS}"
        server = await asyncio.to_thread(Postfix.start, tmp_path, into, domains, domain="loop.test", outside=outside)
        try:
            gateway.configure(dovecot.imap_port, server.port, dovecot.password, address)
            with gateway.config.open("a") as config:
                config.write("plus_addressing = true\n")
            await gateway.start()
            yield Loop(address, gateway, dovecot, server)
        finally:
            await gateway.close()
            await asyncio.to_thread(server.stop)


async def test_a_mail_becomes_a_ticket_and_the_answer_to_the_agents_answer_joins_it(loop: Loop, tmp_path: Path) -> None:
    ana = f"ana-{uuid.uuid4().hex[:8]}@{USERS}"
    await loop.write(
        ana, loop.address, "Auszahlung hängt", "Seit Mittwoch wartet meine Auszahlung.", Message_ID=f"<1@{USERS}>"
    )
    (receipt,) = await loop.received(ana, 1)
    case = await loop.case_of(receipt)
    assert receipt["In-Reply-To"] == f"<1@{USERS}>"
    assert receipt["Auto-Submitted"] == "auto-replied"

    (tmp_path / "Beleg.bin").write_bytes(FILE)
    await loop.gatehouse("cases", "reply", case, "Wir sehen es uns an.", "--attach", str(tmp_path / "Beleg.bin"))
    _, answer = await loop.received(ana, 2)
    assert answer["References"].split() == [f"<1@{USERS}>", receipt["Message-ID"]]
    text, file = answer.iter_parts()
    assert text.get_content().startswith("Wir sehen es uns an.")
    assert (file.get_filename(), file.get_content()) == ("Beleg.bin", FILE)

    # As a program that keeps the references, and as one that keeps nothing but where the answer is to go.
    answered = {"In_Reply_To": answer["Message-ID"], "References": f"<1@{USERS}> {answer['Message-ID']}"}
    await loop.write(
        ana, loop.address, "Re: Auszahlung hängt", "Danke, ich warte.", Message_ID=f"<2@{USERS}>", **answered
    )
    tagged = answer["Reply-To"].addresses[0].addr_spec
    assert tagged.startswith(loop.address.partition("@")[0] + "+")
    await loop.write(ana, tagged, "Noch etwas", "Ist sie heute da?", Message_ID=f"<3@{USERS}>")
    await loop.until(lambda: loop.done(3))
    assert loop.cases() == 1
    said = [each["text"] for each in (await loop.shown(case))["desk"] if each["kind"] == "message"]
    assert [text.splitlines()[0] for text in said] == [
        "Seit Mittwoch wartet meine Auszahlung.", "Danke, ich warte.", "Ist sie heute da?",
    ]  # fmt: skip
    assert await loop.gateway.stop() == 0
    assert len(loop._mails(ana)) == 2, "no answer of the user is acknowledged"


async def test_an_answer_that_bounces_is_a_note_on_its_case_and_marks_the_address(loop: Loop) -> None:
    """And the mail server's own mail becomes no case and is answered by nobody."""
    ben = "ben@gone.test"
    await loop.write(ben, loop.address, "Locked", "My account is locked.", Message_ID="<1@gone.test>")
    await loop.until(lambda: loop.done(1))
    (case,) = [row[0] for row in loop.gateway.rows("SELECT id FROM cases")]
    await loop.gatehouse("cases", "reply", case, "It is open again.")
    await loop.until(lambda: loop.done(2))
    assert loop.cases() == 1
    shown = await loop.shown(case)
    notes = [each["text"] for each in shown["desk"] if each["kind"] == "note" and "proven" not in each["text"].lower()]
    assert len(notes) == 1
    assert "did not reach the user: there is no such mailbox (5.1.1)" in notes[0]
    assert "Nothing automatic is sent there" in notes[0]
    assert "MAILER-DAEMON@" in loop._mails(loop.address)[-1]["From"]
