"""Changed files are put into effect once they stand still; a faulty configuration changes nothing and is said."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

import pytest

from gateway.errors import ConfigError, TransientError
from gateway.reload import AGAIN, LOOK_SECS, Reloader, RestartNeededError
from gateway.settings import Problem, Settings, SettingsError
from tests.conftest import ManualClock


class Desk:
    """Two files, and what was put into effect."""

    def __init__(self, folder: Path, clock: ManualClock) -> None:
        self.config, self.directory = folder / "gatehouse.toml", folder / "official.toml"
        self.config.write_text("one")
        self.directory.write_text("two")
        self.error: Exception | None = None
        self.loads = 0
        self.applied: list[object] = []
        self.late: list[str] = []
        self.noted: list[Exception | None] = []
        self.reloader = Reloader(lambda: (self.config, self.directory), self.load, self.apply, clock, self.noted.append)

    def load(self) -> Settings:
        self.loads += 1
        if self.error is not None:
            raise self.error
        return cast(Settings, f"{self.config.read_text()} {self.directory.read_text()}")

    async def apply(self, settings: Settings) -> Sequence[str]:
        self.applied.append(settings)
        return self.late

    async def looks(self, count: int) -> None:
        for _ in range(count):
            assert await self.reloader.step() == 0


@pytest.fixture
def desk(tmp_path: Path, clock: ManualClock) -> Desk:
    return Desk(tmp_path, clock)


async def test_nothing_is_read_while_nothing_changes(desk: Desk, clock: ManualClock) -> None:
    await desk.looks(5)
    assert desk.loads == 0
    assert (await desk.reloader.due() - clock.now()).total_seconds() == LOOK_SECS


@pytest.mark.parametrize("name", ["config", "directory"])
async def test_a_changed_file_is_taken_once_it_stands_still(desk: Desk, name: str) -> None:
    path = getattr(desk, name)
    path.write_text("half wri")
    await desk.looks(1)
    path.write_text("written whole")
    await desk.looks(1)
    assert desk.loads == 0, "it changed between two looks: it may be half written still"
    await desk.looks(3)
    assert desk.loads == 1
    assert "written whole" in str(desk.applied)


async def test_a_file_that_is_replaced_by_another_of_the_same_size_is_seen(desk: Desk) -> None:
    before = desk.config.stat()
    other = desk.config.with_suffix(".new")
    other.write_text("ONE")
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(desk.config)
    await desk.looks(2)
    assert desk.applied == ["ONE two"]


async def test_what_is_asked_for_is_read_at_once_and_unchanged(desk: Desk) -> None:
    desk.reloader.ask()
    await desk.looks(3)
    assert desk.loads == 1, "secrets in files of their own may have changed"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (lambda: SettingsError((Problem("engine.batch", "write a number"),)), "1 problems"),
        (lambda: TransientError("the file cannot be read now"), "cannot be read now"),
        (lambda: ValueError("a password"), "a fault of the gateway: ValueError"),
    ],
)
async def test_a_faulty_configuration_changes_nothing_and_is_said_until_it_is_mended(
    desk: Desk, error: Callable[[], Exception], said: str
) -> None:
    desk.error = error()
    desk.config.write_text("faulty")
    await desk.looks(5)
    assert (desk.loads, desk.applied) == (1, [])
    (noted,) = desk.noted
    assert isinstance(noted, ConfigError)
    assert said in str(noted)
    desk.error = None
    desk.config.write_text("mended, at last")
    await desk.looks(2)
    assert desk.noted[1:] == [None]


async def test_what_a_refused_configuration_names_may_be_mended_without_a_change_of_it(
    desk: Desk, clock: ManualClock
) -> None:
    desk.error = SettingsError((Problem("channels.support.password", "chmod 600 it"),))
    desk.config.write_text("names a file that others can read")
    await desk.looks(3)
    desk.error = None
    await desk.looks(3)
    assert desk.applied == []
    clock.advance(AGAIN.total_seconds())
    await desk.looks(1)
    assert len(desk.applied) == 1
    clock.advance(AGAIN.total_seconds())
    await desk.looks(1)
    assert desk.loads == 2


async def test_what_waits_for_a_restart_is_said_until_nothing_does(desk: Desk) -> None:
    desk.late = ["store", "web"]
    desk.reloader.ask()
    await desk.looks(1)
    (noted,) = desk.noted
    assert isinstance(noted, RestartNeededError)
    assert "store, web" in str(noted)
    desk.late = []
    desk.reloader.ask()
    await desk.looks(1)
    assert desk.noted[1:] == [None]


async def test_a_configuration_that_names_another_directory_is_read_once_and_that_directory_watched(
    desk: Desk,
) -> None:
    other = desk.config.with_name("other.toml")
    other.write_text("three")
    load = desk.load

    def load_other() -> Settings:
        desk.directory = other
        return load()

    desk.reloader = Reloader(
        lambda: (desk.config, desk.directory), load_other, desk.apply, ManualClock(), desk.noted.append
    )
    desk.config.write_text("names the other one")
    await desk.looks(4)
    assert desk.applied == ["names the other one three"]
    other.write_text("three and more")
    await desk.looks(4)
    assert desk.applied[1:] == ["names the other one three and more"]
