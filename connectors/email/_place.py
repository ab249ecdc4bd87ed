"""The cursor of one folder: which of its mails are ours."""

from __future__ import annotations

import json
from dataclasses import dataclass

import structlog

from gateway.ports import Cursor

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Place:
    """The last mail that is ours: nothing in a folder is before UID 1."""

    uid_validity: int
    uid: int
    mailbox: str

    def cursor(self) -> Cursor:
        """Return the place as a cursor."""
        return Cursor(json.dumps({"mailbox": self.mailbox, "uid": self.uid, "uidvalidity": self.uid_validity}))


def read_cursor(cursor: Cursor | None) -> Place | None:
    """Return the place, or None for no cursor and for one that is none of ours: the folder is then read anew."""
    if cursor is None:
        return None
    try:
        value = json.loads(cursor)
        return Place(int(value["uidvalidity"]), int(value["uid"]), str(value["mailbox"]))
    except (ValueError, TypeError, LookupError, OverflowError):
        _log.warning("cursor.refused")
        return None
