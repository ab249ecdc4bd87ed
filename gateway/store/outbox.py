"""The outbox in SQL: effects in order within their case and target, claimed, completed and given their fate.

Heads are kept as in the journal. An effect without a case has no order and is always a head.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, bindparam, case, func, insert, not_, select, text, update

from gateway.case import Case, Entry
from gateway.dialogue import Hold
from gateway.journal import Effect, EffectKind, Fate, StaleCaseError, State, StoredEffect, TicketMove
from gateway.ports import TicketRef
from gateway.store import casebook, locks
from gateway.store.absorb import InsertUnknown
from gateway.store.bodies import clean
from gateway.store.documents import EFFECT
from gateway.store.holders import MARKED, Held, Holder, Mark, left_behind
from gateway.store.ledger import domain_of
from gateway.store.tables import EFFECT_LATER, EFFECT_OPEN, EFFECT_READY, EFFECT_UNSETTLED, effects, tickets
from gateway.views import EffectView

Found: TypeAlias = "Row[*tuple[Any, ...]]"
_CLAIMED = text("state = 'claimed'")
_DONE = (State.SETTLED, State.MAYBE_SENT, State.BURIED)
_FATES = (*_DONE, State.POSTPONED, State.UNKNOWN, State.PENDING)
_COUNTED = (EffectKind.ACKNOWLEDGEMENT, EffectKind.WARNING)
_DOUBTFUL = (State.UNKNOWN, State.PENDING)
_FRESH: dict[str, object] = {"attempts": 0, "reason": "", "traceback": ""}
_other = effects.alias("other")
_ADVANCE = (
    update(effects)
    .where(
        effects.c.id
        == select(func.min(_other.c.id))
        .where(_other.c.case_id == bindparam("of_case"), _other.c.target == bindparam("of_target"), EFFECT_OPEN)
        .scalar_subquery(),
        not_(effects.c.head),
    )
    .values(head=True)
)
_SET_TICKET = (
    update(tickets)
    .where(tickets.c.case_id == bindparam("of_case"), tickets.c.target == bindparam("of_target"))
    .values(ref=bindparam("to_ref"))
)
_MOVE_TICKET = (
    update(tickets)
    .where(
        tickets.c.case_id == bindparam("of_case"),
        tickets.c.target == bindparam("of_target"),
        tickets.c.ref == bindparam("of_ref"),
    )
    .values(ref=bindparam("to_ref"), generation=tickets.c.generation + bindparam("more"))
)
_NEW_TICKET = insert(tickets).values(
    case_id=bindparam("of_case"), target=bindparam("of_target"), ref=bindparam("to_ref")
)
# The statements of every batch are put together once: that costs more than to carry them out.
_KNOWN = select(effects.c.key).where(effects.c.key.in_(bindparam("keys", expanding=True)))
_NEW = InsertUnknown(effects)
# What another node wakes or claims at this moment is left to it: passed over, not waited for.
_DUE = (
    select(effects.c.id)
    .where(EFFECT_LATER, effects.c.target == bindparam("of_target"), effects.c.not_before <= bindparam("at"))
    .with_for_update(skip_locked=True)
)
# What was in doubt before it waited is still in doubt.
_WOKEN = case((effects.c.state == State.POSTPONED, State.NEW), else_=effects.c.state)
_WAKE = update(effects).where(effects.c.id.in_(_DUE)).values(state=_WOKEN, not_before=None)
# With an equal sign PostgreSQL, which does not know that ready ones are new, would walk all effects in their order.
_READY = (
    select(effects)
    .where(EFFECT_READY, effects.c.target.between(bindparam("of_target"), bindparam("of_target")))
    .order_by(effects.c.target, effects.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_IDS = effects.c.id.in_(bindparam("ids", expanding=True))
_TAKE = (
    update(effects)
    .where(_IDS)
    .values(claimed_as=effects.c.state, state=State.CLAIMED, attempts=effects.c.attempts + 1, **MARKED)
)
_MINE = Held.by(
    effects,
    select(*(effects.c[name] for name in ("id", "kind", "target", "case_id", "claimed_as", "ref", "job")))
    .where(_IDS, _CLAIMED)
    .order_by(effects.c.id)
    .with_for_update(),
)
_FATE = (
    update(effects)
    .where(effects.c.id == bindparam("of_id"))
    .values(
        {name: bindparam(f"to_{name}") for name in ("state", "head", "not_before", "reason", "traceback", "ref", "job")}
    )
    .values(claimed_as=None, attempts=effects.c.attempts - bindparam("given_back"))
)
# Waited for when another node is just claiming one: then it is seen as claimed, and not held.
_UNTRIED = (
    select(effects.c.id, effects.c.key, effects.c.not_before)
    .where(
        effects.c.key.in_(bindparam("keys", expanding=True)),
        effects.c.state.in_((State.NEW, State.POSTPONED)),
        effects.c.attempts == 0,
    )
    .order_by(effects.c.id)
    .with_for_update()
)
_HOLD = (
    update(effects)
    .where(effects.c.id == bindparam("of_id"))
    .values(state=State.POSTPONED, not_before=bindparam("until"))
)
_NEXT_DUE = select(func.min(effects.c.not_before)).where(
    effects.c.target == bindparam("of_target"), effects.c.not_before > bindparam("at")
)
_TICKETS_OF = tickets.c.case_id.in_(bindparam("case_ids", expanding=True))
_REFS_AT = select(tickets.c.case_id, tickets.c.ref, tickets.c.generation).where(
    _TICKETS_OF, tickets.c.target == bindparam("of_target")
)
_REFS = select(tickets.c.case_id, tickets.c.target).where(_TICKETS_OF)
_VIEW = select(
    effects.c.id,
    effects.c.key,
    effects.c.kind,
    effects.c.target,
    effects.c.case_id,
    effects.c.state,
    effects.c.attempts,
    effects.c.reason,
    effects.c.not_before,
    effects.c.ref,
)


def add(connection: Connection, wanted: Sequence[Effect], now: datetime) -> None:
    """Add the effects whose key is not known, in their order."""
    known = _known(connection, [effect.key for effect in wanted])
    new: dict[str, Effect] = {}
    for effect in wanted:
        if effect.key not in known:
            new.setdefault(effect.key, effect)
    if not new:
        return
    lanes = _lanes((effect.case_id, effect.target) for effect in new.values())
    # Before they are numbered: in a case and target, a lower number was committed before a higher one.
    locks.hold(connection, locks.EFFECT_LANE, lanes)
    rows = [_columns(effect) | {"created_at": now} | _FRESH for effect in new.values()]
    connection.execute(_NEW(connection), rows)
    advance(connection, lanes)


def hold(connection: Connection, holds: Sequence[Hold]) -> None:
    """Let effects wait on until a time, never a shorter one. Raises `StaleCaseError` when one does not wait untried.

    A claim reads what an effect tells of only after it has locked its row: so whatever is committed with a hold is in
    what goes out, or the hold fails and nothing of it is.
    """
    if not holds:
        return
    until: dict[str, datetime] = {}
    for each in holds:
        until[each.key] = max(each.until, until.get(each.key, each.until))
    rows = connection.execute(_UNTRIED, {"keys": list(until)}).all()
    if lost := until.keys() - {row.key for row in rows}:
        raise StaleCaseError(f"{len(lost)} effects that were to wait are under way, or have gone out")
    connection.execute(
        _HOLD, [{"of_id": row.id, "until": max(until[row.key], row.not_before or until[row.key])} for row in rows]
    )


def claim(connection: Connection, target: str, limit: int, now: datetime, mark: Mark) -> list[StoredEffect]:
    """Claim due effects of a target, oldest first, and complete them."""
    _wake(connection, target, now)
    rows = connection.execute(_READY, {"of_target": target, "most": limit}).all()
    if not rows:
        return []
    connection.execute(_TAKE, {"ids": [row.id for row in rows], **mark.values})
    return _complete(connection, target, rows)


def release(connection: Connection, fates: Sequence[Fate], holder: Holder) -> None:
    """Give claimed effects their fate; what this holder no longer claims stays as it is."""
    found = {row.id: row for row in _claimed(connection, [fate.id for fate in fates], holder)}
    given = [(found[fate.id], fate) for fate in fates if fate.id in found]
    if not given:
        return
    connection.execute(_FATE, [_change(row, fate) for row, fate in given])
    done = [(row, fate) for row, fate in given if fate.state in _DONE]
    advance(connection, _lanes((row.case_id, row.target) for row, _ in done))
    _remember(connection, [(row, fate) for row, fate in given if row.case_id is not None and fate.ref is not None])
    gone = [(row, fate.gone) for row, fate in given if row.case_id is not None and fate.gone is not None]
    move_tickets(connection, [TicketMove(row.case_id, row.target, ref) for row, ref in gone])


def move_tickets(connection: Connection, moves: Sequence[TicketMove]) -> None:
    """Let cases have another ticket, or none; what is another ticket already stays."""
    if moves:
        connection.execute(
            _MOVE_TICKET,
            [
                {
                    "of_case": each.case_id,
                    "of_target": each.target,
                    "of_ref": each.ticket,
                    "to_ref": each.to,
                    "more": 0 if each.to else 1,
                }
                for each in moves
            ],
        )


def give_back(connection: Connection, claims: Collection[int]) -> None:
    """Undo claims that nobody received; their attempts were not made."""
    mine = update(effects).where(EFFECT_UNSETTLED, _CLAIMED, effects.c.claim.in_(claims))
    connection.execute(mine.values(state=effects.c.claimed_as, claimed_as=None, attempts=effects.c.attempts - 1))


def recover(connection: Connection) -> None:
    """Make effects unknown that are under way with nobody who is a node now: whoever carried them out is gone."""
    under_way = update(effects).where(EFFECT_UNSETTLED, _CLAIMED, left_behind(effects))
    connection.execute(under_way.values(state=State.UNKNOWN, claimed_as=None))


def next_due(connection: Connection, target: str, now: datetime) -> datetime | None:
    """Return when the next effect of a target that waits for a time comes due."""
    found: datetime | None = connection.scalar(_NEXT_DUE, {"of_target": target, "at": now})
    return found


def views(connection: Connection, case_id: str) -> tuple[EffectView, ...]:
    """Return a case's effects, oldest first."""
    rows = connection.execute(_VIEW.where(effects.c.case_id == case_id).order_by(effects.c.id))
    return tuple(_view(row) for row in rows)


def ticket_refs(connection: Connection, case_id: str) -> Sequence[tuple[str, str]]:
    """Return the tickets of a case as (target, reference)."""
    mine = (tickets.c.case_id == case_id, tickets.c.ref != "")
    found = select(tickets.c.target, tickets.c.ref).where(*mine).order_by(tickets.c.target)
    return [(row.target, row.ref) for row in connection.execute(found)]


def _known(connection: Connection, keys: Sequence[str]) -> set[str]:
    if not keys:
        return set()
    return set(connection.scalars(_KNOWN, {"keys": keys}))


def _columns(effect: Effect) -> dict[str, object]:
    return {
        "key": effect.key,
        "kind": effect.kind,
        "target": effect.target,
        "case_id": effect.case_id,
        "recipient": effect.recipient and clean(effect.recipient),
        "domain": domain_of(effect.recipient and clean(effect.recipient)) if effect.kind in _COUNTED else None,
        "state": State.NEW if effect.not_before is None else State.POSTPONED,
        "head": effect.case_id is None,
        "not_before": effect.not_before,
        "document": EFFECT.write(effect),
    }


def _lanes(names: Iterable[tuple[str | None, str]]) -> list[tuple[str, str]]:
    """Return the (case id, target) in which order holds, each once, in one order."""
    return sorted({(case_id, target) for case_id, target in names if case_id is not None})


def advance(connection: Connection, lanes: Sequence[tuple[str, str]]) -> None:
    """Mark the head of each lane, and hold the lanes until the transaction ends."""
    if lanes:
        locks.hold(connection, locks.EFFECT_LANE, lanes)
        connection.execute(_ADVANCE, [{"of_case": case_id, "of_target": target} for case_id, target in lanes])


def _wake(connection: Connection, target: str, now: datetime) -> None:
    connection.execute(_WAKE, {"of_target": target, "at": now})


def _complete(connection: Connection, target: str, rows: Sequence[Found]) -> list[StoredEffect]:
    wanted = [EFFECT.read(row.document) for row in rows]
    case_ids = {effect.case_id for effect in wanted if effect.case_id is not None}
    messages = {(effect.case_id, effect.ticket.message_id) for effect in wanted if effect.case_id and effect.ticket}
    cases = casebook.by_id(connection, case_ids)
    entries = casebook.latest_entries(connection, {(case_id, name) for case_id, name in messages if name})
    refs = _tickets(connection, target, case_ids)
    return [_stored(row, effect, cases, entries, refs) for row, effect in zip(rows, wanted, strict=True)]


def _stored(
    row: Found,
    effect: Effect,
    cases: dict[str, Case],
    entries: dict[tuple[str, str], Entry],
    refs: dict[str, tuple[TicketRef | None, int]],
) -> StoredEffect:
    case_id = effect.case_id or ""
    ticket, generation = refs.get(case_id, (None, 1))
    message_id = effect.ticket.message_id if effect.ticket else None
    return StoredEffect(
        id=row.id,
        effect=effect,
        state=State(row.state),
        attempts=row.attempts + 1,
        case=cases.get(case_id),
        entry=entries.get((case_id, message_id or "")),
        ticket=ticket,
        job=row.job,
        generation=generation,
    )


def _tickets(connection: Connection, target: str, case_ids: Collection[str]) -> dict[str, tuple[TicketRef | None, int]]:
    """Return the ticket of each case, if it has one now, and which of its tickets that is or will be."""
    if not case_ids:
        return {}
    found = connection.execute(_REFS_AT, {"case_ids": list(case_ids), "of_target": target})
    return {row.case_id: (TicketRef(row.ref) if row.ref else None, row.generation) for row in found}


def _claimed(connection: Connection, ids: Sequence[int], holder: Holder) -> Sequence[Found]:
    if not ids:
        return ()
    return _MINE.rows(connection, holder, {"ids": ids})


def _change(row: Found, fate: Fate) -> dict[str, object]:
    if fate.state not in _FATES:
        raise ValueError(f"an effect cannot become {fate.state}")
    done = fate.state in _DONE
    return {
        "of_id": row.id,
        "to_state": _state_after(State(row.claimed_as), fate),
        "to_head": not done,
        "to_not_before": None if done else fate.not_before,
        "to_reason": fate.reason,
        "to_traceback": fate.traceback,
        "to_ref": row.ref if fate.ref is None else fate.ref,
        "to_job": row.job if fate.job is None else fate.job,
        "given_back": 0 if fate.charged else 1,
    }


def _state_after(claimed_as: State, fate: Fate) -> State:
    """Postponed out of doubt stays in doubt; postponed to no time is due at once."""
    if fate.state is not State.POSTPONED:
        return fate.state
    if claimed_as in _DOUBTFUL:
        return claimed_as
    return State.NEW if fate.not_before is None else State.POSTPONED


def _remember(connection: Connection, given: Sequence[tuple[Found, Fate]]) -> None:
    # A reply also when it was only maybe sent: a user may answer what did arrive.
    sent = (State.SETTLED, State.MAYBE_SENT)
    replies = [item for item in given if item[0].kind != EffectKind.TICKET and item[1].state in sent]
    casebook.add_refs(connection, [(str(fate.ref), row.case_id) for row, fate in replies])
    # A ticket also when its write failed after it was opened: the next write must not open another. One that the write
    # was given is no news: the case's may have been merged into another while the write was under way.
    tickets_of = [item for item in given if item[0].kind == EffectKind.TICKET and item[1].ref != item[1].given]
    _set_tickets(connection, {(row.case_id, row.target): str(fate.ref) for row, fate in tickets_of})


def _set_tickets(connection: Connection, wanted: dict[tuple[str, str], str]) -> None:
    """Set the ticket of each (case id, target)."""
    if not wanted:
        return
    known = connection.execute(_REFS, {"case_ids": sorted({name for name, _ in wanted})})
    old = {(row.case_id, row.target) for row in known}
    rows = [{"of_case": case_id, "of_target": target, "to_ref": ref} for (case_id, target), ref in wanted.items()]
    if changed := [row for row in rows if (row["of_case"], row["of_target"]) in old]:
        connection.execute(_SET_TICKET, changed)
    if new := [row for row in rows if (row["of_case"], row["of_target"]) not in old]:
        connection.execute(_NEW_TICKET, new)


def _view(row: Found) -> EffectView:
    return EffectView(**dict(row._mapping) | {"kind": EffectKind(row.kind), "state": State(row.state)})
