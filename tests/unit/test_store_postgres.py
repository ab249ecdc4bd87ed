"""What holds on PostgreSQL alone: transactions side by side, lines that drop, and what the server's errors mean."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import Connection, Engine, event

from gateway.errors import ConfigError, GatewayError, TransientError
from gateway.journal import Decision, Fate, StaleCaseError, State
from gateway.queues import Act
from gateway.store import Sealer, SqlStore, open_store, postgres
from gateway.store.database import CollisionError
from gateway.store.places import database_at
from gateway.store.threads import COLLISIONS, Threads
from tests.conftest import ManualClock, free_port
from tests.contract import store_suite as suite
from tests.contract.meeting import held_up, meet, waits
from tests.servers.postgres import Postgres, Template

pytest_plugins = ("tests.servers.postgres_fixture",)

SEALER = Sealer({"k1": b"1" * 32}, "k1")
DATABASE = "beside"
Opener = Callable[[], Awaitable[SqlStore]]


@pytest.fixture(scope="session")
def beside(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Postgres:
    postgres.execute(f"CREATE DATABASE {DATABASE}")

    async def build() -> None:
        async with open_store(postgres.url(DATABASE), tmp_path_factory.mktemp("b"), SEALER, ManualClock()):
            pass

    asyncio.run(build())
    return postgres


@pytest.fixture
def server(beside: Postgres) -> Postgres:
    beside.empty(DATABASE)
    return beside


@pytest.fixture
async def opened(server: Postgres, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Opener]:
    """Open as many stores on the one database as a test wants."""
    async with AsyncExitStack() as stack:

        async def more() -> SqlStore:
            place = server.url(DATABASE)
            return await stack.enter_async_context(open_store(place, tmp_path / "blobs", SEALER, clock))

        yield more


def ask(server: Postgres, sql: str) -> list[tuple[Any, ...]]:
    return server.execute(sql, database=DATABASE)


@contextmanager
def commits(act: Callable[[Connection], None]) -> Iterator[None]:
    """Act at each commit, in the thread that commits."""
    event.listen(Engine, "commit", act)
    try:
        yield
    finally:
        event.remove(Engine, "commit", act)


@contextmanager
def lost_in_commit() -> Iterator[None]:
    """Let commits take effect on the server and their lines drop before the answer is read."""

    def drop(connection: Connection) -> None:
        connection.connection.driver_connection.commit()  # type: ignore[union-attr]
        connection.invalidate()
        raise psycopg.OperationalError("the line dropped")

    with commits(drop):
        yield


async def lost(call: Callable[[], Awaitable[Any]]) -> None:
    with lost_in_commit(), pytest.raises(TransientError):
        await call()


async def test_a_page_may_be_put_again_when_its_commit_was_lost(opened: Opener) -> None:
    """It was stored; the same call again finds it known, and the cursor where it is to be."""
    store = await opened()
    await lost(lambda: suite.put(store, "a/1", "b/2", cursor="c1"))
    assert (await store.tally()).raws == {State.NEW: 2}
    assert await suite.put(store, "a/1", "b/2", cursor="c1") == suite.Put(stored=0, known=2)
    assert await store.cursor(suite.SOURCE, suite.INBOX) == "c1"


async def test_a_commit_may_be_repeated_when_it_was_lost(opened: Opener, clock: ManualClock) -> None:
    """It took effect once; the repeated call is refused and changes nothing, nor does a release after it."""
    store = await opened()
    ground = suite.Ground(opened, clock)  # type: ignore[arg-type]
    await suite.put(store, "a/1")
    (seq,) = await suite.claim_seqs(store, ground)
    decision = Decision(seq, cases=(suite.case(),), effects=(suite.ticket_effect("e"),))
    await lost(lambda: store.commit([decision]))
    with pytest.raises(TransientError):
        await store.commit([decision])
    await store.release_raws([Fate(seq, State.POSTPONED)])
    tally = await store.tally()
    assert (tally.raws, tally.effects) == ({State.SETTLED: 1}, {State.NEW: 1})


async def test_a_release_may_be_repeated_when_it_was_lost(opened: Opener, clock: ManualClock) -> None:
    """The second changes nothing: neither state nor attempts, nor what came after."""
    store = await opened()
    ground = suite.Ground(opened, clock)  # type: ignore[arg-type]
    await suite.decide(store, ground, cases=(suite.case(),), effects=(suite.ticket_effect("e"),))
    await suite.put(store, "a/1")
    (seq,) = await suite.claim_seqs(store, ground)
    (effect,) = await suite.due(store, ground)
    await lost(lambda: store.release_raws([Fate(seq, State.BURIED, "bad")]))
    await store.release_raws([Fate(seq, State.POSTPONED)])
    await lost(lambda: store.release_effects([Fate(effect.id, State.SETTLED, ref="T-1")]))
    await store.release_effects([Fate(effect.id, State.SETTLED, ref="T-2")])
    tally = await store.tally()
    assert (tally.raws, tally.effects) == ({State.SETTLED: 1, State.BURIED: 1}, {State.SETTLED: 1})
    view = await store.case_view(suite.ONE)
    assert view is not None
    assert [ticket.value for ticket in view.file.tickets] == ["T-1"]


async def test_what_a_lost_claim_took_is_given_back_to_the_next(opened: Opener, clock: ManualClock) -> None:
    """Nobody else would ever release it; and no attempt was made."""
    store = await opened()
    ground = suite.Ground(opened, clock)  # type: ignore[arg-type]
    await suite.decide(store, ground, effects=(suite.ticket_effect("e", None),))
    await suite.put(store, "a/1")
    await lost(lambda: store.claim_raws(9, suite.BIG, clock.now()))
    await lost(lambda: store.claim_effects("desk", 9, clock.now()))
    (again,) = await store.claim_raws(9, suite.BIG, clock.now())
    (effect,) = await suite.due(store, ground)
    assert (again.attempts, effect.attempts, effect.state) == (1, 1, State.NEW)
    assert await suite.claim_seqs(store, ground) == []


async def test_a_lost_claim_that_comes_to_light_late_is_given_back_too(
    opened: Opener, clock: ManualClock, server: Postgres
) -> None:
    """A server may end a commit after its line has dropped, and after the next claim found nothing to give back."""
    store = await opened()
    ground = suite.Ground(opened, clock)  # type: ignore[arg-type]
    await suite.put(store, "a/1")

    def fail(connection: Connection) -> None:
        raise psycopg.OperationalError("the line dropped")

    with commits(fail), pytest.raises(TransientError):
        await store.claim_raws(9, suite.BIG, clock.now())
    (number,) = store._raw_claims._lost
    ask(server, "UPDATE raws SET not_before = 0, state = 'postponed'")
    assert await suite.claim_seqs(store, ground) == [1]
    server.execute("UPDATE raws SET state = 'claimed', claim = %s, attempts = 1", number, database=DATABASE)
    (again,) = await store.claim_raws(9, suite.BIG, clock.now())
    assert (again.seq, again.attempts) == (1, 1)


async def test_the_same_page_put_by_many_at_once_is_stored_once(opened: Opener) -> None:
    """Whichever comes first stores it, the others find it known; in each lane one raw leads."""
    stores = [await opened(), await opened()]
    names = [f"l{number % 4}/{number}" for number in range(20)]
    puts = await asyncio.gather(*(suite.put(stores[turn % 2], *names) for turn in range(8)))
    assert sum(put.stored for put in puts) == len(names)
    assert sum(put.known for put in puts) == 7 * len(names)
    tally = await stores[0].tally()
    assert tally.raws == {State.NEW: len(names)}


async def test_lanes_keep_their_order_under_many_hands(opened: Opener, clock: ManualClock, server: Postgres) -> None:
    """Two stores put, claim, settle, bury and postpone side by side: each raw once, in each lane one after another."""
    stores = [await opened(), await opened()]
    dice = random.Random(7)
    lanes, pages, size = 5, 12, 10
    left = lanes * pages * 2
    seen: dict[str, list[int]] = {}
    under_way: set[str] = set()

    async def put(store: SqlStore, half: int) -> None:
        for number in range(pages):
            names = [f"{half}-{lane}/{number}" for lane in range(lanes)]
            await suite.put(store, *dice.sample(names, lanes), cursor=None)

    async def work(store: SqlStore) -> None:
        nonlocal left
        while left:
            claimed = await store.claim_raws(size, suite.BIG, clock.now())
            for item in claimed:
                assert item.raw.lane not in under_way
                under_way.add(item.raw.lane)
            await asyncio.sleep(0)
            fates = []
            for item in claimed:
                under_way.remove(item.raw.lane)
                state = dice.choice((State.SETTLED, State.BURIED, State.POSTPONED))
                fates.append(Fate(item.seq, state))
                if state is not State.POSTPONED:
                    left -= 1
                    seen.setdefault(item.raw.lane, []).append(int(item.raw.key.split("/")[1]))
            await store.release_raws(fates)

    # The two halves of the lanes are put by both stores, page after page.
    await asyncio.wait_for(
        asyncio.gather(put(stores[0], 0), put(stores[1], 1), *(work(store) for store in stores * 2)), 60
    )
    assert {lane: numbers == list(range(pages)) for lane, numbers in seen.items()} == dict.fromkeys(seen, True)
    assert len(seen) == 2 * lanes
    assert ask(server, "SELECT count(*) FROM raws WHERE head OR state NOT IN ('settled', 'buried')") == [(0,)]


async def test_a_lane_that_two_stores_fill_has_one_head(opened: Opener, clock: ManualClock, server: Postgres) -> None:
    """Pages and releases of one lane meet again and again; at no time do two lead or does none."""
    one, two = await opened(), await opened()
    ground = suite.Ground(opened, clock)  # type: ignore[arg-type]
    await suite.put(one, "a/first")
    for turn in range(25):
        (seq,) = await suite.claim_seqs(one, ground)
        await asyncio.gather(
            one.release_raws([Fate(seq, State.SETTLED)]),
            suite.put(two, f"a/{turn}-1", cursor=None),
            suite.put(one, f"a/{turn}-2", cursor=None),
        )
        assert ask(server, "SELECT count(*) FROM raws WHERE head AND state = 'new'") == [(1,)]


async def test_effects_of_one_key_from_two_commits_are_one(opened: Opener, clock: ManualClock) -> None:
    """The second commit is not refused; its effect is absorbed."""
    one, two = await opened(), await opened()
    ground = suite.Ground(opened, clock)  # type: ignore[arg-type]
    for turn in range(10):
        await suite.put(one, f"{turn}a/1", f"{turn}b/1", cursor=None)
        seqs = await suite.claim_seqs(one, ground)
        effects = [suite.ticket_effect(f"e{turn}", case_id) for case_id in (None, suite.ONE)]
        await asyncio.gather(
            *(
                store.commit([Decision(seq, effects=(effect,), refs=(("r", suite.ONE),))])
                for store, seq, effect in zip((one, two), seqs, effects, strict=True)
            )
        )
        claimed = await suite.due(two, ground)
        assert len(claimed) == 1
        await two.release_effects([Fate(item.id, State.SETTLED) for item in claimed])


async def test_two_pages_for_one_lane_are_numbered_one_after_the_other(
    opened: Opener, clock: ManualClock, server: Postgres
) -> None:
    """Whoever was numbered first is committed first, or the lane would lead from its middle."""
    one, two = await opened(), await opened()
    await meet(
        server,
        lambda: suite.put(one, "a/1", cursor=None),
        lambda: suite.put(two, "a/2", cursor=None),
        "INSERT INTO raws",
    )
    ground = suite.Ground(opened, clock)  # type: ignore[arg-type]
    assert await suite.claim_keys(one, ground) == ["a/1"]
    assert await suite.claim_keys(two, ground) == []


async def test_a_page_and_the_release_of_its_lanes_head_do_not_miss_each_other(
    opened: Opener, clock: ManualClock, server: Postgres
) -> None:
    """Else the one would see the head still there, the other nothing behind it, and the lane would stand for ever."""
    one, two = await opened(), await opened()
    ground = suite.Ground(opened, clock)  # type: ignore[arg-type]
    await suite.put(one, "a/1")
    (seq,) = await suite.claim_seqs(one, ground)
    await meet(
        server,
        lambda: suite.put(two, "a/2", cursor=None),
        lambda: one.release_raws([Fate(seq, State.SETTLED)]),
    )
    assert await suite.claim_keys(one, ground) == ["a/2"]


async def test_two_commits_for_one_case_and_target_number_their_effects_one_after_the_other(
    opened: Opener, clock: ManualClock, server: Postgres
) -> None:
    """As lanes of raws do."""
    one, two = await opened(), await opened()
    ground = suite.Ground(opened, clock)  # type: ignore[arg-type]
    await suite.decide(one, ground, cases=(suite.case(),))
    await suite.put(one, "a/1", "b/2")
    first, second = await suite.claim_seqs(one, ground)
    await meet(
        server,
        lambda: one.commit([Decision(first, effects=(suite.ticket_effect("e1"),))]),
        lambda: two.commit([Decision(second, effects=(suite.ticket_effect("e2"),))]),
        "INSERT INTO effects",
    )
    assert suite.keys(await suite.due(one, ground)) == ["e1"]
    assert await suite.due(two, ground) == []


async def test_an_effect_and_the_release_of_the_one_before_it_do_not_miss_each_other(
    opened: Opener, clock: ManualClock, server: Postgres
) -> None:
    one, two = await opened(), await opened()
    ground = suite.Ground(opened, clock)  # type: ignore[arg-type]
    await suite.decide(one, ground, cases=(suite.case(),), effects=(suite.ticket_effect("e1"),))
    (effect,) = await suite.due(one, ground)
    await suite.put(one, "a/1")
    (seq,) = await suite.claim_seqs(one, ground)
    await meet(
        server,
        lambda: two.commit([Decision(seq, effects=(suite.ticket_effect("e2"),))]),
        lambda: one.release_effects([Fate(effect.id, State.SETTLED)]),
    )
    assert suite.keys(await suite.due(one, ground)) == ["e2"]


@pytest.mark.parametrize("version", [1, 2])
async def test_of_two_commits_on_one_version_of_a_case_the_second_is_stale(
    version: int, opened: Opener, clock: ManualClock, server: Postgres
) -> None:
    """Whether the case is opened or changed; the stale one leaves nothing, and decides again on what now stands."""
    one, two = await opened(), await opened()
    ground = suite.Ground(opened, clock)  # type: ignore[arg-type]
    if version == 2:
        await suite.decide(one, ground, cases=(suite.case(),))
    await suite.put(one, "a/1", "b/2")
    first, second = await suite.claim_seqs(one, ground)
    results = await meet(
        server,
        lambda: one.commit([Decision(first, cases=(suite.case(version=version, subject="first"),))]),
        lambda: two.commit([Decision(second, cases=(suite.case(version=version, subject="second"),))]),
    )
    assert [type(result) for result in results] == [type(None), StaleCaseError]
    view = await two.case_view(suite.ONE)
    assert view is not None
    assert (view.file.case.version, view.file.case.subject) == (version, "first")
    await two.commit([Decision(second, cases=(suite.case(version=version + 1),))])


async def test_two_requests_for_one_backfill_are_one(opened: Opener, server: Postgres) -> None:
    """Two operators ask at once; the second is told of the first one's."""
    one, two = await opened(), await opened()
    act = Act("cleo", suite.START)
    asks = [partial(store.backfills.ask, suite.SOURCE, [suite.INBOX], None, ack=False, act=act) for store in (one, two)]
    first, second = await meet(server, *asks, "INSERT INTO backfills")
    assert [each.id for each in first] == [each.id for each in second]


async def test_a_first_page_of_a_stream_by_two_is_no_failure(opened: Opener, server: Postgres) -> None:
    """Both would write the stream's row; the second waits and finds it."""
    one, two = await opened(), await opened()
    await meet(
        server,
        lambda: suite.put(one, "a/1", cursor=None),
        lambda: suite.put(two, "b/2", cursor="c2"),
    )
    (view,) = await one.streams()
    assert (view.cursor, view.taken) == ("c2", 2)


async def test_claims_pass_over_what_another_claims_and_do_not_wait(opened: Opener, clock: ManualClock) -> None:
    """While one claim has yet to commit, another takes the next raws and effects."""
    one, two = await opened(), await opened()
    ground = suite.Ground(opened, clock)  # type: ignore[arg-type]
    await suite.decide(one, ground, effects=(suite.ticket_effect("1", None), suite.ticket_effect("2", None)))
    await suite.put(one, "a/1", "b/2")
    for claim in (
        lambda store: store.claim_raws(1, suite.BIG, clock.now()),
        lambda store: store.claim_effects("desk", 1, clock.now()),
    ):
        with held_up() as (reached, let):
            first = asyncio.create_task(claim(one))
            await asyncio.wait_for(reached.wait(), 10)
            second = await asyncio.wait_for(claim(two), 10)
            let()
            taken = [*await first, *second]
        assert len({getattr(item, "seq", None) or item.id for item in taken}) == 2


async def test_what_agents_do_is_numbered_in_the_order_of_the_commits(opened: Opener, server: Postgres) -> None:
    """So that who reads on from a number never misses an act that was committed later under a lower one."""
    one, two = await opened(), await opened()
    ground = suite.Ground(opened, ManualClock())  # type: ignore[arg-type]
    await suite.decide(one, ground, cases=(suite.case(),))
    await one.desk.write([suite.write("w", entry=suite.entry(suite.ONE, "m1"))])
    with held_up() as (reached, let):
        first = asyncio.create_task(one.agent_act(suite.ONE, "noted", "first", "cleo", suite.START))
        await asyncio.wait_for(reached.wait(), 10)
        second = asyncio.create_task(two.agent_act(suite.ONE, "noted", "second", "cleo", suite.START))
        assert await waits(server, second)
        assert list(await two.desk.entries(0, 9)) == []
        let()
        await asyncio.gather(first, second)
    assert [act.text for act in await two.desk.entries(0, 9)] == ["first", "second"]


async def test_every_session_is_durable_and_notices_a_dead_line(opened: Opener) -> None:
    """On both ends within 10 s, and no transaction that was left alone holds its locks longer."""
    store = await opened()
    wanted = {
        "synchronous_commit": "on",
        "statement_timeout": "30s",
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "5s",
        "tcp_keepalives_idle": "3",
        "tcp_keepalives_interval": "2",
        "tcp_keepalives_count": "2",
        "tcp_user_timeout": "7s",
        "client_connection_check_interval": "2s",
    }
    for engine in (store._threads._engines.writing, store._threads._engines.reading):
        with engine.connect() as connection:
            found = {name: connection.exec_driver_sql(f"SHOW {name}").scalar() for name in wanted}
        assert found | {"tcp_user_timeout": "7s"} == wanted
    asked = postgres.parameters("postgresql://db/x")
    assert asked["keepalives_idle"] + asked["keepalives_interval"] * asked["keepalives_count"] < 10
    assert asked["tcp_user_timeout"] < 10_000


def test_what_the_url_says_is_kept() -> None:
    """Hosts, roles, time-outs and settings of the operator's own come before ours."""
    asked = postgres.parameters(
        "postgresql://me@a:1,b:2/x?keepalives_idle=9&options=-c%20lock_timeout%3D1s&sslmode=require"
    )
    assert (asked["host"], asked["port"], asked["target_session_attrs"]) == ("a,b", "1,2", "read-write")
    assert (asked["keepalives_idle"], asked["sslmode"]) == ("9", "require")
    assert asked["options"].endswith("-c lock_timeout=1s")
    chosen = postgres.parameters("postgresql://a,b/x?target_session_attrs=any")
    assert chosen["target_session_attrs"] == "any"
    assert "target_session_attrs" not in postgres.parameters("postgresql://a/x")


async def test_of_several_hosts_the_one_that_takes_writes_is_used(
    server: Postgres, tmp_path: Path, clock: ManualClock
) -> None:
    """A host that is down is passed over."""
    url = f"postgresql://gw@127.0.0.1:{free_port()},127.0.0.1:{server.port}/{DATABASE}"
    async with open_store(url, tmp_path, SEALER, clock) as store:
        assert (await suite.put(store, "a/1")).stored == 1


@pytest.mark.parametrize(
    ("code", "action"),
    [
        ("40001", CollisionError),
        ("40P01", CollisionError),
        ("23505", CollisionError),
        ("08006", TransientError),
        ("53300", TransientError),
        ("53100", TransientError),
        ("55P03", TransientError),
        ("57014", TransientError),
        ("57P01", TransientError),
        ("57P03", TransientError),
        ("58030", TransientError),
        ("25006", TransientError),
        ("28P01", ConfigError),
        ("3D000", ConfigError),
        ("42501", ConfigError),
        ("42P01", postgres.StatementError),
        ("22021", postgres.StatementError),
    ],
)
def test_what_the_server_says_becomes_what_the_operator_does(code: str, action: type[Exception]) -> None:
    """Wait, or edit the configuration, or report a bug; the code stays in the sentence, the server's words do not."""
    with pytest.raises(action, match=code) as caught, postgres.translated():
        raise errors.lookup(code)("Key (key)=(twelve secret words) already exists")
    assert type(caught.value) is action
    assert "secret" not in str(caught.value)


async def test_a_bug_shows_no_users_text(opened: Opener, server: Postgres) -> None:
    """PostgreSQL names the values of a failing row; nothing of it is passed on."""
    store = await opened()
    ask(server, "ALTER TABLE raws ADD CONSTRAINT planted CHECK (lane <> 'twelve secret words')")
    try:
        with pytest.raises(postgres.StatementError) as caught:
            await store.put_page(suite.SOURCE, suite.INBOX, [suite.raw("k", lane="twelve secret words")], None)
    finally:
        ask(server, "ALTER TABLE raws DROP CONSTRAINT planted")
    assert "secret" not in str(caught.value)
    # A log that shows what led to it stops here.
    assert caught.value.__suppress_context__
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("text", ["m\0", "m\ud800", "Ü\0\udfff"])
async def test_texts_that_postgresql_cannot_keep_stop_no_commit(text: str, opened: Opener, clock: ManualClock) -> None:
    """They are written out, and found again by the same text."""
    store = await opened()
    ground = suite.Ground(opened, clock)  # type: ignore[arg-type]
    await suite.decide(store, ground, cases=(suite.case(),), refs=((text, suite.ONE),))
    (past,) = await store.look_up([suite.Query(refs=(text,))])
    assert [case.id for case in past.by_ref] == [suite.ONE]
    await suite.put(store, "a/1")
    (seq,) = await suite.claim_seqs(store, ground)
    await store.release_raws([Fate(seq, State.BURIED, text)])


async def test_a_server_that_is_not_there_is_passing(tmp_path: Path, clock: ManualClock) -> None:
    """The sentence names the line and no password."""
    with pytest.raises(TransientError) as caught:
        async with open_store(f"postgresql://me:secret@127.0.0.1:{free_port()}/x", tmp_path, SEALER, clock):
            pass
    assert "did not answer" in str(caught.value)
    assert "secret" not in str(caught.value)


async def test_a_url_that_cannot_be_read_is_not_repeated(tmp_path: Path, clock: ManualClock) -> None:
    with pytest.raises(ConfigError) as caught:
        async with open_store("postgresql://me:secret@[::1/x", tmp_path, SEALER, clock):
            pass
    assert "secret" not in str(caught.value)


async def test_a_server_that_is_too_old_is_refused(
    server: Postgres, tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "LEAST_VERSION", 990_000)
    with pytest.raises(ConfigError, match="newer"):
        async with open_store(server.url(DATABASE), tmp_path, SEALER, clock):
            pass


async def test_a_server_that_crashed_and_came_back_is_used_again(
    postgres_template: Template, tmp_path: Path, clock: ManualClock
) -> None:
    """While it is away calls fail as passing; after it the same store goes on, and what was committed is there."""
    server = Postgres.start(postgres_template, "crashing", durable=True)
    try:
        async with open_store(server.url(), tmp_path, SEALER, clock) as store:
            await suite.put(store, "a/1", cursor="c1")
            server.kill()
            for _ in range(3):
                with pytest.raises(TransientError):
                    await suite.put(store, "b/2", cursor="c2")
            await asyncio.to_thread(server.run)
            async with asyncio.timeout(20):
                while True:
                    try:
                        await suite.put(store, "b/2", cursor="c2")
                        break
                    except GatewayError:
                        await asyncio.sleep(0.05)
            assert (await store.tally()).raws == {State.NEW: 2}
    finally:
        server.stop()


def test_a_collision_is_begun_again_a_few_times(server: Postgres) -> None:
    """Most come through; one that does not is told as passing."""
    threads = Threads(database_at(server.url(DATABASE)))
    tries = []

    def collide(connection: Connection) -> str:
        tries.append(1)
        if len(tries) <= COLLISIONS:
            raise errors.SerializationFailure("again")
        return "done"

    assert asyncio.run(_write_and_close(threads, collide)) == "done"
    assert len(tries) == COLLISIONS + 1


async def _write_and_close(threads: Any, work: Callable[[Connection], str]) -> str:
    try:
        return str(await threads.write(work))
    finally:
        await threads.close()


async def test_a_claim_reads_what_is_ready_even_where_another_target_has_a_long_queue(
    opened: Opener, clock: ManualClock, server: Postgres
) -> None:
    """PostgreSQL takes readiness for even among targets: it must have no walk through all effects to choose."""
    store = await opened()
    ground = suite.Ground(opened, clock)  # type: ignore[arg-type]
    await suite.decide(store, ground, cases=(suite.case(),), effects=(suite.ticket_effect("t"),))
    fill = """INSERT INTO effects (key, kind, target, state, head, attempts, created_at, reason, traceback, document)
        SELECT %s || n, 'ticket', %s, %s, %s, 0, 0, '', '', repeat('x', 900) FROM generate_series(1, 20000) AS n"""
    server.execute(fill, "waiting", "away", State.NEW, True, database=DATABASE)
    server.execute(fill, "done", "desk", State.SETTLED, False, database=DATABASE)
    server.execute("ANALYZE effects", database=DATABASE)
    found: list[str] = []

    def explain(connection: Connection, cursor: Any, sql: str, parameters: Any, *_: Any) -> None:
        if sql.startswith("SELECT effects.id, effects.key") and not found:
            cursor.execute(f"EXPLAIN {sql}", parameters)
            found.extend(row[0] for row in cursor.fetchall())

    event.listen(Engine, "before_cursor_execute", explain)
    try:
        await store.claim_effects("desk", 100, clock.now())
    finally:
        event.remove(Engine, "before_cursor_execute", explain)
    plan = "\n".join(found)
    assert "ix_effects_ready" in plan, plan
    assert "effects_pkey" not in plan, plan
