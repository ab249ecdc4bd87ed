"""The channels of a running engine: opened, wired to the supervisor, and changed one by one while the others run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import structlog

from gateway.errors import GatewayError
from gateway.guard import closed
from gateway.health import Health
from gateway.keeping import Keeper
from gateway.limits import Gate
from gateway.patrol.asking import Closed
from gateway.patrol.ports import Looker, Lookers
from gateway.ports import (
    Channel,
    Files,
    Ingress,
    MailChecks,
    Manners,
    NormalizerPlugin,
    Opening,
    Originals,
    Resolver,
    Role,
    Sender,
    StreamId,
)
from gateway.registry import normalizer
from gateway.settings import ChannelSettings

log = structlog.get_logger()

NO_RESOLVER = "the channel is not open, or cannot look accounts up as it is configured"
CLOSE_SECS = 3.0
"""How long all channels together may take to be closed when an engine ends."""


@dataclass(frozen=True, slots=True)
class OpenChannel:
    """A channel that could be opened, and what closes it."""

    settings: ChannelSettings
    channel: Channel
    streams: tuple[StreamId, ...]
    addresses: frozenset[str]
    """Our own on the platform, in lower case."""
    account: str
    """What names the account on the platform; channels of one account share its limits."""
    manners: Manners
    stack: AsyncExitStack

    @property
    def name(self) -> str:
        """The operator's name for it."""
        return self.settings.name


@dataclass(slots=True)
class Roles:
    """What the engine's parts look up by a channel's name; always of the channels as they are now."""

    normalizers: dict[str, NormalizerPlugin] = field(default_factory=dict)
    receivers: dict[str, Sequence[str]] = field(default_factory=dict)
    mail_checks: dict[str, MailChecks] = field(default_factory=dict)
    senders: dict[str, Sender] = field(default_factory=dict)
    doors: dict[str, tuple[str, Ingress]] = field(default_factory=dict)
    resolvers: dict[str, Resolver] = field(default_factory=dict)


def part_of(channel: str, stream: StreamId) -> str:
    """Return the name of the part that fetches a stream."""
    return f"{channel}:{stream}"


class Channels:
    """All channels of one engine. `wire` gives a channel that was opened its parts; `files` is what senders read.

    `originals` takes in what is too large for memory.

    `wake` is told the part of which a channel says that there is news.
    """

    def __init__(
        self,
        keeper: Keeper,
        health: Health,
        wire: Callable[[OpenChannel], None],
        files: Files,
        originals: Originals,
        wake: Callable[[str], None],
    ) -> None:
        self._keeper = keeper
        self._files = files
        self._originals = originals
        self._health = health
        self._wire = wire
        self._wake = wake
        self._open: dict[str, OpenChannel] = {}
        self._settings: dict[str, ChannelSettings] = {}
        self.roles = Roles()

    def __iter__(self) -> Iterator[OpenChannel]:
        return iter(self._open.values())

    def get(self, name: str) -> OpenChannel | None:
        """Return an open channel."""
        return self._open.get(name)

    def changes(self, wanted: Sequence[ChannelSettings]) -> tuple[list[str], list[ChannelSettings]]:
        """Return the channels that must end and those that must start, so that all are as wanted."""
        after = {each.name: each for each in wanted}
        ended = [name for name, each in self._settings.items() if after.get(name) != each]
        # One that could not be opened is tried again: what it lacked may be there now.
        started = [each for each in wanted if self._settings.get(each.name) != each or each.name not in self._open]
        return ended, started

    async def open(self, each: ChannelSettings) -> None:
        """Open a channel and start it; one that cannot be opened stops only itself, and is shown."""
        self._settings[each.name] = each
        # A channel that cannot be opened still has raws in the journal that can be read.
        self.roles.normalizers[each.name] = normalizer(each.plugin.normalizer)
        stack = AsyncExitStack()
        try:
            opening = self._opening(each)
            channel = await stack.enter_async_context(each.plugin.open(opening))
            plugin, own = each.plugin, each.settings
            addresses = frozenset(address.lower() for address in plugin.addresses(own))
            streams = tuple(channel.connector.streams())
            account, manners = plugin.account(own), plugin.manners(own)
            found = OpenChannel(each, channel, streams, addresses, account, manners, stack)
            receivers, mail_checks = plugin.receivers(own), plugin.mail_checks(own)
        except Exception as error:  # noqa: BLE001 - one bad channel never stops another
            self._health.ill(each.name, error, None)
            reason = str(error) if isinstance(error, GatewayError) else type(error).__name__
            log.error("channel.refused", channel=each.name, reason=reason)
            await closed(stack, each.name)
            return
        self._open[each.name] = found
        self._health.forget(each.name)
        self.roles.receivers[each.name] = receivers
        if mail_checks is not None:
            self.roles.mail_checks[each.name] = mail_checks
        if channel.sender is not None:
            self.roles.senders[each.name] = channel.sender
        if channel.ingress is not None:
            self.roles.doors[each.name] = (each.name, channel.ingress)
        if channel.resolver is not None:
            self.roles.resolvers[each.name] = channel.resolver
        self._wire(found)

    def lookers(self, gate_of: Callable[[str], Gate | None]) -> Lookers:
        """Return who looks accounts up now, by platform; a channel that could not be opened says so when asked."""
        found: dict[str, tuple[Looker, ...]] = {}
        for each in self._settings.values():
            if Role.RESOLVER in each.plugin.roles:
                resolver, platform = self.roles.resolvers.get(each.name, Closed(NO_RESOLVER)), each.plugin.platform
                found[platform] = (*found.get(platform, ()), Looker(resolver, gate_of(each.name)))
        return found

    def opener(self, each: ChannelSettings) -> Callable[[], AbstractAsyncContextManager[Channel]]:
        """Return what opens a second connection to a channel."""
        return lambda: each.plugin.open(self._keeper.opening(each.name, each.plugin, each.settings))

    def _opening(self, each: ChannelSettings) -> Opening[Any]:
        def wake(stream: StreamId) -> None:
            self._wake(part_of(each.name, stream))

        return self._keeper.opening(each.name, each.plugin, each.settings, self._files, wake, self._originals)

    async def close(self, name: str) -> None:
        """Let go of a channel whose parts have ended; its raws can still be read, since it may come back at once."""
        self._settings.pop(name, None)
        self._health.forget(name)
        roles = self.roles
        roles.receivers.pop(name, None)
        roles.mail_checks.pop(name, None)
        roles.senders.pop(name, None)
        roles.doors.pop(name, None)
        roles.resolvers.pop(name, None)
        if (found := self._open.pop(name, None)) is not None:
            await closed(found.stack, name)

    def forget(self, names: Collection[str]) -> None:
        """Channels are no more: what they left in the journal waits until they are named again."""
        for name in names:
            self.roles.normalizers.pop(name, None)

    async def close_all(self) -> None:
        """Let go of every channel, all at once and within a bound: lines may be dead."""
        closing = [asyncio.ensure_future(self.close(name)) for name in list(self._settings)]
        if closing:
            _, late = await asyncio.wait(closing, timeout=CLOSE_SECS)
            for task in late:
                task.cancel()
            await asyncio.gather(*closing, return_exceptions=True)
