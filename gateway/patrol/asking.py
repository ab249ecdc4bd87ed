"""Asks the channels of one platform for accounts: in batches, through the gate, by a deadline, raising nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import structlog

from gateway.errors import GatewayError, fault_name, fault_places
from gateway.limits import Call
from gateway.patrol.ports import Looker
from gateway.ports import Absent, Clock, Handle, Profile, Unchecked

BATCH = 25
"""So many accounts are asked for in one call."""
DEADLINE_SECS = 60.0
"""For one such call: some platforms are asked for one account at a time."""

Answer = Profile | Absent | Unchecked

log = structlog.get_logger()


class Platform:
    """What one platform tells of accounts, by whichever of its channels knows."""

    def __init__(
        self, name: str, lookers: Sequence[Looker], clock: Clock, deadline_secs: float = DEADLINE_SECS
    ) -> None:
        self.name = name
        self._lookers = lookers
        self._clock = clock
        self._deadline_secs = deadline_secs

    async def ask(self, handles: Sequence[str]) -> dict[str, Answer]:
        """Return one answer for each handle or number; a reason ends without a full stop."""
        found: dict[str, Answer] = {}
        for looker in self._lookers:
            left = [each for each in dict.fromkeys(handles) if isinstance(found.get(each, _UNASKED), Unchecked)]
            for start in range(0, len(left), BATCH):
                batch = left[start : start + BATCH]
                told = await self._call(looker, batch)
                found.update((each, told[each]) for each in batch if not _is_worse(told[each], found.get(each)))
        return found

    async def _call(self, looker: Looker, handles: Sequence[str]) -> dict[str, Answer]:
        try:
            async with asyncio.timeout(self._deadline_secs):
                refusal = await looker.gate.reserve(Call("look_up")) if looker.gate is not None else None
                if refusal is not None:
                    return _unchecked(handles, str(refusal.error(self._clock.now())))
                answers = await looker.resolver.look_up([Handle(each) for each in handles])
            return {each: _plain(answer) for each, answer in zip(handles, answers, strict=True)}
        except TimeoutError:
            return _unchecked(handles, f"no answer within {self._deadline_secs:g} seconds")
        except GatewayError as error:
            return _unchecked(handles, str(error))
        except Exception as error:  # noqa: BLE001 - a fault in one resolver must not end the patrol
            log.error("patrol.failed", part=self.name, error=fault_name(error), traceback=fault_places(error))
            return _unchecked(handles, "a fault of the gateway; see the log")


_UNASKED = Unchecked(Handle(""), "not asked for")


def _is_worse(answer: Answer, before: Answer | None) -> bool:
    """Whether an earlier channel's reason says as much."""
    return before is not None and isinstance(answer, Unchecked)


def _plain(answer: Answer) -> Answer:
    return replace(answer, reason=answer.reason.removesuffix(".")) if isinstance(answer, Unchecked) else answer


def _unchecked(handles: Sequence[str], reason: str) -> dict[str, Answer]:
    return {each: Unchecked(Handle(each), reason.removesuffix(".")) for each in handles}


class Closed:
    """A resolver of a channel that could not be opened, or that cannot look accounts up: it says why."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    async def look_up(self, handles: Sequence[Handle]) -> Sequence[Answer]:
        """See `Resolver.look_up`."""
        return [Unchecked(handle, self._reason) for handle in handles]


def is_suspended(answer: Answer | None) -> bool:
    """Whether a platform says that it has suspended an account."""
    return isinstance(answer, Unchecked) and answer.suspended
