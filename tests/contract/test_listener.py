"""The mail listener keeps the contract of a `Listener`, by both protocols; the suite finds those that do not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio

from connectors.email._listener import EmailListener
from gateway.errors import ConfigError
from gateway.ports import Listener
from gateway.store import Sealer, SqlStore, open_store
from tests.conftest import ManualClock, free_port
from tests.contract.broken_listeners import BROKEN, LEFT
from tests.contract.listener_suite import CHECKS, Check, Ground, Pusher
from tests.servers.smtp_talk import Talk, talking
from tests.unit.email_listening import MAIL, US, settings


@dataclass
class MailServer:
    """Pushes as a mail server does."""

    talk: Talk
    hello: str

    async def push(self, number: int) -> bool:
        await self.begin(number)
        return await self.said()

    async def half(self, number: int) -> None:
        await self.talk.begin(US, hello=self.hello)
        self.talk.write(mail(number)[:-10])

    async def begin(self, number: int) -> None:
        await self.talk.begin(US, hello=self.hello)
        self.talk.write(mail(number) + b"\r\n.\r\n")

    async def said(self) -> bool:
        return (await self.talk.answer())[:1] == "2"


def mail(number: int) -> bytes:
    return MAIL.replace(b"<1@", b"<%d@" % number)


@dataclass
class EmailHarness:
    """The mail listener on a port."""

    protocol: str
    source: str = "support"
    port: int = field(default_factory=free_port)

    def listener(self, clock: ManualClock) -> Listener:
        own = settings(protocol=self.protocol, listen=f"127.0.0.1:{self.port}")
        return EmailListener(self.source, own, clock, end_secs=0.3)

    @asynccontextmanager
    async def pusher(self) -> AsyncIterator[Pusher]:
        async with talking(self.port) as talk:
            yield MailServer(talk, "LHLO" if self.protocol == "lmtp" else "EHLO")


@pytest_asyncio.fixture
async def store(tmp_path: Path, clock: ManualClock) -> AsyncIterator[SqlStore]:
    sealer = Sealer({"test": b"k" * 32}, "test")
    async with open_store(tmp_path / "gatehouse.db", tmp_path / "blobs", sealer, clock) as opened:
        yield opened


@pytest.mark.parametrize("protocol", ["lmtp", "smtp"])
@pytest.mark.parametrize("promise", CHECKS, ids=lambda promise: promise.__name__)
async def test_the_mail_listener_keeps(promise: Check, protocol: str, store: SqlStore, clock: ManualClock) -> None:
    await promise(Ground(EmailHarness(protocol), store, clock))


@pytest.mark.parametrize(("fault", "found_by"), BROKEN, ids=lambda value: getattr(value, "__name__", value))
async def test_the_suite_finds(
    fault: Callable[[Listener], Listener], found_by: str, store: SqlStore, clock: ManualClock
) -> None:
    promise = {each.__name__: each for each in CHECKS}[found_by]
    with pytest.raises((AssertionError, TimeoutError, ConfigError)):
        await promise(Ground(EmailHarness("lmtp"), store, clock, broken=fault, end_secs=1.0))
    while LEFT:
        await LEFT.pop().__aexit__(None, None, None)
