"""Everything that holds for PostgreSQL alone: connections and their time-outs, and what its errors mean.

No query of the store stands here; they are the same for every database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Integer,
    bindparam,
    cast,
    create_engine,
    event,
    func,
    select,
    text,
)
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError
from typing_extensions import override

from gateway.errors import ConfigError, GatewayError, TransientError
from gateway.store import locks
from gateway.store.bodies import clean
from gateway.store.database import CollisionError, Engines

try:
    import psycopg
    from psycopg.conninfo import conninfo_to_dict
    from psycopg.types.string import StrDumper

    from gateway.store.presence import CHANNEL, NODE_CLASS, SILENCE_MS, Lines, Presence
except ImportError as _error:
    raise ConfigError("PostgreSQL needs a library: pip install 'gatehouse[postgres]'") from _error

WRITERS, READERS = 4, 2
LEAST_VERSION = 140_000
"""idle_session_timeout and client_connection_check_interval came with PostgreSQL 14."""
NAME = "gatehouse"

# A line whose other end is gone is noticed by both ends within 8 s: by the idle ends through keepalives, by a
# sending end through its user time-out. What a dead session holds is then free again.
_LINE = {"keepalives": 1, "keepalives_idle": 3, "keepalives_interval": 2, "keepalives_count": 2}
_CLIENT = {**_LINE, "tcp_user_timeout": 7_000, "connect_timeout": 5, "application_name": NAME}
_SERVER = {
    "tcp_keepalives_idle": 3,
    "tcp_keepalives_interval": 2,
    "tcp_keepalives_count": 2,
    "tcp_user_timeout": 7_000,
    "client_connection_check_interval": 2_000,
    "statement_timeout": 30_000,
    "lock_timeout": 5_000,
    "idle_in_transaction_session_timeout": 5_000,
    # What was confirmed to a platform must outlive the machine, and its synchronous standby.
    "synchronous_commit": "on",
    # Our statements are short; compiling one would take longer than running it.
    "jit": "off",
    "timezone": "UTC",
}

_COLLISIONS = {
    "40001": "two transactions met",
    "40P01": "two transactions waited for one another",
    "23505": "two transactions wrote the same",
    "23503": "what it names was removed meanwhile",
}
_PASSING = {
    "08": "the line dropped",
    "53": "the server has no room left; see its log",
    "55P03": "another transaction holds what this one needs",
    "57": "the server ended the statement or is not ready",
    "58": "the server's disk does not answer",
    "25006": "the server takes no writes; it is a standby",
    "25P03": "the transaction waited too long",
    "25P04": "the transaction took too long",
}
_NOT_OURS = {
    "28": "the server refused the role",
    "3D": "there is no such database",
    "3F": "there is no such schema",
    "42501": "the role may not do this in the database",
    "0A": "the server lacks a feature that the store needs",
}
TRANSACTION_CLASS = 0x67617474
"""First half of the lock of a node's transactions; the second is its epoch."""
# A server that has half a statement, or the first of several sent together, waits for the rest of them: neither the
# time-out of an idle transaction nor that of a statement ends this, and a stopped machine's keepalives are answered.
# So whoever finds the node lost does; a second spares a transaction that only lies between two of its statements.
_END_STALLED = text("""
    SELECT pg_terminate_backend(pid)
    FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND database = datid AND classid = :transaction AND objsubid = 2
      AND objid <> :mine AND granted
      AND usename = current_user AND wait_event_type = 'Client'
      AND state_change < clock_timestamp() - interval '1 second'
      AND pg_try_advisory_xact_lock(:node, objid::bigint::int)
""").bindparams(*(bindparam(name, type_=Integer) for name in ("transaction", "node", "mine")))
_NEXT_EPOCH = "SELECT nextval(pg_get_serial_sequence('nodes', 'epoch'))"


class StatementError(Exception):
    """The server refused a statement: a bug of ours. Its own words are left out, since they hold users' text."""


class PostgreSql:
    """One database on a server, or on several of which one takes writes."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lines = Lines()

    def prepare(self) -> None:
        """Nothing: a server's database is its administrator's to make."""

    def engines(self) -> Engines:
        """Return engines on one pool with a connection for each thread."""
        engine = create_engine(
            "postgresql+psycopg://",
            creator=lambda: connect(self._url),
            pool_size=WRITERS + READERS,
            max_overflow=0,
            hide_parameters=True,
        )
        event.listen(engine, "handle_error", _see_standby)
        self._lines.watch(engine)
        return Engines(engine, _read_only(engine), WRITERS, READERS)

    def cut(self) -> None:
        """See `Database`; a commit may wait for a standby that is gone."""
        self._lines.cut()

    def translated(self) -> AbstractContextManager[None]:
        """See `Database`."""
        return translated()

    def hold_schema(self, connection: Connection) -> None:
        """See `Database`."""
        self.take_time(connection)
        locks.hold(connection, locks.SCHEMA)

    def take_time(self, connection: Connection) -> None:
        """See `Database`; a lock is still not waited for without end."""
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        connection.exec_driver_sql("SET LOCAL lock_timeout = '60s'")

    def hold_engine(self) -> AbstractContextManager[None]:
        """See `Database`; several engines share this one as nodes."""
        return nullcontext()

    @property
    def has_news(self) -> bool:
        """See `Database`."""
        return True

    def next_epoch(self, connection: Connection) -> int | None:
        """See `Database`; the lock is taken before the row can be seen."""
        return int(connection.exec_driver_sql(_NEXT_EPOCH).scalar_one())

    def appear(self, epoch: int | None, ring: Callable[[], None]) -> Presence:
        """See `Database`: a session of its own holds the lock of this epoch."""
        if epoch is None:
            raise ValueError("the number of a node is drawn before it appears")
        with translated():
            line = connect(self._url, idle_session_timeout=SILENCE_MS)
            try:
                return Presence(line, epoch, ring, self._lines.cut)
            except BaseException:
                line.close()
                raise

    def is_gone(self, epoch: ColumnElement[Any]) -> ColumnElement[bool]:
        """See `Database`: its lock can be taken."""
        return func.pg_try_advisory_xact_lock(NODE_CLASS, cast(epoch, Integer))

    def mark(self, epoch: int) -> ColumnElement[Any]:
        """See `Database`: its lock is held to the transaction's end, beside others of the same node."""
        return func.pg_advisory_xact_lock_shared(TRANSACTION_CLASS, cast(epoch, Integer))

    def end_stalled(self, connection: Connection, mine: int | None) -> None:
        """See `Database`; never one that waits for a standby, or for its own turn, since both come to an end."""
        connection.execute(_END_STALLED, {"transaction": TRANSACTION_CLASS, "node": NODE_CLASS, "mine": mine or 0})

    def tell(self, connection: Connection, epoch: int) -> None:
        """See `Database`."""
        connection.execute(select(func.pg_notify(CHANNEL, str(epoch))))


def connect(url: str, **server: object) -> psycopg.Connection[Any]:
    """Connect to whichever of the hosts takes writes; what the URL says itself is kept."""
    connection = psycopg.connect(**parameters(url, **server))
    connection.adapters.register_dumper(str, _PlainText)
    if connection.info.server_version < LEAST_VERSION:
        connection.close()
        raise ConfigError("the store needs PostgreSQL 14 or newer")
    return connection


def parameters(url: str, **server: object) -> Mapping[str, Any]:
    """Return what libpq is given for a URL; `server` are further settings of the session."""
    try:
        given = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise ConfigError("the store's URL cannot be read") from None
    options = " ".join(f"-c {name}={value}" for name, value in {**_SERVER, **server}.items())
    # Of two settings of one name the later counts.
    options = f"{options} {given.get('options') or ''}".strip()
    several = {"target_session_attrs": "read-write"} if "," in str(given.get("host") or "") else {}
    return {**_CLIENT, **several, **given, "options": options}


@contextmanager
def translated() -> Iterator[None]:
    """Raise database errors as what they mean to the operator, and a bug of ours without users' text."""
    try:
        yield
    except (DBAPIError, psycopg.Error) as error:
        found = error.orig if isinstance(error, DBAPIError) else error
        if not isinstance(found, psycopg.Error):
            raise
        raise _translate(found) from None


def _translate(error: psycopg.Error) -> GatewayError | StatementError:
    code = error.sqlstate or ""
    if (sentence := _COLLISIONS.get(code)) is not None:
        return CollisionError(f"the store did not take it: {sentence} ({code})")
    if (sentence := _meaning(_PASSING, code)) is not None:
        return TransientError(f"the store did not answer: {sentence} ({code})")
    if (sentence := _meaning(_NOT_OURS, code)) is not None:
        return ConfigError(f"the store cannot be used: {sentence} ({code})")
    if not code and isinstance(error, psycopg.OperationalError):
        return TransientError(f"the store did not answer: {_first_line(error)}")
    return StatementError(f"the server refused a statement: {type(error).__name__} ({code or 'no code'})")


def _meaning(known: Mapping[str, str], code: str) -> str | None:
    """Return what a code means by itself, or by its class."""
    return known.get(code) or known.get(code[:2])


def _first_line(error: psycopg.Error) -> str:
    """Return what libpq says of a line: hosts, roles and databases, never a password or a statement."""
    return next(iter(str(error).strip().splitlines()), "no reason given")


def _read_only(engine: Engine) -> Engine:
    # One snapshot for all statements of a read, as on SQLite.
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _see_standby(context: ExceptionContext) -> None:
    # A server that lost its primacy keeps its lines; they must be made anew to find the one that has it now.
    if isinstance(context.original_exception, psycopg.errors.ReadOnlySqlTransaction):
        context.is_disconnect = True


class _PlainText(StrDumper):
    """Writes out what PostgreSQL takes in no text, lone surrogates and NUL: hostile mail must not stop a commit."""

    @override
    def dump(self, obj: str) -> Any:
        return super().dump(clean(obj))
