"""The tickets that the gateway itself keeps, in SQL: one a case, named like it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from gateway.case import CaseState, Party
from gateway.journal import DeskLine
from gateway.ports import DeskEntry, Key, TicketAction, TicketRef, TicketWrite
from gateway.store import locks
from gateway.store.tables import BY_AGENT, desk_lines, desk_tickets, desk_writes

_STATES = {"solved": CaseState.SOLVED, "reopened": CaseState.OPEN}
_ACTS = ("replied", "noted", *_STATES)
_OURSELVES = "gatehouse"


def write(connection: Connection, write: TicketWrite, now: datetime) -> TicketRef:
    """Apply one write, once by its key, and return its ticket."""
    done = find(connection, write.key)
    if done is not None:
        return done
    ref = _ticket_for(connection, write, now)
    connection.execute(insert(desk_writes).values(key=write.key, ticket=ref))
    if write.action is TicketAction.MESSAGE and write.entry is not None:
        message = write.entry.message
        _add_line(connection, ref, "message", message.text, _author(message.sender), write.entry.at, public=True)
    elif write.action is TicketAction.NOTE:
        _add_line(connection, ref, "note", write.note, _OURSELVES, now)
    elif write.action is TicketAction.STATE and write.state is not None:
        _set_state(connection, ref, write.state)
    return ref


def find(connection: Connection, key: Key) -> TicketRef | None:
    """Return the ticket of the write with this key."""
    ref: str | None = connection.scalar(select(desk_writes.c.ticket).where(desk_writes.c.key == key))
    return None if ref is None else TicketRef(ref)


def entries(connection: Connection, after: int, limit: int) -> tuple[DeskEntry, ...]:
    """Return what agents did after that line, oldest first."""
    lines = select(desk_lines, desk_tickets.c.case_id).join(desk_tickets, desk_tickets.c.ref == desk_lines.c.ticket)
    agents = lines.where(BY_AGENT, desk_lines.c.id > after).order_by(desk_lines.c.id).limit(limit)
    names = ("id", "ticket", "case_id", "kind", "text", "author", "at")
    rows = connection.execute(agents).mappings()
    return tuple(DeskEntry.model_validate({name: row[name] for name in names}) for row in rows)


def act(connection: Connection, case_id: str, kind: str, text: str, author: str, now: datetime) -> int | None:
    """Add what an agent did to the case's own ticket and return the line's id, or None without a ticket."""
    if kind not in _ACTS:
        raise ValueError(f"an agent's act is one of {', '.join(_ACTS)}")
    ref = _ticket_of(connection, case_id)
    if ref is None:
        return None
    # Acts are read by number, so that none may be committed after one of a higher number was read.
    locks.hold(connection, locks.AGENTS)
    if kind in _STATES:
        _set_state(connection, ref, _STATES[kind])
    return _add_line(connection, ref, kind, text, author, now, public=kind == "replied", by_agent=True)


def lines(connection: Connection, case_id: str) -> tuple[DeskLine, ...]:
    """Return the lines of the case's own ticket, oldest first."""
    ref = _ticket_of(connection, case_id)
    if ref is None:
        return ()
    names = ("id", "kind", "author", "text", "at", "public")
    found = select(*(desk_lines.c[name] for name in names)).where(desk_lines.c.ticket == ref).order_by(desk_lines.c.id)
    return tuple(DeskLine(**row) for row in connection.execute(found).mappings())


def _ticket_for(connection: Connection, write: TicketWrite, now: datetime) -> TicketRef:
    if write.ticket is not None and _exists(connection, write.ticket):
        return write.ticket
    found = _ticket_of(connection, write.case.id)
    return found or _open_ticket(connection, write.case.id, write.case.state, now)


def _exists(connection: Connection, ref: TicketRef) -> bool:
    return connection.scalar(select(desk_tickets.c.ref).where(desk_tickets.c.ref == ref)) is not None


def _ticket_of(connection: Connection, case_id: str) -> TicketRef | None:
    ref: str | None = connection.scalar(select(desk_tickets.c.ref).where(desk_tickets.c.case_id == case_id))
    return None if ref is None else TicketRef(ref)


def _open_ticket(connection: Connection, case_id: str, state: CaseState, now: datetime) -> TicketRef:
    connection.execute(insert(desk_tickets).values(ref=case_id, case_id=case_id, state=state, opened_at=now))
    return TicketRef(case_id)


def _set_state(connection: Connection, ref: TicketRef, state: CaseState) -> None:
    connection.execute(update(desk_tickets).where(desk_tickets.c.ref == ref).values(state=state))


def _add_line(
    connection: Connection,
    ref: TicketRef,
    kind: str,
    text: str,
    author: str,
    at: datetime,
    *,
    public: bool = False,
    by_agent: bool = False,
) -> int:
    line = {"ticket": ref, "kind": kind, "text": text, "author": author, "at": at}
    added = insert(desk_lines).values(**line, public=public, by_agent=by_agent).returning(desk_lines.c.id)
    return int(connection.execute(added).scalar_one())


def _author(party: Party) -> str:
    """Name a user by what the platform vouches for, before what the user chose."""
    return party.address or party.handle or party.name or "unknown"
