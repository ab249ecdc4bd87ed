"""Each error over the Bot API means one of ours, and none of ours holds a token or a user's text."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from connectors.telegram._bot import NotFoundError
from connectors.telegram._errors import (
    MessageTooLongError,
    MigratedError,
    PhotoRefusedError,
    TopicGoneError,
    UnparsableError,
    translate,
)
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

SECRET = "123456:TEST-made-up"
TEXT = "my seed phrase is witch collapse"


def caused(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error


def raised_by_library(cause: httpx.HTTPError) -> Exception:
    """Return what the library makes of a failed request."""
    if isinstance(cause, httpx.PoolTimeout):
        return caused(TimedOut("Pool timeout: Request was *not* sent to Telegram."), cause)
    if isinstance(cause, httpx.TimeoutException):
        return caused(TimedOut(), cause)
    return caused(NetworkError(f"httpx.{type(cause).__name__}: {cause}"), cause)


@pytest.mark.parametrize(
    ("error", "sending", "otherwise"),
    [
        (BadRequest("Bad Request: message text is empty"), RejectedError, RejectedError),
        (BadRequest("Bad Request: chat not found"), UnreachableError, RejectedError),
        (BadRequest("Bad Request: CHAT_WRITE_FORBIDDEN"), UnreachableError, RejectedError),
        (
            BadRequest("Bad Request: not enough rights to send text messages to the chat"),
            UnreachableError,
            RejectedError,
        ),
        (BadRequest("Bad Request: message is too long"), MessageTooLongError, MessageTooLongError),
        (BadRequest("Bad Request: message caption is too long"), MessageTooLongError, MessageTooLongError),
        (BadRequest(f'Bad Request: can\'t parse entities: Unsupported start tag "{TEXT}"'), UnparsableError, None),
        (BadRequest("Bad Request: message thread not found"), TopicGoneError, None),
        (BadRequest("Bad Request: PHOTO_INVALID_DIMENSIONS"), PhotoRefusedError, None),
        (BadRequest("Bad Request: file is too big"), TooLargeError, TooLargeError),
        (BadRequest("Bad Request (400)"), TransientError, TransientError),
        (Forbidden("Forbidden: bot was blocked by the user"), UnreachableError, RejectedError),
        (Forbidden("Forbidden (403)"), TransientError, TransientError),
        (Forbidden("Forbidden (403). Parsing the server response b'<html>' failed"), TransientError, TransientError),
        (ChatMigrated(-1001234567890), MigratedError, MigratedError),
        (InvalidToken("Unauthorized"), AuthError, AuthError),
        (InvalidToken("Not Found"), TransientError, TransientError),
        (InvalidToken("Not Found (404). Parsing the server response b'<html>' failed"), TransientError, None),
        (NotFoundError("no such method here"), TransientError, TransientError),
        (caused(InvalidToken(f"Either the token {SECRET} ..."), InvalidToken("Not Found")), TransientError, None),
        (caused(InvalidToken(f"The token `{SECRET}` was rejected"), InvalidToken("Unauthorized")), AuthError, None),
        (Conflict("Conflict: terminated by other getUpdates request"), TransientError, TransientError),
        (NetworkError("Internal Server Error"), OutcomeUnknownError, TransientError),
        (
            NetworkError("Bad Gateway (502). Parsing the server response b'x' failed"),
            OutcomeUnknownError,
            TransientError,
        ),
        (NetworkError("Service Unavailable (503)"), TransientError, TransientError),
        (NetworkError("Found (302). Parsing the server response b'' failed"), TransientError, TransientError),
        (NetworkError("Request Entity Too Large"), TooLargeError, TooLargeError),
        (NetworkError("Request Entity Too Large (413)"), TooLargeError, TooLargeError),
        (TimedOut(), OutcomeUnknownError, TransientError),
        (TelegramError("Invalid server response"), OutcomeUnknownError, TransientError),
        (KeyError("result"), OutcomeUnknownError, TransientError),
        (TypeError("'NoneType' object is not subscriptable"), OutcomeUnknownError, TransientError),
        (ValueError("Expecting value"), OutcomeUnknownError, TransientError),
        (TimeoutError(), OutcomeUnknownError, TransientError),
        (raised_by_library(httpx.ConnectError("refused")), TransientError, TransientError),
        (raised_by_library(httpx.ConnectTimeout("")), TransientError, TransientError),
        (raised_by_library(httpx.PoolTimeout("")), TransientError, TransientError),
        (raised_by_library(httpx.ReadTimeout("")), OutcomeUnknownError, TransientError),
        (raised_by_library(httpx.WriteTimeout("")), OutcomeUnknownError, TransientError),
        (raised_by_library(httpx.ReadError("")), OutcomeUnknownError, TransientError),
        (raised_by_library(httpx.RemoteProtocolError("Server disconnected")), OutcomeUnknownError, TransientError),
        (NetworkError("httpx.ConnectError"), TransientError, TransientError),
        (NetworkError("httpx.ReadError"), OutcomeUnknownError, TransientError),
        (NetworkError("builtins.UnicodeEncodeError"), TransientError, TransientError),
        (httpx.ConnectError("refused"), TransientError, TransientError),
        (httpx.ReadError(""), OutcomeUnknownError, TransientError),
    ],
    ids=lambda value: f"{type(value).__name__}-{value}"[:60] if isinstance(value, Exception) else None,
)
def test_each_error_has_its_meaning(
    error: Exception, sending: type[GatewayError], otherwise: type[GatewayError] | None
) -> None:
    meant = translate(error, sending=True)
    assert type(meant) is sending
    if otherwise is not None:
        assert type(translate(error, sending=False)) is otherwise
    for said in (str(meant), str(translate(error, sending=False))):
        assert SECRET not in said
        assert "seed" not in said
        assert "html" not in said


@pytest.mark.parametrize("wait", [7, timedelta(seconds=7)])
def test_a_flood_names_its_time(wait: int | timedelta) -> None:
    meant = translate(RetryAfter(wait), sending=True)
    assert isinstance(meant, RateLimitedError)
    assert meant.retry_after == timedelta(seconds=7.5)
    assert meant.item
    fetched = translate(RetryAfter(wait), sending=False)
    assert isinstance(fetched, RateLimitedError)
    assert not fetched.item


@pytest.mark.parametrize(
    ("said", "secs"),
    [
        ("Too Many Requests", 30.5),
        ("Too Many Requests (429)", 30.5),
        ("Too Many Requests (429). Parsing the server response b'<html>' failed", 30.5),
        ("Too Many Requests. The server response contained unknown parameters: {'retry_after': 0}", 30.5),
        ("Too Many Requests: retry after 12", 12.5),
    ],
)
def test_a_flood_that_names_no_time_in_its_parameters(said: str, secs: float) -> None:
    """It is no common error of the line, and it concerns more than one chat."""
    for sending in (True, False):
        meant = translate(NetworkError(said), sending=sending)
        assert isinstance(meant, RateLimitedError)
        assert meant.retry_after == timedelta(seconds=secs)
        assert not meant.item


def test_our_own_errors_go_through() -> None:
    ours = RejectedError("a file is gone")
    assert translate(ours, sending=True) is ours
    assert translate(caused(NetworkError("Unknown error in HTTP implementation"), ours), sending=True) is ours


def test_a_migrated_group_tells_where_it_went() -> None:
    meant = translate(ChatMigrated(-1001234567890), sending=True)
    assert isinstance(meant, MigratedError)
    assert meant.new_chat_id == -1001234567890


@pytest.mark.parametrize(
    ("description", "told"),
    [
        ("Bad Request: BUTTON_DATA_INVALID", "button_data_invalid"),
        (f"Bad Request: {TEXT}", "for another reason"),
        (f"Bad Request: message text is empty {TEXT}", "message text is empty"),
    ],
)
def test_an_operator_reads_known_reasons_alone(description: str, told: str) -> None:
    meant = str(translate(BadRequest(description), sending=True))
    assert told in meant
    assert "seed" not in meant


def test_a_file_that_is_not_there_now_may_be_there_later() -> None:
    said = BadRequest("Bad Request: wrong file_id or the file is temporarily unavailable")
    found = translate(said, sending=False)
    assert isinstance(found, TransientError)
    assert found.item
    assert isinstance(translate(said, sending=True), RejectedError)
