"""What Chatwoot's API answers, as far as the gateway reads it, and calls that several parts make.

Source: https://developers.chatwoot.com/api-reference/ , and where that is silent, Chatwoot's own source.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

from pydantic import Field

from gateway.backends._api import Answer, Api, Body
from gateway.case import Frozen
from gateway.errors import GoneError
from gateway.ports import TicketRef

INCOMING, OUTGOING = 0, 1
"""Kinds of messages; 2 is what Chatwoot tells of itself, 3 what it sends by itself."""
OVERLAPPING = 5
"""Messages come by time and are asked for by number; so many at the end of a page are asked for again."""
MOST_MESSAGES = 5000
MARK = "gatehouse"
"""The name of our mark among a message's attributes, which nobody is shown."""


class Sender(Frozen):
    """Who wrote a message: `user` is an agent."""

    id: int | None = None
    type: str = ""
    name: str | None = None


class Attachment(Frozen):
    """A file; its address is a link that anybody may follow."""

    id: int
    data_url: str | None = None
    file_size: int | None = None


class Message(Frozen):
    """A message, or a private note."""

    id: int
    content: str | None = None
    message_type: int = OUTGOING
    private: bool = False
    created_at: int
    source_id: str | None = None
    content_attributes: dict[str, Any] | None = None
    sender: Sender | None = None
    attachments: tuple[Attachment, ...] = ()

    @property
    def mark(self) -> str:
        """The mark that we gave it, if it is ours; older releases keep it in one of the places alone."""
        return str((self.content_attributes or {}).get(MARK) or self.source_id or "")


class Last(Frozen):
    """As much of a conversation's last message as tells how far its numbers go."""

    id: int = 0


class Conversation(Frozen):
    """A conversation."""

    id: int
    inbox_id: int
    status: str
    last_activity_at: int = 0
    custom_attributes: dict[str, Any] = Field(default_factory=dict)
    messages: tuple[Last, ...] = ()

    @property
    def ref(self) -> TicketRef:
        """What the gateway calls it."""
        return TicketRef(str(self.id))

    def text(self, attribute: str) -> str:
        """Return what stands in one of its own attributes."""
        value = self.custom_attributes.get(attribute)
        return value if isinstance(value, str) else ""

    @property
    def last_id(self) -> int:
        """The number of its last message."""
        return max((message.id for message in self.messages), default=0)


class Counts(Frozen):
    """How many conversations a list has in all."""

    all_count: int = 0


class Listed(Frozen):
    """A page of conversations."""

    payload: tuple[Conversation, ...] = ()
    meta: Counts = Counts()


class Listing(Frozen):
    """The envelope of a page, as lists have it."""

    data: Listed


class Profile(Frozen):
    """Whose token we have."""

    id: int


class ChatwootApi:
    """One account, and who we are there."""

    def __init__(self, api: Api, account: int) -> None:
        self.http = api
        self.host = api.host
        self._base = f"/api/v1/accounts/{account}"
        self._me: int | None = None

    async def me(self) -> int:
        """Return our own user's number; asked once."""
        if self._me is None:
            self._me = (await self.http.call("GET", "/api/v1/profile")).read(Profile).id
        return self._me

    async def get(self, path: str, query: Mapping[str, str | int] | None = None) -> Answer:
        """Read something of the account."""
        return await self.http.call("GET", self._base + path, query=query)

    async def post(self, path: str, data: Any, *, expected: tuple[int, ...] = ()) -> Answer:
        """Change something of the account."""
        return await self.http.call("POST", self._base + path, data=data, expected=expected)

    async def conversation(self, ref: TicketRef) -> Conversation:
        """Return a conversation. Raises `GoneError` when it was deleted."""
        answer = await self.http.call("GET", self._base + self.path(ref), expected=(404,))
        return self.alive(ref, answer).read(Conversation)

    async def write(self, ref: TicketRef, call: str, data: Any = None, body: Body | None = None) -> Answer:
        """Make a change to a conversation; its answer may be a 422, for the caller to read. Raises `GoneError`."""
        path = f"{self._base}{self.path(ref)}/{call}"
        return self.alive(ref, await self.http.call("POST", path, data=data, body=body, expected=(404, 422)))

    async def messages(self, ref: TicketRef, after: int = 0) -> AsyncIterator[tuple[Message, Any]]:
        """Yield the messages of a conversation with higher numbers, oldest first, each also as Chatwoot tells it."""
        known: set[int] = set()
        while len(known) < MOST_MESSAGES:
            path = f"{self._base}{self.path(ref)}/messages"
            answer = await self.http.call("GET", path, query={"after": after}, expected=(404,))
            found = self.alive(ref, answer).read(_Messages)
            fresh = [each for each in found.payload if each.id not in known]
            if not fresh:
                return
            raw = {each.get("id"): each for each in answer.json()["payload"]}
            for each in fresh:
                yield each, raw[each.id]
            known |= {each.id for each in fresh}
            after = max(after, min(each.id for each in found.payload[-OVERLAPPING:]))

    def path(self, ref: TicketRef) -> str:
        """Return where a conversation is. Raises `GoneError` for what was never one."""
        if not re.fullmatch(r"[0-9]{1,18}", ref):
            raise GoneError(f"{self.host} has no conversation of that name")
        return f"/conversations/{ref}"

    def alive(self, ref: TicketRef, answer: Answer) -> Answer:
        """Return an answer about a conversation. Raises `GoneError` when it says that there is none."""
        if answer.status == 404:
            raise GoneError(f"{self.host} has conversation {ref} no more")
        return answer


class _Messages(Frozen):
    payload: tuple[Message, ...]
