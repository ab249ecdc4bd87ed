"""What accounts spent in SQL: one row for an account, a day and what it was spent on, added to in its place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection, select

from gateway.ports import Spent
from gateway.store.absorb import InsertOrAdd
from gateway.store.tables import spending

KEPT = timedelta(days=400)
"""How long it stays: a year can be compared with the one before."""
_ADD = InsertOrAdd(spending, ("account", "day", "what"), ("calls", "cost"))


def add(connection: Connection, account: str, day: date, what: str, spent: Spent) -> None:
    """Add to a row, or make it."""
    row = {"account": account, "day": _begin(day), "what": what, "calls": spent.calls, "cost": spent.cost}
    connection.execute(_ADD(connection), row)


def of_day(connection: Connection, day: date, account: str | None = None) -> Mapping[str, Mapping[str, Spent]]:
    """Return the rows of a day, of one account or of all, by account and by what it was spent on."""
    rows = select(spending).where(spending.c.day == _begin(day)).order_by(spending.c.account, spending.c.what)
    if account is not None:
        rows = rows.where(spending.c.account == account)
    found: dict[str, dict[str, Spent]] = {}
    for row in connection.execute(rows):
        found.setdefault(row.account, {})[row.what] = Spent(row.calls, row.cost)
    return found


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
