"""The incoming side of a mail channel: the folders of one mailbox, each a stream on a connection of its own."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence

from connectors.email._check import check
from connectors.email._door import Door
from connectors.email._folder import Folder
from connectors.email._probe import MailProbe
from connectors.email._sasl import Access
from connectors.email._settings import EmailSettings
from gateway.errors import ConfigError
from gateway.ports import Clock, Cursor, Originals, Page, Raw, Report, Sender, StreamId


class EmailConnector:
    """The folders of one mailbox; what happens to one of them holds no other up."""

    def __init__(
        self,
        name: str,
        settings: EmailSettings,
        clock: Clock,
        tls: ssl.SSLContext,
        access: Access | None = None,
        originals: Originals | None = None,
    ) -> None:
        self._name = name
        self._settings = settings
        self._clock = clock
        self._tls = tls
        self._access = access
        self._door = Door(settings, tls, clock, access)
        streams = map(StreamId, settings.folders)
        self._folders = {stream: Folder(name, stream, settings, clock, self._door, originals) for stream in streams}

    async def check(self) -> Report:
        """See `Connector.check`; each server is asked once on a connection of its own."""
        return await check(self._settings, self._tls, self._door, self._access)

    def probed_by(self, sender: Sender) -> MailProbe:
        """Return what tries this mailbox, with that sender."""
        return MailProbe(self._name, self._settings, sender, self._clock, self._door)

    def streams(self) -> Sequence[StreamId]:
        """Return the folders."""
        return tuple(self._folders)

    async def fetch(self, stream: StreamId, after: Cursor | None) -> Page[Raw]:
        """See `Connector.fetch`; waits up to `idle_secs` for news."""
        return await self._folder(stream).fetch(after)

    async def confirm(self, stream: StreamId, upto: Cursor) -> None:
        """See `Connector.confirm`."""
        await self._folder(stream).confirm(upto)

    async def close(self) -> None:
        """Log out on every connection."""
        await asyncio.gather(*(folder.close() for folder in self._folders.values()))

    def _folder(self, stream: StreamId) -> Folder:
        found = self._folders.get(stream)
        if found is None:
            raise ConfigError(f"this channel reads the folders {', '.join(self._folders)}, not {stream}")
        return found
