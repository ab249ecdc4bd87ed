"""What `gatehouse check` tells of an account, against the sandbox's X."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from connectors.x._budget import Budget
from connectors.x._check import check
from connectors.x._client import XClient
from connectors.x._tokens import SECRET, Tokens
from gateway.ports import Check
from gateway.sandbox.x.server import XServer
from tests.conftest import ManualClock
from tests.unit.x_fakes import KEYS, MemoryMeter, MemoryVault, settings
from tests.unit.x_scripted import Scripted, said, scripted

LABELLED = "We help. An automated account."


@pytest.fixture
async def server(clock: ManualClock) -> AsyncIterator[XServer]:
    async with XServer.start(clock=clock) as found:
        found.rename(found.own, description=LABELLED)
        yield found


async def findings(server: XServer | Scripted, clock: ManualClock, **changes: Any) -> dict[str, Check]:
    vault, meter = changes.pop("vault", None), changes.pop("meter", MemoryMeter())
    told = settings(server if isinstance(server, XServer) else server.url, **changes)
    async with XClient("x", told, clock, vault) as client:
        report = await check(told, client, Budget(told, meter, clock))
    for secret in KEYS.values():
        assert secret not in repr(report)
    return {each.name: each for each in report.checks}


async def test_all_is_well(server: XServer, clock: ManualClock) -> None:
    found = await findings(server, clock)
    assert {name: each.ok for name, each in found.items()} == dict.fromkeys(
        ("access", "rights", "label", "clock", "credits"), True
    )
    assert found["access"].detail == "the access is @examplex's, number 1000"
    assert all(call.method == "GET" for call in server.calls)


@pytest.mark.parametrize(
    ("changes", "remedy"), [({"user_id": "1001"}, "edit user_id"), ({"handle": "another"}, "edit handle")]
)
async def test_the_access_of_another_account_is_told(
    changes: dict[str, str], remedy: str, server: XServer, clock: ManualClock
) -> None:
    found = (await findings(server, clock, **changes))["access"]
    assert not found.ok
    assert remedy in found.detail


async def test_what_a_check_costs_is_counted(server: XServer, clock: ManualClock) -> None:
    meter = MemoryMeter()
    await findings(server, clock, meter=meter)
    assert meter.charges == [("check", 1, 10_000)]
    server.faults.always("*", "503 html")
    await findings(server, clock, meter=meter)
    assert len(meter.charges) == 1


async def test_the_case_of_a_handle_does_not_matter(server: XServer, clock: ManualClock) -> None:
    assert (await findings(server, clock, handle="@ExampleX"))["access"].ok


@pytest.mark.parametrize("fault", ["401 json", "503 html", "402 credits", "429 json", "200 array"])
async def test_without_access_there_is_one_finding(fault: str, server: XServer, clock: ManualClock) -> None:
    server.faults.always("*", fault)
    found = await findings(server, clock)
    assert list(found) == ["access"]
    assert not found["access"].ok


async def test_b23_a_refused_access_tells_of_the_clock(server: XServer, clock: ManualClock) -> None:
    server.faults.always("*", "401 clock")
    assert "clock is 600 s" in (await findings(server, clock))["access"].detail


async def test_a_profile_without_the_label_fails_unless_it_need_not_be_there(
    server: XServer, clock: ManualClock
) -> None:
    server.rename(server.own, description="We help.")
    assert not (await findings(server, clock))["label"].ok
    assert (await findings(server, clock, require_label=False))["label"].ok
    server.rename(server.own, description="自动回复")
    assert (await findings(server, clock))["label"].ok


@pytest.mark.parametrize(
    ("level", "ok"), [("read-write-directmessages", True), ("read-write", False), ("read", False), ("", True)]
)
async def test_rights_are_those_that_x_tells(level: str, ok: bool, clock: ManualClock) -> None:
    me = {"data": {"id": "1000", "username": "examplex", "description": LABELLED}}
    headers = {"x_access_level": level} if level else {}
    async with scripted(said(me, 200, **headers)) as server:
        assert (await findings(server, clock))["rights"].ok is ok


@pytest.mark.parametrize(("missing", "ok"), [("", True), ("dm.write", False)])
async def test_scopes_are_those_that_were_given(missing: str, ok: bool, server: XServer, clock: ManualClock) -> None:
    vault = MemoryVault()
    given: Any = server.grants.issue()
    scope = given["scope"].replace(missing, "") if missing else given["scope"]
    ends_at = clock.now() + timedelta(hours=2)
    vault.secrets[SECRET] = Tokens(given["access_token"], given["refresh_token"], ends_at, scope).encode()
    found = (await findings(server, clock, auth="oauth2", vault=vault))["rights"]
    assert found.ok is ok
    assert missing in found.detail


async def test_clocks_that_differ_are_told(clock: ManualClock) -> None:
    me = {"data": {"id": "1000", "username": "examplex", "description": LABELLED}}
    async with scripted(said(me, 200, date="Fri, 20 Nov 2026 12:02:00 GMT")) as server:
        found = (await findings(server, clock))["clock"]
    assert (found.ok, found.detail) == (False, "X's clock is 120 s ahead of ours; set this machine's clock by NTP")


async def test_what_is_used_up_is_told_where_it_can_be_asked(server: XServer, clock: ManualClock) -> None:
    assert (await findings(server, clock))["credits"].detail.startswith("0 of ")
    server.faults.always("GET /2/usage/tweets", "402 credits")
    assert not (await findings(server, clock))["credits"].ok
    server.faults.always("GET /2/usage/tweets", "503 html")
    assert (await findings(server, clock))["credits"].ok
    calls = len(server.calls)
    assert (await findings(server, clock, bearer_token=None))["credits"].ok
    assert len(server.calls) == calls + 1


async def test_a_stream_needs_the_app_s_own_token(server: XServer, clock: ManualClock) -> None:
    assert (await findings(server, clock, activity="stream"))["activity"].ok
    assert not (await findings(server, clock, activity="stream", bearer_token="made-up-wrong"))["activity"].ok


async def test_a_webhook_that_x_knows_must_be_valid(server: XServer, clock: ManualClock) -> None:
    door = {"activity": "webhook", "webhook_url": "https://gate.examplex.test/in/x"}
    found = (await findings(server, clock, **door))["activity"]
    assert found.ok
    assert "the gateway registers it" in found.detail
    webhook = server.push.add(door["webhook_url"])
    assert (await findings(server, clock, **door))["activity"].ok
    server.push._webhooks[webhook].valid = False
    found = (await findings(server, clock, **door))["activity"]
    assert not found.ok
    assert "calls webhook_url no more" in found.detail


async def test_an_answer_of_another_shape_is_no_fault_of_ours(clock: ManualClock) -> None:
    async with scripted(said({"data": ["x"], "meta": {}})) as server:
        found = await findings(server, clock, activity="stream")
    assert not found["access"].ok
