"""What shows that a mail came by way of a list or a forwarder, who break signatures and SPF without any ill will. Pure.

All of it can be written by anybody, so it only ever takes certainty away: from a fail where the owner of the domain
asks for nothing, and from a pass that is a list's.
"""

from __future__ import annotations

import re

from gateway.case import Message
from gateway.trust.domains import organisation, read_host

_LISTS = ("list-id", "list-post", "mailing-list", "x-mailman-version")
_BEFORE = ("x-original-from", "x-original-sender")
_FORWARDING = re.compile(r"srs[01][=+-]|prvs=|[^@]*\+caf_=", re.IGNORECASE)
_VIA = re.compile(r"\bvia\b", re.IGNORECASE)


def way_here(message: Message) -> str:
    """Return how a mail seems to have come, in words for an agent; empty when it seems to have come directly."""
    if any(message.said(name) for name in _LISTS):
        return "a mailing list"
    if any(message.said(name) for name in (*_BEFORE, "arc-authentication-results")):
        return "a forwarder"
    if _FORWARDING.match(message.envelope_sender or "") is not None or _is_sent_by_another(message):
        return "a forwarder"
    return ""


def list_author(message: Message) -> str:
    """Return the address that a list put into From in the author's place; empty when From seems to be the author's."""
    shown = message.sender.address
    if not shown or not any(message.said(name) for name in _LISTS):
        return ""
    posts = any(f"<mailto:{shown}" in value.lower() for value in message.said("list-post"))
    before = [value.lower() for name in _BEFORE for value in message.said(name)]
    replaced = any("@" in value and shown not in value for value in before)
    return shown if posts or replaced or _VIA.search(message.sender.name) is not None else ""


def _is_sent_by_another(message: Message) -> bool:
    """Whether Sender is of another organisation than From."""
    named = (value.rpartition("@")[2].strip(" >") for value in message.said("sender"))
    hosts = (read_host(name) for name in named if name)
    own = read_host(message.sender.address.rpartition("@")[2])
    return own is not None and any(
        host is not None and organisation(host.ascii) != organisation(own.ascii) for host in hosts
    )
