"""`gatehouse status`: what is not well comes first with what to do, and an engine that is down is a status too."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from gateway.cli import status as command
from gateway.cli.main import app
from gateway.cli.status import NOT_RUNNING, Status, document, look, render, span
from gateway.control import serve
from gateway.errors import AuthError, TransientError
from gateway.health import Health
from gateway.journal import Fate, State
from gateway.ports import Key, Raw, Spent, StreamId
from gateway.settings import Settings, load
from gateway.store import SqlStore
from tests.conftest import ManualClock
from tests.desk import Desk


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("GATEHOUSE_SUPPORT_PASSWORD", "made-up")
    desk = Desk(tmp_path)
    # The key of the `store` that stands beside it.
    (tmp_path / "gatehouse.key").write_text(f"test {b64encode(b'k' * 32).decode()}\n", encoding="ascii")
    return load(desk.path)


def shown(seen: Status) -> str:
    console = Console(width=160, highlight=False)
    with console.capture() as captured:
        console.print(render(seen))
    return captured.get()


def answering(health: Health) -> Mapping[str, Any]:
    async def told(asked: Mapping[str, object]) -> dict[str, object]:
        plain = [
            {name: each.isoformat() if isinstance(each, datetime) else each for name, each in values.items()}
            for values in ({field: getattr(part, field) for field in part.__slots__} for part in health.parts())
        ]
        return {"parts": plain}

    return {"status": told}


async def put(store: SqlStore, clock: ManualClock, *keys: str) -> None:
    raws = [Raw("support", StreamId("INBOX"), Key(key), key, b"x", "message/rfc822", clock.now(), 1) for key in keys]
    await store.put_page("support", StreamId("INBOX"), raws, None)


async def test_parts_queues_and_remedies_are_shown(settings: Settings, store: SqlStore, clock: ManualClock) -> None:
    health = Health(clock)
    health.well("support:INBOX")
    health.starting("pipeline")
    health.ill("vip:INBOX", AuthError("the mailbox does not accept our password"), clock.now() + timedelta(seconds=300))
    await put(store, clock, "a", "b", "c")
    (first, *_) = await store.claim_raws(10, 10**6, clock.now())
    await store.release_raws([Fate(first.seq, State.BURIED, "bad")])
    clock.advance(90)
    async with serve(settings.store.socket, answering(health)):
        seen = await look(settings, store, clock)
    assert not seen.is_well
    assert [part.part for part in seen.parts] == ["vip:INBOX", "pipeline", "support:INBOX"], "what is ill comes first"
    text = shown(seen)
    assert "1 of 3 parts do not work." in text
    assert "the mailbox does not accept our password" in text
    assert "→ renew the credential" in text
    told = document(seen)
    (queue,) = json.loads(json.dumps(told["queues"]))
    assert (queue["waiting"], queue["buried"], queue["oldest_secs"]) == (2, 1, 90)
    vip = json.loads(json.dumps(told["parts"]))[0]
    assert (vip["condition"], vip["lag_secs"], vip["well"]) == ("auth_failed", 90, False)
    assert "in 3 min 30 s" in text


async def test_all_well_is_said_in_one_line(settings: Settings, store: SqlStore, clock: ManualClock) -> None:
    health = Health(clock)
    health.well("support:INBOX")
    async with serve(settings.store.socket, answering(health)):
        seen = await look(settings, store, clock)
    assert seen.is_well
    assert shown(seen).splitlines()[0].strip() == "All is well: 1 parts work."


async def test_what_each_account_spent_today_is_shown(settings: Settings, store: SqlStore, clock: ManualClock) -> None:
    """By channel and thing, in units of the currency, of this UTC day; a desk that spends nothing shows nothing."""
    seen = await look(settings, store, clock)
    assert "spent" not in shown(seen)
    assert document(seen)["spent"] == []
    today = clock.now().date()
    await store.spending.add("email:support", today, "post_read", Spent(3, 15_000))
    await store.spending.add("email:support", today, "link", Spent(0, 1_200_000))
    await store.spending.add("email:support", today - timedelta(days=1), "post_read", Spent(99, 99))
    await store.spending.add("email:another", today, "post_read", Spent(99, 99))
    seen = await look(settings, store, clock)
    assert document(seen)["spent"] == [
        {"channel": "support", "what": "link", "calls": 0, "cost": 1.2},
        {"channel": "support", "what": "post_read", "calls": 3, "cost": 0.015},
    ]
    words = [line.split() for line in shown(seen).splitlines()[-3:]]
    assert words == [
        ["spent", "today", "(UTC)", "on", "calls", "cost"],
        ["support", "link", "0", "1.20"],
        ["support", "post_read", "3", "0.015"],
    ]


async def test_an_engine_that_is_down_is_said_and_the_queues_are_shown(
    settings: Settings, store: SqlStore, clock: ManualClock
) -> None:
    await put(store, clock, "a")
    seen = await look(settings, store, clock)
    assert not seen.running
    text = shown(seen)
    assert NOT_RUNNING in text
    assert "support" in text


async def test_an_engine_that_does_not_answer_is_said(
    settings: Settings, store: SqlStore, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> dict[str, object]:
        raise TransientError("the running gateway gave no answer")

    monkeypatch.setattr(command, "ask_all", broken)
    seen = await look(settings, store, clock)
    assert (seen.running, seen.is_well) == (True, False)
    assert "gave no answer" in shown(seen)


async def test_what_an_engine_of_another_release_says_is_shown_as_far_as_it_is_known(
    settings: Settings, store: SqlStore, clock: ManualClock
) -> None:
    """A field that is missing, a condition that is new, a time that cannot be read: shown, and not called well."""

    async def odd(asked: Mapping[str, object]) -> dict[str, object]:
        return {"parts": [{"part": "x", "condition": "melting", "since": "yesterday", "new": 1}, 7]}

    async with serve(settings.store.socket, {"status": odd}):
        seen = await look(settings, store, clock)
    assert not seen.is_well
    assert "melting" in shown(seen)


async def test_nothing_that_is_shown_can_steer_the_terminal(
    settings: Settings, store: SqlStore, clock: ManualClock
) -> None:
    health = Health(clock)
    health.ill("support:INBOX", TransientError("said \x1b]0;owned\x07 [red]and\u202e back"), None)
    async with serve(settings.store.socket, answering(health)):
        text = shown(await look(settings, store, clock))
    assert not {"\x1b", "\x07", "\u202e"} & set(text)
    assert "[red]and" in text


def test_the_command_works_without_an_engine(tmp_path: Path) -> None:
    """No password is in this shell, no engine runs, the store is new."""
    desk = Desk(tmp_path)
    done = CliRunner().invoke(app, ["status", "--config", str(desk.path)])
    assert done.exit_code == 0
    assert NOT_RUNNING in done.stdout
    told = json.loads(CliRunner().invoke(app, ["status", "--json", "--config", str(desk.path)]).stdout)
    assert (told["running"], told["well"], told["parts"], told["queues"]) == (False, False, [], [])


async def test_watching_in_a_pipe_prints_one_after_the_other(
    settings: Settings, store: SqlStore, clock: ManualClock, capsys: pytest.CaptureFixture[str]
) -> None:
    task = asyncio.create_task(command._show(settings, clock, 2.0, True))
    async with asyncio.timeout(10):
        for _ in range(3):
            while not clock.sleeping:
                await asyncio.sleep(0)
            clock.advance(2)
        while not clock.sleeping:
            await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(lines) == 4
    assert lines[0]["at"] < lines[1]["at"] < lines[3]["at"]


@pytest.mark.parametrize(
    ("secs", "said"),
    [
        (None, ""),
        (0, "0 s"),
        (59.9, "59 s"),
        (60, "1 min 0 s"),
        (3725, "1 h 2 min"),
        (90_000, "1 d 1 h"),
        (86_400, "1 d 0 h"),
    ],
)
def test_a_span_is_told_in_its_two_largest_units(secs: float | None, said: str) -> None:
    assert span(secs) == said
