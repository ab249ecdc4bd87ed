"""Openings by the hundred: one call queues a job that opens them, and one call looks after all jobs under way."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel

from gateway.backends._api import Answer
from gateway.backends._onebyone import OneByOne, common_error
from gateway.backends._parts import parts_of, state_of
from gateway.backends.zendesk.api import LEAST_WAIT_SECS, Zendesk
from gateway.backends.zendesk.desk import ZendeskTickets
from gateway.backends.zendesk.settings import ZendeskSettings, comment_of, opening
from gateway.errors import GatewayError, OutcomeUnknownError, RateLimitedError, RejectedError
from gateway.ports import Clock, Done, Failed, Pending, Report, TicketRef, TicketWrite

MOST = 100
"""Tickets in one job."""
MOST_JOBS = 30
"""Jobs that an account may have queued or running."""
MOST_PATIENCE_SECS = 10.0
MOST_KNOWN = 500
ENDED = frozenset({"completed", "failed", "killed"})


class _Job(BaseModel):
    id: str
    status: str = ""
    job_type: str = ""
    results: list[dict[str, Any]] | dict[str, Any] | None = None


class _OneJob(BaseModel):
    job_status: _Job


class _ManyJobs(BaseModel):
    job_statuses: list[_Job]


@dataclass(slots=True)
class _Known:
    """A job of ours; `made` are the tickets by the index of what it was given, once it has ended."""

    ended: bool = False
    lost: bool = False
    made: dict[int, TicketRef] = field(default_factory=dict)


class Jobs:
    """Our jobs at Zendesk: how each stands, asked for all together and no more often than can be spared."""

    def __init__(self, api: Zendesk, clock: Clock) -> None:
        self._api = api
        self._clock = clock
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._looked = datetime.min.replace(tzinfo=clock.now().tzinfo)
        self._looking = asyncio.Lock()
        self._calm_until = self._looked

    def queued(self, name: str) -> None:
        """Remember a job that was queued just now: there is no use in asking after it at once."""
        if not self.under_way:
            self._looked = self._clock.now()
        self.add(name)

    def add(self, name: str) -> _Known:
        """Remember a job."""
        known = self._known.setdefault(name, _Known())
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        return known

    @property
    def under_way(self) -> list[str]:
        """Return the jobs that have not ended, as far as is known."""
        return [name for name, known in self._known.items() if not known.ended]

    def wait(self) -> timedelta:
        """Return how long it is until the jobs are looked after again, at least a little."""
        left = self._looked + timedelta(seconds=self._pause()) - self._clock.now()
        return max(left, timedelta(milliseconds=100))

    def patience(self) -> timedelta:
        """Return how long a write of a job is left alone: with thousands of them under way, longer than one job is."""
        return max(self.wait(), timedelta(seconds=min(len(self.under_way) / 3, MOST_PATIENCE_SECS)))

    async def state(self, name: str) -> _Known:
        """Return how a job stands, by the latest look; look again where it is time."""
        known = self.add(name)
        if not known.ended:
            await self.look()
        return known

    async def look(self) -> None:
        """Ask after all jobs under way in one call, unless that was done just now."""
        async with self._looking:
            names = self.under_way
            now = self._clock.now()
            if not names or now < self._looked + timedelta(seconds=self._pause()):
                return
            self._looked = now
            for first in range(0, len(names), MOST):
                await self._ask(names[first : first + MOST])

    async def strangers(self) -> bool:
        """Whether a job may be opening tickets that we do not know: one whose queueing was never answered."""
        if self._clock.now() < self._calm_until:
            return False
        answer = await self._api.call("GET", "/job_statuses")
        found = any(
            job.id not in self._known and job.status not in ENDED and "create" in (job.job_type or "create").lower()
            for job in answer.read(_ManyJobs).job_statuses
        )
        if not found:
            self._calm_until = self._clock.now() + timedelta(seconds=self._api.spare_secs)
        return found

    def doubt(self) -> None:
        """A job may have been queued whose name was never told."""
        self._calm_until = self._clock.now()

    async def _ask(self, names: Sequence[str]) -> None:
        answer = await self._api.call("GET", "/job_statuses/show_many", query={"ids": ",".join(names)})
        found = {job.id: job for job in answer.read(_ManyJobs).job_statuses}
        for name in names:
            job, known = found.get(name), self._known[name]
            if job is None:
                known.ended = known.lost = True
            elif job.status in ENDED:
                known.ended = True
                known.lost = not isinstance(job.results, list)
                known.made = _made(job)

    def _pause(self) -> float:
        """While no job can be added nothing is lost by looking."""
        return LEAST_WAIT_SECS if len(self.under_way) >= MOST_JOBS else self._api.spare_secs


def _made(job: _Job) -> dict[int, TicketRef]:
    results = job.results if isinstance(job.results, list) else []
    pairs = [
        (entry.get("index", place), entry.get("id")) for place, entry in enumerate(results) if not entry.get("error")
    ]
    return {index: TicketRef(str(number)) for index, number in pairs if isinstance(index, int) and number}


class ZendeskBackend:
    """See `Backend`. Many openings at once go as jobs, whatever is in doubt or more than an opening goes one by one."""

    def __init__(self, settings: ZendeskSettings, api: Zendesk, tickets: ZendeskTickets, clock: Clock) -> None:
        self._settings = settings
        self._api = api
        self._tickets = tickets
        self._single = OneByOne(tickets, looks_first=False)
        self._jobs = Jobs(api, clock)

    async def check(self) -> Report:
        """See `Backend`."""
        return await self._single.check()

    async def submit(self, writes: Sequence[TicketWrite]) -> Sequence[Done | Pending | Failed]:
        """See `Backend`."""
        plain = [write for write in writes if _is_plain_opening(write)]
        # While jobs are under way there is more to open than comes at once: what is left over goes the same way.
        least = 2 if self._jobs.under_way else self._settings.batch_from
        batch = plain if len(plain) >= least else []
        queued = {write.key for write in batch}
        rest = [write for write in writes if write.key not in queued]
        await self._tickets.prepare(rest)
        groups = [batch[first : first + MOST] for first in range(0, len(batch), MOST)]
        answers = await asyncio.gather(*(self._queue(group) for group in groups), *(self._one(write) for write in rest))
        flat = [answer for group in answers for answer in group]
        common = common_error(flat)
        if common is not None:
            raise common
        return flat

    async def find(self, write: TicketWrite, job: str | None = None) -> TicketRef | Pending | None:
        """See `Backend`."""
        if job is not None:
            name, _, place = job.rpartition(":")
            known = await self._jobs.state(name)
            if not known.ended:
                return Pending(write.key, job, self._jobs.patience())
            if place.isdigit() and int(place) in known.made:
                return known.made[int(place)]
            if not known.lost:
                # Written again by itself: then Zendesk says what is wrong with this one.
                return None
        found = await self._single.find(write)
        if found is None and job is None and write.ticket is None and await self._jobs.strangers():
            raise OutcomeUnknownError(f"{self._api.host} still works on a job that may hold this write")
        return found

    async def _one(self, write: TicketWrite) -> Sequence[Done | Failed]:
        return [await self._single.answer(write)]

    async def _queue(self, writes: Sequence[TicketWrite]) -> Sequence[Done | Pending | Failed]:
        """Queue a job; one that is refused is parted until it is clear which write is to blame."""
        try:
            return await self._queued(writes)
        except RejectedError as error:
            if len(writes) == 1:
                return [Failed(writes[0].key, error)]
            middle = len(writes) // 2
            return [*await self._queue(writes[:middle]), *await self._queue(writes[middle:])]
        except GatewayError as error:
            self._jobs.doubt()
            return [Failed(write.key, error) for write in writes]

    async def _queued(self, writes: Sequence[TicketWrite]) -> Sequence[Pending]:
        if len(self._jobs.under_way) >= MOST_JOBS:
            await self._jobs.look()
        if len(self._jobs.under_way) >= MOST_JOBS:
            raise RateLimitedError(f"{self._api.host} has {MOST_JOBS} jobs to do", self._jobs.wait(), item=False)
        tickets = [self._opening(write) for write in writes]
        answer = await self._api.call("POST", "/tickets/create_many", data={"tickets": tickets}, expected=(429,))
        if answer.status == 429:
            raise self._full(answer)
        name = answer.read(_OneJob).job_status.id
        self._jobs.queued(name)
        wait = self._jobs.patience()
        return [Pending(write.key, f"{name}:{place}", wait) for place, write in enumerate(writes)]

    def _full(self, answer: Answer) -> GatewayError:
        """Return the error of a job that came too soon: for the account's limit there is a time, for the queue none."""
        told = answer.headers.get("retry-after", "")
        secs = float(told) if told.isascii() and told.isdigit() and len(told) < 6 else LEAST_WAIT_SECS
        return RateLimitedError(f"{self._api.host} takes no more jobs for now", timedelta(seconds=secs), item=False)

    def _opening(self, write: TicketWrite) -> dict[str, Any]:
        (part,) = parts_of(write)
        return opening(self._settings, write, comment_of(part), part.mark)


def _is_plain_opening(write: TicketWrite) -> bool:
    """Whether a write is no more than an opening that surely was not tried before."""
    if write.ticket is not None or write.doubtful or write.files or state_of(write) is not None:
        return False
    return len(parts_of(write)) == 1
