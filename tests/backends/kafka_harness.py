"""The Kafka backend on librdkafka's mock cluster, behind a relay that makes writing go wrong."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from typing_extensions import override

from gateway.backends.kafka import PLUGIN
from gateway.ports import BackendPlugin, Clock, Opening, TicketSystem
from gateway.testing.backends import Fault
from tests.backends.kafka_relay import KafkaRelay
from tests.backends.stream_harness import SECRET, StreamHarness, is_signed, signed
from tests.conftest import missing_server

PYTHON = Path(__file__).parents[2] / ".venv-servers" / "bin" / "python"
MOCK = Path(__file__).with_name("kafka_mock.py")
TOPIC, ACTS = "gatehouse", "gatehouse-desk"


class MockCluster:
    """The mock in a process of its own; what it holds ends with it."""

    def __init__(self, brokers: int = 1) -> None:
        if not PYTHON.exists():
            missing_server("confluent-kafka", "make test-backends installs it into .venv-servers")
        self._process = subprocess.Popen(
            [str(PYTHON), str(MOCK), str(brokers)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.addresses = self._process.stdout.readline().strip().split(",")
        assert self.addresses[0], "the mock cluster did not start"

    def close(self) -> None:
        self._process.communicate()


class KafkaHarness(StreamHarness):
    """The backend, a mock cluster, and a desk that reads and writes there beside the relay."""

    faults = frozenset({Fault.DOWN, Fault.UNAUTHORIZED, Fault.DROPPED})
    secrets: Sequence[str] = (SECRET,)

    def __init__(self, cluster: MockCluster, clock: Clock, plugin: BackendPlugin = PLUGIN, **settings: Any) -> None:
        super().__init__()
        self.plugin = plugin
        self.cluster = cluster
        self.relay = KafkaRelay(int(cluster.addresses[0].rpartition(":")[2]))
        self._clock = clock
        self._settings = settings

    def settings(self) -> Mapping[str, Any]:
        return {
            "brokers": [f"127.0.0.1:{self.relay.port}"],
            "tls": False,
            "secret": {"env": "TEST_KAFKA_SECRET"},
            "inbound_secret": {"env": "TEST_KAFKA_SECRET"},
            "timeout_secs": 2.0,
            **self._settings,
        }

    def config(self) -> str:
        """Return the lines of `[backend]` after `kind`."""
        return (
            f'brokers = ["127.0.0.1:{self.relay.port}"]\ntls = false\nsecret = {{ env = "TEST_KAFKA_SECRET" }}\n'
            'inbound_secret = { env = "TEST_KAFKA_SECRET" }\npoll_secs = 0.5\n'
        )

    def open(self) -> AbstractAsyncContextManager[TicketSystem]:
        settings = self.plugin.settings.model_validate(self.settings())
        return self.plugin.open(Opening("desk", settings, self._clock))

    async def start(self) -> None:
        """Start the relay; have the mock make both topics, which it does when they are asked for."""
        await self.relay.start()
        async with self._consumer() as consumer:
            for topic in (TOPIC, ACTS):
                await consumer._client._wait_on_metadata(topic)

    async def stop(self) -> None:
        await self.relay.stop()
        self.cluster.close()

    async def kill(self) -> None:
        """Cut every line; the mock itself would forget everything."""
        await self.relay.stop()

    async def restart(self) -> None:
        await self.relay.start()

    @asynccontextmanager
    async def _consumer(self) -> AsyncIterator[AIOKafkaConsumer]:
        consumer = AIOKafkaConsumer(bootstrap_servers=self.cluster.addresses, group_id=None, enable_auto_commit=False)
        await consumer.start()
        try:
            yield consumer
        finally:
            await consumer.stop()

    async def records(self) -> list[ConsumerRecord]:
        """Return every record of our topic, each partition's in order."""
        found: list[ConsumerRecord] = []
        async with self._consumer() as consumer:
            numbers = await consumer._client._wait_on_metadata(TOPIC)
            places = [TopicPartition(TOPIC, number) for number in sorted(numbers)]
            ends = await consumer.end_offsets(places)
            consumer.assign(places)
            for place in places:
                consumer.seek(place, 0)
            async with asyncio.timeout(30):
                while any([await consumer.position(place) < ends[place] for place in places]):
                    for batch in (await consumer.getmany(timeout_ms=100)).values():
                        found += batch
        return sorted(found, key=lambda record: (record.partition, record.offset))

    @override
    async def events(self) -> list[Any]:
        events = [json.loads(record.value or b"") for record in await self.records()]
        return [event for event in events if event["type"] != "gatehouse.check"]

    async def files(self, case_id: str) -> Sequence[tuple[str, bytes]]:
        return ()

    async def answer(self, case_id: str, text: str, files: Sequence[tuple[str, bytes]]) -> None:
        """Answer a case as an agent does; a topic has no place for files."""
        assert not files
        await self.act(case_id, "replied", text)

    async def plan(self, fault: Fault, case_id: str | None) -> None:
        if fault is Fault.DOWN:
            await self.relay.stop()
        else:
            self.relay.mode = "deny" if fault is Fault.UNAUTHORIZED else "drop"

    async def mend(self) -> None:
        self.relay.mode = "pass"
        await self.relay.start()

    def sent(self) -> bytes:
        return bytes(self.relay.sent)

    def forged(self) -> int:
        """The signatures of what is held are looked at by a test of their own: reading takes the loop."""
        return 0

    async def unsigned(self) -> int:
        """Count the records whose signature is not of the secret."""
        records = await self.records()
        told = [({name: value.decode() for name, value in each.headers}, each.value or b"") for each in records]
        return sum(not is_signed(headers, body) for headers, body in told)

    @override
    async def publish(self, event: Mapping[str, Any], secret: str = SECRET) -> None:
        body, headers = signed(event, secret)
        producer = AIOKafkaProducer(bootstrap_servers=self.cluster.addresses)
        await producer.start()
        try:
            told = [(name, value.encode()) for name, value in headers.items()]
            await producer.send_and_wait(ACTS, body, key=str(event["subject"]).encode(), headers=told)
        finally:
            await producer.stop()


@asynccontextmanager
async def kafka_harness(clock: Clock, plugin: BackendPlugin = PLUGIN, **settings: Any) -> AsyncIterator[KafkaHarness]:
    """Start a mock cluster and the harness on it; needs TEST_KAFKA_SECRET in the environment."""
    harness = KafkaHarness(MockCluster(), clock, plugin, **settings)
    try:
        await harness.start()
        yield harness
    finally:
        await harness.stop()
