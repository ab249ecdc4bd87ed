"""The incoming side of an X channel: mentions, direct messages, public conversations and activity, a call a fetch."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import structlog

from connectors.x import _conversations, _fields, _mentions, _messages
from connectors.x._activity import ActivityStream
from connectors.x._budget import SPENT, Budget, midnight_after
from connectors.x._check import check
from connectors.x._client import XClient
from connectors.x._errors import AbsentError, ForbiddenError
from connectors.x._hints import Hints
from connectors.x._raws import (
    ACTIVITY,
    CONVERSATION,
    CONVERSATIONS,
    MENTION,
    MENTIONS,
    MESSAGES,
    SEARCH,
    Maker,
    items_of,
    token_of,
    unconcerned,
)
from connectors.x._settings import Sacrifice, XSettings
from connectors.x._subscriptions import Subscriptions, Upkeep
from connectors.x._webhook import Webhook
from gateway.errors import AuthError, ConfigError, RateLimitedError, RejectedError, TransientError
from gateway.ports import Clock, Cursor, Page, Raw, Report, StreamId

LEAST_MENTIONS, LEAST_FOUND = 5, 10
"""Fewer on a page X does not take, of the timeline and of search."""
PEEK = 20
"""Direct messages a look asks for first: there is no `since_id`, and what is older than the news is billed each day."""
MENTIONS_APART = timedelta(seconds=3)
MESSAGES_APART = timedelta(seconds=60)
"""Hints bring a look forward, but never so often that the platform's window of a quarter of an hour is used up."""

_log = structlog.get_logger()


class TokenRefusedError(Exception):
    """The platform does not take back what it gave to go on with."""


class XConnector:
    """One account. What is walked newest first is given page by page, oldest first within a page."""

    def __init__(
        self,
        name: str,
        settings: XSettings,
        clock: Clock,
        client: XClient,
        budget: Budget,
        wake: Callable[[StreamId], None],
    ) -> None:
        self._name = name
        self._settings = settings
        self._clock = clock
        self._client = client
        self._budget = budget
        self._turns: dict[StreamId, datetime] = {}
        self.wake = Hints(wake, clock, self._turns)
        """Wakes a stream that has news, at its turn: for whoever else hears of news."""
        self._maker = Maker.of(name, settings)
        upkeep = Upkeep(settings, client, budget)
        subscriptions = Subscriptions(name, settings, clock, upkeep)
        self._activity = ActivityStream(settings, clock, client, budget, self._maker, subscriptions, self.wake)
        self._webhook = Webhook(name, settings, clock, budget, upkeep, self.wake)
        self._threads: tuple[_mentions.Thread, ...] = ()

    async def check(self) -> Report:
        """See `Connector.check`; one account is read, which X charges for."""
        return await check(self._settings, self._client, self._budget)

    def streams(self) -> Sequence[StreamId]:
        """Return the streams that the settings ask for; mentions first."""
        conversations = (CONVERSATIONS,) if self._settings.conversations_secs else ()
        activity = () if self._settings.activity == "off" else (ACTIVITY,)
        return (MENTIONS, MESSAGES, *conversations, *activity)

    async def fetch(self, stream: StreamId, after: Cursor | None) -> Page[Raw]:
        """See `Connector.fetch`; makes at most one paid call. Activity waits for news, the others never do."""
        fetches = {
            MENTIONS: self._fetch_mentions,
            MESSAGES: self._fetch_messages,
            CONVERSATIONS: self._fetch_conversations,
            ACTIVITY: self._fetch_activity,
        }
        if stream not in self.streams():
            raise ConfigError(f"this channel has no stream {stream}")
        if stream == ACTIVITY and self._settings.activity == "webhook":
            # Not even without any budget left: X goes on to push, and to bill.
            return await self._webhook.fetch(after)
        room_at = await self._budget.until_room()
        # After the budget has read the clock: a moment later, what it calls now would never have come.
        now = self._clock.now()
        if room_at > now:
            if stream == ACTIVITY:
                await self._activity.close()
            raise RateLimitedError(SPENT, room_at - now, item=False)
        if (turn := self._turns.get(stream, now)) > now:
            return Page((), None, pause=turn - now)
        with self.wake.asking(stream):
            return await fetches[stream](after)

    async def confirm(self, stream: StreamId, upto: Cursor) -> None:
        """See `Connector.confirm`; the platform need not hear it, but the look at conversations lives on it."""
        if stream == MENTIONS:
            had = bool(self._threads)
            self._threads = _mentions.Place.of(upto).threads
            if self._threads and not had and self._settings.conversations_secs:
                self.wake(CONVERSATIONS)

    async def close(self) -> None:
        """Let go of the line of the activity stream, and of hints that wait for their turn."""
        await self.wake.close()
        await self._activity.close()

    async def _fetch_mentions(self, after: Cursor | None) -> Page[Raw]:
        now, first = self._clock.now(), timedelta(days=self._settings.first_days)
        place, lost = _mentions.Place.of(after).within_search(now)
        for gap in lost:
            _log.error("mentions.lost", channel=self._name, since=gap.since, until=gap.until)
        ask = place.ask(now, first)
        price = self._price(owned=not ask.search)
        size = await self._budget.most("mentions", price, LEAST_FOUND if ask.search else LEAST_MENTIONS, _fields.PAGE)
        if size == 0:
            raise self._spent()
        until = None if ask.until is None else str(ask.until)
        bounds = {"since_id": str(ask.since), "until_id": until, "max_results": str(size)}
        try:
            page = await self._asked_mentions(ask, {name: value for name, value in bounds.items() if value is not None})
        except TokenRefusedError:
            return Page((), place.without_token().cursor, more=True)
        items = items_of(page)
        await self._paid("mentions", items, owned=not ask.search)
        given = self._maker.posts(page, place.fresh(items), SEARCH if ask.search else MENTION, now)
        if ask.search and given:
            _log.warning("mentions.gap_found", channel=self._name, since=ask.since, until=ask.until, posts=len(given))
        place = place.after(ask, items, token_of(page))
        if self._settings.conversations_secs:
            oldest = now - timedelta(hours=self._settings.conversations_hours)
            place = place.with_threads(items, self._settings.user_id, oldest)
        secs = self._settings.mentions_secs
        return await self._paged(MENTIONS, "mentions", secs, MENTIONS_APART, given, place.cursor, more=place.more)

    async def _asked_mentions(self, ask: _mentions.Ask, bounds: dict[str, str]) -> dict[str, Any]:
        if ask.search:
            token = {} if ask.token is None else {"next_token": ask.token}
            query = f"@{self._settings.handle}"
            call = self._client.search_recent_tweets(query, **{**_fields.POSTS, **bounds, **token})
        else:
            token = {} if ask.token is None else {"pagination_token": ask.token}
            call = self._client.get_users_mentions(self._settings.user_id, **{**_fields.POSTS, **bounds, **token})
        return await self._read(call, ask.token)

    async def _fetch_messages(self, after: Cursor | None) -> Page[Raw]:
        now = self._clock.now()
        place = _messages.Place.of(after).started(now, timedelta(days=self._settings.first_days))
        price = self._settings.prices.message_read
        # Beyond what the overlap brings again: else each look of a busy hour would be two calls, and there are few.
        look = min(PEEK + len(place.seen), _fields.PAGE) if place.token is None else _fields.PAGE
        size = await self._budget.most("messages", price, 1, look)
        if size == 0:
            raise self._spent()
        asked = {**_fields.MESSAGES, "max_results": str(size)}
        asked |= {} if place.token is None else {"pagination_token": place.token}
        try:
            page = await self._read(self._client.get_direct_message_events(**asked), place.token)
        except TokenRefusedError:
            return await self._messages_anew(place.anew())
        items = items_of(page)
        names = _names("message", items)
        await self._budget.charge_reads("messages", names, price)
        given = self._maker.messages(page, place.fresh(items), now)
        place = place.after(items, token_of(page))
        if place.walk is not None and place.walk.pages == _messages.FAR:
            _log.warning("messages.far_behind", channel=self._name, pages=place.walk.pages)
        secs, more = self._settings.messages_secs, place.walk is not None
        return await self._paged(MESSAGES, "messages", secs, MESSAGES_APART, given, place.cursor, more=more)

    async def _messages_anew(self, place: _messages.Place) -> Page[Raw]:
        """Begin a walk again whose token was refused; more than once, at the pace of looks: it may not be the last."""
        again = 0 if place.walk is None else place.walk.again
        _log.warning("messages.token_refused", channel=self._name, times=again)
        secs = self._settings.messages_secs
        return await self._paged(MESSAGES, "messages", secs, MESSAGES_APART, (), place.cursor, more=again < 2)

    async def _fetch_conversations(self, after: Cursor | None) -> Page[Raw]:
        now, every = self._clock.now(), timedelta(seconds=self._settings.conversations_secs)
        handle, own = self._settings.handle, self._settings.user_id
        if not await self._budget.allows("conversations"):
            return Page((), None, pause=every)
        place = _conversations.Place.of(after).begun(self._threads, now, every, handle)
        if (walk := place.walk) is None:
            return Page((), None, pause=place.pause(now, every))
        size = await self._budget.most("conversations", self._price(), LEAST_FOUND, _fields.PAGE)
        if size == 0:
            raise self._spent()
        asked = {**_fields.POSTS, "since_id": str(walk.since), "max_results": str(size)}
        asked |= {} if walk.token is None else {"next_token": walk.token}
        query = _conversations.query(walk.ids, handle)
        call = self._client.search_recent_tweets(query, **asked)
        try:
            page = await self._read(call, walk.token)
        except TokenRefusedError:
            return Page((), place.without_token().cursor, more=True)
        items = items_of(page)
        await self._paid("conversations", items)
        found = _conversations.others(items, self._threads, own)
        given = self._maker.posts(page, found, CONVERSATION, now)
        place = place.after(token_of(page))
        more = place.begun(self._threads, now, every, handle).walk is not None
        pause = place.pause(now, every)
        return Page(given, place.cursor, more=more, pause=pause)

    async def _fetch_activity(self, after: Cursor | None) -> Page[Raw]:
        return await self._activity.fetch(after)

    async def _read(self, call: Awaitable[dict[str, Any]], token: str | None) -> dict[str, Any]:
        """Return a page. Raises `TokenRefusedError` where only its token can be at fault."""
        try:
            page = await call
        except ForbiddenError as error:
            raise AuthError(str(error)) from error
        except AbsentError as error:
            raise ConfigError(f"{error}; is user_id right?") from error
        except RejectedError as error:
            if token is not None:
                raise TokenRefusedError from error
            raise TransientError(str(error)) from error
        if not isinstance(page.get("data"), list) and not isinstance(page.get("meta"), dict):
            raise TransientError("X answered with errors alone where a page was asked for")
        if rest := unconcerned(page):
            # A raw holds the others. They are no reason to ask again.
            _log.warning("page.partial", channel=self._name, errors=rest)
        return page

    async def _paid(self, what: str, items: Sequence[Any], *, owned: bool = False) -> None:
        await self._budget.charge_reads(what, _names("post", items), self._price(owned=owned))

    def _price(self, *, owned: bool = False) -> Decimal:
        prices = self._settings.prices
        return prices.owned_read if owned and self._settings.owned_reads else prices.post_read

    def _spent(self) -> RateLimitedError:
        """Return that nothing can be read any more before midnight: the smallest page may cost more than is left."""
        now = self._clock.now()
        return RateLimitedError(SPENT, midnight_after(now) - now, item=False)

    async def _paged(
        self,
        stream: StreamId,
        what: Sacrifice,
        secs: float,
        apart: timedelta,
        raws: tuple[Raw, ...],
        cursor: Cursor,
        *,
        more: bool,
    ) -> Page[Raw]:
        """Return the page with when the next is due: at once, at the default pace, or later if money runs short."""
        pace, default = await self._budget.pace(what, secs), timedelta(seconds=secs)
        now = self._clock.now()
        if pace > default:
            self._turns[stream] = now + pace
            return Page(raws, cursor, pause=pace)
        self._turns[stream] = now if more else now + min(default, apart)
        return Page(raws, cursor, more=more, pause=default)


def _names(kind: str, items: Sequence[Any]) -> set[str]:
    """Return what X bills a page by: each thing's kind and id."""
    ids = (item.get("id") for item in items if isinstance(item, dict))
    return {f"{kind}:{each}" for each in ids}
