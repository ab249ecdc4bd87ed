"""What the checks of a mail ask the DNS, within bounds: each answer is remembered, and a mail asks only so often."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

MAX_KEPT = 5_000
"""So many answers are remembered."""
MAX_KEPT_BYTES = 16_000_000
"""And no more than so much of them: anybody can have us ask for names of his with much to tell."""
MOST_SECS = 3_600.0
LEAST_SECS = 30.0
UNANSWERED_SECS = 30.0
"""A name that could not be looked up is left alone for so long: not each mail waits for the same silence."""
MAX_VALUES = 500
"""Of a larger answer the rest is not read."""
MAX_VALUE = 8_193
"""Nor of a longer value: one character more than the longest policy or key that counts, so that it still does not."""
_OBJECT_BYTES = 64


class UnansweredError(Exception):
    """The DNS gave no answer in time, or said that it has none: never a reason to pass or to fail."""


class NotAskedError(UnansweredError):
    """There was no turn to ask the DNS at all: that says nothing of the name."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The records of one name and type; `values` is empty where there are none, `exists` false for no such name.

    TXT is joined from its strings, one character a byte; MX, PTR and addresses are in presentation form, names in
    lower case and without the last dot; MX without its preference.
    """

    values: tuple[str, ...] = ()
    exists: bool = True
    ttl: float = 300.0


class Dns(Protocol):
    """What answers questions about names. Takes names in ASCII, without the last dot."""

    async def ask(self, name: str, kind: str) -> Answer:
        """Return the records of a type: A, AAAA, MX, PTR or TXT. Raises `UnansweredError`."""
        ...


class RememberingDns:
    """Asks another `Dns` once for each name and type, for as long as its answer lasts; `now` counts seconds."""

    def __init__(self, dns: Dns, now: Callable[[], float]) -> None:
        self._dns = dns
        self._now = now
        self._kept: OrderedDict[tuple[str, str], tuple[float, Answer | None]] = OrderedDict()
        self._bytes = 0
        self._asked: dict[tuple[str, str], asyncio.Task[Answer | None]] = {}

    async def ask(self, name: str, kind: str) -> Answer:
        """See `Dns.ask`; who asks while another does waits for the same answer."""
        key = (name.lower(), kind)
        until, answer = self._kept.get(key, (0.0, None))
        if self._now() >= until:
            task = self._asked.get(key)
            if task is None:
                task = self._asked[key] = asyncio.create_task(self._look_up(key))
                task.add_done_callback(lambda _: self._asked.pop(key, None))
            # Who asked first may give up; the others, and the memory, still want the answer.
            answer = await asyncio.shield(task)
        if answer is None:
            raise UnansweredError
        return answer

    async def _look_up(self, key: tuple[str, str]) -> Answer | None:
        try:
            answer = await self._dns.ask(*key)
        except NotAskedError:
            return None
        except UnansweredError:
            self._keep(key, UNANSWERED_SECS, None)
            return None
        values = tuple(value[:MAX_VALUE] for value in answer.values[:MAX_VALUES])
        answer = Answer(values, answer.exists, answer.ttl)
        self._keep(key, min(max(answer.ttl, LEAST_SECS), MOST_SECS), answer)
        return answer

    def _keep(self, key: tuple[str, str], secs: float, answer: Answer | None) -> None:
        _, before = self._kept.pop(key, (0.0, None))
        self._kept[key] = self._now() + secs, answer
        self._bytes += _size(answer) - _size(before)
        while len(self._kept) > MAX_KEPT or self._bytes > MAX_KEPT_BYTES:
            _, (_, dropped) = self._kept.popitem(last=False)
            self._bytes -= _size(dropped)

    async def close(self) -> None:
        """Give up what is still asked."""
        tasks = list(self._asked.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _size(answer: Answer | None) -> int:
    return sum(len(value) + _OBJECT_BYTES for value in answer.values) if answer is not None else 0
