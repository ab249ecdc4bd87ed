"""Everything that holds for SQLite alone: the engine and its transactions, its errors, and the lock of the one engine.

No query stands here; they are the same for every database.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, ColumnElement, Connection, Engine, create_engine, event, literal, make_url, true
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from gateway.errors import ConfigError, GatewayError, TransientError
from gateway.store.database import Engines

BUSY_SECONDS = 10
_BEGIN = "gatehouse_begin"
_NOT_OURS = {
    "SQLITE_NOTADB": "the file is not an SQLite database",
    "SQLITE_CORRUPT": "the file is damaged; restore it from a backup",
    "SQLITE_READONLY": "the file or its folder may not be written",
    "SQLITE_PERM": "the file may not be opened",
}
_PASSING = {
    "SQLITE_BUSY": "another process holds the database",
    "SQLITE_LOCKED": "another process holds the database",
    "SQLITE_PROTOCOL": "another process holds the database",
    "SQLITE_FULL": "the disk is full",
    "SQLITE_IOERR": "the disk does not answer",
    "SQLITE_CANTOPEN": "the file cannot be opened now",
    "SQLITE_NOMEM": "there is no memory left",
    "SQLITE_INTERRUPT": "the call was interrupted",
}


class Sqlite:
    """One file, written by one transaction at a time and run by one engine."""

    def __init__(self, place: str | Path) -> None:
        self._path = database_path(place)

    def prepare(self) -> None:
        """Make the file, in WAL mode."""
        create_file(self._path)
        with translated():
            use_wal(self._path)

    def engines(self) -> Engines:
        """Return engines with a thread each: in WAL mode readers do not wait for the writer."""
        return Engines(*make_engines(self._path))

    def cut(self) -> None:
        """See `Database`; nobody waits on a file without an end."""

    def translated(self) -> AbstractContextManager[None]:
        """See `Database`."""
        return translated()

    def hold_schema(self, connection: Connection) -> None:
        """See `Database`; a transaction that writes is the only one anyway."""

    def take_time(self, connection: Connection) -> None:
        """See `Database`; there are none."""

    def hold_engine(self) -> AbstractContextManager[None]:
        """See `Database`."""
        return hold_engine(self._path)

    @property
    def has_news(self) -> bool:
        """See `Database`; there is no other node."""
        return False

    def next_epoch(self, connection: Connection) -> int | None:
        """See `Database`."""
        return None

    def appear(self, epoch: int | None, ring: Callable[[], None]) -> Alone:
        """See `Database`; the lock of the one engine proves it."""
        return Alone()

    def is_gone(self, epoch: ColumnElement[Any]) -> ColumnElement[bool]:
        """See `Database`: only one engine runs, so any other node was an earlier run's."""
        return true()

    def mark(self, epoch: int) -> ColumnElement[Any]:
        """See `Database`."""
        return literal(epoch)

    def end_stalled(self, connection: Connection, mine: int | None) -> None:
        """Nothing: a process that was stopped still holds the lock of the one engine."""

    def tell(self, connection: Connection, epoch: int) -> None:
        """See `Database`."""


class Alone:
    """The presence of the one engine."""

    _stopped = False

    def is_sure(self) -> bool:
        """See `Presence`."""
        return not self._stopped

    def is_lost(self) -> bool:
        """See `Presence`."""
        return self._stopped

    def stop(self) -> None:
        """See `Presence`."""
        self._stopped = True


def database_path(place: str | Path) -> Path:
    """Return the file that a path or an `sqlite:///` URL names."""
    if isinstance(place, Path) or "://" not in place:
        return Path(place).expanduser()
    try:
        url = make_url(place)
    except ArgumentError:
        raise ConfigError("the store's URL cannot be read") from None
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        raise ConfigError(f"the store runs on an SQLite file or PostgreSQL; {url.get_backend_name()} is neither")
    return Path(url.database)


def create_file(path: Path) -> None:
    """Make the database's file, open to its owner alone; SQLite gives its side files the same mode."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise ConfigError(f"the database {path} cannot be opened: {error.strerror}") from error


def make_engines(path: Path) -> tuple[Engine, Engine]:
    """Return an engine whose transactions write and one whose transactions only read; they share their connections.

    Parameters are kept out of errors: they hold users' text.
    """
    url = URL.create("sqlite", database=str(path))
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return engine.execution_options(**{_BEGIN: "IMMEDIATE"}), engine


def use_wal(path: Path) -> None:
    """Put the file into WAL mode, in which readers and the writer do not wait for one another; it stays in it.

    SQLite gives up at once, without waiting, when two do this to a new file: so they take turns at its folder.
    """
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
    finally:
        os.close(folder)


@contextmanager
def translated() -> Iterator[None]:
    """Raise database errors as what they mean to the operator; a bug of ours passes as it is."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        known = _translate(error)
        if known is None:
            raise
        raise known from error


def _translate(error: DBAPIError | sqlite3.Error) -> GatewayError | None:
    name = getattr(error.orig if isinstance(error, DBAPIError) else error, "sqlite_errorname", "")
    for code, sentence in _NOT_OURS.items():
        if name.startswith(code):
            return ConfigError(f"the store cannot be used: {sentence} ({name})")
    for code, sentence in _PASSING.items():
        if name.startswith(code):
            return TransientError(f"the store did not answer: {sentence} ({name})")
    return None


@contextmanager
def hold_engine(path: Path) -> Iterator[None]:
    """Be the one engine on this database while the context lasts. Raises `ConfigError` naming whoever is it already."""
    try:
        handle = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ConfigError(f"the lock of {path} cannot be made: {error.strerror}") from error
    try:
        _lock(handle, path)
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        # The file stays when the lock goes: removing it would let two engines lock two files of one name.
        yield
    finally:
        os.close(handle)


def _lock(handle: int, path: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(handle, 32, 0).decode("ascii", "replace").strip() or "not known"
        raise ConfigError(
            f"an engine already runs on {path} (process {holder}); stop it first, or give this one its own database"
        ) from None


def _configure(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    # The driver would begin transactions by itself, and too late: `_begin` does it.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("synchronous = FULL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    # A transaction that will write takes its lock at once: one that read first could be refused halfway.
    mode = connection.get_execution_options().get(_BEGIN, "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")
