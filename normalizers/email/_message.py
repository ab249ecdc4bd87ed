"""Puts a mail together: raw in, one `Message` or one `DeliveryReport` out; never fails on a mail that has any bytes."""

from __future__ import annotations

from datetime import UTC

from gateway.case import Message, Party, Provenance, Recipient, RecipientRole, Thread
from gateway.errors import MalformedError
from gateway.ports import DeliveryReport, Raw
from normalizers.email import (
    _addresses,
    _body,
    _evidence,
    _files,
    _headers,
    _identity,
    _limits,
    _links,
    _opened,
    _parts,
    _reports,
)
from normalizers.email._headers import Headers
from normalizers.email._parts import Part
from normalizers.email._reading import Reading

NAME = "email"
VERSION = 2
_ROLES = (
    ("to", RecipientRole.TO), ("cc", RecipientRole.CC),
    ("delivered-to", RecipientRole.DELIVERED), ("x-original-to", RecipientRole.DELIVERED),
    ("envelope-to", RecipientRole.DELIVERED), ("x-envelope-to", RecipientRole.DELIVERED),
    ("x-delivered-to", RecipientRole.DELIVERED),
)  # fmt: skip
_SINGLE = (
    "from", "subject", "date", "message-id", "to", "cc", "reply-to", "in-reply-to", "references", "content-type",
    "content-transfer-encoding", "mime-version",
)  # fmt: skip


def normalize(raw: Raw) -> tuple[Message | DeliveryReport, ...]:
    """Return the mail as a message, or as a delivery report; raises `MalformedError` for a raw without content."""
    if not raw.body.strip():
        raise MalformedError("the mail is empty")
    reading = Reading()
    data = _parts.line_ended(raw.body, reading)
    top = _parts.split(data, reading) if raw.complete else _header_alone(data, raw.size, reading)
    _opened.open_files(top, reading)
    message = _message(raw, data, top, reading)
    report = _reports.of(top, message, reading) if raw.complete else None
    return (report or message,)


def _header_alone(data: bytes, size: int, reading: Reading) -> Part:
    headers, end = _headers.split(data, _headers.beginning(data), _limits.HEADER_BYTES, Reading())
    reading.note("too_large", f"The mail is {size} bytes large; only its header was fetched, not its raw.")
    return Part("", 0, headers, data, end, end, "text/plain", {})


def _message(raw: Raw, data: bytes, top: Part, reading: Reading) -> Message:
    headers = top.headers
    _note_repeated(headers, reading)
    if top.type == "message/partial":
        reading.note(
            "mail_partial", "The mail is one piece of a longer one, which its program has cut (RFC 2046, 5.2.2)."
        )
    senders = _addresses.parties(headers.every("from"), reading)
    sender = next((party for party in senders if party.address), senders[0] if senders else None)
    if sender is None or not sender.address:
        reading.note("from_missing", "The mail names no address in From.")
    subject = _headers.subject(headers, reading)
    body = _body.read(top, subject, reading)
    files, differ = _files.attachments(top, body.shown, reading)
    evidence = (
        *_evidence.collect(headers, senders, reading),
        *body.evidence,
        *_links.differences(body.links),
        *differ,
    )
    key = _identity.content_key(headers, data[top.start :], complete=raw.complete)
    return Message(
        id=key,
        content_key=key,
        provenance=_provenance(raw),
        platform=_addresses.PLATFORM,
        sender=sender or Party(platform=_addresses.PLATFORM),
        reply_to=_reply_to(headers, sender, reading),
        envelope_sender=_envelope_sender(headers, reading),
        recipients=_recipients(headers, reading),
        subject=subject,
        text=body.text,
        signature=body.signature,
        quoted=body.quoted,
        sent_at=_identity.sent_at(headers, raw.received_at, reading),
        attachments=files,
        links=body.links,
        forwarded=body.forwarded,
        thread=_thread(top, reading),
        evidence=evidence,
        notes=reading.notes,
    )


def _thread(top: Part, reading: Reading) -> Thread:
    """Return what the mail says of its conversation; a receipt may say it in its report alone."""
    found = _identity.thread(top.headers, reading)
    if found.parent is None and (ref := _reports.receipt_of(top, reading)) is not None:
        return found.model_copy(update={"parent": ref})
    return found


def _provenance(raw: Raw) -> Provenance:
    return Provenance(
        source=raw.source,
        stream=raw.stream,
        key=raw.key,
        lane=raw.lane,
        received_at=raw.received_at.astimezone(UTC),
        normalizer=f"{NAME}/{VERSION}",
        size=raw.size,
        complete=raw.complete,
    )


def _note_repeated(headers: Headers, reading: Reading) -> None:
    repeated = [name for name in _SINGLE if len(headers.every(name)) > 1]
    if repeated:
        reading.note("header_repeated", f"Given more than once, where once is allowed: {', '.join(repeated)}.")


def _reply_to(headers: Headers, sender: Party | None, reading: Reading) -> Party | None:
    """Return where answers should go, when that is not where the mail came from."""
    found = [party for party in _addresses.parties(headers.every("reply-to"), reading, limit=10) if party.address]
    if not found or (sender and found[0].address == sender.address):
        return None
    return found[0]


def _envelope_sender(headers: Headers, reading: Reading) -> str | None:
    value = headers.first("return-path")
    if value is None:
        return None
    found = _addresses.parties([value], reading, limit=1)
    if not found:
        return ""
    # Mail systems write their own name without a domain there.
    return found[0].address or ("" if "@" in found[0].name else found[0].name.lower())


def _recipients(headers: Headers, reading: Reading) -> tuple[Recipient, ...]:
    """Return whom the mail was addressed to, each once a role."""
    found: dict[tuple[RecipientRole, str, str], Recipient] = {}
    for name, role in _ROLES:
        for party in _addresses.parties(headers.every(name), reading):
            mark = (role, party.address, "" if party.address else party.name)
            found.setdefault(mark, Recipient(role=role, party=party))
    if len(found) > _limits.RECIPIENTS:
        reading.note("recipients_over_cap", f"Only the first {_limits.RECIPIENTS} recipients were kept.")
    return tuple(found.values())[: _limits.RECIPIENTS]
