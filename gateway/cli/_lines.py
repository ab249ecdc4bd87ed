"""JSON lines from standard input to standard output: one answer for each line, in order, whatever a line holds."""

from __future__ import annotations

import io
import json
import math
import select
import sys
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO, NoReturn

from gateway.cli._common import fail

Answer = Callable[[Mapping[str, Any]], dict[str, Any]]
"""From what a line holds to what is said of it."""
Refuse = Callable[[str], dict[str, Any]]
"""From the reason why a line cannot be read to what is said of it."""

MAX_LINE = 8 * 1024 * 1024
"""Bytes of one line; a longer one is passed over, so that no input fills the memory."""
_CHUNK = 64 * 1024


def stream(answer: Answer, refuse: Refuse) -> None:
    """Answer every line of standard input; what is ready is sent when the input pauses, or when there is much of it."""
    source = sys.stdin.buffer
    if source.isatty():
        fail("the lines are read from standard input; write gatehouse ... --jsonl < FILE", 2)
    sink = sys.stdout.buffer
    for lines in _batches(source):
        _send(sink, b"".join(_answered(line, answer, refuse) for line in lines))
        if not _has_more(source):
            sink.flush()
    sink.flush()


def _batches(source: BinaryIO) -> Iterator[list[bytes | None]]:
    """Yield the lines that have come, as they come: without the blank ones, and None for one that is too long."""
    begun = bytearray()
    over = False
    while chunk := _read(source):
        head, *rest = chunk.split(b"\n")
        over = over or len(begun) + len(head) > MAX_LINE
        begun = bytearray() if over else begun + head
        if rest:
            yield [*_line(begun, over), *(line for line in rest[:-1] if line.strip())]
            begun, over = bytearray(rest[-1]), False
    yield [*_line(begun, over)]


def _line(begun: bytearray, over: bool) -> Iterator[bytes | None]:
    if over:
        yield None
    elif begun.strip():
        yield bytes(begun)


def _read(source: BinaryIO) -> bytes:
    # What has come, without waiting for more: of a buffered file it takes one call to the system at most.
    return source.read1(_CHUNK) if isinstance(source, io.BufferedReader | io.BytesIO) else source.read(_CHUNK)


def _send(sink: BinaryIO, answers: bytes) -> None:
    rest = memoryview(answers)
    while rest:
        # Where the output is not buffered, it may take a part of it.
        rest = rest[sink.write(rest) :]


def _has_more(source: BinaryIO) -> bool:
    try:
        return bool(select.select([source], [], [], 0)[0])
    except (OSError, ValueError):
        # Not a file of the system's: nobody waits at its other end.
        return True


def _answered(line: bytes | None, answer: Answer, refuse: Refuse) -> bytes:
    return _ENCODER.encode(_answer(line, answer, refuse)).encode() + b"\n"


def _answer(line: bytes | None, answer: Answer, refuse: Refuse) -> dict[str, Any]:
    if line is None:
        return {"id": None, **refuse(f"The line is longer than {MAX_LINE} bytes.")}
    try:
        # Some editors and shells begin a file with a mark of its byte order.
        asked = _DECODER.decode(line.removeprefix(BOM_UTF8).decode())
    except (ValueError, RecursionError):
        return {"id": None, **refuse("The line is not JSON in UTF-8.")}
    if not isinstance(asked, dict):
        return {"id": None, **refuse("The line is not a JSON object.")}
    try:
        told = answer(asked)
    except Exception as error:  # noqa: BLE001 - a fault over one line is told in its answer, and the rest are answered
        told = refuse(f"A fault of ours kept it from being judged: {type(error).__name__}.")
    return {"id": _id(asked), **told}


def _id(asked: Mapping[str, Any]) -> object:
    """Return the id by which the answer is known; null where it is neither a text nor a number."""
    found = asked.get("id")
    is_number = isinstance(found, int) or (isinstance(found, float) and math.isfinite(found))
    return found if is_number or isinstance(found, str) else None


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


_DECODER = json.JSONDecoder(parse_constant=_no_number)
_ENCODER = json.JSONEncoder(separators=(",", ":"))
