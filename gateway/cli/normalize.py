"""`gatehouse normalize`: what the gateway makes of originals that lie in files, a JSON line each."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.cli._common import EXIT_FAILED, fail, say
from gateway.errors import GatewayError
from gateway.ports import Event, Key, Raw, StreamId
from gateway.registry import installed

SOURCE = "files"
STDIN = "-"
BATCH = 50
HEADER_BYTES = 262_144
"""Of a mail that is larger than a channel takes, so much is read, as the channel would."""
MEDIA_TYPES = {
    "email": "message/rfc822",
    "telegram": "application/vnd.telegram.update+json",
    "x": "application/vnd.x.post+json",
}

Kind = Annotated[
    str, typer.Argument(metavar="KIND", help="The normalizer: email, telegram, x, or one that is installed.")
]
Files = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE...", help="Files that hold one original each, folders of such files, or - for standard input."
    ),
]
MediaType = Annotated[
    str, typer.Option("--media-type", help="What the originals are, where a platform has several kinds.")
]
MaxBytes = Annotated[
    int, typer.Option("--max-bytes", min=1024, help="Of a larger original only the head is read, as by a channel.")
]


def normalize(kind: Kind, files: Files, media_type: MediaType = "", max_bytes: MaxBytes = 26_214_400) -> None:
    """Print what is made of each original, or what is wrong with it, as one JSON line; exit 1 when one is unreadable.

    Hostile ones are read as the running gateway reads them, in a process with limits. Nothing is stored, and nothing is
    masked: what is in a file is printed.
    """
    from gateway.observe import configure

    configure("error")
    registry = installed()
    if kind not in registry.names("normalizers"):
        fail(f"there is no normalizer {kind}; installed: {', '.join(registry.names('normalizers'))}", 2)
    registry.normalizer(kind)
    media = media_type or MEDIA_TYPES.get(kind, "application/octet-stream")
    raise typer.Exit(asyncio.run(_run(kind, media, files, max_bytes)))


async def _run(kind: str, media: str, files: Sequence[str], max_bytes: int) -> int:
    from gateway.reading.apart import Apart
    from gateway.reading.frames import Setup
    from gateway.trust.directory import Directory

    reader = Apart(lambda: Setup({SOURCE: kind}, directory))
    directory = Directory("")
    status = 0
    try:
        paths = _paths(files)
        while batch := list(islice(paths, BATCH)):
            found = [_raw(path, media, max_bytes) for path in batch]
            raws = [each for each in found if isinstance(each, Raw)]
            made = iter(await reader.read(raws))
            for path, each in zip(batch, found, strict=True):
                line, ok = _line(each if isinstance(each, str) else next(made)[0])
                say(json.dumps({"file": path} | line))
                status = status if ok else EXIT_FAILED
    finally:
        await reader.close()
    return status


def _paths(files: Sequence[str]) -> Iterator[str]:
    for name in files:
        path = Path(name)
        if name != STDIN and path.is_dir():
            yield from sorted(str(each) for each in path.rglob("*") if each.is_file())
        else:
            yield name


def _raw(path: str, media: str, max_bytes: int) -> Raw | str:
    """Return the original in a file, or why it cannot be had."""
    try:
        body, size, at = _read(path, max_bytes)
    except OSError as error:
        return f"the file cannot be read: {error.strerror}"
    return Raw(
        source=SOURCE,
        stream=StreamId(SOURCE),
        key=Key(f"file:{hashlib.sha256(path.encode('utf-8', 'surrogateescape')).hexdigest()[:32]}"),
        lane=SOURCE,
        body=body,
        media_type=media,
        received_at=at,
        size=size,
        complete=len(body) == size,
    )


def _read(path: str, max_bytes: int) -> tuple[bytes, int, datetime]:
    """Return what is read of a file, how large it is, and when it was written: it came in no later."""
    if path == STDIN:
        body = sys.stdin.buffer.read()
        return (body if len(body) <= max_bytes else body[:HEADER_BYTES]), len(body), datetime.now(UTC)
    with Path(path).open("rb") as file:
        status = os.fstat(file.fileno())
        body = file.read(HEADER_BYTES if status.st_size > max_bytes else -1)
    return body, max(status.st_size, len(body)), datetime.fromtimestamp(status.st_mtime, UTC)


def _line(made: Sequence[Event] | Exception | str) -> tuple[dict[str, Any], bool]:
    from gateway.reading.frames import tagged

    if isinstance(made, str):
        return {"wrong": made}, False
    if isinstance(made, GatewayError):
        return {"wrong": str(made)}, False
    if isinstance(made, Exception):
        return {"wrong": f"the normalizer is at fault: {type(made).__name__}"}, False
    events = [
        {name: value.model_dump(mode="json")} for each in tagged(made) for name, value in each if value is not None
    ]
    return {"events": events}, True
