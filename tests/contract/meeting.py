"""Lets two transactions meet in a chosen moment: the first is held up, the second has to wait for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from tests.servers.postgres import Postgres


@contextmanager
def held_up(statement: str = "") -> Iterator[tuple[asyncio.Event, Callable[[], None]]]:
    """Hold up the next commit, or what comes after the next statement that begins so, whoever's it is.

    The event is set when it is reached; calling the second of the pair lets it go on.
    """
    loop = asyncio.get_running_loop()
    reached, let = asyncio.Event(), threading.Event()
    held = threading.Lock()

    def hold(*arguments: Any) -> None:
        if statement and not str(arguments[2]).startswith(statement):
            return
        if held.acquire(blocking=False):
            loop.call_soon_threadsafe(reached.set)
            assert let.wait(10)

    name = "after_cursor_execute" if statement else "commit"
    event.listen(Engine, name, hold)
    try:
        yield reached, let.set
    finally:
        let.set()
        event.remove(Engine, name, hold)


async def waits(server: Postgres, task: asyncio.Task[Any]) -> bool:
    """Whether a call comes to wait for a lock on the server, rather than to its end."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    async with asyncio.timeout(10):
        while not task.done():
            if (await asyncio.to_thread(server.execute, waiting)) != [(0,)]:
                return True
            await asyncio.sleep(0.01)
    return False


async def meet(
    server: Postgres, first: Callable[[], Awaitable[Any]], second: Callable[[], Awaitable[Any]], statement: str = ""
) -> list[Any]:
    """Hold the first call up, begin the second, which must wait for it, and return what came of both."""
    with held_up(statement) as (reached, let):
        one = asyncio.ensure_future(first())
        await asyncio.wait_for(reached.wait(), 10)
        two = asyncio.ensure_future(second())
        waited = await waits(server, two)
        let()
        results = await asyncio.wait_for(asyncio.gather(one, two, return_exceptions=True), 10)
    assert waited, f"the second did not wait for the first: {results}"
    return results
