"""Tickets for those who feed their own desk from Kafka: each write a CloudEvent, a case's in order.

What agents do comes back on another topic. For whoever reads and writes there: docs/backends/kafka.md.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from gateway.backends._inbound import StreamReader, acts_of
from gateway.backends.kafka.backend import KafkaBackend
from gateway.backends.kafka.cluster import Cluster
from gateway.backends.kafka.feed import KafkaFeed
from gateway.backends.kafka.settings import KafkaSettings
from gateway.backends.signatures import signing_key
from gateway.ports import BackendPlugin, Opening, Role, TicketSystem

__all__ = ["PLUGIN", "KafkaSettings"]


@asynccontextmanager
async def open_kafka(opening: Opening[KafkaSettings]) -> AsyncIterator[TicketSystem]:
    """Open the backend; lines are made when they are first needed."""
    settings, clock = opening.settings, opening.clock
    cluster = Cluster(settings)
    key = signing_key(settings.inbound_secret) if settings.inbound_secret is not None else None
    reader = StreamReader(opening.name, settings.source, key)
    try:
        yield TicketSystem(KafkaBackend(settings, cluster, clock), feed=KafkaFeed(settings, cluster, reader, clock))
    finally:
        await cluster.close()


PLUGIN = BackendPlugin(
    name="kafka",
    settings=KafkaSettings,
    open=open_kafka,
    normalizer=acts_of("kafka"),
    roles=frozenset({Role.FEED}),
    pause=timedelta(seconds=2),
    unproven=(
        "never tried against Apache Kafka's own broker: tested with the library's real client on librdkafka's mock "
        "cluster; SASL, TLS, topic settings and looking up by time were not tried there"
    ),
)
