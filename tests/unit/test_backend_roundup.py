"""What is special to Roundup: whose acts those on a double are that was given up."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest

from gateway.backends._api import Api
from gateway.backends._hooks import STREAM
from gateway.backends._paged import Item
from gateway.backends._quota import Quota
from gateway.backends.roundup.api import SCHEMA, Tracker
from gateway.backends.roundup.feed import RoundupActs
from gateway.backends.roundup.normalizer import NORMALIZER
from gateway.backends.roundup.settings import RoundupSettings
from gateway.backends.roundup.tickets import RoundupTickets
from gateway.ports import Key, Raw, TicketEvent
from gateway.testing.backends import case_id
from tests.conftest import ManualClock

OURS, AGENT = "3", "4"


class FakeTracker:
    """A tracker whose one issue has the key that it has now."""

    def __init__(self) -> None:
        self.key = case_id(1)

    async def collection(self, kind: str, query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        return [{"id": OURS}] if kind == "user" else []

    async def texts(self, numbers: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        return {}

    async def item(self, kind: str, number: str, fields: str) -> Any:
        return SimpleNamespace(said={"external_key": self.key})


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> RoundupSettings:
    monkeypatch.setenv("TEST_ROUNDUP_PASSWORD", "made up")
    given = {"url": "https://desk.example.test/", "user": "gatehouse", "password": {"env": "TEST_ROUNDUP_PASSWORD"}}
    return RoundupSettings.model_validate(given)


def done(number: int, creator: str, **about: Any) -> Item:
    said = {"id": str(number), "issue": "12", "creator": creator, "creation": "2026-03-01.10:00:00", **about}
    return Item(number, said)


async def told(acts: RoundupActs, *items: Item) -> list[TicketEvent]:
    now = datetime(2026, 3, 1, 10, tzinfo=UTC)
    events: list[TicketEvent] = []
    for act in await acts.acts(items):
        body = json.dumps(act.body).encode()
        raw = Raw("desk", STREAM, Key(act.key), act.ticket, body, "application/json", now, len(body))
        events += [event for event in NORMALIZER.normalize(raw) if isinstance(event, TicketEvent)]
    return events


@pytest.mark.parametrize("was_known", [True, False])
async def test_what_agents_do_on_a_double_that_was_given_up_concerns_no_case(
    settings: RoundupSettings, was_known: bool
) -> None:
    tracker = FakeTracker()
    acts = RoundupActs(settings, cast("Tracker", tracker))
    if was_known:
        (event,) = await told(acts, done(1, AGENT, was="open", now="resolved"))
        assert event.case_id == case_id(1)
    tracker.key = f"{case_id(1)}~12"
    given_up = done(2, OURS, was="open", now="resolved", into="11")
    (event,) = await told(acts, given_up, done(3, AGENT, retired=True))
    assert (event.kind, event.ticket, event.case_id) == ("deleted", "12", None)


async def test_the_second_ticket_of_a_case_is_the_cases_too(settings: RoundupSettings) -> None:
    tracker = FakeTracker()
    tracker.key = f"{case_id(1)}/2"
    (event,) = await told(RoundupActs(settings, cast("Tracker", tracker)), done(1, AGENT, retired=True))
    assert event.case_id == case_id(1)


Told = tuple[dict[str, str], bytes]
LEAK: Told = ({"content-type": "text/csv; charset=utf-8"}, b"id\n")
PAGE: Told = ({"content-type": "text/html"}, b"<html>It works!</html>")


async def seen(settings: RoundupSettings, clock: ManualClock, status: int, answer: Told) -> Any:
    """Return what the check says of a tracker that answers everything so, to us and to strangers."""
    headers, body = answer
    transport = httpx.MockTransport(lambda request: httpx.Response(status, headers=headers, content=body))
    async with httpx.AsyncClient(transport=transport) as client:
        api = Api(settings.url, client, clock, Quota(clock, 2), 5.0)
        report = await RoundupTickets(settings, Tracker(api), api).check()
    return {check.name: check for check in report.checks}


@pytest.mark.parametrize(
    ("status", "answer", "ok", "word"),
    [
        (401, PAGE, True, "no issue and no message"),
        (403, PAGE, True, "no issue and no message"),
        (200, LEAK, False, "anybody can read"),
        *((status, PAGE, False, "could not be checked") for status in (200, 302, 400, 404, 429)),
        (200, ({"content-type": "application/json"}, b"{}"), False, "could not be checked"),
        (200, ({"content-type": "application/json"}, b"null"), False, "could not be checked"),
        (503, PAGE, False, "not available"),
    ],
)
async def test_strangers_are_kept_out_only_where_the_tracker_says_so(
    settings: RoundupSettings,
    clock: ManualClock,
    status: int,
    answer: Told,
    ok: bool,
    word: str,
) -> None:
    check = (await seen(settings, clock, status, answer))["privacy"]
    assert check.ok is ok
    assert word in check.detail


@pytest.mark.parametrize(("status", "word"), [(302, "redirects"), (404, "nothing takes these calls")])
async def test_a_wrong_address_is_no_wrong_schema(
    settings: RoundupSettings, clock: ManualClock, status: int, word: str
) -> None:
    check = (await seen(settings, clock, status, PAGE))["schema"]
    assert not check.ok
    assert word in check.detail
    assert "schema.py" not in check.detail


async def test_a_class_that_is_not_there_is_the_schemas(settings: RoundupSettings, clock: ManualClock) -> None:
    said = json.dumps({"error": {"status": 404, "msg": "Class gatehouse_act not found"}}).encode()
    check = (await seen(settings, clock, 404, ({"content-type": "application/json"}, said)))["schema"]
    assert (check.ok, check.detail) == (False, SCHEMA)
