"""What is special about Chatwoot: contacts, marks among attributes, floods, numbers that come late, states untold."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.backends._hooks import STREAM
from gateway.backends.chatwoot.feed import MOST_TOLD
from gateway.backends.chatwoot.settings import ChatwootSettings
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
    Cursor,
    Done,
    Failed,
    FileRef,
    Key,
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
from gateway.sandbox.tickets.chatwoot import ME, MOST_TEXT, TEAM, Conversation, Said
from gateway.testing.backends import START, again, case_id, done, look, make_entry, make_file, make_write, submit
from tests.conftest import ManualClock
from tests.contract.chatwoot_harness import ENVIRONMENT, WEBHOOK_SECRET, ChatwootHarness

ADDRESS = "https://gateway.example.test/in/backend"


@pytest.fixture
async def desk(clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ChatwootHarness]:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    async with ChatwootHarness(clock) as harness:
        yield harness


def ticket_of(desk: ChatwootHarness, number: int = 1) -> Conversation:
    (found,) = desk.tickets(case_id(number))
    return found


async def error_of(system: TicketSystem, write: TicketWrite) -> GatewayError:
    answer = (await submit(system.backend, [write]))[write.key]
    assert isinstance(answer, Failed)
    return answer.error


class Reader:
    """Reads the feed as the engine does, page after page."""

    def __init__(self, desk: ChatwootHarness, system: TicketSystem) -> None:
        assert system.feed is not None
        self._feed = system.feed
        self._normalizer = desk.plugin.normalizer
        self.cursor: Cursor | None = None
        self.pages = 0

    async def page(self) -> tuple[list[TicketEvent], bool]:
        page = await self._feed.fetch(self.cursor)
        self.cursor = page.cursor or self.cursor
        self.pages += 1
        assert self._normalizer is not None
        events = [event for raw in page.items for event in self._normalizer.normalize(raw)]
        return [event for event in events if isinstance(event, TicketEvent)], page.more

    async def news(self) -> list[TicketEvent]:
        events, more = await self.page()
        while more:
            others, more = await self.page()
            events += others
        return events


def told(events: Sequence[TicketEvent]) -> list[tuple[str, str]]:
    return [(event.kind, event.text) for event in events]


async def test_nobody_is_mailed_since_no_contact_has_an_address(desk: ChatwootHarness) -> None:
    async with desk.open() as system:
        ticket = await done(system.backend, make_write())
    desk.server.reply(int(ticket), "hello")
    (contact,) = desk.server.contacts.values()
    assert (contact.email, contact.identifier) == (None, "email:user1@example.test")
    assert contact.description == "Ana Example <user1@example.test>"
    assert desk.server.mails == []


async def test_one_user_is_one_contact_and_another_another(desk: ChatwootHarness) -> None:
    case = make_write().case
    late = case.model_copy(update={"id": case_id(30)})
    other = Party(platform="telegram", address="77", id="77", name="Ana Example")
    writes = [
        make_write(),
        replace(make_write(30), case=late),
        replace(make_write(31), case=make_write(31).case.model_copy(update={"requester": other})),
    ]
    async with desk.open() as system:
        for write in writes:
            await done(system.backend, write)
    assert [each.identifier for each in desk.server.contacts.values()] == ["email:user1@example.test", "telegram:77"]


async def test_writes_side_by_side_make_one_contact(desk: ChatwootHarness) -> None:
    case = make_write().case
    writes = [replace(make_write(n), case=case.model_copy(update={"id": case_id(n)})) for n in range(1, 11)]
    async with desk.open() as system:
        answers = await submit(system.backend, writes)
    assert all(isinstance(answer, Done) for answer in answers.values())
    assert len(desk.server.contacts) == 1
    assert len(desk.server.conversations) == 10


async def test_a_case_is_mapped_as_the_settings_say(desk: ChatwootHarness) -> None:
    desk.more = {
        "queues": {"payouts": str(TEAM)},
        "tags": {"spam": "Junk mail", "noise": ""},
        "fields": {"category": "category"},
        "priorities": {"normal": "medium"},
    }
    desk.server.attribute_keys.append("category")
    case = make_write().case.model_copy(
        update={"queue": "payouts", "tags": ("spam", "noise", "vip"), "category": "wallet"}
    )
    async with desk.open() as system:
        await done(system.backend, replace(make_write(), case=case))
        urgent = make_write(2).case.model_copy(update={"priority": Priority.URGENT})
        await done(system.backend, replace(make_write(2), case=urgent))
    found = ticket_of(desk)
    assert (found.team_id, found.labels, found.priority) == (TEAM, ["junk-mail", "vip"], "medium")
    assert found.attributes == {"category": "wallet", "gatehouse_key": case_id(1)}
    assert found.source_id == case_id(1)
    assert ticket_of(desk, 2).priority == "urgent"


async def test_notes_are_private_and_users_messages_are_their_own(desk: ChatwootHarness) -> None:
    async with desk.open() as system:
        ticket = await done(system.backend, make_write())
        await done(system.backend, make_write(step="b", action=TicketAction.NOTE, ticket=ticket))
    message, note = ticket_of(desk).said
    assert (message.kind, message.private, (message.sender or {})["type"]) == (0, False, "contact")
    assert (note.kind, note.private, (note.sender or {})["id"]) == (1, True, ME)


@pytest.mark.parametrize("kept", ["source_id", "attributes"])
async def test_a_mark_is_found_in_either_place(desk: ChatwootHarness, kept: str) -> None:
    """Releases keep one of the places or the other."""
    async with desk.open() as system:
        ticket = await done(system.backend, make_write())
        (message,) = ticket_of(desk).said
        if kept == "source_id":
            message.attributes = {}
        else:
            message.source_id = None
        assert await done(system.backend, again(make_write(), ticket)) == ticket
    assert len(ticket_of(desk).said) == 1


async def test_a_text_longer_than_chatwoot_takes_is_cut_and_says_so(desk: ChatwootHarness) -> None:
    write = replace(make_write(), entry=make_entry(text="x" * (MOST_TEXT + 1)))
    async with desk.open() as system:
        await done(system.backend, write)
    (line,) = await desk.lines(case_id(1))
    assert len(line.text) == MOST_TEXT
    assert line.text.endswith("in the gateway.")


async def test_more_files_than_a_message_takes_follow_in_others_and_once(desk: ChatwootHarness) -> None:
    desk.more = {"upload_mb": 1}
    files = tuple(make_file(f"{number}.bin", bytes([number])) for number in range(17))
    write = replace(make_write(), files=(*files, make_file("film.mp4", bytes(1_000_001), "video/mp4")))
    async with desk.open() as system:
        desk.server.plan(Fault(500, changes_only=True, of="too large", times=1), Fault(500, of="Too large", times=1))
        assert isinstance(await error_of(system, write), OutcomeUnknownError)
        await done(system.backend, again(write))
        await done(system.backend, again(write))
        assert await look(system.backend, write) is not None
    assert sorted(await desk.files(case_id(1))) == sorted((file.name, bytes([n])) for n, file in enumerate(files))
    lines = await desk.lines(case_id(1))
    assert [line.for_agents for line in lines] == [False, False, True]
    assert "film.mp4" in lines[-1].text


async def test_a_conversation_that_takes_no_more_for_now_waits_alone(desk: ChatwootHarness, clock: ManualClock) -> None:
    desk.server.flood = 2
    async with desk.open() as system:
        ticket = await done(system.backend, make_write())
        await done(system.backend, make_write(step="b", ticket=ticket))
        error = await error_of(system, make_write(step="c", ticket=ticket))
        assert isinstance(error, RateLimitedError)
        assert (error.item, error.retry_after) == (True, timedelta(minutes=1))
        await done(system.backend, make_write(2))
        clock.advance(60)
        await done(system.backend, make_write(step="c", ticket=ticket))


async def test_the_limit_of_calls_is_kept_with_its_wait(desk: ChatwootHarness, clock: ManualClock) -> None:
    async with desk.open() as system:
        ticket = await done(system.backend, make_write())
        desk.server.per_minute = len(desk.server.calls)
        error = await error_of(system, make_write(step="b", ticket=ticket))
        assert isinstance(error, RateLimitedError)
        assert (error.item, error.retry_after) == (False, timedelta(seconds=61))
        clock.advance(61)
        await done(system.backend, make_write(step="b", ticket=ticket))


@pytest.mark.parametrize(("status", "kind"), [(429, TransientError), (409, TransientError), (400, RejectedError)])
async def test_a_refusal_without_a_wait(desk: ChatwootHarness, status: int, kind: type[GatewayError]) -> None:
    desk.server.plan(Fault(status, changes_only=True))
    async with desk.open() as system:
        assert type(await error_of(system, make_write())) is kind


async def test_one_bad_ticket_of_a_hundred_spares_the_others(desk: ChatwootHarness) -> None:
    desk.server.plan(Fault(422, changes_only=True, of=case_id(50)))
    async with desk.open() as system:
        answers = await submit(system.backend, [make_write(number) for number in range(1, 101)])
    assert sum(isinstance(answer, Done) for answer in answers.values()) == 99
    assert len(desk.server.conversations) == 99


@pytest.mark.parametrize("call", ["/conversations", "/messages", "/labels"])
@pytest.mark.parametrize(
    "fault",
    [
        Fault(200, b"<html>", takes=True, times=1),
        Fault(500, takes=True, times=1),
        Fault(500, times=1),
        Fault(takes=True, cut=True, times=1),
    ],
    ids=["nonsense", "failed after", "failed before", "cut"],
)
async def test_an_opening_that_breaks_anywhere_leaves_one_whole_conversation(
    desk: ChatwootHarness, call: str, fault: Fault
) -> None:
    write = replace(make_write(), case=make_write().case.model_copy(update={"tags": ("vip",)}))
    async with desk.open() as system:
        desk.server.plan(replace(fault, of=call))
        desk.server.plan(replace(fault, of=call))
        first = (await submit(system.backend, [write]))[write.key]
        desk.server.mend()
        if isinstance(first, Failed):
            assert isinstance(first.error, OutcomeUnknownError)
            ticket = await look(system.backend, write) or await done(system.backend, again(write))
            assert ticket == str(ticket_of(desk).id)
    assert len(desk.server.conversations) == 1
    assert len(await desk.lines(case_id(1))) == 1


async def test_of_two_conversations_that_a_race_made_one_is_given_up(desk: ChatwootHarness) -> None:
    write = make_write()
    async with desk.open() as system:
        first = await done(system.backend, write)
        second = await done(system.backend, write)
        assert first != second
        assert await done(system.backend, again(write)) == first
        assert await done(system.backend, again(write)) == first
    double = desk.server.conversations[int(second)]
    assert double.status == "resolved"
    assert [one.private for one in double.said if one.kind != 2] == [False, True]
    assert len(await desk.lines(case_id(1))) == 1


async def test_a_conversation_that_appears_after_the_look_is_completed(desk: ChatwootHarness) -> None:
    """The earlier attempt made its conversation late, and wrote nothing into it."""
    write = make_write()
    async with desk.open() as system:
        early = await done(system.backend, write)
        hidden = desk.server.conversations.pop(int(early))
        hidden.said.clear()

        async def appear() -> None:
            while not desk.server.conversations:
                await asyncio.sleep(0)
            desk.server.conversations[int(early)] = hidden

        appears = asyncio.create_task(appear())
        assert await done(system.backend, again(write)) == early
        await appears
    assert len(await desk.lines(case_id(1))) == 1


@pytest.mark.parametrize("ref", ["1", "x", "", "../profile"])
async def test_a_conversation_that_never_was_is_gone(desk: ChatwootHarness, ref: str) -> None:
    async with desk.open() as system:
        assert isinstance(await error_of(system, make_write(ticket=TicketRef(ref))), GoneError)
        state = make_write(step="b", action=TicketAction.STATE, ticket=TicketRef(ref))
        assert isinstance(await error_of(system, state), GoneError)


@pytest.mark.parametrize("merges", [True, False])
async def test_a_state_leaves_the_attributes_of_others_alone(desk: ChatwootHarness, merges: bool) -> None:
    desk.server.merges = merges
    async with desk.open() as system:
        ticket = await done(system.backend, make_write())
        ticket_of(desk).attributes["theirs"] = "kept"
        await done(system.backend, make_write(step="b", action=TicketAction.STATE, ticket=ticket))
    attributes = ticket_of(desk).attributes
    assert (attributes["theirs"], attributes["gatehouse_key"]) == ("kept", case_id(1))
    assert attributes["gatehouse_state"].startswith("resolved gh:")


async def test_a_look_without_the_attribute_says_what_to_do(desk: ChatwootHarness) -> None:
    async with desk.open() as system:
        desk.server.attribute_keys.remove("gatehouse_key")
        with pytest.raises(ConfigError, match="setup"):
            await system.backend.find(make_write())


async def test_what_people_among_the_agents_write_is_told_and_nothing_else(desk: ChatwootHarness) -> None:
    async with desk.open() as system:
        reader = Reader(desk, system)
        await reader.news()
        ticket = int(await done(system.backend, make_write()))
        desk.server.reply(ticket, "hello **you**")
        desk.server.note(ticket, "among us")
        desk.server.bot_says(ticket, "beep")
        desk.server.reply(ticket, "by a rule", sender=0)
        desk.server.reply(ticket, "by the gateway's own user", sender=ME)
        gone = desk.server.reply(ticket, "taken back")
        desk.server.withdraw(ticket, gone.id)
        events = await reader.news()
        assert await reader.news() == []
    assert told(events) == [("replied", "hello **you**"), ("noted", "among us")]
    assert {(event.author, event.case_id, event.ticket) for event in events} == {("Bea", case_id(1), str(ticket))}


async def test_states_that_agents_leave_are_told_and_ours_are_not(desk: ChatwootHarness, clock: ManualClock) -> None:
    async with desk.open() as system:
        reader = Reader(desk, system)
        await reader.news()
        ticket = await done(system.backend, make_write())
        desk.server.set_status(int(ticket), "resolved")
        assert told(await reader.news()) == [("solved", "")]
        assert await reader.news() == []
        for status, kind in (("open", "reopened"), ("resolved", "solved"), ("open", "reopened")):
            clock.advance(60)
            desk.server.set_status(int(ticket), status)
            assert told(await reader.news()) == [(kind, "")]
        await done(system.backend, make_write(step="b", action=TicketAction.STATE, ticket=ticket))
        assert await reader.news() == []
        desk.server.set_status(int(ticket), "open")
        assert told(await reader.news()) == [("reopened", "")]
        desk.server.note(int(ticket), "stays open")
        desk.server.set_status(int(ticket), "pending")
        assert told(await reader.news()) == [("noted", "stays open")]


@pytest.mark.parametrize("by_us", [True, False])
async def test_a_user_who_opens_his_conversation_again_is_no_agent(
    desk: ChatwootHarness, clock: ManualClock, by_us: bool
) -> None:
    async with desk.open() as system:
        reader = Reader(desk, system)
        await reader.news()
        ticket = await done(system.backend, make_write())
        if by_us:
            await done(system.backend, make_write(step="b", action=TicketAction.STATE, ticket=ticket))
        else:
            desk.server.set_status(int(ticket), "resolved")
        assert len(await reader.news()) == (0 if by_us else 1)
        clock.advance(60)
        await done(system.backend, make_write(step="c", ticket=ticket))
        assert ticket_of(desk).status == "open"
        assert await reader.news() == []
        # What agents do right after is theirs all the same.
        desk.server.set_status(int(ticket), "resolved")
        assert told(await reader.news()) == [("solved", "")]
        desk.server.set_status(int(ticket), "open")
        assert told(await reader.news()) == [("reopened", "")]


async def test_a_message_that_comes_to_light_after_higher_numbers_is_told(
    desk: ChatwootHarness, clock: ManualClock
) -> None:
    """A number is given before its message is committed; others may be read in between."""
    async with desk.open() as system:
        reader = Reader(desk, system)
        await reader.news()
        ticket = int(await done(system.backend, make_write()))
        late = desk.server.reply(ticket, "late")
        desk.server.conversations[ticket].said.remove(late)
        desk.server.reply(ticket, "early")
        assert told(await reader.news()) == [("replied", "early")]
        clock.advance(2)
        desk.server.conversations[ticket].said.insert(-1, late)
        desk.server.note(ticket, "later")
        assert sorted(told(await reader.news())) == [("noted", "later"), ("replied", "late")]
        clock.advance(3600)
        desk.server.note(ticket, "long after")
        assert told(await reader.news()) == [("noted", "long after")]
        assert len(reader.cursor or "") < 200


async def test_many_conversations_are_read_page_by_page_and_each_act_once(
    desk: ChatwootHarness, clock: ManualClock
) -> None:
    async with desk.open() as system:
        reader = Reader(desk, system)
        await reader.news()
        await submit(system.backend, [make_write(number) for number in range(1, 61)])
        for number in range(1, 61):
            clock.advance(1)
            desk.server.reply(ticket_of(desk, number).id, f"answer {number}")
        events = await reader.news()
        assert sorted(event.text for event in events) == sorted(f"answer {number}" for number in range(1, 61))
        clock.advance(60)
        desk.server.reply(ticket_of(desk, 1).id, "one more")
        assert told(await reader.news()) == [("replied", "one more")]
        pages = reader.pages
        assert await reader.news() == []
        assert reader.pages == pages + 1


async def test_a_conversation_that_moves_up_while_pages_are_read_is_not_missed(
    desk: ChatwootHarness, clock: ManualClock
) -> None:
    async with desk.open() as system:
        reader = Reader(desk, system)
        await submit(system.backend, [make_write(number) for number in range(71, 76)])
        clock.advance(600)
        await done(system.backend, make_write(76))
        await reader.news()
        await submit(system.backend, [make_write(number) for number in range(1, 61)])
        for number in range(1, 61):
            clock.advance(10)
            desk.server.reply(ticket_of(desk, number).id, f"answer {number}")
        events, more = await reader.page()
        assert more
        clock.advance(10)
        # The last conversation of all leaves the page that comes last, for the one that was read first.
        desk.server.note(ticket_of(desk, 1).id, "moved")
        events += await reader.news()
    texts = [event.text for event in events]
    assert sorted(set(texts)) == sorted({*(f"answer {number}" for number in range(1, 61)), "moved"})
    assert len(texts) == len(set(texts))


async def test_other_conversations_of_the_inbox_are_not_told(desk: ChatwootHarness) -> None:
    async with desk.open() as system:
        reader = Reader(desk, system)
        await reader.news()
        ticket = int(await done(system.backend, make_write()))
        del ticket_of(desk).attributes["gatehouse_key"]
        desk.server.reply(ticket, "not for us")
        assert await reader.news() == []


async def test_what_was_there_before_the_gateway_is_not_told(desk: ChatwootHarness, clock: ManualClock) -> None:
    async with desk.open() as system:
        ticket = int(await done(system.backend, make_write()))
        desk.server.reply(ticket, "before")
        reader = Reader(desk, system)
        assert await reader.news() == []
        desk.server.reply(ticket, "after")
        assert told(await reader.news()) == [("replied", "after")]


async def test_a_cursor_remembers_only_so_many_conversations(desk: ChatwootHarness) -> None:
    told_ = {str(number): "resolved  1" for number in range(MOST_TOLD + 50)}
    async with desk.open() as system:
        reader = Reader(desk, system)
        await reader.news()
        place = json.loads(reader.cursor or "")
        reader.cursor = Cursor(json.dumps({**place, "told": told_}))
        ticket = int(await done(system.backend, make_write()))
        desk.server.note(ticket, "moves the cursor")
        await reader.news()
        kept = json.loads(reader.cursor)["told"]
    assert len(kept) == MOST_TOLD
    assert "49" not in kept


async def test_a_kept_place_of_another_kind_is_the_operators_to_mend(desk: ChatwootHarness) -> None:
    async with desk.open() as system:
        assert system.feed is not None
        with pytest.raises(ConfigError):
            await system.feed.fetch(Cursor("17"))


async def test_a_file_that_is_not_stored_yet_is_waited_for_and_one_that_is_lost_is_not(
    desk: ChatwootHarness, clock: ManualClock
) -> None:
    async with desk.open() as system:
        reader = Reader(desk, system)
        await reader.news()
        ticket = int(await done(system.backend, make_write()))
        desk.server.store_secs = 5
        sent: Said = desk.server.reply(ticket, "see the file", [("größer.pdf", b"data")])
        (event,) = await reader.news()
        (file,) = event.attached
        assert (file.name, file.media_type, file.size) == ("größer.pdf", "application/octet-stream", 4)
        assert system.downloader is not None
        with pytest.raises(TransientError):
            [chunk async for chunk in system.downloader.open(FileRef(file.ref))]
        clock.advance(5)
        assert b"".join([chunk async for chunk in system.downloader.open(FileRef(file.ref))]) == b"data"
        sent.files.clear()
        clock.advance(3600)
        with pytest.raises(RejectedError):
            [chunk async for chunk in system.downloader.open(FileRef(file.ref))]
    assert desk.server.leaks == 0


@pytest.mark.parametrize("ref", ["", "x", "1 file:///etc/hostname", "/etc/hostname", "-1 http://127.0.0.1/"])
async def test_what_is_no_link_is_no_file(desk: ChatwootHarness, ref: str) -> None:
    async with desk.open() as system:
        assert system.downloader is not None
        with pytest.raises(RejectedError):
            [chunk async for chunk in system.downloader.open(FileRef(ref))]


async def pushed(desk: ChatwootHarness, system: TicketSystem) -> PushRequest:
    """Return what Chatwoot pushes when an agent answers."""
    taken: list[Request] = []

    async def take(request: Request) -> Answer:
        taken.append(request)
        return Answer()

    async with HttpServer(take).listen() as port:
        assert system.setup is not None
        address = f"http://{HOST}:{port}/in/backend"
        for step in await system.setup.plan(address):
            await system.setup.make(step, address)
        ticket = await done(system.backend, make_write())
        desk.server.reply(int(ticket), "hello")
        await desk.server.pusher.settled()
    request = taken[-1]
    return PushRequest("POST", "/in/backend", {}, request.headers, request.body, START, "127.0.0.1")


async def test_a_push_that_chatwoot_signed_wakes_the_feed(desk: ChatwootHarness) -> None:
    async with desk.open() as system:
        request = await pushed(desk, system)
        assert system.ingress is not None
        answer = system.ingress.receive(request)
    assert isinstance(answer, Pushed)
    assert [raw.key for raw in answer.raws] == ["hint:sha256-" + hashlib.sha256(request.body).hexdigest()]
    assert desk.woken == ["desk"]
    assert desk.plugin.normalizer is not None
    assert [desk.plugin.normalizer.normalize(raw) for raw in answer.raws] == [()]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda push: replace(push, body=push.body + b" "),
        lambda push: replace(push, headers={**push.headers, "x-chatwoot-timestamp": "1"}),
        lambda push: replace(push, headers={**push.headers, "x-chatwoot-signature": "sha256=" + "0" * 64}),
        lambda push: replace(push, headers={**push.headers, "x-chatwoot-signature": "größer"}),
        lambda push: replace(push, headers={}),
        lambda push: replace(push, received_at=START + timedelta(seconds=301)),
        lambda push: replace(push, received_at=START - timedelta(seconds=301)),
    ],
)
async def test_a_push_that_is_forged_or_old_is_refused(desk: ChatwootHarness, spoil: Any) -> None:
    async with desk.open() as system:
        request = spoil(await pushed(desk, system))
        assert system.ingress is not None
        answer = system.ingress.receive(request)
    assert isinstance(answer, Refusal)
    assert answer.status == 401
    assert WEBHOOK_SECRET not in answer.reason
    assert desk.woken == []


async def test_without_a_secret_of_ours_no_push_is_taken(desk: ChatwootHarness) -> None:
    async with desk.open() as system:
        request = await pushed(desk, system)
    desk.more = {"webhook_secret": None}
    async with desk.open() as system:
        assert system.ingress is not None
        assert isinstance(system.ingress.receive(request), Refusal)


@pytest.mark.parametrize(
    ("make_ill", "name", "word"),
    [
        (lambda server: setattr(server, "token", "another"), "token", "profile settings"),
        (lambda server: setattr(server, "role", "agent"), "role", "administrator"),
        (lambda server: setattr(server, "channel", "Channel::Email"), "inbox", "kind API"),
        (lambda server: server.attribute_keys.remove("gatehouse_state"), "attributes", "gatehouse_state"),
        (lambda server: server.plan(Fault(200, b"[]", of="/teams")), "teams", "there is no team"),
        (lambda server: server.plan(Fault(403, of="/inboxes")), "inbox", "see the inboxes"),
        (lambda server: server.plan(Fault(403, of="attribute_def")), "attributes", "see the custom attributes"),
        (lambda server: server.plan(Fault(403, of="/teams")), "teams", "see the teams"),
    ],
)
async def test_a_check_says_what_is_missing_and_where_to_give_it(
    desk: ChatwootHarness, make_ill: Any, name: str, word: str
) -> None:
    desk.more = {"team": str(TEAM)}
    async with desk.open() as system:
        assert (await system.backend.check()).ok
        make_ill(desk.server)
        ill = [check for check in (await system.backend.check()).checks if not check.ok]
    assert [check.name for check in ill] == [name]
    assert word in ill[0].detail


@pytest.mark.parametrize(("more", "name"), [({"account": 2}, "role"), ({"inbox": 8}, "inbox")])
async def test_a_wrong_number_is_told(desk: ChatwootHarness, more: dict[str, Any], name: str) -> None:
    async with desk.open() as system:
        assert (await system.backend.check()).ok
    desk.more = more
    async with desk.open() as system:
        ill = [check.name for check in (await system.backend.check()).checks if not check.ok]
    assert name in ill


async def test_setup_makes_what_is_missing_and_nothing_twice(desk: ChatwootHarness) -> None:
    desk.server.attribute_keys = []
    desk.more = {"tags": {"spam": "Junk mail"}, "fields": {"category": "category"}}
    async with desk.open() as system:
        assert system.setup is not None
        steps = await system.setup.plan(ADDRESS)
        assert not any(step.done for step in steps)
        for step in (*steps, *steps):
            assert (await system.setup.make(step, ADDRESS)).done
        assert all(step.done for step in await system.setup.plan(ADDRESS))
        assert (await system.backend.check()).ok
    assert desk.server.attribute_keys == ["gatehouse_key", "gatehouse_state", "category"]
    assert desk.server.label_titles == ["junk-mail"]
    assert [(hook.url, len(hook.subscriptions)) for hook in desk.server.webhooks] == [(ADDRESS, 2)]
    assert WEBHOOK_SECRET not in f"{steps}"


@pytest.mark.parametrize(
    "more",
    [
        {"states": {"solved": "closed"}},
        {"priorities": {"high": "very"}},
        {"queues": {"payouts": "Payouts"}},
        {"team": "Support"},
        {"key_attribute": "Gatehouse key"},
        {"webhook_secret": {"env": "TEST_SHORT"}},
        {"account": 0},
    ],
)
def test_settings_that_cannot_work_are_refused(monkeypatch: pytest.MonkeyPatch, more: dict[str, Any]) -> None:
    monkeypatch.setenv("TEST_TOKEN", "k")
    monkeypatch.setenv("TEST_SHORT", "short")
    well: dict[str, Any] = {
        "url": "https://app.chatwoot.com",
        "token": {"env": "TEST_TOKEN"},
        "account": 1,
        "inbox": 7,
    }
    ChatwootSettings.model_validate(well)
    with pytest.raises(ValueError, match="validation error"):
        ChatwootSettings.model_validate({**well, **more})


def test_a_raw_of_an_impossible_time_is_malformed(desk: ChatwootHarness) -> None:
    body = b'{"kind": "solved", "conversation": 1, "key": "GH-1", "at": 1099511627776}'
    raw = Raw("desk", STREAM, Key("k"), "1", body, "application/json", START, len(body))
    assert desk.plugin.normalizer is not None
    with pytest.raises(RejectedError):
        desk.plugin.normalizer.normalize(raw)


@pytest.mark.parametrize("body", [b"{}", b"null", b'[1, null, "x", []]', b"<html>It works!</html>"])
async def test_a_server_that_answers_anything_is_neither_well_nor_set_up(desk: ChatwootHarness, body: bytes) -> None:
    desk.server.plan(Fault(200, body))
    async with desk.open() as system:
        assert system.setup is not None
        (check,) = (await system.backend.check()).checks
        with pytest.raises(TransientError, match="cannot be read"):
            await system.setup.plan(ADDRESS)
    assert (check.name, check.ok) == ("token", False)
    assert "but not as" in check.detail


@pytest.mark.parametrize("body", [b"{}", b"null", b'[1, null, "x", []]', b"<html>It works!</html>"])
async def test_what_was_not_made_is_not_said_to_be(desk: ChatwootHarness, body: bytes) -> None:
    desk.server.attribute_keys = []
    desk.more = {"tags": {"spam": "Junk mail"}}
    async with desk.open() as system:
        assert system.setup is not None
        steps = [step for step in await system.setup.plan(ADDRESS) if not step.done]
        desk.server.plan(Fault(200, body, changes_only=True))
        for step in steps:
            with pytest.raises(OutcomeUnknownError):
                await system.setup.make(step, ADDRESS)
    assert steps
