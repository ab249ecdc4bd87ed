"""The figures that docs/scale.md reckons with: what a stage, a message and a node at rest cost, on primary and disk."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import signal
import sqlite3
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from gateway.case import Direction, Entry, Message
from gateway.clock import SystemClock
from gateway.journal import Decision, Effect, EffectKind, Fate, State, StoredEffect, StoredRaw, TicketIntent
from gateway.past import Query
from gateway.ports import Cursor, Key, Raw, StreamId, TicketAction
from gateway.store import Sealer, SqlStore, open_store
from tests.benchmarks import simulate
from tests.benchmarks.conftest import MakeNode
from tests.benchmarks.meter import fsync_ms
from tests.benchmarks.node import Node
from tests.benchmarks.outcome import assert_store_agrees, rows_of
from tests.benchmarks.primary import Did, Traffic, Watch, look, sizes
from tests.benchmarks.report import FULL
from tests.benchmarks.shapes import X
from tests.builders import NOON, case
from tests.servers.postgres import Postgres

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

SEALER = Sealer({"k1": b"1" * 32}, "k1")
INBOX, DESK = StreamId("all"), "desk"
BIG = 2**40
LARGE, SMALL = 100, 10
"""Two sizes of a batch: what is the same for both is the batch's, the rest the message's."""
MESSAGES = 6_000 if FULL else 3_000
REST_SECS = 30 if FULL else 12


@dataclass
class Way:
    """One node's messages on their way through the store, a batch at a time."""

    store: SqlStore
    source: str
    size: int
    batches: int
    first: int
    claimed: list[Sequence[StoredRaw]] = field(default_factory=list)
    pages: list[list[Raw]] = field(default_factory=list)
    decisions: list[list[Decision]] = field(default_factory=list)
    queries: list[list[Query]] = field(default_factory=list)
    due: list[Sequence[StoredEffect]] = field(default_factory=list)

    def stages(self) -> dict[str, Callable[[int], Awaitable[None]]]:
        """Return what is done to the n-th batch, in order."""
        return {
            "put_page": self._put,
            "claim_raws": self._claim,
            "look_up": self._look_up,
            "commit": self._commit,
            "claim_effects": self._claim_effects,
            "release_effects": self._release,
            "empty claim": self._claim_nothing,
            "next_due": self._next_due,
        }

    def prepare(self, number: int) -> None:
        """Make what the next stage is handed, which is no cost of the store."""
        if number == len(self.pages):
            self.pages.append(self._page(number))
        if len(self.decisions) <= number < len(self.claimed):
            self.queries.append([_query(_message(item.raw)) for item in self.claimed[number]])
            self.decisions.append([_decision(item) for item in self.claimed[number]])

    def _page(self, number: int) -> list[Raw]:
        start = self.first + number * self.size
        # Without those that answer another one: each stage takes whole batches, and a lane gives one raw at a time.
        made = [X.make(each + each // 9, 0) for each in range(start, start + self.size)]
        return [
            Raw(self.source, INBOX, Key(key), lane, body, "application/json", NOON, len(body))
            for lane, key, body in made
        ]

    async def _put(self, number: int) -> None:
        await self.store.put_page(self.source, INBOX, self.pages[number], Cursor(f"c{number}"))

    async def _claim(self, number: int) -> None:
        self.claimed.append(await self.store.claim_raws(self.size, BIG, datetime.now(NOON.tzinfo)))

    async def _look_up(self, number: int) -> None:
        await self.store.look_up(self.queries[number])

    async def _commit(self, number: int) -> None:
        await self.store.commit(self.decisions[number])

    async def _claim_effects(self, number: int) -> None:
        self.due.append(await self.store.claim_effects(DESK, self.size, datetime.now(NOON.tzinfo)))

    async def _claim_nothing(self, number: int) -> None:
        """What an idle worker does when another node's news ring for it."""
        assert not await self.store.claim_effects("nobody", self.size, datetime.now(NOON.tzinfo))

    async def _next_due(self, number: int) -> None:
        await self.store.next_due("nobody", datetime.now(NOON.tzinfo))

    async def _release(self, number: int) -> None:
        fates = [Fate(item.id, State.SETTLED, ref=f"T-{item.id}") for item in self.due[number]]
        await self.store.release_effects(fates)


def _message(item: Raw) -> Message:
    (found,) = X.normalizer.normalize(item)
    assert isinstance(found, Message)
    return found


def _query(found: Message) -> Query:
    return Query(message_id=found.id, content_key=found.content_key, refs=(str(found.thread.own_ref),))


def _decision(item: StoredRaw) -> Decision:
    found = _message(item.raw)
    digest = hashlib.sha256(found.id.encode()).hexdigest().upper()
    number = f"GH-{digest[:5]}-{digest[5:10]}"
    opened = case(number, found.sender, subject="", platform="x")
    intent = TicketIntent(action=TicketAction.MESSAGE, message_id=found.id)
    effect = Effect(key=f"{found.id}:ticket", kind=EffectKind.TICKET, target=DESK, case_id=number, ticket=intent)
    return Decision(
        item.seq,
        cases=(opened,),
        entries=(Entry(case_id=number, direction=Direction.IN, message=found, at=NOON),),
        refs=((str(found.thread.own_ref), number),),
        effects=(effect,),
    )


@dataclass(frozen=True)
class Stage:
    """What a batch cost in one stage."""

    node_ms: float
    server_ms: float
    wal_kb: float
    statements: float
    transactions: float
    locks: int

    def words(self) -> str:
        return (
            f"node {self.node_ms:6.2f} ms, server {self.server_ms:6.2f} ms, log {self.wal_kb:7.1f} kB, "
            f"{self.statements:4.1f} statements, {self.transactions:.1f} transactions, {self.locks:4d} locks"
        )


async def ways(stack: AsyncExitStack, places: Sequence[str], folder: Path, size: int, batches: int) -> list[Way]:
    """Open a store for each node, each with a source of its own."""
    found = []
    sources = [f"s{number}" for number in range(len(places))]
    for number, place in enumerate(places):
        store = await stack.enter_async_context(open_store(place, folder / "blobs", SEALER, SystemClock()))
        await store.nodes.join(f"node {number}")
        found.append(Way(store, "", size, batches, first=number * size * batches))
    for way in (*found, *found):
        # The second time each has its share.
        way.source = min(await way.store.nodes.own(sources))
    return found


@dataclass
class Sum:
    """What all batches but the first cost in a stage; statements are prepared, and locks are counted, in that one."""

    node: float = 0.0
    server: float = 0.0
    wal: float = 0.0
    statements: int = 0
    transactions: int = 0
    locks: int = 0

    def each(self, batches: int) -> Stage:
        return Stage(
            self.node * 1000 / batches,
            self.server * 1000 / batches,
            self.wal / 1000 / batches,
            self.statements / batches,
            self.transactions / batches,
            self.locks,
        )


async def measure(nodes: Sequence[Way], server: Postgres) -> dict[str, Stage]:
    """Take a batch of each node through all stages, side by side in each, then the next ones."""
    sums = {name: Sum() for name in nodes[0].stages()}
    batches = nodes[0].batches
    with closing(Watch(server)) as watch, Traffic.counted(server) as traffic:
        for number in range(batches):
            for name, total in sums.items():
                for way in nodes:
                    way.prepare(number)
                traffic.reset(counts_locks=number == 0)
                cpu, (server_cpu, wal) = time.process_time(), watch.look()
                await asyncio.gather(*(way.stages()[name](number) for way in nodes))
                cpu = time.process_time() - cpu
                server_after, wal_after = watch.look()
                if number == 0:
                    total.locks = traffic.locks
                    continue
                total.node += cpu
                total.server += server_after - server_cpu
                total.wal += wal_after - wal
                total.statements += traffic.statements
                total.transactions += traffic.transactions
    return {name: total.each((batches - 1) * len(nodes)) for name, total in sums.items()}


@pytest.mark.parametrize(("nodes", "size", "batches"), [(1, LARGE, 40), (1, SMALL, 80), (2, LARGE, 20)])
async def test_what_a_batch_costs_stage_by_stage(
    postgres: Postgres, tmp_path: Path, nodes: int, size: int, batches: int
) -> None:
    async with AsyncExitStack() as stack:
        found = await ways(stack, [postgres.url()] * nodes, tmp_path, size, batches)
        costs = await measure(found, postgres)
    print(f"\nPostgreSQL, {nodes} node(s), batches of {size}, each:")
    for name, cost in costs.items():
        print(f"  {name:16}{cost.words()}")
    assert_store_agrees(lambda query: postgres.execute(query), nodes * size * batches)


async def test_what_is_kept_on_disk(postgres: Postgres, tmp_path: Path) -> None:
    """The same messages in both databases, settled: bytes a message in each table and its indexes."""
    batches = MESSAGES // LARGE
    small = tmp_path / "gatehouse.db"
    for place in (postgres.url(), str(small)):
        async with AsyncExitStack() as stack:
            (way,) = await ways(stack, [place], tmp_path, LARGE, batches)
            for number in range(batches):
                for stage in way.stages().values():
                    way.prepare(number)
                    await stage(number)
    assert_store_agrees(rows_of(small), MESSAGES)
    with closing(sqlite3.connect(small)) as line:
        line.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        pages = "SELECT m.tbl_name, m.type = 'index', sum(pgsize) FROM dbstat d JOIN sqlite_schema m ON m.name = d.name"
        kept: dict[tuple[str, bool], float] = {
            (name, bool(index)): size / MESSAGES for name, index, size in line.execute(f"{pages} GROUP BY 1, 2")
        }
    print(f"\nbytes a message, of {MESSAGES} X-shaped ones, each a case and a ticket (rows + indexes):")
    total = [0.0, 0.0]
    for name, (rows, indexes) in sorted(sizes(postgres, "gw").items()):
        other = (kept.get((name, False), 0), kept.get((name, True), 0))
        if rows + indexes > 20 * MESSAGES:
            print(
                f"  {name:10} PostgreSQL {rows / MESSAGES:5.0f} + {indexes / MESSAGES:4.0f}"
                f"   SQLite {other[0]:5.0f} + {other[1]:4.0f}"
            )
            total[0] += (rows + indexes) / MESSAGES
            total[1] += sum(other)
    print(f"  together   PostgreSQL {total[0]:5.0f}          SQLite {total[1]:5.0f}")
    assert total[0] > 0


CHANNELS = 4
MANY, MANY_CHANNELS, LOST, LIVE_SECS, EACH_A_SEC = 10, 20, 3, 20, 0.5
"""Nodes, channels and lost nodes of the check that ten nodes share one primary; how long messages come, how many."""
TAKE_OVER_SECS = 30.0
"""The promise is 10 s; ten processes on two cores are given longer, and the time is printed."""


def channels(messages: int, count: int = CHANNELS, rate: float = 0.0) -> str:
    """Return the configuration of several channels that hand over as many messages each."""
    each = messages // count
    return "\n".join(
        f'[channels.chat{number}]\nconnector = "x_shaped"\ncount = {each}\nfirst = {number * each}\nrate = {rate}\n'
        for number in range(count)
    )


def siblings(make_node: MakeNode, count: int) -> list[Node]:
    """Return several desks with one pipe."""
    first = make_node()
    return [first] + [Node(first.folder.parent / f"sibling{number}", first.listener) for number in range(1, count)]


def configure(nodes: Sequence[Node], text: str, url: str, *, acknowledge: bool = False) -> None:
    """Write each node's files; all have the keys of the first."""
    for node in nodes:
        node.configure(text, url=url, acknowledge=acknowledge)
        key = node.folder / "gatehouse.key"
        key.write_bytes((nodes[0].folder / "gatehouse.key").read_bytes())


OLD = 1_000_000 if FULL else 200_000
_OLD_NAMES = """
CREATE TABLE old AS SELECT g::bigint AS g, upper('GH-' || substr(md5(g::text), 1, 5)
    || '-' || substr(md5(g::text), 6, 5))
AS name FROM generate_series(1, %s) AS g
"""
_OLD_ROWS = (
    "INSERT INTO cases SELECT name, 1, 'open', g, '{}' FROM old",
    "INSERT INTO entries (case_id, direction, message_id, content_key, document) "
    "SELECT name, 'in', 'x:' || 10^15 + g, 'x:' || 10^15 + g, '{}' FROM old",
    "INSERT INTO refs (ref, case_id) SELECT 10^15 + g, name FROM old",
    "INSERT INTO tickets SELECT name, 'desk', 'T-' || g FROM old",
    "INSERT INTO effects (key, kind, target, case_id, state, head, attempts, created_at, reason, traceback, document) "
    "SELECT 'x:' || 10^15 + g, 'ticket', 'desk', name, 'settled', false, 1, g, '', '', '{}' FROM old",
)


async def test_what_a_checkpoint_adds_to_the_log(postgres: Postgres, tmp_path: Path) -> None:
    """The first change of a page after a checkpoint puts the whole page into the log."""
    for old in (0, OLD):
        if old:
            postgres.execute(_OLD_NAMES, old)
            postgres.execute("DELETE FROM old a USING old b WHERE a.name = b.name AND a.g > b.g")
            for each in _OLD_ROWS:
                postgres.execute(each)
        async with AsyncExitStack() as stack:
            (way,) = await ways(stack, [postgres.url()], tmp_path, LARGE, 20)
            way.first = old
            postgres.execute("CHECKPOINT")
            before = look(postgres, "gw")
            for number in range(way.batches):
                for stage in way.stages().values():
                    way.prepare(number)
                    await stage(number)
        postgres.await_silence("gw")
        did = look(postgres, "gw").since(before)
        messages = LARGE * way.batches
        print(
            f"\nwith {old} cases, the first {messages} messages after a checkpoint: {did.wal / messages:.0f} B of log "
            f"and {did.pages / messages:.1f} whole pages a message, server {did.cpu / messages * 1000:.2f} ms"
        )
        assert did.pages > 0


@dataclass(frozen=True)
class Run:
    """What several gateways did of a backlog, from when all had begun."""

    messages: int
    secs: float
    node_cpu: float
    did: Did
    others: float

    @property
    def rate(self) -> float:
        return self.messages / self.secs


def busy_secs() -> float:
    """Return how long all cores have worked for anybody."""
    with open("/proc/stat") as lines:
        ticks = list(map(int, next(lines).split()[1:9]))
    return (sum(ticks) - ticks[3] - ticks[4]) / 100


def run(nodes: Sequence[Node], postgres: Postgres, messages: int, lines: int) -> Run:
    """Start all nodes on silent platforms; then let these have a backlog, and measure from its first page on."""
    hand_over(nodes, postgres, messages, lines)
    _until(lambda: any(node.said("page.stored") is not None for node in nodes))
    before, cpu, began, busy = look(postgres, "gw"), _cpu(nodes), time.time(), busy_secs()
    nodes[0].listener.wait("took", messages, 300, _all_alive(nodes))
    taken = nodes[0].listener.told["took"]
    secs = max(at for _, at in taken) - min(each for node in nodes if (each := node.said("page.stored")))
    cpu, busy, did = _cpu(nodes) - cpu, busy_secs() - busy, look(postgres, "gw").since(before)
    others = max(0.0, busy - cpu - did.cpu) / (time.time() - began)
    for node in nodes:
        node.stop()
    # Statistics of a session are complete when it has ended.
    postgres.await_silence("gw")
    did = Did(did.cpu, did.wal, *_counts(look(postgres, "gw").since(before)))
    assert_store_agrees(lambda query: postgres.execute(query), messages)
    return Run(messages, secs, cpu, did, others)


def hand_over(
    nodes: Sequence[Node], postgres: Postgres, messages: int, count: int = CHANNELS, rate: float = 0.0
) -> None:
    """Start all nodes on silent channels; once all have their place, let the channels have messages at one moment."""
    configure(nodes, channels(0, count), postgres.url())
    with ThreadPoolExecutor(len(nodes)) as threads:
        list(threads.map(Node.start, nodes))
    _until(lambda: postgres.execute("SELECT count(*) FROM nodes") == [(len(nodes),)])
    configure(nodes, channels(messages, count, rate), postgres.url())
    for node in nodes:
        os.kill(node.pid, signal.SIGHUP)


def _all_alive(nodes: Sequence[Node]) -> Callable[[], None]:
    def check() -> None:
        for node in nodes:
            node.alive()

    return check


def _counts(did: Did) -> tuple[int, int, int]:
    return did.pages, did.syncs, did.commits


def _cpu(nodes: Sequence[Node]) -> float:
    return sum(node.cpu_secs() for node in nodes)


def _until(found: Callable[[], bool], secs: float = 60.0) -> None:
    end = time.monotonic() + secs
    while not found():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.parametrize(("count", "lines"), [(1, CHANNELS), (2, CHANNELS), (1, MANY_CHANNELS), (2, MANY_CHANNELS)])
def test_what_a_message_costs_and_what_the_simulation_says(
    make_node: MakeNode, postgres: Postgres, tmp_path: Path, count: int, lines: int
) -> None:
    nodes = siblings(make_node, count)
    found = run(nodes, postgres, MESSAGES, lines)
    each = 1000 / found.messages
    print(
        f"\n{count} node(s) and the primary on 2 cores, {lines} channels, {found.messages} X-shaped messages: "
        f"{found.rate:.0f}/s; a message: nodes {found.node_cpu * each:.2f} ms, server {found.did.cpu * each:.2f} ms, "
        f"log {found.did.wal / found.messages:.0f} B, {found.did.commits / found.messages:.3f} transactions, "
        f"{found.did.syncs / found.messages:.3f} syncs; others worked on {found.others:.2f} of 2 cores; "
        f"an fsync takes {fsync_ms(tmp_path):.2f} ms"
    )
    predicted = simulate.on_one_machine(count, lines, cores=2, others=found.others)
    cost = (found.node_cpu + found.did.cpu) * each
    print(
        f"  the simulation says {predicted.rate:.0f}/s ({predicted.rate / found.rate - 1:+.0%}) and "
        f"{predicted.cpu_ms:.2f} ms a message ({predicted.cpu_ms / cost - 1:+.0%})"
    )


@pytest.mark.parametrize("count", [1, 2, 4])
def test_what_a_node_at_rest_costs(make_node: MakeNode, postgres: Postgres, count: int) -> None:
    nodes = siblings(make_node, count)
    configure(nodes, channels(0), postgres.url())
    for node in nodes:
        node.start()
    _until(lambda: nodes[-1].said("node.shared") is not None)
    time.sleep(2)
    before, cpu, began = look(postgres, "gw"), _cpu(nodes), time.monotonic()
    time.sleep(REST_SECS)
    secs, cpu, did = time.monotonic() - began, _cpu(nodes) - cpu, look(postgres, "gw").since(before)
    sessions = postgres.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'gatehouse'")[0][0]
    for node in nodes:
        node.stop()
    print(
        f"\n{count} node(s) at rest, each, a second: node {cpu / secs / count * 1000:.1f} ms, "
        f"server {did.cpu / secs / count * 1000:.1f} ms, log {did.wal / secs / count:.0f} B, "
        f"{did.commits / secs / count:.1f} transactions; {sessions} sessions together"
    )


def test_ten_nodes_share_one_primary_and_three_are_lost(make_node: MakeNode, postgres: Postgres) -> None:
    """Fair shares, one node a channel, take-over of what was killed or stands still, nothing lost; no speed."""
    messages = int(MANY_CHANNELS * LIVE_SECS * EACH_A_SEC)
    nodes = siblings(make_node, MANY)
    try:
        hand_over(nodes, postgres, messages, MANY_CHANNELS, EACH_A_SEC)
        _until(lambda: _is_spread(postgres, MANY))
        spread_at = time.time()
        shares = _shares(postgres)
        nodes[0].listener.wait("took", messages // 3, 60)
        lost = {name: epoch for name, epoch in _epochs(nodes).items() if name in range(LOST)}
        lost_at = time.time()
        fetchers = _fetchers(nodes, spread_at, lost_at)
        os.kill(nodes[0].pid, signal.SIGSTOP)
        for node in nodes[1:LOST]:
            node.kill()
        _until(lambda: not set(_shares(postgres)) & set(lost.values()) and _is_spread(postgres, MANY - LOST), 90)
        secs = time.time() - lost_at
        nodes[0].kill()
        nodes[0].listener.wait("took", messages, 120)
        _until(lambda: _settled(postgres) == messages)
    finally:
        for node in nodes:
            node.kill()
    again = sum(times > 1 for times in nodes[0].listener.names("took").values())
    print(
        f"\n{MANY} nodes, {MANY_CHANNELS} channels and the engine's own source: shares {sorted(shares.values())}; "
        f"{LOST} nodes lost, one of them stopped: all sources another's after {secs:.1f} s; {messages} messages, "
        f"each with its ticket; {again} written twice, as a backend that remembers nothing cannot be asked"
    )
    assert max(shares.values()) - min(shares.values()) <= 1
    assert len(fetchers) == MANY_CHANNELS
    assert all(len(found) == 1 for found in fetchers.values()), fetchers
    assert secs < TAKE_OVER_SECS
    assert set(nodes[0].listener.names("took").values()) <= {1, 2}
    assert_store_agrees(lambda query: postgres.execute(query), messages)


def _shares(postgres: Postgres) -> dict[int, int]:
    found = postgres.execute("SELECT epoch, count(*) FROM owners GROUP BY epoch")
    return {int(str(epoch)): int(str(count)) for epoch, count in found}


def _is_spread(postgres: Postgres, nodes: int) -> bool:
    """Whether so many nodes own all channels, and the engine's own source, evenly."""
    shares = _shares(postgres)
    even = max(shares.values(), default=0) - min(shares.values(), default=0) <= 1
    return len(shares) == nodes and sum(shares.values()) == MANY_CHANNELS + 1 and even


def _epochs(nodes: Sequence[Node]) -> dict[int, int]:
    """Return each node's epoch, by its place in the row."""
    return {number: int(told["epoch"]) for number, node in enumerate(nodes) for told in _said(node, "node.joined")}


def _fetchers(nodes: Sequence[Node], since: float, until: float) -> dict[str, set[int]]:
    """Return which nodes stored pages of each channel in that time."""
    found: dict[str, set[int]] = {}
    for number, node in enumerate(nodes):
        for told in _said(node, "page.stored"):
            if since < datetime.fromisoformat(told["timestamp"]).timestamp() < until:
                found.setdefault(told["source"], set()).add(number)
    return found


def _said(node: Node, event: str) -> list[dict[str, str]]:
    lines = (node.folder / "log").read_text(errors="replace").splitlines()
    return [json.loads(line) for line in lines if event in line]


def _settled(postgres: Postgres) -> int:
    ((count,),) = postgres.execute("SELECT count(*) FROM effects WHERE kind = 'ticket' AND state = 'settled'")
    return int(str(count))
