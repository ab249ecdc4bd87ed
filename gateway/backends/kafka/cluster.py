"""Connections to a Kafka cluster, made when first needed and anew after they broke, and what its errors mean.

The library's producer tries again by itself for as long as it is let; whatever it has not done in time is given up with
it, so that nothing is sent behind the engine's back.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka import errors as kafka_errors
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.conn import create_conn

from gateway.backends.kafka.settings import KafkaSettings
from gateway.errors import (
    AuthError,
    ConfigError,
    GatewayError,
    OutcomeUnknownError,
    RejectedError,
    TransientError,
)
from gateway.http import trusted

READ_AT_ONCE = 500
SHUT_SECS = 2.0

_DENIED = (
    kafka_errors.TopicAuthorizationFailedError,
    kafka_errors.ClusterAuthorizationFailedError,
    kafka_errors.GroupAuthorizationFailedError,
    kafka_errors.TransactionalIdAuthorizationFailed,
    kafka_errors.SaslAuthenticationFailed,
    kafka_errors.AuthenticationFailedError,
)
_MISCONFIGURED = (
    kafka_errors.UnknownTopicOrPartitionError,
    kafka_errors.InvalidTopicError,
    kafka_errors.UnsupportedSaslMechanismError,
    kafka_errors.AuthenticationMethodNotSupported,
    kafka_errors.UnsupportedVersionError,
    kafka_errors.IncompatibleBrokerVersion,
    kafka_errors.UnrecognizedBrokerVersion,
    kafka_errors.KafkaConfigurationError,
    kafka_errors.SecurityDisabled,
)
_REFUSED = (
    kafka_errors.MessageSizeTooLargeError,
    kafka_errors.RecordListTooLargeError,
    kafka_errors.RecordTooLargeError,
    kafka_errors.PolicyViolationError,
    kafka_errors.InvalidTimestampError,
)
_NOT_TAKEN = (kafka_errors.NotEnoughReplicasError, kafka_errors.LeaderNotAvailableError)
_ERRORS = (kafka_errors.KafkaError, OSError, TimeoutError)


class Cluster:
    """One cluster, as one user."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._producer: AIOKafkaProducer | None = None
        self._reader: AIOKafkaConsumer | None = None
        self._opening = asyncio.Lock()

    async def producer(self) -> AIOKafkaProducer:
        """Return the open producer. Raises what it came to; nothing was sent."""
        async with self._opening:
            if self._producer is None:
                options = {"acks": "all", "enable_idempotence": True, "linger_ms": 0}
                producer = AIOKafkaProducer(**self._options(), **options)
                await self._start(producer)
                self._producer = producer
            return self._producer

    async def abandon(self, producer: AIOKafkaProducer) -> None:
        """Give a producer up; the next call makes another."""
        if self._producer is producer:
            self._producer = None
        await _stop(producer)

    async def close(self) -> None:
        """Close what is open; everything that was to be sent has been waited for."""
        if self._producer is not None:
            await self.abandon(self._producer)
        if self._reader is not None:
            reader, self._reader = self._reader, None
            await _stop(reader)

    @asynccontextmanager
    async def reader(self) -> AsyncIterator[AIOKafkaConsumer]:
        """Return the one consumer that is kept, for one caller at a time; the next call makes another after a fault."""
        reader, self._reader = self._reader or await self._consumer(), None
        async with self._reading(reader):
            yield reader
            self._reader = reader

    @asynccontextmanager
    async def consumer(self) -> AsyncIterator[AIOKafkaConsumer]:
        """Open a consumer for one look."""
        consumer = await self._consumer()
        async with self._reading(consumer):
            yield consumer

    @asynccontextmanager
    async def _reading(self, consumer: AIOKafkaConsumer) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._settings.timeout_secs):
                yield
        except _ERRORS as error:
            raise meaning(error, is_safe=True) from None
        finally:
            if self._reader is not consumer:
                await _stop(consumer)

    async def _consumer(self) -> AIOKafkaConsumer:
        """Open a consumer of no group: it keeps its place nowhere, and takes only what was committed."""
        consumer = AIOKafkaConsumer(
            **self._options(),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
        )
        await self._start(consumer)
        return consumer

    @asynccontextmanager
    async def admin(self) -> AsyncIterator[AIOKafkaAdminClient]:
        """Open an admin client; its calls change nothing."""
        admin = AIOKafkaAdminClient(**self._options())
        await self._start(admin)
        try:
            async with asyncio.timeout(self._settings.timeout_secs):
                yield admin
        except _ERRORS as error:
            raise meaning(error, is_safe=True) from None
        finally:
            await _stop(admin)

    async def _start(self, client: Any) -> None:
        try:
            async with asyncio.timeout(self._settings.timeout_secs):
                await client.start()
        except BaseException as error:
            await _stop(client)
            if isinstance(error, kafka_errors.KafkaConnectionError):
                raise await self._why() from None
            if isinstance(error, _ERRORS):
                raise meaning(error, is_safe=True) from None
            raise

    async def _why(self) -> GatewayError:
        """Ask a broker once more: the library tells its log alone why it could not connect."""
        host, _, port = self._settings.brokers[0].rpartition(":")
        options = {name: value for name, value in self._options().items() if name != "bootstrap_servers"}
        try:
            async with asyncio.timeout(self._settings.timeout_secs):
                line = await create_conn(host.strip("[]"), int(port), **options)
        except ssl.SSLCertVerificationError:
            return TransientError("Kafka cannot be reached: its certificate cannot be verified")
        except _ERRORS as error:
            found = meaning(error, is_safe=True)
            return found if not isinstance(found, TransientError) else _unreachable(error)
        line.close()
        return TransientError("Kafka cannot be reached: no broker tells of its cluster")

    def _options(self) -> dict[str, Any]:
        settings = self._settings
        security = ("SASL_" if settings.sasl else "") + ("SSL" if settings.tls else "PLAINTEXT")
        if not settings.tls and settings.sasl is None:
            security = "PLAINTEXT"
        options: dict[str, Any] = {
            "bootstrap_servers": list(settings.brokers),
            "client_id": "gatehouse",
            "request_timeout_ms": int(settings.timeout_secs * 1000),
            "security_protocol": security,
        }
        if settings.tls:
            options["ssl_context"] = _tls(settings)
        if settings.sasl is not None and settings.password is not None:
            options["sasl_mechanism"] = settings.sasl
            options["sasl_plain_username"] = settings.user
            options["sasl_plain_password"] = settings.password.get_secret_value()
        return options


async def _stop(client: Any) -> None:
    """Close a client. A producer sends nothing more, which its own `stop` would do first."""
    with suppress(*_ERRORS):
        async with asyncio.timeout(SHUT_SECS):
            if isinstance(client, AIOKafkaAdminClient):
                await client.close()
            elif isinstance(client, AIOKafkaProducer):
                client._closed = True
                await client.client.close()
                await _ended(client._sender.sender_task)
            else:
                await client.stop()


async def _ended(task: asyncio.Task[None] | None) -> None:
    """Cancel the library's sender; it waits for calls under way, which a closed client may never end."""
    for _ in range(3):
        if task is None or task.done():
            return
        task.cancel()
        await asyncio.wait({task}, timeout=0.2)


def _tls(settings: KafkaSettings) -> ssl.SSLContext:
    context = trusted(settings.ca_file)
    if not isinstance(context, ssl.SSLContext):
        context = ssl.create_default_context()
    if settings.cert_file is not None:
        try:
            context.load_cert_chain(settings.cert_file, settings.key_file)
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(f"{settings.cert_file} and its key cannot be read: {type(error).__name__}") from None
    return context


async def partitions_of(consumer: AIOKafkaConsumer, topic: str) -> Sequence[TopicPartition]:
    """Return a topic's partitions in order. Raises `ConfigError` when there is no such topic."""
    # A consumer of its own tells of partitions only after it was given some.
    numbers = await consumer._client._wait_on_metadata(topic)
    return [TopicPartition(topic, number) for number in sorted(numbers)]


async def records(
    consumer: AIOKafkaConsumer, place: TopicPartition, start: int, end: int
) -> AsyncIterator[ConsumerRecord]:
    """Yield what stands in a partition from one offset up to another, which is not read."""
    consumer.seek(place, start)
    while await consumer.position(place) < end:
        batch = await consumer.getmany(place, timeout_ms=200, max_records=READ_AT_ONCE)
        for record in batch.get(place, ()):
            if record.offset >= end:
                return
            yield record


def meaning(error: Exception, is_safe: bool) -> GatewayError:
    """Return what an error means; `is_safe`: nothing was changed. Tells no more of it than its name."""
    name = type(error).__name__
    if isinstance(error, _DENIED):
        return AuthError(f"Kafka does not accept our credential, or does not allow it this: {name}")
    if isinstance(error, _MISCONFIGURED):
        return ConfigError(f"Kafka is not as it is configured here: {name}")
    if isinstance(error, _REFUSED):
        return RejectedError(f"Kafka refuses this item: {name}")
    if isinstance(error, _NOT_TAKEN) or is_safe:
        return TransientError(f"Kafka did not do it: {name}")
    return OutcomeUnknownError(f"Kafka did not say whether it took the item: {name}")


def _unreachable(error: Exception) -> TransientError:
    return TransientError(f"Kafka cannot be reached: {type(error).__name__}")
