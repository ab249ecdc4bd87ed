"""Keeps what the mail system said about a mail, word for word and in its order; judges none of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gateway.case import Evidence, Party
from normalizers.email import _clean, _limits, _words
from normalizers.email._headers import Headers, unfolded
from normalizers.email._reading import Reading

NAMES = frozenset({
    "authentication-results", "arc-authentication-results", "received-spf", "return-path", "auto-submitted",
    "precedence", "x-auto-response-suppress", "x-autoreply", "x-autoreply-from", "x-autorespond", "x-auto-reply-from",
    "x-mail-autoreply", "x-loop", "x-failed-recipients", "x-ms-exchange-inbox-rules-loop", "feedback-id",
    "mailing-list", "x-cron-env", "x-original-from", "x-original-sender", "sender", "content-language",
    "accept-language", "x-rt-loop-prevention", "x-otrs-loop", "x-freescout-mail-type",
    "x-amazon-mail-relay-type", "resent-from", "resent-sender", "resent-to",
})  # fmt: skip
PREFIXES = (
    "list-", "x-mailman-", "x-zendesk-", "x-auto", "x-ticket", "rt-ticket", "x-libredesk-loop", "x-tmda-", "x-boxbe",
    "x-spamarrest",
)  # fmt: skip
TRACE = frozenset({"authentication-results", "arc-authentication-results", "received-spf", "return-path"})
"""Written by servers, which write no encoded words (RFC 8601, section 2.2): decoding one would let a sender's words in
them, such as a mail parameter that the server quotes, pass for the server's own."""
_SIGNING_DOMAIN = re.compile(r"(?:^|;)\s*d\s*=\s*([^;\s]{1,253})")


def collect(headers: Headers, senders: Sequence[Party], reading: Reading) -> tuple[Evidence, ...]:
    """Return the evidence in a header, topmost first, and last what had to be counted: hops, and `senders` in From."""
    found = []
    authors = [party for party in senders if party.address or "@" in party.name]
    count = max(len(authors), len(headers.every("from")))
    if count > 1:
        reading.note("several_authors", "From names several authors; nothing tells which of them wrote the mail.")
    for name, value in headers.fields:
        kept = name in NAMES or name.startswith(PREFIXES)
        if kept or name == "dkim-signature" or (name == "from" and count > 1):
            text = _words.text_of(unfolded(value)[: 2 * _limits.EVIDENCE_CHARS], reading)
            if name not in TRACE:
                text = _words.decode(text, reading)
            found.append(_item(name, _clean.line(text, _limits.EVIDENCE_CHARS, reading)))
    if (kind := headers.first("content-type")) is not None:
        text = _words.text_of(kind[: 2 * _limits.EVIDENCE_CHARS], reading)
        found.append(_item("content-type", _clean.line(text, _limits.EVIDENCE_CHARS, reading)))
    if len(found) > _limits.EVIDENCE:
        reading.note("evidence_over_cap", f"Only the first {_limits.EVIDENCE} headers of evidence were kept.")
    counts = [_item("received-count", str(len(headers.every("received")))), _item("from-count", str(count))]
    if count > 1:
        counts += [_item("from-author", _shown(party)) for party in authors]
    return tuple(found[: _limits.EVIDENCE] + counts)


def _shown(party: Party) -> str:
    return f"{party.name} <{party.address}>" if party.name else party.address


def _item(name: str, text: str) -> Evidence:
    if name == "dkim-signature":
        match = _SIGNING_DOMAIN.search(text)
        return Evidence(name="dkim-signature-domain", value=match[1].lower() if match else "")
    return Evidence(name=name, value=text)
