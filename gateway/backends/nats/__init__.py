"""Tickets for those who feed their own desk from NATS JetStream: each write a CloudEvent on a subject of its own.

The server itself refuses a second one there, and tells for certain whether it has the first. What agents do comes back
on another stream. For whoever reads and writes there: docs/backends/nats.md.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from nats import errors as nats_errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from gateway.backends._inbound import STREAM, StreamReader, acts_of
from gateway.backends.nats.backend import NatsBackend
from gateway.backends.nats.checks import NatsSetup
from gateway.backends.nats.feed import NatsFeed
from gateway.backends.nats.files import FileStore
from gateway.backends.nats.line import Line
from gateway.backends.nats.settings import NatsSettings
from gateway.backends.signatures import signing_key
from gateway.errors import RejectedError
from gateway.ports import BackendPlugin, FileRef, Opening, Role, TicketSystem

__all__ = ["PLUGIN", "NatsSettings"]


class NoFiles:
    """Stands where no bucket is set."""

    async def open(self, ref: FileRef) -> AsyncIterator[bytes]:
        """See `Downloader`."""
        raise RejectedError("no bucket is set that files could come from: files_bucket")
        yield b""


@asynccontextmanager
async def open_nats(opening: Opening[NatsSettings]) -> AsyncIterator[TicketSystem]:
    """Open the backend; the line is made when it is first needed."""
    settings, clock = opening.settings, opening.clock

    async def heard(message: Msg) -> None:
        opening.wake(STREAM)

    async def joined(client: Client) -> None:
        # A hint alone: the feed reads the stream, whether anything is heard or not.
        with suppress(nats_errors.Error):
            await client.subscribe(settings.acts_subject, cb=heard)

    line = Line(settings, joined)
    key = signing_key(settings.inbound_secret) if settings.inbound_secret is not None else None
    reader = StreamReader(opening.name, settings.source, key)
    files = FileStore(settings.files_bucket, line, clock) if settings.files_bucket is not None else None
    try:
        yield TicketSystem(
            NatsBackend(settings, line, files, clock),
            feed=NatsFeed(settings, line, reader, clock),
            downloader=files if files is not None else NoFiles(),
            setup=NatsSetup(settings, line),
        )
    finally:
        await line.close()


PLUGIN = BackendPlugin(
    name="nats",
    settings=NatsSettings,
    open=open_nats,
    normalizer=acts_of("nats"),
    roles=frozenset({Role.FEED, Role.DOWNLOADER, Role.SETUP}),
    takes_files=True,
)
