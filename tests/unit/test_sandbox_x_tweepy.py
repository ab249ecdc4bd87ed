"""tweepy's own client reads from the sandbox's X: its calls, its two ways of access, its models, its errors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import tweepy

from gateway.sandbox.x import XServer
from tests.unit.x_calls import Redirect, tweepy_client
from tests.x_spec import Spec

TWEET_FIELDS = ["author_id", "conversation_id", "created_at", "entities", "referenced_tweets", "edit_history_tweet_ids"]


@pytest.fixture
async def server() -> AsyncIterator[XServer]:
    """With the machine's time, by which tweepy signs."""
    async with XServer.start(spelling="tweet") as running:
        yield running


def scene(server: XServer) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    wang = server.person("wangfang_t", "Wang Fang")
    for number in range(11):
        server.post(wang, f"@examplex no. {number}")
    post = server.post(wang, "@examplex look", media=["photo"])
    reply = server.post(server.person("li_na"), "me too", reply_to=post)
    server.message(wang, "hello", media=["photo"])
    return wang, post, reply


@pytest.mark.parametrize("user_auth", [True, False])
async def test_mentions_are_paged_by_tweepys_paginator(server: XServer, user_auth: bool) -> None:
    _, post, reply = scene(server)
    async with tweepy_client(server) as (client, _):
        pages = [
            page
            async for page in tweepy.asynchronous.AsyncPaginator(
                client.get_users_mentions,
                1000,
                max_results=5,
                tweet_fields=TWEET_FIELDS,
                expansions=["author_id", "referenced_tweets.id", "attachments.media_keys"],
                media_fields=["url"],
                user_auth=user_auth,
            )
        ]
    assert [page.meta["result_count"] for page in pages] == [5, 5, 3]
    newest, second = pages[0].data[:2]
    assert (str(newest.id), str(newest.referenced_tweets[0].id)) == (reply["id"], post["id"])
    assert second.text.startswith("@examplex look https://t.co/")
    assert second.created_at is not None
    assert {user.username for user in pages[0].includes["users"]} == {"wangfang_t", "li_na"}
    assert pages[0].includes["media"][0].url.startswith(server.url)


async def test_the_search_and_single_posts_are_read(server: XServer) -> None:
    _, post, reply = scene(server)
    async with tweepy_client(server) as (client, _):
        found = await client.search_recent_tweets(
            f"conversation_id:{post['id']} is:reply -from:examplex", since_id=post["id"], tweet_fields=TWEET_FIELDS
        )
        assert [str(each.id) for each in found.data] == [reply["id"]]
        assert (await client.get_tweet(post["id"], user_auth=True)).data.text == post["text"]
        several = await client.get_tweets([post["id"], 1])
    assert [str(each.id) for each in several.data] == [post["id"]]
    assert several.errors[0]["value"] == "1"


async def test_accounts_are_read(server: XServer) -> None:
    wang, *_ = scene(server)
    async with tweepy_client(server) as (client, _):
        assert (await client.get_me()).data.username == "examplex"
        assert str((await client.get_user(username="wangfang_t")).data.id) == wang["id"]
        assert (await client.get_user(id=wang["id"], user_fields=["created_at"])).data.created_at.year == 2019
        found = await client.get_users(usernames=["wangfang_t", "nobody"], user_fields=["public_metrics"])
    assert found.data[0].public_metrics["followers_count"] == 12
    assert [each["value"] for each in found.errors] == ["nobody"]


async def test_direct_messages_are_read(server: XServer) -> None:
    wang, *_ = scene(server)
    more: dict[str, Any] = {
        "dm_event_fields": ["sender_id", "created_at", "dm_conversation_id", "attachments"],
        "expansions": ["sender_id", "attachments.media_keys"],
    }
    async with tweepy_client(server) as (client, _):
        (event,) = (await client.get_direct_message_events(**more)).data
        (same,) = (await client.get_direct_message_events(participant_id=wang["id"], **more)).data
        await client.get_direct_message_events(dm_conversation_id=event.dm_conversation_id)
    assert (str(event.sender_id), event.id) == (wang["id"], same.id)
    assert event.created_at is not None


async def test_all_that_tweepy_asks_is_in_the_old_document(server: XServer) -> None:
    spec = Spec.load("tweet")
    wang, post, _ = scene(server)
    async with tweepy_client(server, return_type=dict) as (client, line):
        await client.get_users_mentions(1000, tweet_fields=TWEET_FIELDS, expansions=["author_id"])
        await client.search_recent_tweets("@examplex", max_results=100)
        await client.get_tweet(post["id"])
        await client.get_me()
        await client.get_users(ids=[wang["id"]])
        await client.get_direct_message_events(dm_event_fields=["sender_id"])
        assert checked(spec, line) == set()


def checked(spec: Spec, line: Redirect) -> set[str]:
    asked = {wrong for one in line.replies for wrong in spec.check_request(one.method, one.path, one.query)}
    told = [spec.check_response(one.method, one.path, one.status, one.body) for one in line.replies]
    return asked | {wrong for each in told for wrong in each}


async def test_refusals_are_tweepys_exceptions(server: XServer) -> None:
    async with tweepy_client(server) as (client, _):
        with pytest.raises(tweepy.BadRequest, match="max_results"):
            await client.get_users_mentions(1000, max_results=1)
        for _ in range(15):
            await client.get_direct_message_events()
        with pytest.raises(tweepy.TooManyRequests) as refused:
            await client.get_direct_message_events()
        assert isinstance(refused.value.reset_time, int)
        client.access_token_secret = "wrong"
        with pytest.raises(tweepy.Unauthorized):
            await client.get_me()
