"""Whether a host that is not listed looks like one of a brand's, and how. Finding nothing proves nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.trust.confusables import folded
from gateway.trust.domains import Host, Parts, split_host
from gateway.trust.host_index import HostIndex
from gateway.trust.host_names import named
from gateway.trust.host_slips import misspelt
from gateway.trust.host_text import HostText
from gateway.trust.resemblance import Resemblance, dotted

if TYPE_CHECKING:
    from gateway.trust.directory import Directory

__all__ = ["HostIndex", "embedded_domain", "resembles_host"]


def resembles_host(host: Host, directory: Directory) -> Resemblance | None:
    """Tell which brand a host that is not the brand's looks like, by the strongest sign; work linear in the host."""
    if not (host.exact and host.unicode is host.ascii):
        disguised = _same_reading(host, directory)
        if disguised is not None:
            return disguised
    parts = split_host(host.unicode)
    if not parts.label:
        # Somebody may hold the suffix itself, or the list may know a rule of its country that does not hold.
        sub, _, label = host.unicode.rpartition(".")[0].rpartition(".")
        parts = Parts(sub, label, parts.suffix, known=parts.known)
    text, index = HostText.of(host, parts), directory.host_index
    found, places = named(text, index)
    if found is None:
        found = misspelt(text, index, places)
    return None if found is None or (host.exact and directory.owner_of(host.ascii)) else found


def _same_reading(host: Host, directory: Directory) -> Resemblance | None:
    """An official host in other characters, were they invisible: a browser may even open it, a reader cannot tell."""
    read = folded(host.unicode)
    if read == host.ascii and host.exact:
        return None
    owner = directory.owner_of(read)
    guarded = directory.guarded(owner) if owner else None
    if guarded is None:
        return None
    return Resemblance(guarded, "confusable", 0.95, f"it reads as {read}, but is written with other characters")


def embedded_domain(before: str, directory: Directory) -> Resemblance | None:
    """`examplex.test.evil.net`, `examplex-test.evil.net`: an official domain in front of the registered one."""
    tokens = dotted(folded(before)).split(".")
    for start in range(len(tokens)):
        for size in (4, 3, 2):
            guarded = directory.embedded.get(".".join(tokens[start : start + size]))
            if guarded is not None:
                reason = f"{guarded.official} stands in front, but the part that counts is registered by somebody else"
                return Resemblance(guarded, "embedded_domain", 0.95, reason)
    return None
