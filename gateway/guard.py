"""Stands between the engine and a plugin's call: a plugin may fail, never end the task it is called in."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from typing import TypeVar

import structlog

log = structlog.get_logger()

T = TypeVar("T")


class LeakedCancelError(Exception):
    """A plugin let a cancellation of its own out; to the engine it looked like its own end."""


async def finished(call: Awaitable[T]) -> T:
    """Return what the call returns; raise `LeakedCancelError` for a cancellation that nobody asked this task for."""
    try:
        return await call
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        raise LeakedCancelError("a plugin's call was cancelled from within") from None


async def closed(stack: AsyncExitStack, channel: str) -> None:
    """Let go of what a channel opened: what it raises over that holds up nobody, and is logged."""
    try:
        await finished(stack.aclose())
    except Exception as error:  # noqa: BLE001 - whatever it is, it is over
        log.warning("channel.close_failed", channel=channel, error=type(error).__name__)
