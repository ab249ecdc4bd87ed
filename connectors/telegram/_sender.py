"""Sends replies by the Bot API: each message once, and a sure word on what became of it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from tempfile import TemporaryFile
from typing import IO, Any

from telegram import Bot, InputFile, LinkPreviewOptions, Message, ReplyParameters

from connectors.telegram._bot import Bots
from connectors.telegram._compose import (
    MAX_LOCAL_UPLOAD_BYTES,
    MAX_UPLOAD_BYTES,
    Piece,
    Target,
    file_name,
    pieces_of,
    ref_of,
    target_of,
)
from connectors.telegram._errors import (
    MARGIN,
    MessageTooLongError,
    MigratedError,
    PhotoRefusedError,
    TopicGoneError,
    UnparsableError,
    translate,
)
from connectors.telegram._pacing import PART_SECS, Pace
from connectors.telegram._settings import TelegramSettings
from gateway.errors import (
    GatewayError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    TransientError,
)
from gateway.ports import Clock, Files, Key, Receipt, Reply, ReplyFile

SHORT_WAIT = timedelta(seconds=3) + MARGIN
"""Between the messages of one reply, so long a wait is waited out; with a longer one the rest is given up."""
PRESS_SECS = 5.0
"""How long a press may take to be answered; nothing depends on it."""
UPLOAD_ANSWER_SECS = 60.0
"""How long Telegram may think after the last byte of a file."""

Handles = Mapping[str, IO[bytes]]


class TelegramSender:
    """The outgoing side of one bot."""

    def __init__(self, settings: TelegramSettings, clock: Clock, bots: Bots, files: Files | None) -> None:
        self._bots = bots
        self._files = files
        self._clock = clock
        self._bot_id = settings.bot_id
        self._most_bytes = MAX_UPLOAD_BYTES if settings.is_cloud else MAX_LOCAL_UPLOAD_BYTES
        self._pace = Pace(clock)

    async def send(self, reply: Reply, key: Key) -> Receipt:
        """See `Sender.send`; the Bot API knows no idempotency, so that `key` can do nothing for us there.

        A reply is one message, or several: a long text is cut, and each file is a message. Until the first of them went
        out, every error is what it is, and the engine may try again. From then on nothing of the reply may go twice, so
        that the rest is sent in this call or not at all: a second apart, on the clock, and a short wait that Telegram
        asks for is waited out once, as is one broken connection before the call. Everything else then ends as
        `OutcomeUnknownError` that says how many messages went: an operator sees it and sends the rest, or leaves it.
        While it waits, the channel sends nothing else: long replies are rare, and order stays simple.

        What Telegram does not take in one form goes in a plainer one, once: without its topic, as a document instead
        of a photo, without entities, in shorter parts, to the supergroup that the group has become.
        """
        target = target_of(reply, self._bot_id)
        pieces = pieces_of(reply, target, self._most_bytes)
        bot = await self._bot()
        if reply.press_id:
            await _answer_press(bot, reply.press_id)
        self._pace.enter(target.chat, len(pieces), group=target.is_group)
        async with self._opened(reply.files) as handles:
            preview = LinkPreviewOptions(is_disabled=True) if reply.automatic else None
            return await _Delivery(bot, self._bot_id, self._clock, self._pace, target, handles, preview).run(pieces)

    async def _bot(self) -> Bot:
        try:
            return await self._bots.get()
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing was sent
            raise translate(error, sending=False) from None

    @asynccontextmanager
    async def _opened(self, files: Sequence[ReplyFile]) -> AsyncIterator[Handles]:
        """Hold the bytes of all files in nameless ones before anything is sent: the library reads from handles alone.

        They are gone when closed, and when the process is killed.
        """
        with ExitStack() as stack:
            handles: dict[str, IO[bytes]] = {}
            for file in files:
                handles[file.sha256] = stack.enter_context(TemporaryFile())
                await self._copy(file, handles[file.sha256])
            yield handles

    async def _copy(self, file: ReplyFile, handle: IO[bytes]) -> None:
        if self._files is None:
            raise RejectedError("this gateway keeps no files to send")
        try:
            async for chunk in self._files.open(file.sha256):
                await asyncio.to_thread(handle.write, chunk)
            # HTTP asks the system for the length.
            handle.flush()
        except OSError as error:
            raise TransientError(f"a file of the reply cannot be read now: {type(error).__name__}") from error
        if handle.tell() != file.size:
            raise RejectedError("a kept file of the reply has another size than the reply says")


class _Delivery:
    """One reply under way."""

    def __init__(
        self,
        bot: Bot,
        bot_id: str,
        clock: Clock,
        pace: Pace,
        target: Target,
        handles: Handles,
        preview: LinkPreviewOptions | None,
    ) -> None:
        self._bot = bot
        self._bot_id = bot_id
        self._clock = clock
        self._pace = pace
        self._target = target
        self._handles = handles
        self._preview = preview
        self._refs: list[str] = []
        self._note = ""

    async def run(self, pieces: Sequence[Piece]) -> Receipt:
        """Send all messages; the receipt names the first."""
        left = deque(pieces)
        try:
            while left:
                piece = left.popleft()
                try:
                    await self._put(piece)
                except MessageTooLongError:
                    smaller = piece.smaller()
                    if not smaller:
                        raise
                    left.extendleft(reversed(smaller))
        except GatewayError as error:
            if not self._refs:
                raise
            total = len(self._refs) + len(left) + 1
            raise OutcomeUnknownError(
                f"{len(self._refs)} of the {total} messages of this reply went out, the rest did not surely: {error}"
            ) from error
        return Receipt(self._refs[0], self._note)

    async def _put(self, piece: Piece) -> None:
        tried: set[type[Exception]] = set()
        while True:
            try:
                message = await self._in_time(piece)
            except (MigratedError, PhotoRefusedError, TopicGoneError, UnparsableError) as error:
                if type(error) in tried:
                    raise
                tried.add(type(error))
                piece = self._plainer(piece, error)
            else:
                self._pace.sent(self._target.chat, group=self._target.is_group, further=bool(self._refs))
                self._refs.append(ref_of(self._bot_id, message.chat_id, message.message_id, self._target.business))
                return

    def _plainer(self, piece: Piece, error: RejectedError) -> Piece:
        if isinstance(error, MigratedError):
            self._target = self._target.moved(error.new_chat_id)
            self._note = f"the group has become a supergroup: chat {error.new_chat_id} from now on"
        elif isinstance(error, TopicGoneError):
            self._target = replace(self._target, topic=None)
        elif isinstance(error, PhotoRefusedError):
            return replace(piece, as_document=True)
        return replace(piece, plain=piece.plain or isinstance(error, UnparsableError))

    async def _in_time(self, piece: Piece) -> Message:
        """Send one message; a further one of its reply a second after the last, and again if surely not taken."""
        if not self._refs:
            return await self._call(piece)
        await self._clock.sleep(PART_SECS)
        try:
            return await self._call(piece)
        except TransientError as error:
            wait = error.retry_after if isinstance(error, RateLimitedError) else timedelta(seconds=PART_SECS)
            if wait > SHORT_WAIT:
                raise
        await self._clock.sleep(wait.total_seconds())
        return await self._call(piece)

    async def _call(self, piece: Piece) -> Message:
        common: dict[str, Any] = {
            "chat_id": self._target.chat,
            "message_thread_id": self._target.topic,
            "business_connection_id": self._target.business,
            "direct_messages_topic_id": self._target.direct,
            "reply_markup": piece.keyboard,
        }
        if self._target.replied is not None and not self._refs:
            common["reply_parameters"] = ReplyParameters(self._target.replied, allow_sending_without_reply=True)
        try:
            return await (self._send_file(piece, piece.file, common) if piece.file else self._send_text(piece, common))
        except Exception as error:  # noqa: BLE001 - what the library's reading of an answer may raise is anything
            # Without its cause, whose text may quote the user's.
            raise translate(error, sending=True) from None

    async def _send_text(self, piece: Piece, common: Mapping[str, Any]) -> Message:
        if self._preview is not None:
            common = {**common, "link_preview_options": self._preview}
        return await self._bot.send_message(text=piece.text, entities=() if piece.plain else None, **common)

    async def _send_file(self, piece: Piece, file: ReplyFile, common: Mapping[str, Any]) -> Message:
        # The library would read all of it into memory; HTTP reads the handle in pieces, from its start each time.
        content = InputFile(self._handles[file.sha256], file_name(file), read_file_handle=False)
        common = {**common, "caption": piece.text or None, "read_timeout": UPLOAD_ANSWER_SECS}
        if piece.is_photo:
            return await self._bot.send_photo(photo=content, **common)
        return await self._bot.send_document(document=content, disable_content_type_detection=True, **common)


async def _answer_press(bot: Bot, press_id: str) -> None:
    """Let the pressed button stop turning; a press that is too old, or a line that fails, changes nothing."""
    with suppress(Exception):
        await bot.answer_callback_query(press_id, read_timeout=PRESS_SECS)
