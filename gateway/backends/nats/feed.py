"""What agents do, read from a stream by its sequence: the cursor is the stream's own, and nothing is acknowledged."""

from __future__ import annotations

from datetime import timedelta

from nats.js import JetStreamContext
from nats.js import errors as js_errors
from nats.js.api import RawStreamMsg, StreamInfo
from pydantic import TypeAdapter

from gateway.backends._inbound import StreamReader
from gateway.backends._places import cursor_of, place_in
from gateway.backends.nats.line import NO_MESSAGE, Line, meaning
from gateway.backends.nats.settings import NatsSettings
from gateway.ports import Clock, Cursor, Page, Raw

_PLACE: TypeAdapter[tuple[str, int]] = TypeAdapter(tuple[str, int])
PAGE = 100
"""Messages of a page: each is one request, and all of them are well within a second."""


class NatsFeed:
    """One stream's messages on the subjects of acts, one after the other."""

    def __init__(self, settings: NatsSettings, line: Line, reader: StreamReader, clock: Clock) -> None:
        self._settings = settings
        self._line = line
        self._reader = reader
        self._clock = clock

    async def fetch(self, after: Cursor | None) -> Page[Raw]:
        """See `Feed`. What the stream threw away unread is told by a raw of its own."""
        place = None if after is None else place_in(_PLACE.validate_json, after, "a NATS stream's")
        info = await self._info()
        made = info.created.isoformat() if info.created else ""
        pause = timedelta(seconds=self._settings.poll_secs)
        if place is None:
            return Page((), cursor_of([made, info.state.last_seq]), pause=pause)
        known, last = place
        raws: list[Raw] = []
        if known != made:
            # Another stream of that name: all that it holds is new.
            last = 0
            raws.append(self._lost(f"{made}-0", "the stream of agents' acts was made anew; some may be lost"))
        elif info.state.first_seq > last + 1:
            raws.append(self._lost(f"{made}-{last}", "the stream threw acts away that were not read yet"))
        read = 0
        while read < PAGE and (message := await self._next(last)) is not None:
            last, read = message.seq or last + 1, read + 1
            raw = self._read(message, made)
            raws += [raw] if raw is not None else []
        more = read == PAGE
        if not more:
            # What was there before we looked and was not found is not for us.
            last = max(last, info.state.last_seq)
        cursor = cursor_of([made, last])
        return Page(tuple(raws), cursor if cursor != after else None, more=more, pause=None if more else pause)

    def _read(self, message: RawStreamMsg, made: str) -> Raw | None:
        headers = {name.lower(): value for name, value in (message.headers or {}).items()}
        return self._reader.raw(f"{made}-{message.seq}", message.data or b"", headers, self._clock.now())

    def _lost(self, place: str, text: str) -> Raw:
        return self._reader.lost(f"lost-{place}", text, self._clock.now())

    async def _info(self) -> StreamInfo:
        stream = self._settings.acts_stream
        try:
            return await self._line.call(
                f"$JS.API.STREAM.INFO.{stream}", lambda js: js.stream_info(stream), is_safe=True
            )
        except js_errors.APIError as error:
            raise meaning(error, is_safe=True) from None

    async def _next(self, after: int) -> RawStreamMsg | None:
        stream, subject = self._settings.acts_stream, self._settings.acts_subject

        async def get(js: JetStreamContext) -> RawStreamMsg:
            return await js.get_msg(stream, seq=after + 1, subject=subject, next=True)

        try:
            return await self._line.call(f"$JS.API.STREAM.MSG.GET.{stream}", get, is_safe=True)
        except js_errors.APIError as error:
            if error.err_code == NO_MESSAGE:
                return None
            raise meaning(error, is_safe=True) from None
