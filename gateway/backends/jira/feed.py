"""What agents did in Jira: changed requests of ours by JQL, their comments and their changelog; and what it means."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError

from gateway.backends._api import Answer
from gateway.backends._hooks import without_hints
from gateway.backends._overlap import Act, Changed
from gateway.backends.jira.adf import has_media, plain_text
from gateway.backends.jira.settings import JiraSettings
from gateway.backends.jira.site import EXPERIMENTAL, Site
from gateway.backends.jira.tickets import case_key
from gateway.case import Frozen
from gateway.errors import MalformedError, RejectedError, TransientError
from gateway.ports import Clock, DeskFile, FileRef, NormalizerPlugin, Raw, TicketEvent, case_of_key

VERSION = 1
PAGE = 25
"""Requests on one page: two calls each, or more."""
LIST = 100
AGENTS = "atlassian"
"""The type of a person's account that may work in Jira; others are `customer` and `app`."""


class JiraChanges:
    """See `Changes`."""

    def __init__(self, settings: JiraSettings, site: Site, clock: Clock) -> None:
        self._settings = settings
        self._site = site
        self._clock = clock
        self._done: dict[str, bool] = {}

    async def now(self) -> datetime:
        """Return the server's time."""
        return (await self._site.api.call("GET", "/rest/api/3/serverInfo")).read(_Server).server_time

    async def changed(self, since: datetime, place: str) -> tuple[Sequence[Changed], datetime | None, str]:
        """Return the next requests of ours by the time of their change; the next page begins at the last one's minute.

        JQL knows minutes alone. They are counted back from now, since a written time would be read in the time zone of
        our account.
        """
        begin, given, token = place.split("|") if place else ("", "", "")
        at = datetime.fromisoformat(begin) if begin else since
        minutes = int(given or max(1, math.ceil((self._clock.now() - at) / timedelta(minutes=1)) + 1))
        jql = (
            f'project = "{self._settings.project}" AND creator = currentUser() AND updated >= "-{minutes}m" '
            "ORDER BY updated ASC, key ASC"
        )
        found = await self._site.search(jql, ["updated", "labels", "reporter"], PAGE, token)
        tickets = [self._changed(each) for each in found.get("issues", ())]
        if not tickets:
            return (), None, ""
        last, following = max(each.at for each in tickets), str(found.get("nextPageToken") or "")
        if following:
            moved = last - at > timedelta(minutes=2)
            # A token goes with its very query, so within one minute the query stays as it was.
            following = f"{last.isoformat()}||" if moved else f"{at.isoformat()}|{minutes}|{following}"
        return [each for each in tickets if each.data["key"]], last, following

    async def acts(self, changed: Changed, since: datetime) -> Sequence[Act]:
        """Return comments of agents and changes of the status."""
        me = await self._site.me()
        comments, history = await asyncio.gather(
            self._comments(changed.ticket, since), self._changes_of(changed.ticket, since)
        )
        ticket = {"id": changed.ticket, "key": changed.data["key"]}
        acts = []
        for comment, read in comments:
            if read.author.is_agent(me, str(changed.data["reporter"])):
                acts.append(await self._comment_act(ticket, comment, read))
        for entry in history:
            if entry.author.account_id != me:
                acts += [await self._status_act(ticket, entry, item) for item in entry.items if item.is_status()]
        # Sorted by time alone, and the sort is stable: an answer comes before the status that was set with it.
        return sorted(acts, key=lambda act: act.at)

    def _changed(self, issue: Mapping[str, Any]) -> Changed:
        fields = issue.get("fields") or {}
        try:
            at = datetime.fromisoformat(str(fields.get("updated")))
        except ValueError:
            raise TransientError(f"{self._site.host} answered with something that cannot be read") from None
        data = {"key": case_key(fields), "reporter": (fields.get("reporter") or {}).get("accountId", "")}
        return Changed(str(issue["key"]), at, at.isoformat(), data)

    async def _comments(self, ticket: str, since: datetime) -> Sequence[tuple[Mapping[str, Any], _Comment]]:
        """Return comments from a time on, oldest first; Jira lists the newest first."""
        found: list[tuple[Mapping[str, Any], _Comment]] = []
        path = f"/rest/api/3/issue/{ticket}/comment"
        while True:
            query: dict[str, str | int] = {"orderBy": "-created", "startAt": len(found), "maxResults": LIST}
            answer = await self._site.api.call("GET", path, query=query, expected=(404,))
            if answer.status == 404:
                return ()
            listed = answer.read(_Comments).comments
            found += [(each, _read_comment(answer, each)) for each in listed]
            if len(listed) < LIST or found[-1][1].created < since:
                return [each for each in reversed(found) if each[1].created >= since]

    async def _changes_of(self, ticket: str, since: datetime) -> Sequence[_Entry]:
        """Return the changelog from a time on, oldest first as Jira lists it: read from its end."""
        first = await self._changelog(ticket, 0)
        if first is None or first.total <= LIST:
            return [each for each in first.values if each.created >= since] if first else ()
        entries: list[_Entry] = []
        start = max(0, first.total - LIST)
        while True:
            page = await self._changelog(ticket, start)
            entries = [*(page.values if page else ()), *entries]
            if start == 0 or not entries or entries[0].created < since:
                return [each for each in entries if each.created >= since]
            start = max(0, start - LIST)

    async def _changelog(self, ticket: str, start: int) -> _Changelog | None:
        path = f"/rest/api/3/issue/{ticket}/changelog"
        answer = await self._site.api.call("GET", path, query={"startAt": start, "maxResults": LIST}, expected=(404,))
        return None if answer.status == 404 else answer.read(_Changelog)

    async def _comment_act(self, ticket: Mapping[str, Any], comment: Mapping[str, Any], read: _Comment) -> Act:
        files: list[Mapping[str, Any]] = []
        if has_media(comment.get("body")):
            path = f"/rest/servicedeskapi/request/{ticket['id']}/comment/{read.id}/attachment"
            answer = await self._site.api.call("GET", path, headers=EXPERIMENTAL, expected=(404,))
            files = list(answer.read(dict[str, Any]).get("values") or ()) if answer.status != 404 else []
        body = {"what": "comment", "ticket": ticket, "comment": comment, "files": files}
        return Act(f"comment:{read.id}", read.created, body)

    async def _status_act(self, ticket: Mapping[str, Any], entry: _Entry, item: _Item) -> Act:
        body = {
            "what": "status",
            "ticket": ticket,
            "change": entry.model_dump(mode="json", by_alias=True),
            "was_done": await self._is_done(item.before or ""),
            "is_done": await self._is_done(item.after or ""),
        }
        return Act(f"change:{entry.id}", entry.created, body)

    async def _is_done(self, status: str) -> bool:
        """Whether a status, by its id, ends a request; asked anew for one that is not known."""
        if status not in self._done:
            listed = (await self._site.api.call("GET", "/rest/api/3/status")).read(list[_Status])
            self._done = {each.id: each.category.key == "done" for each in listed}
            self._done.setdefault(status, False)
        return self._done[status]


class JiraDownloader:
    """Files of comments, by their ids; the store that Jira sends us to is asked without our credential."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def open(self, ref: FileRef) -> AsyncIterator[bytes]:
        """See `Downloader`."""
        if not ref.isdigit():
            raise RejectedError("that is no file of a comment")
        async for chunk in self._site.api.stream(f"/rest/api/3/attachment/content/{ref}"):
            yield chunk


class _Server(Frozen):
    server_time: AwareDatetime = Field(alias="serverTime")


class _Category(Frozen):
    key: str


class _Status(Frozen):
    id: str
    category: _Category = Field(alias="statusCategory")


class _User(Frozen):
    account_id: str = Field(default="", alias="accountId")
    account_type: str = Field(default="", alias="accountType")
    display_name: str = Field(default="", alias="displayName")

    def is_agent(self, me: str, reporter: str) -> bool:
        return self.account_type == AGENTS and self.account_id not in (me, reporter)


class _Comment(Frozen):
    id: str
    author: _User = _User()
    body: Any
    created: AwareDatetime
    is_public: bool = Field(default=False, alias="jsdPublic")
    visibility: Any = None


class _Comments(Frozen):
    comments: tuple[dict[str, Any], ...]


class _Item(Frozen):
    field: str
    field_id: str = Field(default="", alias="fieldId")
    before: str | None = Field(default=None, alias="from")
    after: str | None = Field(default=None, alias="to")

    def is_status(self) -> bool:
        return self.field_id == "status" or self.field == "status"


class _Entry(Frozen):
    id: str
    author: _User = _User()
    created: AwareDatetime
    items: tuple[_Item, ...] = ()


class _Changelog(Frozen):
    values: tuple[_Entry, ...]
    total: int = 0


class _Links(Frozen):
    rest: str = Field(default="", alias="jiraRest")
    content: str = ""

    def number(self) -> str:
        """Return the attachment's id: the last part of its address in the platform's API, or one of its content's."""
        rest = urlsplit(self.rest).path.rstrip("/").rpartition("/")[2]
        parts = [part for part in urlsplit(self.content).path.split("/") if part.isdigit()]
        return rest if rest.isdigit() else next(iter(parts), "")


class _File(Frozen):
    name: str = Field(alias="filename")
    size: int = 0
    media_type: str = Field(default="application/octet-stream", alias="mimeType")
    links: _Links = Field(alias="_links")


class _TicketOf(Frozen):
    id: str
    key: str


class _CommentBody(Frozen):
    what: Literal["comment"]
    ticket: _TicketOf
    comment: _Comment
    files: tuple[_File, ...] = ()


class _StatusBody(Frozen):
    what: Literal["status"]
    ticket: _TicketOf
    change: _Entry
    was_done: bool
    is_done: bool


_BODY: TypeAdapter[_CommentBody | _StatusBody] = TypeAdapter(
    Annotated[_CommentBody | _StatusBody, Field(discriminator="what")]
)
_Kind = Literal["replied", "noted", "solved", "reopened"]


def _read_comment(answer: Answer, comment: Mapping[str, Any]) -> _Comment:
    try:
        return _Comment.model_validate(comment)
    except ValidationError:
        raise answer.unreadable() from None


def normalize(raw: Raw) -> Sequence[TicketEvent]:
    """Turn a comment or a change of the status into the event that it is."""
    try:
        act = _BODY.validate_json(raw.body)
    except ValidationError:
        raise MalformedError("an act in Jira cannot be read") from None
    return _of_comment(raw, act) if isinstance(act, _CommentBody) else _of_status(raw, act)


def _of_comment(raw: Raw, act: _CommentBody) -> Sequence[TicketEvent]:
    text = plain_text(act.comment.body)
    files = tuple(
        DeskFile(ref=file.links.number(), name=file.name, media_type=file.media_type, size=file.size)
        for file in act.files
        if file.links.number()
    )
    if not text and not files:
        return ()
    # Public only where Jira says so in so many words: a note must never reach the user.
    kind: _Kind = "replied" if act.comment.is_public and act.comment.visibility is None else "noted"
    author = act.comment.author.display_name
    return (_event(raw, act.ticket, kind, act.comment.created, text=text, author=author, attached=files),)


def _of_status(raw: Raw, act: _StatusBody) -> Sequence[TicketEvent]:
    if act.was_done == act.is_done:
        return ()
    kind: _Kind = "solved" if act.is_done else "reopened"
    return (_event(raw, act.ticket, kind, act.change.created, author=act.change.author.display_name),)


def _event(raw: Raw, ticket: _TicketOf, kind: _Kind, at: datetime, **more: Any) -> TicketEvent:
    return TicketEvent(
        id=f"{raw.source}:{raw.key}",
        ticket=ticket.id,
        case_id=case_of_key(ticket.key),
        kind=kind,
        at=at,
        provenance=NORMALIZER.provenance(raw),
        **more,
    )


NORMALIZER = NormalizerPlugin("jira", VERSION, without_hints(normalize))
