"""The probe: a few bytes sealed when a store is made, which proves that the keys given are this store's."""

from __future__ import annotations

from base64 import b64decode, b64encode

from sqlalchemy import Connection, select

from gateway.errors import ConfigError
from gateway.store import locks, marks
from gateway.store.seal import DamagedError, Sealer, key_of
from gateway.store.tables import bodies
from gateway.store.threads import Threads

_IDENTITY = b"store:probe"


async def prove(threads: Threads, sealer: Sealer) -> None:
    """Open the probe, or write one where there is none. Raises `ConfigError` when the keys are not this store's.

    It goes over to the present key as soon as it is opened with it, so that an old key may be removed.
    """
    if await threads.read(lambda connection: _is_open(connection, sealer)):
        return
    await threads.write(lambda connection: _renew(connection, sealer))


def _is_open(connection: Connection, sealer: Sealer) -> bool:
    """Return whether the probe stands under the present key, and opens; raises when it does not open."""
    kept = marks.read(connection, marks.PROBE).get(marks.PROBE)
    if kept is None:
        _ask_newest(connection, sealer)
        return False
    sealed = b64decode(kept)
    key_id = key_of(sealed)
    if not sealer.knows(key_id):
        raise _refusal(sealer, f"is sealed with the key {key_id}, which it does not hold")
    try:
        sealer.open(sealed, _IDENTITY)
    except DamagedError:
        raise _refusal(sealer, f"is sealed with another key of the name {key_id}") from None
    return key_id == sealer.current


def _ask_newest(connection: Connection, sealer: Sealer) -> None:
    """A store made before there were probes: what it took in last is sealed with a key that must be here."""
    newest = connection.scalar(select(bodies.c.sealed).order_by(bodies.c.seq.desc()).limit(1))
    if newest is not None and not sealer.knows(key_id := key_of(newest)):
        raise _refusal(sealer, f"is sealed with the key {key_id}, which it does not hold")


def _renew(connection: Connection, sealer: Sealer) -> None:
    locks.hold(connection, locks.SCHEMA)
    if not _is_open(connection, sealer):
        marks.write(connection, {marks.PROBE: b64encode(sealer.seal(b"", _IDENTITY)).decode()})


def _refusal(sealer: Sealer, why: str) -> ConfigError:
    return ConfigError(
        f"{sealer.place} is not this store's: the store {why}; bring the right one back from its copy, or name the "
        "store that belongs to it. With another key, nothing kept until now could be opened"
    )
