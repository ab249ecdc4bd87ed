"""Every write of the store happens wholly or not at all, at whichever of its statements it breaks off."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from gateway.journal import Decision, Fate, State, Store
from gateway.ports import Cursor, Key
from gateway.store import Sealer, open_store
from tests.conftest import ManualClock
from tests.contract import store_suite as suite

SEALER = Sealer({"k1": b"1" * 32}, "k1")


@pytest.fixture
async def store(tmp_path: Path, clock: ManualClock) -> Any:
    async with open_store(tmp_path / "gatehouse.db", tmp_path / "blobs", SEALER, clock) as opened:
        yield opened


def dump(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "gatehouse.db")) as connection:
        return list(connection.iterdump())


@contextmanager
def on_statement(act: Callable[[int], None]) -> Iterator[None]:
    """Call `act` with its number before each statement that changes something, on any engine."""
    count = 0

    def listen(_: Any, __: Any, sql: str, *___: Any) -> None:
        nonlocal count
        if sql.startswith(("INSERT", "UPDATE", "DELETE", "SELECT")):
            count += 1
            act(count)

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", listen)


class TornError(Exception):
    """The line to the database dropped here."""


async def breaks_off_whole(folder: Path, call: Callable[[], Awaitable[Any]]) -> int:
    """Break the call off at its first statement, then its second, until it comes through; return how many it has."""
    for last in range(1, 100):
        before = dump(folder)

        def tear(number: int, last: int = last) -> None:
            if number == last:
                raise TornError

        with on_statement(tear):
            try:
                await call()
            except TornError:
                assert dump(folder) == before
            else:
                assert dump(folder) != before
                return last - 1
    raise AssertionError("it never came through")


async def test_a_write_that_breaks_off_leaves_nothing(store: Store, tmp_path: Path, clock: ManualClock) -> None:
    """Page and cursor, claim and attempt, decision and effects, fate and ticket: each is one."""
    ground = suite.Ground(contextlib.nullcontext, clock)  # type: ignore[arg-type]
    page = suite.raws("a/1", "b/2", "b/3")
    assert await breaks_off_whole(tmp_path, lambda: store.put_page(suite.SOURCE, suite.INBOX, page, Cursor("c1"))) > 4
    assert await breaks_off_whole(tmp_path, lambda: store.claim_raws(9, suite.BIG, clock.now())) > 2
    decision = Decision(
        1,
        cases=(suite.case(),),
        entries=(suite.entry(suite.ONE, "m1"),),
        refs=(("r", suite.ONE),),
        effects=(suite.ticket_effect("1"), suite.ticket_effect("2"), suite.reply_effect("3")),
    )
    assert await breaks_off_whole(tmp_path, lambda: store.commit([decision])) > 8
    assert await breaks_off_whole(tmp_path, lambda: store.release_raws([Fate(2, State.BURIED)])) > 2
    assert await breaks_off_whole(tmp_path, lambda: store.claim_effects("desk", 9, clock.now())) > 3
    assert await breaks_off_whole(tmp_path, lambda: store.release_effects([Fate(1, State.SETTLED, ref="T")])) > 3
    (reply,) = await suite.due(store, ground, suite.SOURCE)
    assert await breaks_off_whole(tmp_path, lambda: store.release_effects([Fate(reply.id, State.SETTLED, ref="R")])) > 3
    assert await suite.claim_keys(store, ground)
    assert await suite.due(store, ground)
    assert await breaks_off_whole(tmp_path, store.recover) == 3
    writes = [suite.write("w1", entry=suite.entry(suite.ONE, "m1")), suite.write("w2", suite.TicketAction.NOTE)]
    assert await breaks_off_whole(tmp_path, lambda: store.desk.write(writes)) > 4
    assert await breaks_off_whole(tmp_path, lambda: store.agent_act(suite.ONE, "solved", "", "cleo", clock.now())) > 2
    opened = lambda: store.open_raw(suite.SOURCE, Key("a/1"), "cleo", "why", clock.now())  # noqa: E731
    assert await breaks_off_whole(tmp_path, opened) > 1
