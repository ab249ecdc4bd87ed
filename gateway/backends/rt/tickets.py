"""Tickets and their histories in one Request Tracker, a call or two each.

By REST2 (https://docs.bestpractical.com/rt/5.0.3/RT/REST2.html); what it leaves open was tried on RT 5.0.3.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gateway.backends._api import Answer
from gateway.backends._bodies import multipart
from gateway.backends._parts import MARK, Part, subject_of
from gateway.backends._settings import field_values, mail_of, queue_name, shown_name, state_name, tags_of
from gateway.backends.rt.checking import check
from gateway.backends.rt.rest import KEY_PARAMETER, MARK_PARAMETER, Rest
from gateway.backends.rt.settings import USUAL_STATES, RtSettings
from gateway.backends.rt.shapes import Queue, Ticket
from gateway.case import Case, CaseState
from gateway.errors import AuthError, ConfigError, GatewayError, OutcomeUnknownError, RejectedError, TransientError
from gateway.ports import Report, TicketFile, TicketRef, TicketWrite

_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_PLAIN_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
_NAME_SPECIALS = re.compile(r'["\\<>]')


class RtTickets:
    """See `Tickets`."""

    def __init__(self, settings: RtSettings, rest: Rest) -> None:
        self._settings = settings
        self._rest = rest
        self._api = rest.api
        self._ready: set[str] = set()
        self._proven: set[str] = set()

    async def check(self) -> Report:
        """See `check` beside this."""
        return await check(self._settings, self._rest)

    async def open(self, write: TicketWrite, part: Part) -> TicketRef:
        """Open a ticket with key and part in one call; what is for agents alone is added by a second one.

        RT would show what a ticket is opened with to its requester.
        """
        queue = queue_name(self._settings, write.case, self._settings.queue)
        await self._see_field(queue)
        data = self._opening(write, queue)
        if not part.for_agents:
            data |= self._said(write, part)
        answer = await self._send("/ticket", data, () if part.for_agents else part.files)
        ticket = TicketRef(str(answer.read(Ticket).id))
        try:
            if part.for_agents:
                await self._say(write, ticket, part)
            return await self._with_key(write, ticket, queue, part)
        except ConfigError:
            raise
        except GatewayError as error:
            raise OutcomeUnknownError(f"written in part: {error}") from error

    async def append(self, write: TicketWrite, ticket: TicketRef, part: Part) -> None:
        """Add a part, unless the ticket is gone: RT would bring one that was deleted back to life."""
        found, _ = await self._rest.ticket(ticket)
        act, right = ("comment", "CommentOnTicket") if part.for_agents else ("correspond", "ReplyToTicket")
        if act not in found.can:
            raise AuthError(
                f"{self._api.host} does not let the gateway's user {act} on ticket {ticket}: give it {right}"
            )
        await self._say(write, ticket, part)

    async def set_state(self, write: TicketWrite, ticket: TicketRef, state: CaseState) -> None:
        """Set the status and see that it is set: RT answers a refusal with success."""
        found, etag = await self._rest.ticket(ticket)
        name = state_name(self._settings, USUAL_STATES, state)
        if self._is(found.status, state, name):
            return
        headers = {"if-match": etag} if etag else {}
        answer = await self._api.call(
            "PUT", f"/ticket/{ticket}", data={"Status": name}, headers=headers, expected=(412,)
        )
        if answer.status == 412:
            raise TransientError(f"ticket {ticket} at {self._api.host} changed meanwhile", item=True)
        after, _ = await self._rest.ticket(ticket)
        if after.status == name:
            return
        if "lifecycle" not in found.can:
            raise AuthError(f"{self._api.host} does not let the gateway's user change tickets: give it ModifyTicket")
        raise RejectedError(f"{self._api.host} does not take ticket {ticket} from {found.status} to {name}")

    async def by_key(self, external_key: str) -> Sequence[TicketRef]:
        """Return the tickets with that key; then those that RT refused it, where its values must be unique.

        A merged ticket counts as the one it was merged into.
        """
        field = f"'CF.{{{self._settings.key_field}}}'"
        lost = (
            f"(Creator = {self._settings.own_id} AND Created > '3 days ago' AND {field} IS NULL "
            f"AND Status != '{self._settings.double_status}')"
        )
        found = await self._rest.search(f"EffectiveId > 0 AND ({field} = '{external_key}' OR {lost})")
        holders = [each for each in found if each.value(self._settings.key_field) == external_key]
        others = [each for each in found if not each.value(self._settings.key_field)]
        named = [each for each in others if external_key in await self._keys(each)]
        ordered = [*sorted(holders, key=lambda each: each.id), *sorted(named, key=lambda each: each.id)]
        return list(dict.fromkeys(TicketRef(str(each.effective or each.id)) for each in ordered))

    async def marks(self, ticket: TicketRef) -> Collection[str]:
        """Return the marks that stand beside the texts of a ticket."""
        return {mark for mark in await self._rest.parameters(ticket, MARK_PARAMETER) if MARK.fullmatch(mark)}

    async def give_up(self, orphan: TicketRef, kept: TicketRef) -> None:
        """Reject a double, take its key away, and tell agents where to go on."""
        data = {"Status": self._settings.double_status, "CustomFields": {self._settings.key_field: None}}
        await self._api.call("PUT", f"/ticket/{orphan}", data=data, expected=(404,))
        note = {"Content": f"A double of ticket {kept}; go on there.", "ContentType": "text/plain"}
        await self._api.call("POST", f"/ticket/{orphan}/comment", data=note, expected=(400, 404))

    def _opening(self, write: TicketWrite, queue: str) -> dict[str, Any]:
        settings, case = self._settings, write.case
        mail = mail_of(settings, case.requester)
        name = _NAME_SPECIALS.sub("", _clean(shown_name(case.requester)))
        fields: dict[str, Any] = {**field_values(settings, case), settings.key_field: write.external_key}
        if settings.tags_field and tags_of(settings, case):
            fields[settings.tags_field] = tags_of(settings, case)
        data = {
            "Queue": queue,
            "Subject": _clean(subject_of(write)),
            "Requestor": f'"{name}" <{mail}>',
            # The gateway alone writes to users: RT mails this ticket's requester nothing, whoever does what on it.
            "SquelchMailTo": mail,
            "CustomFields": fields,
        }
        return data | _priority(settings, case)

    def _said(self, write: TicketWrite, part: Part) -> dict[str, str]:
        parameters = f'{MARK_PARAMETER}="{part.mark}"; {KEY_PARAMETER}="{write.external_key}"'
        empty = [f"Empty file: {file.name}" for file in part.files if not file.size]
        text = _clean("\n".join([part.text, *empty]))
        # RT takes what Perl holds for false, an empty text and a nought, for no text at all.
        text = {"": "(no text)", "0": "0\n"}.get(text, text)
        return {"Content": text, "ContentType": f"text/plain; {parameters}"}

    async def _say(self, write: TicketWrite, ticket: TicketRef, part: Part) -> None:
        act = "comment" if part.for_agents else "correspond"
        await self._send(f"/ticket/{ticket}/{act}", self._said(write, part), part.files)

    async def _send(self, path: str, data: Mapping[str, Any], files: Sequence[TicketFile]) -> Answer:
        """Post JSON, or a form with the files that are not empty: RT refuses those."""
        fit = [await _fit(file) for file in files if file.size]
        if not fit:
            return await self._api.call("POST", path, data=data)
        told = json.dumps(data, ensure_ascii=False)
        form = multipart([("JSON", "application/json", told)], [("Attachments", file) for file in fit])
        return await self._api.call("POST", path, body=form)

    async def _see_field(self, queue: str) -> None:
        """See once a queue that its tickets have the key's field: RT would leave it out without a word."""
        if queue in self._ready:
            return
        answer = await self._api.call("GET", f"/queue/{queue}", expected=(403, 404))
        if answer.status != 200:
            raise ConfigError(f"{self._api.host} has no queue {queue} that the gateway's user may see (SeeQueue)")
        field = self._settings.key_field
        if field not in {each.name for each in answer.read(Queue).fields}:
            raise ConfigError(f"tickets of {queue} have no custom field {field} that the gateway's user may see")
        self._ready.add(queue)

    async def _with_key(self, write: TicketWrite, ticket: TicketRef, queue: str, part: Part) -> TicketRef:
        """See that the ticket bears its key, where that is in doubt; return the one that does."""
        if queue in self._proven and not write.doubtful:
            return ticket
        key, field = write.external_key, self._settings.key_field
        if (await self._rest.ticket(ticket))[0].value(field) != key:
            found = [each for each in await self.by_key(key) if each != ticket]
            if found:
                return await self._instead(write, found[0], ticket, part)
            await self._api.call("PUT", f"/ticket/{ticket}", data={"CustomFields": {field: key}})
            if (await self._rest.ticket(ticket))[0].value(field) != key:
                raise ConfigError(
                    f"{field} stays empty: give the gateway's user SetInitialCustomField and ModifyCustomField"
                )
        self._proven.add(queue)
        return ticket

    async def _instead(self, write: TicketWrite, kept: TicketRef, orphan: TicketRef, part: Part) -> TicketRef:
        """Give a double up, once the ticket that stays has what was written into it."""
        if part.mark not in await self.marks(kept):
            await self.append(write, kept, part)
        await self.give_up(orphan, kept)
        return kept

    async def _keys(self, ticket: Ticket) -> Collection[str]:
        return await self._rest.parameters(TicketRef(str(ticket.id)), KEY_PARAMETER)

    def _is(self, status: str, state: CaseState, name: str) -> bool:
        """Whether a status is the state already; every status in which agents are at work is an open one."""
        if state is not CaseState.OPEN:
            return status == name
        waiting = state_name(self._settings, USUAL_STATES, CaseState.WAITING)
        solved = state_name(self._settings, USUAL_STATES, CaseState.SOLVED)
        return status not in (waiting, solved, *self._settings.closed)


def _priority(settings: RtSettings, case: Case) -> dict[str, str]:
    name = settings.priorities.get(case.priority)
    return {"Priority": name} if name else {}


def _clean(text: str) -> str:
    """Return text without what a database may refuse."""
    return _UNREADABLE.sub("", text)


async def _fit(file: TicketFile) -> TicketFile:
    """Return a file as RT keeps its name and bytes: it writes texts anew in UTF-8, and takes mails and forms apart."""
    kind = file.media_type.partition(";")[0].strip().lower()
    name = "0.bin" if file.name == "0" else file.name.replace('"', "'")
    if not _PLAIN_TYPE.fullmatch(kind) or kind.startswith("multipart/"):
        kind = "application/octet-stream"
    elif kind.startswith(("text/", "message/")):
        kind = f"{kind}; charset=utf-8" if await _is_utf8(file) else "application/octet-stream"
    return replace(file, name=name, media_type=kind)


async def _is_utf8(file: TicketFile) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        async for chunk in file.open():
            if b"\x00" in chunk:
                return False
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
