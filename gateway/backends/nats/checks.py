"""What a NATS cluster must be like for us: looked at for the operator, and made where it can be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from nats.js import JetStreamContext
from nats.js import errors as js_errors
from nats.js.api import DiscardPolicy, ObjectStoreConfig, PubAck, RetentionPolicy, StorageType, StreamConfig, StreamInfo

from gateway.backends.nats.line import WRONG_LAST_SEQUENCE, Line, meaning
from gateway.backends.nats.settings import NatsSettings, covers
from gateway.errors import ConfigError, GatewayError
from gateway.ports import Check, Report, Step

T = TypeVar("T")

NO_STREAM = 10059
NEVER = str(2**62)
"""No stream ever has this many messages: what expects them is refused, but only from whoever may publish."""
LEAST_AGE_SECS = 24 * 3600.0
"""A stream that keeps messages for less may throw them away before somebody reads them."""


class _Cluster:
    """A cluster's streams."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def call(self, subject: str, work: Callable[[JetStreamContext], Awaitable[T]], *, is_safe: bool) -> T:
        try:
            return await self._line.call(subject, work, is_safe=is_safe)
        except js_errors.APIError as error:
            raise meaning(error, is_safe) from None

    async def stream(self, name: str) -> StreamInfo | None:
        async def info(js: JetStreamContext) -> StreamInfo | None:
            try:
                return await js.stream_info(name)
            except js_errors.NotFoundError as error:
                if error.err_code == NO_STREAM:
                    return None
                raise

        return await self.call(f"$JS.API.STREAM.INFO.{name}", info, is_safe=True)


class Checks:
    """Looks at servers, streams and rights; changes nothing."""

    def __init__(self, settings: NatsSettings, line: Line) -> None:
        self._settings = settings
        self._cluster = _Cluster(line)

    async def report(self) -> Report:
        """Return a check a thing needed; none follows one that failed for want of a line or a right, or one alike."""
        settings = self._settings
        checks: list[Check] = []
        looks: list[tuple[str, Callable[[], Awaitable[str]]]] = [
            ("stream", lambda: self._see(settings.stream, f"{settings.prefix}.case.>")),
            ("write", self._trial),
            ("acts", lambda: self._see(settings.acts_stream, settings.acts_subject)),
            ("read", self._read),
        ]
        if settings.files_bucket is not None:
            looks.append(("files", lambda: self._see(f"OBJ_{settings.files_bucket}", "")))
        for name, look in looks:
            try:
                checks.append(Check(name, ok=True, detail=await look()))
            except GatewayError as error:
                detail = f"{error}; {error.action}"
                if any(each.detail == detail for each in checks):
                    break
                checks.append(Check(name, ok=False, detail=detail))
                if not isinstance(error, ConfigError):
                    break
        return Report(tuple(checks))

    async def _see(self, name: str, subject: str) -> str:
        info = await self._cluster.stream(name)
        if info is None:
            raise ConfigError(f"there is no stream {name}; gatehouse backends setup makes it")
        flaws = list(_flaws(info.config, subject))
        if flaws:
            raise ConfigError(f"the stream {name} will not do: {'; '.join(flaws)}")
        replicas = info.config.num_replicas or 1
        kept = "on one server alone: what it loses is lost" if replicas == 1 else f"on {replicas} servers"
        age = info.config.max_age or 0
        return f"{name} keeps messages {kept}" + (f", for {age / 86_400:.0f} days" if age else "")

    async def _trial(self) -> str:
        """See that we may write, with a message that the stream must refuse."""
        subject = f"{self._settings.prefix}.case.check.trial"
        stream = self._settings.stream

        async def publish(js: JetStreamContext) -> PubAck:
            return await js.publish(subject, b"", stream=stream, headers={"Nats-Expected-Last-Sequence": NEVER})

        async def trial(js: JetStreamContext) -> None:
            try:
                await publish(js)
            except js_errors.APIError as error:
                if error.err_code != WRONG_LAST_SEQUENCE:
                    raise
            else:
                raise ConfigError(f"the stream {stream} heeds no conditions, so that it may take a write twice")

        await self._cluster.call(subject, trial, is_safe=True)
        return f"{stream} answers to what we write below {self._settings.prefix}.case"

    async def _read(self) -> str:
        """See that we may read single messages of both streams; there need not be any."""
        for stream in (self._settings.stream, self._settings.acts_stream):

            async def get(js: JetStreamContext, stream: str = stream) -> None:
                try:
                    await js.get_msg(stream, seq=1)
                except js_errors.NotFoundError:
                    return

            await self._cluster.call(f"$JS.API.STREAM.MSG.GET.{stream}", get, is_safe=True)
        return "what agents do, and what was written, can be read"


def _flaws(config: StreamConfig, subject: str) -> Iterator[str]:
    """Yield what is wrong with a stream that is to take or hold `subject`; an object store has none of ours."""
    fed = bool(config.mirror or config.sources)
    if subject and not fed and not any(covers(each, subject) for each in config.subjects or ()):
        yield f"it does not take {subject}"
    if config.retention is not None and config.retention != RetentionPolicy.LIMITS:
        yield "its retention is not limits, so that messages go when somebody has read them"
    if config.storage == StorageType.MEMORY:
        yield "its storage is memory"
    if config.no_ack:
        yield "it has no_ack, so that nobody knows what it took"
    if config.sealed:
        yield "it is sealed"
    if config.max_age and config.max_age < LEAST_AGE_SECS:
        yield "its max_age is less than a day"
    limited = (config.max_bytes or -1) > 0 or (config.max_msgs or -1) > 0
    if limited and config.discard != DiscardPolicy.NEW:
        yield "when it is full it throws the oldest away unread: set discard to new"


class NatsSetup:
    """Makes the streams and the bucket, with the replicas that are set."""

    def __init__(self, settings: NatsSettings, line: Line) -> None:
        self._settings = settings
        self._cluster = _Cluster(line)

    async def plan(self, address: str) -> Sequence[Step]:
        """See `Setup`; nothing is pushed to the gateway, so the address is not needed."""
        names = {"stream": self._settings.stream, "acts": self._settings.acts_stream}
        if self._settings.files_bucket is not None:
            names["files"] = f"OBJ_{self._settings.files_bucket}"
        steps = []
        for name, stream in names.items():
            there = await self._cluster.stream(stream) is not None
            steps.append(Step(name, f"the stream {stream}, on {self._settings.replicas} servers", done=there))
        return steps

    async def make(self, step: Step, address: str) -> Step:
        """See `Setup`. Making a stream that is there as it should be changes nothing."""
        if step.name == "files":
            await self._make_bucket(self._settings.files_bucket or "")
        else:
            await self._make_stream(step.name)
        return replace(step, done=True)

    async def _make_stream(self, name: str) -> None:
        settings = self._settings
        is_ours = name == "stream"
        config = StreamConfig(
            name=settings.stream if is_ours else settings.acts_stream,
            subjects=[f"{settings.prefix}.case.>" if is_ours else settings.acts_subject],
            retention=RetentionPolicy.LIMITS,
            storage=StorageType.FILE,
            discard=DiscardPolicy.NEW,
            num_replicas=settings.replicas,
        )
        await self._cluster.call(f"$JS.API.STREAM.CREATE.{config.name}", lambda js: js.add_stream(config), is_safe=True)

    async def _make_bucket(self, bucket: str) -> None:
        config = ObjectStoreConfig(bucket=bucket, replicas=self._settings.replicas, storage=StorageType.FILE)
        await self._cluster.call(
            f"$JS.API.STREAM.CREATE.OBJ_{bucket}",
            lambda js: js.create_object_store(bucket, config=config),
            is_safe=True,
        )
