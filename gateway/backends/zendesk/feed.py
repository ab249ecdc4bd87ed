"""What agents do at Zendesk, as a feed: the export of ticket events is the truth, and a minute late.

So that an answer need not wait for that minute, the audits of tickets that changed just now are read as well. Both
tell of the same audits, under the same keys.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import BaseModel, Field

from gateway.backends._api import as_json
from gateway.backends._hooks import STREAM
from gateway.backends._places import cursor_of, place_in
from gateway.backends.zendesk.acts import Kept, key_of, tells, updater_of
from gateway.backends.zendesk.api import Zendesk
from gateway.backends.zendesk.desk import ManyTickets, Own, Shown
from gateway.backends.zendesk.pace import MINUTE, Pace
from gateway.backends.zendesk.settings import ZendeskSettings
from gateway.case import Frozen
from gateway.http import server_time
from gateway.ports import Clock, Cursor, Key, Page, Raw

OURS = re.compile(r"GH-[0-9A-Z]{5}-[0-9A-Z]{5}(/\d+)?")
"""An external id of ours: a case's number, and which of its tickets it is."""
LATE = timedelta(seconds=61)
"""The export gives out nothing of the latest minute."""
RECENT = 50
"""Tickets that are looked at for being quick, at most; the export tells of the others."""
QUICK = 10
"""Audits that are read for being quick, at most, in one look."""
AT_ONCE = 100
MOST_KNOWN = 20_000
AGENTS = ("agent", "admin")
NEWCOMER = timedelta(minutes=3)
"""How long somebody who is no agent is taken for none: he may be made one."""


class _Events(BaseModel):
    ticket_events: list[dict[str, Any]]
    end_time: int | None = None
    end_of_stream: bool = True


class _Audits(BaseModel):
    audits: list[dict[str, Any]]


class _Me(BaseModel):
    class User(BaseModel):
        id: int

    user: User


class _Person(BaseModel):
    id: int
    name: str = ""
    role: str = ""


class _People(BaseModel):
    users: list[_Person]


class _Place(Frozen):
    """Where the feed stands: all acts before `since` were given out, and after it those named in `given`."""

    since: int
    given: dict[str, int] = Field(default_factory=dict)


class ZendeskFeed:
    """See `Feed`."""

    def __init__(self, source: str, settings: ZendeskSettings, api: Zendesk, clock: Clock, own: Own) -> None:
        self._source = source
        self._settings = settings
        self._api = api
        self._clock = clock
        self._own = own
        self._exports = Pace(clock, settings.exports_per_minute, MINUTE)
        self._us: int | None = None
        self._tickets: OrderedDict[int, Shown] = OrderedDict()
        self._people: OrderedDict[int, tuple[_Person, datetime]] = OrderedDict()
        """People by number, each with when we asked."""
        self._read: OrderedDict[int, tuple[str, frozenset[str]]] = OrderedDict()
        """Tickets whose audits were read for being quick: as of when, and which acts of others they held."""

    async def fetch(self, after: Cursor | None) -> Page[Raw]:
        """See `Feed`; without a cursor the feed begins now, by Zendesk's time."""
        if after is None:
            return Page((), cursor_of(_Place(since=await self._now())), pause=self._poll())
        place = place_in(_Place.model_validate_json, after, "Zendesk's")
        events, since, more = await self._exported(place)
        new = [event for event in events if key_of(event) not in place.given and _at(event) >= place.since]
        given = place.given | {key_of(event): _at(event) for event in new}
        if not more and not self._api.is_small:
            fresh = await self._quick(since, given)
            given |= {key_of(audit): _at(audit) for audit in fresh}
            new += fresh
        next_ = _Place(since=since, given={key: at for key, at in given.items() if at >= since})
        cursor = None if next_ == place else cursor_of(next_)
        return Page(await self._raws(new), cursor, more=more, pause=None if more else self._poll())

    def _poll(self) -> timedelta:
        return timedelta(seconds=max(self._settings.poll_secs, self._api.spare_secs))

    async def _now(self) -> int:
        answer = await self._api.call("GET", "/users/me")
        self._us = answer.read(_Me).user.id
        return int(server_time(answer.headers, self._clock.now()).timestamp())

    async def _who_we_are(self) -> int:
        if self._us is None:
            await self._now()
        assert self._us is not None  # noqa: S101 - `_now` has read it
        return self._us

    async def _exported(self, place: _Place) -> tuple[list[dict[str, Any]], int, bool]:
        """Return a page of the export, how far it goes, and whether there is more of it now.

        An export begins at a second and no later within one. Where one page does not hold a second's acts, the next
        begins a second later: the rest is never told, and the same page for ever would be worse.
        """
        latest = int((self._clock.now() - LATE).timestamp())
        if place.since > latest or not self._exports.has_room:
            return [], place.since, False
        self._exports.wait()
        query: dict[str, str | int] = {"start_time": place.since, "include": "comment_events"}
        page = (await self._api.call("GET", "/incremental/ticket_events", query=query)).read(_Events)
        us = await self._who_we_are()
        told = [event for event in page.ticket_events if updater_of(event) != us and tells(event)]
        end = max(page.end_time or place.since, place.since)
        if page.ticket_events and not page.end_of_stream:
            return told, max(end, place.since + 1), True
        return told, end, False

    async def _quick(self, since: int, given: Mapping[str, int]) -> list[dict[str, Any]]:
        """Return what others did on tickets of ours that the export does not tell yet."""
        query: dict[str, str | int] = {"sort_by": "updated_at", "sort_order": "desc", "per_page": RECENT}
        tickets = (await self._api.call("GET", "/tickets", query=query)).read(ManyTickets).tickets
        news = [ticket for ticket in tickets if _stamp(ticket.updated_at) >= since and self._has_news(ticket, given)]
        us = await self._who_we_are()
        found: list[dict[str, Any]] = []
        for ticket in news[:QUICK]:
            path = f"/tickets/{ticket.id}/audits"
            answer = await self._api.call(
                "GET", path, query={"page[size]": 100, "sort": "-created_at"}, expected=(404,)
            )
            if answer.status == 404:
                continue
            audits = answer.read(_Audits).audits
            if len(audits) < AT_ONCE or _at(audits[-1]) < since:
                # With a hundred acts in a minute some may be missing here; then the export tells them in their order.
                acts = [each for each in audits if _at(each) >= since and updater_of(each) != us and tells(each)]
                self._read[ticket.id] = ticket.updated_at, frozenset(map(key_of, acts))
                found += acts
        while len(self._read) > MOST_KNOWN:
            self._read.popitem(last=False)
        new = [audit for audit in found if key_of(audit) not in given]
        return sorted(new, key=lambda audit: (_at(audit), int(audit["id"])))

    def _has_news(self, ticket: Shown, given: Mapping[str, int]) -> bool:
        self._remember(ticket)
        if not OURS.fullmatch(ticket.external_id or "") or self._own.is_last(ticket):
            return False
        as_of, acts = self._read.get(ticket.id, ("", frozenset()))
        return as_of != ticket.updated_at or not acts <= given.keys()

    async def _raws(self, acts: Sequence[dict[str, Any]]) -> tuple[Raw, ...]:
        """Return the acts on tickets of ours; a ticket that is shown no more may be ours, and goes along."""
        await self._look_up_tickets({int(act["ticket_id"]) for act in acts})
        ours = [act for act in acts if self._is_ours(int(act["ticket_id"]))]
        await self._look_up_people({author for act in ours for author in _authors(act)})
        return tuple(self._raw(act) for act in ours)

    def _is_ours(self, number: int) -> bool:
        ticket = self._tickets.get(number)
        return ticket is None or bool(OURS.fullmatch(ticket.external_id or ""))

    async def _look_up_tickets(self, numbers: Iterable[int]) -> None:
        for some in _parted(number for number in numbers if number not in self._tickets):
            answer = await self._api.call("GET", "/tickets/show_many", query={"ids": some})
            for ticket in answer.read(ManyTickets).tickets:
                self._remember(ticket)

    async def _look_up_people(self, numbers: Iterable[int]) -> None:
        now = self._clock.now()
        for some in _parted(number for number in numbers if not self._is_known(number, now)):
            answer = await self._api.call("GET", "/users/show_many", query={"ids": some})
            for person in answer.read(_People).users:
                self._people[person.id] = person, now
        while len(self._people) > MOST_KNOWN:
            self._people.popitem(last=False)

    def _is_known(self, number: int, now: datetime) -> bool:
        if number not in self._people:
            return False
        person, asked = self._people[number]
        return person.role in AGENTS or now - asked < NEWCOMER

    def _remember(self, ticket: Shown) -> None:
        self._tickets[ticket.id] = ticket
        self._tickets.move_to_end(ticket.id)
        while len(self._tickets) > MOST_KNOWN:
            self._tickets.popitem(last=False)

    def _raw(self, act: dict[str, Any]) -> Raw:
        ticket = self._tickets.get(int(act["ticket_id"]))
        people = [self._people[author][0] for author in _authors(act) if author in self._people]
        kept = Kept(
            act=act,
            external_id=(ticket.external_id or "") if ticket is not None else "",
            requester_id=ticket.requester_id if ticket is not None else None,
            names={str(person.id): person.name for person in people},
            agents=[person.id for person in people if person.role in AGENTS],
        )
        body = as_json(kept)
        lane = str(act["ticket_id"])
        now = self._clock.now()
        return Raw(self._source, STREAM, Key(f"audit:{key_of(act)}"), lane, body, "application/json", now, len(body))


def _authors(act: Mapping[str, Any]) -> set[int]:
    children = act.get("child_events") or act.get("events") or ()
    named = {child.get("author_id") for child in children} | {updater_of(act)}
    return {number for number in named if isinstance(number, int) and number > 0}


def _parted(numbers: Iterable[int]) -> list[str]:
    """Return numbers as Zendesk takes them, a hundred at a time."""
    texts = [str(number) for number in sorted(numbers)]
    return [",".join(texts[first : first + AT_ONCE]) for first in range(0, len(texts), AT_ONCE)]


def _at(act: Mapping[str, Any]) -> int:
    return _stamp(str(act.get("created_at", "")))


def _stamp(text: str) -> int:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return 0
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())
