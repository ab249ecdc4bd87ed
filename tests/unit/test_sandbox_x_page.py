"""The page of the sandbox's X: one document without outside resources, and deeds for its own origin alone."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from gateway.sandbox.x import XServer
from tests.unit.x_calls import tweepy_client


class Browser:
    """What the page's script does, without the script."""

    def __init__(self, client: httpx.AsyncClient, url: str) -> None:
        self.client, self.url = client, url

    async def state(self, person: str = "", seen: str = "") -> Any:
        return (await self.client.get(f"{self.url}/_/state", params={"person": person, "seen": seen})).json()

    async def act(self, deed: str, person: str, **said: Any) -> httpx.Response:
        body = {"person": person, **said}
        return await self.client.post(f"{self.url}/_/{deed}", json=body, headers={"origin": self.url})


@pytest.fixture
async def server() -> AsyncIterator[XServer]:
    async with XServer.start(page=True) as running:
        yield running


@pytest.fixture
async def browser(server: XServer) -> AsyncIterator[Browser]:
    async with httpx.AsyncClient(timeout=10) as client:
        await client.get(server.url)
        yield Browser(client, server.url)


def id_of(server: XServer, handle: str) -> str:
    found = server.world.find_person(handle)
    assert found is not None
    person_id: str = found["id"]
    return person_id


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


async def test_it_leads_to_the_pages_beside_it(server: XServer, browser: Browser) -> None:
    assert "Beside it" not in (await browser.client.get(browser.url)).text
    server.beside["Telegram <&>"] = "http://127.0.0.1:1"
    response = await browser.client.get(browser.url)
    assert '<a href="http://127.0.0.1:1/">Telegram &lt;&amp;&gt;</a>' in response.text
    (script,) = re.findall(r"<script>(.*?)</script>", response.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert digest in response.headers["content-security-policy"]


async def test_without_page_there_is_none() -> None:
    async with XServer.start() as server, httpx.AsyncClient() as client:
        assert (await client.get(server.url)).status_code == 404
        assert (await client.get(f"{server.url}/_/state")).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://evil.test"},
        {"origin": "null"},
        {"content-type": "text/plain"},
        {"host": "examplex.test", "origin": "http://examplex.test"},
    ],
)
async def test_deeds_of_another_origin_are_refused(server: XServer, browser: Browser, headers: dict[str, str]) -> None:
    response = await browser.client.post(f"{browser.url}/_/post", content=b"{}", headers=headers)
    assert response.status_code == 403
    assert server.world.posts == {}


async def test_somebody_asks_in_public_and_a_look_alike_answers(server: XServer, browser: Browser) -> None:
    asker, impostor = id_of(server, "wangfang_t"), id_of(server, "examp1ex_help")
    asked = (await browser.act("post", asker, text="@examplex my card is locked")).json()["id"]
    await browser.act("post", impostor, text="Write to @examp1ex_help.", reply_to=asked)
    async with tweepy_client(server) as (client, _):
        await client.create_tweet(text="Please write us a direct message.", in_reply_to_tweet_id=asked)
    posts = (await browser.state(asker))["posts"]
    assert [(each["who"], each["answers"]) for each in posts] == [(asker, ""), (impostor, asked), ("1000", asked)]
    assert posts[2]["text"] == "@wangfang_t Please write us a direct message."


async def test_direct_messages_are_shown_to_their_people_alone(server: XServer, browser: Browser) -> None:
    asker, other = id_of(server, "wangfang_t"), id_of(server, "alexdoe_t")
    await browser.act("message", asker, text="Hello.")
    async with tweepy_client(server) as (client, _):
        await client.create_direct_message(participant_id=asker, text="Hello, too.")
    assert [each["text"] for each in (await browser.state(asker))["messages"]] == ["Hello.", "Hello, too."]
    assert (await browser.state(other))["messages"] == []


async def test_an_encrypted_message_is_only_told(server: XServer, browser: Browser) -> None:
    server.activity.subscribe("chat.received")
    assert (await browser.act("encrypted", id_of(server, "wangfang_t"))).status_code == 200
    assert [each["data"]["event_type"] for each in server.activity.events] == ["chat.received"]


async def test_somebody_is_made_up(server: XServer, browser: Browser) -> None:
    made = (await browser.act("person", "", handle="@examplex_he1p", name="Examplex Support")).json()["id"]
    assert server.world.people[made]["username"] == "examplex_he1p"
    for handle in ("examplex_he1p", "", "not a handle", "sixteen_letters_"):
        assert (await browser.act("person", "", handle=handle)).status_code == 400


@pytest.mark.parametrize("person", ["", "1000", "7"])
async def test_one_writes_as_somebody_and_not_as_the_brand(server: XServer, browser: Browser, person: str) -> None:
    assert (await browser.act("post", person, text="Hello.")).status_code == 400
    assert (await browser.act("post", id_of(server, "wangfang_t"), text=" ")).status_code == 400
    assert server.world.posts == {}


async def test_the_page_hears_at_once_what_is_new(server: XServer, browser: Browser) -> None:
    asker = id_of(server, "wangfang_t")
    seen = str((await browser.state(asker))["version"])
    waiting = asyncio.create_task(browser.state(asker, seen))
    await browser.act("post", asker, text="@examplex hello")
    async with asyncio.timeout(5):
        assert [each["text"] for each in (await waiting)["posts"]] == ["@examplex hello"]
