"""Nodes on one store keep the contract of `gateway.nodes`, whatever happens to one of them."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection

from gateway.errors import TransientError
from gateway.journal import Decision, Fate, StaleCaseError, State
from gateway.limits import Bucket
from gateway.nodes import Membership, NotOwnerError, fair_share
from gateway.past import Query
from gateway.ports import Cursor, Limit, Scope
from gateway.store import SqlStore, open_store, postgres, presence
from gateway.store import nodes as shared_nodes
from tests.conftest import ManualClock
from tests.contract import store_suite as suite
from tests.contract.conftest import SEALER
from tests.contract.meeting import meet
from tests.contract.node_process import NodeProcess
from tests.servers.postgres import Postgres
from tests.servers.relay import Relay

pytest_plugins = ("tests.servers.postgres_fixture",)

OTHER = "second"
TAKEOVER_SECS = 10.0
Opener = Callable[..., Any]
_END = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND classid = %s"


@pytest.fixture(scope="session")
def nodes_database(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Postgres:
    postgres.execute("CREATE DATABASE nodes")

    async def build() -> None:
        async with open_store(postgres.url("nodes"), tmp_path_factory.mktemp("n"), SEALER, ManualClock()):
            pass

    asyncio.run(build())
    return postgres


@pytest.fixture
def server(nodes_database: Postgres) -> Postgres:
    nodes_database.empty("nodes")
    return nodes_database


@pytest.fixture
async def opened(server: Postgres, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Opener]:
    """Open as many stores on the one database as a test wants."""
    async with AsyncExitStack() as stack:

        async def more(port: int | None = None) -> SqlStore:
            url = server.url("nodes", port)
            return await stack.enter_async_context(open_store(url, tmp_path / "blobs", SEALER, clock))

        yield more


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Find a lost node out in a quarter of the time."""
    monkeypatch.setattr(presence, "PING_SECS", 0.3)
    monkeypatch.setattr(presence, "ANSWER_SECS", 0.8)
    monkeypatch.setattr(presence, "SURE_SECS", 1.2)
    monkeypatch.setattr(postgres, "SILENCE_MS", 1_500)
    monkeypatch.setitem(postgres._SERVER, "idle_in_transaction_session_timeout", 1_200)


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tell no news: that is a commit of its own, and could be held up in place of the one that is meant."""
    monkeypatch.setattr(shared_nodes, "TELL_SECS", 3600.0)


async def page(store: SqlStore, name: str, cursor: str | None, source: str = suite.SOURCE) -> None:
    raw = suite.raw(name, lane=name, source=source)
    await store.put_page(source, suite.INBOX, [raw], None if cursor is None else Cursor(cursor))


async def until(found: Callable[[], Awaitable[bool]], secs: float = TAKEOVER_SECS) -> float:
    """Wait until it is so, and return how long that took."""
    start = time.monotonic()
    while not await found():
        assert time.monotonic() < start + secs
        await asyncio.sleep(0.05)
    return time.monotonic() - start


async def takes_over(store: SqlStore, sources: list[str]) -> float:
    """Let a node look as an engine does until it owns all of them."""

    async def owns_all() -> bool:
        try:
            return await store.nodes.own(sources) == frozenset(sources)
        except NotOwnerError:
            raise
        except TransientError:
            return False

    return await until(owns_all)


def epoch_of(store: SqlStore) -> int:
    membership = store.nodes._membership
    assert membership is not None
    return membership.epoch


def snapshot(server: Postgres) -> list[Any]:
    tables = ("streams", "raws", "cases", "effects", "owners")
    return [sorted(server.execute(f"SELECT * FROM {name}", database="nodes"), key=repr) for name in tables]  # noqa: S608


@pytest.mark.parametrize("sources", range(9))
@pytest.mark.parametrize("members", [[3], [3, 9], [9, 3, 5], [1, 2, 3, 4]])
def test_shares_are_even_and_together_all(sources: int, members: list[int]) -> None:
    shares = [fair_share(sources, members, each) for each in members]
    assert sum(shares) == sources
    assert max(shares) - min(shares) <= 1


@asynccontextmanager
async def on_file(folder: Path, clock: ManualClock) -> AsyncIterator[SqlStore]:
    async with open_store(folder / "gatehouse.db", folder / "blobs", SEALER, clock) as store:
        yield store


async def test_on_a_file_the_one_node_owns_all(tmp_path: Path, clock: ManualClock) -> None:
    """The same calls, with nobody to share with; what an earlier run claimed is recovered, what is under way is not."""
    async with on_file(tmp_path, clock) as store:
        first = await store.nodes.join("a")
        assert await store.nodes.own(["x", suite.SOURCE]) == {"x", suite.SOURCE}
        assert store.nodes.still_ours()
        await page(store, "a/1", "c1")
        (claimed,) = await store.claim_raws(9, suite.BIG, clock.now())
        await store.recover()
        assert await store.claim_raws(9, suite.BIG, clock.now()) == []
        store.nodes._membership = None  # as after a kill: the row stays
    async with on_file(tmp_path, clock) as store:
        second = await store.nodes.join("a")
        assert second.epoch > first.epoch
        await store.recover()
        (again,) = await store.claim_raws(9, suite.BIG, clock.now())
        assert (again.seq, again.attempts, again.interrupted) == (claimed.seq, 2, 1)
        assert [(each.node, each.epoch) for each in await store.nodes.members()] == [("a", second.epoch)]
        await store.nodes.leave()
        assert not store.nodes.still_ours()
        with pytest.raises(NotOwnerError):
            await page(store, "a/2", "c2")


async def test_sources_spread_evenly_and_follow_who_comes_and_goes(opened: Opener) -> None:
    """A newcomer gets its share from those who had more; the share of one who left is taken over."""
    stores = [await opened() for _ in range(3)]
    sources = [f"s{number}" for number in range(7)]
    for joined, store in enumerate(stores, 1):
        await store.nodes.join(f"node {joined - 1}")
        for _ in range(2):
            owned = [await each.nodes.own(sources) for each in stores[:joined]]
        assert sorted(source for some in owned for source in some) == sources
        assert max(map(len, owned)) - min(map(len, owned)) <= 1
    await stores[0].nodes.leave()
    owned = [await each.nodes.own(sources) for each in stores[1:] * 2][2:]
    assert sorted(source for some in owned for source in some) == sources
    views = await stores[1].nodes.members()
    assert [(view.node, frozenset(view.sources)) for view in views] == [("node 1", owned[0]), ("node 2", owned[1])]


async def test_a_source_that_is_no_longer_configured_is_given_up(opened: Opener) -> None:
    store = await opened()
    await store.nodes.join("a")
    await store.nodes.own(["s1", "s2"])
    assert await store.nodes.own(["s2"]) == {"s2"}
    assert [view.sources for view in await store.nodes.members()] == [("s2",)]


async def test_only_the_owner_moves_a_cursor_and_anybody_may_take_a_push(opened: Opener) -> None:
    """A page that was under way when its source was given up is refused whole."""
    one, two = await opened(), await opened()
    await one.nodes.join("one")
    assert await one.nodes.own([suite.SOURCE]) == {suite.SOURCE}
    await two.nodes.join("two")
    assert await two.nodes.own([suite.SOURCE]) == frozenset()
    with pytest.raises(NotOwnerError):
        await page(two, "a/1", "c1")
    assert (await two.tally()).raws == {}
    await page(two, "a/2", None)
    await page(one, "a/3", "c3")
    assert await two.cursor(suite.SOURCE, suite.INBOX) == "c3"
    assert (await two.tally()).raws == {State.NEW: 2}


async def test_what_a_live_node_claimed_is_nobody_elses(opened: Opener, clock: ManualClock) -> None:
    """Neither recovery nor a release or commit by another node touches it."""
    one, two = await opened(), await opened()
    ground = suite.Ground(opened, clock)
    await one.nodes.join("one")
    await two.nodes.join("two")
    await page(one, "a/1", None)
    await suite.decide(one, ground, cases=(suite.case(),), effects=(suite.ticket_effect("e"),))
    await page(one, "b/2", None)
    seqs = await suite.claim_seqs(one, ground)
    (effect,) = await suite.due(one, ground)
    await two.recover()
    await two.release_raws([Fate(seqs[0], State.BURIED)])
    await two.release_effects([Fate(effect.id, State.SETTLED)])
    with pytest.raises(TransientError):
        await two.commit([Decision(seqs[0])])
    assert await suite.claim_seqs(two, ground) == []
    assert await suite.due(two, ground) == []
    await one.commit([Decision(seq) for seq in seqs])
    await one.release_effects([Fate(effect.id, State.SETTLED)])


async def test_a_node_that_joins_anew_leaves_its_claims_behind(opened: Opener, clock: ManualClock) -> None:
    """What its earlier epoch claimed is recovered as it joins, and its late release is refused."""
    store = await opened()
    ground = suite.Ground(opened, clock)
    first = await store.nodes.join("a")
    await suite.decide(store, ground, cases=(suite.case(),), effects=(suite.ticket_effect("e"),))
    (effect,) = await suite.due(store, ground)
    await page(store, "a/1", None)
    (seq,) = await suite.claim_seqs(store, ground)
    second = await store.nodes.join("a")
    assert second == replace(second, node="a")
    assert second.epoch > first.epoch
    await store.release_effects([Fate(effect.id, State.SETTLED)])
    with pytest.raises(TransientError):
        await store.commit([Decision(seq)])
    (again,) = await suite.due(store, ground)
    assert (again.id, again.state) == (effect.id, State.UNKNOWN)
    (anew,) = await store.claim_raws(9, suite.BIG, clock.now())
    assert (anew.seq, anew.attempts, anew.interrupted) == (seq, 2, 0)


async def test_what_a_node_had_under_way_when_it_left_is_the_others_at_once(opened: Opener, clock: ManualClock) -> None:
    """Nobody has to join or to be lost first, and it is not held against the raw."""
    one, two = await opened(), await opened()
    ground = suite.Ground(opened, clock)
    await two.nodes.join("two")
    await one.nodes.join("one")
    await suite.decide(one, ground, cases=(suite.case(),), effects=(suite.ticket_effect("e"),))
    await page(one, "a/1", None)
    (seq,) = await suite.claim_seqs(one, ground)
    (effect,) = await suite.due(one, ground)
    await page(two, "b/2", None)
    (held,) = await suite.claim_seqs(two, ground)
    await one.nodes.leave()
    (taken,) = await two.claim_raws(9, suite.BIG, clock.now())
    assert (taken.seq, taken.attempts, taken.interrupted) == (seq, 2, 0)
    (unknown,) = await suite.due(two, ground)
    assert (unknown.id, unknown.state) == (effect.id, State.UNKNOWN)
    await two.commit([Decision(held)])


async def test_what_a_node_left_when_its_line_was_lost_is_not_held_against_the_raw(
    opened: Opener, server: Postgres
) -> None:
    """The store failed it; the process goes on as a new node, and knows what an earlier epoch of its own left."""
    store = await opened()
    await store.nodes.join("a")
    await page(store, "a/1", None)
    (claimed,) = await store.claim_raws(9, suite.BIG, suite.START)
    membership = store.nodes._membership
    assert membership is not None
    waiting = asyncio.create_task(store.nodes.wait_news(60))
    server.execute(_END, membership.epoch, presence.NODE_CLASS, database="nodes")
    await asyncio.wait_for(waiting, 10)
    await store.nodes.leave()
    await store.nodes.join("a")
    await store.recover()
    (again,) = await store.claim_raws(9, suite.BIG, suite.START)
    assert (again.seq, again.attempts, again.interrupted) == (claimed.seq, 2, 0)


async def test_before_it_joined_a_store_owns_nothing(opened: Opener) -> None:
    store = await opened()
    with pytest.raises(NotOwnerError):
        await store.nodes.own(["s"])
    assert not store.nodes.still_ours()


async def test_news_wake_the_other_nodes(opened: Opener, clock: ManualClock) -> None:
    """A page is told to the others without a poll; the clock stands still."""
    one, two = await opened(), await opened()
    await one.nodes.join("one")
    await two.nodes.join("two")
    waiting = asyncio.create_task(two.nodes.wait_news(60))
    await page(one, "a/1", None)
    await asyncio.wait_for(waiting, 10)


async def test_without_news_the_wait_ends_by_the_clock(opened: Opener, clock: ManualClock) -> None:
    store = await opened()
    await store.nodes.join("one")
    waiting = asyncio.create_task(store.nodes.wait_news(60))
    while not clock.sleeping:
        await asyncio.sleep(0)
    clock.advance(60)
    await asyncio.wait_for(waiting, 10)


async def test_a_session_that_the_server_ended_is_a_place_lost(opened: Opener, server: Postgres) -> None:
    """The node knows at once, writes nothing more, and another takes over; then it may join again."""
    one, two = await opened(), await opened()
    await one.nodes.join("one")
    await two.nodes.join("two")
    await one.nodes.own([suite.SOURCE, OTHER])
    membership = one.nodes._membership
    assert membership is not None
    waiting = asyncio.create_task(one.nodes.wait_news(60))
    server.execute(_END, membership.epoch, presence.NODE_CLASS, database="nodes")
    await asyncio.wait_for(waiting, 10)
    assert not one.nodes.still_ours()
    with pytest.raises(NotOwnerError):
        await page(one, "a/1", None)
    await takes_over(two, [suite.SOURCE, OTHER])
    again = await one.nodes.join("one")
    assert again.epoch > membership.epoch
    await page(one, "a/1", None)


async def test_a_node_that_does_not_know_yet_is_refused_by_the_database(opened: Opener, server: Postgres) -> None:
    """The check in the transaction counts, not what the node believes."""
    one = await opened()
    await one.nodes.join("one")
    await one.nodes.own([suite.SOURCE])
    await page(one, "a/1", "c1")
    server.execute("DELETE FROM nodes", database="nodes")
    before = snapshot(server)
    assert one.nodes.still_ours()
    for write in writes(one):
        with pytest.raises(NotOwnerError):
            await write()
    assert snapshot(server) == before


def writes(store: SqlStore) -> list[Callable[[], Awaitable[Any]]]:
    """Return every way in which a node writes."""
    now = suite.START
    return [
        lambda: page(store, "z/1", "c9"),
        lambda: page(store, "z/2", None),
        lambda: store.claim_raws(9, suite.BIG, now),
        lambda: store.commit([Decision(1)]),
        lambda: store.release_raws([Fate(1, State.SETTLED)]),
        lambda: store.claim_effects("desk", 9, now),
        lambda: store.release_effects([Fate(1, State.SETTLED)]),
        lambda: store.desk.write([suite.write("w")]),
        lambda: store.set_marks({"a": "b"}),
        lambda: store.budgets.reserve([Bucket("k", Limit("send", Scope.CHANNEL, 1, timedelta(seconds=1)))], now),
        lambda: store.nodes.own(["z"]),
        store.recover,
    ]


async def test_a_killed_node_is_replaced_at_once(opened: Opener, server: Postgres, tmp_path: Path) -> None:
    """Its sources are taken over, its raws are new, its effects unknown: within 10 s of the kill."""
    store = await opened()
    ground = suite.Ground(opened, ManualClock())
    await suite.decide(store, ground, cases=(suite.case(),), effects=(suite.ticket_effect("e"),))
    await page(store, "a/1", None)
    async with NodeProcess.start(server.url("nodes"), tmp_path) as node:
        await node.ask("join", "dead")
        assert await node.ask("own", [suite.SOURCE, OTHER]) == [OTHER, suite.SOURCE]
        assert await node.ask("claim") == ["a/1"]
        assert await node.ask("claim_effects") == ["e"]
        await store.nodes.join("alive")
        os.kill(node.pid, signal.SIGKILL)
        assert await takes_over(store, [suite.SOURCE, OTHER]) < TAKEOVER_SECS
    (again,) = await store.claim_raws(9, suite.BIG, suite.START)
    assert (again.raw.key, again.attempts, again.interrupted) == ("a/1", 2, 1)
    (unknown,) = await suite.due(store, ground)
    assert unknown.state is State.UNKNOWN


async def test_a_stopped_node_is_replaced_within_ten_seconds_and_writes_nothing_when_it_goes_on(
    opened: Opener, server: Postgres, tmp_path: Path
) -> None:
    """Stopped between two statements of a transaction, with claims in hand; it finds its place taken."""
    store = await opened()
    await page(store, "a/1", None)
    async with NodeProcess.start(server.url("nodes"), tmp_path) as node:
        old = Membership(*await node.ask("join", "sleeper"))
        await node.ask("own", [suite.SOURCE])
        await node.ask("put", "b/2", "c2")
        assert await node.ask("claim") == ["a/1", "b/2"]
        held = await node.hold("put", "c/3", "c3")
        await store.nodes.join("alive")
        os.kill(node.pid, signal.SIGSTOP)
        try:
            took = await takes_over(store, [suite.SOURCE])
            assert took < TAKEOVER_SECS
            assert await store.cursor(suite.SOURCE, suite.INBOX) == "c2"
            await page(store, "d/4", "c4")
            before = snapshot(server)
        finally:
            os.kill(node.pid, signal.SIGCONT)
        assert not await node.ask("sure")
        assert await held() in ("NotOwnerError", "TransientError")
        for command in (("put", "e/5", "c5"), ("put", "e/6", None), ("claim",), ("commit",), ("release",)):
            assert await node.ask(*command) == "NotOwnerError"
        assert snapshot(server) == before
        again = Membership(*await node.ask("join", "sleeper"))
        assert again.epoch > old.epoch
        assert await node.ask("put", "f/7", None) is None


@pytest.mark.usefixtures("quick")
async def test_lines_that_were_cut_off_while_nobody_used_them_are_made_anew(opened: Opener, server: Postgres) -> None:
    """A node that lost its place joins again at the first try."""
    async with Relay.open("127.0.0.1", server.port) as relay:
        cut = await opened(relay.port)
        await cut.nodes.join("cut")
        relay.freeze()
        await until(lambda: asyncio.sleep(0, cut.nodes._presence is not None and cut.nodes._presence.is_lost()))
        # The lines themselves are cut a moment after the loss is known.
        await until(lambda: asyncio.sleep(0, not any(each.name == "store-presence" for each in threading.enumerate())))
        relay.thaw()
        await cut.nodes.join("cut")
        await page(cut, "a/1", None)


@pytest.mark.usefixtures("silent")
async def test_nobody_takes_over_before_the_last_write_of_the_lost_has_ended(opened: Opener, server: Postgres) -> None:
    """A transaction that passed the check may still commit; who takes over waits for it, and takes what it claimed."""
    one, two = await opened(), await opened()
    await one.nodes.join("one")
    await two.nodes.join("two")
    await page(one, "a/1", None)

    async def take_over() -> frozenset[str]:
        membership = one.nodes._membership
        assert membership is not None
        await asyncio.to_thread(server.execute, _END, membership.epoch, presence.NODE_CLASS, database="nodes")
        return await two.nodes.own([suite.SOURCE])

    claimed, owned = await meet(server, lambda: one.claim_raws(9, suite.BIG, suite.START), take_over)
    assert owned == {suite.SOURCE}
    (again,) = await two.claim_raws(9, suite.BIG, suite.START)
    assert (again.seq, again.attempts) == (claimed[0].seq, 2)


@pytest.mark.usefixtures("silent", "quick")
async def test_a_node_that_stopped_halfway_through_a_statement_is_replaced(opened: Opener, server: Postgres) -> None:
    """The server waits for the rest of what was sent, which no time limit of its own ends before PostgreSQL 17."""
    one, two = await opened(), await opened()
    await one.nodes.join("one")
    await one.nodes.own([suite.SOURCE])
    await two.nodes.join("two")
    held, go_on = threading.Event(), threading.Event()

    def stop_halfway(connection: Connection) -> None:
        # It holds what every node that looks for the lost ones needs.
        one.nodes.retire(connection)
        line = connection.connection.driver_connection
        assert isinstance(line, psycopg.Connection)
        line.pgconn.enter_pipeline_mode()
        line.pgconn.send_query_params(b"SELECT 1", [])
        line.pgconn.flush()
        held.set()
        go_on.wait()
        connection.invalidate()
        raise TransientError("its line is in no state to go on with")

    stopped = asyncio.create_task(one._threads.write(stop_halfway))
    await asyncio.to_thread(held.wait)
    try:
        server.execute(_END, epoch_of(one), presence.NODE_CLASS, database="nodes")
        await takes_over(two, [suite.SOURCE])
        await page(two, "a/1", "c1")
    finally:
        go_on.set()
        with pytest.raises(TransientError):
            await stopped


async def test_a_write_that_began_in_an_earlier_epoch_is_refused_in_the_next(opened: Opener) -> None:
    """What it would claim would be nobody's."""
    store = await opened()
    await store.nodes.join("a")
    late = store._held(lambda connection, holder: holder)
    await store.nodes.join("a")
    with pytest.raises(NotOwnerError, match="anew"):
        await store._threads.write(late)


@pytest.mark.usefixtures("quick")
async def test_a_black_holed_line_is_replaced(opened: Opener, server: Postgres) -> None:
    """Nothing is closed and all is acknowledged, yet nothing comes through: both ends find it out."""
    async with Relay.open("127.0.0.1", server.port) as relay:
        cut, whole = await opened(relay.port), await opened()
        await cut.nodes.join("cut")
        await cut.nodes.own([suite.SOURCE])
        await page(cut, "a/1", "c1")
        await whole.nodes.join("whole")
        relay.freeze()
        writing = asyncio.create_task(page(cut, "b/2", "c2"))
        await takes_over(whole, [suite.SOURCE])
        assert not cut.nodes.still_ours()
        # It does not wait for ever on the dead line either.
        with pytest.raises(TransientError):
            await asyncio.wait_for(writing, TAKEOVER_SECS)
        await page(whole, "c/3", "c3")
        before = snapshot(server)
        relay.thaw()
        with pytest.raises(NotOwnerError):
            await page(cut, "d/4", "c4")
        assert snapshot(server) == before
        await cut.nodes.join("cut")
        await page(cut, "d/4", None)


async def test_a_server_that_goes_while_a_node_joins_is_waited_for(
    opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The session that proves the node cannot be made: that is the store's trouble, which passes, and no fault."""
    store = await opened()

    def refused(url: str, **server: object) -> None:
        raise psycopg.OperationalError("connection refused")

    monkeypatch.setattr(postgres, "connect", refused)
    with pytest.raises(TransientError):
        await store.nodes.join("one")


async def test_a_source_that_only_one_node_has_is_fetched_by_it(opened: Opener, clock: ManualClock) -> None:
    """Its share may be full of what the others could fetch too: what nobody takes for a while is taken beyond it."""
    one, two = await opened(), await opened()
    mine = ["a", "b", "c", "d"]
    await one.nodes.join("one")
    await one.nodes.own(mine)
    await two.nodes.join("two")
    first = second = frozenset[str]()
    for _ in range(4):
        first, second = await one.nodes.own(mine), await two.nodes.own(["a"])
        clock.advance(shared_nodes.UNWANTED_SECS / 2)
    assert first | second == set(mine)
    assert not first & second
    for _ in range(4):
        clock.advance(shared_nodes.UNWANTED_SECS)
        assert (await one.nodes.own(mine), await two.nodes.own(["a"])) == (first, second), "none goes to and fro"


@pytest.mark.usefixtures("silent")
async def test_p13_two_nodes_that_decide_copies_of_one_mail_at_once_open_one_case(
    opened: Opener, server: Postgres, clock: ManualClock
) -> None:
    """Neither saw the other's: one is undone whole, and finds the case when it looks again."""
    one, two = await opened(), await opened()
    ground = suite.Ground(opened, clock)
    await one.nodes.join("one")
    await two.nodes.join("two")
    await page(one, "a/1", None)
    (first,) = await suite.claim_seqs(one, ground)
    await page(two, "a/1", None, OTHER)
    (second,) = await suite.claim_seqs(two, ground)

    def opening(seq: int) -> Decision:
        return Decision(
            seq,
            cases=(suite.case(),),
            entries=(suite.entry(suite.ONE, "m1"),),
            effects=(suite.ticket_effect("e1"),),
        )

    results = await meet(server, lambda: one.commit([opening(first)]), lambda: two.commit([opening(second)]))
    assert results[0] is None
    assert isinstance(results[1], StaleCaseError)
    view = await two.case_view(suite.ONE)
    assert view is not None
    assert len(view.file.entries) == 1
    assert (await two.tally()).raws == {State.SETTLED: 1, State.CLAIMED: 1}
    (past,) = await two.look_up([Query(message_id="m1")])
    assert past.copy_of is not None
    await two.commit([Decision(second, note="copy")])
    assert [item.effect.key for item in await suite.due(two, ground)] == ["e1"]
