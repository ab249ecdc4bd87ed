"""A node's place: it tells what it owns, passes on news, and leads only while it surely is a member."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pytest

from gateway.membership import NEWS_SECS, OWN_SECS, Place
from gateway.nodes import Membership, NodeView, NotOwnerError
from tests.conftest import ManualClock


class ScriptedNodes:
    """Nodes whose shares are scripted."""

    def __init__(self, clock: ManualClock, *shares: Collection[str]) -> None:
        self.clock = clock
        self.shares = list(shares)
        self.asked: list[frozenset[str]] = []
        self.sure = True
        self.news_after = 0.0

    async def join(self, name: str) -> Membership:
        raise AssertionError

    async def own(self, sources: Collection[str]) -> frozenset[str]:
        self.asked.append(frozenset(sources))
        if not self.shares:
            raise NotOwnerError("lost")
        return frozenset(self.shares.pop(0))

    def still_ours(self) -> bool:
        return self.sure

    async def leave(self) -> None:
        raise AssertionError

    async def members(self) -> Sequence[NodeView]:
        raise AssertionError

    async def wait_news(self, timeout_secs: float) -> None:
        self.clock.advance(min(self.news_after, timeout_secs))


async def test_each_share_is_told_and_the_next_is_asked_for_soon(clock: ManualClock) -> None:
    nodes, told, moved = ScriptedNodes(clock, ["a"], ["a"], ["b"]), [], []
    place = Place(nodes, lambda: ["a", "b"], lambda mine: told.append(set(mine)), int, lambda: moved.append(1), clock)
    for _ in range(3):
        assert await place.step() == 0
    assert told == [{"a"}, {"a"}, {"b"}], "also an unchanged one: a part that was refused begins again with it"
    assert moved == [1, 1], "what a lost node had under way is looked for at once"
    assert nodes.asked == [{"a", "b"}] * 3
    assert (await place.due() - clock.now()).total_seconds() == OWN_SECS
    with pytest.raises(NotOwnerError):
        await place.step()


async def test_it_leads_only_while_it_surely_is_a_member(clock: ManualClock) -> None:
    nodes = ScriptedNodes(clock, ["engine"])
    place = Place(nodes, lambda: ["engine"], lambda mine: None, int, int, clock)
    assert not place.owns("engine")
    await place.step()
    assert place.owns("engine")
    assert not place.owns("support")
    nodes.sure = False
    assert not place.owns("engine")


async def test_news_are_passed_on_and_a_wait_without_any_is_not(clock: ManualClock) -> None:
    nodes, rung = ScriptedNodes(clock), []
    place = Place(nodes, list, lambda mine: None, lambda: rung.append(1), int, clock)
    nodes.news_after = NEWS_SECS
    assert await place.listen() == 1
    assert rung == []
    nodes.news_after = 0.3
    assert await place.listen() == 1
    assert rung == [1]
