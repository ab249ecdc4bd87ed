"""Writes tickets one by one to a system that cannot promise to take a write once, and takes each once all the same.

A ticket is found by its external key, a part of a write by its mark. Where nothing is in doubt no look is paid for;
where an earlier attempt may have taken effect, the ticket is read first and only what is missing is written.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from gateway.backends._parts import Part, opening_of, parts_of, state_of
from gateway.case import CaseState
from gateway.errors import GatewayError, GoneError, OutcomeUnknownError, RateLimitedError, RejectedError, TransientError
from gateway.ports import Done, Failed, Pending, Report, TicketRef, TicketWrite


class Tickets(Protocol):
    """What a ticket system can do, a call or two each; raises as `Backend` does, `GoneError` for a ticket that is."""

    async def check(self) -> Report:
        """See `Backend.check`."""
        ...

    async def open(self, write: TicketWrite, part: Part) -> TicketRef:
        """Open a ticket for the write's case with its external key and this part in it."""
        ...

    async def append(self, write: TicketWrite, ticket: TicketRef, part: Part) -> None:
        """Add a part to a ticket."""
        ...

    async def set_state(self, write: TicketWrite, ticket: TicketRef, state: CaseState) -> None:
        """Set a ticket's state; setting it again changes nothing."""
        ...

    async def by_key(self, external_key: str) -> Sequence[TicketRef]:
        """Return the tickets that bear this external key, oldest first, without those that were given up."""
        ...

    async def marks(self, ticket: TicketRef) -> Collection[str]:
        """Return the marks of all parts that a ticket holds."""
        ...

    async def give_up(self, orphan: TicketRef, kept: TicketRef) -> None:
        """Close a ticket that a race made a second of, without telling its requester; name the one that is kept."""
        ...


@dataclass(slots=True)
class _Place:
    """The ticket of one write, as far as it is known when the write fails."""

    ticket: TicketRef | None


class OneByOne:
    """A `Backend` on `Tickets`. With `looks_first` every opening looks for its ticket: cheap on a server nearby."""

    def __init__(self, tickets: Tickets, *, looks_first: bool) -> None:
        self._tickets = tickets
        self._looks_first = looks_first

    async def check(self) -> Report:
        """See `Tickets.check`."""
        return await self._tickets.check()

    async def submit(self, writes: Sequence[TicketWrite]) -> Sequence[Done | Pending | Failed]:
        """Write side by side; the calls under way at once are bounded by the account's quota."""
        answers = await asyncio.gather(*(self.answer(write) for write in writes))
        common = common_error(answers)
        if common is not None:
            raise common
        return answers

    async def find(self, write: TicketWrite, job: str | None = None) -> TicketRef | Pending | None:
        """Return the ticket that holds all of a write; a state is simply set again."""
        if state_of(write) is not None and write.ticket is not None:
            return None
        ticket = write.ticket or await self._kept(write)
        if ticket is None:
            return None
        try:
            held = await self._tickets.marks(ticket)
        except GoneError:
            if write.ticket is not None:
                raise
            # Whoever writes it meets the same, and can say which ticket it was.
            return None
        wanted = parts_of(write)
        return ticket if wanted and all(part.mark in held for part in wanted) else None

    async def answer(self, write: TicketWrite) -> Done | Failed:
        """Write one; its error is its answer."""
        place = _Place(write.ticket)
        try:
            return Done(write.key, await self._write(write, place))
        except GatewayError as error:
            return Failed(write.key, error, place.ticket)

    async def _write(self, write: TicketWrite, place: _Place) -> TicketRef:
        ticket, held = await self._so_far(write, place)
        state = state_of(write)
        parts = [part for part in parts_of(write) if part.mark not in held]
        began = False
        try:
            if ticket is None:
                first = parts.pop(0) if parts else opening_of(write)
                place.ticket = ticket = await self._tickets.open(write, first)
                began = True
                kept = await self._kept(write) if write.doubtful else None
                if kept is not None and kept != ticket:
                    # An earlier attempt made its ticket after we had looked, and perhaps got no further than that.
                    place.ticket = kept
                    held = await self._tickets.marks(kept)
                    ticket, parts = kept, [part for part in parts_of(write) if part.mark not in held]
            for part in parts:
                await self._tickets.append(write, ticket, part)
                began = True
            if state is not None:
                await self._tickets.set_state(write, ticket, state)
        except OutcomeUnknownError:
            raise
        except GatewayError as error:
            # What failed surely took no effect, but what came before it did: whoever goes on must look first.
            raise (OutcomeUnknownError(f"written in part: {error}") if began else error) from error
        return ticket

    async def _so_far(self, write: TicketWrite, place: _Place) -> tuple[TicketRef | None, Collection[str]]:
        """Return the ticket that there is, and the marks it holds, as far as they are in doubt."""
        ticket = write.ticket
        looked = ticket is None and (write.doubtful or self._looks_first)
        if looked:
            place.ticket = ticket = await self._kept(write)
        if ticket is None or not (looked or write.doubtful):
            return ticket, ()
        return ticket, await self._tickets.marks(ticket)

    async def _kept(self, write: TicketWrite) -> TicketRef | None:
        """Return the oldest ticket of a case; give up the others, which a race has made."""
        found = await self._tickets.by_key(write.external_key)
        for orphan in found[1:]:
            await self._tickets.give_up(orphan, found[0])
        return found[0] if found else None


def common_error(answers: Sequence[Done | Pending | Failed]) -> GatewayError | None:
    """Return the error of the whole call, when all writes failed alike for a reason that is not in the writes.

    Not where one of them tells of a ticket: an error of the whole call could not.
    """
    if any(isinstance(answer, Failed) and answer.ticket is not None for answer in answers):
        return None
    errors = [answer.error for answer in answers if isinstance(answer, Failed)]
    if not errors or len(errors) < len(answers) or len({type(error) for error in errors}) != 1:
        return None
    if isinstance(errors[0], RejectedError) or any(
        isinstance(error, TransientError) and error.item for error in errors
    ):
        return None
    waits = [error for error in errors if isinstance(error, RateLimitedError)]
    return max(waits, key=lambda error: error.retry_after) if waits else errors[0]
