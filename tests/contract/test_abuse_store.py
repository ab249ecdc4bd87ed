"""Blocks, counts of what came in, and cases found by what they name: on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.blocks import Block, BlockKind, Blocklist, BlockWatch
from gateway.journal import Decision, Store
from gateway.past import OF_THING, Query
from gateway.ports import StreamId
from gateway.queues import Act
from gateway.store import open_store
from tests.builders import NOON, case, raw
from tests.conftest import ManualClock
from tests.contract.conftest import SEALER, migrate
from tests.servers.postgres import Postgres

pytest_plugins = ("tests.servers.postgres_fixture",)

ACT = Act(by="op", at=NOON, reason="enough")
INBOX = StreamId("INBOX")


@pytest.fixture(scope="module")
def server(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Postgres:
    """The server, with a migrated database named `abuse`."""
    postgres.execute("CREATE DATABASE abuse")
    asyncio.run(migrate(postgres.url("abuse"), tmp_path_factory.mktemp("abuse") / "blobs"))
    return postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str | Path:
    """Where a fresh store is."""
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("server")
        server.empty("abuse")
        return server.url("abuse")
    shutil.copy(request.getfixturevalue("empty_file"), tmp_path / "gatehouse.db")
    return tmp_path / "gatehouse.db"


@pytest.fixture
async def store(place: str | Path, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Store]:
    """A fresh store, open."""
    async with open_store(place, tmp_path / "blobs", SEALER, clock) as opened:
        yield opened


async def claimed(store: Store, clock: ManualClock, *names: str) -> list[int]:
    await store.put_page("support", INBOX, [raw(name, lane=f"{name}@mail.test") for name in names], None)
    return [each.seq for each in await store.claim_raws(100, 1_000_000, clock.now())]


async def counts(store: Store, clock: ManualClock, *scopes: str) -> dict[str, int]:
    (past,) = await store.look_up([Query(arrived=scopes, arrived_at=clock.now())])
    return dict(past.arrived)


async def test_a_block_is_kept_with_who_made_it_and_ends_when_it_is_lifted(store: Store) -> None:
    made = await store.blocks.add(Block(BlockKind.SENDER, "spam@flood.example"), ACT)
    assert (made.number > 0, made.by, made.reason, made.made_at) == (True, "op", "enough", NOON)
    assert await store.blocks.page(10, now=NOON) == (made,)
    assert await store.blocks.lift(made.number, ACT)
    assert not await store.blocks.lift(made.number, ACT)
    assert not await store.blocks.lift(made.number + 1, ACT)
    assert await store.blocks.page(10, now=NOON) == ()
    (over,) = await store.blocks.page(10, now=None)
    assert over.lifted_at == NOON


async def test_a_block_that_has_run_out_is_not_among_those_that_hold_and_cannot_be_lifted(store: Store) -> None:
    made = await store.blocks.add(Block(BlockKind.TERM, "casino", until=NOON + timedelta(hours=1)), ACT)
    later = NOON + timedelta(hours=1)
    assert await store.blocks.page(10, now=later) == ()
    assert not await store.blocks.lift(made.number, Act(by="op", at=later, reason=""))


async def test_the_stamp_differs_after_each_change(store: Store) -> None:
    stamps = [await store.blocks.stamp()]
    made = await store.blocks.add(Block(BlockKind.DOMAIN, "flood.example"), ACT)
    stamps.append(await store.blocks.stamp())
    await store.blocks.lift(made.number, ACT)
    stamps.append(await store.blocks.stamp())
    assert len(set(stamps)) == 3


async def test_every_node_follows_the_blocks(store: Store, clock: ManualClock) -> None:
    changes: list[Blocklist] = []
    watch = BlockWatch(store.blocks, lambda: changes.append(watch.now), clock)
    await watch.step()
    await store.blocks.add(Block(BlockKind.DOMAIN, "flood.example"), ACT)
    await watch.step()
    await watch.step()
    assert [bool(each) for each in changes] == [False, True]
    assert watch.now.by_domain("mail.flood.example", clock.now()) is not None


async def test_messages_are_counted_with_their_decision_and_for_an_hour(store: Store, clock: ManualClock) -> None:
    seqs = await claimed(store, clock, "a", "b")
    await store.commit([Decision(seq=seq, arrived=("s:one", "all:1")) for seq in seqs])
    assert await counts(store, clock, "s:one", "all:1", "s:two") == {"s:one": 2, "all:1": 2}
    clock.advance(50 * 60)
    (seq,) = await claimed(store, clock, "c")
    await store.commit([Decision(seq=seq, arrived=("s:one",))])
    assert await counts(store, clock, "s:one") == {"s:one": 3}
    clock.advance(15 * 60)
    assert await counts(store, clock, "s:one", "all:1") == {"s:one": 1}


async def test_a_case_is_found_by_what_it_names_and_its_thread_does_not_show_it(
    store: Store, clock: ManualClock
) -> None:
    (seq,) = await claimed(store, clock, "a")
    thing = f"{OF_THING}abc"
    known = case()
    await store.commit([Decision(seq=seq, cases=(known,), refs=((thing, known.id), ("<m1@mail.test>", known.id)))])
    found, whole = await store.look_up([Query(things=(thing, f"{OF_THING}other")), Query(thread_of=known.id)])
    assert [each.id for each in found.by_thing] == [known.id]
    assert found.by_ref == ()
    assert whole.thread == ("<m1@mail.test>",)
