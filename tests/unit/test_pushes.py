"""Pushes that come together are committed together, and one that cannot be stored fails alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from typing_extensions import override

from gateway.errors import TransientError
from gateway.journal import Put
from gateway.metrics import Metrics
from gateway.ports import Cursor, Key, Raw, StreamId
from gateway.pushes import Pushes, Reception
from gateway.store import SqlStore
from tests.contract.store_suite import START


class Gate:
    """The store's put, held back and counted; refuses raws of one lane."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self.commits: list[int] = []
        self.open = asyncio.Event()
        self.open.set()

    async def put_page(self, source: str, stream: StreamId, raws: Sequence[Raw], cursor: Cursor | None) -> Put:
        await self.open.wait()
        if any(raw.lane == "bad" for raw in raws):
            raise TransientError("this one cannot be stored")
        self.commits.append(len(raws))
        return await self._store.put_page(source, stream, raws, cursor)


def raw(key: str, lane: str = "lane", stream: str = "push", source: str = "support") -> Raw:
    return Raw(source, StreamId(stream), Key(key), lane, b"x", "text/plain", START, 1)


async def held(store: SqlStore) -> int:
    return sum(each.count for each in await store.backlog())


def made(gate: Gate, rung: list[int]) -> Pushes:
    return Pushes(gate, Metrics(), lambda: rung.append(1))  # type: ignore[arg-type]


async def test_what_comes_during_a_commit_goes_together_into_the_next(store: SqlStore) -> None:
    gate, rung = Gate(store), list[int]()
    pushes = made(gate, rung)
    gate.open.clear()
    calls = [asyncio.create_task(pushes.put("support", [raw(str(number))])) for number in range(50)]
    await asyncio.sleep(0)
    assert not any(call.done() for call in calls)
    late = [asyncio.create_task(pushes.put("support", [raw(f"late {number}")])) for number in range(50)]
    await asyncio.sleep(0)
    gate.open.set()
    async with asyncio.timeout(10):
        await asyncio.gather(*calls, *late)
    assert gate.commits == [50, 50]
    assert await held(store) == 100
    assert len(rung) == 2


async def test_nothing_is_told_before_its_own_commit(store: SqlStore) -> None:
    gate = Gate(store)
    pushes = made(gate, [])
    gate.open.clear()
    call = asyncio.create_task(pushes.put("support", [raw("a")]))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not call.done()
    assert await held(store) == 0
    gate.open.set()
    async with asyncio.timeout(10):
        await call
    assert await held(store) == 1


async def test_one_that_cannot_be_stored_fails_alone(store: SqlStore) -> None:
    gate = Gate(store)
    pushes = made(gate, [])
    lanes = ["a", "bad", "b", "c"]
    async with asyncio.timeout(10):
        calls = (pushes.put("support", [raw(lane, lane)]) for lane in lanes)
        told = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(each) for each in told] == [type(None), TransientError, type(None), type(None)]
    assert await held(store) == 3


async def test_one_that_goes_away_harms_nobody(store: SqlStore) -> None:
    """Its raws are committed all the same, and so are its neighbours'."""
    gate = Gate(store)
    pushes = made(gate, [])
    gate.open.clear()
    gone, stays = [asyncio.create_task(pushes.put("support", [raw(key)])) for key in ("a", "b")]
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0)
    gate.open.set()
    async with asyncio.timeout(10):
        await stays
        with pytest.raises(asyncio.CancelledError):
            await gone
    assert await held(store) == 2


async def test_sources_and_streams_stay_apart_and_all_of_a_push_is_committed(store: SqlStore) -> None:
    gate, rung = Gate(store), list[int]()
    pushes = made(gate, rung)
    async with asyncio.timeout(10):
        await asyncio.gather(
            pushes.put("support", [raw("a"), raw("b", stream="other")]),
            pushes.put("vip", [raw("a", source="vip")]),
            pushes.put("support", [raw("c")]),
        )
        rung.clear()
        await pushes.put("support", [raw("a")])
    assert rung == [], "a known raw is no news"
    streams = {(view.source, view.stream): view.taken for view in await store.streams()}
    assert streams == {("support", "push"): 2, ("support", "other"): 1, ("vip", "push"): 1}


class Answered(Metrics):
    """Keeps what was counted."""

    def __init__(self) -> None:
        self.statuses: list[tuple[str, int]] = []

    @override
    def push_answered(self, channel: str, status: int, secs: float) -> None:
        self.statuses.append((channel, status))


async def test_a_listener_is_told_of_success_after_the_commit_alone(store: SqlStore) -> None:
    gate, metrics, told = Gate(store), Answered(), list[str]()
    reception = Reception("support", made(gate, []).put, lambda: None, metrics, lambda: told.append("took"))
    gate.open.clear()
    taking = asyncio.create_task(reception.take([raw("1")]))
    await asyncio.sleep(0)
    assert not taking.done()
    assert told == []
    gate.open.set()
    async with asyncio.timeout(5):
        await taking
    assert await held(store) == 1
    assert (told, metrics.statuses) == (["took"], [("support", 200)])


async def test_a_listener_is_told_to_have_it_come_again_while_nothing_can_be_kept(store: SqlStore) -> None:
    gate, metrics, lacks = Gate(store), Answered(), list[str | None](["no room", None, None])
    reception = Reception("support", made(gate, []).put, lambda: lacks.pop(0), metrics)
    with pytest.raises(TransientError, match="no room"):
        await reception.take([raw("1")])
    with pytest.raises(TransientError, match="cannot be stored"):
        await reception.take([raw("1", lane="bad")])
    assert await held(store) == 0
    await reception.take([raw("1")])
    assert [status for _, status in metrics.statuses] == [503, 503, 200]


async def test_a_listener_cannot_store_for_another_channel(store: SqlStore) -> None:
    reception = Reception("sales", made(Gate(store), []).put, lambda: None, Metrics())
    with pytest.raises(LookupError):
        await reception.take([raw("1", source="support")])
    assert await held(store) == 0
