"""A node's presence on PostgreSQL: a session that holds its lock, and a thread that keeps it from falling silent.

The server ends a session that was silent for too long, whatever became of its node: stopped, cut off, or gone. So a
lock that can be taken is all the proof of a node's end that is needed, and no clock is compared with another's.
"""

from __future__ import annotations

import os
import select
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg
import structlog
from psycopg import pq
from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

log = structlog.get_logger()

NODE_CLASS = 0x67617465
"""First half of a node's lock; the second is its epoch."""
CHANNEL = "gatehouse_news"
PING_SECS = 1.5
ANSWER_SECS = 3.0
SURE_SECS = 5.0
"""How long after the sending of a ping that was answered nobody can have taken the lock."""
SILENCE_MS = 6_000
"""The server ends a session that was silent for so long; longer than `SURE_SECS`, by what two clocks may differ."""
_DONE = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK, pq.ExecStatus.EMPTY_QUERY)


def now() -> float:
    """Return seconds that also pass while this process, or this machine, is stopped."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Presence:
    """Holds the lock of one epoch until it is stopped or lost; `cut` is called when the line carries nothing more."""

    def __init__(
        self, line: psycopg.Connection[Any], epoch: int, ring: Callable[[], None], cut: Callable[[], None]
    ) -> None:
        self._line = line
        self._epoch = epoch
        self._ring = ring
        self._cut = cut
        self._lost = False
        self._stopped = False
        self._wake, self._waker = socket.socketpair()
        line.autocommit = True
        self._seen = now()
        line.execute("SELECT pg_advisory_lock(%s::int, %s::int)", (NODE_CLASS, epoch))
        line.execute(f"LISTEN {CHANNEL}")
        self._thread = threading.Thread(target=self._keep, name="store-presence", daemon=True)
        self._thread.start()

    def is_sure(self) -> bool:
        """See `gateway.store.database.Presence`."""
        return not self._lost and not self._stopped and now() - self._seen < SURE_SECS

    def is_lost(self) -> bool:
        """See `gateway.store.database.Presence`."""
        return self._lost or self._stopped

    def stop(self) -> None:
        """See `gateway.store.database.Presence`."""
        self._stopped = True
        with suppress(OSError):
            self._waker.send(b".")

    def _keep(self) -> None:
        try:
            while not self._stopped:
                # From its sending on: after an answer that took long the next is due at once, or doubt would come.
                self._listen(self._seen + PING_SECS)
                if not self._stopped:
                    self._ping()
        except TimeoutError:
            self._end("no answer")
            self._cut()
        except (psycopg.Error, OSError) as error:
            self._end(type(error).__name__)
        finally:
            self._line.close()
            self._wake.close()
            self._waker.close()

    def _end(self, reason: str) -> None:
        self._lost = True
        if not self._stopped:
            log.error("node.lost", epoch=self._epoch, reason=reason)
        self._ring()

    def _listen(self, until: float) -> None:
        """Wait for the next ping's time and ring on news; our own come back too."""
        while not self._stopped and (left := until - now()) > 0:
            if self._readable(left):
                self._read_news()

    def _ping(self) -> None:
        sent = now()
        server = self._line.pgconn
        server.send_query(b"")
        while server.is_busy():
            if not self._readable(sent + ANSWER_SECS - now()) and now() > sent + ANSWER_SECS:
                raise TimeoutError
            if self._stopped:
                return
            self._read_news()
        while (result := server.get_result()) is not None:
            if result.status not in _DONE:
                raise psycopg.OperationalError("the session was ended")
        self._seen = sent

    def _readable(self, secs: float) -> bool:
        line = self._line.pgconn.socket
        ready, _, _ = select.select([line, self._wake.fileno()], [], [], max(secs, 0))
        return line in ready

    def _read_news(self) -> None:
        server = self._line.pgconn
        server.consume_input()
        if server.status != pq.ConnStatus.OK:
            raise psycopg.OperationalError("the session was ended")
        while (news := server.notifies()) is not None:
            if news.extra != str(self._epoch).encode():
                self._ring()


class Lines:
    """The connections of the pool, so that threads that wait on a dead line can be called back."""

    def __init__(self) -> None:
        self._lines: dict[int, psycopg.Connection[Any]] = {}
        self._dead: set[int] = set()

    def watch(self, engine: Engine) -> None:
        """Know the engine's connections from now on."""
        event.listen(engine, "connect", self._add)
        event.listen(engine, "checkout", self._refuse_dead)
        event.listen(engine, "close", self._remove)

    def cut(self) -> None:
        """End every connection at once: who waits on one is told that the line dropped, and none is used again."""
        for name, line in list(self._lines.items()):
            self._dead.add(name)
            with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(line.fileno())) as handle:
                handle.shutdown(socket.SHUT_RDWR)

    def _add(self, line: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        if isinstance(line, psycopg.Connection):
            self._lines[id(line)] = line

    def _refuse_dead(self, line: DBAPIConnection, *_: object) -> None:
        if id(line) in self._dead:
            # The pool makes another in its place.
            raise DisconnectionError

    def _remove(self, line: DBAPIConnection, *_: object) -> None:
        self._lines.pop(id(line), None)
        self._dead.discard(id(line))
