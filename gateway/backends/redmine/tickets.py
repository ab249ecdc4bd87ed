"""Issues as tickets: opened, noted on, found again by a custom field and by the marks of what was written.

What our user has no right to, Redmine leaves out of a change without a word; so what matters is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import quote

from gateway.backends._api import Answer, Api, Body
from gateway.backends._parts import MARK, Part, subject_of, who
from gateway.backends._settings import field_values, queue_name, tags_of, user_id
from gateway.backends.redmine import checking
from gateway.backends.redmine._shapes import Issue, IssueAnswer, IssuesAnswer, Refused, UploadAnswer
from gateway.backends.redmine.catalog import Catalog
from gateway.backends.redmine.settings import RedmineSettings
from gateway.case import CaseState
from gateway.errors import (
    AuthError,
    ConfigError,
    GatewayError,
    GoneError,
    OutcomeUnknownError,
    RejectedError,
    TransientError,
)
from gateway.ports import Report, TicketFile, TicketRef, TicketWrite, case_of_key

PAGE = 100
"""The most issues that Redmine lists at a time."""
MOST_IN_FIELD = 255
"""Characters that a custom field of text takes."""
_INVISIBLE = "\u200b"
_UNFENCES = re.compile(r"<(?=/?(?:pre|code|kbd|notextile))", re.IGNORECASE)
"""What Textile minds even where it minds nothing else (lib/redmine/wiki_formatting/textile/redcloth3.rb)."""
_FENCES = re.compile(r"~~~+|```+")
"""What ends a fence of Markdown's: of either kind and any length, by Redmine's older library."""


class RedmineTickets:
    """See `Tickets`."""

    def __init__(self, api: Api, settings: RedmineSettings, catalog: Catalog) -> None:
        self._api = api
        self._settings = settings
        self._catalog = catalog

    async def check(self) -> Report:
        """See whether the key, the rights, the names and the fields are there."""
        self._catalog.forget()
        return await checking.report(self._api, self._settings, self._catalog)

    async def open(self, write: TicketWrite, part: Part) -> TicketRef:
        """Open an issue; what is for agents alone goes into a private note, since a description cannot be private."""
        issue = await self._new(write)
        if part.for_agents:
            made = await self._make(issue, "", part.mark, ())
            return await self._complete(write, made, part)
        return await self._make(issue, part.text, part.mark, part.files)

    async def append(self, write: TicketWrite, ticket: TicketRef, part: Part) -> None:
        """Add a note. Without the right to hide one from the public, none is written that is for agents."""
        issue = await self._ours(write, ticket)
        if part.for_agents:
            await self._may_hide(write, issue)
        uploads, refused = await self._upload(part.files)
        change = {
            "notes": self._worded(part.text, refused),
            "private_notes": part.for_agents,
            "uploads": uploads,
            "custom_fields": [_value(self._settings.mark_field, part.mark)],
        }
        await self._change(ticket, change, part.text)

    async def set_state(self, write: TicketWrite, ticket: TicketRef, state: CaseState) -> None:
        """Set the status, unless it means the same; the workflow must allow it to our user."""
        issue = await self._ours(write, ticket, "allowed_statuses")
        wanted = await self._catalog.status(state)
        if issue.status.id == wanted or (state is CaseState.OPEN and await self._is_open(issue)):
            return
        allowed = issue.allowed_statuses
        if allowed is not None and wanted not in {status.id for status in allowed}:
            raise RejectedError(
                f"Redmine's workflow lets our user set no status {wanted} on ticket {issue.id}; "
                "allow it under Administration, Workflow, and replay this"
            )
        await self._change(ticket, {"status_id": wanted}, "")

    async def by_key(self, external_key: str) -> Sequence[TicketRef]:
        """Return what our user opened with that key; a copy that an agent made of a ticket bears it too."""
        user = await self._catalog.user()
        field = self._settings.key_field
        query: dict[str, str | int] = {f"cf_{field}": external_key, "author_id": user.id, "status_id": "*"}
        answer = await self._api.call("GET", "/issues.json", query={**query, "sort": "id", "limit": PAGE})
        found = answer.read(IssuesAnswer).issues
        if any(issue.field(field).casefold() != external_key.casefold() for issue in found):
            # A field that is no filter is left out of the question, and then every issue is an answer to it.
            raise ConfigError(f"Redmine does not search by the custom field {field}; let it be used as a filter")
        return [TicketRef(str(issue.id)) for issue in found if issue.field(field) == external_key]

    async def marks(self, ticket: TicketRef) -> Collection[str]:
        """Return all that the mark's field ever held."""
        issue = await self._issue(ticket, "journals")
        field = self._settings.mark_field
        details = [detail for journal in issue.journals for detail in journal.details]
        changes = [detail for detail in details if detail.property == "cf" and detail.name == str(field)]
        held = {issue.field(field), *(value for each in changes for value in (each.old_value, each.new_value))}
        return {value for value in held if value and MARK.fullmatch(value)}

    async def give_up(self, orphan: TicketRef, kept: TicketRef) -> None:
        """Close an issue and take its key from it; one that is there no more is given up already."""
        change: dict[str, Any] = {
            "notes": f"The gateway opened this ticket a second time; all goes on in #{kept}.",
            "private_notes": True,
            "custom_fields": [_value(self._settings.key_field, "")],
        }
        status = await self._catalog.given_up()
        if status is not None:
            change["status_id"] = status
        try:
            await self._change(orphan, change, "")
        except GoneError:
            return

    async def _new(self, write: TicketWrite) -> dict[str, Any]:
        """Return a new issue as its case has it."""
        case = write.case
        project = await self._catalog.project(queue_name(self._settings, case, self._settings.project))
        issue: dict[str, Any] = {
            "project_id": project.id,
            "tracker_id": await self._catalog.tracker(project),
            "subject": _plain(subject_of(write)),
            "custom_fields": self._values(write),
        }
        priority = await self._catalog.priority(case)
        return issue if priority is None else {**issue, "priority_id": priority}

    def _values(self, write: TicketWrite) -> list[dict[str, Any]]:
        """Return what goes into custom fields, but for the mark."""
        settings, case = self._settings, write.case
        values = [_value(settings.key_field, write.external_key)]
        values += [_value(int(field), value) for field, value in field_values(settings, case).items()]
        if settings.requester_field is not None:
            values.append(_value(settings.requester_field, f"{who(case.requester)} ({user_id(case.requester)})"))
        if settings.tags_field is not None:
            values.append(_value(settings.tags_field, ", ".join(tags_of(settings, case))))
        return values

    async def _make(self, issue: dict[str, Any], text: str, mark: str, files: Sequence[TicketFile]) -> TicketRef:
        uploads, refused = await self._upload(files)
        made = {
            **issue,
            "description": self._worded(text, refused) if text else "",
            "uploads": uploads,
            "custom_fields": [*issue["custom_fields"], _value(self._settings.mark_field, mark)],
        }
        answer = await self._api.call("POST", "/issues.json", data={"issue": made}, expected=(422,))
        if answer.status == 422:
            raise refusal(answer, f"{issue['subject']} {text}")
        opened = answer.read(IssueAnswer).issue
        ticket = TicketRef(str(opened.id))
        if opened.field(self._settings.mark_field) != mark or not opened.field(self._settings.key_field):
            await self._unusable(ticket)
        return ticket

    async def _unusable(self, ticket: TicketRef) -> None:
        """Close an issue that could never be found again. Raises `ConfigError`, since the next would be no better."""
        status = await self._catalog.given_up()
        text = "The gateway cannot use this ticket: Redmine has not kept its custom fields."
        await self._change(ticket, {"notes": text, **({} if status is None else {"status_id": status})}, "")
        key, mark = self._settings.key_field, self._settings.mark_field
        raise ConfigError(
            f"Redmine has not kept the custom fields {key} and {mark} of a new ticket; switch them on for the project "
            "and the tracker, and let our user's role see and change them"
        )

    async def _complete(self, write: TicketWrite, ticket: TicketRef, part: Part) -> TicketRef:
        """Write what an issue was opened for; when that fails, the issue is there all the same."""
        try:
            await self.append(write, ticket, part)
        except OutcomeUnknownError:
            raise
        except GatewayError as error:
            raise OutcomeUnknownError(f"opened, and not written on: {error}") from error
        return ticket

    async def _ours(self, write: TicketWrite, ticket: TicketRef, include: str = "") -> Issue:
        """Return a ticket that is to be changed. Some databases give a deleted one's number to another."""
        issue, user = await self._issue(ticket, include), await self._catalog.user()
        key = issue.field(self._settings.key_field)
        if issue.author is None or issue.author.id != user.id or case_of_key(key) != write.case.id:
            raise GoneError("the ticket of that number is not this case's any more")
        return issue

    async def _may_hide(self, write: TicketWrite, issue: Issue) -> None:
        """Raise where Redmine would make a private note public: our user lacks the right, here or everywhere."""
        if (await self._catalog.rights(issue.project.id)).has("set_notes_private"):
            return
        home = await self._catalog.project(queue_name(self._settings, write.case, self._settings.project))
        kind = AuthError if issue.project.id == home.id else RejectedError
        raise kind(
            f"our user may not set notes as private in the project of ticket {issue.id}; give his role the right"
        )

    async def _is_open(self, issue: Issue) -> bool:
        """Whether an issue is in a status that is neither that of waiting nor one of solved."""
        waiting = await self._catalog.status(CaseState.WAITING)
        return issue.status.id not in {waiting, *await self._catalog.solved()}

    async def _issue(self, ticket: TicketRef, include: str = "") -> Issue:
        query = {"include": include} if include else None
        answer = await self._api.call("GET", _path(ticket), query=query, expected=(403, 404))
        await self._refuse_absent(answer)
        return answer.read(IssueAnswer).issue

    async def _change(self, ticket: TicketRef, change: dict[str, Any], text: str) -> None:
        answer = await self._api.call("PUT", _path(ticket), data={"issue": change}, expected=(403, 404, 422))
        await self._refuse_absent(answer)
        if answer.status == 422:
            raise refusal(answer, text)

    async def _refuse_absent(self, answer: Answer) -> None:
        """Raise when an issue was deleted, or moved to where our user may do nothing; or when he may nothing at all."""
        if answer.status == 404:
            raise GoneError("the ticket was deleted in Redmine")
        if answer.status != 403:
            return
        self._catalog.forget()
        home = await self._catalog.project(self._settings.project)
        if not (await self._catalog.rights(home.id)).has("add_issue_notes"):
            raise AuthError(f"{answer.host} does not allow our user to write notes; give his role the right")
        raise GoneError("the ticket was moved to where our user may not write, or its project was closed")

    async def _upload(self, files: Sequence[TicketFile]) -> tuple[list[dict[str, str]], list[str]]:
        """Send files ahead; return what to name them by, and the names of those that Redmine does not take."""
        taken, refused = [], []
        for file in files:
            body = Body("application/octet-stream", file.size, file.open())
            query = {"filename": file.name, "content_type": file.media_type}
            answer = await self._api.call("POST", "/uploads.json", query=query, body=body, expected=(413, 422))
            if answer.status in (413, 422):
                refused.append(file.name)
            else:
                token = answer.read(UploadAnswer).upload.token
                taken.append({"token": token, "filename": file.name, "content_type": file.media_type})
        return taken, refused

    def _worded(self, text: str, refused: Sequence[str]) -> str:
        """Return a text as it goes into a note: fenced, so that no picture is fetched and nobody called by it."""
        lines = [text, *(f"[The file {name} is too large for Redmine, or of a kind it refuses.]" for name in refused)]
        return fenced(_plain("\n".join(lines)), self._settings.formatting)


def fenced(text: str, formatting: str) -> str:
    """Return a text that Redmine shows as it is: in a block of code that nothing in it can end."""
    if formatting == "textile":
        return f"<pre>\n{_UNFENCES.sub(f'<{_INVISIBLE}', text)}\n</pre>"
    if formatting == "markdown":
        return f"~~~\n{_FENCES.sub(lambda run: _INVISIBLE.join(run[0]), text)}\n~~~"
    return text


def refusal(answer: Answer, text: str) -> GatewayError:
    """Return the error of a refused change, with Redmine's reasons where they hold none of a user's words."""
    try:
        reasons = answer.read(Refused).errors
    except GatewayError:
        reasons = ("no reason that can be read",)
    if not reasons:
        # Somebody changed the issue at the same moment; Redmine then saves nothing, and tells nothing.
        return TransientError(f"{answer.host} has not saved a change that met another", item=True)
    words = {word for word in text.split() if len(word) > 4}
    told = [reason for reason in reasons if not any(word in reason for word in words)]
    return RejectedError(f"{answer.host} answered 422: it refuses this item ({'; '.join(told)[:200] or 'not told'})")


def _value(field: int, value: str) -> dict[str, Any]:
    return {"id": field, "value": _plain(value)[:MOST_IN_FIELD]}


def _plain(text: str) -> str:
    """Return a text without the one character that databases refuse."""
    return text.replace("\0", "")


def _path(ticket: TicketRef) -> str:
    return f"/issues/{quote(ticket, safe='')}.json"
