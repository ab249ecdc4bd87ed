"""What the benchmarks measure with: processor time and memory of process trees, and the middle of several rounds."""

from __future__ import annotations

import contextlib
import os
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

median = statistics.median

_TICKS = os.sysconf("SC_CLK_TCK")
_UTIME = 11
"""Place of the user time among the fields of /proc/PID/stat after the command's name."""


def tree(pid: int) -> list[int]:
    """Return a process and all its descendants."""
    found = [pid]
    for each in found:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{each}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
    return found


def cpu_secs(pid: int) -> float:
    """Return the processor time of a process, its descendants, and the children that it has waited for."""
    total = 0
    for each in tree(pid):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            total += sum(map(int, fields[_UTIME : _UTIME + 4]))
    return total / _TICKS


def busy_secs(core: int) -> float:
    """Return how long a core has worked for anybody since the machine started."""
    for line in Path("/proc/stat").read_text().splitlines():
        name, *ticks = line.split()
        if name == f"cpu{core}":
            user, nice, system, _, _, irq, softirq, steal = map(int, ticks[:8])
            return (user + nice + system + irq + softirq + steal) / _TICKS
    raise LookupError(f"there is no core {core}")


def pss_bytes(pid: int) -> int:
    """Return the proportional set size of a process and its descendants."""
    total = 0
    for each in tree(pid):
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{each}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
    return total


class Peak:
    """The highest memory of a process tree while it is watched."""

    def __init__(self, pid: int) -> None:
        self.bytes = pss_bytes(pid)
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        while not self._over.wait(0.05):
            self.bytes = max(self.bytes, pss_bytes(self._pid))

    @classmethod
    @contextlib.contextmanager
    def watching(cls, pid: int) -> Iterator[Peak]:
        peak = cls(pid)
        peak._thread.start()
        try:
            yield peak
        finally:
            peak._over.set()
            peak._thread.join()


def fsync_ms(folder: Path, times: int = 20) -> float:
    """Return how long the disk takes now to make four kilobytes durable, in the middle."""
    took = []
    with (folder / "fsync").open("wb") as out:
        for _ in range(times):
            begun = time.perf_counter()
            out.write(b"x" * 4096)
            out.flush()
            os.fsync(out.fileno())
            took.append((time.perf_counter() - begun) * 1000)
    return median(took)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which this share of all values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
