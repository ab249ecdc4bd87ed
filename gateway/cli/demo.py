"""`gatehouse demo`: the whole gateway on a mail server of its own, shown on the terminal."""

from __future__ import annotations

import asyncio
import sys
from importlib.util import find_spec

NEEDED = ("aiosmtpd", "aioimaplib", "aiosmtplib")


def demo(stay: bool) -> int:
    """Run the demo and return the exit status: 0 only when every mail ended as it should."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        hint = 'install them with: pip install "gatehouse[sandbox,email]"'
        sys.stderr.write(f"The demo needs {', '.join(missing)}; {hint}\n")
        return 1
    from gateway.sandbox.demo import run

    try:
        return asyncio.run(run(stay))
    except KeyboardInterrupt:
        return 130
