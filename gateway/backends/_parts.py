"""What one write of a ticket consists of: parts, each with a mark by which it is known again. Pure.

A part is what one call adds to a ticket. Which of a write's parts a ticket holds tells how far an earlier attempt got.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.case import CaseState, Fact, FactOutcome, Finding, Note, Party, Priority
from gateway.ports import Key, TicketAction, TicketFile, TicketWrite

MARK = re.compile(r"gh:[0-9a-f]{16}(?:\.[0-9])?")
"""What `Part.mark` looks like, wherever a ticket system keeps it."""
MOST_SUBJECT = 200
LOSSES = frozenset(
    {
        "too_large",
        "text_over_cap",
        "attachments_over_cap",
        "parts_over_cap",
        "base64_broken",
        "content_unsupported",
        "encrypted",
    }
)
"""Notes of a normalizer that mean that the agent does not see all that the user sent."""
_MAIL_AUTH = "mail_auth"
_LINKS = {
    "claims": "The user cites {case} without proof.",
    "follows": "It goes on from {case}, which was solved long ago.",
    "cited_by": "A mail on {case} answers this one, and came before it.",
    "merged_into": "Its ticket was merged into that of {case}.",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One addition to a ticket. `for_agents`: an internal note, which must never reach the user."""

    mark: str
    text: str
    for_agents: bool
    files: tuple[TicketFile, ...] = ()


def mark_of(key: Key, number: int = 0) -> str:
    """Return the mark of a write's first part, or of one that goes with it."""
    digest = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:16]
    return f"gh:{digest}" + (f".{number}" if number else "")


def parts_of(write: TicketWrite) -> tuple[Part, ...]:
    """Return what a write adds to its ticket, in order: the user's words as they are, then what agents must know."""
    about = _about(write)
    told = (Part(mark_of(write.key, 1), about, for_agents=True),) if about else ()
    match write.action:
        case TicketAction.MESSAGE if write.entry is not None:
            message = write.entry.message
            text = "\n\n".join(filter(None, (message.text, message.signature))) or "(no text)"
            return (Part(mark_of(write.key), text, for_agents=False, files=write.files), *told)
        case TicketAction.FILE:
            names = ", ".join(file.name for file in write.files)
            if not write.files:
                return (Part(mark_of(write.key), about or "A file was not passed on.", for_agents=True),)
            return (Part(mark_of(write.key), f"File: {names}", for_agents=False, files=write.files), *told)
        case TicketAction.NOTE:
            return (Part(mark_of(write.key), write.note, for_agents=True),)
        case _:
            return ()


def opening_of(write: TicketWrite) -> Part:
    """Return what a ticket is opened with when the write has no words of the user: never an empty ticket."""
    return Part(mark_of(write.key, 9), f"Case {write.case.id} of {who(write.case.requester)}.", for_agents=True)


def subject_of(write: TicketWrite) -> str:
    """Return a ticket's subject on one line: the case's own, or who wrote where."""
    subject = " ".join(write.case.subject.split())
    return (subject or f"{write.case.platform}: {who(write.case.requester)}")[:MOST_SUBJECT]


def who(party: Party) -> str:
    """Return somebody as agents read it: name, handle, address."""
    handle = f"@{party.handle}" if party.handle else ""
    return " ".join(part for part in (party.name, handle, f"<{party.address}>" if party.address else "") if part)


def state_of(write: TicketWrite) -> CaseState | None:
    """Return the state that a write sets, if it does."""
    return write.state if write.action is TicketAction.STATE else None


def _about(write: TicketWrite) -> str:
    """Return what agents must know of a message: what trust found in it, and which files stay in the gateway.

    Whether its sender was authenticated is told beside, and alone when that failed: a note for every mail that is well
    would cost a call of the ticket system for each.
    """
    entry = write.entry
    found = [_finding(finding) for finding in entry.assessment.findings] if entry is not None else []
    proofs = [fact for fact in entry.assessment.facts if fact.kind == _MAIL_AUTH] if entry is not None else []
    found += [_proof(fact) for fact in proofs if found or fact.outcome is FactOutcome.FAIL]
    missing = [_note(note) for note in entry.message.notes if note.code in LOSSES] if entry is not None else []
    withheld = [*missing, *write.withheld]
    links = [_LINKS.get(link.kind, "It is linked to {case}.").format(case=link.case_id) for link in write.case.links]
    lines = [*found, *withheld, *(links if found or withheld or _is_first(write) else []), *_due(write, found)]
    return "\n".join(lines)


def _due(write: TicketWrite, found: Sequence[str]) -> list[str]:
    """Return by when an answer is due, where a ticket is opened that agents are told something of anyway, or soon."""
    due = write.case.due_at
    if due is None or not _is_first(write):
        return []
    is_pressing = write.case.priority in (Priority.HIGH, Priority.URGENT) or bool(write.case.danger)
    return [f"An answer is due by {due:%Y-%m-%d %H:%M} UTC."] if found or is_pressing else []


def _is_first(write: TicketWrite) -> bool:
    return write.ticket is None


def _note(note: Note) -> str:
    return f"Not all of this message is here ({note.code}): {note.detail or 'see the original in the gateway'}"


def _proof(fact: Fact) -> str:
    details = f" ({fact.details})" if fact.details else ""
    return f"Sender authentication: {fact.outcome.replace('_', ' ')}. {fact.reason}{details}"


def _finding(finding: Finding) -> str:
    subject = f" ({finding.subject})" if finding.subject else ""
    return f"[{finding.severity}] {finding.code}{subject}: {finding.reason}"
