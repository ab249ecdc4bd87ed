"""A pipe by which plugins and receivers in other processes tell the benchmark what they took, and when."""

from __future__ import annotations

import collections
import json
import os
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

VARIABLE = "GATEHOUSE_BENCH_TOLD"
"""The environment variable that names the pipe."""
_CHUNK = 16
"""Names in one line: a line stays below the size that a pipe takes as one."""


class Teller:
    """The writing end; `kind` is `took` (tickets), `fetched` (raws) or `sent` (acknowledgements)."""

    def __init__(self, path: str) -> None:
        self._fd = os.open(path, os.O_WRONLY)

    @classmethod
    def from_environment(cls) -> Teller:
        return cls(os.environ[VARIABLE])

    def tell(self, kind: str, names: Iterable[str], at: float | None = None) -> None:
        """Say that this has just happened to each of these."""
        now = time.time() if at is None else at
        all_names = list(names)
        for start in range(0, len(all_names), _CHUNK):
            line = json.dumps([kind, now, all_names[start : start + _CHUNK]]) + "\n"
            os.write(self._fd, line.encode())


class Listener:
    """The reading end: by kind, the name and time of everything that was told."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path, 0o600)
        self.path = path
        self.told: dict[str, list[tuple[str, float]]] = collections.defaultdict(list)
        self._news = threading.Condition()
        # Opened for both, so that it neither waits for a writer nor ends when the last one goes.
        self._file = os.fdopen(os.open(path, os.O_RDWR), "rb", buffering=1 << 16)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        for line in self._file:
            kind, at, names = json.loads(line)
            with self._news:
                self.told[kind].extend((name, at) for name in names)
                self._news.notify_all()
            if kind == "end":
                return

    def wait(self, kind: str, count: int, secs: float, alive: Callable[[], Any] = lambda: None) -> None:
        """Return when so many were told; `alive` raises when they will never come."""
        end = time.monotonic() + secs
        with self._news:
            while len(self.told[kind]) < count:
                alive()
                if time.monotonic() > end:
                    raise AssertionError(f"{len(self.told[kind])} of {count} {kind} within {secs} s")
                self._news.wait(1.0)

    def names(self, kind: str) -> collections.Counter[str]:
        """Return how often each name was told."""
        return collections.Counter(name for name, _ in self.told[kind])

    def close(self) -> None:
        Teller(str(self.path)).tell("end", ["end"])
        self._thread.join()
        self._file.close()
