"""Conversations and messages of one inbox of the kind API in Chatwoot, a call or two each.

Contacts bear no mail address, so that Chatwoot can mail nobody; a user is known by platform and id (`identifier`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from pydantic import Field

from gateway.backends._api import Answer
from gateway.backends._bodies import multipart
from gateway.backends._parts import Part, mark_of, who
from gateway.backends._pieces import MEGABYTE, pieces_of
from gateway.backends._settings import field_values, queue_name, shown_name, state_name, tags_of, user_id
from gateway.backends.chatwoot.api import MARK, ChatwootApi, Conversation, Listed
from gateway.backends.chatwoot.checking import check
from gateway.backends.chatwoot.settings import RESOLVED, USUAL_PRIORITIES, USUAL_STATES, ChatwootSettings
from gateway.case import Case, CaseState, Frozen, Party
from gateway.errors import (
    ConfigError,
    GatewayError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
)
from gateway.ports import Key, Report, TicketRef, TicketWrite

MOST_FILES = 15
MOST_TEXT = 150_000
FLOODED = timedelta(minutes=1)
"""Chatwoot takes so many messages of a conversation in a minute, and counts anew after that."""
_CUT = "\n[…] The rest of this text is in the gateway."


class ChatwootTickets:
    """See `Tickets`."""

    def __init__(self, settings: ChatwootSettings, api: ChatwootApi) -> None:
        self._settings = settings
        self._api = api

    async def check(self) -> Report:
        """See `check` beside this."""
        return await check(self._settings, self._api)

    async def open(self, write: TicketWrite, part: Part) -> TicketRef:
        """Open a conversation with the case's number, then write into it: what failed in between is looked up."""
        contact = await self._contact(write.case.requester)
        answer = await self._api.post("/conversations", self._conversation(write, contact))
        ticket = TicketRef(str(answer.read(_Made).id))
        try:
            for piece in self._pieces(part):
                await self._say(ticket, piece)
            await self._classify(ticket, write.case)
        except GatewayError as error:
            raise OutcomeUnknownError(f"written in part: {error}") from error
        return ticket

    async def append(self, write: TicketWrite, ticket: TicketRef, part: Part) -> None:
        """Add messages to a conversation; Chatwoot itself opens it again for what a user writes."""
        pieces = self._pieces(part)
        held = await self.marks(ticket) if len(pieces) > 1 else ()
        began = False
        for piece in pieces:
            if piece.mark in held:
                continue
            try:
                await self._say(ticket, piece)
            except GatewayError as error:
                raise (OutcomeUnknownError(f"written in part: {error}") if began else error) from error
            began = True

    async def set_state(self, write: TicketWrite, ticket: TicketRef, state: CaseState) -> None:
        """Set the status where it is another, and leave that it was we who did."""
        status = state_name(self._settings, USUAL_STATES, state)
        found = await self._api.conversation(ticket)
        if found.status != status:
            self._taken(await self._api.write(ticket, "toggle_status", {"status": status}))
        await self._attribute(found, {self._settings.state_attribute: f"{status} {mark_of(write.key)}"})

    async def by_key(self, external_key: str) -> Sequence[TicketRef]:
        """Return the conversations with that number, from the database: what was just made is found."""
        attribute = self._settings.key_attribute
        answer = await self._filtered("/conversations/filter", attribute, external_key)
        if answer.status == 422:
            raise ConfigError(
                f"{self._api.host} knows no conversations' attribute {attribute}: gatehouse backends setup"
            )
        found = answer.read(_Filtered)
        listed = found.data or found
        ours = [
            each
            for each in listed.payload
            if each.text(attribute) == external_key and each.inbox_id == self._settings.inbox
        ]
        return [each.ref for each in sorted(ours, key=lambda each: each.id)]

    async def marks(self, ticket: TicketRef) -> Collection[str]:
        """Return the marks of a conversation's messages: they are no text, so nobody writes one by chance."""
        return {message.mark async for message, _ in self._api.messages(ticket) if message.mark}

    async def give_up(self, orphan: TicketRef, kept: TicketRef) -> None:
        """Resolve a double, say which conversation goes on, and take its number away last of all."""
        found = await self._api.conversation(orphan)
        mark = mark_of(Key(f"double:{orphan}:{kept}"))
        if mark not in await self.marks(orphan):
            await self._say(orphan, Part(mark, f"A double of the conversation {kept}; go on there.", for_agents=True))
        self._taken(await self._api.write(orphan, "toggle_status", {"status": RESOLVED}))
        key = found.text(self._settings.key_attribute)
        changed = {
            self._settings.key_attribute: f"{key} double of {kept}",
            self._settings.state_attribute: f"{RESOLVED} {mark}",
        }
        await self._attribute(found, changed)

    def _pieces(self, part: Part) -> tuple[Part, ...]:
        return pieces_of(part, MOST_FILES, self._settings.upload_mb * MEGABYTE)

    def _conversation(self, write: TicketWrite, contact: int) -> dict[str, Any]:
        team = queue_name(self._settings, write.case, self._settings.team)
        status = state_name(self._settings, USUAL_STATES, CaseState.OPEN)
        data: dict[str, Any] = {
            "source_id": write.external_key,
            "inbox_id": self._settings.inbox,
            "contact_id": contact,
            "status": status,
            "custom_attributes": {
                **field_values(self._settings, write.case),
                self._settings.key_attribute: write.external_key,
            },
        }
        return data | ({"team_id": int(team)} if team else {})

    async def _contact(self, party: Party) -> int:
        """Return the contact's number; one is made for a user who has none."""
        identifier = user_id(party)
        known = await self._known(identifier)
        if known is not None:
            return known
        data = {
            "inbox_id": self._settings.inbox,
            "name": shown_name(party),
            "identifier": identifier,
            "additional_attributes": {"description": who(party)},
        }
        answer = await self._api.post("/contacts", data, expected=(422,))
        if answer.status != 422:
            return answer.read(_MadeContact).payload.contact.id
        # Another write of the same user was quicker; or the contact itself is refused.
        known = await self._known(identifier)
        if known is None:
            raise RejectedError(f"{self._api.host} refuses the contact")
        return known

    async def _known(self, identifier: str) -> int | None:
        answer = await self._filtered("/contacts/filter", "identifier", identifier)
        self._taken(answer)
        return next((each.id for each in answer.read(_Contacts).payload if each.identifier == identifier), None)

    async def _filtered(self, path: str, attribute: str, value: str) -> Answer:
        condition = {"attribute_key": attribute, "filter_operator": "equal_to", "values": [value]}
        return await self._api.post(path, {"payload": [condition]}, expected=(422,))

    async def _say(self, ticket: TicketRef, part: Part) -> None:
        text = part.text if len(part.text) <= MOST_TEXT else part.text[: MOST_TEXT - len(_CUT)] + _CUT
        kind = "outgoing" if part.for_agents else "incoming"
        data = {"content": text, "message_type": kind, "private": part.for_agents, "source_id": part.mark}
        if part.files:
            form = [(name, "", str(value).lower() if value in (True, False) else value) for name, value in data.items()]
            form.append(("content_attributes", "", json.dumps({MARK: part.mark})))
            body = multipart(
                [(name, kind, str(value)) for name, kind, value in form],
                [("attachments[]", file) for file in part.files],
            )
            self._taken(await self._api.write(ticket, "messages", body=body))
        else:
            self._taken(await self._api.write(ticket, "messages", {**data, "content_attributes": {MARK: part.mark}}))

    def _taken(self, answer: Answer) -> None:
        """Tell a conversation that has had too many messages for now from one that refuses this one for good."""
        if answer.status != 422:
            return
        if b"too many messages" in answer.body.lower():
            raise RateLimitedError(f"{answer.host} takes no more messages of that conversation for now", FLOODED)
        raise RejectedError(f"{answer.host} answered 422: it refuses this item")

    async def _classify(self, ticket: TicketRef, case: Case) -> None:
        labels = list(dict.fromkeys(label_of(tag) for tag in tags_of(self._settings, case)))
        if labels:
            self._taken(await self._api.write(ticket, "labels", {"labels": labels}))
        priority = self._settings.priorities.get(case.priority) or USUAL_PRIORITIES.get(case.priority)
        if priority:
            self._taken(await self._api.write(ticket, "toggle_priority", {"priority": priority}))

    async def _attribute(self, found: Conversation, changed: dict[str, str]) -> None:
        """Change attributes and keep the others: newer releases merge themselves, older ones replace all."""
        data = {"custom_attributes": {**found.custom_attributes, **changed}, "merge": True}
        self._taken(await self._api.write(found.ref, "custom_attributes", data))


def label_of(tag: str) -> str:
    """Return a tag as Chatwoot names labels: small letters, no spaces."""
    return re.sub(r"[^\w-]+", "-", tag.lower()).strip("-") or "tag"


class _Made(Frozen):
    id: int


class _Contact(Frozen):
    id: int
    identifier: str | None = None


class _Contacts(Frozen):
    payload: tuple[_Contact, ...]


class _InContact(Frozen):
    contact: _Contact


class _MadeContact(Frozen):
    payload: _InContact


class _Filtered(Listed):
    data: Listed | None = Field(default=None)
