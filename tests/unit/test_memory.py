"""Memory of large messages goes back to the machine; without the settings it stays, which is why they are there."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc keeps what was freed like this")

_STORY = """
import sys
from gateway.memory import give_back
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096
if sys.argv[1] == "set":
    give_back()
before = resident()
first = bytearray(b"x") * 25_000_000
del first
second = bytearray(b"x") * 20_000_000
pins = [bytearray(100_000) for _ in range(50)]
del second
print(resident() - before)
"""


def left_behind(setting: str) -> int:
    """Return what a process still has after two large blocks were freed, in bytes."""
    done = subprocess.run([sys.executable, "-c", _STORY, setting], capture_output=True, text=True, check=True)
    return int(done.stdout)


def test_what_large_messages_leave_behind_is_given_back() -> None:
    assert left_behind("set") < 12_000_000
    assert left_behind("unset") > 20_000_000, "else the settings would be there for nothing"


def test_what_was_built_is_not_searched_again_and_what_is_left_of_it_later_is_found_at_the_next_time() -> None:
    """In a process of its own, since it concerns all of it."""
    story = """
import gc, weakref
from gateway.memory import settle
class Part: pass
part = Part()
part.itself = part
gone = weakref.ref(part)
settle()
assert gc.get_freeze_count() > 1000
del part
gc.collect()
assert gone() is not None, "it is left out"
settle()
assert gone() is None, "an engine that ended goes when the next one was built"
"""
    subprocess.run([sys.executable, "-c", story], check=True)


def test_a_large_message_is_searched_for_at_once_and_a_small_one_is_not() -> None:
    story = """
import gc, weakref
from gateway.memory import LARGE_MESSAGE, let_go
class Part: pass
gc.disable()
for size, found in ((LARGE_MESSAGE - 1, False), (LARGE_MESSAGE, True)):
    part = Part()
    part.itself = part
    gone = weakref.ref(part)
    del part
    let_go(size)
    assert (gone() is None) is found, size
"""
    subprocess.run([sys.executable, "-c", story], check=True)
