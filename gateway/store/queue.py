"""Both queues in SQL as operators see and change them; each act is logged in the transaction that does it.

Whatever is put back takes its place in its lane again: the oldest open item leads, unless another is under way, which
then goes first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, Select, exists, insert, not_, select, text, update

from gateway.case import Direction
from gateway.journal import EffectKind, State
from gateway.ports import Raw, StreamId
from gateway.queues import Act, ActLine, Change, EffectItem, Item, Queue, RawItem, Replay, Wanted
from gateway.store import casebook, journal, locks, outbox
from gateway.store.bodies import Bodies
from gateway.store.counts import asleep
from gateway.store.documents import EFFECT
from gateway.store.journal import Found
from gateway.store.tables import (
    EFFECT_OPEN,
    EFFECT_UNSETTLED,
    RAW_OPEN,
    RAW_UNSETTLED,
    acts,
    effects,
    openings,
    raws,
)
from gateway.views import EffectView

_CLAIMED = text("state = 'claimed'")
_NOT_CLAIMED = text("state <> 'claimed'")
_HEAD = text("head")
_RAW_COLUMNS = tuple(raws.c["seq" if each.name == "number" else each.name] for each in fields(RawItem))
_FRESH = {"attempts": 0, "reason": "", "traceback": "", "not_before": None}
_FRESH_RAW = {**_FRESH, "interrupted": 0, "state": State.NEW}
_WAITING = (State.NEW, State.POSTPONED, State.UNKNOWN, State.PENDING, State.MAYBE_SENT)


def raw_items(connection: Connection, wanted: Wanted) -> tuple[RawItem, ...]:
    """Return raws, newest first."""
    if wanted.kind is not None:
        return ()
    found = select(*_RAW_COLUMNS).order_by(raws.c.seq.desc()).limit(wanted.limit)
    if wanted.states:
        found = found.where(raws.c.state.in_(wanted.states))
        if State.SETTLED not in wanted.states:
            found = found.where(RAW_UNSETTLED)
    if wanted.place:
        found = found.where(raws.c.source == wanted.place)
    if wanted.since is not None:
        found = found.where(raws.c.stored_at >= wanted.since)
    if wanted.case_id:
        found = found.where(raws.c.seq.in_(_raws_of(connection, wanted.case_id)))
    found = _numbered(found, raws.c.seq, wanted)
    return tuple(_raw_item(row) for row in connection.execute(found))


def effect_items(connection: Connection, wanted: Wanted) -> tuple[EffectItem, ...]:
    """Return effects, newest first."""
    found = select(effects).order_by(effects.c.id.desc()).limit(wanted.limit)
    if wanted.states:
        found = found.where(effects.c.state.in_(wanted.states))
        if State.SETTLED not in wanted.states:
            found = found.where(EFFECT_UNSETTLED)
    if wanted.place:
        found = found.where(effects.c.target == wanted.place)
    if wanted.kind is not None:
        found = found.where(effects.c.kind == wanted.kind)
    if wanted.timers_until is not None:
        found = found.where(not_(asleep(wanted.timers_until)))
    if wanted.since is not None:
        found = found.where(effects.c.created_at >= wanted.since)
    if wanted.case_id:
        found = found.where(effects.c.case_id == wanted.case_id)
    return tuple(_effect_item(row) for row in connection.execute(_numbered(found, effects.c.id, wanted)))


def act_lines(connection: Connection, item: Item) -> tuple[ActLine, ...]:
    """Return what operators did to an item, oldest first."""
    done = select(acts).where(acts.c.queue == item.queue, acts.c.number == item.number).order_by(acts.c.id)
    lines = [ActLine(item, row.at, row.by, row.what, row.detail) for row in connection.execute(done)]
    if item.queue is Queue.RAW:
        opened = select(openings).where(openings.c.seq == item.number).order_by(openings.c.id)
        lines += [ActLine(item, row.at, row.opened_by, "opened", row.reason) for row in connection.execute(opened)]
    return tuple(sorted(lines, key=lambda line: line.at))


def open_raw(connection: Connection, kept: Bodies, number: int, act: Act, *, original: bool) -> Raw | None:
    """Return a raw, or what it was before it was edited, and log the opening."""
    row = journal.with_body(connection, number)
    if row is None:
        return None
    former = _first_body(connection, number) if original else None
    if former is None:
        return journal.open_row(connection, kept, row, act.by, act.reason, act.at)
    journal.log_opening(connection, number, act.by, act.reason, act.at)
    return journal.as_raw(row, kept.open(row.source, row.lane, row.key, None, former))


def open_effect(connection: Connection, number: int, act: Act) -> EffectItem | None:
    """Return an effect and log that its text was opened."""
    found = effect_items(connection, Wanted(numbers=(number,)))
    if not found:
        return None
    log_act(connection, Item(Queue.EFFECT, number), act, "opened", act.reason)
    return found[0]


def replay(connection: Connection, items: Sequence[Item], act: Act, how: Replay) -> list[Change]:
    """Put items back into their queue, all those that may be."""
    decided = [_replay_raw(row, how) for row in lock_raws(connection, items)]
    decided += [_replay_effect(row, how) for row in lock_effects(connection, items)]
    changes = _apply(connection, items, decided, act, "replayed")
    successors = [step for step in decided if step.successor]
    if successors:
        _succeed(connection, [step.row for step in successors], act, how)
    return changes


def bury(connection: Connection, items: Sequence[Item], act: Act) -> list[Change]:
    """Bury items that wait or were maybe sent."""
    decided = [_bury(Queue.RAW, row.seq, row, act) for row in lock_raws(connection, items)]
    decided += [_bury(Queue.EFFECT, row.id, row, act) for row in lock_effects(connection, items)]
    return _apply(connection, items, decided, act, "buried")


def rehead(connection: Connection, items: Iterable[Found]) -> None:
    """Let the oldest open item of each lane lead again, where none is under way."""
    rows = list(items)
    raw_lanes = {(row.source, row.lane) for row in rows if "source" in row._mapping}
    locks.hold(connection, locks.RAW_LANE, raw_lanes)
    journal.advance(connection, [lane for lane in sorted(raw_lanes) if _free_raws(connection, *lane)])
    lanes = {(row.case_id, row.target) for row in rows if "target" in row._mapping and row.case_id is not None}
    locks.hold(connection, locks.EFFECT_LANE, lanes)
    outbox.advance(connection, [lane for lane in sorted(lanes) if _free_effects(connection, *lane)])


@dataclass(frozen=True, slots=True)
class _Step:
    """What an act comes to for one item: new values of its row, or none."""

    item: Item
    row: Found
    note: str
    values: dict[str, Any] | None = None
    successor: bool = False


def _replay_raw(row: Found, how: Replay) -> _Step:
    item = Item(Queue.RAW, row.seq)
    match State(row.state):
        case State.BURIED:
            return _Step(item, row, "is new again", _FRESH_RAW)
        case State.POSTPONED:
            return _Step(item, row, "is due now", {"state": State.NEW, "not_before": None})
        case State.SETTLED if row.removed_at is not None:
            return _Step(item, row, "its bytes were removed by the retention policy")
        case State.SETTLED if how.again:
            return _Step(item, row, "is decided again", _FRESH_RAW)
        case State.SETTLED:
            return _Step(item, row, "is settled; --again decides it once more")
        case _:
            return _Step(item, row, "is on its way already")


def _replay_effect(row: Found, how: Replay) -> _Step:
    item = Item(Queue.EFFECT, row.id)
    state = State(row.state)
    again = {**_FRESH, "state": State.NEW, "head": row.case_id is None}
    match state:
        case State.BURIED if row.kind == EffectKind.TICKET and not how.even_if_sent:
            return _Step(item, row, "is looked up at its target, then written", {**again, "state": State.UNKNOWN})
        case State.BURIED:
            return _Step(item, row, "is new again", again)
        case State.MAYBE_SENT if how.even_if_sent:
            return _Step(item, row, "is sent again; if it had arrived, the user gets it twice", again)
        case State.MAYBE_SENT:
            return _Step(item, row, "may have arrived: look on the other side, then use --even-if-sent")
        case State.POSTPONED:
            return _Step(item, row, "is due now", {"state": State.NEW, "not_before": None})
        case State.UNKNOWN | State.PENDING if row.not_before is not None:
            return _Step(item, row, "is looked up now", {"not_before": None})
        case State.SETTLED if how.again:
            return _Step(item, row, "is done once more under a new key", successor=True)
        case State.SETTLED:
            return _Step(item, row, "is done; --again does it once more")
        case _:
            return _Step(item, row, "is on its way already")


def _bury(queue: Queue, number: int, row: Found, act: Act) -> _Step:
    item = Item(queue, number)
    state = State(row.state)
    if state in _WAITING:
        buried = {"state": State.BURIED, "head": False, "not_before": None, "reason": f"by {act.by}: {act.reason}"}
        return _Step(item, row, "is buried", buried)
    if state is State.CLAIMED:
        return _Step(item, row, "is under way at this moment; try again")
    return _Step(item, row, f"is {worded(state)} already")


def _apply(
    connection: Connection, items: Sequence[Item], decided: Sequence[_Step], act: Act, what: str
) -> list[Change]:
    """Write what was decided, log it, put the lanes in order, and answer in the order of the items."""
    moved = [step for step in decided if step.values is not None]
    for step in moved:
        table, column = (raws, raws.c.seq) if step.item.queue is Queue.RAW else (effects, effects.c.id)
        connection.execute(update(table).where(column == step.item.number).values(**(step.values or {})))
    for step in decided:
        if step.values is not None or step.successor:
            log_act(connection, step.item, act, what, with_reason(f"was {worded(step.row.state)}", act))
    rehead(connection, [step.row for step in moved])
    answers = {step.item: step for step in decided}
    return [_change(item, answers.get(item)) for item in dict.fromkeys(items)]


def _change(item: Item, step: _Step | None) -> Change:
    if step is None:
        return Change(item, made=False, note="there is none of this number")
    return Change(item, made=step.values is not None or step.successor, note=step.note)


def _succeed(connection: Connection, rows: Sequence[Found], act: Act, how: Replay) -> None:
    """Give settled effects a successor each: the same to do, under a key of its own."""
    new = []
    for row in rows:
        effect = EFFECT.read(row.document)
        key = f"{effect.key}#again-{log_act(connection, Item(Queue.EFFECT, row.id), act, 'succeeded', '')}"
        changes: dict[str, object] = {"key": key, "not_before": None}
        if effect.reply is not None and how.sign is not None:
            token = how.sign(effect.reply.case_id, key)
            changes["reply"] = effect.reply.model_copy(update={"token": token})
        new.append(effect.model_copy(update=changes))
    outbox.add(connection, new, act.at)


def log_act(connection: Connection, item: Item, act: Act, what: str, detail: str, blob: str | None = None) -> int:
    """Log an act and return the number of its line; `blob` is what it replaced."""
    line = {"at": act.at, "by": act.by, "what": what, "queue": item.queue, "number": item.number, "detail": detail}
    return int(connection.execute(insert(acts).values(**line, blob=blob).returning(acts.c.id)).scalar_one())


def with_reason(detail: str, act: Act) -> str:
    """Return a detail with the operator's reason behind it."""
    return f"{detail}; {act.reason}" if act.reason else detail


def worded(state: str) -> str:
    """Return a state in words."""
    return str(state).replace("_", " ")


def blobs_of(connection: Connection, number: int) -> list[str]:
    """Return the blobs of a raw's bodies: the one that stands, and the one before all edits."""
    now_there = connection.scalar(select(raws.c.blob).where(raws.c.seq == number))
    return [blob for blob in (now_there, _first_body(connection, number)) if blob is not None]


def _first_body(connection: Connection, number: int) -> str | None:
    """Return the blob of the body that the first edit replaced."""
    edited = (acts.c.queue == Queue.RAW, acts.c.number == number, acts.c.blob.is_not(None))
    found: str | None = connection.scalar(select(acts.c.blob).where(*edited).order_by(acts.c.id).limit(1))
    return found


def _numbers(items: Iterable[Item], queue: Queue) -> list[int]:
    return sorted({item.number for item in items if item.queue is queue})


def lock_raws(connection: Connection, items: Iterable[Item]) -> Sequence[Found]:
    """Return the rows of raws, for this transaction alone."""
    numbers = _numbers(items, Queue.RAW)
    wanted = select(raws).where(raws.c.seq.in_(numbers)).order_by(raws.c.seq).with_for_update()
    return connection.execute(wanted).all() if numbers else ()


def lock_effects(connection: Connection, items: Iterable[Item]) -> Sequence[Found]:
    """Return the rows of effects, for this transaction alone."""
    numbers = _numbers(items, Queue.EFFECT)
    wanted = select(effects).where(effects.c.id.in_(numbers)).order_by(effects.c.id).with_for_update()
    return connection.execute(wanted).all() if numbers else ()


def _free_raws(connection: Connection, source: str, lane: str) -> bool:
    """Take the lead from whoever waits in a lane; False when one there is under way."""
    own = (raws.c.source == source, raws.c.lane == lane, RAW_OPEN)
    connection.execute(update(raws).where(*own, _NOT_CLAIMED, _HEAD).values(head=False))
    return not connection.scalar(select(exists().where(*own, _CLAIMED)))


def _free_effects(connection: Connection, case_id: str, target: str) -> bool:
    own = (effects.c.case_id == case_id, effects.c.target == target, EFFECT_OPEN)
    connection.execute(update(effects).where(*own, _NOT_CLAIMED, _HEAD).values(head=False))
    return not connection.scalar(select(exists().where(*own, _CLAIMED)))


def _raws_of(connection: Connection, case_id: str) -> list[int]:
    """Return the raws behind the messages of a case."""
    origins = {
        (entry.message.provenance.source, entry.message.provenance.key)
        for entry in casebook.file_of(connection, case_id)
        if entry.direction is Direction.IN
    }
    keys: dict[str, list[str]] = {}
    for source, key in origins:
        keys.setdefault(source, []).append(key)
    found: list[int] = []
    for source, some in keys.items():
        found += connection.scalars(select(raws.c.seq).where(raws.c.source == source, raws.c.key.in_(some)))
    return found


def _numbered(found: Select[Any], number: Any, wanted: Wanted) -> Select[Any]:
    if wanted.numbers:
        found = found.where(number.in_(wanted.numbers))
    return found if wanted.before is None else found.where(number < wanted.before)


def _raw_item(row: Found) -> RawItem:
    values = dict(row._mapping)
    number = values.pop("seq")
    return RawItem(**values | {"number": number, "state": State(row.state), "stream": StreamId(row.stream)})


def _effect_item(row: Found) -> EffectItem:
    reply = EFFECT.read(row.document).reply
    view = EffectView(
        id=row.id,
        key=row.key,
        kind=EffectKind(row.kind),
        target=row.target,
        case_id=row.case_id,
        state=State(row.state),
        attempts=row.attempts,
        reason=row.reason,
        not_before=row.not_before,
        ref=row.ref,
    )
    return EffectItem(view, row.created_at, row.recipient or "", row.traceback, row.job, reply)
