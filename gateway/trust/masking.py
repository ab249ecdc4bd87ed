"""Takes the secrets out of a message: of every field that goes on to a ticket, an answer or a log. Pure.

What is found becomes a finding that names the kind of secret and its place, never the secret. Not here: what a secret
looks like (`gateway.trust.secrets`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from gateway.case import (
    Attachment,
    Evidence,
    Fact,
    Finding,
    ForwardOrigin,
    Link,
    Message,
    Party,
    Recipient,
    Severity,
    Span,
)
from gateway.trust.secrets import LABELS, Secret, find_secrets, marker, mask_name, masked

CODE = "secret_shared"
"""The finding that a message holds a secret."""

Patterns = Sequence[re.Pattern[str]]
"""What identity numbers look like, by configuration."""

_OWNS = frozenset({"seed_phrase", "seed_share", "private_key", "extended_key", "keystore", "pem_key", "api_secret"})
"""Whoever has one of these has the coins."""
_ADVICE = {
    "one_time_code": "advice-secret-code",
    "password": "advice-secret-password",
    "totp_seed": "advice-secret-password",
    "card_number": "advice-secret-card",
    "identity_number": "",
}
"""The rest of the kinds are keys, `advice-secret-key`; of an identity number the desk may have asked."""
_WRITTEN_BY_SERVERS = frozenset(
    {"authentication-results", "arc-authentication-results", "received-spf", "dkim-signature-domain", "return-path"}
)
"""Evidence that trust reads word for word; signatures in it are no secrets."""
_LEAST = 8
"""Characters of a text that may hold a secret without any words around it."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Moved:
    """Where the places of a text are after its secrets were taken out."""

    secrets: tuple[Secret, ...]

    def place(self, span: Span) -> Span | None:
        """Return where a span is now; None where a secret was a part of it."""
        shift = 0
        for secret in self.secrets:
            if secret.end <= span.start:
                shift += _growth(secret)
            elif secret.start < span.end:
                return None
        return span.model_copy(update={"start": span.start + shift, "end": span.end + shift})


class _Masking:
    """One message on its way through: what was found, and how the places in its texts moved."""

    def __init__(self, patterns: Patterns) -> None:
        self._patterns = patterns
        self.findings: list[Finding] = []
        self.moved: dict[str, _Moved] = {}

    def text(self, text: str, field: str, severity: Callable[[str], Severity] | None = None) -> str:
        """Return a text without its secrets; `severity` None: nobody is to be told again."""
        secrets = find_secrets(text, self._patterns) if text else ()
        if not secrets:
            return text
        clean = masked(text, secrets)
        self.moved[field] = _Moved(secrets)
        shift = 0
        for secret in secrets:
            start = secret.start + shift
            shift += _growth(secret)
            place = Span(field=field, start=start, end=secret.end + shift)
            self.findings.append(_finding(secret, place, severity))
        return clean

    def plain(self, text: str, field: str = "other", *, keys: bool = False) -> str:
        """Return a text without its secrets, where no place in it is told; `keys`: it may be an id, so only of keys."""
        found = find_secrets(text, self._patterns) if len(text) >= _LEAST else ()
        secrets = tuple(each for each in found if each.kind in _OWNS) if keys else found
        if not secrets:
            return text
        self._tell(secrets, field)
        return masked(text, secrets)

    def _tell(self, secrets: Iterable[Secret], field: str) -> None:
        self.findings += (_finding(secret, Span(field=field), _of_kind) for secret in secrets)

    def link(self, link: Link) -> Link:
        span = link.span
        if span is not None and (moved := self.moved.get(span.field)) is not None:
            span = moved.place(span)
        changes = _changes(link, url=self.plain(link.url), text=self.plain(link.text), span=span)
        return link.model_copy(update=changes) if changes else link

    def party(self, party: Party) -> Party:
        changes = _changes(party, name=self.plain(party.name), evidence=self.evidence(party.evidence))
        return party.model_copy(update=changes) if changes else party

    def origin(self, origin: ForwardOrigin) -> ForwardOrigin:
        changes = _changes(
            origin, subject=self.plain(origin.subject), text=self.plain(origin.text), party=self.party(origin.party)
        )
        return origin.model_copy(update=changes) if changes else origin

    def file(self, file: Attachment) -> Attachment:
        name, secrets = mask_name(file.name, self._patterns)
        self._tell(secrets, "attachments")
        changes = _changes(file, content_id=self.plain(file.content_id) if file.content_id else file.content_id)
        if name != file.name:
            changes["name"] = name
        return file.model_copy(update=changes) if changes else file

    def recipient(self, recipient: Recipient) -> Recipient:
        changes = _changes(recipient, party=self.party(recipient.party))
        return recipient.model_copy(update=changes) if changes else recipient

    def fact(self, fact: Fact) -> Fact:
        changes = _changes(fact, evidence=_all(fact.evidence, self._read))
        return fact.model_copy(update=changes) if changes else fact

    def evidence(self, items: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
        """Return what a platform said; what has no space in it may be an id that is needed as it is."""
        return _all(items, self._said)

    def _said(self, item: Evidence) -> Evidence:
        if item.name in _WRITTEN_BY_SERVERS:
            return item
        value = self.plain(item.value, keys=not any(map(str.isspace, item.value)))
        return item if value is item.value else item.model_copy(update={"value": value})

    def _read(self, item: Evidence) -> Evidence:
        """Return what was read in a file."""
        value = self.plain(item.value, "attachments") if item.name == "text" else item.value
        return item if value is item.value else item.model_copy(update={"value": value})


@dataclass(frozen=True, slots=True)
class Clean:
    """A message and what is known of it, without secrets; `found` names each that was taken out."""

    message: Message
    facts: tuple[Fact, ...]
    found: tuple[Finding, ...] = ()


def clean(message: Message, facts: Sequence[Fact], patterns: Patterns = ()) -> Clean:
    """Return a message and its facts as everything after this may see them."""
    without, found = mask_message(message, patterns)
    known, seen = mask_facts(facts, patterns)
    return Clean(without, known, (*found, *seen))


def mask_message(message: Message, patterns: Patterns = ()) -> tuple[Message, tuple[Finding, ...]]:
    """Return a message without secrets, the same object where it holds none, and what was taken out of it."""
    masking = _Masking(patterns)
    changes = _changes(
        message,
        subject=masking.text(message.subject, "subject", _of_kind),
        text=masking.text(message.text, "text", _of_kind),
        signature=masking.text(message.signature, "signature", _of_kind),
        quoted=masking.text(message.quoted, "quoted"),
        links=_all(message.links, masking.link),
        forwarded=_all(message.forwarded, masking.origin),
        attachments=_all(message.attachments, masking.file),
        evidence=masking.evidence(message.evidence),
        sender=masking.party(message.sender),
        reply_to=masking.party(message.reply_to) if message.reply_to is not None else None,
        recipients=_all(message.recipients, masking.recipient),
    )
    if not changes:
        return message, ()
    return message.model_copy(update=changes), _each_once(masking.findings)


def mask_facts(facts: Sequence[Fact], patterns: Patterns = ()) -> tuple[tuple[Fact, ...], tuple[Finding, ...]]:
    """Return facts without the secrets that a file may hold, such as a picture of the code of an authenticator."""
    masking = _Masking(patterns)
    return tuple(map(masking.fact, facts)), _each_once(masking.findings)


def _growth(secret: Secret) -> int:
    """Return by how much a text grows where a secret makes place for its mark."""
    return len(marker(secret.kind)) - (secret.end - secret.start)


def _changes(value: Any, **fields: object) -> dict[str, object]:
    """Return the fields that are other objects than those of the value."""
    return {name: new for name, new in fields.items() if new is not getattr(value, name)}


def _all(items: tuple[T, ...], change: Callable[[T], T]) -> tuple[T, ...]:
    """Return the items changed; the same tuple where nothing is."""
    changed = tuple(map(change, items))
    return items if all(one is other for one, other in zip(items, changed, strict=True)) else changed


def _of_kind(kind: str) -> Severity:
    return Severity.DANGER if kind in _OWNS else Severity.WARNING


def _finding(secret: Secret, place: Span, severity: Callable[[str], Severity] | None) -> Finding:
    return Finding(
        code=CODE,
        severity=Severity.NOTICE if severity is None or not _advice(secret.kind) else severity(secret.kind),
        confidence=secret.confidence,
        technique=secret.kind,
        span=place,
        reason=f"The message held a secret ({LABELS[secret.kind]}); it was taken out before anybody read it.",
        advice=_advice(secret.kind) if severity is not None else "",
    )


def _advice(kind: str) -> str:
    return _ADVICE.get(kind, "advice-secret-key")


def _each_once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Tell of a secret in the text once, though a link or the subject holds it, too."""
    kept: dict[tuple[str | None, str], Finding] = {}
    for finding in findings:
        field = finding.span.field if finding.span else ""
        if field == "other" and any(kind == finding.technique for kind, _ in kept):
            continue
        kept.setdefault((finding.technique, f"{field}:{finding.span.start if finding.span else 0}"), finding)
    return tuple(kept.values())
