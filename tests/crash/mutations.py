"""The gateway with one invariant broken on purpose, for proving that the oracle sees it; each is put in by its name."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Engine, event, text

from gateway.journal import Decision, Fate, State
from gateway.store import SqlStore
from tests.crash import plugins
from tests.crash.points import here

Patched = Callable[..., Any]
MARK = "broken"
"""A point that only a mutation passes: between two steps that should have been one, or are in the wrong order."""


def cursor_before_page() -> None:
    """The cursor is stored in a transaction before its page's."""

    async def put(real: Patched, store: SqlStore, source: Any, stream: Any, raws: Any, cursor: Any) -> Any:
        if cursor is not None:
            await real(store, source, stream, (), cursor)
            here().passing(MARK)
        return await real(store, source, stream, raws, None)

    _patch("put_page", put)


def page_without_its_last_raw() -> None:
    """A page is stored without its last raw, and its cursor all the same."""

    async def put(real: Patched, store: SqlStore, source: Any, stream: Any, raws: Any, cursor: Any) -> Any:
        return await real(store, source, stream, raws[:-1], cursor)

    _patch("put_page", put)


def keys_made_anew() -> None:
    """A raw that is delivered again bears another key."""
    count = iter(range(10**9))

    async def put(real: Patched, store: SqlStore, source: Any, stream: Any, raws: Any, cursor: Any) -> Any:
        fresh = [replace(raw, key=type(raw.key)(f"{raw.key}:{os.getpid()}:{next(count)}")) for raw in raws]
        return await real(store, source, stream, fresh, cursor)

    _patch("put_page", put)


def confirm_before_commit() -> None:
    """The platform is told that a page is ours before it is stored."""
    real: Any = plugins.CrashConnector.fetch

    async def fetch(self: plugins.CrashConnector, stream: Any, after: Any) -> Any:
        page = await real(self, stream, after)
        if page.cursor is not None:
            await self.confirm(stream, page.cursor)
        return page

    plugins.CrashConnector.fetch = fetch  # type: ignore[method-assign]


def lanes_out_of_order() -> None:
    """A page is stored newest first."""

    async def put(real: Patched, store: SqlStore, source: Any, stream: Any, raws: Any, cursor: Any) -> Any:
        return await real(store, source, stream, raws[::-1], cursor)

    _patch("put_page", put)


def settled_before_commit() -> None:
    """A raw is settled in a transaction before that of what follows from it."""

    async def commit(real: Patched, store: SqlStore, decisions: Sequence[Decision]) -> None:
        await store.release_raws([Fate(decision.seq, State.SETTLED) for decision in decisions])
        here().passing(MARK)
        await real(store, decisions)

    _patch("commit", commit)


def settled_without_effects() -> None:
    """A raw is settled and what follows from it is forgotten."""

    async def commit(real: Patched, store: SqlStore, decisions: Sequence[Decision]) -> None:
        await real(store, [replace(decision, effects=()) for decision in decisions])

    _patch("commit", commit)


def charged_after_the_call() -> None:
    """The attempt at a ticket is counted when its outcome is known."""
    count = text("update effects set attempts = attempts + :more where id = :id")
    tickets: set[int] = set()

    async def charge(store: SqlStore, ids: Sequence[int], more: int) -> None:
        if ids:
            rows = [{"id": each, "more": more} for each in ids]
            await store._threads.write(lambda connection: connection.execute(count, rows))

    async def claim(real: Patched, store: SqlStore, target: str, *args: Any) -> Any:
        found = await real(store, target, *args)
        if target.startswith("backend:"):
            tickets.update(item.id for item in found)
            await charge(store, [item.id for item in found], -1)
        return found

    async def release(real: Patched, store: SqlStore, fates: Sequence[Fate]) -> None:
        claimed = [fate.id for fate in fates if fate.id in tickets]
        if claimed:
            here().passing(MARK)
        await charge(store, claimed, 1)
        await real(store, fates)

    _patch("claim_effects", claim)
    _patch("release_effects", release)


def interruptions_forgotten() -> None:
    """A raw that stopped the gateway is read again like any other, for ever."""

    async def claim(real: Patched, store: SqlStore, *args: Any) -> Any:
        return [replace(item, interrupted=0) for item in await real(store, *args)]

    _patch("claim_raws", claim)


def doubt_forgotten() -> None:
    """What was under way at a kill is taken for never begun: tickets are not looked for, replies go out again."""

    async def claim(real: Patched, store: SqlStore, *args: Any) -> Any:
        return [replace(item, state=State.NEW) for item in await real(store, *args)]

    _patch("claim_effects", claim)


def recovered_as_new() -> None:
    """At the start, replies that were claimed are put back into the queue."""
    again = text("update effects set state = 'new' where state = 'unknown' and target = 'support'")

    async def recover(real: Patched, store: SqlStore, **named: Any) -> None:
        await real(store, **named)
        await store._threads.write(lambda connection: connection.execute(again))

    _patch("recover", recover)


def nothing_found() -> None:
    """The look for a ticket finds nothing, whatever there is: the write has no key that joins it to the first one."""

    async def find(self: plugins.CrashBackend, write: Any, job: Any = None) -> None:
        return None

    plugins.CrashBackend.find = find  # type: ignore[method-assign]


def failure_taken_for_success() -> None:
    """What the ticket system refused for now leaves the queue as settled."""

    async def release(real: Patched, store: SqlStore, fates: Sequence[Fate]) -> None:
        await real(store, [replace(each, state=State.SETTLED) for each in fates])

    _patch("release_effects", release)


def doubt_taken_for_success() -> None:
    """A reply whose outcome is unknown is shown as sent."""

    async def release(real: Patched, store: SqlStore, fates: Sequence[Fate]) -> None:
        sure = {State.MAYBE_SENT: State.SETTLED}
        await real(store, [replace(each, state=sure.get(each.state, each.state)) for each in fates])

    _patch("release_effects", release)


def database_unsynced() -> None:
    """SQLite does not wait for the disk."""

    def connected(connection: Any) -> None:
        # At each use and not when the line is made: the gateway's own setting would come after it.
        connection.connection.dbapi_connection.execute("PRAGMA synchronous = OFF").close()

    event.listen(Engine, "engine_connect", connected)


def blobs_unsynced() -> None:
    """A large body has its name before it is on the disk."""
    os.fsync = lambda handle: None  # type: ignore[assignment]


def _patch(name: str, instead: Patched) -> None:
    real = getattr(SqlStore, name)

    async def call(self: SqlStore, *args: Any, **named: Any) -> Any:
        return await instead(real, self, *args, **named)

    setattr(SqlStore, name, call)


ALL: dict[str, Callable[[], None]] = {
    fault.__name__: fault
    for fault in (
        cursor_before_page,
        page_without_its_last_raw,
        keys_made_anew,
        confirm_before_commit,
        lanes_out_of_order,
        settled_before_commit,
        settled_without_effects,
        charged_after_the_call,
        interruptions_forgotten,
        doubt_forgotten,
        recovered_as_new,
        nothing_found,
        failure_taken_for_success,
        doubt_taken_for_success,
        database_unsynced,
        blobs_unsynced,
    )
}
