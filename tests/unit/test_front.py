"""What stays while engines come and go: all is passed on to the one that runs, and answered while none does."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from gateway.engine import Engine
from gateway.errors import TransientError
from gateway.front import ENGINE_PART, Front
from gateway.health import Condition, Health
from gateway.ports import PushRequest, Refusal
from gateway.settings import Settings
from gateway.trust.directory import Directory
from tests.builders import NOON
from tests.conftest import ManualClock


class ScriptedEngine:
    """Says what it was told."""

    def __init__(self, clock: ManualClock, *channels: str) -> None:
        self.settings = settings(*channels)
        self.health = Health(clock)
        self.health.well("pipeline")
        self.told: list[str] = []
        self.is_first = True

    def look_at_configuration(self) -> None:
        self.told.append("look")

    def note_configuration(self, error: Exception | None) -> None:
        self.told.append(f"noted {error}")

    async def apply(self, new: Settings) -> list[str]:
        self.told.append("apply")
        return ["web"]

    def poke(self) -> None:
        self.told.append("poke")

    def arrived(self) -> None:
        self.told.append("arrived")

    def leads(self) -> bool:
        return self.is_first

    def door(self, name: str) -> Any:
        return f"door of {name}"

    def sender(self, name: str) -> Any:
        return f"sender of {name}"


def settings(*channels: str) -> Settings:
    found = SimpleNamespace(
        path=Path("gatehouse.toml"),
        directory_path=Path("official.toml"),
        directory=Directory(digest=""),
        backends=[SimpleNamespace(door="backend")],
        secret_files=(),
        answers=None,
        triaging=None,
    )
    return cast(Settings, SimpleNamespace(channels=[SimpleNamespace(name=name) for name in channels], **vars(found)))


@pytest.fixture
def front(clock: ManualClock) -> Front:
    return Front(settings("support"), clock)


async def test_an_engine_that_runs_is_told_and_asked_everything(front: Front, clock: ManualClock) -> None:
    engine = ScriptedEngine(clock, "support", "sales")
    front.enter(cast(Engine, engine))
    front.reload()
    front.arrived()
    assert await front.commands()["poke"]({}) == {"poked": True}
    assert await front.commands()["reload"]({}) == {"reloading": True}
    assert engine.told == ["look", "arrived", "poke", "look"]
    assert [part.part for part in front.parts()] == ["pipeline"]
    assert front.channels() == ["support", "sales"]
    assert (front.door("a"), front.sender("a")) == ("door of a", "sender of a")
    assert front.leads()
    engine.is_first = False
    assert not front.leads()


async def test_while_none_runs_nothing_is_lost_and_nobody_leads(front: Front, clock: ManualClock) -> None:
    front.reload()
    front.arrived()
    assert await front.commands()["poke"]({}) == {"poked": True}
    assert not front.leads()
    assert front.sender("support") is None
    assert front.channels() == ["support"]
    (part,) = front.parts()
    assert (part.part, part.condition) == (ENGINE_PART, Condition.STARTING)
    found = front.door("support")
    assert found is not None
    source, ingress = found
    assert source == "support"
    request = PushRequest("POST", "/in/support", {}, {}, b"{}", NOON, "")
    refusal = ingress.receive(request)
    assert isinstance(refusal, Refusal)
    assert refusal.status == HTTPStatus.SERVICE_UNAVAILABLE


async def test_why_none_runs_and_since_when_is_shown_until_the_next_one_does(front: Front, clock: ManualClock) -> None:
    front.enter(cast(Engine, ScriptedEngine(clock, "support", "sales")))
    clock.advance(1)
    front.leave()
    (part,) = front.parts()
    assert (part.condition, part.since) == (Condition.STOPPED, clock.now())
    assert front.channels() == ["support", "sales"], "as they were when it ended"
    began = clock.now()
    for secs in (3, 5):
        error, again = TransientError(f"no answer for {secs} s"), clock.now() + timedelta(seconds=secs)
        front.interrupted(error, again)
        (part,) = front.parts()
        assert (part.condition, part.since, part.next_try_at) == (Condition.RETRYING, began, again)
        assert (part.last_error, part.action) == (str(error), error.action)
        clock.advance(secs)
    answer = await front.commands()["status"]({})
    assert isinstance(answer["parts"], list)
    assert answer["parts"][0]["next_try_at"] == again.isoformat()
    front.enter(cast(Engine, ScriptedEngine(clock)))
    assert [part.part for part in front.parts()] == ["pipeline"]
    front.leave()
    front.interrupted(TransientError("again"), clock.now())
    assert front.parts()[0].since == clock.now(), "trouble that began anew"


async def test_a_configuration_that_is_read_anew_goes_to_the_engine_that_runs_then(
    front: Front, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.front.load", lambda path: settings("sales"))
    front.reload()
    engine = ScriptedEngine(clock, "support")
    front.enter(cast(Engine, engine))
    assert await front.reloader.step() == 0
    assert engine.told == ["apply", "noted what changed in web waits for a restart"]


async def test_while_none_runs_only_what_is_configured_is_behind_a_door(front: Front, clock: ManualClock) -> None:
    for name in ("support", "backend"):
        found = front.door(name)
        assert found is not None
        assert found[0] == name
    assert front.door("nobody") is None
    front.enter(cast(Engine, ScriptedEngine(clock, "sales")))
    front.leave()
    assert (front.door("support"), front.door("sales") is None) == (None, False), "as they were when it ended"
