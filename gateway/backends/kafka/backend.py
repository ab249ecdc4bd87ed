"""Writes each change of a ticket as one record, in order for each case; reads back what is in doubt."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.partitioner import DefaultPartitioner

from gateway.backends._cloudevents import MEDIA_TYPE, encode, encode_check, event_id
from gateway.backends._onebyone import common_error
from gateway.backends.kafka.checks import Checks
from gateway.backends.kafka.cluster import Cluster, meaning, partitions_of, records
from gateway.backends.kafka.settings import KafkaSettings
from gateway.backends.signatures import sign, signing_key
from gateway.errors import GatewayError, OutcomeUnknownError, RejectedError
from gateway.ports import Check, Clock, Done, Failed, Report, TicketRef, TicketWrite

ID = "gatehouse-id"
"""The header that bears an event's id, by which a record is known again."""
MARGIN = timedelta(hours=1)
"""How far brokers' clocks may be off ours."""


@dataclass(frozen=True, slots=True)
class _Window:
    """What of a partition is read back. `is_whole`: whatever was written since is in it."""

    start: int
    end: int
    is_whole: bool


class KafkaBackend:
    """One topic; the case's number is the key, so that a case's records stand in one partition, in order."""

    def __init__(self, settings: KafkaSettings, cluster: Cluster, clock: Clock) -> None:
        self._settings = settings
        self._cluster = cluster
        self._clock = clock
        self._key = signing_key(settings.secret) if settings.secret is not None else None

    async def check(self) -> Report:
        """See topics and our rights, and write one event of type `gatehouse.check`, which readers leave alone."""
        checks = list((await Checks(self._settings, self._cluster).report()).checks)
        if all(check.ok for check in checks):
            name, body = encode_check(self._settings.source, self._clock.now())
            try:
                await self._send("check", name, body)
            except GatewayError as error:
                checks.append(Check("write", ok=False, detail=f"{error}; {error.action}"))
            else:
                checks.append(Check("write", ok=True, detail=f"{self._settings.topic} took a trial event"))
        return Report(tuple(checks))

    async def submit(self, writes: Sequence[TicketWrite]) -> Sequence[Done | Failed]:
        """Send side by side; the library makes batches of them."""
        answers = await asyncio.gather(*(self._deliver(write) for write in writes))
        common = common_error(answers)
        if common is not None:
            raise common
        return answers

    async def find(self, write: TicketWrite, job: str | None = None) -> TicketRef | None:
        """Read the case's partition back, from before the write was made; bounded by `look_back`."""
        async with self._cluster.consumer() as consumer:
            found = await self._look(consumer, write)
        if found:
            return _ticket_of(write)
        if found is None and not self._settings.receiver_is_idempotent:
            raise OutcomeUnknownError(
                "the topic holds more than look_back records since, or not all of them; look there before resending"
            )
        return None

    async def _look(self, consumer: AIOKafkaConsumer, write: TicketWrite) -> bool | None:
        """Return whether the topic holds a write; None when that cannot be told."""
        key = write.case.id.encode()
        places = await partitions_of(consumer, self._settings.topic)
        number = DefaultPartitioner()(key, [each.partition for each in places], [])
        place = TopicPartition(self._settings.topic, number)
        consumer.assign([place])
        window = await _window(consumer, place, _made_at(write) - MARGIN, self._settings.look_back)
        wanted = (ID, event_id(write.key).encode())
        async for record in records(consumer, place, window.start, window.end):
            if record.key == key and wanted in record.headers:
                return True
        return False if window.is_whole else None

    async def _deliver(self, write: TicketWrite) -> Done | Failed:
        try:
            if write.doubtful and await self.find(write) is not None:
                return Done(write.key, _ticket_of(write))
            name, body = encode(write, self._settings.source)
            await self._send(write.case.id, name, body)
        except GatewayError as error:
            return Failed(write.key, error)
        return Done(write.key, _ticket_of(write))

    async def _send(self, key: str, name: str, body: bytes) -> None:
        producer = await self._cluster.producer()
        headers = {"content-type": MEDIA_TYPE, ID: name}
        if self._key is not None:
            headers |= sign(self._key, name, self._clock.now(), body)
        told = [(header, value.encode()) for header, value in headers.items()]
        try:
            async with asyncio.timeout(self._settings.timeout_secs):
                await producer.send_and_wait(self._settings.topic, body, key=key.encode(), headers=told)
        except (KafkaError, OSError, TimeoutError) as error:
            meant = meaning(error, is_safe=False)
            if not isinstance(meant, RejectedError):
                await self._cluster.abandon(producer)
            raise meant from None
        except asyncio.CancelledError:
            await asyncio.shield(self._cluster.abandon(producer))
            raise


async def _window(consumer: AIOKafkaConsumer, place: TopicPartition, since: datetime, most: int) -> _Window:
    """Return what to read of a partition so as to see all that was written since, as far as that can be."""
    begin = (await consumer.beginning_offsets([place]))[place]
    end = (await consumer.end_offsets([place]))[place]
    start = max(begin, end - most)
    millis = int(since.timestamp() * 1000)
    found = (await consumer.offsets_for_times({place: max(0, millis)}))[place]
    if found is not None and found.offset > start:
        # Whatever stands before it is older.
        return _Window(found.offset, end, is_whole=True)
    if start == 0:
        return _Window(0, end, is_whole=True)
    async for record in records(consumer, place, start, end):
        return _Window(start, end, is_whole=record.timestamp < millis)
    return _Window(start, end, is_whole=False)


def _made_at(write: TicketWrite) -> datetime:
    """Return a time before the first attempt: the message was filed by then. A case's own changes go on after it."""
    return min(write.entry.at, write.case.updated_at) if write.entry is not None else write.case.opened_at


def _ticket_of(write: TicketWrite) -> TicketRef:
    return write.ticket or TicketRef(write.external_key)
