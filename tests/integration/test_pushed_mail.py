"""A real Postfix pushes mail into the real gateway by LMTP: nothing is lost, nothing doubled, whatever ends when."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from typing_extensions import override

from gateway.ports import Raw
from tests.conftest import ManualClock, free_port
from tests.gateway_process import GatewayProcess
from tests.servers.postfix import Postfix, folder_for_socket
from tests.servers.relay import Relay
from tests.servers.smtp_sink import SmtpSink
from tests.unit.email_listening import Desk as ListeningDesk
from tests.unit.email_listening import listening

pytestmark = pytest.mark.timeout(120)

SECS = 60.0
MAIL = """\
From: Ana <ana@user.example>
To: support@examplex.test
Subject: {subject}
Message-ID: <{subject}@user.example>

My account is locked.
"""


class Withholding(Relay):
    """A line to the listener on which, when asked, no answer to a mail comes back."""

    withholds = False

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self.whole = asyncio.Event()
        """Set when a mail has gone over it to its end."""

    @override
    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await super()._serve(reader, writer)
        except ConnectionError:
            writer.transport.abort()

    @override
    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, mark: bool) -> None:
        try:
            ready = False
            while data := await source.read(65536):
                if not mark and b"\r\n.\r\n" in data:
                    self.whole.set()
                if mark and ready and self.withholds:
                    continue
                ready = mark and b"354 " in data
                sink.write(data)
                await sink.drain()
        except OSError:
            pass
        finally:
            sink.transport.abort()
            self._writers.discard(sink)


class Taker(ListeningDesk):
    """Takes what a listener hands over, and gives it to a test one by one."""

    def __init__(self) -> None:
        super().__init__()
        self._queue: asyncio.Queue[Raw] = asyncio.Queue()

    @override
    async def take(self, raws: Sequence[Raw]) -> None:
        for raw in raws:
            self._queue.put_nowait(raw)

    async def next(self) -> Raw:
        async with asyncio.timeout(SECS):
            return await self._queue.get()


@dataclass
class Desk:
    """A desk whose mail server is Postfix."""

    gateway: GatewayProcess
    mail_server: Postfix
    line: Withholding
    users: SmtpSink

    async def send(self, subject: str, client: str = "203.0.113.7", text: str = MAIL) -> None:
        raw = text.format(subject=subject).replace("\n", "\r\n").encode()
        await asyncio.to_thread(self.mail_server.send, raw, ["support@examplex.test"], "ana@user.example", client)

    async def reached(self, condition: Callable[[], bool]) -> None:
        """Return when it holds; Postfix tries each second what waits."""
        async with asyncio.timeout(SECS):
            while not await asyncio.to_thread(condition):
                await asyncio.to_thread(self.mail_server.flush)
                await asyncio.sleep(0.1)

    def is_empty(self) -> bool:
        return self.mail_server.queue() == []

    def deferred(self, why: str) -> bool:
        return any(why in str(each["recipients"]) for each in self.mail_server.queue())

    def raws(self) -> int:
        return int(self.gateway.rows("SELECT count(*) FROM raws")[0][0])

    def cases(self) -> int:
        return int(self.gateway.rows("SELECT count(*) FROM cases")[0][0])

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else can write the store meanwhile."""
        with contextlib.closing(sqlite3.connect(self.gateway.folder / "gatehouse.db", isolation_level=None)) as line:
            line.execute("BEGIN IMMEDIATE")
            yield
            line.execute("ROLLBACK")


@asynccontextmanager
async def desk(folder: Path, more: str = "") -> AsyncIterator[Desk]:
    """Run all of it; the gateway answers by the same Postfix."""
    port = free_port()
    gateway = GatewayProcess(folder / "desk")
    async with Withholding.open("127.0.0.1", port) as line, SmtpSink().running() as users:
        assert isinstance(line, Withholding)
        outside = {"user.example": f"smtp:[127.0.0.1]:{users.port}"}
        server = await asyncio.to_thread(Postfix.start, folder, f"lmtp:inet:127.0.0.1:{line.port}", outside=outside)
        try:
            gateway.configure_pushed(server.port, f'listen = "127.0.0.1:{port}"\n{more}')
            await gateway.start()
            yield Desk(gateway, server, line, users)
        finally:
            await gateway.close()
            await asyncio.to_thread(server.stop)


async def test_mail_goes_in_by_lmtp_and_the_answer_out_by_the_same_server(tmp_path: Path) -> None:
    """And while the store is away, the server is told to come again, and does."""
    async with desk(tmp_path, "commit_secs = 0.3") as found:
        await found.send("locked")
        async with asyncio.timeout(SECS):
            await found.users.event(".").wait()
        assert found.users.taken[0].recipients == ["ana@user.example"]
        await found.reached(found.is_empty)
        ((notes,),) = found.gateway.rows("SELECT notes FROM raws")
        assert json.loads(notes)["peer"] == "203.0.113.7", "whom Postfix had it from, and not Postfix"
        with found.locked():
            await found.send("late")
            await found.reached(lambda: found.deferred("451 4.3.0"))
            assert found.raws() == 1
        await found.reached(lambda: found.raws() == 2 and found.is_empty())
        assert found.gateway.count("mail.failed") == 0
        assert await found.gateway.stop() == 0
    assert "status=sent (250 2.0.0 kept as " in found.mail_server.log()


async def test_p7_a_gateway_that_is_killed_before_its_answer_is_given_the_mail_again_and_keeps_it_once(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path) as found:
        found.line.withholds = True
        await found.send("stored")
        await found.gateway.until(lambda: found.gateway.count("push.stored") > 0)
        await found.gateway.kill()
        found.line.cut()
        found.line.whole.clear()
        await found.gateway.start()
        with found.locked():
            await found.send("unstored")
            async with asyncio.timeout(SECS):
                await found.line.whole.wait()
            await found.gateway.kill()
            found.line.cut()
        assert found.raws() == 1
        assert not found.is_empty(), "the mail server keeps what it was not promised"
        found.line.withholds = False
        await found.gateway.start()
        await found.reached(lambda: found.is_empty() and found.raws() == 2)
        await found.reached(lambda: found.cases() == 2)
        assert found.raws() == 2


@asynccontextmanager
async def by_socket(folder: Path, clock: ManualClock, users: SmtpSink) -> AsyncIterator[tuple[Taker, Postfix]]:
    """A listener on a socket that Postfix's own group may use, as operators are told to have it."""
    place = folder_for_socket()
    taker = Taker()
    try:
        path = place / "lmtp.sock"
        own = {"socket": path, "socket_mode": "0660", "address": "support@examplex.test", "aliases": []}
        async with listening(taker, clock, **own):
            outside = {"user.example": f"smtp:[127.0.0.1]:{users.port}"}
            server = await asyncio.to_thread(Postfix.start, folder, f"lmtp:unix:{path}", outside=outside)
            try:
                yield taker, server
            finally:
                await asyncio.to_thread(server.stop)
    finally:
        shutil.rmtree(place)


async def test_a_bounce_odd_addresses_and_many_recipients_come_by_a_socket_as_they_are(
    tmp_path: Path, clock: ManualClock
) -> None:
    users = SmtpSink(answers={"RCPT": ["550 5.1.1 no such user"]}, extensions=["SIZE 1000000", "8BITMIME", "SMTPUTF8"])

    async with users.running(), by_socket(tmp_path, clock, users) as (taker, server):

        async def send(*recipients: str, sender: str) -> None:
            raw = MAIL.format(subject="x").replace("\n", "\r\n").encode()
            await asyncio.to_thread(server.send, raw, recipients, sender)

        await send("gone@user.example", sender="support@examplex.test")
        bounce = await taker.next()
        assert bounce.notes["mail_from"] == ""
        assert b"Final-Recipient: rfc822; gone@user.example" in bounce.body
        assert "peer" not in bounce.notes, "Postfix itself wrote it"
        await send("support@examplex.test", "support+1@examplex.test", sender="ünal@user.example")
        found = await taker.next()
        assert found.notes["mail_from"] == "ünal@user.example"
        assert set(found.notes["rcpt_to"].split()) == {"support@examplex.test", "support+1@examplex.test"}
        await send("support@examplex.test", "nobody@examplex.test", sender="ana@user.example")
        assert (await taker.next()).notes["rcpt_to"] == "support@examplex.test"
        async with asyncio.timeout(SECS):
            await users.event(".").wait()
        assert users.taken[0].sender == "", "the sender is told of the one that is none of ours, by Postfix"
        assert b"nobody@examplex.test" in users.taken[0].data
