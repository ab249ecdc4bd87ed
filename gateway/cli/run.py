"""`gatehouse run`: the engine, until it is told to stop."""

from __future__ import annotations

import asyncio
import random
import sys
import traceback
from pathlib import Path
from typing import Annotated

import structlog
import typer

from gateway.cli._common import DEFAULT_CONFIG, ConfigPath, complain, fail, shown
from gateway.clock import SystemClock
from gateway.errors import ConfigError, GatewayError
from gateway.memory import give_back
from gateway.observe import configure, take_over
from gateway.settings import EXIT_STATUS, Settings, load
from gateway.workers import Workers, end_with

log = structlog.get_logger()

STDIN = 0


def run(
    config: ConfigPath = DEFAULT_CONFIG,
    workers: Annotated[
        int,
        typer.Option("--workers", help="Processes that share the work; more than one needs PostgreSQL.", min=1, max=64),
    ] = 1,
    until_eof: Annotated[
        bool,
        typer.Option("--until-eof", help="End in order when standard input ends, as --workers has its processes do."),
    ] = False,
) -> None:
    """Run the gateway until SIGTERM or Ctrl-C; SIGHUP has it read its configuration anew."""
    from gateway import app

    if until_eof:
        end_with(STDIN)
    give_back()
    settings = load(config)
    for problem in settings.unavailable:
        complain(f"{shown(problem)}; the other channels run")
    configure(settings.log.level, settings.log.format, settings.secrets())
    take_over()
    if workers > 1:
        _run_workers(settings, config, workers)
        return
    try:
        asyncio.run(app.run(settings))
    except GatewayError:
        raise
    except Exception as error:  # noqa: BLE001 - a fault of ours ends here, in the log, where secrets are struck out
        trace = "".join(traceback.format_tb(error.__traceback__))
        log.critical("engine.failed", error=type(error).__name__, traceback=trace)
        fail("the gateway stopped over a fault of its own; see its log", 1)


def _run_workers(settings: Settings, config: Path, count: int) -> None:
    if settings.store.url is None:
        raise ConfigError("several workers share a PostgreSQL store: write store.url, or leave --workers out")
    command = (sys.executable, "-m", "gateway", "run", "--until-eof", "--config", str(config))
    jitter = random.Random()  # noqa: S311 - jitter, not secrecy
    status = asyncio.run(Workers(command, count, frozenset({EXIT_STATUS}), SystemClock(), jitter).run())
    if status:
        raise typer.Exit(status)
