"""Retention beside an engine at work: a blob is never removed under a row, the bytes are gone from the disk."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from gateway.errors import TransientError
from gateway.journal import Decision, State
from gateway.ports import Cursor, Raw
from gateway.queues import Act, Retention, Swept, Wanted
from gateway.reports import Accusation, Ruling
from gateway.settings.keeping import RetentionTable
from gateway.store import SqlStore, retention
from gateway.sweeping import Sweeper
from tests.conftest import ManualClock
from tests.contract import queue_suite as suite
from tests.contract import store_suite

DAY = timedelta(days=1)
BIG = b"z" * 200_000


def page(*bodies: bytes) -> list[Raw]:
    return [store_suite.raw(f"k{index}", lane=f"l{index}", body=body) for index, body in enumerate(bodies)]


async def settle(store: SqlStore, now: datetime) -> None:
    claimed = await store.claim_raws(1000, 10**9, now)
    await store.commit([Decision(item.seq) for item in claimed])


def blobs(folder: Path) -> list[Path]:
    return [path for path in (folder / "blobs").glob("??/*") if path.is_file()]


async def test_the_bytes_are_gone_from_database_and_folder(store: SqlStore, clock: ManualClock, tmp_path: Path) -> None:
    await store.put_page("support", store_suite.INBOX, page(b"small", BIG), Cursor("1"))
    await settle(store, clock.now())
    assert len(blobs(tmp_path)) == 1
    for days in (100, 102, 104):
        await suite.sweep(store, Retention(), clock.now() + days * DAY)
    assert blobs(tmp_path) == []
    with closing(sqlite3.connect(tmp_path / "gatehouse.db")) as line:
        assert line.execute("select count(*) from bodies").fetchone() == (0,)
        assert line.execute("select count(*) from raws where removed_at is not null").fetchone() == (2,)


async def test_a_blob_removed_between_its_put_and_its_row_is_put_again(store: SqlStore, clock: ManualClock) -> None:
    """The sweep comes exactly where a page is sealed and not yet stored."""
    kept, threads = store._kept, store._threads
    sealed: list[str] = []

    def seal() -> Sequence[object]:
        done = [kept.seal("support", raw) for raw in page(BIG)]
        if not sealed:
            sealed.append(str(done[0].blob))
            threads.run_write(lambda connection: retention.doom(connection, sealed, clock.now() - 2 * DAY))
            threads.run_write(lambda connection: retention.condemn(connection, DAY, clock.now()))
            kept.blobs.delete(sealed[0])
            threads.run_write(lambda connection: retention.bury_blobs(connection, sealed, clock.now()))
        return done

    class Kept:
        far = False
        bring = kept.bring
        open = kept.open

        def seal(self, source: str, raw: Raw) -> object:
            return seal()[0]

    store._kept = Kept()  # type: ignore[assignment]
    await store.put_page("support", store_suite.INBOX, page(BIG), Cursor("1"))
    (claimed,) = await store.claim_raws(10, 10**9, clock.now())
    assert claimed.raw.body == BIG


async def test_a_blob_that_is_just_going_makes_its_page_wait(store: SqlStore, clock: ManualClock) -> None:
    """Until it is surely gone nobody may rely on it, nor write it anew under the remover's hands."""
    kept, threads = store._kept, store._threads
    digest = str(kept.seal("support", page(BIG)[0]).blob)
    await threads.write(lambda connection: retention.doom(connection, [digest], clock.now() - 2 * DAY))
    assert await threads.write(lambda connection: retention.condemn(connection, DAY, clock.now())) == [digest]
    with pytest.raises(TransientError):
        await store.put_page("support", store_suite.INBOX, page(BIG), Cursor("1"))
    assert await store.cursor("support", store_suite.INBOX) is None
    assert (await suite.sweep(store, Retention(), clock.now())).blobs == 1
    await store.put_page("support", store_suite.INBOX, page(BIG), Cursor("1"))
    (claimed,) = await store.claim_raws(10, 10**9, clock.now())
    assert claimed.raw.body == BIG


async def test_an_original_whose_raw_never_came_goes_like_any_blob(store: SqlStore, clock: ManualClock) -> None:
    """A process that died between the two leaves no more than a blob that nobody names."""

    async def pieces(body: bytes) -> AsyncIterator[bytes]:
        yield body

    lost = await store.originals.keep(pieces(BIG))
    kept = await store.originals.keep(pieces(BIG + b"x"))
    raw = replace(page(b"")[0], size=len(BIG) + 1, kept=kept)
    await store.put_page("support", store_suite.INBOX, [raw], Cursor("1"))
    for days in (0, 2):
        await suite.sweep(store, Retention(), clock.now() + days * DAY)
    assert [store._kept.blobs.has(digest) for digest in (lost, kept)] == [False, True]
    # What was swept up a moment before comes again: it is kept anew, and named.
    assert await store.originals.keep(pieces(BIG)) == lost
    raw = replace(page(b"", b"")[1], size=len(BIG), kept=lost)
    assert (await store.put_page("support", store_suite.INBOX, [raw], Cursor("2"))).stored == 1
    assert [item.raw.body for item in await store.claim_raws(10, 10**9, clock.now())][-1] in (BIG, BIG + b"x")


async def test_a_sweep_that_was_killed_while_it_removed_is_taken_up(store: SqlStore, clock: ManualClock) -> None:
    digest = str(store._kept.seal("support", page(BIG)[0]).blob)
    await store._threads.write(lambda connection: retention.doom(connection, [digest], clock.now() - 2 * DAY))
    await store._threads.write(lambda connection: retention.condemn(connection, DAY, clock.now()))
    assert store._kept.blobs.has(digest)
    assert (await suite.sweep(store, Retention(), clock.now())).blobs == 1
    assert not store._kept.blobs.has(digest)


async def test_many_rows_go_in_short_batches(store: SqlStore, clock: ManualClock) -> None:
    count = 2 * retention.WINDOW + 7
    await store.put_page("support", store_suite.INBOX, page(*[b"b"] * count), Cursor("1"))
    await settle(store, clock.now())
    await settle(store, clock.now())
    policy = Retention(raws=DAY, settled=DAY)
    swept, place, batches = Swept(), "", 0
    while place is not None:
        batch = await store.sweeps.sweep(policy, clock.now() + 9 * DAY, place)
        assert batch.total <= retention.WINDOW
        swept, place, batches = swept.plus(batch), batch.place, batches + 1
    assert (swept.bodies, swept.raws) == (count, count)
    assert batches >= 6


async def test_what_is_new_is_looked_at_once_and_not_to_the_end(store: SqlStore, clock: ManualClock) -> None:
    """A sweep ends at the first window in which nothing is old: its cost is that of what is old."""
    await store.put_page("support", store_suite.INBOX, page(*[b"b"] * (retention.WINDOW * 2)), Cursor("1"))
    batch = await store.sweeps.sweep(Retention(), clock.now())
    assert batch.place == "raws:0"


async def sweep_reports(store: SqlStore, clock: ManualClock, policy: Retention, *, dry_run: bool = False) -> int:
    place, gone = "reports:0", 0
    while place and place.startswith("reports:"):
        batch = await store.sweeps.sweep(policy, clock.now(), place, dry_run=dry_run)
        place, gone = batch.place or "", gone + batch.reports
    return gone


async def test_reports_that_nobody_confirmed_go_when_they_are_not_seen_again(
    store: SqlStore, clock: ManualClock
) -> None:
    """Wherever they stand: one that is old may have a greater number than those that are seen day by day."""
    often = [Accusation("domain", f"often{number}.example") for number in range(retention.WINDOW)]
    await store.reports.add(often)
    await store.reports.add([Accusation("domain", f"{name}.example") for name in ("confirmed", "open", "refused")])
    *_, confirmed, _, refused = sorted(each.number for each in await store.reports.page(None, 1_000))
    await store.reports.rule(confirmed, Ruling.CONFIRMED, Act("ann", clock.now()))
    await store.reports.rule(refused, Ruling.REFUSED, Act("ann", clock.now()))
    clock.advance((731 * DAY).total_seconds())
    await store.reports.add(often)
    assert await sweep_reports(store, clock, Retention(reports=None)) == 0
    assert [await sweep_reports(store, clock, Retention(), dry_run=dry) for dry in (True, False, False)] == [2, 2, 0]
    left = await store.reports.page(None, 1_000)
    assert (len(left), [each.number for each in await store.reports.confirmed()]) == (len(often) + 1, [confirmed])


async def test_the_sweeper_sweeps_at_the_start_and_then_when_it_is_time(store: SqlStore, clock: ManualClock) -> None:
    await store.put_page("support", store_suite.INBOX, page(b"b"), Cursor("1"))
    await settle(store, clock.now())
    clock.advance((100 * DAY).total_seconds())
    sweeper = Sweeper(store.sweeps, Retention(), timedelta(hours=6), clock)
    assert await sweeper.next_due() == clock.now()
    while await sweeper.step():
        pass
    (item,) = await store.queues.raws(Wanted(states=(State.SETTLED,)))
    assert item.removed_at == clock.now()
    assert await sweeper.next_due() == clock.now() + timedelta(hours=6)
    assert await sweeper.step() == 0
    clock.advance(6 * 3600)
    assert await sweeper.step() == 1


def test_days_of_nought_are_for_ever() -> None:
    policy = RetentionTable(
        raws_days=0, settled_days=0, blobs_days=0, openings_days=0, reports_days=0, incidents_days=0
    ).policy
    assert policy == Retention(None, None, None, None, None, None)
    assert RetentionTable().policy == Retention()
