"""What agents do on tickets of ours, from the list of all follow-ups; and their files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from typing import Any

from gateway.backends._paged import Act, Item
from gateway.backends.django_helpdesk.api import FollowUp, Helpdesk
from gateway.backends.django_helpdesk.settings import HelpdeskSettings
from gateway.errors import GoneError, RejectedError
from gateway.ports import FileRef

MOST_KEYS = 10_000
"""Tickets whose keys are remembered: to ask for one makes django-helpdesk read them all."""

PAGES_BACK = 20
"""Pages of follow-ups in which keys are looked for first."""


class HelpdeskActs:
    """See `Growing`; the list is that of all follow-ups, by date."""

    def __init__(self, settings: HelpdeskSettings, helpdesk: Helpdesk) -> None:
        self._settings = settings
        self._helpdesk = helpdesk
        self._keys: dict[int, str | None] = {}
        self._looked_back = False

    async def count(self) -> int:
        """Return how many follow-ups there are."""
        return await self._helpdesk.count()

    async def page(self, number: int) -> Sequence[Item]:
        """Return a page of follow-ups."""
        return [Item(each.id, {"follow_up": each}) for each in await self._helpdesk.page(number)]

    async def acts(self, items: Sequence[Item]) -> Sequence[Act]:
        """Return those by agents on tickets that bear a key of ours."""
        acts = []
        for follow_up in (item.data["follow_up"] for item in items):
            ours = self._helpdesk.marked(follow_up)
            if ours is not None:
                self._remember(follow_up.ticket, ours.key)
            elif self._is_act(follow_up) and (key := await self._key(follow_up.ticket)) is not None:
                acts.append(Act(str(follow_up.ticket), f"followup:{follow_up.id}", self._body(follow_up, key)))
        return acts

    def _is_act(self, follow_up: FollowUp) -> bool:
        """Whether a person on the desk did something that matters; what came by mail is not an agent's."""
        if follow_up.user is None or follow_up.message_id:
            return False
        if self._settings.agents and follow_up.user not in self._settings.agents:
            return False
        return bool(follow_up.comment or follow_up.followupattachment_set or follow_up.new_status)

    async def _key(self, ticket: int) -> str | None:
        """Return a ticket's key; empty where it is ours without a doubt, None where it is not ours."""
        if ticket not in self._keys and not self._looked_back:
            await self._look_back()
        if ticket not in self._keys:
            if not self._settings.shared:
                return ""
            self._remember(ticket, await self._asked(ticket))
        return self._keys[ticket]

    async def _look_back(self) -> None:
        """Learn the keys of recent tickets from our own follow-ups, once: that is quick."""
        left = PAGES_BACK
        async with aclosing(self._helpdesk.backwards()) as pages:
            async for page, _ in pages:
                for follow_up in page:
                    ours = self._helpdesk.marked(follow_up)
                    if ours is not None:
                        self._remember(follow_up.ticket, ours.key)
                left -= 1
                if not left:
                    break
        self._looked_back = True

    async def _asked(self, ticket: int) -> str | None:
        try:
            said = await self._helpdesk.ticket(ticket)
        except GoneError:
            return None
        return str(said.get(f"custom_{self._settings.key_field}") or "") or None

    def _remember(self, ticket: int, key: str | None) -> None:
        if len(self._keys) >= MOST_KEYS:
            self._keys.clear()
        self._keys[ticket] = key

    def _body(self, follow_up: FollowUp, key: str) -> Mapping[str, Any]:
        said = follow_up.model_dump(mode="json", exclude={"message_id"})
        return {**said, "key": key, "solved": sorted(self._settings.solved_statuses)}


class HelpdeskFiles:
    """See `Downloader`; a ref is the attachment's number."""

    def __init__(self, helpdesk: Helpdesk) -> None:
        self._helpdesk = helpdesk

    async def open(self, ref: FileRef) -> AsyncIterator[bytes]:
        """Ask where the file is, and stream it from there; a store elsewhere is asked without our token."""
        if not (ref.isascii() and ref.isdigit()):
            raise RejectedError("that is no file of a django-helpdesk")
        attachment = await self._helpdesk.attachment(ref)
        if not attachment.file:
            raise RejectedError("django-helpdesk has that file no more")
        async for chunk in self._helpdesk.api.stream(attachment.file):
            yield chunk
