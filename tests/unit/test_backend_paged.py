"""A feed over a growing list misses nothing and gives nothing out twice, whatever is deleted or committed late."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta

import pytest

from gateway.backends._paged import SIZE, WINDOW, Act, Item, PagedFeed
from gateway.errors import ConfigError
from gateway.ports import Cursor
from tests.conftest import ManualClock


class Listed:
    """A list that a test changes; each look at a page is counted."""

    def __init__(self, ids: Sequence[int] = ()) -> None:
        self.ids = list(ids)
        self.looks = 0

    async def count(self) -> int:
        return len(self.ids)

    async def page(self, number: int) -> Sequence[Item]:
        self.looks += 1
        return [Item(each, {}) for each in self.ids[(number - 1) * SIZE : number * SIZE]]

    async def acts(self, items: Sequence[Item]) -> Sequence[Act]:
        return [Act("t", f"act:{item.id}", {"id": item.id}) for item in items]


class Reader:
    """Reads a feed as the engine does, and remembers what it got."""

    def __init__(self, list_: Listed) -> None:
        self.feed = PagedFeed("desk", list_, ManualClock(), timedelta(seconds=10))
        self.cursor: Cursor | None = None
        self.got: list[int] = []

    async def begin(self) -> None:
        page = await self.feed.fetch(None)
        assert not page.items
        self.cursor = page.cursor

    async def read(self) -> None:
        for _ in range(100):
            page = await self.feed.fetch(self.cursor)
            self.got += [int(raw.key.partition(":")[2]) for raw in page.items]
            self.cursor = page.cursor or self.cursor
            if not page.more:
                return
        raise AssertionError("a feed without an end")


@pytest.mark.parametrize("before", [0, 1, 99, 100, 101, 199, 200, 201, 350])
@pytest.mark.parametrize("new", [0, 1, 64, 99, 100, 101, 250])
async def test_what_was_there_is_no_news_and_what_comes_is_given_out_once_in_order(before: int, new: int) -> None:
    list_ = Listed(range(1, before + 1))
    reader = Reader(list_)
    await reader.begin()
    list_.ids += range(before + 1, before + new + 1)
    await reader.read()
    await reader.read()
    assert reader.got == list(range(before + 1, before + new + 1))


async def test_what_is_committed_late_under_an_earlier_id_is_given_out() -> None:
    list_ = Listed(range(1, 251))
    reader = Reader(list_)
    await reader.begin()
    list_.ids += [252, 253]
    await reader.read()
    list_.ids.insert(250, 251)
    await reader.read()
    assert reader.got == [252, 253, 251]


@pytest.mark.parametrize("deleted", [1, 50, 100, 150, 349])
async def test_news_that_moves_up_because_earlier_items_were_deleted_is_found(deleted: int) -> None:
    list_ = Listed(range(1, 351))
    reader = Reader(list_)
    await reader.begin()
    del list_.ids[:deleted]
    list_.ids += range(351, 361)
    await reader.read()
    assert reader.got == list(range(351, 361))


async def test_any_mix_of_growth_and_deletion_loses_and_doubles_nothing() -> None:
    chance = random.Random(7)
    for _ in range(60):
        list_ = Listed(range(1, chance.randrange(400)))
        reader = Reader(list_)
        await reader.begin()
        first = next_ = max(list_.ids, default=0) + 1
        for _ in range(8):
            added = chance.choice([0, 1, 30, 150])
            list_.ids += range(next_, next_ + added)
            next_ += added
            await reader.read()
            for _ in range(chance.choice([0, 1, 40])):
                if list_.ids:
                    del list_.ids[chance.randrange(len(list_.ids))]
        assert reader.got == list(range(first, next_))


async def test_an_idle_feed_costs_two_looks_and_moves_no_cursor() -> None:
    list_ = Listed(range(1, 5001))
    reader = Reader(list_)
    await reader.begin()
    list_.looks = 0
    page = await reader.feed.fetch(reader.cursor)
    assert (page.items, page.cursor, page.more, page.pause) == ((), None, False, timedelta(seconds=10))
    assert list_.looks == 2
    assert reader.cursor is not None
    assert len(reader.cursor) < WINDOW * 10


async def test_a_cursor_of_another_kind_is_named_as_such() -> None:
    with pytest.raises(ConfigError, match="kept place"):
        await PagedFeed("desk", Listed(), ManualClock(), timedelta(seconds=1)).fetch(Cursor("17"))
