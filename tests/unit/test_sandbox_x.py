"""The sandbox's X shows what X would show: whose posts, in which order, how far back, in which fields."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from gateway.sandbox.x import XServer
from gateway.sandbox.x._world import first_id, moment
from tests.conftest import ManualClock
from tests.unit.x_calls import Reply, called

MENTIONS = "/2/users/1000/mentions"
SEARCH = "/2/tweets/search/recent"


@pytest.fixture
async def server(clock: ManualClock) -> AsyncIterator[XServer]:
    async with XServer.start(clock=clock) as running:
        yield running


def ids(reply: Reply) -> list[str]:
    return [each["id"] for each in reply.body.get("data", [])]


def mentions(server: XServer, number: int) -> list[str]:
    """Let somebody mention us so often; returns the ids, newest first."""
    wang = server.person("wangfang_t", "Wang Fang")
    return [server.post(wang, f"@examplex no. {each}")["id"] for each in range(number)][::-1]


async def walked(server: XServer, path: str, next_name: str = "pagination_token", **query: Any) -> list[list[str]]:
    """Read all pages of a list."""
    pages = []
    more: dict[str, Any] = {}
    while True:
        reply = await called(server, path, **query, **more)
        pages.append(ids(reply))
        if "next_token" not in reply.body["meta"]:
            return pages
        more = {next_name: reply.body["meta"]["next_token"]}


def flat(pages: list[list[str]]) -> list[str]:
    return [each for page in pages for each in page]


# Whom a post names


async def test_a_reply_names_those_before_it_and_says_where_the_own_part_begins(server: XServer) -> None:
    wang, li = server.person("wangfang_t"), server.person("li_na")
    first = server.post(wang, "@examplex help")
    ours = server.post(server.own, "Look into your messages.", reply_to=first)
    third = server.post(li, "me too", reply_to=ours)
    assert ours["text"] == "@wangfang_t Look into your messages."
    assert third["text"] == "@examplex @wangfang_t me too"
    assert third["text"][third["display_text_range"][0] :] == "me too"
    assert [mark["id"] for mark in third["entities"]["mentions"]] == ["1000", wang["id"]]
    assert third["conversation_id"] == first["id"]
    assert ids(await called(server, MENTIONS)) == [third["id"], first["id"]]


async def test_only_accounts_that_exist_are_named(server: XServer) -> None:
    post = server.post(server.person("li"), "@examplex not @nobody nor mail@examplex nor @examplex_is_longer")
    assert [mark["username"] for mark in post["entities"]["mentions"]] == ["examplex"]


async def test_marks_hold_the_very_text_that_they_mark(server: XServer) -> None:
    text = "😀 R&D <ask> @examplex see https://examplex.test/a?b=1&c=2 #求助 $BTC"
    post = server.post(server.person("li"), text)
    spans = [post["text"][each["start"] : each["end"]] for found in post["entities"].values() for each in found]
    assert spans == ["@examplex", "https://t.co/Sbx0000001", "#求助", "$BTC"]
    assert "R&amp;D &lt;ask&gt;" in post["text"]
    assert post["entities"]["urls"][0]["expanded_url"] == "https://examplex.test/a?b=1&c=2"


async def test_a_long_post_is_cut_and_whole_in_its_note(server: XServer) -> None:
    post = server.post(server.person("li"), "x" * 300 + " @examplex")
    assert len(post["text"]) < 310
    assert post["note_post"]["text"].endswith("x @examplex")
    assert ids(await called(server, MENTIONS)) == [post["id"]], "named beyond the cut"


# Pages


async def test_pages_are_newest_first_and_every_mention_is_there_once(server: XServer) -> None:
    known = mentions(server, 23)
    pages = await walked(server, MENTIONS)
    assert [len(page) for page in pages] == [10, 10, 3]
    assert flat(pages) == known
    first = await called(server, MENTIONS)
    assert first.body["meta"]["newest_id"] == known[0]
    assert first.body["meta"]["oldest_id"] == known[9]
    second = await called(server, MENTIONS, pagination_token=first.body["meta"]["next_token"])
    back = await called(server, MENTIONS, pagination_token=second.body["meta"]["previous_token"])
    assert ids(back) == ids(first)


async def test_since_id_is_exclusive_and_nothing_new_is_an_empty_page_without_data(server: XServer) -> None:
    known = mentions(server, 5)
    assert ids(await called(server, MENTIONS, since_id=known[2])) == known[:2]
    assert (await called(server, MENTIONS, since_id=known[0])).body == {"meta": {"result_count": 0}}
    assert ids(await called(server, MENTIONS, until_id=known[3])) == known[4:]


async def test_no_more_than_800_mentions_can_be_reached(server: XServer) -> None:
    known = mentions(server, 850)
    pages = await walked(server, MENTIONS, max_results=100, since_id=known[849])
    assert flat(pages) == known[:800]
    searched = await walked(server, SEARCH, "next_token", query="@examplex", max_results=100, until_id=known[799])
    assert flat(searched) == known[800:]


async def test_a_token_that_was_never_given_is_refused(server: XServer) -> None:
    reply = await called(server, MENTIONS, pagination_token="7140dibdnow9c7btw3w29gjm2dk")
    assert (reply.status, reply.body["title"]) == (400, "Invalid Request")


async def test_a_post_that_was_indexed_late_lies_below_what_was_read(server: XServer, clock: ManualClock) -> None:
    known = mentions(server, 2)
    late = server.late(server.post(server.person("li"), "@examplex late"), server.world.posts[known[0]])
    assert int(late["id"]) < int(known[1]) < int(known[0])
    assert moment(late["id"]) == clock.now() - timedelta(seconds=1)
    assert ids(await called(server, MENTIONS)) == [*known, late["id"]]
    assert ids(await called(server, MENTIONS, since_id=known[0])) == []
    assert ids(await called(server, MENTIONS, start_time="2026-11-20T11:59:59.500Z")) == known


def test_ids_are_made_of_the_time() -> None:
    assert moment(1541815603606036480).isoformat() == "2022-06-28T16:07:40.105000+00:00"
    assert moment(first_id(moment(1541815603606036480))) == moment(1541815603606036480)


# What becomes of a post


async def test_an_edit_takes_the_place_of_the_post_and_keeps_its_first_id(server: XServer, clock: ManualClock) -> None:
    post = server.post(server.person("li"), "@examplex help")
    clock.advance(60)
    second = server.edit(post, "@examplex help me")
    clock.advance(60)
    third = server.edit(second, "@examplex help me now")
    (shown,) = (await called(server, MENTIONS)).body["data"]
    history = [post["id"], second["id"], third["id"]]
    assert shown == {"id": third["id"], "text": "@examplex help me now", "edit_history_post_ids": history}
    old = await called(server, f"/2/tweets/{post['id']}")
    assert old.body["data"]["edit_history_post_ids"] == history


async def test_what_is_deleted_protected_or_suspended_is_not_shown(server: XServer) -> None:
    wang, li, chen = server.person("wangfang_t"), server.person("li"), server.person("chen")
    root, second, third = (server.post(each, "@examplex help") for each in (wang, li, chen))
    replies = [server.post(server.person(f"p{each['id'][-3:]}"), "so?", reply_to=each) for each in (root, second)]
    server.delete(root)
    server.rename(li, protected=True)
    server.world.suspended.add(chen["id"])
    asked: dict[str, Any] = {"post__fields": "text", "expansions": "referenced_posts"}
    reply = await called(server, MENTIONS, **asked)
    assert ids(reply) == [each["id"] for each in replies[::-1]]
    kinds = [(each["resource_id"], each["type"].rsplit("/")[-1]) for each in reply.body["errors"]]
    assert kinds == [(second["id"], "not-authorized-for-resource"), (root["id"], "resource-not-found")]
    looked = await called(server, "/2/tweets", ids=f"{root['id']},{second['id']},{third['id']}")
    assert len(looked.body["errors"]) == 3
    assert "data" not in looked.body


# Fields and spelling


async def test_only_what_was_asked_for_is_given(server: XServer) -> None:
    server.post(server.person("li"), "@examplex help")
    plain = (await called(server, MENTIONS)).body
    assert set(plain["data"][0]) == {"id", "text", "edit_history_post_ids"}
    assert "includes" not in plain
    asked: dict[str, Any] = {"post__fields": "created_at", "expansions": "author_id", "user__fields": "created_at"}
    more = (await called(server, MENTIONS, **asked)).body
    assert set(more["data"][0]) == {"id", "text", "edit_history_post_ids", "created_at", "author_id"}
    assert set(more["includes"]["users"][0]) == {"id", "name", "username", "created_at"}


async def test_both_spellings_say_the_same(server: XServer) -> None:
    li = server.person("li")
    first = server.post(li, "x" * 300)
    server.post(li, "@examplex this one", quote=first, media=["photo"])
    new = await called(
        server, MENTIONS, post__fields="note_post,public_metrics", expansions="author_id,referenced_posts"
    )
    old = await called(
        server,
        MENTIONS,
        tweet__fields="note_tweet,public_metrics",
        expansions="author_id,referenced_tweets.id,referenced_tweets.id.author_id",
    )
    for new_word, old_word in (("post", "tweet"), ("repost", "retweet")):
        assert new_word in new.text
        assert old_word in old.text
    assert "tweet" not in new.text
    renamed = new.text.replace("repost", "retweet").replace("_post", "_tweet").replace('"posts"', '"tweets"')
    assert renamed.replace('"post_count"', '"tweet_count"') == old.text


@pytest.mark.parametrize(
    ("spelling", "query"),
    [
        ("post", {"tweet__fields": "text"}),
        ("post", {"expansions": "referenced_tweets.id"}),
        ("post", {"post__fields": "author_id"}),
        ("tweet", {"post__fields": "text"}),
        ("tweet", {"expansions": "referenced_posts"}),
        ("tweet", {"tweet__fields": "note_post"}),
        ("both", {"post__fields": "nonsense"}),
        ("both", {"nonsense": 1}),
        ("both", {"max_results": 4}),
        ("both", {"max_results": 101}),
        ("both", {"since_id": "x"}),
        ("both", {"start_time": "yesterday"}),
    ],
)
async def test_what_the_spelling_does_not_know_is_refused(
    clock: ManualClock, spelling: Any, query: dict[str, Any]
) -> None:
    async with XServer.start(clock=clock, spelling=spelling) as server:
        reply = await called(server, MENTIONS, **query)
    assert reply.status == 400
    assert reply.body["type"].endswith("/2/problems/invalid-request")
    (name,) = reply.body["errors"][0]["parameters"]
    assert name == next(iter(query)).replace("__", ".")


async def test_a_direct_messages_sender_is_a_field_in_the_old_spelling_alone(clock: ManualClock) -> None:
    for spelling, status in (("tweet", 200), ("post", 400)):
        async with XServer.start(clock=clock, spelling=spelling) as server:  # type: ignore[arg-type]
            assert (await called(server, "/2/dm_events", dm_event__fields="sender_id")).status == status


# Search


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("@examplex", ["ask", "told", "lure"]),
        ("from:examplex", ["ours"]),
        ("conversation_id:{root}", ["ask", "ours", "told", "lure"]),
        ("conversation_id:{root} is:reply -from:examplex", ["told", "lure"]),
        ("conversation_id:{root} -from:examplex -from:wangfang_t", ["lure"]),
        ("(conversation_id:1 OR conversation_id:{root}) from:li", ["lure"]),
        ("from:li OR from:examplex", ["ours", "lure", "other"]),
        ("from:li other", ["other"]),
        ("to:examplex", ["told", "lure"]),
        ("from:nobody", []),
    ],
)
async def test_the_search_reads_its_query(server: XServer, query: str, found: list[str]) -> None:
    wang, li = server.person("wangfang_t"), server.person("li")
    posts = {"ask": server.post(wang, "@examplex help")}
    posts["ours"] = server.post(server.own, "Look.", reply_to=posts["ask"])
    posts["told"] = server.post(wang, "thanks", reply_to=posts["ours"])
    posts["lure"] = server.post(li, "write to us", reply_to=posts["ours"])
    posts["other"] = server.post(li, "other")
    reply = await called(server, SEARCH, query=query.format(root=posts["ask"]["id"]))
    assert ids(reply) == [posts[name]["id"] for name in reversed(found)]


async def test_the_search_finds_no_reposts_and_nothing_that_is_hidden(server: XServer) -> None:
    li, chen = server.person("li"), server.person("chen", protected=True)
    post = server.post(li, "@examplex helo")
    server.post(chen, "@examplex help")
    server.post(li, "RT @li: @examplex helo", referenced_posts=[{"type": "retweeted", "id": post["id"]}])
    server.delete(server.post(li, "@examplex gone"))
    newer = server.edit(post, "@examplex hello")
    assert ids(await called(server, SEARCH, query="@examplex")) == [newer["id"]]


@pytest.mark.parametrize("query", ["", "(", "from:", "-from:li", "is:reply", "(@a OR", "near:here @a", "x" * 513])
async def test_a_query_that_cannot_be_read_is_refused(server: XServer, query: str) -> None:
    assert (await called(server, SEARCH, query=query)).status == 400


async def test_the_search_goes_back_seven_days(server: XServer, clock: ManualClock) -> None:
    old, new = mentions(server, 1)[0], 0
    clock.advance(7 * 86_400 - 60)
    new = server.post(server.person("li"), "@examplex")["id"]
    assert ids(await called(server, SEARCH, query="@examplex")) == [new, old]
    clock.advance(120)
    assert ids(await called(server, SEARCH, query="@examplex")) == [new]
    assert (await called(server, SEARCH, query="@examplex", since_id=old)).status == 400
    assert ids(await called(server, MENTIONS)) == [new, old]


# Direct messages


async def test_direct_messages_come_newest_first_from_all_conversations_of_30_days(
    server: XServer, clock: ManualClock
) -> None:
    wang, li = server.person("wangfang_t"), server.person("li")
    first = server.message(wang, "hello https://examplex.test")
    second = server.message(li, "me too", media=["photo"])
    ours = server.world.add_event(server.own, "How can we help?", to=li)
    known = [ours["id"], second["id"], first["id"]]
    assert ids(await called(server, "/2/dm_events")) == known
    assert flat(await walked(server, "/2/dm_events", max_results=1)) == known
    assert ids(await called(server, f"/2/dm_conversations/with/{li['id']}/dm_events")) == known[:2]
    assert second["dm_conversation_id"] == f"1000-{li['id']}"
    assert (await called(server, "/2/dm_events", since_id=1)).status == 400
    assert ids(await called(server, "/2/dm_events", event_types="ParticipantsJoin")) == []
    clock.advance(30 * 86_400 + 60)
    assert ids(await called(server, "/2/dm_events")) == []


async def test_direct_messages_are_the_accounts_alone(server: XServer) -> None:
    server.message(server.person("li"), "hello")
    reply = await called(server, "/2/dm_events", app=True)
    assert (reply.status, reply.body["title"]) == (403, "Unsupported Authentication")


async def test_what_is_encrypted_is_in_no_list(server: XServer) -> None:
    server.encrypted(server.person("li"))
    assert ids(await called(server, "/2/dm_events")) == []


# Accounts


async def test_accounts_are_found_by_what_they_are_called_now(server: XServer) -> None:
    li = server.person("li_support", verified_type="business")
    server.rename(li, username="li_na", name="Li Na")
    found = await called(server, "/2/users/by", usernames="LI_NA,li_support", user__fields="verified_type")
    assert found.body["data"] == [{"id": li["id"], "name": "Li Na", "username": "li_na", "verified_type": "business"}]
    assert [each["value"] for each in found.body["errors"]] == ["li_support"]
    assert (await called(server, f"/2/users/{li['id']}")).body["data"]["username"] == "li_na"
    assert (await called(server, "/2/users", ids=f"1000,{li['id']}")).body["data"][0]["username"] == "examplex"
    assert (await called(server, "/2/users/me")).body["data"]["id"] == "1000"
    gone = await called(server, "/2/users/by/username/nobody")
    assert (gone.status, set(gone.body)) == (200, {"errors"})


async def test_no_more_than_a_hundred_at_once(server: XServer) -> None:
    assert (await called(server, "/2/users/by", usernames=",".join(f"a{each}" for each in range(101)))).status == 400
    assert (await called(server, "/2/users/by", usernames="not-a-handle")).status == 400
    assert (await called(server, "/2/users/by")).status == 400
