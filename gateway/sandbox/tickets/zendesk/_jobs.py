"""Background jobs of the emulated Zendesk: queued by a call, done after a while of the shared clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from gateway.ports import Clock
from gateway.sandbox.tickets._base import RefusedError

MOST_JOBS = 30
"""So many may be queued or running at once."""


@dataclass(slots=True)
class Job:
    """One job: what it does is called with each of its items when its time has come."""

    id: str
    kind: str
    due: datetime
    items: Sequence[Any] = field(repr=False)
    act: Callable[[Any], int] = field(repr=False)
    status: str = "queued"
    results: list[dict[str, Any]] | None = None


class Jobs:
    """All jobs; `secs` is how long each takes."""

    def __init__(self, clock: Clock, secs: float) -> None:
        self._clock = clock
        self.secs = secs
        self.all: dict[str, Job] = {}
        self.most = 0
        """How many were queued at once at most."""
        self._open: list[Job] = []

    def queue(self, name: str, kind: str, items: Sequence[Any], act: Callable[[Any], int]) -> Job:
        """Take a job. Raises `RefusedError` with 429 when too many wait."""
        self.work()
        if len(self._open) >= MOST_JOBS:
            raise RefusedError(429, {"error": "TooManyJobs", "description": "Too many jobs are currently queued"})
        job = Job(name, kind, self._clock.now() + timedelta(seconds=self.secs), items, act)
        self.all[name] = job
        self._open.append(job)
        self.most = max(self.most, len(self._open))
        return job

    def work(self) -> None:
        """Do what has become due."""
        now = self._clock.now()
        for job in [each for each in self._open if each.due <= now]:
            self._open.remove(job)
            job.results = [self._one(index, item, job) for index, item in enumerate(job.items)]
            failed = all("error" in result for result in job.results)
            job.status = "failed" if failed else "completed"

    def lose(self) -> None:
        """Forget all jobs that are done, as after an hour."""
        for name in [job.id for job in self.all.values() if job.results is not None]:
            del self.all[name]

    def _one(self, index: int, item: Any, job: Job) -> dict[str, Any]:
        try:
            number = job.act(item)
        except RefusedError as error:
            body = error.answer.body
            told = body.decode() if isinstance(body, bytes) else ""
            return {"index": index, "error": "TicketCreateFailed", "details": told, "success": False}
        return {"index": index, "id": number, "action": "create", "success": True, "status": "Created"}


def shown(job: Job, address: str) -> dict[str, Any]:
    """Return a job as the API shows it."""
    return {
        "id": job.id,
        "url": f"{address}/api/v2/job_statuses/{job.id}",
        "job_type": job.kind,
        "total": len(job.items),
        "progress": None if job.results is None else len(job.items),
        "status": job.status,
        "message": None,
        "results": job.results,
    }
