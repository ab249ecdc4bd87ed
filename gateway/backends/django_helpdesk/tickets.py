"""Tickets of a django-helpdesk, one call after the other; each of our follow-ups ends with its mark."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Sequence
from contextlib import aclosing
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

from typing_extensions import override

from gateway.backends._onebyone import OneByOne
from gateway.backends._parts import Part, subject_of, who
from gateway.backends._settings import field_values, queue_name, user_id
from gateway.backends.django_helpdesk import texts
from gateway.backends.django_helpdesk.api import Helpdesk
from gateway.backends.django_helpdesk.settings import DUPLICATE, HelpdeskSettings
from gateway.case import CaseState
from gateway.errors import GatewayError, OutcomeUnknownError
from gateway.ports import Check, Clock, Done, Failed, Pending, Report, TicketFile, TicketRef, TicketWrite

MOST_TITLE = 170
"""A follow-up's title is the ticket's with " and Resolved" at its end, in a column of 200 characters."""
MARGIN = timedelta(hours=1)
"""How much further back than a case is old its ticket is looked for."""
_WRITE: ContextVar[TicketWrite] = ContextVar("write")
"""What is being written, or looked for."""


class HelpdeskTickets:
    """See `Tickets`."""

    def __init__(self, settings: HelpdeskSettings, helpdesk: Helpdesk, clock: Clock) -> None:
        self._settings = settings
        self._helpdesk = helpdesk
        self._clock = clock

    async def check(self) -> Report:
        """Read the fields of a ticket, and follow-ups."""
        return Report((await _checked("tickets", self._fields), await _checked("follow-ups", self._follow_ups)))

    async def open(self, write: TicketWrite, part: Part) -> TicketRef:
        """Make the ticket with the part's text; its files follow, since a ticket is made with one at most."""
        taken = self._taken(part)
        mark = part.mark + (texts.TEXT if taken else "")
        text = self._text(part)
        ticket = TicketRef(str(await self._helpdesk.open(self._ticket(write, texts.plain(text), mark))))
        if taken:
            try:
                await self._files(write, ticket, part, taken)
            except GatewayError as error:
                # The ticket is there: whoever goes on must look first, however clearly the files failed.
                raise OutcomeUnknownError(f"written in part: {error}") from error
        return ticket

    async def append(self, write: TicketWrite, ticket: TicketRef, part: Part) -> None:
        """Add a follow-up, with its files in the same call."""
        taken = self._taken(part)
        if taken and write.doubtful and part.mark + texts.TEXT in await self.marks(ticket):
            await self._files(write, ticket, part, taken)
            return
        await self._follow_up(write, ticket, self._text(part), part, taken)

    async def set_state(self, write: TicketWrite, ticket: TicketRef, state: CaseState) -> None:
        """Set the status by a follow-up for agents."""
        status = self._settings.status(state)
        if status is None:
            return
        comment = texts.marked(f"Gatehouse: the case is {state}.", texts.STATE, write.external_key)
        await self._say(ticket, comment, public=False, new_status=str(status))

    async def by_key(self, external_key: str) -> Sequence[TicketRef]:
        """Look through follow-ups, newest first, as far back as the case is old."""
        found: set[int] = set()
        given_up: set[int] = set()
        async for ticket, ours in self._ours_since(_WRITE.get().case.opened_at):
            if ours.key == external_key:
                (given_up if ours.mark == texts.GIVEN_UP else found).add(ticket)
        return [TicketRef(str(ticket)) for ticket in sorted(found - given_up)]

    async def marks(self, ticket: TicketRef) -> Collection[str]:
        """Look through follow-ups, newest first, as far back as the write is old: to read a ticket reads them all."""
        write = _WRITE.get()
        since = write.entry.at if write.entry is not None else write.case.opened_at
        return {ours.mark async for number, ours in self._ours_since(since) if str(number) == ticket}

    async def give_up(self, orphan: TicketRef, kept: TicketRef) -> None:
        """Call the orphan a duplicate, in a follow-up for agents."""
        key = _WRITE.get().external_key
        comment = texts.marked(f"Made twice by mistake: see ticket {kept}.", texts.GIVEN_UP, key)
        await self._say(orphan, comment, public=False, new_status=str(DUPLICATE))

    async def _ours_since(self, since: datetime) -> AsyncGenerator[tuple[int, texts.Marked], None]:
        """Yield what we wrote, with its ticket, from now back to a time of our clock; the server's may be wrong."""
        age = max(timedelta(0), self._clock.now() - since) + MARGIN
        async with aclosing(self._helpdesk.backwards()) as pages:
            async for page, now in pages:
                for follow_up in page:
                    ours = self._helpdesk.marked(follow_up)
                    if ours is not None:
                        yield follow_up.ticket, ours
                if page[0].date < now - age:
                    return

    async def _files(self, write: TicketWrite, ticket: TicketRef, part: Part, files: Sequence[TicketFile]) -> None:
        names = ", ".join(file.name for file in files)
        await self._follow_up(write, ticket, f"File: {names}", part, files)

    async def _follow_up(
        self, write: TicketWrite, ticket: TicketRef, text: str, part: Part, files: Sequence[TicketFile]
    ) -> None:
        comment = texts.marked(texts.plain(text), part.mark, write.external_key)
        await self._say(ticket, comment, public=not part.for_agents, files=files)

    async def _say(
        self,
        ticket: TicketRef,
        comment: str,
        *,
        public: bool,
        new_status: str | None = None,
        files: Sequence[TicketFile] = (),
    ) -> None:
        """Add a follow-up without a title: one with a title of its own would rename the ticket."""
        fields = {"ticket": str(ticket), "comment": texts.without_templates(comment), "public": str(public).lower()}
        if new_status is not None:
            fields["new_status"] = new_status
        await self._helpdesk.follow_up(fields, files)

    def _ticket(self, write: TicketWrite, text: str, mark: str) -> dict[str, Any]:
        """Return a new ticket. Nobody is its submitter, so django-helpdesk has nobody to mail answers to."""
        settings, case = self._settings, write.case
        custom = {settings.key_field: write.external_key, **field_values(settings, case)}
        if settings.requester_field:
            custom[settings.requester_field] = f"{who(case.requester)} ({user_id(case.requester)})"
        return {
            "queue": int(queue_name(settings, case, str(settings.queue))),
            "title": subject_of(write)[:MOST_TITLE],
            "description": texts.marked(text, mark, write.external_key),
            "priority": settings.priority(case.priority),
            **{f"custom_{name}": value for name, value in custom.items()},
        }

    def _taken(self, part: Part) -> tuple[TicketFile, ...]:
        return tuple(file for file in part.files if file.size and self._settings.takes(file.name))

    def _text(self, part: Part) -> str:
        """Return a part's text, and which of its files django-helpdesk does not take."""
        refused = [file.name for file in part.files if not (file.size and self._settings.takes(file.name))]
        return part.text + (f"\n\n[Not taken by django-helpdesk: {', '.join(refused)}]" if refused else "")

    async def _fields(self) -> Check:
        settings = self._settings
        fields = await self._helpdesk.fields()
        wanted = [name for name in (settings.key_field, settings.requester_field, *settings.fields.values()) if name]
        missing = [name for name in dict.fromkeys(wanted) if f"custom_{name}" not in fields]
        if missing:
            detail = f"make these custom fields, as text that is not required: {', '.join(missing)}"
            return Check("tickets", ok=False, detail=detail)
        return Check("tickets", ok=True, detail="the gateway's account makes tickets, with every field")

    async def _follow_ups(self) -> Check:
        number = await self._helpdesk.count()
        return Check("follow-ups", ok=True, detail=f"the gateway's account reads follow-ups, {number} in all")


class HelpdeskBackend(OneByOne):
    """A `Backend` whose tickets know the write that they are asked for: it tells how far back to look."""

    def __init__(self, tickets: HelpdeskTickets) -> None:
        super().__init__(tickets, looks_first=False)

    @override
    async def find(self, write: TicketWrite, job: str | None = None) -> TicketRef | Pending | None:
        """See `OneByOne.find`."""
        _WRITE.set(write)
        return await super().find(write, job)

    @override
    async def answer(self, write: TicketWrite) -> Done | Failed:
        """See `OneByOne.answer`; each runs in a context of its own."""
        _WRITE.set(write)
        return await super().answer(write)


async def _checked(name: str, look: Callable[[], Awaitable[Check]]) -> Check:
    try:
        return await look()
    except GatewayError as error:
        return Check(name, ok=False, detail=f"{error}; {error.action}")
