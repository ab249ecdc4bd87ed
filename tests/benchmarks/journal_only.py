"""Takes a backlog into the journal and does nothing more: `python -m tests.benchmarks.journal_only CONFIG COUNT`.

Prints the seconds of wall and of processor time between the first call of the connector and the last confirmation.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from gateway.app import open_store_for
from gateway.clock import SystemClock
from gateway.intake import Intake
from gateway.ports import Cursor, Opening, Page, Raw, StreamId
from gateway.settings import load


async def _take(config: Path, count: int) -> None:
    settings, clock = load(config), SystemClock()
    (each,) = settings.channels
    opening = Opening(each.name, each.settings, clock)
    async with open_store_for(settings, clock) as store, each.plugin.open(opening) as channel:
        connector = channel.connector
        (stream,) = connector.streams()
        taken = 0

        async def fetch(stream: StreamId, after: Cursor | None) -> Page[Raw]:
            nonlocal taken
            page = await connector.fetch(stream, after)
            taken += len(page.items)
            return page

        intake = Intake(store, each.name, stream, fetch, connector.confirm, lambda: None)
        began, cpu = time.perf_counter(), time.process_time()
        await intake.resume()
        while await intake.step() and taken < count:
            # Of Telegram's updates, asking after the last ones would wait for the next.
            pass
        print(time.perf_counter() - began, time.process_time() - cpu)
        (view,) = await store.streams()
        assert view.taken == view.waiting == count


if __name__ == "__main__":
    asyncio.run(_take(Path(sys.argv[1]), int(sys.argv[2])))
