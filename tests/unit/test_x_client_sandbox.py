"""X's client against the sandbox's X: its whole matrix of faults (row B1), its limits, its credits, its uploads."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from connectors.x._client import XClient
from connectors.x._errors import ForbiddenError
from gateway.errors import CreditsError, GatewayError, OutcomeUnknownError, RateLimitedError, TransientError
from gateway.sandbox.x._faults import MATRIX
from gateway.sandbox.x.server import XServer
from tests.conftest import ManualClock
from tests.unit.x_fakes import settings

MENTIONS = "GET /2/users/{id}/mentions"
ANSWERS = {"200 errors only", "item without text", "item without id", "bad date", "date without milliseconds"}
"""Faults that are an answer all the same."""


@pytest.fixture
async def server(clock: ManualClock) -> AsyncIterator[XServer]:
    async with XServer.start(clock=clock) as found:
        found.post(found.person("wangfang_t", "Wang Fang"), "@examplex help")
        yield found


@pytest.fixture
async def client(server: XServer, clock: ManualClock) -> AsyncIterator[XClient]:
    async with XClient("x", settings(server, step_secs=0.3), clock) as found:
        yield found


@pytest.mark.parametrize("row", MATRIX)
async def test_b1_the_sandbox_s_faults_are_errors_of_ours(row: str, server: XServer, client: XClient) -> None:
    server.faults.always("*", MATRIX[row])
    if row in ANSWERS:
        assert isinstance(await client.get_users_mentions("1000", tweet_fields=["created_at"]), dict)
    else:
        with pytest.raises(GatewayError) as error:
            await client.get_users_mentions("1000")
        assert "made up" not in str(error.value)
    server.faults.release()
    server.faults.mend()
    assert len((await client.get_users_mentions("1000"))["data"]) == 1


@pytest.mark.parametrize("row", ["503 html", "cut", "taken, then cut", "200 broken json", "200 html", "black hole"])
async def test_b1_a_post_that_may_have_been_taken_is_an_unknown_outcome(
    row: str, server: XServer, client: XClient
) -> None:
    server.faults.plan("POST /2/tweets", row)
    with pytest.raises(OutcomeUnknownError):
        await client.create_tweet(text="made up")
    assert server.counts["POST /2/tweets"] == 1
    server.faults.release()


async def test_b1_an_answer_over_both_spellings_is_the_same(server: XServer, clock: ManualClock) -> None:
    found = []
    for spelling in ("tweet", "post"):
        async with XClient("x", settings(server, spelling=spelling), clock) as client:
            told = await client.get_users_mentions(
                "1000",
                tweet_fields=["author_id", "created_at", "edit_history_tweet_ids", "referenced_tweets", "text"],
                expansions=["author_id", "referenced_tweets.id", "referenced_tweets.id.author_id"],
                user_fields=["affiliation", "verified_type"],
            )
            found.append((told["data"][0]["id"], told["includes"]["users"][0]["username"]))
    assert found[0] == found[1]


async def test_b3_the_limit_s_own_headers_are_kept_and_waited_for(
    server: XServer, client: XClient, clock: ManualClock
) -> None:
    for left in range(14, -1, -1):
        await client.get_direct_message_events()
        assert client.limits["GET /2/dm_events"].left == left
    clock.advance(100)
    with pytest.raises(RateLimitedError) as error:
        await client.get_direct_message_events()
    secs = error.value.retry_after.total_seconds()
    assert 5 <= secs <= 900
    clock.advance(secs)
    await client.get_direct_message_events()


async def test_without_credits_calls_are_blocked_until_there_are_some(server: XServer, client: XClient) -> None:
    server.credits = Decimal(0)
    with pytest.raises(CreditsError):
        await client.get_users_mentions("1000")
    server.credits = None
    await client.get_users_mentions("1000")


async def test_a_file_goes_up_in_parts(server: XServer, client: XClient, clock: ManualClock) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(24):
            yield b"x" * 100_000

    media = await client.upload(chunks(), 2_400_000, "image/png", "dm_image")
    assert server.media.uploads[media].content == b"x" * 2_400_000


async def test_a_fault_of_the_head_alone_passes(server: XServer, client: XClient) -> None:
    server.faults.plan(MENTIONS, dataclasses.replace(MATRIX["503 html"], times=2))
    for _ in range(2):
        with pytest.raises(TransientError):
            await client.get_users_mentions("1000")
    await client.get_users_mentions("1000")


async def test_what_x_refuses_is_told_by_its_kind(server: XServer, client: XClient) -> None:
    fang = server.person("lena_k")
    mention = server.post(fang, "@examplex help")
    other = server.post(fang, "good morning")
    again = server.post(fang, "@examplex hello?")
    gone = server.post(fang, "@examplex never mind")
    server.delete(gone)
    await client.create_tweet(text="made up", in_reply_to_tweet_id=mention["id"])
    kinds = []
    for text, parent in (("other text", other["id"]), ("another text", gone["id"]), ("made up", again["id"])):
        with pytest.raises(ForbiddenError) as error:
            await client.create_tweet(text=text, in_reply_to_tweet_id=parent)
        kinds.append(error.value.kind)
    assert kinds == ["not_summoned", "gone", "duplicate"]
    assert len(server.sent_posts) == 1
