"""Tells operators what `gateway.watching.alerts` decides, over each target apart, and notes in the store what was told.

An alert may come twice when the gateway is killed between telling and noting it; it never fails to come at all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from pydantic import ValidationError

from gateway.errors import GatewayError, OutcomeUnknownError
from gateway.guard import finished
from gateway.journal import Store
from gateway.metrics import Metrics
from gateway.settings.watching import AlertsTable
from gateway.watching.alerts import AlertState, Notice, States, decide
from gateway.watching.observation import Observation

log = structlog.get_logger()

MARK = "alert:"
"""How the names of the notes begin in which is kept what was told."""
TELL_SECS = 30.0
LONGEST_WAIT_SECS = 900.0
"""The longest until a target that could not be reached is tried again."""

Tell = Callable[[Notice], Awaitable[None]]
"""Tell operators. After `OutcomeUnknownError` they may have been told; after any other error they are told again."""


@dataclass(slots=True)
class _Target:
    """One way to operators, and what was told on it."""

    tell: Tell
    states: dict[str, AlertState] | None = None
    failures: int = 0
    not_before: datetime | None = None

    def rests(self, now: datetime) -> bool:
        """Whether it could not be reached a short while ago."""
        return self.not_before is not None and now < self.not_before


class Alerter:
    """Decides for each target apart, so that one that cannot be reached holds no other back."""

    def __init__(self, store: Store, table: AlertsTable, targets: Mapping[str, Tell], metrics: Metrics) -> None:
        self._store = store
        self._table = table
        self._metrics = metrics
        self._targets = {name: _Target(tell) for name, tell in targets.items()}

    async def note(self, seen: Observation) -> None:
        """Tell what is new since the last time. Raises nothing but what is a fault of ours."""
        for name, target in self._targets.items():
            if not target.rests(seen.at):
                await self._note(name, target, seen)

    async def _note(self, name: str, target: _Target, seen: Observation) -> None:
        before = await self._known(name, target)
        after, notices = decide(before, seen, self._table)
        for notice in notices:
            # After the first failure of a round the others wait with it.
            if target.rests(seen.at) or not await self._tell(name, target, notice):
                _put_back(after, before, notice.key)
        target.states = after
        await self._keep(name, before, after)

    async def _known(self, name: str, target: _Target) -> dict[str, AlertState]:
        if target.states is not None:
            return target.states
        prefix = f"{MARK}{name}:"
        try:
            kept = await self._store.marks(prefix)
        except GatewayError:
            # What was told is not known: better told twice than never.
            return {}
        return {key.removeprefix(prefix): state for key, text in kept.items() if (state := _read(text)) is not None}

    async def _tell(self, name: str, target: _Target, notice: Notice) -> bool:
        try:
            async with asyncio.timeout(TELL_SECS):
                await finished(target.tell(notice))
        except OutcomeUnknownError:
            pass
        except Exception as error:  # noqa: BLE001 - a target that fails, however it does, never ends the watch
            target.failures += 1
            wait = min(self._table.every_secs * 2.0**target.failures, LONGEST_WAIT_SECS)
            target.not_before = notice.at + timedelta(seconds=wait)
            reason = str(error) if isinstance(error, GatewayError) else ""
            log.warning("alert.failed", target=name, rule=notice.rule, error=type(error).__name__, reason=reason)
            self._metrics.alert_sent(name, "failed")
            return False
        target.failures, target.not_before = 0, None
        log.warning("alert.sent", target=name, rule=notice.rule, key=notice.key, kind=notice.kind)
        self._metrics.alert_sent(name, "sent")
        return True

    async def _keep(self, name: str, before: States, after: States) -> None:
        changes: dict[str, str | None] = {f"{MARK}{name}:{key}": None for key in before if key not in after}
        for key, state in after.items():
            if before.get(key) != state:
                changes[f"{MARK}{name}:{key}"] = state.model_dump_json()
        if not changes:
            return
        try:
            await self._store.set_marks(changes)
        except GatewayError as error:
            log.warning("alert.unnoted", target=name, error=type(error).__name__, reason=str(error))


def _put_back(after: dict[str, AlertState], before: States, key: str) -> None:
    """What could not be told was not told: it is due again."""
    if key in before:
        after[key] = before[key]
    elif key in after:
        after[key] = after[key].model_copy(update={"told_at": None, "count": 0})


def _read(text: str) -> AlertState | None:
    try:
        return AlertState.model_validate_json(text)
    except ValidationError:
        return None
