"""What is done about what the patrol has found: a case for the agents, and nothing said to anybody else. Pure.

A look-alike has one case, however often it is found; something official has one for each time that it is found amiss.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from gateway.answers.names import one_line
from gateway.case import GRAVITY, Assessment, Finding, Message, Party, Priority, Severity, Standing, Triage
from gateway.casework import accusing, filing
from gateway.casework.groups import CATEGORY
from gateway.casework.values import Judged, Outcome, Policy
from gateway.past import Past, Query
from gateway.ports import Altered, Spotted, TicketAction
from gateway.trust.entries import platform_title

OFFICIAL = "official-account"
"""The category, the queue and the tag of whatever is amiss with an official account or domain."""
WEB = "web"
"""What stands for a platform where a domain is meant."""
_CODES = {"handle": "sender_poses_as_official", "domain": "look_alike_mentioned"}
_MOST_CHARS = 300

Found = Spotted | Altered


def ask_found(event: Found, policy: Policy) -> Query:
    """Return what must be known of the past to decide on what the patrol has found."""
    name = event.provenance.key
    return Query(message_id=name, content_key=name, case_ids=filing.numbers(name, None, policy))


def decide_found(event: Found, past: Past, policy: Policy, now: datetime) -> Outcome:
    """Open a case for what the patrol has found, once."""
    if past.copy_of is not None:
        return Outcome(note=f"found by the patrol, and told of already on {past.copy_of.case_id}")
    if isinstance(event, Altered):
        return _altered(event, past, policy, now)
    return _spotted(event, past, policy, now)


def _spotted(event: Spotted, past: Past, policy: Policy, now: datetime) -> Outcome:
    claim = f"@{event.value}" if event.kind == "handle" else event.value
    if policy.directory_says(claim, event.platform) is Standing.OFFICIAL:
        return Outcome(note="kept: what the patrol has found is official by now")
    finding = Finding(
        code=_CODES[event.kind],
        severity=event.severity,
        confidence=event.confidence,
        brand=event.brand or None,
        subject=claim,
        technique=event.technique or None,
        official=event.of,
        reason=f"It resembles {event.of}.",
    )
    said = {each.name: each.value for each in event.evidence}
    is_handle = event.kind == "handle"
    message = _message(
        event,
        Party(
            platform=event.platform or WEB,
            id=said.get("id"),
            handle=event.value if is_handle else None,
            name=said.get("name", "") if is_handle else _shown(event),
            evidence=event.evidence,
        ),
        f"Look-alike of {event.of}",
        _told_of_look_alike(event),
    )
    priority = Priority.URGENT if event.severity is Severity.DANGER else Priority.HIGH
    judged = Judged(
        event,
        Assessment(sender=Standing.LOOK_ALIKE, sender_reason=finding.reason, findings=(finding,)),
        Triage(priority=priority, category=CATEGORY, queue=CATEGORY, tags=(CATEGORY,)),
    )
    outcome = _opened(message, judged, event.severity, past, policy, now)
    return replace(outcome, accused=accusing.accused_by_patrol(event, outcome.cases[0].id, policy))


def _altered(event: Altered, past: Past, policy: Policy, now: datetime) -> Outcome:
    worst = max((each.severity for each in event.alterations), key=GRAVITY.index, default=Severity.NOTICE)
    sender = Party(platform=event.platform or WEB, name=event.shown)
    message = _message(event, sender, f"Official, and amiss: {event.shown}", _told_of_official(event))
    triage = Triage(priority=Priority.URGENT, category=OFFICIAL, queue=OFFICIAL, tags=(OFFICIAL,))
    return _opened(message, Judged(event, triage=triage), worst, past, policy, now)


def _message(event: Found, sender: Party, subject: str, text: str) -> Message:
    name = event.provenance.key
    return Message(
        id=name,
        content_key=name,
        provenance=event.provenance,
        platform=sender.platform,
        addressed=False,
        sender=sender,
        subject=subject,
        text=text,
    )


def _opened(message: Message, judged: Judged, worst: Severity, past: Past, policy: Policy, now: datetime) -> Outcome:
    case = filing.new_case(
        message.id,
        message,
        judged,
        past,
        policy,
        now,
        # Nobody is answered: whoever it is about must not be, and nobody asked.
        requester=Party(platform=message.platform),
        participants=(),
        worst_severity=worst,
    )
    return Outcome(
        note=f"opened {case.id}: found by the patrol",
        cases=(case,),
        entries=(filing.entry(case, message, judged, now),),
        effects=(filing.write(message.id, case, policy, TicketAction.MESSAGE, message_id=message.id),),
    )


def _told_of_look_alike(event: Spotted) -> str:
    called = next((each.value for each in event.evidence if each.name == "name"), "")
    name = f', called "{one_line(called, 80)}"' if called else ""
    lines = [
        f"The patrol has found {_shown(event)}{name}, which may pass for {event.of}.",
        "",
        f"Brand: {event.brand}",
        f"Technique: {event.technique}",
        f"Confidence: {event.confidence:.2f}, {event.severity} (our judgement, no probability)",
        f"There since, as far as we know: {event.first_seen:%Y-%m-%d %H:%M} UTC",
        *([f"Link: {event.url}"] if event.url and event.kind == "handle" else []),
        "",
        *_evidence(event),
        "What to do:",
        "- Look at it before you act: an honest person may bear such a name.",
        "- Its number: `gatehouse reports list`. Once it is sure: `gatehouse reports confirm NUMBER`; from then on "
        "everybody who asks is told that it is a reported scam. If it is harmless: `gatehouse reports refuse NUMBER`.",
        "- Takedown: `gatehouse reports export` writes what platforms and registrars ask for.",
    ]
    return "\n".join(lines)


def _evidence(event: Spotted) -> Iterator[str]:
    if event.evidence:
        yield f"What {'the DNS' if event.kind == 'domain' else 'the platform'} says of it:"
        yield from (f"- {each.name}: {one_line(each.value, _MOST_CHARS)}" for each in event.evidence)
        yield ""


def _told_of_official(event: Altered) -> str:
    helper = "the platform" if event.platform else "the registrar and whoever runs the DNS"
    lines = [
        f"The patrol has found {event.shown}, which is official, otherwise than it was or has to be.",
        "",
        f"Brand: {event.brand}",
        *(f"- {one_line(each.reason, _MOST_CHARS)} ({each.code}, {each.severity})" for each in event.alterations),
        "",
        "What to do:",
        f"- See who did it. If it was none of yours, have {helper} stop it, and warn users until it is mended.",
        "- If it is meant to be so, correct the directory of official accounts: users are told by it.",
        "- Another run looks again: `gatehouse patrol --store`.",
    ]
    return "\n".join(lines)


def _shown(event: Spotted) -> str:
    # So that nobody opens it by a slip, and no program makes a link of it.
    return (
        f"@{event.value} on {platform_title(event.platform)}"
        if event.kind == "handle"
        else event.value.replace(".", "[.]")
    )
