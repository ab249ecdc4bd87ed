"""X's client: what each kind of answer means, on a scripted server; rows B1, B2, B3, B23, B28 and B29."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from connectors.x._client import CHUNK_BYTES, XClient
from connectors.x._errors import AbsentError, ForbiddenError
from gateway.errors import (
    AuthError,
    ConfigError,
    CreditsError,
    GatewayError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    TooLargeError,
    TransientError,
    UnreachableError,
)
from gateway.sandbox._http import Answer, Request
from gateway.sandbox.x._auth import Auth, Keys
from gateway.sandbox.x._oauth2 import Grants
from gateway.sandbox.x._router import Caller
from tests.conftest import ManualClock, free_port
from tests.unit.x_fakes import KEYS, settings
from tests.unit.x_scripted import Scripted, problem, said, scripted

WRITTEN = "made-up words of a user"
"""Stands for what must go on into no error and no log."""
HTML = b"<html><body>502 Bad Gateway made-up words of a user</body></html>"


def client_of(server: Scripted | str, clock: ManualClock, **changes: Any) -> XClient:
    url = server if isinstance(server, str) else server.url
    return XClient("x", settings(url, **changes), clock)


async def raised(client: XClient, method: str = "GET", **call: Any) -> GatewayError:
    with pytest.raises(GatewayError) as error:
        await client.call(method, "/2/tweets", **call)
    return error.value


async def test_an_endpoint_of_tweepy_is_asked_as_the_account_in_the_spelling_of_the_settings(
    clock: ManualClock,
) -> None:
    async with scripted(said({"data": []})) as server, client_of(server, clock) as client:
        found = await client.get_users_mentions("1000", max_results=100, tweet_fields=["author_id", "note_tweet"])
    assert found == {"data": []}
    assert server.requests[0].query == "expansions=author_id&max_results=100&post.fields=note_post"
    assert server.requests[0].headers["authorization"].startswith("OAuth ")


async def test_a_write_of_tweepy_goes_out_as_json(clock: ManualClock) -> None:
    async with scripted(said({"data": {"id": "1"}})) as server, client_of(server, clock) as client:
        assert await client.create_tweet(text="早", in_reply_to_tweet_id="7") == {"data": {"id": "1"}}
    (request,) = server.requests
    assert (request.method, request.path) == ("POST", "/2/tweets")
    assert request.body == b'{"reply":{"in_reply_to_tweet_id":"7"},"text":"\\u65e9"}'
    assert request.headers["content-type"] == "application/json"


# B1: each row of the matrix of what tweepy makes of an answer

MATRIX = {
    "503-html": (Answer(503, HTML, "text/html"), TransientError, OutcomeUnknownError),
    "502-html": (Answer(502, HTML, "text/html"), TransientError, OutcomeUnknownError),
    "429-text": (Answer(429, WRITTEN.encode(), "text/plain"), RateLimitedError, RateLimitedError),
    "429-empty": (Answer(429), RateLimitedError, RateLimitedError),
    "500-broken-json": (Answer(500, b'{"errors": [{'), TransientError, OutcomeUnknownError),
    "400-array": (said([{"message": WRITTEN}], 400), TransientError, TransientError),
    "403-array": (said([WRITTEN], 403), TransientError, TransientError),
    "403-html": (Answer(403, HTML, "text/html"), TransientError, TransientError),
    "429-json": (problem(429, WRITTEN), RateLimitedError, RateLimitedError),
    "402-credits": (problem(402, WRITTEN, "credits"), CreditsError, CreditsError),
    "402-html": (Answer(402, HTML, "text/html"), CreditsError, CreditsError),
    "403-credits": (problem(403, WRITTEN, "credits-depleted"), CreditsError, CreditsError),
    "429-usage-cap": (problem(429, WRITTEN, "usage-capped"), CreditsError, CreditsError),
    "200-broken-json": (Answer(200, b'{"data": ['), TransientError, OutcomeUnknownError),
    "200-html": (Answer(200, HTML, "text/html"), TransientError, OutcomeUnknownError),
    "200-empty": (Answer(200), TransientError, OutcomeUnknownError),
    "200-array": (said([WRITTEN]), TransientError, OutcomeUnknownError),
    "200-key-twice": (Answer(200, b'{"data": 1, "data": 2}'), TransientError, OutcomeUnknownError),
    "200-number-beyond": (Answer(200, b'{"data": 1' + b"0" * 5000 + b"}"), TransientError, OutcomeUnknownError),
    "200-nested": (Answer(200, b'{"a":' * 4000 + b"1" + b"}" * 4000), TransientError, OutcomeUnknownError),
    "200-packed": (Answer(200, b"{}", headers={"content-encoding": "gzip"}), TransientError, OutcomeUnknownError),
    "200-too-long": (Answer(200, b" " * (8 * 1024 * 1024 + 1)), TransientError, OutcomeUnknownError),
    "302": (Answer(302, headers={"location": "http://127.0.0.1:9/"}), TransientError, OutcomeUnknownError),
    "cut": (Answer(cut=True), TransientError, OutcomeUnknownError),
    "401-json": (problem(401, WRITTEN), AuthError, AuthError),
    "401-html": (Answer(401, HTML, "text/html"), AuthError, AuthError),
    "400-json": (problem(400, WRITTEN, "invalid-request"), RejectedError, RejectedError),
    "404-json": (problem(404, WRITTEN, "resource-not-found"), AbsentError, AbsentError),
    "404-html": (Answer(404, HTML, "text/html"), TransientError, TransientError),
    "409-json": (problem(409, WRITTEN), RejectedError, RejectedError),
    "413-html": (Answer(413, HTML, "text/html"), TooLargeError, TooLargeError),
    "408-json": (problem(408, WRITTEN), TransientError, TransientError),
}


@pytest.mark.parametrize("row", MATRIX)
async def test_b1_every_answer_is_an_error_of_ours(row: str, clock: ManualClock) -> None:
    answer, of_read, of_write = MATRIX[row]
    async with scripted(answer) as server, client_of(server, clock) as client:
        read, write = await raised(client), await raised(client, "POST", json={"text": "x"})
        # Neither is asked again by itself: the engine counts calls, and X bills them.
        assert len(server.requests) == 2
    assert (type(read), type(write)) == (of_read, of_write)
    assert WRITTEN not in str(read) + str(write)
    assert "127.0.0.1" not in str(read) + str(write)


async def test_b1_a_line_that_broke_is_not_tried_again_unasked(clock: ManualClock) -> None:
    async with scripted(said({})) as server, client_of(server, clock) as client:
        await client.call("GET", "/2/tweets")
        server.script = Answer(cut=True)
        assert type(await raised(client)) is TransientError
        assert len(server.requests) == 2


async def test_b1_a_200_with_errors_alone_is_an_answer(clock: ManualClock) -> None:
    told = {"errors": [{"title": "Not Found Error", "detail": "gone"}]}
    async with scripted(said(told)) as server, client_of(server, clock) as client:
        assert await client.call("GET", "/2/tweets") == told


async def test_b1_an_item_without_its_fields_costs_no_neighbour(clock: ManualClock) -> None:
    told = {"data": [{"id": "1"}, {"id": "2", "text": "well"}]}
    async with scripted(said(told)) as server, client_of(server, clock) as client:
        assert await client.get_users_mentions("1000") == told
        assert await client.get_direct_message_events() == told


async def test_b1_a_server_that_is_not_there_took_nothing(clock: ManualClock) -> None:
    async with client_of(f"http://127.0.0.1:{free_port()}", clock) as client:
        assert type(await raised(client, "POST", json={})) is TransientError
        assert type(await raised(client)) is TransientError


async def test_b1_an_answer_that_never_comes_ends_at_the_deadline(clock: ManualClock) -> None:
    # Half of it is for the connection, which a busy machine must make in time.
    async with scripted(said({})) as server, client_of(server, clock, step_secs=1.0) as client:
        server.http.black_hole = True
        assert type(await raised(client)) is TransientError
        assert type(await raised(client, "POST", json={})) is OutcomeUnknownError


async def test_b1_a_body_that_stops_midway_ends_at_the_deadline(clock: ManualClock) -> None:
    async def slowly() -> AsyncIterator[bytes]:
        yield b'{"data":'
        await asyncio.Event().wait()

    async with scripted(lambda request: Answer(body=slowly())) as server, client_of(server, clock, step_secs=0.05) as c:
        assert type(await raised(c)) is TransientError


async def test_a_write_that_may_be_repeated_is_only_a_passing_trouble(clock: ManualClock) -> None:
    async with scripted(Answer(503)) as server, client_of(server, clock) as client:
        assert type(await raised(client, "DELETE")) is TransientError
        assert type(await raised(client, "PUT")) is TransientError
        assert type(await raised(client, "POST", repeatable=True)) is TransientError


KINDS = [
    ("You are not allowed to create a Tweet with duplicate content.", "", {}, "duplicate"),
    ("", "", {"errors": [{"code": 187, "message": WRITTEN}]}, "duplicate"),
    (
        "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the "
        "author of the post you are replying to.",
        "",
        {},
        "not_summoned",
    ),
    ("The original Tweet author restricted who can reply to this Tweet.", "", {}, "restricted"),
    ("You attempted to reply to a Tweet that is deleted or not visible to you.", "", {}, "gone"),
    (f"Something about {WRITTEN}", "not-authorized-for-resource", {}, "other"),
]


@pytest.mark.parametrize(("detail", "type_", "more", "kind"), KINDS)
async def test_a_refusal_is_told_by_its_kind(
    detail: str, type_: str, more: dict[str, Any], kind: str, clock: ManualClock
) -> None:
    async with scripted(problem(403, detail, type_, **more)) as server, client_of(server, clock) as client:
        error = await raised(client, "POST", json={})
    assert isinstance(error, ForbiddenError)
    assert error.kind == kind
    assert WRITTEN not in str(error)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (problem(403, errors=[{"code": 349, "message": "You cannot send messages to this user."}]), UnreachableError),
        (problem(403, "You do not have permission to DM one or more participants."), UnreachableError),
        (problem(403, "Your account is suspended and is not permitted."), AuthError),
        (problem(403, "Use keys of a Project.", "client-forbidden", reason="client-not-enrolled"), AuthError),
        (problem(403, "Not configured with the permissions.", "oauth1-permissions"), AuthError),
        (problem(403, "Application-Only is forbidden.", "unsupported-authentication"), AuthError),
    ],
)
async def test_a_refusal_may_concern_the_user_or_the_access(
    answer: Answer, kind: type[GatewayError], clock: ManualClock
) -> None:
    async with scripted(answer) as server, client_of(server, clock) as client:
        assert type(await raised(client, "POST", json={})) is kind


# B2, B3: how long to wait


async def wait(client: XClient, route: str = "/2/tweets") -> float:
    with pytest.raises(RateLimitedError) as error:
        await client.call("GET", route)
    assert not error.value.item
    return error.value.retry_after.total_seconds()


async def test_b2_a_429_without_a_time_doubles_from_a_minute_to_an_hour(clock: ManualClock) -> None:
    async with scripted(Answer(429)) as server, client_of(server, clock) as client:
        assert [await wait(client) for _ in range(8)] == [60, 120, 240, 480, 960, 1920, 3600, 3600]
        assert len(server.requests) == 8
        server.script = said({})
        await client.call("GET", "/2/tweets")
        server.script = Answer(429)
        assert await wait(client) == 60


async def test_b2_each_route_waits_for_itself_whatever_ids_are_in_it(clock: ManualClock) -> None:
    async with scripted(Answer(429)) as server, client_of(server, clock) as client:
        assert await wait(client, "/2/users/1/mentions") == 60
        assert await wait(client, "/2/users/22/mentions") == 120
        assert await wait(client, "/2/dm_events") == 60
        assert await wait(client, "/2/dm_conversations/1-22/dm_events") == 60
        assert await wait(client, "/2/dm_conversations/3-4/dm_events") == 120


@pytest.mark.parametrize(
    ("ahead", "secs"), [(-50, 5), (-(10**9), 5), (3, 5), (30, 30), (900, 900), (3700, 3600), (10**9, 3600)]
)
@pytest.mark.parametrize("skew", [0, -7200, 7200])
async def test_b3_a_reset_is_taken_against_x_own_clock_within_bounds(
    ahead: int, secs: int, skew: int, clock: ManualClock
) -> None:
    theirs = clock.now() + timedelta(seconds=skew)
    reset = str(int(theirs.timestamp()) + ahead)
    async with scripted(problem(429)) as server, client_of(server, clock) as client:
        server.script = said({}, 429, x_rate_limit_reset=reset, date=format_datetime(theirs, usegmt=True))
        assert await wait(client) == secs


@pytest.mark.parametrize("reset", ["", "soon", "-50", "1e9", "9" * 40])
async def test_b3_a_reset_that_is_no_time_is_none(reset: str, clock: ManualClock) -> None:
    async with scripted(said({}, 429, x_rate_limit_reset=reset)) as server, client_of(server, clock) as client:
        assert await wait(client) == 60


async def test_b3_without_a_date_our_own_clock_counts(clock: ManualClock) -> None:
    reset = str(int(clock.now().timestamp()) + 100)
    for date in ("", "yesterday"):
        answer = said({}, 429, x_rate_limit_reset=reset, date=date)
        async with scripted(answer) as server, client_of(server, clock) as client:
            assert await wait(client) == 100


async def test_the_days_end_counts_where_the_days_calls_are_used_up(clock: ManualClock) -> None:
    now = int(clock.now().timestamp())
    headers = {"x_user_limit_24hour_remaining": "0", "x_user_limit_24hour_reset": str(now + 3000)}
    answer = said({}, 429, x_rate_limit_reset=str(now + 60), **headers)
    async with scripted(answer) as server, client_of(server, clock) as client:
        assert await wait(client) == 3000


async def test_what_x_says_of_limits_and_rights_is_kept(clock: ManualClock) -> None:
    reset = int(clock.now().timestamp()) + 900
    numbers = {"x_rate_limit_limit": "15", "x_rate_limit_remaining": "14", "x_rate_limit_reset": str(reset)}
    answer = said({}, 200, x_access_level="read-write-directmessages", **numbers)
    async with scripted(answer) as server, client_of(server, clock) as client:
        await client.call("GET", "/2/users/1000/mentions")
        told = client.limits["GET /2/users/:id/mentions"]
        assert client.access_level == "read-write-directmessages"
    assert (told.limit, told.left, told.ends_at) == (15, 14, clock.now() + timedelta(seconds=900))


# B23: a refused access may be the clock's fault


@pytest.mark.parametrize(
    ("skew", "text"),
    [(600, "its clock is 600 s ahead of ours"), (-600, "its clock is 600 s behind ours"), (30, "renew the keys")],
)
async def test_b23_a_401_says_that_the_clocks_differ(skew: int, text: str, clock: ManualClock) -> None:
    date = format_datetime(clock.now() + timedelta(seconds=skew), usegmt=True)
    async with scripted(said({}, 401, date=date)) as server, client_of(server, clock) as client:
        error = await raised(client)
    assert isinstance(error, AuthError)
    assert text in str(error)
    assert ("clock" in str(error)) is (abs(skew) > 60)


# B28: one session


async def test_b28_calls_take_no_more_files_and_lines_than_one(clock: ManualClock) -> None:
    async with scripted(said({"data": []})) as server, client_of(server, clock) as client:
        await client.call("GET", "/2/tweets")
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(500):
            await client.call("GET", "/2/tweets")
        server.script = Answer(503, HTML, "text/html")
        for _ in range(500):
            await raised(client)
        assert len(os.listdir("/proc/self/fd")) == before
        assert len(server.http.lines) == 1
    assert len(server.requests) == 1001


async def test_b28_a_client_that_was_never_used_opened_nothing(clock: ManualClock) -> None:
    before = len(os.listdir("/proc/self/fd"))
    async with client_of("http://127.0.0.1:9", clock):
        assert len(os.listdir("/proc/self/fd")) == before


# B29: no access in logs


async def test_b29_no_log_tells_the_access(clock: ManualClock, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("tweepy", "oauthlib"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    caplog.set_level(logging.DEBUG)
    async with scripted(said({"data": []})) as server, client_of(server, clock) as client:
        assert logging.getLogger("tweepy.asynchronous.client").getEffectiveLevel() >= logging.INFO
        await client.get_me(**{"new.parameter": "1"})
        server.script = Answer(503, HTML, "text/html")
        error = await raised(client, as_user=False)
    signature = server.requests[0].headers["authorization"]
    for secret in (signature, "OAuth ", "Bearer ", WRITTEN, *KEYS.values()):
        assert secret not in caplog.text
        assert secret not in str(error) + repr(client) + repr(error.__cause__)
    assert error.__suppress_context__ or error.__context__ is None


async def test_b29_tweepy_itself_would_tell_it(clock: ManualClock, caplog: pytest.LogCaptureFixture) -> None:
    """The pinned level is what keeps it silent, should anything of tweepy's own ever call."""
    logging.getLogger("tweepy").setLevel(logging.DEBUG)
    caplog.set_level(logging.DEBUG)
    XClient("x", settings("http://127.0.0.1:9"), clock)
    logging.getLogger("tweepy.asynchronous.client").debug("Headers: %s", "Bearer made-up")
    assert "made-up" not in caplog.text


# Signatures


@pytest.mark.parametrize("base", ["", "https://api.x.com"])
async def test_a_signature_is_that_of_x_own_address(base: str, clock: ManualClock) -> None:
    """Verified by the sandbox's own reading of RFC 5849, with whatever may stand in a query."""
    auth = Auth(clock, Keys.made_up("1000"), "1000", Grants(clock, "", ""))
    callers: list[Caller | Answer] = []

    def answer(request: Request) -> Answer:
        if base:
            request = Request(
                request.method, request.path, request.query, {**request.headers, "host": "proxy.test"}, request.body
            )
        callers.append(auth.caller(request))
        return said({"data": {"id": "7"}})

    keys = Keys.made_up("1000")
    given = {name: getattr(keys, name) for name in ("consumer_key", "consumer_secret", "access_token", "access_secret")}
    async with scripted(answer) as server, client_of(server, clock, **given) as client:
        query = "@examplex ~ -is:retweet a+b & 100% = 早 *'()\"é"
        await client.search_recent_tweets(query, start_time=datetime(2026, 11, 1, tzinfo=clock.now().tzinfo))
        await client.call("GET", "/2/users/by", {"usernames": ["a", "b"], "none": None, "flag": True})
        await client.call("POST", "/2/tweets", json={"text": "a=b&c"})
    assert callers == [Caller("1000", "oauth1")] * 3
    assert "flag=true&usernames=a%2Cb" in server.requests[1].query


async def test_the_app_calls_by_its_bearer_token_where_it_must(clock: ManualClock) -> None:
    async with scripted(said({})) as server, client_of(server, clock) as client:
        await client.call("GET", "/2/usage/tweets", as_user=False)
    async with client_of(server, clock, bearer_token=None) as client:
        assert isinstance(await raised(client, as_user=False), ConfigError)
    assert server.requests[0].headers["authorization"] == f"Bearer {KEYS['bearer_token']}"


# Streams and uploads


async def test_a_stream_is_read_as_it_comes(clock: ManualClock) -> None:
    more = asyncio.Event()

    async def lines() -> AsyncIterator[bytes]:
        yield b"first\n"
        await more.wait()
        yield b"second\n"

    async with (
        scripted(lambda request: Answer(body=lines())) as server,
        client_of(server, clock) as client,
        client.open_stream("/2/activity/stream", {"backfill_minutes": 1}) as stream,
    ):
        assert await stream.content.readline() == b"first\n"
        more.set()
        assert await stream.content.readline() == b"second\n"
    assert server.requests[0].query == "backfill_minutes=1"
    assert server.requests[0].headers["authorization"].startswith("Bearer ")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [(problem(429), RateLimitedError), (Answer(503, HTML), TransientError), (said({"data": 1}, 201), TransientError)],
)
async def test_a_stream_that_is_none_is_an_error(answer: Answer, kind: type[GatewayError], clock: ManualClock) -> None:
    async with scripted(answer) as server, client_of(server, clock) as client:
        with pytest.raises(kind):
            async with client.open_stream("/2/activity/stream"):
                raise AssertionError("it was opened")


async def chunks(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 1000):
        yield b"x" * 1000


async def test_a_file_goes_up_in_pieces_and_is_waited_for(clock: ManualClock) -> None:
    def answer(request: Request) -> Answer:
        if request.path.endswith("/finalize"):
            return said({"data": {"id": "77", "processing_info": {"state": "pending", "check_after_secs": 9}}})
        if request.method == "GET":
            return said({"data": {"id": "77", "processing_info": {"state": "succeeded"}}})
        return said({"data": {"id": "77"}})

    async with scripted(answer) as server, client_of(server, clock) as client:
        task = asyncio.create_task(client.upload(chunks(2_500_000), 2_500_000, "video/mp4", "dm_video"))
        while not clock.sleeping:
            await asyncio.sleep(0)
        clock.advance(9)
        assert await task == "77"
    paths = [request.path for request in server.requests]
    begin, *appends, end, look = paths
    assert (begin, end, look) == ("/2/media/upload/initialize", "/2/media/upload/77/finalize", "/2/media/upload")
    assert appends == ["/2/media/upload/77/append"] * 3
    assert [b"x" * CHUNK_BYTES in request.body for request in server.requests[1:4]] == [True, True, False]
    assert [f'name="segment_index"\r\n\r\n{n}'.encode() in server.requests[n + 1].body for n in range(3)] == [True] * 3


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ({"id": "77", "processing_info": {"state": "failed"}}, RejectedError),
        ({"id": "../77"}, TransientError),
        ({}, TransientError),
    ],
)
async def test_a_file_that_x_cannot_use_is_not_sent(
    data: dict[str, Any], kind: type[GatewayError], clock: ManualClock
) -> None:
    async with scripted(said({"data": data})) as server, client_of(server, clock) as client:
        with pytest.raises(kind):
            await client.upload(chunks(1000), 1000, "image/png", "dm_image")
