"""What agents do, read from a topic: the cursor holds the offset of each partition, and no broker keeps our place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from pydantic import TypeAdapter

from gateway.backends._inbound import StreamReader
from gateway.backends._places import cursor_of, place_in
from gateway.backends.kafka.cluster import Cluster, partitions_of, records
from gateway.backends.kafka.settings import KafkaSettings
from gateway.ports import Clock, Cursor, Page, Raw

PAGE = 200
_OFFSETS: TypeAdapter[dict[int, int]] = TypeAdapter(dict[int, int])


class KafkaFeed:
    """One topic's records, a partition after the other."""

    def __init__(self, settings: KafkaSettings, cluster: Cluster, reader: StreamReader, clock: Clock) -> None:
        self._settings = settings
        self._cluster = cluster
        self._reader = reader
        self._clock = clock

    async def fetch(self, after: Cursor | None) -> Page[Raw]:
        """See `Feed`. What the topic threw away unread is told by a raw of its own."""
        pause = timedelta(seconds=self._settings.poll_secs)
        offsets = None if after is None else place_in(_OFFSETS.validate_json, after, "Kafka's")
        async with self._cluster.reader() as consumer:
            places = await partitions_of(consumer, self._settings.acts_topic)
            ends = await consumer.end_offsets(places)
            if offsets is None:
                return Page((), cursor_of({place.partition: ends[place] for place in places}), pause=pause)
            begins = await consumer.beginning_offsets(places)
            raws: list[Raw] = []
            consumer.assign(places)
            consumer.pause(*places)
            for place in places:
                async for each in self._read(consumer, place, offsets, begins[place], ends[place], PAGE - len(raws)):
                    raws.append(each)  # noqa: PERF401 - an asynchronous generator that is left early is closed late
        more = any(offsets.get(place.partition, 0) < ends[place] for place in places)
        cursor = cursor_of(offsets)
        return Page(tuple(raws), cursor if cursor != after else None, more=more, pause=None if more else pause)

    async def _read(
        self,
        consumer: AIOKafkaConsumer,
        place: TopicPartition,
        offsets: dict[int, int],
        begin: int,
        end: int,
        most: int,
    ) -> AsyncIterator[Raw]:
        """Yield at most so many raws of a partition, and move its offset on. A partition that is new is read whole."""
        number = place.partition
        start = offsets.get(number, 0)
        if start > end:
            yield self._lost(place, start, "a topic of agents' acts was made anew; some may be lost")
            start = begin
        elif start < begin:
            if number in offsets:
                yield self._lost(place, start, "a topic threw acts away that were not read yet")
            start = begin
        offsets[number] = start
        if start >= end or most <= 0:
            return
        consumer.resume(place)
        count = 0
        async for record in records(consumer, place, start, end):
            offsets[number] = record.offset + 1
            raw = self._raw(record)
            if raw is not None:
                yield raw
            count += 1
            if count >= most:
                break
        else:
            offsets[number] = end
        consumer.pause(place)

    def _raw(self, record: ConsumerRecord) -> Raw | None:
        headers = {name.lower(): (value or b"").decode("utf-8", "replace") for name, value in record.headers}
        place = f"{record.topic}-{record.partition}-{record.offset}"
        return self._reader.raw(place, record.value or b"", headers, self._clock.now())

    def _lost(self, place: TopicPartition, start: int, text: str) -> Raw:
        return self._reader.lost(f"lost-{place.topic}-{place.partition}-{start}", text, self._clock.now())
