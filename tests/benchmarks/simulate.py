"""Ten nodes on one PostgreSQL primary, in virtual time: `python -m tests.benchmarks.simulate`.

A model of how messages pass, made of what was measured of each stage. It carries no message of its own: platforms,
journal, batches in work and outbox are counted, and nothing else is said of them than where they are and since when.
What it leaves out stands in docs/scale.md.
"""

from __future__ import annotations

import argparse
import collections
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from gateway.nodes import fair_share
from tests.benchmarks.events import SLICE_SECS, Bell, Log, Places, Steps, Task, Time


@dataclass(frozen=True)
class Cost:
    """What one batch costs in a stage, by what was measured of batches of 10 and of 100."""

    node_ms: tuple[float, float]
    server_ms: tuple[float, float]
    log_bytes: float
    """A message."""
    statements: int
    """A batch; BEGIN and COMMIT come on top."""

    def node(self, messages: int) -> float:
        """Return the seconds of the node's core."""
        return _line(self.node_ms, messages)

    def server(self, messages: int) -> float:
        """Return the seconds of one of the primary's cores."""
        return _line(self.server_ms, messages)


def _line(measured: tuple[float, float], messages: int) -> float:
    ten, hundred = measured
    each = max(0.0, hundred - ten) / 90
    return max(ten - 10 * each, 0.0) / 1000 + each * messages / 1000


# Measured by `make bench ARGS="-k scale"`, one node; batches of 10: the lesser of two runs. See docs/scale.md.
PUT, CLAIM, LOOK_UP, COMMIT = "put_page", "claim_raws", "look_up", "commit"
CLAIM_EFFECTS, RELEASE, OWN, TELL = "claim_effects", "release_effects", "own", "tell"
IDLE = "empty claim and next_due"
COSTS = {
    PUT: Cost((2.6, 11.6), (1.2, 7.1), 3_110, 11),
    CLAIM: Cost((1.2, 4.8), (0.9, 2.7), 700, 5),
    LOOK_UP: Cost((0.6, 3.4), (0.25, 0.97), 0, 3),
    COMMIT: Cost((4.1, 17.0), (2.4, 14.7), 5_940, 17),
    CLAIM_EFFECTS: Cost((1.8, 5.0), (0.9, 3.5), 980, 7),
    RELEASE: Cost((1.7, 7.2), (1.0, 4.4), 970, 7),
    # A node at rest, and its share once a second: most of what it costs while nothing comes.
    OWN: Cost((2.5, 2.5), (1.0, 1.0), 95, 6),
    TELL: Cost((0.2, 0.2), (0.1, 0.1), 60, 1),
    IDLE: Cost((2.1, 2.1), (0.54, 0.54), 0, 4),
}


@dataclass(frozen=True)
class World:
    """What can be set; the source of each figure stands beside it."""

    nodes: int = 10
    channels: int = 40
    skew: float = 0.5
    """Made up: the k-th channel has 1 / k ** skew of the first one's messages."""
    page: int = 100
    """Raws in a page: the made-up platforms of tests/benchmarks/plugins.py."""
    batch: int = 100
    """`[engine] batch`, its default."""
    own_ms: float = 0.5
    """A message's cost in the node but for the store: measured in all, less the stages above."""
    connections: int = 4
    """Writers of a node: `WRITERS` in gateway/store/postgres.py."""
    primary_cores: int = 8
    """Made up: a middling database machine."""
    fsync_ms: float = 1.0
    """Made up: a disk with a battery or a data centre's flash; test_scale.py prints that of the machine it runs on."""
    log_mb_a_sec: float = 200.0
    """Made up: how fast that disk takes a log, one write after the other."""
    standby_ms: float = 0.0
    """A synchronous standby's round trip and fsync; 0 without one. Same data centre: about 1.5."""
    network_ms: float = 0.2
    """Made up: a round trip between node and primary in one data centre."""
    fetch_ms: float = 20.0
    """Made up: how long a platform takes to hand over a page."""
    backend_ms: tuple[float, float] = (30.0, 120.0)
    """Made up: a ticket system takes a batch; between these, evenly."""
    find_ms: float = 50.0
    """Made up: looking one batch of doubtful tickets up."""
    own_secs: float = 1.0
    """`OWN_SECS` in gateway/membership.py."""
    silence_secs: float = 6.2
    """Until a lost machine's session is ended: `SILENCE_MS`, and measured so (ADR 13). A killed process: 0."""
    senders: int = 0
    """Idle workers that another node's news wake beside pipeline and dispatcher: none, as the engine is (`Place`)."""
    tell_secs: float = 0.05
    """`TELL_SECS` in gateway/store/nodes.py."""
    idle_secs: float = 30.0
    """`IDLE_SECS` in gateway/supervise.py."""
    shared_cores: int = 0
    """If not 0: all nodes and the primary on one machine with so many cores, as the tests of this model are."""
    others: float = 0.0
    """Of these cores, how many others use."""
    seed: int = 20261121


@dataclass
class Channel:
    """A platform's messages: when each came, how far the cursor is, and which have a ticket."""

    name: str
    rate: float
    rng: random.Random
    backlog: int = 0
    arrived: list[float] = field(default_factory=list)
    done: list[float] = field(default_factory=list)
    """By message; below 0 while it has no ticket."""
    accepted: list[int] = field(default_factory=list)
    """How often the ticket system took it: 1 in the end."""
    cursor: int = 0
    _oldest: int = 0
    _next: float = 0.0

    def upto(self, now: float, until: float) -> None:
        """Let the messages come that are due."""
        while self.backlog:
            self.backlog -= 1
            self._come(0.0)
        if not self.rate:
            return
        self._next = self._next or self.rng.expovariate(self.rate)
        while self._next <= min(now, until):
            self._come(self._next)
            self._next += self.rng.expovariate(self.rate)

    def next_at(self, until: float) -> float:
        """Return when the next message comes."""
        return self._next if self.rate and self._next <= until else float("inf")

    def age(self, now: float) -> float:
        """Return how long the oldest message waits that has no ticket."""
        while self._oldest < len(self.done) and self.done[self._oldest] >= 0:
            self._oldest += 1
        return now - self.arrived[self._oldest] if self._oldest < len(self.arrived) else 0.0

    def _come(self, at: float) -> None:
        self.arrived.append(at)
        self.done.append(-1.0)
        self.accepted.append(0)


Item = tuple[Channel, int]


@dataclass
class Node:
    """One gateway: its core, its connections, and what it has in work."""

    epoch: int
    core: Places
    writers: Places
    pipeline: Bell
    dispatcher: Bell
    idle: list[Bell]
    claimed: list[Item] = field(default_factory=list)
    sending: list[Item] = field(default_factory=list)
    intakes: dict[str, Task] = field(default_factory=dict)
    tasks: list[Task] = field(default_factory=list)
    telling: bool = False
    died_at: float | None = None
    settled: int = 0

    def end(self) -> None:
        """Stop at this instant, whatever is under way."""
        for task in (*self.tasks, *self.intakes.values()):
            task.end()


class Simulation:
    """Nodes, platforms, one primary, and time."""

    def __init__(self, world: World, rate: float, backlog: int = 0, until: float = float("inf")) -> None:
        self.world = world
        self.time = Time()
        self.rng = random.Random(world.seed)
        self.until = until
        weights = [1 / (number + 1) ** world.skew for number in range(world.channels)]
        shares = [weight / sum(weights) for weight in weights]
        self.channels = {
            f"c{number:03}": Channel(
                f"c{number:03}", rate * share, random.Random(self.rng.random()), round(backlog * share)
            )
            for number, share in enumerate(shares)
        }
        self.machine = Places(world.shared_cores) if world.shared_cores else None
        self.primary = self.machine or Places(world.primary_cores)
        self.primary_secs = 0.0
        self.log = Log(self.time, world.fsync_ms / 1000, world.log_mb_a_sec * 1e6, world.standby_ms / 1000)
        self.journal: collections.deque[Item] = collections.deque()
        self.outbox: collections.deque[Item] = collections.deque()
        self.owners: dict[str, int] = {}
        self.nodes: dict[int, Node] = {}
        self.settled = 0
        for _ in range(math.ceil(world.others)):
            self.time.start(self._disturb(world.others / math.ceil(world.others)))
        for epoch in range(1, world.nodes + 1):
            self.join(epoch)

    # What may be asked

    @property
    def arrived(self) -> int:
        """How many messages the platforms have had."""
        return sum(len(channel.arrived) for channel in self.channels.values())

    def whereabouts(self) -> dict[str, int]:
        """Return how many messages are where; together they are all that arrived."""
        nodes = self.nodes.values()
        return {
            "platform": sum(len(channel.arrived) - channel.cursor for channel in self.channels.values()),
            "journal": len(self.journal),
            "claimed": sum(len(node.claimed) for node in nodes),
            "outbox": len(self.outbox),
            "sending": sum(len(node.sending) for node in nodes),
            "settled": self.settled,
        }

    def lag(self) -> float:
        """Return how long the oldest message waits that has no ticket."""
        for channel in self.channels.values():
            channel.upto(self.time.now, self.until)
        return max(channel.age(self.time.now) for channel in self.channels.values())

    def members(self) -> list[int]:
        """Return the epochs that count as nodes, dead ones that nobody has found out included."""
        return list(self.nodes)

    def kill(self, epoch: int) -> None:
        """End a node without a word: its machine is gone."""
        node = self.nodes[epoch]
        node.died_at = self.time.now
        node.end()

    def join(self, epoch: int) -> None:
        """Begin a node."""
        count = self.world.senders
        idle = [Bell(self.time) for _ in range(count)]
        node = Node(epoch, Places(1), Places(self.world.connections), Bell(self.time), Bell(self.time), idle)
        self.nodes[epoch] = node
        idlers = (self._idler(node, bell) for bell in idle)
        parts = (self._place(node), self._pipeline(node), self._dispatcher(node), *idlers)
        node.tasks = [self.time.start(part) for part in parts]

    # What happens

    def _disturb(self, share: float) -> Steps:
        """Use a core of the one machine for somebody else, for that share of the time at most."""
        while True:
            yield from self.primary.work(SLICE_SECS)
            yield SLICE_SECS * (1 / share - 1)

    def _compute(self, node: Node, secs: float) -> Steps:
        """Use the one core that a Python process has; on one machine, one of its cores too."""
        if self.machine is None:
            yield from node.core.work(secs)
            return
        while secs > 1e-12:
            part = min(secs, SLICE_SECS)
            yield from node.core.take()
            try:
                yield from self.machine.work(part)
                node.core.busy += part
            finally:
                node.core.give()
            secs -= part

    def _transact(self, node: Node, stage: str, messages: int) -> Steps:
        cost = COSTS[stage]
        yield from node.writers.take()
        try:
            yield from self._compute(node, cost.node(messages))
            yield (cost.statements + 2) * self.world.network_ms / 1000
            secs = cost.server(messages)
            self.primary_secs += secs
            yield from self.primary.work(secs)
            if cost.log_bytes and messages:
                yield from self.log.flush(cost.log_bytes * messages)
        finally:
            node.writers.give()

    def _intake(self, node: Node, channel: Channel) -> Steps:
        while True:
            channel.upto(self.time.now, self.until)
            ready = min(self.world.page, len(channel.arrived) - channel.cursor)
            if not ready:
                yield max(min(channel.next_at(self.until) - self.time.now, self.world.idle_secs), 1e-6)
                continue
            yield self.world.fetch_ms / 1000
            # Page and cursor are one transaction: who is ended before its end has taken nothing.
            yield from self._transact(node, PUT, ready)
            self.journal.extend((channel, number) for number in range(channel.cursor, channel.cursor + ready))
            channel.cursor += ready
            node.pipeline.ring()
            self._tell(node)

    def _claim(self, node: Node, into: list[Item]) -> Steps:
        """Take the oldest, and judge them; what is claimed is nobody else's from now on."""
        while self.journal and len(into) < self.world.batch:
            into.append(self.journal.popleft())
        node.claimed += into
        yield from self._transact(node, CLAIM, len(into))
        yield from self._compute(node, len(into) * self.world.own_ms / 2000)

    def _pipeline(self, node: Node) -> Steps:
        """Decide one batch while the next is claimed and judged, as gateway/pipeline.py does."""
        batch: list[Item] = []
        while True:
            if not batch:
                yield from self._claim(node, batch)
            if not batch:
                yield from node.pipeline.wait(self.world.idle_secs)
                continue
            following: list[Item] = []
            ahead = None
            if len(batch) >= self.world.batch / 2:
                ahead = self.time.start(self._claim(node, following))
                node.tasks.append(ahead)
            yield from self._transact(node, LOOK_UP, len(batch))
            yield from self._compute(node, len(batch) * self.world.own_ms / 2000)
            yield from self._transact(node, COMMIT, len(batch))
            gone = set(map(_name, batch))
            node.claimed = [item for item in node.claimed if _name(item) not in gone]
            self.outbox.extend(batch)
            node.dispatcher.ring()
            self._tell(node)
            if ahead is not None:
                yield ahead.ended
                node.tasks.remove(ahead)
            batch = following

    def _dispatcher(self, node: Node) -> Steps:
        while True:
            while self.outbox and len(node.sending) < self.world.batch:
                node.sending.append(self.outbox.popleft())
            yield from self._transact(node, CLAIM_EFFECTS, len(node.sending))
            if not node.sending:
                yield from node.dispatcher.wait(self.world.idle_secs)
                continue
            if any(channel.accepted[number] for channel, number in node.sending):
                yield self.world.find_ms / 1000
            yield self.rng.uniform(*self.world.backend_ms) / 1000
            at = self.time.now
            for channel, number in node.sending:
                # What was sent by a node that is gone was found, and is not sent again.
                if not channel.accepted[number]:
                    channel.accepted[number] += 1
            yield from self._transact(node, RELEASE, len(node.sending))
            for channel, number in node.sending:
                channel.done[number] = at
            self.settled += len(node.sending)
            node.settled += len(node.sending)
            node.sending = []

    def _tell(self, node: Node) -> None:
        if not node.telling and len(self.nodes) > 1:
            node.telling = True
            self.time.at(self.time.now + self.world.tell_secs, partial(self._told, node))

    def _told(self, node: Node) -> None:
        node.telling = False
        if node.died_at is not None:
            return
        self.time.start(self._transact(node, TELL, 1))
        for other in self.nodes.values():
            if other is not node and other.died_at is None:
                other.pipeline.ring()
                other.dispatcher.ring()
                for bell in other.idle:
                    bell.ring()

    def _idler(self, node: Node, bell: Bell) -> Steps:
        """Look for work that never comes, whenever another node has news."""
        while True:
            yield from bell.wait(self.world.idle_secs)
            yield from self._transact(node, IDLE, 0)

    def _place(self, node: Node) -> Steps:
        """Ask for this node's share, as gateway/store/nodes.py reckons it."""
        while True:
            yield from self._transact(node, OWN, 1)
            self._retire()
            self._share(node)
            yield self.world.own_secs

    def _retire(self) -> None:
        for epoch, node in list(self.nodes.items()):
            if node.died_at is None or self.time.now < node.died_at + self.world.silence_secs:
                continue
            del self.nodes[epoch]
            self.journal.extendleft(reversed(node.claimed))
            self.outbox.extendleft(reversed(node.sending))
            self.owners = {name: owner for name, owner in self.owners.items() if owner != epoch}

    def _share(self, node: Node) -> None:
        names = sorted(self.channels)
        share = fair_share(len(names), self.members(), node.epoch)
        held = [name for name in names if self.owners.get(name) == node.epoch][:share]
        free = [name for name in names if name not in self.owners]
        mine = {*held, *free[: share - len(held)]}
        for name in set(node.intakes) - mine:
            node.intakes.pop(name).end()
            self.owners.pop(name, None)
        for name in sorted(mine - set(node.intakes)):
            self.owners[name] = node.epoch
            node.intakes[name] = self.time.start(self._intake(node, self.channels[name]))


def _name(item: Item) -> tuple[str, int]:
    return item[0].name, item[1]


@dataclass(frozen=True)
class Predicted:
    """What the model says of a backlog that nodes and primary work off on one machine."""

    rate: float
    cpu_ms: float
    """Of nodes and primary, a message."""


def on_one_machine(nodes: int, channels: int, cores: int, others: float, messages: int = 3_000) -> Predicted:
    """Predict what test_scale.py measures; others use so many of the cores."""
    world = World(
        nodes=nodes, channels=channels, skew=0.0, shared_cores=cores, others=others,
        fsync_ms=0.5, network_ms=0.05, fetch_ms=0.0, backend_ms=(0.0, 0.0),
    )  # fmt: skip
    simulation = Simulation(world, 0.0, messages)
    simulation.time.run(3600.0, lambda: simulation.settled >= messages)
    worked = simulation.primary_secs + sum(node.core.busy for node in simulation.nodes.values())
    return Predicted(messages / simulation.time.now, worked / messages * 1000)


@dataclass(frozen=True)
class Flow:
    """What so many nodes carry with a backlog that never ends, and what bounds them."""

    rate: float
    primary: float
    """Share of the primary's cores that is used."""
    log_mb_a_sec: float
    flushes: float
    """Share of the time in which the log is written."""
    nodes: float
    """Share of the nodes' cores that is used."""


def saturated(world: World, secs: float = 12.0, warm: float = 4.0) -> Flow:
    """Give the nodes more than they can carry, and look at them once they are at work."""
    simulation = Simulation(world, 0.0, int(world.nodes * 1_500 * (secs + warm)))
    simulation.time.run(warm)
    settled, busy, size = simulation.settled, simulation.primary_secs, simulation.log.bytes
    written, worked = simulation.log.busy, sum(node.core.busy for node in simulation.nodes.values())
    simulation.time.run(warm + secs)
    worked = sum(node.core.busy for node in simulation.nodes.values()) - worked
    return Flow(
        (simulation.settled - settled) / secs,
        (simulation.primary_secs - busy) / secs / simulation.primary.count,
        (simulation.log.bytes - size) / secs / 1e6,
        (simulation.log.busy - written) / secs,
        worked / secs / world.nodes,
    )


@dataclass(frozen=True)
class Wait:
    """How long messages wait at a rate, and what the death of one node does to that."""

    rate: float
    median: float
    p99: float
    worst: float | None
    """Seconds that the oldest message waited at most after the death."""
    worked_off: float | None
    """Seconds from the death until no message waits longer than a second, or twice the p99 before; None if never."""
    lost: int
    doubled: int


def loaded(world: World, rate: float, secs: float = 60.0, dies_at: float = 20.0) -> Wait:
    """Let messages come at a rate; end one node's machine, then let all be worked off, and count."""
    simulation = Simulation(world, rate, until=secs)
    simulation.time.run(dies_at)
    waits = sorted(
        done - arrived
        for channel in simulation.channels.values()
        for arrived, done in zip(channel.arrived, channel.done, strict=True)
        if done >= 0 and arrived > dies_at / 4
    )
    median, p99 = percentile(waits, 0.5), percentile(waits, 0.99)
    worst = worked_off = None
    if world.nodes > 1:
        simulation.kill(1)
        worst, worked_off = 0.0, 0.0
        while simulation.time.now < secs:
            simulation.time.run(simulation.time.now + 0.1)
            worst = max(worst, lag := simulation.lag())
            if lag > max(2 * p99, 1.0):
                worked_off = simulation.time.now - dies_at
        if worked_off > secs - dies_at - 0.2:
            worked_off = None
    simulation.time.run(secs * 2, lambda: simulation.time.now > secs and simulation.settled == simulation.arrived)
    taken = [times for channel in simulation.channels.values() for times in channel.accepted]
    return Wait(rate, median, p99, worst, worked_off, sum(each == 0 for each in taken), sum(each > 1 for each in taken))


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return the value below which this share of ordered values lies."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


LOAD = 0.5
"""Share of what the nodes carry at which the waits are looked at."""


def table(world: World, most: int) -> None:
    """Print what 1 to `most` nodes carry."""
    print(
        f"{world.channels} channels, a primary of {world.primary_cores} cores, fsync {world.fsync_ms:g} ms, "
        f"standby {world.standby_ms:g} ms, network {world.network_ms:g} ms, seed {world.seed}\n"
    )
    print("       with a backlog                                     | at half of that            | one machine lost")
    print(
        "nodes   rate/s  nodes busy  primary busy  log MB/s  writing | rate/s  median ms   p99 ms "
        "| oldest s  over after s"
    )
    for nodes in range(1, most + 1):
        here = replace(world, nodes=nodes)
        flow = saturated(here)
        wait = loaded(here, LOAD * flow.rate)
        assert wait.lost == wait.doubled == 0
        after = ""
        if wait.worst is not None:
            over = "not within 40" if wait.worked_off is None else f"{wait.worked_off:13.1f}"
            after = f"{wait.worst:8.1f}  {over}"
        print(
            f"{nodes:5}  {flow.rate:7.0f}  {flow.nodes:9.0%}  {flow.primary:12.0%}  {flow.log_mb_a_sec:8.1f}  "
            f"{flow.flushes:7.0%} | {wait.rate:6.0f}  {wait.median * 1000:9.0f}  {wait.p99 * 1000:7.0f} | {after}"
        )


def main() -> None:
    """Print the table for a primary and a seed that are asked for."""
    default = World()
    asked = argparse.ArgumentParser(prog="python -m tests.benchmarks.simulate", description=__doc__)
    asked.add_argument("--nodes", type=int, default=default.nodes, help="most nodes")
    asked.add_argument("--cores", type=int, default=default.primary_cores, help="cores of the primary")
    asked.add_argument("--channels", type=int, default=default.channels)
    asked.add_argument("--senders", type=int, default=0, help="idle workers that news wake beside the pipeline")
    asked.add_argument("--fsync-ms", type=float, default=default.fsync_ms)
    asked.add_argument("--standby-ms", type=float, default=default.standby_ms)
    asked.add_argument("--network-ms", type=float, default=default.network_ms)
    asked.add_argument("--seed", type=int, default=default.seed)
    given = asked.parse_args()
    world = replace(
        default, primary_cores=given.cores, channels=given.channels, fsync_ms=given.fsync_ms,
        standby_ms=given.standby_ms, network_ms=given.network_ms, seed=given.seed, senders=given.senders,
    )  # fmt: skip
    table(world, given.nodes)


if __name__ == "__main__":
    main()
