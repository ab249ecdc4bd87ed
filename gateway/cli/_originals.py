"""The originals behind a case: which message is meant, what of it, and where it is written."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from gateway.case import Direction, Entry
from gateway.cli._common import fail
from gateway.ports import Key, Raw
from gateway.views import CaseView


class Place(NamedTuple):
    """Where an original is kept, and who can read it."""

    source: str
    key: Key
    normalizer: str


def choose_raw(view: CaseView, number: int | None) -> Place:
    """Return the original of that message or, without a number, of the first one that came in."""
    entry = _incoming(view, number)
    if entry is None:
        fail(f"{view.file.case.id} has no message that came in{f' with number {number}' if number else ''}")
    return _place(entry)


def choose_attachment(view: CaseView, file_id: str, number: int | None) -> Place:
    """Return the original of the message that holds the attachment; ids are unique within a message only."""
    holders = {
        index: entry
        for index, entry in enumerate(view.file.entries, 1)
        if number in (None, index) and any(each.id == file_id for each in entry.message.attachments)
    }
    if not holders:
        fail(f"{view.file.case.id} has no such attachment; `gatehouse cases show {view.file.case.id}` names them")
    if len(holders) > 1:
        listed = " or ".join(f"--message {index}" for index in holders)
        fail(f"several messages have an attachment of that id; add {listed}", 2)
    return _place(next(iter(holders.values())))


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
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(body)
    except OSError as error:
        fail(f"{path} cannot be written: {error.strerror}")


def _incoming(view: CaseView, number: int | None) -> Entry | None:
    found = (
        entry
        for index, entry in enumerate(view.file.entries, 1)
        if entry.direction is Direction.IN and number in (None, index)
    )
    return next(found, None)


def _place(entry: Entry) -> Place:
    origin = entry.message.provenance
    return Place(origin.source, Key(origin.key), origin.normalizer.partition("/")[0])
