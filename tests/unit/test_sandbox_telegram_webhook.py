"""The sandbox's Telegram pushes updates to a webhook in each chat's order, and again until they are taken."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.sandbox._http import Answer, HttpServer, Request
from gateway.sandbox.telegram import TelegramServer
from tests.conftest import ManualClock
from tests.telegram_api import TOKEN, Api, RefusedError, api_of


class Receiver:
    """What a webhook's owner gets; answers by the plan, then 200."""

    def __init__(self) -> None:
        self.got: list[Request] = []
        self.plan: list[Answer] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, request: Request) -> Answer:
        self.got.append(request)
        await self.gate.wait()
        return self.plan.pop(0) if self.plan else Answer()

    @property
    def texts(self) -> list[str]:
        return [json.loads(request.body)["message"]["text"] for request in self.got]


@pytest.fixture
async def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
async def hook(receiver: Receiver) -> AsyncIterator[str]:
    async with HttpServer(receiver).listen() as port:
        yield f"http://127.0.0.1:{port}/in/telegram"


@pytest.fixture
async def server(clock: ManualClock) -> AsyncIterator[TelegramServer]:
    async with TelegramServer.start(TOKEN, clock=clock) as running:
        yield running


@pytest.fixture
async def api(server: TelegramServer) -> AsyncIterator[Api]:
    async with api_of(server) as talking:
        yield talking


async def test_updates_come_with_the_secret_and_leave_the_queue(
    server: TelegramServer, api: Api, receiver: Receiver, hook: str
) -> None:
    server.says(server.person("Wang"), "before")
    assert await api("setWebhook", url=hook, secret_token="made-up_1") is True
    await server.until(lambda: server.pending == 0)
    (request,) = receiver.got
    assert (request.method, request.path) == ("POST", "/in/telegram")
    assert request.headers["x-telegram-bot-api-secret-token"] == "made-up_1"
    assert request.headers["content-type"] == "application/json"
    info = await api("getWebhookInfo")
    assert (info["url"], info["pending_update_count"], info["max_connections"]) == (hook, 0, 40)
    assert server.webhook["secret_token"] == "made-up_1"


async def test_one_chat_keeps_its_order_while_another_goes_on(
    server: TelegramServer, api: Api, receiver: Receiver, hook: str
) -> None:
    wang, li = server.person("Wang"), server.person("Li")
    receiver.gate.clear()
    await api("setWebhook", url=hook)
    for text in ("w1", "w2"):
        server.says(wang, text)
    server.says(li, "l1")
    while len(receiver.got) < 2:
        await asyncio.sleep(0)
    assert sorted(receiver.texts) == ["l1", "w1"]
    receiver.gate.set()
    await server.until(lambda: server.pending == 0)
    assert receiver.texts[-1] == "w2"


async def until_asleep(server: TelegramServer, clock: ManualClock) -> None:
    await server.until(lambda: True)
    while not clock.sleeping:
        await asyncio.sleep(0)


async def test_what_is_not_taken_comes_again_later_and_later(
    server: TelegramServer, api: Api, receiver: Receiver, hook: str, clock: ManualClock
) -> None:
    receiver.plan = [Answer(500)] * 3
    await api("setWebhook", url=hook)
    server.says(server.person("Wang"), "again")
    await until_asleep(server, clock)
    assert len(receiver.got) == 2, "the first failure is tried again at once"
    clock.advance(2)
    await until_asleep(server, clock)
    assert len(receiver.got) == 3
    info = await api("getWebhookInfo")
    assert info["last_error_message"].startswith("Wrong response from the webhook: 500")
    assert (info["pending_update_count"], info["last_error_date"]) == (1, int(clock.now().timestamp()))
    clock.advance(3)
    assert clock.sleeping == 1, "the wait has doubled to four seconds"
    clock.advance(1)
    await server.until(lambda: server.pending == 0)
    assert receiver.texts == ["again"] * 4


async def test_retry_after_is_honoured(
    server: TelegramServer, api: Api, receiver: Receiver, hook: str, clock: ManualClock
) -> None:
    receiver.plan = [Answer(503, headers={"retry-after": "30"})]
    await api("setWebhook", url=hook)
    server.says(server.person("Wang"), "under pressure")
    await until_asleep(server, clock)
    clock.advance(29)
    assert clock.sleeping == 1
    clock.advance(1)
    await server.until(lambda: server.pending == 0)
    assert len(receiver.got) == 2


async def test_a_closed_port_is_told_of(server: TelegramServer, api: Api, clock: ManualClock, hook: str) -> None:
    await api("setWebhook", url="http://127.0.0.1:1/in/telegram")
    server.says(server.person("Wang"), "x")
    await until_asleep(server, clock)
    assert (await api("getWebhookInfo"))["last_error_message"] == "Connection refused"
    await api("setWebhook", url=hook)
    await server.until(lambda: server.pending == 0)
    assert "last_error_message" not in await api("getWebhookInfo")


async def test_polling_and_a_webhook_exclude_each_other(
    server: TelegramServer, api: Api, hook: str, clock: ManualClock
) -> None:
    poll = asyncio.create_task(api.updates(timeout=50))
    await server.until(lambda: server.polled)
    await api("setWebhook", url=hook)
    with pytest.raises(RefusedError, match="Conflict: terminated by setWebhook request"):
        await poll
    clock.advance(3)
    with pytest.raises(RefusedError, match="can't use getUpdates method while webhook is active") as refused:
        await api.updates()
    assert refused.value.status == 409
    assert await api("deleteWebhook") is True
    server.says(server.person("Wang"), "polled again")
    assert len(await api.updates()) == 1


async def test_pending_updates_can_be_dropped(server: TelegramServer, api: Api) -> None:
    server.says(server.person("Wang"), "x")
    await api("deleteWebhook", drop_pending_updates=True)
    assert server.pending == 0


async def test_gone_for_a_day_removes_the_webhook(
    server: TelegramServer, api: Api, receiver: Receiver, hook: str, clock: ManualClock
) -> None:
    receiver.plan = [Answer(410)] * 4
    await api("setWebhook", url=hook)
    server.says(server.person("Wang"), "x")
    await until_asleep(server, clock)
    clock.advance(23 * 3600)
    await server.until(lambda: not server.webhook)
    assert (await api("getWebhookInfo"))["url"] == ""


@pytest.mark.parametrize("params", [{"url": "ftp://x"}, {"url": "http://127.0.0.1:1", "secret_token": "a b"}])
async def test_a_bad_webhook_is_refused(server: TelegramServer, api: Api, params: dict[str, Any]) -> None:
    with pytest.raises(RefusedError, match="Bad Request"):
        await api("setWebhook", **params)
    assert server.webhook == {}
