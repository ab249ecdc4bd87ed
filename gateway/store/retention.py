"""Retention in SQL: what is settled and old goes, batch by batch; what is not settled, and what cases hold, never does.

A blob goes in three steps, because a row that names it may be on its way while it is looked at: a blob that no row
names is doomed; a day or more later, if still no row names it, it is going; when it is removed it is gone, and is
remembered as such for a while. Whoever stores a row that names a blob calls `spare` in the same transaction: so a
doomed blob is spared, and one that was removed under the writer's hands is written anew. A table that names blobs must
stand in `named`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, delete, func, insert, literal, select, tuple_, update

from gateway.errors import TransientError
from gateway.journal import State
from gateway.queues import Retention, Swept
from gateway.reports import Ruling
from gateway.store import desk
from gateway.store.columns import UtcTime
from gateway.store.spending import KEPT as SPENDING_AGE
from gateway.store.tables import (
    HAS_BLOB,
    UNTOLD,
    acts,
    arrivals,
    bodies,
    codes,
    dialogues,
    doomed,
    effects,
    file_openings,
    files,
    incident_cases,
    incidents,
    openings,
    ratings,
    raws,
    reports,
    spending,
    tokens,
)

WINDOW = 500
"""Rows looked at in one transaction."""
LEAST_BLOB_AGE = timedelta(days=1)
TOKEN_AGE = timedelta(days=1)
"""How long a token stays after it has run out."""
BLOBS = "blobs"
"""The place of the last step, which reads no table."""
_NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""When what goes on has ended."""
WORDS = "words"
"""The place of the step that takes the words out of ratings, and leaves their scores."""
_DOOMED, _GOING, _GONE = "doomed", "going", "gone"


ARRIVALS_AGE = timedelta(days=1)
"""How long it is kept how much came in: far longer than it is looked back."""


class GoneBlobError(TransientError):
    """A blob was removed as unused while a row that names it was on its way; put it again."""

    def __init__(self, blobs: Collection[str]) -> None:
        super().__init__("a blob was removed as unused just now; it is put again")
        self.blobs = tuple(blobs)


@dataclass(frozen=True, slots=True)
class _Step:
    """One table walked by its numbers; `remove` takes the numbers that are due and returns how many went.

    `counted` names the count in `Swept`.
    """

    name: str
    counted: str
    age: Callable[[Retention], timedelta | None]
    number: Column[Any]
    at: ColumnElement[Any]
    more: tuple[Column[Any], ...]
    due: Callable[[Any], bool]
    remove: Callable[[Connection, Sequence[int], datetime], int]
    in_order: bool = True
    """Whether what has a greater number is never older."""


@dataclass(frozen=True, slots=True)
class _Aged:
    """One table whose rows go by their time alone, which an index orders."""

    name: str
    at: Column[Any]
    age: timedelta


def sweep(connection: Connection, policy: Retention, now: datetime, place: str, *, dry_run: bool) -> Swept:
    """Remove what is due among the next rows of a table; the next place is another one's when this one is through."""
    name, _, after = (place or _PLACES[0]).partition(":")
    if name == WORDS:
        return _sweep_words(connection, policy.settled, now, _PLACES[_PLACES.index(WORDS) + 1], dry_run=dry_run)
    index = next(number for number, each in enumerate(_PLACES) if each.partition(":")[0] == name)
    following = _PLACES[index + 1]
    if index >= len(_STEPS):
        return _sweep_aged(connection, _AGED[index - len(_STEPS)], now, following, dry_run=dry_run)
    step = _STEPS[index]
    age = step.age(policy)
    if age is None:
        return Swept(following)
    rows = _window(connection, step, int(after))
    cutoff = now - age
    due = [row.number for row in rows if row.at < cutoff and step.due(row)]
    gone = len(due) if dry_run or not due else step.remove(connection, due, now)
    through = len(rows) < WINDOW or (step.in_order and all(row.at >= cutoff for row in rows))
    return Swept(following if through else f"{name}:{rows[-1].number}", **{step.counted: gone})


def spare(connection: Connection, blobs: Collection[str]) -> None:
    """Keep the blobs that rows of this transaction name. Raises `GoneBlobError` when one is going or gone."""
    if not blobs:
        return
    found = connection.execute(select(doomed).where(doomed.c.blob.in_(blobs)).with_for_update()).all()
    if lost := [row.blob for row in found if row.state != _DOOMED]:
        raise GoneBlobError(lost)
    if found:
        connection.execute(delete(doomed).where(doomed.c.blob.in_(blobs)))


def forget(connection: Connection, blobs: Collection[str]) -> None:
    """Forget that blobs are gone, so that they can be put again; one that is still going stays."""
    connection.execute(delete(doomed).where(doomed.c.blob.in_(blobs), doomed.c.state == _GONE))


def named(connection: Connection, blobs: Collection[str]) -> set[str]:
    """Return those of the blobs that a row names."""
    if not blobs:
        return set()
    found: set[str] = set()
    for table in (raws, acts, files):
        found.update(connection.scalars(select(table.c.blob).where(table.c.blob.in_(blobs), HAS_BLOB)))
    return found


def doom(connection: Connection, blobs: Collection[str], now: datetime) -> int:
    """Doom those of the blobs that no row names; returns how many there are."""
    unnamed = set(blobs) - named(connection, blobs)
    if unnamed:
        known = set(connection.scalars(select(doomed.c.blob).where(doomed.c.blob.in_(unnamed))))
        if new := sorted(unnamed - known):
            connection.execute(insert(doomed), [{"blob": blob, "state": _DOOMED, "at": now} for blob in new])
    return len(unnamed)


def condemn(connection: Connection, age: timedelta, now: datetime) -> list[str]:
    """Return doomed blobs that are to be removed now; those that a row names meanwhile are spared."""
    before = now - max(age, LEAST_BLOB_AGE)
    connection.execute(delete(doomed).where(doomed.c.state == _GONE, doomed.c.at <= now - LEAST_BLOB_AGE))
    due = select(doomed.c.blob).where(doomed.c.state == _DOOMED, doomed.c.at <= before).order_by(doomed.c.blob)
    waiting = list(connection.scalars(due.limit(WINDOW).with_for_update()))
    spared = named(connection, waiting)
    if spared:
        connection.execute(delete(doomed).where(doomed.c.blob.in_(spared)))
    if going := [blob for blob in waiting if blob not in spared]:
        connection.execute(update(doomed).where(doomed.c.blob.in_(going)).values(state=_GOING, at=now))
    # Also what an earlier sweep was about to remove when it was killed.
    return list(connection.scalars(select(doomed.c.blob).where(doomed.c.state == _GOING).limit(WINDOW)))


def bury_blobs(connection: Connection, blobs: Collection[str], now: datetime) -> None:
    """Note that blobs are removed."""
    connection.execute(update(doomed).where(doomed.c.blob.in_(blobs)).values(state=_GONE, at=now))


def _sweep_aged(connection: Connection, aged: _Aged, now: datetime, following: str, *, dry_run: bool) -> Swept:
    before = now - aged.age
    if dry_run:
        return Swept(following, **{aged.name: connection.scalar(select(func.count()).where(aged.at < before)) or 0})
    # By their names, since many have one time; and by it once more: what was changed since it was looked at stays.
    names = tuple(aged.at.table.primary_key.columns)
    oldest = list(connection.execute(select(*names).where(aged.at < before).order_by(aged.at).limit(WINDOW)))
    these = tuple_(*names).in_([tuple(row) for row in oldest])
    gone = connection.execute(delete(aged.at.table).where(aged.at < before, these)).rowcount if oldest else 0
    return Swept(following if len(oldest) < WINDOW else aged.name, **{aged.name: gone})


def _sweep_words(
    connection: Connection, age: timedelta | None, now: datetime, following: str, *, dry_run: bool
) -> Swept:
    if age is None:
        return Swept(following)
    due = (ratings.c.asked_at < now - age, ratings.c.word != "")
    if dry_run:
        return Swept(following, words=connection.scalar(select(func.count()).where(*due)) or 0)
    oldest = list(connection.scalars(select(ratings.c.case_id).where(*due).order_by(ratings.c.asked_at).limit(WINDOW)))
    if oldest:
        connection.execute(update(ratings).where(ratings.c.case_id.in_(oldest)).values(word=""))
    return Swept(following if len(oldest) < WINDOW else WORDS, words=len(oldest))


def _window(connection: Connection, step: _Step, after: int) -> Sequence[Any]:
    columns = (step.number.label("number"), step.at.label("at"), *step.more)
    found = select(*columns).where(step.number > after).order_by(step.number).limit(WINDOW)
    return connection.execute(found).all()


def _remove_bodies(connection: Connection, numbers: Sequence[int], now: datetime) -> int:
    connection.execute(delete(bodies).where(bodies.c.seq.in_(numbers)))
    connection.execute(update(raws).where(raws.c.seq.in_(numbers)).values(blob=None, removed_at=now))
    former = update(acts).where(acts.c.queue == "raw", acts.c.number.in_(numbers), acts.c.blob.is_not(None))
    connection.execute(former.values(blob=None))
    return len(numbers)


def _remove_raws(connection: Connection, numbers: Sequence[int], now: datetime) -> int:
    # What was opened stays as long as the log of its opening.
    opened = set(connection.scalars(select(openings.c.seq).where(openings.c.seq.in_(numbers))))
    return _remove_rows(raws, raws.c.seq)(connection, [each for each in numbers if each not in opened], now)


def _remove_files(connection: Connection, numbers: Sequence[int], now: datetime) -> int:
    unsent = desk.unsent_files(connection, numbers)
    going = [each for each in numbers if each not in unsent]
    connection.execute(update(files).where(files.c.id.in_(going)).values(blob=None, removed_at=now))
    return len(going)


def _remove_reports(connection: Connection, numbers: Sequence[int], now: datetime) -> int:
    # What was confirmed since it was looked at stays.
    due = delete(reports).where(reports.c.id.in_(numbers), reports.c.ruling != Ruling.CONFIRMED)
    return connection.execute(due).rowcount


def _remove_incidents(connection: Connection, numbers: Sequence[int], now: datetime) -> int:
    # Whoever was not told yet keeps his incident, however long ago it has ended.
    waiting = select(incident_cases.c.incident).where(incident_cases.c.incident.in_(numbers), UNTOLD)
    untold = set(connection.scalars(waiting))
    going = [each for each in numbers if each not in untold]
    connection.execute(delete(incident_cases).where(incident_cases.c.incident.in_(going)))
    connection.execute(delete(incidents).where(incidents.c.id.in_(going)))
    return len(going)


def _remove_rows(table: Table, number: Column[Any]) -> Callable[[Connection, Sequence[int], datetime], int]:
    def remove(connection: Connection, numbers: Sequence[int], now: datetime) -> int:
        if numbers:
            connection.execute(delete(table).where(number.in_(numbers)))
        return len(numbers)

    return remove


def _settled(row: Any) -> bool:
    return bool(row.state == State.SETTLED)


_STEPS = (
    _Step(
        "bodies",
        "bodies",
        lambda policy: policy.raws,
        raws.c.seq,
        raws.c.stored_at,
        (raws.c.state, raws.c.removed_at),
        lambda row: _settled(row) and row.removed_at is None,
        _remove_bodies,
    ),
    _Step(
        "raws",
        "raws",
        lambda policy: policy.settled,
        raws.c.seq,
        raws.c.stored_at,
        (raws.c.state, raws.c.removed_at),
        lambda row: _settled(row) and row.removed_at is not None,
        _remove_raws,
    ),
    _Step(
        "effects",
        "effects",
        lambda policy: policy.settled,
        effects.c.id,
        effects.c.created_at,
        (effects.c.state,),
        _settled,
        _remove_rows(effects, effects.c.id),
    ),
    _Step(
        "openings",
        "openings",
        lambda policy: policy.openings,
        openings.c.id,
        openings.c.at,
        (),
        lambda row: True,
        _remove_rows(openings, openings.c.id),
    ),
    _Step(
        "acts",
        "acts",
        lambda policy: policy.openings,
        acts.c.id,
        acts.c.at,
        (acts.c.blob,),
        lambda row: row.blob is None,
        _remove_rows(acts, acts.c.id),
    ),
    _Step(
        "file_openings",
        "openings",
        lambda policy: policy.openings,
        file_openings.c.id,
        file_openings.c.at,
        (),
        lambda row: True,
        _remove_rows(file_openings, file_openings.c.id),
    ),
    _Step(
        "files",
        "files",
        lambda policy: policy.raws,
        files.c.id,
        files.c.stored_at,
        (files.c.blob,),
        lambda row: row.blob is not None,
        _remove_files,
    ),
    _Step(
        "reports",
        "reports",
        lambda policy: policy.reports,
        reports.c.id,
        reports.c.last_at,
        (reports.c.ruling,),
        lambda row: bool(row.ruling != Ruling.CONFIRMED),
        _remove_reports,
        in_order=False,
    ),
    _Step(
        "incidents",
        "incidents",
        lambda policy: policy.incidents,
        incidents.c.id,
        func.coalesce(incidents.c.ended_at, literal(_NEVER, UtcTime)),
        (),
        lambda row: True,
        _remove_incidents,
        in_order=False,
    ),
)
_AGED = (
    _Aged("tokens", tokens.c.expires_at, TOKEN_AGE),
    _Aged("dialogues", dialogues.c.kept_until, timedelta(0)),
    _Aged("spending", spending.c.day, SPENDING_AGE),
    _Aged("arrivals", arrivals.c.slot, ARRIVALS_AGE),
    _Aged("codes", codes.c.expires_at, TOKEN_AGE),
)
_PLACES = (*(f"{step.name}:0" for step in _STEPS), *(aged.name for aged in _AGED), WORDS, BLOBS)
