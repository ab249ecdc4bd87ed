"""What one listener bears at once, and how often each peer may send; kept in memory, on the gateway's clock."""

from __future__ import annotations

import ipaddress
from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from datetime import datetime

from connectors.email._listener_settings import LmtpSettings, networks
from gateway.ports import Clock

MAX_PEERS = 10_000
"""Peers remembered; beyond them those are forgotten that sent longest ago."""
_PREFIX = 64
"""Bits of an IPv6 address that one customer of a network has."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Peer:
    """Who is at the other end: his address (none on a Unix socket), and whether he is a server of the desk's own."""

    address: Address | None
    is_relay: bool

    @property
    def shown(self) -> str:
        """The address as it is written, or nothing."""
        return str(self.address) if self.address is not None else ""

    @property
    def counted(self) -> str:
        """What stands for whoever has this address: of IPv6 the network, for each has a great many."""
        if isinstance(self.address, ipaddress.IPv6Address):
            return str(ipaddress.ip_network((self.address, _PREFIX), strict=False).network_address)
        return self.shown


def address_of(text: str) -> Address | None:
    """Return an address, one of IPv4 as such however it is written; None when it is none."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


class Doorkeeper:
    """Says who may connect."""

    def __init__(self, settings: LmtpSettings) -> None:
        self._allow = networks(settings.allow)
        self._relays = networks(settings.relays)
        self._proxies = networks(settings.proxies)
        self._own_alone = settings.protocol == "lmtp"

    def is_proxy(self, address: Address | None) -> bool:
        """Whether a line may begin with the PROXY protocol."""
        return address is not None and any(address in net for net in self._proxies)

    def admit(self, address: Address | None) -> Peer | None:
        """Return the peer, or None when he may not connect; whoever reaches a Unix socket may."""
        if address is None:
            return Peer(None, is_relay=True)
        if not any(address in net for net in self._allow):
            return None
        return Peer(address, self._own_alone or any(address in net for net in self._relays))


@dataclass(slots=True)
class _Bucket:
    left: float
    at: datetime


@dataclass(slots=True)
class Load:
    """Lines, bytes and mails of one listener."""

    settings: LmtpSettings
    clock: Clock
    _lines: Counter[str] = field(default_factory=Counter)
    _held: int = 0
    _buckets: OrderedDict[str, _Bucket] = field(default_factory=OrderedDict)

    def enter(self, peer: Peer) -> bool:
        """Count one more line; false when there are too many."""
        each = self.settings.max_lines if peer.is_relay else self.settings.max_lines_each
        if self._lines.total() >= self.settings.max_lines or self._lines[peer.counted] >= each:
            return False
        self._lines[peer.counted] += 1
        return True

    def leave(self, peer: Peer) -> None:
        """A line that was counted has ended."""
        self._lines[peer.counted] -= 1
        self._lines += Counter()

    def hold(self, size: int) -> bool:
        """Hold so many bytes more; false, and nothing is held, when all lines hold too much."""
        if self._held + size > self.settings.max_held_bytes:
            return False
        self._held += size
        return True

    def release(self, size: int) -> None:
        """Hold so many bytes less."""
        self._held -= size

    def draw(self, peer: Peer) -> bool:
        """Take one mail out of the peer's measure; false when there is none left this minute."""
        most = self.settings.relay_mails_per_minute if peer.is_relay else self.settings.mails_per_minute
        if not most:
            return True
        now = self.clock.now()
        bucket = self._buckets.pop(peer.counted, None) or _Bucket(most, now)
        self._buckets[peer.counted] = bucket
        if len(self._buckets) > MAX_PEERS:
            self._buckets.popitem(last=False)
        passed = max(0.0, (now - bucket.at).total_seconds())
        bucket.left, bucket.at = min(float(most), bucket.left + passed * most / 60), now
        if bucket.left < 1:
            return False
        bucket.left -= 1
        return True
