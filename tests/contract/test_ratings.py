"""Ratings are kept alike on SQLite and on PostgreSQL: written over, found by case and by person, told by time."""

from __future__ import annotations

import asyncio
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.journal import Decision
from gateway.past import Query
from gateway.ratings import RatedBy, Rating
from gateway.store import copying, open_store
from gateway.store.places import database_at
from tests.builders import NOON, case
from tests.conftest import ManualClock
from tests.contract import store_suite
from tests.contract.conftest import SEALER, migrate
from tests.servers.postgres import Postgres

pytest_plugins = ("tests.servers.postgres_fixture",)

ONE, TWO, THREE = "GH-AAAAA-AAAAA", "GH-BBBBB-BBBBB", "GH-CCCCC-CCCCC"


def rating(number: str, days: float = 0, person: str = "ann", **fields: Any) -> Rating:
    return Rating(case_id=number, channel="tg", person=person, asked_at=NOON + timedelta(days=days), **fields)


@pytest.fixture(scope="module")
def server(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Postgres:
    """The server, with a migrated database named `ratings`."""
    postgres.execute("CREATE DATABASE ratings")
    asyncio.run(migrate(postgres.url("ratings"), tmp_path_factory.mktemp("ratings") / "blobs"))
    return postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str | Path:
    """Where a fresh store is."""
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("server")
        server.empty("ratings")
        return server.url("ratings")
    shutil.copy(request.getfixturevalue("empty_file"), tmp_path / "gatehouse.db")
    return tmp_path / "gatehouse.db"


async def commits(store: Any, key: str, *ratings: Rating, **fields: Any) -> None:
    """Write ratings with the decision on a raw."""
    await store.put_page("tg", store_suite.INBOX, [store_suite.raw(key, source="tg")], None)
    (claimed,) = await store.claim_raws(10, 10**9, NOON)
    await store.commit([Decision(claimed.seq, ratings=ratings, **fields)])


async def test_ratings(place: str | Path, tmp_path: Path) -> None:
    async with open_store(place, tmp_path / "blobs", SEALER, ManualClock()) as opened:
        store: Any = opened
        cases = tuple(case(number) for number in (ONE, TWO, THREE))
        await commits(store, "1", rating(ONE), rating(TWO, 3), rating(THREE, 4, "bob"), cases=cases)
        given = {"score": 4, "rated_at": NOON + timedelta(days=1)}
        await commits(store, "2", rating(ONE, **given, word="ok\x00", fresh=True).model_copy(update={"person": "eve"}))
    async with open_store(place, tmp_path / "blobs", SEALER, ManualClock()) as opened:
        store = opened
        first, second, third = await store.ratings.page(None, None)
        assert first == rating(ONE, **given, word=first.word), "what was asked of whom stays as it was"
        assert (first.word, first.fresh) == ("ok\\x00", False)
        assert (second, third) == (rating(TWO, 3), rating(THREE, 4, "bob"))
        assert await store.ratings.page(NOON + timedelta(days=3), NOON + timedelta(days=4)) == (second,)
        by_ann = RatedBy("ann", NOON - timedelta(days=1))
        lately = RatedBy("ann", NOON + timedelta(days=1))
        pasts = await store.look_up([Query(rated_by=by_ann), Query(rated_by=lately), Query(rated=(THREE,)), Query()])
        assert [past.ratings for past in pasts] == [(second, first), (second,), (third,), ()]
        assert [{each.id for each in past.cases} for past in pasts] == [{ONE, TWO}, {TWO}, {THREE}, set()]


async def test_a_copied_desk_keeps_them(empty_file: Path, server: Postgres, tmp_path: Path) -> None:
    path = tmp_path / "gatehouse.db"
    shutil.copy(empty_file, path)
    async with open_store(path, tmp_path / "blobs", SEALER, ManualClock()) as opened:
        store: Any = opened
        await commits(store, "1", rating(ONE, score=5, rated_at=NOON, word="so kind"), cases=(case(ONE),))
        before = await store.ratings.page(None, None)
    server.empty("ratings")
    copied = await asyncio.to_thread(copying.copy, database_at(path), database_at(server.url("ratings")))
    assert copied["ratings"] == 1
    async with open_store(server.url("ratings"), tmp_path / "blobs", SEALER, ManualClock()) as opened:
        assert await opened.ratings.page(None, None) == before
