"""The model behind docs/scale.md keeps the laws that any such system keeps, and loses and doubles nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.benchmarks import simulate
from tests.benchmarks.events import Bell, Log, Places, Steps, Time
from tests.benchmarks.simulate import COMMIT, COSTS, PUT, Cost, Simulation, World, loaded, on_one_machine, saturated

SMALL = World(nodes=3, channels=7, primary_cores=2, senders=0)


def worker(places: Places, secs: float, times: int) -> Steps:
    for _ in range(times):
        yield from places.work(secs)


def test_a_core_is_never_busy_for_longer_than_the_time_that_passes() -> None:
    time, cores = Time(), Places(2)
    for _ in range(5):
        time.start(worker(cores, 0.3, 10))
    time.run(4.0)
    assert cores.busy == pytest.approx(2 * 4.0, abs=0.01)
    time.run(100.0)
    assert cores.busy == pytest.approx(5 * 10 * 0.3)


def test_a_task_that_ends_gives_its_core_back_whether_it_works_or_waits() -> None:
    time, core = Time(), Places(1)
    tasks = [time.start(worker(core, 1.0, 1)) for _ in range(3)]
    time.run(0.01)
    tasks[0].end()
    tasks[1].end()
    time.run(2.0)
    assert tasks[2].ended.fired
    assert core.busy == pytest.approx(1.0, abs=0.02)


def test_who_is_ended_at_the_moment_of_getting_a_core_does_not_keep_it() -> None:
    time, core = Time(), Places(1)
    list(core.take())
    waiting, after = (time.start(worker(core, 1.0, 1)) for _ in range(2))
    time.run(0.5)
    core.give()
    waiting.end()
    time.run(3.0)
    assert after.ended.fired


def test_commits_that_come_while_the_log_is_written_share_the_next_write() -> None:
    time = Time()
    log = Log(time, fsync_secs=0.010, bytes_a_sec=1e9, standby_secs=0.0)
    for _ in range(8):
        time.start(log.flush(100.0))
    time.run(0.005)
    for _ in range(50):
        time.start(log.flush(100.0))
    time.run(1.0)
    assert (log.commits, log.flushes, log.bytes) == (58, 2, 5_800)
    assert log.busy == pytest.approx(0.020, abs=1e-4)


def test_a_ring_that_nobody_waited_for_is_kept() -> None:
    time = Time()
    bell = Bell(time)
    bell.ring()
    waiting = time.start(bell.wait(30.0))
    time.run(0.1)
    assert waiting.ended.fired


def test_a_batchs_cost_goes_through_both_measured_sizes() -> None:
    cost = Cost((2.0, 11.0), (1.0, 4.0), 0, 1)
    assert [cost.node(size) for size in (10, 100)] == pytest.approx([0.002, 0.011])
    assert cost.server(55) == pytest.approx(0.0025)
    assert cost.node(0) == pytest.approx(0.001)


def test_no_message_is_lost_on_the_way_at_any_moment() -> None:
    simulation = Simulation(SMALL, rate=500.0)
    for number in range(1, 60):
        simulation.time.run(number * 0.13)
        if number == 20:
            simulation.kill(2)
        assert sum(simulation.whereabouts().values()) == simulation.arrived
    assert simulation.arrived > 3_000


def test_the_death_of_a_node_loses_and_doubles_nothing_and_its_channels_are_fetched_again() -> None:
    simulation = Simulation(SMALL, rate=300.0, until=20.0)
    simulation.time.run(5.0)
    dead = simulation.nodes[1]
    simulation.kill(1)
    under_way = len(dead.claimed) + len(dead.sending)
    simulation.time.run(5.0 + SMALL.silence_secs - 0.1)
    assert 1 in simulation.members()
    assert simulation.lag() > SMALL.silence_secs - 1
    simulation.time.run(40.0)
    assert 1 not in simulation.members()
    assert set(simulation.owners) == set(simulation.channels)
    assert set(simulation.owners.values()) == {2, 3}
    assert simulation.settled == simulation.arrived > 5_000
    assert under_way > 0
    assert {each for channel in simulation.channels.values() for each in channel.accepted} == {1}


@pytest.mark.parametrize("nodes", [1, 2, 3, 10])
def test_each_channel_is_fetched_by_one_node_and_shares_differ_by_one_at_most(nodes: int) -> None:
    simulation = Simulation(replace(SMALL, nodes=nodes, channels=23), rate=1.0)
    simulation.time.run(5.0)
    fetched = [name for node in simulation.nodes.values() for name in node.intakes]
    assert sorted(fetched) == sorted(simulation.channels)
    shares = [len(node.intakes) for node in simulation.nodes.values()]
    assert max(shares) - min(shares) <= 1


def test_a_newcomer_gets_its_share_from_those_who_had_more() -> None:
    simulation = Simulation(replace(SMALL, nodes=1), rate=50.0)
    simulation.time.run(3.0)
    simulation.join(2)
    simulation.time.run(6.0)
    first, second = simulation.nodes.values()
    assert sorted((*first.intakes, *second.intakes)) == sorted(simulation.channels)
    assert (len(first.intakes), len(second.intakes)) == (4, 3)


def test_a_ticket_that_was_taken_before_its_node_died_is_found_and_not_written_again() -> None:
    simulation = Simulation(SMALL, rate=300.0, until=4.0)
    dead = simulation.nodes[1]

    def taken() -> bool:
        return any(channel.accepted[number] for channel, number in dead.sending)

    simulation.time.run(4.0, taken)
    assert taken()
    simulation.kill(1)
    simulation.time.run(60.0)
    assert simulation.settled == simulation.arrived
    assert {each for channel in simulation.channels.values() for each in channel.accepted} == {1}


def test_littles_law() -> None:
    """What is in the system on the average is what comes in a second times how long it stays."""
    simulation = Simulation(replace(SMALL, nodes=2), rate=200.0, until=60.0)
    looks = []
    for number in range(1, 6_001):
        simulation.time.run(number * 0.01)
        for channel in simulation.channels.values():
            channel.upto(simulation.time.now, 60.0)
        # A ticket counts from its acceptance, which comes a release before its settlement.
        taken = sum(each >= 0 for channel in simulation.channels.values() for each in channel.done)
        looks.append(simulation.arrived - taken)
    simulation.time.run(90.0)
    waits = [
        done - arrived
        for channel in simulation.channels.values()
        for arrived, done in zip(channel.arrived, channel.done, strict=True)
    ]
    assert simulation.settled == simulation.arrived
    inside = sum(looks) / len(looks)
    assert inside == pytest.approx(simulation.arrived / 60.0 * sum(waits) / len(waits), rel=0.15)


def test_throughput_stays_below_what_each_resource_allows() -> None:
    for world in (replace(SMALL, nodes=1), replace(SMALL, nodes=8, primary_cores=1)):
        flow = saturated(world, secs=4.0, warm=2.0)
        server = sum(cost.server(100) for cost in COSTS.values()) / 100
        node = sum(cost.node(100) for cost in COSTS.values()) / 100 + world.own_ms / 1000
        bound = min(world.primary_cores / server, world.nodes / node)
        assert 0.5 * bound < flow.rate < 1.1 * bound
        assert flow.primary <= 1.01
        assert flow.nodes <= 1.01
        assert flow.flushes <= 1.01


def test_a_second_node_carries_more_until_the_primary_is_full() -> None:
    rates = [saturated(replace(SMALL, nodes=nodes), secs=4.0, warm=2.0).rate for nodes in (1, 2, 9, 12)]
    assert rates[1] > 1.7 * rates[0]
    assert rates[3] < 1.15 * rates[2]


def test_idle_workers_that_news_wake_cost_what_nodes_could_carry() -> None:
    none, some = (saturated(replace(SMALL, senders=senders), 3.0, 1.0).rate for senders in (0, 20))
    assert some < 0.8 * none


def test_a_slower_disk_makes_messages_wait_longer() -> None:
    quick, slow = (loaded(replace(SMALL, fsync_ms=ms), 200.0, secs=10.0, dies_at=8.0) for ms in (0.1, 40.0))
    assert slow.median > quick.median + 0.080


def test_the_same_seed_gives_the_same_run() -> None:
    assert saturated(SMALL, 2.0, 1.0) == saturated(SMALL, 2.0, 1.0)
    assert on_one_machine(2, 4, 2, 0.0, messages=500) == on_one_machine(2, 4, 2, 0.0, messages=500)


def test_others_on_the_machine_take_their_share() -> None:
    alone, beside, crowded = (on_one_machine(2, 4, 2, others, messages=2_000).rate for others in (0.0, 0.5, 2.0))
    assert 0.6 * alone < beside < 0.95 * alone
    assert crowded < 0.7 * alone


@pytest.mark.parametrize("stage", [PUT, COMMIT])
def test_a_dearer_stage_lowers_what_a_node_carries(monkeypatch: pytest.MonkeyPatch, stage: str) -> None:
    world = replace(SMALL, nodes=1)
    before = saturated(world, 3.0, 1.0).rate
    dearer = replace(COSTS[stage], node_ms=(3 * COSTS[stage].node_ms[0], 3 * COSTS[stage].node_ms[1]))
    monkeypatch.setitem(simulate.COSTS, stage, dearer)
    assert saturated(world, 3.0, 1.0).rate < 0.95 * before
