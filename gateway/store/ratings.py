"""Ratings in SQL: a row for each case that was asked about, written over with what its user says of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from gateway.past import Query
from gateway.ratings import RatedBy, Rating
from gateway.store.absorb import InsertOrReplace
from gateway.store.bodies import clean
from gateway.store.tables import ratings
from gateway.store.threads import Threads

_OF_CASES = select(ratings).where(ratings.c.case_id.in_(bindparam("case_ids", expanding=True)))
# Each person by itself, so that the index answers; of whom less was wanted, the rest is left out afterwards.
_OF_PERSONS = select(ratings).where(
    ratings.c.person.in_(bindparam("persons", expanding=True)), ratings.c.asked_at >= bindparam("since")
)
_SAVE = InsertOrReplace(ratings, ("case_id",), ("score", "word", "rated_at"))
"""What was asked, and of whom, stays as it was when it was asked."""


def save(connection: Connection, changed: Sequence[Rating]) -> None:
    """Write ratings over those of the same cases."""
    last = {each.case_id: each for each in changed}
    # In one order, so that two transactions never wait for one another in a ring.
    if rows := [last[case_id].model_dump() | {"word": clean(last[case_id].word)} for case_id in sorted(last)]:
        connection.execute(_SAVE(connection), rows)


class Found:
    """The ratings that a batch of queries asks for; nothing is read when none does."""

    def __init__(self, connection: Connection, queries: Sequence[Query]) -> None:
        case_ids = {case_id for query in queries for case_id in query.rated}
        persons = [query.rated_by for query in queries if query.rated_by is not None]
        found: dict[str, Rating] = {}
        if case_ids:
            found |= {row.case_id: _rating(row) for row in connection.execute(_OF_CASES, {"case_ids": list(case_ids)})}
        if persons:
            asked = {"persons": sorted({each.person for each in persons}), "since": min(each.since for each in persons)}
            found |= {row.case_id: _rating(row) for row in connection.execute(_OF_PERSONS, asked)}
        self._found = sorted(found.values(), key=lambda each: (each.asked_at, each.case_id), reverse=True)

    def of(self, query: Query) -> tuple[Rating, ...]:
        """Return those of the query's cases, and those of its person, the last asked first."""
        return tuple(each for each in self._found if each.case_id in query.rated or _is_by(each, query.rated_by))

    def cases(self, query: Query | None = None) -> Sequence[str]:
        """Return the cases that the ratings of persons are about: of one query, or of all."""
        return [each.case_id for each in (self._found if query is None else self.of(query))]


class SqlRatings:
    """The ratings of one store; see `gateway.ratings.Ratings`."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads

    async def page(self, since: datetime | None, until: datetime | None) -> Sequence[Rating]:
        """See `Ratings`."""
        rows = select(ratings).order_by(ratings.c.asked_at, ratings.c.case_id)
        if since is not None:
            rows = rows.where(ratings.c.asked_at >= since)
        if until is not None:
            rows = rows.where(ratings.c.asked_at < until)
        return await self._threads.read(lambda connection: tuple(map(_rating, connection.execute(rows))))


def _is_by(rating: Rating, by: RatedBy | None) -> bool:
    return by is not None and rating.person == by.person and rating.asked_at >= by.since


def _rating(row: Row[Any]) -> Rating:
    return Rating.model_validate(dict(row._mapping))
