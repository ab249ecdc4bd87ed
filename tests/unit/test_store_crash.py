"""Killed at whatever point, the store holds each page with its cursor, and each decision with its effects."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import signal
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from gateway.dialogue import Hold, Place
from gateway.journal import State
from gateway.ports import StreamId
from gateway.store import Sealer, open_store
from tests.conftest import ManualClock
from tests.contract import dialogue_suite as talks
from tests.contract import store_suite as suite
from tests.servers.postgres import Postgres

pytest_plugins = ("tests.servers.postgres_fixture",)

KILLS = 6
PAGE = 7
SEALER = Sealer({"k1": b"1" * 32}, "k1")


def start(place: str | Path, folder: Path, told: Connection) -> None:
    """Work in a process of its own, telling of each statement."""
    event.listen(Engine, "before_cursor_execute", lambda *_: told.send_bytes(b"."))
    asyncio.run(work(place, folder))


async def work(place: str | Path, folder: Path) -> None:
    """Go on for ever: put page n with cursor n, claim, keep a file, and open a case with two effects for each raw."""
    clock = ManualClock()
    async with open_store(place, folder / "blobs", SEALER, clock) as store:
        await store.recover()
        number = int(await store.cursor(suite.SOURCE, suite.INBOX) or 0)
        while True:
            number += 1
            await store.put_page(suite.SOURCE, suite.INBOX, page(number), suite.Cursor(str(number)))
            for claimed in await store.claim_raws(PAGE, suite.BIG, clock.now()):
                await store.keep_file(claimed.raw.key, "f1", talks.pieces(contents(claimed.raw.key)), suite.BIG)
                await store.commit([decision(claimed.seq, claimed.raw.key)])


def page(number: int) -> list[suite.Raw]:
    """Make a page whose last raw is large enough for the blob folder."""
    bodies = [b"x" * 900] * (PAGE - 1) + [b"y" * 140_000]
    return [suite.raw(f"{number}-{n}", lane=f"{number % 5}-{n % 3}", body=body) for n, body in enumerate(bodies)]


def contents(key: str) -> bytes:
    """Make a file, the same for all of a page."""
    return key.partition("-")[0].encode() * 30_000


def decision(seq: int, key: str) -> suite.Decision:
    return suite.Decision(
        seq,
        cases=(suite.case(key),),
        entries=(suite.entry(key, key),),
        effects=(suite.ticket_effect(key, key), suite.ticket_effect(f"{key} again", key)),
        dialogues=(talks.dialogue(key, case_id=key),),
        tokens=(talks.token(key, key),),
        holds=(Hold(key, suite.START),),
    )


def run_and_kill(place: str | Path, folder: Path, statements: int) -> None:
    """Let the work go on for so many statements, then kill it."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    heard, told = context.Pipe(duplex=False)
    child = context.Process(target=start, args=(place, folder, told))
    child.start()
    told.close()
    for _ in range(statements):
        assert heard.poll(20)
        heard.recv_bytes()
    child.kill()
    child.join(20)
    assert child.exitcode == -signal.SIGKILL


async def agrees(place: str | Path, folder: Path) -> int:
    """Assert that what is stored fits together, and return the cursor."""
    clock = ManualClock()
    ground = suite.Ground(lambda: None, clock)  # type: ignore[arg-type, return-value]
    async with open_store(place, folder / "blobs", SEALER, clock) as store:
        cursor = int(await store.cursor(suite.SOURCE, StreamId("INBOX")) or 0)
        (view,) = await store.streams()
        assert view.taken == cursor * PAGE
        for number in (cursor, cursor + 1):
            kept = [await store.open_raw(suite.SOURCE, raw.key, "test", "crash", suite.START) for raw in page(number)]
            assert kept == (page(number) if number == cursor else [None] * PAGE)
        tally = await store.tally()
        assert sum(tally.raws.values()) == cursor * PAGE
        settled = tally.raws.get(State.SETTLED, 0)
        assert tally.effects == ({State.NEW: settled, State.POSTPONED: settled} if settled else {})
        cases = await store.list_cases(None, 10**6)
        assert len(cases) == settled
        for case in cases:
            past = await talks.ask(store, place=Place(suite.SOURCE, case.id), token=case.id)
            assert past.cases == (case,)
            assert (past.dialogue is not None, past.token is not None) == (True, True)
        # A file is kept before its message is decided on, so perhaps one more than decisions.
        kept = {case.id: await talks.read(store, ground, case.id) for case in cases}
        assert kept == {case.id: contents(case.id) for case in cases}
    return cursor


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_killed_writer_leaves_pages_and_decisions_whole(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Killed again and again, it goes on from its cursor, and nothing is lost, doubled or half done."""
    place: str | Path = tmp_path / "gatehouse.db"
    server: Postgres | None = None
    if kind == "postgresql":
        server = request.getfixturevalue("postgres")
        server.execute("CREATE DATABASE killed")
        place = server.url("killed")
    dice = random.Random(20_261_120)
    cursors = []
    for _ in range(KILLS):
        run_and_kill(place, tmp_path, dice.randint(150, 500))
        if server is not None:
            # What a dead process sent last may still be at work.
            server.await_silence("killed")
        cursors.append(asyncio.run(agrees(place, tmp_path)))
    assert cursors == sorted(set(cursors))
