"""The DNS by dnspython: a stub resolver that asks for DNSSEC's word and says why it has no answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import dns.asyncresolver
import dns.exception
import dns.flags
import dns.nameserver
import dns.rdata
import dns.rdatatype
import dns.rdtypes.txtbase
import dns.resolver

from gateway.errors import ConfigError
from gateway.patrol.ports import Failed, Records

DEADLINE_SECS = 5.0
_UDP_BYTES = 1232
"""No answer of that size is cut into pieces on its way (DNS flag day 2020)."""


class StubResolver:
    """See `gateway.patrol.ports.Dns`; asks the system's servers, or those given as (address, port)."""

    def __init__(self, servers: Sequence[tuple[str, int]] = (), deadline_secs: float = DEADLINE_SECS) -> None:
        """Raise `ConfigError` when the system names no server."""
        try:
            self._resolver = dns.asyncresolver.Resolver(configure=not servers)
        except dns.resolver.NoResolverConfiguration:
            raise ConfigError("this system names no DNS server; name one with --dns") from None
        if servers:
            self._resolver.nameservers = [dns.nameserver.Do53Nameserver(host, port) for host, port in servers]
        self._resolver.use_edns(0, dns.flags.DO, _UDP_BYTES)
        # That we ask for the flag lets a resolver set it (RFC 6840 5.7).
        self._resolver.flags = dns.flags.RD | dns.flags.AD
        self._deadline_secs = deadline_secs

    async def ask(self, name: str, kind: str) -> Records | Failed:
        """See `Dns.ask`."""
        try:
            # Once more around it, should the library not keep its own.
            async with asyncio.timeout(self._deadline_secs + 1):
                answer = await self._resolver.resolve(
                    f"{name}.", kind, raise_on_no_answer=False, lifetime=self._deadline_secs, search=False
                )
        except dns.resolver.NXDOMAIN:
            return Records(exists=False)
        except (dns.resolver.LifetimeTimeout, TimeoutError):
            return Failed(f"the DNS did not answer within {self._deadline_secs:g} seconds")
        except dns.resolver.NoNameservers as error:
            return Failed(f"no DNS server could answer ({_codes(error)})")
        except (dns.exception.DNSException, OSError) as error:
            return Failed(f"the DNS could not be asked ({type(error).__name__})")
        # Their order means nothing, and changes from answer to answer.
        values = tuple(sorted(_text(record) for record in answer.rrset or ()))
        return Records(values, validated=bool(answer.response.flags & dns.flags.AD))


def _codes(error: dns.resolver.NoNameservers) -> str:
    """Return what the servers answered, such as `SERVFAIL`."""
    told = error.kwargs.get("errors", ())
    return ", ".join(dict.fromkeys(str(each[3]) for each in told)) or "no reason given"


def _text(record: dns.rdata.Rdata) -> str:
    if isinstance(record, dns.rdtypes.txtbase.TXTBase):
        return b"".join(record.strings).decode("utf-8", "replace")
    return record.to_text()
