"""Two hundred mails in a real mailbox, and the gateway killed ten times on the way: nothing lost, nothing doubled."""

from __future__ import annotations

import asyncio
import collections
import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.gateway_process import GatewayProcess
from tests.mails import DESK, may_be_acknowledged, mixed
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SILENCE, SmtpSink

pytestmark = [pytest.mark.crash, pytest.mark.dovecot, pytest.mark.timeout(400)]

FULL = os.environ.get("GATEHOUSE_FULL") == "1"
MAILS = 2000 if FULL else 200

KILLS: tuple[tuple[str, int], ...] = (
    ("engine.started", 1),
    ("page.stored", 1),
    ("page.stored", 2),
    ("raw.settled", 7),
    ("effect.settled", 4),
    ("raw.settled", 25),
    ("mail taken", 3),
    ("effect.settled", 31),
    ("mail taken", 9),
    ("effect.settled", 60),
)
"""When each kill comes: after so many events of that name in the life that it ends. `mail taken` is the worst moment:
the mail server has the acknowledgement and has not answered yet."""


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


async def _one_life(gateway: GatewayProcess, sink: SmtpSink, event: str, count: int) -> None:
    if event == "mail taken":
        sink.answers["."] = ["250 taken"] * (count - 1) + [SILENCE]
        goal = len(sink.taken) + count
        await gateway.start()
        await _until(lambda: len(sink.taken) >= goal)
        sink.answers["."] = []
    else:
        await gateway.start()
        await gateway.until(lambda: gateway.count(event) >= count)
    await gateway.kill()


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0)


def _finished(gateway: GatewayProcess) -> bool:
    open_raws = gateway.rows("select count(*) from raws where state not in ('settled', 'buried')")
    open_effects = gateway.rows("select count(*) from effects where state not in ('settled', 'buried', 'maybe_sent')")
    taken = gateway.rows("select count(*) from raws where source = 'support'")
    return taken[0][0] == MAILS and open_raws[0][0] == 0 and open_effects[0][0] == 0


async def test_ten_kills_lose_nothing_and_double_nothing(gateway: GatewayProcess, dovecot: Dovecot) -> None:
    dovecot.fill(mixed(MAILS), DESK)
    async with SmtpSink().running() as sink:
        gateway.configure(dovecot.imap_port, sink.port, dovecot.password, batch=8, page=16)
        for event, count in KILLS:
            await _one_life(gateway, sink, event, count)
        await gateway.start()
        await gateway.until(lambda: _finished(gateway), secs=300)
        assert await gateway.stop() == 0
        sent = [(mail.recipients[0], mail.data) for mail in sink.taken]

    keys = [key for (key,) in gateway.rows("select key from raws where source = 'support'")]
    assert len(keys) == len(set(keys)) == MAILS, "every mail is in the journal once"
    assert gateway.rows("select distinct state from raws") == [("settled",)]

    entries = gateway.rows("select case_id, message_id from entries where direction = 'in'")
    assert len(entries) == MAILS, "every mail is an entry once"
    assert len({case for case, _ in entries}) == MAILS, "and a case of its own"
    tickets = gateway.rows("select ticket, count(*) from desk_lines where by_agent = 0 group by ticket")
    assert len(tickets) == MAILS, "every case has a ticket"
    assert {count for _, count in tickets} == {1}, "with its one message"

    received = collections.Counter(recipient for recipient, _ in sent)
    assert max(received.values()) == 1, "nobody is acknowledged twice"
    assert set(received) <= may_be_acknowledged(MAILS), "and no machine at all"
    states = dict(gateway.rows("select state, count(*) from effects where kind = 'acknowledgement' group by state"))
    assert set(states) <= {"settled", "maybe_sent"}
    assert sum(states.values()) == len(may_be_acknowledged(MAILS))
    # Each kill leaves at most the one acknowledgement in doubt that was under way.
    assert states.get("maybe_sent", 0) <= len(KILLS)
    assert states["settled"] <= len(sent) <= states["settled"] + states.get("maybe_sent", 0)
