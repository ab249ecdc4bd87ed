"""An operator's day in commands, beside the real engine on a mail server that behaves well, badly or not at all."""

from __future__ import annotations

import asyncio
import email
import json
import re
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any, NamedTuple

import pytest_asyncio

from gateway.sandbox.mail import MailServer
from gateway.sandbox.mailbox import StoredMail
from gateway.sandbox.send import hand_in
from tests.gateway_process import ROOT, GatewayProcess
from tests.servers.relay import Relay

DESK = "support@examplex.test"
ANN = "ann@mail.test"
PASSWORD = "made-up-pass"
BOUND_SECS = 30.0
HELLO = f"From: {ANN}\r\nTo: {DESK}\r\nSubject: Hello\r\n\r\nHello?\r\n".encode()
PICTURE = bytes(range(256)) * 4
NUMBER = re.compile(r"GH-[0-9A-Z]{5}-[0-9A-Z]{5}")

_VIP = """
[channels.vip]
connector = "email"
address = "vip@examplex.test"
password = { file = "vip.password" }
"""


class Told(NamedTuple):
    """How a command ended and what it printed."""

    status: int
    out: str
    err: str


@dataclass
class World:
    """A mail server, a desk's folder, and the gateway that may run on it."""

    server: MailServer
    gateway: GatewayProcess

    async def gatehouse(self, *words: str, config: Path | None = None) -> Told:
        """Run a command as an operator does, in a process of its own."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "gateway", *words, "-c", str(config or self.gateway.config),
            cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            async with asyncio.timeout(BOUND_SECS):
                out, err = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        assert process.returncode is not None
        return Told(process.returncode, out.decode(), err.decode())

    async def done(self, *words: str) -> str:
        """Run a command that must succeed; return what it printed."""
        told = await self.gatehouse(*words)
        assert told.status == 0, told
        return told.out

    async def channels(self) -> dict[str, dict[str, Any]]:
        """Return the rows of `channels list`, by name."""
        listed = json.loads(await self.done("channels", "list", "--json"))
        return {row["name"]: row for row in listed["channels"]}

    async def cases(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(await self.done("cases", "list", "--json"))
        return found

    def state(self, number: str) -> str:
        """Return a case's state, read from the database, which costs no process."""
        return str(dict(self.gateway.rows("select id, state from cases"))[number])

    async def write(self, sender: str, subject: str, to: str = DESK, answers: str = "", picture: bool = False) -> None:
        """Hand a mail in as a user's provider does."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, to, subject
        if answers:
            mail["In-Reply-To"] = mail["References"] = answers
        mail.set_content(f"{subject}, please?")
        if picture:
            mail.add_attachment(PICTURE, maintype="image", subtype="png", filename="shot.png")
        await asyncio.to_thread(hand_in, self.server.smtp_port, sender, to, mail.as_bytes(policy=SMTP))

    async def mail_to(self, address: str, subject_holds: str) -> EmailMessage:
        """Return the first mail to an address with that in its subject, once it is there."""

        def fits(mail: StoredMail) -> bool:
            return subject_holds in str(_parsed(mail)["Subject"])

        return _parsed(await self.server.wait_for(address, fits, BOUND_SECS))

    async def logged(self, event: str, **fields: str) -> None:
        """Return once the gateway has logged that."""

        def there() -> bool:
            return any(
                each["event"] == event and all(value in str(each.get(key)) for key, value in fields.items())
                for each in self.gateway.events
            )

        await self.gateway.until(there, BOUND_SECS)


def _parsed(mail: StoredMail) -> EmailMessage:
    found = email.message_from_bytes(mail.body, policy=SMTP)
    assert isinstance(found, EmailMessage)
    return found


@pytest_asyncio.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    gateway = GatewayProcess(tmp_path / "desk")
    async with MailServer.start(password=PASSWORD) as server:
        gateway.configure(server.imap_port, server.smtp_port, PASSWORD)
        yield World(server, gateway)
        await gateway.close()


async def _opened(world: World) -> str:
    """Start the gateway, let Ann write, and return her case once its ticket is written and she was told."""
    await world.gateway.start()
    await world.write(ANN, "Where is my deposit", picture=True)
    acknowledgement = await world.mail_to(ANN, "GH-")
    await world.logged("effect.settled", kind="acknowledgement")
    await world.logged("effect.settled", kind="ticket")
    found = NUMBER.search(str(acknowledgement["Subject"]))
    assert found is not None
    return found[0]


async def test_check_names_five_planted_mistakes_in_one_run_and_exits_with_78(world: World) -> None:
    config = world.gateway.config
    text = config.read_text()
    mistakes = (
        ('name = "Examplex"', 'name = "Examplex"\nlogo = "x.png"'),
        ('kind = "embedded"', 'kind = "embeded"'),
        (f"imap_port = {world.server.imap_port}", 'imap_port = "many"'),
        ("per_minute = 100000", "per_minute = 0"),
        (f'address = "{DESK}"', 'address = "CHANGE-ME"'),
    )
    for right, wrong in mistakes:
        assert text.count(right) == 1
        text = text.replace(right, wrong)
    config.write_text(text)
    told = await world.gatehouse("check")
    assert told.status == 78
    named = [line.partition(": ")[0] for line in told.out.splitlines()]
    assert sorted(named[:-1]) == [
        "acknowledgement.per_minute",
        "backend.kind",
        "brand.logo",
        "channels.support.address",
        "connectors.email.imap_port",
    ]
    assert named[-1].startswith("5 problems in ")
    assert PASSWORD not in told.out + told.err


async def test_check_live_logs_in_everywhere(world: World) -> None:
    told = await world.gatehouse("check", "--live")
    assert (told.status, told.err) == (0, "")
    assert "✓ support: imap: logged in at 127.0.0.1" in told.out
    assert "✓ support: smtp: connected to 127.0.0.1; nothing was sent" in told.out
    assert "✗" not in told.out
    assert len(world.server.inbox(DESK)) == 0


async def test_check_live_names_the_channel_whose_password_is_refused_and_what_to_do(world: World) -> None:
    (world.gateway.folder / "mail.password").write_text("not-the-password")
    told = await world.gatehouse("check", "--live")
    assert told.status == 1
    (wrong,) = [line for line in told.out.splitlines() if line.startswith("✗")]
    assert wrong.startswith("✗ support: imap: ")
    assert "refused" in wrong
    assert "renew" in wrong
    assert "not-the-password" not in told.out + told.err


async def test_channels_list_tells_states_while_the_gateway_runs_and_counts_when_it_does_not(world: World) -> None:
    before = await world.channels()
    assert {row["state"] for row in before.values()} == {"not running"}
    await _opened(world)
    during = await world.channels()
    assert (during["support"]["state"], during["support"]["taken"]) == ("running", 1)
    assert during["backend"]["state"] == "running"
    assert await world.gateway.stop() == 0
    after = await world.done("channels", "list")
    assert re.search(r"support +email +not running +0 +1 +0", after), after
    assert "No gateway is running on this store; start it with `gatehouse run`." in after


async def test_a_second_engine_on_the_store_is_refused(world: World) -> None:
    await world.gateway.start()
    told = await world.gatehouse("run")
    assert told.status == 78
    assert "an engine already runs on" in told.err
    assert "stop it first" in told.err
    assert "Traceback" not in told.err
    await world.write(ANN, "Still there")
    await world.mail_to(ANN, "GH-")


async def test_a_case_from_the_first_mail_to_its_second_life(world: World, tmp_path: Path) -> None:
    number = await _opened(world)
    assert [case["id"] for case in await world.cases()] == [number]
    listed = await world.done("cases", "list")
    assert re.search(rf"{number} +open +normal +\S+ \S+ +support +{ANN} +Where is my deposit", listed)
    shown = await world.done("cases", "show", number)
    assert "shot.png, image/png, 1024 bytes" in shown

    await _originals(world, number, tmp_path)
    await world.done("cases", "note", number, "Ask the treasury.")
    await world.done("cases", "reply", number, "It is on its way, Ann.")
    answer = await world.mail_to(ANN, "Re: ")
    assert "It is on its way, Ann." in answer.get_content()
    assert answer["Auto-Submitted"] is None
    await world.logged("raw.settled", note=f"answer on {number}")
    assert world.state(number) == "waiting"

    await world.done("cases", "solve", number)
    await world.logged("raw.settled", note=f"solved {number}")
    assert world.state(number) == "solved"
    await world.write(ANN, "It is still not there", answers=str(answer["Message-ID"]))
    await world.logged("raw.settled", note=f"joined {number} (signed)")
    assert world.state(number) == "open"

    await world.done("cases", "solve", number.lower())
    await world.done("cases", "reopen", number)
    await world.logged("raw.settled", note=f"reopened {number}")
    assert world.state(number) == "open"
    assert await world.gateway.stop() == 0
    assert [len(world.server.inbox(ANN)), len(await world.cases())] == [2, 1], "acknowledged once, answered once"
    assert not any("treasury" in _parsed(mail).get_content() for mail in world.server.inbox(ANN))
    assert "Ask the treasury." in await world.done("cases", "show", number)


async def _originals(world: World, number: str, folder: Path) -> None:
    """Open the mail and its picture, and find both openings in the book."""
    (held,) = world.server.inbox(DESK)
    await world.done("cases", "raw", number, "-o", str(folder / "mail.eml"), "--reason", "a test")
    assert (folder / "mail.eml").read_bytes() == held.body
    (entry,) = [
        each
        for each in json.loads(await world.done("cases", "show", number, "--json"))["entries"]
        if each["direction"] == "in"
    ]
    (attachment,) = entry["message"]["attachments"]
    await world.done("cases", "attachment", number, attachment["id"], "-o", str(folder / "shot.png"))
    assert (folder / "shot.png").read_bytes() == PICTURE
    assert world.gateway.rows("select count(*) from openings") == [(2,)]


async def test_a_refused_password_stops_its_channel_alone_and_loses_nothing(world: World) -> None:
    gateway = world.gateway
    with gateway.config.open("a") as config:
        config.write(_VIP)
    secret = gateway.folder / "vip.password"
    secret.touch(mode=0o600)
    secret.write_text(PASSWORD)
    (gateway.folder / "mail.password").write_text("not-the-password")
    await gateway.start()
    await world.logged("part.failed", part="support", error="AuthError")
    await world.write(ANN, "To the desk whose password is wrong")
    await world.write("bob@mail.test", "To the other desk", to="vip@examplex.test")
    await world.mail_to("bob@mail.test", "GH-")
    rows = await world.channels()
    assert (rows["support"]["state"], rows["vip"]["state"]) == ("auth failed", "running")
    assert "refused" in rows["support"]["last_error"]
    assert "renew" in rows["support"]["action"]
    assert len(world.server.inbox(ANN)) == 0
    assert await gateway.stop() == 0

    (gateway.folder / "mail.password").write_text(PASSWORD)
    await gateway.start()
    await world.mail_to(ANN, "GH-")
    assert await gateway.stop() == 0
    assert len(world.server.inbox("bob@mail.test")) == 1


async def test_intake_resumes_by_itself_when_the_mail_server_is_back(world: World) -> None:
    async with Relay.open("127.0.0.1", world.server.imap_port) as relay:
        world.gateway.configure(relay.port, world.server.smtp_port, PASSWORD)
        await world.gateway.start()
        await world.write(ANN, "Before")
        await world.mail_to(ANN, "GH-")
        async with relay.outage():
            await world.logged("part.failed", part="support:INBOX")
            await world.write("bob@mail.test", "Meanwhile")
            row = (await world.channels())["support"]
            assert row["state"] == "retrying"
            assert row["last_error"]
        await world.mail_to("bob@mail.test", "GH-")
        world.server.drop_connections()
        await world.write("cay@mail.test", "After")
        await world.mail_to("cay@mail.test", "GH-")
        assert (await world.channels())["support"]["state"] == "running"
        assert await world.gateway.stop() == 0
    assert [len(world.server.inbox(name)) for name in (ANN, "bob@mail.test", "cay@mail.test")] == [1, 1, 1]


async def test_an_acknowledgement_that_is_refused_for_now_is_sent_once_later(world: World) -> None:
    gateway = world.gateway
    await gateway.start()
    world.server.refuse_smtp(450, at="MAIL")
    world.server.deliver(DESK, HELLO)
    await gateway.until(lambda: gateway.count("effect.postponed") >= 2, BOUND_SECS)
    row = (await world.channels())["support"]
    assert row["state"] == "retrying"
    assert "code 450" in row["last_error"]
    assert len(world.server.inbox(ANN)) == 0
    world.server.refuse_smtp(None)
    await world.mail_to(ANN, "GH-")
    await world.logged("effect.settled", kind="acknowledgement")
    assert (await world.channels())["support"]["state"] == "running"
    await gateway.stop()
    await gateway.start()
    assert await gateway.stop() == 0
    assert len(world.server.inbox(ANN)) == 1


async def test_an_acknowledgement_of_unknown_outcome_is_shown_and_not_sent_again(world: World) -> None:
    gateway = world.gateway
    await gateway.start()
    world.server.drop_after_data()
    world.server.deliver(DESK, HELLO)
    await world.logged("effect.maybe_sent", kind="acknowledgement")
    (case,) = await world.cases()
    assert "acknowledgement at support: MAYBE SENT" in await world.done("cases", "show", case["id"])
    assert "1 maybe sent" in await world.done("channels", "list")
    await gateway.stop()
    await gateway.start()
    await world.write("bob@mail.test", "Somebody else")
    await world.mail_to("bob@mail.test", "GH-")
    assert await gateway.stop() == 0
    assert len(world.server.inbox(ANN)) == 1
