"""What is special about Freshdesk: nobody is mailed, its search lags, it signs nothing, states are told by times."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from gateway.backends._parts import mark_of
from gateway.backends.freshdesk.changes import OVERLAP
from gateway.backends.freshdesk.settings import FreshdeskSettings
from gateway.backends.freshdesk.tickets import INDEXED_WITHIN, address_of
from gateway.case import Party, Priority
from gateway.errors import (
    ConfigError,
    GatewayError,
    GoneError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    TransientError,
)
from gateway.ports import (
    Done,
    Failed,
    FileRef,
    Pushed,
    PushRequest,
    Raw,
    Refusal,
    TicketAction,
    TicketEvent,
    TicketRef,
    TicketSystem,
    TicketWrite,
)
from gateway.sandbox._http import HOST, Answer, HttpServer, Request
from gateway.sandbox.tickets._base import Fault
from gateway.sandbox.tickets.freshdesk import BEA, FORWARD, GROUP, ME, OPEN, PENDING, RESOLVED, Ticket
from gateway.testing.backends import START, again, case_id, done, look, make_entry, make_file, make_write, submit
from tests.conftest import ManualClock
from tests.contract.freshdesk_harness import ENVIRONMENT, WEBHOOK_SECRET, FreshdeskHarness


@pytest.fixture
async def desk(clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FreshdeskHarness]:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    async with FreshdeskHarness(clock) as harness:
        yield harness


def ticket_of(desk: FreshdeskHarness, number: int = 1) -> Ticket:
    (ticket,) = desk.tickets(case_id(number))
    return ticket


async def error_of(system: TicketSystem, write: TicketWrite) -> GatewayError:
    answer = (await submit(system.backend, [write]))[write.key]
    assert isinstance(answer, Failed)
    return answer.error


class Reader:
    """Reads the feed as the engine does, page after page."""

    def __init__(self, desk: FreshdeskHarness, system: TicketSystem) -> None:
        assert system.feed is not None
        self._feed = system.feed
        self._normalizer = desk.plugin.normalizer
        self.cursor: Any = None
        self.raws: list[Raw] = []

    async def news(self) -> list[TicketEvent]:
        raws: list[Raw] = []
        while True:
            page = await self._feed.fetch(self.cursor)
            self.cursor = page.cursor or self.cursor
            raws += page.items
            if not page.items and not page.more:
                break
        self.raws += raws
        assert self._normalizer is not None
        events = [event for raw in raws for event in self._normalizer.normalize(raw)]
        return [event for event in events if isinstance(event, TicketEvent)]


def told(events: Sequence[TicketEvent]) -> list[tuple[str, str]]:
    return [(event.kind, event.text) for event in events]


async def test_no_mail_of_freshdesks_own_can_reach_a_user(desk: FreshdeskHarness) -> None:
    async with desk.open() as system:
        ticket = await done(system.backend, make_write())
        await done(system.backend, make_write(step="b", ticket=ticket))
        await done(system.backend, make_write(step="c", action=TicketAction.STATE, ticket=ticket))
    desk.server.reply(int(ticket), "we look into it")
    assert {mail.why for mail in desk.server.mails} == {"new ticket", "agent replied"}
    assert all(mail.to.endswith("@users.invalid") for mail in desk.server.mails)
    assert make_write().case.requester.address not in {mail.to for mail in desk.server.mails}


def test_users_who_look_alike_have_addresses_of_their_own() -> None:
    settings = FreshdeskSettings.model_construct(requester_domain="users.invalid")
    names = (
        "a+b@example.test",
        "a-b@example.test",
        "a.b@example.test",
        "x" * 90 + "@example.test",
        "x" * 91,
        "提现",
        "",
    )
    addresses = {address_of(settings, Party(platform="email", address=name)) for name in names}
    assert len(addresses) == len(names)
    assert all(address.isascii() and len(address.split("@")[0]) <= 64 for address in addresses)


async def test_a_case_is_mapped_as_the_settings_say(clock: ManualClock, desk: FreshdeskHarness) -> None:
    more: dict[str, Any] = {
        "queues": {"payouts": str(GROUP)},
        "tags": {"spam": "junk", "noise": ""},
        "fields": {"category": "cf_category"},
        "priorities": {"urgent": "3"},
        "ticket_type": "Question",
        "source": 101,
    }
    desk.more, desk.server.field_names = more, [*desk.server.field_names, "cf_category"]
    case = make_write().case.model_copy(
        update={"queue": "payouts", "tags": ("spam", "noise", "vip"), "category": "wallet", "priority": Priority.URGENT}
    )
    async with desk.open() as system:
        await done(system.backend, replace(make_write(), case=case))
    ticket = ticket_of(desk)
    assert (ticket.group_id, ticket.tags, ticket.kind, ticket.source) == (GROUP, ["junk", "vip"], "Question", 101)
    assert (ticket.priority, ticket.status, ticket.subject) == (3, OPEN, "Withdrawal")
    assert ticket.fields["cf_category"] == "wallet"
    contact = desk.server.contacts[ticket.requester_id]
    assert (contact.name, contact.external_id) == ("Ana Example", "email:user1@example.test")


async def test_what_is_for_agents_is_never_in_a_description_or_a_public_note(desk: FreshdeskHarness) -> None:
    async with desk.open() as system:
        await done(system.backend, make_write(action=TicketAction.NOTE))
    ticket = ticket_of(desk)
    assert "eyes" not in ticket.description
    assert [(one.private, one.user_id) for one in ticket.said] == [(True, ME)]
    assert "eyes" in ticket.said[0].body


async def test_a_users_message_is_a_note_in_his_own_name(desk: FreshdeskHarness) -> None:
    async with desk.open() as system:
        ticket = await done(system.backend, make_write())
        await done(system.backend, make_write(step="b", ticket=ticket))
    found = ticket_of(desk)
    (note,) = found.said
    assert (note.user_id, note.incoming, note.private) == (found.requester_id, True, False)


@pytest.mark.parametrize("wait", [0.0, INDEXED_WITHIN.total_seconds() + 60])
async def test_a_ticket_that_was_made_unseen_is_found_before_and_after_the_search_knows_it(
    desk: FreshdeskHarness, clock: ManualClock, wait: float
) -> None:
    write = make_write()
    async with desk.open() as system:
        desk.server.plan(Fault(takes=True, cut=True, changes_only=True, times=1))
        assert isinstance(await error_of(system, write), OutcomeUnknownError)
        clock.advance(wait)
        assert await look(system.backend, write) == str(ticket_of(desk).id)
        assert await done(system.backend, again(write)) == str(ticket_of(desk).id)


async def test_an_answer_that_makes_no_sense_leaves_one_ticket(desk: FreshdeskHarness) -> None:
    write = make_write()
    async with desk.open() as system:
        desk.server.plan(Fault(201, b"<html>", takes=True, changes_only=True, times=1))
        assert isinstance(await error_of(system, write), OutcomeUnknownError)
        assert await done(system.backend, again(write)) == str(ticket_of(desk).id)


async def test_of_two_tickets_that_a_race_made_one_is_given_up_unheard(desk: FreshdeskHarness) -> None:
    write = make_write()
    async with desk.open() as system:
        first = await done(system.backend, write)
        second = await done(system.backend, write)
        assert first != second
        mails = len(desk.server.mails)
        assert await done(system.backend, again(write)) == first
        assert await done(system.backend, again(write)) == first
    double = desk.server.tickets[int(second)]
    assert double.status not in (OPEN, PENDING)
    assert [(one.private, first in one.body) for one in double.said] == [(True, True)]
    assert len(desk.server.mails) == mails
    assert len(await desk.lines(case_id(1))) == 1


async def test_a_ticket_that_appears_after_the_look_is_completed(desk: FreshdeskHarness) -> None:
    """The earlier attempt opened its ticket late, and got no further: what it lacks is written there."""
    note = make_write(action=TicketAction.NOTE)
    async with desk.open() as system:
        early = await done(system.backend, note)
        desk.server.tickets[int(early)].said.clear()
        hidden = desk.server.tickets.pop(int(early))

        async def appear() -> None:
            while not desk.server.tickets:
                await asyncio.sleep(0)
            desk.server.tickets[int(early)] = hidden

        appears = asyncio.create_task(appear())
        assert await done(system.backend, again(note)) == early
        await appears
    assert [line.for_agents for line in await desk.lines(case_id(1))] == [True]


@pytest.mark.parametrize("ref", ["1", "x", "", "../agents/me"])
async def test_a_ticket_that_never_was_is_gone(desk: FreshdeskHarness, ref: str) -> None:
    async with desk.open() as system:
        assert isinstance(await error_of(system, make_write(ticket=TicketRef(ref))), GoneError)
        state = make_write(step="b", action=TicketAction.STATE, ticket=TicketRef("1"))
        assert isinstance(await error_of(system, state), GoneError)


@pytest.mark.parametrize("status", [PENDING, RESOLVED])
async def test_what_a_user_writes_opens_his_ticket_again_and_is_no_agents_act(
    desk: FreshdeskHarness, clock: ManualClock, status: int
) -> None:
    async with desk.open() as system:
        reader = Reader(desk, system)
        await reader.news()
        ticket = await done(system.backend, make_write())
        clock.advance(600)
        desk.server.set_status(int(ticket), status)
        await reader.news()
        clock.advance(600)
        await done(system.backend, make_write(step="b", action=TicketAction.NOTE, ticket=ticket))
        assert ticket_of(desk).status == status
        await done(system.backend, make_write(step="c", ticket=ticket))
        assert ticket_of(desk).status == OPEN
        clock.advance(30)
        assert await reader.news() == []


async def test_the_limit_of_calls_is_kept_with_its_wait(clock: ManualClock, desk: FreshdeskHarness) -> None:
    desk.server.per_minute = 3
    async with desk.open() as system:
        answers = [(await submit(system.backend, [make_write(number)])).popitem()[1] for number in range(1, 5)]
        refused = [answer.error for answer in answers if isinstance(answer, Failed)]
        assert len(refused) == 1
        assert isinstance(refused[0], RateLimitedError)
        assert refused[0].retry_after.total_seconds() == 61
        clock.advance(61)
        await done(system.backend, make_write(4))
    assert len(desk.server.tickets) == 4


@pytest.mark.parametrize(("status", "kind"), [(429, TransientError), (409, TransientError), (400, RejectedError)])
async def test_a_refusal_without_a_wait(desk: FreshdeskHarness, status: int, kind: type[GatewayError]) -> None:
    desk.server.plan(Fault(status, changes_only=True))
    async with desk.open() as system:
        assert type(await error_of(system, make_write())) is kind


async def test_one_bad_ticket_of_a_hundred_spares_the_others(desk: FreshdeskHarness) -> None:
    desk.server.plan(Fault(422, changes_only=True, of=case_id(50)))
    async with desk.open() as system:
        answers = await submit(system.backend, [make_write(number) for number in range(1, 101)])
    assert sum(isinstance(answer, Done) for answer in answers.values()) == 99
    assert len(desk.server.tickets) == 99


async def test_files_beyond_one_call_follow_in_others_and_once(desk: FreshdeskHarness) -> None:
    desk.more = {"upload_mb": 1}
    data = bytes(400_000)
    files = tuple(make_file(f"{number}.bin", data) for number in range(5))
    large = make_file("film.mp4", bytes(1_000_001), "video/mp4")
    write = replace(make_write(), files=(*files, large))
    async with desk.open() as system:
        desk.server.plan(Fault(500, changes_only=True, of="/notes", times=1))
        assert isinstance(await error_of(system, write), OutcomeUnknownError)
        await done(system.backend, again(write))
        await done(system.backend, again(write))
    assert sorted(name for name, _ in await desk.files(case_id(1))) == [f"{number}.bin" for number in range(5)]
    lines = await desk.lines(case_id(1))
    assert [line.for_agents for line in lines] == [False, False, False, True]
    assert "film.mp4" in lines[-1].text
    assert (await look_at(desk, write)) is not None


async def look_at(desk: FreshdeskHarness, write: TicketWrite) -> object:
    async with desk.open() as system:
        return await look(system.backend, write)


async def test_agents_words_alone_are_told_and_without_what_they_quote(
    desk: FreshdeskHarness, clock: ManualClock
) -> None:
    async with desk.open() as system:
        reader = Reader(desk, system)
        await reader.news()
        ticket = int(await done(system.backend, make_write()))
        desk.server.reply(ticket, "first\n\nsecond <line> &")
        desk.server.reply(ticket, "to a stranger", source=FORWARD)
        desk.server.note(ticket, "a public note", private=False)
        desk.server.note(ticket, "among us")
        await done(system.backend, make_write(step="b", ticket=TicketRef(str(ticket))))
        events = await reader.news()
    assert told(events) == [
        ("replied", "first\n\nsecond <line> &"),
        ("replied", "a public note"),
        ("noted", "among us"),
    ]
    assert {event.author for event in events} == {f"agent {BEA}"}
    assert {event.case_id for event in events} == {case_id(1)}


async def test_states_that_agents_set_are_told_and_ours_are_not(desk: FreshdeskHarness, clock: ManualClock) -> None:
    async with desk.open() as system:
        reader = Reader(desk, system)
        await reader.news()
        ticket = await done(system.backend, make_write())
        await done(system.backend, make_write(step="b", action=TicketAction.STATE, ticket=ticket))
        assert await reader.news() == []
        for status, kind in ((OPEN, "reopened"), (RESOLVED, "solved"), (OPEN, "reopened")):
            clock.advance(600)
            desk.server.set_status(int(ticket), status)
            assert told(await reader.news()) == [(kind, "")]
        clock.advance(600)
        desk.server.set_status(int(ticket), PENDING)
        assert await reader.news() == []


async def test_a_deletion_is_told_once(desk: FreshdeskHarness, clock: ManualClock) -> None:
    async with desk.open() as system:
        reader = Reader(desk, system)
        await reader.news()
        ticket = await done(system.backend, make_write())
        clock.advance(60)
        desk.server.delete(int(ticket))
        assert told(await reader.news()) == [("deleted", "")]
        clock.advance(30)
        assert await reader.news() == []


async def test_an_answer_in_the_second_of_a_look_is_not_missed(desk: FreshdeskHarness, clock: ManualClock) -> None:
    async with desk.open() as system:
        reader = Reader(desk, system)
        await reader.news()
        ticket = int(await done(system.backend, make_write()))
        desk.server.note(ticket, "one")
        assert told(await reader.news()) == [("noted", "one")]
        desk.server.note(ticket, "two")
        assert told(await reader.news()) == [("noted", "two")]
        clock.advance(2 * OVERLAP.total_seconds())
        assert await reader.news() == []


async def test_more_tickets_in_one_second_than_a_page_holds_are_all_told(desk: FreshdeskHarness) -> None:
    async with desk.open() as system:
        reader = Reader(desk, system)
        await reader.news()
        await submit(system.backend, [make_write(number) for number in range(1, 121)])
        for ticket in desk.server.tickets:
            desk.server.reply(ticket, f"answer on {ticket}")
        events = await reader.news()
    assert sorted(event.text for event in events) == sorted(f"answer on {ticket}" for ticket in desk.server.tickets)
    assert len({raw.key for raw in reader.raws}) == len(reader.raws)


async def test_tickets_that_change_while_they_are_read_are_not_missed(
    desk: FreshdeskHarness, clock: ManualClock
) -> None:
    """A ticket leaves its page when it changes, so that others move up: none of them is leapt over."""
    async with desk.open() as system:
        reader = Reader(desk, system)
        await reader.news()
        numbers = range(1, 121)
        await submit(system.backend, [make_write(number) for number in numbers])
        for number in numbers:
            clock.advance(10)
            desk.server.reply(ticket_of(desk, number).id, f"answer {number}")
        assert system.feed is not None
        page = await system.feed.fetch(reader.cursor)
        for number in range(1, 21):
            desk.server.note(ticket_of(desk, number).id, "read and moved")
        reader.cursor = page.cursor
        events = await reader.news()
    assert desk.plugin.normalizer is not None
    first = [event for raw in page.items for event in desk.plugin.normalizer.normalize(raw)]
    texts = [event.text for event in (*first, *events) if isinstance(event, TicketEvent) and event.kind == "replied"]
    assert set(texts) == {f"answer {number}" for number in numbers}


async def test_tickets_that_are_not_ours_are_not_told(desk: FreshdeskHarness) -> None:
    async with desk.open() as system:
        reader = Reader(desk, system)
        await reader.news()
        ticket = int(await done(system.backend, make_write()))
        desk.server.tickets[ticket].fields["cf_gatehouse_key"] = None
        desk.server.reply(ticket, "not for us")
        assert await reader.news() == []


async def test_a_second_ticket_of_a_case_is_of_that_case(desk: FreshdeskHarness) -> None:
    async with desk.open() as system:
        reader = Reader(desk, system)
        await reader.news()
        ticket = await done(system.backend, replace(make_write(), generation=2))
        desk.server.reply(int(ticket), "hello")
        (event,) = await reader.news()
    assert (event.case_id, event.ticket) == (case_id(1), ticket)


async def test_a_file_is_given_out_long_after_its_first_link_and_without_our_key(
    desk: FreshdeskHarness, clock: ManualClock
) -> None:
    async with desk.open() as system:
        reader = Reader(desk, system)
        await reader.news()
        ticket = await done(system.backend, make_write())
        desk.server.reply(int(ticket), "see the file", [("größer.pdf", b"data")])
        (event,) = await reader.news()
        clock.advance(3600)
        assert system.downloader is not None
        chunks = [chunk async for chunk in system.downloader.open(FileRef(event.attached[0].ref))]
        assert (event.attached[0].name, b"".join(chunks)) == ("größer.pdf", b"data")
        with pytest.raises(RejectedError):
            [chunk async for chunk in system.downloader.open(FileRef(f"{ticket}/1/2"))]
    assert desk.server.leaks == 0


def push(headers: dict[str, str], body: bytes = b'{"ticket_id": 1}') -> PushRequest:
    return PushRequest("POST", "/in/backend", {}, headers, body, START, "127.0.0.1")


@pytest.mark.parametrize("secret", [None, "", WEBHOOK_SECRET[:-1], WEBHOOK_SECRET + "x", "größer"])
async def test_a_push_without_the_secret_is_refused(desk: FreshdeskHarness, secret: str | None) -> None:
    async with desk.open() as system:
        assert system.ingress is not None
        headers = {} if secret is None else {"x-gatehouse-secret": secret}
        answer = system.ingress.receive(push(headers))
    assert isinstance(answer, Refusal)
    assert answer.status == 401
    assert WEBHOOK_SECRET not in answer.reason
    assert desk.woken == []


async def test_without_a_secret_of_ours_no_push_is_taken(desk: FreshdeskHarness) -> None:
    desk.more = {"webhook_secret": None}
    async with desk.open() as system:
        assert system.ingress is not None
        assert isinstance(system.ingress.receive(push({"x-gatehouse-secret": ""})), Refusal)


async def test_a_push_of_freshdesks_rule_wakes_the_feed(desk: FreshdeskHarness) -> None:
    taken: list[Request] = []

    async def take(request: Request) -> Answer:
        taken.append(request)
        return Answer()

    async with HttpServer(take).listen() as port, desk.open() as system:
        desk.server.hook = (f"http://{HOST}:{port}/in/backend", WEBHOOK_SECRET)
        ticket = await done(system.backend, make_write())
        assert taken == []
        desk.server.reply(int(ticket), "hello")
        await desk.server.pusher.settled()
        assert system.ingress is not None
        answer = system.ingress.receive(push(dict(taken[0].headers), taken[0].body))
    assert isinstance(answer, Pushed)
    assert desk.woken == ["desk"]
    assert desk.plugin.normalizer is not None
    assert [desk.plugin.normalizer.normalize(raw) for raw in answer.raws] == [()]


@pytest.mark.parametrize(
    ("make_ill", "name", "word"),
    [
        (lambda server: setattr(server, "api_key", "another"), "api key", "profile settings"),
        (lambda server: setattr(server, "scope", 2), "scope", "Global Access"),
        (lambda server: server.field_names.remove("cf_gatehouse_state"), "field cf_gatehouse_state", "setup"),
        (lambda server: server.groups.clear(), "groups", "there is no group"),
        (lambda server: server.plan(Fault(403, of="/api/v2/tickets?")), "tickets", "role"),
        (lambda server: server.plan(Fault(403, of="ticket_fields")), "ticket fields", "see the ticket fields"),
        (lambda server: server.plan(Fault(403, of="groups")), "groups", "see the groups"),
    ],
)
async def test_a_check_says_what_is_missing_and_where_to_give_it(
    desk: FreshdeskHarness, make_ill: Any, name: str, word: str
) -> None:
    desk.more = {"group": str(GROUP)}
    async with desk.open() as system:
        assert (await system.backend.check()).ok
        make_ill(desk.server)
        ill = [check for check in (await system.backend.check()).checks if not check.ok]
    assert [check.name for check in ill] == [name]
    assert word in ill[0].detail


async def test_setup_makes_what_is_missing_and_nothing_twice(desk: FreshdeskHarness) -> None:
    desk.server.field_names = ["subject"]
    async with desk.open() as system:
        assert system.setup is not None
        steps = await system.setup.plan("")
        assert [(step.name, step.done) for step in steps] == [
            ("cf_gatehouse_key", False),
            ("cf_gatehouse_state", False),
        ]
        for step in (*steps, *steps):
            assert (await system.setup.make(step, "")).done
        assert all(step.done for step in await system.setup.plan(""))
        assert (await system.backend.check()).ok
    assert desk.server.field_names == ["subject", "cf_gatehouse_key", "cf_gatehouse_state"]
    assert steps[0].setting == 'key_field = "cf_gatehouse_key"'


async def test_setup_says_so_when_a_field_is_named_otherwise(desk: FreshdeskHarness) -> None:
    desk.server.field_names = ["subject"]
    named = json.dumps({"name": "cf_gatehouse_key123"}).encode()
    async with desk.open() as system:
        assert system.setup is not None
        (step, _) = await system.setup.plan("")
        desk.server.plan(Fault(201, named, changes_only=True))
        with pytest.raises(ConfigError, match="cf_gatehouse_key123"):
            await system.setup.make(step, "")


@pytest.mark.parametrize(
    "more",
    [
        {"states": {"solved": "done"}},
        {"priorities": {"high": "High"}},
        {"queues": {"payouts": "Payouts"}},
        {"group": "Support"},
        {"key_field": "gatehouse_key"},
        {"url": "http://desk.example.test"},
        {"api_key": "in the clear"},
    ],
)
def test_settings_that_cannot_work_are_refused(monkeypatch: pytest.MonkeyPatch, more: dict[str, Any]) -> None:
    monkeypatch.setenv("TEST_FRESHDESK_KEY", "k")
    well: dict[str, Any] = {"url": "https://acme.freshdesk.com", "api_key": {"env": "TEST_FRESHDESK_KEY"}}
    FreshdeskSettings.model_validate(well)
    with pytest.raises(ValueError, match="validation error"):
        FreshdeskSettings.model_validate({**well, **more})


async def test_a_text_that_ends_in_something_like_a_mark_hides_nothing(desk: FreshdeskHarness) -> None:
    """A user can write what marks look like; only the mark that we add ourselves, last of all, counts."""
    wanted = make_write(step="b")
    async with desk.open() as system:
        ticket = await done(system.backend, make_write())
        mark = mark_of(wanted.key)
        spoof = replace(make_write(step="c", ticket=ticket), entry=make_entry(text=f"hello {mark}"))
        await done(system.backend, spoof)
        desk.server.note(int(ticket), f"quoting {mark}")
        assert await look(system.backend, again(wanted, ticket)) is None
        await done(system.backend, again(wanted, ticket))
    assert len([held for held in await desk.held() if held.key == wanted.key]) == 2  # the spoof, and the write itself


@pytest.mark.parametrize("body", [b"{}", b"null", b'[1, null, "x", []]', b"<html>It works!</html>"])
async def test_a_server_that_answers_anything_is_neither_well_nor_set_up(desk: FreshdeskHarness, body: bytes) -> None:
    desk.server.plan(Fault(200, body))
    async with desk.open() as system:
        assert system.setup is not None
        (check,) = (await system.backend.check()).checks
        with pytest.raises(TransientError, match="cannot be read"):
            await system.setup.plan("")
    assert (check.name, check.ok) == ("api key", False)
    assert "but not as" in check.detail


@pytest.mark.parametrize("body", [b"{}", b"null", b'[1, null, "x", []]', b"<html>It works!</html>"])
async def test_what_was_not_made_is_not_said_to_be(desk: FreshdeskHarness, body: bytes) -> None:
    desk.server.field_names = ["subject"]
    async with desk.open() as system:
        assert system.setup is not None
        steps = [step for step in await system.setup.plan("") if not step.done]
        desk.server.plan(Fault(200, body, changes_only=True))
        for step in steps:
            with pytest.raises(OutcomeUnknownError):
                await system.setup.make(step, "")
    assert steps
