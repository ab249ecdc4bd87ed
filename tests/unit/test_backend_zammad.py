"""What is special to Zammad: its mapping, its search, its merges, its webhooks, and what it would mail users."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.backends._hooks import HINTS, STREAM
from gateway.backends._overlap import MOST_ACTS
from gateway.backends.zammad.feed import PAGE
from gateway.case import CaseState, Party, Priority
from gateway.errors import AuthError, ConfigError, GoneError, OutcomeUnknownError, RejectedError, TransientError
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
from gateway.sandbox.tickets.zammad import AGENT, Zammad
from gateway.testing.backends import START, USER_TEXT, case_id, make_file, make_write
from tests.conftest import ManualClock
from tests.contract.zammad_harness import SECRET, TOKEN, ZammadHarness, zammad_harness

ADDRESS = "https://gateway.example.test/in/desk"


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_ZAMMAD_TOKEN", TOKEN)
    monkeypatch.setenv("TEST_ZAMMAD_SECRET", SECRET)


@pytest.fixture
async def harness(clock: ManualClock) -> AsyncIterator[ZammadHarness]:
    async with zammad_harness(clock) as harness:
        yield harness


async def done(system: TicketSystem, write: TicketWrite) -> TicketRef:
    (answer,) = await system.backend.submit([write])
    assert isinstance(answer, Done), answer
    return answer.ticket


async def failed(system: TicketSystem, write: TicketWrite) -> Exception:
    (answer,) = await system.backend.submit([write])
    assert isinstance(answer, Failed), answer
    return answer.error


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


def events(harness: ZammadHarness, raws: Sequence[Raw]) -> list[TicketEvent]:
    assert harness.plugin.normalizer is not None
    found = [event for raw in raws for event in harness.plugin.normalizer.normalize(raw)]
    return [event for event in found if isinstance(event, TicketEvent)]


async def test_a_case_is_mapped_as_it_is_configured(clock: ManualClock) -> None:
    mapping: dict[str, Any] = {
        "queues": {"vip": "Second"},
        "priorities": {"urgent": "3 high"},
        "tags": {"noise": ""},
        "fields": {"platform": "origin"},
    }
    async with zammad_harness(clock, **mapping) as harness:
        harness.zammad.groups.append({"id": 2, "name": "Second", "active": True})
        harness.zammad.access["Second"] = ["full"]
        harness.zammad.add_attribute("origin")
        party = Party(platform="telegram", address="77", id="77", name="Ana Пример")
        write = make_write()
        case = write.case.model_copy(
            update={"queue": "vip", "priority": Priority.URGENT, "tags": ("a,b", "noise"), "platform": "telegram"}
        ).model_copy(update={"requester": party})
        async with harness.open() as system:
            ticket = int(await done(system, replace(write, case=case)))
    kept = harness.zammad.tickets[ticket]
    assert (kept["group"], kept["priority_id"], kept["origin"]) == ("Second", 3, "telegram")
    assert harness.zammad.tags[ticket] == ["a b"]
    user = harness.zammad.users[kept["customer_id"]]
    assert (user["email"], user["firstname"]) == ("telegram-77@users.invalid", "Ana Пример")


async def test_users_messages_come_as_theirs_and_notes_inside(harness: ZammadHarness) -> None:
    async with harness.open() as system:
        ticket = await done(system, make_write())
        await done(system, make_write(step="b", action=TicketAction.NOTE, ticket=ticket))
    shown = [(each["sender"], each["type"], each["internal"]) for each in harness.zammad.articles_of(int(ticket))]
    assert shown == [("Customer", "note", False), ("Agent", "note", True)]


@pytest.mark.parametrize(("article_type", "mailed"), [("note", 0), ("web", 1)])
async def test_a_new_zammads_triggers_mail_nobody_for_notes(clock: ManualClock, article_type: str, mailed: int) -> None:
    """The trigger that every Zammad comes with would answer what is of type web."""
    async with zammad_harness(clock, article_type=article_type) as harness:
        async with harness.open() as system:
            await done(system, make_write())
            report = await system.backend.check()
        assert len(harness.zammad.mailed) == mailed
    assert report.ok == (not mailed)


async def test_a_ticket_that_waits_is_shown_again(harness: ZammadHarness) -> None:
    async with harness.open() as system:
        ticket = await done(system, make_write())
        write = make_write(step="b", action=TicketAction.STATE, ticket=ticket)
        await done(system, replace(write, state=CaseState.WAITING))
    assert await harness.state(case_id(1)) == CaseState.WAITING
    sent = harness.zammad.calls[-1].request.body
    assert (START + timedelta(days=7)).isoformat().encode() in sent


async def test_a_doubtful_opening_finds_what_the_index_does_not_know_yet(harness: ZammadHarness) -> None:
    """The answer to the first attempt is lost; the index would need half a minute to know of the ticket."""
    harness.zammad.plan(_base.Fault(takes=True, cut=True, of="/api/v1/tickets", times=1))
    async with harness.open() as system:
        assert isinstance(await failed_once(system, make_write()), OutcomeUnknownError)
        (late,) = [ticket["id"] for ticket in harness.zammad.tickets.values()]
        assert await system.backend.find(make_write()) == str(late)
        assert await done(system, replace(make_write(), doubtful=True)) == str(late)
    assert len(harness.zammad.tickets) == 1


async def failed_once(system: TicketSystem, write: TicketWrite) -> Exception:
    try:
        return await failed(system, write)
    except OutcomeUnknownError as error:
        return error


async def test_a_zammad_that_heeds_no_conditions_cannot_be_asked(harness: ZammadHarness) -> None:
    harness.zammad.heeds_conditions = False
    async with harness.open() as system:
        await done(system, make_write(2))
        with pytest.raises(OutcomeUnknownError):
            await system.backend.find(make_write(1))
        report = await system.backend.check()
    assert [check.name for check in report.checks if not check.ok] == ["search"]


async def test_a_double_that_a_race_made_is_closed_and_named(harness: ZammadHarness) -> None:
    async with harness.open() as system:
        first = await done(system, make_write())
        second = await done(system, make_write())
        assert first != second
        assert await system.backend.find(make_write()) == first
    double = harness.zammad.tickets[int(second)]
    assert (double["state_id"], double["gatehouse_key"]) == (4, "")
    note = harness.zammad.articles_of(int(second))[-1]
    assert note["internal"]
    assert first in note["body"]
    assert harness.zammad.mailed == []


async def test_a_merged_ticket_is_gone_and_says_where_to(harness: ZammadHarness) -> None:
    """Articles move with a merge: an answer from before it keeps its key, and "merged" is told to nobody."""
    async with harness.open() as system:
        _, after = await news(system, None)
        source, target = await done(system, make_write(1)), await done(system, make_write(2))
        harness.zammad.reply(int(source), "first answer")
        before, after = await news(system, after)
        harness.zammad.merge(int(source), int(target))
        raws, _ = await news(system, after)
        error = await failed(system, make_write(1, step="b", ticket=source))
    assert isinstance(error, GoneError)
    told = events(harness, raws)
    assert [(each.kind, each.ticket, each.into) for each in told] == [("merged", source, target)]
    assert [each.text for each in events(harness, before)] == ["first answer"]


async def test_a_merge_is_told_however_long_the_ticket_lay_still(harness: ZammadHarness, clock: ManualClock) -> None:
    """Zammad dates a merge to the change before it."""
    async with harness.open() as system:
        _, after = await news(system, None)
        source, target = await done(system, make_write(1)), await done(system, make_write(2))
        clock.advance(90_000)
        harness.zammad.reply(int(target), "much later")
        _, after = await news(system, after)
        harness.zammad.merge(int(source), int(target))
        raws, _ = await news(system, after)
    assert [each.kind for each in events(harness, raws)] == ["merged"]


async def test_only_public_answers_of_agents_go_to_the_user(harness: ZammadHarness) -> None:
    async with harness.open() as system:
        _, after = await news(system, None)
        ticket = int(await done(system, make_write()))
        customer = harness.zammad.tickets[ticket]["customer_id"]
        harness.zammad.reply(ticket, "public")
        harness.zammad.reply(ticket, "secret", internal=True)
        harness.zammad.reply(ticket, "he called", kind="phone")
        harness.zammad.reply(ticket, "by the customer himself", by=customer, kind="web")
        raws, _ = await news(system, after)
    told = [(each.kind, each.text) for each in events(harness, raws)]
    assert told == [("replied", "public"), ("noted", "secret"), ("noted", "he called")]


async def test_an_answer_in_html_becomes_text(harness: ZammadHarness) -> None:
    async with harness.open() as system:
        _, after = await news(system, None)
        ticket = int(await done(system, make_write()))
        harness.zammad.reply(ticket, "Größer & <b>提现</b>\nsecond line 🙏")
        raws, _ = await news(system, after)
    (event,) = events(harness, raws)
    assert (event.text, event.author) == ("Größer & <b>提现</b>\nsecond line 🙏", "Bea Agent")


async def test_what_is_committed_late_is_not_missed(harness: ZammadHarness, clock: ManualClock) -> None:
    """Its time lies before that of a change which was seen already."""
    async with harness.open() as system:
        _, after = await news(system, None)
        first, second = int(await done(system, make_write(1))), int(await done(system, make_write(2)))
        clock.advance(30)
        late = harness.zammad.reply(first, "written early")
        hidden = {first: harness.zammad.tickets.pop(first)}
        clock.advance(5)
        harness.zammad.reply(second, "written later")
        raws, after = await news(system, after)
        harness.zammad.tickets |= hidden
        assert late
        more, _ = await news(system, after)
    assert [each.text for each in events(harness, raws)] == ["written later"]
    assert [each.text for each in events(harness, more)] == ["written early"]


async def test_many_tickets_of_one_instant_fill_pages_and_none_is_missed(harness: ZammadHarness) -> None:
    async with harness.open() as system:
        _, after = await news(system, None)
        for number in range(1, PAGE + 8):
            ticket = int(await done(system, make_write(number)))
            harness.zammad.reply(ticket, f"answer {number}")
        for ticket_ in harness.zammad.tickets.values():
            ticket_["updated_at"] = ticket_["created_at"] = "2026-11-20T12:00:05.000Z"
        raws, _ = await news(system, after)
    assert {each.text for each in events(harness, raws)} == {f"answer {number}" for number in range(1, PAGE + 8)}


async def test_pages_are_bounded_and_repeat_themselves(harness: ZammadHarness) -> None:
    async with harness.open() as system:
        assert system.feed is not None
        _, after = await news(system, None)
        ticket = int(await done(system, make_write()))
        for number in range(MOST_ACTS + 20):
            harness.zammad.reply(ticket, f"answer {number}")
        first = await system.feed.fetch(after)
        again = await system.feed.fetch(after)
    assert len(first.items) == MOST_ACTS
    assert first.more
    assert [raw.key for raw in first.items] == [raw.key for raw in again.items]


async def test_nothing_is_stored_while_nothing_happens(harness: ZammadHarness) -> None:
    async with harness.open() as system:
        assert system.feed is not None
        _, after = await news(system, None)
        await done(system, make_write())
        _, after = await news(system, after)
        page = await system.feed.fetch(after)
    assert (page.items, page.cursor, page.more, page.pause) == ((), None, False, timedelta(seconds=10))


async def test_a_cursor_of_another_kind_is_said_to_be_one(harness: ZammadHarness) -> None:
    async with harness.open() as system:
        assert system.feed is not None
        with pytest.raises(ConfigError):
            await system.feed.fetch(Cursor("42"))


async def test_a_deleted_ticket_does_not_stop_the_feed(harness: ZammadHarness) -> None:
    """It goes between the list of changes and the look at it."""
    async with harness.open() as system:
        _, after = await news(system, None)
        gone, kept = int(await done(system, make_write(1))), int(await done(system, make_write(2)))
        harness.zammad.reply(kept, "an answer")
        harness.zammad.plan(_base.Fault(404, of=f"/ticket_history/{gone}"), _base.Fault(404, of=f"/by_ticket/{gone}"))
        raws, _ = await news(system, after)
    assert [each.text for each in events(harness, raws)] == ["an answer"]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (_base.Fault(200, b"<html>"), OutcomeUnknownError),
        (_base.Fault(200, b'{"no": "id"}'), OutcomeUnknownError),
        (_base.Fault(500), OutcomeUnknownError),
        (_base.Fault(429), TransientError),
        (_base.Fault(409), TransientError),
        (_base.Fault(422), RejectedError),
        (_base.Fault(403), AuthError),
    ],
)
async def test_what_an_answer_means(harness: ZammadHarness, fault: _base.Fault, error: type[Exception]) -> None:
    harness.zammad.plan(replace(fault, of="/api/v1/tickets", changes_only=True))
    async with harness.open() as system:
        try:
            told = await failed(system, make_write())
        except Exception as raised:  # noqa: BLE001 - whatever it is, it is compared
            told = raised
    assert type(told) is error
    assert USER_TEXT not in str(told)


async def test_a_file_is_streamed_in_base64(harness: ZammadHarness) -> None:
    data = bytes(range(256)) * 4096
    async with harness.open() as system:
        await done(system, replace(make_write(), files=(make_file("größer.bin", data, "application/x-odd"),)))
    (ticket,) = harness.zammad.tickets
    (kept,) = harness.zammad.articles_of(ticket)[0]["attachments"]
    assert (kept["filename"], kept["preferences"]["Mime-Type"]) == ("größer.bin", "application/x-odd")
    assert harness.zammad.files[kept["id"]] == data


async def test_only_files_of_articles_are_fetched(harness: ZammadHarness) -> None:
    async with harness.open() as system:
        assert system.downloader is not None
        for ref in ("/api/v1/users/me", "https://elsewhere.example.test/x"):
            with pytest.raises(RejectedError):
                [chunk async for chunk in system.downloader.open(FileRef(ref))]
    assert harness.zammad.calls == []


def pushed(body: bytes, headers: dict[str, str]) -> PushRequest:
    return PushRequest("POST", "/in/desk", {}, headers, body, START, "127.0.0.1")


async def test_a_webhook_as_zammad_signs_it_wakes_the_feed(harness: ZammadHarness) -> None:
    async with harness.open() as system:
        assert system.setup is not None
        assert system.ingress is not None
        for step in await system.setup.plan(ADDRESS):
            await system.setup.make(step, ADDRESS)
        ticket = int(await done(system, make_write()))
        harness.zammad.set_state(ticket, "closed", AGENT)
        delivery = harness.zammad.deliveries[-1]
        assert delivery.url == ADDRESS
        taken = system.ingress.receive(pushed(delivery.body, dict(delivery.headers)))
        forged = system.ingress.receive(pushed(delivery.body + b" ", dict(delivery.headers)))
        odd = system.ingress.receive(pushed(delivery.body, {"x-hub-signature": "sha1=größer"}))
    assert isinstance(taken, Pushed)
    (hint,) = taken.raws
    key = "hint:sha256-" + hashlib.sha256(delivery.body).hexdigest()
    assert (hint.stream, hint.key, hint.body) == (HINTS, key, b"")
    assert events(harness, [hint]) == []
    assert harness.woken == [STREAM]
    assert isinstance(forged, Refusal)
    assert isinstance(odd, Refusal)


async def test_without_a_secret_no_push_is_taken(clock: ManualClock) -> None:
    async with zammad_harness(clock, webhook_secret=None) as harness, harness.open() as system:
        assert system.ingress is not None
        assert isinstance(system.ingress.receive(pushed(b"{}", {"x-hub-signature": "sha1="})), Refusal)


async def test_the_setup_makes_each_thing_once(harness: ZammadHarness) -> None:
    harness.zammad.attributes.clear()
    async with harness.open() as system:
        assert system.setup is not None
        steps = await system.setup.plan(ADDRESS)
        assert [(step.name, step.done) for step in steps] == [
            ("attribute", False),
            ("webhook", False),
            ("trigger", False),
        ]
        for step in (*steps, *steps):
            assert (await system.setup.make(step, ADDRESS)).done
        assert all(step.done for step in await system.setup.plan(ADDRESS))
        assert [step.name for step in await system.setup.plan("")] == ["attribute"]
    zammad: Zammad = harness.zammad
    assert [len(each) for each in (zammad.attributes, zammad.webhooks, zammad.triggers)] == [1, 1, 2]


@pytest.mark.parametrize("right", ["admin.object", "admin.webhook", "admin.trigger"])
async def test_the_setup_names_the_right_that_is_missing(harness: ZammadHarness, right: str) -> None:
    harness.zammad.rights.discard(right)
    async with harness.open() as system:
        assert system.setup is not None
        with pytest.raises(AuthError, match=right):
            await system.setup.plan(ADDRESS)


async def test_the_check_names_what_is_missing(clock: ManualClock) -> None:
    mapping: dict[str, Any] = {"queues": {"vip": "Second"}, "states": {"solved": "done"}, "fields": {"platform": "no"}}
    async with zammad_harness(clock, **mapping) as harness, harness.open() as system:
        report = await system.backend.check()
    wrong = {check.name: check.detail for check in report.checks if not check.ok}
    assert set(wrong) == {"group Second", "attribute no", "state"}
    assert "Second" in wrong["group Second"]
    assert "done" in wrong["state"]


async def test_the_check_works_with_the_rights_of_an_agent_alone(harness: ZammadHarness) -> None:
    harness.zammad.rights = {"ticket.agent"}
    async with harness.open() as system:
        assert (await system.backend.check()).ok
        await done(system, make_write())
        assert (await system.backend.check()).ok


@pytest.mark.parametrize("body", [b"{}", b"null", b'[1, null, "x", []]', b"<html>It works!</html>"])
async def test_a_server_that_answers_anything_is_neither_well_nor_set_up(harness: ZammadHarness, body: bytes) -> None:
    harness.zammad.plan(_base.Fault(200, body))
    async with harness.open() as system:
        assert system.setup is not None
        (check,) = (await system.backend.check()).checks
        with pytest.raises(TransientError, match="cannot be read"):
            await system.setup.plan(ADDRESS)
    assert (check.name, check.ok) == ("server", False)
    assert "but not as" in check.detail


@pytest.mark.parametrize("body", [b"{}", b"null", b'[1, null, "x", []]', b"<html>It works!</html>"])
async def test_what_was_not_made_is_not_said_to_be(harness: ZammadHarness, body: bytes) -> None:
    harness.zammad.attributes.clear()
    async with harness.open() as system:
        assert system.setup is not None
        steps = [step for step in await system.setup.plan(ADDRESS) if not step.done]
        harness.zammad.plan(_base.Fault(200, body, changes_only=True))
        for step in steps:
            with pytest.raises((OutcomeUnknownError, ConfigError)):
                await system.setup.make(step, ADDRESS)
    assert steps


async def test_webhook_and_trigger_without_a_secret_stay_undone_and_say_so(clock: ManualClock) -> None:
    async with zammad_harness(clock, webhook_secret=None) as harness, harness.open() as system:
        assert system.setup is not None
        steps = await system.setup.plan(ADDRESS)
        made = [await system.setup.make(step, ADDRESS) for step in steps]
    assert [(step.name, step.done) for step in made] == [("attribute", True), ("webhook", False), ("trigger", False)]
    assert all("`webhook_secret` first" in step.detail for step in made[1:])
    assert harness.zammad.webhooks == []
