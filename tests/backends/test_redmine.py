"""The Redmine backend, on a real Redmine 5, keeps the backend contract and what is promised of Redmine alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

import pytest

from gateway.backends._api import Answer
from gateway.backends._parts import mark_of
from gateway.backends.redmine.tickets import refusal
from gateway.case import CaseState, Priority
from gateway.errors import (
    AuthError,
    ConfigError,
    GatewayError,
    GoneError,
    OutcomeUnknownError,
    RejectedError,
    TransientError,
)
from gateway.ports import (
    Cursor,
    Failed,
    FileRef,
    Key,
    Opening,
    TicketAction,
    TicketEvent,
    TicketSystem,
    TicketWrite,
)
from gateway.testing.backends import (
    CHECKS,
    USER_TEXT,
    Check,
    again,
    case_id,
    done,
    look,
    make_case,
    make_entry,
    make_file,
    make_write,
    submit,
)
from tests.backends.redmine_harness import (
    CLOSED,
    IN_PROGRESS,
    OTHER_KEYS,
    RESOLVED,
    RedmineHarness,
    redmine_harness,
    secrets_in,
)
from tests.backends.redmine_server import Redmine, Template
from tests.conftest import ManualClock

# The first test waits until Redmine's tables are made: a quarter of a minute, on a busy machine a minute.
pytestmark = [pytest.mark.timeout(300)]


@pytest.fixture(scope="session")
def redmine() -> Iterator[Redmine]:
    """One server for the whole run; each test begins without issues."""
    with Template.make() as template:
        server = Redmine.start(template, "shared")
        yield server
        server.kill()


@pytest.fixture
async def harness(
    redmine: Redmine, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[RedmineHarness]:
    secrets_in(monkeypatch, redmine)
    async with redmine_harness(redmine, clock) as opened:
        yield opened


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_contract(check: Check, harness: RedmineHarness) -> None:
    await check(harness)


PICTURE = "http://evil.example.test/x.png"
EVIL = (
    f"!{PICTURE}! ![]({PICTURE}) @agent #1 {{{{include(x)}}}} </pre> !{PICTURE}!\n"
    f"```\n![]({PICTURE})\n~~~\n![]({PICTURE})\n~~~~~\n<notextile><img src={PICTURE}></notextile>"
)


def _open(harness: RedmineHarness, **settings: object) -> AbstractAsyncContextManager[TicketSystem]:
    """Open the backend with other settings."""
    valid = harness.plugin.settings.model_validate({**harness.settings(), **settings})
    return harness.plugin.open(Opening("desk", valid, ManualClock()))


async def _news(harness: RedmineHarness, system: TicketSystem, after: Cursor | None) -> list[TicketEvent]:
    """Return all events after a place."""
    assert system.feed is not None
    assert harness.plugin.normalizer is not None
    events: list[TicketEvent] = []
    more = True
    while more:
        page = await system.feed.fetch(after)
        after, more = page.cursor or after, page.more
        found = [event for raw in page.items for event in harness.plugin.normalizer.normalize(raw)]
        events += [event for event in found if isinstance(event, TicketEvent)]
    return events


async def _start(system: TicketSystem) -> Cursor | None:
    assert system.feed is not None
    return (await system.feed.fetch(None)).cursor


async def _failed(system: TicketSystem, write: TicketWrite) -> GatewayError:
    answer = (await submit(system.backend, [write]))[write.key]
    assert isinstance(answer, Failed), "done all the same"
    return answer.error


def _texted(text: str) -> TicketWrite:
    return replace(make_write(), entry=make_entry(text=text))


@pytest.mark.parametrize("formatting", ["textile", "markdown", "common_mark"])
async def test_nothing_that_a_user_writes_takes_effect_on_agents_screens(
    harness: RedmineHarness, formatting: str
) -> None:
    ours = "textile" if formatting == "textile" else "markdown"
    with harness.redmine.setting("text_formatting", formatting):
        async with _open(harness, formatting=ours) as system:
            ticket = await done(system.backend, _texted(EVIL))
            await done(system.backend, replace(_texted(EVIL), key=Key("support:m1:ticket:b"), ticket=ticket))
        async with harness.agent() as agent:
            page = (await agent.get(f"/issues/{ticket}", headers={"accept": "text/html"})).text
    assert page.count("evil.example.test") >= 10, "the text is not on the page"
    assert f'src="{PICTURE}' not in page
    assert f"src='{PICTURE}" not in page
    assert f"src={PICTURE}&gt;" in page
    assert f'href="{PICTURE}' not in page


async def test_a_text_without_formatting_stays_as_it_is(harness: RedmineHarness) -> None:
    async with _open(harness, formatting="none") as system:
        await done(system.backend, _texted("plain *text*"))
    assert harness.redmine.rows("select description from issues") == [("plain *text*",)]


async def test_a_zero_byte_does_not_stop_a_ticket(harness: RedmineHarness) -> None:
    async with harness.open() as system:
        await done(system.backend, _texted("before\0after"))
    assert [line.text for line in await harness.lines(case_id(1))] == ["beforeafter"]


async def test_agents_do_not_see_the_marks(harness: RedmineHarness) -> None:
    async with harness.open() as system:
        ticket = await done(system.backend, make_write())
        await done(system.backend, make_write(step="b", ticket=ticket))
    async with harness.agent() as agent:
        seen = (await agent.get(f"/issues/{ticket}.json?include=journals")).text
    assert "gh:" not in seen
    assert "gh:" in str(harness.redmine.rows("select value from journal_details"))


async def test_a_case_is_mapped_onto_project_priority_and_fields(harness: RedmineHarness) -> None:
    fields = harness.redmine.seeded.fields
    case = make_case().model_copy(
        update={"queue": "money", "priority": Priority.URGENT, "tags": ("vip", "spam", "refund"), "category": "fees"}
    )
    mapped = {
        "queues": {"money": "billing"},
        "priorities": {"urgent": "Immediate"},
        "tags": {"spam": "", "vip": "important"},
        "tags_field": fields["tags"],
        "fields": {"category": str(fields["category"])},
        "tracker": "Support",
    }
    async with _open(harness, **mapped) as system:
        ticket = await done(system.backend, replace(make_write(), case=case))
    async with harness.agent() as agent:
        issue = (await agent.get(f"/issues/{ticket}.json")).json()["issue"]
    told = {field["name"]: field["value"] for field in issue["custom_fields"]}
    assert [issue[name]["name"] for name in ("project", "tracker", "priority")] == ["Billing", "Support", "Immediate"]
    assert issue["subject"] == "Withdrawal"
    assert told["Tags"] == "important, refund"
    assert told["Category of the case"] == "fees"
    assert told["Requester"] == "Ana Example <user1@example.test> (email:user1@example.test)"
    assert told["External key"] == case_id(1)
    assert harness.plugin.page_of(harness.plugin.settings.model_validate(harness.settings()), ticket) == (
        f"{harness.proxy.url}/issues/{ticket}"
    )


async def test_of_two_tickets_that_a_race_makes_one_is_left(harness: RedmineHarness) -> None:
    write = make_write()
    async with harness.open() as one, harness.open() as other:
        # Both look before either writes: what two nodes do that do not know of each other.
        tickets = await asyncio.gather(done(one.backend, write), done(other.backend, write))
        made = sorted({int(ticket) for ticket in tickets})
        if len(made) == 1:
            made.append(await _second_ticket(harness, write))
        kept = await done(one.backend, again(write))
        assert int(kept) == made[0], "the oldest is kept"
        assert await look(one.backend, write) == kept
    assert harness.tickets(case_id(1)) == [made[0]]
    closed = harness.redmine.rows(
        "select s.name from issues i join issue_statuses s on s.id = status_id where i.id = ?", made[1]
    )
    assert closed == [("Rejected",)]
    told = harness.redmine.rows(
        "select notes, private_notes from journals where journalized_id = ? and notes <> ''", made[1]
    )
    assert told == [(f"The gateway opened this ticket a second time; all goes on in #{kept}.", 1)]
    assert len(await harness.lines(case_id(1))) == 1


async def _second_ticket(harness: RedmineHarness, write: TicketWrite) -> int:
    """Open a ticket although there is one."""
    fields = harness.redmine.seeded.fields
    values = [{"id": fields["key"], "value": write.case.id}, {"id": fields["mark"], "value": mark_of(write.key)}]
    issue = {"project_id": "intake", "subject": "again", "custom_fields": values}
    async with harness.agent("gateway") as us:
        answer = await us.post("/issues.json", json={"issue": issue})
    return int(answer.json()["issue"]["id"])


async def test_a_copy_that_an_agent_makes_is_no_ticket_of_ours(harness: RedmineHarness) -> None:
    async with harness.open() as system:
        start = await _start(system)
        ticket = await done(system.backend, make_write())
        fields = harness.redmine.seeded.fields
        values = [{"id": fields["key"], "value": case_id(1)}]
        async with harness.agent() as agent:
            issue = {"project_id": "intake", "subject": "copy", "custom_fields": values}
            copy = (await agent.post("/issues.json", json={"issue": issue})).json()["issue"]["id"]
            await agent.put(f"/issues/{copy}.json", json={"issue": {"notes": "among developers"}})
        assert await done(system.backend, again(make_write())) == ticket
        assert await _news(harness, system, start) == []
    journals = harness.redmine.rows("select user_id from journals where journalized_id = ?", copy)
    assert journals == [(harness.redmine.seeded.users["agent"]["id"],)], "the agent's copy was touched"


async def test_a_note_and_a_status_at_one_go_are_two_events(harness: RedmineHarness) -> None:
    async with harness.open() as system:
        start = await _start(system)
        await done(system.backend, make_write())
        await harness.change(case_id(1), notes="solved it\r\nfor you", status_id=CLOSED)
        await harness.change(case_id(1), notes="not yet", private_notes=True, status_id=IN_PROGRESS)
        events = await _news(harness, system, start)
    kinds = [(event.kind, event.text, event.author) for event in events]
    bea = "Bea Example"
    assert kinds[:2] == [("replied", "solved it\nfor you", bea), ("solved", "", bea)]
    assert sorted(kinds[2:]) == [("noted", "not yet", bea), ("reopened", "", bea)]
    assert len({event.id for event in events}) == 4


async def test_resolved_counts_as_solved_although_it_is_not_closed(harness: RedmineHarness) -> None:
    async with harness.open() as system:
        await done(system.backend, make_write())
        start = await _start(system)
        for status in (RESOLVED, CLOSED, IN_PROGRESS):
            await harness.change(case_id(1), status_id=status)
        assert [event.kind for event in await _news(harness, system, start)] == ["solved", "reopened"]


async def test_a_file_of_a_private_note_is_not_an_answers(harness: RedmineHarness) -> None:
    """Redmine splits such a change: the note is private, and the file stands in a change of its own that is not."""
    async with harness.open() as system:
        start = await _start(system)
        await done(system.backend, make_write())
        secret = await harness.upload("secret.txt", b"for agents")
        await harness.change(case_id(1), notes="see the file", private_notes=True, uploads=[secret])
        events = await _news(harness, system, start)
    assert [(event.kind, event.attached) for event in events] == [("noted", ())]


async def test_a_deleted_file_is_told_of_and_cannot_be_fetched(harness: RedmineHarness) -> None:
    async with harness.open() as system:
        start = await _start(system)
        await done(system.backend, make_write())
        await harness.answer(case_id(1), "with a file", [("a.txt", b"abc")])
        async with harness.agent() as agent:
            ((number,),) = harness.redmine.rows("select max(id) from attachments")
            assert (await agent.delete(f"/attachments/{number}.json")).status_code == 204
        (event,) = await _news(harness, system, start)
        assert [(file.name, file.size) for file in event.attached] == [("a.txt", 0)]
        assert system.downloader is not None
        for ref in (event.attached[0].ref, "../users/current", "https://elsewhere.example.test/1"):
            with pytest.raises(RejectedError):
                [chunk async for chunk in system.downloader.open(FileRef(ref))]


async def test_a_refused_key_never_passes_for_a_file(harness: RedmineHarness) -> None:
    async with harness.open() as system:
        await done(system.backend, make_write())
        await harness.answer(case_id(1), "with a file", [("a.txt", b"abc")])
    ((number,),) = harness.redmine.rows("select max(id) from attachments")
    async with _open(harness, api_key={"env": OTHER_KEYS["nobody"]}) as system:
        assert system.downloader is not None
        with pytest.raises(AuthError):
            [chunk async for chunk in system.downloader.open(FileRef(str(number)))]


async def test_files_that_redmine_refuses_do_not_stop_their_message(harness: RedmineHarness) -> None:
    files = (make_file("large.png", bytes(3_000_000)), make_file("run.exe", b"MZ"), make_file("good.png", b"abc"))
    async with harness.open() as system:
        ticket = await done(system.backend, replace(make_write(), files=files))
        await done(system.backend, replace(make_write(step="b", ticket=ticket), files=files[:1]))
    opened, later = await harness.lines(case_id(1))
    refused = "[The file {} is too large for Redmine, or of a kind it refuses.]"
    assert opened.text == "\n".join([USER_TEXT, refused.format("large.png"), refused.format("run.exe")])
    assert later.text == "\n".join([USER_TEXT, refused.format("large.png")])
    assert await harness.files(case_id(1)) == [("good.png", b"abc")]


async def test_a_note_for_agents_is_not_written_where_it_could_not_be_hidden(harness: RedmineHarness) -> None:
    """Redmine would make it public without a word."""
    taken = "permissions = replace(permissions, '- :set_notes_private', '')"
    async with harness.open() as system:
        ticket = await done(system.backend, make_write())
        with harness.redmine.altered("roles", f"{taken} where name = 'Gateway'"):
            error = await _failed(system, make_write(step="b", action=TicketAction.NOTE, ticket=ticket))
            await done(system.backend, make_write(step="c", ticket=ticket))
        assert "private" in str(error)
        assert isinstance(error, AuthError)
    assert [line.for_agents for line in await harness.lines(case_id(1))] == [False, False]


async def test_a_ticket_that_was_moved_out_of_reach_is_gone(harness: RedmineHarness) -> None:
    async with harness.open() as system:
        ticket = await done(system.backend, make_write())
        with (
            harness.redmine.altered("issues", "project_id = 2"),
            harness.redmine.altered("members", "project_id = 99 where project_id = 2"),
        ):
            assert type(await _failed(system, make_write(step="b", ticket=ticket))) is GoneError


async def test_a_number_that_was_given_to_another_ticket_is_not_written_on(harness: RedmineHarness) -> None:
    async with harness.open() as system:
        other = await done(system.backend, make_write(2))
        for action in (TicketAction.MESSAGE, TicketAction.STATE):
            error = await _failed(system, make_write(1, "b", action, other))
            assert type(error) is GoneError
    assert len(await harness.lines(case_id(2))) == 1


async def test_without_rights_at_all_it_is_the_credential(harness: RedmineHarness) -> None:
    async with harness.open() as system:
        ticket = await done(system.backend, make_write())
        with harness.redmine.altered("roles", "permissions = '--- []' where name = 'Gateway'"):
            assert type(await _failed(system, make_write(step="b", ticket=ticket))) is AuthError


async def test_a_status_that_the_workflow_forbids_is_refused(harness: RedmineHarness) -> None:
    """Redmine leaves it out of the change without a word."""
    async with harness.open() as system:
        ticket = await done(system.backend, make_write())
        with harness.redmine.altered("workflows", "new_status_id = 1 where new_status_id = 3"):
            error = await _failed(system, make_write(step="b", action=TicketAction.STATE, ticket=ticket))
        assert type(error) is RejectedError
        assert "workflow" in str(error)


async def test_a_new_ticket_is_open_already(harness: RedmineHarness) -> None:
    async with harness.open() as system:
        ticket = await done(system.backend, make_write())
        write = make_write(step="b", action=TicketAction.STATE, ticket=ticket)
        for state, name in ((CaseState.OPEN, "New"), (CaseState.WAITING, "Feedback"), (CaseState.OPEN, "In Progress")):
            await done(system.backend, replace(write, state=state))
            query = "select s.name from issues i join issue_statuses s on s.id = status_id"
            assert harness.redmine.rows(query) == [(name,)]


async def test_a_field_that_is_no_filter_closes_nobodys_ticket(harness: RedmineHarness) -> None:
    """Redmine then answers every search with every issue."""
    loose = {"key_field": harness.redmine.seeded.fields["loose"]}
    async with harness.open() as system:
        await done(system.backend, make_write(1))
    async with _open(harness, **loose) as system:
        assert type(await _failed(system, make_write(2))) is ConfigError
        assert system.feed is not None
        with pytest.raises(ConfigError):
            await system.feed.fetch(None)
    assert harness.redmine.rows("select status_id from issues") == [(1,)]


async def test_a_field_that_a_tracker_lacks_is_told_and_the_ticket_closed(harness: RedmineHarness) -> None:
    mark = harness.redmine.seeded.fields["mark"]
    with harness.redmine.altered(
        "custom_fields_trackers", f"tracker_id = tracker_id + 90 where custom_field_id = {mark}"
    ):
        async with harness.open() as system:
            assert type(await _failed(system, make_write())) is ConfigError
    assert harness.redmine.rows("select status_id from issues") == [(6,)]


async def test_a_change_that_met_another_is_tried_again(harness: RedmineHarness) -> None:
    """Redmine answers 422 without a reason; seen here by an outdated form."""
    async with harness.open() as system:
        ticket = await done(system.backend, make_write())
        await harness.change(case_id(1), subject="another")
    async with harness.agent() as agent:
        stale = await agent.put(f"/issues/{ticket}.json", json={"issue": {"notes": "x", "lock_version": 0}})
    error = refusal(Answer("desk", stale.status_code, stale.headers, stale.content, is_safe=False), "x")
    assert (stale.status_code, type(error)) == (422, TransientError)


async def test_a_reason_is_told_without_a_users_words(harness: RedmineHarness) -> None:
    required = "is_required = 1 where name = 'Tags'"
    with harness.redmine.altered("custom_fields", required):
        async with harness.open() as system:
            told = str(await _failed(system, make_write()))
            hidden = str(await _failed(system, _texted("my words cannot be blank")))
    assert "Tags cannot be blank" in told
    assert "blank" not in hidden


async def test_it_goes_on_after_a_kill(harness: RedmineHarness) -> None:
    async with harness.open() as system:
        ticket = await done(system.backend, make_write())
        await harness.kill()
        error = await _failed(system, make_write(step="b", ticket=ticket))
        await harness.restart()
        assert isinstance(error, (TransientError, OutcomeUnknownError))
        assert await done(system.backend, again(make_write(step="b", ticket=ticket))) == ticket
    assert len(await harness.lines(case_id(1))) == 2


def _crowd(harness: RedmineHarness, count: int, at: str, note: str = "answer") -> None:
    """Make issues of ours behind Redmine's back that an agent has all answered in one second."""
    redmine, fields = harness.redmine, harness.redmine.seeded.fields
    first = redmine.rows("select coalesce(max(id), 0) from issues")[0][0] + 1
    numbers = range(first, first + count)
    times = {"created_on": at, "updated_on": at}
    always = {"tracker_id": 1, "project_id": 1, "subject": "s", "status_id": 1, "priority_id": 2, "lft": 1, "rgt": 2}
    ours = {**always, **times, "author_id": redmine.seeded.users["gateway"]["id"]}
    redmine.insert("issues", *({"id": number, "root_id": number, **ours} for number in numbers))
    key = {"customized_type": "Issue", "custom_field_id": fields["key"]}
    redmine.insert("custom_values", *({**key, "customized_id": number, "value": case_id(number)} for number in numbers))
    _say(harness, at, {number: f"{note} {number}" for number in numbers})


def _say(harness: RedmineHarness, at: str, notes: Mapping[int, str]) -> None:
    """Let the agent have written these notes at that time, by the numbers of their issues."""
    journal = {"journalized_type": "Issue", "user_id": harness.redmine.seeded.users["agent"]["id"], "private_notes": 0}
    rows = ({**journal, "journalized_id": number, "notes": note, "created_on": at} for number, note in notes.items())
    harness.redmine.insert("journals", *rows)


async def test_a_crowd_that_changed_in_one_second_is_given_once_in_bounded_pages(
    harness: RedmineHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, count in (("LIST", 10), ("READS", 5), ("MOST", 4)):
        monkeypatch.setattr(f"gateway.backends.redmine.feed.{name}", count)
    _crowd(harness, 1, "2026-11-20 11:00:00.000000", "old")
    async with harness.open() as system:
        assert system.feed is not None
        after = await _start(system)
        _crowd(harness, 33, "2026-11-20 12:00:00.000000")
        keys: list[str] = []
        sizes = []
        more = True
        while more:
            page = await system.feed.fetch(after)
            keys += [raw.key for raw in page.items]
            sizes.append(len(page.items))
            assert page.cursor != after
            after, more = page.cursor, page.more
        assert len(keys) == len(set(keys)) == 33
        assert max(sizes) <= 4
        assert await _news(harness, system, after) == []


async def test_what_is_committed_late_is_not_missed(harness: RedmineHarness) -> None:
    async with harness.open() as system:
        start = await _start(system)
        _crowd(harness, 1, "2026-11-20 12:00:20.000000")
        assert system.feed is not None
        page = await system.feed.fetch(start)
        assert len(page.items) == 1
        _crowd(harness, 1, "2026-11-20 12:00:05.000000", "late")
        assert [event.text for event in await _news(harness, system, page.cursor)] == ["late 2"]


async def test_a_second_answer_in_the_same_second_is_not_missed(harness: RedmineHarness) -> None:
    at = "2026-11-20 12:00:00.000000"
    async with harness.open() as system:
        start = await _start(system)
        _crowd(harness, 1, at)
        assert system.feed is not None
        page = await system.feed.fetch(start)
        _say(harness, at, {1: "one more"})
        assert [event.text for event in await _news(harness, system, page.cursor)] == ["one more"]


async def test_what_was_there_before_is_not_news_when_its_ticket_changes(harness: RedmineHarness) -> None:
    _crowd(harness, 3, "2026-11-20 12:00:00.000000", "old")
    async with harness.open() as system:
        start = await _start(system)
        harness.redmine.change("update issues set updated_on = '2026-11-20 12:30:00.000000'")
        await harness.change(case_id(2), notes="new")
        assert [event.text for event in await _news(harness, system, start)] == ["new"]


async def test_an_issue_at_rest_is_read_no_more(harness: RedmineHarness) -> None:
    clock = ManualClock()
    settings = harness.plugin.settings.model_validate(harness.settings())
    _crowd(harness, 2, "2026-11-20 12:00:00.000000")
    async with harness.plugin.open(Opening("desk", settings, clock)) as system:
        assert system.feed is not None
        after = await _start(system)
        await harness.change(case_id(1), notes="new")
        reads, cursors = [], []
        for _ in range(4):
            harness.proxy.calls.clear()
            page = await system.feed.fetch(after)
            after = page.cursor or after
            cursors.append(page.cursor is not None)
            reads.append(sum(call.path.startswith("/issues/") for call in harness.proxy.calls))
            clock.advance(2.5)
    assert reads == [2, 1, 1, 0], "each is read until nothing more can come in the same second"
    assert cursors == [True, False, True, False], "a cursor that is stored anew for nothing"


async def test_journals_come_in_order_even_where_our_user_likes_the_newest_first(
    harness: RedmineHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.backends.redmine.feed.MOST", 2)
    user = harness.redmine.seeded.users["gateway"]["id"]
    async with harness.open() as system:
        start = await _start(system)
        await done(system.backend, make_write())
        for number in range(3):
            await harness.act(case_id(1), "replied", f"answer {number}")
        with harness.redmine.altered(
            "user_preferences", f"others = '---\n:comments_sorting: desc\n' where user_id = {user}"
        ):
            async with harness.agent("gateway") as us:
                told = (await us.get(f"/issues/{harness.tickets(case_id(1))[0]}.json?include=journals")).json()
            assert [each["notes"] for each in told["issue"]["journals"]] == ["answer 2", "answer 1", "answer 0"]
            events = await _news(harness, system, start)
    assert [event.text for event in events] == ["answer 0", "answer 1", "answer 2"]


async def test_an_issue_that_is_deleted_is_passed_over(harness: RedmineHarness) -> None:
    async with harness.open() as system:
        start = await _start(system)
        for number in (1, 2):
            await done(system.backend, make_write(number))
            await harness.act(case_id(number), "replied", f"answer {number}")
        await harness.lose(case_id(1))
        assert [event.text for event in await _news(harness, system, start)] == ["answer 2"]


async def _told(harness: RedmineHarness, **settings: object) -> list[str]:
    """Return what `check` finds wrong."""
    async with _open(harness, **settings) as system:
        report = await system.backend.check()
    return [check.detail for check in report.checks if not check.ok]


async def test_check_names_each_right_that_is_missing(harness: RedmineHarness) -> None:
    told = await _told(harness, api_key={"env": OTHER_KEYS["limited"]})
    rights = ("Edit own issues", "Add notes", "View private notes", "Set notes as private")
    lacks = 'our user lacks the right "{}" in the project intake; give it to his role'
    assert told == [lacks.format(right) for right in rights]


async def test_check_names_what_is_wrong_with_names_and_projects(harness: RedmineHarness) -> None:
    told = await _told(
        harness,
        tracker="Complaint",
        queues={"money": "no-such-project"},
        states={"waiting": "Parked"},
        priorities={"low": "Whenever"},
    )
    assert len(told) == 3
    assert 'no status named "Parked"' in told[0]
    assert 'no tracker for the project Intake named "Complaint"' in told[1]
    assert "the project no-such-project is not there for our user" in told[2]
    (priority,) = await _told(harness, priorities={"low": "Whenever"})
    assert 'no priority named "Whenever"' in priority


@pytest.mark.parametrize(
    ("table", "change", "sentence"),
    [
        ("projects", "is_public = 1", "anybody may write notes in the public project intake"),
        ("projects", "status = 5", "the project intake is closed"),
        ("enabled_modules", "name = 'wiki'", "the project intake has no issue tracking"),
        ("custom_fields", "is_filter = 0", "does not search by the custom field 1"),
        ("custom_fields", "visible = 0 where name = 'Requester'", "lacks the custom fields 3 (requester_field)"),
    ],
)
async def test_check_names_what_is_wrong_in_redmine(
    harness: RedmineHarness, table: str, change: str, sentence: str
) -> None:
    async with harness.open() as system:
        await done(system.backend, make_write())
        assert (await system.backend.check()).ok
        with harness.redmine.altered(table, change):
            report = await system.backend.check()
    assert any(sentence in check.detail for check in report.checks if not check.ok), report


async def test_check_knows_a_wrong_key_from_an_interface_that_is_off(harness: RedmineHarness) -> None:
    assert await _told(harness, api_key={"env": OTHER_KEYS["nobody"]}) == [
        "Redmine does not know the API key; take it from our user's account page"
    ]
    with harness.redmine.setting("rest_api_enabled", "0"):
        (told,) = await _told(harness)
    assert "switch on its REST web service" in told
    assert await _told(harness) == []
