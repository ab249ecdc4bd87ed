"""Puts what operators have confirmed as impostors beside the directory, on every node, soon after each ruling.

Raises only what the store raises. An official account is never overruled by a report: the directory is looked at first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from pydantic import ValidationError

from gateway.ports import Clock
from gateway.reports import Report, Reports
from gateway.trust.directory import Directory
from gateway.trust.entries import scam_key
from gateway.trust.schema import Scam

log = structlog.get_logger()

EVERY = timedelta(seconds=10)
"""So soon every node knows of a ruling."""
SOURCE = "our own reports"
_INDEXES = ("host_index", "name_index")
_FIELDS = {"mail": "address", "domain": "domain", "link": "link", "phone": "phone", "wallet": "wallet"}


class Rulings:
    """The directory with what was confirmed; `step` and `due` are a part for the supervisor."""

    def __init__(
        self, reports: Reports, base: Callable[[], Directory], changed: Callable[[], None], clock: Clock
    ) -> None:
        """`base` is the directory as the settings have it now; `changed` is told when more or less is confirmed."""
        self._reports = reports
        self._base = base
        self._changed = changed
        self._clock = clock
        self._stamp = ""
        self._scams: tuple[Scam, ...] = ()
        self._made: tuple[Directory, tuple[Scam, ...], Directory] | None = None

    @property
    def directory(self) -> Directory:
        """The directory of the moment; the same object until something changes."""
        base = self._base()
        if self._made is None or self._made[0] is not base or self._made[1] is not self._scams:
            self._made = (base, self._scams, with_scams(base, self._scams))
        return self._made[2]

    async def step(self) -> int:
        """Look once whether there are new rulings."""
        stamp = await self._reports.stamp()
        if stamp != self._stamp:
            self._scams = tuple(scams_of(await self._reports.confirmed()))
            self._stamp = stamp
            log.info("reports.ruled", confirmed=len(self._scams))
            self._changed()
        return 0

    async def due(self) -> datetime:
        """Return when to look again."""
        return self._clock.now() + EVERY


def scams_of(confirmed: Sequence[Report]) -> list[Scam]:
    """Return reports as entries of the list of scams; one that this release cannot read is left out."""
    found: list[Scam] = []
    for report in confirmed:
        accused = report.accused
        day = report.ruled_at.date() if report.ruled_at else None
        told = (
            {"platform": accused.platform, "handle": accused.value}
            if accused.kind == "handle"
            else {_FIELDS.get(accused.kind, accused.kind): accused.value}
        )
        try:
            found.append(Scam.model_validate({**told, "source": SOURCE, "reported_at": day}))
        except ValidationError:
            log.warning("reports.unreadable", number=report.number)
    return found


def with_scams(directory: Directory, scams: Sequence[Scam]) -> Directory:
    """Return a directory that knows these scams, too; the same one without any."""
    if not scams:
        return directory
    known = {scam_key(scam): scam for scam in scams}
    platforms = directory.scam_platforms | {scam.platform for scam in scams if scam.platform}
    made = replace(directory, scams={**directory.scams, **known}, scam_platforms=platforms)
    # What is official has not changed, and neither has what looks like it.
    made.__dict__.update({name: directory.__dict__[name] for name in _INDEXES if name in directory.__dict__})
    return made
