"""The Kafka backend, by the library's real client, on librdkafka's mock cluster: Apache Kafka itself runs not here."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from gateway.backends.kafka import PLUGIN
from gateway.errors import MalformedError, OutcomeUnknownError, RejectedError, TransientError
from gateway.ports import Cursor, Opening, Page, Raw, TicketAction, TicketSystem
from gateway.testing.backends import CHECKS, Check, Fault, again, case_id, done, make_write, submit
from tests.backends.kafka_harness import TOPIC, KafkaHarness, MockCluster, kafka_harness
from tests.backends.stream_flow import flow_into
from tests.backends.stream_harness import SECRET, an_act
from tests.conftest import ManualClock

SETTLE_SECS = 100.0


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_KAFKA_SECRET", SECRET)


@pytest.fixture
async def harness(clock: ManualClock) -> AsyncIterator[KafkaHarness]:
    async with kafka_harness(clock) as opened:
        yield opened


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_contract(check: Check, harness: KafkaHarness) -> None:
    await check(harness)


async def test_cases_flow_while_lines_fall_and_none_is_lost_doubled_or_out_of_order(
    harness: KafkaHarness, tmp_path: Path
) -> None:
    """Now the answer to a produce request is lost, now every line falls, now the broker is silent for a while."""
    relay, doubts = harness.relay, 0
    async with (
        harness.open() as system,
        flow_into(system.backend, tmp_path, cases=40, writes=10) as flow,
        asyncio.timeout(SETTLE_SECS),
        asyncio.TaskGroup() as tasks,
    ):
        tasks.create_task(flow.come_in())
        tasks.create_task(flow.go_out())
        for _ in range(4):
            relay.cuts_after = 2
            await flow.until(30)
            relay.cut()
            await flow.until(30)
        for _ in range(2):
            relay.mode = "drop"
            await flow.until_in_doubt()
            doubts += 1
            await harness.mend()
            await flow.until(30)
    held = [(item.case_id, item.key) for item in await harness.held()]
    print(f"written {flow.settled}, held {len(held)}, answers lost {relay.cuts}, in doubt {doubts} times")
    wanted = [f"GH-AAAAA-{number:05d}" for number in range(40)]
    by_case = {name: [key for case, key in held if case == name] for name in wanted}
    assert by_case == {name: [f"{name}-{step}" for step in range(1, 11)] for name in wanted}
    assert relay.cuts >= 4


async def test_a_cases_records_stand_in_one_partition_and_bear_their_proof(harness: KafkaHarness) -> None:
    async with harness.open() as system:
        for number in range(1, 9):
            ticket = await done(system.backend, make_write(number))
            await done(system.backend, make_write(number, step="b", action=TicketAction.NOTE, ticket=ticket))
        await system.backend.check()
    records = await harness.records()
    places = {(record.key, record.partition) for record in records}
    assert len(places) == 9, "eight cases and the trial"
    assert len({place for _, place in places}) > 1
    assert await harness.unsigned() == 0
    headers = dict(records[0].headers)
    assert headers["content-type"] == b"application/cloudevents+json"
    assert headers["gatehouse-id"].decode() == json.loads(records[0].value)["id"]


async def test_several_brokers_share_the_partitions(clock: ManualClock) -> None:
    cluster = MockCluster(3)
    try:
        settings = PLUGIN.settings.model_validate({"brokers": cluster.addresses, "tls": False})
        async with PLUGIN.open(opening_of(settings, clock)) as system:
            for number in range(1, 13):
                assert await done(system.backend, make_write(number)) == case_id(number)
            assert await system.backend.find(make_write(5)) == case_id(5)
            assert await system.backend.find(make_write(50)) is None
            report = await system.backend.check()
    finally:
        cluster.close()
    assert report.ok, report
    assert "each on 3 brokers" in report.checks[0].detail


def opening_of(settings: Any, clock: ManualClock) -> Opening[Any]:
    return Opening("desk", settings, clock)


async def crowd(harness: KafkaHarness, key: str, count: int) -> None:
    """Put others' records of now onto a case's partition."""
    producer = AIOKafkaProducer(bootstrap_servers=harness.cluster.addresses)
    await producer.start()
    try:
        for _ in range(count):
            await producer.send_and_wait(TOPIC, b'{"type": "gatehouse.check"}', key=key.encode())
    finally:
        await producer.stop()


async def test_what_cannot_be_told_by_reading_back_is_said_not_to_be_known(harness: KafkaHarness) -> None:
    """More has been written since than is read back: neither found nor surely missing."""
    harness._settings = {"look_back": 5}
    write = make_write()
    async with harness.open() as system:
        await done(system.backend, write)
        assert await system.backend.find(write) == case_id(1)
        await crowd(harness, case_id(1), 6)
        with pytest.raises(OutcomeUnknownError, match="look_back"):
            await system.backend.find(write)
        answers = await submit(system.backend, [again(write)])
        assert isinstance(answers[write.key].error, OutcomeUnknownError)  # type: ignore[union-attr]
    assert len(await harness.held()) == 1


async def test_a_desk_that_takes_each_id_once_is_written_to_again_when_in_doubt(harness: KafkaHarness) -> None:
    harness._settings = {"look_back": 5, "receiver_is_idempotent": True}
    write = make_write()
    async with harness.open() as system:
        await crowd(harness, case_id(1), 6)
        assert await system.backend.find(write) is None
        assert await done(system.backend, again(write)) == case_id(1)


async def test_a_write_is_looked_for_from_before_its_message_was_filed(harness: KafkaHarness) -> None:
    """The case goes on after the first attempt: when it was last changed says nothing of when that was."""
    write = make_write()
    later = write.case.model_copy(update={"updated_at": write.case.updated_at.replace(year=2030)})
    async with harness.open() as system:
        await done(system.backend, write)
        assert await system.backend.find(replace(write, case=later)) == case_id(1)
        note = make_write(2, action=TicketAction.NOTE)
        await done(system.backend, note)
        later = note.case.model_copy(update={"updated_at": note.case.updated_at.replace(year=2030)})
        assert await system.backend.find(replace(note, case=later)) == case_id(2)


async def test_a_write_that_is_too_large_is_refused_alone(harness: KafkaHarness) -> None:
    huge = replace(make_write(3, action=TicketAction.NOTE), note="x" * 1_100_000)
    writes = [make_write(1), huge, make_write(2)]
    async with harness.open() as system:
        answers = await submit(system.backend, writes)
    assert isinstance(answers[huge.key].error, RejectedError)  # type: ignore[union-attr]
    assert len(await harness.held()) == 2


async def test_nothing_is_sent_behind_the_engines_back(harness: KafkaHarness) -> None:
    """What was given up is not sent when the broker comes back: only the engine writes it again."""
    async with harness.open() as system:
        await done(system.backend, make_write(1))
        await harness.plan(Fault.DOWN, None)
        answers = await submit(system.backend, [make_write(2)])
        assert isinstance(answers[make_write(2).key].error, OutcomeUnknownError)  # type: ignore[union-attr]
        await harness.mend()
        await done(system.backend, make_write(3))
        assert await system.backend.find(make_write(2)) is None
    assert {item.case_id for item in await harness.held()} == {case_id(1), case_id(3)}


async def first(system: TicketSystem) -> Cursor | None:
    assert system.feed is not None
    return (await system.feed.fetch(None)).cursor


async def rest(system: TicketSystem, after: Cursor | None) -> Page[Raw]:
    assert system.feed is not None
    return await system.feed.fetch(after)


async def test_what_bears_no_signature_is_told_and_takes_no_others_place(harness: KafkaHarness) -> None:
    async with harness.open() as system:
        start = await first(system)
        await harness.publish(an_act("a1"), secret="another secret of twenty-four")
        await harness.publish(an_act("a1"))
        page = await rest(system, start)
    assert PLUGIN.normalizer is not None
    forged, genuine = page.items
    with pytest.raises(MalformedError, match="signature"):
        PLUGIN.normalizer.normalize(forged)
    assert PLUGIN.normalizer.normalize(genuine)
    assert forged.key != genuine.key


async def test_acts_of_all_partitions_come_and_a_new_partition_is_read_whole(harness: KafkaHarness) -> None:
    async with harness.open() as system:
        start = await first(system)
        for number in range(1, 9):
            await harness.publish(an_act(f"a{number}", subject=case_id(number)))
        page = await rest(system, start)
        assert {raw.key for raw in page.items} == {f"a{number}" for number in range(1, 9)}
        offsets = json.loads(page.cursor or "")
        newest = max(offsets, key=lambda name: offsets[name])
        without = {name: offset for name, offset in offsets.items() if name != newest}
        again_ = await rest(system, Cursor(json.dumps(without)))
        assert len(again_.items) == offsets[newest]
        assert "flaw" not in again_.items[0].notes
        assert (await rest(system, page.cursor)).cursor is None


async def test_a_topic_that_was_made_anew_says_so_and_is_read_from_its_beginning(harness: KafkaHarness) -> None:
    async with harness.open() as system:
        start = json.loads(await first(system) or "")
        await harness.publish(an_act("b1"))
        page = await rest(system, Cursor(json.dumps(dict.fromkeys(start, 1_000))))
    told = [raw for raw in page.items if "made anew" in raw.notes.get("flaw", "")]
    assert len(told) == len(start)
    assert [raw.key for raw in page.items if raw not in told] == ["b1"]


async def test_a_broker_that_is_gone_is_an_error_of_the_feed_and_it_goes_on(harness: KafkaHarness) -> None:
    """An outage is never an empty page."""
    async with harness.open() as system:
        start = await first(system)
        await harness.kill()
        with pytest.raises(TransientError):
            await rest(system, start)
        await harness.restart()
        await harness.publish(an_act("a1"))
        assert [raw.key for raw in (await rest(system, start)).items] == ["a1"]
