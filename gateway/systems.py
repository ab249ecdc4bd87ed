"""The ticket systems of one engine: opened, each with what writes to it and what reads its agents' acts.

A part of the composition, as are engine and channels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta

from gateway.attaching import Attacher
from gateway.dispatch import Means
from gateway.errors import ConfigError, TransientError
from gateway.feeding import AnswerFiles, with_files
from gateway.intake import Fetch
from gateway.ports import Clock, Ingress, NormalizerPlugin, Opening, Raw, StreamId
from gateway.reading import Apart
from gateway.settings import Settings
from gateway.settings.model import BackendSettings, backend_target
from gateway.store import SqlStore
from gateway.ticketing import TicketDispatcher

PROBED_AFTER = timedelta(minutes=5)
"""Least time after which a ticket system that nothing was tried with is tried with a new case."""
DESK_STREAM = StreamId("desk")
"""The one stream of a backend's feed."""


@dataclass(frozen=True, slots=True)
class OpenSystem:
    """One open ticket system, and what writes to it. `fetch` is how its feed is read, where it has one."""

    settings: BackendSettings
    dispatcher: TicketDispatcher
    files: AnswerFiles
    fetch: Fetch | None
    ingress: Ingress | None

    @property
    def target(self) -> str:
        """Its name as a source and a target."""
        return self.settings.target

    @property
    def reader(self) -> str:
        """The name of the part that fetches its feed."""
        return _reader(self.settings)

    @property
    def normalizer(self) -> NormalizerPlugin | None:
        """What makes events of its feed, with the files that were kept for them."""
        plugin = self.settings.plugin.normalizer
        return with_files(plugin) if plugin is not None else None


class Systems:
    """All ticket systems of one engine. `wake` is told the part that has news; `apart` takes users' files apart."""

    def __init__(self, store: SqlStore, clock: Clock, apart: Apart, wake: Callable[[str], None]) -> None:
        self._store = store
        self._clock = clock
        self._apart = apart
        self._wake = wake
        self._open: dict[str, OpenSystem] = {}

    def __iter__(self) -> Iterator[OpenSystem]:
        return iter(self._open.values())

    async def open_all(
        self, settings: Settings, stack: AsyncExitStack, means: Callable[[BackendSettings], Means]
    ) -> None:
        """Open them all. Raises `ConfigError`."""
        for each in settings.backends:
            await self._open_one(each, settings.engine.max_file_bytes, stack, means(each))

    async def _open_one(self, each: BackendSettings, most: int, stack: AsyncExitStack, means: Means) -> None:
        reader = _reader(each)
        opening = Opening(
            each.target, each.settings, self._clock, self._store.desk, wake=lambda stream: self._wake(reader)
        )
        try:
            system = await stack.enter_async_context(each.plugin.open(opening))
        except TransientError as error:
            # Only the store's trouble may end an engine to be built anew, and opening must connect to nothing.
            raise ConfigError(f"the backend {each.plugin.name} cannot be opened: {error}") from error
        attach = Attacher(self._store, self._apart, each.head.attachments) if each.plugin.takes_files else None
        writer = TicketDispatcher(self._store, each.target, system.backend, each.plugin.batch, means, attach)
        files = AnswerFiles(self._store, each.target, system.downloader, each.plugin.normalizer, most, self._clock)
        fetch = files.fetching(system.feed) if system.feed is not None else None
        self._open[each.target] = OpenSystem(each, writer, files, fetch, system.ingress)

    async def with_files(self, source: str, raws: Sequence[Raw]) -> Sequence[Raw]:
        """Return what was pushed with the files of its answers kept, where it is a ticket system that pushed."""
        found = self._open.get(source)
        return raws if found is None else await found.files.kept(raws)

    def away(self) -> frozenset[str]:
        """Return the ticket systems that have failed for so long that another stands in for them.

        Where nothing has been tried for as long, a new case goes to the primary again: nobody else would find out that
        it is back.
        """
        found = set()
        for each in self._open.values():
            head = each.settings.head
            primary = self._open.get(backend_target(head.spare_for)) if head.spare_for else None
            if primary is None or primary.dispatcher.failing_since is None or primary.dispatcher.failed_at is None:
                continue
            now, patience = self._clock.now(), timedelta(seconds=head.after_secs)
            fails_still = now - primary.dispatcher.failed_at <= max(patience, PROBED_AFTER)
            if now - primary.dispatcher.failing_since >= patience and fails_still:
                found.add(primary.target)
        return frozenset(found)


def _reader(each: BackendSettings) -> str:
    return f"{each.target}:read"
