"""A ticket system written in Python, as a process in the virtual environment of its own; stopped by its id."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.conftest import missing_server

VENV = Path(__file__).parents[2] / ".venv-servers"
PYTHON = VENV / "bin" / "python"
START_SECS = 60.0
RUN_SECS = 120.0


def needs_venv(name: str) -> None:
    """Skip the test when what runs the server is not installed."""
    if not (VENV / ".ready").exists():
        missing_server(name, "make test-backends installs it into .venv-servers")


def environment(**more: str) -> dict[str, str]:
    """Return what a server's process is given of ours, and more."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {**kept, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", **more}


def run(folder: Path, *arguments: str, **more: str) -> str:
    """Run the servers' Python to its end; return what it printed."""
    done = subprocess.run(
        [str(PYTHON), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=environment(**more),
        timeout=RUN_SECS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class PythonServer:
    """A server process that can be killed and started again, on the same port and the same data."""

    def __init__(
        self, home: Path, port: int, database: Path, arguments: Sequence[str], ready: str, more: Mapping[str, str]
    ) -> None:
        self.home = home
        self.port = port
        self.database = database
        self._arguments = arguments
        self._ready = ready
        self._more = more
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """What it printed."""
        return self.home / "server.log"

    def restart(self) -> None:
        """Serve; returns when it answers."""
        assert self._process is None, "it runs already"
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                [str(PYTHON), *self._arguments],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd=self.home,
                env=environment(**self._more),
                start_new_session=True,
            )
        until = time.monotonic() + START_SECS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                told = self.log.read_text(errors="replace")[-3000:]
                self.kill()
                raise AssertionError(f"the server does not start: {told}")
            time.sleep(0.05)

    def kill(self) -> None:
        """End it at once, as a power cut does."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in order."""
        self._end(signal.SIGTERM)

    def _end(self, sign: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, sign)
            process.wait(timeout=30)

    def _answers(self) -> bool:
        """Whether it answers at all: a refusal of strangers is an answer too."""
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}{self._ready}", timeout=10).close()
        except urllib.error.HTTPError as error:
            return error.code < 500
        except OSError:
            return False
        return True

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask its database."""
        with closing(sqlite3.connect(self.database, timeout=20)) as database:
            return database.execute(query, values).fetchall()

    def change(self, *statements: str) -> None:
        """Change its database behind its back."""
        with closing(sqlite3.connect(self.database, timeout=20)) as database, database:
            for statement in statements:
                database.execute(statement)
