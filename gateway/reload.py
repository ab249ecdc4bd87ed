"""Notices that the configuration or the directory changed, and has the new one put into effect while the gateway runs.

A configuration with problems changes nothing: the gateway goes on with the one it has, says so, and looks again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from gateway.errors import ConfigError, GatewayError, fault_name
from gateway.ports import Clock
from gateway.settings import Settings, SettingsError

log = structlog.get_logger()

PART = "configuration"
LOOK_SECS = 2.0
"""How often the files are looked at; what changed must stand still for as long, since it may be half written."""
AGAIN = timedelta(seconds=30)
"""After so long a refused configuration is read again: what it names beside itself may have been mended."""

Print = tuple[tuple[int, int, int] | None, ...]


class RestartNeededError(ConfigError):
    """Something was changed that only a restart puts into effect."""

    action = "restart the gateway"


class Reloader:
    """A part for the supervisor: `step` looks once, `due` says when again; `ask` has all read anew, changed or not.

    Secrets that stand in files and variables of their own are read anew with the configuration that names them.
    `apply` returns what of the new settings waits for a restart; `note` is told how it went, None when well. It
    outlives an engine: what changed while none ran is taken by the next.
    """

    def __init__(
        self,
        files: Callable[[], Sequence[Path]],
        load: Callable[[], Settings],
        apply: Callable[[Settings], Awaitable[Sequence[str]]],
        clock: Clock,
        note: Callable[[Exception | None], None],
    ) -> None:
        self._files = files
        self._load = load
        self._apply = apply
        self._clock = clock
        self._note = note
        self._asked = False
        self._again: datetime | None = None
        self._known = _prints(files())
        self._seen = self._known

    def ask(self) -> None:
        """Have everything read anew at the next step."""
        self._asked = True

    async def step(self) -> int:
        """Look once, and put into effect what changed."""
        found = await asyncio.to_thread(_prints, self._files())
        settled, self._seen = found == self._seen, found
        again = self._again is not None and self._clock.now() >= self._again
        if not self._asked and not again and (found == self._known or not settled):
            return 0
        self._asked, self._known, self._again = False, found, None
        settings = await self._loaded()
        if settings is None:
            return 0
        late = await self._apply(settings)
        # The new configuration may name another directory.
        self._known = self._seen = await asyncio.to_thread(_prints, self._files())
        if late:
            log.warning("configuration.restart_needed", tables=list(late))
        self._note(RestartNeededError(f"what changed in {', '.join(late)} waits for a restart") if late else None)
        return 0

    async def due(self) -> datetime:
        """Return when to look again."""
        return self._clock.now() + timedelta(seconds=LOOK_SECS)

    async def _loaded(self) -> Settings | None:
        """Return the settings; whatever a file may hold, a running gateway is not ended by it."""
        try:
            return await asyncio.to_thread(self._load)
        except SettingsError as error:
            for problem in error.problems:
                log.error("configuration.refused", path=problem.path, reason=problem.message)
            self._refuse(f"{len(error.problems)} problems; see `gatehouse check`")
        except GatewayError as error:
            log.error("configuration.refused", reason=str(error))
            self._refuse(str(error))
        except Exception as error:  # noqa: BLE001 - a fault of ours in reading it is no reason to stop the desk
            log.error("configuration.refused", error=fault_name(error))
            self._refuse(f"a fault of the gateway: {fault_name(error)}")
        return None

    def _refuse(self, reason: str) -> None:
        self._again = self._clock.now() + AGAIN
        self._note(ConfigError(f"the changed configuration was not taken: {reason}"))


def _prints(files: Sequence[Path]) -> Print:
    """Return what changes whenever one of the files does."""
    return tuple(_print(path) for path in files)


def _print(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
