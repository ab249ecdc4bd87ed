"""The brand's own domains for mail and web: their policies, their mail servers, DNSSEC and certificates, as facts."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from gateway.patrol.policies import Dmarc, read_dmarc, read_spf
from gateway.patrol.ports import Certificate, Certificates, Dns, Failed, Records
from gateway.patrol.values import ABSENT, THERE, Kind, Seen, Subject, Unseen
from gateway.trust.directory import Directory
from gateway.trust.domains import organisation, parents
from gateway.trust.entries import officials
from gateway.trust.shared import is_freemail

MOST_INCLUDES = 20
"""So many records of an SPF policy are read: one that needs more is broken for every receiver."""


@dataclass(frozen=True, slots=True)
class OwnDomain:
    """A domain of a brand, and what it is for."""

    name: str
    brand: str
    mail: bool
    web: bool


def own_domains(directory: Directory, on: date) -> tuple[OwnDomain, ...]:
    """Return the domains that are official on that day; those of addresses too, unless anybody gets one there."""
    found: dict[str, OwnDomain] = {}
    for brand in directory.brands.values():
        for _, entry in officials(brand):
            name = entry.value.rpartition("@")[2]
            if entry.kind not in ("mail", "mail_domain", "domain") or not entry.is_valid(on) or is_freemail(name):
                continue
            before = found.get(name, OwnDomain(name, brand.id, mail=False, web=False))
            is_web = entry.kind == "domain"
            found[name] = OwnDomain(name, before.brand, before.mail or not is_web, before.web or is_web)
    return tuple(found.values())


@dataclass(slots=True)
class _Facts:
    """What was found of one domain, and what could not be."""

    found: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    """What could not be checked → why."""

    def failed(self, what: str, failure: Failed) -> None:
        self.reasons.setdefault(what, failure.reason)


async def look_at_domains(
    domains: Sequence[OwnDomain], dns: Dns | None, certificates: Certificates | None, now: datetime
) -> tuple[list[Seen], list[Unseen]]:
    """Look at every domain, all at once; what could not be checked comes second."""
    if dns is None:
        shown = domains[0].name + (f" and {len(domains) - 1} more" if len(domains) > 1 else "") if domains else ""
        return [], [Unseen(shown, "no resolver of the DNS")] if domains else []
    found = await asyncio.gather(*(_look(each, dns, certificates) for each in domains))
    seen = [
        Seen(Subject(Kind.DOMAIN, each.name), each.brand, facts.found, now, now)
        for each, facts in zip(domains, found, strict=True)
    ]
    unseen = [
        Unseen(f"{each.name}: {what}", reason)
        for each, facts in zip(domains, found, strict=True)
        for what, reason in facts.reasons.items()
    ]
    return seen, unseen


async def _look(domain: OwnDomain, dns: Dns, certificates: Certificates | None) -> _Facts:
    facts = _Facts()
    there = await dns.ask(domain.name, "SOA")
    if isinstance(there, Failed):
        # Whatever else were asked would wait as long.
        facts.failed("DNS", there)
        return facts
    facts.found["state"] = THERE if there.exists else ABSENT
    if not there.exists:
        return facts
    await _dmarc(domain.name, dns, facts)
    await _spf(domain.name, dns, facts)
    await _mail_servers(domain.name, dns, facts)
    await _dnssec(domain.name, there, dns, facts)
    if domain.web:
        await _certificate(domain.name, dns, certificates, facts)
    return facts


async def _dmarc(name: str, dns: Dns, facts: _Facts) -> None:
    """Find the policy that holds: the domain's own, else that of the nearest domain above it that has one.

    That is the tree walk of DMARCbis, but never above the organisational domain of the public suffix list, which is
    where RFC 7489 looks.
    """
    top = organisation(name)
    for place in parents(name):
        answer = await dns.ask(f"_dmarc.{place}", "TXT")
        if isinstance(answer, Failed):
            facts.failed("DMARC", answer)
            return
        if (read := read_dmarc(answer.values)) is not None:
            facts.found.update(_dmarc_facts(read, place, own=place == name))
            return
        if place == top:
            break
    facts.found.update({"dmarc": "", "dmarc_sub": "", "dmarc_percent": "", "dmarc_at": ""})


def _dmarc_facts(read: Dmarc, place: str, *, own: bool) -> Mapping[str, str]:
    return {
        "dmarc": read.policy if own else read.sub,
        "dmarc_sub": read.sub,
        "dmarc_percent": "0" if read.tests else str(read.percent),
        "dmarc_at": place,
    }


async def _spf(name: str, dns: Dns, facts: _Facts) -> None:
    """Find how the policy ends, and count the look-ups that it costs a receiver with all that it includes."""
    ending: str | None = None
    asks, queue, read = 0, [(name, True)], 0
    while queue and read < MOST_INCLUDES:
        place, is_main = queue.pop(0)
        # With a macro in it the name depends on the sender: it costs a look-up, and leads nowhere here.
        if "%" in place:
            continue
        answer = await dns.ask(place, "TXT")
        if isinstance(answer, Failed):
            facts.failed("SPF", answer)
            if ending is not None:
                facts.found["spf"] = ending
            return
        read += 1
        policy = read_spf(answer.values)
        if policy is None:
            ending = "" if is_main and place == name else "broken"
            break
        if is_main:
            ending = policy.ending
        asks += policy.asks
        queue += [(each, False) for each in policy.names if each]
        if policy.redirect:
            queue.append((policy.redirect, is_main))
    facts.found["spf"] = ending or ""
    facts.found["spf_lookups"] = str(asks)


async def _mail_servers(name: str, dns: Dns, facts: _Facts) -> None:
    answer = await dns.ask(name, "MX")
    if isinstance(answer, Failed):
        facts.failed("MX", answer)
    else:
        facts.found["mx"] = ", ".join(mail_servers(answer))


def mail_servers(answer: Records) -> tuple[str, ...]:
    """Return the names of the mail servers, without their order of preference."""
    return tuple(sorted({value.split()[-1].rstrip(".").lower() for value in answer.values if value.split()}))


async def _dnssec(name: str, there: Records, dns: Dns, facts: _Facts) -> None:
    """Tell whether the domain is signed: the resolver vouches for it, or its parent names its keys."""
    if there.validated:
        facts.found["dnssec"] = "yes"
        return
    answer = await dns.ask(organisation(name), "DS")
    if isinstance(answer, Failed):
        facts.failed("DNSSEC", answer)
        return
    facts.found["dnssec"] = "yes" if answer.values else ""


async def _certificate(name: str, dns: Dns, certificates: Certificates | None, facts: _Facts) -> None:
    if certificates is None:
        return
    shown = await _shown(name, dns, certificates)
    if isinstance(shown, Failed):
        facts.failed("certificate", shown)
        return
    facts.found.update(
        {
            "certificate_until": shown.until.isoformat(),
            "certificate_matches": "yes" if shown.matches else "",
            "certificate_doubt": shown.doubt,
            "certificate_issuer": shown.issuer,
        }
    )


async def _shown(name: str, dns: Dns, certificates: Certificates) -> Certificate | Failed:
    addresses: list[str] = []
    for kind in ("A", "AAAA"):
        answer = await dns.ask(name, kind)
        if isinstance(answer, Failed):
            return answer
        addresses += answer.values
    return await certificates.look(name, addresses) if addresses else Failed("the name has no address")
