"""Plays a transcript on a running desk, turn by turn; each channel says and hears in its own manner.

How a transcript is written: tests/transcripts.py. Between turns everything is worked off, and nothing may be said that
is not written.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

from tests.integration.moved_desk import Json, MovedDesk
from tests.transcripts import AGENT_NAMES, BOT_NAMES, BREAK_SECS, CASE, Block, masked

SOLVED = "solved"
"""What happens in a break: the agent solves the case, and time passes until the user is asked how our help was."""
ASKED_AFTER_SECS = 3_600


class Player(ABC):
    """One transcript on one desk."""

    def __init__(self, desk: MovedDesk) -> None:
        self.played_on = desk
        self.numbers: list[str] = []
        self.turns: list[Json] = []
        """The case as it was after each turn, once there is one."""

    async def run(self, blocks: Iterator[Block]) -> Iterator[tuple[str, str]]:
        """Play all; returns what was to be said and what was said instead, block by block."""
        pairs = []
        for block in blocks:
            if block.who in BOT_NAMES:
                pairs.append((block.text, await self._hears(block)))
                continue
            await self._turns()
            if block.who in AGENT_NAMES:
                await self.played_on.answers(self._case(), block.text)
                pairs.append((block.text, self.unframed(await self._hears(block))))
            elif block.who:
                await self.says(block)
            else:
                await self._breaks(block.how)
        await self._turns()
        return iter(pairs)

    @abstractmethod
    async def says(self, block: Block) -> None:
        """Let the user say something."""

    @abstractmethod
    async def hears(self, how: str) -> str:
        """Wait for what the desk says next in that way, and return it whole."""

    @abstractmethod
    async def ends(self) -> None:
        """Let all be worked off, and see that no more is said than is written."""

    def unframed(self, text: str) -> str:
        """Return what an agent wrote out of what the user got, if the frame that it was put into is right."""
        return text

    async def _hears(self, block: Block) -> str:
        text = await self.hears(block.how)
        self.numbers += CASE.findall(text)
        return masked(text)

    async def _turns(self) -> None:
        await self.ends()
        self.turns += self.played_on.cases()[-1:]

    async def _breaks(self, how: str) -> None:
        desk = self.played_on
        if how == SOLVED:
            store = await desk._opened()
            assert await store.agent_act(self._case(), SOLVED, "", "agent", desk.clock.now()) is not None
            await desk.until(lambda: desk.cases()[-1]["state"] == SOLVED)
        await desk.passes(ASKED_AFTER_SECS if how == SOLVED else BREAK_SECS, step=60)

    def _case(self) -> str:
        return str(self.played_on.cases()[-1]["id"])
