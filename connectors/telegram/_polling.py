"""Long polling: one page of updates a call, an offset that follows what is stored, and what to do when it fails."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from telegram.error import Conflict

from connectors.telegram._bot import TooLongError
from connectors.telegram._calls import Caller, host_of
from connectors.telegram._settings import TelegramSettings
from connectors.telegram._updates import ALLOWED, Batch, Maker
from gateway.errors import ConfigError, GatewayError, RateLimitedError, TransientError
from gateway.ports import Clock, Cursor, Key, Page, Raw

APART = timedelta(seconds=1)
"""The same offset is not asked for again sooner: within half a second the platform gives out one update a call."""
OTHER_POLLER = timedelta(seconds=45)
"""How long to leave the updates to somebody else who fetches them, before looking again."""
SMALL = 1024 * 1024
"""A larger answer is read beside the loop."""
_REMEMBERED = 16

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the next id; and the page itself, so that it is known when it comes again."""

    next: int
    count: int
    digest: str

    @classmethod
    def after(cls, batch: Batch) -> Place | None:
        """Return where a batch ends; None where no id could be read."""
        return None if batch.next is None else cls(batch.next, len(batch.raws), _digest(batch.raws))

    @classmethod
    def of(cls, cursor: Cursor | None) -> Place | None:
        """Read a cursor; None for what is none of ours."""
        try:
            value = json.loads(cursor or "")
            return cls(int(value["next"]), int(value["count"]), str(value["page"]))
        except (ValueError, TypeError, LookupError, OverflowError):
            return None

    @property
    def cursor(self) -> Cursor:
        """The place as a cursor."""
        return Cursor(json.dumps({"count": self.count, "next": self.next, "page": self.digest}))

    def begins(self, batch: Batch) -> bool:
        """Whether a batch begins with the very page that ended here."""
        return len(batch.raws) >= self.count and _digest(batch.raws[: self.count]) == self.digest


class Poller:
    """The updates of one bot. The offset is in memory alone: one that is stored may be of another sequence."""

    def __init__(self, settings: TelegramSettings, clock: Clock, caller: Caller) -> None:
        self._settings = settings
        self._clock = clock
        self._caller = caller
        self._offset: int | None = None
        self._given: deque[Cursor] = deque(maxlen=_REMEMBERED)
        self._is_first = True
        self._again: tuple[int | None, datetime] | None = None
        self._stuck: Key | None = None

    def confirm(self, upto: Cursor | None) -> None:
        """Let the next call confirm all up to a stored cursor, if this life has given it out."""
        if upto in self._given and (place := Place.of(upto)) is not None:
            self._offset = place.next
            # Older ones stay confirmed; a repeated confirmation must not move the offset back.
            self._given.clear()

    async def page(self, maker: Maker, after: Cursor | None) -> Page[Raw]:
        """Return the next page; raises `GatewayError` alone."""
        self.confirm(after)
        batch = await self._batch(maker)
        if self._is_first and batch.raws and (place := Place.of(after)) is not None and place.begins(batch):
            # The process ended between commit and confirmation: this page is stored, and what it says is still so.
            self._offset = batch.next if len(batch.raws) == place.count else self._offset
            batch = replace(batch, raws=batch.raws[place.count :])
            if not batch.raws:
                batch = await self._batch(maker)
        self._is_first = self._is_first and not batch.raws
        return self._paged(batch)

    def _paged(self, batch: Batch) -> Page[Raw]:
        place = Place.after(batch)
        if place is None:
            if batch.raws and batch.raws[0].key == self._stuck:
                raise TransientError("the oldest update cannot be read, nor its id: nothing comes in before it is gone")
            self._stuck = batch.raws[0].key if batch.raws else None
            return Page(batch.raws, None)
        self._stuck = None
        self._given.append(place.cursor)
        return Page(batch.raws, place.cursor, more=len(batch.raws) >= self._settings.batch)

    async def _batch(self, maker: Maker) -> Batch:
        if self._again is not None and self._again[0] == self._offset:
            await self._clock.sleep((self._again[1] - self._clock.now()) / timedelta(seconds=1))
        offset, began, is_late = self._offset, self._clock.now(), False
        try:
            body, whole = await self._answer()
            at = self._clock.now()
            if whole and len(body) < SMALL:
                batch = maker.page(body, at)
            else:
                batch = await asyncio.to_thread(maker.page, body, at, whole=whole)
            is_late = not batch.raws and at - began >= APART
        finally:
            self._again = None if is_late else (offset, self._clock.now() + APART)
        self._caller.well()
        if not batch.raws:
            # All is confirmed. After a quiet week ids begin anew, and this offset might confirm one of those unseen.
            self._offset = None
        return batch

    async def _answer(self) -> tuple[bytes, bool]:
        """Return the answer's bytes, and whether they are all of it."""
        fields = {
            "timeout": str(self._settings.poll_secs),
            "limit": str(self._settings.batch),
            "allowed_updates": json.dumps(ALLOWED),
        }
        if self._offset is not None:
            fields["offset"] = str(self._offset)
        try:
            return await self._caller.bots.poll(fields), True
        except TooLongError as error:
            _log.warning("answer.cut", size=len(error.prefix))
            return error.prefix, False
        except Conflict:
            found: GatewayError = await self._conflict()
        except Exception as error:  # noqa: BLE001 - all of it is told as our own error
            found = await self._caller.meaning(error)
        raise found

    async def _conflict(self) -> GatewayError:
        """Tell the two meanings of 409 apart."""
        bot = await self._caller.bots.get()
        info = await self._caller.asked(bot.get_webhook_info())
        if not info.url:
            # Not sooner, although the call itself may be made: two that take turns at once would both confirm.
            return RateLimitedError(
                "somebody else fetches this bot's updates; the gateway leaves them alone and looks again within a "
                "minute. If that is no other gateway of yours, the token may have leaked: revoke it at @BotFather",
                OTHER_POLLER,
                item=False,
            )
        if not self._settings.take_over:
            return ConfigError(
                f"a webhook at {host_of(info.url)} gets this bot's updates, so they cannot be polled: remove it there, "
                'set take_over = true, or use mode = "webhook"'
            )
        await self._caller.asked(bot.delete_webhook(drop_pending_updates=False))
        _log.warning("webhook.removed", host=host_of(info.url))
        return TransientError("a webhook was set and is removed now; polling begins")


def _digest(raws: Sequence[Raw]) -> str:
    return hashlib.sha256("\n".join(raw.key for raw in raws).encode()).hexdigest()[:32]
