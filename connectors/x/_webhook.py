"""Keeps the webhook standing: registers it, has X call it again after an outage, and asks for what was missed.

What is pushed comes in by `_ingress`; here nothing does. The cursor tells since when that may not have been so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import structlog

from connectors.x._budget import Budget
from connectors.x._errors import AbsentError, ForbiddenError
from connectors.x._raws import HINTS, items_of
from connectors.x._settings import XSettings
from connectors.x._strict import UnreadableError, decode
from connectors.x._subscriptions import SELDOM, SOON, Subscriptions, Upkeep
from gateway.errors import AuthError, GatewayError, RateLimitedError, RejectedError
from gateway.ports import Clock, Cursor, Page, Raw, StreamId

ROUTE = "/2/webhooks"
OUTAGE = timedelta(minutes=5)
"""Who was away for longer asks for what was pushed meanwhile."""
REACH = timedelta(hours=24) - timedelta(minutes=5)
"""X replays no more than a day."""

_REFUSED = (
    "X does not take webhook_url: see that it can be reached from the internet and answers X's challenge (CRC), which "
    "needs the app's own consumer_secret or client_secret, and that the app may have one more webhook"
)
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Standing:
    """The cursor: when the gateway was last there to be called, and when X last said that it does call."""

    alive: datetime
    sound: datetime

    @classmethod
    def of(cls, cursor: Cursor | None) -> Self | None:
        """Return what a cursor says; None for one that is another's, such as the activity stream's."""
        try:
            told = decode((cursor or "").encode())
            return cls(*(datetime.fromtimestamp(told[name], UTC) for name in ("alive", "sound")))
        except (UnreadableError, LookupError, TypeError, ValueError, OverflowError, OSError):
            return None

    @property
    def cursor(self) -> Cursor:
        """It as a cursor."""
        return Cursor(json.dumps({"alive": int(self.alive.timestamp()), "sound": int(self.sound.timestamp())}))


class Webhook:
    """The webhook of one channel; looked at once an hour, and once a minute while something is wrong."""

    def __init__(
        self,
        name: str,
        settings: XSettings,
        clock: Clock,
        budget: Budget,
        upkeep: Upkeep,
        wake: Callable[[StreamId], None],
    ) -> None:
        self._name = name
        self._url = settings.webhook_url
        self._is_free = settings.prices.upkeep == 0
        self._clock = clock
        self._budget = budget
        self._upkeep = upkeep
        self._wake = wake
        self._subscriptions = Subscriptions(name, settings, clock, upkeep)
        self._id = ""
        self._began = self._due = self._not_before = clock.now()
        self._why = ""
        self._sound: datetime | None = None
        """When X last said that it calls us, as far as this process knows."""
        self._mended = False
        self._missed_from: datetime | None = None

    async def fetch(self, after: Cursor | None) -> Page[Raw]:
        """Return an empty page once all is well. Raises `GatewayError` alone."""
        await self._budget.settle()
        now = self._clock.now()
        before = Standing.of(after)
        if now >= self._due and (self._is_free or await self._budget.until_room() <= now):
            is_first = self._sound is None
            await self._look(now)
            if (missed := self._missed(before, is_first)) is not None:
                self._missed_from = missed
                for stream in dict.fromkeys(HINTS.values()):
                    self._wake(stream)
                # X's log is asked for by the minute: in the next one all of this one is in it.
                return Page((), None, pause=SOON)
        if self._missed_from is not None:
            await self._replay(max(self._missed_from, now - REACH), now)
            self._missed_from = None
        sound = self._sound or (now if before is None else before.sound)
        return Page((), Standing(now, sound).cursor, pause=SOON)

    def _missed(self, before: Standing | None, is_first: bool) -> datetime | None:
        """Return since when pushes may have been missed, after a look that found all well; None for none."""
        mended, self._mended = self._mended, False
        if before is None:
            return None
        if mended:
            return before.sound
        return before.alive if is_first and self._began - before.alive > OUTAGE else None

    async def _look(self, now: datetime) -> None:
        """See that X calls us, and of what. After a look that failed there is no other within a minute."""
        if now < self._not_before:
            raise RateLimitedError(self._why, self._not_before - now, item=False)
        try:
            self._id = await self._standing()
            await self._subscriptions.ensure(self._id)
        except GatewayError as error:
            self._why, self._not_before = str(error), now + SOON
            raise
        self._sound, self._due = now, now + SELDOM

    async def _standing(self) -> str:
        """Return the id of our webhook, which X calls. Raises `GatewayError` alone."""
        told = await self._asked("GET", ROUTE)
        ours = [each for each in items_of(told) if isinstance(each, dict) and each.get("url") == self._url]
        if not ours:
            made = _data(await self._asked("POST", ROUTE, {"url": self._url}))
            _log.info("webhook.set", channel=self._name)
            return self._known(made)
        standing = next((each for each in ours if each.get("valid") is True), None)
        if standing is None:
            standing = ours[0]
            _log.warning("webhook.invalid", channel=self._name)
            # X calls it at once, and says whether the answer was right.
            if _data(await self._asked("PUT", f"{ROUTE}/{self._known(standing)}")).get("valid") is not True:
                raise RateLimitedError(_REFUSED, SOON, item=False)
            self._mended = True
        return self._known(standing)

    def _known(self, webhook: Mapping[str, Any]) -> str:
        found = webhook.get("id")
        if not isinstance(found, str) or not found.isascii() or not found.isdecimal():
            raise RateLimitedError("X names no id of the webhook", SOON, item=False)
        return found

    async def _asked(self, method: str, route: str, json: Mapping[str, Any] | None = None) -> dict[str, Any]:
        try:
            return await self._upkeep.call(method, route, json=json)
        except ForbiddenError as error:
            raise AuthError(
                "X gives the app no webhooks (403): see its rights in the developer console, or choose another activity"
            ) from error
        except AbsentError as error:
            raise RateLimitedError("X no longer knows the webhook; it is looked for again", SOON, item=False) from error
        except RejectedError as error:
            raise RateLimitedError(_REFUSED, SOON, item=False) from error

    async def _replay(self, first: datetime, last: datetime) -> None:
        """Ask once for what was pushed, or could not be; whether X does it is only logged: the rest is polled."""
        asked = {"webhook_id": self._id, "from_date": _minute(first), "to_date": _minute(last)}
        try:
            await self._upkeep.call("POST", f"{ROUTE}/replay", json=asked)
        except (RejectedError, AuthError) as error:
            _log.warning("webhook.not_replayed", channel=self._name, since=asked["from_date"], reason=str(error))
        else:
            _log.info("webhook.replayed", channel=self._name, since=asked["from_date"], until=asked["to_date"])


def _data(told: Mapping[str, Any]) -> Mapping[str, Any]:
    found = told.get("data")
    return found if isinstance(found, dict) else {}


def _minute(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%d%H%M")
