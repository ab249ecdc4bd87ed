"""The tickets that the gateway itself keeps, in SQL: one a case, named like it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection, bindparam, insert, select, update

from gateway.case import CaseState, Party
from gateway.errors import TransientError
from gateway.files import OF_DESK, of_desk
from gateway.journal import EffectKind, State
from gateway.ports import DeskEntry, Key, ReplyFile, TicketAction, TicketRef, TicketWrite
from gateway.store import locks
from gateway.store.tables import BY_AGENT, desk_lines, desk_tickets, desk_writes, effects, files, refs
from gateway.views import DeskLine

_STATES = {"solved": CaseState.SOLVED, "reopened": CaseState.OPEN}
_ACTS = ("replied", "noted", *_STATES)
_OURSELVES = "gatehouse"
_FILES = TypeAdapter(tuple[ReplyFile, ...])
_EDITED = "[edited] "
"""Before the words of a message that its author has changed since."""
_WRITTEN = select(desk_writes).where(desk_writes.c.key.in_(bindparam("keys", expanding=True)))
_THERE = select(desk_tickets.c.ref).where(desk_tickets.c.ref.in_(bindparam("refs", expanding=True)))
_OF_CASES = select(desk_tickets.c.case_id, desk_tickets.c.ref).where(
    desk_tickets.c.case_id.in_(bindparam("case_ids", expanding=True))
)
_NEW_TICKETS = insert(desk_tickets)
_NEW_WRITES = insert(desk_writes)
_NEW_LINES = insert(desk_lines)
_NEW_LINE = insert(desk_lines).returning(desk_lines.c.id)


def write(connection: Connection, writes: Sequence[TicketWrite], now: datetime) -> list[TicketRef]:
    """Apply writes in their order, each once by its key, and return their tickets."""
    found = connection.execute(_WRITTEN, {"keys": list({write.key for write in writes})})
    done = {row.key: TicketRef(row.ticket) for row in found}
    fresh: dict[Key, TicketWrite] = {}
    for each in writes:
        if each.key not in done:
            fresh.setdefault(each.key, each)
    if fresh:
        done |= _carry_out(connection, fresh, now)
    return [done[each.key] for each in writes]


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
    return tuple(
        DeskEntry.model_validate({name: row[name] for name in names} | {"files": _files(row["files"])}) for row in rows
    )


def act(
    connection: Connection,
    case_id: str,
    kind: str,
    text: str,
    author: str,
    now: datetime,
    borne: Sequence[ReplyFile] = (),
) -> int | None:
    """Add what an agent did to the case's own ticket and return the line's id, or None without a ticket.

    Raises `TransientError` when one of the files that go with it is not kept.
    """
    if kind not in _ACTS:
        raise ValueError(f"an agent's act is one of {', '.join(_ACTS)}")
    ref = _ticket_of(connection, case_id)
    if ref is None:
        return None
    _see_kept(connection, case_id, borne)
    # Acts are read by number, so that none may be committed after one of a higher number was read.
    locks.hold(connection, locks.AGENTS)
    if kind in _STATES:
        _set_state(connection, ref, _STATES[kind])
    line = _columns(ref, kind, text, author, now, public=kind == "replied", by_agent=True)
    named = {"files": _FILES.dump_json(tuple(borne)).decode() if borne else None}
    return int(connection.execute(_NEW_LINE, line | named).scalar_one())


def unsent_files(connection: Connection, numbers: Sequence[int]) -> set[int]:
    """Return those of the kept files that belong to cases with an answer that has not left yet, or may leave again.

    Whoever adds an answer locks its files as well, so that it is seen here or sees that a file is gone.
    """
    ours = select(files.c.id, files.c.message_id).where(
        files.c.id.in_(numbers), files.c.message_id.startswith(OF_DESK, autoescape=True)
    )
    found = connection.execute(ours.order_by(files.c.id).with_for_update()).all()
    case_of = {row.id: row.message_id.removeprefix(OF_DESK) for row in found}
    if not case_of:
        return set()
    case_ids = sorted(set(case_of.values()))
    answers = select(effects.c.case_id).where(effects.c.case_id.in_(case_ids), effects.c.kind == EffectKind.ANSWER)
    waiting = set(connection.scalars(answers.where(effects.c.state != State.SETTLED)))
    waiting |= _undecided(connection, case_ids)
    return {number for number, case_id in case_of.items() if case_id in waiting}


def lines(connection: Connection, case_id: str) -> tuple[DeskLine, ...]:
    """Return the lines of the case's own ticket, oldest first."""
    ref = _ticket_of(connection, case_id)
    if ref is None:
        return ()
    names = ("id", "kind", "author", "text", "at", "public", "files")
    found = select(*(desk_lines.c[name] for name in names)).where(desk_lines.c.ticket == ref).order_by(desk_lines.c.id)
    rows = connection.execute(found).mappings()
    return tuple(DeskLine(**{**row, "files": _files(row["files"])}) for row in rows)


def _undecided(connection: Connection, case_ids: Sequence[str]) -> set[str]:
    """Return those of the cases with an answer with files that casework has not decided on yet."""
    bearing = select(desk_tickets.c.case_id, desk_lines.c.id).join(
        desk_tickets, desk_tickets.c.ref == desk_lines.c.ticket
    )
    borne = connection.execute(bearing.where(desk_tickets.c.case_id.in_(case_ids), desk_lines.c.files.is_not(None)))
    decided = connection.execute(
        select(refs.c.case_id, refs.c.ref).where(refs.c.case_id.in_(case_ids), refs.c.ref.like("event:%:entry:%"))
    )
    known = {(row.case_id, row.ref.rpartition(":")[2]) for row in decided}
    return {row.case_id for row in borne if (row.case_id, str(row.id)) not in known}


def _see_kept(connection: Connection, case_id: str, borne: Sequence[ReplyFile]) -> None:
    wanted = {each.sha256 for each in borne}
    if not wanted:
        return
    kept = select(files.c.blob).where(files.c.message_id == of_desk(case_id), files.c.attachment_id.in_(wanted))
    if wanted - set(connection.scalars(kept.order_by(files.c.id).with_for_update())):
        raise TransientError("a file of the answer was removed as unused just now; nothing was sent")


def _files(document: str | None) -> tuple[ReplyFile, ...]:
    return () if document is None else _FILES.validate_json(document)


def _carry_out(connection: Connection, fresh: Mapping[Key, TicketWrite], now: datetime) -> dict[Key, TicketRef]:
    """Write what is new, a statement a table however much it is, and return its tickets by key."""
    refs = _tickets_for(connection, fresh, now)
    connection.execute(_NEW_WRITES, [{"key": key, "ticket": ref} for key, ref in refs.items()])
    if lines := [line for key, each in fresh.items() if (line := _line_of(each, refs[key], now)) is not None]:
        connection.execute(_NEW_LINES, lines)
    for key, each in fresh.items():
        if each.action is TicketAction.STATE and each.state is not None:
            _set_state(connection, refs[key], each.state)
    return refs


def _line_of(write: TicketWrite, ref: TicketRef, now: datetime) -> dict[str, object] | None:
    if write.action is TicketAction.MESSAGE and write.entry is not None:
        message = write.entry.message
        text = f"{_EDITED}{message.text}" if message.edited_at is not None else message.text
        return _columns(ref, "message", text, _author(message.sender), write.entry.at, public=True)
    if write.action is TicketAction.NOTE:
        return _columns(ref, "note", write.note, _OURSELVES, now)
    return None


def _tickets_for(connection: Connection, fresh: Mapping[Key, TicketWrite], now: datetime) -> dict[Key, TicketRef]:
    """Return the ticket of each write: the one that it names, else its case's, opened when there is none."""
    named = {each.ticket for each in fresh.values() if each.ticket is not None}
    there = set(connection.scalars(_THERE, {"refs": list(named)})) if named else set()
    found = connection.execute(_OF_CASES, {"case_ids": list({each.case.id for each in fresh.values()})})
    of_case = {row.case_id: TicketRef(row.ref) for row in found}
    refs: dict[Key, TicketRef] = {}
    opened: list[dict[str, object]] = []
    for key, each in fresh.items():
        if each.ticket is not None and each.ticket in there:
            refs[key] = each.ticket
            continue
        if each.case.id not in of_case:
            of_case[each.case.id] = TicketRef(each.case.id)
            new = {"ref": each.case.id, "case_id": each.case.id, "state": each.case.state, "opened_at": now}
            opened.append(new)
        refs[key] = of_case[each.case.id]
    if opened:
        connection.execute(_NEW_TICKETS, opened)
    return refs


def _ticket_of(connection: Connection, case_id: str) -> TicketRef | None:
    ref: str | None = connection.scalar(select(desk_tickets.c.ref).where(desk_tickets.c.case_id == case_id))
    return None if ref is None else TicketRef(ref)


def _set_state(connection: Connection, ref: TicketRef, state: CaseState) -> None:
    connection.execute(update(desk_tickets).where(desk_tickets.c.ref == ref).values(state=state))


def _columns(
    ref: TicketRef, kind: str, text: str, author: str, at: datetime, *, public: bool = False, by_agent: bool = False
) -> dict[str, object]:
    line = {"ticket": ref, "kind": kind, "text": text, "author": author, "at": at}
    return {**line, "public": public, "by_agent": by_agent}


def _author(party: Party) -> str:
    """Name a user by what the platform vouches for, before what the user chose."""
    if party.handle and "@" not in party.address:
        # The address of a chat is but a number.
        return f"@{party.handle}"
    return party.address or party.name or "unknown"
