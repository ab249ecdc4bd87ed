"""How soon a question whether something is ours is answered: from the user's message to the platform's server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.sandbox.telegram import TelegramServer
from tests.benchmarks.meter import median
from tests.benchmarks.report import Section, Target
from tests.gateway_process import GatewayProcess
from tests.integration.telegram_desk import BOT, TOKEN

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]

EACH = 20
Ask = Callable[[TelegramServer, dict[str, Any]], object]

ASKED: dict[str, Ask] = {
    "in plain words": lambda server, person: server.says(person, "is @some_helper really you?"),
    "a look-alike, in plain words": lambda server, person: server.says(person, "is @examplex_help1 really you?"),
    "a bare link": lambda server, person: server.says(person, "https://some-other.example.com/login"),
    "by /verify": lambda server, person: server.says(person, "/verify examplex.test"),
    "a forwarded message": lambda server, person: server.says(
        person,
        "Send me your code",
        forward_origin={"type": "hidden_user", "date": int(time.time()), "sender_user_name": "Somebody"},
    ),
}


async def _timed(folder: Path) -> dict[str, list[float]]:
    took: dict[str, list[float]] = {}
    gateway = GatewayProcess(folder / "desk")
    async with TelegramServer.start(TOKEN, BOT, "Examplex Support") as server:
        gateway.configure_chat(server.url, TOKEN, BOT, operators=1)
        await gateway.start()
        try:
            for name, ask in ASKED.items():
                took[name] = [await _once(server, ask, f"{name}{number}") for number in range(EACH)]
        finally:
            await gateway.close()
    return took


async def _once(server: TelegramServer, ask: Ask, name: str) -> float:
    person = server.person(name)
    began = time.perf_counter()
    ask(server, person)
    async with asyncio.timeout(30):
        while not any(each.chat_id == person["id"] for each in server.sent):
            await asyncio.sleep(0.002)
    return (time.perf_counter() - began) * 1000


def test_a_question_is_answered_within_a_second(tmp_path: Path) -> None:
    section = Section(
        "verify latency", f"Telegram, long polling, an idle gateway; {EACH} questions of each kind, one after the other"
    )
    for name, took in asyncio.run(_timed(tmp_path)).items():
        told = f"slowest {max(took):,.0f} ms"
        section.add(
            f"{name}: message to the first answer, median", median(took), " ms", Target(1000, at_least=False), told
        )
    section.write()
