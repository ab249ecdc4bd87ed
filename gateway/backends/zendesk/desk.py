"""Tickets of Zendesk, a call or two each: what `OneByOne` writes with."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel

from gateway.backends import _bodies
from gateway.backends._api import Answer
from gateway.backends._parts import MARK as MARK_FORM
from gateway.backends._parts import Part, mark_of
from gateway.backends.zendesk.api import Zendesk
from gateway.backends.zendesk.checks import check
from gateway.backends.zendesk.pace import MINUTE, Updates
from gateway.backends.zendesk.settings import MARK, ZendeskSettings, comment_of, opening, status
from gateway.case import CaseState
from gateway.errors import (
    GatewayError,
    GoneError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    TransientError,
)
from gateway.http import retry_after
from gateway.ports import Clock, Key, Report, TicketFile, TicketRef, TicketWrite

MOST_FILE = 50 * 1024 * 1024
"""Zendesk takes files of up to 50 MB."""
MOST_AUDIT_PAGES = 20
MOST_KNOWN = 20_000
AT_ONCE = 100


class Shown(BaseModel):
    """What we read of a ticket."""

    id: int
    requester_id: int | None = None
    status: str = ""
    updated_at: str = ""
    external_id: str | None = None


class OneTicket(BaseModel):
    """An answer that holds a ticket."""

    ticket: Shown


class ManyTickets(BaseModel):
    """An answer that holds tickets."""

    tickets: list[Shown]


class _Upload(BaseModel):
    token: str


class _Uploaded(BaseModel):
    upload: _Upload


class _Audits(BaseModel):
    audits: list[dict[str, Any]]
    meta: dict[str, Any] = {}


class Own:
    """What we ourselves did last to each ticket, and who its requester is; of the latest tickets."""

    def __init__(self) -> None:
        self._known: OrderedDict[int, Shown] = OrderedDict()

    def note(self, ticket: Shown) -> None:
        """Remember a ticket as an answer to a write of ours shows it."""
        self._known[ticket.id] = ticket
        self._known.move_to_end(ticket.id)
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)

    def requester(self, ticket: TicketRef) -> int | None:
        """Return the ticket's requester."""
        known = self._known.get(int(ticket)) if ticket.isdigit() else None
        return known.requester_id if known is not None else None

    def is_last(self, ticket: Shown) -> bool:
        """Whether nobody did anything after us."""
        known = self._known.get(ticket.id)
        return known is not None and known.updated_at == ticket.updated_at


class ZendeskTickets:
    """See `Tickets`. A mark is custom metadata of the audit that its part made: agents never see it."""

    def __init__(self, settings: ZendeskSettings, api: Zendesk, clock: Clock, own: Own) -> None:
        self._settings = settings
        self._api = api
        self._clock = clock
        self._own = own
        self._updates = Updates(clock, settings.updates_per_minute, api.host)

    async def check(self) -> Report:
        """See `Tickets`."""
        return await check(self._settings, self._api, self._clock)

    async def open(self, write: TicketWrite, part: Part) -> TicketRef:
        """See `Tickets`; the same write within two hours opens no second ticket."""
        (comment, mark), *rest = await self._comments(part)
        data = {"ticket": opening(self._settings, write, comment, mark)}
        headers = {"idempotency-key": _idempotency_key(write)}
        answer = await self._api.call("POST", "/tickets", data=data, headers=headers, expected=(400, 422))
        if answer.status == 400 and b"IdempotentRequestError" in answer.body:
            # An earlier attempt came through with what the case was then.
            raise OutcomeUnknownError(f"{self._api.host} has had this write before, in other words")
        _refuse(answer)
        shown = answer.read(OneTicket).ticket
        self._own.note(shown)
        ticket = TicketRef(str(shown.id))
        try:
            for comment, mark in rest:
                await self._update(ticket, {"comment": comment, "metadata": {MARK: mark}})
        except GatewayError as error:
            raise OutcomeUnknownError(f"written in part: {error}") from error
        return ticket

    async def append(self, write: TicketWrite, ticket: TicketRef, part: Part) -> None:
        """See `Tickets`; what users wrote bears their name."""
        author = None if part.for_agents else await self._requester(ticket)
        comments = await self._comments(part)
        held = await self.marks(ticket) if write.doubtful and len(comments) > 1 else ()
        for comment, mark in comments:
            if author is not None and comment["public"]:
                comment["author_id"] = author
            if mark not in held:
                await self._update(ticket, {"comment": comment, "metadata": {MARK: mark}})

    async def set_state(self, write: TicketWrite, ticket: TicketRef, state: CaseState) -> None:
        """See `Tickets`; what is closed for good is solved."""
        try:
            await self._update(ticket, status(self._settings, state))
        except GoneError:
            if state is not CaseState.SOLVED:
                raise

    async def by_key(self, external_key: str) -> Sequence[TicketRef]:
        """See `Tickets`."""
        answer = await self._api.call("GET", "/tickets", query={"external_id": external_key, "per_page": 100})
        found = [each for each in answer.read(ManyTickets).tickets if each.external_id == external_key]
        for each in found:
            self._own.note(each.model_copy(update={"updated_at": ""}))
        return [TicketRef(str(each.id)) for each in sorted(found, key=lambda each: each.id)]

    async def marks(self, ticket: TicketRef) -> Collection[str]:
        """See `Tickets`; the latest audits first, as far back as a write can be in doubt."""
        marks: set[str] = set()
        after: str | None = None
        for _ in range(MOST_AUDIT_PAGES):
            query: dict[str, str | int] = {"page[size]": 100, "sort": "-created_at"}
            if after is not None:
                query["page[after]"] = after
            answer = await self._api.call("GET", f"/tickets/{_id(ticket)}/audits", query=query, expected=(404,))
            _refuse(answer)
            page = answer.read(_Audits)
            marks.update(_mark_in(audit) for audit in page.audits)
            after = page.meta.get("after_cursor")
            if not page.meta.get("has_more") or after is None:
                break
        return marks - {""}

    async def give_up(self, orphan: TicketRef, kept: TicketRef) -> None:
        """See `Tickets`; without its external id nothing finds it any more."""
        note = f"The gateway opened this ticket twice; the conversation goes on in #{kept}."
        comment = comment_of(Part("", note, for_agents=True))
        change = {"external_id": None, "status": "solved", "comment": comment}
        await self._update(orphan, change)

    async def _update(self, ticket: TicketRef, change: dict[str, Any]) -> None:
        number = _id(ticket)
        self._updates.take(ticket)
        path = f"/tickets/{number}"
        try:
            answer = await self._api.call("PUT", path, data={"ticket": change}, expected=(404, 409, 422, 429))
        except RateLimitedError:
            self._updates.give_back(ticket)
            raise
        if answer.status == 429:
            raise self._limited(answer)
        _refuse(answer)
        self._own.note(answer.read(OneTicket).ticket)

    def _limited(self, answer: Answer) -> TransientError:
        """Return the error of an update that came too soon: the account's limit concerns all, others this ticket."""
        whole = answer.headers.get("x-rate-limit-remaining", "").strip() in ("", "0")
        wait = retry_after(answer.headers.get("retry-after", ""), self._clock.now())
        text = f"{self._api.host} answered 429: it has too many calls"
        if wait is None and whole:
            return TransientError(text)
        return RateLimitedError(text, wait or MINUTE, item=not whole)

    async def prepare(self, writes: Sequence[TicketWrite]) -> None:
        """Learn in one call who the requesters of many tickets are; without that each is asked for by itself."""
        tickets = {write.ticket for write in writes if write.ticket is not None and write.entry is not None}
        unknown = sorted(each for each in tickets if each.isdigit() and self._own.requester(each) is None)
        if len(unknown) < 2:
            return
        with suppress(GatewayError):
            for first in range(0, len(unknown), AT_ONCE):
                query = {"ids": ",".join(unknown[first : first + AT_ONCE])}
                answer = await self._api.call("GET", "/tickets/show_many", query=query)
                for shown in answer.read(ManyTickets).tickets:
                    self._own.note(shown.model_copy(update={"updated_at": ""}))

    async def _requester(self, ticket: TicketRef) -> int | None:
        known = self._own.requester(ticket)
        if known is not None:
            return known
        answer = await self._api.call("GET", f"/tickets/{_id(ticket)}", expected=(404,))
        _refuse(answer)
        shown = answer.read(OneTicket).ticket
        self._own.note(shown.model_copy(update={"updated_at": ""}))
        return shown.requester_id

    async def _comments(self, part: Part) -> list[tuple[dict[str, Any], str]]:
        """Return the comment that a part is with its mark, and before that mark what agents must know of its files."""
        comment = comment_of(part)
        sent = [(file, await self._upload(file)) for file in part.files]
        tokens = [token for _, token in sent if token]
        if tokens:
            comment["uploads"] = tokens
        refused = ", ".join(file.name for file, token in sent if not token)
        if not refused:
            return [(comment, part.mark)]
        note = Part(part.mark, f"Zendesk does not take these files, so they are in the gateway alone: {refused}", True)
        return [(comment, mark_of(Key(f"{part.mark}#0"))), (comment_of(note), part.mark)]

    async def _upload(self, file: TicketFile) -> str:
        """Return the token of a file that was streamed there; nothing where Zendesk does not take the file."""
        if file.size > MOST_FILE:
            return ""
        answer = await self._api.call(
            "POST", "/uploads", query={"filename": file.name}, body=_bodies.plain(file), expected=(413, 422)
        )
        return answer.read(_Uploaded).upload.token if answer.status < 300 else ""


def _id(ticket: TicketRef) -> str:
    """Return a ticket's number as it goes into a path. Raises `GoneError` for what is no number of Zendesk's."""
    if not (ticket.isascii() and ticket.isdigit()):
        raise GoneError("the ticket's name is no number of Zendesk's")
    return quote(ticket, safe="")


def _idempotency_key(write: TicketWrite) -> str:
    text = f"{write.key}\n{write.external_key}"
    return "gatehouse-" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:40]


def _refuse(answer: Answer) -> None:
    """Raise what a status stands for that was expected because its body tells more than the status."""
    if answer.status < 300:
        return
    if answer.status == 404:
        raise GoneError(f"{answer.host} has that ticket no more")
    if answer.status == 409:
        raise TransientError(f"{answer.host} answered 409: somebody else changes that ticket just now", item=True)
    if answer.status == 422 and b"closed prevents" in answer.body:
        raise GoneError(f"{answer.host} has closed that ticket for good")
    raise RejectedError(f"{answer.host} answered {answer.status}: it refuses this item")


def _mark_in(audit: dict[str, Any]) -> str:
    metadata = audit.get("metadata")
    custom = metadata.get("custom") if isinstance(metadata, dict) else None
    mark = custom.get(MARK) if isinstance(custom, dict) else None
    return mark if isinstance(mark, str) and MARK_FORM.fullmatch(mark) else ""
