"""A waiting outbox drains as fast as Zendesk's limits allow, counted in calls on the clock that both sides share.

The engine's own dispatcher and supervisor on a real store, the sandbox's Zendesk on real sockets. 1,000 writes wait;
with GATEHOUSE_FULL=1 it is 10,000.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.backends import zendesk
from gateway.case import Entry
from gateway.clock import Bell
from gateway.dispatch import Fates, Means
from gateway.health import Health
from gateway.journal import Decision, Effect, EffectKind, State, TicketIntent
from gateway.ports import Cursor, Opening, StreamId, TicketAction
from gateway.retry import RetryPolicy
from gateway.sandbox.tickets._base import CHANGES
from gateway.sandbox.tickets.zendesk import ZendeskServer
from gateway.sandbox.tickets.zendesk._jobs import MOST_JOBS
from gateway.store import Sealer, SqlStore, open_store
from gateway.supervise import Supervisor
from gateway.ticketing import TicketDispatcher
from tests.builders import case, message, party, raw
from tests.conftest import ManualClock

TOKEN = "zendesk-token-of-the-gateway"
TARGET = "backend:zendesk"
FULL = os.environ.get("GATEHOUSE_FULL") == "1"
WAITING = 10_000 if FULL else 1_000
LEAST = 0.95
CALL_SECS = 0.08
"""What a call takes on the shared clock."""


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_ZENDESK_TOKEN", TOKEN)


async def fill(store: SqlStore, clock: ManualClock, count: int, each: int = 1) -> None:
    """Put ticket writes into the outbox: `each` of every case, one message a write."""
    for first in range(0, count, 500):
        some = range(first, min(first + 500, count))
        pages = [raw(f"m{number}", f"u{number // each}@mail.test") for number in some]
        await store.put_page("support", StreamId("INBOX"), pages, Cursor(str(first)))
        claimed = []
        while len(claimed) < len(some):
            more = await store.claim_raws(len(some), 10**9, clock.now())
            assert more
            claimed += more
            await store.commit([_decision(found.seq, found.raw.key, clock, each) for found in more])


def _decision(seq: int, key: str, clock: ManualClock, each: int) -> Decision:
    number = int(key.rpartition("m")[2])
    case_id = f"GH-AAAAA-{number // each:05d}"
    who = party(f"u{number // each}@mail.test", f"User {number // each}")
    filed = case(case_id, who, version=number % each + 1, updated_at=clock.now())
    intent = TicketIntent(action=TicketAction.MESSAGE, message_id=f"mail:m{number}")
    effect = Effect(key=f"mail:m{number}:t", kind=EffectKind.TICKET, target=TARGET, case_id=case_id, ticket=intent)
    entry = Entry(case_id=case_id, message=message(f"m{number}", who), at=clock.now())
    return Decision(seq, cases=(filed,), entries=(entry,), effects=(effect,))


@dataclass
class Drain:
    """What is drained, and by whom."""

    store: SqlStore
    server: ZendeskServer
    clock: ManualClock
    supervisor: Supervisor
    cases: int

    async def run(self) -> float:
        """Let the engine work until nothing waits any more; return the seconds from its first call to its last."""
        stop = asyncio.Event()
        running = asyncio.create_task(self.supervisor.run(stop))
        calls = 0
        try:
            while not running.done() and not await self._is_drained():
                for _ in range(20):
                    # Calls take their time on the shared clock, eight at once.
                    made, calls = len(self.server.calls) - calls, len(self.server.calls)
                    if made:
                        self.clock.advance(made * CALL_SECS / 8)
                    elif self.clock.sleeping:
                        self.clock.advance(max(self.clock.next_secs(), 0.001))
                    await asyncio.sleep(0.002)
        finally:
            stop.set()
            self.supervisor.own(())
            while not running.done():
                self.clock.advance(1)
                await asyncio.sleep(0.001)
            await running
        return (self.server.calls[-1].at - self.server.calls[0].at).total_seconds()

    async def _is_drained(self) -> bool:
        found = (await self.store.tally()).effects
        return not sum(count for state, count in found.items() if state is not State.SETTLED)

    def share(self, path: str, allowed: int) -> float:
        """Return which part of the changes that each minute allows was made and taken, up to the last such minute."""
        minutes = Counter(
            int(call.at.timestamp() // 60)
            for call in self.server.calls
            if call.request.method in CHANGES and call.status < 300 and re.fullmatch(path, call.path)
        )
        first, last = min(minutes), max(minutes)
        return sum(minutes[each] for each in range(first, last)) / (allowed * (last - first))

    def last_job_secs(self) -> float:
        """Return when the last job was done, in seconds from the first call."""
        done = max(job.due for job in self.server.jobs.all.values())
        return (done - self.server.calls[0].at).total_seconds()

    def opened(self) -> list[str]:
        """Return the external ids of all tickets."""
        return sorted(str(ticket.fields["external_id"]) for ticket in self.server.desk.tickets.values())

    @property
    def wanted(self) -> list[str]:
        """Return what they must be."""
        return [f"GH-AAAAA-{number:05d}" for number in range(self.cases)]

    def tell(self, what: str, secs: float, share: float) -> None:
        """Print what was measured."""
        calls, limited = len(self.server.calls), self.server.limited
        print(f"\n{what}: {secs:.0f} s, {calls} calls, {limited} of them answered 429; {share:.1%} of what is allowed")


@asynccontextmanager
async def drain(
    folder: Path,
    *,
    plan: int,
    batch_from: int,
    batch: int = 100,
    job_secs: float = 4.0,
    count: int = WAITING,
    each: int = 1,
) -> AsyncIterator[Drain]:
    """Fill an outbox and wire the engine's parts to the sandbox's Zendesk."""
    clock = TurningClock()
    retry, rng = RetryPolicy(), random.Random(7)
    sealer = Sealer({"test": b"k" * 32}, "test")
    server = ZendeskServer(clock, TOKEN, plan=plan, job_secs=job_secs)
    async with open_store(folder / "gatehouse.db", folder / "blobs", sealer, clock) as store, server.running():
        await fill(store, clock, count, each)
        settings = zendesk.PLUGIN.settings.model_validate(
            {
                "url": server.url,
                "email": server.desk.us.email,
                "token": {"env": "TEST_ZENDESK_TOKEN"},
                "batch_from": batch_from,
            }
        )
        async with zendesk.PLUGIN.open(Opening("desk", settings, clock)) as system:
            means = Means(clock, Fates(clock, retry, rng))
            dispatcher = TicketDispatcher(store, TARGET, system.backend, batch, means)
            supervisor = Supervisor(clock, retry, rng, Health(clock), shutdown_secs=5)
            supervisor.add_dispatcher(
                "desk:write", dispatcher.step, lambda: store.next_due(TARGET, clock.now()), Bell(clock)
            )
            yield Drain(store, server, clock, supervisor, count // each)


class TurningClock(ManualClock):
    """A clock that tells when the next sleeper wakes."""

    def next_secs(self) -> float:
        """Return the seconds until the first sleeper wakes."""
        due = [at for at, future in self._sleepers if not future.done()]
        return (min(due) - self._now).total_seconds() if due else 0.0


async def test_single_openings_take_what_the_plan_allows(tmp_path: Path) -> None:
    """Each write a call: of the calls that the plan allows 95 of a hundred are made, and each opens a ticket."""
    async with drain(tmp_path, plan=200, batch_from=1000) as run:
        secs = await run.run()
        share = run.share("/api/v2/tickets", 200)
        run.tell("single openings, 200 calls a minute", secs, share)
        assert share >= LEAST
        assert run.opened() == run.wanted
        assert run.server.counts["POST /api/v2/tickets"] == WAITING, "a call that opened nothing"


async def test_jobs_take_what_the_plan_allows(tmp_path: Path) -> None:
    """By jobs, on the smallest plan: 95 of a hundred calls that it allows queue a job; few are spent on looking."""
    async with drain(tmp_path, plan=10, batch_from=10, batch=WAITING // 100) as run:
        secs = await run.run()
        share = run.share("/api/v2/tickets/create_many", 10)
        run.tell("jobs, 10 calls a minute", secs, share)
        assert share >= LEAST
        assert run.opened() == run.wanted
        assert run.server.counts["POST /api/v2/tickets/create_many"] == 100
        assert run.server.limited == 0


async def test_jobs_keep_zendesks_queue_full(tmp_path: Path) -> None:
    """By jobs that take a minute, where Zendesk's queue is what limits: four times thirty take four minutes."""
    each = 100 if FULL else 5
    async with drain(tmp_path, plan=700, batch_from=5, batch=each, job_secs=60, count=4 * MOST_JOBS * each) as run:
        secs = await run.run()
        share = 4 * 60 / run.last_job_secs()
        run.tell("jobs of 60 s, 30 at once", secs, share)
        assert run.opened() == run.wanted
        assert run.server.limited == 0
        assert run.server.jobs.most == MOST_JOBS
        assert share >= LEAST


async def test_updates_take_what_the_endpoint_allows(tmp_path: Path) -> None:
    """Later messages of open cases: of the hundred updates that a minute allows 95 are made, none is refused."""
    count = 3_000 if FULL else 600
    async with drain(tmp_path, plan=400, batch_from=10, count=count, each=2) as run:
        secs = await run.run()
        share = run.share(r"/api/v2/tickets/\d+", 100)
        run.tell(f"{count // 2} updates, 100 a minute", secs, share)
        assert run.server.counts["PUT /api/v2/tickets/{id}"] == count // 2
        assert run.server.limited == 0
        assert share >= LEAST
