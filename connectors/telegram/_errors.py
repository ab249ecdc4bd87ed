"""What an error of the library, of HTTP, or a plain fault over the Bot API means in the gateway's own errors; pure.

Nothing that Telegram or a proxy wrote goes on, but for reasons and codes that are known: descriptions quote texts of
users, and addresses hold the token.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import timedelta

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from connectors.telegram._bot import NotFoundError
from gateway.errors import (
    AuthError,
    GatewayError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    TooLargeError,
    TransientError,
    UnreachableError,
)

# The library warns over every wait in seconds unless it is asked for a timedelta.
os.environ.setdefault("PTB_TIMEDELTA", "true")

MARGIN = timedelta(seconds=0.5)
"""Added to each wait that Telegram names: its seconds are rounded, and its clock is not ours."""
UNNAMED_WAIT = timedelta(seconds=30)
"""How long to wait after a 429 that names no time."""

_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpx.InvalidURL,
    UnicodeEncodeError,
)
"""Causes that come before a request is on its way. `UnicodeEncodeError`: it could not even be written down."""
_NAMES_NEVER_SENT = frozenset(each.__name__ for each in _NEVER_SENT)

_NOT_BY_TELEGRAM = re.compile(r"[A-Za-z' -]+ \((\d{3})\)(?:$|\. Parsing the server response )")
"""How the library tells of an error without a description: the Bot API always gives one, a proxy writes HTML."""
_NOT_SENT = "*not* sent"
"""The library says so of a pool time-out."""
_NAMED_CAUSE = re.compile(r"(?:httpx|builtins)\.(\w+)")
"""How our requests tell of an error whose own text may hold the token."""
_WAIT = re.compile(r"too many requests: retry after (\d{1,9})\b", re.IGNORECASE)
_CODE = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)+")

_SHUT_OUT = (
    "chat_write_forbidden",
    "chat_restricted",
    "chat_admin_required",
    "not enough rights",
    "have no rights",
    "need administrator rights",
    "group chat was deactivated",
    "the group is not accessible",
    "bot is not a member",
    "bot was kicked",
    "user is deactivated",
    "user_is_blocked",
    "peer_id_invalid",
    "business_peer_invalid",
    "business_peer_usage_missing",
    "connection_invalid",
    "business connection not found",
)
"""Refusals by 400 that concern the chat rather than the text: nothing else would go there either."""

_KNOWN = (
    "message text is empty",
    "message thread not found",
    "topic_closed",
    "button_data_invalid",
    "button_url_invalid",
    "message to be replied not found",
    "query is too old",
    "wrong file_id",
    "file must be non-empty",
    "photo_invalid_dimensions",
    "image_process_failed",
    "wrong type of the web page content",
    "group send failed",
)
"""Reasons that an operator may read as Telegram writes them."""


class UnparsableError(RejectedError):
    """Telegram cannot make sense of the formatting of a text; without it the same text may go."""


class MessageTooLongError(RejectedError):
    """Telegram counts more units in a text or caption than a message may have."""


class TopicGoneError(RejectedError):
    """The topic of a group that a message goes to is there no more."""


class PhotoRefusedError(RejectedError):
    """Telegram does not take an image as a photo; as a document it may go."""


class MigratedError(RejectedError):
    """A group has become a supergroup; `new_chat_id` is its id from now on."""

    def __init__(self, new_chat_id: int) -> None:
        super().__init__("the group has become a supergroup with another id")
        self.new_chat_id = new_chat_id


def translate(error: Exception, *, sending: bool) -> GatewayError:
    """Return what an error of one call means; while `sending`, what may have taken effect is an unknown outcome.

    Where not `sending`, the call only asks and may be made again. `Conflict` is the connector's own matter; here it is
    a trouble that passes. A `RateLimitedError` with its time concerns the chat when `sending`: Telegram does not tell a
    flood of one chat from one of the whole bot. A 429 that names no time comes from before the Bot API, and concerns
    the account.
    """
    if isinstance(error, GatewayError):
        return error
    if isinstance(error, RetryAfter):
        return _limited(_seconds(error.retry_after), item=sending)
    if isinstance(error, ChatMigrated):
        return MigratedError(error.new_chat_id)
    if isinstance(error, InvalidToken):
        return _of_token(error)
    if isinstance(error, Conflict):
        return TransientError("Telegram says that somebody else fetches with this bot's token, or a webhook is set")
    if isinstance(error, (Forbidden, BadRequest)) and not _status_of_proxy(error):
        return _of_refusal(error, sending=sending)
    return _of_line(error, sending=sending)


def _of_token(error: InvalidToken) -> GatewayError:
    """Tell 401 from 404 by the innermost error: the library's outer ones bear the token and say neither."""
    first = [cause for cause in _causes(error) if isinstance(cause, InvalidToken)][-1]
    if isinstance(first, NotFoundError) or first.message.lower().startswith("not found"):
        return TransientError(
            "Telegram, or a proxy before it, answered 404: when it lasts, see that api_url and the token are right"
        )
    return AuthError("Telegram refused the bot's token; get a new one from @BotFather")


def _of_refusal(error: Forbidden | BadRequest, *, sending: bool) -> GatewayError:
    said = error.message.removeprefix("Bad Request: ").lower()
    if isinstance(error, Forbidden):
        if not sending:
            return RejectedError("Telegram does not let the bot see this")
        return UnreachableError("the user has blocked the bot or is gone, or the bot was removed from the group")
    if "chat not found" in said or "user not found" in said:
        kind = UnreachableError if sending else RejectedError
        return kind("Telegram knows no such chat of this bot: the user must start the bot first")
    if not sending and "temporarily unavailable" in said:
        # Said of a file that is gone, too: it is asked for a few times more.
        return TransientError("Telegram cannot give the file out now", item=True)
    if "file is too big" in said or "file_id is too big" in said:
        return TooLargeError("Telegram gives out, and takes from bots, no file of that size")
    for kind, phrases in _OF_MESSAGE:
        if any(phrase in said for phrase in phrases):
            return kind(f"Telegram refused the message: {_reason(said)}")
    if sending and any(phrase in said for phrase in _SHUT_OUT):
        return UnreachableError("the bot may not write to this chat; see its rights there")
    return RejectedError(f"Telegram refused the call: {_reason(said)}")


_OF_MESSAGE: tuple[tuple[type[RejectedError], tuple[str, ...]], ...] = (
    (UnparsableError, ("can't parse entit", "can't parse messageentity", "entity begins", "entity beginning")),
    (MessageTooLongError, ("message is too long", "message_too_long", "caption is too long", "media_caption_too_long")),
    (TopicGoneError, ("message thread not found", "topic_deleted", "topic_closed")),
    (PhotoRefusedError, ("photo_invalid_dimensions", "image_process_failed", "photo_ext_invalid", "photo_save_file")),
)


def _of_line(error: Exception, *, sending: bool) -> GatewayError:
    """Classify what is no word of Telegram on the call: a line that broke, a proxy's answer, an unreadable one."""
    said = error.message if isinstance(error, TelegramError) else ""
    status = _status_of_proxy(error)
    if status == 429 or said.lower().startswith("too many requests"):
        named = _WAIT.match(said)
        return _limited(timedelta(seconds=int(named[1])) if named else UNNAMED_WAIT, item=False)
    if status == 413 or said.lower().startswith("request entity too large"):
        return TooLargeError("Telegram, or a proxy before it, takes no request of that size")
    for cause in _causes(error):
        if isinstance(cause, GatewayError):
            # From a file that was being read for the upload: the request was not whole, so nothing took effect.
            return cause
        if isinstance(cause, _NEVER_SENT):
            return TransientError(f"Telegram cannot be reached: {type(cause).__name__}")
    what = _name(error, said)
    if _NOT_SENT in said or what in _NAMES_NEVER_SENT:
        return TransientError(f"Telegram cannot be reached: {what}")
    if status == 503 or said.lower().startswith("service unavailable"):
        return TransientError("Telegram, or a proxy before it, does not serve us now (503)")
    if status is not None and status < 500:
        return TransientError(f"something between us and Telegram answered {status} in its place")
    if not sending:
        return TransientError(f"Telegram gave no answer that can be read: {what}")
    return OutcomeUnknownError(
        f"Telegram may have taken the message: no answer that can be read came after it ({what})"
    )


def _limited(wait: timedelta, *, item: bool) -> RateLimitedError:
    wait = max(wait, timedelta(0)) + MARGIN
    return RateLimitedError("Telegram asks us to wait before the next message", wait, item=item)


def _seconds(wait: float | timedelta) -> timedelta:
    return wait if isinstance(wait, timedelta) else timedelta(seconds=wait)


def _status_of_proxy(error: Exception) -> int | None:
    """Return the HTTP status of an error that was not in the Bot API's own JSON."""
    found = _NOT_BY_TELEGRAM.match(error.message) if isinstance(error, TelegramError) else None
    return int(found[1]) if found else None


def _name(error: Exception, said: str) -> str:
    """Return the class of what went wrong, as far as it is known."""
    named = _NAMED_CAUSE.fullmatch(said)
    return named[1] if named else type(error.__cause__ or error).__name__


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what caused it, outermost first."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__


def _reason(said: str) -> str:
    """Return the known part of what Telegram said, in its words; none of it when it may quote somebody."""
    for phrase in (*_KNOWN, *(each for _, phrases in _OF_MESSAGE for each in phrases)):
        if phrase in said:
            return phrase
    return said if len(said) <= 60 and _CODE.fullmatch(said) else "for another reason"
