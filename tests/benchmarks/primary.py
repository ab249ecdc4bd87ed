"""What a PostgreSQL primary has done between two moments: processor time, log, transactions, and what it keeps."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, event

from tests.benchmarks.meter import cpu_secs, tree
from tests.servers.postgres import Postgres

_DID = """
SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0'), w.wal_fpi, w.wal_sync, d.xact_commit
FROM pg_stat_wal w, pg_stat_database d WHERE d.datname = %s
"""
_LOCKS = "SELECT count(*) FROM pg_locks WHERE pid = %s AND NOT fastpath"
_SIZES = """
SELECT relname, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'gatehouse_revision'
"""


@dataclass(frozen=True)
class Did:
    """What a server did; the counts of its statistics come up to a second late, its log and processor time do not."""

    cpu: float
    wal: float
    pages: int
    """Whole pages in the log: the first change of each after a checkpoint."""
    syncs: int
    commits: int

    def since(self, earlier: Did) -> Did:
        """Return what was done between two looks."""
        return Did(
            self.cpu - earlier.cpu,
            self.wal - earlier.wal,
            self.pages - earlier.pages,
            self.syncs - earlier.syncs,
            self.commits - earlier.commits,
        )


def look(server: Postgres, database: str) -> Did:
    """Return what the server has done since it started."""
    ((wal, pages, syncs, commits),) = server.execute(_DID, database, database=database)
    return Did(cpu_secs(server.process.pid), *(_number(each) for each in (wal, pages, syncs, commits)))


class Watch:
    """Looks at a server from a session of its own, whose work is not counted: exact enough for a single batch."""

    def __init__(self, server: Postgres) -> None:
        self._server = server
        self._line = psycopg.connect(server.url(), autocommit=True)

    def look(self) -> tuple[float, float]:
        """Return the processor time of all sessions and helpers that live, and the end of the log."""
        found = self._line.execute("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')").fetchone()
        assert found is not None
        return self._cpu(), float(found[0])

    def close(self) -> None:
        self._line.close()

    def _cpu(self) -> float:
        total = 0
        for pid in tree(self._server.process.pid):
            if pid != self._line.info.backend_pid:
                with contextlib.suppress(OSError):
                    total += int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
        return total / 1e9


def sizes(server: Postgres, database: str) -> dict[str, tuple[int, int]]:
    """Return the bytes of each table, and of its indexes."""
    server.execute("VACUUM", database=database)
    return {
        str(name): (_number(rows), _number(indexes))
        for name, rows, indexes in server.execute(_SIZES, database=database)
    }


def _number(value: object) -> int:
    return int(str(value).partition(".")[0])


@dataclass
class Traffic:
    """Statements and transactions of this process's stores, and the most locks that one transaction held at its end."""

    server: Postgres
    statements: int = 0
    transactions: int = 0
    locks: int = 0
    counts_locks: bool = False

    def reset(self, *, counts_locks: bool) -> None:
        """Count from nothing again."""
        self.statements = self.transactions = self.locks = 0
        self.counts_locks = counts_locks

    def _executed(self, *_: Any) -> None:
        self.statements += 1

    def _ended(self, connection: Connection) -> None:
        self.transactions += 1
        if self.counts_locks:
            line: Any = connection.connection.dbapi_connection
            ((locks,),) = self.server.execute(_LOCKS, line.info.backend_pid, database="postgres")
            self.locks = max(self.locks, _number(locks))

    @classmethod
    @contextmanager
    def counted(cls, server: Postgres) -> Iterator[Traffic]:
        """Count until the context ends."""
        traffic = cls(server)
        listeners = (("before_cursor_execute", traffic._executed), ("commit", traffic._ended))
        for name, listener in listeners:
            event.listen(Engine, name, listener)
        try:
            yield traffic
        finally:
            for name, listener in listeners:
                event.remove(Engine, name, listener)
