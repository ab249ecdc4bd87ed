"""The mail connector keeps every promise of a connector on a real Dovecot; the suite catches connectors that do not."""

from __future__ import annotations

import re
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from pydantic import SecretStr

from connectors.email import PLUGIN, EmailSettings
from gateway.ports import Connector, Opening
from tests.conftest import ManualClock
from tests.contract.broken_connectors import BROKEN, Broken, MemoryHarness
from tests.contract.connector_suite import PROMISES, Harness
from tests.servers.dovecot import Dovecot
from tests.servers.relay import Relay
from tests.servers.smtp_sink import SmtpSink

pytest_plugins = ("tests.servers.dovecot_fixture",)

Promise = Callable[[Harness], Awaitable[None]]


class DovecotHarness:
    """One fresh mailbox behind a relay that a test can cut."""

    page = 3

    def __init__(self, server: Dovecot, relay: Relay, smtp: SmtpSink, **changes: str) -> None:
        self._changes = changes
        self._server = server
        self._relay = relay
        self._smtp = smtp
        self.user = f"{uuid.uuid4().hex}@example.test"
        self._count = 0

    @asynccontextmanager
    async def connector(self) -> AsyncIterator[Connector]:
        values = {
            "address": self.user,
            "password": SecretStr(self._server.password),
            "imap_host": "127.0.0.1",
            "imap_port": self._relay.port,
            "imap_security": "plain",
            "smtp_host": "127.0.0.1",
            "smtp_port": self._smtp.port,
            "smtp_security": "plain",
            "batch": self.page,
            "step_secs": 10,
            "idle_secs": 0.05,
        }
        settings = EmailSettings.model_validate(values | self._changes)
        async with PLUGIN.open(Opening("support", settings, ManualClock())) as channel:
            yield channel.connector

    async def deliver(self, count: int) -> list[bytes]:
        marks = [self._mark() for _ in range(count)]
        head = b"From: User <User@Elsewhere.test>\r\nSubject: * help ( me\r\n\r\n"
        self._server.fill([head + mark + b"\r\n" for mark in marks], self.user)
        return marks

    async def deliver_odd(self) -> bytes:
        mark = self._mark()
        self._server.fill([b"\xff\xfe no header at all ) " + mark + b"\r\n"], self.user)
        return mark

    @asynccontextmanager
    async def outage(self) -> AsyncIterator[None]:
        async with self._relay.outage():
            yield

    async def state(self) -> object:
        with self._server.imap(self.user) as line:
            line.select("INBOX", readonly=True)
            _, data = line.uid("FETCH", "1:*", "(UID FLAGS)")
        return sorted(re.sub(rb"\A\d+ |\\Recent ?", b"", item) for item in data if isinstance(item, bytes))

    def _mark(self) -> bytes:
        self._count += 1
        return f"mark-{self._count:06}.".encode()


@pytest.mark.dovecot
@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
async def test_mail_keeps_the_promise(promise: Promise, dovecot: Dovecot) -> None:
    sink = SmtpSink(password=dovecot.password)
    async with Relay.open(dovecot.host, dovecot.imap_port) as relay, sink.running():
        await promise(DovecotHarness(dovecot, relay, sink))


@pytest.mark.dovecot
@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
async def test_mail_that_is_archived_keeps_the_promise(promise: Promise, dovecot: Dovecot) -> None:
    sink = SmtpSink(password=dovecot.password)
    async with Relay.open(dovecot.host, dovecot.imap_port) as relay, sink.running():
        harness = DovecotHarness(dovecot, relay, sink, after_storing="archive", archive_folder="Done")
        with dovecot.imap(harness.user) as line:
            line.create("Done")
        await promise(harness)


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
async def test_a_good_connector_passes(promise: Promise) -> None:
    await promise(MemoryHarness())


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.connector.__name__)
async def test_each_fault_is_caught(broken: Broken) -> None:
    """Every promise that claims to notice this fault fails on it."""
    promises = {promise.__name__: promise for promise in PROMISES}
    for name in broken.caught_by:
        with pytest.raises(AssertionError):
            await promises[name](MemoryHarness(broken.connector))


def test_every_promise_is_proven_to_fail() -> None:
    assert {name for broken in BROKEN for name in broken.caught_by} == {promise.__name__ for promise in PROMISES}
