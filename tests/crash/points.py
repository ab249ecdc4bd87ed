"""The named places between every two steps of the engine, at each of which the process can be made to kill itself.

Nothing in the gateway knows of them: the store's methods are wrapped, and the plugins of this folder name theirs.
"""

from __future__ import annotations

import contextvars
import inspect
import os
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

from gateway.store import SqlStore

READS = ("cursor", "look_up", "recover")
WRITES = (
    "watch",
    "put_page",
    "claim_raws",
    "commit",
    "claim_tickets",
    "release_tickets",
    "claim_reply",
    "release_reply",
    "claim_file",
    "keep_file",
    "release_file",
)
CALLS = ("fetch", "confirm", "read_desk", "normalize", "submit", "send", "download")
IN_DOUBT = ("find before", "find after", "recover uncommitted")
"""Passed only after something was under way at a kill."""
POINTS = tuple(
    [
        *(f"{step} {when}" for step in (*READS, *CALLS) for when in ("before", "after")),
        *(f"{step} {when}" for step in WRITES for when in ("before", "uncommitted", "after")),
        *IN_DOUBT,
    ]
)
"""`uncommitted` is within the transaction, when all is written and not yet committed."""
ASIDE = frozenset(
    {
        *("next_due", "tally", "backlog", "streams", "marks", "set_marks", "list_cases", "case_view", "agent_act"),
        *("open_raw", "open_attachment", "openings", "add_token", "overdue", "due_cases"),
    }
)
"""Methods of the store that take part in no message's way: waiting, watching and operators' commands."""

_step: contextvars.ContextVar[str] = contextvars.ContextVar("step", default="")


class Points:
    """Counts what this process passes, writes each name down once, and kills the process where it was told to."""

    def __init__(self, passed: Path | None = None, at: str | None = None, count: int = 1) -> None:
        self._passed = passed
        self._at = at
        self._count = count
        self._counts: Counter[str] = Counter()

    def passing(self, name: str) -> None:
        """Pass a point, or die there."""
        self._counts[name] += 1
        if self._counts[name] == 1 and self._passed is not None:
            with self._passed.open("a") as file:
                file.write(name + "\n")
        if name == self._at and self._counts[name] >= self._count:
            os.killpg(0, signal.SIGKILL)

    @contextmanager
    def around(self, step: str) -> Iterator[None]:
        """Pass the points before and after a step that succeeds."""
        self.passing(f"{step} before")
        yield
        self.passing(f"{step} after")


POINTS_HERE = Points()
"""Those of this process; `install` sets them."""


def here() -> Points:
    """Return the points of this process."""
    return POINTS_HERE


def install(points: Points) -> None:
    """Wrap every method of the store, and watch its transactions."""
    global POINTS_HERE
    POINTS_HERE = points
    for name, method in vars(SqlStore).copy().items():
        if inspect.iscoroutinefunction(method) and not name.startswith("_"):
            setattr(SqlStore, name, _wrapped(points, name, method))
    _carry_context_into_threads()
    _watch_transactions(points)


def _wrapped(points: Points, name: str, method: Any) -> Any:
    async def call(self: SqlStore, *args: Any, **named: Any) -> Any:
        label = _label(name, args)
        if label in ASIDE:
            return await method(self, *args, **named)
        token = _step.set(label)
        try:
            points.passing(f"{label} before")
            found = await method(self, *args, **named)
        finally:
            _step.reset(token)
        if name == "claim_effects":
            _CLAIMED_AS.update({item.id: label for item in found})
        if found or not name.startswith("claim"):
            # A claim that found nothing took no step.
            points.passing(f"{label} after")
        return found

    return call


_CLAIMED_AS: dict[int, str] = {}
"""Effect id → the step that claimed it: a fate does not say whose it is."""


def _label(name: str, args: tuple[Any, ...]) -> str:
    """Tell the dispatchers of tickets, replies and files apart."""
    if name == "claim_effects":
        if args[0].endswith(":files"):
            return "claim_file"
        return "claim_tickets" if args[0].startswith("backend:") else "claim_reply"
    if name == "release_effects":
        first = args[0][0].id if args[0] else 0
        return _CLAIMED_AS.get(first, "claim_tickets").replace("claim", "release")
    return name


def _carry_context_into_threads() -> None:
    """A transaction runs in a thread of the store; let it know whose it is."""
    real: Any = ThreadPoolExecutor.submit

    def submit(self: ThreadPoolExecutor, work: Any, /, *args: Any, **named: Any) -> Any:
        return real(self, contextvars.copy_context().run, work, *args, **named)

    ThreadPoolExecutor.submit = submit  # type: ignore[method-assign, assignment]


def _watch_transactions(points: Points) -> None:
    """Pass `uncommitted` before the commit of whatever changed something."""
    changes: dict[int, int] = {}

    def begin(connection: Connection) -> None:
        changes[id(connection)] = _changes(connection)

    def commit(connection: Connection) -> None:
        step = _step.get()
        if step and _changes(connection) != changes.get(id(connection), -1):
            points.passing(f"{step} uncommitted")

    event.listen(Engine, "begin", begin)
    event.listen(Engine, "commit", commit)


def _changes(connection: Connection) -> int:
    """Return how much this connection has ever changed; where nobody counts, every transaction may have."""
    line = connection.connection.dbapi_connection
    return int(getattr(line, "total_changes", id(object())))
