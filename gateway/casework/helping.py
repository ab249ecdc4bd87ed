"""When an automatic text says more than that a message arrived, and what of the desk it may offer then. Pure.

Not here: the words (`gateway.answers.first`), whether anything automatic may be sent at all.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from gateway.answers.compose import SECRETS, Teller
from gateway.answers.first import (
    MAX_ARTICLES,
    NO_HELP,
    WITHOUT_ARTICLES,
    Help,
    Offer,
    Part,
    Seen,
    danger_told,
    first_parts,
    recorded,
)
from gateway.answers.incidents import paragraph
from gateway.case import Case, Finding, Message, Severity, Visibility
from gateway.casework.values import Judged, Policy
from gateway.conversation import sender_proven

RECORDED = "facts-recorded"
"""The tag of cases whose user was told once that what was asked for has come."""
IN_DANGER = "in_danger"
"""The code of the finding that stands for a danger of the case where the rules of automatic replies ask for one."""


class Occasion(StrEnum):
    """What a message brings that is worth a word; NONE for what a person answers."""

    NONE = "none"
    OPENS = "opens"
    """It opens the case, or is its first in private."""
    DANGER = "danger"
    """It shows that what the case is about cannot wait."""
    KNOWN = "known"
    """It tells at last what the case is about, and facts are missing."""
    BROUGHT = "brought"
    """It brings what was asked for."""


def occasion(before: Case, case: Case, message: Message, judged: Judged) -> Occasion:
    """Return what a further message brings: danger at once, to whoever wrote; all else to the requester alone.

    Whoever may have forged the requester's address is told nothing: facts are confirmed to the one who is proven.
    """
    if case.danger and not before.danger:
        return Occasion.DANGER
    if message.visibility is not Visibility.PRIVATE or not sender_proven(message, judged.assessment):
        return Occasion.NONE
    if message.sender.address != case.requester.address:
        return Occasion.NONE
    if case.category != before.category and case.missing:
        return Occasion.KNOWN
    if len(case.missing) < len(before.missing) and RECORDED not in case.tags:
        return Occasion.BROUGHT
    return Occasion.NONE


def told(what: Occasion, case: Case, message: Message, judged: Judged, policy: Policy, now: datetime) -> Help:
    """Return what is said on that occasion beyond number and warnings."""
    tell = Teller(policy.locales, case.language, policy.brand)
    if what is Occasion.BROUGHT:
        return Help(parts=recorded(case, tell, Offer(seen=_seen(message, judged, policy))), alone=True)
    if what is Occasion.NONE:
        return NO_HELP
    secret = any(each.advice in SECRETS for each in judged.assessment.findings)
    known = paragraph(case, policy.incidents, tell)
    offer = Offer(
        incident=known,
        links=policy.links,
        articles=_articles(case, message, policy),
        seen=_seen(message, judged, policy),
    )
    return Help(
        danger=danger_told(case.danger, tell, policy.links, secret_told=secret),
        # What is known of the trouble is told also where nobody knows what kind of trouble it is.
        parts=first_parts(case, tell, offer, now) or ((Part(known),) if known else ()),
    )


def urgent(what: Occasion, case: Case) -> bool:
    """Whether the text is a warning of danger, which no rule for ordinary receipts holds back."""
    return bool(case.danger) and what in (Occasion.OPENS, Occasion.DANGER)


def as_danger(judged: Judged, case: Case) -> Judged:
    """Return it with the danger of its case among its findings: by them the rules know what is a warning."""
    finding = Finding(code=IN_DANGER, severity=Severity.DANGER, reason=case.danger)
    findings = (*judged.assessment.findings, finding)
    assessment = judged.assessment.model_copy(update={"findings": findings})
    return Judged(judged.event, assessment, judged.triage, judged.old)


def _articles(case: Case, message: Message, policy: Policy) -> tuple[tuple[str, str], ...]:
    """Return title and link of the articles that fit best; whoever is in danger has no time to read."""
    category = case.category or ""
    if policy.articles is None or case.danger or category in WITHOUT_ARTICLES:
        return ()
    asked = f"{message.subject}\n{message.text}"
    found = policy.articles.search(asked, case.language, category, most=MAX_ARTICLES)
    return tuple((each.title, each.link) for each in found)


def _seen(message: Message, judged: Judged, policy: Policy) -> tuple[Seen, ...]:
    """Return the transactions that this message names, for a proven sender: nobody is sent them under a forged one."""
    if not sender_proven(message, judged.assessment):
        return ()
    return ()
