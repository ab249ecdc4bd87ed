"""Has the C library give back what large messages leave behind, and the interpreter look less often for cycles.

By itself glibc raises the size from which it maps memory of its own to that of the largest block it has seen freed, up
to 32 MB: after one mail of 25 MB every other one is cut out of a heap that hardly ever shrinks again, in up to eight
heaps a core (mallopt(3), M_MMAP_THRESHOLD and M_ARENA_MAX).
"""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress

_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
LARGE_BYTES = 256 * 1024
"""Blocks from this size on are mapped by themselves, and given back when they are freed."""
HEAPS = 2
LARGE_MESSAGE = 1_000_000
ROUNDS = (20_000, 20, 20)
"""After so many more objects the young ones are searched, after so many such rounds the older, and the oldest."""


def give_back() -> None:
    """Set the process up; elsewhere than on glibc this does nothing."""
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.gnu_get_libc_version  # noqa: B018 - other libraries have a mallopt of other numbers, or none
        for name, value in (
            (_M_MMAP_THRESHOLD, LARGE_BYTES),
            (_M_TRIM_THRESHOLD, LARGE_BYTES),
            (_M_ARENA_MAX, HEAPS),
        ):
            libc.mallopt(name, value)


def settle() -> None:
    """Leave what is there now out of the search for cycles, and search less often; called whenever much was built.

    Most of what a message makes dies by its count of references; the search went through all modules, statements and
    schemas again and again, for a tenth of the time that a message takes.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*ROUNDS)


def let_go(size: int) -> None:
    """Search for cycles now that so many bytes were worked on: what hangs on one may be a whole message."""
    if size >= LARGE_MESSAGE:
        gc.collect()
