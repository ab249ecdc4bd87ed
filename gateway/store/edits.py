"""What operators change in the items themselves: the words of a reply, the body of a raw; the old ones stay."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, update

from gateway.case import Direction
from gateway.journal import Effect, State
from gateway.queues import Act, Change, Item, Queue, ReplyEdit
from gateway.store import casebook, retention
from gateway.store.bodies import Sealed
from gateway.store.documents import EFFECT
from gateway.store.journal import Found
from gateway.store.queue import lock_effects, lock_raws, log_act, with_reason, worded
from gateway.store.tables import bodies, effects, raws

_EDITABLE = (State.BURIED, State.MAYBE_SENT, State.POSTPONED)


def edit_reply(connection: Connection, number: int, edit: ReplyEdit, act: Act) -> Change:
    """Change a reply that waits for an operator or for its time."""
    item = Item(Queue.EFFECT, number)
    row = next(iter(lock_effects(connection, [item])), None)
    if row is None:
        return Change(item, made=False, note="there is none of this number")
    effect = EFFECT.read(row.document)
    refused = _refuse_edit(row, effect, edit)
    if refused:
        return Change(item, made=False, note=refused)
    changed = _edited(effect, edit)
    values = {"document": EFFECT.write(changed), "recipient": changed.recipient}
    connection.execute(update(effects).where(effects.c.id == number).values(**values))
    _file_edit(connection, changed, act)
    parts = [name for name in ("text", "subject", "address") if getattr(edit, name) is not None]
    log_act(connection, item, act, "edited", with_reason(", ".join(parts), act))
    return Change(item, made=True, note=f"changed its {', '.join(parts)}; it is still {worded(row.state)}")


def edit_body(connection: Connection, row: Found, sealed: Sealed, former: str | None, act: Act) -> Change:
    """Replace the body of a buried raw; `former` is the blob of the old one, None when that could not be read."""
    item = Item(Queue.RAW, row.seq)
    now_there = next(iter(lock_raws(connection, [item])), None)
    if now_there is None or now_there.state != State.BURIED:
        return Change(item, made=False, note="only a buried raw can be changed")
    retention.spare(connection, [blob for blob in (sealed.blob, former) if blob is not None])
    values = {"blob": sealed.blob, "held": len(sealed.raw.body), "removed_at": None}
    connection.execute(update(raws).where(raws.c.seq == row.seq).values(**values))
    connection.execute(delete(bodies).where(bodies.c.seq == row.seq))
    if sealed.sealed is not None:
        connection.execute(insert(bodies).values(seq=row.seq, sealed=sealed.sealed))
    detail = f"body of {row.held} bytes replaced by one of {len(sealed.raw.body)}"
    log_act(connection, item, act, "edited", with_reason(detail, act), blob=former)
    return Change(item, made=True, note=f"{detail}; it is still buried")


def _refuse_edit(row: Found, effect: Effect, edit: ReplyEdit) -> str:
    if effect.reply is None:
        return "is no reply: only replies have a text to change"
    if State(row.state) not in _EDITABLE:
        return f"is {worded(row.state)}; only what is buried, maybe sent or postponed can be changed"
    wanted = (edit.text, edit.subject, edit.address)
    if all(each is None for each in wanted):
        return "there is nothing to change"
    if edit.text is not None and not edit.text.strip():
        return "a reply needs a text"
    if edit.address is not None and not edit.address.strip():
        return "a reply needs an address"
    return ""


def _edited(effect: Effect, edit: ReplyEdit) -> Effect:
    if effect.reply is None:
        raise LookupError("an effect without a reply")
    reply = effect.reply
    changes: dict[str, object] = {}
    if edit.text is not None:
        changes["text"] = edit.text
    if edit.subject is not None:
        changes["subject"] = edit.subject
    if edit.address is not None:
        changes["to"] = reply.to.model_copy(update={"address": edit.address})
    recipient = effect.recipient if edit.address is None else edit.address
    return effect.model_copy(update={"reply": reply.model_copy(update=changes), "recipient": recipient})


def _file_edit(connection: Connection, effect: Effect, act: Act) -> None:
    """Add the new text to the case's file; the old one stays beside it."""
    if effect.reply is None or effect.case_id is None:
        return
    name = (effect.case_id, f"out:{effect.key}")
    entry = casebook.latest_entries(connection, [name]).get(name)
    if entry is None or entry.direction is not Direction.OUT:
        return
    version = entry.message.version + 1
    changes = {"text": effect.reply.text, "subject": effect.reply.subject, "version": version, "edited_at": act.at}
    edited = entry.model_copy(update={"message": entry.message.model_copy(update=changes), "at": act.at})
    casebook.add_entries(connection, [edited])
