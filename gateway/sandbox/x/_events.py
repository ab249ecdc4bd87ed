"""Events of direct messages that are read: all of them, or those of one conversation."""

from __future__ import annotations

from datetime import timedelta

from gateway.sandbox._http import Answer
from gateway.sandbox.x import _params as p
from gateway.sandbox.x._auth import user_of
from gateway.sandbox.x._paging import page, token_check
from gateway.sandbox.x._params import Form
from gateway.sandbox.x._router import Query, Routes, answered
from gateway.sandbox.x._shapes import Page
from gateway.sandbox.x._site import Site
from gateway.sandbox.x._world import conversation_of, first_id

KEPT = timedelta(days=30)
KINDS = ("MessageCreate", "ParticipantsJoin", "ParticipantsLeave")
_FORM = Form(
    {"max_results": p.whole(1, 100), "pagination_token": token_check, "event_types": p.one_of(*KINDS)},
    "dm_event",
    ("dm_event", "media", "user", "post"),
)


class Events:
    """Answers what is asked about direct messages."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._world = site.world

    def routes(self) -> Routes:
        """Return what is answered here."""
        return {
            ("GET", "/2/dm_events"): self._all,
            ("GET", "/2/dm_conversations/with/{participant_id}/dm_events"): self._with,
            ("GET", "/2/dm_conversations/{id}/dm_events"): self._of,
        }

    async def _all(self, query: Query) -> Answer:
        return self._answer(query, None)

    async def _with(self, query: Query) -> Answer:
        own = user_of(query, "dm.read")
        return self._answer(query, conversation_of(own, p.id_in_path(query, "participant_id")))

    async def _of(self, query: Query) -> Answer:
        return self._answer(query, query.path["id"])

    def _answer(self, query: Query, conversation: str | None) -> Answer:
        user_of(query, "dm.read", "tweet.read", "users.read")
        asked = self._site.read(_FORM, query)
        kinds = asked.values.get("event_types", frozenset(KINDS))
        floor = first_id(self._world.clock.now() - KEPT) - 1

        def keep(number: int) -> bool:
            event = self._world.events[str(number)]
            return event["event_type"] in kinds and conversation in (None, event["dm_conversation_id"])

        found = page(
            self._world.event_order,
            asked.values.get("max_results", 100),
            asked.values.get("pagination_token"),
            since=floor,
            keep=keep,
        )
        shown = Page(self._world, asked, "dm_event")
        body = shown.body([self._world.events[each] for each in found.ids], found.meta(bounds=False))
        self._site.bill.read("message_read", found.ids)
        self._site.bill.read_included(shown.included)
        return answered(body)
