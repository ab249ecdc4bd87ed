"""The DNS by dnspython, for the checks of mails; asks without blocking, and only so many questions at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import dns.asyncresolver
import dns.exception
import dns.message
import dns.name
import dns.nameserver
import dns.rdata
import dns.rdatatype
import dns.rdtypes.mxbase
import dns.rdtypes.nsbase
import dns.rdtypes.txtbase
import dns.resolver

from gateway.enrich.mail.lookup import Answer, NotAskedError, UnansweredError
from gateway.errors import ConfigError

DEADLINE_SECS = 2.0
MOST_AT_ONCE = 250
"""A mail has 23 questions open at most: 8 signatures, 13 keys of a chain, SPF and DMARC."""
TURN_SECS = 4.0
"""A question waits so long for its turn; no check of a mail waits longer."""
_UDP_BYTES = 1232
"""No answer of that size is cut into pieces on its way (DNS flag day 2020)."""
_ABSENT_TTL = 300.0


class MailResolver:
    """See `Dns`; asks the system's servers, or those given as (address, port)."""

    def __init__(self, servers: Sequence[tuple[str, int]] = (), deadline_secs: float = DEADLINE_SECS) -> None:
        """Raise `ConfigError` when the system names no server."""
        try:
            self._resolver = dns.asyncresolver.Resolver(configure=not servers)
        except dns.resolver.NoResolverConfiguration:
            raise ConfigError("this system names no DNS server; name one with dns_servers") from None
        if servers:
            self._resolver.nameservers = [dns.nameserver.Do53Nameserver(host, port) for host, port in servers]
        self._resolver.use_edns(0, 0, _UDP_BYTES)
        self._resolver.cache = None
        self._deadline_secs = deadline_secs
        self._turn = asyncio.Semaphore(MOST_AT_ONCE)

    async def ask(self, name: str, kind: str) -> Answer:
        """See `Dns.ask`; a name that the DNS cannot hold does not exist."""
        try:
            asked = dns.name.Name([*(label.encode("ascii") for label in name.split(".")), b""])
        except (dns.exception.DNSException, UnicodeError):
            return Answer(exists=False)
        await self._take_turn()
        try:
            # Once more around it, should the library not keep its own.
            async with asyncio.timeout(self._deadline_secs + 0.5):
                found = await self._resolver.resolve(
                    asked, kind, raise_on_no_answer=False, lifetime=self._deadline_secs, search=False
                )
        except dns.resolver.NXDOMAIN:
            return Answer(exists=False, ttl=_ABSENT_TTL)
        except (dns.exception.DNSException, OSError, TimeoutError):
            raise UnansweredError from None
        finally:
            self._turn.release()
        if found.rrset is None:
            return Answer(ttl=_ABSENT_TTL)
        return Answer(tuple(_text(record) for record in found.rrset), ttl=float(found.rrset.ttl))

    async def _take_turn(self) -> None:
        """Wait for a turn, which is no silence of the DNS. Raises `NotAskedError`."""
        try:
            async with asyncio.timeout(TURN_SECS):
                await self._turn.acquire()
        except TimeoutError:
            raise NotAskedError from None


def _text(record: dns.rdata.Rdata) -> str:
    match record:
        case dns.rdtypes.txtbase.TXTBase():
            return b"".join(record.strings).decode("latin-1")
        case dns.rdtypes.mxbase.MXBase():
            return _name(record.exchange)
        case dns.rdtypes.nsbase.NSBase():
            return _name(record.target)
    return record.to_text()


def _name(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()
