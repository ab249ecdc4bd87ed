"""X beside the gateway, as a process of its own: `python -m tests.benchmarks.x_desk MENTIONS MESSAGES`.

It has a backlog of the last hours, without limits of calls, and prints its address and keys as one line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from gateway.sandbox.x import XServer
from tests.benchmarks.shapes import said

HANDLE, OWN = "examplex", "1000"
HOURS = timedelta(hours=6)
PEOPLE = 2_000


async def _serve(mentions: int, messages: int) -> None:
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    began = datetime.now(UTC) - HOURS
    async with XServer.start(HANDLE, OWN, limits=False) as server:
        people = [server.person(f"user_{each:05d}", f"User {each}") for each in range(PEOPLE)]
        for number in range(mentions):
            at = began + HOURS * (number / mentions)
            server.post(people[number % PEOPLE], f"@{HANDLE} {said(number)}", at=at)
        for number in range(messages):
            at = began + HOURS * (number / messages)
            server.message(people[number * 7 % PEOPLE], said(number), at=at)
        print(json.dumps({"url": server.url, **asdict(server.keys)}), flush=True)
        await over.wait()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), int(sys.argv[2])))
