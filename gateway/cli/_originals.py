"""The originals behind a case: which message is meant, what of it, and where it is written."""

from __future__ import annotations

import os
from collections.abc import AsyncIterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

from gateway.case import Attachment, AttachmentState, Entry
from gateway.cli._common import fail
from gateway.cli._messages import all_messages
from gateway.journal import files_of
from gateway.ports import Key, Raw
from gateway.views import CaseView


class Place(NamedTuple):
    """Where an original is kept, and who can read it."""

    source: str
    key: Key
    normalizer: str


def choose_raw(view: CaseView, number: int | None, version: int | None) -> Place:
    """Return the original of a message: without a number the first one that came in, without a version the newest."""
    case_id = view.file.case.id
    came_in = [each for each in all_messages(view.file.entries) if each.is_incoming and number in (None, each.number)]
    if not came_in:
        fail(f"{case_id} has no message that came in{f' with number {number}' if number else ''}")
    versions = came_in[0].versions if version is not None else came_in[0].versions[-1:]
    entry = next((each for each in versions if version in (None, each.message.version)), None)
    if entry is None:
        fail(f"message {came_in[0].number} of {case_id} has no version {version}")
    return place_of(entry)


def choose_attachment(view: CaseView, file_id: str, number: int | None) -> tuple[Entry, Attachment]:
    """Return the message that holds the attachment, in its newest version; ids are unique within a message only."""
    case_id = view.file.case.id
    holders = {
        each.number: (each.newest, attachment)
        for each in all_messages(view.file.entries)
        for attachment in each.newest.message.attachments
        if number in (None, each.number) and attachment.id == file_id
    }
    if not holders:
        fail(f"{case_id} has no such attachment; `gatehouse cases show {case_id}` names them")
    if len(holders) > 1:
        listed = " or ".join(f"--message {index}" for index in holders)
        fail(f"several messages have an attachment of that id; add {listed}", 2)
    return next(iter(holders.values()))


def refuse_absent(attachment: Attachment, channel: str) -> None:
    """End with the reason where nothing of an attachment is kept."""
    match attachment.state:
        case AttachmentState.NOT_FETCHED:
            fail(
                "this file has not been fetched from its platform yet; "
                f"`gatehouse queue list --target {files_of(channel)}` says what it waits for"
            )
        case AttachmentState.TOO_LARGE:
            fail(
                f"this file of {attachment.size} bytes is not kept: it is larger than the platform gives out or "
                "`max_file_bytes` allows; ask the user to send it otherwise"
            )
        case AttachmentState.UNAVAILABLE:
            fail("this file is not kept: its platform did not give it out; the ticket says why. Ask for it once more")
        case _:
            return


def extracted(raw: Raw, place: Place, file_id: str) -> bytes:
    """Return the decoded bytes of an attachment."""
    from gateway.registry import normalizer

    extract = normalizer(place.normalizer).extract
    if extract is None:
        fail(f'the normalizer "{place.normalizer}" keeps no files apart; open the original with `gatehouse cases raw`')
    return extract(raw, file_id)


def refuse_taken(path: Path) -> None:
    """End before anything is opened when the file is there already."""
    if os.path.lexists(path):
        fail(f"{path} is there already; nothing was opened or written")


def write_new(path: Path, body: bytes) -> None:
    """Write a file for this user alone; never overwrites."""
    with _new_file(path) as file:
        file.write(body)


async def write_chunks(path: Path, chunks: AsyncIterable[bytes]) -> None:
    """Write a file as `write_new` does, chunk by chunk."""
    with _new_file(path) as file:
        async for chunk in chunks:
            file.write(chunk)


@contextmanager
def _new_file(path: Path) -> Iterator[BinaryIO]:
    """Make a file for this user alone; what breaks off leaves none."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            try:
                yield file
            except BaseException:
                path.unlink()
                raise
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}")


def place_of(entry: Entry) -> Place:
    """Return where the original of a message that came in is kept."""
    origin = entry.message.provenance
    return Place(origin.source, Key(origin.key), origin.normalizer.partition("/")[0])
