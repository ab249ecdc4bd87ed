"""What agents do in Request Tracker, read from the one log of all transactions, whose ids only grow.

An id is taken before its transaction is committed, so one may appear below others that were seen: what is younger than
`SETTLED` is looked at again, and the cursor names what was given out of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import Field

from gateway.backends._hooks import STREAM
from gateway.backends._places import cursor_of, place_in
from gateway.backends.rt.acts import Act, Acts, Candidate
from gateway.backends.rt.rest import PAGE, Rest
from gateway.backends.rt.settings import RtSettings
from gateway.backends.rt.shapes import Listing, Transaction
from gateway.case import Frozen
from gateway.http import server_time
from gateway.ports import Clock, Cursor, Key, Page, Raw

MOST_ACTS = 25
"""Acts on one page: each with a text costs a call of its own."""
SETTLED = timedelta(seconds=60)
"""Longer than RT takes to commit what it has begun."""
MOST_SEEN = 1000
"""What a cursor remembers of what is not settled; above that, what is committed late is missed."""

_QUIET = ("Comment", "EmailRecord", "CommentEmailRecord", "CustomField")
"""Transactions that RT may leave out of a page after it has cut it; of all others a page is whole."""


class _Place(Frozen):
    low: int = Field(ge=0)
    seen: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Listed:
    """What is in the log above a place: all of it to its end, or as much as a page needs."""

    transactions: Sequence[Transaction]
    is_all: bool
    now: datetime


class RtFeed:
    """See `Feed`."""

    def __init__(self, source: str, settings: RtSettings, rest: Rest, clock: Clock) -> None:
        self._source = source
        self._own_id = settings.own_id
        self._api = rest.api
        self._acts = Acts(settings, rest)
        self._clock = clock
        self._poll = timedelta(seconds=settings.poll_secs)

    async def fetch(self, after: Cursor | None) -> Page[Raw]:
        """See `Feed`; without a cursor the feed begins behind the newest transaction."""
        if after is None:
            return Page((), cursor_of(_Place(low=await self._newest())), pause=self._poll)
        place = place_in(_Place.model_validate_json, after, "Request Tracker's")
        listed = await self._listed(place)
        fresh = [each for each in listed.transactions if each.id not in place.seen]
        taken, candidates = self._cut(fresh)
        acts = await self._acts.of(candidates)
        more = len(taken) < len(fresh) or not listed.is_all
        next_ = _settle(place, listed, {each.id for each in taken})
        cursor = None if next_ == place else cursor_of(next_)
        return Page(tuple(map(self._raw, acts)), cursor, more=more, pause=None if more else self._poll)

    async def _newest(self) -> int:
        unlike = " AND ".join(f"Type != '{kind}'" for kind in _QUIET)
        items, _ = await self._transactions(f"ObjectType = 'RT::Ticket' AND {unlike}", {"order": "DESC", "per_page": 1})
        return items[0].id if items else 0

    async def _listed(self, place: _Place) -> _Listed:
        # Notes on others' tickets are left out: RT may hide them from us, and a page of hidden ones looks like the end.
        kinds = (
            "Type = 'Correspond'",
            "Type = 'Status'",
            "(Type = 'AddLink' AND Field = 'MergedInto')",
            f"(Type = 'Comment' AND TicketCreator = {self._own_id})",
        )
        query = f"ObjectType = 'RT::Ticket' AND id > {place.low} AND ({' OR '.join(kinds)})"
        found: dict[int, Transaction] = {}
        number = 0
        while True:
            number += 1
            items, now = await self._transactions(query, {"order": "ASC", "per_page": PAGE, "page": number})
            is_all = all(each.id in found for each in items)
            found |= {each.id: each for each in items}
            if is_all or sum(each not in place.seen for each in found) > MOST_ACTS:
                return _Listed(sorted(found.values(), key=lambda each: each.id), is_all, now)

    async def _transactions(
        self, query: str, paging: Mapping[str, str | int]
    ) -> tuple[Sequence[Transaction], datetime]:
        """Return a page of the log, and the server's time."""
        asked = {
            "query": query,
            "fields": "Type,Field,OldValue,NewValue,ObjectId,Created,Creator",
            "fields[Creator]": "id,Name,RealName",
            "orderby": "id",
            **paging,
        }
        answer = await self._api.call("GET", "/transactions", query=asked)
        return answer.read(Listing[Transaction]).items, server_time(answer.headers, self._clock.now())

    def _cut(self, fresh: Sequence[Transaction]) -> tuple[Sequence[Transaction], Sequence[Candidate]]:
        """Return as much as fits on a page, and what of it may be agents' acts."""
        candidates: list[Candidate] = []
        for number, each in enumerate(fresh):
            candidate = self._acts.candidate(each)
            if candidate is None:
                continue
            if len(candidates) == MOST_ACTS:
                return fresh[:number], candidates
            candidates.append(candidate)
        return fresh, candidates

    def _raw(self, act: Act) -> Raw:
        body = act.model_dump_json(by_alias=True).encode()
        key = Key(f"transaction:{act.transaction.id}")
        lane = str(act.transaction.ticket)
        return Raw(self._source, STREAM, key, lane, body, "application/json", self._clock.now(), len(body))


def _settle(place: _Place, listed: _Listed, taken: Collection[int]) -> _Place:
    """Return the place after what was taken: behind all that is settled, and with the ids above it."""
    known = {*place.seen, *taken}
    low = place.low
    for each in listed.transactions:
        if each.id not in known or each.created > listed.now - SETTLED:
            break
        low = each.id
    above = sorted(number for number in known if number > low)
    if len(above) > MOST_SEEN:
        low = above[-MOST_SEEN - 1]
    return _Place(low=low, seen=tuple(number for number in above if number > low))
