"""Whom a message shows or reports as an impostor: what operators are asked to rule on. Pure; never the official."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

from pydantic import ValidationError

from gateway.case import GRAVITY, Finding, Message, Severity, Standing
from gateway.casework.values import Judged, Outcome, Policy
from gateway.caution import cautions
from gateway.ports import DeliveryReport, Edited, Event, MemberSeen, Spotted
from gateway.reports import CASE, Accusation, Origin
from gateway.rulings import scam_named
from gateway.trust.claims import Claim, read_claim
from gateway.trust.entries import scam_key

MOST = 5
"""So many are taken from one message."""
_SHOWING = frozenset({"sender_poses_as_official", "look_alike_mentioned"})


def with_accused(outcome: Outcome, judged: Judged, policy: Policy) -> Outcome:
    """Return an outcome with whom its message shows to be an impostor, where it is a matter of a case."""
    message = _message(judged.event)
    if message is None or not outcome.cases or judged.old:
        return outcome
    shown, unnamed = _found(judged.assessment.findings, message, policy)
    named = {each.name: each for each in (*outcome.accused, *shown)}
    accused = list(islice(named.values(), MOST))
    if unnamed:
        accused.append(Accusation(CASE, outcome.cases[0].id, technique=unnamed))
    return replace(outcome, accused=tuple(replace(each, case_id=outcome.cases[0].id) for each in accused))


def accused_by_user(claims: Iterable[str], platform: str, policy: Policy) -> tuple[Accusation, ...]:
    """Return whom a user has reported, as far as it has a name that can be looked up."""
    made = (_accusation(claim, platform, Origin.USER, policy) for claim in claims)
    return tuple(islice((each for each in made if each is not None), MOST))


def accused_by_patrol(found: Spotted, case_id: str, policy: Policy) -> tuple[Accusation, ...]:
    """Return whom the patrol has found, unless what it found cannot stand on a list."""
    claim = f"@{found.value}" if found.kind == "handle" else found.value
    made = _accusation(claim, found.platform, Origin.PATROL, policy)
    if made is None:
        return ()
    told = replace(made, brand=found.brand, technique=found.technique, case_id=case_id)
    reason, alarm = f"The patrol has found it; it resembles {found.of}.", found.severity is Severity.DANGER
    return (replace(told, reason=reason, alarm=alarm),)


def _found(findings: Iterable[Finding], message: Message, policy: Policy) -> tuple[list[Accusation], str]:
    """Return whom findings accuse, and the code of the gravest that names nobody and yet is an alarm."""
    named: dict[tuple[str, str, str], Accusation] = {}
    unnamed = ""
    for finding in sorted(findings, key=lambda each: GRAVITY.index(each.severity), reverse=True):
        made = _shown(finding, message, policy) if len(named) < MOST else None
        alarm = bool(cautions([finding], policy.cautions).alarms)
        if made is not None:
            named.setdefault(made.name, replace(made, alarm=alarm))
        elif alarm:
            unnamed = unnamed or finding.code
    return list(named.values()), unnamed


def _shown(finding: Finding, message: Message, policy: Policy) -> Accusation | None:
    if finding.code not in _SHOWING or GRAVITY.index(finding.severity) < GRAVITY.index(Severity.WARNING):
        return None
    made = _accusation(finding.subject, message.platform, Origin.FINDING, policy)
    return made and replace(made, brand=finding.brand or "", technique=finding.technique or "")


def _accusation(subject: str, platform: str, origin: Origin, policy: Policy) -> Accusation | None:
    claim = read_claim(subject)
    if claim.problem or claim.doubt:
        return None
    where = claim.platform or (platform if platform != "email" else "")
    if policy.directory_says(subject, where) is Standing.OFFICIAL:
        return None
    try:
        if where and _names_account(claim):
            scam = scam_named("handle", claim.handle, where)
        else:
            scam = scam_named(claim.kind, subject.strip())
    except (ValidationError, KeyError):
        # What cannot stand on a list: a platform's own site, a shape that names nobody.
        return None
    place, value = scam_key(scam)
    kind = "handle" if scam.handle else place
    return Accusation(kind, value, place if scam.handle else "", origin=origin)


def _names_account(claim: Claim) -> bool:
    """Whether it is a handle, or a link to an account and to nothing below it."""
    is_link = claim.kind == "link" and not set("?#.") & set(claim.path) and "/" not in claim.path.strip("/")
    return bool(claim.handle) and not claim.handle.isdigit() and (claim.kind == "handle" or is_link)


def _message(event: Event) -> Message | None:
    match event:
        case Message():
            return event
        case Edited(message=message) | MemberSeen(message=message) | DeliveryReport(message=message):
            return message
        case _:
            return None
