"""How fast a mail becomes a ticket, with a real Dovecot and the real gateway: measured and printed.

The bound on the median is the promise of the product; everything else is only shown.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.gateway_process import GatewayProcess
from tests.mails import DESK, mixed, plain
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink

pytestmark = [pytest.mark.bench, pytest.mark.dovecot, pytest.mark.timeout(600)]

SAMPLES = 50
BACKLOG = 2000


@pytest.fixture
def dovecot(tmp_path: Path) -> Iterator[Dovecot]:
    """A server of the test's own, so that its mailbox holds nothing else."""
    server = Dovecot.start(tmp_path)
    yield server
    server.stop()


@pytest_asyncio.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[GatewayProcess]:
    process = GatewayProcess(tmp_path / "desk")
    yield process
    await process.close()


def tickets(gateway: GatewayProcess) -> int:
    return sum(event["event"] == "effect.settled" and event["kind"] == "ticket" for event in gateway.events)


async def test_a_new_mail_is_a_ticket_within_a_second(gateway: GatewayProcess, dovecot: Dovecot) -> None:
    dovecot.fill([], DESK)
    waits: list[float] = []
    async with SmtpSink().running() as sink:
        gateway.configure(dovecot.imap_port, sink.port, dovecot.password)
        await gateway.start()
        dovecot.deliver(plain(9999), DESK)
        await gateway.until(lambda: tickets(gateway) >= 1)
        for number in range(SAMPLES):
            # The gateway idles again once the acknowledgement of the mail before is out.
            await gateway.until(
                lambda n=number: len(sink.taken) >= n + 1 or gateway.count("effect.settled") >= 2 * n + 2
            )
            await asyncio.to_thread(dovecot.deliver, plain(number), DESK)
            delivered = time.perf_counter()
            await gateway.until(lambda n=number: tickets(gateway) >= n + 2)
            waits.append(time.perf_counter() - delivered)
        await gateway.stop()
    median = statistics.median(waits)
    print(
        f"\nnew mail to ticket, {SAMPLES} mails: median {median:.3f} s, "
        f"95th percentile {sorted(waits)[int(SAMPLES * 0.95)]:.3f} s, slowest {max(waits):.3f} s "
        "(Dovecot tells of a new mail after 0.5 s)"
    )
    assert median < 1.0


async def test_a_backlog_is_worked_off(gateway: GatewayProcess, dovecot: Dovecot) -> None:
    user = "backlog@examplex.test"
    dovecot.fill(mixed(BACKLOG), user)
    async with SmtpSink().running() as sink:
        gateway.configure(dovecot.imap_port, sink.port, dovecot.password, address=user)
        begun = time.perf_counter()
        await gateway.start()
        await gateway.until(lambda: tickets(gateway) >= BACKLOG, secs=500)
        took = time.perf_counter() - begun
        await gateway.stop()
    print(f"\nbacklog of {BACKLOG} mails of mixed shapes: {took:.1f} s, {BACKLOG / took:.0f} mails/s to ticket")
