"""`gatehouse demo`: the whole gateway on a mail server, a Telegram and an X of its own, shown on the terminal."""

from __future__ import annotations

import asyncio
import signal
import sys
from importlib.util import find_spec
from types import FrameType

NEEDED = ("aiosmtpd", "aioimaplib", "aiosmtplib", "telegram", "httpx", "tweepy", "aiohttp")
EXIT_INTERRUPTED = 130


def demo(stay: bool) -> int:
    """Run the demo and return the exit status: 0 only when all ended as it should."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        hint = 'install them with: pip install "gatehouse[sandbox,email,telegram,x]"'
        sys.stderr.write(f"The demo needs {', '.join(missing)}; {hint}\n")
        return 1
    from gateway.sandbox.demo import run

    # The engine takes SIGTERM while it runs; before and after it, too, the temporary folder must not stay behind.
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        return asyncio.run(run(stay))
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
