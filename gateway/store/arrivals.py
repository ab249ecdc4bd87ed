"""How many messages came in from whom, in SQL: a count for each scope and slot of time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite

from gateway.past import ARRIVALS_FOR, Query
from gateway.store.columns import EPOCH
from gateway.store.tables import arrivals

SLOT = timedelta(minutes=10)
"""Counts are kept by such parts of time."""
_SEEN = (
    select(arrivals.c.scope, func.sum(arrivals.c["count"]).label("seen"))
    .where(arrivals.c.scope.in_(bindparam("scopes", expanding=True)), arrivals.c.slot > bindparam("since"))
    .group_by(arrivals.c.scope)
)


def count(connection: Connection, scopes: Iterable[str], now: datetime) -> None:
    """Count one message for each of these, as often as it is named."""
    slot = EPOCH + (now - EPOCH) // SLOT * SLOT
    # In one order whoever counts: else two nodes could wait for each other.
    rows = [{"scope": scope, "slot": slot, "count": times} for scope, times in sorted(Counter(scopes).items())]
    if not rows:
        return
    new = postgresql.insert(arrivals) if connection.dialect.name == "postgresql" else sqlite.insert(arrivals)
    counted = {"count": arrivals.c["count"] + new.excluded["count"]}
    connection.execute(new.on_conflict_do_update(index_elements=["scope", "slot"], set_=counted), rows)


def seen(connection: Connection, queries: Iterable[Query]) -> Mapping[str, int]:
    """Return how often each scope that is asked for was counted within the hour; those that were not are left out."""
    asked = [(query.arrived_at, query.arrived) for query in queries if query.arrived_at is not None]
    scopes = {scope for _, named in asked for scope in named}
    if not scopes:
        return {}
    since = min(at for at, _ in asked) - ARRIVALS_FOR
    rows = connection.execute(_SEEN, {"scopes": sorted(scopes), "since": since})
    return {row.scope: int(row.seen) for row in rows}
