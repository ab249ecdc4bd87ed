"""Turns one transaction into one raw: the mail as it came, below the trace lines that final delivery adds."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from connectors.email._address import parse_address
from connectors.email._lane import lane_of
from gateway.ports import Key, Raw, StreamId

STREAM = StreamId("mail")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f<>\ud800-\udfff]")
_WORD = re.compile(r"[^A-Za-z0-9.:_\[\]-]+")
LONGEST = 320


@dataclass(frozen=True, slots=True)
class Envelope:
    """What was said before the mail: its sender (empty for a bounce), our recipients, and by whom it was brought.

    `helo` and `peer` (an IP address) are what the host called itself, and where it is, that gave the mail to the desk:
    whoever sends to us directly, or whom a relay of ours tells by XFORWARD. They are empty where that is not known: the
    relay's own name and address say nothing of the sender. `hop` is the name and address of who is at this line.
    """

    sender: str
    recipients: tuple[str, ...]
    helo: str = ""
    peer: str = ""
    hop: tuple[str, str] = ("", "")


def is_clean(address: str) -> bool:
    """Whether an address can stand in a header as it is."""
    return len(address) <= LONGEST and not _UNSAFE.search(address)


def is_ours(address: str, own: frozenset[str]) -> bool:
    """Whether a recipient is one of our addresses, with or without a tag (`support+tag@`), in whatever case."""
    try:
        found = parse_address(address)
    except ValueError:
        return False
    local = found.local.lower()
    return any(f"{name}@{found.domain}" in own for name in (local, local.partition("+")[0]))


def key_of(mail: bytes) -> Key:
    """Return what is equal whenever the same mail is pushed again: a digest of its bytes alone.

    A server whose answer was lost sends the same bytes again from its queue, Received lines and all, but not always in
    the same envelope: of several recipients it tries those alone whose answer it missed. For the same reason a mail to
    two addresses of one channel, brought in two transactions, is one raw, as it is in one. Two mails that people send
    differ in their Message-ID, Date and Received lines, however alike their texts are; what comes twice and has none of
    these is taken for one.
    """
    return Key(hashlib.sha256(mail).hexdigest())


def make_raw(source: str, mail: bytes, envelope: Envelope, protocol: str, by: str, now: datetime) -> Raw:
    """Return the raw. `protocol` is as Received names it, such as LMTP or ESMTPS; `by` is our own name.

    The trace lines stand above all that the sender wrote, so that a Return-Path or Delivered-To of his is never the
    first (RFC 5321 section 4.4). Notes: `mail_from` (empty for a bounce), `rcpt_to` (separated by spaces), `protocol`,
    and, where they are known, `helo` and `peer`.
    """
    # A mail that begins with a space would go on with our last line: it has no header, and gets none of ours.
    gap = b"\r\n" if mail[:1] in (b" ", b"\t") else b""
    body = _trace(envelope, protocol, by, now) + gap + mail
    notes = {"mail_from": envelope.sender, "rcpt_to": " ".join(envelope.recipients), "protocol": protocol}
    notes |= {name: text for name, text in (("helo", envelope.helo), ("peer", envelope.peer)) if text}
    return Raw(
        source=source,
        stream=STREAM,
        key=key_of(mail),
        lane=lane_of(mail),
        body=body,
        media_type="message/rfc822",
        received_at=now,
        size=len(body),
        notes=notes,
    )


def _trace(envelope: Envelope, protocol: str, by: str, now: datetime) -> bytes:
    name, address = envelope.hop
    place = f" ([{address}])" if address else ""
    lines: Sequence[str] = (
        f"Return-Path: <{envelope.sender}>",
        *(f"Delivered-To: {recipient}" for recipient in envelope.recipients),
        f"Received: from {_WORD.sub('', name)[:255] or 'unknown'}{place}",
        f"\tby {by} with {protocol};",
        f"\t{format_datetime(now)}",
    )
    return "".join(f"{line}\r\n" for line in lines).encode()
