"""What a channel is opened with keeps what it spends and its secrets, wherever it is opened, and wakes its fetches."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from gateway.app import check_live
from gateway.errors import CreditsError
from gateway.ports import Channel, Check, ConnectorPlugin, Cursor, Opening, Page, Raw, Report, Spent, StreamId
from gateway.settings import ChannelSettings, Settings, load
from tests.conftest import ManualClock
from tests.desk import Desk
from tests.unit.test_app import BOUND, engine, parts

MENTIONS = StreamId("mentions")


class Own(BaseModel):
    """A channel's own settings."""

    account: str = "1000"


class Posts:
    """A platform that charges for each fetch, and wants to be left alone for an hour after it."""

    def __init__(self) -> None:
        self.opened: list[Opening[Own]] = []
        self.fetched = 0
        self.blocked = False

    @asynccontextmanager
    async def open(self, opening: Opening[Own]) -> AsyncIterator[Channel]:
        self.opened.append(opening)
        yield Channel(self)

    def streams(self) -> Sequence[StreamId]:
        return (MENTIONS,)

    async def check(self) -> Report:
        (opening,) = self.opened
        assert opening.vault is not None
        await opening.vault.write("token", "made up")
        return Report((Check("token", await opening.vault.read("token") == "made up", ""),))

    async def fetch(self, stream: StreamId, after: Cursor | None) -> Page[Raw]:
        meter = self.opened[-1].meter
        assert meter is not None
        self.fetched += 1
        if self.blocked:
            raise CreditsError("the month's credits are used up")
        await meter.charge("post_read", 1, 5_000)
        return Page((), None, pause=timedelta(hours=1))

    async def confirm(self, stream: StreamId, upto: Cursor) -> None:
        return


@pytest.fixture
def posts() -> Posts:
    return Posts()


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, posts: Posts) -> Settings:
    monkeypatch.setenv("GATEHOUSE_SUPPORT_PASSWORD", "made-up")
    plugin = ConnectorPlugin(
        "posts", "x", Own, posts.open, "email", addresses=lambda own: [], account=lambda own: own.account
    )
    channel = ChannelSettings("posts", plugin, Own())
    return replace(load(Desk(tmp_path).path), channels=(channel,))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(BOUND):
        while not condition():
            await asyncio.sleep(0.005)


async def test_a_running_channel_spends_and_is_woken(settings: Settings, posts: Posts, clock: ManualClock) -> None:
    """What it spends is its account's, and news end the pause that it asked for; an operator's command does not."""
    async with engine(settings, clock) as (built, store):
        await until(lambda: posts.fetched == 1)
        (opening,) = posts.opened
        await until(lambda: parts(built)["posts:mentions"].condition == "running")
        opening.wake(StreamId("another"))
        opening.wake(MENTIONS)
        await until(lambda: posts.fetched == 2)
        await until(lambda: clock.sleeping > 0)
        built.poke()
        for _ in range(50):
            await asyncio.sleep(0)
        assert posts.fetched == 2
        began = clock.now()
        async with asyncio.timeout(BOUND):
            # In steps: the pause may be asked for after the first of them.
            while posts.fetched == 2:
                clock.advance(60)
                await asyncio.sleep(0.005)
        assert clock.now() - began >= timedelta(hours=1)

        async def spent() -> Any:
            return await store.spending.of_day(clock.now().date())

        async with asyncio.timeout(BOUND):
            while await spent() != {"posts:1000": {"post_read": Spent(3, 15_000)}}:
                await asyncio.sleep(0.005)
        posts.blocked = True
        opening.wake(MENTIONS)
        await until(lambda: parts(built)["posts:mentions"].condition == "no_credits")
        asked = posts.fetched
        opening.wake(MENTIONS)
        assert await spent() == {"posts:1000": {"post_read": Spent(3, 15_000)}}
        assert posts.fetched == asked, "news end no wait after a failure"


async def test_a_running_channel_may_keep_an_original_and_a_check_may_not(
    settings: Settings, posts: Posts, clock: ManualClock
) -> None:
    """What too large a raw's body is goes through the store that the raw itself goes to."""

    async def chunks() -> AsyncIterator[bytes]:
        yield b"large"

    async with engine(settings, clock) as (_, store):
        (opening,) = posts.opened
        assert opening.originals is not None
        kept = await opening.originals.keep(chunks())
        assert b"".join([chunk async for chunk in store.files.open(kept)]) == b"large"
    posts.opened.clear()
    await check_live(settings)
    assert posts.opened[0].originals is None


async def test_a_live_check_opens_channels_with_what_they_have_kept(settings: Settings, posts: Posts) -> None:
    found = await check_live(settings)
    report = found["posts"]
    assert isinstance(report, Report)
    assert [(each.name, each.ok) for each in report.checks] == [("token", True)]
    (opening,) = posts.opened
    assert opening.meter is not None
