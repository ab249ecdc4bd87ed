"""Stands between the engine and what may be cut off: a plugin's call, and work that must not be left half done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine
from contextlib import AsyncExitStack, suppress
from typing import TypeVar

import structlog

from gateway.errors import GatewayError

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


async def whole(work: Coroutine[None, None, None]) -> None:
    """Have it done to its end although the part is ending: half of it would leave an effect that nobody recovers."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        with suppress(GatewayError, asyncio.CancelledError):
            await asyncio.shield(task)
        raise


async def closed(stack: AsyncExitStack, channel: str) -> None:
    """Let go of what a channel opened: what it raises over that holds up nobody, and is logged."""
    try:
        await finished(stack.aclose())
    except Exception as error:  # noqa: BLE001 - whatever it is, it is over
        log.warning("channel.close_failed", channel=channel, error=type(error).__name__)
