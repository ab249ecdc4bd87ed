"""Notices that the configuration or the directory changed, and has the new one put into effect while the engine runs.

A configuration with problems changes nothing: the engine goes on with the one it has, and says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from gateway.errors import ConfigError, GatewayError
from gateway.health import Health
from gateway.ports import Clock
from gateway.settings import Settings, SettingsError

log = structlog.get_logger()

PART = "configuration"
LOOK_SECS = 2.0
"""How often the files are looked at; what changed must stand still for as long, since it may be half written."""

Print = tuple[tuple[int, int, int] | None, ...]


class Reloader:
    """A part for the supervisor: `step` looks once, `due` says when again; `ask` has all read anew, changed or not.

    Secrets that stand in files and variables of their own are read anew with the configuration that names them.
    """

    def __init__(
        self,
        files: Callable[[], Sequence[Path]],
        load: Callable[[], Settings],
        apply: Callable[[Settings], Awaitable[None]],
        clock: Clock,
        health: Health,
    ) -> None:
        self._files = files
        self._load = load
        self._apply = apply
        self._clock = clock
        self._health = health
        self._asked = False
        self._known = _prints(files())
        self._seen = self._known

    def ask(self) -> None:
        """Have everything read anew at the next step."""
        self._asked = True

    async def step(self) -> int:
        """Look once, and put into effect what changed."""
        found = await asyncio.to_thread(_prints, self._files())
        settled, self._seen = found == self._seen, found
        if not self._asked and (found == self._known or not settled):
            return 0
        self._asked, self._known = False, found
        try:
            settings = await asyncio.to_thread(self._load)
        except SettingsError as error:
            for problem in error.problems:
                log.error("configuration.refused", path=problem.path, reason=problem.message)
            self._refuse(f"{len(error.problems)} problems; see `gatehouse check`")
        except GatewayError as error:
            log.error("configuration.refused", reason=str(error))
            self._refuse(str(error))
        else:
            await self._apply(settings)
            # The new configuration may name another directory.
            self._known = self._seen = await asyncio.to_thread(_prints, self._files())
            self._health.well(PART)
        return 0

    async def due(self) -> datetime:
        """Return when to look again."""
        return self._clock.now() + timedelta(seconds=LOOK_SECS)

    def _refuse(self, reason: str) -> None:
        self._health.ill(PART, ConfigError(f"the changed configuration was not taken: {reason}"), None)


def _prints(files: Sequence[Path]) -> Print:
    """Return what changes whenever one of the files does."""
    return tuple(_print(path) for path in files)


def _print(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
