"""What in a mail's own header misleads about who wrote it, whomever it imitates: Reply-To, name, domain. Pure.

Each is a reason to look, and no more: honest shops write so too. What imitates us is found in `gateway.trust.sender`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.case import Finding, Message, Severity, Span
from gateway.trust.confusables import mixes_scripts
from gateway.trust.domains import Host, organisation, read_host
from gateway.trust.mail_relay import list_author

MAX_NAME = 500
_ADDRESS = re.compile(r"[^\s<>\"'(),;:@\uff20]{1,64}[@\uff20]([^\s<>\"'(),;:@\uff20]{1,253})")


def mail_doubts(message: Message) -> tuple[Finding, ...]:
    """Return what an agent should look at in the header of a mail; a list puts its own address there, rightly."""
    own = _domain(message.sender.address)
    if message.platform != "email" or own is None or list_author(message):
        return ()
    return (*_elsewhere(message, own), *_named(message, own), *_mixed(message, own))


def _elsewhere(message: Message, own: Host) -> Iterator[Finding]:
    other = _domain(message.reply_to.address) if message.reply_to is not None else None
    if message.reply_to is not None and other is not None and not _is_one(own, other):
        address = message.reply_to.address
        told = f"Answers are to go to {address} (Reply-To), which is of another domain than the sender's {own.ascii}."
        yield _finding("reply_to_elsewhere", Severity.NOTICE, address, Span(field="reply_to"), told)


def _named(message: Message, own: Host) -> Iterator[Finding]:
    name = message.sender.name[:MAX_NAME]
    for found in _ADDRESS.finditer(name):
        other = read_host(found[1].strip("."))
        if other is not None and "." in other.ascii and not _is_one(own, other):
            told = f"The sender's name shows {found[0]}, but the mail comes from {message.sender.address}."
            place = Span(field="sender.name", start=found.start(), end=found.end())
            yield _finding("name_shows_other_address", Severity.NOTICE, found[0], place, told)
            return


def _mixed(message: Message, own: Host) -> Iterator[Finding]:
    """A label of one script is somebody's language; one that mixes them reads as what it is not."""
    if any(mixes_scripts(label) for label in own.labels):
        told = f"The sender's domain {own.unicode} mixes letters that look alike; the DNS knows it as {own.ascii}."
        place = Span(field="sender.address", start=0, end=len(message.sender.address))
        yield _finding("sender_domain_mixes_scripts", Severity.WARNING, own.ascii, place, told)


def _domain(address: str) -> Host | None:
    return read_host(address.rpartition("@")[2]) if "@" in address else None


def _is_one(one: Host, other: Host) -> bool:
    return organisation(one.ascii) == organisation(other.ascii)


def _finding(code: str, severity: Severity, subject: str, span: Span, reason: str) -> Finding:
    return Finding(code=code, severity=severity, confidence=0.6, subject=subject, span=span, reason=reason)
