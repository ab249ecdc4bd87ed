"""A ticket effect that is held never goes out without what was committed with its hold, whoever claims it meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.dialogue import Hold
from gateway.journal import Decision, StaleCaseError, StoredEffect
from gateway.past import Query
from gateway.store import Sealer, SqlStore, open_store
from tests.conftest import ManualClock
from tests.contract import store_suite as suite
from tests.contract.dialogue_suite import token
from tests.contract.meeting import held_up, meet
from tests.servers.postgres import Postgres

pytest_plugins = ("tests.servers.postgres_fixture",)

SEALER = Sealer({"k1": b"1" * 32}, "k1")
WAIT = timedelta(seconds=2)
ROUNDS = 30
Pair = tuple[SqlStore, SqlStore]


@pytest.fixture(scope="session")
def holds_database(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Postgres:
    postgres.execute("CREATE DATABASE holds")

    async def build() -> None:
        async with open_store(postgres.url("holds"), tmp_path_factory.mktemp("holds"), SEALER, ManualClock()):
            pass

    asyncio.run(build())
    return postgres


@pytest.fixture
def server(holds_database: Postgres) -> Postgres:
    holds_database.empty("holds")
    return holds_database


async def two_at(place: str | Path, folder: Path, clock: ManualClock) -> AsyncIterator[Pair]:
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(open_store(place, folder / "blobs", SEALER, clock))
        two = await stack.enter_async_context(open_store(place, folder / "blobs", SEALER, clock))
        yield one, two


@pytest.fixture
async def pair(server: Postgres, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Pair]:
    """Two stores on one server."""
    async for found in two_at(server.url("holds"), tmp_path, clock):
        yield found


@pytest.fixture(params=["sqlite", "postgresql"])
async def any_pair(request: pytest.FixtureRequest, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Pair]:
    """Two stores on one database, whatever its kind."""
    on_sqlite = request.param == "sqlite"
    place = tmp_path / "gatehouse.db" if on_sqlite else request.getfixturevalue("server").url("holds")
    async for found in two_at(place, tmp_path, clock):
        yield found


async def waiting(store: SqlStore, clock: ManualClock, name: str = "1") -> tuple[int, Decision]:
    """Let a ticket effect wait that is due now; return the number of another raw and the decision to join it."""
    ground = suite.Ground(lambda: None, clock)  # type: ignore[arg-type, return-value]
    case_id = f"GH-00000-1{int(name):04}"
    effect = suite.ticket_effect(f"e{name}", case_id, message_id=f"m{name}", not_before=clock.now())
    await suite.decide(
        store, ground, cases=(suite.case(case_id),), entries=(suite.entry(case_id, f"m{name}"),), effects=(effect,)
    )
    await suite.put(store, f"part {name}/1", cursor=None)
    seq = suite.only(await suite.claim_seqs(store, ground))
    both = suite.entry(case_id, f"m{name}", text="both")
    return seq, Decision(seq, entries=(both,), holds=(Hold(f"e{name}", clock.now() + WAIT),))


def claim(store: SqlStore, clock: ManualClock) -> Callable[[], Awaitable[list[StoredEffect]]]:
    async def run() -> list[StoredEffect]:
        return list(await store.claim_effects("desk", 10, clock.now()))

    return run


def texts(claimed: list[StoredEffect]) -> list[str]:
    return [each.entry.message.text for each in claimed if each.entry is not None]


FIRST = suite.message("m").text


CLAIMING = ("", "UPDATE effects SET state=CASE", "SELECT effects.id, effects.key", "SELECT cases")
HOLDING = ("", "UPDATE effects SET state", "SELECT effects.id, effects.key, effects.not")


@pytest.mark.parametrize("statement", CLAIMING)
async def test_a_hold_that_meets_a_claim_waits_for_it_and_fails(
    statement: str, pair: Pair, clock: ManualClock, server: Postgres
) -> None:
    """Wherever in its transaction the claim is once it has the row; what it took goes out without the new part."""
    one, two = pair
    _, part = await waiting(one, clock)
    claimed, refused = await meet(server, claim(two, clock), lambda: one.commit([part]), statement)
    assert texts(claimed) == [FIRST]
    assert isinstance(refused, StaleCaseError)
    (past,) = await one.look_up([Query(entry_of="m1")])
    assert past.entry is not None
    assert past.entry.message.text == FIRST


@pytest.mark.parametrize("statement", HOLDING)
async def test_a_claim_that_meets_a_hold_passes_over_what_is_held(
    statement: str, pair: Pair, clock: ManualClock
) -> None:
    """It neither waits nor takes; when its time has come, the effect goes out with all its parts."""
    one, two = pair
    _, part = await waiting(one, clock)
    with held_up(statement) as (reached, let):
        holding = asyncio.ensure_future(one.commit([part]))
        await asyncio.wait_for(reached.wait(), 10)
        assert await asyncio.wait_for(claim(two, clock)(), 10) == []
        let()
        await asyncio.wait_for(holding, 10)
    assert await claim(two, clock)() == []
    clock.advance(WAIT.total_seconds())
    assert texts(await claim(two, clock)()) == ["both"]


async def test_holds_and_claims_side_by_side_never_part_what_belongs_together(
    any_pair: Pair, clock: ManualClock
) -> None:
    """Round after round: either the part is refused and what was claimed is without it, or it waited and is in."""
    one, two = any_pair
    outcomes = set()
    for number in range(ROUNDS):
        _, part = await waiting(one, clock, str(number))
        calls = [one.commit([part]), claim(two, clock)()]
        if number % 2:
            calls.reverse()
        results = await asyncio.gather(*calls, return_exceptions=True)
        refused, claimed = reversed(results) if number % 2 else results
        assert refused is None or isinstance(refused, StaleCaseError)
        assert isinstance(claimed, list)
        assert texts(claimed) == ([] if refused is None else [FIRST])
        outcomes.add(refused is None)
        if refused is None:
            clock.advance(WAIT.total_seconds())
            assert texts(await claim(two, clock)()) == ["both"]
        else:
            await one.commit([Decision(part.seq)])
    assert outcomes <= {True, False}


async def test_of_two_that_spend_one_token_the_second_is_stale(
    pair: Pair, clock: ManualClock, server: Postgres
) -> None:
    one, two = pair
    ground = suite.Ground(lambda: None, clock)  # type: ignore[arg-type, return-value]
    await suite.decide(one, ground, tokens=(token(),))
    await suite.put(one, "a/1", "b/2")
    spent = token(spent_at=clock.now())
    first, second = await suite.claim_seqs(one, ground)
    results = await meet(
        server,
        lambda: one.commit([Decision(first, tokens=(spent,))]),
        lambda: two.commit([Decision(second, tokens=(spent,))]),
    )
    assert [type(result) for result in results] == [type(None), StaleCaseError]
