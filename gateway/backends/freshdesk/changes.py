"""What agents do in Freshdesk: tickets by the time of their last change, and what then stands on them.

States come from a ticket's own times (`resolved_at`, `reopened_at`); ours are known by the field in which we leave what
we set and when. Of a merge the API tells no more than that one ticket was closed.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from gateway.backends._overlap import Act, Changed
from gateway.backends.freshdesk.api import (
    NOTE,
    PER_PAGE,
    REPLY,
    Conversation,
    FreshdeskApi,
    Ticket,
    near,
    written,
)
from gateway.backends.freshdesk.settings import FreshdeskSettings
from gateway.errors import GoneError, TransientError
from gateway.http import server_time
from gateway.ports import Clock

OVERLAP = timedelta(seconds=60)
"""So long after its own time a change may first be seen."""
SETTLED = timedelta(seconds=2)
"""Times are told in whole seconds: so long after its change a ticket may change again without another time."""
OWN = timedelta(seconds=60)
"""A state that is as near as that to when we set one is ours; our clock and Freshdesk's may be off by less."""
DELETED = "deleted"


class FreshdeskChanges:
    """See `Changes`. A place names a listing, the time it goes on at, and the page of what bears that very time."""

    def __init__(self, settings: FreshdeskSettings, api: FreshdeskApi, clock: Clock) -> None:
        self._settings = settings
        self._api = api
        self._clock = clock

    async def now(self) -> datetime:
        """Return the time of an answer, as its server tells it."""
        answer = await self._api.http.call("GET", "/api/v2/tickets", query={"per_page": 1})
        return server_time(answer.headers, self._clock.now())

    async def changed(self, since: datetime, place: str) -> tuple[Sequence[Changed], datetime | None, str]:
        """Return a page of tickets that changed, by time; after the last one come those that were deleted."""
        listing, at, page = place.split("|") if place else ("", written(since), "1")
        query: dict[str, str | int] = {
            "updated_since": at,
            "order_by": "updated_at",
            "order_type": "asc",
            "per_page": PER_PAGE,
            "page": int(page),
        }
        query |= {"filter": DELETED} if listing == DELETED else {"include": "stats"}
        answer = await self._api.http.call("GET", "/api/v2/tickets", query=query)
        found = answer.read(list[dict[str, Any]])
        tickets = _tickets(found)
        ours = [
            self._changed(ticket, data, listing, server_time(answer.headers, self._clock.now()))
            for ticket, data in zip(tickets, found, strict=True)
            if ticket.text(self._settings.key_field)
        ]
        # What was deleted is not what agents did last: it does not move the time from which the next look begins.
        last = tickets[-1].updated_at if tickets and listing != DELETED else None
        return ours, last, _following(listing, at, int(page), tickets, since)

    async def acts(self, changed: Changed, since: datetime) -> Sequence[Act]:
        """Return what agents wrote on a ticket, and how they left it, by time."""
        ticket = Ticket.model_validate(changed.data)
        if changed.stamp.startswith(DELETED):
            return [
                Act(f"{ticket.id}:deleted:{written(ticket.updated_at)}", ticket.updated_at, self._of(ticket, DELETED))
            ]
        try:
            acts = await self._said(ticket, since)
        except GoneError:
            return ()
        return sorted([*acts, *self._states(ticket)], key=lambda act: act.at)

    async def _said(self, ticket: Ticket, since: datetime) -> list[Act]:
        own = (await self._api.me()).id
        acts = []
        async for data in self._api.conversations(ticket.ref):
            try:
                said = Conversation.model_validate(data)
            except ValidationError:
                raise TransientError(f"{self._api.host} answered with a conversation that cannot be read") from None
            is_agents = not said.incoming and said.user_id not in (own, ticket.requester_id)
            if said.created_at >= since and is_agents and (said.private or said.source in (REPLY, NOTE)):
                kind = "noted" if said.private else "replied"
                body = {**self._of(ticket, kind), "conversation": data}
                acts.append(Act(f"{ticket.id}:{said.id}", said.created_at, body))
        return acts

    def _states(self, ticket: Ticket) -> list[Act]:
        stats = ticket.stats
        ended = max((at for at in (stats.resolved_at, stats.closed_at) if at is not None), default=None)
        status, set_at = self._set_by_us(ticket)
        acts = []
        if ended is not None and not (status in self._settings.solved and near(ended, set_at, OWN)):
            acts.append(Act(f"{ticket.id}:solved:{written(ended)}", ended, self._of(ticket, "solved")))
        again = stats.reopened_at
        if again is not None and not (status not in self._settings.solved and near(again, set_at, OWN)):
            acts.append(Act(f"{ticket.id}:reopened:{written(again)}", again, self._of(ticket, "reopened")))
        return acts

    def _set_by_us(self, ticket: Ticket) -> tuple[int, datetime]:
        """Return the status that we set last, and when; a time long ago where we set none."""
        status, _, rest = ticket.text(self._settings.state_field).partition(" ")
        try:
            at = datetime.fromisoformat(rest.split(" ")[0])
            return int(status), at if at.tzinfo else at.replace(tzinfo=UTC)
        except ValueError:
            return 0, datetime.min.replace(tzinfo=UTC)

    def _changed(self, ticket: Ticket, data: dict[str, Any], listing: str, now: datetime) -> Changed:
        stamp = f"{listing}{written(ticket.updated_at)}"
        if listing != DELETED and now - ticket.updated_at < SETTLED:
            stamp += f"~{secrets.token_hex(6)}"
        return Changed(str(ticket.id), ticket.updated_at, stamp, data)

    def _of(self, ticket: Ticket, kind: str) -> dict[str, Any]:
        at = written(self._at(ticket, kind))
        return {"kind": kind, "ticket": ticket.id, "key": ticket.text(self._settings.key_field), "at": at}

    @staticmethod
    def _at(ticket: Ticket, kind: str) -> datetime:
        stats = ticket.stats
        ended = max((at for at in (stats.resolved_at, stats.closed_at) if at is not None), default=None)
        at = {"solved": ended, "reopened": stats.reopened_at}.get(kind)
        return at or ticket.updated_at


def _tickets(found: Sequence[dict[str, Any]]) -> list[Ticket]:
    try:
        return [Ticket.model_validate(each) for each in found]
    except ValidationError:
        raise TransientError("the ticket system answered with a ticket that cannot be read") from None


def _following(listing: str, at: str, page: int, tickets: Sequence[Ticket], since: datetime) -> str:
    """Return where to go on: by time rather than by page, since tickets leave their page whenever they change."""
    if len(tickets) == PER_PAGE:
        last = written(tickets[-1].updated_at)
        return f"{listing}|{last}|{page + 1 if last == at else 1}"
    return "" if listing == DELETED else f"{DELETED}|{written(since)}|1"
