"""Keeps this engine's place among the nodes of a shared store: its share of the sources, and news of the others."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

import structlog

from gateway.nodes import Nodes
from gateway.ports import Clock

log = structlog.get_logger()

OWN_SECS = 1.0
"""How often a node asks for its share: so long at most are a lost node's sources nobody's, once it is found out."""
NEWS_SECS = 1.0
"""How long news are waited for at once; an engine that ends waits no longer for it."""


class Place:
    """This engine's place: two parts for the supervisor, `step` with `due`, and `listen`.

    `sources` are those that this node could fetch; `owned` is told which of them it is to fetch, `news` that there are
    new raws, `moved` that sources went from one node to another. Raises what the store raises, `NotOwnerError` among it
    once the place is lost; then whoever runs the engine takes a new one.
    """

    def __init__(
        self,
        nodes: Nodes,
        sources: Callable[[], Collection[str]],
        owned: Callable[[Collection[str]], None],
        news: Callable[[], None],
        moved: Callable[[], None],
        clock: Clock,
    ) -> None:
        self._nodes = nodes
        self._sources = sources
        self._owned = owned
        self._news = news
        self._moved = moved
        self._clock = clock
        self._mine: frozenset[str] = frozenset()

    def owns(self, source: str) -> bool:
        """Whether this node is the one for a source, as far as it knows."""
        return source in self._mine and self._nodes.still_ours()

    async def step(self) -> int:
        """Ask for this node's share once."""
        mine = await self._nodes.own(self._sources())
        if mine != self._mine:
            log.info("node.shared", sources=sorted(mine))
            self._mine = mine
            # Shares move when a node is gone, and then all that it had under way is anybody's.
            self._moved()
        # Told each time: a part that was refused as another node's rests until it is owned again.
        self._owned(mine)
        return 0

    async def due(self) -> datetime:
        """Return when to ask again."""
        return self._clock.now() + timedelta(seconds=OWN_SECS)

    async def listen(self) -> int:
        """Wait for news once and pass them on."""
        began = self._clock.now()
        await self._nodes.wait_news(NEWS_SECS)
        if self._clock.now() - began < timedelta(seconds=NEWS_SECS):
            self._news()
        return 1
