"""Tickets as issues of a Roundup tracker, one call after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from gateway.backends._api import Answer, Api, Query
from gateway.backends._bodies import multipart
from gateway.backends._parts import Part, subject_of, who
from gateway.backends._settings import field_values, queue_name, tags_of, user_id
from gateway.backends.roundup.api import MOST_IDS, SCHEMA, Item, Tracker
from gateway.backends.roundup.settings import RoundupSettings
from gateway.case import Case, CaseState, Priority
from gateway.errors import ConfigError, GatewayError, RejectedError, TransientError
from gateway.ports import Check, Report, TicketFile, TicketRef, TicketWrite

TRIES = 4
"""How often an issue is read anew when somebody else changes it at the same moment."""
KEPT_OUT = (401, 403)
"""Statuses by which a tracker says that a stranger may not see something."""


class RoundupTickets:
    """See `Tickets`. `anonymous` calls the tracker without our credential: what strangers see."""

    def __init__(self, settings: RoundupSettings, tracker: Tracker, anonymous: Api) -> None:
        self._settings = settings
        self._tracker = tracker
        self._anonymous = anonymous
        self._keywords: dict[str, str] = {}

    async def check(self) -> Report:
        """Read what is needed, and ask as a stranger for what no stranger may see."""
        looks = (self._account, self._schema, self._names, self._privacy)
        return Report(tuple([await _checked(look) for look in looks]))

    async def open(self, write: TicketWrite, part: Part) -> TicketRef:
        """Make files and message, then the issue with them, by a link that works once."""
        files = await self._uploaded(part)
        message = await self._message(part)
        data = {**await self._issue(write), "messages": [message], "files": files}
        within_secs = max(1, round(self._settings.timeout_secs))
        return TicketRef(await self._tracker.create_once("issue", data, within_secs))

    async def append(self, write: TicketWrite, ticket: TicketRef, part: Part) -> None:
        """Make files and message, then link them; a message that an earlier attempt left unlinked is taken."""
        left = await self._tracker.collection("msg", {"mark:": part.mark}) if write.doubtful else ()
        files = await self._uploaded(part)
        message = str(left[0]["id"]) if left else await self._message(part)
        added: dict[str, Any] = {"@op": "add", "messages": [message]}
        if files:
            added["files"] = files
        await self._change(ticket, "messages", lambda item: added)

    async def set_state(self, write: TicketWrite, ticket: TicketRef, state: CaseState) -> None:
        """Set the status, unless it is that already."""
        name = self._settings.status(state)
        await self._change(
            ticket, "status.name", lambda item: None if item.said.get("status.name") == name else {"status": name}
        )

    async def by_key(self, external_key: str) -> Sequence[TicketRef]:
        """Search issues by the whole key."""
        found = await self._tracker.collection("issue", {"external_key:": external_key})
        return [TicketRef(number) for number in sorted((str(one["id"]) for one in found), key=int)]

    async def marks(self, ticket: TicketRef) -> Collection[str]:
        """Return the marks of the messages that are linked to the issue."""
        numbers = (await self._tracker.item("issue", ticket, "messages")).said.get("messages") or []
        marks: set[str] = set()
        for start in range(0, len(numbers), MOST_IDS):
            query: Query = {"id": numbers[start : start + MOST_IDS], "@fields": "mark"}
            marks |= {str(one.get("mark")) for one in await self._tracker.collection("msg", query)}
        return marks

    async def give_up(self, orphan: TicketRef, kept: TicketRef) -> None:
        """Solve the orphan under another key, with the kept issue as its superseder."""
        name = self._settings.status(CaseState.SOLVED)
        await self._change(
            orphan,
            "external_key",
            lambda item: {
                "external_key": f"{item.said.get('external_key') or ''}~{orphan}",
                "status": name,
                "superseder": [kept],
            },
        )

    async def _change(self, ticket: TicketRef, fields: str, change: Callable[[Item], Mapping[str, Any] | None]) -> None:
        for _ in range(TRIES):
            item = await self._tracker.item("issue", ticket, fields)
            data = change(item)
            if data is None or await self._tracker.change("issue", item, data):
                return
        raise TransientError(f"{self._tracker.api.host}: others change that issue all the time", item=True)

    async def _issue(self, write: TicketWrite) -> dict[str, Any]:
        settings, case = self._settings, write.case
        data: dict[str, Any] = {
            "title": subject_of(write),
            "external_key": write.external_key,
            "requester": f"{who(case.requester)} ({user_id(case.requester)})",
            "status": settings.status(CaseState.OPEN),
            "priority": settings.priority(case.priority),
            "keyword": await self._keyword_ids(case),
            **field_values(settings, case),
        }
        if settings.queue_property and (queue := queue_name(settings, case, "")):
            data[settings.queue_property] = queue
        return data

    async def _message(self, part: Part) -> str:
        empty = [file.name for file in part.files if not file.size]
        told = f"\n\n[Without content: {', '.join(empty)}]" if empty else ""
        message = {
            "content": part.text + told,
            "author": self._settings.user,
            "date": ".",
            "public": not part.for_agents,
            "mark": part.mark,
        }
        return await self._tracker.create("msg", message)

    async def _uploaded(self, part: Part) -> list[str]:
        """Upload a part's files; Roundup takes none without content."""
        return [await self._upload(file) for file in part.files if file.size]

    async def _upload(self, file: TicketFile) -> str:
        fields = [("name", "", file.name), ("type", "", file.media_type)]
        return await self._tracker.upload(multipart(fields, [("content", file)]))

    async def _keyword_ids(self, case: Case) -> list[str]:
        found = [await self._keyword(tag) for tag in tags_of(self._settings, case)]
        return [number for number in found if number]

    async def _keyword(self, tag: str) -> str | None:
        if tag not in self._keywords:
            number = await self._keyword_id(tag)
            if number is None and self._settings.make_keywords:
                number = await self._new_keyword(tag)
            if number is None:
                return None
            self._keywords[tag] = number
        return self._keywords[tag]

    async def _keyword_id(self, tag: str) -> str | None:
        found = await self._tracker.collection("keyword", {"name:": tag})
        return str(found[0]["id"]) if found else None

    async def _new_keyword(self, tag: str) -> str | None:
        try:
            return await self._tracker.create("keyword", {"name": tag})
        except RejectedError:
            # Somebody else made it in between, or the tracker takes no such name.
            return await self._keyword_id(tag)

    async def _account(self) -> Check:
        query: Query = {"username:": self._settings.user, "@verbose": 1}
        found = await self._tracker.collection("user", query)
        if not found:
            return Check("account", ok=False, detail="give the gateway's account the role Gatehouse, to see itself")
        if not str(found[0].get("link", "")).startswith(self._settings.url + "/"):
            detail = "`url` must be what the tracker's config.ini has under `[tracker] web`, or it refuses every write"
            return Check("account", ok=False, detail=detail)
        return Check("account", ok=True, detail=f"{self._tracker.api.host} takes the gateway's account")

    async def _schema(self) -> Check:
        for name, fields in (("issue", "external_key,requester"), ("msg", "public,mark"), ("gatehouse_act", "issue")):
            await self._tracker.collection(name, {"@fields": fields, "@page_size": 1})
        return Check("schema", ok=True, detail="the tracker has what Gatehouse needs; its detector cannot be seen")

    async def _names(self) -> Check:
        settings = self._settings
        wanted = {
            "status": {settings.status(state) for state in CaseState},
            "priority": {settings.priority(priority) for priority in Priority},
        }
        missing: list[str] = []
        for name, names in wanted.items():
            known = {str(one.get("name")) for one in await self._tracker.collection(name, {"@fields": "name"})}
            missing += [f"{name} {one}" for one in sorted(names - known)]
        if missing:
            return Check("names", ok=False, detail=f"unknown to the tracker: {', '.join(missing)}; see `states`")
        return Check("names", ok=True, detail="every status and priority is known to the tracker")

    async def _privacy(self) -> Check:
        query: Query = {"@action": "export_csv", "@columns": "id", "@filter": "id", "id": "-1"}
        calls = [
            self._anonymous.call("GET", f"/{name}", query=query, expected=range(300, 500)) for name in ("issue", "msg")
        ]
        answers = await asyncio.gather(*calls)
        if any(_is_table(answer) for answer in answers):
            detail = "anybody can read its issues without logging in: take View from the role Anonymous in schema.py"
            return Check("privacy", ok=False, detail=detail)
        odd = [answer.status for answer in answers if answer.status not in KEPT_OUT]
        if odd:
            detail = f"what strangers see could not be checked: a stranger was answered {odd[0]}; is `url` right?"
            return Check("privacy", ok=False, detail=detail)
        return Check("privacy", ok=True, detail="strangers see no issue and no message")


def _is_table(answer: Answer) -> bool:
    """Whether an answer is the table that was asked for, rather than some page."""
    return answer.status == 200 and answer.headers.get("content-type", "").startswith("text/csv")


async def _checked(look: Callable[[], Any]) -> Check:
    name = look.__name__.lstrip("_")
    try:
        check: Check = await look()
    except ConfigError as error:
        return Check(name, ok=False, detail=SCHEMA if SCHEMA in str(error) else f"{error}; {error.action}")
    except GatewayError as error:
        return Check(name, ok=False, detail=f"{error}; {error.action}")
    return check
