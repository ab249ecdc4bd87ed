"""The patrol of a running gateway: runs when it is time, tells the desk, and remembers in the store.

What a run finds comes to the journal before it is remembered: cut off anywhere, the next run finds it again, and what
is in the journal already is absorbed there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from gateway.case import Severity
from gateway.errors import TransientError, fault_name, fault_places
from gateway.feedback import PATROL
from gateway.journal import Store
from gateway.patrol.kept import StoredLog
from gateway.patrol.patrol import Patrol, run
from gateway.patrol.ports import Lookers
from gateway.patrol.servers import resolver_of
from gateway.patrol.sightings import StoredSightings
from gateway.patrol.telling import amiss, raws_of
from gateway.patrol.tls import Handshakes
from gateway.patrol.values import Memory, Report
from gateway.ports import Clock
from gateway.reports import Ruling
from gateway.rulings import scams_of, with_scams
from gateway.settings.patrolling import PatrolTable
from gateway.trust.directory import Directory
from gateway.wake import ENGINE

log = structlog.get_logger()

PART = "patrol"
GROUP = "engine:patrol"
"""What the part is taken out by; no channel's name holds a colon."""
AGAIN = timedelta(hours=1)
"""So long after its beginning a run that did not come to its end is done again: what it asked for may be billed."""
_ALL = 1_000_000


class _Held:
    """Holds what a run wants remembered until the desk has been told."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory

    async def load(self) -> Memory:
        return self.memory

    async def save(self, memory: Memory) -> None:
        self.memory = memory


async def run_for_desk(patrol: Patrol, store: Store, least: Severity) -> Report:
    """Run once, whatever `patrol.log` is, with the memory of the store; put what was found into its journal.

    What operators have confirmed is known beside the directory. Raises what the store raises.
    """
    kept = StoredLog(store)
    await kept.begin(patrol.clock.now())
    before = await kept.load()
    held = _Held(before)
    confirmed = scams_of(await store.reports.confirmed())
    directory = with_scams(patrol.directory, confirmed, patrol.clock.now().date())
    report = await run(replace(patrol, log=held, directory=directory))
    refused = {each.accused.name for each in await store.reports.page(Ruling.REFUSED, _ALL)}
    if raws := raws_of(report, before.ran_at, refused, least):
        put = await store.put_page(ENGINE, PATROL, raws, None)
        log.info("patrol.told", count=put.stored, known=put.known)
    await kept.save(held.memory, sum(1 for _ in amiss(report)))
    return report


class Patrolling:
    """A part for the supervisor: `step`, `due` and `finish`. It begins runs and never waits for one to end."""

    def __init__(
        self,
        store: Store,
        table: Callable[[], PatrolTable | None],
        directory: Callable[[], Directory],
        lookers: Callable[[], Lookers],
        clock: Clock,
        ended: Callable[[], None],
        arrived: Callable[[], None],
    ) -> None:
        """`table` is what the settings say now; `ended` rings the part's own bell, `arrived` that of the journal."""
        self._store = store
        self._log = StoredLog(store)
        self._table = table
        self._directory = directory
        self._lookers = lookers
        self._clock = clock
        self._ended = ended
        self._arrived = arrived
        self._run: asyncio.Task[None] | None = None

    async def step(self) -> int:
        """Begin a run if it is time; raises what the store raised in the last one."""
        if self._run is not None and self._run.done():
            run, self._run = self._run, None
            run.result()
        table = self._table()
        at = await self.due()
        if table is not None and at is not None and at <= self._clock.now():
            self._run = asyncio.create_task(self._once(table), name=PART)
            self._run.add_done_callback(lambda _: self._ended())
        return 0

    async def due(self) -> datetime | None:
        """Return when the next run begins; None without one, and while one is under way."""
        table = self._table()
        if table is None or self._run is not None:
            return None
        now = self._clock.now()
        began, ended = await self._log.runs(now)
        at = ended + table.every if ended is not None else now
        if began is not None and (ended is None or began > ended):
            at = max(at, began + min(AGAIN, table.every))
        return at

    async def finish(self) -> None:
        """Cut a run off: what it was about to find the next one finds."""
        run, self._run = self._run, None
        if run is not None:
            run.cancel()
            await asyncio.gather(run, return_exceptions=True)

    async def _once(self, table: PatrolTable) -> None:
        try:
            await run_for_desk(self._patrol(table), self._store, table.from_severity)
        except TransientError:
            # The store's alone: everything else that is asked answers with a reason.
            raise
        except Exception as error:  # noqa: BLE001 - a fault of the patrol must not end the desk
            log.error("patrol.failed", part="run", error=fault_name(error), traceback=fault_places(error))
        else:
            self._arrived()

    def _patrol(self, table: PatrolTable) -> Patrol:
        dns, why_not = resolver_of(table.servers)
        if why_not:
            log.error("patrol.blind", reason=why_not)
        return Patrol(
            directory=self._directory(),
            clock=self._clock,
            log=self._log,
            lookers=self._lookers(),
            dns=dns,
            certificates=Handshakes(),
            sightings=StoredSightings(self._store),
            budgets=table.budgets,
        )
