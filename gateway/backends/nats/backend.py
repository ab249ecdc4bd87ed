"""Writes each change of a ticket as one message of a stream; its server takes it once, however late it is repeated."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence

from nats.js import JetStreamContext
from nats.js import errors as js_errors
from nats.js.api import Header, PubAck

from gateway.backends._cloudevents import MEDIA_TYPE, encode
from gateway.backends._onebyone import common_error
from gateway.backends.nats.checks import Checks
from gateway.backends.nats.files import FileStore
from gateway.backends.nats.line import FIRST_ON_SUBJECT, NO_MESSAGE, WRONG_LAST_SEQUENCE, Line, meaning
from gateway.backends.nats.settings import NatsSettings
from gateway.backends.signatures import sign, signing_key
from gateway.errors import GatewayError
from gateway.ports import Clock, Done, Failed, Key, Report, TicketRef, TicketWrite


class NatsBackend:
    """One stream. Each write has a subject of its own, on which the server takes one message and no second."""

    def __init__(self, settings: NatsSettings, line: Line, files: FileStore | None, clock: Clock) -> None:
        self._settings = settings
        self._line = line
        self._files = files
        self._clock = clock
        self._key = signing_key(settings.secret) if settings.secret is not None else None
        self._checks = Checks(settings, line)

    async def check(self) -> Report:
        """See streams, their limits and our rights; the trial message is one that the server must refuse."""
        return await self._checks.report()

    async def submit(self, writes: Sequence[TicketWrite]) -> Sequence[Done | Failed]:
        """Publish side by side over one line."""
        answers = await asyncio.gather(*(self._deliver(write) for write in writes))
        common = common_error(answers)
        if common is not None:
            raise common
        return answers

    async def find(self, write: TicketWrite, job: str | None = None) -> TicketRef | None:
        """Say for certain whether the stream holds a write: its subject has a message, or none."""
        subject = subject_of(self._settings.prefix, write)
        stream = self._settings.stream

        async def last(js: JetStreamContext) -> bool:
            try:
                await js.get_last_msg(stream, subject)
            except js_errors.NotFoundError as error:
                if error.err_code == NO_MESSAGE:
                    return False
                raise
            return True

        try:
            is_there = await self._line.call(f"$JS.API.STREAM.MSG.GET.{stream}", last, is_safe=True)
        except js_errors.APIError as error:
            raise meaning(error, is_safe=True) from None
        return _ticket_of(write) if is_there else None

    async def _deliver(self, write: TicketWrite) -> Done | Failed:
        try:
            refs = await self._files.put(write) if self._files is not None else {}
            event_id, body = encode(write, self._settings.source, refs)
            await self._publish(write, event_id, body)
        except GatewayError as error:
            return Failed(write.key, error)
        return Done(write.key, _ticket_of(write))

    async def _publish(self, write: TicketWrite, event_id: str, body: bytes) -> None:
        subject = subject_of(self._settings.prefix, write)
        # The subject names the case as well: the same key of another gateway is no repetition.
        headers = {"Content-Type": MEDIA_TYPE, Header.MSG_ID.value: subject, FIRST_ON_SUBJECT: "0"}
        if self._key is not None:
            headers |= sign(self._key, event_id, self._clock.now(), body)

        async def publish(js: JetStreamContext) -> PubAck:
            return await js.publish(subject, body, stream=self._settings.stream, headers=headers)

        try:
            await self._line.call(subject, publish, is_safe=False)
        except js_errors.APIError as error:
            # Only this write has this subject: what stands there is an earlier attempt of it.
            if error.err_code != WRONG_LAST_SEQUENCE:
                raise meaning(error, is_safe=False) from None


def subject_of(prefix: str, write: TicketWrite) -> str:
    """Return the subject of a write, which is its own for as long as the stream keeps it."""
    return f"{prefix}.case.{write.case.id}.{digest_of(write.key)}"


def digest_of(key: Key) -> str:
    """Return what stands for a write's key in subjects and names."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:32]


def _ticket_of(write: TicketWrite) -> TicketRef:
    return write.ticket or TicketRef(write.external_key)
