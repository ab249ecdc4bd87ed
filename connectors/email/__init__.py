"""Mail: reads the folders of a mailbox by IMAP and answers by SMTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from connectors.email._connector import EmailConnector
from connectors.email._oauth import open_access
from connectors.email._oauth_login import open_login
from connectors.email._settings import EmailSettings
from connectors.email._smtp import MAX_FILES_BYTES, EmailSender
from connectors.email._tls import tls_context
from gateway.ports import Channel, ConnectorPlugin, Limit, Manners, Opening, Role, Scope

__all__ = ["PLUGIN", "EmailSettings"]

LIMITS = (
    # Below what ordinary submission servers allow one account; and never a flood at one person.
    Limit("send", Scope.CHANNEL, 60, timedelta(minutes=1)),
    Limit("send", Scope.RECIPIENT, 20, timedelta(hours=1)),
)


@asynccontextmanager
async def open_email(opening: Opening[EmailSettings]) -> AsyncIterator[Channel]:
    """Open the channel; connections are made when they are first needed."""
    tls = await tls_context(opening.settings.ca_file)
    access = open_access(opening, tls)
    connector = EmailConnector(opening.name, opening.settings, opening.clock, tls, access, opening.originals)
    sender = EmailSender(opening.settings, opening.clock, tls, files=opening.files, access=access)
    try:
        yield Channel(connector, sender=sender, probe=connector.probed_by(sender))
    finally:
        await connector.close()
        await sender.close()
        if access is not None:
            await access.settled()


PLUGIN = ConnectorPlugin(
    name="email",
    platform="email",
    settings=EmailSettings,
    open=open_email,
    normalizer="email",
    addresses=lambda settings: (settings.address, *settings.aliases),
    receivers=lambda settings: settings.authserv_ids,
    mail_checks=lambda settings: settings.mail_checks,
    roles=frozenset({Role.SENDER}),
    manners=lambda settings: Manners(files_bytes=MAX_FILES_BYTES),
    limits=LIMITS,
    login=open_login,
)
