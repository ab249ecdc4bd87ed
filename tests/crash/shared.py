"""A crash desk on a PostgreSQL database, with as many nodes as a test wants."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psycopg

from gateway.clock import SystemClock
from gateway.store import Sealer, open_store
from tests.crash.lives import CrashDesk, Life
from tests.servers.postgres import Postgres

SOURCES = frozenset({"support", "backend:crash", "engine"})


async def migrate(url: str) -> None:
    """Bring a database up, so that it can be asked before the first life has begun."""
    blobs = Path(tempfile.mkdtemp())
    try:
        async with open_store(url, blobs, Sealer({"k": b"k" * 32}, "k"), SystemClock()):
            pass
    finally:
        shutil.rmtree(blobs)
    with psycopg.connect(url, autocommit=True) as line:
        # The note that tells which keys are this desk's: the desk has others.
        line.execute("DELETE FROM marks")


def store_lines(url: str) -> str:
    """Return what the configuration says of the store; whoever watches the log wants to see who joins."""
    return f'\n[store]\nurl = "{url}"\n'


def asking(server: Callable[[], Postgres]) -> Callable[[str], Sequence[Sequence[Any]]]:
    """Return how a desk's database is asked, on whichever server has it at that moment."""
    return lambda query: server().execute(query)


def owners(desk: CrashDesk) -> dict[str, int]:
    """Return the epoch of the node that owns each source."""
    return {str(source): int(epoch) for source, epoch in desk.rows("SELECT source, epoch FROM owners")}


def is_spread(desk: CrashDesk, nodes: int) -> bool:
    """Whether so many nodes own all sources between them."""
    found = owners(desk)
    return found.keys() == SOURCES and len(set(found.values())) == nodes


def said(desk: CrashDesk) -> list[dict[str, Any]]:
    """Return what the lives have logged."""
    events = []
    for line in (desk.aside / "log").read_text(errors="replace").splitlines():
        with contextlib.suppress(ValueError):
            events.append(json.loads(line))
    return events


async def stop_all(lives: Sequence[Life]) -> None:
    """Stop lives side by side, in good order."""
    assert await asyncio.gather(*(life.stop() for life in lives)) == [0] * len(lives)
