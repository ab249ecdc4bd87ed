"""When an automatic text says more than that a message arrived, and what of the desk it may offer then. Pure.

Not here: the words (`gateway.answers.first`), whether anything automatic may be sent at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from enum import StrEnum

from gateway.answers.compose import SECRETS, Teller
from gateway.answers.first import (
    CHAT_ROOM,
    MAX_ARTICLES,
    NO_HELP,
    WITHOUT_ARTICLES,
    Help,
    Offer,
    Seen,
    danger_told,
    first_parts,
    fitted,
    network_title,
    recorded,
)
from gateway.answers.incidents import paragraph
from gateway.case import Case, Entity, Fact, FactOutcome, Finding, Message, Severity, Visibility
from gateway.casework.values import Judged, Policy
from gateway.conversation import sender_proven
from gateway.triage import explorers
from gateway.triage.explorers import networks_named

RECORDED = "facts-recorded"
"""The tag of cases whose user was told once that what was asked for has come."""
TRANSACTION = "transaction"
"""The facts that tell whether a chain knows a transaction, and how often it is confirmed."""
IN_DANGER = "in_danger"
"""The code of the finding that stands for a danger of the case where the rules of automatic replies ask for one."""


_HOMES: Mapping[str, str] = {
    "BTC": "bitcoin", "BCH": "bitcoin-cash", "LTC": "litecoin", "DOGE": "dogecoin", "TRX": "tron", "XRP": "xrp",
    "ADA": "cardano", "TON": "ton", "SOL": "solana", "APT": "aptos", "SUI": "sui",
}  # fmt: skip
"""Coins, and the one network that they are sent on."""


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
    if case.danger and (case.danger, case.danger_at) != (before.danger, before.danger_at):
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
        return Help(parts=recorded(case, tell, Offer(seen=_seen(case, message, judged, policy))), alone=True)
    if what is Occasion.NONE:
        return NO_HELP
    secret = any(each.advice in SECRETS for each in judged.assessment.findings)
    offer = Offer(
        incident=paragraph(case, policy.incidents, tell),
        links=policy.links,
        articles=_articles(case, message, policy),
        seen=_seen(case, message, judged, policy),
    )
    # Whoever was told the number and what holds for all a moment ago is told what is new alone.
    again = what is Occasion.KNOWN
    return Help(
        danger=danger_told(case.danger, tell, policy.links, secret_told=secret),
        parts=first_parts(case, tell, offer, now, opens=not again),
        alone=again,
    )


def beside(
    before: Case | None, case: Case, message: Message, judged: Judged, policy: Policy, now: datetime
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what stands before and behind a command's answer, where that opened a case or went on with one."""
    if message.visibility is not Visibility.PRIVATE:
        return (), ()
    what = Occasion.OPENS if before is None else occasion(before, case, message, judged)
    more = told(what, case, message, judged, policy, now)
    heading = (Teller(policy.locales, case.language, policy.brand).text("warning-heading"),) if more.danger else ()
    return (*heading, *more.danger), fitted(more.parts, CHAT_ROOM)


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


def _seen(case: Case, message: Message, judged: Judged, policy: Policy) -> tuple[Seen, ...]:
    """Return the transactions that this message names, for a proven sender: nobody is sent them under a forged one."""
    if not sender_proven(message, judged.assessment):
        return ()
    facts = {fact.subject.lower(): fact for fact in judged.assessment.facts if fact.kind == TRANSACTION}
    named = networks_named(case.entities) | _by_coin(case.entities)
    hashes = [each for each in judged.triage.entities if each.kind == "tx_hash"]
    found = (_looked_at(each, facts.get(each.value.lower()), named, policy) for each in hashes)
    return tuple(each for each in found if each is not None)


def _looked_at(entity: Entity, fact: Fact | None, named: Collection[str], policy: Policy) -> Seen | None:
    """Return a transaction with the page of the one network that it is on, or can be on; None where there are several.

    Of one that is in a block without effect only the page is told: what it means, a person says.
    """
    told = {item.name: item.value for item in fact.evidence} if fact is not None else {}
    known = fact is not None and fact.outcome in (FactOutcome.PASS, FactOutcome.FAIL)
    networks = {told.get("network", "")} if known else set(named)
    pages = explorers.links(entity, policy.explorers, networks)
    if len(pages) != 1:
        return None
    network, link = pages[0]
    if fact is None or fact.outcome is not FactOutcome.PASS:
        return Seen(network_title(network), link)
    confirmations = told.get("confirmations", "")
    return Seen(network_title(network), link, found=True, confirmations=_whole(confirmations))


def _by_coin(entities: Iterable[Entity]) -> frozenset[str]:
    """Return the networks of coins that there are on one network alone."""
    assets = (
        item.value for each in entities for item in each.evidence if each.kind == "amount" and item.name == "asset"
    )
    return frozenset(_HOMES[asset] for asset in assets if asset in _HOMES)


def _whole(number: str) -> int | None:
    return int(number) if number.isascii() and number.isdigit() and len(number) < 12 else None
