"""The reading process: makes events of raws, judges messages and looks at pictures until its line ends.

Holds no secret but what it reads. Started by `gateway.reading.apart`; its memory is limited before it reads anything,
its time by whoever started it.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from time import perf_counter
from typing import IO

from gateway.case import Fact, Message
from gateway.errors import MalformedError, fault_name, fault_places
from gateway.memory import give_back, let_go, settle
from gateway.ports import NormalizerPlugin, Raw
from gateway.reading.frames import (
    EVENTS,
    JUDGEMENTS,
    PLACES_CHARS,
    READY,
    REASON_CHARS,
    SEEN,
    TAKEN,
    Events,
    Judge,
    Judgement,
    Look,
    Read,
    Seen,
    Setup,
    Take,
    Taken,
    Trouble,
    get,
    put,
    tagged,
    unpacked,
)
from gateway.reading.pictures import codes_in
from gateway.registry import normalizer
from gateway.triage import default_rules, triage
from gateway.trust.assess import assess
from gateway.trust.directory import Directory
from gateway.trust.masking import Patterns, clean
from gateway.trust.secrets import mask_file

_PR_SET_PDEATHSIG = 1


class Reader:
    """What is done in the process; one task after the other."""

    def __init__(self, source: IO[bytes], target: IO[bytes]) -> None:
        self._source = source
        self._target = target
        self._normalizers: dict[str, NormalizerPlugin] = {}
        self._directory = Directory("")
        self._patterns: Patterns = ()
        self._rules = default_rules()

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
                    self._rules = task.rules or default_rules()
                    self._normalizers, self._directory, self._patterns = names, task.directory, task.patterns
                    settle()
                    put(self._target, [READY])
                case Read():
                    bodies = [get(self._source) for _ in task.raws]
                    with _no_longer_than(task.secs):
                        self._read([replace(raw, body=body) for raw, body in zip(task.raws, bodies, strict=True)])
                case Judge():
                    with _no_longer_than(task.secs):
                        found = [self._judge(message, facts, task) for message, facts in task.messages]
                    put(self._target, [JUDGEMENTS.dump_json(tuple(found))])
                case Look():
                    body = get(self._source)
                    with _no_longer_than(task.secs):
                        seen = tuple(self._look(body, each, task.raw) for each in task.ids)
                    put(self._target, [SEEN.dump_json(seen)])
                    let_go(len(body))
                case Take():
                    body = get(self._source)
                    with _no_longer_than(task.secs):
                        taken, data = self._take(body, task)
                    put(self._target, [TAKEN.dump_json(taken), data])
                    let_go(len(body))

    def _read(self, raws: list[Raw]) -> None:
        # An answer for each raw: a large one is let go before the next is read.
        raws.reverse()
        while raws:
            raw = raws.pop()
            size = len(raw.body)
            put(self._target, [self._events(raw)])
            del raw
            let_go(size)

    def _events(self, raw: Raw) -> bytes:
        began = perf_counter()
        try:
            events = tagged(self._normalizers[raw.source].normalize(raw))
            return EVENTS.dump_json(Events.model_construct(events=events, secs=perf_counter() - began))
        except Exception as error:  # noqa: BLE001 - whatever it is concerns this raw alone
            return EVENTS.dump_json(Events(trouble=_trouble(error), secs=perf_counter() - began))

    def _look(self, body: bytes, file: str, raw: Raw | None) -> Seen:
        try:
            return Seen(texts=codes_in(body if raw is None else self._extracted(replace(raw, body=body), file)))
        except Exception as error:  # noqa: BLE001 - whatever it is concerns this picture alone
            return Seen(trouble=_trouble(error))

    def _take(self, body: bytes, task: Take) -> tuple[Taken, bytes]:
        try:
            data = body if task.raw is None else self._extracted(replace(task.raw, body=body), task.file)
            masked, _ = mask_file(data, task.media_type, task.name, self._patterns)
        except Exception as error:  # noqa: BLE001 - whatever it is concerns this file alone
            return Taken(trouble=_trouble(error)), b""
        return (Taken(), data) if masked is None else (Taken(masked=True), masked)

    def _extracted(self, raw: Raw, file: str) -> bytes:
        extract = self._normalizers[raw.source].extract
        if extract is None:
            raise MalformedError("its channel keeps no files in its originals")
        return extract(raw, file)

    def _judge(self, message: Message, facts: Sequence[Fact], task: Judge) -> Judgement:
        began = perf_counter()
        try:
            known = clean(message, facts, self._patterns)
            assessment = assess(known.message, known.facts, self._directory, task.on, known.found)
            between = perf_counter()
            found = triage(known.message, known.facts, assessment, self._rules)
        except Exception as error:  # noqa: BLE001 - whatever it is concerns this message alone
            return Judgement(trouble=_trouble(error))
        ended = perf_counter()
        return Judgement.model_construct(
            message=None if known.message is message else known.message,
            assessment=assessment,
            triage=found,
            assess_secs=between - began,
            triage_secs=ended - between,
        )


def _trouble(error: Exception) -> Trouble:
    if isinstance(error, MemoryError):
        return Trouble(malformed=True, reason="it needs more memory to be read than a message may")
    if isinstance(error, MalformedError):
        return Trouble(malformed=True, reason=str(error)[:REASON_CHARS])
    return Trouble(malformed=False, reason=fault_name(error)[:REASON_CHARS], places=fault_places(error)[-PLACES_CHARS:])


@contextmanager
def _no_longer_than(secs: float) -> Iterator[None]:
    """End the process, whatever it does, when this takes longer."""
    signal.setitimer(signal.ITIMER_REAL, secs)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _end_with(gateway: int) -> None:
    """Have the system end this process when the gateway is no more, even while it reads and does not see its line end.

    The system counts the thread that started this process: one of the event loop's, which last as long as the loop.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != gateway:
        sys.exit("the gateway is gone")


def main() -> None:
    """Be the reader; the arguments: the most memory, in bytes, that the process may have, and the gateway's number."""
    most, gateway = map(int, sys.argv[1:])
    _end_with(gateway)
    give_back()
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # The gateway ends it by closing the line, whatever the terminal sends to all.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    target = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Nothing that is printed by mistake gets between the frames.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    Reader(sys.stdin.buffer, target).run()


if __name__ == "__main__":
    main()
