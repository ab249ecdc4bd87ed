"""What is well and what is not, part by part, and what the operator should do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from gateway.errors import AuthError, ConfigError, CreditsError, GatewayError
from gateway.ports import Clock


class Condition(StrEnum):
    """The state of one part of the running gateway."""

    STARTING = "starting"
    RUNNING = "running"
    RETRYING = "retrying"
    AUTH_FAILED = "auth_failed"
    NO_CREDITS = "no_credits"
    MISCONFIGURED = "misconfigured"
    FAULTY = "faulty"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class PartState:
    """One part: a stream's intake, a channel's sending, the backend, the pipeline."""

    part: str
    condition: Condition
    since: datetime
    last_success_at: datetime | None = None
    last_error: str = ""
    action: str = ""
    next_try_at: datetime | None = None
    circuit: str = ""
    """Of a ticket system: what its breaker lets through."""


class Health:
    """The present state of every part; kept in memory, asked over the control socket."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._parts: dict[str, PartState] = {}
        self._circuits: dict[str, Callable[[], str]] = {}

    def show_circuit(self, part: str, state: Callable[[], str]) -> None:
        """Show with a part what its breaker lets through, whenever it is asked."""
        self._circuits[part] = state

    def starting(self, part: str) -> None:
        """A part begins."""
        self._parts[part] = PartState(part, Condition.STARTING, self._clock.now())

    def well(self, part: str) -> None:
        """A part did what it is there for."""
        now = self._clock.now()
        known = self._parts.get(part)
        if known is not None and known.condition is Condition.RUNNING:
            self._parts[part] = replace(known, last_success_at=now)
        else:
            self._parts[part] = PartState(part, Condition.RUNNING, now, last_success_at=now)

    def idle(self, part: str) -> None:
        """A part found nothing to do: it has started; what is wrong with it stays wrong."""
        known = self._parts.get(part)
        if known is not None and known.condition is Condition.STARTING:
            self._parts[part] = PartState(part, Condition.RUNNING, self._clock.now())

    def ill(self, part: str, error: Exception, next_try_at: datetime | None) -> None:
        """A part failed and will be tried again then, or not at all."""
        now = self._clock.now()
        known = self._parts.get(part) or PartState(part, Condition.STARTING, now)
        condition = _condition(error)
        ours = isinstance(error, GatewayError)
        self._parts[part] = replace(
            known,
            condition=condition,
            since=known.since if known.condition is condition else now,
            last_error=str(error) if ours else f"a fault of the gateway: {type(error).__name__}",
            action=error.action if isinstance(error, GatewayError) else "see the log and report it",
            next_try_at=next_try_at,
        )

    def stopped(self, part: str) -> None:
        """A part ended in good order."""
        self._parts[part] = PartState(part, Condition.STOPPED, self._clock.now())

    def forget(self, part: str) -> None:
        """A part is no more."""
        self._parts.pop(part, None)

    def parts(self) -> tuple[PartState, ...]:
        """Return the states, by name."""
        return tuple(self._shown(self._parts[name]) for name in sorted(self._parts))

    def _shown(self, state: PartState) -> PartState:
        circuit = self._circuits.get(state.part)
        return state if circuit is None else replace(state, circuit=circuit())


def _condition(error: Exception) -> Condition:
    match error:
        case AuthError():
            return Condition.AUTH_FAILED
        case CreditsError():
            return Condition.NO_CREDITS
        case ConfigError():
            return Condition.MISCONFIGURED
        case GatewayError():
            return Condition.RETRYING
        case _:
            return Condition.FAULTY
