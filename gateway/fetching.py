"""From the outbox to kept files: fetches what a message names from its platform, caps, hashes and stores it.

To fetch twice does no harm, so nothing is ever in doubt. Raises only what the store raises; what came of each file goes
into the journal, and casework decides who is told.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Awaitable, Callable

import puremagic
import structlog

from gateway.case import AttachmentState, Fact
from gateway.dispatch import Means, Report, last
from gateway.errors import RejectedError, TooLargeError, TransientError
from gateway.feedback import FILES, FileOutcome, fetched
from gateway.files import KeptFile
from gateway.journal import Fate, FileIntent, State, Store, StoredEffect, files_of
from gateway.ports import Downloader, FileRef
from gateway.wake import ENGINE

log = structlog.get_logger()

AT_ONCE = 4
"""Files of one channel that are fetched at once."""


ATTEMPTS = 10
"""After so many a file that its platform cannot give out now is given up: it may be gone for good."""

Look = Callable[[str, int, AsyncIterable[bytes]], Awaitable[Fact]]
"""(id of an attachment, the size and the bytes of a picture) → what the codes in it say. Raises nothing."""


class FileDispatcher:
    """Fetches the files of one channel's messages. `most_bytes` is the largest that is kept."""

    def __init__(
        self,
        store: Store,
        channel: str,
        downloader: Downloader,
        most_bytes: int,
        means: Means,
        arrived: Callable[[], None],
        look: Look | None = None,
    ) -> None:
        self._store = store
        self.target = files_of(channel)
        self._downloader = downloader
        self._most_bytes = most_bytes
        self._means = means
        self._arrived = arrived
        self._look = look

    async def step(self, report: Report) -> int:
        """Fetch a few files side by side; return how many were claimed."""
        self._means.see_place()
        claimed = await self._store.claim_effects(self.target, AT_ONCE, self._means.clock.now())
        if not claimed:
            return 0
        try:
            ended = await asyncio.gather(*(self._fetch(item, report) for item in claimed), return_exceptions=True)
        except asyncio.CancelledError:
            # Cut off while the engine goes on, as by a reload: nobody else would ever recover these.
            now = self._means.clock.now()
            cut_off = "the gateway stopped before it was fetched"
            fates = [Fate(item.id, State.POSTPONED, cut_off, not_before=now, charged=False) for item in claimed]
            await last(self._store, fates)
            raise
        fates = [each for each in ended if isinstance(each, Fate)]
        await self._store.release_effects(fates)
        for each in ended:
            if isinstance(each, BaseException):
                raise each
        return len(claimed)

    async def _fetch(self, item: StoredEffect, report: Report) -> Fate:
        file = item.effect.file
        if file is None:
            return Fate(item.id, State.BURIED, "there is no file in this effect")
        try:
            outcome = await self._kept(file)
        except TooLargeError as error:
            outcome = FileOutcome(state=AttachmentState.TOO_LARGE, reason=str(error))
        except RejectedError as error:
            outcome = FileOutcome(state=AttachmentState.UNAVAILABLE, reason=str(error))
        except Exception as error:  # noqa: BLE001 - whatever a plugin raises becomes this file's fate
            fate = self._means.fates.of(item, error)
            of_this_file = isinstance(error, TransientError) and error.item
            report(None if of_this_file else error, None if of_this_file else fate.not_before)
            if fate.state is not State.BURIED and not (of_this_file and item.attempts >= ATTEMPTS):
                return fate
            outcome = FileOutcome(state=AttachmentState.UNAVAILABLE, reason=fate.reason)
        else:
            report(None, None)
        await self._tell(item, file, outcome)
        # What was given up can be listed, and tried again by an operator.
        given_up = outcome.state is AttachmentState.UNAVAILABLE
        return Fate(item.id, State.BURIED if given_up else State.SETTLED, outcome.reason)

    async def _kept(self, file: FileIntent) -> FileOutcome:
        chunks = self._downloader.open(FileRef(file.ref))
        kept = await self._store.keep_file(file.message_id, file.attachment_id, chunks, self._most_bytes)
        found = type_of(kept.head)
        return FileOutcome(
            state=AttachmentState.STORED,
            size=kept.size,
            sha256=kept.sha256,
            detected_type=found,
            codes=await self._codes(file, kept) if (found or "").startswith("image/") else None,
        )

    async def _codes(self, file: FileIntent, kept: KeptFile) -> Fact | None:
        if self._look is None:
            return None
        return await self._look(file.attachment_id, kept.size, self._store.files.open(kept.sha256))

    async def _tell(self, item: StoredEffect, file: FileIntent, outcome: FileOutcome) -> None:
        now = self._means.clock.now()
        raw = fetched(file, f"{item.effect.key}:{outcome.state}", outcome, now)
        put = await self._store.put_page(ENGINE, FILES, [raw], None)
        log.info("file.fetched", channel=file.channel, state=outcome.state, size=outcome.size, known=put.known)
        self._arrived()


def type_of(head: bytes) -> str | None:
    """Return the content type that a file's first bytes tell; None when they tell nothing."""
    try:
        found = puremagic.from_string(head, mime=True)
    except (puremagic.PureError, ValueError):
        return None
    return found or None
