"""The page of the sandbox's Telegram: one document without outside resources, and deeds for its own origin alone."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from gateway.sandbox.telegram import TelegramServer
from gateway.sandbox.telegram.page import MADE_UP_PICTURE
from tests.telegram_api import TOKEN, Api


class Browser:
    """What the page's script does, without the script."""

    def __init__(self, client: httpx.AsyncClient, url: str) -> None:
        self.client, self.url = client, url
        self.person = 0

    async def state(self, chat: int | None = None, seen: str = "") -> Any:
        query = {"person": self.person, "chat": chat or self.person, "seen": seen}
        return (await self.client.get(f"{self.url}/_/state", params=query)).json()

    async def act(self, deed: str, **said: Any) -> httpx.Response:
        body = {"person": self.person, "chat": self.person, **said}
        return await self.client.post(f"{self.url}/_/{deed}", json=body, headers={"origin": self.url})


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer.start(TOKEN, page=True) as running:
        yield running


@pytest.fixture
async def browser(server: TelegramServer) -> AsyncIterator[Browser]:
    async with httpx.AsyncClient(timeout=10) as client:
        found = Browser(client, server.url)
        await client.get(server.url)
        found.person = (await found.state())["people"][0]["id"]
        yield found


@pytest.fixture
def api(server: TelegramServer, browser: Browser) -> Api:
    return Api(browser.client, server.url)


async def test_the_document_needs_nothing_from_outside_and_its_policy_allows_nothing_else(browser: Browser) -> None:
    response = await browser.client.get(browser.url)
    policy = response.headers["content-security-policy"]
    for tag in ("script", "style"):
        (inside,) = re.findall(rf"<{tag}>(.*?)</{tag}>", response.text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"(src|href)\s*=\s*[\"']?https?:|@import|innerHTML|insertAdjacentHTML|\son\w+=", response.text)


async def test_it_leads_to_the_pages_beside_it(server: TelegramServer, browser: Browser) -> None:
    assert "Beside it" not in (await browser.client.get(browser.url)).text
    server.beside["X"] = "http://127.0.0.1:1"
    assert '<a href="http://127.0.0.1:1/">X</a>' in (await browser.client.get(browser.url)).text


async def test_without_page_there_is_none() -> None:
    async with TelegramServer.start(TOKEN) as server, httpx.AsyncClient() as client:
        assert (await client.get(server.url)).status_code == 404
        assert (await client.get(f"{server.url}/_/state")).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://evil.test"},
        {"origin": "null"},
        {"content-type": "text/plain"},
        {"host": "evil.test:80", "origin": "http://evil.test:80"},
    ],
)
async def test_a_deed_from_elsewhere_is_refused(
    server: TelegramServer, browser: Browser, headers: dict[str, str]
) -> None:
    own = {"origin": browser.url} if "content-type" in headers else {}
    said = f'{{"person": {browser.person}, "text": "x"}}'
    headers = {"content-type": "application/json", **own, **headers}
    response = await browser.client.post(f"{browser.url}/_/say", content=said, headers=headers)
    assert response.status_code == 403
    assert server.pending == 0


async def test_a_page_asked_for_by_a_foreign_name_is_refused(browser: Browser) -> None:
    for path in ("/", "/_/state"):
        response = await browser.client.get(browser.url + path, headers={"host": "evil.test:80"})
        assert response.status_code == 403


async def test_a_person_is_made_and_chats_with_the_bot(browser: Browser, api: Api) -> None:
    made = (await browser.act("person", first_name="李雷", username="lilei_t", language_code="zh-hans")).json()
    browser.person = made["id"]
    assert (await browser.act("say", text="/start")).status_code == 200
    (update,) = await api.fresh()
    assert update["message"]["from"] == made
    seen = (await browser.state())["version"]
    waiting = asyncio.create_task(browser.state(seen=str(seen)))
    markup = {"inline_keyboard": [[{"text": "Yes", "callback_data": "yes"}]]}
    message = await api("sendMessage", chat_id=made["id"], text="你好 <b>", reply_markup=markup)
    assert (await waiting)["messages"][-1]["text"] == "你好 <b>"
    assert (await browser.act("press", message_id=message["message_id"], data="forged")).status_code == 400
    query = (await browser.act("press", message_id=message["message_id"], data="yes")).json()
    await api("answerCallbackQuery", callback_query_id=query["id"], text="noted")
    assert (await browser.state())["answers"] == {query["id"]: "noted"}


async def test_a_keyboard_asks_for_a_user_and_gets_an_id(browser: Browser, api: Api) -> None:
    await browser.act("say", text="/report")
    wanted = {"request_id": 4, "user_is_bot": False, "request_name": True}
    keyboard = {"keyboard": [[{"text": "Who?", "request_users": wanted}]], "one_time_keyboard": True}
    await api("sendMessage", chat_id=browser.person, text="Who was it?", reply_markup=keyboard)
    state = await browser.state()
    assert state["keyboard"] == keyboard
    impostor = state["people"][2]
    await browser.act("share", request_id=4, chosen=impostor["id"])
    shared = (await api.fresh())[-1]["message"]["users_shared"]
    assert (shared["request_id"], shared["users"][0]["user_id"]) == (4, impostor["id"])
    await browser.act("share", request_id=5, chosen=state["groups"][0]["id"])
    assert (await api.fresh())[-1]["message"]["chat_shared"]["chat_id"] == state["groups"][0]["id"]
    await browser.act("share", contact=True)
    assert (await api.fresh())[-1]["message"]["contact"]["user_id"] == browser.person
    assert (await browser.act("share", request_id=6, chosen=1)).status_code == 400
    await api("sendMessage", chat_id=browser.person, text="Thanks", reply_markup={"remove_keyboard": True})
    assert (await browser.state())["keyboard"] is None


async def test_an_impostors_message_is_forwarded_with_and_without_the_account(browser: Browser, api: Api) -> None:
    await browser.act("forward", name="Examplex Supp0rt", username="examp1ex_support", hidden=True, text="pay")
    await browser.act("forward", name="Examplex Supp0rt", username="examp1ex_support", hidden=False, text="pay now")
    hidden, known = [update["message"]["forward_origin"] for update in await api.fresh()]
    assert (hidden["type"], hidden["sender_user_name"]) == ("hidden_user", "Examplex Supp0rt")
    assert known["sender_user"]["username"] == "examp1ex_support"


async def test_a_picture_is_sent_and_shown(browser: Browser, api: Api) -> None:
    await browser.act("picture", content="", caption="look")
    assert (await browser.act("picture", content="%%%")).status_code == 400
    (update,) = await api.fresh()
    file_id = update["message"]["photo"][-1]["file_id"]
    shown = await browser.client.get(f"{browser.url}/_/file", params={"id": file_id})
    assert (shown.content, shown.headers["content-type"]) == (MADE_UP_PICTURE, "image/png")
    path = (await api("getFile", file_id=file_id))["file_path"]
    assert (await browser.client.get(f"{api.files}/{path}")).content == MADE_UP_PICTURE


async def test_a_group_shows_its_own_messages_and_commands(server: TelegramServer, browser: Browser, api: Api) -> None:
    group = (await browser.state())["groups"][0]
    commands = [{"command": "help", "description": "帮助"}]
    await api("setMyCommands", commands=commands, language_code="zh")
    await browser.act("say", chat=group["id"], text="/help")
    assert [each["text"] for each in (await browser.state(group["id"]))["messages"]] == ["/help"]
    state = await browser.state()
    assert (state["messages"], state["commands"]) == ([], commands)
    server.says(server.person("Li"), "elsewhere", chat=group)
    assert len((await browser.state(group["id"]))["messages"]) == 2


async def test_nonsense_is_told_of(browser: Browser) -> None:
    assert (await browser.act("say", text=" ")).json() == {"error": "write something first"}
    assert (await browser.act("say", person=1, text="x")).json() == {"error": "choose a person first"}
    assert (await browser.act("dance")).status_code == 404
    assert (await browser.client.get(f"{browser.url}/_/elsewhere")).status_code == 404
    response = await browser.client.post(
        f"{browser.url}/_/say", content="[", headers={"origin": browser.url, "content-type": "application/json"}
    )
    assert response.status_code == 400
