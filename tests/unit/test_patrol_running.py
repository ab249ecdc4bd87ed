"""The patrol of a running gateway: when it runs, over restarts and faults; what it tells the desk, and how often."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from gateway.case import Severity
from gateway.errors import TransientError
from gateway.feedback import PATROL
from gateway.patrol.kept import MEMORY, StoredLog, packed, unpacked
from gateway.patrol.patrol import Patrol
from gateway.patrol.ports import Budgets, Looker
from gateway.patrol.running import AGAIN, Patrolling, run_for_desk
from gateway.patrol.telling import raws_of
from gateway.patrol.values import Alike, Change, Impersonation, Kind, Memory, Report, Seen, Subject
from gateway.ports import Handle
from gateway.queues import Act
from gateway.reports import Accusation, Origin, Ruling
from gateway.settings.patrolling import PatrolTable
from gateway.store import Sealer, SqlStore, new_key_line, open_store
from gateway.wake import ENGINE
from tests.conftest import ManualClock
from tests.unit.patrol_fakes import NOW, Answer, FakePlatform, directory, party

OURS = {"platform": "x", "handle": "examplex", "id": "1000"}
OWN = party("examplex", "1000", "Examplex", verified="true", verified_type="business")
IMPOSTOR = party("examplex_help", "666", "Examplex Support")
DAY = timedelta(days=1)


class Held(FakePlatform):
    """A platform that answers when it is let."""

    def __init__(self) -> None:
        super().__init__(OWN)
        self.asked_at_all = asyncio.Event()
        self.let = asyncio.Event()

    async def look_up(self, handles: Sequence[Handle]) -> Sequence[Answer]:
        self.asked_at_all.set()
        await self.let.wait()
        return await super().look_up(handles)


@dataclass
class World:
    """A store, a clock and a platform; parts come and go."""

    store: SqlStore
    clock: ManualClock
    platform: FakePlatform
    table: PatrolTable | None = field(
        default_factory=lambda: PatrolTable(budget=60, domains=0, dns=("127.0.0.1#9",), from_severity=Severity.NOTICE)
    )
    rung: int = 0
    arrived: int = 0

    def part(self) -> Patrolling:
        return Patrolling(
            self.store,
            lambda: self.table,
            lambda: directory(OURS),
            lambda: {"x": (Looker(self.platform),)},
            self.clock,
            self._ring,
            self._arrive,
        )

    def _ring(self) -> None:
        self.rung += 1

    def _arrive(self) -> None:
        self.arrived += 1

    async def ran(self, part: Patrolling) -> bool:
        """Step; when a run begins, let it end. Returns whether one began."""
        before, calls = self.rung, len(self.platform.calls)
        await part.step()
        if await part.due() is None and self.table is not None:
            async with asyncio.timeout(20):
                while self.rung == before:
                    await asyncio.sleep(0.001)
            await part.step()
        return len(self.platform.calls) > calls

    async def raws(self) -> list[tuple[str, str]]:
        """Return the keys of the engine's own raws, with what each holds."""
        claimed = await self.store.claim_raws(100, 2**24, self.clock.now())
        return [(each.raw.key, each.raw.body.decode()) for each in claimed if each.raw.stream == PATROL]


@pytest.fixture
async def world(tmp_path: Path, clock: ManualClock) -> AsyncIterator[World]:
    sealer = Sealer.from_text(new_key_line())
    async with open_store(tmp_path / "gatehouse.db", tmp_path / "blobs", sealer, clock) as store:
        yield World(store, clock, FakePlatform(OWN))


# When


async def test_it_runs_at_once_and_then_once_in_every_so_many_hours(world: World) -> None:
    part = world.part()
    assert await world.ran(part)
    assert not await world.ran(part)
    assert await part.due() == world.clock.now() + DAY
    world.clock.advance(DAY.total_seconds() - 1)
    assert not await world.ran(part)
    world.clock.advance(1)
    assert await world.ran(part)


async def test_a_restart_runs_it_no_sooner(world: World) -> None:
    assert await world.ran(world.part())
    world.clock.advance(3600)
    again = world.part()
    assert not await world.ran(again)
    assert await again.due() == world.clock.now() + DAY - timedelta(hours=1)
    world.clock.advance(23 * 3600)
    assert await world.ran(world.part())


async def test_without_a_table_it_rests_and_begins_when_there_is_one(world: World) -> None:
    part, table, world.table = world.part(), world.table, None
    assert await part.step() == 0
    assert await part.due() is None
    assert world.platform.calls == []
    world.table = table
    assert await world.ran(part)


async def test_a_changed_pace_counts_from_the_last_run(world: World) -> None:
    part = world.part()
    await world.ran(part)
    assert world.table is not None
    world.table = world.table.model_copy(update={"every_hours": 2.0})
    world.clock.advance(7199)
    assert not await world.ran(part)
    world.clock.advance(1)
    assert await world.ran(part)


@pytest.mark.parametrize(
    ("ahead", "waits"), [(timedelta(seconds=30), DAY), (timedelta(days=400), timedelta(0))], ids=["a little", "far"]
)
async def test_a_run_that_ended_in_the_future_was_of_a_clock_ahead_or_of_one_that_went_back(
    world: World, ahead: timedelta, waits: timedelta
) -> None:
    """Another node's clock may be ahead a little: that is no second run. Ours may have gone back: that is no pause."""
    await StoredLog(world.store).save(Memory(ran_at=world.clock.now() + ahead))
    assert await world.part().due() == world.clock.now() + waits


# Cut off


async def test_shutdown_cuts_a_run_off_at_once_and_nothing_is_lost(world: World) -> None:
    held = Held()
    held.known.append(IMPOSTOR)
    world.platform = held
    part = world.part()
    await part.step()
    await held.asked_at_all.wait()
    async with asyncio.timeout(2):
        await part.finish()
    assert (await StoredLog(world.store).load()).ran_at is None
    held.let.set()
    # The next process does it again, but not at once: a gateway that is started over and over must not ask for ever.
    again = world.part()
    assert not await world.ran(again)
    world.clock.advance(AGAIN.total_seconds())
    assert await world.ran(again)
    assert [key for key, _ in await world.raws()] == ["spotted:handle:x:examplex_help"]


async def test_the_loop_goes_on_while_a_run_is_under_way(world: World) -> None:
    held = Held()
    world.platform = held
    part = world.part()
    await part.step()
    await held.asked_at_all.wait()
    assert await part.step() == 0
    assert await part.due() is None
    assert len(held.calls) == 0
    held.let.set()
    await world.ran(part)
    assert await part.due() == world.clock.now() + DAY


async def test_a_fault_of_the_patrol_ends_nothing_and_is_tried_again_in_an_hour(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("made up")

    part = world.part()
    with monkeypatch.context() as broke, capture_logs() as logs:
        broke.setattr("gateway.patrol.running.raws_of", broken)
        await world.ran(part)
    assert [(each["event"], each["part"]) for each in logs if each["log_level"] == "error"] == [
        ("patrol.failed", "run")
    ]
    assert await part.due() == world.clock.now() + AGAIN
    world.clock.advance(AGAIN.total_seconds())
    assert await world.ran(part)


async def test_trouble_of_the_store_is_raised_like_any_other_parts(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise TransientError("the store is away")

    part = world.part()
    with monkeypatch.context() as broke:
        broke.setattr(type(world.store), "put_page", away)
        world.platform.known.append(IMPOSTOR)
        with pytest.raises(TransientError):
            await world.ran(part)
    assert (await StoredLog(world.store).load()).ran_at is None


# What is told


async def test_a_look_alike_is_put_into_the_journal_once_over_runs_and_restarts(world: World) -> None:
    world.platform.known.append(IMPOSTOR)
    await world.ran(world.part())
    assert world.arrived == 1
    ((key, body),) = await world.raws()
    assert key == "spotted:handle:x:examplex_help"
    told = json.loads(body)
    assert (told["of"], told["brand"], told["technique"]) == ("@examplex on X", "examplex", "affix")
    assert {"name": "name", "value": "Examplex Support"} in told["evidence"]
    for _ in range(2):
        world.clock.advance(DAY.total_seconds())
        assert await world.ran(world.part())
    assert await world.raws() == []


async def test_a_run_that_was_cut_off_before_it_was_remembered_tells_nothing_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the journal and the memory: all is found again, and absorbed."""
    world.platform.known[:] = [IMPOSTOR, OWN.model_copy(update={"id": "6660"})]

    async def cut_off(*_: object) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as cut:
        cut.setattr(StoredLog, "save", cut_off)
        with pytest.raises(asyncio.CancelledError):
            await run_for_desk(patrol(world), world.store, Severity.WARNING)
    first = await world.raws()
    assert len(first) == 2
    world.clock.advance(60)
    await run_for_desk(patrol(world), world.store, Severity.WARNING)
    assert await world.raws() == []


async def test_what_operators_refused_is_not_told_of_again(world: World) -> None:
    for value in ("examplex_help", "examplexsupport"):
        world.platform.known.append(party(value, f"66{len(value)}", "Examplex Support"))
    await world.store.reports.add([Accusation("handle", "examplex_help", "x", origin=Origin.USER)])
    (report,) = await world.store.reports.page(None, 5)
    await world.store.reports.rule(report.number, Ruling.REFUSED, Act("ops", world.clock.now(), "ours in spirit"))
    await world.ran(world.part())
    assert [key for key, _ in await world.raws()] == ["spotted:handle:x:examplexsupport"]


async def test_what_operators_confirmed_is_not_looked_for_any_more(world: World) -> None:
    world.platform.known.append(IMPOSTOR)
    await world.store.reports.add([Accusation("handle", "examplex_help", "x", origin=Origin.USER)])
    (report,) = await world.store.reports.page(None, 5)
    await world.store.reports.rule(report.number, Ruling.CONFIRMED, Act("ops", world.clock.now(), "sure"))
    await world.ran(world.part())
    assert await world.raws() == []


def patrol(world: World) -> Patrol:
    return Patrol(
        directory=directory(OURS),
        clock=world.clock,
        log=StoredLog(world.store),
        lookers={"x": (Looker(world.platform),)},
        budgets=Budgets(domains=0, handles=60),
    )


def impersonation(severity: Severity, **fields: object) -> Impersonation:
    made = Impersonation("handle", "examplex_help", "@examplex on X", "affix", (), "", NOW, "x", severity=severity)
    return replace(made, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "count"),
    [
        (impersonation(Severity.DANGER), 1),
        (impersonation(Severity.WARNING), 1),
        (impersonation(Severity.NOTICE), 0),
        (impersonation(Severity.DANGER, kind="member"), 0),
        (impersonation(Severity.DANGER, value="refused"), 0),
    ],
    ids=["danger", "warning", "mild", "met by the desk itself", "refused"],
)
def test_which_look_alikes_the_desk_is_told_of(found: Impersonation, count: int) -> None:
    report = Report(NOW, impersonations=(found,))
    assert len(raws_of(report, None, {("handle", "x", "refused")}, Severity.WARNING)) == count


def change(code: str, severity: Severity, kind: Kind = Kind.ACCOUNT, value: str = "examplex") -> Change:
    return Change(code, Subject(kind, value, "x"), "examplex", severity, "state", f"it is {code}")


def test_only_dangers_of_what_is_ours_are_told_of_each_with_all_that_matters() -> None:
    changes = (
        change("mark_lost", Severity.WARNING),
        change("account_suspended", Severity.DANGER),
        change("name_changed", Severity.NOTICE),
        change("mark_lost", Severity.WARNING, value="examplex_cn"),
        change("look_alike_found", Severity.DANGER, Kind.ALIKE_ACCOUNT, "examplex_help"),
    )
    (raw,) = raws_of(Report(NOW, changes), None, (), Severity.WARNING)
    told = json.loads(raw.body)
    assert (raw.source, raw.stream, told["shown"]) == (ENGINE, PATROL, "@examplex on X")
    assert [each["code"] for each in told["alterations"]] == ["account_suspended", "mark_lost"]


def test_what_is_amiss_once_more_is_told_once_more() -> None:
    """One finding has one name, however often its run is done again; found from a later memory it is another."""
    amiss = (change("account_suspended", Severity.DANGER),)

    def key(at: datetime, before: datetime | None) -> str:
        (raw,) = raws_of(Report(at, amiss), before, (), Severity.WARNING)
        return raw.key

    assert key(NOW, NOW - DAY) == key(NOW + AGAIN, NOW - DAY)
    assert key(NOW, None) != key(NOW, NOW - DAY)


# What is remembered


def test_a_memory_of_a_hundred_brands_is_small() -> None:
    seen = [
        Seen(
            Subject(Kind.ALIKE_ACCOUNT, f"brand{brand}_help{number}", "x"),
            f"brand{brand}",
            {"state": "there", "id": str(brand * 7919 + number), "name": f"Brand {brand} Help", "confidence": "0.92"},
            NOW,
            NOW + timedelta(seconds=number),
            Alike(f"brand{brand}", f"@brand{brand} on X", "affix", 0.9),
        )
        for brand in range(100)
        for number in range(50)
    ]
    memory = Memory({each.subject: each for each in seen}, ran_at=NOW)
    text = packed(memory)
    assert len(text) < 500_000
    assert unpacked(text) == memory


@pytest.mark.parametrize("text", ["", "not base64", "bm90aGluZw==", packed(Memory())[:-8]])
async def test_a_memory_that_cannot_be_read_is_none_and_said(world: World, text: str) -> None:
    await world.store.set_marks({MEMORY: text})
    with capture_logs() as logs:
        assert await StoredLog(world.store).load() == Memory()
    assert [each["event"] for each in logs] == ["patrol.forgotten"]
