"""The Roundup backend keeps the backend contract on a real Roundup, and what is special to it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpx
import pytest

from gateway.backends._api import Answer
from gateway.backends.roundup.api import BROKE, _refusal
from gateway.errors import ConfigError, GatewayError, GoneError, OutcomeUnknownError, RejectedError, TransientError
from gateway.ports import Cursor, Done, TicketAction, TicketEvent, TicketSystem
from gateway.testing.backends import CHECKS, Check, Line, again, case_id, done, make_write, submit
from tests.backends.roundup_harness import PASSWORD, RoundupHarness, roundup_harness
from tests.conftest import ManualClock

OPEN_TO_ALL = "\nfor cl in 'issue', 'msg': db.security.addPermissionToRole('Anonymous', 'View', cl)\n"


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_ROUNDUP_PASSWORD", PASSWORD)


@pytest.fixture
async def harness(tmp_path: Path, clock: ManualClock) -> AsyncIterator[RoundupHarness]:
    async with roundup_harness(tmp_path, clock) as made:
        yield made


async def news(harness: RoundupHarness, system: TicketSystem, after: Cursor | None) -> Sequence[TicketEvent]:
    """Return what the feed tells after that cursor."""
    assert system.feed is not None
    page = await system.feed.fetch(after)
    events = [event for raw in page.items for event in roundup_events(harness, raw)]
    assert not page.more
    return events


def roundup_events(harness: RoundupHarness, raw: object) -> Sequence[TicketEvent]:
    assert harness.plugin.normalizer is not None
    events = harness.plugin.normalizer.normalize(raw)  # type: ignore[arg-type]
    return [event for event in events if isinstance(event, TicketEvent)]


async def beginning(system: TicketSystem) -> Cursor | None:
    assert system.feed is not None
    return (await system.feed.fetch(None)).cursor


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_contract(check: Check, harness: RoundupHarness) -> None:
    await check(harness)


@pytest.mark.parametrize(("ticked", "kind"), [(True, "replied"), (False, "noted")])
async def test_on_the_trackers_own_page_only_what_is_ticked_goes_to_the_user(
    harness: RoundupHarness, ticked: bool, kind: str
) -> None:
    async with harness.open() as system:
        start = await beginning(system)
        ticket = await done(system.backend, make_write())
        async with harness.web("agent") as browser:
            page = (await browser.get(f"/issue{ticket}")).text
            assert 'name="msg-1@public"' in page, "the page offers no tick"
            nonce = re.search(r'name="@csrf"[^>]*value="([^"]+)"', page)
            assert nonce is not None
            form = {"@action": "edit", "@csrf": nonce[1], "@note": "It is on its way.", "title": "Withdrawal"}
            form |= {"msg-1@public": "yes"} if ticked else {}
            sent = await browser.post(
                f"/issue{ticket}", data=form, files={"@file": ("a.pdf", b"%PDF", "application/pdf")}
            )
            assert sent.status_code in (200, 302), sent.text
        events = await news(harness, system, start)
    assert [(event.kind, event.text) for event in events] == [(kind, "It is on its way.")]
    assert [file.name for file in events[0].attached] == (["a.pdf"] if ticked else [])
    assert events[0].author == "Ann Agent"


async def test_a_creation_that_was_held_up_makes_no_second_issue(harness: RoundupHarness) -> None:
    """What a proxy passes on twice, or long after we gave it up, finds a link that has been used."""
    async with harness.open() as system:
        await done(system.backend, make_write())
    call = next(call for call in harness.proxy.calls if "/issue/@poe/" in call.target)
    async with httpx.AsyncClient(trust_env=False) as client:
        late = await client.request(
            call.method, harness.proxy.url + call.target, content=call.body, headers=call.headers
        )
    assert late.status_code == 400
    assert len(await harness.held()) == 1


async def test_agents_and_users_who_write_at_once_lose_nothing(harness: RoundupHarness) -> None:
    texts = [f"agent {number}" for number in range(8)]
    async with harness.open() as system:
        ticket = await done(system.backend, make_write())

        async def agent() -> None:
            for text in texts:
                await harness.act(case_id(1), "noted", text)

        async def user() -> None:
            for step in "bcd":
                answer = (await submit(system.backend, [make_write(step=step, ticket=ticket)]))[
                    make_write(step=step).key
                ]
                while not isinstance(answer, Done):
                    write = again(make_write(step=step), ticket)
                    answer = (await submit(system.backend, [write]))[write.key]

        await asyncio.gather(agent(), user())
    lines = await harness.lines(case_id(1))
    assert sorted(line.text for line in lines if line.for_agents) == texts
    assert len(lines) == len(texts) + 4


async def test_a_superseder_is_a_merge_and_a_retired_issue_a_deletion(harness: RoundupHarness) -> None:
    async with harness.open() as system:
        start = await beginning(system)
        tickets = [await done(system.backend, make_write(number)) for number in (1, 2)]
        await harness.change(case_id(1), {"superseder": [tickets[1]]})
        await harness.lose(case_id(2))
        events = await news(harness, system, start)
    assert [(event.kind, event.ticket, event.into) for event in events] == [
        ("merged", tickets[0], tickets[1]),
        ("deleted", tickets[1], ""),
    ]


async def test_messages_of_users_that_an_agent_links_elsewhere_are_no_answers(harness: RoundupHarness) -> None:
    """Who merges by hand puts one user's messages on another's issue: they must not be sent to him as an answer."""
    async with harness.open() as system:
        start = await beginning(system)
        for number in (1, 2):
            await done(system.backend, make_write(number))
        moved = [str(number) for number, _, _ in harness.messages(harness.issue(case_id(1)))]
        await harness.change(case_id(2), {"@op": "add", "messages": moved})
        assert await news(harness, system, start) == []


async def test_the_second_ticket_of_a_race_is_given_up(harness: RoundupHarness) -> None:
    async with harness.open() as one, harness.open() as other:
        first = await done(one.backend, make_write())
        second = await done(other.backend, make_write(step="b"))
        assert first != second
        assert await done(one.backend, again(make_write())) == first
        assert await one.backend.find(make_write()) == first
    rows = harness.server.rows(
        "select s._name, x.linkid from _issue i join _status s on s.id = i._status "
        "join issue_superseder x on x.nodeid = i.id where i.id = ?",
        int(second),
    )
    assert [(name, str(into)) for name, into in rows] == [("resolved", first)]


async def test_a_solved_issue_stays_solved_when_the_gateway_adds_to_it(harness: RoundupHarness) -> None:
    async with harness.open() as system:
        ticket = await done(system.backend, make_write())
        await done(system.backend, make_write(step="b", action=TicketAction.STATE, ticket=ticket))
        await done(system.backend, make_write(step="c", action=TicketAction.NOTE, ticket=ticket))
        assert await harness.state(case_id(1)) == "solved"


async def test_no_mail_goes_to_a_user(harness: RoundupHarness) -> None:
    async with harness.open() as system:
        ticket = await done(system.backend, make_write())
        await harness.change(case_id(1), {"assignedto": "boss"})
        await harness.act(case_id(1), "replied", "an answer")
        await done(system.backend, make_write(step="b", ticket=ticket))
    assert "boss@example.test" in harness.server.mails, "the tracker mails nobody at all, so this proves nothing"
    told = re.findall(r"(?m)^TO: (.*)$", harness.server.mails)
    assert told
    assert not [line for line in told if "user1@" in line]


async def test_a_tracker_that_strangers_can_read_is_not_well(harness: RoundupHarness) -> None:
    schema = harness.server.tracker / "schema.py"
    schema.write_text(schema.read_text() + OPEN_TO_ALL)
    await harness.kill()
    await harness.restart()
    async with harness.open() as system:
        report = await system.backend.check()
    assert [check.name for check in report.checks if not check.ok] == ["privacy"]


async def test_a_tracker_without_our_schema_is_told_so_and_loses_nothing(harness: RoundupHarness) -> None:
    schema = harness.server.tracker / "schema.py"
    schema.write_text(schema.read_text().replace("    mark=String", "    other=String"))
    await harness.kill()
    await harness.restart()
    async with harness.open() as system:
        report = await system.backend.check()
        answer = (await submit(system.backend, [make_write()]))[make_write().key]
    assert [check.name for check in report.checks if not check.ok] == ["schema"]
    assert isinstance(getattr(answer, "error", None), ConfigError), "an item would be buried over the tracker's fault"


async def test_an_address_that_is_not_the_trackers_own_is_told(harness: RoundupHarness) -> None:
    config = harness.server.tracker / "config.ini"
    config.write_text(config.read_text().replace(harness.proxy.url, "http://elsewhere.example.test"))
    await harness.kill()
    await harness.restart()
    async with harness.open() as system:
        report = await system.backend.check()
        answer = (await submit(system.backend, [make_write()]))[make_write().key]
    assert "account" in [check.name for check in report.checks if not check.ok]
    assert isinstance(getattr(answer, "error", None), ConfigError)


async def test_what_was_under_way_when_the_server_was_killed_is_there_once(harness: RoundupHarness) -> None:
    writes = [make_write(number) for number in range(1, 21)]
    async with harness.open() as system:
        under_way = asyncio.ensure_future(submit(system.backend, writes))
        while len([call for call in list(harness.proxy.calls) if "/@poe/" in call.target]) < 5:
            await asyncio.sleep(0)
        await harness.kill()
        answers = await under_way
        await harness.restart()
        for write in writes:
            if not isinstance(answers[write.key], Done) and await system.backend.find(write) is None:
                await done(system.backend, again(write))
    assert sorted(item.key for item in await harness.held()) == sorted(write.key for write in writes)
    assert await harness.lines(case_id(7)) == [Line(harness_text(), for_agents=False)]


def harness_text() -> str:
    entry = make_write().entry
    assert entry is not None
    return entry.message.text


@pytest.mark.parametrize(
    ("status", "said", "safe", "kind"),
    [
        (400, f"Sat: {BROKE} for more information.", False, OutcomeUnknownError),
        (400, f"Sat: {BROKE} for more information.", True, TransientError),
        (409, "Requested item is retired", False, GoneError),
        (404, "no such issue 999", True, GoneError),
        (404, "Class gatehouse_act not found", True, ConfigError),
        (400, "property status: 'gone' is not a status.", False, ConfigError),
        (400, "Required Header Missing", False, ConfigError),
        (409, 'node with key "x" exists', False, RejectedError),
        (405, "an auditor of the desk refuses it", False, RejectedError),
    ],
)
def test_each_refusal_is_its_error(status: int, said: str, safe: bool, kind: type[GatewayError]) -> None:
    body = httpx.Response(status, json={"error": {"status": status, "msg": said}}).content
    assert type(_refusal(Answer("desk.example.test", status, {}, body, safe))) is kind


def test_a_404_that_is_not_the_trackers_is_no_deleted_issue() -> None:
    answer = Answer("desk.example.test", 404, {}, b"<html>no such issue here</html>", True)
    assert type(_refusal(answer)) is ConfigError
