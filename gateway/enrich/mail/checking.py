"""The fact whether a mail's From domain was proven, by our own checks of the original, where a channel asks for them.

What the desk's own receiving server wrote counts first: it saw the mail come in. Only where that says nothing are
SPF, DKIM, DMARC and ARC looked at here; where it says fail, ARC alone, for it does not know whom the desk trusts.
No DNS that is away ever makes a mail pass or fail.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TypeVar

from gateway.case import Fact, FactOutcome, Message
from gateway.enrich import Enricher
from gateway.enrich.mail.arc import Chain, check_arc
from gateway.enrich.mail.dkim import Signed, check_dkim
from gateway.enrich.mail.dmarc import find_policy
from gateway.enrich.mail.fields import Original, read_original
from gateway.enrich.mail.lookup import Dns, RememberingDns, UnansweredError
from gateway.enrich.mail.signature import Found
from gateway.enrich.mail.spf import check_spf, sender_domain
from gateway.errors import ConfigError, MalformedError
from gateway.ports import MailChecks, Raw
from gateway.trust.domains import Host
from gateway.trust.mail_auth import KIND, from_domain, has_several_authors, judge_mail_auth, without_doubts
from gateway.trust.mail_relay import way_here
from gateway.trust.mail_verdict import Checks, Policy, judge_checks, vouched_for

CHECK_SECS = 4.0
"""How long each of the four may take; together they take no longer."""
NEEDS = "needs pip install 'gatehouse[mailauth]'"
_HOUSE = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")))
_Servers = tuple[tuple[str, int], ...]
Peer = IPv4Address | IPv6Address
T = TypeVar("T")


def open_dns(servers: _Servers) -> Dns:
    """Return what asks these DNS servers, or the system's. Raises `ConfigError`."""
    try:
        from gateway.enrich.mail.resolving import MailResolver
    except ModuleNotFoundError:
        raise ConfigError(NEEDS) from None
    return MailResolver(servers)


class MailCheckEnricher:
    """Checks the mails of the channels that `wanted` names, by source; for each set of DNS servers with one memory."""

    kind = KIND

    def __init__(
        self,
        receivers: Mapping[str, Sequence[str]],
        wanted: Mapping[str, MailChecks],
        now: Callable[[], datetime],
        dns: Callable[[_Servers], Dns] = open_dns,
    ) -> None:
        self._receivers = receivers
        self._wanted = wanted
        self._now = now
        self._open = dns
        self._dns: dict[_Servers, RememberingDns] = {}

    def concerns(self, message: Message) -> bool:
        """Whether the channel of a message asks for checks of ours."""
        return message.platform == "email" and message.provenance.source in self._wanted

    def of(self, raw: Raw) -> Enricher:
        """Return what gives the facts of the messages of this raw."""
        return _InRaw(self, raw)

    async def fact(self, message: Message, raw: Raw) -> Fact:
        """Return the fact `mail_auth` about a message of this raw."""
        source = message.provenance.source
        told = judge_mail_auth(message, self._receivers.get(source, ()))
        domain, wanted = from_domain(message), self._wanted.get(source)
        failed = told.outcome is FactOutcome.FAIL and wanted is not None and bool(wanted.sealers)
        if wanted is None or (told.outcome is not FactOutcome.COULD_NOT_CHECK and not failed):
            return told
        if domain is None or has_several_authors(message):
            return _unchecked(domain, "The From line does not name one author.")
        try:
            original = await asyncio.to_thread(read_original, raw.body, whole=raw.complete)
            _agree(original, message, domain)
            if failed:
                arc = await _within(check_arc(self._dns_of(wanted.dns), original)) or Chain(Found.TEMPERROR)
                return without_doubts(message, vouched_for(told, _with_chain(Checks(domain.ascii), arc, wanted)))
            checks = await self._checks(message, raw, original, domain.ascii, wanted)
        except (MalformedError, ConfigError) as error:
            return told if failed else _unchecked(domain, str(error))
        return without_doubts(message, judge_checks(checks))

    async def _checks(self, message: Message, raw: Raw, original: Original, domain: str, wanted: MailChecks) -> Checks:
        dns = self._dns_of(wanted.dns)
        at = raw.received_at.timestamp()
        peer, sender, helo = _envelope(raw)
        # In the order of their worth: what strangers may have us ask in vain comes last.
        policies, dkim, spf, arc = await asyncio.gather(
            _within(_policies(dns, domain)),
            _within(check_dkim(dns, original, domain, at)),
            _within(_spf(dns, peer, sender, helo)),
            _within(check_arc(dns, original)),
        )
        dkim = (Signed(domain, Found.TEMPERROR),) if dkim is None else dkim
        checks = Checks(
            domain=domain,
            spf="temperror" if spf is None else spf,
            spf_domain="" if peer is None else sender_domain(sender, helo),
            dkim=tuple((each.domain, each.found.value) for each in dkim),
            dkim_why=tuple(each.reason for each in dkim if each.reason),
            policy=next(iter(policies or ()), None),
            policy_known=policies is not None,
            way=way_here(message),
        )
        return _with_chain(checks, arc or Chain(Found.TEMPERROR), wanted)

    def _dns_of(self, servers: _Servers) -> RememberingDns:
        if servers not in self._dns:
            self._dns[servers] = RememberingDns(self._open(servers), lambda: self._now().timestamp())
        return self._dns[servers]

    async def close(self) -> None:
        """Give up what is still asked of the DNS."""
        for each in self._dns.values():
            await each.close()


class _InRaw:
    """The checks, for one raw; `gather` asks it."""

    kind = KIND

    def __init__(self, enricher: MailCheckEnricher, raw: Raw) -> None:
        self._enricher = enricher
        self._raw = raw

    async def facts(self, message: Message) -> Sequence[Fact]:
        return (await self._enricher.fact(message, self._raw),)


async def _within(check: Awaitable[T]) -> T | None:
    """Return what a check finds, None when the DNS gives no answer in time."""
    try:
        async with asyncio.timeout(CHECK_SECS):
            return await check
    except (TimeoutError, UnansweredError):
        return None


async def _policies(dns: Dns, domain: str) -> tuple[Policy, ...]:
    """Return the policy for a domain, if there is one."""
    found = await find_policy(dns, domain)
    return () if found is None else (found,)


def _with_chain(checks: Checks, arc: Chain, wanted: MailChecks) -> Checks:
    return replace(
        checks,
        arc=arc.found.value if arc.found is not None else "none",
        links=tuple((each.sealer, each.results) for each in arc.links),
        sealed_author=arc.names_author,
        arc_why=arc.reason,
        sealers=frozenset(wanted.sealers),
    )


def _envelope(raw: Raw) -> tuple[Peer | None, str, str]:
    """Return who brought a mail, None where nobody knows, with the sender that it named and its own name."""
    peer = _stranger(raw.notes.get("peer", "")) if "mail_from" in raw.notes else None
    return peer, raw.notes.get("mail_from", ""), raw.notes.get("helo", "")


async def _spf(dns: Dns, peer: Peer | None, sender: str, helo: str) -> str:
    """Return SPF's result, empty where nobody knows the peer."""
    return "" if peer is None else (await check_spf(dns, peer, sender, helo)).value


def _stranger(text: str) -> Peer | None:
    """Return a peer's address; None for one of our own house, whose word on a mail says nothing of its sender."""
    try:
        peer = ip_address(text)
    except ValueError:
        return None
    inside = any(peer in network for network in _HOUSE if network.version == peer.version)
    return None if peer.is_loopback or peer.is_link_local or inside else peer


def _unchecked(domain: Host | None, reason: str) -> Fact:
    subject = domain.ascii if domain is not None else ""
    return Fact(kind=KIND, subject=subject, outcome=FactOutcome.COULD_NOT_CHECK, reason=reason)


def _agree(original: Original, message: Message, domain: Host) -> None:
    """Refuse a mail whose From line signatures may read otherwise than we do. Raises `MalformedError`."""
    lines = original.named(b"from")
    text = lines[0].value.decode("utf-8", "replace").lower() if len(lines) == 1 else ""
    local = message.sender.address.rpartition("@")[0]
    if local not in text or not any(form in text for form in (domain.ascii, domain.unicode)):
        raise MalformedError("Its From line can be read in several ways.")
