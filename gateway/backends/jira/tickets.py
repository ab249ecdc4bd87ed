"""Requests and comments of one service project, a few calls each.

The case's number and a mark stand in the last line of a request's description, so that they are there as soon as the
request is; a label and a property repeat the number. A comment bears its mark in a property of its own. Sources:
https://developer.atlassian.com/cloud/jira/service-desk/rest/ and https://developer.atlassian.com/cloud/jira/platform/rest/v3/
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.backends._bodies import multipart
from gateway.backends._parts import MARK, Part, subject_of
from gateway.backends._settings import field_values, queue_name, state_name, tags_of
from gateway.backends.jira.adf import document, last_paragraph, plain_text
from gateway.backends.jira.checking import check
from gateway.backends.jira.settings import USUAL_STATES, JiraSettings
from gateway.backends.jira.site import EXPERIMENTAL, UPLOAD, Site
from gateway.case import CaseState
from gateway.errors import GatewayError, GoneError, OutcomeUnknownError, RejectedError
from gateway.ports import Clock, Report, TicketFile, TicketRef, TicketWrite

PROPERTY = "gatehouse"
INTERNAL = "sd.public.comment"
DOUBLE = "gatehouse-double"
"""Label of a request that a race made a second of."""
MOST_TEXT = 32_000
"""Jira takes 32,767 characters in a description or comment."""
FIELDS = ("labels", "description", "creator")
"""What of a request tells whether it is a write's."""
BLOCK = 100
"""Issues fetched by key in one call, at most."""
MOST_BLOCKS = 20

_LINE = re.compile(r"\[(GH-[0-9A-Z]{5}-[0-9A-Z]{5}(?:/\d+)?)(?: (gh:[0-9a-f]{16}(?:\.\d)?))?( with files)?\]")
_KEY = re.compile(r"[A-Z][A-Z0-9_]+-\d+")


@dataclass(frozen=True, slots=True)
class Held:
    """What a request holds: marks of whole parts, and of those whose text is there and whose files are not surely."""

    whole: frozenset[str]
    begun: frozenset[str]


class JiraTickets:
    """See `Tickets`."""

    def __init__(self, settings: JiraSettings, site: Site, clock: Clock) -> None:
        self._settings = settings
        self._site = site
        self._clock = clock
        self._newest = 0

    async def check(self) -> Report:
        """See `check` beside this."""
        return await check(self._settings, self._site.api, self._clock)

    async def open(self, write: TicketWrite, part: Part) -> TicketRef:
        """Open a request; what follows it may be repeated, so whatever fails there is found and gone on with."""
        data = await self._request(write, part)
        path = "/rest/servicedeskapi/request"
        answer = await self._site.write("POST", path, data, headers=EXPERIMENTAL)
        key = str(answer.read(dict[str, Any]).get("issueKey") or "")
        if not _KEY.fullmatch(key):
            raise answer.unreadable()
        self._newest = max(self._newest, _number(key))
        ticket = TicketRef(key)
        try:
            await self._decorate(write, ticket)
            if part.for_agents:
                await self._comment(ticket, part)
            elif part.files:
                await self._attach(ticket, part)
        except GatewayError as error:
            raise OutcomeUnknownError(f"opened, and then: {error}") from error
        return ticket

    async def append(self, write: TicketWrite, ticket: TicketRef, part: Part) -> None:
        """Add a comment, then its files; text that an earlier attempt left without its files is not repeated."""
        has_text = bool(write.doubtful and part.files) and part.mark in (await self._held(ticket)).begun
        if not has_text:
            await self._comment(ticket, part)
        if part.files:
            try:
                await self._attach(ticket, part)
            except GatewayError as error:
                raise (error if has_text else OutcomeUnknownError(f"written in part: {error}")) from error

    async def set_state(self, write: TicketWrite, ticket: TicketRef, state: CaseState) -> None:
        """Take the transition that leads to the state, unless the request is in it."""
        issue = await self._issue(ticket, "status")
        wanted = state_name(self._settings, USUAL_STATES, state)
        if str(issue["fields"]["status"].get("name", "")).lower() == wanted.lower():
            return
        path = f"/rest/api/3/issue/{ticket}/transitions"
        listed = (await self._site.api.call("GET", path)).read(dict[str, Any]).get("transitions", ())
        found = next((each for each in listed if str(each["to"].get("name", "")).lower() == wanted.lower()), None)
        if found is None:
            raise RejectedError(f"no transition leads {ticket} to {wanted}; add one to the workflow, or map the state")
        data: dict[str, Any] = {"transition": {"id": str(found["id"])}}
        if state is CaseState.SOLVED and self._settings.resolution:
            data["fields"] = {"resolution": {"name": self._settings.resolution}}
        await self._site.write("POST", path, data)

    async def by_key(self, external_key: str) -> Sequence[TicketRef]:
        """Return the requests with that number: those that the index knows, and the newest by their own keys.

        An agent's clone of a request bears its label and its description, so only what we made counts.
        """
        me = await self._site.me()
        words = f'(labels = "{external_key}" OR description ~ "\\"{external_key}\\"")'
        jql = f'project = "{self._settings.project}" AND creator = currentUser() AND {words}'
        indexed = await self._site.search(jql, ["labels"], BLOCK)
        keys = [str(each["key"]) for each in indexed.get("issues", ())]
        issues = list(await self._site.fetch(keys, FIELDS)) if keys else []
        issues += await self._recent()
        ours = {str(each["key"]): each for each in issues if _is_of(each, external_key, me)}
        for key, issue in ours.items():
            if external_key not in (issue["fields"].get("labels") or ()):
                await self._label(TicketRef(key), external_key, [])
        return [TicketRef(key) for key in sorted(ours, key=_number)]

    async def marks(self, ticket: TicketRef) -> Collection[str]:
        """Return the marks of the parts that a request holds whole."""
        return (await self._held(ticket)).whole

    async def give_up(self, orphan: TicketRef, kept: TicketRef) -> None:
        """Take a double's label, tell agents where to go on, and close it."""
        update = {"labels": [{"add": DOUBLE}]}
        await self._site.write("PUT", f"/rest/api/3/issue/{orphan}", {"update": update}, expected=(404,))
        note = Part("", f"A double of {kept}; go on there.", for_agents=True)
        try:
            await self._comment(orphan, note)
            await self._close(orphan)
        except RejectedError:
            # It is labelled, so it is not found again; that it stays open is for agents to see to.
            return

    async def _close(self, ticket: TicketRef) -> None:
        path = f"/rest/api/3/issue/{ticket}/transitions"
        listed = (await self._site.api.call("GET", path)).read(dict[str, Any]).get("transitions", ())
        wanted = state_name(self._settings, USUAL_STATES, CaseState.SOLVED)
        for each in listed:
            if str(each["to"].get("name", "")).lower() == wanted.lower():
                await self._site.write("POST", path, {"transition": {"id": str(each["id"])}})
                return

    async def _request(self, write: TicketWrite, part: Part) -> Mapping[str, Any]:
        """Return what opens a request. Its description is public: what is for agents alone never stands there."""
        case, key = write.case, write.external_key
        if part.for_agents:
            description = document(f"Case {case.id}", f"[{key}]")
        else:
            rest = " with files" if part.files else ""
            description = document(_cut(part.text), f"[{key} {part.mark}{rest}]")
        data: dict[str, Any] = {
            "serviceDeskId": self._settings.service_desk,
            "requestTypeId": queue_name(self._settings, case, self._settings.request_type),
            "isAdfRequest": True,
            "requestFieldValues": {"summary": subject_of(write), "description": description},
        }
        customer = await self._site.customer(case)
        if customer:
            data["raiseOnBehalfOf"] = customer
        return data

    async def _decorate(self, write: TicketWrite, ticket: TicketRef) -> None:
        """Set label, property and what is mapped; where Jira refuses a mapped value, the number all the same."""
        case = write.case
        fields: dict[str, Any] = dict(field_values(self._settings, case))
        if case.priority in self._settings.priorities:
            fields["priority"] = {"name": self._settings.priorities[case.priority]}
        if case.queue in self._settings.components:
            fields["components"] = [{"name": self._settings.components[case.queue]}]
        tags = [re.sub(r"\s+", "-", tag) for tag in tags_of(self._settings, case)]
        try:
            await self._label(ticket, write.external_key, tags, fields)
        except RejectedError:
            await self._label(ticket, write.external_key, [])
            raise

    async def _label(
        self, ticket: TicketRef, key: str, tags: Sequence[str], fields: Mapping[str, Any] | None = None
    ) -> None:
        data = {
            "fields": dict(fields or {}),
            "update": {"labels": [{"add": label} for label in (key, *tags)]},
            "properties": [{"key": PROPERTY, "value": {"case": key}}],
        }
        await self._site.write("PUT", f"/rest/api/3/issue/{ticket}", data)

    async def _comment(self, ticket: TicketRef, part: Part) -> None:
        properties: list[dict[str, Any]] = [{"key": INTERNAL, "value": {"internal": part.for_agents}}]
        if part.mark:
            properties.append({"key": PROPERTY, "value": {"mark": part.mark, "files": bool(part.files)}})
        data = {"body": document(_cut(part.text)), "properties": properties}
        path = f"/rest/api/3/issue/{ticket}/comment"
        answer = await self._site.write("POST", path, data, expected=(404,))
        if answer.status == 404:
            raise await self._site.missing(ticket)
        made = answer.read(dict[str, Any])
        if part.for_agents and made.get("jsdPublic"):
            await self._site.write("DELETE", f"{path}/{made.get('id')}", expected=(404,))
            raise RejectedError(f"{self._site.host} made a note public, so it was deleted: notes cannot be kept there")

    async def _attach(self, ticket: TicketRef, part: Part) -> None:
        """Give files along under a comment of their own, which is nothing but the mark: both in one call."""
        ids = [await self._uploaded(file) for file in part.files]
        data = {"temporaryAttachmentIds": ids, "public": True, "additionalComment": {"body": part.mark}}
        path = f"/rest/servicedeskapi/request/{ticket}/attachment"
        answer = await self._site.write("POST", path, data, headers=EXPERIMENTAL, expected=(404,))
        if answer.status == 404:
            raise await self._site.missing(ticket)

    async def _uploaded(self, file: TicketFile) -> str:
        path = f"/rest/servicedeskapi/servicedesk/{self._settings.service_desk}/attachTemporaryFile"
        answer = await self._site.write("POST", path, body=multipart((), [("file", file)]), headers=UPLOAD)
        made = answer.read(dict[str, Any]).get("temporaryAttachments")
        if not isinstance(made, list) or not made:
            raise answer.unreadable()
        return str(made[0].get("temporaryAttachmentId"))

    async def _issue(self, ticket: TicketRef, fields: str) -> Mapping[str, Any]:
        if not _KEY.fullmatch(ticket):
            raise GoneError(f"{self._site.host} has no request of that name")
        path = f"/rest/api/3/issue/{ticket}"
        answer = await self._site.api.call("GET", path, query={"fields": fields}, expected=(404,))
        if answer.status == 404:
            raise await self._site.missing(ticket)
        return answer.read(dict[str, Any])

    async def _held(self, ticket: TicketRef) -> Held:
        issue = await self._issue(ticket, "description")
        found = _LINE.fullmatch(last_paragraph(issue["fields"].get("description")))
        described = {found[2]: bool(found[3])} if found is not None and found[2] else {}
        comments = await self._own_comments(ticket)
        texts = (plain_text(comment.get("body")) for comment in comments)
        with_files = {text for text in texts if MARK.fullmatch(text)}
        marks = described | dict(await self._marked([int(each["id"]) for each in comments]))
        whole = with_files | {mark for mark, has_files in marks.items() if not has_files}
        return Held(frozenset(whole), frozenset(marks))

    async def _own_comments(self, ticket: TicketRef) -> list[Mapping[str, Any]]:
        me, path = await self._site.me(), f"/rest/api/3/issue/{ticket}/comment"
        comments: list[Mapping[str, Any]] = []
        start, total = 0, 1
        while start < total:
            page = (await self._site.api.call("GET", path, query={"startAt": start, "maxResults": 100})).read(
                dict[str, Any]
            )
            listed = page.get("comments") or []
            comments += [each for each in listed if each.get("author", {}).get("accountId") == me]
            start, total = start + (len(listed) or total), int(page.get("total", 0))
        return comments

    async def _marked(self, ids: Sequence[int]) -> Sequence[tuple[str, bool]]:
        """Return the marks in the properties of comments, and whether files were to follow."""
        values: list[Mapping[str, Any]] = []
        for begin in range(0, len(ids), BLOCK):
            data = {"ids": list(ids[begin : begin + BLOCK])}
            answer = await self._site.look("/rest/api/3/comment/list?expand=properties", data)
            for comment in answer.read(dict[str, Any]).get("values", ()):
                properties = comment.get("properties") or ()
                values += [each["value"] for each in properties if each.get("key") == PROPERTY]
        return [(str(value.get("mark")), bool(value.get("files"))) for value in values]

    async def _recent(self) -> Sequence[Mapping[str, Any]]:
        """Return the newest issues of the project by their keys, those too that the index does not know yet.

        Keys count up, so whatever was just made bears one close behind the newest that is known.
        """
        jql = f'project = "{self._settings.project}" ORDER BY created DESC'
        known = (await self._site.search(jql, ["labels"], 1)).get("issues", ())
        newest = max([self._newest, *(_number(str(each["key"])) for each in known)])
        issues: list[Mapping[str, Any]] = []
        begin = max(1, newest - BLOCK + 1)
        for block in range(MOST_BLOCKS):
            start = begin + block * BLOCK
            keys = [f"{self._settings.project}-{number}" for number in range(start, start + BLOCK)]
            found = await self._site.fetch(keys, FIELDS)
            issues += found
            if not found and start > newest:
                return issues
        raise OutcomeUnknownError(f"{self._site.host} has more new issues than can be looked through")


def _is_of(issue: Mapping[str, Any], key: str, me: str) -> bool:
    if (issue["fields"].get("creator") or {}).get("accountId") != me:
        return False
    labels = issue["fields"].get("labels") or ()
    found = _LINE.fullmatch(last_paragraph(issue["fields"].get("description")))
    return DOUBLE not in labels and (key in labels or (found is not None and found[1] == key))


def case_key(fields: Mapping[str, Any]) -> str:
    """Return the case's number that a request bears, or nothing."""
    labels = [str(label) for label in fields.get("labels") or ()]
    return next((label for label in labels if _LINE.fullmatch(f"[{label}]")), "") if DOUBLE not in labels else ""


def _number(key: str) -> int:
    return int(key.rpartition("-")[2])


def _cut(text: str) -> str:
    return text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]}\n(cut here; the gateway has the rest)"
