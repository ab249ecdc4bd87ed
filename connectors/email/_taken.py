"""What becomes of mails in their folder once they are stored: marked as read, moved to the archive, or nothing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

import structlog

from connectors.email._imap import RefusedError
from connectors.email._mailbox import Mailbox, Selected
from connectors.email._place import Place
from connectors.email._settings import EmailSettings
from gateway.ports import Clock, StreamId

REFUSED_PAUSE = timedelta(minutes=10)
"""After a refusal the folder is left as it is for so long: mail comes in all the same."""
MOST_HANDED = 10_000
"""So many mails whose page was not confirmed are remembered; beyond, the folder is searched for them."""

_log = structlog.get_logger()


class Taken:
    """The mails of one folder that were handed over; one is touched only after a cursor that covers it was stored."""

    def __init__(self, stream: StreamId, settings: EmailSettings, clock: Clock) -> None:
        self._stream = stream
        self._settings = settings
        self._clock = clock
        self._handed: dict[int, int] = {}
        self._looks_back = True
        self._not_before = clock.now()

    def forget(self) -> None:
        """The folder has other numbers now."""
        self._handed.clear()
        self._looks_back = True

    def hand_over(self, uids: Collection[int], place: Place) -> None:
        """Remember mails of a page, and the place after it."""
        if len(self._handed) + len(uids) > MOST_HANDED:
            self.forget()
        self._handed.update(dict.fromkeys(uids, place.turn))

    def keep(self, place: Place) -> Collection[int]:
        """Keep, and return, what is stored; the page after it was not, where a fetch goes on from there."""
        self._handed = {uid: self._handed[uid] for uid in self.stored(place)}
        return self._handed.keys()

    def stored(self, place: Place) -> list[int]:
        """Return the mails that were handed over by this process and are up to a stored place."""
        return [uid for uid, turn in self._handed.items() if place.covers(uid) and turn <= place.turn]

    async def settle(self, box: Mailbox, selected: Selected, place: Place) -> bool:
        """Do with all mails up to a stored place what is to be done; return whether it was."""
        ours = self.stored(place)
        done = self._clock.now() >= self._not_before and await self._tidy(box, selected, place, ours)
        for uid in ours:
            del self._handed[uid]
        return done

    async def _tidy(self, box: Mailbox, selected: Selected, place: Place, ours: list[int]) -> bool:
        try:
            # A process before this one may have stored a place and died: the first time, and after a refusal, the
            # folder itself says what was left undone.
            left = await self._left(box, place) if self._looks_back else []
            if chosen := sorted({*ours, *left}):
                await self._do(box, selected, chosen)
            self._looks_back = False
        except RefusedError as refusal:
            _log.warning("mail.not_tidied", folder=self._stream, code=refusal.code, reason=str(refusal))
            self._looks_back = True
            self._not_before = self._clock.now() + REFUSED_PAUSE
        return not self._looks_back

    async def _left(self, box: Mailbox, place: Place) -> list[int]:
        match self._settings.after_storing:
            case "mark_read":
                return [uid for uid in await box.unseen(place.uid) if place.covers(uid)]
            case "archive":
                # Below the floor a mail may be one that we never saw: the sweep hands it over first.
                found = await box.since(place.uid, None)
                return [uid for uid in found if uid > place.floor and place.covers(uid)]
        return []

    async def _do(self, box: Mailbox, selected: Selected, uids: list[int]) -> None:
        if self._settings.after_storing == "mark_read" and selected.keeps_seen:
            await box.mark_seen(uids)
        elif self._settings.archive_folder is not None:
            await box.move(uids, self._settings.archive_folder)
