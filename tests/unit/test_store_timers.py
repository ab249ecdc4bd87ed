"""Timers that sleep wait for nobody: no count of what waits tells of them, until their time has come."""

from __future__ import annotations

from datetime import timedelta

from gateway.journal import Decision, Effect, EffectKind, State
from gateway.ports import Wake
from gateway.store import SqlStore
from gateway.wake import ENGINE
from tests.builders import case, raw
from tests.conftest import ManualClock
from tests.contract import store_suite as suite


async def test_a_timer_that_sleeps_is_in_no_count_of_what_waits(store: SqlStore, clock: ManualClock) -> None:
    at = clock.now() + timedelta(hours=3)
    wake = Effect(
        key="w", kind=EffectKind.WAKE, target=ENGINE, not_before=at, wake=Wake(at=at, lane="a", reason="deadline")
    )
    await store.put_page("support", suite.INBOX, [raw("1")], None)
    (claimed,) = await store.claim_raws(1, 10**9, clock.now())
    await store.commit([Decision(claimed.seq, effects=(wake,))])
    assert (await store.tally()).effects == {}
    assert await store.backlog() == ()
    clock.advance(timedelta(hours=3).total_seconds())
    # Nobody has taken it yet: an engine that does not set its timers off shows.
    assert (await store.tally()).effects == {State.POSTPONED: 1}
    assert [(each.name, each.state, each.count) for each in await store.backlog()] == [(ENGINE, State.POSTPONED, 1)]
    assert len(await store.claim_effects(ENGINE, 10, clock.now())) == 1
    assert (await store.tally()).effects == {State.CLAIMED: 1}
    assert [(each.name, each.count) for each in await store.backlog()] == [(ENGINE, 1)]


async def test_what_is_overdue_is_counted_until_it_is_answered(store: SqlStore, clock: ManualClock) -> None:
    due = clock.now() + timedelta(hours=1)
    await store.put_page("support", suite.INBOX, [raw("1"), raw("2", lane="bob@mail.test")], None)
    one, two = await store.claim_raws(2, 10**9, clock.now())
    await store.commit([Decision(one.seq, cases=(case(due_at=due), case("GH-BBBBB-BBBBB")))])
    assert await store.overdue(clock.now()) == 0
    clock.advance(3600)
    assert await store.overdue(clock.now()) == 1
    await store.commit([Decision(two.seq, cases=(case(version=2),))])
    assert await store.overdue(clock.now()) == 0
