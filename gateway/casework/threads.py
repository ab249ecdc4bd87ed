"""What a message's case rests on, for the agents: findings about references, tags and names that nobody has proven.

Pure. Not here: the decision itself (`gateway.conversation`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from gateway.answers.acknowledge import MAIL
from gateway.answers.signs import has_several_authors
from gateway.answers.tokens import looks_like_token
from gateway.case import Assessment, Case, CaseLink, Finding, Message, Severity
from gateway.casework.values import Judged, Policy
from gateway.conversation import (
    Channel,
    Placing,
    bare_subject,
    place,
    references,
    sender_failed,
    sender_proven,
    takes_part,
)
from gateway.past import AWAITED, Past

MAX_AWAITED = 3
"""Of the references that a message answers and nobody has, the nearest are remembered; more are of another talk."""


def placed(message: Message, judged: Judged, past: Past, policy: Policy) -> Placing:
    """Decide which case a message joins, on the channel that it came by."""
    source = message.provenance.source
    channel = Channel(proves=source in policy.proving, ours=policy.is_own(message.sender.address))
    return place(message, judged.assessment, past, policy.secret, channel)


def links(placing: Placing) -> tuple[CaseLink, ...]:
    """Return what ties a new case to others."""
    kinds = (("claims", placing.claims), ("follows", placing.follows), ("cited_by", placing.cited_by))
    return tuple(CaseLink(kind=kind, case_id=number) for kind, numbers in kinds for number in numbers)


def awaited(message: Message, case: Case, past: Past) -> tuple[tuple[str, str], ...]:
    """Return the references of what a message answers and we do not have, so that it finds this case should it come."""
    if past.by_ref or message.platform != MAIL:
        return ()
    unknown = [ref for ref in references(message) if not looks_like_token(ref)]
    return tuple((AWAITED + ref, case.id) for ref in unknown[:MAX_AWAITED])


def doubted(message: Message, judged: Judged, placing: Placing, past: Past, policy: Policy) -> Judged:
    """Mark for the agent what a message's case rests on, or why it is none of those that it cites."""
    found = tuple(_doubts(message, judged.assessment, placing, past, policy))
    if not found:
        return judged
    findings = (*judged.assessment.findings, *found)
    return replace(judged, assessment=judged.assessment.model_copy(update={"findings": findings}))


def _doubts(
    message: Message, assessment: Assessment, placing: Placing, past: Past, policy: Policy
) -> Iterator[Finding]:
    case = placing.case
    if case is not None:
        yield from _of_join(message, assessment, placing, case, policy)
    elif placing.refused:
        yield _refused(placing)
    if reused := [each.id for each in past.same_ref if not takes_part(message.sender, each) or case is not each]:
        yield _notice(
            "message_id_reused",
            "Its Message-ID is that of another mail, on the case named here: a fault of the sender's program, or "
            "somebody's attempt to have one of the two overlooked.",
            reused,
        )


def _of_join(
    message: Message, assessment: Assessment, placing: Placing, case: Case, policy: Policy
) -> Iterator[Finding]:
    proven = sender_proven(message, assessment)
    known = takes_part(message.sender, case) and not has_several_authors(message)
    if placing.how == "participant" and not proven:
        yield _notice("unproven_join", "It joined by its sender's name alone, which could not be proven.")
    elif placing.how == "signed" and not known:
        told = "It answers a message of ours on this case, but comes from somebody who did not take part so far."
        yield _notice("joined_by_another", told, [message.sender.address])
    elif placing.how == "signed" and not proven and message.provenance.source in policy.proving:
        failed = "failed authentication" if sender_failed(assessment) else "could not be proven"
        yield _notice("unproven_join", f"It bears what we signed for this case, but its sender's name {failed}.")
    if placing.also:
        yield _notice("signed_for_several", "It bears what we signed for other cases too.", placing.also)
    if placing.how in ("signed", "participant") and _is_of_another_matter(message, case):
        yield _notice("subject_changed", "It answers on this case under another subject: it may be another matter.")


def _refused(placing: Placing) -> Finding:
    failed = placing.refused == "failed"
    why = "failed authentication" if failed else "could not be proven, and what it cites is not signed by us"
    told = f"It cites a case and did not join it: its sender's name {why}."
    severity = Severity.WARNING if failed else Severity.NOTICE
    return Finding(code="join_refused", severity=severity, subject=", ".join(placing.claims), reason=told)


def _is_of_another_matter(message: Message, case: Case) -> bool:
    """Whether neither subject stands in the other; a message without one says nothing."""
    new, old = bare_subject(message.subject), bare_subject(case.subject)
    return bool(new) and bool(old) and new not in old and old not in new


def _notice(code: str, reason: str, subjects: Sequence[str] = ()) -> Finding:
    return Finding(code=code, severity=Severity.NOTICE, subject=", ".join(subjects), reason=reason)
