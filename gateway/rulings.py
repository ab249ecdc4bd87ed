"""Puts what operators have confirmed as impostors beside the directory, on every node, soon after each ruling.

Raises only what the store raises. No ruling overrules the directory: what it lists as official, today or later, is left
out here, because whoever is asked looks at reports first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta

import structlog
from pydantic import ValidationError

from gateway.ports import Clock
from gateway.reports import CASE, Report, Reports
from gateway.trust.claims import Claim, read_claim
from gateway.trust.directory import Directory
from gateway.trust.domains import ascii_lower, parents
from gateway.trust.entries import Official, officials, scam_key
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
        self._day = clock.now().date()
        self._made: tuple[Directory, tuple[Scam, ...], date, Directory] | None = None

    @property
    def directory(self) -> Directory:
        """The directory of the moment; the same object until something changes."""
        base, made = self._base(), self._made
        if made is None or made[0] is not base or made[1] is not self._scams or made[2] != self._day:
            made = self._made = (base, self._scams, self._day, with_scams(base, self._scams, self._day))
            if left_out := sum(scam_key(scam) not in made[3].scams for scam in self._scams):
                log.warning("reports.official", count=left_out)
        return made[3]

    async def step(self) -> int:
        """Look once whether there are new rulings, or whether with the day something official has retired."""
        stamp = await self._reports.stamp()
        today = self._clock.now().date()
        if stamp != self._stamp or today != self._day:
            confirmed = await self._reports.confirmed()
            self._scams = tuple(scams_of(confirmed))
            self._stamp, self._day = stamp, today
            named = sum(each.accused.kind != CASE for each in confirmed)
            log.info("reports.ruled", confirmed=named, unreadable=named - len(self._scams))
            self._changed()
        return 0

    async def due(self) -> datetime:
        """Return when to look again."""
        return self._clock.now() + EVERY


def scam_named(kind: str, value: str, platform: str = "", reported_at: date | None = None) -> Scam:
    """Return an accusation's name as an entry of the list of scams.

    Raises `ValidationError` for what cannot stand on a list, a platform's own site for one, `KeyError` for a kind
    that names nobody.
    """
    named = {"platform": platform, "handle": value} if kind == "handle" else {_FIELDS[kind]: value}
    return Scam.model_validate({**named, "source": SOURCE, "reported_at": reported_at})


def scams_of(confirmed: Sequence[Report]) -> list[Scam]:
    """Return reports as entries of the list of scams; a case, or what this release cannot read, is left out."""
    found: list[Scam] = []
    for report in confirmed:
        accused = report.accused
        day = report.ruled_at.date() if report.ruled_at else None
        with suppress(ValidationError, KeyError):
            found.append(scam_named(accused.kind, accused.value, accused.platform, day))
    return found


def with_scams(directory: Directory, scams: Sequence[Scam], on: date | None = None) -> Directory:
    """Return a directory that knows these scams, too; the same one without any.

    What the directory lists as official on that day or later is left out; without a day, whatever it lists at all.
    """
    if not scams:
        return directory
    overruled = Overruled(directory, on)
    known = {scam_key(scam): scam for scam in scams if not overruled.by(scam)}
    if not known:
        return directory
    platforms = directory.scam_platforms | {scam.platform for scam in known.values() if scam.platform}
    made = replace(directory, scams={**directory.scams, **known}, scam_platforms=platforms)
    # What is official has not changed, and neither has what looks like it.
    made.__dict__.update({name: directory.__dict__[name] for name in _INDEXES if name in directory.__dict__})
    return made


class Overruled:
    """What no scam may be called: all that the directory lists as official on a day or later, and what it stands on.

    Without a day, what has retired counts as well.
    """

    def __init__(self, directory: Directory, on: date | None = None) -> None:
        entries = [
            entry
            for brand in directory.brands.values()
            for _, entry in officials(brand)
            if on is None or entry.until is None or entry.until >= on
        ]
        self._names = {name for entry in entries for name in _names_of(entry)}
        self._sites = {entry.value for entry in entries if entry.kind in ("domain", "mail_domain")}

    def by(self, scam: Scam) -> bool:
        """Whether calling this a scam would overrule the directory: it is listed, or lies under an official site."""
        if not scam.link:
            host = scam.domain or (scam.address or "").rpartition("@")[2]
            return scam_key(scam) in self._names or self._is_ours(host)
        claim = read_claim(scam.link)
        names = {("link", scam.link.partition("://")[2]), *_leads_to(claim)}
        return not names.isdisjoint(self._names) or self._is_ours(claim.site)

    def _is_ours(self, host: str) -> bool:
        return not self._sites.isdisjoint(parents(host))


def _names_of(entry: Official) -> Iterator[tuple[str, str]]:
    """Yield (kind or platform, value), as `scam_key` has them, of every report that would strike an entry."""
    host = ""
    match entry.kind:
        case "handle":
            yield entry.platform, ascii_lower(entry.value)
            if entry.id:
                yield entry.platform, entry.id
        case "phone":
            yield "phone", entry.value
        case "mail":
            yield "mail", entry.value
            host = entry.value.rpartition("@")[2]
        case "link":
            claim = read_claim(entry.value)
            rest = entry.value.partition("://")[2]
            # A link is looked up in either scheme, with its parameters and without them.
            yield "link", rest
            yield "link", re.split(r"[?#]", rest, maxsplit=1)[0].removesuffix("/")
            yield from _leads_to(claim)
            host = claim.site
        case "domain" | "mail_domain":
            host = entry.value
    if host:
        yield from (("domain", name) for name in parents(host))


def _leads_to(claim: Claim) -> Iterator[tuple[str, str]]:
    if claim.handle:
        yield claim.platform, ascii_lower(claim.handle)
    if claim.phone:
        yield "phone", claim.phone
