"""What the channel does so that X tells it of news: subscriptions, the webhook, and what was missed, on the sandbox."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.x._client import XClient
from connectors.x._subscriptions import KINDS
from connectors.x._webhook import Standing
from gateway.errors import AuthError, GatewayError, RateLimitedError, TransientError
from gateway.ports import Cursor
from gateway.sandbox.x._errors import forbidden
from gateway.sandbox.x._faults import Fault
from tests.unit.x_fakes import KEYS
from tests.unit.x_reading import ACTIVITY, MENTIONS, MESSAGES, Bench, Reader, bench
from tests.unit.x_scripted import Scripted, said, scripted
from tests.x_spec import Spec

SUBSCRIPTIONS, WEBHOOKS, REPLAY = "/2/activity/subscriptions", "/2/webhooks", "/2/webhooks/replay"


class Site:
    """What X calls as our webhook: answers its challenge, unless `works` is off, and keeps what is pushed."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.works = True
        self.pushed: list[dict[str, Any]] = []

    def answer(self, method: str, query: str, body: bytes) -> Any:
        if not self.works:
            return said({}, 503)
        if method == "POST":
            self.pushed.append(json.loads(body))
            return said({})
        token = dict(each.split("=", 1) for each in query.split("&"))["crc_token"].replace("%3D", "=")
        digest = hmac.new(b"made-up-consumer-secret", token.encode(), hashlib.sha256).digest()
        return said({"response_token": "sha256=" + base64.b64encode(digest).decode()})


@asynccontextmanager
async def site() -> AsyncIterator[Site]:
    async with scripted(said({})) as server:
        found = Site(f"{server.url}/in/x")
        server.script = lambda request: found.answer(request.method, request.query, request.body)
        yield found


@asynccontextmanager
async def hooked(world: Bench, at: Site, **changes: Any) -> AsyncIterator[Reader]:
    async with world.reader(activity="webhook", webhook_url=at.url, **changes) as reader:
        yield reader


def kinds(world: Bench, webhook: str = "") -> list[str]:
    """What our account's events are subscribed to, at one place."""
    there = (each for each in world.server.activity.subscriptions.values() if each.webhook_id == webhook)
    return sorted(each.event_type for each in there if each.filter == {"user_id": "1000"})


def called(world: Bench, *methods: str, route: str = "/2/") -> list[str]:
    """The calls of some methods, in their order."""
    return [each.route for each in world.server.calls if each.method in methods and each.path.startswith(route)]


async def happens(world: Bench, condition: Callable[[], bool]) -> None:
    """Wait until X has done something; bounded, so that what never happens is told."""
    async with asyncio.timeout(10):
        await world.server.until(condition)


async def fetched(reader: Reader, cursor: Cursor | None = None) -> Cursor | None:
    """Fetch once as the engine does, let the pause pass, and return the cursor after it."""
    page = await reader.fetch(ACTIVITY, cursor)
    assert not page.items
    assert page.pause == timedelta(minutes=1)
    reader.clock.advance(60)
    return cursor if page.cursor is None else page.cursor


# On the stream


async def streamed(reader: Reader, world: Bench) -> None:
    """Fetch from the stream until the look at what is subscribed is over, and a line is open."""
    world.server.activity.stream.close_at_once = 1
    with pytest.raises(RateLimitedError):
        await reader.fetch(ACTIVITY, None)


async def test_stream_subscribes_to_all_that_is_missing_and_removes_nothing() -> None:
    async with bench() as world, world.reader(activity="stream") as reader:
        activity = world.server.activity
        other = world.server.person("lina_k")
        activity.subscribe("profile.update.bio", user_id=other["id"])
        activity.subscribe("dm.received", "post.create")
        before = dict(activity.subscriptions)
        await streamed(reader, world)
        assert set(KINDS) <= set(kinds(world))
        assert kinds(world).count("dm.received") == 1
        assert before.items() <= activity.subscriptions.items()
        # There is nothing left to do for the next one.
        calls = len(called(world, "POST"))
        async with world.reader(activity="stream") as second:
            await streamed(second, world)
        assert len(called(world, "POST")) == calls == len(KINDS) - 1


async def test_stream_looks_again_after_an_hour() -> None:
    async with bench() as world, world.reader(activity="stream") as reader:
        await streamed(reader, world)
        for _ in range(10):
            world.clock.advance(300)
            await streamed(reader, world)
        assert len(called(world, "GET", route=SUBSCRIPTIONS)) == 1
        lost = next(iter(world.server.activity.subscriptions))
        del world.server.activity.subscriptions[lost]
        world.clock.advance(700)
        await streamed(reader, world)
        assert len(called(world, "GET", route=SUBSCRIPTIONS)) == 2
        assert sorted(KINDS) == kinds(world)


@pytest.mark.parametrize("kind", ["stream", "webhook"])
async def test_look_that_is_cut_off_is_made_at_once_again(kind: str) -> None:
    """A reload cuts fetches off."""
    async with bench() as world, site() as at, world.reader(activity=kind, webhook_url=at.url) as reader:
        task = asyncio.ensure_future(reader.fetch(ACTIVITY, None))
        await happens(world, lambda: bool(called(world, "POST", route=SUBSCRIPTIONS)))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        world.server.activity.stream.close_at_once = 1
        with contextlib.suppress(RateLimitedError):
            await reader.fetch(ACTIVITY, None)
        assert kinds(world, "".join(world.server.push.ids)) == sorted(KINDS)


async def test_subscription_with_a_keyword_does_not_tell_all() -> None:
    async with bench() as world, world.reader(activity="stream") as reader:
        world.server.activity._add("dm.received", {"user_id": "1000", "keyword": "help"}, "", "")
        await streamed(reader, world)
        assert sorted(KINDS) == kinds(world)


async def test_look_that_fails_does_not_close_the_stream() -> None:
    async with bench() as world, world.reader(activity="stream") as reader:
        world.server.faults.always(f"GET {SUBSCRIPTIONS}", "503 html")
        with pytest.raises(TransientError) as caught:
            await reader.fetch(ACTIVITY, None)
        assert not isinstance(caught.value, RateLimitedError)
        connects = len(world.server.activity.stream.connects)
        await streamed(reader, world)
        assert len(world.server.activity.stream.connects) == connects + 1
        world.clock.advance(60)
        with pytest.raises(TransientError):
            await reader.fetch(ACTIVITY, None)
        assert len(called(world, "GET", route=SUBSCRIPTIONS)) == 2


@pytest.mark.parametrize("status", [400, 409])
async def test_kind_that_x_does_not_take_stops_no_other(status: int) -> None:
    def answer(request: Any) -> Any:
        if request.method == "POST" and json.loads(request.body)["event_type"] == "dm.received":
            return said({"title": "No", "type": "about:blank"}, status)
        return said({"data": []})

    async with scripted(answer) as server, bench() as world:
        async with world.reader(activity="stream", api_url=server.url) as reader:
            with pytest.raises(RateLimitedError):
                await reader.fetch(ACTIVITY, None)
        assert posted(server) == list(KINDS)


async def test_kinds_that_we_may_not_hear_of_are_told_and_the_others_made() -> None:
    def answer(request: Any) -> Any:
        if request.method == "POST" and json.loads(request.body)["event_type"] in ("dm.received", "chat.received"):
            return said({"title": "Forbidden", "type": "about:blank", "status": 403, "detail": "No."}, 403)
        return said({"data": []})

    async with scripted(answer) as server, bench() as world:
        async with world.reader(activity="stream", api_url=server.url) as reader:
            with pytest.raises(AuthError, match=r"dm\.received, chat\.received"):
                await reader.fetch(ACTIVITY, None)
        assert posted(server) == list(KINDS)


async def test_list_of_subscriptions_is_read_to_its_end() -> None:
    given = [{"subscription_id": "1", "event_type": each, "filter": {"user_id": "1000"}} for each in KINDS]

    def answer(request: Any) -> Any:
        if "pagination_token=made-up-next-token" in request.query:
            return said({"data": given[5:]})
        return said({"data": [None, 7, {}, *given[:5]], "meta": {"next_token": "made-up-next-token"}})

    async with scripted(answer) as server, bench() as world:
        async with world.reader(activity="stream", api_url=server.url) as reader:
            with pytest.raises(GatewayError):
                await reader.fetch(ACTIVITY, None)
        assert posted(server) == []


def posted(server: Scripted) -> list[str]:
    return [json.loads(each.body)["event_type"] for each in server.requests if each.method == "POST"]


async def test_calls_are_as_x_s_document_says(monkeypatch: pytest.MonkeyPatch) -> None:
    spec, wrong, told = Spec.load("post"), list[str](), set[tuple[str, str]]()
    real = XClient.call

    async def call(self: XClient, method: str, route: str, params: Any, body: Any, *rest: Any, **more: Any) -> Any:
        told.add((method, route))
        wrong.extend(spec.check_request(method, route, params or {}, body))
        return await real(self, method, route, params, body, *rest, **more)

    monkeypatch.setattr(XClient, "call", call)
    async with bench() as world, site() as at:
        world.server.activity.subscribe("dm.received")
        (streams,) = world.server.activity.subscriptions
        async with hooked(world, at) as reader:
            cursor = await fetched(reader)
        (webhook,) = world.server.push.ids
        world.server.push._webhooks[webhook].valid = False
        async with hooked(world, at) as reader:
            await fetched(reader, await fetched(reader, cursor))
    assert wrong == []
    assert told == {
        ("GET", WEBHOOKS),
        ("POST", WEBHOOKS),
        ("PUT", f"{WEBHOOKS}/{webhook}"),
        ("POST", REPLAY),
        ("GET", SUBSCRIPTIONS),
        ("POST", SUBSCRIPTIONS),
        ("PUT", f"{SUBSCRIPTIONS}/{streams}"),
    }


# On a webhook


async def test_webhook_is_registered_and_every_kind_pushed_there() -> None:
    async with bench() as world, site() as at, hooked(world, at) as reader:
        assert ACTIVITY in reader.connector.streams()
        await fetched(reader)
        (webhook,) = world.server.push.ids
        assert kinds(world, webhook) == sorted(KINDS)
        world.server.message(world.server.person("wangfang_t"), "hello")
        await happens(world, lambda: bool(at.pushed))
        assert [each["data"]["event_type"] for each in at.pushed] == ["dm.received"]


async def test_subscriptions_of_the_stream_are_moved_and_those_of_another_webhook_left() -> None:
    async with bench() as world, site() as at, hooked(world, at) as reader:
        activity = world.server.activity
        activity.subscribe("dm.received")
        (streams,) = activity.subscriptions
        other = world.server.push.add("https://other.examplex.test/in")
        activity.subscribe("chat.received", webhook_id=other)
        await fetched(reader)
        ours = next(each for each in world.server.push.ids if each != other)
        assert activity.subscriptions[streams].webhook_id == ours
        assert kinds(world, ours) == sorted(KINDS)
        assert kinds(world, other) == ["chat.received"]


async def test_webhook_that_stands_is_looked_at_once_an_hour() -> None:
    async with bench() as world, site() as at, hooked(world, at) as reader:
        cursor = await fetched(reader)
        for _ in range(58):
            cursor = await fetched(reader, cursor)
        assert len(called(world, "GET", route=WEBHOOKS)) == 1
        for _ in range(3):
            cursor = await fetched(reader, cursor)
        assert len(called(world, "GET", route=WEBHOOKS)) == 2
        assert called(world, "PUT") == []
        assert called(world, "POST", route=REPLAY) == []


async def test_invalid_webhook_is_mended_and_what_was_missed_replayed_once() -> None:
    async with bench() as world, site() as at, hooked(world, at) as reader:
        server = world.server
        cursor = await fetched(reader)
        (webhook,) = server.push.ids
        person = server.person("wangfang_t")
        at.works = False
        assert not await server.push.check(webhook)
        for _ in range(10):
            cursor = await fetched(reader, cursor)
        server.encrypted(person)
        at.works = True
        for _ in range(60):
            cursor = await fetched(reader, cursor)
        await happens(world, lambda: bool(at.pushed))
        assert [each["data"]["event_type"] for each in at.pushed] == ["chat.received"]
        for _ in range(70):
            cursor = await fetched(reader, cursor)
        assert len(called(world, "PUT")) == 1
        assert len(called(world, "POST", route=REPLAY)) == 1
        assert len(at.pushed) == 1
        # Whatever was only a hint is looked for at once.
        assert world.woken == [MESSAGES, MENTIONS]


async def test_webhook_that_cannot_be_mended_is_tried_once_a_minute_and_told() -> None:
    async with bench() as world, site() as at, hooked(world, at) as reader:
        cursor = await fetched(reader)
        (webhook,) = world.server.push.ids
        at.works = False
        assert not await world.server.push.check(webhook)
        world.clock.advance(3600)
        for _ in range(20):
            with pytest.raises(RateLimitedError, match="reached from the internet") as caught:
                await reader.fetch(ACTIVITY, cursor)
            assert not caught.value.item
            assert timedelta(0) < caught.value.retry_after <= timedelta(minutes=1)
            world.clock.advance(15)
        assert len(called(world, "PUT")) == 5
        at.works = True
        world.clock.advance(60)
        cursor = await fetched(reader, cursor)
        cursor = await fetched(reader, cursor)
        assert len(called(world, "POST", route=REPLAY)) == 1


async def test_webhook_that_x_refuses_is_told_and_registered_once_it_answers() -> None:
    async with bench() as world, site() as at, hooked(world, at) as reader:
        at.works = False
        with pytest.raises(RateLimitedError, match="challenge"):
            await reader.fetch(ACTIVITY, None)
        assert not world.server.push.ids
        at.works = True
        world.clock.advance(60)
        await fetched(reader)
        assert world.server.push.ids


async def test_gateway_that_was_down_asks_for_what_was_pushed_meanwhile() -> None:
    async with bench() as world, site() as at:
        server = world.server
        async with hooked(world, at) as reader:
            cursor = await fetched(reader)
        at.works = False
        world.clock.advance(1200)
        server.encrypted(server.person("wangfang_t"))
        await happens(world, lambda: not server.push.under_way)
        at.works = True
        async with hooked(world, at) as reader:
            cursor = await fetched(reader, cursor)
            assert at.pushed == []
            cursor = await fetched(reader, cursor)
            await happens(world, lambda: bool(at.pushed))
            await fetched(reader, cursor)
        assert len(at.pushed) == 1
        assert len(called(world, "POST", route=REPLAY)) == 1


async def test_replay_is_asked_for_a_day_back_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, real = list[dict[str, str]](), XClient.call

    async def call(self: XClient, method: str, route: str, params: Any, body: Any, *rest: Any, **more: Any) -> Any:
        asked.extend([body] if route == REPLAY else [])
        return await real(self, method, route, params, body, *rest, **more)

    monkeypatch.setattr(XClient, "call", call)
    async with bench() as world, site() as at:
        async with hooked(world, at) as reader:
            cursor = await fetched(reader)
        world.clock.advance(3 * 86_400)
        async with hooked(world, at) as reader:
            await fetched(reader, await fetched(reader, cursor))
    (only,) = asked
    first, last = (datetime.strptime(only[name], "%Y%m%d%H%M").replace(tzinfo=UTC) for name in ("from_date", "to_date"))
    assert timedelta(hours=23) < last - first < timedelta(hours=24)
    assert timedelta(0) < world.clock.now() - last <= timedelta(minutes=2)


async def test_gateway_that_was_stopped_before_the_replay_asks_for_it_later() -> None:
    async with bench() as world, site() as at:
        async with hooked(world, at) as reader:
            cursor = await fetched(reader)
        world.clock.advance(1200)
        world.server.encrypted(world.server.person("wangfang_t"))
        async with hooked(world, at) as reader:
            assert await fetched(reader, cursor) == cursor
        async with hooked(world, at) as reader:
            await fetched(reader, await fetched(reader, cursor))
        assert len(called(world, "POST", route=REPLAY)) == 1


async def test_short_restart_asks_for_nothing() -> None:
    async with bench() as world, site() as at:
        async with hooked(world, at) as reader:
            cursor = await fetched(reader)
            for _ in range(30):
                cursor = await fetched(reader, cursor)
        world.clock.advance(120)
        async with hooked(world, at) as reader:
            for _ in range(5):
                cursor = await fetched(reader, cursor)
        assert called(world, "POST", route=REPLAY) == []


async def test_replay_that_x_refuses_is_not_asked_for_again() -> None:
    async with bench() as world, site() as at:
        async with hooked(world, at) as reader:
            cursor = await fetched(reader)
        world.clock.advance(1200)
        world.server.faults.always(f"POST {REPLAY}", Fault(problem=forbidden("No.")))
        async with hooked(world, at) as reader:
            for _ in range(5):
                cursor = await fetched(reader, cursor)
        assert len(called(world, "POST", route=REPLAY)) == 1


async def test_app_without_webhooks_is_told() -> None:
    async with bench() as world, site() as at, hooked(world, at) as reader:
        world.server.faults.always(f"GET {WEBHOOKS}", Fault(problem=forbidden("No.")))
        with pytest.raises(AuthError, match="no webhooks"):
            await reader.fetch(ACTIVITY, None)


async def test_pushes_are_charged_even_without_any_budget_left() -> None:
    async with bench() as world, site() as at, hooked(world, at, budget=0) as reader:
        cursor = await fetched(reader)
        reader.connector._budget.owe("activity", 3, reader.connector._settings.prices.event)
        await fetched(reader, cursor)
        assert world.meter.charges[-1] == ("activity", 0, 30_000)
        spent = (await world.meter.today())["activity"]
        # One call for each kind, and one look each at subscriptions, at webhooks, and the registration.
        assert (spent.calls, spent.cost) == (len(KINDS) + 3, 30_000)


async def test_looks_that_cost_are_left_out_when_the_budget_is_spent() -> None:
    prices = {"upkeep": "0.01"}
    async with bench() as world, site() as at, hooked(world, at, budget=0, prices=prices) as reader:
        await fetched(reader)
        assert not world.server.calls


@pytest.mark.parametrize("cursor", ["activity:5", "", "{}", '{"alive":"x","sound":1}', '{"alive":1e300,"sound":1}'])
def test_cursor_of_something_else_is_none(cursor: str) -> None:
    assert Standing.of(Cursor(cursor)) is None
    assert Standing.of(None) is None


async def test_no_secret_is_in_an_error() -> None:
    async with bench() as world, site() as at, hooked(world, at) as reader:
        world.server.faults.always("*", "401 json")
        with pytest.raises(AuthError) as caught:
            await reader.fetch(ACTIVITY, None)
        assert not any(each in str(caught.value) for each in KEYS.values())
