"""SPF (RFC 7208): whether a domain lets a peer send mail in its name, within the look-ups that the RFC allows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_network

from gateway.enrich.mail.lookup import Answer, Dns, UnansweredError
from gateway.enrich.mail.spf_macros import MAX_NAME, Asked, asks_for_name, expand
from gateway.enrich.mail.spf_record import Mechanism, Record, SyntaxFaultError, is_record, read_record

MAX_LOOKUPS = 10
"""Terms that ask the DNS (RFC 7208, section 4.6.4)."""
MAX_VOID = 2
MAX_NAMES = 10
"""MX and PTR records that are followed."""
_LABEL = re.compile(r"[^.]{1,63}")
_LITERAL = re.compile(r"\[.*\]")


class Spf(StrEnum):
    """The results of RFC 7208, section 2.6."""

    PASS = "pass"  # noqa: S105 - a result, not a password
    FAIL = "fail"
    SOFTFAIL = "softfail"
    NEUTRAL = "neutral"
    NONE = "none"
    TEMPERROR = "temperror"
    PERMERROR = "permerror"


_QUALIFIERS = {"+": Spf.PASS, "-": Spf.FAIL, "~": Spf.SOFTFAIL, "?": Spf.NEUTRAL}


class _PermError(Exception):
    """The policy cannot be gone by."""


def sender_domain(mail_from: str, helo: str) -> str:
    """Return the domain that SPF is about, in lower case: the envelope sender's, or that of HELO for the null one."""
    _, at, domain = mail_from.strip("<>").rpartition("@")
    return (domain if at else helo).lower()


async def check_spf(dns: Dns, peer: IPv4Address | IPv6Address, mail_from: str, helo: str) -> Spf:
    """Return the result for the envelope's sender, or for the name in HELO where that is null."""
    local, at, domain = mail_from.strip("<>").rpartition("@")
    if not at:
        local, domain = "", helo
    mapped = peer.ipv4_mapped if isinstance(peer, IPv6Address) else None
    asked = Asked(mapped or peer, local or "postmaster", domain, helo)
    try:
        return await _Check(dns, asked).of(domain)
    except UnansweredError:
        return Spf.TEMPERROR
    except (_PermError, SyntaxFaultError):
        return Spf.PERMERROR


@dataclass(slots=True)
class _Check:
    """One check with what it may still ask."""

    dns: Dns
    asked: Asked
    lookups: int = 0
    void: int = 0
    names: dict[str, str] = field(default_factory=dict)
    """The peer's validated names, by the domain they were looked for."""

    async def of(self, domain: str) -> Spf:
        """Return what the policy of a domain says of the peer; it may go on at others."""
        record = await self._record(domain) if _is_name(domain) and "." in domain.strip(".") else None
        if record is None:
            return Spf.NONE
        for each in record.mechanisms:
            if await self._matches(each, domain):
                return _QUALIFIERS[each.qualifier]
        if not record.redirect:
            return Spf.NEUTRAL
        self._count()
        found = await self.of(await self._expanded(record.redirect, domain))
        if found is Spf.NONE:
            raise _PermError
        return found

    async def _record(self, domain: str) -> Record | None:
        answer = await self.dns.ask(domain, "TXT")
        found = [text for text in answer.values if is_record(text)]
        if len(found) > 1:
            raise _PermError
        return read_record(found[0]) if found else None

    async def _matches(self, each: Mechanism, domain: str) -> bool:
        if each.name == "all":
            return True
        if each.network is not None:
            return self.asked.peer in each.network
        self._count()
        target = await self._expanded(each.target, domain) if each.target else domain
        match each.name:
            case "include":
                return await self._includes(target)
            case "exists":
                return bool((await self._ask(target, "A")).values)
            case "a":
                return await self._has_address(target, each)
            case "mx":
                return await self._takes_mail(target, each)
        return bool(await self._validated(target, every=False))

    async def _includes(self, target: str) -> bool:
        found = await self.of(target)
        if found in (Spf.NONE, Spf.PERMERROR):
            raise _PermError
        return found is Spf.PASS

    async def _takes_mail(self, target: str, each: Mechanism) -> bool:
        hosts = (await self._ask(target, "MX")).values
        if len(hosts) > MAX_NAMES:
            raise _PermError
        for host in hosts:
            if await self._has_address(host, each):
                return True
        return False

    async def _has_address(self, name: str, each: Mechanism) -> bool:
        length = each.four if isinstance(self.asked.peer, IPv4Address) else each.six
        found = (await self._ask(name, self._kind)).values
        return any(self.asked.peer in ip_network((address, length), strict=False) for address in found)

    async def _validated(self, domain: str, *, every: bool) -> str:
        """Return a name of the peer that leads back to it: one of the domain, or with `every` any at all."""
        found = []
        try:
            names = (await self._ask(self.asked.peer.reverse_pointer, "PTR")).values[:MAX_NAMES]
        except UnansweredError:
            return ""
        for name in names:
            try:
                if str(self.asked.peer) in await self._addresses(name):
                    found.append(name.lower().removesuffix("."))
            except UnansweredError:
                continue
        wanted = domain.lower().removesuffix(".")
        below = [name for name in found if name == wanted or name.endswith(f".{wanted}")]
        best = sorted(below, key=lambda name: name != wanted) or (found if every else [])
        return best[0] if best else ""

    async def _addresses(self, name: str) -> set[str]:
        answer = await self.dns.ask(name, self._kind) if _is_name(name) else Answer(exists=False)
        return {str(ip_network(address).network_address) for address in answer.values}

    async def _expanded(self, text: str, domain: str) -> str:
        if asks_for_name(text) and domain not in self.names:
            self.names[domain] = await self._validated(domain, every=True) or "unknown"
        return expand(text, self.asked, domain, self.names.get(domain, "unknown"))

    @property
    def _kind(self) -> str:
        return "A" if isinstance(self.asked.peer, IPv4Address) else "AAAA"

    async def _ask(self, name: str, kind: str) -> Answer:
        answer = await self.dns.ask(name, kind) if _is_name(name) else Answer(exists=False)
        if not answer.values:
            self.void += 1
            if self.void > MAX_VOID:
                raise _PermError
        return answer

    def _count(self) -> None:
        self.lookups += 1
        if self.lookups > MAX_LOOKUPS:
            raise _PermError


def _is_name(name: str) -> bool:
    """Whether the DNS can be asked for a name at all."""
    bare = name.removesuffix(".")
    if not bare.isascii() or len(bare) > MAX_NAME or _LITERAL.fullmatch(bare):
        return False
    return all(_LABEL.fullmatch(label) for label in bare.split("."))
