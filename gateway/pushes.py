"""Puts what is pushed into the journal; what comes while a commit is under way goes together into the next one.

A push that cannot be stored fails alone: its neighbours are then put one by one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from time import perf_counter

import structlog

from gateway.errors import GatewayError, TransientError
from gateway.journal import Store
from gateway.metrics import Metrics
from gateway.ports import Raw

log = structlog.get_logger()

MOST = 200
"""Pushes in one commit."""
_TAKEN, _NOT_NOW = 200, 503
"""What a listener takes or puts off is counted by the statuses that HTTP has for it."""


@dataclass(frozen=True, slots=True, eq=False)
class _Push:
    """One request's raws, and what tells it that they are committed."""

    source: str
    raws: tuple[Raw, ...]
    done: asyncio.Future[None]

    def tell(self, error: Exception | None = None) -> None:
        """Tell the request, unless it went away."""
        if self.done.done():
            return
        if error is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(error)


class Pushes:
    """The one way from the ingress into the journal. `arrived` rings when something new is there."""

    def __init__(self, store: Store, metrics: Metrics, arrived: Callable[[], None]) -> None:
        self._store = store
        self._metrics = metrics
        self._arrived = arrived
        self._waiting: list[_Push] = []
        self._working: asyncio.Task[None] | None = None

    async def put(self, source: str, raws: Sequence[Raw]) -> None:
        """Return once these raws are committed. Raises what the store raised over them.

        Whoever gives up waiting does not undo it: what is committed then is absorbed when it comes again.
        """
        push = _Push(source, tuple(raws), asyncio.get_running_loop().create_future())
        self._waiting.append(push)
        if self._working is None:
            self._working = asyncio.create_task(self._work(), name="pushes")
        await push.done

    async def _work(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                for source in dict.fromkeys(push.source for push in batch):
                    await self._commit(source, [push for push in batch if push.source == source])
        finally:
            self._working = None

    async def _commit(self, source: str, pushes: Sequence[_Push]) -> None:
        try:
            await self._put(source, [raw for push in pushes for raw in push.raws])
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the requests' to hear
            if len(pushes) == 1:
                pushes[0].tell(error)
                return
            for push in pushes:
                await self._commit(source, [push])
        else:
            for push in pushes:
                push.tell()

    async def _put(self, source: str, raws: Sequence[Raw]) -> None:
        """Put each stream's raws; a stream's cursor stays where its poll left it."""
        for stream in dict.fromkeys(raw.stream for raw in raws):
            done = await self._store.put_page(source, stream, [raw for raw in raws if raw.stream == stream], None)
            self._metrics.page_stored(source, done.stored, done.known)
            if done.stored:
                self._arrived()


class PutOffError(TransientError):
    """What was pushed cannot be kept now."""


class Reception:
    """What a listener hands its raws to; see `gateway.ports.Take`.

    `lack` says why nothing can be taken now, if so; `took` is told after each commit.
    """

    def __init__(
        self,
        source: str,
        put: Callable[[str, Sequence[Raw]], Awaitable[None]],
        lack: Callable[[], str | None],
        metrics: Metrics,
        took: Callable[[], None] = lambda: None,
    ) -> None:
        self._source = source
        self._put = put
        self._lack = lack
        self._metrics = metrics
        self._took = took

    async def take(self, raws: Sequence[Raw]) -> None:
        """Return once these raws are committed; raise `TransientError` when they cannot be."""
        began, status = perf_counter(), _NOT_NOW
        try:
            await self._kept(raws)
            status = _TAKEN
        except GatewayError as error:
            log.warning("push.postponed", channel=self._source, error=type(error).__name__, reason=str(error))
            raise
        finally:
            self._metrics.push_answered(self._source, status, perf_counter() - began)
        log.info("push.stored", channel=self._source, raws=len(raws))
        self._took()

    async def _kept(self, raws: Sequence[Raw]) -> None:
        # To say "taken" of what goes elsewhere would lose it.
        if any(raw.source != self._source for raw in raws):
            raise LookupError("a listener gave raws of another source")
        if (why := self._lack()) is not None:
            raise PutOffError(f"nothing is taken in: {why}")
        await self._put(self._source, raws)
