"""Files that go with an agent's answer: looked over before anything is done, then kept by the store."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from gateway.cli._common import fail
from gateway.files import of_desk
from gateway.journal import Store
from gateway.ports import ReplyFile

MOST_FILES = 10
MOST_BYTES = 50_000_000
"""Of one file: what Telegram takes from a bot."""
UNKNOWN_TYPE = "application/octet-stream"
_CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Attached:
    """A file on this machine that is to go with an answer, open for reading."""

    name: str
    handle: BinaryIO
    sha256: str


@contextmanager
def opened(paths: Sequence[Path]) -> Iterator[list[Attached]]:
    """Open all files, or end with a sentence while nothing is done yet."""
    if len(paths) > MOST_FILES:
        fail(f"at most {MOST_FILES} files go with an answer; nothing was sent", 2)
    with ExitStack() as stack:
        yield [_open(stack, path) for path in paths]


async def keep(store: Store, case_id: str, file: Attached) -> ReplyFile:
    """Have the store keep a file under a name of the desk's own; its type is what its bytes tell."""
    from gateway.fetching import type_of

    kept = await store.keep_file(of_desk(case_id), file.sha256, _chunks(file.handle), MOST_BYTES)
    if kept.sha256 != file.sha256:
        fail(f"{file.name} was changed while it was read; nothing was sent")
    return ReplyFile(name=file.name, media_type=type_of(kept.head) or UNKNOWN_TYPE, sha256=kept.sha256, size=kept.size)


def _open(stack: ExitStack, path: Path) -> Attached:
    try:
        # A pipe without a writer would hold the command for ever.
        handle = stack.enter_context(os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb"))
        found = os.fstat(handle.fileno())
        if not stat.S_ISREG(found.st_mode):
            fail(f"{path} is no file; nothing was sent")
        if not 0 < found.st_size <= MOST_BYTES:
            fail(f"{path} is empty or larger than {MOST_BYTES // 1_000_000} MB; nothing was sent")
        sha256 = hashlib.file_digest(handle, "sha256").hexdigest()
        handle.seek(0)
    except OSError as error:
        fail(f"{path} cannot be read: {error.strerror}; nothing was sent")
    return Attached(_plain(path.name), handle, sha256)


def _plain(name: str) -> str:
    """Return a file's name as a user may see it."""
    return "".join(char if char.isprintable() else "_" for char in name)


async def _chunks(handle: BinaryIO) -> AsyncIterator[bytes]:
    while chunk := handle.read(_CHUNK):
        yield chunk
