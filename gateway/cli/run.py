"""`gatehouse run`: the engine, until it is told to stop."""

from __future__ import annotations

import asyncio

from gateway.cli._common import DEFAULT_CONFIG, ConfigPath, complain, shown
from gateway.observe import configure
from gateway.settings import load


def run(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Run the gateway until SIGTERM or Ctrl-C."""
    from gateway import app

    settings = load(config)
    for problem in settings.unavailable:
        complain(f"{shown(problem)}; the other channels run")
    configure(settings.log.level, settings.log.format, settings.secrets())
    asyncio.run(app.run(settings))
