"""The contract of `gateway.reports.Reports` on whatever store a `Ground` opens, check by check.

A check fails with an AssertionError on a store that breaks its claim; `broken_reports` shows that each can.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from typing import Any

from gateway.queues import Act
from gateway.reports import CASE, Accusation, Origin, Ruling
from tests.contract.store_suite import Check, Ground

CHECKS: list[Check] = []
HANDLE = Accusation("handle", "examplex_help1", "telegram", "examplex", "affix", case_id="GH-1", alarm=False)
SITE = Accusation("domain", "examplex-desk.example", case_id="GH-1", origin=Origin.USER)
CASE_OF_ITS_OWN = Accusation(CASE, "GH-1", technique="official_address_forged", case_id="GH-1")


def check(function: Check) -> Check:
    CHECKS.append(function)
    return function


async def counts(store: Any) -> dict[str, int]:
    return {each.accused.value: each.times for each in await store.reports.page(None, 100)}


async def number_of(store: Any, accused: Accusation) -> int:
    (number,) = (each.number for each in await store.reports.page(None, 100) if each.accused.name == accused.name)
    return int(number)


@check
async def each_is_kept_once_under_its_name_over_a_restart(ground: Ground) -> None:
    elsewhere = replace(HANDLE, platform="x")
    async with ground.open() as opened:
        store: Any = opened
        await store.reports.add([HANDLE, SITE, elsewhere])
        ground.clock.advance(60)
        await store.reports.add([replace(SITE, case_id="GH-2")])
    async with ground.open() as opened:
        store = opened
        first, *others = await store.reports.page(Ruling.OPEN, 10)
        assert (first.accused, first.times) == (replace(SITE, case_id="GH-2"), 2)
        assert (first.last_at - first.first_at).total_seconds() == 60
        assert {each.accused for each in others} == {HANDLE, elsewhere}
        assert len(await store.reports.page(None, 2)) == 2
        assert await store.reports.get(first.number) == first


@check
async def a_case_counts_once_and_fills_what_was_not_known(ground: Ground) -> None:
    async with ground.open() as opened:
        store: Any = opened
        await store.reports.add([SITE])
        told = replace(SITE, brand="examplex", technique="affix", reason="It was seen.", origin=Origin.FINDING)
        await store.reports.add([told])
        await store.reports.add([replace(told, technique="plural", case_id="GH-2")])
        (report,) = await store.reports.page(None, 10)
        assert report.times == 2
        assert report.accused == replace(told, origin=Origin.USER, case_id="GH-2")


@check
async def operators_are_told_of_what_waits_and_is_an_alarm(ground: Ground) -> None:
    async with ground.open() as opened:
        store: Any = opened
        await store.reports.add([HANDLE])
        assert await store.reports.alarming() == 0
        await store.reports.add([replace(HANDLE, alarm=True), SITE])
        assert await store.reports.alarming() == 2
        await store.reports.rule(await number_of(store, SITE), Ruling.REFUSED, Act("ann", ground.now))
        await store.reports.add([replace(SITE, case_id="GH-9")])
        assert await store.reports.alarming() == 1


@check
async def a_case_that_was_ruled_on_waits_anew(ground: Ground) -> None:
    async with ground.open() as opened:
        store: Any = opened
        await store.reports.add([CASE_OF_ITS_OWN])
        await store.reports.rule(await number_of(store, CASE_OF_ITS_OWN), Ruling.CONFIRMED, Act("ann", ground.now))
        assert await store.reports.alarming() == 0
        await store.reports.add([CASE_OF_ITS_OWN])
        assert await store.reports.alarming() == 1
        assert await counts(store) == {"GH-1": 1}


@check
async def a_ruling_is_kept_and_can_be_taken_back_and_every_node_sees_it(ground: Ground) -> None:
    async with ground.open() as one, ground.open() as two:
        store: Any = one
        other: Any = two
        await store.reports.add([HANDLE, SITE])
        stamps = [await other.reports.stamp()]
        number = await number_of(store, SITE)
        assert await store.reports.rule(number, Ruling.CONFIRMED, Act("ann", ground.now, "seen it"))
        stamps.append(await other.reports.stamp())
        (confirmed,) = await other.reports.confirmed()
        assert (confirmed.ruled_by, confirmed.ruled_at, confirmed.note) == ("ann", ground.now, "seen it")
        await store.reports.add([replace(SITE, case_id="GH-2")])
        assert [each.accused.name for each in await other.reports.page(Ruling.OPEN, 10)] == [HANDLE.name]
        assert await store.reports.rule(number, Ruling.REFUSED, Act("bob", ground.now))
        stamps.append(await other.reports.stamp())
        assert list(await other.reports.confirmed()) == []
        assert len(set(stamps)) == 3
        assert not await store.reports.rule(number + 1_000, Ruling.REFUSED, Act("bob", ground.now))


@check
async def nothing_is_lost_of_what_nodes_count_at_once_in_any_order(ground: Ground) -> None:
    async with ground.open() as one, ground.open() as two:
        seen = [[replace(each, case_id=f"GH-{turn}") for each in (HANDLE, SITE)] for turn in range(12)]
        stores: tuple[Any, Any] = (one, two)
        adds = (stores[turn % 2].reports.add(each[:: 1 - turn % 2 * 2]) for turn, each in enumerate(seen))
        await asyncio.gather(*adds)
        assert Counter(await counts(one)) == {HANDLE.value: 12, SITE.value: 12}
