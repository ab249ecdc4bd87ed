"""Runs transactions to their end in threads of their own, whoever awaits them; each in one hop.

On SQLite writes go one after the other through one thread, reads through another; on PostgreSQL several of each run
side by side. Whoever awaits may be cancelled; the transaction is not, and closing waits for it.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Collection
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from sqlalchemy import Connection, Engine

from gateway.errors import TransientError
from gateway.store.database import CollisionError, Database
from gateway.store.migrate import bring_up

T = TypeVar("T")
Work = Callable[[Connection], T]
COLLISIONS = 4
"""How often a transaction is begun again that met another; then its caller is told."""
OTHERS = 4
"""Threads for what no transaction waits for, such as uploads."""
PATIENCE_SECS = 2.0
"""How long what is under way may take to end when the store is closed, before its lines are cut."""
LOST_SECS = 600.0
"""How long a claim of unknown outcome is asked after: longer than any session of a dead line lives."""


class Threads:
    """The threads, and the engines whose transactions run in them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._engines = database.engines()
        self._writers = ThreadPoolExecutor(self._engines.writers, thread_name_prefix="store-writer")
        self._readers = ThreadPoolExecutor(self._engines.readers, thread_name_prefix="store-reader")
        self._others = ThreadPoolExecutor(OTHERS, thread_name_prefix="store-other")
        self._fence: Work[None] = lambda connection: None

    async def open(self) -> None:
        """Bring the database up to this release."""
        await asyncio.wrap_future(self._writers.submit(self._open))

    async def close(self) -> None:
        """Wait for what is under way, then let the database go; what waits on it without an end is cut off."""
        shut = asyncio.ensure_future(asyncio.to_thread(self._shut))
        while not (await asyncio.wait((shut,), timeout=PATIENCE_SECS))[0]:
            # What has not begun would only wait for another line to be made.
            for pool in (self._writers, self._readers):
                pool.shutdown(wait=False, cancel_futures=True)
            self._database.cut()
        await shut

    def fence(self, check: Work[None]) -> None:
        """Begin every write with this check, in its transaction; what it raises undoes the write."""
        self._fence = check

    async def prepare(self, work: Callable[[], T]) -> T:
        """Run what must be done before a transaction begins, in a writer's thread."""
        return await asyncio.wrap_future(self._writers.submit(work))

    async def apart(self, work: Callable[[], T]) -> T:
        """Run what may wait for a disk or for a server far away, where no transaction waits for it."""
        return await asyncio.wrap_future(self._others.submit(work))

    async def read(self, work: Work[T]) -> T:
        """Run a transaction that changes nothing."""
        return await asyncio.wrap_future(self._readers.submit(self._run, self._engines.reading, work))

    async def write(self, work: Work[T]) -> T:
        """Run a transaction that may change something."""
        return await asyncio.wrap_future(self.submit(work))

    async def write_unfenced(self, work: Work[T]) -> T:
        """Run a transaction of whoever keeps the fence."""
        return await asyncio.wrap_future(self._writers.submit(self._run, self._engines.writing, work))

    def submit(self, work: Work[T]) -> Future[T]:
        """Begin a write that nobody may be waiting for."""
        return self._writers.submit(self.run_write, work)

    def run_write(self, work: Work[T]) -> T:
        """Write, in the thread of whoever calls."""
        return self._run(self._engines.writing, lambda connection: (self._fence(connection), work(connection))[1])

    def after(self, earlier: Future[T], then: Callable[[Future[T]], None]) -> None:
        """Run something in a writer's thread once a write has ended; a store that is being closed takes nothing."""
        with suppress(RuntimeError):
            self._writers.submit(then, earlier)

    def _run(self, engine: Engine, work: Work[T]) -> T:
        for _ in range(COLLISIONS):
            with suppress(CollisionError):
                return self._once(engine, work)
        return self._once(engine, work)

    def _once(self, engine: Engine, work: Work[T]) -> T:
        with self._database.translated(), engine.begin() as connection:
            return work(connection)

    def _open(self) -> None:
        self._database.prepare()
        with self._database.translated():
            bring_up(self._database, self._engines)

    def _shut(self) -> None:
        self._others.shutdown()
        self._writers.shutdown()
        self._readers.shutdown()
        self._engines.reading.dispose()


class Claims:
    """The claims of one queue, each with a number of its own that it writes into the rows it takes.

    What nobody received, because whoever waited was cancelled or the line dropped in the commit, is given back by
    that number: nobody else would ever release it.
    """

    def __init__(self, threads: Threads, give_back: Callable[[Connection, Collection[int]], None]) -> None:
        self._threads = threads
        self._give_back = give_back
        self._lost: dict[int, float] = {}

    async def take(self, claim: Callable[[int], Work[T]]) -> T:
        """Run the claim of a new number and return what it took."""
        number = secrets.randbits(62)
        work = claim(number)
        claimed = self._threads.submit(lambda connection: self._claim(connection, work))
        try:
            return await asyncio.wrap_future(claimed)
        except asyncio.CancelledError:
            self._threads.after(claimed, lambda ended: self._return(ended, number))
            raise
        except TransientError:
            self._lose(number)
            raise

    def _claim(self, connection: Connection, work: Work[T]) -> T:
        if lost := self._still_lost():
            self._give_back(connection, lost)
        return work(connection)

    def _return(self, claimed: Future[T], number: int) -> None:
        with suppress(CancelledError):
            if claimed.exception() is not None:
                self._lose(number)
                return
            try:
                self._threads.run_write(lambda connection: self._give_back(connection, [number]))
            except TransientError:
                self._lose(number)

    def _lose(self, number: int) -> None:
        self._lost[number] = time.monotonic() + LOST_SECS

    def _still_lost(self) -> list[int]:
        """Return the claims that may yet come to light: a server may end a commit after its line has dropped."""
        now = time.monotonic()
        for number, until in list(self._lost.items()):
            if until < now:
                self._lost.pop(number, None)
        return list(self._lost)
