"""The supervisor: one part's trouble is its own, the store's trouble is everybody's, and shutdown has an order."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

import pytest
import structlog

from gateway import supervise
from gateway.clock import Bell
from gateway.dispatch import Report
from gateway.errors import AuthError, ConfigError, CreditsError, RateLimitedError, TransientError
from gateway.health import Condition, Health, PartState
from gateway.intake import Intake, SourceError
from gateway.nodes import NotOwnerError
from gateway.retry import RetryPolicy
from gateway.supervise import BUSY_PAGES, PartEndedError, Supervisor
from tests.conftest import ManualClock


class ScriptedIntake(Intake):
    """An intake whose steps are scripted; after the script it waits for ever."""

    def __init__(self, *script: Exception | bool) -> None:
        self.script = list(script)
        self.steps = 0
        self.resumed = 0
        self.resume_script: list[Exception] = []
        self.stepped = asyncio.Condition()

    async def resume(self) -> None:
        self.resumed += 1
        if self.resume_script:
            raise self.resume_script.pop(0)

    async def step(self) -> bool:
        async with self.stepped:
            self.steps += 1
            self.stepped.notify_all()
        if not self.script:
            await asyncio.Event().wait()
        outcome = self.script.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def reached(self, steps: int) -> None:
        async with asyncio.timeout(5), self.stepped:
            await self.stepped.wait_for(lambda: self.steps >= steps)


async def nothing_due() -> datetime | None:
    return None


def make(clock: ManualClock) -> tuple[Supervisor, Health]:
    health = Health(clock)
    return Supervisor(clock, RetryPolicy(), random.Random(3), health, shutdown_secs=5), health


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0)


async def test_a_failing_source_waits_and_its_neighbour_goes_on(clock: ManualClock) -> None:
    supervisor, health = make(clock)
    bad = ScriptedIntake(SourceError(TransientError("line lost")), True)
    good = ScriptedIntake(True, True)
    supervisor.add_source("bad", bad, timedelta(0), Bell(clock))
    supervisor.add_source("good", good, timedelta(0), Bell(clock))
    stop = asyncio.Event()
    running = asyncio.create_task(supervisor.run(stop))
    await good.reached(3)
    await until(lambda: clock.sleeping == 1)
    assert bad.steps == 1
    states = {part.part: part for part in health.parts()}
    assert states["bad"].condition is Condition.RETRYING
    assert states["bad"].last_error == "line lost"
    assert states["good"].condition is Condition.RUNNING
    clock.advance(61)
    await bad.reached(3)
    assert {part.part: part for part in health.parts()}["bad"].condition is Condition.RUNNING
    stop.set()
    await running


async def test_a_source_that_fails_at_once_never_becomes_a_hot_loop(clock: ManualClock) -> None:
    supervisor, _ = make(clock)
    assert all(supervisor.wait_secs(TransientError("x"), failures) >= 0.1 for failures in range(1, 50) for _ in "ab")


@pytest.mark.parametrize(
    ("error", "failures", "least", "most"),
    [
        (AuthError("no"), 1, 300, 300),
        (AuthError("no"), 9, 3600, 3600),
        (CreditsError("used up"), 1, 300, 300),
        (CreditsError("used up"), 9, 3600, 3600),
        (RateLimitedError("x", timedelta(hours=2)), 1, 7200, 7200),
        (TransientError("x"), 30, 0.1, 60),
    ],
)
def test_the_wait_fits_the_error(
    clock: ManualClock, error: Exception, failures: int, least: float, most: float
) -> None:
    supervisor, _ = make(clock)
    assert least <= supervisor.wait_secs(error, failures) <= most


async def test_an_error_of_the_store_stops_everything_loudly(clock: ManualClock) -> None:
    supervisor, _ = make(clock)
    good = ScriptedIntake()
    supervisor.add_source("bad", ScriptedIntake(TransientError("the disk is full")), timedelta(0), Bell(clock))
    supervisor.add_source("good", good, timedelta(0), Bell(clock))
    async with asyncio.timeout(5):
        with pytest.raises(TransientError, match="disk is full"):
            await supervisor.run(asyncio.Event())


async def test_a_worker_under_way_ends_its_step_before_the_engine_stops(clock: ManualClock) -> None:
    supervisor, _ = make(clock)
    entered, leave, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def step() -> int:
        entered.set()
        await leave.wait()
        ended.set()
        return 0

    supervisor.add_worker("worker", step, nothing_due, Bell(clock))
    stop = asyncio.Event()
    running = asyncio.create_task(supervisor.run(stop))
    await entered.wait()
    stop.set()
    for _ in range(50):
        await asyncio.sleep(0)
    assert not running.done()
    leave.set()
    async with asyncio.timeout(5):
        await running
    assert ended.is_set()


async def test_a_cancelled_engine_still_ends_in_order(clock: ManualClock) -> None:
    supervisor, _ = make(clock)
    entered, ended = asyncio.Event(), asyncio.Event()

    async def step() -> int:
        entered.set()
        for _ in range(5):
            await asyncio.sleep(0)
        ended.set()
        return 0

    supervisor.add_worker("worker", step, nothing_due, Bell(clock))
    running = asyncio.create_task(supervisor.run(asyncio.Event()))
    await entered.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert ended.is_set()


async def test_a_target_at_fault_is_left_alone_as_a_whole(clock: ManualClock) -> None:
    supervisor, health = make(clock)
    calls = 0

    async def step(report: Report) -> int:
        nonlocal calls
        calls += 1
        if calls == 1:
            report(AuthError("password refused"), None)
            return 1
        report(None, None)
        return 0

    supervisor.add_dispatcher("mail:send", step, nothing_due, Bell(clock))
    stop = asyncio.Event()
    running = asyncio.create_task(supervisor.run(stop))
    await until(lambda: clock.sleeping == 1)
    assert calls == 1
    assert health.parts()[0].condition is Condition.AUTH_FAILED
    clock.advance(301)
    await until(lambda: calls == 2)
    assert health.parts()[0].condition is Condition.RUNNING
    stop.set()
    async with asyncio.timeout(5):
        await running


async def test_a_worker_wakes_when_something_comes_due(clock: ManualClock) -> None:
    supervisor, _ = make(clock)
    calls: list[datetime] = []
    due_at = clock.now() + timedelta(seconds=12)

    async def step() -> int:
        calls.append(clock.now())
        return 0

    async def due() -> datetime | None:
        return due_at if clock.now() < due_at else None

    supervisor.add_worker("worker", step, due, Bell(clock))
    stop = asyncio.Event()
    running = asyncio.create_task(supervisor.run(stop))
    await until(lambda: clock.sleeping == 1)
    clock.advance(12)
    await until(lambda: len(calls) == 2)
    stop.set()
    async with asyncio.timeout(5):
        await running


class Part:
    """A supervisor with one part, run until the test has seen enough."""

    def __init__(self, clock: ManualClock, shutdown_secs: float = 5, rng: random.Random | None = None) -> None:
        self.clock = clock
        self.health = Health(clock)
        self.bell = Bell(clock)
        retry = RetryPolicy(base_secs=8, cap_secs=3600, probe_secs=300)
        self.supervisor = Supervisor(clock, retry, rng or Longest(), self.health, shutdown_secs, line_cap_secs=60)

    @property
    def state(self) -> PartState:
        (part,) = self.health.parts()
        return part

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        stop = asyncio.Event()
        task = asyncio.create_task(self.supervisor.run(stop))
        try:
            yield
        finally:
            stop.set()
            async with asyncio.timeout(5):
                await task


class Longest(random.Random):
    """Draws the longest wait."""

    def uniform(self, a: float, b: float) -> float:
        return b


class Shortest(random.Random):
    """Draws the shortest wait."""

    def uniform(self, a: float, b: float) -> float:
        return a


async def turns(count: int = 50) -> None:
    """Let everything that can happen now happen."""
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_source_is_resumed_once_and_again_only_when_that_failed(clock: ManualClock) -> None:
    part, intake = Part(clock), ScriptedIntake(True, True)
    intake.resume_script = [SourceError(TransientError("line lost"))]
    part.supervisor.add_source("a", intake, timedelta(0), part.bell)
    async with part.running():
        await until(lambda: clock.sleeping == 1)
        assert (intake.resumed, intake.steps) == (1, 0), "nothing is fetched before the cursor is known"
        clock.advance(60)
        await intake.reached(3)
        assert intake.resumed == 2


async def test_waits_grow_with_failures_in_a_row_up_to_the_lines_cap_and_start_anew_after_a_success(
    clock: ManualClock,
) -> None:
    part = Part(clock)
    lost = SourceError(TransientError("line lost"))
    intake = ScriptedIntake(lost, lost, lost, lost, lost, True, lost)
    part.supervisor.add_source("a", intake, timedelta(0), part.bell)
    waits = []
    async with part.running():
        for _ in range(6):
            await until(lambda: clock.sleeping == 1)
            assert part.state.next_try_at is not None
            waits.append((part.state.next_try_at - clock.now()).total_seconds())
            clock.advance(waits[-1])
            await until(lambda: clock.sleeping == 0)
    assert waits == [8, 16, 32, 60, 60, 8]


def test_no_wait_after_a_failure_is_short_enough_for_a_hot_loop(clock: ManualClock) -> None:
    part = Part(clock, rng=Shortest())
    assert part.supervisor.wait_secs(TransientError("x"), 1) >= 0.1


async def test_a_source_pauses_when_there_is_no_more_and_its_bell_ends_the_pause(clock: ManualClock) -> None:
    part, intake = Part(clock), ScriptedIntake(True, True, False, False)
    part.supervisor.add_source("a", intake, timedelta(seconds=30), part.bell)
    async with part.running():
        await until(lambda: clock.sleeping == 1)
        assert intake.steps == 3, "it does not pause while there is more"
        clock.advance(30)
        await intake.reached(4)
        await until(lambda: clock.sleeping == 1)
        part.bell.ring()
        await intake.reached(5)


def asking(*pauses: float) -> tuple[ScriptedIntake, list[float]]:
    """Make an intake whose pages ask to wait so long each."""
    waits = list(pauses)

    class Asking(ScriptedIntake):
        async def step(self) -> bool:
            more = await super().step()
            self.pause = timedelta(seconds=waits.pop(0))
            return more

    return Asking(*[False] * len(pauses)), waits


async def test_a_page_may_ask_for_another_pause_and_news_end_it_early(clock: ManualClock) -> None:
    """Longer or shorter than the plugin's own, for that one time; what comes without news does not end it."""
    part, (intake, _) = Part(clock), asking(3600, 5, 30)
    part.supervisor.add_source("a", intake, timedelta(seconds=30), part.bell)
    async with part.running():
        await until(lambda: clock.sleeping == 1)
        clock.advance(3599)
        await turns(5)
        assert intake.steps == 1
        clock.advance(1)
        await intake.reached(2)
        await until(lambda: clock.sleeping == 1)
        clock.advance(5)
        await intake.reached(3)
        await until(lambda: clock.sleeping == 1)
        part.supervisor.wake("another")
        # Whoever looks at every queue, as an operator's command does, costs the platform no call.
        part.bell.ring()
        await turns(5)
        assert intake.steps == 3
        part.supervisor.wake("a")
        await intake.reached(4)
        assert clock.sleeping == 0


async def test_news_that_come_during_a_fetch_are_fetched_next(clock: ManualClock) -> None:
    """The fetch may have begun before they were there."""
    part = Part(clock)

    class Woken(ScriptedIntake):
        async def step(self) -> bool:
            more = await super().step()
            if self.steps == 1:
                part.supervisor.wake("a")
            return more

    intake = Woken(False, False)
    part.supervisor.add_source("a", intake, timedelta(hours=1), part.bell)
    async with part.running():
        await intake.reached(2)
        await until(lambda: clock.sleeping == 1)
        assert intake.steps == 2, "once for all that came before it"


async def test_news_end_no_wait_after_a_failure(clock: ManualClock) -> None:
    """A platform that asked to be left alone is, however much it pushes; and then nothing is asked for twice."""
    part = Part(clock)
    intake = ScriptedIntake(SourceError(RateLimitedError("slow", timedelta(seconds=900))), False)
    part.supervisor.add_source("a", intake, timedelta(hours=1), part.bell)
    async with part.running():
        await until(lambda: clock.sleeping == 1)
        for _ in range(5):
            part.supervisor.wake("a")
            await turns(5)
        assert intake.steps == 1
        clock.advance(900)
        await intake.reached(2)
        await until(lambda: clock.sleeping == 1)
        assert intake.steps == 2


async def test_news_are_nothing_to_a_node_that_does_not_fetch(clock: ManualClock) -> None:
    """A ring that is kept would end the first pause once the source is this node's."""
    part, intake = Part(clock), ScriptedIntake(False, False)
    part.supervisor.own(())
    part.supervisor.add_source("a", intake, timedelta(hours=1), part.bell, source="a")
    async with part.running():
        part.supervisor.wake("a")
        part.supervisor.own(["a"])
        await until(lambda: clock.sleeping == 1)
        await turns(5)
        assert intake.steps == 1


async def test_news_that_bring_nothing_are_no_hot_loop(clock: ManualClock) -> None:
    """A plugin that is woken by every fetch of its own is asked once a second after a few empty pages."""
    part = Part(clock)

    class Restless(ScriptedIntake):
        empty_pages = 0

        async def step(self) -> bool:
            more = await super().step()
            self.empty_pages += 1
            part.supervisor.wake("a")
            return more

    intake = Restless(*[False] * 50)
    part.supervisor.add_source("a", intake, timedelta(hours=1), part.bell)
    async with part.running():
        await until(lambda: clock.sleeping == 1)
        assert intake.steps == BUSY_PAGES + 1
        for more in range(1, 4):
            part.supervisor.wake("a")
            await turns(5)
            assert intake.steps == BUSY_PAGES + more, "news do not end it"
            clock.advance(1)
            await until(lambda: clock.sleeping == 1)


async def test_an_account_without_credits_is_shown_so_and_probed_now_and_then(clock: ManualClock) -> None:
    part, intake = Part(clock), ScriptedIntake(SourceError(CreditsError("the month's credits are used up")), False)
    part.supervisor.add_source("a", intake, timedelta(hours=1), part.bell)
    async with part.running():
        await until(lambda: clock.sleeping == 1)
        assert (part.state.condition, part.state.last_error) == (
            Condition.NO_CREDITS,
            "the month's credits are used up",
        )
        assert "buy credits" in part.state.action
        clock.advance(299)
        await turns(5)
        assert intake.steps == 1
        clock.advance(1)
        await until(lambda: part.state.condition is Condition.RUNNING)


async def test_a_worker_works_off_its_queue_before_it_waits(clock: ManualClock) -> None:
    part, left = Part(clock), [50, 50, 7, 0]
    part.supervisor.add_worker("w", lambda: given(left.pop(0) if left else 0), nothing_due, part.bell)
    async with part.running():
        await until(lambda: clock.sleeping == 1)
        assert left == []


async def given(count: int) -> int:
    return count


async def test_a_worker_looks_now_and_then_though_the_next_item_comes_due_much_later(clock: ManualClock) -> None:
    part, looks = Part(clock), 0

    async def step() -> int:
        nonlocal looks
        looks += 1
        return 0

    async def due() -> datetime | None:
        return clock.now() + timedelta(days=1)

    part.supervisor.add_worker("w", step, due, part.bell)
    async with part.running():
        await until(lambda: clock.sleeping == 1)
        clock.advance(30)
        await until(lambda: looks == 2)


async def test_a_worker_that_ended_in_order_is_shown_so(clock: ManualClock) -> None:
    part = Part(clock)
    part.supervisor.add_worker("w", lambda: given(0), nothing_due, part.bell)
    async with part.running():
        await until(lambda: clock.sleeping == 1)
        assert part.state.condition is Condition.RUNNING
    assert part.state.condition is Condition.STOPPED


async def test_what_hangs_is_cut_off_after_its_time_and_named(clock: ManualClock) -> None:
    part, entered = Part(clock, shutdown_secs=0.01), asyncio.Event()

    async def hang() -> int:
        entered.set()
        await asyncio.Event().wait()
        return 0

    part.supervisor.add_worker("hanging", hang, nothing_due, part.bell)
    with structlog.testing.capture_logs() as logs:
        async with part.running():
            await entered.wait()
    assert [line["part"] for line in logs if line["event"] == "part.cut_off"] == ["hanging"]


async def test_nothing_new_is_delivered_once_the_engine_is_ending(clock: ManualClock) -> None:
    part, calls = Part(clock), 0

    async def step(report: Report) -> int:
        nonlocal calls
        calls += 1
        report(AuthError("refused"), None)
        return 1

    part.supervisor.add_dispatcher("send", step, nothing_due, part.bell)
    async with part.running():
        await until(lambda: clock.sleeping == 1)
    assert calls == 1, "also a target that is left alone ends at once, and without another try"


async def test_a_ring_does_not_end_the_rest_of_a_target(clock: ManualClock) -> None:
    part, calls = Part(clock), 0

    async def step(report: Report) -> int:
        nonlocal calls
        calls += 1
        report(TransientError("down"), None)
        return 1

    part.supervisor.add_dispatcher("send", step, nothing_due, part.bell)
    async with part.running():
        await until(lambda: clock.sleeping == 1)
        part.bell.ring()
        await turns()
        assert calls == 1
        clock.advance(8)
        await until(lambda: calls == 2)


async def test_a_target_that_fails_in_a_row_rests_longer_until_it_is_well(clock: ManualClock) -> None:
    part = Part(clock)
    script: list[Exception | None] = [TransientError("x"), TransientError("x"), None, TransientError("x")]
    waits: list[float] = []

    async def step(report: Report) -> int:
        if not script:
            return 0
        report(script.pop(0), None)
        if part.state.next_try_at is not None:
            waits.append((part.state.next_try_at - clock.now()).total_seconds())
        return 1

    part.supervisor.add_dispatcher("send", step, nothing_due, part.bell)
    async with part.running():
        for number in range(3):
            await until(lambda n=number: len(waits) == n + 1 and clock.sleeping == 1)  # type: ignore[misc]
            clock.advance(waits[-1])
        await until(lambda: not script)
    assert waits == [8, 16, 8]


async def test_a_target_that_is_well_again_is_not_left_alone_any_more(clock: ManualClock) -> None:
    part = Part(clock)
    script: list[Exception | None] = [TransientError("of one item"), None]

    async def step(report: Report) -> int:
        if not script:
            return 0
        while script:
            report(script.pop(0), None)
        return 1

    steps = 0

    async def counted(report: Report) -> int:
        nonlocal steps
        steps += 1
        return await step(report)

    part.supervisor.add_dispatcher("send", counted, nothing_due, part.bell)
    async with part.running():
        await until(lambda: steps == 2)
        assert part.state.condition is Condition.RUNNING


async def test_a_users_words_in_a_fault_reach_no_log(clock: ManualClock) -> None:
    part, intake = Part(clock), ScriptedIntake(SourceError(ValueError("a user's words")))
    part.supervisor.add_source("a", intake, timedelta(0), part.bell)
    with structlog.testing.capture_logs() as logs:
        async with part.running():
            await until(lambda: clock.sleeping == 1)
    assert [line["error"] for line in logs if line["event"] == "part.failed"] == ["ValueError"]
    assert "a user's words" not in str(logs)


async def test_a_source_that_announces_news_it_has_not_is_slowed_down(clock: ManualClock) -> None:
    supervisor, _ = make(clock)
    boy = ScriptedIntake(*[True] * 50)
    boy.empty_pages = 9
    supervisor.add_source("boy", boy, timedelta(0), Bell(clock))
    stop = asyncio.Event()
    running = asyncio.create_task(supervisor.run(stop))
    await until(lambda: clock.sleeping == 1)
    assert boy.steps == 1
    clock.advance(1)
    await until(lambda: boy.steps == 2)
    stop.set()
    async with asyncio.timeout(5):
        await running


async def test_a_part_that_ends_by_itself_ends_the_engine_loudly(clock: ManualClock) -> None:
    supervisor, _ = make(clock)

    async def step() -> int:
        raise asyncio.CancelledError

    supervisor.add_worker("worker", step, nothing_due, Bell(clock))
    async with asyncio.timeout(5):
        with pytest.raises(PartEndedError, match="worker"):
            await supervisor.run(asyncio.Event())


async def test_a_source_runs_only_while_this_node_owns_it(clock: ManualClock) -> None:
    supervisor, health = make(clock)
    ours, theirs = ScriptedIntake(*[True] * 3), ScriptedIntake(*[True] * 3)
    supervisor.add_source("a:1", ours, timedelta(0), Bell(clock), source="a")
    supervisor.add_source("b:1", theirs, timedelta(0), Bell(clock), source="b")
    supervisor.own(["a"])
    stop = asyncio.Event()
    running = asyncio.create_task(supervisor.run(stop))
    await ours.reached(4)
    assert theirs.steps == 0
    supervisor.own(["b"])
    await theirs.reached(4)
    assert {part.part: part.condition for part in health.parts()}["a:1"] is Condition.STOPPED
    assert (ours.steps, ours.resumed) == (4, 1)
    supervisor.own(["a", "b"])
    await ours.reached(5)
    assert ours.resumed == 2, "another node may have moved the cursor meanwhile"
    stop.set()
    async with asyncio.timeout(5):
        await running


async def test_a_source_that_turns_out_to_be_anothers_rests_until_it_is_owned_anew(clock: ManualClock) -> None:
    supervisor, health = make(clock)
    intake, other = ScriptedIntake(NotOwnerError("another's"), True), ScriptedIntake()
    supervisor.add_source("a:1", intake, timedelta(0), Bell(clock), source="a")
    supervisor.add_source("b:1", other, timedelta(0), Bell(clock), source="b")
    supervisor.own(["a", "b"])
    stop = asyncio.Event()
    running = asyncio.create_task(supervisor.run(stop))
    await other.reached(1)
    await turns()
    assert intake.steps == 1
    assert {part.part: part.condition for part in health.parts()}["a:1"] is Condition.STOPPED
    supervisor.own(["a", "b"])
    await intake.reached(3)
    stop.set()
    async with asyncio.timeout(5):
        await running


async def test_a_worker_of_every_node_that_lost_its_place_ends_the_engine(clock: ManualClock) -> None:
    supervisor, _ = make(clock)

    async def step() -> int:
        raise NotOwnerError("this node has lost its place")

    supervisor.add_worker("pipeline", step, nothing_due, Bell(clock))
    async with asyncio.timeout(5):
        with pytest.raises(NotOwnerError):
            await supervisor.run(asyncio.Event())


async def test_parts_come_and_go_while_the_others_run(clock: ManualClock) -> None:
    supervisor, health = make(clock)
    stays, goes, comes = ScriptedIntake(), ScriptedIntake(), ScriptedIntake()
    entered, leave = asyncio.Event(), asyncio.Event()

    async def sends() -> int:
        entered.set()
        await leave.wait()
        return 0

    supervisor.add_source("stays:1", stays, timedelta(0), Bell(clock), group="stays")
    supervisor.add_source("goes:1", goes, timedelta(0), Bell(clock), group="goes")
    supervisor.add_worker("goes:send", sends, nothing_due, Bell(clock), group="goes")
    stop = asyncio.Event()
    running = asyncio.create_task(supervisor.run(stop))
    await entered.wait()
    await goes.reached(1)
    removing = asyncio.create_task(supervisor.remove("goes"))
    await turns()
    assert not removing.done(), "what is being sent is sent to its end"
    leave.set()
    await removing
    supervisor.add_source("comes:1", comes, timedelta(0), Bell(clock), group="comes")
    await comes.reached(1)
    assert {part.part for part in health.parts()} == {"stays:1", "comes:1"}
    assert (stays.resumed, stays.steps) == (1, 1)
    assert not running.done()
    stop.set()
    async with asyncio.timeout(5):
        await running


async def test_nothing_is_fetched_while_there_is_no_room_for_it(clock: ManualClock) -> None:
    health, lack = Health(clock), ["the disk is full"]
    supervisor = Supervisor(
        clock, RetryPolicy(), random.Random(3), health, 5, pressed=lambda: lack[0] if lack else None
    )
    intake = ScriptedIntake(True, True)
    supervisor.add_source("a:1", intake, timedelta(0), Bell(clock))
    stop = asyncio.Event()
    with structlog.testing.capture_logs() as logs:
        running = asyncio.create_task(supervisor.run(stop))
        await until(lambda: clock.sleeping == 1)
        clock.advance(5)
        await until(lambda: clock.sleeping == 1)
    assert [line["reason"] for line in logs if line["event"] == "part.pressed"] == ["the disk is full"], "said once"
    assert (intake.resumed, intake.steps) == (0, 0)
    (state,) = health.parts()
    assert (state.condition, state.last_error) == (Condition.RETRYING, "nothing is taken in: the disk is full")
    lack.clear()
    clock.advance(5)
    await intake.reached(3)
    assert health.parts()[0].condition is Condition.RUNNING
    stop.set()
    async with asyncio.timeout(5):
        await running


class Deaf(ScriptedIntake):
    """An intake that goes on though it is told to end."""

    def __init__(self) -> None:
        super().__init__()
        self.leave = asyncio.Event()

    async def step(self) -> bool:
        self.steps += 1
        while not self.leave.is_set():
            with suppress(asyncio.CancelledError):
                await self.leave.wait()
        raise asyncio.CancelledError


async def test_what_a_worker_began_for_its_next_step_is_finished_at_an_orderly_end_and_at_no_other(
    clock: ManualClock,
) -> None:
    part, finished = Part(clock), []

    async def finish() -> None:
        finished.append(part.state.condition)

    part.supervisor.add_worker("w", lambda: given(0), nothing_due, part.bell, finish=finish)
    async with part.running():
        await until(lambda: clock.sleeping == 1)
        assert finished == []
    assert finished == [Condition.RUNNING]

    async def fail() -> int:
        raise TransientError("the disk is full")

    failing = Part(clock)
    failing.supervisor.add_worker("w", fail, nothing_due, failing.bell, finish=finish)
    with pytest.raises(TransientError, match="disk is full"):
        await failing.supervisor.run(asyncio.Event())
    assert len(finished) == 1, "the store is not asked for more once it failed"


async def test_a_target_that_ended_in_order_is_shown_so(clock: ManualClock) -> None:
    part = Part(clock)
    part.supervisor.add_dispatcher("send", lambda report: given(0), nothing_due, part.bell)
    async with part.running():
        await until(lambda: clock.sleeping == 1)
    assert part.state.condition is Condition.STOPPED


async def test_a_part_that_was_taken_out_never_comes_back(clock: ManualClock) -> None:
    part, gone = Part(clock), ScriptedIntake()
    part.supervisor.add_source("a:1", gone, timedelta(0), part.bell, group="a", source="a")
    part.supervisor.own(["a"])
    async with part.running():
        await gone.reached(1)
        await part.supervisor.remove("a")
        await turns()
        part.supervisor.own(["a"])
        await turns()
        assert (gone.resumed, part.health.parts()) == (1, ())


async def test_a_part_that_is_owned_anew_before_it_ended_goes_on_when_it_has(clock: ManualClock) -> None:
    part, leave, steps = Part(clock), asyncio.Event(), 0

    async def step() -> int:
        nonlocal steps
        steps += 1
        await leave.wait()
        return 0

    part.supervisor.add_worker("a:backfill", step, nothing_due, part.bell, source="a")
    async with part.running():
        await until(lambda: steps == 1)
        part.supervisor.own([])
        part.supervisor.own(["a"])
        leave.set()
        await until(lambda: clock.sleeping == 1)
        assert steps == 2
        assert part.state.condition is Condition.RUNNING


async def test_what_belongs_to_no_source_runs_on_every_node(clock: ManualClock) -> None:
    part, steps = Part(clock), []

    async def step() -> int:
        steps.append(1)
        return 0

    part.supervisor.add_worker("pipeline", step, nothing_due, part.bell)
    part.supervisor.own([])
    async with part.running():
        await until(lambda: clock.sleeping == 1)
        assert steps == [1]


async def test_the_stores_trouble_in_an_owned_part_stops_everything_too(clock: ManualClock) -> None:
    supervisor, _ = make(clock)
    bad = ScriptedIntake(TransientError("the disk is full"))
    supervisor.add_source("a:1", bad, timedelta(0), Bell(clock), source="a")
    supervisor.own(["a"])
    async with asyncio.timeout(5):
        with pytest.raises(TransientError, match="disk is full"):
            await supervisor.run(asyncio.Event())


async def test_nothing_more_is_started_of_a_source_that_turned_out_to_be_anothers(clock: ManualClock) -> None:
    part, lost, more = Part(clock), ScriptedIntake(NotOwnerError("another's")), ScriptedIntake()
    part.supervisor.add_source("a:1", lost, timedelta(0), part.bell, source="a")
    part.supervisor.own(["a"])
    async with part.running():
        await lost.reached(1)
        await turns()
        part.supervisor.add_source("a:2", more, timedelta(0), Bell(clock), source="a")
        await turns()
        assert more.resumed == 0
        part.supervisor.own(["a"])
        await more.reached(1)


async def test_of_several_errors_of_the_store_the_first_is_told(clock: ManualClock) -> None:
    supervisor, _ = make(clock)
    entered = asyncio.Event()

    async def first() -> int:
        await entered.wait()
        raise TransientError("the disk is full")

    async def second() -> int:
        entered.set()
        await turns()
        raise TransientError("and what came of it")

    supervisor.add_worker("first", first, nothing_due, Bell(clock))
    supervisor.add_worker("second", second, nothing_due, Bell(clock))
    async with asyncio.timeout(5):
        with pytest.raises(TransientError, match="disk is full"):
            await supervisor.run(asyncio.Event())


async def test_a_source_that_does_not_end_holds_up_nobody_and_is_named(clock: ManualClock) -> None:
    part, deaf = Part(clock, shutdown_secs=0.01), Deaf()
    part.supervisor.add_source("deaf", deaf, timedelta(0), part.bell)
    try:
        with structlog.testing.capture_logs() as logs:
            async with part.running():
                await until(lambda: deaf.steps == 1)
    finally:
        deaf.leave.set()
    assert [(line["event"], line["part"]) for line in logs] == [("part.deaf", "deaf")]


async def test_what_is_cut_off_has_put_its_things_away_when_the_engine_has_ended(clock: ManualClock) -> None:
    part, entered, away = Part(clock, shutdown_secs=0.01), asyncio.Event(), []

    async def hang() -> int:
        try:
            entered.set()
            await asyncio.Event().wait()
        finally:
            await turns(5)
            away.append("put away")
        return 0

    part.supervisor.add_worker("hanging", hang, nothing_due, part.bell)
    with structlog.testing.capture_logs() as logs:
        async with part.running():
            await entered.wait()
        assert away == ["put away"]
    assert [line["event"] for line in logs] == ["part.cut_off"]
    await turns(1)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_few_empty_pages_in_a_row_are_no_reason_to_slow_down(clock: ManualClock) -> None:
    part, boy = Part(clock), ScriptedIntake(True, True)
    boy.empty_pages = BUSY_PAGES
    part.supervisor.add_source("boy", boy, timedelta(0), part.bell)
    async with part.running():
        await boy.reached(3)
        assert clock.sleeping == 0


async def test_a_source_that_waited_for_its_empty_pages_is_asked_again_at_once(clock: ManualClock) -> None:
    class Waiting(ScriptedIntake):
        async def step(self) -> bool:
            clock.advance(1)
            return await super().step()

    part, waiting = Part(clock), Waiting(True, True)
    waiting.empty_pages = BUSY_PAGES + 1
    part.supervisor.add_source("a", waiting, timedelta(0), part.bell)
    async with part.running():
        await waiting.reached(3)
        assert clock.sleeping == 0


class Stubborn(ScriptedIntake):
    """Turns the cancellation that ends it into an error of its own, as a library may."""

    async def step(self) -> bool:
        self.steps += 1
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise SourceError(TransientError("line lost")) from None
        return True


async def test_a_source_that_swallows_its_end_ends_all_the_same(clock: ManualClock) -> None:
    supervisor, health = make(clock)
    intake = Stubborn()
    supervisor.add_source("s:1", intake, timedelta(0), Bell(clock), group="s")
    stop = asyncio.Event()
    running = asyncio.create_task(supervisor.run(stop))
    await until(lambda: intake.steps == 1)
    await supervisor.remove("s")
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "s:1"]
    assert health.parts() == ()
    stop.set()
    async with asyncio.timeout(5):
        await running


async def test_what_does_not_even_take_a_cancellation_holds_nobody_up(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervise, "CUT_OFF_SECS", 0.01)
    part, entered, leave = Part(clock, shutdown_secs=0.01), asyncio.Event(), asyncio.Event()

    async def deaf() -> int:
        entered.set()
        while not leave.is_set():
            try:
                await leave.wait()
            except asyncio.CancelledError:
                continue
        return 0

    part.supervisor.add_worker("deaf", deaf, nothing_due, part.bell)
    with structlog.testing.capture_logs() as logs:
        async with part.running():
            await entered.wait()
    assert [line["part"] for line in logs if line["event"] == "part.deaf"] == ["deaf"]
    leave.set()


class ScriptedListening:
    """A listener that fails as scripted before it listens; tells when it begins and ends."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.said: list[str] = []

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[None]:
        if self.failures:
            raise self.failures.pop(0)
        self.said.append("begun")
        try:
            yield
        finally:
            self.said.append("ended")


async def test_a_listener_runs_until_it_is_told_to_end_whoever_owns_its_channel(clock: ManualClock) -> None:
    supervisor, health = make(clock)
    listening, bell = ScriptedListening(), Bell(clock)
    supervisor.add_listener("support:listen", listening, bell, group="support")
    supervisor.own(())
    stop = asyncio.Event()
    running = asyncio.create_task(supervisor.run(stop))
    await until(lambda: listening.said == ["begun"])
    bell.ring()
    await asyncio.sleep(0)
    assert [part.condition for part in health.parts()] == [Condition.RUNNING]
    await supervisor.remove("support")
    assert listening.said == ["begun", "ended"]
    supervisor.add_listener("support:listen", listening, bell, group="support")
    await until(lambda: listening.said[2:] == ["begun"])
    stop.set()
    await running
    assert listening.said == ["begun", "ended"] * 2
    assert [part.condition for part in health.parts()] == [Condition.STOPPED]


async def test_a_listener_that_cannot_listen_tries_again_and_stops_nobody(clock: ManualClock) -> None:
    supervisor, health = make(clock)
    listening = ScriptedListening(ConfigError("the address is taken"))
    good = ScriptedIntake(True, True)
    supervisor.add_listener("support:listen", listening, Bell(clock))
    supervisor.add_source("good", good, timedelta(0), Bell(clock))
    stop = asyncio.Event()
    running = asyncio.create_task(supervisor.run(stop))
    await good.reached(3)
    await until(lambda: {part.part: part.condition for part in health.parts()}["support:listen"] != Condition.STARTING)
    state = {part.part: part for part in health.parts()}["support:listen"]
    assert state.condition is Condition.MISCONFIGURED
    assert state.next_try_at is not None
    clock.advance((state.next_try_at - clock.now()).total_seconds())
    await until(lambda: listening.said == ["begun"])
    assert {part.condition for part in health.parts()} == {Condition.RUNNING}
    stop.set()
    await running
