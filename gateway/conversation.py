"""Which case a message belongs to: pure, and never on a stranger's word alone.

A join needs a reference that we signed, or a participant of the case who cites it and whose mail did not fail
authentication. Any other citation opens a new case, linked as *claims*.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.answers.tokens import cited_case_ids, read_token
from gateway.case import Assessment, Case, FactOutcome, Message, Party
from gateway.past import Past


@dataclass(frozen=True, slots=True)
class Placing:
    """The case that a message joins, or None; `claims` are cases that it cites without proof."""

    case: Case | None
    claims: tuple[str, ...] = ()
    how: str = "new"


def references(message: Message) -> tuple[str, ...]:
    """Return what the message says it answers, most telling first, each once."""
    thread = message.thread
    named = (thread.parent, *reversed(thread.ancestors))
    return tuple(dict.fromkeys(ref for ref in named if ref))


def signed_cases(message: Message, secret: bytes) -> tuple[str, ...]:
    """Return the cases whose signed reference the message carries, in the order of its references."""
    found = (read_token(secret, ref) for ref in references(message))
    return tuple(dict.fromkeys(case_id for case_id in found if case_id))


def cited_cases(message: Message) -> tuple[str, ...]:
    """Return the case numbers that the subject cites."""
    return cited_case_ids(message.subject)


def place(message: Message, assessment: Assessment, past: Past, secret: bytes) -> Placing:
    """Decide which case the message joins."""
    known = {case.id: case for case in past.cases}
    signed = tuple(case_id for case_id in signed_cases(message, secret) if case_id in known)
    if signed:
        return Placing(known[signed[0]], how="signed")
    cited = tuple(known[case_id] for case_id in cited_cases(message) if case_id in known)
    candidates = tuple({case.id: case for case in (*past.by_ref, *cited)}.values())
    if not sender_failed(assessment) and not has_several_authors(message):
        for case in candidates:
            if takes_part(message.sender, case):
                return Placing(case, how="participant")
    return Placing(None, claims=tuple(case.id for case in candidates))


def takes_part(party: Party, case: Case) -> bool:
    """Whether this is one of the case's participants, by the platform's id where it has one."""
    return any(_same(party, member) for member in (case.requester, *case.participants))


def has_several_authors(message: Message) -> bool:
    """Whether From names more than one: then none of them is who wrote it."""
    return message.said("from-count")[:1] not in ((), ("0",), ("1",))


def sender_failed(assessment: Assessment) -> bool:
    """Whether the sender was checked and failed: then the name in From proves nothing."""
    return any(fact.kind == "mail_auth" and fact.outcome is FactOutcome.FAIL for fact in assessment.facts)


def _same(one: Party, other: Party) -> bool:
    if one.platform != other.platform:
        return False
    if one.id is not None and other.id is not None:
        return one.id == other.id
    return bool(one.address) and one.address == other.address
