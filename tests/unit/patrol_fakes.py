"""What stands for the outside in tests of the patrol: platforms, a DNS and certificates that say what was planned."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from gateway.case import Evidence, Party, PartyKind
from gateway.limits import Bucket, Taken, draw
from gateway.patrol.ports import Certificate, Failed, Records
from gateway.patrol.values import Memory
from gateway.ports import Absent, Handle, Profile, Unchecked
from gateway.trust.directory import Directory, parse_directory

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
Answer = Profile | Absent | Unchecked


def directory(*accounts: Mapping[str, Any], web: Sequence[str] = (), mail: Sequence[str] = ()) -> Directory:
    """Return a directory of one brand."""
    brand = {
        "id": "examplex",
        "name": "Examplex",
        "accounts": list(accounts),
        "web": [{"domain": name} for name in web],
        "mail": [{"domain": name} for name in mail],
    }
    return parse_directory({"brands": [brand]})


def party(handle: str | None, number: str, name: str = "", platform: str = "x", **evidence: str) -> Party:
    """Return an account as a platform shows it."""
    told = tuple(Evidence(name=key, value=value) for key, value in evidence.items())
    return Party(platform=platform, id=number, handle=handle, name=name, kind=PartyKind.PERSON, evidence=told)


class FakePlatform:
    """A resolver: what is planned for a handle or a number, and absent else; `down` is why it tells nothing at all."""

    def __init__(self, *known: Party, unknown: str = "") -> None:
        self.known = list(known)
        self.says: dict[str, Unchecked | Exception] = {}
        self.unknown = unknown
        """Said of what it does not know, instead of that it is absent."""
        self.down = ""
        self.calls: list[list[str]] = []

    @property
    def asked(self) -> list[str]:
        return [each for call in self.calls for each in call]

    async def look_up(self, handles: Sequence[Handle]) -> Sequence[Answer]:
        self.calls.append(list(handles))
        return [self._answer(handle) for handle in handles]

    def _answer(self, handle: Handle) -> Answer:
        if self.down:
            return Unchecked(handle, self.down)
        said = self.says.get(handle)
        if isinstance(said, Exception):
            raise said
        if said is not None:
            return said
        for each in self.known:
            names = {(each.handle or "").lower(), *(x.value for x in each.evidence if x.name == "active_username")}
            if handle == each.id or handle.lower() in names:
                return Profile(each, NOW)
        return Unchecked(handle, self.unknown) if self.unknown else Absent(handle)


class FakeDns:
    """A DNS of planned records; a name without any does not exist, one in `failing` cannot be asked for."""

    def __init__(self, records: Mapping[tuple[str, str], Sequence[str]] | None = None) -> None:
        self.records = dict(records or {})
        self.failing: set[str] = set()
        self.validated: set[str] = set()
        self.wildcard: dict[str, dict[str, tuple[str, ...]]] = {}
        self.down = False
        self.asked: list[tuple[str, str]] = []
        self.most = self._now = 0

    async def ask(self, name: str, kind: str) -> Records | Failed:
        self.asked.append((name, kind))
        self._now += 1
        self.most = max(self.most, self._now)
        await asyncio.sleep(0)
        self._now -= 1
        if self.down or name in self.failing:
            return Failed("no answer within 5 seconds")
        if (name, kind) in self.records:
            return Records(tuple(self.records[name, kind]), validated=name in self.validated)
        if any(known == name or known.endswith(f".{name}") for known, _ in self.records):
            return Records(validated=name in self.validated)
        for suffix, kinds in self.wildcard.items():
            if name.endswith(f".{suffix}"):
                return Records(kinds.get(kind, ()))
        return Records(exists=False)


class FakeCertificates:
    """Shows one certificate, or fails."""

    def __init__(self, shown: Certificate | Failed) -> None:
        self.shown = shown
        self.looked: list[tuple[str, tuple[str, ...]]] = []

    async def look(self, host: str, addresses: Sequence[str]) -> Certificate | Failed:
        self.looked.append((host, tuple(addresses)))
        return self.shown


class MemoryBudgets:
    """The buckets of limits, in memory."""

    def __init__(self) -> None:
        self.taken: dict[str, tuple[Taken, ...]] = {}

    async def reserve(self, buckets: Sequence[Bucket], now: datetime) -> Sequence[datetime | None]:
        after, room = draw(buckets, self.taken, now)
        self.taken.update(after)
        return room


class KeptLog:
    """A `PatrolLog` in memory."""

    def __init__(self) -> None:
        self.memory = Memory()
        self.saved = 0

    async def load(self) -> Memory:
        return self.memory

    async def save(self, memory: Memory) -> None:
        self.memory = memory
        self.saved += 1


WELL = {
    ("examplex.test", "SOA"): ["ns1.examplex.test. host.examplex.test. 1 2 3 4 5"],
    ("examplex.test", "NS"): ["ns1.examplex.test."],
    ("examplex.test", "A"): ["192.0.2.1"],
    ("examplex.test", "MX"): ["10 mx1.examplex.test.", "20 mx2.examplex.test."],
    ("examplex.test", "TXT"): ["v=spf1 mx include:mail.examplex.test -all", "some-proof=1"],
    ("mail.examplex.test", "TXT"): ["v=spf1 ip4:192.0.2.0/24 ?all"],
    ("_dmarc.examplex.test", "TXT"): ["v=DMARC1; p=reject; rua=mailto:dmarc@examplex.test"],
}
"""The records of a domain at which nothing is amiss, but that it is not signed."""
