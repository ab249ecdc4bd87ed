"""The Request Tracker backend, on a real RT 5, keeps the backend contract and what is promised of RT alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from gateway.backends.rt.events import NORMALIZER
from gateway.case import CaseState, Priority
from gateway.errors import AuthError, ConfigError, GoneError, RejectedError
from gateway.ports import Cursor, Failed, Raw, Report, TicketAction, TicketEvent, TicketSystem
from gateway.testing.backends import (
    CHECKS,
    USER_TEXT,
    Check,
    Line,
    again,
    case_id,
    done,
    make_entry,
    make_file,
    make_write,
    submit,
)
from tests.backends.rt_harness import TOKEN, RtHarness, rt_harness
from tests.backends.rt_server import RequestTracker, Template
from tests.conftest import ManualClock


@pytest.fixture(scope="session")
def template() -> Iterator[Template]:
    with Template.make() as made:
        yield made


@pytest.fixture(scope="session")
def server(template: Template) -> Iterator[RequestTracker]:
    """One server for the whole run; no test finds another's tickets."""
    started = RequestTracker.start(template, "shared")
    yield started
    started.stop()


@pytest.fixture
async def harness(
    server: RequestTracker, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[RtHarness]:
    monkeypatch.setenv(TOKEN, server.token("gateway"))
    async with rt_harness(server, clock) as opened:
        yield opened


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_contract(check: Check, harness: RtHarness) -> None:
    await check(harness)


@asynccontextmanager
async def as_user(
    server: RequestTracker, clock: ManualClock, user: str, monkeypatch: pytest.MonkeyPatch, **settings: Any
) -> AsyncIterator[RtHarness]:
    monkeypatch.setenv(TOKEN, server.token(user))
    async with rt_harness(server, clock, **settings) as opened:
        yield opened


async def acts(system: TicketSystem, after: Cursor | None) -> list[TicketEvent]:
    """Return all that the feed tells after a place."""
    assert system.feed is not None
    found = []
    while (page := await system.feed.fetch(after)).items or page.more:
        found += [event for raw in page.items for event in NORMALIZER.normalize(raw)]
        after = page.cursor
    return [event for event in found if isinstance(event, TicketEvent)]


async def beginning(system: TicketSystem) -> Cursor | None:
    assert system.feed is not None
    return (await system.feed.fetch(None)).cursor


def texts(report: Report) -> str:
    return "\n".join(f"{check.name}: {check.detail}" for check in report.checks if not check.ok)


async def test_the_user_is_mailed_nothing_whatever_is_done_on_the_ticket(harness: RtHarness) -> None:
    async with harness.open() as system:
        ticket = await done(system.backend, make_write(1))
        await done(system.backend, make_write(1, "b", ticket=ticket))
    await harness.answer(case_id(1), "an answer")
    await harness.change(int(ticket), Status="resolved")
    assert not [mail for mail in harness.server.mails() if b"user1@example.test" in mail]


async def test_a_ticket_that_others_open_does_mail(harness: RtHarness) -> None:
    """So the test above can fail."""
    data = {"Queue": "Intake", "Subject": "s", "Requestor": "user2@example.test", "Content": "t"}
    async with harness.agent() as agent:
        (await agent.post("/ticket", json=data)).raise_for_status()
    assert [mail for mail in harness.server.mails() if b"To: user2@example.test" in mail]


async def test_a_note_that_opens_a_ticket_is_never_public(harness: RtHarness) -> None:
    async with harness.open() as system:
        ticket = await done(system.backend, make_write(1, action=TicketAction.NOTE))
    said = harness.server.rows(
        "select x.Type from Transactions x join Attachments a on a.TransactionId = x.id "
        "where x.ObjectType = 'RT::Ticket' and x.ObjectId = ?",
        int(ticket),
    )
    assert said == [("Comment",)]


@pytest.mark.parametrize("settings", [{}, {"queue": "Unique", "key_field": "OnlyOnce"}], ids=["plain", "unique"])
async def test_two_at_once_leave_one_ticket(
    server: RequestTracker, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]
) -> None:
    """With unique values RT leaves the second ticket's field empty, without a word: that one is given up."""
    write = again(make_write(1))
    async with as_user(server, clock, "gateway", monkeypatch, **settings) as harness:
        async with harness.open() as one, harness.open() as two:
            await asyncio.gather(*(submit(system.backend, [write]) for system in (one, two)))
            made = sum(call.path.endswith("/ticket") and call.status == 201 for call in harness.proxy.calls)
            assert made == 2, "no race"
            kept = await done(one.backend, write)
            assert await done(two.backend, write) == kept
        assert harness.tickets(case_id(1)) == [int(kept)]
        assert await harness.lines(case_id(1)) == [Line(USER_TEXT, for_agents=False)]
        (orphan,) = harness.server.rows(
            "select id from Tickets where Creator = ? and Created > '2021-01-01' and id <> ?",
            server.id_of("gateway"),
            int(kept),
        )
        assert harness.status(orphan[0]) == "rejected"


async def test_a_ticket_that_landed_late_is_given_up(
    server: RequestTracker, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An attempt whose answer was lost makes its ticket after the next one has: RT refuses it the key."""
    write, settings = make_write(1), {"queue": "Unique", "key_field": "OnlyOnce"}
    async with as_user(server, clock, "gateway", monkeypatch, **settings) as harness, harness.open() as system:
        kept = await done(system.backend, write)
        (call,) = [call for call in harness.proxy.calls if call.path.endswith("/ticket")]
        async with harness.agent("gateway") as late:
            answer = await late.post("/ticket", content=call.body, headers={"content-type": "application/json"})
        orphan = int(answer.json()["id"])
        assert harness.status(orphan) == "new"
        assert await done(system.backend, again(write)) == kept
        assert harness.status(orphan) == "rejected"


async def test_a_merged_ticket_is_followed(harness: RtHarness) -> None:
    async with harness.open() as system:
        start = await beginning(system)
        first = await done(system.backend, make_write(1))
        second = await done(system.backend, make_write(2))
        await harness.change(int(second), MergeInto=int(first))
        write = make_write(2, "b", ticket=second)
        await done(system.backend, write)
        await done(system.backend, again(write))
        assert await done(system.backend, again(make_write(2))) == first
        await harness.say(int(first), "to both")
        events = await acts(system, start)
    assert [(event.kind, event.ticket, event.into, event.case_id) for event in events] == [
        ("merged", second, first, case_id(2)),
        ("replied", first, "", case_id(1)),
    ]
    assert len(await harness.lines(case_id(1))) == 2, "the later message stands on the ticket that is left, once"


async def test_answers_on_a_foreign_ticket_that_ours_was_merged_into_are_told(harness: RtHarness) -> None:
    async with harness.open() as system:
        start = await beginning(system)
        ours = await done(system.backend, make_write(1))
        async with harness.agent() as agent:
            data = {"Queue": "Intake", "Subject": "by phone", "Content": "they called"}
            theirs = str((await agent.post("/ticket", json=data)).json()["id"])
            alone = int((await agent.post("/ticket", json=data)).json()["id"])
        await harness.say(alone, "not ours")
        await harness.change(int(ours), MergeInto=int(theirs))
        await harness.say(int(theirs), "an answer")
        events = await acts(system, start)
    assert [(event.kind, event.ticket, event.case_id, event.text) for event in events] == [
        ("merged", ours, case_id(1), ""),
        ("replied", theirs, case_id(1), "an answer"),
    ]


async def test_a_deleted_ticket_is_told_and_not_brought_back(harness: RtHarness) -> None:
    async with harness.open() as system:
        start = await beginning(system)
        ticket = await done(system.backend, make_write(1))
        await harness.lose(case_id(1))
        for action in (TicketAction.MESSAGE, TicketAction.NOTE, TicketAction.STATE):
            answer = (await submit(system.backend, [write := make_write(1, "b", action, ticket)]))[write.key]
            assert isinstance(answer, Failed)
            assert isinstance(answer.error, GoneError)
        assert [(event.kind, event.case_id) for event in await acts(system, start)] == [("deleted", case_id(1))]
    assert harness.status(int(ticket)) == "deleted"


async def test_what_rt_does_by_itself_because_of_us_is_no_agents_act(harness: RtHarness) -> None:
    """A message on a ticket that is resolved opens it by a scrip, in the name of RT itself."""
    async with harness.open() as system:
        ticket = await done(system.backend, make_write(1))
        await harness.change(int(ticket), Status="resolved")
        start = await beginning(system)
        await done(system.backend, make_write(1, "b", ticket=ticket))
        assert harness.status(int(ticket)) == "open"
        assert await acts(system, start) == []


async def test_only_an_agent_answers(harness: RtHarness) -> None:
    """The requester may write to RT by mail, beside us: what he says is never sent to him as the desk's answer."""
    async with harness.open() as system:
        ticket = await done(system.backend, make_write(1))
        start = await beginning(system)
        await harness.say(int(ticket), "I ask again", user="user1@example.test")
        await harness.say(int(ticket), "an answer")
        assert [event.text for event in await acts(system, start)] == ["an answer"]


async def test_an_answer_in_html_becomes_text(harness: RtHarness) -> None:
    async with harness.open() as system:
        ticket = await done(system.backend, make_write(1))
        start = await beginning(system)
        html = "<p>Größe &amp; 提现 🙏</p><p>see <a href='https://example.test/a'>here</a></p>"
        await harness.say(int(ticket), html, [("a.png", b"\x89PNG")], kind="text/html")
        (event,) = await acts(system, start)
    assert event.text == "Größe & 提现 🙏\n\nsee here (https://example.test/a)"
    assert [(file.name, file.size) for file in event.attached] == [("a.png", 4)]
    assert event.author == "Agent Example"


async def test_files_keep_their_bytes_whatever_they_are(harness: RtHarness) -> None:
    """RT writes texts anew in UTF-8 and refuses what is empty, or named like Perl's idea of nothing."""
    latin = "größer\r\nzurück\r\n".encode("latin-1")
    wanted = {
        "latin.txt": (latin, "text/plain"),
        "utf8.txt": ("größer 提现\r\n".encode(), "text/plain; charset=iso-8859-1"),
        "wide.txt": ("größer".encode("utf-16"), "text/plain"),
        "mail.eml": (b"Subject: =?utf-8?q?a?=\r\nContent-Type: text/html\r\n\r\n" + latin, "message/rfc822"),
        "page.html": ("<p>ü</p>\r\n".encode(), "text/html"),
        "odd.bin": (b"--\r\n", "multipart/mixed"),
        'quo"te.bin': (b"x", "not a type"),
        "a\\b;c=d %22 'e'.bin": (b"y", "application/octet-stream"),
    }
    files = tuple(make_file(name, data, kind) for name, (data, kind) in wanted.items())
    write = replace(make_write(1), files=(*files, make_file("empty.png", b""), make_file("0", b"nought")))
    async with harness.open() as system:
        await done(system.backend, write)
    got = dict(await harness.files(case_id(1)))
    assert got.pop("0.bin") == b"nought"
    assert got == {name.replace('"', "'"): data for name, (data, _) in wanted.items()}
    assert [line.text for line in await harness.lines(case_id(1))] == [f"{USER_TEXT}\nEmpty file: empty.png"]


async def test_a_text_that_is_nothing_to_perl_is_kept(harness: RtHarness) -> None:
    async with harness.open() as system:
        for step, text in (("a", "0"), ("b", "\x00\x07"), ("c", "a\x00b\ud800c")):
            write = make_write(1, step)
            await done(system.backend, replace(write, entry=make_entry(1, text)))
    assert [line.text for line in await harness.lines(case_id(1))] == ["0\n", "(no text)", "abc"]


async def test_a_case_is_mapped_by_configuration(
    server: RequestTracker, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {
        "queues": {"vip": "Other"},
        "fields": {"channel": "Channel"},
        "priorities": {"high": "40"},
        "tags_field": "Tags",
    }
    write = make_write(1)
    case = write.case.model_copy(update={"priority": Priority.HIGH, "tags": ("scam", "提现"), "subject": "Größe\n2"})
    async with as_user(server, clock, "gateway", monkeypatch, **settings) as harness:
        async with harness.open() as system:
            ticket = await done(system.backend, replace(write, case=case))
            other = make_write(2)
            elsewhere = other.case.model_copy(update={"queue": "vip"})
            moved = await done(system.backend, replace(other, case=elsewhere))
        async with harness.agent() as agent:
            told = (await agent.get(f"/ticket/{ticket}")).json()
            queue = (await agent.get(f"/ticket/{moved}")).json()["Queue"]["id"]
            assert (await agent.get(f"/queue/{queue}")).json()["Name"] == "Other"
    fields = {field["name"]: field["values"] for field in told["CustomFields"]}
    assert fields == {"ExternalKey": [case_id(1)], "Channel": ["support"], "Tags": ["scam", "提现"]}
    assert (told["Subject"], told["Priority"]) == ("Größe 2", "40")
    assert [user["id"] for user in told["Requestor"]] == ["user1@example.test"]


async def test_states_are_set_and_seen_to_be_set(harness: RtHarness) -> None:
    async with harness.open() as system:
        ticket = await done(system.backend, make_write(1))
        for state, status in ((CaseState.OPEN, "new"), (CaseState.WAITING, "stalled"), (CaseState.OPEN, "open")):
            write = make_write(1, "b", TicketAction.STATE, ticket)
            await done(system.backend, replace(write, state=state))
            assert harness.status(int(ticket)) == status


async def test_a_status_that_rt_does_not_take_is_no_success(
    server: RequestTracker, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"states": {"solved": "done"}}
    async with as_user(server, clock, "gateway", monkeypatch, **settings) as harness, harness.open() as system:
        ticket = await done(system.backend, make_write(1))
        write = make_write(1, "b", TicketAction.STATE, ticket)
        answer = (await submit(system.backend, [write]))[write.key]
    assert isinstance(answer, Failed)
    assert type(answer.error) is RejectedError


async def test_what_is_committed_late_is_told_all_the_same(harness: RtHarness) -> None:
    """An id is taken before its transaction is seen: the lower of two may be seen after the higher."""
    async with harness.open() as system:
        assert system.feed is not None
        ticket = await done(system.backend, make_write(1))
        start = await beginning(system)
        await harness.say(int(ticket), "slow")
        (low,) = harness.server.rows("select max(id) from Transactions where Type = 'Correspond'")[0]
        harness.server.change("update Transactions set ObjectType = 'Hidden' where id = ?", low)
        await harness.say(int(ticket), "quick")
        page = await system.feed.fetch(start)
        assert [event.text for event in map(one, page.items)] == ["quick"]
        harness.server.change("update Transactions set ObjectType = 'RT::Ticket' where id = ?", low)
        assert [event.text for event in await acts(system, page.cursor)] == ["slow"]


def one(raw: Raw) -> TicketEvent:
    (event,) = NORMALIZER.normalize(raw)
    assert isinstance(event, TicketEvent)
    return event


@pytest.mark.parametrize(
    ("user", "queue", "said"),
    [
        ("stranger", "Intake", ["give it SeeQueue there"]),
        ("gateway", "Nowhere", ["there is no queue Nowhere"]),
        ("gateway", "Bare", ["make the custom field ExternalKey, apply it to Bare"]),
        (
            "reader",
            "Intake",
            ["CreateTicket in Intake", "ReplyToTicket to add", "CommentOnTicket to add", "ModifyTicket to change"],
        ),
    ],
)
async def test_each_missing_right_is_told(
    harness: RtHarness,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
    user: str,
    queue: str,
    said: Sequence[str],
) -> None:
    async with harness.open() as system:
        await done(system.backend, make_write(1))
    async with as_user(harness.server, clock, user, monkeypatch, queue=queue) as other, other.open() as system:
        report = await system.backend.check()
    assert not report.ok
    assert not [text for text in said if text not in texts(report)], texts(report)


async def test_a_user_who_is_no_agent_is_told_so(
    server: RequestTracker, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with as_user(server, clock, "user1@example.test", monkeypatch) as harness, harness.open() as system:
        assert "privileged" in texts(await system.backend.check())


async def test_a_right_that_is_missing_is_an_auth_error_not_a_lost_message(
    harness: RtHarness, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RT itself says 400 to a reply without the right, and success to a change of status."""
    async with harness.open() as system:
        ticket = await done(system.backend, make_write(1))
    async with as_user(harness.server, clock, "reader", monkeypatch) as reader, reader.open() as system:
        for action in (TicketAction.MESSAGE, TicketAction.NOTE, TicketAction.STATE):
            write = make_write(1, "b", action, ticket)
            answer = (await submit(system.backend, [write]))[write.key]
            assert isinstance(answer, Failed)
            assert isinstance(answer.error, AuthError), action


async def test_no_ticket_is_made_that_cannot_bear_its_key(
    server: RequestTracker, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = make_write(1)
    async with as_user(server, clock, "gateway", monkeypatch, queue="Bare") as harness, harness.open() as system:
        answer = (await submit(system.backend, [write]))[write.key]
        assert isinstance(answer, Failed)
        assert isinstance(answer.error, ConfigError)
        assert not [call for call in harness.proxy.calls if call.method == "POST"]


async def test_a_ticket_that_is_refused_its_key_is_the_only_one(
    server: RequestTracker, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without SetInitialCustomField RT makes the ticket and leaves the field empty: said, and never made again."""
    write = make_write(1)
    async with as_user(server, clock, "unkeyed", monkeypatch) as harness, harness.open() as system:
        answer = (await submit(system.backend, [write]))[write.key]
        assert isinstance(answer, Failed)
        assert isinstance(answer.error, ConfigError)
        assert "SetInitialCustomField" in str(answer.error)
        await done(system.backend, write)
        assert sum(call.path.endswith("/ticket") for call in harness.proxy.calls) == 1
        assert "SetInitialCustomField" in texts(await system.backend.check())


async def test_setup_makes_the_field_once_and_tells_what_is_done_by_hand(
    server: RequestTracker, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with as_user(server, clock, "maker", monkeypatch, key_field="MadeKey") as harness, harness.open() as system:
        assert system.setup is not None
        field, applied = await system.setup.plan("")
        assert (field.done, applied.done) == (False, False)
        assert (await system.setup.make(field, "")).done
        assert (await system.setup.make(field, "")).done
        assert [step.done for step in await system.setup.plan("")] == [True, False]
        with pytest.raises(ConfigError, match="Applies to"):
            await system.setup.make(applied, "")
        assert server.rows("select Type, MaxValues from CustomFields where Name = 'MadeKey'") == [("Freeform", 1)]
    async with as_user(server, clock, "gateway", monkeypatch) as harness, harness.open() as system:
        assert system.setup is not None
        assert all(step.done for step in await system.setup.plan(""))
    async with as_user(server, clock, "gateway", monkeypatch, key_field="Nix") as harness, harness.open() as system:
        assert system.setup is not None
        with pytest.raises(AuthError, match="AdminCustomField"):
            await system.setup.make((await system.setup.plan(""))[0], "")


async def test_a_server_that_dies_takes_each_write_once(
    template: Template, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TOKEN, template.users["gateway"]["token"])
    server = RequestTracker.start(template, "dies")
    try:
        harness = RtHarness(server, clock)
        await harness.start()
        async with harness.open() as system:
            writes = [make_write(number) for number in range(1, 7)]
            calls = asyncio.ensure_future(submit(system.backend, writes))
            while sum(call.method == "POST" and call.status == 201 for call in harness.proxy.calls) < 2:
                await asyncio.sleep(0.01)
            await harness.kill()
            answers = await calls
            await harness.restart()
            rest = [again(write) for write in writes if isinstance(answers[write.key], Failed)]
            assert rest
            for write in rest:
                await done(system.backend, write)
        assert sorted(held.key for held in await harness.held()) == sorted(write.key for write in writes)
        await harness.proxy.stop()
    finally:
        server.stop()
