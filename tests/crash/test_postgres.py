"""The whole gateway on PostgreSQL: the next takes over from a dead one, and nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateway_process import GatewayProcess
from tests.mails import DESK, may_be_acknowledged, mixed
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres, Template
from tests.servers.smtp_sink import SmtpSink

pytestmark = [pytest.mark.crash, pytest.mark.dovecot, pytest.mark.timeout(200)]
MAILS = 48


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


def on_postgres(gateway: GatewayProcess, url: str) -> None:
    text = gateway.config.read_text()
    gateway.config.write_text(text + f'\n[store]\nurl = "{url}"\n')


async def test_a_second_gateway_waits_its_turn_and_takes_over_from_a_dead_one(
    tmp_path: Path, dovecot: Dovecot, postgres: Postgres
) -> None:
    dovecot.fill(mixed(MAILS), DESK)
    first, second = GatewayProcess(tmp_path / "one"), GatewayProcess(tmp_path / "two")
    async with SmtpSink().running() as sink:
        for gateway in (first, second):
            gateway.configure(dovecot.imap_port, sink.port, dovecot.password, batch=6, page=12)
            on_postgres(gateway, postgres.url())
        (second.folder / "gatehouse.key").write_bytes((first.folder / "gatehouse.key").read_bytes())
        try:
            await first.start()
            with pytest.raises(AssertionError):
                await second.start()
            assert any("another gateway runs" in str(event) for event in second.events)
            await second.close()
            await first.until(lambda: first.count("page.stored") >= 1)
            await first.kill()
            await second.start()

            def done() -> bool:
                rows = postgres.execute("select count(*) from effects where state in ('settled', 'maybe_sent')")
                taken = postgres.execute("select count(*) from raws where state = 'settled' and source = 'support'")
                return taken[0][0] == MAILS and rows[0][0] == MAILS + len(may_be_acknowledged(MAILS))

            await second.until(done, secs=90)
            assert await second.stop() == 0
        finally:
            await first.close()
            await second.close()
    tickets = postgres.execute("select ticket, count(*) from desk_lines where not by_agent group by ticket")
    assert len(tickets) == MAILS
    assert {count for _, count in tickets} == {1}
    received = [mail.recipients[0] for mail in sink.taken]
    assert len(received) == len(set(received))
    maybe = postgres.execute("select count(*) from effects where state = 'maybe_sent'")
    assert maybe[0][0] in (0, 1)
