"""The sandbox's X tells what happens as the platform does: on a stream that lives or dies, and to signed webhooks."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import aiohttp
import pytest

from gateway.sandbox._http import Answer, HttpServer, Request
from gateway.sandbox.x import XServer
from tests.conftest import ManualClock
from tests.unit.x_signed import Caller, calls

STREAM = "/2/activity/stream"
SUBSCRIPTIONS = "/2/activity/subscriptions"


@pytest.fixture
async def server(clock: ManualClock) -> AsyncIterator[XServer]:
    async with XServer.start(clock=clock) as running:
        yield running


@pytest.fixture
async def caller(server: XServer) -> AsyncIterator[Caller]:
    async with calls(server) as found:
        yield found


@pytest.fixture
def person(server: XServer) -> Any:
    return server.person("wangfang_t", "Wang Fang")


@asynccontextmanager
async def stream(server: XServer) -> AsyncIterator[aiohttp.StreamReader]:
    """Connect to the stream, and wait until the server has the line."""
    before = server.stream.lines
    headers = {"authorization": f"Bearer {server.keys.bearer_token}"}
    # A line of 600 KB is longer than what the reader takes at once by default.
    async with (
        aiohttp.ClientSession(read_bufsize=2 << 20) as session,
        session.get(server.url + STREAM, headers=headers) as response,
    ):
        assert response.status == 200
        await server.until(lambda: server.stream.lines > before)
        yield response.content


async def event(lines: aiohttp.StreamReader) -> Any:
    async with asyncio.timeout(5):
        return json.loads(await lines.readline())["data"]


# What is told


async def test_mentions_replies_and_quotes_are_told(server: XServer, person: Any) -> None:
    server.activity.subscribe("post.mention.create", "post.reply.create", "post.quote.create")
    own = server.post(server.own, "Maintenance at noon.")
    async with stream(server) as lines:
        asked = server.post(person, "hey @examplex")
        told = await event(lines)
        assert (told["event_type"], told["payload"]["id"]) == ("post.mention.create", asked["id"])
        assert told["payload"]["edit_history_tweet_ids"] == [asked["id"]]
        assert told["filter"] == {"user_id": "1000"}
        assert [each["username"] for each in told["includes"]["users"]] == ["wangfang_t", "examplex"]
        server.post(person, "thanks", reply_to=own)
        assert (await event(lines))["event_type"] == "post.reply.create"
        server.post(person, "so true", quote=own)
        assert (await event(lines))["event_type"] == "post.quote.create"
    assert server.spent == Decimal("0.030")


async def test_what_the_platform_does_not_tell(server: XServer, person: Any) -> None:
    """A reply names us by X's hand alone, protected accounts are private, our own doings are no news."""
    server.activity.subscribe("post.mention.create", "dm.received")
    own = server.post(server.own, "Maintenance at noon.")
    server.post(person, "thanks", reply_to=own)
    server.post(server.person("shy_t", protected=True), "@examplex hello")
    server.message(server.own, "Hello.", to=person)
    assert [each["data"]["event_type"] for each in server.activity.events].count("post.mention.create") == 0
    assert [each["data"]["event_type"] for each in server.activity.events].count("dm.received") == 0


async def test_direct_messages_are_told_in_the_older_form(server: XServer, person: Any) -> None:
    server.activity.subscribe()
    async with stream(server) as lines:
        sent = server.message(person, "Hello.")
        told = await event(lines)
    (message,) = told["payload"]["direct_message_events"]
    assert (told["event_type"], message["id"]) == ("dm.received", sent["id"])
    assert message["message_create"]["message_data"]["text"] == "Hello."
    assert message["message_create"]["target"] == {"recipient_id": "1000"}
    assert set(told["payload"]["users"]) == {"1000", person["id"]}


async def test_encrypted_messages_are_told_as_noise(server: XServer, person: Any) -> None:
    server.activity.subscribe()
    async with stream(server) as lines:
        server.encrypted(person)
        told = await event(lines)
    assert (told["event_type"], told["payload"]["sender_id"]) == ("chat.received", person["id"])
    assert len(base64.b64decode(told["payload"]["encoded_event"])) == 64


async def test_profiles_that_change_are_told(server: XServer, person: Any) -> None:
    server.activity.subscribe("profile.update.handle", "profile.update.screenname", user_id=person["id"])
    async with stream(server) as lines:
        server.rename(person, username="examplex_he1p", name="Examplex Support")
        told = [await event(lines), await event(lines)]
    assert [(each["event_type"], each["payload"]) for each in told] == [
        ("profile.update.handle", {"before": "wangfang_t", "after": "examplex_he1p"}),
        ("profile.update.screenname", {"before": "Wang Fang", "after": "Examplex Support"}),
    ]


async def test_access_that_is_taken_back_is_told_to_all(server: XServer) -> None:
    async with stream(server) as lines:
        server.revoke()
        told = await event(lines)
    assert (told["event_type"], told["payload"]["user_id"]) == ("oauth.revoke", "1000")


# The stream


async def test_the_stream_beats_every_twenty_seconds(server: XServer, clock: ManualClock) -> None:
    async with stream(server) as lines:
        for _ in range(3):
            await server_sleeps(clock)
            clock.advance(20)
            assert await lines.readline() == b"\r\n"


async def server_sleeps(clock: ManualClock) -> None:
    async with asyncio.timeout(5):
        while not clock.sleeping:
            await asyncio.sleep(0)


async def test_a_stream_that_stalls_says_nothing_and_stays_open(
    server: XServer, person: Any, clock: ManualClock
) -> None:
    server.activity.subscribe()
    async with stream(server) as lines:
        server.stream.stall()
        server.message(person, "Hello.")
        await server_sleeps(clock)
        clock.advance(20)
        async with stream(server) as later:
            server.message(person, "Hello again.")
            assert (await event(later))["event_type"] == "dm.received"
        assert not lines.at_eof()
        assert lines.total_bytes == 0


async def test_a_stream_may_end(server: XServer) -> None:
    async with stream(server) as lines:
        server.stream.close()
        assert await lines.read() == b""
    assert server.stream.lines == 0


async def test_a_stream_may_end_at_once(server: XServer, caller: Caller) -> None:
    server.stream.close_at_once = 2
    for _ in range(2):
        assert await caller.app("GET", STREAM) == (200, b"")
    assert len(server.stream.connects) == 2
    async with stream(server):
        assert server.stream.lines == 1


async def test_lines_may_be_long_or_no_json(server: XServer, person: Any) -> None:
    server.activity.subscribe()
    async with stream(server) as lines:
        server.stream.long_line()
        server.stream.raw(b"{not json\r\n")
        server.message(person, "Hello.")
        long = await lines.readline()
        assert len(long) == 600 * 1024
        assert json.loads(long)["data"]["event_type"] == "post.create"
        assert await lines.readline() == b"{not json\r\n"
        assert (await event(lines))["event_type"] == "dm.received"


async def test_a_line_is_let_go_when_the_client_is_gone(server: XServer) -> None:
    async with stream(server):
        assert server.stream.lines == 1
    await server.until(lambda: server.stream.lines == 0)


async def test_two_lines_at_most(server: XServer, caller: Caller) -> None:
    async with stream(server), stream(server):
        status, body = await caller.app("GET", STREAM)
    assert (status, body["title"], body["connection_issue"]) == (429, "ConnectionException", "TooManyConnections")


async def test_the_stream_is_the_apps(caller: Caller) -> None:
    assert (await caller.signed("GET", STREAM))[0] == 403
    assert (await caller.app("GET", STREAM + "?backfill_minutes=5"))[0] == 403


# Subscriptions


async def test_subscriptions_are_made_listed_changed_and_ended(server: XServer, caller: Caller) -> None:
    wanted = {"event_type": "dm.received", "filter": {"user_id": "1000"}, "tag": "messages"}
    status, body = await caller.signed("POST", SUBSCRIPTIONS, wanted)
    assert status == 200
    made = body["data"]["subscription"]
    assert {name: made[name] for name in wanted} == wanted
    assert (await caller.signed("POST", SUBSCRIPTIONS, wanted))[0] == 409
    assert (await caller.app("GET", SUBSCRIPTIONS))[1]["data"] == [made]
    place = f"{SUBSCRIPTIONS}/{made['subscription_id']}"
    status, body = await caller.app("PUT", place, {"tag": "other"})
    assert (status, body["data"]["subscription"]["tag"]) == (200, "other")
    assert await caller.app("DELETE", place) == (200, {"data": {"deleted": True}})
    assert (await caller.app("DELETE", place))[0] == 404


async def test_private_events_need_the_account_itself(caller: Caller) -> None:
    private = {"event_type": "dm.received", "filter": {"user_id": "1000"}}
    assert (await caller.app("POST", SUBSCRIPTIONS, private))[0] == 403
    assert (await caller.signed("POST", SUBSCRIPTIONS, {**private, "filter": {"user_id": "5"}}))[0] == 403
    public = {"event_type": "profile.update.handle", "filter": {"user_id": "5"}}
    assert (await caller.app("POST", SUBSCRIPTIONS, public))[0] == 200


@pytest.mark.parametrize(
    "wrong", [{"event_type": "dm.unknown"}, {"filter": {}}, {"filter": "1000"}, {"webhook_id": "5"}]
)
async def test_a_subscription_that_cannot_be_is_refused(caller: Caller, wrong: Any) -> None:
    wanted = {"event_type": "dm.received", "filter": {"user_id": "1000"}, **wrong}
    assert (await caller.signed("POST", SUBSCRIPTIONS, wanted))[0] == 400


# Webhooks


class Door:
    """A webhook's other end; what came is kept."""

    def __init__(self, secret: str) -> None:
        self.secret = secret.encode()
        self.status = 200
        self.token: str | None = None
        self.came: list[tuple[bytes, str]] = []
        self.newer: list[str] = []

    async def answer(self, request: Request) -> Answer:
        if request.method == "GET":
            token = request.query.removeprefix("crc_token=").partition("&")[0].replace("%3D", "=")
            proof = {"response_token": self.token or self.proof(token.encode())}
            return Answer(self.status, json.dumps(proof).encode())
        self.came.append((request.body, request.headers["x-twitter-webhooks-signature"]))
        self.newer.append(request.headers.get("x-twitter-webhooks-signature-oauth2", ""))
        return Answer(self.status)

    def proof(self, body: bytes) -> str:
        return "sha256=" + base64.b64encode(hmac.new(self.secret, body, hashlib.sha256).digest()).decode()


@pytest.fixture
async def door(server: XServer) -> AsyncIterator[tuple[Door, str]]:
    opened = Door(server.keys.consumer_secret)
    async with HttpServer(opened.answer).listen() as port:
        yield opened, f"http://127.0.0.1:{port}/in/x"


async def test_a_webhook_proves_itself(server: XServer, caller: Caller, door: tuple[Door, str]) -> None:
    opened, url = door
    opened.token = "sha256=wrong"
    assert (await caller.app("POST", "/2/webhooks", {"url": url}))[0] == 400
    opened.token = None
    status, body = await caller.app("POST", "/2/webhooks", {"url": url})
    made = body["data"]
    assert (status, made["url"], made["valid"]) == (200, url, True)
    assert (await caller.app("POST", "/2/webhooks", {"url": url}))[0] == 400
    assert (await caller.app("GET", "/2/webhooks"))[1] == {"data": [made], "meta": {"result_count": 1}}
    opened.status = 500
    assert (await caller.app("PUT", f"/2/webhooks/{made['id']}"))[1] == {"data": {"valid": False}}
    assert (await caller.app("GET", "/2/webhooks"))[1]["data"][0]["valid"] is False
    opened.status = 200
    assert (await caller.app("PUT", f"/2/webhooks/{made['id']}"))[1] == {"data": {"valid": True}}
    assert (await caller.app("DELETE", f"/2/webhooks/{made['id']}"))[1] == {"data": {"deleted": True}}
    assert (await caller.app("DELETE", f"/2/webhooks/{made['id']}"))[0] == 404


@pytest.mark.parametrize("url", ["http://elsewhere.test/in", "https://elsewhere.test:5000/in", "nothing", ""])
async def test_an_address_that_x_would_not_call_is_refused(caller: Caller, url: str) -> None:
    assert (await caller.app("POST", "/2/webhooks", {"url": url}))[0] == 400


async def test_deliveries_are_signed_over_their_bytes(server: XServer, person: Any, door: tuple[Door, str]) -> None:
    opened, url = door
    server.activity.subscribe("dm.received", webhook_id=server.push.add(url))
    async with stream(server) as lines:
        server.message(person, "你好")
        await server.until(lambda: bool(server.push.deliveries))
        assert lines.total_bytes == 0
    ((body, signature),) = opened.came
    assert (
        json.loads(body)["data"]["payload"]["direct_message_events"][0]["message_create"]["sender_id"] == person["id"]
    )
    assert signature == opened.proof(body) == server.push.signature(body)
    assert server.push.deliveries[0].status == 200


async def test_an_app_with_a_newer_secret_gets_both_signatures(
    server: XServer, person: Any, door: tuple[Door, str]
) -> None:
    opened, url = door
    server.activity.subscribe("dm.received", webhook_id=server.push.add(url))
    server.push.client_secret = server.keys.client_secret
    server.message(person, "Hello.")
    await server.until(lambda: bool(server.push.deliveries))
    assert opened.newer == [Door(server.keys.client_secret).proof(opened.came[0][0])]


async def test_deliveries_come_thrice_or_with_a_bit_turned_over(
    server: XServer, person: Any, door: tuple[Door, str]
) -> None:
    opened, url = door
    server.activity.subscribe("dm.received", webhook_id=server.push.add(url))
    server.push.copies, server.push.flips = 3, 1
    server.message(person, "Hello.")
    await server.until(lambda: len(server.push.deliveries) == 3)
    good = [body for body, signature in opened.came if signature == opened.proof(body)]
    assert len(opened.came) == 3
    assert len(good) == 2
    assert good[0] == good[1]


async def test_a_share_is_lost_and_a_replay_brings_it(
    server: XServer, caller: Caller, person: Any, door: tuple[Door, str], clock: ManualClock
) -> None:
    opened, url = door
    webhook_id = server.push.add(url)
    server.activity.subscribe("dm.received", webhook_id=webhook_id)
    server.push.drop = 0.3
    for number in range(100):
        server.message(person, f"Hello {number}.")
    await server.until(lambda: len(server.push.deliveries) == 100)
    lost = [each for each in server.push.deliveries if each.status is None]
    assert 15 < len(lost) < 45
    assert len(opened.came) == 100 - len(lost)
    times = {
        "from_date": clock.now().strftime("%Y%m%d%H%M"),
        "to_date": (clock.now() + timedelta(minutes=1)).strftime("%Y%m%d%H%M"),
    }
    status, _ = await caller.app("POST", "/2/webhooks/replay", {"webhook_id": webhook_id, **times})
    assert status == 200
    await server.until(lambda: len(server.push.deliveries) == 200)
    assert len({json.loads(body)["data"]["event_uuid"] for body, _ in opened.came}) == 100


async def test_nobody_tries_again(server: XServer, person: Any, door: tuple[Door, str]) -> None:
    opened, url = door
    opened.status = 503
    server.activity.subscribe("dm.received", webhook_id=server.push.add(url))
    server.activity.subscribe("chat.received", webhook_id=server.push.add("http://127.0.0.1:1/"))
    server.message(person, "Hello.")
    server.encrypted(person)
    await server.until(lambda: len(server.push.deliveries) == 2)
    await server.until(lambda: server.push.under_way == 0)
    assert sorted(each.status or 0 for each in server.push.deliveries) == [0, 503]
