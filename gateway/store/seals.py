"""The seals of kept bodies and secrets: how many stand under each key, and sealing them anew, bit by bit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, LargeBinary, bindparam, func, select, update

from gateway.errors import ConfigError
from gateway.store import vault
from gateway.store.bodies import Bodies
from gateway.store.seal import HEADER_BYTES, DamagedError, key_of
from gateway.store.tables import bodies, raws
from gateway.store.vault import UNREADABLE

if TYPE_CHECKING:
    from gateway.store.threads import Threads

WINDOW = 500
"""Rows looked at in one transaction that reads."""
BATCH_BYTES = 4 * 1024 * 1024
"""Bytes sealed anew in one transaction that writes: the engine waits for it."""

_HEADER = func.substr(bodies.c.sealed, 1, HEADER_BYTES, type_=LargeBinary).label("header")


@dataclass(frozen=True, slots=True)
class Resealed:
    """What one step came to: where to go on, if anywhere, how many were sealed anew, and how many cannot be read."""

    after: int | None
    changed: int = 0
    unreadable: int = 0


class SqlSeals:
    """The seals of rows; each method may be called beside the running engine."""

    def __init__(self, threads: Threads, kept: Bodies) -> None:
        self._threads = threads
        self._kept = kept

    async def last(self) -> int:
        """Return the number of the newest body, for progress."""
        return await self._threads.read(lambda connection: connection.scalar(select(func.max(bodies.c.seq))) or 0)

    async def reseal(self, after: int) -> Resealed:
        """Seal the next bodies anew, those under another key than the present one; begin after 0.

        The secrets in the vault, which are few, go with the first step. Each step stands for itself: whoever is stopped
        begins again, and finds what is done already.
        """
        if after:
            return await self._reseal_bodies(after)
        changed, unreadable = await self._threads.write(lambda connection: vault.reseal(connection, self._kept.sealer))
        step = await self._reseal_bodies(after)
        return Resealed(step.after, step.changed + changed, step.unreadable + unreadable)

    async def _reseal_bodies(self, after: int) -> Resealed:
        current = self._kept.sealing_key
        window = await self._threads.read(lambda connection: _window(connection, after))
        stale, reached = _batch(window, current)
        if not stale:
            return Resealed(reached)
        changed = await self._threads.write(lambda connection: _reseal(connection, self._kept, stale))
        return Resealed(reached, changed, len(stale) - changed)

    async def count(self, after: int) -> tuple[int | None, Counter[str]]:
        """Return how many of the next bodies stand under each key, and where to go on, if anywhere.

        After 0, the secrets in the vault are among them.
        """
        window = await self._threads.read(lambda connection: _window(connection, after))
        counted = Counter(_key(row[2]) for row in window)
        if not after:
            counted += await self._threads.read(vault.count)
        return (window[-1][0] if len(window) == WINDOW else None), counted


_Window = Sequence[tuple[int, int, bytes]]


def _window(connection: Connection, after: int) -> _Window:
    columns = select(bodies.c.seq, func.length(bodies.c.sealed), _HEADER)
    rows = connection.execute(columns.where(bodies.c.seq > after).order_by(bodies.c.seq).limit(WINDOW)).all()
    return [(row[0], row[1], bytes(row[2])) for row in rows]


def _batch(window: _Window, current: str) -> tuple[list[int], int | None]:
    """Return the numbers to seal anew, and the number after which to go on."""
    stale: list[int] = []
    total = 0
    for seq, size, header in window:
        if _key(header) == current:
            continue
        total += size
        if stale and total > BATCH_BYTES:
            return stale, stale[-1]
        stale.append(seq)
    return stale, (window[-1][0] if len(window) == WINDOW else None)


def _key(header: bytes) -> str:
    try:
        return key_of(header)
    except DamagedError:
        return UNREADABLE


def _reseal(connection: Connection, kept: Bodies, numbers: Sequence[int]) -> int:
    named = select(raws.c.source, raws.c.lane, raws.c.key, bodies.c.seq, bodies.c.sealed).join(raws)
    changes = []
    for row in connection.execute(named.where(bodies.c.seq.in_(numbers)).with_for_update(of=bodies)).all():
        try:
            changes.append({"of_seq": row.seq, "to": kept.reseal(row.source, row.lane, row.key, row.sealed)})
        except (DamagedError, ConfigError):
            # Left as it is: the claim or the opening that meets it says what is wrong with it.
            continue
    if changes:
        by_seq = update(bodies).where(bodies.c.seq == bindparam("of_seq"))
        connection.execute(by_seq.values(sealed=bindparam("to")), changes)
    return len(changes)
