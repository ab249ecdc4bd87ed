"""Known incidents in SQL: a document each, and a row for each case that belongs to one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select, tuple_, update

from gateway.case import Case, CaseState, Direction
from gateway.incidents import Candidate, Incident, IncidentCase, Reach
from gateway.queues import Act
from gateway.store.absorb import InsertUnknown
from gateway.store.documents import CASE, ENTRY
from gateway.store.tables import UNTOLD, acts, cases, entries, incident_cases, incidents
from gateway.store.threads import Threads

_QUEUE = "incident"
"""Stands where the log of acts names a queue."""
_LINK = InsertUnknown(incident_cases)
_TELL = (
    update(incident_cases)
    .where(
        incident_cases.c.incident == bindparam("of_incident"),
        incident_cases.c.case_id == bindparam("of_case"),
        incident_cases.c.told_at.is_(None),
    )
    .values(told_at=bindparam("at"))
)


def mark(connection: Connection, marked: Sequence[IncidentCase], now: datetime) -> None:
    """Let cases belong to incidents, and note whose users were told; what is known already stays."""
    if not marked:
        return
    # In one order whoever writes: else two nodes could wait for each other.
    ordered = sorted(marked, key=lambda each: (each.incident, each.case_id))
    rows = {(each.incident, each.case_id): {"linked_at": now} for each in ordered}
    connection.execute(
        _LINK(connection), [{"incident": one, "case_id": two, **rest} for (one, two), rest in rows.items()]
    )
    told = [{"of_incident": each.incident, "of_case": each.case_id, "at": now} for each in ordered if each.told]
    if told:
        connection.execute(_TELL, told)


class SqlIncidents:
    """The incidents of one store; see `gateway.incidents.Incidents`."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads

    async def open(self, incident: Incident, act: Act) -> Incident:
        """See `Incidents`."""
        return await self._threads.write(lambda connection: _open(connection, incident, act))

    async def change(self, incident: Incident, act: Act) -> bool:
        """See `Incidents`."""
        return await self._threads.write(lambda connection: _change(connection, incident, "changed", act))

    async def end(self, number: int, ending: Mapping[str, str], act: Act) -> bool:
        """See `Incidents`."""

        def ended(connection: Connection) -> bool:
            found = _get(connection, number)
            if found is None:
                return False
            texts = {**found.ending, **ending}
            return _change(connection, found.model_copy(update={"ended_at": act.at, "ending": texts}), "ended", act)

        return await self._threads.write(ended)

    async def get(self, number: int) -> Incident | None:
        """See `Incidents`."""
        return await self._threads.read(lambda connection: _get(connection, number))

    async def page(self, limit: int, *, ended: bool) -> Sequence[Incident]:
        """See `Incidents`."""
        wanted = select(incidents.c.document).order_by(incidents.c.id.desc()).limit(limit)
        if not ended:
            wanted = wanted.where(incidents.c.ended_at.is_(None))
        return await self._threads.read(lambda connection: tuple(map(_read, connection.scalars(wanted))))

    async def reach(self, numbers: Sequence[int]) -> Mapping[int, Reach]:
        """See `Incidents`."""
        counted = (
            select(
                incident_cases.c.incident, func.count().label("n"), func.count(incident_cases.c.told_at).label("told")
            )
            .where(incident_cases.c.incident.in_(numbers))
            .group_by(incident_cases.c.incident)
        )
        rows = await self._threads.read(lambda connection: connection.execute(counted).all())
        found = {row.incident: Reach(row.n, row.told) for row in rows}
        return {number: found.get(number, Reach(0, 0)) for number in numbers}

    async def untold(self, after: tuple[int, str], limit: int) -> Sequence[tuple[Incident, Case]]:
        """See `Incidents`."""
        name = (incident_cases.c.incident, incident_cases.c.case_id)
        wanted = (
            select(incidents.c.document.label("incident"), cases.c.document.label("case"))
            .select_from(incident_cases)
            .join(incidents, incidents.c.id == incident_cases.c.incident)
            .join(cases, cases.c.id == incident_cases.c.case_id)
            .where(UNTOLD, incidents.c.ended_at.is_not(None), tuple_(*name) > after)
            .order_by(*name)
            .limit(limit)
        )
        rows = await self._threads.read(lambda connection: connection.execute(wanted).all())
        return [(_read(row.incident), CASE.read(row.case)) for row in rows]

    async def candidates(self, since: datetime, after: str, limit: int, *, texts: bool) -> Sequence[Candidate]:
        """See `Incidents`."""
        return await self._threads.read(lambda connection: _candidates(connection, since, after, limit, texts))

    async def stamp(self) -> str:
        """See `Incidents`."""
        done = select(func.count(), func.max(acts.c.id)).where(acts.c.queue == _QUEUE)
        rows = await self._threads.read(lambda connection: tuple(connection.execute(done).one()))
        return ":".join(map(str, rows))


def _candidates(connection: Connection, since: datetime, after: str, limit: int, texts: bool) -> list[Candidate]:
    wanted = (
        select(cases.c.document)
        .where(cases.c.id > after, cases.c.state != CaseState.SOLVED, cases.c.updated_at >= since)
        .order_by(cases.c.id)
        .limit(limit)
    )
    found = [CASE.read(document) for document in connection.scalars(wanted)]
    said: dict[str, list[str]] = {}
    if texts and found:
        of_users = (entries.c.case_id.in_([case.id for case in found]), entries.c.direction == Direction.IN)
        rows = connection.execute(select(entries.c.case_id, entries.c.document).where(*of_users).order_by(entries.c.id))
        for row in rows:
            message = ENTRY.read(row.document).message
            said.setdefault(row.case_id, []).append(f"{message.subject}\n{message.text}")
    # Also those that are older: whoever asks goes on behind the last.
    return [Candidate(case, "\n".join(said.get(case.id, ()))) for case in found]


def _open(connection: Connection, incident: Incident, act: Act) -> Incident:
    columns = {"document": "", "opened_at": incident.opened_at}
    number = int(connection.execute(insert(incidents).values(columns).returning(incidents.c.id)).scalar_one())
    kept = incident.model_copy(update={"number": number})
    _change(connection, kept, "opened", act)
    return kept


def _change(connection: Connection, incident: Incident, what: str, act: Act) -> bool:
    changed = (
        update(incidents)
        .where(incidents.c.id == incident.number, incidents.c.ended_at.is_(None))
        .values(document=incident.model_dump_json(), ended_at=incident.ended_at)
    )
    if not connection.execute(changed).rowcount:
        return False
    line = {"at": act.at, "by": act.by, "what": what, "detail": ""}
    connection.execute(insert(acts).values(**line, queue=_QUEUE, number=incident.number))
    return True


def _get(connection: Connection, number: int) -> Incident | None:
    document = connection.scalar(select(incidents.c.document).where(incidents.c.id == number))
    return None if document is None else _read(document)


def _read(document: str) -> Incident:
    return Incident.model_validate_json(document)
