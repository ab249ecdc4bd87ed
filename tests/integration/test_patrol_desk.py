"""The patrol within a running desk: what it finds on X and in the DNS is a case, a ticket and a report, each once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import pytest
from typer.testing import CliRunner

from gateway.cli.main import app
from gateway.patrol.running import Patrolling
from tests.integration.moved_desk import Json
from tests.integration.x_desk import XDesk, x_desk
from tests.servers.dns_server import DnsServer

_RUN = Patrolling._once.__qualname__
LOOK_UP = "GET /2/users/by"
_TABLE = """
[patrol]
every_hours = 2
budget = 60
domains = 60
dns = ["127.0.0.1#{port}"]
"""


@dataclass
class Asked:
    """A question to the DNS, as the desk waits for calls."""

    status: int | None


@asynccontextmanager
async def patrolled(folder: Path, *, table: bool = True) -> AsyncIterator[tuple[XDesk, DnsServer]]:
    """Run a desk that goes on patrol, with a DNS in which all is well."""
    async with DnsServer.start() as dns, x_desk(folder, starts=False) as desk:
        dns.register("examplex.test", "127.0.0.1")
        dns.set("examplex.test", "MX", "10 mx.examplex.test.")
        dns.set("examplex.test", "TXT", '"v=spf1 mx -all"')
        dns.set("_dmarc.examplex.test", "TXT", '"v=DMARC1; p=reject"')
        desk.beside.append(lambda: [Asked(200)] * dns.asked.total())
        desk.is_under_way = _is_on_patrol
        desk.configure(top=_TABLE.format(port=dns.port) if table else "")
        yield desk, dns


def _is_on_patrol() -> bool:
    """Whether a run has not ended: between two of its questions nothing else shows that it goes on."""
    return any(getattr(task.get_coro(), "__qualname__", "") == _RUN for task in asyncio.all_tasks())


def impostors(desk: XDesk) -> list[Json]:
    return [case for case in desk.cases() if case["category"] == "impersonation"]


def reports(desk: XDesk) -> list[tuple[str, str, str, int, str, str]]:
    query = "select kind, platform, value, times, origin, case_id from reports order by kind, value"
    return [(row[0], row[1], row[2], row[3], row[4], row[5]) for row in desk.rows(query)]


async def runs(desk: XDesk, times: int = 1) -> None:
    """Let time pass until the patrol has come to its end so often again, and all is worked off."""

    def ended() -> list[tuple[str]]:
        return desk.rows("select document from marks where name = 'patrol:run:ended'")

    for _ in range(times):
        before = ended()
        await desk.until(lambda before=before: ended() != before, step=600)
        await desk.until(lambda: not desk.open(), step=1)


async def test_look_alikes_are_cases_tickets_and_reports_once_also_after_a_restart(tmp_path: Path) -> None:
    async with patrolled(tmp_path) as (desk, dns):
        desk.server.person("examplex_help", "Examplex Support", "6661", description="Official help of Examplex")
        dns.register("examplex-support.com", "198.51.100.7")
        dns.set("examplex-support.com", "MX", "10 mail.examplex-support.com.")
        await desk.start()
        await runs(desk)
        found = {case["platform"]: case for case in impostors(desk)}
        assert set(found) == {"x", "web"}
        assert found["x"]["tags"] == ["impersonation"]
        assert reports(desk) == [
            ("domain", "", "examplex-support.com", 1, "patrol", found["web"]["id"]),
            ("handle", "x", "examplex_help", 1, "patrol", found["x"]["id"]),
        ]
        texts = {line.case_id: line.text for line in desk.lines()}
        assert set(texts) == {case["id"] for case in found.values()}
        assert "Official help of Examplex" in texts[found["x"]["id"]]
        assert "mail.examplex-support.com" in texts[found["web"]["id"]]
        shown = await asyncio.to_thread(
            CliRunner().invoke, app, ["cases", "show", found["x"]["id"], "--config", str(desk.config)]
        )
        assert shown.exit_code == 0
        assert "examplex_help" in shown.stdout
        assert "What to do:" in shown.stdout
        # A restart runs nothing again before its time; later all is found again, and told no more.
        calls = len(desk.calls_of(LOOK_UP))
        await desk.restart()
        await desk.passes(3600, step=600)
        assert len(desk.calls_of(LOOK_UP)) == calls
        await runs(desk)
        assert len(desk.calls_of(LOOK_UP)) > calls
        assert len(desk.cases()) == 2
        assert len(desk.lines()) == 2
        assert [times for _, _, _, times, _, _ in reports(desk)] == [1, 1]
        # Nobody was written to: neither the impostor nor anybody else.
        assert (desk.server.sent_messages, desk.server.sent_posts) == ([], [])
        assert [effect.kind for effect in desk.effects()] == ["ticket", "ticket"]


async def test_what_becomes_amiss_with_what_is_ours_is_a_case_each_time(tmp_path: Path) -> None:
    async with patrolled(tmp_path) as (desk, dns):
        await desk.start()
        await runs(desk)
        assert desk.cases() == []
        desk.server.world.suspended.add(desk.server.own["id"])
        dns.set("examplex.test", "MX", "10 mx.elsewhere.test.")
        await runs(desk)
        cases = desk.cases()
        assert [case["category"] for case in cases] == ["official-account", "official-account"]
        assert {case["platform"] for case in cases} == {"x", "web"}
        assert any("mx.elsewhere.test" in text for text in desk.texts())
        assert any("account_suspended" in text for text in desk.texts())
        await runs(desk)
        assert len(desk.cases()) == 2
        # Over, and again: that is another matter.
        desk.server.world.suspended.clear()
        await runs(desk)
        desk.server.world.suspended.add(desk.server.own["id"])
        await runs(desk)
        assert len(desk.cases()) == 3
        assert reports(desk) == []
        assert desk.rows("select document from marks where name = 'patrol:altered'") == [("3",)]


async def test_a_desk_that_is_stopped_amid_a_run_ends_in_order_and_does_it_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with patrolled(tmp_path) as (desk, dns):
        desk.server.person("examplex_help", "Examplex Support", "6661")
        dns.all_silent = True
        await desk.start()
        async with asyncio.timeout(20):
            while not dns.asked:
                await asyncio.sleep(0.001)
        await desk.stop()
        assert [task for task in asyncio.all_tasks() if task.get_name() == "patrol"] == []
        told = capsys.readouterr().out
        assert "part.cut_off" not in told
        assert "patrol.finished" not in told
        assert desk.rows("select document from marks where name = 'patrol:run:ended'") == []
        dns.all_silent = False
        await desk.start()
        await runs(desk)
        assert len(impostors(desk)) == 1


async def test_a_table_that_is_added_and_taken_out_holds_at_once(tmp_path: Path) -> None:
    async with patrolled(tmp_path, table=False) as (desk, dns):
        desk.server.person("examplex_help", "Examplex Support", "6661")
        await desk.start()
        await desk.polled()
        assert "patrol" not in await desk.parts()
        assert desk.calls_of(LOOK_UP) == []
        desk.configure(top=_TABLE.format(port=dns.port))
        await runs(desk)
        assert len(impostors(desk)) == 1
        assert "patrol" in await desk.parts()
        desk.configure()
        await desk.passes(60, step=1)
        calls = len(desk.calls_of(LOOK_UP))
        await desk.passes(8 * 3600, step=600)
        assert "patrol" not in await desk.parts()
        assert len(desk.calls_of(LOOK_UP)) == calls


async def test_a_run_by_hand_in_the_store_is_the_gateways_own(tmp_path: Path) -> None:
    """The look-alike that it finds is a case of the running desk, and the next run of that has nothing new."""
    async with patrolled(tmp_path, table=False) as (desk, dns):
        desk.server.person("examplex_help", "Examplex Support", "6661")
        await desk.start()
        status, lines = await command(desk, "--store", "--budget", "domains=0", "--dns", f"127.0.0.1#{dns.port}")
        assert status == 3
        assert [line["subject"] for line in lines if line["type"] == "change"] == ["examplex_help"]
        await desk.until(lambda: impostors(desk) and not desk.open(), step=1)
        desk.configure(top=_TABLE.format(port=dns.port))
        await runs(desk)
        assert len(impostors(desk)) == 1
        assert [row[:5] for row in reports(desk)] == [("handle", "x", "examplex_help", 1, "patrol")]
        assert not (desk.folder / "patrol.json").exists()


async def command(desk: XDesk, *args: str) -> tuple[int, Sequence[Json]]:
    line = ["patrol", "--config", str(desk.config), "--json", *args]
    with patch("gateway.clock.SystemClock", lambda: desk.clock):
        result = await asyncio.to_thread(CliRunner().invoke, app, line)
    return result.exit_code, [json.loads(each) for each in result.stdout.splitlines() if each.startswith("{")]
