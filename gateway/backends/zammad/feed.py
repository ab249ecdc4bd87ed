"""What agents did in Zammad: changed tickets from its database, their articles and their history; and what it means."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError

from gateway.backends._api import Answer, Api
from gateway.backends._hooks import without_hints
from gateway.backends._html import plain_text
from gateway.backends._overlap import Act, Changed
from gateway.backends.zammad.settings import ZammadSettings
from gateway.backends.zammad.tickets import MERGED
from gateway.case import Frozen
from gateway.errors import MalformedError, RejectedError
from gateway.ports import Clock, DeskFile, FileRef, NormalizerPlugin, Raw, TicketEvent, case_of_key

VERSION = 1
PAGE = 25
"""Tickets on one page: two calls each."""
FILES = "/api/v1/ticket_attachment/"
CLOSED = "closed"
SPOKEN = "phone"
"""An article of this type tells of a call: it is no answer to be sent."""


class ZammadChanges:
    """See `Changes`."""

    def __init__(self, settings: ZammadSettings, api: Api, clock: Clock) -> None:
        self._settings = settings
        self._api = api
        self._clock = clock
        self._me = 0
        self._types: Mapping[str, str] = {}

    async def now(self) -> datetime:
        """Return the time of the last change of any ticket."""
        query: dict[str, str | int] = {
            **self._since(datetime(2000, 1, 1, tzinfo=UTC)),
            "per_page": 1,
            "sort_by": "updated_at",
            "order_by": "desc",
            "expand": "true",
        }
        found = (await self._api.call("GET", "/api/v1/tickets/search", query=query)).read(list[_Ticket])
        return found[0].updated_at if found else self._clock.now()

    async def changed(self, since: datetime, place: str) -> tuple[Sequence[Changed], datetime | None, str]:
        """Return the next tickets by the time of their change; the next page begins at the last one's."""
        begin, _, page = place.partition("|")
        at = datetime.fromisoformat(begin) if begin else since
        attribute = self._settings.key_attribute
        query: dict[str, str | int] = {
            **self._since(at),
            f"condition[ticket.{attribute}][operator]": "contains",
            f"condition[ticket.{attribute}][value]": "GH-",
            "page": page or "1",
            "per_page": PAGE,
            "sort_by": "updated_at",
            "order_by": "asc",
            "expand": "true",
        }
        answer = await self._api.call("GET", "/api/v1/tickets/search", query=query)
        found = answer.read(list[dict[str, Any]])
        tickets = [self._changed(answer, each) for each in found]
        if not tickets:
            return (), None, ""
        ours = [each for each in tickets if each.data.get(attribute)]
        return ours, tickets[-1].at, _following(at, tickets[-1].at, int(page or 1), len(tickets))

    async def acts(self, changed: Changed, since: datetime) -> Sequence[Act]:
        """Return articles of agents and changes of the state; of a merged ticket only that it was merged."""
        me, types = await self._known()
        ticket = {"id": int(changed.ticket), "key": changed.data[self._settings.key_attribute]}
        merged = changed.data.get("state") == MERGED
        paths = [f"/api/v1/ticket_history/{changed.ticket}"]
        if not merged:
            paths.append(f"/api/v1/ticket_articles/by_ticket/{changed.ticket}")
        answers = await asyncio.gather(*(self._api.call("GET", path, expected=(404,)) for path in paths))
        if any(answer.status == 404 for answer in answers):
            return ()
        history = answers[0].read(_History)
        acts = [_state_act(entry, ticket, history.assets, types) for entry in history.history if entry.is_state()]
        if merged:
            acts += [_merged_act(entry, ticket, changed.at) for entry in history.history if entry.type == "merged_into"]
        else:
            articles = answers[1].read(list[dict[str, Any]])
            acts = [_article_act(article, ticket, answers[1]) for article in articles if _is_agents(article)] + acts
        # Sorted by time alone, and the sort is stable: an answer comes before the state that was set with it.
        return sorted((act for by, act in acts if by != me and act.at >= since), key=lambda act: act.at)

    def _since(self, at: datetime) -> dict[str, str]:
        return {
            "condition[ticket.updated_at][operator]": "after (absolute)",
            "condition[ticket.updated_at][value]": at.astimezone(UTC).isoformat(timespec="milliseconds"),
        }

    def _changed(self, answer: Answer, data: Mapping[str, Any]) -> Changed:
        try:
            ticket = _Ticket.model_validate(data)
        except ValidationError:
            raise answer.unreadable() from None
        return Changed(str(ticket.id), ticket.updated_at, ticket.updated_at.isoformat(), data)

    async def _known(self) -> tuple[int, Mapping[str, str]]:
        """Return our own user's id, and the type of each state; asked once."""
        if not self._me:
            states = (await self._api.call("GET", "/api/v1/ticket_states", query={"expand": "true"})).read(list[_State])
            self._types = {state.name: state.state_type for state in states}
            self._me = (await self._api.call("GET", "/api/v1/users/me")).read(_Me).id
        return self._me, self._types


def _following(begin: datetime, last: datetime, page: int, count: int) -> str:
    """Return the next place: from the last change on, or, where one instant fills a page, the next page of it."""
    if count < PAGE:
        return ""
    return f"{last.isoformat()}|1" if last > begin else f"{begin.isoformat()}|{page + 1}"


class _Me(Frozen):
    id: int


class _Ticket(Frozen):
    id: int
    updated_at: AwareDatetime


class _State(Frozen):
    name: str
    state_type: str


class _Entry(Frozen):
    id: int
    type: str
    attribute: str = ""
    value_from: str | None = None
    value_to: str | None = None
    id_to: int | None = None
    created_by_id: int
    created_at: AwareDatetime

    def is_state(self) -> bool:
        return self.type == "updated" and self.attribute == "state"


class _History(Frozen):
    history: tuple[_Entry, ...]
    assets: dict[str, Any] = Field(default_factory=dict)


def _is_agents(article: Mapping[str, Any]) -> bool:
    return article.get("sender") == "Agent"


def _article_act(article: Mapping[str, Any], ticket: Mapping[str, Any], answer: Answer) -> tuple[int, Act]:
    try:
        read = _Article.model_validate(article)
    except ValidationError:
        raise answer.unreadable() from None
    body = {"what": "article", "ticket": ticket, "article": article}
    return read.created_by_id, Act(f"article:{read.id}", read.created_at, body)


def _state_act(
    entry: _Entry, ticket: Mapping[str, Any], assets: Mapping[str, Any], types: Mapping[str, str]
) -> tuple[int, Act]:
    user = assets.get("User", {}).get(str(entry.created_by_id), {})
    name = " ".join(str(user.get(part) or "") for part in ("firstname", "lastname")).strip()
    body = {
        "what": "state",
        "ticket": ticket,
        "history": entry.model_dump(mode="json"),
        "was_closed": types.get(entry.value_from or "") == CLOSED,
        "is_closed": types.get(entry.value_to or "") == CLOSED,
        "is_merged": entry.value_to == MERGED,
        "author": name or str(user.get("email") or ""),
    }
    return entry.created_by_id, Act(f"history:{entry.id}", entry.created_at, body)


def _merged_act(entry: _Entry, ticket: Mapping[str, Any], at: datetime) -> tuple[int, Act]:
    # Zammad dates this entry to the change of the ticket before it.
    body = {"what": "merged", "ticket": ticket, "history": entry.model_dump(mode="json"), "at": at.isoformat()}
    return entry.created_by_id, Act(f"history:{entry.id}", at, body)


class ZammadDownloader:
    """Files of articles, by the path that the normalizer made."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def open(self, ref: FileRef) -> AsyncIterator[bytes]:
        """See `Downloader`."""
        if not ref.startswith(FILES):
            raise RejectedError("that is no file of an article")
        async for chunk in self._api.stream(ref):
            yield chunk


class _Stored(Frozen):
    id: int
    filename: str
    size: int | None = None
    preferences: dict[str, Any] = Field(default_factory=dict)

    def media_type(self) -> str:
        for name in ("Content-Type", "Mime-Type", "content-type"):
            if isinstance(self.preferences.get(name), str):
                return str(self.preferences[name]).partition(";")[0]
        return "application/octet-stream"


class _Article(Frozen):
    id: int
    ticket_id: int
    body: str = ""
    content_type: str = "text/html"
    type: str
    internal: bool
    created_at: AwareDatetime
    created_by_id: int
    created_by: str = ""
    sent_from: str | None = Field(default=None, alias="from")
    attachments: tuple[_Stored, ...] = ()


class _TicketOf(Frozen):
    id: int
    key: str


class _ArticleBody(Frozen):
    what: Literal["article"]
    ticket: _TicketOf
    article: _Article


class _StateBody(Frozen):
    what: Literal["state"]
    ticket: _TicketOf
    history: _Entry
    was_closed: bool
    is_closed: bool
    is_merged: bool
    author: str = ""


class _MergedBody(Frozen):
    what: Literal["merged"]
    ticket: _TicketOf
    history: _Entry
    at: AwareDatetime


_BODY: TypeAdapter[_ArticleBody | _StateBody | _MergedBody] = TypeAdapter(
    Annotated[_ArticleBody | _StateBody | _MergedBody, Field(discriminator="what")]
)


def normalize(raw: Raw) -> Sequence[TicketEvent]:
    """Turn an article, a change of the state or a merge into the event that it is."""
    try:
        act = _BODY.validate_json(raw.body)
    except ValidationError:
        raise MalformedError("an act in Zammad cannot be read") from None
    match act:
        case _ArticleBody():
            return _of_article(raw, act)
        case _StateBody():
            return _of_state(raw, act)
        case _MergedBody():
            return (_event(raw, act.ticket, "merged", act.at, into=str(act.history.id_to or "")),)


def _of_article(raw: Raw, act: _ArticleBody) -> Sequence[TicketEvent]:
    article = act.article
    text = plain_text(article.body) if "html" in article.content_type else article.body.strip()
    files = tuple(
        DeskFile(
            ref=f"{FILES}{article.ticket_id}/{article.id}/{each.id}",
            name=each.filename,
            media_type=each.media_type(),
            size=each.size or 0,
        )
        for each in article.attachments
    )
    if not text and not files:
        return ()
    kind: _Kind = "noted" if article.internal or article.type == SPOKEN else "replied"
    author = article.sent_from or article.created_by
    return (_event(raw, act.ticket, kind, article.created_at, text=text, author=author, attached=files),)


def _of_state(raw: Raw, act: _StateBody) -> Sequence[TicketEvent]:
    if act.was_closed == act.is_closed or act.is_merged:
        return ()
    kind: _Kind = "solved" if act.is_closed else "reopened"
    return (_event(raw, act.ticket, kind, act.history.created_at, author=act.author),)


_Kind = Literal["replied", "noted", "solved", "reopened", "merged", "deleted"]


def _event(raw: Raw, ticket: _TicketOf, kind: _Kind, at: datetime, **more: Any) -> TicketEvent:
    return TicketEvent(
        id=f"{raw.source}:{raw.key}",
        ticket=str(ticket.id),
        case_id=case_of_key(ticket.key),
        kind=kind,
        at=at,
        provenance=NORMALIZER.provenance(raw),
        **more,
    )


NORMALIZER = NormalizerPlugin("zammad", VERSION, without_hints(normalize))
