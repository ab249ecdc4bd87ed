"""What X says of accounts: asked by the hundred, in order, within the budget, with the evidence that a sender has."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from connectors.x._budget import Budget
from connectors.x._client import XClient
from connectors.x._resolver import NO_BUDGET, NO_NAME, NOT_TOLD, SUSPENDED, XResolver, party
from connectors.x._settings import XSettings
from gateway.case import Party, PartyKind
from gateway.ports import Absent, Edited, Handle, Profile, Raw, StreamId, Unchecked
from gateway.ports.names import Key
from gateway.sandbox.x.server import XServer
from normalizers.x import NORMALIZER
from tests.conftest import ManualClock
from tests.unit.x_fakes import MemoryMeter, settings
from tests.unit.x_scripted import said, scripted


class Asker:
    """A resolver of a sandbox server with a budget."""

    def __init__(self, server: Any, clock: ManualClock, **changes: Any) -> None:
        self.settings: XSettings = settings(server, **changes)
        self.meter = MemoryMeter()
        self.client = XClient("x", self.settings, clock)
        self.resolver = XResolver(self.settings, clock, self.client, Budget(self.settings, self.meter, clock))

    async def ask(self, *handles: str) -> list[Profile | Absent | Unchecked]:
        async with self.client:
            return list(await self.resolver.look_up([Handle(each) for each in handles]))


@pytest.fixture
async def server(clock: ManualClock) -> AsyncIterator[XServer]:
    async with XServer.start(clock=clock) as found:
        yield found


def ids(answers: list[Profile | Absent | Unchecked]) -> list[str | None]:
    return [each.party.id if isinstance(each, Profile) else None for each in answers]


@pytest.fixture(params=["tweet", "post"])
async def strict(request: pytest.FixtureRequest, clock: ManualClock) -> AsyncIterator[XServer]:
    """Give a server that knows one spelling alone."""
    async with XServer.start(clock=clock, spelling=request.param) as found:
        yield found


async def test_accounts_are_told_in_the_order_they_were_asked_for(
    strict: XServer, request: pytest.FixtureRequest, clock: ManualClock
) -> None:
    server, spelling = strict, request.node.callspec.params["strict"]
    fang = server.person("wangfang_t", "Wang Fang", "2001")
    server.person("examplex_help", "ExampleX Help", "2002", parody=True)
    asker = Asker(server, clock, spelling=spelling)
    answers = await asker.ask("@WangFang_T", "nobody_here", "2002", "2999", "wangfang_t", fang["id"], "no name")
    assert ids(answers) == ["2001", None, "2002", None, "2001", "2001", None]
    assert answers[1] == Absent(Handle("nobody_here"))
    assert answers[3] == Absent(Handle("2999"))
    assert answers[6] == Unchecked(Handle("no name"), NO_NAME)
    assert [call.route for call in server.calls] == ["GET /2/users", "GET /2/users/by"]
    profile = answers[0]
    assert isinstance(profile, Profile)
    assert profile.looked_up_at == clock.now()
    assert (profile.party.handle, profile.party.name, profile.party.kind) == ("wangfang_t", "Wang Fang", "person")


async def test_a_hundred_are_one_call(server: XServer, clock: ManualClock) -> None:
    for number in range(150):
        server.person(f"user_{number}", id=str(3000 + number))
    asker = Asker(server, clock, budget=Decimal(1000))
    answers = await asker.ask(*(f"user_{number}" for number in range(150)), *(str(3000 + n) for n in range(100)))
    assert ids(answers) == [*(str(3000 + number) for number in range(150)), *(str(3000 + n) for n in range(100))]
    assert server.counts == {"GET /2/users": 1, "GET /2/users/by": 2}


async def test_what_was_read_is_charged(server: XServer, clock: ManualClock) -> None:
    server.person("wangfang_t", id="2001")
    server.person("lena_k", id="2002")
    asker = Asker(server, clock)
    await asker.ask("wangfang_t", "lena_k", "nobody_here")
    assert asker.meter.charges == [("profiles", 1, 20_000)]
    assert server.spent == Decimal("0.02")


async def test_without_money_nobody_is_asked_for(server: XServer, clock: ManualClock) -> None:
    server.person("wangfang_t", id="2001")
    asker = Asker(server, clock, budget=Decimal("0.01"))
    await asker.meter.charge("mentions", 1, 10_000)
    assert await asker.ask("wangfang_t", "2001", "?") == [
        Unchecked(Handle("wangfang_t"), NO_BUDGET),
        Unchecked(Handle("2001"), NO_BUDGET),
        Unchecked(Handle("?"), NO_NAME),
    ]
    assert server.calls == []


async def test_a_suspended_account_is_not_absent(server: XServer, clock: ManualClock) -> None:
    person = server.person("examplex_desk", id="2003")
    server.world.suspended.add(person["id"])
    assert await Asker(server, clock).ask("examplex_desk") == [
        Unchecked(Handle("examplex_desk"), SUSPENDED, suspended=True)
    ]


@pytest.mark.parametrize("fault", ["503 html", "402 credits", "401 json", "429 json", "200 broken json"])
async def test_a_failure_is_no_absence_and_ends_the_asking(fault: str, server: XServer, clock: ManualClock) -> None:
    server.faults.always("*", fault)
    answers = await Asker(server, clock).ask("2001", "wangfang_t", "lena_k")
    assert [type(each) for each in answers] == [Unchecked] * 3
    assert len({each.reason for each in answers if isinstance(each, Unchecked)}) == 1
    assert len(server.calls) == 1


ODD: list[dict[str, Any]] = [
    {},
    {"data": None, "errors": None},
    {"data": ["x", 7, {}], "errors": ["x", {}]},
    {"data": {"id": "2001", "username": "wangfang_t"}},
    {"data": [{"id": "2001"}, {"username": "wangfang_t"}, {"id": 2001, "username": "wangfang_t"}]},
    {"data": [{"id": "4", "username": "another"}]},
    {"errors": [{"value": "wangfang_t", "type": "https://api.x.com/2/problems/resource-unavailable"}]},
]


@pytest.mark.parametrize("told", ODD)
async def test_an_answer_that_says_nothing_proves_nothing(told: dict[str, Any], clock: ManualClock) -> None:
    async with scripted(said(told)) as server:
        assert await Asker(server, clock).ask("wangfang_t") == [Unchecked(Handle("wangfang_t"), NOT_TOLD)]


FULL: dict[str, Any] = {
    "id": "2001",
    "username": "examplex_pay",
    "name": "Examplex\u202e Pay\n\u0000Desk",
    "description": "long text of a user",
    "verified": True,
    "verified_type": "business",
    "is_identity_verified": False,
    "parody": False,
    "protected": False,
    "subscription_type": "Premium",
    "created_at": "2019-05-04T10:11:12.000Z",
    "affiliation": {"description": "Examplex", "url": "https://examplex.test", "user_id": ["1000"]},
    "public_metrics": {"followers_count": 12, "following_count": 3, "post_count": 45, "listed_count": 1},
    "withheld": {"country_codes": ["DE", "FR"], "scope": "user"},
}


def test_what_x_says_of_an_account_is_evidence() -> None:
    found = party(FULL)
    assert (found.platform, found.id, found.address, found.kind) == ("x", "2001", "2001", PartyKind.PERSON)
    assert found.name == "Examplex Pay Desk"
    assert [(each.name, each.value) for each in found.evidence] == [
        ("verified", "true"),
        ("identity_verified", "false"),
        ("parody", "false"),
        ("protected", "false"),
        ("verified_type", "business"),
        ("subscription_type", "Premium"),
        ("affiliation", "Examplex"),
        ("affiliation_url", "https://examplex.test"),
        ("affiliation_user", "1000"),
        ("created_at", "2019-05-04T10:11:12Z"),
        ("followers", "12"),
        ("following", "3"),
        ("posts", "45"),
        ("withheld", "user: DE, FR"),
        ("bio", "long text of a user"),
    ]


@pytest.mark.parametrize("more", [{}, {"affiliation": [FULL["affiliation"]]}, {"withheld": {"scope": "tweet"}}])
def test_a_sender_and_a_profile_of_one_account_have_the_same_evidence(more: dict[str, Any], clock: ManualClock) -> None:
    """Compared by trust: names and values must not drift apart. What an account says of itself is told of a profile."""
    user = {**FULL, "name": "Examplex Pay", "description": "", **more}
    assert party(user).evidence == sender(user, clock).evidence
    old = {**user, "public_metrics": {"followers_count": 12, "following_count": 3, "tweet_count": 45}}
    assert party(old).evidence == sender(old, clock).evidence


def sender(user: dict[str, Any], clock: ManualClock) -> Party:
    """Return the account as the normalizer reads it beside a post."""
    post = {"id": "1", "author_id": user["id"], "text": "x", "created_at": "2026-11-20T12:00:00.000Z"}
    body = json.dumps({"data": post, "includes": {"users": [user]}}).encode()
    raw = Raw(
        source="x",
        stream=StreamId("mentions"),
        key=Key("post:1"),
        lane=user["id"],
        body=body,
        media_type="application/vnd.x.post+json",
        received_at=clock.now(),
        size=len(body),
        notes={"own": "1000", "handle": "examplex", "found": "mention"},
    )
    (event,) = NORMALIZER.normalize(raw)
    message = event.message if isinstance(event, Edited) else event
    found: Party = message.sender  # type: ignore[union-attr]
    return found


@pytest.mark.parametrize("name", list(FULL))
@pytest.mark.parametrize("value", [None, 7, -1.5, "text", [], {}, [None], [[]], {"user_id": 7}, True])
def test_any_field_may_be_anything(name: str, value: Any) -> None:
    if name != "id":
        assert party({**FULL, name: value}).id == "2001"


async def test_what_an_account_says_of_itself_is_evidence(server: XServer, clock: ManualClock) -> None:
    server.person("examplex_help", id="2004", description="Official help\u202e of Examplex\nWrite to us")
    (found,) = await Asker(server, clock).ask("examplex_help")
    assert isinstance(found, Profile)
    assert [each.value for each in found.party.evidence if each.name == "bio"] == [
        "Official help of Examplex Write to us"
    ]
