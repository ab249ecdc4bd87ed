"""The Zendesk backend where Zendesk is special: its keys, its jobs, its limits, its webhooks, its mapping.

On the sandbox's Zendesk over real sockets. Where its OpenAPI document is at hand every call is checked against it.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from pydantic import ValidationError

from gateway.backends.zendesk import PLUGIN, page_of
from gateway.backends.zendesk.pace import Pace
from gateway.backends.zendesk.settings import ZendeskSettings, as_html
from gateway.case import Assessment, Finding, Party, Priority, Severity
from gateway.errors import (
    GoneError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    TransientError,
)
from gateway.ports import (
    Backend,
    Done,
    Failed,
    Key,
    Opening,
    Pending,
    TicketAction,
    TicketRef,
    TicketSystem,
    TicketWrite,
)
from gateway.sandbox.tickets._base import Fault
from gateway.testing.backends import case_id, done, make_entry, make_file, make_write, submit
from tests.conftest import ManualClock
from tests.contract.zendesk_harness import SECRET, TOKEN, ZendeskHarness, comments, tick


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


@pytest_asyncio.fixture
async def system(desk: ZendeskHarness) -> AsyncIterator[TicketSystem]:
    async with desk.open() as opened:
        yield opened


def openings(count: int, first: int = 1) -> list[TicketWrite]:
    return [make_write(number) for number in range(first, first + count)]


async def failed(backend: Backend, write: TicketWrite) -> Exception:
    answer = (await submit(backend, [write]))[write.key]
    assert isinstance(answer, Failed), f"not failed: {answer}"
    return answer.error


async def pending(backend: Backend, writes: Sequence[TicketWrite]) -> dict[Key, Pending]:
    answers = await submit(backend, writes)
    waiting = {key: answer for key, answer in answers.items() if isinstance(answer, Pending)}
    assert len(waiting) == len(writes), answers
    return waiting


async def settled(backend: Backend, write: TicketWrite, job: str) -> TicketRef:
    found = await backend.find(write, job)
    assert isinstance(found, str), found
    return TicketRef(found)


# Jobs


async def test_many_openings_go_as_one_job_and_one_call_looks_after_all(
    desk: ZendeskHarness, system: TicketSystem
) -> None:
    writes = openings(100)
    waiting = await pending(system.backend, writes)
    assert desk.zendesk.counts == {"POST /api/v2/tickets/create_many": 1}
    tick(desk, 3)
    for write in writes:
        assert isinstance(await system.backend.find(write, waiting[write.key].job), Pending)
    tick(desk, 3)
    tickets = [await settled(system.backend, write, waiting[write.key].job) for write in writes]
    assert desk.zendesk.counts["GET /api/v2/job_statuses/show_many"] == 2
    assert sum(desk.zendesk.counts.values()) == 3
    by_id = desk.zendesk.desk.tickets
    assert [by_id[int(ticket)].fields["external_id"] for ticket in tickets] == [write.case.id for write in writes]


async def test_few_openings_go_one_by_one(desk: ZendeskHarness, system: TicketSystem) -> None:
    answers = await submit(system.backend, openings(24))
    assert all(isinstance(answer, Done) for answer in answers.values())
    assert "POST /api/v2/tickets/create_many" not in desk.zendesk.counts


async def test_a_job_is_known_after_a_restart(desk: ZendeskHarness) -> None:
    writes = openings(30)
    async with desk.open() as system:
        waiting = await pending(system.backend, writes)
    tick(desk, 10)
    async with desk.open() as system:
        tickets = {await settled(system.backend, write, waiting[write.key].job) for write in writes}
    assert len(tickets) == len(desk.zendesk.desk.tickets) == 30


async def test_one_ticket_of_a_job_that_is_refused_fails_alone(desk: ZendeskHarness, system: TicketSystem) -> None:
    writes = openings(100)
    bad = writes[41]
    desk.zendesk.refuse = lambda ticket: "Custom field: is required" if ticket["external_id"] == bad.case.id else None
    waiting = await pending(system.backend, writes)
    tick(desk, 10)
    found = {write.key: await system.backend.find(write, waiting[write.key].job) for write in writes}
    assert [key for key, ticket in found.items() if ticket is None] == [bad.key]
    assert isinstance(await failed(system.backend, replace(bad, doubtful=True)), RejectedError)
    assert len(desk.zendesk.desk.tickets) == 99


async def test_a_job_that_is_refused_as_a_whole_is_parted_down_to_the_one_to_blame(
    desk: ZendeskHarness, system: TicketSystem
) -> None:
    writes = openings(40)
    desk.zendesk.plan(Fault(422, b'{"error":"Unprocessable"}', of=writes[17].case.id))
    answers = await submit(system.backend, writes)
    errors = {key: answer.error for key, answer in answers.items() if isinstance(answer, Failed)}
    assert list(errors) == [writes[17].key]
    assert isinstance(errors[writes[17].key], RejectedError)
    tick(desk, 10)
    for write in writes:
        answer = answers[write.key]
        if isinstance(answer, Pending):
            await settled(system.backend, write, answer.job)
    assert len(desk.zendesk.desk.tickets) == 39


async def test_a_job_whose_queueing_was_never_answered_is_waited_for_and_nothing_is_doubled(
    desk: ZendeskHarness, system: TicketSystem
) -> None:
    """The line falls after Zendesk has taken a hundred openings: nobody knows the job's name, and it is at work."""
    writes = openings(50)
    desk.zendesk.plan(Fault(takes=True, cut=True, of="create_many"))
    answers = await submit(system.backend, writes)
    assert all(isinstance(each, Failed) and isinstance(each.error, OutcomeUnknownError) for each in answers.values())
    desk.zendesk.mend()
    with pytest.raises(OutcomeUnknownError, match="still works"):
        await system.backend.find(writes[0])
    tick(desk, 10)
    found = {await system.backend.find(write) for write in writes}
    assert len(found) == len(desk.zendesk.desk.tickets) == 50
    assert None not in found


async def test_writes_of_a_job_that_zendesk_has_forgotten_are_found_by_their_key(
    desk: ZendeskHarness, system: TicketSystem
) -> None:
    writes = openings(30)
    waiting = await pending(system.backend, writes)
    tick(desk, 10)
    desk.zendesk.jobs.work()
    desk.zendesk.jobs.lose()
    found = {await system.backend.find(write, waiting[write.key].job) for write in writes}
    assert len(found) == 30
    assert None not in found


async def test_no_job_is_queued_while_thirty_are_under_way(desk: ZendeskHarness, system: TicketSystem) -> None:
    for batch in range(30):
        await pending(system.backend, openings(25, first=batch * 25 + 1))
    more = openings(25, first=2000)
    calls = desk.zendesk.counts["POST /api/v2/tickets/create_many"]
    with pytest.raises(RateLimitedError) as told:
        await system.backend.submit(more)
    assert not told.value.item
    assert desk.zendesk.counts["POST /api/v2/tickets/create_many"] == calls
    tick(desk, 10)
    await pending(system.backend, more)


async def test_a_queue_that_others_have_filled_is_waited_for(desk: ZendeskHarness, system: TicketSystem) -> None:
    desk.zendesk.plan(Fault(429, b'{"error":"TooManyJobs"}', of="create_many"))
    with pytest.raises(RateLimitedError) as told:
        await system.backend.submit(openings(30))
    assert not told.value.item
    assert timedelta(0) < told.value.retry_after <= timedelta(seconds=60)


async def test_what_is_more_than_an_opening_goes_by_itself(desk: ZendeskHarness, system: TicketSystem) -> None:
    """Files, notes beside the user's words, and whatever is in doubt keep out of jobs."""
    plain = openings(30)
    entry = make_entry(31)
    found = Finding(code="look_alike", severity=Severity.DANGER, reason="a look-alike")
    told = replace(make_write(31), entry=entry.model_copy(update={"assessment": Assessment(findings=(found,))}))
    filed = replace(make_write(32), files=(make_file("a.png", b"x"),))
    doubtful = replace(make_write(33), doubtful=True)
    answers = await submit(system.backend, [*plain, told, filed, doubtful])
    assert all(isinstance(answers[write.key], Pending) for write in plain)
    assert all(isinstance(answers[write.key], Done) for write in (told, filed, doubtful))


async def test_what_is_left_over_of_many_openings_is_a_job_as_well(desk: ZendeskHarness, system: TicketSystem) -> None:
    await pending(system.backend, openings(30))
    await pending(system.backend, openings(2, first=31))
    tick(desk, 20)
    for name in desk.zendesk.jobs.all:
        await system.backend.find(make_write(1), f"{name}:0")
    answers = await submit(system.backend, openings(2, first=41))
    assert all(isinstance(answer, Done) for answer in answers.values()), "a job for two, with none at work"


# Keys


async def test_the_same_write_within_two_hours_opens_no_second_ticket(
    desk: ZendeskHarness, system: TicketSystem
) -> None:
    write = make_write()
    first = await done(system.backend, write)
    assert await done(system.backend, write) == first, "the Idempotency-Key was another"
    tick(desk, 2 * 3600 + 1)
    assert await done(system.backend, write) != first, "keys are for ever in the sandbox"


async def test_the_same_write_in_other_words_is_looked_up(desk: ZendeskHarness, system: TicketSystem) -> None:
    write = make_write()
    ticket = await done(system.backend, write)
    changed = replace(write, case=write.case.model_copy(update={"subject": "another"}))
    assert isinstance(await failed(system.backend, changed), OutcomeUnknownError)
    assert await system.backend.find(changed) == ticket


async def test_another_ticket_of_the_same_case_has_a_key_of_its_own(desk: ZendeskHarness, system: TicketSystem) -> None:
    write = make_write()
    first = await done(system.backend, write)
    second = await done(system.backend, replace(write, generation=2))
    assert first != second
    assert desk.zendesk.desk.tickets[int(second)].fields["external_id"] == f"{write.case.id}/2"


async def test_a_ticket_that_a_race_made_a_second_of_is_given_up(desk: ZendeskHarness, system: TicketSystem) -> None:
    write = make_write()
    kept = await done(system.backend, write)
    desk.zendesk.desk.create(
        {"comment": {"body": "x"}, "external_id": write.case.id, "requester": {"name": "A", "email": "a@example.test"}},
        desk.zendesk.desk.us,
    )
    assert await done(system.backend, replace(write, doubtful=True)) == kept
    orphan = max(desk.zendesk.desk.tickets)
    ticket = desk.zendesk.desk.tickets[orphan]
    assert (ticket.fields["external_id"], ticket.fields["status"]) == (None, "solved")
    assert not comments(ticket)[-1]["public"]


# Errors


async def test_a_closed_ticket_is_gone_but_being_solved_is_what_it_is(
    desk: ZendeskHarness, system: TicketSystem
) -> None:
    ticket = await done(system.backend, make_write())
    desk.zendesk.acts(int(ticket), {"status": "closed"})
    assert isinstance(await failed(system.backend, make_write(step="b", ticket=ticket)), GoneError)
    assert await done(system.backend, make_write(step="c", action=TicketAction.STATE, ticket=ticket)) == ticket


@pytest.mark.parametrize(
    ("fault", "kind", "item"),
    [
        (Fault(409, b'{"error":"UpdateConflict"}'), TransientError, True),
        (Fault(429), TransientError, False),
        (Fault(429, headers={"retry-after": "70"}), RateLimitedError, False),
        (Fault(429, headers={"retry-after": "70", "x-rate-limit-remaining": "55"}), RateLimitedError, True),
        (Fault(429, headers={"x-rate-limit-remaining": "55"}), RateLimitedError, True),
    ],
)
async def test_an_update_that_comes_too_soon_concerns_its_ticket_or_all(
    desk: ZendeskHarness, system: TicketSystem, fault: Fault, kind: type[TransientError], item: bool
) -> None:
    ticket = await done(system.backend, make_write())
    desk.zendesk.plan(replace(fault, changes_only=True))
    error = await failed(system.backend, make_write(step="b", action=TicketAction.NOTE, ticket=ticket))
    assert type(error) is kind
    assert isinstance(error, TransientError)
    assert error.item is item


async def test_an_answer_that_cannot_be_read_leaves_doubt_and_the_ticket_is_found(
    desk: ZendeskHarness, system: TicketSystem
) -> None:
    write = make_write()
    desk.zendesk.plan(Fault(201, b'{"ticket":', takes=True, changes_only=True))
    assert isinstance(await failed(system.backend, write), OutcomeUnknownError)
    desk.zendesk.mend()
    assert await system.backend.find(write) == str(desk.ticket(case_id(1)).id)


async def test_no_call_is_made_where_the_plan_has_none_left(clock: ManualClock) -> None:
    harness = ZendeskHarness(clock)
    harness.zendesk.plan_limit = 3
    await harness.start()
    clock.advance(20)
    async with harness.open() as system:
        for write in openings(3):
            await done(system.backend, write)
        error = await failed(system.backend, make_write(4))
        assert isinstance(error, RateLimitedError)
        assert (error.retry_after, error.item) == (timedelta(seconds=40), False)
        assert harness.zendesk.limited == 0
        clock.advance(40)
        await done(system.backend, make_write(4))
    await harness.kill()


async def test_a_ticket_that_was_changed_thirty_times_waits_alone(desk: ZendeskHarness, system: TicketSystem) -> None:
    busy, other = await done(system.backend, make_write(1)), await done(system.backend, make_write(2))
    for number in range(30):
        await done(system.backend, make_write(1, f"n{number}", TicketAction.NOTE, busy))
        tick(desk, 1)
    error = await failed(system.backend, make_write(1, "x", TicketAction.NOTE, busy))
    assert isinstance(error, RateLimitedError)
    assert error.item
    assert timedelta(minutes=9) < error.retry_after <= timedelta(minutes=11)
    await done(system.backend, make_write(2, "x", TicketAction.NOTE, other))
    assert desk.zendesk.limited == 0


async def test_a_pace_gives_each_that_waits_a_time_of_its_own(clock: ManualClock) -> None:
    pace = Pace(clock, 10, timedelta(minutes=1))
    waits = [pace.wait() for _ in range(35)]
    assert waits[:10] == [None] * 10
    minutes = [round(wait / timedelta(seconds=61)) for wait in waits[10:] if wait is not None]
    assert minutes == [1] * 10 + [2] * 10 + [3] * 5
    clock.advance(61)
    assert [pace.wait() for _ in range(10)] == [None] * 10
    assert pace.wait() == timedelta(seconds=122), "the room of those who were told to come later was given away"
    clock.advance(600)
    assert pace.has_room


async def test_calls_that_came_late_in_their_window_hold_back_those_of_the_next(clock: ManualClock) -> None:
    """No stretch of a minute holds more than is allowed, wherever Zendesk's own minutes begin."""
    pace = Pace(clock, 10, timedelta(minutes=1))
    made = []
    for _ in range(300):
        if pace.wait() is None:
            made.append(clock.now())
        clock.advance(1.7)
    stretches = [sum(at <= other < at + timedelta(minutes=1) for other in made) for at in made]
    assert max(stretches) == 10
    assert len(made) >= 0.9 * 10 * 300 * 1.7 / 60


# What goes where


async def test_a_case_is_mapped_as_it_is_configured(clock: ManualClock) -> None:
    harness = ZendeskHarness(
        clock,
        group="77",
        queues={"billing": "78"},
        fields={"category": "501", "id": "502"},
        tags={"vip": "", "big": "Very Big"},
        states={"solved": "9001"},
    )
    harness.zendesk.desk.groups = {77: "Support", 78: "Billing"}
    await harness.start()
    case = make_write().case.model_copy(
        update={
            "queue": "billing",
            "category": "withdrawal",
            "priority": Priority.URGENT,
            "tags": ("vip", "big", "scam"),
            "requester": Party(platform="telegram", address="42", id="42", name="Zoë", handle="zoe"),
        }
    )
    write = replace(make_write(), case=case)
    async with harness.open() as system:
        ticket = harness.zendesk.desk.tickets[int(await done(system.backend, write))]
        state = replace(make_write(step="b", action=TicketAction.STATE, ticket=TicketRef(str(ticket.id))), case=case)
        await done(system.backend, state)
    await harness.kill()
    assert ticket.fields["group_id"] == 78
    assert ticket.fields["priority"] == "urgent"
    assert ticket.fields["custom_status_id"] == 9001
    assert ticket.tags == ["gatehouse", "very_big", "scam"]
    assert ticket.custom == {501: "withdrawal", 502: case.id}
    requester = harness.zendesk.desk.users[ticket.requester_id]
    assert (requester.name, requester.email) == ("Zoë", "telegram-42@users.invalid")


async def test_a_later_message_bears_its_users_name_and_a_note_ours(desk: ZendeskHarness) -> None:
    async with desk.open() as system:
        ticket = await done(system.backend, make_write())
    async with desk.open() as system:
        for step, action in (("b", TicketAction.MESSAGE), ("c", TicketAction.MESSAGE), ("d", TicketAction.NOTE)):
            await done(system.backend, make_write(step=step, action=action, ticket=ticket))
    shown = desk.ticket(case_id(1))
    us = desk.zendesk.desk.us.id
    assert [each["author_id"] for each in comments(shown)[1:]] == [shown.requester_id, shown.requester_id, us]
    assert [each["public"] for each in comments(shown)] == [True, True, True, False]
    assert desk.zendesk.counts["GET /api/v2/tickets/{id}"] == 1, "the requester was asked for again"


async def test_a_file_that_zendesk_does_not_take_is_named_to_the_agents(
    desk: ZendeskHarness, system: TicketSystem
) -> None:
    files = (make_file("good.png", b"1"), make_file("bad.exe", b"2"))
    write = replace(make_write(), files=files)
    desk.zendesk.plan(Fault(422, of="filename=bad.exe"))
    ticket = await done(system.backend, write)
    lines = await desk.lines(case_id(1))
    assert [line.for_agents for line in lines] == [False, True]
    assert "bad.exe" in lines[1].text
    assert await desk.files(case_id(1)) == [("good.png", b"1")]
    assert await system.backend.find(write) == ticket
    assert await done(system.backend, replace(write, doubtful=True)) == ticket
    assert len(await desk.lines(case_id(1))) == 2


async def test_a_note_about_files_that_was_not_reached_is_made_up_for(
    desk: ZendeskHarness, system: TicketSystem
) -> None:
    write = replace(make_write(), files=(make_file("bad.exe", b"2"),))
    desk.zendesk.plan(Fault(413, of="/uploads"), Fault(503, of="in the gateway alone", times=1))
    assert isinstance(await failed(system.backend, write), OutcomeUnknownError)
    assert await system.backend.find(write) is None
    await done(system.backend, replace(write, doubtful=True))
    assert [line.for_agents for line in await desk.lines(case_id(1))] == [False, True]


async def test_a_file_that_is_too_large_is_not_even_sent(desk: ZendeskHarness, system: TicketSystem) -> None:
    large = replace(make_file("film.mp4", b"1"), size=51 * 1024 * 1024)
    await done(system.backend, replace(make_write(), files=(large,)))
    assert "POST /api/v2/uploads" not in desk.zendesk.counts
    assert "film.mp4" in (await desk.lines(case_id(1)))[1].text


async def test_a_text_that_is_too_long_is_cut_and_says_so(desk: ZendeskHarness, system: TicketSystem) -> None:
    await done(system.backend, replace(make_write(), entry=make_entry(text="<&> " * 30_000)))
    (comment,) = comments(desk.ticket(case_id(1)))
    assert len(comment["html_body"]) <= 60_000
    assert comment["body"].endswith("[cut here: the rest is in the gateway]")


async def test_a_text_of_nothing_is_no_empty_comment(desk: ZendeskHarness, system: TicketSystem) -> None:
    await done(system.backend, replace(make_write(), entry=make_entry(text=" \n\0")))
    assert len(await desk.lines(case_id(1))) == 1


def test_html_shows_each_character() -> None:
    assert as_html('a <b> & "c"\n  d') == 'a &lt;b&gt; &amp; "c"<br>&nbsp; d'


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "http://examplex.zendesk.com"},
        {"group": "Support"},
        {"queues": {"billing": "Billing"}},
        {"tag": "Gate House"},
        {"fields": {"colour": "1"}},
        {"batch_from": 1},
    ],
)
def test_settings_that_cannot_work_are_refused(wrong: Mapping[str, Any]) -> None:
    given = {"url": "https://examplex.zendesk.com", "token": {"env": "TEST_ZENDESK_TOKEN"}}
    ZendeskSettings.model_validate(given)
    with pytest.raises(ValidationError):
        ZendeskSettings.model_validate({**given, **wrong})


def test_a_ticket_has_a_page_for_agents() -> None:
    given = {"url": "https://examplex.zendesk.com/", "token": {"env": "TEST_ZENDESK_TOKEN"}}
    settings = ZendeskSettings.model_validate(given)
    assert page_of(settings, TicketRef("12")) == "https://examplex.zendesk.com/agent/tickets/12"


async def test_an_oauth_token_is_sent_as_one(desk: ZendeskHarness) -> None:
    settings = ZendeskSettings.model_validate({"url": desk.zendesk.url, "token": {"env": "TEST_ZENDESK_TOKEN"}})
    async with PLUGIN.open(Opening("desk", settings, desk.clock)) as system:
        await done(system.backend, make_write())
    assert desk.zendesk.calls[-1].request.headers["authorization"] == f"Bearer {TOKEN}"


# Being told


async def test_setup_makes_what_is_missing_once(desk: ZendeskHarness, system: TicketSystem) -> None:
    address = "https://gate.example.test/hooks/desk"
    assert system.setup is not None
    steps = await system.setup.plan(address)
    assert [(step.name, step.done) for step in steps] == [("field", False), ("webhook", False), ("trigger", False)]
    assert desk.zendesk.counts.keys() == {
        "GET /api/v2/ticket_fields",
        "GET /api/v2/webhooks",
    }, "a plan changed something"
    made = [await system.setup.make(step, address) for step in steps]
    again = [await system.setup.make(step, address) for step in reversed(steps)]
    assert all(step.done for step in (*made, *again, *await system.setup.plan(address)))
    zendesk = desk.zendesk
    assert (len(zendesk.ticket_fields), len(zendesk.webhooks), len(zendesk.triggers)) == (1, 1, 1)
    assert made[0].setting == f'fields = {{ id = "{next(iter(zendesk.ticket_fields))}" }}'
    secret = next(iter(zendesk.webhooks.values()))["secret"]
    assert not [step for step in made if secret in f"{step}"]


async def test_what_agents_do_calls_the_webhook_and_what_we_do_does_not(
    desk: ZendeskHarness, system: TicketSystem
) -> None:
    assert system.setup is not None
    for step in await system.setup.plan("https://gate.example.test/x"):
        await system.setup.make(step, "https://gate.example.test/x")
    ticket = await done(system.backend, make_write())
    await done(system.backend, make_write(step="b", ticket=ticket))
    assert desk.zendesk.pushes == []
    await desk.act(case_id(1), "replied", "hello")
    (push,) = desk.zendesk.pushes
    assert json.loads(push.body) == {"ticket": ticket}


# Checks


async def found_wrong(system: TicketSystem) -> dict[str, str]:
    report = await system.backend.check()
    return {each.name: each.detail for each in report.checks if not each.ok}


async def test_each_missing_right_has_its_sentence(clock: ManualClock) -> None:
    harness = ZendeskHarness(clock, group="77", fields={"id": "502"})
    await harness.start()
    zendesk = harness.zendesk
    async with harness.open() as system:
        wrong = await found_wrong(system)
        assert wrong.keys() == {"group 77", "field 502"}
        assert "`group`" in wrong["group 77"]
        assert "`fields`" in wrong["field 502"]
        zendesk.desk.groups[77] = "Support"
        zendesk.ticket_fields[502] = {"id": 502, "title": "Case", "active": True}
        assert await found_wrong(system) == {}
        zendesk.desk.us.role = "agent"
        assert "role of an admin" in (await found_wrong(system))["exports"]
        zendesk.desk.us.role = "end-user"
        assert "is no agent" in (await found_wrong(system))["credential"]
        zendesk.desk.us.email = "another@examplex.test"
        assert "API token" in (await found_wrong(system))["credential"]
    await harness.kill()


async def test_a_trigger_that_would_mail_our_users_is_told(desk: ZendeskHarness, system: TicketSystem) -> None:
    def trigger(value: str, *conditions: Mapping[str, str], active: bool = True) -> None:
        number = desk.zendesk.desk.next_id()
        desk.zendesk.triggers[number] = {
            "id": number,
            "title": f"Notify {number}",
            "active": active,
            "conditions": {"all": list(conditions), "any": []},
            "actions": [{"field": "notification_user", "value": [value, "Subject", "Body"]}],
        }

    spared = {"field": "current_tags", "operator": "not_includes", "value": "spam gatehouse"}
    trigger("requester_id", spared)
    trigger("requester_id", active=False)
    trigger("assignee_id")
    assert await found_wrong(system) == {}
    trigger("requester_and_ccs")
    assert str(max(desk.zendesk.triggers)) in (await found_wrong(system))["silence"]


@pytest.mark.parametrize("body", [b"{}", b"null", b'[1, null, "x", []]', b"<html>It works!</html>"])
async def test_a_server_that_answers_anything_is_neither_well_nor_set_up(desk: ZendeskHarness, body: bytes) -> None:
    desk.zendesk.plan(Fault(200, body))
    async with desk.open() as system:
        assert system.setup is not None
        (check,) = (await system.backend.check()).checks
        with pytest.raises(TransientError, match="cannot be read"):
            await system.setup.plan("https://gate.example.test/in/backend")
    assert (check.name, check.ok) == ("credential", False)
    assert "but not as" in check.detail


@pytest.mark.parametrize("body", [b"{}", b"null", b'[1, null, "x", []]', b"<html>It works!</html>"])
async def test_what_was_not_made_is_not_said_to_be(desk: ZendeskHarness, body: bytes) -> None:
    async with desk.open() as system:
        assert system.setup is not None
        steps = [step for step in await system.setup.plan("https://gate.example.test/in/backend") if not step.done]
        desk.zendesk.plan(Fault(200, body, changes_only=True))
        for step in steps:
            with pytest.raises(OutcomeUnknownError):
                await system.setup.make(step, "https://gate.example.test/in/backend")
    assert steps


@pytest.mark.parametrize(
    ("of", "name"), [("ticket_events", "exports"), ("groups", "group 77"), ("triggers", "silence")]
)
@pytest.mark.parametrize("body", [b"{}", b"null", b'{"triggers": [1]}'])
async def test_a_check_takes_no_answer_for_a_proof_that_holds_none(
    clock: ManualClock, of: str, name: str, body: bytes
) -> None:
    harness = ZendeskHarness(clock, group="77")
    await harness.start()
    harness.zendesk.desk.groups[77] = "Support"
    harness.zendesk.plan(Fault(200, body, of=of))
    async with harness.open() as system:
        wrong = await found_wrong(system)
    await harness.kill()
    assert list(wrong) == [name]
    assert "cannot be read" in wrong[name]
