"""What every command does that works on the store beside the running engine: open it briefly, then tell the engine."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from gateway.cli._common import complain, fail
from gateway.control import NotRunningError, ask_all
from gateway.errors import TransientError
from gateway.journal import Store
from gateway.settings import Settings

T = TypeVar("T")


def with_store(settings: Settings, use: Callable[[Store], Awaitable[T]]) -> T:
    """Open the store for one short use beside the running engine; makes none where there is none."""
    if not is_made(settings):
        kept = settings.store
        fail(f"there is no store at {kept.blobs if kept.url else kept.path} yet: `gatehouse run` makes it")

    async def once() -> T:
        from gateway.app import open_store_for

        async with open_store_for(settings) as store:
            return await use(store)

    return asyncio.run(once())


def is_made(settings: Settings) -> bool:
    """Whether the store is there, so that a command that only looks makes nothing."""
    kept = settings.store
    # Whether a server has the database is not asked twice: opening it tells.
    return (kept.url is not None or kept.path.exists()) and (not isinstance(kept.blobs, Path) or kept.blobs.exists())


def poke(settings: Settings) -> None:
    """Tell the running engine to look at once for what has changed; say so when none runs."""
    try:
        if not is_told(settings):
            complain("No gateway is running on this store: this takes effect when it runs.")
    except TransientError as error:
        complain(f"{error}; it will find this by itself.")


def is_told(settings: Settings) -> bool:
    """Tell this machine's engines to look at once; return whether one runs.

    Raises `TransientError` for an answer amiss.
    """
    try:
        asyncio.run(ask_all(settings.store.socket, "poke"))
    except NotRunningError:
        return False
    return True


def operator() -> str:
    """Return the name of whoever runs this command, for the log of openings and as an agent's name."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
