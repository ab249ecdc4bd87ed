"""The listener's own certificate: read when the channel is opened, and again when it was renewed."""

from __future__ import annotations

import ssl
from datetime import datetime
from pathlib import Path

import structlog
from cryptography import x509

from connectors.email._listener_settings import LmtpSettings
from gateway.errors import ConfigError

_log = structlog.get_logger()

Print = tuple[tuple[int, int] | None, ...]


class Certificate:
    """A context for TLS with our certificate and key. Raises `ConfigError` when they cannot be used."""

    def __init__(self, certificate: Path, key: Path | None) -> None:
        self._certificate = certificate
        self._key = key
        self._print = self._now()
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        try:
            self._load()
        except (OSError, ValueError) as error:
            raise ConfigError(f"tls_certificate and tls_key cannot be used: {type(error).__name__}") from None

    def refresh(self) -> None:
        """Take the files anew if they have changed; what cannot be used, half written perhaps, is left for later."""
        now = self._now()
        if now == self._print:
            return
        try:
            # A key that does not fit must not spoil the context that is in use.
            ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(self._certificate, self._key, bytes)
            self._load()
        except (OSError, ValueError) as error:
            _log.warning("certificate.refused", error=type(error).__name__)
            return
        self._print = now

    def good_until(self) -> datetime:
        """Return when the certificate ends."""
        return x509.load_pem_x509_certificate(self._certificate.read_bytes()).not_valid_after_utc

    def _load(self) -> None:
        # A key with a passphrase would have it asked for on the terminal.
        self.context.load_cert_chain(self._certificate, self._key, password=bytes)

    def _now(self) -> Print:
        return tuple(_print(path) for path in (self._certificate, self._key) if path is not None)


def open_certificate(settings: LmtpSettings) -> Certificate | None:
    """Return the certificate that the settings name, if any. Raises `ConfigError`."""
    if settings.tls_certificate is None:
        return None
    return Certificate(settings.tls_certificate, settings.tls_key)


def _print(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns
