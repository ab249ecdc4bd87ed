"""Several ticket systems behind one running gateway: a mirror, a spare while one is away, cases that move."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from typer.testing import CliRunner

from gateway.case import CaseState
from gateway.cli.main import app
from gateway.feedback import TRANSFERS, transferred
from gateway.sandbox._http import Answer, Request
from gateway.sandbox.mail import MailServer
from gateway.sandbox.tickets._base import TicketServer
from gateway.systems import PROBED_AFTER
from gateway.wake import ENGINE
from tests.conftest import ManualClock
from tests.servers.http_sink import HttpSink
from tests.unit.test_app import (
    ANN,
    BOUND,
    DESK,
    PASSWORD,
    DeskFolder,
    answer,
    cases,
    engine,
    from_us,
    parts,
    plain,
    until,
)

SECRET = "c2hhcmVkIHdpdGggdGhlIHJlY2VpdmVyIGFsb25l"
runner = CliRunner()


@pytest_asyncio.fixture
async def sink(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[HttpSink]:
    monkeypatch.setenv("TEST_WEBHOOK_SECRET", SECRET)
    async with HttpSink(SECRET.encode()) as server:
        yield server


@pytest_asyncio.fixture
async def mail(clock: ManualClock) -> AsyncIterator[MailServer]:
    async with MailServer.start(password=PASSWORD, now=clock.now) as server:
        yield server


def desk_with(folder: Path, mail: MailServer, tables: str) -> DeskFolder:
    desk = DeskFolder(folder / "desk", mail)
    desk.change('[backend]\nkind = "embedded"\n', tables)
    return desk


def webhook(name: str, sink: HttpSink, more: str = "") -> str:
    secret = '{ env = "TEST_WEBHOOK_SECRET" }'
    return f'[backends.{name}]\nkind = "webhook"\nurl = "{sink.url}"\nsecret = {secret}\n{more}\n'


def acts(sink: HttpSink) -> list[tuple[str, Any]]:
    """Return what the receiver was told, in order: the action, and its text or state."""
    found = [event["data"] for event in sink.taken]
    return [(data["action"], data["note"] or data["state"] or data["entry"]["message"]["text"]) for data in found]


async def test_a_mirror_has_the_whole_thread_and_its_agents_change_nothing(
    tmp_path: Path, mail: MailServer, sink: HttpSink, clock: ManualClock
) -> None:
    tables = '[backends.main]\nkind = "embedded"\n' + webhook("copy", sink, 'mirrors = "main"')
    desk = desk_with(tmp_path, mail, tables)
    async with engine(desk.settings(), clock) as (built, store):
        mail.deliver(DESK, plain(1))
        (case,) = await cases(store, 1)
        await answer(store, case, "We look into it.", clock)
        built.poke()
        await until(lambda: len(sink.taken) == 3)
        found = await store.case_view(case.id)
    assert case.backend == "backend:main"
    assert [action for action, _ in acts(sink)] == ["message", "note", "state"]
    assert "We look into it." in acts(sink)[1][1]
    assert acts(sink)[2][1] == "waiting"
    assert found is not None
    assert {ticket.name for ticket in found.file.tickets} == {"backend:main", "backend:copy"}


async def test_new_cases_go_to_the_spare_once_the_primary_has_failed_for_so_long(
    tmp_path: Path, mail: MailServer, sink: HttpSink, clock: ManualClock
) -> None:
    spare = '[backends.spare]\nkind = "embedded"\nspare_for = "main"\nafter_secs = 60\n'
    desk = desk_with(tmp_path, mail, webhook("main", sink) + spare)
    await sink.down()
    async with engine(desk.settings(), clock) as (built, store):
        mail.deliver(DESK, plain(1))
        await until(lambda: (part := parts(built).get("backend:main:write")) is not None and part.last_error)
        first = (await store.list_cases(None, 10))[0]
        assert first.backend == "backend:main"
        clock.advance(61)
        mail.deliver(DESK, plain(2))
        async with asyncio.timeout(BOUND):
            while len(found := await store.list_cases(None, 10)) < 2:
                await asyncio.sleep(0.005)
        second = next(each for each in found if each.id != first.id)
        assert second.backend == "backend:spare"
        view = await store.case_view(second.id)
        async with asyncio.timeout(BOUND):
            while view is None or not view.file.tickets:
                await asyncio.sleep(0.005)
                view = await store.case_view(second.id)
        assert [ticket.name for ticket in view.file.tickets] == ["backend:spare"]
        await sink.up()
        clock.advance(3600)
        await until(lambda: sink.taken)
    assert [event["subject"] for event in sink.taken] == [first.id]


async def test_a_primary_that_nothing_was_tried_with_for_long_is_tried_with_a_new_case(
    tmp_path: Path, mail: MailServer, sink: HttpSink, clock: ManualClock
) -> None:
    spare = '[backends.spare]\nkind = "embedded"\nspare_for = "main"\nafter_secs = 60\n'
    desk = desk_with(tmp_path, mail, webhook("main", sink) + spare)
    async with engine(desk.settings(), clock) as (built, _):
        primary = next(each for each in built._systems if each.target == "backend:main").dispatcher
        primary.failing_since = primary.failed_at = clock.now()
        assert built._systems.away() == frozenset()
        clock.advance(61)
        assert built._systems.away() == {"backend:main"}
        clock.advance(PROBED_AFTER.total_seconds())
        assert built._systems.away() == frozenset()


async def test_a_case_that_moves_has_its_thread_there_and_is_answered_from_there(
    tmp_path: Path, mail: MailServer, sink: HttpSink, clock: ManualClock
) -> None:
    tables = webhook("old", sink) + '[backends.new]\nkind = "embedded"\ntakes = { queue = ["none"] }\n'
    desk = desk_with(tmp_path, mail, tables)
    async with engine(desk.settings(), clock) as (built, store):
        mail.deliver(DESK, plain(1))
        (case,) = await cases(store, 1)
        await mail.wait_for(ANN, from_us, BOUND)
        raw = transferred(case.id, "backend:new", "op", clock.now())
        await store.put_page(ENGINE, TRANSFERS, [raw], None)
        built.arrived()
        async with asyncio.timeout(BOUND):
            while not (view := await store.case_view(case.id)) or not view.desk:
                await asyncio.sleep(0.005)
        await answer(store, case, "From the new desk.", clock)
        built.poke()
        got = await mail.wait_for(ANN, lambda each: b"From the new desk." in each.body, BOUND)
    assert view.file.case.backend == "backend:new"
    assert [(line.kind, line.public) for line in view.desk][:1] == [("message", True)]
    assert case.id.encode() in got.header
    assert ("note", "This case goes on in new.") in acts(sink)


async def test_operators_see_each_ticket_system_and_move_cases(
    tmp_path: Path, mail: MailServer, sink: HttpSink, clock: ManualClock
) -> None:
    tables = webhook("old", sink) + '[backends.new]\nkind = "embedded"\ntakes = { queue = ["none"] }\n'
    desk = desk_with(tmp_path, mail, tables)
    config = str(desk.process.config)
    async with engine(desk.settings(), clock) as (_, store):
        mail.deliver(DESK, plain(1))
        (case,) = await cases(store, 1)
    listed = await asyncio.to_thread(runner.invoke, app, ["backends", "list", "--config", config, "--json"])
    assert [(row["name"], row["files"]) for row in json.loads(listed.stdout)] == [("old", "readable"), ("new", "named")]
    rows = await asyncio.to_thread(runner.invoke, app, ["channels", "list", "--config", config, "--json"])
    names = [row["name"] for row in json.loads(rows.stdout)["channels"]]
    assert names[-2:] == ["backend:old", "backend:new"]
    moved = await asyncio.to_thread(
        runner.invoke, app, ["backends", "move", "--to", "new", "--from", "old", "--config", config]
    )
    assert "1 case will go on in new." in moved.stdout, moved.output
    async with engine(desk.settings(), clock) as (_, store):
        async with asyncio.timeout(BOUND):
            while (await store.list_cases(None, 1))[0].backend != "backend:new":
                await asyncio.sleep(0.005)
        assert (await store.list_cases(None, 1))[0].state is CaseState.OPEN
    odd = ["--case", case.id, "--case", "GH-AAAAA-AAAAA"]
    again = await asyncio.to_thread(runner.invoke, app, ["backends", "move", "--to", "new", *odd, "--config", config])
    assert again.exit_code == 1
    assert "there already" in again.output
    assert "no such case" in again.output
    bare = await asyncio.to_thread(runner.invoke, app, ["backends", "move", "--to", "old", "--config", config])
    assert bare.exit_code == 2
    nowhere = await asyncio.to_thread(runner.invoke, app, ["backends", "move", "--to", "x", "--config", config])
    assert nowhere.exit_code == 2
    not_made = await asyncio.to_thread(runner.invoke, app, ["backends", "setup", "new", "--config", config])
    assert not_made.exit_code == 1


async def test_a_ticket_system_is_set_up_with_the_credentials_of_the_configuration(
    tmp_path: Path, mail: MailServer, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_CHATWOOT_TOKEN", "made-up-token-of-chatwoot")
    asked: list[str] = []

    class Asked(TicketServer):
        def admit(self, request: Request) -> Answer | None:
            asked.append(request.headers.get("api_access_token", ""))
            return Answer(401)

    server = Asked(clock)
    async with server.running():
        tables = (
            f'[backend]\nkind = "chatwoot"\nurl = "{server.url}"\ntoken = {{ env = "TEST_CHATWOOT_TOKEN" }}\n'
            "account = 1\ninbox = 1\n"
        )
        desk = desk_with(tmp_path, mail, tables)
        config = str(desk.process.config)
        found = await asyncio.to_thread(runner.invoke, app, ["backends", "setup", "chatwoot", "--config", config])
    assert found.exit_code != 0
    assert set(asked) == {"made-up-token-of-chatwoot"}, found.output


async def test_a_setup_that_makes_nothing_says_why(
    tmp_path: Path, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_JIRA_TOKEN", "made-up-token-of-jira")
    tables = (
        '[backend]\nkind = "jira"\nurl = "https://desk.example.test"\nmail = "gatehouse@example.test"\n'
        'token = { env = "TEST_JIRA_TOKEN" }\nproject = "DESK"\nservice_desk = "1"\nrequest_type = "7"\n'
    )
    config = str(desk_with(tmp_path, mail, tables).process.config)
    found = await asyncio.to_thread(runner.invoke, app, ["backends", "setup", "jira", "--config", config])
    assert (found.exit_code, "without --address" in found.stdout) == (0, True), found.output
