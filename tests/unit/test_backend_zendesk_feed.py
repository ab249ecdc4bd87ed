"""What agents do at Zendesk comes back: at once, once, in order, and nothing that is not an agent's."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from pydantic import SecretStr

from gateway.backends._hooks import HINT
from gateway.backends.zendesk.acts import NORMALIZER
from gateway.backends.zendesk.feed import NEWCOMER, ZendeskFeed
from gateway.backends.zendesk.hook import flaw_of
from gateway.errors import ConfigError, MalformedError
from gateway.ports import Cursor, FileRef, Pushed, PushRequest, Refusal, TicketEvent, TicketRef, TicketSystem
from gateway.sandbox._http import Answer, HttpServer, Request
from gateway.sandbox.tickets.zendesk import _events
from gateway.sandbox.tickets.zendesk._hooks import signature
from gateway.testing.backends import case_id, done, make_write
from tests.conftest import ManualClock
from tests.contract.zendesk_harness import SECRET, TOKEN, ZendeskHarness, push_headers, tick


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_ZENDESK_TOKEN", TOKEN)
    monkeypatch.setenv("TEST_ZENDESK_SECRET", SECRET)


@pytest_asyncio.fixture
async def desk(clock: ManualClock) -> AsyncIterator[ZendeskHarness]:
    harness = ZendeskHarness(clock)
    await harness.start()
    yield harness
    await harness.kill()
    if "GATEHOUSE_SHARED_SPECS" in os.environ:
        assert harness.wrong_calls() == []


class Reader:
    """Reads a feed from where it stands, as the engine does, and absorbs what comes again."""

    def __init__(self, system: TicketSystem) -> None:
        assert system.feed is not None
        self._feed = system.feed
        self.cursor: Cursor | None = None
        self._keys: set[tuple[str, str]] = set()
        self.repeated = 0
        self.lanes: list[str] = []

    async def read(self) -> list[TicketEvent]:
        """Return what is new."""
        events: list[TicketEvent] = []
        more = True
        while more:
            page = await self._feed.fetch(self.cursor)
            more, self.cursor = page.more, page.cursor or self.cursor
            for raw in page.items:
                self.repeated += (raw.lane, raw.key) in self._keys
                if (raw.lane, raw.key) not in self._keys:
                    self._keys.add((raw.lane, raw.key))
                    self.lanes.append(raw.lane)
                    events += [each for each in NORMALIZER.normalize(raw) if isinstance(each, TicketEvent)]
        return events


@pytest_asyncio.fixture
async def system(desk: ZendeskHarness) -> AsyncIterator[TicketSystem]:
    async with desk.open() as opened:
        yield opened


@pytest_asyncio.fixture
async def reader(desk: ZendeskHarness, system: TicketSystem) -> Reader:
    reader = Reader(system)
    await reader.read()
    return reader


def told(events: Sequence[TicketEvent]) -> list[tuple[str, str]]:
    return [(event.kind, event.text) for event in events]


async def nothing_fresh(feed: ZendeskFeed, since: int, given: Mapping[str, int]) -> list[dict[str, Any]]:
    """Stand in for the quick look, which would tell what the export does not."""
    return []


async def opened(desk: ZendeskHarness, system: TicketSystem, number: int = 1) -> int:
    ticket = int(await done(system.backend, make_write(number)))
    tick(desk, 5)
    return ticket


async def test_an_answer_is_told_at_once_and_not_again_a_minute_later(
    desk: ZendeskHarness, system: TicketSystem, reader: Reader
) -> None:
    await opened(desk, system)
    await desk.act(case_id(1), "replied", "hello")
    (event,) = await reader.read()
    assert (event.kind, event.text, event.author, event.case_id) == ("replied", "hello", "Agent Smith", case_id(1))
    for _ in range(15):
        tick(desk, 10)
        assert await reader.read() == []
    assert reader.repeated == 0


async def test_what_the_quick_look_does_not_see_the_export_tells(
    desk: ZendeskHarness, system: TicketSystem, reader: Reader
) -> None:
    """An act in the same second as our own write looks like ours; so does whatever comes while the gateway is down."""
    ticket = int(await done(system.backend, make_write()))
    desk.zendesk.acts(ticket, {"comment": {"html_body": "quick", "public": True}})
    assert await reader.read() == []
    tick(desk, 62)
    assert told(await reader.read()) == [("replied", "quick")]


async def test_acts_keep_their_order_however_they_are_told(
    desk: ZendeskHarness, system: TicketSystem, reader: Reader
) -> None:
    await opened(desk, system)
    texts = []
    for number in range(60):
        texts.append(f"line {number}")
        await desk.act(case_id(1), "replied", texts[-1])
        tick(desk, 2)
        if number % 7 == 0:
            texts = texts[len(await reader.read()) :]
    assert [event.text for event in await reader.read()] == texts
    assert reader.repeated == 0


async def test_after_a_restart_the_cursor_goes_on(desk: ZendeskHarness, system: TicketSystem, reader: Reader) -> None:
    await opened(desk, system)
    await desk.act(case_id(1), "replied", "one")
    await reader.read()
    await desk.act(case_id(1), "replied", "two")
    tick(desk, 300)
    async with desk.open() as another:
        later = Reader(another)
        later.cursor = reader.cursor
        assert told(await later.read()) == [("replied", "two")]


async def test_a_page_that_was_not_stored_is_given_again(
    desk: ZendeskHarness, system: TicketSystem, reader: Reader
) -> None:
    await opened(desk, system)
    await desk.act(case_id(1), "replied", "one")
    assert system.feed is not None
    pages = [await system.feed.fetch(reader.cursor) for _ in range(2)]
    assert [raw.key for raw in pages[0].items] == [raw.key for raw in pages[1].items] != []


async def test_an_answer_that_solves_is_an_answer_first(
    desk: ZendeskHarness, system: TicketSystem, reader: Reader
) -> None:
    ticket = await opened(desk, system)
    desk.zendesk.acts(ticket, {"status": "solved", "comment": {"html_body": "bye", "public": True}})
    events = await reader.read()
    assert told(events) == [("replied", "bye"), ("solved", "")]
    assert len({event.id for event in events}) == 2


async def test_what_is_not_an_agents_is_not_told(desk: ZendeskHarness, system: TicketSystem, reader: Reader) -> None:
    """Neither the requester's own words, nor a copied user's, nor ours, nor what happens on tickets of others."""
    ticket = await opened(desk, system)
    users = desk.zendesk.desk.users
    requester = users[desk.zendesk.desk.tickets[ticket].requester_id]
    copied = desk.zendesk.desk.add_user("Copied", "copied@example.test")
    for who in (requester, copied):
        desk.zendesk.acts(ticket, {"comment": {"html_body": "I too", "public": True}}, who)
    await done(system.backend, make_write(step="b", ticket=TicketRef(str(ticket))))
    stranger = desk.zendesk.desk.create({"comment": {"body": "x"}, "external_id": "crm-7"}, desk.zendesk.agent())
    desk.zendesk.acts(stranger.id, {"comment": {"html_body": "theirs", "public": True}})
    desk.zendesk.acts(ticket, {"priority": "high"})
    tick(desk, 1)
    assert await reader.read() == []
    tick(desk, 120)
    assert await reader.read() == []
    assert str(stranger.id) not in reader.lanes


async def test_who_was_made_an_agent_is_one_without_a_restart(
    desk: ZendeskHarness, system: TicketSystem, reader: Reader
) -> None:
    ticket = await opened(desk, system)
    newcomer = desk.zendesk.desk.add_user("New Colleague", "new@examplex.test")
    desk.zendesk.acts(ticket, {"comment": {"html_body": "may I?", "public": True}}, newcomer)
    assert await reader.read() == []
    newcomer.role = "agent"
    tick(desk, NEWCOMER.total_seconds())
    desk.zendesk.acts(ticket, {"comment": {"html_body": "I may", "public": True}}, newcomer)
    assert told(await reader.read()) == [("replied", "I may")]


async def test_a_requester_who_reopens_does_so_although_he_is_no_agent(
    desk: ZendeskHarness, system: TicketSystem, reader: Reader
) -> None:
    ticket = await opened(desk, system)
    await desk.act(case_id(1), "solved", "")
    requester = desk.zendesk.desk.users[desk.zendesk.desk.tickets[ticket].requester_id]
    tick(desk, 1)
    desk.zendesk.acts(ticket, {"status": "open", "comment": {"html_body": "no!", "public": True}}, requester)
    assert told(await reader.read()) == [("solved", ""), ("reopened", "")]


async def test_a_merge_is_told_of_the_ticket_that_is_no_more(
    desk: ZendeskHarness, system: TicketSystem, reader: Reader
) -> None:
    source, target = await opened(desk, system, 1), await opened(desk, system, 2)
    desk.zendesk.merges(source, target)
    tick(desk, 70)
    events = await reader.read()
    assert [(event.kind, event.ticket, event.into) for event in events] == [
        ("merged", str(source), str(target)),
    ], "the notes of a merge are nobody's answer, and its closing solves nothing"


async def test_a_deletion_is_told_although_the_ticket_is_shown_no_more(
    desk: ZendeskHarness, system: TicketSystem, reader: Reader
) -> None:
    ticket = await opened(desk, system)
    await desk.act(case_id(1), "replied", "last words")
    desk.zendesk.deletes(ticket)
    tick(desk, 70)
    events = await reader.read()
    assert told(events) == [("replied", "last words"), ("deleted", "")]
    assert {event.ticket for event in events} == {str(ticket)}


async def test_the_second_ticket_of_a_case_is_the_cases_too(
    desk: ZendeskHarness, system: TicketSystem, reader: Reader
) -> None:
    ticket = int(await done(system.backend, replace(make_write(), generation=2)))
    tick(desk, 1)
    desk.zendesk.acts(ticket, {"comment": {"html_body": "x", "public": True}})
    assert [event.case_id for event in await reader.read()] == [case_id(1)]


async def test_an_answer_in_html_becomes_text(desk: ZendeskHarness, system: TicketSystem, reader: Reader) -> None:
    ticket = await opened(desk, system)
    shown = '<div class="zd-comment"><p>Dear Ana,</p><p>see <a href="https://a.test/x">here</a> &amp; 提现</p></div>'
    desk.zendesk.acts(ticket, {"comment": {"html_body": shown, "public": True}})
    assert [event.text for event in await reader.read()] == ["Dear Ana,\n\nsee here (https://a.test/x) & 提现"]


async def test_a_small_plan_is_not_spent_on_being_quick(clock: ManualClock) -> None:
    harness = ZendeskHarness(clock)
    harness.zendesk.plan_limit = 10
    await harness.start()
    async with harness.open() as system:
        reader = Reader(system)
        await reader.read()
        await opened(harness, system)
        await harness.act(case_id(1), "replied", "hello")
        assert await reader.read() == []
        clock.advance(90)
        assert told(await reader.read()) == [("replied", "hello")]
        assert "GET /api/v2/tickets" not in harness.zendesk.counts
        assert system.feed is not None
        page = await system.feed.fetch(reader.cursor)
        assert page.pause is not None
        assert page.pause >= timedelta(seconds=120)
    await harness.kill()


async def test_no_more_exports_are_asked_for_than_a_minute_allows(
    desk: ZendeskHarness, system: TicketSystem, reader: Reader
) -> None:
    tick(desk, 120)
    for _ in range(40):
        await reader.read()
        tick(desk, 1)
    assert desk.zendesk.counts["GET /api/v2/incremental/ticket_events"] <= 10
    assert desk.zendesk.limited == 0


async def test_a_second_that_no_page_holds_is_stepped_over(
    desk: ZendeskHarness, system: TicketSystem, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = await opened(desk, system)
    await reader.read()
    for text in ("one", "two", "three"):
        desk.zendesk.acts(ticket, {"comment": {"html_body": text, "public": True}})
    tick(desk, 5)
    desk.zendesk.acts(ticket, {"comment": {"html_body": "later", "public": True}})
    tick(desk, 300)
    whole = _events.page

    def cut(audits: Sequence[Mapping[str, Any]], start: int, now: int, most: int, *, comments: bool) -> dict[str, Any]:
        """Return two acts and no more, whatever shares their second."""
        page = whole(audits, start, now, most, comments=comments)
        few = page["ticket_events"][:2]
        end = few[-1]["timestamp"] if few else None
        return {**page, "ticket_events": few, "end_time": end, "end_of_stream": len(page["ticket_events"]) <= 2}

    monkeypatch.setattr(_events, "page", cut)
    monkeypatch.setattr(ZendeskFeed, "_quick", nothing_fresh)
    texts = []
    for _ in range(20):
        texts += [event.text for event in await reader.read()]
        tick(desk, 10)
    assert texts == ["one", "two", "later"]


async def test_a_cursor_of_another_kind_is_told_to_be_one(system: TicketSystem) -> None:
    assert system.feed is not None
    with pytest.raises(ConfigError, match="kind of the backend"):
        await system.feed.fetch(Cursor("17"))


async def test_a_file_is_fetched_from_a_foreign_store_without_our_credential(
    desk: ZendeskHarness, system: TicketSystem, reader: Reader
) -> None:
    seen: list[Request] = []

    async def store(request: Request) -> Answer:
        seen.append(request)
        return Answer(200, b"\x00bytes", "application/octet-stream")

    async with HttpServer(store).listen() as port:
        desk.zendesk.foreign = f"http://localhost:{port}"
        await opened(desk, system)
        await desk.answer(case_id(1), "see", [("a.bin", b"\x00bytes")])
        (event,) = await reader.read()
        assert system.downloader is not None
        chunks = [chunk async for chunk in system.downloader.open(FileRef(event.attached[0].ref))]
    assert b"".join(chunks) == b"\x00bytes"
    assert len(seen) == 1
    assert not {"authorization", "cookie"} & set(seen[0].headers)


@pytest.mark.parametrize(
    "act",
    [
        {"id": "x", "ticket_id": 1, "created_at": "2026-11-20T12:00:00Z"},
        {"id": 1, "ticket_id": 1, "created_at": "yesterday"},
        {"id": 1, "ticket_id": 1, "created_at": "2026-11-20T12:00:00Z", "events": [{"type": "Comment", "id": "x"}]},
    ],
)
async def test_an_act_that_makes_no_sense_is_malformed(
    desk: ZendeskHarness, system: TicketSystem, reader: Reader, act: dict[str, Any]
) -> None:
    await opened(desk, system)
    await desk.act(case_id(1), "replied", "hello")
    assert system.feed is not None
    (raw,) = (await system.feed.fetch(reader.cursor)).items
    body = json.dumps({"act": act, "external_id": case_id(1), "agents": [1]}).encode()
    with pytest.raises(MalformedError):
        NORMALIZER.normalize(replace(raw, body=body))


# Webhooks

TIME = "2021-07-25T10:00:00Z"
AT = datetime(2021, 7, 25, 10, 0, 30, tzinfo=UTC)
BODY = b'{"say": "hello"}'
KEY = "HRkRd4BeOAoUkfZr-mhauJT64rvBASlJRoIyPsd3zeA="
SIGNED = "Rry/4TtIdFyawtXXp8QdI6tlAUUQ/5kL1OTp5qo/ZIk="
"""HMAC-SHA256 with that key over the time and, right behind it, the body; reckoned apart from our code."""


def push(at: datetime = AT, body: bytes = BODY, **headers: str) -> PushRequest:
    given = {
        "x-zendesk-webhook-signature": SIGNED,
        "x-zendesk-webhook-signature-timestamp": TIME,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return PushRequest("POST", "/hooks/desk", {}, given, body, at, "192.0.2.1")


def test_the_signature_is_zendesks() -> None:
    flaw = flaw_of(SecretStr(KEY))
    assert flaw(push()) is None
    assert signature(KEY, TIME, BODY) == SIGNED


@pytest.mark.parametrize(
    "request_",
    [
        push(body=BODY + b" "),
        push(x_zendesk_webhook_signature=""),
        push(x_zendesk_webhook_signature="ünsigned"),
        push(x_zendesk_webhook_signature_timestamp="2021-07-25T10:00:01Z"),
        push(x_zendesk_webhook_signature_timestamp=""),
        push(x_zendesk_webhook_signature_timestamp="now"),
        push(at=AT + timedelta(minutes=5)),
        push(at=AT - timedelta(minutes=6)),
    ],
    ids=["body", "unsigned", "no ascii", "another time", "no time", "no such time", "late", "early"],
)
def test_what_is_not_signed_so_is_refused(request_: PushRequest) -> None:
    assert flaw_of(SecretStr(KEY))(request_) is not None


def test_without_a_secret_nothing_is_taken() -> None:
    assert "webhook_secret" in (flaw_of(None)(push()) or "")


async def test_a_webhook_is_a_hint_that_wakes_the_feed_and_is_kept_under_its_body(
    desk: ZendeskHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk.open() as system:
        assert system.setup is not None
        for step in await system.setup.plan("https://gate.example.test/x"):
            await system.setup.make(step, "https://gate.example.test/x")
        monkeypatch.setenv("TEST_ZENDESK_SECRET", next(iter(desk.zendesk.webhooks.values()))["secret"])
        await opened(desk, system)
        await desk.act(case_id(1), "replied", "hello")
    async with desk.open() as system:
        assert system.ingress is not None
        (sent,) = desk.zendesk.pushes
        request = PushRequest("POST", "/x", {}, push_headers(sent), sent.body, desk.clock.now(), "192.0.2.1")
        taken = [system.ingress.receive(request) for _ in range(2)]
        forged = system.ingress.receive(replace(request, body=b"{}"))
    assert all(isinstance(each, Pushed) for each in taken)
    raws = [each.raws[0] for each in taken if isinstance(each, Pushed)]
    assert raws[0].key == raws[1].key == "hint:sha256-" + hashlib.sha256(sent.body).hexdigest()
    assert raws[0].media_type == HINT
    assert NORMALIZER.normalize(raws[0]) == ()
    assert desk.woken == ["desk", "desk"]
    assert isinstance(forged, Refusal)
    assert forged.status == 401
