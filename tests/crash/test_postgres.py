"""Several gateways on one PostgreSQL: work spreads, a dead one is taken over from, nothing is lost or doubled."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.gateway_process import GatewayProcess
from tests.mails import DESK, may_be_acknowledged, mixed, plain
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres, Template
from tests.servers.smtp_sink import SmtpSink

pytestmark = [pytest.mark.crash, pytest.mark.dovecot, pytest.mark.timeout(200)]
MAILS = 48
MORE = 10
SALES = "sales@examplex.test"


@pytest.fixture
def dovecot(tmp_path: Path) -> Iterator[Dovecot]:
    server = Dovecot.start(tmp_path)
    yield server
    server.stop()


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    with Template.make() as template:
        server = Postgres.start(template, "engine")
        yield server
        server.stop()


@asynccontextmanager
async def nodes(
    folder: Path, dovecot: Dovecot, postgres: Postgres, sink: SmtpSink, count: int
) -> AsyncIterator[Sequence[GatewayProcess]]:
    """So many gateways of one desk with two mailboxes, none of them started."""
    found = [GatewayProcess(folder / str(number)) for number in range(count)]
    for gateway in found:
        gateway.configure(dovecot.imap_port, sink.port, dovecot.password, batch=6, page=12)
        text = gateway.config.read_text()
        second = (
            f'\n[channels.sales]\nconnector = "email"\naddress = "{SALES}"\npassword = {{ file = "mail.password" }}\n'
        )
        gateway.config.write_text(f'{text}{second}\n[store]\nurl = "{postgres.url()}"\n')
        (gateway.folder / "gatehouse.key").write_bytes((found[0].folder / "gatehouse.key").read_bytes())
    try:
        yield found
    finally:
        for gateway in found:
            await gateway.close()


def owners(postgres: Postgres) -> dict[str, int]:
    """Return the epoch of the node that owns each source."""
    return {str(source): int(str(epoch)) for source, epoch in postgres.execute("select source, epoch from owners")}


def count(postgres: Postgres, what: str) -> int:
    return int(str(postgres.execute(f"select count(*) from {what}")[0][0]))  # noqa: S608 - of this test alone


def settled(postgres: Postgres, mails: int, replies: int) -> Callable[[], bool]:
    def done() -> bool:
        taken = count(postgres, "raws where state = 'settled' and source in ('support', 'sales')")
        ended = count(postgres, "effects where state in ('settled', 'maybe_sent')")
        return taken == mails and ended == mails + replies

    return done


async def test_work_spreads_over_the_nodes_and_a_dead_ones_is_taken_over(
    tmp_path: Path, dovecot: Dovecot, postgres: Postgres
) -> None:
    dovecot.fill(mixed(MAILS), DESK)
    dovecot.fill([plain(number) for number in range(100, 100 + MAILS)], SALES)
    async with SmtpSink().running() as sink, nodes(tmp_path, dovecot, postgres, sink, 2) as (first, second):
        await first.start()
        await first.until(lambda: first.count("node.shared") >= 1)
        await second.start()
        await second.until(lambda: second.count("node.shared") >= 1)
        await first.until(lambda: len(set(owners(postgres).values())) == 2)
        for number in range(200, 200 + MORE):
            dovecot.deliver(plain(number), DESK)
            dovecot.deliver(plain(number + MORE), SALES)
        await second.until(lambda: second.count("page.stored") >= 1)
        await first.kill()
        replies = len(may_be_acknowledged(MAILS)) + MAILS
        await second.until(settled(postgres, 2 * (MAILS + MORE), replies + 2 * MORE), secs=90)
        await second.until(lambda: len(set(owners(postgres).values())) == 1)
        assert set(owners(postgres)) == {"support", "sales", "backend:embedded", "engine"}
        assert await second.stop() == 0
    tickets = postgres.execute("select ticket, count(*) from desk_lines where not by_agent group by ticket")
    assert len(tickets) == 2 * (MAILS + MORE)
    assert {number for _, number in tickets} == {1}
    received = [mail.recipients[0] for mail in sink.taken]
    assert len(received) == len(set(received))
    assert count(postgres, "effects where state = 'maybe_sent'") <= 2, "at most one a channel was under way"


async def test_a_dead_nodes_channels_are_fetched_again_soon(
    tmp_path: Path, dovecot: Dovecot, postgres: Postgres
) -> None:
    """Ten seconds are the promise; the bound here is wider for slow machines, and the time is printed."""
    dovecot.fill([], DESK)
    dovecot.fill([], SALES)
    async with SmtpSink().running() as sink, nodes(tmp_path, dovecot, postgres, sink, 2) as (first, second):
        await first.start()
        await second.start()
        await second.until(lambda: second.count("node.shared") >= 1)
        await first.until(lambda: len(set(owners(postgres).values())) == 2)
        await first.kill()
        began = time.monotonic()
        await second.until(lambda: len(set(owners(postgres).values())) == 1, secs=30)
        print(f"\na dead node's sources were owned again after {time.monotonic() - began:.1f} s")
        dovecot.deliver(plain(1), DESK)
        dovecot.deliver(plain(2), SALES)
        taken = "raws where state = 'settled' and source in ('support', 'sales')"
        await second.until(lambda: count(postgres, taken) == 2)
        assert await second.stop() == 0


async def test_workers_of_one_machine_share_the_work_and_end_together(
    tmp_path: Path, dovecot: Dovecot, postgres: Postgres
) -> None:
    dovecot.fill([plain(number) for number in range(MAILS)], DESK)
    dovecot.fill([plain(number) for number in range(100, 100 + MAILS)], SALES)
    async with SmtpSink().running() as sink, nodes(tmp_path, dovecot, postgres, sink, 1) as (gateway,):
        gateway.options = ("--workers", "3")
        await gateway.start()
        await gateway.until(lambda: gateway.count("engine.started") == 3)
        await gateway.until(settled(postgres, 2 * MAILS, 2 * MAILS), secs=90)
        await gateway.until(lambda: len(set(owners(postgres).values())) == 3)
        assert await gateway.stop() == 0
        assert gateway.count("engine.stopped") == 3
    tickets = postgres.execute("select ticket, count(*) from desk_lines where not by_agent group by ticket")
    assert {number for _, number in tickets} == {1}
    assert len(sink.taken) == 2 * MAILS


async def test_workers_whose_parent_was_killed_end_in_order(
    tmp_path: Path, dovecot: Dovecot, postgres: Postgres
) -> None:
    async with SmtpSink().running() as sink, nodes(tmp_path, dovecot, postgres, sink, 1) as (gateway,):
        gateway.options = ("--workers", "2")
        await gateway.start()
        await gateway.until(lambda: gateway.count("engine.started") == 2)
        # Returns once the last of them has let go of the log.
        await gateway.kill()
        assert gateway.count("engine.stopped") == 2
    assert count(postgres, "nodes") == 0
