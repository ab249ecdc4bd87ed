"""The two searches for look-alikes: over the handles of a platform, and over domains."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from gateway.patrol.asking import Answer, Platform, is_suspended
from gateway.patrol.domains import OwnDomain
from gateway.patrol.handles import Candidate, handle_candidates
from gateway.patrol.hosts import host_candidates
from gateway.patrol.judging import account_facts, domain_facts
from gateway.patrol.ports import Dns, Failed, Records
from gateway.patrol.sweep import Found, Search
from gateway.patrol.values import ABSENT, SUSPENDED, Kind
from gateway.ports import Absent, Profile
from gateway.trust.directory import Directory
from gateway.trust.domains import split_host
from gateway.trust.entries import Official, platform_title

DOMAINS = "look-alike domains"
AT_ONCE = 20
"""So many names are asked of the DNS at the same time."""
_WITNESSES = 3
"""One domain of ours may be broken by itself; so many hardly are."""


def handle_search(
    platform: Platform, entries: Sequence[Official], directory: Directory, on: date, budget: int, there: Sequence[str]
) -> Search:
    """Return the search on a platform; `there` is what leads to an account that it told of just now."""

    def candidates() -> Iterable[Candidate]:
        return handle_candidates(entries, platform.name, directory, range(on.year - 1, on.year + 2))

    async def look(asked: Sequence[Candidate]) -> Mapping[str, Found]:
        answers = await platform.ask([each.value for each in asked])
        return {each.value: _account(each, answers[each.value], platform.name, directory, on) for each in asked}

    async def alive() -> bool:
        return any(isinstance(answer, Profile) for answer in (await platform.ask(there)).values())

    name = f"look-alike handles on {platform_title(platform.name)}"
    return Search(name, Kind.ALIKE_ACCOUNT, platform.name, budget, candidates, look, alive)


def _account(candidate: Candidate, answer: Answer, platform: str, directory: Directory, on: date) -> Found:
    if isinstance(answer, Profile):
        ours = directory.account_ids.get((platform, answer.party.id or ""), ())
        if any(entry.is_valid(on) for entry in ours):
            # One of ours bears another name now, which is told of that account.
            return {"state": ABSENT}
        return account_facts(answer.party, candidate.alike, directory, on)
    if isinstance(answer, Absent):
        return {"state": ABSENT}
    return {"state": SUSPENDED} if is_suspended(answer) else Failed(answer.reason)


def host_search(domains: Sequence[OwnDomain], directory: Directory, dns: Dns, budget: int) -> Search:
    """Return the search over domains."""
    wildcards = _Wildcards(dns)
    free = asyncio.Semaphore(AT_ONCE)
    own = [(each.name, each.brand) for each in domains]

    async def one(candidate: Candidate) -> Found:
        async with free:
            return await _domain(candidate, dns, wildcards, directory)

    async def look(asked: Sequence[Candidate]) -> Mapping[str, Found]:
        found = await asyncio.gather(*map(one, asked))
        return {each.value: facts for each, facts in zip(asked, found, strict=True)}

    async def alive() -> bool:
        for name, _ in own[:_WITNESSES]:
            if not isinstance(await dns.ask(name, "SOA"), Failed):
                return True
        return False

    return Search(DOMAINS, Kind.ALIKE_DOMAIN, "", budget, lambda: host_candidates(own, directory), look, alive)


async def _domain(candidate: Candidate, dns: Dns, wildcards: _Wildcards, directory: Directory) -> Found:
    servers = await dns.ask(candidate.value, "NS")
    if isinstance(servers, Failed):
        return servers
    if not servers.exists:
        return {"state": ABSENT}
    records: dict[str, Records] = {"NS": servers}
    for kind in ("A", "AAAA", "MX"):
        answer = await dns.ask(candidate.value, kind)
        if not isinstance(answer, Failed):
            records[kind] = answer
    if not servers.values:
        # Nobody was given the name: either it is a host, or the suffix answers for every name.
        everybodys = await wildcards.of(split_host(candidate.value).suffix)
        if isinstance(everybodys, Failed):
            return everybodys
        if all(everybodys.issuperset(found.values) for found in records.values()):
            return {"state": ABSENT}
    return domain_facts(candidate.value, records, candidate.alike, directory)


class _Wildcards:
    """What a suffix answers for a name that nobody has; some resolvers, and some registries, answer for every name."""

    def __init__(self, dns: Dns) -> None:
        self._dns = dns
        self._asked: dict[str, asyncio.Future[frozenset[str] | Failed]] = {}

    async def of(self, suffix: str) -> frozenset[str] | Failed:
        """Return the records that say nothing under a suffix; asked for once."""
        if suffix not in self._asked:
            self._asked[suffix] = asyncio.ensure_future(self._ask(suffix))
        return await asyncio.shield(self._asked[suffix])

    async def _ask(self, suffix: str) -> frozenset[str] | Failed:
        nobodys = f"{secrets.token_hex(10)}.{suffix}"
        found: set[str] = set()
        for kind in ("A", "AAAA", "MX"):
            answer = await self._dns.ask(nobodys, kind)
            if isinstance(answer, Failed):
                return answer
            found.update(answer.values)
        return frozenset(found)
