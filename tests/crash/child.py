"""The real gateway as the crash tests run it: ``python -m tests.crash.child`` forks one for each order on its stdin.

Python and all modules are loaded once, so that a life costs a fork. An order is one JSON object a line (`Order`); its
answers tell when that life began and how it ended.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import select
import signal
import sys
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tests.crash.mutations
import tests.crash.plugins
from gateway import app
from gateway.observe import configure
from gateway.settings import load
from gateway.store import sqlite
from tests.crash import points, power
from tests.crash.clock import SharedClock


@dataclass(frozen=True)
class Order:
    """One life of the gateway: where, what is put in, and the point at which it kills itself."""

    life: int
    config: str
    log: str
    passed: str
    clock: str | None = None
    at: str | None = None
    count: int = 1
    mutations: list[str] = field(default_factory=list)
    busy_secs: float | None = None
    storm: str | None = None
    """The folder whose unsynced writes are lost when this life ends."""


def live(order: Order) -> None:
    """Run the gateway in this process, to its end."""
    points.install(points.Points(Path(order.passed), order.at, order.count))
    for name in order.mutations:
        tests.crash.mutations.ALL[name]()
    if order.busy_secs is not None:
        sqlite.BUSY_SECONDS = order.busy_secs  # type: ignore[assignment]
    settings = load(Path(order.config))
    configure(settings.log.level, settings.log.format, settings.secrets())
    clock = SharedClock(Path(order.clock)) if order.clock else None
    asyncio.run(app.run(settings, clock=clock))


def _fork(order: Order) -> int:
    """Returns once the child leads a group of its own: before that, a kill of its group would strike nobody."""
    led, leads = os.pipe()
    pid = os.fork()
    if pid:
        os.close(leads)
        os.read(led, 1)
        os.close(led)
        return pid
    status = 70
    try:
        os.setsid()
        os.close(leads)
        os.close(led)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        log = os.open(order.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(log, 1)
        os.dup2(log, 2)
        if order.storm is not None:
            power.begin(Path(order.storm))
        live(order)
        status = 0
    except Exception:  # noqa: BLE001 - told in the log, as an engine of its own would
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def serve() -> None:
    """Fork as ordered, until stdin ends."""
    lives: dict[int, int] = {}
    ended, wake = os.pipe()
    os.set_blocking(wake, False)
    os.set_blocking(ended, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    gc.freeze()
    pending = b""
    while True:
        ready, _, _ = select.select([0, ended], [], [])
        if ended in ready:
            os.read(ended, 4096)
            _reap(lives)
        if 0 in ready:
            got = os.read(0, 65536)
            if not got:
                break
            *lines, pending = (pending + got).split(b"\n")
            for line in lines:
                order = Order(**json.loads(line))
                pid = _fork(order)
                lives[pid] = order.life
                _say(life=order.life, pid=pid)
    for pid in lives:
        os.killpg(pid, signal.SIGKILL)


def _reap(lives: dict[int, int]) -> None:
    while lives:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        _say(life=lives.pop(pid), status=os.waitstatus_to_exitcode(status))


def _say(**what: Any) -> None:
    os.write(1, json.dumps(what).encode() + b"\n")


if __name__ == "__main__":
    serve()
