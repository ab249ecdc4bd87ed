"""The contract of `gateway.incidents.Incidents` on whatever store a `Ground` opens, check by check.

A check fails with an AssertionError on a store that breaks its claim; `broken_incidents` shows that each can.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from gateway.announcing import Announcer
from gateway.case import CaseState, Entry
from gateway.incidents import Incident, IncidentCase, Reach
from gateway.journal import Decision, StaleCaseError
from gateway.queues import Act, Retention, Wanted
from gateway.wake import ENGINE
from tests.builders import NOON, case, message, party, raw
from tests.contract.store_suite import INBOX, Check, Ground

CHECKS: list[Check] = []
DELAYED = Incident(title={"en": "Deposits are late", "zh-CN": "充值延迟"}, assets=("BTC",), opened_at=NOON)
FIRST = (0, "")


def check(function: Check) -> Check:
    CHECKS.append(function)
    return function


async def decide(store: Any, ground: Ground, name: str, **fields: Any) -> None:
    """Commit a decision on a raw of its own."""
    lane = f"{name}@mail.test"
    await store.put_page("support", INBOX, [raw(name, lane=lane)], None)
    claimed = await store.claim_raws(10, 10**9, ground.now)
    (item,) = (each for each in claimed if each.raw.lane == lane)
    await store.commit([Decision(item.seq, **fields)])


async def cases_of(store: Any, ground: Ground, number: int, *names: str) -> None:
    """Make cases that belong to an incident."""
    for name in names:
        made = case(name, requester=party(f"{name.lower()}@mail.test"), incident=str(number))
        await decide(store, ground, name, cases=(made,), incidents=(IncidentCase(number, name),))


@check
async def each_has_a_number_and_is_kept_over_a_restart(ground: Ground) -> None:
    act = Act("ann", ground.now)
    async with ground.open() as opened:
        store: Any = opened
        one = await store.incidents.open(DELAYED, act)
        two = await store.incidents.open(DELAYED, act)
        assert one.number != two.number
        assert one == DELAYED.model_copy(update={"number": one.number})
    async with ground.open() as opened:
        store = opened
        assert await store.incidents.get(one.number) == one
        assert await store.incidents.get(one.number + 1_000) is None
        assert list(await store.incidents.page(10, ended=False)) == [two, one]


@check
async def every_node_sees_each_change_by_the_stamp(ground: Ground) -> None:
    async with ground.open() as one, ground.open() as two:
        store: Any = one
        other: Any = two
        act = Act("ann", ground.now)
        stamps = [await other.incidents.stamp()]
        made = await store.incidents.open(DELAYED, act)
        stamps.append(await other.incidents.stamp())
        later = made.model_copy(update={"expected": NOON + timedelta(hours=1)})
        assert await store.incidents.change(later, act)
        stamps.append(await other.incidents.stamp())
        assert await other.incidents.get(made.number) == later
        assert await store.incidents.end(made.number, {"en": "Done."}, act)
        stamps.append(await other.incidents.stamp())
        assert len(set(stamps)) == 4


@check
async def what_has_ended_is_not_changed_or_ended_again(ground: Ground) -> None:
    async with ground.open() as opened:
        store: Any = opened
        act = Act("ann", ground.now)
        made = await store.incidents.open(DELAYED.model_copy(update={"ending": {"de": "Vorbei."}}), act)
        assert await store.incidents.end(made.number, {"en": "Over."}, act)
        assert not await store.incidents.end(made.number, {"en": "Over again."}, act)
        assert not await store.incidents.change(made, act)
        ended = await store.incidents.get(made.number)
        assert (ended.ended_at, ended.ending) == (ground.now, {"de": "Vorbei.", "en": "Over."})
        assert list(await store.incidents.page(10, ended=False)) == []
        assert list(await store.incidents.page(10, ended=True)) == [ended]


@check
async def a_case_is_linked_and_told_once_with_its_decision(ground: Ground) -> None:
    async with ground.open() as opened:
        store: Any = opened
        made = await store.incidents.open(DELAYED, Act("ann", ground.now))
        await cases_of(store, ground, made.number, "GH-A", "GH-B")
        await decide(store, ground, "again", incidents=(IncidentCase(made.number, "GH-A"),))
        assert await store.incidents.reach([made.number, 77]) == {made.number: Reach(2, 0), 77: Reach(0, 0)}
        stale = (case("GH-A", version=7),)
        try:
            await decide(store, ground, "stale", cases=stale, incidents=(IncidentCase(made.number, "GH-A", told=True),))
        except StaleCaseError:
            pass
        else:
            raise AssertionError("a stale decision was committed")
        assert await store.incidents.reach([made.number]) == {made.number: Reach(2, 0)}
        for name in ("t1", "t2"):
            await decide(store, ground, name, incidents=(IncidentCase(made.number, "GH-A", told=True),))
        assert await store.incidents.reach([made.number]) == {made.number: Reach(2, 1)}


@check
async def whose_end_is_untold_is_given_in_order_and_in_parts(ground: Ground) -> None:
    async with ground.open() as opened:
        store: Any = opened
        act = Act("ann", ground.now)
        one = await store.incidents.open(DELAYED, act)
        two = await store.incidents.open(DELAYED, act)
        await cases_of(store, ground, two.number, "GH-C")
        await cases_of(store, ground, one.number, "GH-A", "GH-B")
        assert list(await store.incidents.untold(FIRST, 10)) == []
        for each in (one, two):
            await store.incidents.end(each.number, {}, act)
        await decide(store, ground, "told", incidents=(IncidentCase(one.number, "GH-A", told=True),))
        (first,) = await store.incidents.untold(FIRST, 1)
        assert (first[0].number, first[1].id) == (one.number, "GH-B")
        (second,) = await store.incidents.untold((one.number, "GH-B"), 10)
        assert (second[0].number, second[1].id) == (two.number, "GH-C")
        assert list(await store.incidents.untold((two.number, "GH-C"), 10)) == []


@check
async def open_cases_since_then_are_candidates_with_what_their_users_wrote(ground: Ground) -> None:
    async with ground.open() as opened:
        store: Any = opened
        old = case("GH-A", updated_at=NOON - timedelta(days=1))
        solved = case("GH-B", state=CaseState.SOLVED)
        fresh = case("GH-C")
        said = Entry(case_id="GH-C", message=message("m9", text="About the maintenance"), at=NOON)
        await decide(store, ground, "x", cases=(old, solved, fresh), entries=(said,))
        offered = await store.incidents.candidates(NOON, "", 10, texts=True)
        assert [each.case.id for each in offered] == ["GH-C"]
        (found,) = offered
        assert (found.case.id, "About the maintenance" in found.text) == ("GH-C", True)
        (bare,) = await store.incidents.candidates(NOON, "", 10, texts=False)
        assert bare.text == ""
        assert list(await store.incidents.candidates(NOON, "GH-C", 10, texts=False)) == []


@check
async def retention_removes_what_ended_long_ago_and_nobody_waits_for(ground: Ground) -> None:
    async with ground.open() as opened:
        store: Any = opened
        act = Act("ann", ground.now)
        made = [await store.incidents.open(DELAYED, act) for _ in range(3)]
        await cases_of(store, ground, made[0].number, "GH-A")
        await cases_of(store, ground, made[1].number, "GH-B")
        for each in made[:2]:
            await store.incidents.end(each.number, {}, act)
        await decide(store, ground, "told", incidents=(IncidentCase(made[0].number, "GH-A", told=True),))
        now = ground.now + timedelta(days=800)
        place: str | None = ""
        removed = 0
        while place is not None:
            swept = await store.sweeps.sweep(Retention(), now, place)
            removed, place = removed + swept.incidents, swept.place
        assert removed == 1
        left = [each.number for each in await store.incidents.page(10, ended=True)]
        assert left == [made[2].number, made[1].number]


@check
async def decisions_that_link_the_same_cases_at_once_lose_none(ground: Ground) -> None:
    async with ground.open() as one, ground.open() as two:
        stores: tuple[Any, Any] = (one, two)
        made = await stores[0].incidents.open(DELAYED, Act("ann", ground.now))
        links = tuple(IncidentCase(made.number, f"GH-{number}") for number in range(6))
        raws = [raw(f"n{number}", lane=f"n{number}") for number in range(2)]
        await stores[0].put_page("support", INBOX, raws, None)
        claimed = await stores[0].claim_raws(10, 10**9, ground.now)
        orders = (links, links[::-1])
        commits = (
            stores[0].commit([Decision(item.seq, incidents=order)]) for item, order in zip(claimed, orders, strict=True)
        )
        await asyncio.gather(*commits)
        assert await stores[1].incidents.reach([made.number]) == {made.number: Reach(6, 0)}


@check
async def two_nodes_that_announce_the_same_end_put_each_case_once(ground: Ground) -> None:
    async with ground.open() as one, ground.open() as two:
        stores: tuple[Any, Any] = (one, two)
        made = await stores[0].incidents.open(DELAYED, Act("ann", ground.now))
        await cases_of(stores[0], ground, made.number, "GH-A", "GH-B", "GH-C")
        await stores[1].incidents.end(made.number, {}, Act("ann", ground.now))
        announcers = [Announcer(each, ground.clock, lambda: None) for each in stores]
        await asyncio.gather(*(each.step() for each in announcers))
        found = await stores[0].queues.raws(Wanted(place=ENGINE))
        assert sorted(each.key for each in found) == [f"incident:{made.number}:GH-{name}" for name in "ABC"]
