"""Recognises what mail servers say of our own mails: delivery reports (RFC 3464), those of servers without it, and
complaints of users (RFC 5965)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from gateway.case import Message
from gateway.ports import DeliveryReport
from normalizers.email import _clean, _headers, _identity, _limits, _parts, _words
from normalizers.email._headers import Headers
from normalizers.email._parts import Part
from normalizers.email._reading import Reading

Outcome = Literal["delivered", "delayed", "failed", "complained", "unknown"]

_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_TOLD_STATUS = re.compile(r"(?<![\d.])([45]\.[0-7]\.\d{1,3})(?![\d.])")
"""A status among words (RFC 3463): most dates are none, and that a mail arrived is not believed on such grounds."""
_ID_LINE = re.compile(r"(?im)^[>\s]{0,10}message-id:\s{0,5}(<[^<>\s]{1,250}>)")
_AUTO_REPLIED = re.compile(r"(?i)\s{0,20}auto-replied(?![\w-])")
_ASKS_FOR_SILENCE = "x-auto-response-suppress"
_MAILERS = frozenset({"mailer-daemon", "postmaster", "mail-daemon", "maildaemon"})
_ADDRESS = re.compile(r"<([^<>\s@]{1,64}@[^<>\s@]{1,255})>")
_OUTCOMES: dict[str, Outcome] = {
    "failed": "failed", "delayed": "delayed", "delivered": "delivered", "relayed": "delivered", "expanded": "delivered",
}  # fmt: skip
_BY_CLASS: dict[str, Outcome] = {"5": "failed", "4": "delayed", "2": "delivered"}
_NO_COMPLAINTS = frozenset({"not-spam", "auth-failure", "dmarc"})
_GRAVITY = ("unknown", "delivered", "delayed", "failed")
_BLOCK_BYTES = 64 * 1024
_STATUSES = ("message/delivery-status", "message/global-delivery-status")
"""The second where addresses are not ASCII (RFC 6533), as with the headers of what came back."""
_RETURNED = ("text/rfc822-headers", "message/global-headers")
_CONVERSATION = frozenset({"references", "in-reply-to"})


@dataclass(frozen=True, slots=True)
class _Word:
    """What a report says of one recipient."""

    recipient: str
    outcome: Outcome
    status: str


def of(top: Part, message: Message, reading: Reading) -> DeliveryReport | None:
    """Return the mail as a report on one of ours; None when it is none. With several recipients the gravest counts."""
    status = _leaf(top, *_STATUSES)
    complaint = _leaf(top, "message/feedback-report") if top.type == "multipart/report" else None
    if complaint is not None:
        word = _complaint(_parts.decoded(complaint, reading, _BLOCK_BYTES), reading)
        ref = _returned(top, reading) or _cited(message)
    elif status is not None and _is_servers(top, message):
        word = _word(_parts.decoded(status, reading, _BLOCK_BYTES), reading)
        ref = _returned(top, reading) or _cited(message) or _answered(message)
    elif (ref := _claimed(top, message, reading)) is not None:
        word = _guessed(message)
        if word.outcome == "unknown" and not _is_mailer(message):
            # A machine of the recipient's that cites our mail, such as an absence notice, says nothing of its delivery.
            return None
    else:
        return None
    return DeliveryReport(
        ref=ref,
        recipient=word.recipient,
        outcome=word.outcome,
        status=word.status,
        message=message,
        provenance=message.provenance,
    )


def receipt_of(top: Part, reading: Reading) -> str | None:
    """Return the Message-ID of the mail that a receipt (RFC 8098) is about; None where the mail is none."""
    part = _leaf(top, "message/disposition-notification") if top.type == "multipart/report" else None
    if part is None:
        return None
    headers, _ = _headers.split(_parts.decoded(part, reading, _BLOCK_BYTES), 0, _BLOCK_BYTES, reading)
    return _identity.first_id(_field(headers, "original-message-id", reading))


def _leaf(top: Part, *kinds: str) -> Part | None:
    return next((part for part in top.leaves() if part.type in kinds), None)


def _is_servers(top: Part, message: Message) -> bool:
    """Whether a server wrote the report: a person who forwards one has words of his own around it."""
    if top.type == "multipart/mixed":
        return message.envelope_sender == "" or _is_mailer(message)
    return top.type in ("multipart/report", *_STATUSES)


def _is_mailer(message: Message) -> bool:
    return message.sender.address.partition("@")[0] in _MAILERS


def _complaint(data: bytes, reading: Reading) -> _Word:
    """Return what a feedback report says; only some of its types (RFC 5965, 6591) are a user's complaint."""
    headers, _ = _headers.split(data, _headers.beginning(data), _BLOCK_BYTES, reading)
    kind = _field(headers, "feedback-type", reading).lower()
    recipient = _address_of(headers.first("original-rcpt-to") or b"", reading)
    return _Word(recipient, "unknown" if kind in _NO_COMPLAINTS else "complained", "")


def _word(data: bytes, reading: Reading) -> _Word:
    words = [word for block in _blocks(data, reading) if (word := _of_recipient(block, reading)) is not None]
    return max(words, key=lambda word: _GRAVITY.index(word.outcome), default=_Word("", "unknown", ""))


def _blocks(data: bytes, reading: Reading) -> list[Headers]:
    found: list[Headers] = []
    here = 0
    while here < len(data) and len(found) <= _limits.RECIPIENTS:
        headers, after = _headers.split(data, here, _BLOCK_BYTES, reading)
        if after == here:
            after = data.find(b"\n", here) + 1 or len(data)
        found.append(headers)
        here = after
    return found


def _of_recipient(headers: Headers, reading: Reading) -> _Word | None:
    """Return what a per-recipient block says; None for the block about the whole mail."""
    address = headers.first("final-recipient") or headers.first("original-recipient")
    action = _field(headers, "action", reading).lower()
    match = _STATUS.search(_field(headers, "status", reading))
    status = match[1] if match else ""
    if address is None and not action and not status:
        return None
    outcome = _OUTCOMES.get(action) or _BY_CLASS.get(status[:1], "unknown")
    return _Word(_address_of(address or b"", reading), outcome, status)


def _address_of(value: bytes, reading: Reading) -> str:
    """Return the address of a field such as `rfc822; ann@mail.test`, or `<ann@mail.test>`."""
    text = _words.text_of(value, reading).rpartition(";")[2]
    return _clean.line(text, _limits.ADDRESS_CHARS, reading).strip("<> ").lower()


def _field(headers: Headers, name: str, reading: Reading) -> str:
    return _words.text_of(headers.first(name) or b"", reading).strip()


def _returned(top: Part, reading: Reading) -> str | None:
    """Return the Message-ID in the header of the mail that came back."""
    for part in top.leaves():
        if part.is_message and part.children:
            headers = part.children[0].headers
        elif part.type in _RETURNED or (part.is_message and part.path):
            block = _parts.decoded(part, reading, _BLOCK_BYTES)
            headers, _ = _headers.split(block, _headers.beginning(block), _BLOCK_BYTES, reading)
        else:
            continue
        own = _words.text_of(headers.first("message-id") or b"", reading)
        if found := _relayed(headers, own, reading) or _identity.first_id(own):
            return found
    return None


def _relayed(headers: Headers, own: str, reading: Reading) -> str | None:
    """Return a reference of ours that a relay put aside when it wrote a Message-ID of its own."""
    if _identity.OURS.search(own):
        return None
    texts = (_words.text_of(value, reading) for name, value in headers.fields if name not in _CONVERSATION)
    return next((match[0] for text in texts if (match := _identity.OURS.search(text))), None)


def _cited(message: Message) -> str | None:
    """Return a reference of ours anywhere in the report, or the Message-ID of a mail that its text repeats."""
    for text in (message.text, message.quoted, *(origin.text for origin in message.forwarded)):
        if match := _identity.OURS.search(text) or _ID_LINE.search(text):
            return match[match.re.groups]
    return None


def _answered(message: Message) -> str | None:
    """Return the reference of ours that the report answers."""
    refs = (message.thread.parent, *message.thread.ancestors)
    return next((ref for ref in refs if ref and _identity.OURS.fullmatch(ref)), None)


def _claimed(top: Part, message: Message, reading: Reading) -> str | None:
    """Return what a report that does not follow RFC 3464 is about; None when the mail does not look like one.

    A null sender alone is no sign: automatic answers have it too, and they are messages.
    """
    if _is_mailer(message):
        return _cited(message) or _returned(top, reading) or _answered(message)
    return _cited(message) if message.envelope_sender == "" and not _answers_by_itself(message) else None


def _answers_by_itself(message: Message) -> bool:
    """Whether a machine of the recipient's says that it answers for him: numbers in its words are dates."""
    names = {item.name for item in message.evidence} - {_ASKS_FOR_SILENCE}
    marked = any(name.startswith("x-auto") or name == "x-mail-autoreply" for name in names)
    return marked or any(_AUTO_REPLIED.match(value) for value in message.said("auto-submitted"))


def _guessed(message: Message) -> _Word:
    text = f"{message.text}\n{message.quoted}"[:20_000]
    match = _TOLD_STATUS.search(text)
    failed = message.said("x-failed-recipients")
    address = _ADDRESS.search(text)
    recipient = (failed[0].partition(",")[0] if failed else "") or (address[1] if address else "")
    outcome: Outcome = _BY_CLASS[match[1][0]] if match else ("failed" if failed else "unknown")
    return _Word(recipient.strip().lower(), outcome, match[1] if match else "")
