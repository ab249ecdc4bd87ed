"""What is special to Roundup: whose acts those on a double are that was given up."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from gateway.backends._hooks import STREAM
from gateway.backends._paged import Item
from gateway.backends.roundup.api import Tracker
from gateway.backends.roundup.feed import RoundupActs
from gateway.backends.roundup.normalizer import NORMALIZER
from gateway.backends.roundup.settings import RoundupSettings
from gateway.ports import Key, Raw, TicketEvent
from gateway.testing.backends import case_id

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
