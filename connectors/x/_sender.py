"""Sends replies on X: in public to who summoned us, else as direct messages; each once, and a sure word on its fate."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal

import structlog

from connectors.x._budget import SPENT, Budget
from connectors.x._client import XClient
from connectors.x._compose import Piece, Post, Target, kind_of, media_type_of, pieces_of, post_of, target_of
from connectors.x._errors import AbsentError
from connectors.x._settings import XSettings
from gateway.case import Visibility
from gateway.errors import (
    GatewayError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    TransientError,
    UnreachableError,
)
from gateway.ports import Clock, Files, Key, Receipt, Reply, ReplyFile

PART_SECS = 1.0
"""Between two direct messages of one reply, so that they keep their order."""
SHORT_WAIT = timedelta(seconds=5)
"""Between them, so long a wait is waited out; with a longer one the rest is given up."""
NO_ROOM_WAIT = timedelta(minutes=15)
"""When it is looked again whether there is room for an automatic answer, while agents' answers go on."""

Purpose = Literal["receipts", "answers"]
Media = Mapping[str, str]
"""Media ids by the hash of their file."""

_log = structlog.get_logger()


class XSender:
    """The outgoing side of one account."""

    def __init__(
        self, settings: XSettings, clock: Clock, client: XClient, budget: Budget, files: Files | None = None
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._client = client
        self._budget = budget
        self._files = files

    async def send(self, reply: Reply, key: Key) -> Receipt:
        """See `Sender.send`; X knows no idempotency, so that `key` can do nothing for us there.

        What may not go out is refused before anything is called. A public reply is one post, and only to a post that
        summoned us. A private one is one direct message, or several: until the first of them went out, every error is
        what it is, and the engine may try again. From then on nothing of the reply may go twice, so that the rest is
        sent in this call or not at all: a second apart, and a short wait that X asks for is waited out once. Everything
        else then ends as `OutcomeUnknownError` that says how many messages went.
        """
        purpose: Purpose = "receipts" if reply.automatic else "answers"
        if reply.visibility is Visibility.PUBLIC:
            post = post_of(reply, self._settings.handle)
            await self._need_room(purpose, self._settings.prices.summoned_reply)
            return await self._post(post, purpose)
        target, pieces = target_of(reply), pieces_of(reply)
        await self._need_room(purpose, len(pieces) * self._settings.prices.message)
        media = await self._uploaded([piece.file for piece in pieces if piece.file], "dm")
        return await self._messages(target, pieces, media, purpose)

    async def _need_room(self, purpose: Purpose, price: Decimal) -> None:
        """Go on when the day's budget has room. Raises `RateLimitedError` until when it has none.

        Where agents' answers still have room, only this one waits; else the account does.
        """
        if await self._budget.allows(purpose, price):
            return
        wait = max(await self._budget.until_room() - self._clock.now(), NO_ROOM_WAIT)
        alone = await self._budget.allows("answers", price)
        raise RateLimitedError("the budget of the day has no room for it" if alone else SPENT, wait, item=alone)

    async def _post(self, post: Post, purpose: Purpose) -> Receipt:
        media = await self._uploaded(post.files, "tweet")
        ids = [media[file.sha256] for file in post.files] or None
        unnamed = [each for each in post.unnamed if each != self._settings.user_id] or None
        call = self._client.create_tweet(
            text=post.text, in_reply_to_tweet_id=post.to, exclude_reply_user_ids=unnamed, media_ids=ids
        )
        return Receipt(f"x:{await self._written(call, 'id', purpose, self._settings.prices.summoned_reply)}")

    async def _messages(self, target: Target, pieces: Sequence[Piece], media: Media, purpose: Purpose) -> Receipt:
        """Send all messages; the receipt names the first."""
        refs: list[str] = []
        try:
            for piece in pieces:
                send = self._further if refs else self._message
                refs.append(await send(target, piece, media, purpose))
        except AbsentError:
            if refs:
                raise _partly(len(refs), len(pieces), "the account is gone") from None
            raise UnreachableError("X knows the account no longer that the reply goes to") from None
        except GatewayError as error:
            if not refs:
                raise
            raise _partly(len(refs), len(pieces), str(error)) from error
        return Receipt(refs[0])

    async def _further(self, target: Target, piece: Piece, media: Media, purpose: Purpose) -> str:
        """Send one more message of a reply, a second after the last, and again if it was surely not taken."""
        await self._clock.sleep(PART_SECS)
        try:
            return await self._message(target, piece, media, purpose)
        except TransientError as error:
            wait = error.retry_after if isinstance(error, RateLimitedError) else timedelta(seconds=PART_SECS)
            if wait > SHORT_WAIT:
                raise
        await self._clock.sleep(wait.total_seconds())
        return await self._message(target, piece, media, purpose)

    async def _message(self, target: Target, piece: Piece, media: Media, purpose: Purpose) -> str:
        call = self._client.create_direct_message(
            participant_id=target.account or None,
            dm_conversation_id=target.conversation or None,
            text=piece.text or None,
            media_id=media[piece.file.sha256] if piece.file else None,
        )
        return f"x:dm:{await self._written(call, 'dm_event_id', purpose, self._settings.prices.message)}"

    async def _written(self, call: Awaitable[Any], name: str, purpose: Purpose, price: Decimal) -> str:
        """Await a call that writes, and return the id of what it made; what may have been taken is counted."""
        try:
            answer = await call
        except OutcomeUnknownError:
            await self._charge(purpose, price)
            raise
        await self._charge(purpose, price)
        data = answer.get("data")
        made = data.get(name) if isinstance(data, dict) else None
        if not isinstance(made, str) or not made.isdecimal():
            raise OutcomeUnknownError("X took the reply, but did not say what became of it")
        return made

    async def _charge(self, purpose: Purpose, price: Decimal) -> None:
        try:
            await self._budget.charge(purpose, 1, price)
        except Exception as error:  # noqa: BLE001 - whatever it is: the reply went out, and must not go again
            _log.warning("charge.lost", what=purpose, error=type(error).__name__)

    async def _uploaded(self, files: Sequence[ReplyFile], prefix: str) -> Media:
        """Upload all files before anything is sent, so that a broken one breaks nothing."""
        return {
            file.sha256: await self._client.upload(
                self._chunks(file), file.size, media_type_of(file), f"{prefix}_{kind_of(file)}"
            )
            for file in files
        }

    async def _chunks(self, file: ReplyFile) -> AsyncIterator[bytes]:
        if self._files is None:
            raise RejectedError("this gateway keeps no files to send")
        size = 0
        try:
            async for chunk in self._files.open(file.sha256):
                size += len(chunk)
                yield chunk
        except OSError as error:
            raise TransientError(f"a file of the reply cannot be read now: {type(error).__name__}") from error
        if size != file.size:
            raise RejectedError("a kept file of the reply has another size than the reply says")


def _partly(sent: int, total: int, why: str) -> OutcomeUnknownError:
    return OutcomeUnknownError(f"{sent} of the {total} messages of this reply went out, the rest did not surely: {why}")
