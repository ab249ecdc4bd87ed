"""`gatehouse run`: the engine, until it is told to stop."""

from __future__ import annotations

import asyncio
import traceback

import structlog

from gateway.cli._common import DEFAULT_CONFIG, ConfigPath, complain, fail, shown
from gateway.errors import GatewayError
from gateway.observe import configure, take_over
from gateway.settings import load

log = structlog.get_logger()


def run(config: ConfigPath = DEFAULT_CONFIG) -> None:
    """Run the gateway until SIGTERM or Ctrl-C."""
    from gateway import app

    settings = load(config)
    for problem in settings.unavailable:
        complain(f"{shown(problem)}; the other channels run")
    configure(settings.log.level, settings.log.format, settings.secrets())
    take_over()
    try:
        asyncio.run(app.run(settings))
    except GatewayError:
        raise
    except Exception as error:  # noqa: BLE001 - a fault of ours ends here, in the log, where secrets are struck out
        trace = "".join(traceback.format_tb(error.__traceback__))
        log.critical("engine.failed", error=type(error).__name__, traceback=trace)
        fail("the gateway stopped over a fault of its own; see its log", 1)
