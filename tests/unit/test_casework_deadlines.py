"""When an answer is due, and what happens when that nears or passes: each once, whatever the gateway dies of."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from gateway.case import Case, CaseState, Party, Priority, Triage
from gateway.casework.deadlines import dated
from gateway.casework.escalating import NEAR, NEAR_TAG, PASSED, PASSED_TAG
from gateway.casework.values import Judged
from gateway.journal import State
from gateway.queues import Act, Item, Queue, Replay, Wanted
from gateway.triage.deadlines import NEVER, Deadlines
from gateway.wake import ENGINE
from tests.conftest import ManualClock
from tests.unit.casework_bench import CaseworkBench, bench_at

HOUR = timedelta(hours=1)


@pytest_asyncio.fixture
async def bench(tmp_path: Path, clock: ManualClock) -> AsyncIterator[CaseworkBench]:
    async with bench_at(tmp_path, clock) as opened:
        yield opened


def due_of(case: Case) -> datetime:
    assert case.due_at is not None
    return case.due_at


async def steps(bench: CaseworkBench, case: Case) -> list[str]:
    """Return which steps agents were told of on a case's ticket, in their order."""
    keys = [key for key in await bench.notes(case.id) if key.startswith("deadline:")]
    return [NEAR if f":{NEAR}:ticket" in key else PASSED for key in keys]


async def test_an_answer_is_due_from_the_first_message_on(bench: CaseworkBench) -> None:
    case = await bench.writes("m1")
    assert due_of(case) == bench.clock.now() + 24 * HOUR
    again = await bench.writes("m2", subject=f"Re: [{case.id}]")
    assert (again.id, again.due_at) == (case.id, case.due_at)


async def test_a_deadline_moves_when_the_case_turns_out_to_be_more_pressing_and_only_to_be_sooner(
    bench: CaseworkBench,
) -> None:
    case = await bench.writes("m1")
    bench.clock.advance(3600)
    bench.triage = lambda seen: Triage(category="policy")
    later = await bench.writes("m2", subject=f"Re: [{case.id}]")
    assert (later.category, later.due_at) == ("policy", case.due_at)
    bench.triage = lambda seen: Triage(danger="account_stolen", priority=Priority.URGENT)
    urgent = await bench.writes("m3", subject=f"Re: [{case.id}]")
    assert due_of(urgent) == bench.clock.now() + HOUR / 4
    await bench.passes(due_of(urgent))
    assert await steps(bench, case) == [PASSED], "the timers of the former deadline lead to nothing"
    await bench.passes(due_of(case) + HOUR)
    assert await steps(bench, case) == [PASSED]


async def test_agents_are_told_that_it_is_near_and_that_it_has_passed_once_each(bench: CaseworkBench) -> None:
    case = await bench.writes("m1")
    began, due = bench.clock.now(), due_of(case)
    await bench.passes(began + 0.79 * 24 * HOUR)
    assert await steps(bench, case) == []
    await bench.passes(began + 0.8 * 24 * HOUR)
    near = await bench.case(case.id)
    assert (near.escalated, near.priority, NEAR_TAG in near.tags) == (NEAR, Priority.NORMAL, True)
    assert await bench.store.overdue(bench.clock.now()) == 0
    await bench.passes(due)
    passed = await bench.case(case.id)
    assert (passed.escalated, passed.priority, PASSED_TAG in passed.tags) == (PASSED, Priority.HIGH, True)
    assert await bench.store.overdue(bench.clock.now()) == 1
    await bench.passes(due + 1000 * HOUR)
    assert await steps(bench, case) == [NEAR, PASSED]
    assert (await bench.case(case.id)).version == passed.version


async def test_whoever_is_answered_in_time_is_told_of_to_nobody(bench: CaseworkBench) -> None:
    case = await bench.writes("m1")
    answered = await bench.acted("a1", case, "replied")
    assert (answered.due_at, answered.escalated, answered.state) == (None, "", CaseState.WAITING)
    await bench.passes(due_of(case) + HOUR)
    assert await steps(bench, case) == []
    assert (await bench.case(case.id)).version == answered.version


async def test_a_note_or_an_answer_that_cannot_leave_is_no_answer(bench: CaseworkBench) -> None:
    case = await bench.writes("m1")
    assert (await bench.acted("a1", case, "noted")).due_at == case.due_at
    bench.policy["sending"] = frozenset()
    assert (await bench.acted("a2", case, "replied")).due_at == case.due_at
    await bench.passes(due_of(case))
    assert await steps(bench, case) == [PASSED]


@pytest.mark.parametrize("kind", ["solved", "deleted"])
async def test_a_case_that_is_over_has_no_deadline(bench: CaseworkBench, kind: str) -> None:
    case = await bench.writes("m1")
    assert (await bench.acted("a1", case, kind)).due_at is None
    await bench.passes(due_of(case) + HOUR)
    assert await steps(bench, case) == []


async def test_the_next_question_has_a_deadline_of_its_own(bench: CaseworkBench) -> None:
    case = await bench.writes("m1")
    await bench.passes(due_of(case))
    await bench.acted("a1", case, "replied")
    bench.clock.advance(3600)
    asked = await bench.writes("m2", subject=f"Re: [{case.id}]")
    assert (due_of(asked), asked.escalated) == (bench.clock.now() + 24 * HOUR, "")
    await bench.passes(due_of(asked))
    assert await steps(bench, case) == [PASSED, PASSED]
    assert (await bench.case(case.id)).priority is Priority.URGENT


async def test_a_solved_case_that_its_user_opens_again_has_a_new_deadline(bench: CaseworkBench) -> None:
    case = await bench.writes("m1")
    await bench.acted("a1", case, "solved")
    bench.clock.advance(3600)
    asked = await bench.writes("m2", subject=f"Re: [{case.id}]")
    assert due_of(asked) == bench.clock.now() + 24 * HOUR


async def test_an_absence_notice_asks_for_no_answer(bench: CaseworkBench) -> None:
    case = await bench.writes("m1")
    await bench.acted("a1", case, "replied")
    notice = await bench.writes("m2", subject=f"Re: [{case.id}]", headers={"auto-submitted": "auto-replied"})
    assert (notice.id, notice.due_at, notice.message_count) == (case.id, None, 2)


async def test_where_nobody_could_be_answered_nothing_is_due(bench: CaseworkBench) -> None:
    nobody = Party(platform="email", name="A list")
    bench.messages.clear()
    case = await bench.writes("m1", address="list@mail.test")
    assert case.due_at is not None
    policy = bench._policy()
    bare = case.model_copy(update={"requester": nobody, "due_at": None})
    judged = Judged(bench.messages["m1"])
    assert dated(None, bare, judged, policy, bench.clock.now()).due_at is None
    old = Judged(bench.messages["m1"], old=True)
    assert dated(None, case.model_copy(update={"due_at": None}), old, policy, bench.clock.now()).due_at is None


async def test_switched_off_there_are_neither_deadlines_nor_timers(bench: CaseworkBench) -> None:
    bench.policy["deadlines"] = NEVER
    case = await bench.writes("m1")
    assert case.due_at is None
    assert await bench.store.queues.effects(Wanted(place=ENGINE)) == ()


async def test_one_timer_waits_for_each_case(bench: CaseworkBench) -> None:
    await bench.writes("m1")
    await bench.writes("m2", address="bob@mail.test")
    waiting = await bench.store.queues.effects(Wanted(place=ENGINE, states=(State.POSTPONED,)))
    assert len(waiting) == 2


async def test_without_a_word_on_near_only_what_has_passed_is_told(bench: CaseworkBench) -> None:
    bench.policy["deadlines"] = Deadlines(near=1)
    case = await bench.writes("m1")
    await bench.passes(due_of(case) - HOUR / 60)
    assert await steps(bench, case) == []
    await bench.passes(due_of(case))
    assert await steps(bench, case) == [PASSED]


class Killed(BaseException):
    """The process dies here."""


@pytest.mark.parametrize("call", ["claim_effects", "put_page", "release_effects", "claim_raws", "look_up", "commit"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_each_step_comes_once_wherever_the_gateway_dies(
    tmp_path: Path, clock: ManualClock, call: str, after: bool
) -> None:
    async with bench_at(tmp_path, clock) as first:
        case = await first.writes("m1")
    due = due_of(case)
    for at in (clock.now() + 0.8 * 24 * HOUR, due, due + HOUR):
        clock.advance((at - clock.now()).total_seconds())
        async with bench_at(tmp_path, clock) as dying:
            real = getattr(dying.store, call)

            async def die(*arguments: Any, _real: Any = real, **more: Any) -> Any:
                if after:
                    await _real(*arguments, **more)
                raise Killed

            setattr(dying.store, call, die)
            with suppress(Killed):
                await dying.settle()
        async with bench_at(tmp_path, clock) as again:
            await again.settle()
    async with bench_at(tmp_path, clock) as last:
        assert await steps(last, case) == [NEAR, PASSED]
        found = await last.case(case.id)
        assert (found.escalated, found.priority) == (PASSED, Priority.HIGH)


async def test_a_desk_that_was_away_tells_only_that_it_has_passed(tmp_path: Path, clock: ManualClock) -> None:
    async with bench_at(tmp_path, clock) as first:
        case = await first.writes("m1")
    clock.advance(100 * 3600)
    async with bench_at(tmp_path, clock) as again:
        await again.settle()
        assert await steps(again, case) == [PASSED]


async def test_a_timer_that_is_decided_on_once_more_changes_nothing(bench: CaseworkBench) -> None:
    case = await bench.writes("m1")
    for at in (bench.clock.now() + 0.8 * 24 * HOUR, due_of(case)):
        await bench.passes(at)
        before = await bench.case(case.id)
        raws = await bench.store.queues.raws(Wanted(place=ENGINE))
        act = Act("ann", bench.clock.now())
        again = [Item(Queue.RAW, each.number) for each in raws]
        assert all(each.made for each in await bench.store.queues.replay(again, act, Replay(again=True)))
        await bench.settle()
        assert await bench.case(case.id) == before
