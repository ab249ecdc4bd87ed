"""The ledger of automatic replies in SQL: how many went out to whom since when, and at what pace."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Connection, bindparam, func, literal, select, type_coerce

from gateway.past import PACE_SLOT, PACE_SLOTS, DomainCount, Query
from gateway.store.columns import EPOCH, MICROSECOND
from gateway.store.tables import EFFECT_LEDGER, effects

# The statements of every batch are put together once: that costs more than to carry them out.
_SENT = select(func.count()).select_from(effects).where(EFFECT_LEDGER, effects.c.created_at >= bindparam("since"))
_SENT_TO = select(effects.c.recipient, effects.c.created_at).where(
    EFFECT_LEDGER,
    effects.c.recipient.in_(bindparam("recipients", expanding=True)),
    effects.c.created_at >= bindparam("since"),
)
# No more of them are counted than matter, however many there are.
_SENT_TO_DOMAIN = select(func.count()).select_from(
    select(literal(1))
    .where(
        EFFECT_LEDGER,
        effects.c.domain == bindparam("of_domain"),
        effects.c.created_at >= bindparam("since"),
    )
    .limit(bindparam("most"))
    .subquery()
)
_SLOT = (type_coerce(effects.c.created_at, BigInteger) // (PACE_SLOT // MICROSECOND)).label("slot")
_COUNTS = (
    select(_SLOT, func.count().label("sent"))
    .where(EFFECT_LEDGER, effects.c.created_at >= bindparam("since"), effects.c.created_at < bindparam("before"))
    .group_by(_SLOT)
)
_LATE = 3
"""So many of the newest slots are read again: what another node commits may bear a time a little past."""


def domain_of(recipient: str | None) -> str | None:
    """Return the mail domain under which a recipient is counted too; None for who has none."""
    local, _, domain = (recipient or "").rpartition("@")
    return domain if local and domain else None


class Pace:
    """How many automatic replies went out in each slot; what is past is read once and kept."""

    def __init__(self) -> None:
        self._known: tuple[int, dict[int, int]] = (0, {})
        """Up to which slot all is known, and the counts of the slots before it that are not 0."""

    def at(self, connection: Connection, now: datetime) -> tuple[int, ...]:
        """Return the counts of the slots up to that of `now`, oldest first."""
        last = (now - EPOCH) // PACE_SLOT
        first = last - PACE_SLOTS + 1
        until, known = self._known
        counts = {slot: count for slot, count in known.items() if slot >= first} if first <= until <= last else {}
        begin = max(until, first) if first <= until <= last else first
        counts |= {
            row.slot: row.sent
            for row in connection.execute(_COUNTS, {"since": _time(begin), "before": _time(last + 1)})
        }
        kept = last - _LATE
        # In one step, as several threads may read at once.
        self._known = (kept, {slot: count for slot, count in counts.items() if slot < kept})
        return tuple(counts.get(slot, 0) for slot in range(first, last + 1))


class Ledger:
    """What was sent, as a batch of queries asks for it."""

    def __init__(self, connection: Connection, queries: Sequence[Query], pace: Pace) -> None:
        recipients = {query.recipient for query in queries if query.since} - {""}
        first = min((since for query in queries for since in query.since), default=None)
        self._sent = {
            since: _count(connection, since) for since in {each for query in queries for each in query.since_all}
        }
        self._times = _times_of(connection, recipients, first) if recipients and first is not None else {}
        domains = {query.domain for query in queries if query.domain is not None}
        self._domains = {each: _count_to_domain(connection, each) for each in domains}
        asked = {query.pace for query in queries if query.pace is not None}
        self._paces = {now: pace.at(connection, now) for now in sorted(asked)}

    def sent(self, since: datetime) -> int:
        """Return the count to all."""
        return self._sent[since]

    def sent_to(self, recipient: str, since: datetime) -> int:
        """Return the count to one."""
        return sum(at >= since for at in self._times.get(recipient, ()))

    def sent_to_domain(self, query: Query) -> int:
        """Return the count to all addresses of a domain, no more than was asked for."""
        return self._domains[query.domain] if query.domain is not None else 0

    def pace(self, query: Query) -> tuple[int, ...]:
        """Return the pace, where it was asked for."""
        return self._paces[query.pace] if query.pace is not None else ()


def _count(connection: Connection, since: datetime) -> int:
    return connection.scalar(_SENT, {"since": since}) or 0


def _count_to_domain(connection: Connection, asked: DomainCount) -> int:
    given = {"of_domain": asked.domain, "since": asked.since, "most": asked.most}
    return connection.scalar(_SENT_TO_DOMAIN, given) or 0


def _times_of(connection: Connection, recipients: set[str], since: datetime) -> dict[str, list[datetime]]:
    times: dict[str, list[datetime]] = {}
    for row in connection.execute(_SENT_TO, {"recipients": list(recipients), "since": since}):
        times.setdefault(row.recipient, []).append(row.created_at)
    return times


def _time(slot: int) -> datetime:
    return EPOCH + timedelta(seconds=slot * PACE_SLOT.total_seconds())
