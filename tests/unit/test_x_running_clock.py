"""X's connector on a clock that runs by itself: what is due by the clock at one look is due at the next, too."""

from __future__ import annotations

from datetime import datetime, timedelta

from typing_extensions import override

from tests.conftest import ManualClock
from tests.unit.x_reading import CONVERSATIONS, MENTIONS, MESSAGES, bench


class RunningClock(ManualClock):
    """Moves by a moment whenever somebody looks at it, as the machine's own does."""

    @override
    def now(self) -> datetime:
        self._now += timedelta(microseconds=1)
        return self._now


async def test_every_stream_asks_at_once_when_nothing_holds_it_back() -> None:
    async with bench(RunningClock()) as desk, desk.reader() as reader:
        ann = desk.server.person("wangfang_t")
        desk.server.post(ann, "@examplex where is my deposit?")
        for stream in (MENTIONS, MESSAGES, CONVERSATIONS):
            await reader.fetch(stream, None)
        assert sum(desk.server.counts.values()) == 3
        assert len(reader.pages[0].items) == 1
