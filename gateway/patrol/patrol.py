"""One run of the patrol: everything is asked, compared with the last time, told, and remembered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import structlog

from gateway.errors import fault_name, fault_places
from gateway.patrol.accounts import look_at_accounts, official_accounts, subject_of
from gateway.patrol.asking import Platform
from gateway.patrol.changes import Compared, compare
from gateway.patrol.domains import OwnDomain, look_at_domains, own_domains
from gateway.patrol.impersonations import impersonation_of
from gateway.patrol.ports import Budgets, Certificates, Dns, Failed, Lookers, PatrolLog, Sightings
from gateway.patrol.searches import handle_search, host_search
from gateway.patrol.sweep import Search, sweep
from gateway.patrol.values import (
    THERE,
    Change,
    Coverage,
    Impersonation,
    Kind,
    Memory,
    Place,
    Report,
    Seen,
    Subject,
    Unseen,
)
from gateway.ports import Clock
from gateway.trust.directory import Directory
from gateway.trust.entries import Official

log = structlog.get_logger()

T = TypeVar("T")

_WORDED = frozenset({"name", "affiliation", "withheld", "sighting"})
"""Facts in which text of others stands: that goes into no log."""


@dataclass(frozen=True, slots=True)
class Patrol:
    """All that a run needs. Without `dns` no domain is looked at, without `sightings` no member of a group."""

    directory: Directory
    clock: Clock
    log: PatrolLog
    lookers: Lookers = field(default_factory=dict)
    dns: Dns | None = None
    certificates: Certificates | None = None
    sightings: Sightings | None = None
    budgets: Budgets = field(default_factory=Budgets)


@dataclass(slots=True)
class _Found:
    """What a run has gathered so far."""

    seen: dict[Subject, Seen] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    unseen: list[Unseen] = field(default_factory=list)
    coverage: list[Coverage] = field(default_factory=list)

    def add(self, seen: Iterable[Seen], unseen: Iterable[Unseen]) -> None:
        self.seen.update((each.subject, each) for each in seen)
        self.unseen += unseen


async def run(patrol: Patrol) -> Report:
    """Look at everything once, and report; raises only what `patrol.log` raises.

    Each change is an event `patrol.change` in the log. The memory is kept last: told twice is better than told never.
    """
    now = patrol.clock.now()
    memory = await patrol.log.load()
    entries = tuple(official_accounts(patrol.directory, now.date()))
    domains = own_domains(patrol.directory, now.date())
    platforms = {name: Platform(name, own, patrol.clock) for name, own in patrol.lookers.items() if own}
    known = _still_right(memory, entries, domains, patrol.directory)

    found = _Found()
    await _look_at_ours(patrol, entries, domains, platforms, found, now)
    searches = list(_searches(patrol, entries, domains, platforms, found.seen, now))
    await asyncio.gather(*(_search(each, known, found, now) for each in searches))
    members = await _members(patrol, memory.ran_at, found)

    compared = compare(known.seen, found.seen, now)
    report = _report(compared, members, found, now)
    for change in report.changes:
        log.warning("patrol.change", **told(change))
    await patrol.log.save(Memory(compared.seen, {**known.places, **found.places}, now))
    log.info("patrol.finished", changes=len(report.changes), unchecked=len(report.unchecked))
    return report


def told(change: Change) -> Mapping[str, str]:
    """Return what an event tells of a change: no words of others."""
    worded = change.fact in _WORDED or change.subject.kind is Kind.MEMBER
    found = {} if worded else {"before": change.before, "after": change.after}
    named = "" if change.subject.kind is Kind.MEMBER else change.subject.value
    return {
        "code": change.code,
        "severity": change.severity.value,
        "kind": change.subject.kind.value,
        "platform": change.subject.platform,
        "subject": named,
        "brand": change.brand,
        **found,
    }


def _still_right(
    memory: Memory, entries: Sequence[Official], domains: Sequence[OwnDomain], directory: Directory
) -> Memory:
    """Forget what is no more ours, and look-alikes that the directory has taken in since."""
    ours = {subject_of(entry) for entry in entries} | {Subject(Kind.DOMAIN, each.name) for each in domains}
    seen = {
        subject: each
        for subject, each in memory.seen.items()
        if (subject in ours if subject.kind.is_ours else not _is_listed(subject, directory))
    }
    return Memory(seen, memory.places, memory.ran_at)


def _is_listed(subject: Subject, directory: Directory) -> bool:
    if subject.kind is Kind.ALIKE_ACCOUNT:
        return (subject.platform, subject.value) in directory.accounts
    return bool(directory.site_of(subject.value)) or subject.value in directory.mail_domains


async def _look_at_ours(
    patrol: Patrol,
    entries: Sequence[Official],
    domains: Sequence[OwnDomain],
    platforms: Mapping[str, Platform],
    found: _Found,
    now: datetime,
) -> None:
    accounts = _guarded("official accounts", look_at_accounts(entries, platforms, now), found)
    hosts = look_at_domains(domains, patrol.dns, patrol.certificates, now)
    for part in await asyncio.gather(accounts, _guarded("official domains", hosts, found)):
        if part is not None:
            found.add(*part)


def _searches(
    patrol: Patrol,
    entries: Sequence[Official],
    domains: Sequence[OwnDomain],
    platforms: Mapping[str, Platform],
    seen: Mapping[Subject, Seen],
    now: datetime,
) -> Iterator[Search]:
    for name, platform in platforms.items():
        own = [entry for entry in entries if entry.platform == name]
        budget = patrol.budgets.of_platform(name)
        if own and budget:
            told_of = (entry for entry in own if seen[subject_of(entry)].facts.get("state") == THERE)
            there = next(([each for each in (entry.id, entry.value) if each] for entry in told_of), [])
            yield handle_search(platform, own, patrol.directory, now.date(), budget, there)
    if domains and patrol.dns is not None and patrol.budgets.domains:
        yield host_search(domains, patrol.directory, patrol.dns, patrol.budgets.domains)


async def _search(search: Search, memory: Memory, found: _Found, now: datetime) -> None:
    done = await _guarded(search.name, sweep(search, memory, now), found)
    if done is not None:
        swept, coverage = done
        found.add(swept.seen.values(), swept.unseen)
        found.places.update(swept.places)
        found.coverage.append(coverage)


async def _members(patrol: Patrol, since: datetime | None, found: _Found) -> Sequence[Impersonation]:
    if patrol.sightings is None:
        return ()
    members = await _guarded("members of own groups", patrol.sightings.since(since), found)
    if isinstance(members, Failed):
        found.unseen.append(Unseen("members of own groups", members.reason))
        return ()
    return members or ()


async def _guarded(part: str, work: Awaitable[T], found: _Found) -> T | None:
    """Let a fault of ours in one part leave the others alone."""
    try:
        return await work
    except Exception as error:  # noqa: BLE001 - a fault in one part must not hide what the others find
        log.error("patrol.failed", part=part, error=fault_name(error), traceback=fault_places(error))
        found.unseen.append(Unseen(part, "a fault of the gateway; see the log"))
        return None


def _report(compared: Compared, members: Sequence[Impersonation], found: _Found, now: datetime) -> Report:
    alike = [each for each in map(impersonation_of, compared.seen.values()) if each is not None]
    ranked = sorted((*members, *alike), key=lambda each: (-each.confidence, each.platform, each.value))
    seen = [
        Change(
            "member_seen",
            Subject(Kind.MEMBER, each.value, each.platform),
            each.brand,
            each.severity,
            "sighting",
            "somebody who passes for one of yours was seen in a group",
            after=each.value,
        )
        for each in members
    ]
    return Report(
        at=now,
        changes=(*compared.changes, *seen),
        standing=compared.standing,
        unchecked=tuple(found.unseen),
        impersonations=tuple(ranked),
        coverage=tuple(sorted(found.coverage)),
    )
