"""TLS for both servers, and what a failed connection means to the operator."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

from gateway.errors import ConfigError, GatewayError, TransientError

_NOT_TLS = frozenset({"WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "UNSUPPORTED_PROTOCOL", "HTTP_REQUEST"})


async def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """Return a context that checks certificate and host name, also against a private authority."""
    # Reading the system's certificates takes long enough to be felt by the event loop.
    return await asyncio.to_thread(_context, ca_file)


def _context(ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ValueError) as error:
            raise ConfigError(f"ca_file {ca_file} cannot be read as PEM certificates: {type(error).__name__}") from None
    return context


def connect_error(kind: str, host: str, error: BaseException) -> GatewayError:
    """Say what an error of a connection, at whatever depth, means; its own text stays out."""
    causes = [error]
    while (deeper := causes[-1].__cause__) is not None:
        causes.append(deeper)
    for cause in causes:
        if isinstance(cause, GatewayError):
            return cause
        if isinstance(cause, ssl.SSLError):
            return _tls_error(kind, host, cause)
    return TransientError(f"the {kind} server {host} could not be used: {type(causes[-1]).__name__}")


def _tls_error(kind: str, host: str, error: ssl.SSLError) -> GatewayError:
    if isinstance(error, ssl.SSLCertVerificationError):
        return ConfigError(
            f"the certificate of the {kind} server {host} is not trusted ({error.verify_message}); "
            "correct the host name, or name its authority in ca_file"
        )
    if error.reason in _NOT_TLS:
        return ConfigError(f"the {kind} server {host} does not speak TLS on this port; correct port or security")
    return TransientError(f"TLS with the {kind} server {host} failed: {error.reason or type(error).__name__}")
