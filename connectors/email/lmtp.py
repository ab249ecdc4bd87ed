"""Mail that is pushed: listens by LMTP or SMTP for the desk's own mail server, and answers by SMTP."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from connectors.email import LIMITS
from connectors.email._listener import EmailListener
from connectors.email._listener_check import check
from connectors.email._listener_mail import STREAM
from connectors.email._listener_settings import LmtpSettings
from connectors.email._listener_tls import Certificate, open_certificate
from connectors.email._smtp import MAX_FILES_BYTES, EmailSender
from connectors.email._tls import tls_context
from gateway.errors import ConfigError
from gateway.ports import Channel, Clock, ConnectorPlugin, Cursor, Manners, Opening, Page, Raw, Report, Role, StreamId

__all__ = ["PLUGIN", "LmtpSettings"]

PAUSE = timedelta(minutes=10)
"""There is nothing to fetch; this is how often that is said."""


class LmtpConnector:
    """The side of the channel that fetches: nothing, since all is pushed."""

    def __init__(
        self, settings: LmtpSettings, clock: Clock, tls: ssl.SSLContext, certificate: Certificate | None
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._tls = tls
        self._certificate = certificate

    async def check(self) -> Report:
        """See `Connector.check`."""
        return await check(self._settings, self._tls, self._certificate, self._clock.now())

    def streams(self) -> Sequence[StreamId]:
        """Return the one stream."""
        return (STREAM,)

    async def fetch(self, stream: StreamId, after: Cursor | None) -> Page[Raw]:
        """Return an empty page."""
        if stream != STREAM:
            raise ConfigError(f"this channel has the stream {STREAM} alone, not {stream}")
        return Page((), None, pause=PAUSE)

    async def confirm(self, stream: StreamId, upto: Cursor) -> None:
        """Nothing is left with a platform."""


@asynccontextmanager
async def open_lmtp(opening: Opening[LmtpSettings]) -> AsyncIterator[Channel]:
    """Open the channel; it listens when it is told to."""
    settings = opening.settings
    tls = await tls_context(settings.ca_file)
    certificate = await asyncio.to_thread(open_certificate, settings)
    sender = EmailSender(settings, opening.clock, tls, files=opening.files)
    try:
        yield Channel(
            LmtpConnector(settings, opening.clock, tls, certificate),
            sender=sender,
            listener=EmailListener(opening.name, settings, opening.clock, certificate, opening.seat),
        )
    finally:
        await sender.close()


PLUGIN = ConnectorPlugin(
    name="lmtp",
    platform="email",
    settings=LmtpSettings,
    open=open_lmtp,
    normalizer="email",
    addresses=lambda settings: (settings.address, *settings.aliases),
    receivers=lambda settings: settings.authserv_ids,
    mail_checks=lambda settings: settings.mail_checks,
    roles=frozenset({Role.SENDER, Role.LISTENER}),
    manners=lambda settings: Manners(files_bytes=MAX_FILES_BYTES),
    limits=LIMITS,
)
