"""What operators count: streams, and both queues by state; read from the small indexes of what is not settled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Row, Table, TextClause, and_, func, not_, select

from gateway.journal import State
from gateway.ports import StreamId
from gateway.store.tables import EFFECT_LATER, EFFECT_UNSETTLED, RAW_UNSETTLED, effects, raws, streams
from gateway.views import Backlog, StreamView, Tally
from gateway.wake import ENGINE

_TIMERS = and_(effects.c.state == State.POSTPONED, effects.c.target == ENGINE)
"""Timers that wait for their time. Those that are overdue are counted apart, by the index of what comes later: of the
others, which nothing waits for, a desk may have thousands."""


def stream_views(connection: Connection) -> tuple[StreamView, ...]:
    """Return every stream that ever had a cursor or a raw."""
    counted = select(raws.c.source, raws.c.stream, raws.c.state, func.count().label("n")).where(RAW_UNSETTLED)
    waiting: dict[tuple[str, str], int] = {}
    buried: dict[tuple[str, str], int] = {}
    for row in connection.execute(counted.group_by(raws.c.state, raws.c.source, raws.c.stream)):
        counts = buried if row.state == State.BURIED else waiting
        counts[row.source, row.stream] = counts.get((row.source, row.stream), 0) + row.n
    return tuple(
        StreamView(
            source=row.source,
            stream=StreamId(row.stream),
            cursor=row.cursor,
            moved_at=row.moved_at,
            taken=row.taken,
            waiting=waiting.get((row.source, row.stream), 0),
            buried=buried.get((row.source, row.stream), 0),
        )
        for row in connection.execute(select(streams).order_by(streams.c.source, streams.c.stream))
    )


def tally(connection: Connection, now: datetime) -> Tally:
    """Count both queues by state; a state that none is in is left out, and timers are whose time has not come."""
    timers = connection.scalar(select(func.count()).select_from(effects).where(EFFECT_UNSETTLED, _TIMERS)) or 0
    asleep = timers - _overdue(connection, now)[0]
    return Tally(
        raws=_by_state(connection, raws, RAW_UNSETTLED),
        effects=_by_state(connection, effects, EFFECT_UNSETTLED, asleep),
    )


def _by_state(connection: Connection, table: Table, unsettled: TextClause, asleep: int = 0) -> dict[State, int]:
    """Count a queue; of what is postponed, so many are asleep and not told of."""
    counted = select(table.c.state, func.count().label("n")).where(unsettled).group_by(table.c.state)
    counts = {State(row.state): row.n for row in connection.execute(counted)}
    total = connection.scalar(select(func.count()).select_from(table)) or 0
    counts[State.SETTLED] = total - sum(counts.values())
    if asleep:
        counts[State.POSTPONED] -= asleep
    return {state: count for state, count in counts.items() if count}


def asleep(now: datetime) -> ColumnElement[bool]:
    """Return what is so of timers whose time has not come: nothing waits for its turn."""
    return and_(_TIMERS, effects.c.not_before > now)


def _overdue(connection: Connection, now: datetime) -> tuple[int, int]:
    """Return how many timers are overdue, and the number of the oldest."""
    asked = select(func.count(), func.min(effects.c.id)).where(EFFECT_LATER, _TIMERS, effects.c.not_before <= now)
    count, first = connection.execute(asked).one()
    return count, first or 0


def backlog(connection: Connection, now: datetime) -> tuple[Backlog, ...]:
    """Return what is not settled, by queue, source or target, and state; no timers whose time has not come.

    The number that rises with each row stands for its age: so the index alone answers, and only one row of each group
    is looked up.
    """
    of_raws = _groups(connection, raws.c.source, raws.c.seq, raws.c.state, RAW_UNSETTLED)
    of_effects = _groups(connection, effects.c.target, effects.c.id, effects.c.state, EFFECT_UNSETTLED, not_(_TIMERS))
    stored = _times(connection, raws.c.seq, raws.c.stored_at, [row.first for row in of_raws])
    timers, oldest = _overdue(connection, now)
    created = _times(connection, effects.c.id, effects.c.created_at, [*(row.first for row in of_effects), oldest])
    overdue = [Backlog("effects", ENGINE, State.POSTPONED, timers, created[oldest])] if timers else []
    return (
        *(Backlog("raws", row.name, State(row.state), row.n, stored[row.first]) for row in of_raws),
        *(Backlog("effects", row.name, State(row.state), row.n, created[row.first]) for row in of_effects),
        *overdue,
    )


def _groups(
    connection: Connection,
    name: Column[Any],
    number: Column[Any],
    state: Column[Any],
    *wanted: TextClause | ColumnElement[bool],
) -> Sequence[Row[Any]]:
    columns = (name.label("name"), state.label("state"), func.count().label("n"), func.min(number).label("first"))
    return connection.execute(select(*columns).where(*wanted).group_by(state, name)).all()


def _times(connection: Connection, number: Column[Any], at: Column[Any], wanted: Sequence[int]) -> dict[int, datetime]:
    if not wanted:
        return {}
    return {row[0]: row[1] for row in connection.execute(select(number, at).where(number.in_(wanted)))}
