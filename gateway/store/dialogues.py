"""Dialogues and one-time tokens in SQL: found, written over, moved to another place, spent once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, bindparam, delete, select, update

from gateway.dialogue import MAX_CASES, Dialogue, Learned, Place, Token
from gateway.journal import StaleCaseError
from gateway.store.absorb import InsertOrReplace, InsertUnknown
from gateway.store.bodies import clean
from gateway.store.columns import EPOCH
from gateway.store.documents import DIALOGUE
from gateway.store.tables import dialogues, tokens

Found: TypeAlias = "Row[*tuple[Any, ...]]"
KEPT = timedelta(days=365)
"""How long a dialogue stays after its last change."""
_DAY = timedelta(days=1)
_PARTS = ":"
"""An address that ends so stands for all that begin so."""
_AFTER_PARTS = ";"
"""The character after it: where those addresses end, in the order of bytes."""
# Each name by itself, so that the key's index answers; what matches crosswise is left out afterwards.
_AT = select(dialogues).where(
    dialogues.c.channel.in_(bindparam("channels", expanding=True)),
    dialogues.c.address.in_(bindparam("addresses", expanding=True)),
)
_KEY = (dialogues.c.channel, dialogues.c.address)
_NEW = InsertUnknown(dialogues)
_SAVE = InsertOrReplace(dialogues, ("channel", "address"), ("document", "updated_at", "kept_until"))
_TOKENS = select(tokens).where(tokens.c.hash.in_(bindparam("hashes", expanding=True)))
_NEW_TOKENS = InsertUnknown(tokens)
_SPEND = (
    update(tokens)
    .where(tokens.c.hash == bindparam("of_hash"), tokens.c.spent_at.is_(None))
    .values(spent_at=bindparam("at"))
)


def find(connection: Connection, places: Collection[Place]) -> dict[Place, Dialogue]:
    """Return the dialogues that there are at these places."""
    if not places:
        return {}
    rows = connection.execute(_AT, _names(places))
    return {_place(row): DIALOGUE.read(row.document) for row in rows if _place(row) in places}


def save(connection: Connection, changed: Iterable[Dialogue], now: datetime) -> None:
    """Write dialogues over what was at their places; of two at one place the later counts."""
    last = {Place(each.channel, clean(each.address)): each for each in changed}
    # In one order, so that two transactions never wait for one another in a ring.
    _write(connection, [_columns(place, last[place], now) for place in sorted(last)])


def learn(connection: Connection, changed: Iterable[Learned], now: datetime) -> None:
    """Write what was learned of addresses into what there is of them by now; the rest of that stays."""
    of: dict[Place, list[Learned]] = {}
    for each in changed:
        of.setdefault(_stored(each.place), []).append(each)
    if not of:
        return
    places = sorted(of)
    # A row to lock, also where nothing is remembered yet: of two that learn at once the second waits for the first.
    connection.execute(_NEW(connection), [_columns(place, Learned(place, {}).of(None), now) for place in places])
    rows = connection.execute(_AT.order_by(*_KEY).with_for_update(), _names(places))
    there = {_place(row): DIALOGUE.read(row.document) for row in rows if _place(row) in of}
    for place, learned in of.items():
        for each in learned:
            there[place] = each.of(there.get(place))
    _write(connection, [_columns(place, there[place], now) for place in places])


def move(connection: Connection, moves: Iterable[tuple[Place, Place]]) -> None:
    """Let dialogues go on at another place; where there is one already, the newer counts, with the cases of both."""
    for old, new in dict.fromkeys(moves):
        if old != new:
            _move(connection, _stored(old), _stored(new))


def find_tokens(connection: Connection, hashes: Collection[str]) -> dict[str, Token]:
    """Return those of the tokens that exist."""
    if not hashes:
        return {}
    rows = connection.execute(_TOKENS, {"hashes": list(hashes)})
    return {row.hash: Token.model_validate(dict(row._mapping)) for row in rows}


def save_tokens(connection: Connection, changed: Sequence[Token]) -> None:
    """Add tokens, and spend those that are to be spent. Raises `StaleCaseError` when one of these is spent, or gone."""
    if new := [_token_columns(token) for token in changed if token.spent_at is None]:
        connection.execute(_NEW_TOKENS(connection), new)
    for token in sorted((each for each in changed if each.spent_at is not None), key=lambda each: each.hash):
        done = connection.execute(_SPEND, {"of_hash": token.hash, "at": token.spent_at})
        if done.rowcount != 1:
            raise StaleCaseError(f"the token of case {token.case_id} has been spent")


def _move(connection: Connection, old: Place, new: Place) -> None:
    moving = connection.execute(select(dialogues).where(*_there(old)).with_for_update()).all()
    if not moving:
        return
    targets = {_place(row): Place(new.channel, new.address + row.address[len(old.address) :]) for row in moving}
    there = {_place(row): row for row in connection.execute(_AT.with_for_update(), _names(targets.values()))}
    connection.execute(delete(dialogues).where(*_there(old)))
    rows = [_joined(row, targets[_place(row)], there.get(targets[_place(row)])) for row in moving]
    _write(connection, sorted(rows, key=lambda row: (str(row["channel"]), str(row["address"]))))


def _there(place: Place) -> tuple[Any, ...]:
    """Return the conditions for what is at a place, or at all that begin so."""
    if not place.address.endswith(_PARTS):
        return dialogues.c.channel == place.channel, dialogues.c.address == place.address
    end = place.address[: -len(_PARTS)] + _AFTER_PARTS
    within = (dialogues.c.address >= place.address, dialogues.c.address < end)
    return dialogues.c.channel == place.channel, *within


def _joined(moving: Found, to: Place, there: Found | None) -> dict[str, object]:
    newer, older = (moving, None) if there is None else (there, moving)
    if there is not None and moving.updated_at > there.updated_at:
        newer, older = moving, there
    dialogue = DIALOGUE.read(newer.document)
    further = () if older is None else DIALOGUE.read(older.document).cases
    cases = tuple(dict.fromkeys((*dialogue.cases, *further)))[:MAX_CASES]
    at_new = dialogue.model_copy(update={"channel": to.channel, "address": to.address, "cases": cases})
    return _columns(to, at_new, newer.updated_at)


def _write(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        connection.execute(_SAVE(connection), rows)


def _names(places: Collection[Place]) -> dict[str, object]:
    return {"channels": sorted({each.channel for each in places}), "addresses": [each.address for each in places]}


def _place(row: Found) -> Place:
    return Place(row.channel, row.address)


def _stored(place: Place) -> Place:
    return Place(place.channel, clean(place.address))


def _columns(place: Place, dialogue: Dialogue, now: datetime) -> dict[str, object]:
    return {
        "channel": place.channel,
        "address": place.address,
        "document": DIALOGUE.write(dialogue),
        "updated_at": now,
        "kept_until": EPOCH + ((now + KEPT - EPOCH) // _DAY + 1) * _DAY,
    }


def _token_columns(token: Token) -> dict[str, object]:
    return token.model_dump() | {"bearer": clean(token.bearer)}
