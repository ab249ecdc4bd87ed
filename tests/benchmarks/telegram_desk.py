"""Telegram beside the gateway, as a process of its own: `python -m tests.benchmarks.telegram_desk JSON`.

It has a backlog; on SIGUSR1 further messages come at a steady rate. It tells of each message that comes (`due`), of
each that the bot sends (`sent`, by chat), and at its end how many calls it refused for being too many (`refused`).
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from collections.abc import Sequence
from typing import Any

from gateway.sandbox.telegram import Limits, TelegramServer
from tests.benchmarks import chats
from tests.benchmarks.chats import Line
from tests.benchmarks.receiver import Heard
from tests.benchmarks.told import Teller

TOO_MANY = 429


async def _serve(plan: dict[str, Any]) -> None:
    teller = Teller.from_environment()
    over, go = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, over.set)
    loop.add_signal_handler(signal.SIGUSR1, go.set)
    lines = chats.backlog(plan["people"], commands=plan["commands"], most=plan["most"])
    limits = Limits() if plan["limits"] else None
    async with TelegramServer.start(chats.TOKEN, chats.USERNAME, limits=limits) as server:
        server.sent = Heard(lambda sent: teller.tell("sent", [str(sent.chat_id)]))
        began = time.time() - lines[-1].at if lines else time.time()
        if not plan["waits"]:
            _put(server, lines, began)
        print(server.url, flush=True)
        if plan["waits"]:
            await _first(go, over)
            _put(server, lines, time.time() - lines[-1].at)
        if plan["rate"]:
            more = chats.steady(plan["people"], plan["rate"], len(lines), plan["new"])[: plan["steady"]]
            await _first(go, over)
            if go.is_set():
                await _arrive(server, more, teller)
        await over.wait()
        refused = sum(call.status == TOO_MANY for call in server.calls)
        teller.tell("refused", [str(refused)])


def _put(server: TelegramServer, lines: Sequence[Line], began: float) -> None:
    for line in lines:
        server.push(line.update(began))


async def _first(*events: asyncio.Event) -> None:
    waits = [asyncio.ensure_future(each.wait()) for each in events]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for each in waits:
        each.cancel()


async def _arrive(server: TelegramServer, lines: Sequence[Line], teller: Teller) -> None:
    """Let each message come at its time, whatever the gateway does."""
    began = time.time()
    for line in lines:
        due = began + line.at
        if (wait := due - time.time()) > 0:
            await asyncio.sleep(wait)
        server.push(line.update(began))
        teller.tell("due", [line.name], due)


if __name__ == "__main__":
    asyncio.run(_serve(json.loads(sys.argv[1])))
