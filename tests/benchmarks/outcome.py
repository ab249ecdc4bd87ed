"""Whether a measured run did its work: every message has one ticket, and the store agrees."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from typing import Any

from tests.benchmarks.told import Listener

Rows = Callable[[str], list[tuple[Any, ...]]]


def rows_of(path: object) -> Rows:
    """Return what asks an SQLite store."""

    def ask(query: str) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as line:
            return line.execute(query).fetchall()

    return ask


def assert_each_once(listener: Listener, messages: int) -> None:
    """Every message came to the backend, and none twice."""
    taken = listener.names("took")
    assert len(taken) == messages, f"{len(taken)} messages have a ticket, of {messages}"
    again = sum(count > 1 for count in taken.values())
    assert again == 0, f"{again} messages were written more than once"
    answered = listener.names("sent")
    assert all(count == 1 for count in answered.values()), "somebody was acknowledged twice"


def assert_store_agrees(rows: Rows, messages: int) -> None:
    """The journal holds each message once and settled, and so does the outbox each ticket."""
    assert rows("select count(*), count(distinct key) from raws") == [(messages, messages)]
    assert rows("select count(*) from raws where state <> 'settled'") == [(0,)]
    # Notes of ours for the agents stand beside what users wrote.
    message = 'document not like \'%"action":"note"%\''
    written = rows(f"select count(*) from effects where kind = 'ticket' and state = 'settled' and {message}")  # noqa: S608
    assert written == [(messages,)]


def assert_chats_agree(rows: Rows, updates: int) -> None:
    """The journal holds each update once and settled; each message is on file once, and every ticket is written."""
    assert rows("select count(*), count(distinct key) from raws") == [(updates, updates)]
    assert rows("select count(*) from raws where state <> 'settled'") == [(0,)]
    incoming = rows("select count(*), count(distinct message_id) from entries where direction = 'in'")
    assert incoming[0][0] == incoming[0][1], "a message is on file twice"
    assert rows("select count(*) from effects where kind = 'ticket' and state <> 'settled'") == [(0,)]
