"""Which case a message belongs to: pure, and never on a stranger's word alone.

A join needs what we signed (a reference, or a tag in an address), or a participant of the case who cites it and whose
sender is proven as far as the channel can prove any. Whose mail failed authentication joins nothing. Any other citation
opens a new case, linked to what it cites.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from gateway.answers.signs import has_several_authors
from gateway.answers.tokens import cited_case_ids, read_tag, read_token
from gateway.case import Assessment, Case, CaseState, FactOutcome, Message, Party, RecipientRole
from gateway.identity import OF_ACCOUNT
from gateway.past import AWAITED, OF_THING, Past
from gateway.trust.mail_auth import is_proven

MAIL_AUTH = "mail_auth"
"""The kind of fact that tells whether a mail's sender is proven; and the evidence, on who opened a case, that it was
refuted."""
TAG_REOPENS_FOR = timedelta(days=30)
"""For so long after a case was solved does a tag alone lead to it: address books keep what is written to once."""
COPIES_WITHIN = timedelta(days=1)
"""Mails of one Message-ID and subject that come so close together are one mail, changed on its way."""
_CITED_CHARS = 20_000
_OURS = (OF_ACCOUNT, OF_THING, AWAITED)
"""How references begin that are made here alone; a message that bears one says nothing by it."""
_ROLES = (RecipientRole.TO, RecipientRole.CC, RecipientRole.DELIVERED)
_BRACKETED = re.compile(r"\[[^\[\]]*\]")
_PREFIX = re.compile(r"\s*[^\W\d_]{1,12}\s?[:\uff1a]")


@dataclass(frozen=True, slots=True)
class Channel:
    """What the channel that a message came by can prove, and whether the message bears an address of ours as sender."""

    proves: bool = False
    """Whether senders are judged there at all, so that one who is not proven is suspicious."""
    ours: bool = False


_ANY = Channel()


@dataclass(frozen=True, slots=True)
class Placing:
    """The case that a message joins, or None; and the cases that it has to do with besides."""

    case: Case | None
    claims: tuple[str, ...] = ()
    """What it cites without proof."""
    how: str = "new"
    follows: tuple[str, ...] = ()
    """What it goes on from, solved too long ago to be opened again."""
    cited_by: tuple[str, ...] = ()
    """What has a mail of somebody else that answers this one, and came before it."""
    also: tuple[str, ...] = ()
    """What it bears a signature of besides that of the case it joins."""
    refused: str = ""
    """Why it does not join a case that it cites, where it is the sender that is doubted: `failed` or `unproven`."""


def references(message: Message) -> tuple[str, ...]:
    """Return what the message says it answers, most telling first, each once."""
    thread = message.thread
    named = (thread.parent, *reversed(thread.ancestors))
    told = (ref for ref in named if ref and ref.strip("<> \t\r\n"))
    return tuple(dict.fromkeys(ref for ref in told if not ref.startswith(_OURS)))


def signed_cases(message: Message, secret: bytes) -> tuple[str, ...]:
    """Return the cases whose signed reference the message carries, in the order of its references."""
    return _distinct(read_token(secret, ref) for ref in references(message))


def tagged_cases(message: Message, secret: bytes) -> tuple[str, ...]:
    """Return the cases whose signed tag stands in an address that the message went to."""
    return _distinct(read_tag(secret, party.address) for party in message.recipients_as(*_ROLES))


def cited_cases(message: Message) -> tuple[str, ...]:
    """Return the case numbers that the subject cites; where it cites none, those of a mail's text."""
    cited = cited_case_ids(message.subject)
    if cited or message.platform != "email":
        return cited
    return cited_case_ids(message.text[:_CITED_CHARS])


def place(message: Message, assessment: Assessment, past: Past, secret: bytes, channel: Channel = _ANY) -> Placing:
    """Decide which case the message joins: by what is signed, by what it answers, by what it cites."""
    known = {case.id: case for case in past.cases}
    tokens = [known[number] for number in signed_cases(message, secret) if number in known]
    tags = [known[number] for number in tagged_cases(message, secret) if number in known]
    signed = _by_id((*tokens, *tags))
    old = _by_id(case for case in tags if case not in tokens and _is_long_solved(case, message))
    cited = tuple(known[number] for number in cited_cases(message) if number in known)
    named = _by_id((*signed, *past.by_ref, *cited))
    failed = sender_failed(assessment)
    for case in signed:
        if case not in old and (not failed or failed_before(message.sender, case)):
            return Placing(case, how="signed", also=tuple(each.id for each in signed if each is not case))
    copies = tuple(case for case in past.same_ref if _is_copy(message, case))
    refused = _doubt(message, assessment, channel)
    own = [case for case in _by_id((*past.by_ref, *past.awaiting, *cited, *copies)) if takes_part(message.sender, case)]
    if own and not refused:
        return Placing(own[0], how="participant")
    claims = tuple(case.id for case in named if case not in old)
    return Placing(
        None,
        claims=claims,
        follows=tuple(case.id for case in old),
        cited_by=tuple(case.id for case in past.awaiting if case.id not in claims),
        refused=refused if own or (signed and failed) else "",
    )


def takes_part(party: Party, case: Case) -> bool:
    """Whether this is one of the case's participants, by the platform's id where it has one."""
    return any(_same(party, member) for member in _members(case))


def sender_failed(assessment: Assessment) -> bool:
    """Whether the sender was checked and failed: then the name in From proves nothing."""
    return FactOutcome.FAIL in _outcomes(assessment)


def sender_proven(message: Message, assessment: Assessment) -> bool:
    """Whether the sender is who the message names, by the word of the platform or of the desk's own server.

    One doubt among several checks is a doubt.
    """
    if message.platform != "email":
        return message.sender.id is not None
    return is_proven(assessment.facts, message.sender.address)


def failed_before(party: Party, case: Case) -> bool:
    """Whether this participant's mail failed authentication when it opened the case: its domain may never pass."""
    known = (member for member in _members(case) if _same(party, member))
    return any(item.name == MAIL_AUTH and item.value == FactOutcome.FAIL for each in known for item in each.evidence)


def bare_subject(text: str) -> str:
    """Return what a subject is about: without Re:, Fwd: and the like, marks in brackets, case and spaces."""
    text = _BRACKETED.sub(" ", text)
    while (match := _PREFIX.match(text)) is not None:
        text = text[match.end() :]
    return " ".join(text.casefold().split())


def _doubt(message: Message, assessment: Assessment, channel: Channel) -> str:
    """Return why the sender's name alone joins nothing; empty where it may."""
    if sender_failed(assessment):
        return "failed"
    proven = sender_proven(message, assessment)
    if has_several_authors(message) or (not proven and (channel.proves or channel.ours)):
        return "unproven"
    return ""


def _is_long_solved(case: Case, message: Message) -> bool:
    return case.state is CaseState.SOLVED and message.provenance.received_at - case.updated_at > TAG_REOPENS_FOR


def _is_copy(message: Message, case: Case) -> bool:
    """Whether a mail that bears the Message-ID of one on this case is that mail, changed by a list on its way."""
    apart = abs(message.provenance.received_at - case.opened_at)
    return apart <= COPIES_WITHIN and bare_subject(message.subject) == bare_subject(case.subject)


def _outcomes(assessment: Assessment) -> frozenset[FactOutcome]:
    return frozenset(fact.outcome for fact in assessment.facts if fact.kind == MAIL_AUTH)


def _members(case: Case) -> tuple[Party, ...]:
    return (case.requester, *case.participants)


def _by_id(cases: Iterable[Case]) -> tuple[Case, ...]:
    return tuple({case.id: case for case in cases}.values())


def _distinct(found: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(number for number in found if number))


def _same(one: Party, other: Party) -> bool:
    if one.platform != other.platform:
        return False
    if one.id is not None and other.id is not None:
        return one.id == other.id
    return bool(one.address) and one.address == other.address
