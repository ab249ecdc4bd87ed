"""The real engine inside a sandbox: run as a task, with its log in a file, for as long as a scene lasts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, redirect_stderr
from pathlib import Path
from typing import Any, TypeVar

import structlog

from gateway import app, observe
from gateway.errors import GatewayError
from gateway.settings import Settings

T = TypeVar("T")


@asynccontextmanager
async def engine_on(settings: Settings) -> AsyncIterator[asyncio.Task[None]]:
    """Run the engine as a task until left; what ended it early is raised."""
    ready = asyncio.Event()
    engine = asyncio.create_task(app.run(settings, ready=ready))
    waiting = asyncio.create_task(ready.wait())
    try:
        await asyncio.wait({engine, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if engine.done():
            engine.result()
            raise GatewayError("the engine stopped before it was ready")
        yield engine
    finally:
        waiting.cancel()
        engine.cancel()
        await asyncio.gather(engine, waiting, return_exceptions=True)


async def while_running(engine: asyncio.Task[None], work: Coroutine[Any, Any, T]) -> T:
    """Return what the work returns; an engine that ends meanwhile is an error at once."""
    task = asyncio.create_task(work)
    try:
        await asyncio.wait({task, engine}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            engine.result()
            raise GatewayError("the gateway was stopped before every mail had ended")
        return task.result()
    finally:
        task.cancel()


@contextmanager
def log_to(path: Path, kept: Sequence[str]) -> Iterator[None]:
    """Send the engine's log to a file: the terminal belongs to the story. Of `kept`, nothing is logged."""
    root = logging.getLogger()
    handlers, level, before = root.handlers, root.level, structlog.get_config()
    with path.open("w", encoding="utf-8") as file:
        with redirect_stderr(file):
            observe.configure("info", "text", kept)
        try:
            yield
        finally:
            root.handlers, root.level = handlers, level
            structlog.configure(**before)
