"""The django-helpdesk backend keeps the backend contract on a real django-helpdesk, and what is special to it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.errors import OutcomeUnknownError
from gateway.ports import Cursor, Done, Opening, TicketAction, TicketEvent, TicketRef, TicketSystem, TicketWrite
from gateway.testing.backends import (
    CHECKS,
    Check,
    Fault,
    Line,
    again,
    case_id,
    done,
    make_entry,
    make_file,
    make_write,
    submit,
)
from tests.backends.helpdesk_harness import HelpdeskHarness, helpdesk_harness
from tests.conftest import ManualClock

TEMPLATES = "{{ ticket.secret_key }} {% if %} {# gone #} {{ 1 }}{ %} {{{{ }} {% endverbatim %} {%}"


@pytest.fixture
async def harness(
    tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[HelpdeskHarness]:
    async with helpdesk_harness(tmp_path, clock) as made:
        monkeypatch.setenv("TEST_HELPDESK_TOKEN", made.server.token("gateway"))
        yield made


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_contract(check: Check, harness: HelpdeskHarness) -> None:
    await check(harness)


async def news(harness: HelpdeskHarness, system: TicketSystem, after: Cursor | None) -> Sequence[TicketEvent]:
    """Return what the feed tells after that cursor."""
    assert system.feed is not None
    assert harness.plugin.normalizer is not None
    page = await system.feed.fetch(after)
    assert not page.more
    events = [event for raw in page.items for event in harness.plugin.normalizer.normalize(raw)]
    return [event for event in events if isinstance(event, TicketEvent)]


async def beginning(system: TicketSystem) -> Cursor | None:
    assert system.feed is not None
    return (await system.feed.fetch(None)).cursor


def saying(text: str, number: int = 1, step: str = "a", ticket: TicketRef | None = None) -> TicketWrite:
    return replace(make_write(number, step, ticket=ticket), entry=make_entry(number, text))


async def test_no_template_runs_in_what_a_user_writes(harness: HelpdeskHarness) -> None:
    """django-helpdesk renders comments as templates that see ticket and queue; the user's words stay his words."""
    async with harness.open() as system:
        ticket = await done(system.backend, saying(TEMPLATES))
        await done(system.backend, saying(TEMPLATES, step="b", ticket=ticket))
    assert await harness.lines(case_id(1)) == [Line(TEMPLATES, for_agents=False)] * 2


async def test_a_ticket_keeps_its_title_and_room_for_what_helpdesk_adds(harness: HelpdeskHarness) -> None:
    write = make_write()
    write = replace(write, case=write.case.model_copy(update={"subject": "Überweisung " * 30}))
    async with harness.open() as system:
        ticket = await done(system.backend, write)
        before = harness.server.rows("select title from helpdesk_ticket")
        await done(system.backend, replace(write, key=make_write(step="b").key, ticket=ticket))
        await done(system.backend, replace(make_write(step="c", action=TicketAction.STATE, ticket=ticket)))
    assert harness.server.rows("select title from helpdesk_ticket") == before
    assert max(len(title or "") for (title,) in harness.server.rows("select title from helpdesk_followup")) <= 200


async def test_no_mail_goes_to_a_user(harness: HelpdeskHarness) -> None:
    harness.server.change("update helpdesk_queue set updated_ticket_cc = 'lead@example.test'")
    async with harness.open() as system:
        ticket = await done(system.backend, make_write())
        await done(system.backend, make_write(step="b", ticket=ticket))
        await harness.act(case_id(1), "replied", "an answer")
        await done(system.backend, make_write(step="c", action=TicketAction.STATE, ticket=ticket))
    assert harness.server.rows("select coalesce(submitter_email, '') from helpdesk_ticket") == [("",)]
    told = re.findall(r"(?m)^To: (.*)$", harness.server.mails)
    assert set(told) <= {"lead@example.test"}


async def test_files_that_helpdesk_refuses_are_named(harness: HelpdeskHarness) -> None:
    files = (make_file("a.png", b"1"), make_file("b.exe", b"2"), make_file("c.png", b""))
    async with harness.open() as system:
        await done(system.backend, replace(make_write(), files=files))
    assert await harness.files(case_id(1)) == [("a.png", b"1")]
    first = (await harness.lines(case_id(1)))[0]
    assert first.text.endswith("[Not taken by django-helpdesk: b.exe, c.png]")


@pytest.mark.parametrize("fault", [Fault.FAILED, Fault.DROPPED, Fault.UNAVAILABLE])
async def test_a_ticket_whose_files_did_not_arrive_gets_them_and_its_text_once(
    harness: HelpdeskHarness, fault: Fault
) -> None:
    write = replace(make_write(), files=(make_file("a.png", b"1"), make_file("b.png", b"2")))
    async with harness.open() as system:
        await harness.proxy.plan(fault, "attachments")
        answer = (await submit(system.backend, [write]))[write.key]
        assert isinstance(getattr(answer, "error", None), OutcomeUnknownError)
        await harness.mend()
        if await system.backend.find(write) is None:
            await done(system.backend, again(write))
    assert sorted(await harness.files(case_id(1))) == [("a.png", b"1"), ("b.png", b"2")]
    lines = [line.text for line in await harness.lines(case_id(1))]
    assert lines == [write_text(write), "File: a.png, b.png"]


def write_text(write: TicketWrite) -> str:
    assert write.entry is not None
    return write.entry.message.text


async def test_the_second_ticket_of_a_race_is_given_up(harness: HelpdeskHarness) -> None:
    async with harness.open() as one, harness.open() as other:
        first = await done(one.backend, make_write())
        second = await done(other.backend, make_write(step="b"))
        assert await done(one.backend, again(make_write())) == first
        assert await one.backend.find(make_write()) == first
    assert harness.server.rows("select status from helpdesk_ticket where id = ?", int(second)) == [(5,)]


async def test_a_ticket_is_found_behind_many_follow_ups(harness: HelpdeskHarness) -> None:
    async with harness.open() as system:
        ticket = await done(system.backend, make_write())
        harness.server.change(
            "with recursive n(i) as (select 1 union all select i + 1 from n where i < 450) "
            "insert into helpdesk_followup (ticket_id, date, title, comment, public) "
            "select (select max(id) from helpdesk_ticket), datetime('now', '+1 minute'), 'x', 'y', 0 from n"
        )
        assert await done(system.backend, again(make_write())) == ticket
    assert len(await harness.held()) == 1


async def test_only_agents_of_the_desk_answer(harness: HelpdeskHarness) -> None:
    """What came by mail, from nobody, or from no agent is no answer; a copy of ours is one, once we are known."""
    people = {name: about["id"] for name, about in harness.server.seeded["people"].items()}
    async with harness.open() as system:
        start = await beginning(system)
        await done(system.backend, make_write())
        numbers = [await harness.follow_up({"ticket": 1, "public": True, "comment": f"c{n}"}) for n in range(4)]
        copied = harness.server.rows("select comment from helpdesk_followup order by id limit 1")[0][0]
        await harness.follow_up({"ticket": 1, "public": True, "comment": copied})
        changes = ("message_id = '<m@example.test>'", "user_id = null", f"user_id = {people['customer']}")
        for number, change in zip(numbers, changes, strict=False):
            harness.server.change(f"update helpdesk_followup set {change} where id = {number}")  # noqa: S608 - our own
        assert [event.text for event in await news(harness, system, start)] == ["c2", "c3"]
    strict = {**harness.settings(), "agents": [people["agent"]], "user": people["gateway"]}
    settings = harness.plugin.settings.model_validate(strict)
    async with harness.plugin.open(Opening("desk", settings, harness.clock)) as system:
        assert [event.text for event in await news(harness, system, start)] == ["c3", copied.strip()]


async def test_tickets_of_others_are_no_concern_of_ours(harness: HelpdeskHarness) -> None:
    async with harness.open() as system:
        start = await beginning(system)
        made = {"queue": 1, "title": "t", "description": "of another", "priority": 3}
        number = (await harness.agent.post("/tickets/", json=made)).raise_for_status().json()["id"]
        await harness.follow_up({"ticket": number, "public": True, "comment": "an answer"})
        assert await news(harness, system, start) == []


async def test_missing_fields_and_rights_are_told(harness: HelpdeskHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    harness.server.change("delete from helpdesk_customfield where name = 'requester'")
    async with harness.open() as system:
        report = await system.backend.check()
    assert [check.detail for check in report.checks if not check.ok] == [
        "make these custom fields, as text that is not required: requester"
    ]
    monkeypatch.setenv("TEST_HELPDESK_TOKEN", harness.server.token("customer"))
    async with harness.open() as system:
        assert not [check for check in (await system.backend.check()).checks if check.ok]


async def test_what_was_under_way_when_the_server_was_killed_is_there_once(harness: HelpdeskHarness) -> None:
    writes = [make_write(number) for number in range(1, 21)]
    async with harness.open() as system:
        under_way = asyncio.ensure_future(submit(system.backend, writes))
        while len([call for call in list(harness.proxy.calls) if call.status]) < 3:
            await asyncio.sleep(0)
        await harness.kill()
        answers = await under_way
        await harness.restart()
        for write in writes:
            if not isinstance(answers[write.key], Done) and await system.backend.find(write) is None:
                await done(system.backend, again(write))
    assert sorted(item.key for item in await harness.held()) == sorted(write.key for write in writes)


async def test_a_desk_of_thousands_of_tickets_is_never_read_whole(harness: HelpdeskHarness) -> None:
    """To name one ticket makes django-helpdesk read them all: neither doubt nor the feed may ask for one."""
    async with harness.open() as system:
        start = await beginning(system)
        ticket = await done(system.backend, make_write())
        await done(system.backend, again(make_write(step="b"), ticket))
        await done(system.backend, again(make_write(2)))
        await harness.act(case_id(1), "replied", "an answer")
    async with harness.open() as system:
        assert [event.case_id for event in await news(harness, system, start)] == [case_id(1)]
    assert not [call for call in harness.proxy.calls if call.method == "GET" and "/tickets/" in call.target]


async def test_where_no_ticket_is_of_others_none_is_asked_for(harness: HelpdeskHarness) -> None:
    made = {"queue": 1, "title": "t", "description": "its key is in nothing that we wrote", "priority": 3}
    settings = harness.plugin.settings.model_validate({**harness.settings(), "shared": False})
    async with harness.plugin.open(Opening("desk", settings, harness.clock)) as system:
        start = await beginning(system)
        number = (await harness.agent.post("/tickets/", json=made)).raise_for_status().json()["id"]
        await harness.follow_up({"ticket": number, "public": True, "comment": "an answer"})
        told = [(event.ticket, event.case_id) for event in await news(harness, system, start)]
    assert (str(number), None) in told
    assert not [call for call in harness.proxy.calls if call.method == "GET" and "/tickets/" in call.target]
