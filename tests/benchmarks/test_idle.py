"""While the gateway idles, a new mail is a ticket within a second: what the product promises, delivery to ticket."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.gateway_process import GatewayProcess
from tests.mails import DESK, plain
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink

pytestmark = [pytest.mark.bench, pytest.mark.dovecot, pytest.mark.timeout(600)]

SAMPLES = 50


@pytest_asyncio.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[GatewayProcess]:
    process = GatewayProcess(tmp_path / "desk")
    yield process
    await process.close()


def tickets(gateway: GatewayProcess) -> int:
    return sum(event["event"] == "effect.settled" and event["kind"] == "ticket" for event in gateway.events)


async def test_a_new_mail_is_a_ticket_within_a_second(gateway: GatewayProcess, dovecot: Dovecot) -> None:
    """The bound on the median is what is promised; Dovecot by itself waits half a second before it tells."""
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
        f"95th percentile {sorted(waits)[int(SAMPLES * 0.95)]:.3f} s, slowest {max(waits):.3f} s"
    )
    assert median < 1.0
