"""The patrol against platforms, a DNS and a web server on the loopback, as its command and as a run of its own."""

from __future__ import annotations

import asyncio
import csv
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner

from gateway.app import open_store_for
from gateway.case import Severity
from gateway.cli._resolvers import opened
from gateway.cli.main import app
from gateway.clock import SystemClock
from gateway.patrol.filed import FiledLog
from gateway.patrol.patrol import Patrol, run
from gateway.patrol.ports import Budgets, Failed
from gateway.patrol.resolving import StubResolver
from gateway.patrol.sightings import StoredSightings
from gateway.patrol.tls import Handshakes
from gateway.patrol.values import Report
from gateway.sandbox.telegram import TelegramServer
from gateway.sandbox.x import XServer
from gateway.settings import load
from gateway.store import new_key_line
from tests.integration.telegram_desk import BOT, BOT_ID, STAFF, TOKEN, telegram_desk
from tests.servers.dns_server import DnsServer
from tests.servers.tls_server import Authority, serving

_KEYS = ("consumer_key", "consumer_secret", "access_token", "access_secret", "bearer_token")
CONFIG = """
[brand]
name = "Examplex"

[backend]
kind = "embedded"

[log]
format = "json"

[channels.x]
connector = "x"
handle = "examplex"
user_id = "1000"
api_url = "{x}"
{keys}

[channels.tg]
connector = "telegram"
token = {{ file = "tg.token" }}
bot = "{bot}"
api_url = "{telegram}"
"""
OFFICIAL = """
[[brands]]
id = "examplex"
name = "Examplex"

[[brands.accounts]]
platform = "x"
handle = "examplex"
id = "1000"

[[brands.accounts]]
platform = "x"
handle = "examplex_desk"
id = "1001"

[[brands.accounts]]
platform = "telegram"
handle = "{bot}"
id = "{bot_id}"

[[brands.accounts]]
platform = "instagram"
handle = "examplex"

[[brands.web]]
domain = "examplex.test"

[[brands.mail]]
domain = "examplex.test"
"""


@dataclass
class World:
    """All that a patrol asks, and the desk that it starts from."""

    folder: Path
    x: XServer
    telegram: TelegramServer
    dns: DnsServer
    authority: Authority
    days: int = 60
    """How long the certificate still holds."""
    patience_secs: float = 2.0

    @property
    def config(self) -> Path:
        return self.folder / "gatehouse.toml"

    async def run(self, handles: int = 40, domains: int = 100) -> Report:
        """Run the patrol once."""
        settings, clock = load(self.config), SystemClock()
        until = clock.now() + timedelta(days=self.days)
        shown = self.authority.sign(["examplex.test"], until, self.folder)
        async with opened(settings, clock) as found, serving(shown) as port:
            assert found.store is not None
            return await run(
                Patrol(
                    directory=settings.directory,
                    clock=clock,
                    log=FiledLog(self.folder / "patrol.json"),
                    lookers=found.lookers,
                    dns=StubResolver([("127.0.0.1", self.dns.port)], self.patience_secs),
                    certificates=Handshakes(self.authority.context(), port),
                    sightings=StoredSightings(found.store),
                    budgets=Budgets(domains=domains, handles=handles),
                )
            )

    async def command(self, *args: str) -> tuple[int, str]:
        """Run the command; returns its exit status and what it printed."""
        line = ["patrol", "--config", str(self.config), "--dns", f"127.0.0.1#{self.dns.port}", *args]
        result = await asyncio.to_thread(CliRunner().invoke, app, line)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.output
        return result.exit_code, result.stdout

    def lose(self, name: str) -> None:
        """Let an account on X be no more."""
        self.x.world.people.pop(self.x.world.handles.pop(name))


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with _world(tmp_path) as made:
        yield made


@asynccontextmanager
async def _world(folder: Path) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        x = await stack.enter_async_context(XServer.start("examplex", "1000"))
        telegram = await stack.enter_async_context(TelegramServer.start(TOKEN, BOT, "Examplex Support"))
        made = World(folder, x, telegram, await stack.enter_async_context(DnsServer.start()), Authority())
        keys = "\n".join(f'{name} = {{ file = "{name}" }}' for name in _KEYS)
        made.config.write_text(CONFIG.format(x=x.url, telegram=telegram.url, keys=keys, bot=BOT), encoding="utf-8")
        (folder / "official.toml").write_text(OFFICIAL.format(bot=BOT, bot_id=BOT_ID), encoding="utf-8")
        secrets = {name: value for name, value in asdict(x.keys).items() if name in _KEYS}
        for name, text in {"gatehouse.key": new_key_line(), "tg.token": TOKEN, **secrets}.items():
            (folder / name).touch(mode=0o600)
            (folder / name).write_text(text, encoding="utf-8")
        x.rename(x.own, verified=True, verified_type="business", name="Examplex")
        x.person("examplex_desk", "Examplex Desk", "1001", verified=True, verified_type="business")
        made.dns.register("examplex.test", "127.0.0.1")
        made.dns.set("examplex.test", "MX", "10 mx.examplex.test.")
        made.dns.set("examplex.test", "TXT", '"v=spf1 mx -all"')
        made.dns.set("_dmarc.examplex.test", "TXT", '"v=DMARC1; p=reject"')
        made.dns.signed = {"examplex.test"}
        async with open_store_for(load(made.config)):
            pass
        yield made


def told(report: Report) -> set[tuple[str, str]]:
    return {(change.code, change.subject.value) for change in report.changes}


def unchecked(report: Report) -> dict[str, str]:
    return {each.part: each.reason for each in report.unchecked}


async def test_a_brand_at_which_nothing_is_amiss(world: World) -> None:
    report = await world.run()
    assert told(report) == set()
    assert unchecked(report) == {"@examplex on Instagram": "no channel on Instagram"}
    assert report.exit_status == 5
    assert {each.search for each in report.coverage} == {
        "look-alike handles on X",
        "look-alike handles on Telegram",
        "look-alike domains",
    }
    assert [each.looked_up + each.untold for each in report.coverage] == [100, 40, 40]


async def test_a_day_on_which_everything_changes(world: World) -> None:
    """Each change is told once, by its platform's own words, and the next run has nothing new."""
    await world.run()
    x = world.x
    x.rename(x.own, username="examplex_moved", verified=False, verified_type="none")
    x.person("examplex", "Examplex Giveaway", "6660")
    x.world.suspended.add("1001")
    world.dns.set("_dmarc.examplex.test", "TXT", '"v=DMARC1; p=none"')
    world.dns.set("examplex.test", "MX", "10 mx.elsewhere.test.")
    world.dns.signed = set()
    world.days = 5
    report = await world.run()
    assert told(report) == {
        ("account_taken", "examplex"),
        ("account_renamed", "examplex"),
        ("mark_lost", "examplex"),
        ("account_suspended", "examplex_desk"),
        ("dmarc_weakened", "examplex.test"),
        ("mx_changed", "examplex.test"),
        ("dnssec_lost", "examplex.test"),
        ("certificate_expires", "examplex.test"),
    }
    assert report.exit_status == 3
    again = await world.run()
    assert told(again) == set()
    assert {"account_taken", "certificate_expires"} <= {change.code for change in again.standing}


async def test_impostors_on_both_platforms_and_in_the_dns(world: World) -> None:
    world.x.person("examplex_help", "Examplex Support", "6661")
    world.telegram.group("Examplex Help Desk", "channel", username=f"{BOT}_help")
    world.dns.register("examplex-support.com", "198.51.100.7")
    world.dns.set("examplex-support.com", "MX", "10 mail.examplex-support.com.")
    report = await world.run(handles=200)
    assert told(report) == {
        ("look_alike_found", "examplex_help"),
        ("look_alike_found", f"{BOT}_help"),
        ("look_alike_found", "examplex-support.com"),
    }
    found = {each.value: each for each in report.impersonations}
    assert found["examplex_help"].severity is Severity.DANGER
    assert dict(found["examplex_help"].evidence)["name"] == "Examplex Support"
    assert found[f"{BOT}_help"].url == f"https://t.me/{BOT}_help"
    assert dict(found["examplex-support.com"].evidence)["mx"] == "mail.examplex-support.com"
    world.lose("examplex_help")
    world.dns.drop("examplex-support.com")
    assert told(await world.run()) == {
        ("look_alike_gone", "examplex_help"),
        ("look_alike_gone", "examplex-support.com"),
    }


async def test_runs_go_on_where_the_last_one_stopped(world: World) -> None:
    for _ in range(4):
        await world.run(handles=30, domains=50)
    asked = [call.query["usernames"].split(",") for call in world.x.calls if call.path.endswith("/users/by")]
    names = [name for call in asked for name in call if name not in ("examplex", "examplex_desk")]
    assert len(names) == 4 * 30
    assert len(set(names)) == 4 * 30
    domains = {name for name, kind in world.dns.asked if kind == "NS"}
    assert len(domains) == 4 * 50


async def test_platforms_that_are_away_change_nothing(world: World) -> None:
    world.x.person("examplex_help", "Examplex Support", "6661")
    await world.run()
    world.x.faults.always("*", "503 html")
    world.dns.all_silent, world.patience_secs = True, 0.3
    world.telegram.drop_connections()
    report = await world.run(domains=10)
    assert told(report) == set()
    parts = unchecked(report)
    assert {"@examplex on X", "@examplex_desk on X", "look-alike handles on X", "examplex.test: DNS"} <= set(parts)
    assert "look-alike domains" in parts
    assert [each.value for each in report.impersonations] == ["examplex_help"]


async def test_a_spent_budget_on_x_stops_the_search_and_says_so(world: World) -> None:
    text = world.config.read_text(encoding="utf-8")
    world.config.write_text(text.replace('user_id = "1000"', 'user_id = "1000"\nbudget = 0'), encoding="utf-8")
    report = await world.run()
    reason = unchecked(report)["look-alike handles on X"]
    assert "budget" in reason
    assert ("@examplex on X", reason) in unchecked(report).items()


async def test_calls_come_out_of_the_channels_own_limits(world: World) -> None:
    text = world.config.read_text(encoding="utf-8")
    limit = "\n[channels.x.limits]\nlook_up-account-900s = 2\n"
    world.config.write_text(text.replace("\n[channels.tg]", limit + "\n[channels.tg]"), encoding="utf-8")
    report = await world.run(handles=100)
    assert sum(call.path.endswith("/users/by") for call in world.x.calls) == 2
    assert "look_up-account-900s" in unchecked(report)["look-alike handles on X"]


async def test_the_command_says_what_is_new_and_ends_with_it(world: World) -> None:
    world.x.person("examplex_help", "Exa\u200bmplex <Support>", "6661")
    world.dns.register("examplex-support.com", "198.51.100.7")
    budget = ["--budget", "30", "--budget", "domains=60", "--budget", "telegram=0"]
    status, out = await world.command(*budget)
    assert status == 3
    lines = out.splitlines()
    assert any(line.startswith('new: @examplex_help on X, called "Exa<U+200B>mplex <Support>"') for line in lines)
    assert any(
        line.startswith("new: examplex-support[.]com: a look-alike exists (like examplex.test,") for line in lines
    )
    assert "unchecked: @examplex on Instagram: could not check: no channel on Instagram" in lines
    assert any(line.startswith("look-alike domains: 60 looked up, 1 there; round 1") for line in lines)
    assert "examplex-support.com" not in out
    status, out = await world.command(*budget)
    assert status == 5
    assert "Nothing is new, as far as it could be checked." in out
    assert "still: examplex-support[.]com" in out


async def test_the_command_for_programs_and_for_takedown(world: World, tmp_path: Path) -> None:
    world.x.person("examplex_help", "=Examplex Support", "6661")
    state = tmp_path / "elsewhere.json"
    args = ["--json", "--budget", "30", "--budget", "domains=0", "--state", str(state)]
    status, out = await world.command(*args, "--export", str(tmp_path / "found.csv"))
    lines = [json.loads(line) for line in out.splitlines()]
    assert status == 3
    kinds = [line["type"] for line in lines]
    assert set(kinds) == {"change", "unchecked", "impersonation", "search", "end"}
    found = next(line for line in lines if line["type"] == "change" and line["code"] == "look_alike_found")
    assert (found["subject"], found["platform"], found["brand"]) == ("examplex_help", "x", "examplex")
    assert lines[-1]["exit_status"] == 3
    rows = list(csv.DictReader((tmp_path / "found.csv").read_text(encoding="utf-8").splitlines(keepends=True)))
    assert [(row["kind"], row["value"], row["of"]) for row in rows] == [("handle", "examplex_help", "'@examplex on X")]
    assert state.exists()
    assert not (world.folder / "patrol.json").exists()
    await world.command(*args, "--export", str(tmp_path / "found.jsonl"))
    assert json.loads((tmp_path / "found.jsonl").read_text(encoding="utf-8"))["value"] == "examplex_help"


@pytest.mark.parametrize(
    "args",
    [
        ["--budget", "many"],
        ["--budget", "x="],
        ["--dns", "dns.examplex.test"],
        ["--dns", "127.0.0.1#0"],
        ["--export", "found.txt"],
        ["--store", "--state", "patrol.json"],
    ],
)
def test_what_is_written_amiss_is_said_before_anything_is_asked(tmp_path: Path, args: Sequence[str]) -> None:
    result = CliRunner().invoke(app, ["patrol", "--config", str(tmp_path / "none.toml"), *args])
    assert result.exit_code == 2
    assert result.stdout == ""


async def test_where_no_store_is_none_is_made(world: World) -> None:
    for each in world.folder.glob("gatehouse.db*"):
        each.unlink()
    _, out = await world.command("--budget", "5", "--budget", "domains=0")
    assert "look-alike handles on X: 5 looked up" in out
    status, out = await world.command("--store")
    assert (status, out) == (1, "")
    assert not list(world.folder.glob("gatehouse.db*"))


async def test_without_its_library_no_domain_is_looked_at_and_that_is_said(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "gateway.patrol.resolving", None)
    world.x.rename(world.x.own, username="examplex_moved")
    status, out = await world.command("--budget", "0")
    assert status == 3
    assert "new: @examplex on X: it bears another name now, examplex_moved; " in out
    assert "unchecked: examplex.test: could not check: no resolver of the DNS" in out


async def test_a_channel_that_cannot_be_opened_is_a_reason(world: World) -> None:
    (world.folder / "tg.token").write_text("123456:TEST-another-made-up-token-of-nobody_0", encoding="utf-8")
    report = await world.run(handles=0, domains=0)
    assert "token" in unchecked(report)[f"@{BOT} on Telegram"]


async def test_changes_are_events_for_alerting(world: World) -> None:
    await world.run(handles=0, domains=0)
    world.x.rename(world.x.own, verified=False, verified_type="none")
    with capture_logs() as logs:
        await world.run(handles=0, domains=0)
    (event,) = (each for each in logs if each["event"] == "patrol.change")
    assert (event["code"], event["subject"], event["severity"]) == ("mark_lost", "examplex", "warning")


async def test_impostors_that_the_desk_met_in_its_groups(tmp_path: Path) -> None:
    """What casework has opened a case on is told once, with the case."""
    async with telegram_desk(tmp_path) as desk:
        server = desk.server
        group = server.group("Traders", bot_status="administrator")
        eve = server.person("Eхаmplex Support Lena", username=STAFF[1].replace("l", "I"))
        server.joins(group, eve)
        server.says(eve, "write to me if you have a question", chat=group)
        await desk.settled()
        case = desk.case()["id"]
        async with open_store_for(load(desk.config), desk.clock) as store:
            sightings = StoredSightings(store)
            found = await sightings.since(None)
            assert not isinstance(found, Failed)
            (seen,) = found
            assert (seen.kind, seen.platform) == ("member", "telegram")
            assert dict(seen.evidence)["case"] == case
            assert dict(seen.evidence)["id"] == str(eve["id"])
            assert await sightings.since(desk.clock.now()) == []
