"""The cursor of one folder: which of its mails are ours, exactly, although UIDs may become visible late."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, replace

import structlog

from connectors.email._uids import NONE, Uids
from gateway.ports import Cursor

MAX_GAPS = 100
"""So many runs of UIDs that were not there are remembered; a cursor then takes two kilobytes."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Place:
    """Ours are all UIDs up to `uid` without the `gaps`, which were not there when we came by: nothing is before UID 1.

    It moves one way: `uid` rises, gaps are filled, and the oldest of too many are forgotten, so that up to `floor` it
    is not known what was there. `turn` counts the pages from there that were handed over once more.
    """

    uid_validity: int
    mailbox: str
    uid: int = 0
    gaps: Uids = NONE
    floor: int = 0
    turn: int = 0

    def cursor(self) -> Cursor:
        """Return the place as a cursor."""
        value = {
            "floor": self.floor,
            "gaps": str(self.gaps),
            "mailbox": self.mailbox,
            "turn": self.turn,
            "uid": self.uid,
            "uidvalidity": self.uid_validity,
        }
        return Cursor(json.dumps(value))

    def covers(self, uid: int) -> bool:
        """Whether the mail is ours; up to `floor` that is but likely."""
        return uid <= self.uid and uid not in self.gaps

    def passed(self, uids: Collection[int], last: int) -> Place:
        """Return the place after a page that holds these of the UIDs up to `last`."""
        gaps, forgotten = self.gaps.plus(self.uid + 1, last).without(uids).newest(MAX_GAPS)
        return replace(self, uid=max(self.uid, last), gaps=gaps, floor=max(self.floor, forgotten))

    def filled(self, uids: Collection[int]) -> Place:
        """Return the place after a page of mails from the gaps, or from below the floor."""
        again = any(uid <= self.floor for uid in uids)
        return replace(self, gaps=self.gaps.without(uids), turn=self.turn + again)


def read_cursor(cursor: Cursor | None) -> Place | None:
    """Return the place, or None for no cursor and for one that is none of ours: the folder is then read anew."""
    if cursor is None:
        return None
    try:
        value = json.loads(cursor)
        # The release before wrote no more than the last UID: up to it gaps are unknown, as below a floor.
        value = {"gaps": "", "floor": value["uid"], "turn": 0, **value}
        uid, floor, turn = (int(value[name]) for name in ("uid", "floor", "turn"))
        return Place(int(value["uidvalidity"]), str(value["mailbox"]), uid, Uids.read(value["gaps"]), floor, turn)
    except (ValueError, TypeError, LookupError, OverflowError, AttributeError):
        _log.warning("cursor.refused")
        return None
