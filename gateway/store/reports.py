"""Reports of impostors in SQL: a row for each that was pointed out, counted in its place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnCollection,
    ColumnElement,
    Connection,
    Row,
    and_,
    case,
    func,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from gateway.queues import Act
from gateway.reports import CASE, Accusation, Origin, Report, Ruling
from gateway.store.copying import opened
from gateway.store.places import database_at
from gateway.store.tables import acts, reports
from gateway.store.threads import Threads

_NAME = ("kind", "platform", "value")
_FILLED = ("brand", "technique", "reason")
"""What a later accusation fills where the first was silent."""
_QUEUE = "report"
"""Stands where the log of acts names a queue."""


def count(connection: Connection, accusations: Sequence[Accusation], now: datetime) -> None:
    """Make rows of accusations, or count them where there is a row."""
    # In one order whoever counts: else two that count the same rows at once would wait for each other for ever.
    for accused in sorted(accusations, key=lambda each: each.name):
        row = {
            "kind": accused.kind,
            "platform": accused.platform,
            "value": accused.value,
            "brand": accused.brand,
            "technique": accused.technique,
            "reason": accused.reason,
            "origin": accused.origin.value,
            "case_id": accused.case_id,
            "times": 1,
            "alarms": int(accused.alarm),
            "first_at": now,
            "last_at": now,
            "ruling": Ruling.OPEN.value,
            "ruled_by": "",
            "note": "",
        }
        new = postgresql.insert(reports) if connection.dialect.name == "postgresql" else sqlite.insert(reports)
        counted = new.on_conflict_do_update(index_elements=_NAME, set_=_counted(new.excluded))
        connection.execute(counted, row)


def _counted(new: ColumnCollection[str, Any]) -> dict[str, ColumnElement[Any]]:
    """Return what becomes of a row with one more accusation."""
    same_case = and_(new.case_id != "", reports.c.case_id == new.case_id)
    told_anew = and_(reports.c.kind == CASE, new.alarms > 0)
    return {
        "times": reports.c.times + case((same_case, 0), else_=1),
        "alarms": reports.c.alarms + new.alarms,
        "last_at": new.last_at,
        "case_id": new.case_id,
        "ruling": case((told_anew, Ruling.OPEN.value), else_=reports.c.ruling),
        **{name: case((reports.c[name] == "", new[name]), else_=reports.c[name]) for name in _FILLED},
    }


class SqlReports:
    """The reports of one store; see `gateway.reports.Reports`."""

    def __init__(self, threads: Threads, now: Callable[[], datetime]) -> None:
        self._threads = threads
        self._now = now

    async def add(self, accusations: Sequence[Accusation]) -> None:
        """See `Reports`."""
        now = self._now()
        await self._threads.write(lambda connection: count(connection, accusations, now))

    async def page(self, ruling: Ruling | None, limit: int) -> Sequence[Report]:
        """See `Reports`."""
        rows = select(reports).order_by(reports.c.times.desc(), reports.c.last_at.desc(), reports.c.id).limit(limit)
        if ruling is not None:
            rows = rows.where(reports.c.ruling == ruling.value)
        return await self._threads.read(lambda connection: tuple(map(_report, connection.execute(rows))))

    async def get(self, number: int) -> Report | None:
        """See `Reports`."""
        found = await self._threads.read(
            lambda connection: connection.execute(select(reports).where(reports.c.id == number)).first()
        )
        return _report(found) if found is not None else None

    async def rule(self, number: int, ruling: Ruling, act: Act) -> bool:
        """See `Reports`."""
        return await self._threads.write(lambda connection: _rule(connection, number, ruling, act))

    async def confirmed(self) -> Sequence[Report]:
        """See `Reports`."""
        return await self._threads.read(_confirmed)

    async def alarming(self) -> int:
        """See `Reports`."""
        waits = select(func.count()).where(reports.c.ruling == Ruling.OPEN.value, reports.c.alarms > 0)
        return await self._threads.read(lambda connection: int(connection.execute(waits).scalar_one()))

    async def stamp(self) -> str:
        """See `Reports`."""
        ruled = select(func.count(), func.max(acts.c.id)).where(acts.c.queue == _QUEUE)
        rows = await self._threads.read(lambda connection: tuple(connection.execute(ruled).one()))
        return ":".join(map(str, rows))


def confirmed_at(place: str | Path) -> Sequence[Report]:
    """Return what is confirmed in a store that is there, beside its engine; changes nothing of it.

    Raises what the database does, `ConfigError` or `TransientError`. A store of an older release has no reports.
    """
    with opened(database_at(place, existing=True)) as engines, engines.reading.begin() as connection:
        return _confirmed(connection) if inspect(connection).has_table(reports.name) else ()


def _confirmed(connection: Connection) -> Sequence[Report]:
    rows = select(reports).where(reports.c.ruling == Ruling.CONFIRMED.value).order_by(reports.c.ruled_at)
    return tuple(map(_report, connection.execute(rows)))


def _rule(connection: Connection, number: int, ruling: Ruling, act: Act) -> bool:
    changed = {"ruling": ruling.value, "ruled_by": act.by, "ruled_at": act.at, "note": act.reason}
    done = connection.execute(update(reports).where(reports.c.id == number).values(**changed))
    if not done.rowcount:
        return False
    line = {"at": act.at, "by": act.by, "what": ruling.value, "detail": ""}
    connection.execute(insert(acts).values(**line, queue=_QUEUE, number=number))
    return True


def _report(row: Row[Any]) -> Report:
    accused = Accusation(
        row.kind,
        row.value,
        row.platform,
        row.brand,
        row.technique,
        row.reason,
        Origin(row.origin),
        row.case_id,
        row.alarms > 0,
    )
    ruled = (Ruling(row.ruling), row.ruled_by, row.ruled_at, row.note)
    return Report(row.id, accused, row.times, row.first_at, row.last_at, *ruled)
