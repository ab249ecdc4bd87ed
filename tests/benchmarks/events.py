"""Virtual time for the simulation: tasks that wait for an instant, for a signal, or for one of a few places."""

from __future__ import annotations

import collections
import heapq
import itertools
from collections.abc import Callable, Generator
from typing import TypeAlias

SLICE_SECS = 0.002
"""A core changes hands after so long, when somebody waits for it."""


class Signal:
    """Something that happens once; who waits for it goes on then."""

    def __init__(self) -> None:
        self.fired = False
        self.left = False
        self._waiting: list[Task] = []

    def fire(self) -> None:
        """Let all go on who wait."""
        self.fired = True
        for task in self._waiting:
            task.soon()
        self._waiting = []

    def add(self, task: Task) -> None:
        """Let a task go on when it happens; at once, if it has."""
        if self.fired:
            task.soon()
        else:
            self._waiting.append(task)


Steps: TypeAlias = Generator[float | Signal, None, None]


class Time:
    """The instants to come."""

    def __init__(self) -> None:
        self.now = 0.0
        self._coming: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()

    def at(self, instant: float, act: Callable[[], None]) -> None:
        """Do something then; what is due at one instant is done in the order in which it was asked for."""
        heapq.heappush(self._coming, (instant, next(self._numbers), act))

    def start(self, steps: Steps) -> Task:
        """Begin a task."""
        task = Task(self, steps)
        task.soon()
        return task

    def run(self, until: float, over: Callable[[], bool] = lambda: False) -> None:
        """Let time pass until an instant, or until something is so."""
        while self._coming and self._coming[0][0] <= until and not over():
            self.now, _, act = heapq.heappop(self._coming)
            act()
        if not over():
            self.now = until


class Task:
    """Steps that are taken one after the other, each when what the last one waited for has come."""

    def __init__(self, time: Time, steps: Steps) -> None:
        self._time = time
        self._steps = steps
        self.ended = Signal()

    def soon(self) -> None:
        """Take the next step at this instant."""
        self._time.at(self._time.now, self._go)

    def end(self) -> None:
        """Take no step more; what the task holds is given back."""
        self._steps.close()
        self.ended.fire()

    def _go(self) -> None:
        if self.ended.fired:
            return
        try:
            wanted = next(self._steps)
        except StopIteration:
            self.ended.fire()
            return
        if isinstance(wanted, Signal):
            wanted.add(self)
        else:
            self._time.at(self._time.now + wanted, self._go)


class Places:
    """A few places, such as a machine's cores or a node's connections: who comes first is served first."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.busy = 0.0
        """For how long places have worked, all together."""
        self._free = count
        self._waiting: collections.deque[Signal] = collections.deque()

    def take(self) -> Steps:
        """Wait for a place and hold it until it is given back."""
        if self._free:
            self._free -= 1
            return
        turn = Signal()
        self._waiting.append(turn)
        try:
            yield turn
        except GeneratorExit:
            turn.left = True
            if turn.fired:
                self.give()
            raise

    def give(self) -> None:
        """Give a place back, or hand it to whoever waits longest."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.left:
                turn.fire()
                return
        self._free += 1

    def work(self, secs: float) -> Steps:
        """Work on a core for so long, in slices."""
        while secs > 1e-12:
            part = min(secs, SLICE_SECS)
            yield from self.take()
            try:
                yield part
                self.busy += part
            finally:
                self.give()
            secs -= part


class Bell:
    """Wakes one task that waits; a ring while nobody waits is kept."""

    def __init__(self, time: Time) -> None:
        self._time = time
        self._signal = Signal()

    def ring(self) -> None:
        self._signal.fire()

    def wait(self, secs: float) -> Steps:
        """Wait for a ring, at most so long."""
        signal = self._signal
        self._time.at(self._time.now + secs, signal.fire)
        yield signal
        self._signal = Signal()


class Log:
    """The primary's log: who commits while it is made durable goes with the next time, all together."""

    def __init__(self, time: Time, fsync_secs: float, bytes_a_sec: float, standby_secs: float) -> None:
        self._fsync_secs = fsync_secs
        self._bytes_a_sec = bytes_a_sec
        self._standby_secs = standby_secs
        self._next = Signal()
        self._asked = Signal()
        self._held = 0.0
        self.bytes = 0.0
        self.flushes = 0
        self.commits = 0
        self.busy = 0.0
        time.start(self._keep())

    def flush(self, size: float) -> Steps:
        """Wait until so many bytes more are durable, here and on the standby."""
        self._held += size
        self.commits += 1
        durable = self._next
        self._asked.fire()
        yield durable
        if self._standby_secs:
            yield self._standby_secs

    def _keep(self) -> Steps:
        while True:
            yield self._asked
            self._asked, durable, self._next = Signal(), self._next, Signal()
            size, self._held = self._held, 0.0
            took = self._fsync_secs + size / self._bytes_a_sec
            self.busy += took
            yield took
            self.bytes += size
            self.flushes += 1
            durable.fire()
