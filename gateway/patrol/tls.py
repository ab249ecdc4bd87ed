"""The certificates of web servers, looked at by a handshake; nothing is sent to them, and nothing read."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from contextlib import suppress

from cryptography import x509
from cryptography.x509.oid import NameOID

from gateway.patrol.ports import Certificate, Failed

DEADLINE_SECS = 10.0
PORT = 443
_MOST_ADDRESSES = 2
_TOLD_ELSEWHERE = frozenset({10, 62})
"""OpenSSL's words for a certificate that has ended, and for one of another host: both are facts of their own."""


class Handshakes:
    """See `gateway.patrol.ports.Certificates`; chains are judged by `context`, the system's own if none is given."""

    def __init__(
        self, context: ssl.SSLContext | None = None, port: int = PORT, deadline_secs: float = DEADLINE_SECS
    ) -> None:
        self._context = context or ssl.create_default_context()
        self._port = port
        self._deadline_secs = deadline_secs

    async def look(self, host: str, addresses: Sequence[str]) -> Certificate | Failed:
        """See `Certificates.look`."""
        found: Certificate | Failed = Failed("the name has no address")
        for address in addresses[:_MOST_ADDRESSES]:
            try:
                async with asyncio.timeout(self._deadline_secs):
                    return await self._look(host, address)
            except TimeoutError:
                found = Failed(f"the web server did not answer within {self._deadline_secs:g} seconds")
            except (OSError, ValueError, EOFError) as error:
                found = Failed(f"the web server could not be reached ({type(error).__name__})")
        return found

    async def _look(self, host: str, address: str) -> Certificate:
        doubt = ""
        try:
            shown = await self._shake(host, address, self._context)
        except ssl.SSLCertVerificationError as error:
            doubt = "" if error.verify_code in _TOLD_ELSEWHERE else error.verify_message
            shown = await self._shake(host, address, _unjudging())
        return read_certificate(shown, host, doubt)

    async def _shake(self, host: str, address: str, context: ssl.SSLContext) -> bytes:
        _, writer = await asyncio.open_connection(address, self._port, ssl=context, server_hostname=host)
        try:
            shown: bytes | None = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
        if not shown:
            raise ValueError("no certificate")
        return shown


def _unjudging() -> ssl.SSLContext:
    """Return what takes any certificate: it is only looked at, and nothing is sent over the line."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def read_certificate(der: bytes, host: str, doubt: str = "") -> Certificate:
    """Read a certificate; raises `ValueError` for what is none."""
    found = x509.load_der_x509_certificate(der)
    try:
        listed = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = tuple(name.lower() for name in listed.get_values_for_type(x509.DNSName))
    except x509.ExtensionNotFound:
        # A common name counts no more (RFC 9525 2).
        names = ()
    matches = any(fits(name, host) for name in names)
    return Certificate(found.not_valid_after_utc, names, _issuer(found.issuer), matches, doubt)


def fits(name: str, host: str) -> bool:
    """Whether a name in a certificate is a host's: the same, or with a star for its first label (RFC 9525 6.3)."""
    first, _, rest = host.partition(".")
    return name == host or bool(first and rest and name == f"*.{rest}")


def _issuer(name: x509.Name) -> str:
    for oid in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME):
        if found := name.get_attributes_for_oid(oid):
            return str(found[0].value)
    return ""
