"""What is special to Jira: its late search, marks and files, documents, customers, limits, webhooks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.backends._hooks import HINTS, STREAM
from gateway.backends._parts import mark_of
from gateway.backends.jira.adf import document, plain_text
from gateway.backends.jira.feed import LIST, PAGE
from gateway.backends.jira.tickets import MOST_TEXT
from gateway.case import CaseState, Party, Priority
from gateway.errors import (
    AuthError,
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
from gateway.sandbox.tickets import _base
from gateway.sandbox.tickets.jira import AGENT, GATEWAY, ROBOT
from gateway.testing.backends import START, USER_TEXT, case_id, make_entry, make_file, make_write
from tests.conftest import ManualClock
from tests.contract.jira_harness import SECRET, TOKEN, JiraHarness, jira_harness
from tests.openapi import OpenApi

ADDRESS = "https://gateway.example.test/in/desk"
NOT_DESCRIBED = ("/rest/api/3/search/jql", "/rest/api/3/issue/bulkfetch")
"""Calls of the platform that are newer than the description."""


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_JIRA_TOKEN", TOKEN)
    monkeypatch.setenv("TEST_JIRA_SECRET", SECRET)


@pytest.fixture
async def harness(clock: ManualClock) -> AsyncIterator[JiraHarness]:
    async with jira_harness(clock) as harness:
        yield harness


async def done(system: TicketSystem, write: TicketWrite) -> TicketRef:
    (answer,) = await system.backend.submit([write])
    assert isinstance(answer, Done), answer
    return answer.ticket


async def failed(system: TicketSystem, write: TicketWrite) -> GatewayError:
    try:
        (answer,) = await system.backend.submit([write])
    except GatewayError as error:
        return error
    assert isinstance(answer, Failed), answer
    return answer.error


def again(write: TicketWrite, ticket: TicketRef | None = None) -> TicketWrite:
    return replace(write, doubtful=True, ticket=ticket)


async def news(system: TicketSystem, after: Cursor | None) -> tuple[list[Raw], Cursor | None]:
    """Fetch until there is no more; return the raws and the last cursor."""
    assert system.feed is not None
    raws: list[Raw] = []
    while True:
        page = await system.feed.fetch(after)
        raws += page.items
        after = page.cursor or after
        if not page.more and not page.items:
            return raws, after


def events(harness: JiraHarness, raws: Sequence[Raw]) -> list[TicketEvent]:
    assert harness.plugin.normalizer is not None
    found = [event for raw in raws for event in harness.plugin.normalizer.normalize(raw)]
    return [event for event in found if isinstance(event, TicketEvent)]


async def test_a_case_is_mapped_as_it_is_configured(clock: ManualClock) -> None:
    mapping: dict[str, Any] = {
        "queues": {"vip": "8"},
        "components": {"vip": "Important"},
        "priorities": {"urgent": "Highest"},
        "tags": {"noise": ""},
        "fields": {"platform": "customfield_10100"},
    }
    async with jira_harness(clock, **mapping) as harness:
        write = make_write()
        party = Party(platform="telegram", address="77", id="77", name="Ana Пример")
        changes = {"queue": "vip", "priority": Priority.URGENT, "tags": ("two words", "noise"), "requester": party}
        async with harness.open() as system:
            ticket = await done(system, replace(write, case=write.case.model_copy(update=changes)))
        issue = harness.jira.issues[ticket]
    assert issue["fields"]["labels"] == [case_id(1), "two-words"]
    assert issue["fields"]["priority"] == {"name": "Highest"}
    assert issue["fields"]["components"] == [{"name": "Important"}]
    assert issue["fields"]["customfield_10100"] == "email"
    assert issue["fields"]["reporter"]["emailAddress"] == "telegram-77@users.invalid"
    assert issue["fields"]["reporter"]["displayName"] == "Ana Пример"
    assert issue["properties"] == {"gatehouse": {"case": case_id(1)}}
    assert harness.plugin.page_of(harness.plugin.settings.model_validate(harness.settings()), ticket).endswith(
        "/browse/DESK-1"
    )


async def test_a_value_that_jira_refuses_costs_no_ticket(clock: ManualClock) -> None:
    """The number is set all the same, and the ticket is found and kept."""
    async with jira_harness(clock, priorities={"normal": "No such"}) as harness, harness.open() as system:
        assert isinstance(await failed(system, make_write()), OutcomeUnknownError)
        assert await system.backend.find(make_write()) == "DESK-1"
    assert harness.jira.issues["DESK-1"]["fields"]["labels"] == [case_id(1)]


@pytest.mark.parametrize("lag", [0, 120])
@pytest.mark.parametrize("others", [0, 130])
async def test_a_doubtful_opening_is_found_however_late_the_index_is(
    harness: JiraHarness, lag: int, others: int
) -> None:
    """The answer to the opening is lost; then many others come, of which the index knows nothing either."""
    harness.jira.index_lag = timedelta(seconds=lag)
    async with harness.open() as system:
        await done(system, make_write(2))
        harness.jira.plan(_base.Fault(takes=True, cut=True, of=case_id(1), changes_only=True, times=1))
        assert isinstance(await failed(system, make_write(1)), OutcomeUnknownError)
    for number in range(others):
        template = json.loads(json.dumps(harness.jira.issues["DESK-1"]))
        harness.jira.issues[f"DESK-{number + 3}"] = template | {"key": f"DESK-{number + 3}"}
    async with harness.open() as system:
        assert await system.backend.find(make_write(1)) == "DESK-2"
        assert await done(system, again(make_write(1))) == "DESK-2"
    assert [key for key, issue in harness.jira.issues.items() if case_id(1) in json.dumps(issue)] == ["DESK-2"]
    assert case_id(1) in harness.jira.issues["DESK-2"]["fields"]["labels"]


async def test_gaps_in_the_keys_are_looked_over(harness: JiraHarness) -> None:
    harness.jira.index_lag = timedelta(minutes=2)
    async with harness.open() as system:
        await done(system, make_write(2))
        harness.jira._numbers = 90
        ticket = await done(system, make_write(1))
    async with harness.open() as system:
        assert await system.backend.find(make_write(1)) == ticket == "DESK-91"


async def test_a_double_that_a_race_made_is_closed_and_named(harness: JiraHarness) -> None:
    async with harness.open() as system:
        first, second = await done(system, make_write()), await done(system, make_write())
        assert await system.backend.find(make_write()) == first
        assert await system.backend.find(make_write()) == first
    fields = harness.jira.issues[second]["fields"]
    assert (fields["status"]["name"], fields["labels"]) == ("Resolved", [case_id(1), "gatehouse-double"])
    (note,) = harness.jira.comments[second]
    assert not note["jsdPublic"]
    assert first in plain_text(note["body"])


@pytest.mark.parametrize("lag", [0, 120])
async def test_an_agents_clone_of_a_request_is_no_double(harness: JiraHarness, lag: int) -> None:
    """A clone has everything of a request but who made it."""
    harness.jira.index_lag = timedelta(seconds=lag)
    async with harness.open() as system:
        first = await done(system, make_write())
        clone = json.loads(json.dumps(harness.jira.issues[first])) | {"id": "77", "key": "DESK-2"}
        clone["fields"]["creator"] = harness.jira.users[AGENT]
        harness.jira.issues["DESK-2"], harness.jira._numbers = clone, 2
        harness.jira.comments["DESK-2"], harness.jira.changelog["DESK-2"] = [], []
        harness.jira._touch("DESK-2")
        assert await system.backend.find(make_write()) == first
    assert harness.jira.comments["DESK-2"] == []
    assert "gatehouse-double" not in clone["fields"]["labels"]


async def test_text_without_its_files_is_gone_on_with_and_not_repeated(harness: JiraHarness) -> None:
    """The line breaks between the text and its files, at the opening and at an append."""
    for number, step in ((1, "a"), (2, "b")):
        async with harness.open() as system:
            ticket = await done(system, make_write(number, "z")) if step == "b" else None
            write = replace(make_write(number, step), ticket=ticket, files=(make_file("a.png", b"x" * 70_000),))
            harness.jira.plan(_base.Fault(cut=True, of="/attachment", changes_only=True))
            assert isinstance(await failed(system, write), OutcomeUnknownError)
            harness.jira.mend()
            assert await system.backend.find(write) is None
            ticket = await done(system, again(write, ticket))
            assert await system.backend.find(write) == ticket
        texts = [line.text for line in await harness.lines(case_id(number))]
        assert texts.count(USER_TEXT) == (1 if step == "a" else 2)
        assert await harness.files(case_id(number)) == [("a.png", b"x" * 70_000)]


async def test_what_is_for_agents_never_stands_in_a_description(harness: JiraHarness) -> None:
    async with harness.open() as system:
        await done(system, make_write(action=TicketAction.NOTE))
    assert "an agent's eyes alone" not in json.dumps(harness.jira.issues)
    (note,) = harness.jira.comments["DESK-1"]
    assert (plain_text(note["body"]), note["jsdPublic"]) == ("an agent's eyes alone", False)


async def test_a_note_that_jira_makes_public_is_deleted(harness: JiraHarness) -> None:
    made = json.dumps({"id": "10003", "jsdPublic": True}).encode()
    async with harness.open() as system:
        ticket = await done(system, make_write())
        harness.jira.plan(_base.Fault(201, made, takes=True, of="eyes alone"))
        error = await failed(system, make_write(step="b", action=TicketAction.NOTE, ticket=ticket))
    assert isinstance(error, RejectedError)
    last = harness.jira.calls[-1]
    assert (last.request.method, last.path) == ("DELETE", "/rest/api/3/issue/DESK-1/comment/10003")


async def test_a_text_too_long_for_jira_is_cut_and_says_so(harness: JiraHarness) -> None:
    write = replace(make_write(), entry=make_entry(text="a line\n" * 6_000))
    async with harness.open() as system:
        await done(system, write)
    (line,) = await harness.lines(case_id(1))
    assert line.text.endswith("(cut here; the gateway has the rest)")
    assert len(line.text) < MOST_TEXT + 50


@pytest.mark.parametrize("hides", [False, True])
async def test_a_customer_is_made_once_and_found_afterwards(clock: ManualClock, hides: bool) -> None:
    """Also where his account is there already, outside the desk, and where addresses are hidden."""
    async with jira_harness(clock) as harness:
        harness.jira.hides_mails = hides
        harness.jira.users["qm:old"] = {
            "accountId": "qm:old",
            "emailAddress": "user2@example.test",
            "accountType": "customer",
            "displayName": "Old",
        }
        for number in (1, 2, 1, 2):
            async with harness.open() as system:
                await done(system, make_write(number))
                await done(system, make_write(number))
    reporters = {issue["fields"]["reporter"]["accountId"] for issue in harness.jira.issues.values()}
    assert len(reporters) == 2
    assert "qm:old" in reporters
    assert reporters <= harness.jira.desk_customers


async def test_without_the_right_to_make_customers_tickets_come_all_the_same(harness: JiraHarness) -> None:
    harness.jira.rights.discard("ADMINISTER")
    async with harness.open() as system:
        ticket = await done(system, make_write())
    assert harness.jira.issues[ticket]["fields"]["reporter"]["accountId"] == GATEWAY


async def test_a_state_is_reached_by_its_transition_once(harness: JiraHarness) -> None:
    write = make_write(step="b", action=TicketAction.STATE)
    async with harness.open() as system:
        ticket = await done(system, make_write())
        for _ in range(2):
            await done(system, replace(write, ticket=ticket, state=CaseState.WAITING))
        assert await harness.state(case_id(1)) == CaseState.WAITING
        del harness.jira.statuses["3"]
        error = await failed(system, replace(write, ticket=ticket))
    assert isinstance(error, RejectedError)
    assert "Resolved" in str(error)
    assert len(harness.jira.changelog[ticket]) == 1


async def test_a_project_that_is_not_shown_any_more_is_no_lost_ticket(harness: JiraHarness) -> None:
    async with harness.open() as system:
        ticket = await done(system, make_write())
        harness.jira.rights.discard("BROWSE_PROJECTS")
        assert isinstance(await failed(system, make_write(step="b", ticket=ticket)), AuthError)
        harness.jira.rights.add("BROWSE_PROJECTS")
        harness.jira.delete(ticket)
        assert isinstance(await failed(system, make_write(step="b", ticket=ticket)), GoneError)


async def test_a_limit_of_one_issue_parks_that_one_alone(harness: JiraHarness) -> None:
    headers = {"retry-after": "5", "ratelimit-reason": "jira-per-issue-on-write"}
    async with harness.open() as system:
        ticket = await done(system, make_write())
        harness.jira.plan(_base.Fault(429, headers=headers, of="/comment", times=1))
        one = await failed(system, make_write(step="b", ticket=ticket))
        harness.jira.plan(_base.Fault(429, headers=headers | {"ratelimit-reason": "jira-burst-based"}, of="/comment"))
        all_ = await failed(system, make_write(step="b", ticket=ticket))
    assert isinstance(one, RateLimitedError)
    assert (one.item, one.retry_after) == (True, timedelta(seconds=5))
    assert isinstance(all_, RateLimitedError)
    assert not all_.item


async def test_what_is_left_of_a_limit_is_kept_to(harness: JiraHarness, clock: ManualClock) -> None:
    """No call is made that Jira would refuse, and the wait ends with the minute."""
    harness.jira.per_minute = 20
    async with harness.open() as system:
        number = 0
        while not isinstance(error := await outcome(system, make_write(number := number + 1)), RateLimitedError):
            assert error is None or isinstance(error, OutcomeUnknownError)
        assert error.retry_after == timedelta(minutes=1)
        assert [call for call in harness.jira.calls if call.status == 429] == []
        clock.advance(60)
        await done(system, make_write(99))


async def outcome(system: TicketSystem, write: TicketWrite) -> GatewayError | None:
    try:
        (answer,) = await system.backend.submit([write])
    except GatewayError as error:
        return error
    return answer.error if isinstance(answer, Failed) else None


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (_base.Fault(200, b"<html>"), OutcomeUnknownError),
        (_base.Fault(200, b'{"issueKey": 7}'), OutcomeUnknownError),
        (_base.Fault(500), OutcomeUnknownError),
        (_base.Fault(429), TransientError),
        (_base.Fault(409), TransientError),
        (_base.Fault(422), RejectedError),
        (_base.Fault(403), AuthError),
    ],
)
async def test_what_an_answer_means(harness: JiraHarness, fault: _base.Fault, error: type[Exception]) -> None:
    harness.jira.plan(replace(fault, of="/rest/servicedeskapi/request", changes_only=True))
    async with harness.open() as system:
        told = await failed(system, make_write())
    assert type(told) is error
    assert USER_TEXT not in str(told)


async def test_a_look_by_post_leaves_nothing_in_doubt(harness: JiraHarness) -> None:
    harness.jira.plan(_base.Fault(cut=True, of="/issue/bulkfetch"))
    async with harness.open() as system:
        with pytest.raises(TransientError):
            await system.backend.find(make_write())


async def test_only_public_comments_of_agents_go_to_the_user(harness: JiraHarness) -> None:
    async with harness.open() as system:
        _, after = await news(system, None)
        ticket = await done(system, make_write())
        reporter = harness.jira.issues[ticket]["fields"]["reporter"]["accountId"]
        harness.jira.reply(ticket, "public")
        harness.jira.reply(ticket, "secret", internal=True)
        harness.jira.reply(ticket, "by the customer", by=reporter)
        harness.jira.reply(ticket, "by a rule", by=ROBOT)
        harness.jira.reply(ticket, "of unknown standing")
        del harness.jira.comments[ticket][-1]["jsdPublic"]
        harness.jira.reply(ticket, "for a role")
        harness.jira.comments[ticket][-1]["visibility"] = {"type": "role", "value": "Team"}
        raws, _ = await news(system, after)
    told = [(each.kind, each.text, each.author) for each in events(harness, raws)]
    assert told == [
        ("replied", "public", "Bea Agent"),
        ("noted", "secret", "Bea Agent"),
        ("noted", "of unknown standing", "Bea Agent"),
        ("noted", "for a role", "Bea Agent"),
    ]


async def test_what_the_index_tells_late_is_not_missed(harness: JiraHarness, clock: ManualClock) -> None:
    async with harness.open() as system:
        _, after = await news(system, None)
        first, second = await done(system, make_write(1)), await done(system, make_write(2))
        known = harness.jira._known.pop(first)
        clock.advance(100)
        harness.jira.reply(second, "seen at once")
        raws, after = await news(system, after)
        harness.jira._known[first] = known
        harness.jira.comments[first].clear()
        harness.jira.reply(first, "seen late")
        harness.jira.comments[first][-1]["created"] = "2026-11-20T12:00:05.000+0000"
        harness.jira._known[first][-1][1]["fields"]["updated"] = "2026-11-20T12:00:05.000+0000"
        more, _ = await news(system, after)
    assert [each.text for each in events(harness, raws)] == ["seen at once"]
    assert [each.text for each in events(harness, more)] == ["seen late"]


@pytest.mark.parametrize("apart", [0, 7])
async def test_many_requests_fill_pages_and_none_is_missed(
    harness: JiraHarness, clock: ManualClock, apart: int
) -> None:
    """Within one minute, and over many."""
    async with harness.open() as system:
        _, after = await news(system, None)
        for number in range(1, 2 * PAGE + 8):
            ticket = await done(system, make_write(number))
            harness.jira.reply(ticket, f"answer {number}")
            clock.advance(apart)
        raws, _ = await news(system, after)
    told = [each.text for each in events(harness, raws)]
    assert told == [f"answer {number}" for number in range(1, 2 * PAGE + 8)]


async def test_a_long_history_is_read_from_its_end(harness: JiraHarness, clock: ManualClock) -> None:
    async with harness.open() as system:
        ticket = await done(system, make_write())
        for number in range(3 * LIST):
            harness.jira._log(
                ticket, {"field": "summary", "fieldId": "summary", "from": None, "to": str(number)}, AGENT
            )
        clock.advance(3_600)
        _, after = await news(system, None)
        harness.jira.set_status(ticket, "3")
        harness.jira.set_status(ticket, "4")
        harness.jira.calls.clear()
        raws, _ = await news(system, after)
        pages = [call for call in harness.jira.calls if call.path.endswith("/changelog")]
    assert [each.kind for each in events(harness, raws)] == ["solved", "reopened"]
    assert len(pages) == 2


async def test_only_files_of_comments_are_fetched(harness: JiraHarness) -> None:
    async with harness.open() as system:
        assert system.downloader is not None
        for ref in ("https://elsewhere.example.test/1", "1/../../myself", ""):
            with pytest.raises(RejectedError):
                [chunk async for chunk in system.downloader.open(FileRef(ref))]
    assert harness.jira.calls == []


def pushed(body: bytes, headers: dict[str, str]) -> PushRequest:
    return PushRequest("POST", "/in/desk", {}, headers, body, START, "127.0.0.1")


async def test_a_webhook_as_jira_signs_it_wakes_the_feed(harness: JiraHarness) -> None:
    async with harness.open() as system:
        assert system.setup is not None
        assert system.ingress is not None
        assert await system.setup.plan("") == ()
        for _ in range(2):
            (step,) = await system.setup.plan(ADDRESS)
            assert (await system.setup.make(step, ADDRESS)).done
        assert [hook["url"] for hook in harness.jira.webhooks] == [ADDRESS]
        harness.jira.reply(await done(system, make_write()), "an answer")
        delivery = harness.jira.deliveries[-1]
        taken = system.ingress.receive(pushed(delivery.body, dict(delivery.headers)))
        forged = system.ingress.receive(pushed(delivery.body + b" ", dict(delivery.headers)))
        odd = system.ingress.receive(pushed(delivery.body, {"x-hub-signature": "sha256=größer"}))
    assert isinstance(taken, Pushed)
    (hint,) = taken.raws
    key = "hint:sha256-" + hashlib.sha256(delivery.body).hexdigest()
    assert (hint.stream, hint.key, hint.body) == (HINTS, key, b"")
    assert events(harness, [hint]) == []
    assert harness.woken == [STREAM]
    assert isinstance(forged, Refusal)
    assert isinstance(odd, Refusal)


async def test_the_setup_names_the_right_that_is_missing(harness: JiraHarness) -> None:
    harness.jira.rights.discard("ADMINISTER")
    async with harness.open() as system:
        assert system.setup is not None
        with pytest.raises(AuthError, match="administer"):
            await system.setup.plan(ADDRESS)


async def test_the_check_names_what_is_missing(clock: ManualClock) -> None:
    mapping: dict[str, Any] = {
        "queues": {"vip": "9"},
        "states": {"solved": "Done"},
        "priorities": {"high": "Huge"},
        "project": "OTHER",
    }
    async with jira_harness(clock, **mapping) as harness, harness.open() as system:
        harness.jira.rights = {"BROWSE_PROJECTS"}
        harness.jira.request_fields["customfield_10200"] = True
        report = await system.backend.check()
    wrong = {check.name: check.detail for check in report.checks if not check.ok}
    assert set(wrong) == {
        "service desk",
        "request type 7",
        "request type 9",
        "edit issues",
        "add comments",
        "delete its own comments",
        "attach files",
        "change the status",
        "make customers",
        "status",
        "priority",
    }
    assert "customfield_10200" in wrong["request type 7"]
    assert "Done" in wrong["status"]


async def test_the_check_sees_clocks_that_are_apart(harness: JiraHarness) -> None:
    late = json.dumps({"serverTime": (START - timedelta(minutes=9)).isoformat()}).encode()
    harness.jira.plan(_base.Fault(200, late, of="serverInfo"))
    async with harness.open() as system:
        report = await system.backend.check()
    assert [check.detail for check in report.checks if not check.ok] == ["ours is 540 s off Jira's; set this machine's"]


async def test_every_call_of_the_platform_fits_its_description(harness: JiraHarness) -> None:
    """The description has no service desk in it, and is older than two of the calls."""
    spec = OpenApi.load("jira", "jira-platform-openapi.yml")
    write = replace(make_write(), files=(make_file("a.png", b"x"),))
    async with harness.open() as system:
        await system.backend.check()
        _, after = await news(system, None)
        ticket = await done(system, write)
        await done(system, make_write())
        await done(system, make_write(step="b", action=TicketAction.NOTE, ticket=ticket))
        await done(system, make_write(step="c", action=TicketAction.STATE, ticket=ticket))
        assert await system.backend.find(write) == ticket
        harness.jira.reply(ticket, "an answer")
        await news(system, after)
    platform = [call for call in harness.jira.calls if call.path.startswith("/rest/api/3/")]
    described = [call for call in platform if call.path not in NOT_DESCRIBED]
    assert len({(call.request.method, call.path) for call in described}) > 12
    assert spec.check_calls(described) == []


def test_a_text_survives_a_document_and_a_document_becomes_text() -> None:
    text = "  *a* [b|c]\n\n\n提现 🙏"
    assert plain_text(document(text)) == text.replace("\n\n\n", "\n\n").strip()
    rich = {
        "type": "doc",
        "content": [
            {"type": "heading", "content": [{"type": "text", "text": "Title"}]},
            {
                "type": "paragraph",
                "content": [
                    {"type": "mention", "attrs": {"id": "1", "text": "@Ana"}},
                    {"type": "text", "text": " see "},
                    {
                        "type": "text",
                        "text": "here",
                        "marks": [{"type": "link", "attrs": {"href": "https://a.example.test"}}],
                    },
                ],
            },
            {
                "type": "bulletList",
                "content": [
                    {"type": "listItem", "content": [{"type": "paragraph", "content": [{"type": "text", "text": n}]}]}
                    for n in ("one", "two")
                ],
            },
            {"type": "mediaSingle", "content": [{"type": "media", "attrs": {"id": "x"}}]},
        ],
    }
    assert plain_text(rich) == "Title\n\n@Ana see here (https://a.example.test)\n\n- one\n- two"


@pytest.mark.parametrize("odd", [None, 7, [], {}, {"type": "doc"}, {"type": "doc", "content": [{"content": "x"}, 3]}])
def test_an_odd_document_is_an_empty_text(odd: Any) -> None:
    assert plain_text(odd) == ""


def test_a_mark_tells_its_write_from_others() -> None:
    assert mark_of(make_write(1).key) != mark_of(make_write(2).key)


@pytest.mark.parametrize("body", [b"{}", b"null", b'[1, null, "x", []]', b"<html>It works!</html>"])
async def test_a_server_that_answers_anything_is_neither_well_nor_set_up(harness: JiraHarness, body: bytes) -> None:
    harness.jira.plan(_base.Fault(200, body))
    async with harness.open() as system:
        assert system.setup is not None
        (check,) = (await system.backend.check()).checks
        with pytest.raises(TransientError, match="cannot be read"):
            await system.setup.plan(ADDRESS)
    assert (check.name, check.ok) == ("server", False)
    assert "but not as" in check.detail


@pytest.mark.parametrize("body", [b"{}", b"null", b'[1, null, "x", []]', b"<html>It works!</html>"])
async def test_what_was_not_made_is_not_said_to_be(harness: JiraHarness, body: bytes) -> None:
    async with harness.open() as system:
        assert system.setup is not None
        steps = [step for step in await system.setup.plan(ADDRESS) if not step.done]
        harness.jira.plan(_base.Fault(200, body, changes_only=True))
        for step in steps:
            with pytest.raises(OutcomeUnknownError):
                await system.setup.make(step, ADDRESS)
    assert steps


async def test_a_webhook_without_a_secret_stays_undone_and_says_so(clock: ManualClock) -> None:
    async with jira_harness(clock, webhook_secret=None) as harness, harness.open() as system:
        assert system.setup is not None
        (step,) = await system.setup.plan(ADDRESS)
        made = await system.setup.make(step, ADDRESS)
    assert made == step
    assert (made.done, "`webhook_secret` first" in made.detail) == (False, True)
    assert harness.jira.webhooks == []
