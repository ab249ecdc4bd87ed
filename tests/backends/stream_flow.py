"""Cases that flow through a real dispatcher, out of a real store, into streams."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from gateway.case import Entry
from gateway.clock import SystemClock
from gateway.dispatch import Fates, Means
from gateway.journal import Decision, Effect, EffectKind, State, TicketIntent
from gateway.ports import Backend, Cursor, StreamId, TicketAction
from gateway.retry import RetryPolicy
from gateway.store import Sealer, SqlStore, open_store
from gateway.testing.backends import START
from gateway.ticketing import TicketDispatcher
from tests.builders import case, message, party, raw

INBOX = StreamId("INBOX")


class Flow:
    """So many cases with so many writes each. `settled` counts what is written for certain, `unknown` what may be."""

    def __init__(self, store: SqlStore, backend: Backend, cases: int, writes: int) -> None:
        self._clock = SystemClock()
        retry = RetryPolicy(base_secs=0.05, cap_secs=0.5, attempts=10_000, probe_secs=1)
        means = Means(self._clock, Fates(self._clock, retry, random.Random(7)))
        self._tickets = TicketDispatcher(store, "desk", backend, 20, means)
        self._store = store
        self.cases, self.writes = cases, writes
        self.settled = self.unknown = 0
        self.longest_secs = 0.0
        """The longest time in which nothing could be settled."""
        self.errors: list[str] = []
        self._news = asyncio.Condition()

    def _report(self, error: Exception | None, again: datetime | None) -> None:
        if error is not None:
            self.errors.append(type(error).__name__)

    async def come_in(self) -> None:
        """Put the writes into the outbox, a case's one after the other, while others go out."""
        for step in range(1, self.writes + 1):
            for number in range(self.cases):
                await self._commit(f"GH-AAAAA-{number:05d}", step)

    async def _commit(self, case_id: str, step: int) -> None:
        name, user = f"{case_id}-{step}", party(f"{case_id}@mail.test")
        await self._store.put_page("support", INBOX, [raw(name, user.address)], Cursor(name))
        (claimed,) = await self._store.claim_raws(1, 10**6, self._clock.now())
        intent = TicketIntent(action=TicketAction.MESSAGE, message_id=f"mail:{name}")
        decision = Decision(
            claimed.seq,
            cases=(case(case_id, user, version=step),),
            entries=(Entry(case_id=case_id, message=message(name, user), at=START),),
            effects=(Effect(key=name, kind=EffectKind.TICKET, target="desk", case_id=case_id, ticket=intent),),
        )
        await self._store.commit([decision])

    async def go_out(self) -> None:
        """Dispatch until all is settled."""
        last = self._clock.now()
        while self.settled < self.cases * self.writes:
            if not await self._tickets.step(self._report):
                await asyncio.sleep(0.01)
            states = (await self._store.tally()).effects
            settled = states.get(State.SETTLED, 0)
            now = self._clock.now()
            if settled > self.settled:
                self.longest_secs = max(self.longest_secs, (now - last).total_seconds())
                last = now
            async with self._news:
                self.settled, self.unknown = settled, states.get(State.UNKNOWN, 0)
                self._news.notify_all()

    async def until(self, count: int) -> None:
        """Wait until so many more writes are settled than now."""
        async with self._news:
            wanted = min(self.settled + count, self.cases * self.writes)
            await self._news.wait_for(lambda: self.settled >= wanted)

    async def until_in_doubt(self) -> None:
        """Wait until it is not known of some write whether it was taken."""
        async with self._news:
            await self._news.wait_for(lambda: self.unknown > 0)


@asynccontextmanager
async def flow_into(backend: Backend, folder: Path, cases: int, writes: int) -> AsyncIterator[Flow]:
    """Open a store in the folder and the flow out of it."""
    sealer = Sealer({"k1": bytes(32)}, "k1")
    async with open_store(folder / "gatehouse.db", folder / "blobs", sealer, SystemClock()) as store:
        yield Flow(store, backend, cases, writes)
