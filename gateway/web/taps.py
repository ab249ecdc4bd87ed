"""Limits for whoever asks over HTTP: so many requests at once and so many a second, for each address and for all.

Kept in memory alone: they guard this process, and a restart forgives.
"""

from __future__ import annotations

import ipaddress
import math
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gateway.ports import Clock

MAX_ADDRESSES = 10_000
"""Addresses remembered; beyond them those are forgotten that asked longest ago."""
_PREFIX = 64
"""Bits of an IPv6 address that one customer of a network has."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A token bucket's measure: `burst` requests at once, and `per_sec` more each second."""

    burst: int
    per_sec: float


@dataclass(slots=True)
class _Tap:
    left: float
    at: datetime

    def wait(self, rate: Rate, now: datetime) -> float:
        """Refill; return the seconds until there is a token, 0 when there is one now."""
        self.left = min(float(rate.burst), self.left + max(0.0, (now - self.at).total_seconds()) * rate.per_sec)
        self.at = now
        return 0.0 if self.left >= 1 else (1 - self.left) / rate.per_sec


@dataclass(slots=True)
class Taps:
    """One bucket for everybody together, and one for each address."""

    clock: Clock
    each: Rate
    all: Rate
    _taps: OrderedDict[str, _Tap] = field(default_factory=OrderedDict)
    _main: _Tap | None = None

    def draw(self, address: str) -> timedelta | None:
        """Take one request out of both buckets, or out of neither: then return when to come again."""
        now = self.clock.now()
        if self._main is None:
            self._main = _Tap(float(self.all.burst), now)
        name = whose(address)
        tap = self._taps.pop(name, None) or _Tap(float(self.each.burst), now)
        self._taps[name] = tap
        if len(self._taps) > MAX_ADDRESSES:
            self._taps.popitem(last=False)
        wait = max(tap.wait(self.each, now), self._main.wait(self.all, now))
        if wait:
            return timedelta(seconds=math.ceil(wait))
        tap.left -= 1
        self._main.left -= 1
        return None


def whose(address: str) -> str:
    """Return what stands for whoever has this address: of IPv6 the network, for each has a great many."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, _PREFIX), strict=False).network_address)
    return str(found)
