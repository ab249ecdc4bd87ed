"""What the engine asks again and again stays fast however much is settled: SQLite's own plans say so."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from gateway.dialogue import Hold, Place
from gateway.identity import Account
from gateway.journal import Fate, State
from gateway.past import DomainCount, Query
from gateway.ports import Cursor
from gateway.queues import Retention
from gateway.store import Sealer, open_store
from gateway.store.tables import metadata
from tests.conftest import ManualClock
from tests.contract import dialogue_suite as talks
from tests.contract import store_suite as suite
from tests.contract.queue_suite import DAY, sweep

# A walk along one of these meets only what is ready, waiting or under way.
_SHORT = {
    "ix_raws_ready",
    "ix_raws_later",
    "ix_raws_unsettled",
    "ix_effects_ready",
    "ix_effects_later",
    "ix_effects_unsettled",
    "ix_desk_lines_agents",
}


@contextmanager
def statements() -> Iterator[list[tuple[str, Any]]]:
    """Collect what is executed on any engine, with its first parameters."""
    seen: list[tuple[str, Any]] = []

    def note(_: Connection, __: Any, sql: str, parameters: Any, *___: Any) -> None:
        several = bool(parameters) and isinstance(parameters[0], tuple)
        seen.append((sql, parameters[0] if several else parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def long_walks(path: Path, seen: Sequence[tuple[str, Any]]) -> list[str]:
    """Return the steps that would read a whole table, or an index as long as one."""
    walks = []
    with closing(sqlite3.connect(path)) as connection:
        for sql, parameters in seen:
            if not re.match(r"SELECT|INSERT|UPDATE|DELETE", sql):
                continue
            for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {sql}", parameters):
                if is_long(step):
                    walks.append(f"{step}: {sql}")
    return walks


def is_long(step: str) -> bool:
    index = re.search(r"USING (?:COVERING )?INDEX (\w+)", step)
    if (index and index[1] in _SHORT) or re.match(r"SCAN nodes\b", step):
        return False
    # All raws of a source, or all effects of a target, may be all there are; what a subquery finds is judged there.
    return bool(
        re.match(r"SCAN (?!CONSTANT|\d+ CONSTANT|anon_\d|\(subquery-\d)", step)
        or step.endswith(("(source=?)", "(target=?)"))
    )


async def test_the_engines_statements_read_no_whole_table(tmp_path: Path, clock: ManualClock) -> None:
    """Put, claim, look up, commit, release, come due, recover: each goes by an index that fits."""
    path = tmp_path / "gatehouse.db"
    ground = suite.Ground(lambda: open_store(path, tmp_path / "blobs", Sealer({"k": b"1" * 32}, "k"), clock), clock)
    async with ground.open() as store:
        with statements() as seen:
            await suite.put(store, "a/1", "b/2", "b/3")
            await suite.put(store, "c/4", cursor="c2")
            await store.put_page(suite.SOURCE, suite.INBOX, suite.raws(*(f"c/{n}" for n in range(5, 200))), None)
            await store.cursor(suite.SOURCE, suite.INBOX)
            _, second, _ = await suite.claim_seqs(store, ground)
            await store.look_up(
                [
                    Query(
                        message_id="m1",
                        content_key="c1",
                        refs=("r1",),
                        case_ids=(suite.ONE,),
                        recipient="ann",
                        since=(clock.now(),),
                        since_all=(clock.now(),),
                        domain=DomainCount("mail.test", clock.now(), 10),
                        pace=clock.now(),
                        thread_of=suite.ONE,
                        place=talks.ANN,
                        entry_of="m1",
                        token="h1",
                        identity_of=Account("email", "ann@mail.test"),
                        own_cases=True,
                        things=("of-thing:1",),
                    )
                ]
            )
            await store.release_raws([Fate(second, State.POSTPONED, not_before=clock.now())])
            await suite.decide(
                store,
                ground,
                cases=(suite.case(),),
                entries=(suite.entry(suite.ONE, "m1"),),
                refs=(("r1", suite.ONE),),
                effects=(suite.ticket_effect("1", message_id="m1"), suite.reply_effect("2")),
            )
            await suite.decide(
                store,
                ground,
                cases=(suite.case(version=2),),
                dialogues=(talks.dialogue(), talks.dialogue("-5:1")),
                tokens=(talks.token(),),
                effects=(suite.ticket_effect("3", not_before=clock.now()),),
                holds=(Hold("3", clock.now()),),
            )
            await suite.decide(
                store,
                ground,
                moved=(
                    (talks.ANN, Place(suite.SOURCE, "new")),
                    (Place(suite.SOURCE, "-5:"), Place(suite.SOURCE, "-6:")),
                ),
                tokens=(talks.token(spent_at=clock.now()),),
            )
            await store.keep_file("m1", "f1", talks.pieces(b"one"), 10)
            await talks.read(store, ground)
            (ticket,) = await suite.due(store, ground)
            (reply,) = await suite.due(store, ground, suite.SOURCE)
            await store.release_effects([Fate(ticket.id, State.SETTLED, ref="T")])
            await store.release_effects([Fate(reply.id, State.SETTLED, ref="R")])
            await store.next_due(None, clock.now())
            await store.next_due("desk", clock.now())
            await store.desk.write([suite.write("w", entry=suite.entry(suite.ONE, "m1"))])
            await store.desk.entries(0, 10)
            await store.recover()
            await store.backlog()
            await store.put_page(suite.SOURCE, suite.INBOX, [], Cursor("c2"))
            await store.case_view(suite.ONE)
        assert len(seen) > 60
        assert long_walks(path, seen) == []


async def test_a_sweep_walks_in_the_order_of_an_index(tmp_path: Path, clock: ManualClock) -> None:
    """Also of what goes by its time alone; only a dry run counts."""
    path = tmp_path / "gatehouse.db"
    ground = suite.Ground(lambda: open_store(path, tmp_path / "blobs", Sealer({"k": b"1" * 32}, "k"), clock), clock)
    async with ground.open() as store:
        await suite.decide(store, ground, dialogues=(talks.dialogue(),), tokens=(talks.token(),))
        with statements() as seen:
            await sweep(store, Retention(), clock.now() + 1000 * DAY)
    removing = [each for each in seen if re.match(r"DELETE FROM (tokens|dialogues)", each[0])]
    assert len(removing) == 2
    assert long_walks(path, removing) == []


async def test_mail_asks_nothing_of_what_chats_need(tmp_path: Path, clock: ManualClock) -> None:
    """A batch without places, versions, tokens and holds makes the statements that it always made."""
    path = tmp_path / "gatehouse.db"
    ground = suite.Ground(lambda: open_store(path, tmp_path / "blobs", Sealer({"k": b"1" * 32}, "k"), clock), clock)
    async with ground.open() as store:
        with statements() as seen:
            await store.look_up([Query(message_id="m1", refs=("r",), case_ids=(suite.ONE,))] * 3)
            await suite.decide(store, ground, cases=(suite.case(),), effects=(suite.ticket_effect("1"),))
        assert not [sql for sql, _ in seen if re.search(r"dialogues|tokens|files|max\(", sql) and "raws" not in sql]


async def test_a_batch_of_any_size_asks_as_often(tmp_path: Path, clock: ManualClock) -> None:
    """What chats and proven mails ask is answered by as many statements for a hundred messages as for one."""
    path = tmp_path / "gatehouse.db"
    ground = suite.Ground(lambda: open_store(path, tmp_path / "blobs", Sealer({"k": b"1" * 32}, "k"), clock), clock)
    counts = []
    async with ground.open() as store:
        for size in (1, 100):
            queries = [
                Query(
                    place=Place(suite.SOURCE, str(number)),
                    entry_of=f"m{number}",
                    token=f"h{number}",
                    identity_of=Account("email", f"u{number}@mail.test"),
                    own_cases=True,
                )
                for number in range(size)
            ]
            with statements() as seen:
                await store.look_up(queries)
            counts.append(len(seen))
    assert counts[0] == counts[1]


async def test_the_check_of_plans_can_fail(tmp_path: Path, clock: ManualClock) -> None:
    """A claim without its condition, and a full count, are both seen as long walks."""
    path = tmp_path / "gatehouse.db"
    async with open_store(path, tmp_path / "blobs", Sealer({"k": b"1" * 32}, "k"), clock):
        pass
    found = long_walks(
        path,
        [
            ("SELECT seq FROM raws WHERE head ORDER BY seq", ()),
            ("SELECT count(*) FROM effects", ()),
            ("SELECT seq FROM raws WHERE source = ?", ("support",)),
            ("SELECT seq FROM raws WHERE head AND state = 'new' ORDER BY seq", ()),
        ],
    )
    assert len(found) == 3


@pytest.mark.parametrize("index", sorted(_SHORT))
def test_every_short_index_is_partial(index: str) -> None:
    """An index counts as short only while it leaves out what is settled."""
    (found,) = [known for table in metadata.tables.values() for known in table.indexes if known.name == index]
    assert found.dialect_options["sqlite"]["where"] is not None
