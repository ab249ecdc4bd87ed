"""`gatehouse sandbox`: chat with the gateway on a Telegram and an X of its own on this machine."""

from __future__ import annotations

import asyncio
import signal
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from gateway.cli._common import fail

NEEDED = ("telegram", "httpx", "tweepy", "aiohttp")
EXIT_INTERRUPTED = 130


def sandbox(
    port: Annotated[
        int, typer.Option("--port", help="Port of Telegram's page; 0 is any that is free.", min=0, max=65535)
    ] = 0,
    x_port: Annotated[
        int, typer.Option("--x-port", help="Port of X's page; 0 is any that is free.", min=0, max=65535)
    ] = 0,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--folder", help="A new folder for the desk; kept. Without it, all is gone at the end.", file_okay=False
        ),
    ] = None,
) -> None:
    """Chat with the gateway: a Telegram and an X on this machine with pages, a made-up desk, the real engine on it."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        fail(f'the sandbox needs {", ".join(missing)}; install with: pip install "gatehouse[sandbox,telegram,x]"')
    from gateway.sandbox.play import play

    # The engine takes SIGTERM while it runs; before and after it, too, the temporary folder must not stay behind.
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        asyncio.run(play(port, x_port, folder))
    except KeyboardInterrupt:
        raise typer.Exit(EXIT_INTERRUPTED) from None
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
