"""Whether a message may be answered by a machine, and to which address: every rule of RFC 3834, and ours against loops,
backscatter and floods. Pure. A refusal concerns the automatic reply alone; the ticket is written all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from gateway.answers import signs
from gateway.answers.ack_policy import AckPolicy, domain_budget
from gateway.answers.tokens import looks_like_token
from gateway.case import Assessment, FactOutcome, Message, Party, PartyKind, RecipientRole, Severity, Standing

__all__ = [
    "MAIL",
    "MAX_HOPS",
    "RULES",
    "AckPolicy",
    "AckReason",
    "AckVerdict",
    "Ledger",
    "domain_budget",
    "may_acknowledge",
    "plain_address",
    "target",
]

MAX_HOPS = 50
"""Received headers after which a mail is taken for one that goes round in a circle (RFC 5321, section 6.3)."""

MAIL = "email"


class AckReason(StrEnum):
    """Why an automatic reply may be sent, or not; docs/answers.md explains each to operators."""

    ALLOWED = "allowed"
    DISABLED = "disabled"
    OWN_MESSAGE = "own_message"
    NO_ADDRESS = "no_address"
    SEVERAL_AUTHORS = "several_authors"
    NOT_A_PERSON = "not_a_person"
    OWN_ADDRESS = "own_address"
    OFFICIAL_SENDER = "official_sender"
    DENIED = "denied"
    NULL_SENDER = "null_sender"
    AUTO_SUBMITTED = "auto_submitted"
    REPORT = "report"
    SUPPRESSED = "suppressed"
    PRECEDENCE = "precedence"
    MAILING_LIST = "mailing_list"
    MACHINE_HEADER = "machine_header"
    FAILED_RECIPIENTS = "failed_recipients"
    ROBOT_ADDRESS = "robot_address"
    LIST_RETURN_PATH = "list_return_path"
    REPORT_SUBJECT = "report_subject"
    RETURN_PATH_MISSING = "return_path_missing"
    OWN_REFERENCE_AUTOMATIC = "own_reference_automatic"
    SEVERAL_HINTS = "several_hints"
    TOO_MANY_HOPS = "too_many_hops"
    AUTHENTICATION_FAILED = "authentication_failed"
    AUTHENTICATION_UNKNOWN = "authentication_unknown"
    NOT_ADDRESSED = "not_addressed"
    TOO_OLD = "too_old"
    ADDRESS_FAILED = "address_failed"
    COMPLAINED = "complained"
    SENDER_WINDOW = "sender_window"
    SENDER_DAY = "sender_day"
    DOMAIN_HOUR = "domain_hour"
    EVERYBODY_MINUTE = "everybody_minute"
    BREAKER = "breaker"


@dataclass(frozen=True, slots=True)
class AckVerdict:
    """The answer: `to` is whom to write to, only when allowed; never the Reply-To."""

    allowed: bool
    reason: str
    to: Party | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """What automatic replies there were, and what came of them.

    `sent_to` counts those to this sender within `per_sender_secs` and within a day; `sent_to_domain` those to all
    addresses of his domain within an hour; `sent_to_all` those to everybody within a minute. `failed_at` is when a mail
    of ours to this sender was last reported as failed, `has_complained` whether he took one for unwanted. `is_flooded`:
    the breaker has stopped acknowledgements.
    """

    sent_to: tuple[int, ...] = ()
    sent_to_domain: int = 0
    sent_to_all: int = 0
    failed_at: datetime | None = None
    has_complained: bool = False
    is_flooded: bool = False


@dataclass(frozen=True, slots=True)
class _Ask:
    """All that the rules look at."""

    message: Message
    assessment: Assessment
    policy: AckPolicy
    own: frozenset[str]
    ledger: Ledger
    now: datetime

    @property
    def mail(self) -> bool:
        return self.message.platform == MAIL


def may_acknowledge(
    message: Message,
    assessment: Assessment,
    policy: AckPolicy,
    own_addresses: Collection[str],
    ledger: Ledger,
    now: datetime,
) -> AckVerdict:
    """Decide on an automatic reply; the first rule that forbids it gives the reason."""
    own = frozenset(plain_address(address) for address in own_addresses)
    ask = _Ask(message, assessment, policy, own, ledger, now)
    for reason, forbids in RULES:
        if forbids(ask):
            return AckVerdict(allowed=False, reason=reason.value)
    return AckVerdict(allowed=True, reason=AckReason.ALLOWED.value, to=target(message))


def target(message: Message) -> Party:
    """Return whom an automatic reply goes to: From, and nobody else.

    RFC 3834, section 4, would have it go to Return-Path. That is another mailbox where somebody writes in another's
    name, and what we sign is for the one whose case it is: whoever has it could report that mail to him fails.
    """
    return message.sender


@lru_cache(1_024)
def plain_address(address: str) -> str:
    """Return an address in lower case and without a +tag, so that each alias of ours is known for ours."""
    local, at, domain = address.strip().casefold().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain.rstrip('.')}" if at else domain


def _no_address(ask: _Ask) -> bool:
    address = ask.message.sender.address
    if not ask.mail:
        return not address
    local, _, domain = address.rpartition("@")
    return not local or not domain or any(character.isspace() or not character.isprintable() for character in address)


def _addresses(ask: _Ask) -> frozenset[str]:
    """Return every name of whoever is behind the message."""
    sender = ask.message.sender
    names = (sender.address, signs.return_path(ask.message)) if ask.mail else (sender.address, sender.id, sender.handle)
    return frozenset(plain_address(name) for name in names if name)


def _denied(ask: _Ask) -> bool:
    if not ask.policy.deny_addresses and not ask.policy.deny_domains:
        return False
    denied = {plain_address(address) for address in ask.policy.deny_addresses}
    domains = {domain.strip().casefold().strip(".@") for domain in ask.policy.deny_domains}
    return any(
        address in denied or not domains.isdisjoint(_with_parents(signs.domain(address))) for address in _addresses(ask)
    )


def _with_parents(domain: str) -> frozenset[str]:
    labels = domain.split(".")
    return frozenset(".".join(labels[start:]) for start in range(len(labels)))


def _refers_to_token(ask: _Ask) -> bool:
    thread = ask.message.thread
    return any(looks_like_token(ref) for ref in (thread.parent or "", *thread.ancestors))


def _path_missing(ask: _Ask) -> bool:
    """No Return-Path alone is how some servers deliver; with a sign of a machine it is a reason."""
    return ask.mail and signs.return_path(ask.message) is None and bool(signs.hints(ask.message))


def _too_many_hops(ask: _Ask) -> bool:
    counts = (value.strip() for value in ask.message.said("received-count"))
    return any(count.isascii() and count.isdigit() and int(count[:9]) > MAX_HOPS for count in counts)


def _authentication(ask: _Ask) -> frozenset[FactOutcome]:
    return frozenset(fact.outcome for fact in ask.assessment.facts if fact.kind == "mail_auth")


def _authentication_unknown(ask: _Ask) -> bool:
    return ask.mail and ask.policy.when_unchecked == "hold" and FactOutcome.PASS not in _authentication(ask)


def _not_addressed(ask: _Ask) -> bool:
    if not ask.mail or ask.policy.to_bcc:
        return False
    named = ask.message.recipients_as(RecipientRole.TO, RecipientRole.CC, RecipientRole.DELIVERED)
    return ask.own.isdisjoint(plain_address(party.address) for party in named)


def _too_old(ask: _Ask) -> bool:
    return ask.now - ask.message.provenance.received_at > timedelta(hours=ask.policy.max_age_hours)


def _sent(ask: _Ask, which: int) -> int:
    """Return how many went to the sender: 0 for within the window, 1 for within a day."""
    return (*ask.ledger.sent_to, 0, 0)[which]


def _address_failed(ask: _Ask) -> bool:
    """A mail of ours came back from there: whoever only uses the address as a false sender cannot make it well."""
    failed_at = ask.ledger.failed_at
    if failed_at is None or FactOutcome.PASS in _authentication(ask):
        return False
    return ask.now - failed_at < timedelta(hours=ask.policy.after_bounce_hours)


def _warns(ask: _Ask) -> bool:
    return ask.assessment.worst is Severity.DANGER


def _share(ask: _Ask) -> int:
    """A flood of receipts must not silence a warning of danger, nor may a flood of warnings be without end."""
    return 2 if _warns(ask) else 1


def _too_many_to_domain(ask: _Ask) -> bool:
    return ask.mail and ask.ledger.sent_to_domain >= _share(ask) * domain_budget(ask.policy)


RULES: tuple[tuple[AckReason, Callable[[_Ask], bool]], ...] = (
    (AckReason.DISABLED, lambda ask: not ask.policy.enabled),
    (AckReason.OWN_MESSAGE, lambda ask: looks_like_token(ask.message.thread.own_ref or "")),
    (AckReason.NO_ADDRESS, _no_address),
    (AckReason.SEVERAL_AUTHORS, lambda ask: ask.mail and signs.has_several_authors(ask.message)),
    (AckReason.NOT_A_PERSON, lambda ask: ask.message.sender.kind in (PartyKind.BOT, PartyKind.CHANNEL)),
    (AckReason.OWN_ADDRESS, lambda ask: not ask.own.isdisjoint(_addresses(ask))),
    (AckReason.OFFICIAL_SENDER, lambda ask: ask.assessment.sender is Standing.OFFICIAL),
    (AckReason.DENIED, _denied),
    (AckReason.NULL_SENDER, lambda ask: ask.mail and signs.return_path(ask.message) == ""),
    (AckReason.AUTO_SUBMITTED, lambda ask: signs.says_automatic(ask.message)),
    (AckReason.REPORT, lambda ask: signs.is_report(ask.message)),
    (AckReason.SUPPRESSED, lambda ask: signs.asks_for_silence(ask.message)),
    (AckReason.PRECEDENCE, lambda ask: signs.is_bulk(ask.message)),
    (AckReason.MAILING_LIST, lambda ask: signs.is_from_list(ask.message)),
    (AckReason.MACHINE_HEADER, lambda ask: signs.is_from_machine(ask.message)),
    (AckReason.FAILED_RECIPIENTS, lambda ask: signs.names_failed_recipients(ask.message)),
    (AckReason.ROBOT_ADDRESS, lambda ask: ask.mail and signs.is_robot_address(ask.message.sender.address)),
    (AckReason.LIST_RETURN_PATH, lambda ask: ask.mail and signs.is_list_return(signs.return_path(ask.message) or "")),
    (AckReason.REPORT_SUBJECT, lambda ask: ask.mail and signs.has_report_subject(ask.message)),
    (AckReason.RETURN_PATH_MISSING, _path_missing),
    (AckReason.OWN_REFERENCE_AUTOMATIC, lambda ask: _refers_to_token(ask) and bool(signs.hints(ask.message))),
    (AckReason.SEVERAL_HINTS, lambda ask: len(signs.hints(ask.message)) > 1),
    (AckReason.TOO_MANY_HOPS, _too_many_hops),
    (AckReason.AUTHENTICATION_FAILED, lambda ask: ask.mail and FactOutcome.FAIL in _authentication(ask)),
    (AckReason.AUTHENTICATION_UNKNOWN, _authentication_unknown),
    (AckReason.NOT_ADDRESSED, _not_addressed),
    (AckReason.TOO_OLD, _too_old),
    (AckReason.ADDRESS_FAILED, _address_failed),
    (AckReason.COMPLAINED, lambda ask: ask.ledger.has_complained),
    (AckReason.SENDER_WINDOW, lambda ask: _sent(ask, 0) >= 1),
    (AckReason.SENDER_DAY, lambda ask: _sent(ask, 1) >= ask.policy.per_sender_day),
    (AckReason.DOMAIN_HOUR, _too_many_to_domain),
    (AckReason.EVERYBODY_MINUTE, lambda ask: ask.ledger.sent_to_all >= _share(ask) * ask.policy.per_minute),
    (AckReason.BREAKER, lambda ask: ask.ledger.is_flooded and not _warns(ask)),
)
"""Each reason with what forbids the reply, in the order in which they are asked; facts about us first, counts last."""
