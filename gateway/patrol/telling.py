"""What a run of the patrol means for the desk, as raws of the engine's own; pure.

A raw is named by what it tells of, so that one that is put again is absorbed: whatever is cut off may be done again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b

from gateway import feedback
from gateway.case import GRAVITY, Severity
from gateway.patrol.impersonations import as_row
from gateway.patrol.values import Change, Impersonation, Kind, Report, Subject
from gateway.ports import Raw

Name = tuple[str, str, str]
"""Of an impostor: kind, platform, value, as in reports."""


def raws_of(report: Report, before: datetime | None, refused: Collection[Name], least: Severity) -> list[Raw]:
    """Return the raws of a run. `before` is when the memory was kept that the run began with.

    Every look-alike that is there is told of, new or not, from the severity `least` on, unless operators have refused
    to call it one; something official where a change of it is a danger.
    """
    known = GRAVITY.index(least)
    found = (
        each
        for each in report.impersonations
        # The desk has met a member itself, and has a case of him.
        if each.kind != Kind.MEMBER
        and GRAVITY.index(each.severity) >= known
        and (each.kind, each.platform, each.value) not in refused
    )
    raws = [_spotted(each, report.at) for each in found]
    raws += [_altered(subject, changes, before, report.at) for subject, changes in amiss(report)]
    return raws


def amiss(report: Report) -> Iterator[tuple[Subject, Sequence[Change]]]:
    """Yield everything official of which a change is a danger, with all of its changes that matter, gravest first."""
    changed: dict[Subject, list[Change]] = {}
    for each in report.changes:
        if each.subject.kind.is_ours and each.severity is not Severity.NOTICE:
            changed.setdefault(each.subject, []).append(each)
    for subject, changes in changed.items():
        if any(each.severity is Severity.DANGER for each in changes):
            yield subject, sorted(changes, key=lambda each: (-GRAVITY.index(each.severity), each.code))


def _spotted(found: Impersonation, now: datetime) -> Raw:
    told = {**as_row(found), "evidence": [{"name": name, "value": value} for name, value in found.evidence]}
    return feedback.spotted(f"spotted:{found.kind}:{found.platform}:{found.value}", told, now)


def _altered(subject: Subject, changes: Sequence[Change], before: datetime | None, now: datetime) -> Raw:
    place = f"{subject.kind.value}:{subject.platform}:{subject.value}"
    # Once found from one memory it is one finding, however often the run has to be done again; later it is another.
    what = "\0".join((place, before.isoformat() if before else "", *sorted(each.code for each in changes)))
    told: Mapping[str, object] = {
        "shown": subject.shown,
        "platform": subject.platform,
        "brand": changes[0].brand,
        "alterations": [
            {"code": each.code, "severity": each.severity.value, "reason": each.reason} for each in changes
        ],
    }
    return feedback.altered(f"altered:{blake2b(what.encode(), digest_size=16).hexdigest()}", place, told, now)
