"""The reading process: makes events of raws and judges messages until its line ends. Holds no secret but what it reads.

Started by `gateway.reading.apart`; its memory is limited before it reads anything, its time by whoever started it.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter
from typing import IO

from gateway.case import Fact, Message
from gateway.errors import MalformedError, fault_name, fault_places
from gateway.memory import give_back, settle
from gateway.ports import NormalizerPlugin, Raw
from gateway.reading.frames import (
    EVENTS,
    JUDGEMENTS,
    Events,
    Judge,
    Judgement,
    Read,
    Setup,
    Trouble,
    get,
    put,
    tagged,
    unpacked,
)
from gateway.registry import normalizer
from gateway.triage import triage
from gateway.trust.assess import assess
from gateway.trust.directory import Directory


class Reader:
    """What is done in the process; one task after the other."""

    def __init__(self, source: IO[bytes], target: IO[bytes]) -> None:
        self._source = source
        self._target = target
        self._normalizers: dict[str, NormalizerPlugin] = {}
        self._directory = Directory("")

    def run(self) -> None:
        """Work until the line ends."""
        while True:
            try:
                task = unpacked(get(self._source))
            except EOFError:
                return
            match task:
                case Setup():
                    names = {source: normalizer(name) for source, name in task.normalizers.items()}
                    self._normalizers, self._directory = names, task.directory
                    settle()
                case Read():
                    bodies = [get(self._source) for _ in task.raws]
                    self._read([replace(raw, body=body) for raw, body in zip(task.raws, bodies, strict=True)])
                case Judge():
                    found = [self._judge(message, facts, task) for message, facts in task.messages]
                    put(self._target, [JUDGEMENTS.dump_json(tuple(found))])

    def _read(self, raws: list[Raw]) -> None:
        # An answer for each raw: a large one is let go before the next is read.
        raws.reverse()
        while raws:
            put(self._target, [self._events(raws.pop())])

    def _events(self, raw: Raw) -> bytes:
        began = perf_counter()
        try:
            events = tagged(self._normalizers[raw.source].normalize(raw))
            return EVENTS.dump_json((Events.model_construct(events=events, secs=perf_counter() - began),))
        except Exception as error:  # noqa: BLE001 - whatever it is concerns this raw alone
            return EVENTS.dump_json((Events(trouble=_trouble(error), secs=perf_counter() - began),))

    def _judge(self, message: Message, facts: Sequence[Fact], task: Judge) -> Judgement:
        began = perf_counter()
        try:
            assessment = assess(message, facts, self._directory, task.on)
            between = perf_counter()
            found = triage(message, facts)
        except Exception as error:  # noqa: BLE001 - whatever it is concerns this message alone
            return Judgement(trouble=_trouble(error))
        ended = perf_counter()
        return Judgement.model_construct(
            assessment=assessment, triage=found, assess_secs=between - began, triage_secs=ended - between
        )


def _trouble(error: Exception) -> Trouble:
    if isinstance(error, MemoryError):
        return Trouble(malformed=True, reason="it needs more memory to be read than a message may")
    if isinstance(error, MalformedError):
        return Trouble(malformed=True, reason=str(error))
    return Trouble(malformed=False, reason=fault_name(error), places=fault_places(error))


def main() -> None:
    """Be the reader; the one argument is the most memory, in bytes, that the process may have."""
    most = int(sys.argv[1])
    give_back()
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # The gateway ends it by closing the line, whatever the terminal sends to all.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    target = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Nothing that is printed by mistake gets between the frames.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    Reader(sys.stdin.buffer, target).run()


if __name__ == "__main__":
    main()
