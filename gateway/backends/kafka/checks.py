"""What a Kafka cluster must be like for us, looked at for the operator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError

from gateway.backends.kafka.cluster import Cluster, partitions_of, records
from gateway.backends.kafka.settings import KafkaSettings
from gateway.errors import ConfigError, GatewayError
from gateway.ports import Check, Report

LEAST_RETENTION_MS = 24 * 3600 * 1000
WANTED = ("min.insync.replicas", "cleanup.policy", "retention.ms")


class Checks:
    """Looks at topics and at our right to read them; changes nothing."""

    def __init__(self, settings: KafkaSettings, cluster: Cluster) -> None:
        self._settings = settings
        self._cluster = cluster

    async def report(self) -> Report:
        """Return a check a topic; the second only where the first found a cluster."""
        checks: list[Check] = []
        for name, topic in (("topic", self._settings.topic), ("acts", self._settings.acts_topic)):
            try:
                checks.append(Check(name, ok=True, detail=await self._see(topic)))
            except GatewayError as error:
                checks.append(Check(name, ok=False, detail=f"{error}; {error.action}"))
                if not isinstance(error, ConfigError):
                    break
        return Report(tuple(checks))

    async def _see(self, topic: str) -> str:
        async with self._cluster.admin() as admin:
            (about,) = await admin.describe_topics([topic])
            config = await _config(admin, topic)
        partitions = about["partitions"]
        if about["error_code"] or not partitions:
            raise ConfigError(f"Kafka has no topic {topic}, or does not show it to us")
        replicas = min(len(each["replicas"]) for each in partitions)
        flaws = list(flaws_of(config, replicas))
        if flaws:
            raise ConfigError(f"the topic {topic} will not do: {'; '.join(flaws)}")
        await self._read(topic)
        unseen = "" if config else "; its settings cannot be seen"
        return f"{topic} has {len(partitions)} partitions, each on {replicas} brokers{unseen}"

    async def _read(self, topic: str) -> None:
        """See that we may read, with the last record there is."""
        async with self._cluster.consumer() as consumer:
            places = await partitions_of(consumer, topic)
            ends = await consumer.end_offsets(places)
            begins = await consumer.beginning_offsets(places)
            place = max(places, key=lambda each: ends[each] - begins[each])
            consumer.assign([place])
            if ends[place] > begins[place]:
                async for _ in records(consumer, place, ends[place] - 1, ends[place]):
                    break


async def _config(admin: AIOKafkaAdminClient, topic: str) -> Mapping[str, str]:
    """Return a topic's settings, or none where they are not shown to us."""
    asked = ConfigResource(ConfigResourceType.TOPIC, topic, dict.fromkeys(WANTED))
    try:
        (answer,) = await admin.describe_configs([asked])
    except (KafkaError, OSError, TypeError, ValueError):
        return {}
    resources: list[Any] = list(answer.resources)
    # An entry is (error, message, type, name, settings), a setting begins with its name and value.
    return {setting[0]: str(setting[1]) for resource in resources if not resource[0] for setting in resource[4]}


def flaws_of(config: Mapping[str, str], replicas: int) -> Iterator[str]:
    """Yield what is wrong with a topic of these settings."""
    if "compact" in config.get("cleanup.policy", ""):
        yield "its cleanup.policy is compact, which keeps only the last of each case's records"
    retention = int(config.get("retention.ms", "-1"))
    if 0 <= retention < LEAST_RETENTION_MS:
        yield "its retention.ms is less than a day"
    if replicas >= 3 and int(config.get("min.insync.replicas", "2")) < 2:
        yield "its min.insync.replicas is 1, so that a record may be lost with one broker: set it to 2"
