"""Reports of impostors: counted once each, ruled on by operators, and known to every answer soon after."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from gateway.case import Standing
from gateway.queues import Act
from gateway.reports import Accusation, Origin, Ruling
from gateway.rulings import EVERY, Rulings
from gateway.store import Sealer, SqlStore, open_store
from gateway.trust.directory import Directory, parse_directory
from gateway.trust.verify import verify
from tests.builders import NOON
from tests.conftest import ManualClock

BRAND = {"id": "examplex", "name": "Examplex", "web": [{"domain": "examplex.test"}]}
DIRECTORY = parse_directory({"brands": [BRAND]})
HANDLE = Accusation("handle", "examplex_help1", "telegram", "examplex", "affix", case_id="GH-1")
SITE = Accusation("domain", "examplex-desk.example.com", case_id="GH-2", origin=Origin.USER)


@pytest_asyncio.fixture
async def store(tmp_path: Path, clock: ManualClock) -> AsyncIterator[SqlStore]:
    sealer = Sealer({"k": b"1" * 32}, "k")
    async with open_store(tmp_path / "gatehouse.db", tmp_path / "blobs", sealer, clock) as opened:
        yield opened


async def test_what_is_pointed_out_again_is_counted_in_its_row(store: SqlStore, clock: ManualClock) -> None:
    await store.reports.add([HANDLE, SITE])
    clock.advance(60)
    await store.reports.add([Accusation("handle", "examplex_help1", "telegram", case_id="GH-3")])
    first, second = await store.reports.page(Ruling.OPEN, 10)
    assert (first.accused.name, first.times, first.accused.case_id) == (HANDLE.name, 2, "GH-3")
    assert (first.accused.technique, first.last_at > first.first_at) == ("affix", True)
    assert (second.accused, second.times) == (SITE, 1)


async def test_a_ruling_is_kept_with_who_made_it_and_can_be_taken_back(store: SqlStore) -> None:
    await store.reports.add([HANDLE])
    (report,) = await store.reports.page(None, 10)
    assert await store.reports.rule(report.number, Ruling.CONFIRMED, Act("ann", NOON, "seen it"))
    (confirmed,) = await store.reports.confirmed()
    assert (confirmed.ruled_by, confirmed.ruled_at, confirmed.note) == ("ann", NOON, "seen it")
    stamp = await store.reports.stamp()
    assert await store.reports.rule(report.number, Ruling.REFUSED, Act("bob", NOON))
    assert await store.reports.confirmed() == ()
    assert await store.reports.stamp() != stamp
    assert not await store.reports.rule(99, Ruling.REFUSED, Act("bob", NOON))


async def test_what_is_confirmed_is_a_reported_scam_for_everybody_who_asks(store: SqlStore, clock: ManualClock) -> None:
    told: list[Directory] = []
    rulings = Rulings(store.reports, lambda: DIRECTORY, lambda: told.append(rulings.directory), clock)
    await rulings.step()
    told.clear()
    assert rulings.directory is DIRECTORY
    await store.reports.add([HANDLE, SITE])
    for report in await store.reports.page(None, 10):
        await store.reports.rule(report.number, Ruling.CONFIRMED, Act("ann", NOON))
    await rulings.step()
    assert told == [rulings.directory]
    assert verify("telegram:@Examplex_Help1", rulings.directory).standing is Standing.REPORTED_SCAM
    assert verify("www.examplex-desk.example.com", rulings.directory).standing is Standing.REPORTED_SCAM
    assert verify("examplex.test", rulings.directory).standing is Standing.OFFICIAL
    assert rulings.directory is rulings.directory
    await rulings.step()
    assert len(told) == 1
    assert await rulings.due() == clock.now() + EVERY


async def test_one_that_cannot_be_read_stops_no_other(store: SqlStore, clock: ManualClock) -> None:
    await store.reports.add([Accusation("later", "what a newer release knows"), SITE])
    for report in await store.reports.page(None, 10):
        await store.reports.rule(report.number, Ruling.CONFIRMED, Act("ann", NOON))
    rulings = Rulings(store.reports, lambda: DIRECTORY, lambda: None, clock)
    await rulings.step()
    assert verify("examplex-desk.example.com", rulings.directory).standing is Standing.REPORTED_SCAM


@pytest.mark.parametrize("name", ["host_index", "name_index"])
async def test_a_ruling_makes_no_index_anew(store: SqlStore, clock: ManualClock, name: str) -> None:
    kept = getattr(DIRECTORY, name)
    await store.reports.add([SITE])
    await store.reports.rule(1, Ruling.CONFIRMED, Act("ann", NOON))
    rulings = Rulings(store.reports, lambda: DIRECTORY, lambda: None, clock)
    await rulings.step()
    assert getattr(rulings.directory, name) is kept
