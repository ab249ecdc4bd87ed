"""The incoming side of a Telegram channel: one stream of updates, polled, or pushed while the webhook is watched."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.telegram._bot import Bots
from connectors.telegram._calls import Caller, begin
from connectors.telegram._check import check
from connectors.telegram._hook import Hook
from connectors.telegram._polling import Poller
from connectors.telegram._settings import TelegramSettings
from connectors.telegram._updates import STREAM, Maker
from gateway.errors import ConfigError
from gateway.ports import Clock, Cursor, Page, Raw, Report, StreamId


class TelegramConnector:
    """One bot."""

    def __init__(self, name: str, settings: TelegramSettings, clock: Clock, bots: Bots) -> None:
        self._name = name
        self._settings = settings
        self._bots = bots
        self._maker: Maker | None = None
        self._caller = Caller(bots)
        self._poller = Poller(settings, clock, self._caller)
        self._hook = Hook(settings, clock, self._caller)

    async def check(self) -> Report:
        """See `Connector.check`; asks for no updates, which would end another's poll."""
        return await check(self._settings, self._bots)

    def streams(self) -> Sequence[StreamId]:
        """Return the one stream."""
        return (STREAM,)

    async def fetch(self, stream: StreamId, after: Cursor | None) -> Page[Raw]:
        """See `Connector.fetch`; waits up to `poll_secs` for news. In webhook mode each page is empty."""
        _know(stream)
        if self._maker is None:
            username = await begin(self._caller, self._settings)
            self._maker = Maker(self._name, self._settings.bot_id, username, self._settings.max_file_bytes)
        if self._settings.mode == "webhook":
            await self._hook.look()
            return Page((), None)
        return await self._poller.page(self._maker, after)

    async def confirm(self, stream: StreamId, upto: Cursor) -> None:
        """See `Connector.confirm`; it reaches the platform with the next fetch."""
        _know(stream)
        self._poller.confirm(upto)


def _know(stream: StreamId) -> None:
    if stream != STREAM:
        raise ConfigError(f"a bot has the stream {STREAM} alone, not {stream}")
