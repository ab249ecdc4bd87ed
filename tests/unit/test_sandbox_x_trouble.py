"""The sandbox's X limits, bills and misbehaves as X does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import pytest

from gateway.sandbox.x import MATRIX, Fault, XServer
from gateway.sandbox.x._errors import ProblemError
from gateway.sandbox.x._limits import Limit, Limits
from gateway.sandbox.x._router import Caller
from tests.conftest import ManualClock
from tests.unit.x_calls import Reply, called

MENTIONS = "/2/users/1000/mentions"
ROUTE = "GET /2/users/{id}/mentions"


@pytest.fixture
async def server(clock: ManualClock) -> AsyncIterator[XServer]:
    async with XServer.start(clock=clock) as running:
        yield running


def counted(reply: Reply) -> tuple[int, ...]:
    return tuple(int(reply.headers[f"x-rate-limit-{name}"]) for name in ("limit", "remaining", "reset"))


# Limits


async def test_direct_messages_are_read_15_times_in_15_minutes(server: XServer, clock: ManualClock) -> None:
    opened = clock.now().timestamp()
    replies = [await called(server, "/2/dm_events") for _ in range(10)]
    clock.advance(60)
    replies += [await called(server, "/2/dm_events") for _ in range(6)]
    assert [each.status for each in replies] == [200] * 15 + [429]
    assert counted(replies[0]) == (15, 14, opened + 900)
    assert counted(replies[15]) == (15, 0, opened + 900)
    assert replies[15].body["title"] == "Too Many Requests"
    clock.advance(839)
    assert (await called(server, "/2/dm_events")).status == 429
    clock.advance(1)
    assert counted(await called(server, "/2/dm_events")) == (15, 14, opened + 1800)


async def test_limits_are_each_routes_own_and_the_app_has_others(server: XServer) -> None:
    for _ in range(15):
        await called(server, "/2/dm_events")
    assert counted(await called(server, MENTIONS))[:2] == (300, 299)
    assert counted(await called(server, MENTIONS, app=True))[:2] == (450, 449)


def test_refused_calls_do_not_use_up_the_days_limit(clock: ManualClock) -> None:
    limits = Limits(clock, {"POST /somewhere": Limit(1, daily=2)})
    caller = Caller("1000")
    for remaining in ("1", "0"):
        headers = limits.take("POST /somewhere", caller)
        assert headers["x-user-limit-24hour-remaining"] == remaining
        with pytest.raises(ProblemError, match="Too Many"):
            limits.take("POST /somewhere", caller)
        clock.advance(900)
    with pytest.raises(ProblemError, match="Too Many"):
        limits.take("POST /somewhere", caller)
    clock.advance(86_400)
    limits.take("POST /somewhere", caller)


async def test_without_limits_calls_are_only_counted(clock: ManualClock) -> None:
    async with XServer.start(clock=clock, limits=False) as server:
        replies = [await called(server, "/2/dm_events") for _ in range(16)]
        assert (replies[-1].status, counted(replies[-1])[1]) == (200, 0)
        assert server.counts["GET /2/dm_events"] == 16


# Money


async def test_each_thing_is_billed_once_a_day(server: XServer, clock: ManualClock) -> None:
    li = server.person("li")
    server.post(li, "@examplex one")
    server.message(li, "hello")
    for path in (MENTIONS, MENTIONS, "/2/dm_events", f"/2/users/{li['id']}"):
        await called(server, path)
    assert server.spent == Decimal("0.025")
    assert dict(server.bill.items) == {"post_read": 1, "message_read": 1, "user_read": 1}
    clock.advance(86_400)
    await called(server, MENTIONS)
    assert server.spent == Decimal("0.030")


async def test_own_mentions_cost_less_for_the_apps_owner(server: XServer) -> None:
    server.bill.owned_reads = True
    server.post(server.person("li"), "@examplex one")
    await called(server, MENTIONS)
    assert server.spent == Decimal("0.001")


async def test_what_is_only_included_costs_when_it_is_said_to(server: XServer) -> None:
    server.post(server.person("li"), "@examplex one")
    await called(server, MENTIONS, expansions="author_id")
    assert dict(server.bill.items) == {"post_read": 1}
    server.bill.includes = True
    await called(server, MENTIONS, expansions="author_id")
    assert dict(server.bill.items) == {"post_read": 1, "user_read": 1}


async def test_without_credits_calls_are_refused_and_cost_nothing(server: XServer) -> None:
    li = server.person("li")
    server.post(li, "@examplex one")
    server.credits = Decimal("0.003")
    assert (await called(server, MENTIONS)).status == 200
    server.post(li, "@examplex two")
    reply = await called(server, MENTIONS)
    assert (reply.status, reply.body["title"]) == (402, "CreditsDepleted")
    assert server.spent == Decimal("0.005")
    server.credits = Decimal(1)
    assert (await called(server, MENTIONS)).status == 200


async def test_the_app_may_ask_what_was_used(server: XServer) -> None:
    server.post(server.person("li"), "@examplex one")
    await called(server, MENTIONS)
    assert (await called(server, "/2/usage/tweets", app=True)).body["data"]["project_usage"] == "1"
    assert (await called(server, "/2/usage/tweets")).status == 403


# Faults

LOOK = {
    "503 html": (503, "text/html", "x-rate-limit-reset", False),
    "502 html": (502, "text/html", "x-rate-limit-reset", False),
    "429 text": (429, "text/plain", "x-rate-limit-reset", False),
    "429 empty": (429, "application/json", "x-rate-limit-reset", False),
    "429 json": (429, "application/problem+json", "x-rate-limit-reset", True),
    "429 no reset": (429, "application/problem+json", "x-rate-limit-reset", False),
    "429 past reset": (429, "application/problem+json", "x-rate-limit-reset", True),
    "429 far reset": (429, "application/problem+json", "x-rate-limit-reset", True),
    "500 broken json": (500, "application/json", "x-rate-limit-reset", False),
    "500 json": (500, "application/problem+json", "x-rate-limit-reset", False),
    "400 array": (400, "application/json", "x-rate-limit-reset", False),
    "402 credits": (402, "application/problem+json", "x-rate-limit-reset", False),
    "401 json": (401, "application/problem+json", "x-rate-limit-reset", False),
    "401 clock": (401, "application/problem+json", "x-rate-limit-reset", False),
    "200 broken json": (200, "application/json", "x-rate-limit-reset", False),
    "200 html": (200, "text/html", "x-rate-limit-reset", False),
    "200 array": (200, "application/json", "x-rate-limit-reset", False),
}


@pytest.mark.parametrize("name", LOOK)
async def test_every_wrong_answer_can_be_given_once(server: XServer, name: str) -> None:
    status, content_type, header, has_header = LOOK[name]
    server.faults.plan(ROUTE, name)
    reply = await called(server, MENTIONS)
    assert reply.status == status
    assert reply.headers["Content-Type"].startswith(content_type)
    assert (header in reply.headers) == has_header
    assert (await called(server, MENTIONS)).status == 200


async def test_resets_and_dates_are_told_by_the_servers_clock(server: XServer, clock: ManualClock) -> None:
    for name, secs in (("429 past reset", -50), ("429 far reset", 10**9)):
        server.faults.plan(ROUTE, name)
        reply = await called(server, MENTIONS)
        assert int(reply.headers["x-rate-limit-reset"]) - clock.now().timestamp() == secs
        assert parsedate_to_datetime(reply.headers["date"]) == clock.now()
    server.faults.plan(ROUTE, "401 clock")
    reply = await called(server, MENTIONS)
    assert (parsedate_to_datetime(reply.headers["date"]) - clock.now()).total_seconds() == 600


async def test_one_item_can_be_wrong_among_right_ones(server: XServer) -> None:
    li = server.person("li")
    for number in range(3):
        server.post(li, f"@examplex {number}")
    server.message(li, "hello")
    server.faults.plan(ROUTE, "item without text", "200 errors only")
    first, *others = (await called(server, MENTIONS)).body["data"]
    assert "text" not in first
    assert all("text" in each for each in others)
    assert set((await called(server, MENTIONS)).body) == {"errors"}
    server.faults.plan("/2/dm_events", "bad date")
    (event,) = (await called(server, "/2/dm_events", dm_event__fields="created_at")).body["data"]
    assert event["created_at"].startswith("2026-13-40")


async def test_faults_are_counted_and_mended(server: XServer) -> None:
    server.faults.plan(ROUTE, replace(MATRIX["503 html"], times=2, after=1))
    assert [(await called(server, MENTIONS)).status for _ in range(4)] == [200, 503, 503, 200]
    server.faults.always("*", Fault(502))
    assert (await called(server, "/2/users/me")).status == 502
    server.faults.mend()
    assert (await called(server, "/2/users/me")).status == 200
    assert [call.status for call in server.calls][-2:] == [502, 200]


async def test_a_line_can_be_cut_before_or_after_the_call_took_effect(server: XServer) -> None:
    """The client makes a reading call again on its own when its line drops: two faults for each."""
    server.message(server.person("li"), "hello")
    for name, spent in (("cut", "0"), ("taken, then cut", "0.01")):
        server.faults.always("/2/dm_events", name)
        with pytest.raises(aiohttp.ClientError):
            await called(server, "/2/dm_events")
        assert server.spent == Decimal(spent)
    assert {call.status for call in server.calls} == {0}


async def test_a_call_can_hang_until_released(server: XServer) -> None:
    server.faults.plan(ROUTE, "black hole")
    hung = asyncio.create_task(called(server, MENTIONS))
    await server.until(lambda: server.faults.hanging == 1)
    assert (await called(server, MENTIONS)).status == 200
    server.faults.release(ROUTE)
    assert (await hung).status == 200


async def test_an_answer_can_be_larger_than_any(server: XServer) -> None:
    server.faults.plan(ROUTE, "oversize")
    reply = await called(server, MENTIONS)
    assert len(reply.text) > 8 << 20


async def test_the_matrix_is_tested_whole() -> None:
    elsewhere = {"200 errors only", "item without text", "bad date", "cut", "taken, then cut", "black hole", "oversize"}
    assert set(MATRIX) == set(LOOK) | elsewhere | {"item without id", "date without milliseconds"}


@pytest.mark.parametrize(("path", "status"), [("/2/nowhere", 404), ("/1.1/statuses.json", 404), ("/2/tweets/x", 404)])
async def test_there_is_nothing_elsewhere(server: XServer, path: str, status: int) -> None:
    assert (await called(server, path)).status == status


async def test_a_route_takes_its_own_methods_alone(server: XServer) -> None:
    assert (await called(server, MENTIONS, "POST")).status == 405


async def test_nobody_unknown_is_answered(server: XServer) -> None:
    async with aiohttp.ClientSession() as session:
        headers: dict[str, Any] = {"authorization": "Bearer nonsense"}
        async with session.get(server.url + MENTIONS, headers=headers) as response:
            assert response.status == 401
            assert (await response.json())["title"] == "Unauthorized"
    assert server.spent == 0
