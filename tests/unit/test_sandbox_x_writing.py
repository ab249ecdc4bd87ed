"""The sandbox's X takes what the platform takes from a program, and refuses the rest in its words."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import aiohttp
import pytest
import tweepy

from gateway.sandbox.x import XServer
from gateway.sandbox.x._weight import weight
from tests.conftest import ManualClock
from tests.unit.x_calls import tweepy_client
from tests.unit.x_signed import Caller, calls

PICTURE = b"\x89PNG made up"
NOT_SUMMONED = "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged"


@pytest.fixture
async def server(clock: ManualClock) -> AsyncIterator[XServer]:
    async with XServer.start(clock=clock) as running:
        yield running


@pytest.fixture
async def caller(server: XServer) -> AsyncIterator[Caller]:
    async with calls(server) as found:
        yield found


@pytest.fixture
def person(server: XServer) -> Any:
    return server.person("wangfang_t", "Wang Fang")


async def post(caller: Caller, text: str, reply_to: Any = None, **more: Any) -> tuple[int, Any]:
    body = {"text": text, **more}
    if reply_to is not None:
        body["reply"] = {"in_reply_to_tweet_id": reply_to["id"]}
    return await caller.signed("POST", "/2/tweets", body)


async def write(caller: Caller, person: Any, text: str, **more: Any) -> tuple[int, Any]:
    return await caller.signed("POST", f"/2/dm_conversations/with/{person['id']}/messages", {"text": text, **more})


# Replies


async def test_who_names_us_is_answered(server: XServer, caller: Caller, person: Any) -> None:
    asked = server.post(person, "@examplex my card is locked")
    status, body = await post(caller, "We are on it.", asked)
    assert status == 201
    (sent,) = server.sent_posts
    assert (sent.id, sent.text, sent.reply_to) == (body["data"]["id"], "We are on it.", asked["id"])
    assert body["data"]["text"] == "@wangfang_t We are on it."
    assert sent.post["conversation_id"] == asked["conversation_id"]


async def test_who_quotes_us_is_answered(server: XServer, caller: Caller, person: Any) -> None:
    own = server.post(server.own, "Maintenance at noon.")
    assert (await post(caller, "It is over.", server.post(person, "again?", quote=own)))[0] == 201


async def test_a_mention_in_a_long_posts_end_summons(server: XServer, caller: Caller, person: Any) -> None:
    asked = server.post(person, "why " * 100 + "@examplex")
    assert "examplex" not in asked["text"]
    assert (await post(caller, "We are on it.", asked))[0] == 201


async def test_who_only_answers_us_has_not_summoned_us(server: XServer, caller: Caller, person: Any) -> None:
    own = server.post(server.own, "Maintenance at noon.")
    answer = server.post(person, "thanks", reply_to=own)
    assert answer["text"] == "@examplex thanks"
    status, body = await post(caller, "You are welcome.", answer)
    assert (status, body["type"]) == (403, "about:blank")
    assert body["detail"].startswith(NOT_SUMMONED)
    server.writing.summoned_only = False
    assert (await post(caller, "You are welcome.", answer))[0] == 201


async def test_a_stranger_is_not_answered(server: XServer, caller: Caller, person: Any) -> None:
    status, body = await post(caller, "Can we help?", server.post(person, "what a day"))
    assert (status, body["detail"][: len(NOT_SUMMONED)]) == (403, NOT_SUMMONED)
    assert server.sent_posts == []
    assert server.spent == 0


async def test_a_summons_allows_one_reply(server: XServer, caller: Caller, person: Any) -> None:
    asked = server.post(person, "@examplex hello")
    assert (await post(caller, "Hello.", asked))[0] == 201
    assert (await post(caller, "And welcome.", asked))[0] == 403
    server.writing.one_reply = False
    assert (await post(caller, "And welcome.", asked))[0] == 201


async def test_our_own_thread_goes_on_without_a_summons(server: XServer, caller: Caller) -> None:
    assert (await post(caller, "Also: at one.", server.post(server.own, "Maintenance at noon.")))[0] == 201


@pytest.mark.parametrize("how", ["deleted", "protected", "suspended", "unknown"])
async def test_what_cannot_be_seen_is_not_answered(server: XServer, caller: Caller, person: Any, how: str) -> None:
    asked = server.post(person, "@examplex hello")
    if how == "deleted":
        server.delete(asked)
    elif how == "protected":
        server.world.change_person(person, protected=True)
    elif how == "suspended":
        server.world.suspended.add(person["id"])
    else:
        asked = {"id": "1"}
    status, body = await post(caller, "Hello.", asked)
    assert (status, "deleted or not visible" in body["detail"]) == (403, True)


async def test_a_suspended_account_writes_nothing(server: XServer, caller: Caller, person: Any) -> None:
    server.world.suspended.add("1000")
    status, body = await post(caller, "Hello.")
    assert (status, "suspended" in body["detail"]) == (403, True)
    assert (await write(caller, person, "Hello."))[0] == 403


# Posts


async def test_the_same_to_the_same_account_within_a_day_is_refused(
    server: XServer, caller: Caller, person: Any, clock: ManualClock
) -> None:
    other = server.person("alexdoe_t")
    first, second, third, fourth = (server.post(each, "@examplex hello") for each in (person, person, other, person))
    assert (await post(caller, "Hello.", first))[0] == 201
    status, body = await post(caller, "Hello.", second)
    assert (status, body["detail"]) == (403, "You are not allowed to create a Tweet with duplicate content.")
    assert (await post(caller, "Hello.", third))[0] == 201
    server.delete(server.sent_posts[0].post)
    assert (await post(caller, "Hello.", second))[0] == 201
    clock.advance(24 * 3600 + 1)
    assert (await post(caller, "Hello.", fourth))[0] == 201


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a" * 280, 280),
        ("好" * 140, 280),
        ("see https://examplex.test/" + "a" * 100 + " now", 4 + 23 + 4),
        ("examplex.test", 23),
        ("e.g. this", 9),
        ("👨‍👩‍👧‍👦🇨🇳1️⃣👍🏽", 8),
        ("cafe\u0301", 4),
    ],
)
def test_a_texts_length_is_weighed(text: str, found: int) -> None:
    assert weight(text) == found


@pytest.mark.parametrize("text", ["a" * 281, "好" * 140 + "a"])
async def test_a_text_too_long_is_refused(server: XServer, caller: Caller, text: str) -> None:
    status, body = await post(caller, text)
    assert (status, body["detail"].partition(".")[0]) == (400, "Your Tweet text is too long")
    assert (await post(caller, text[:-1]))[0] == 201


async def test_what_a_post_costs(server: XServer, caller: Caller, person: Any) -> None:
    asked = server.post(person, "@examplex hello")
    for text, target, price in (
        ("Good morning.", None, "0.015"),
        ("Hello.", asked, "0.010"),
        ("More at https://examplex.test/help", None, "0.200"),
        ("More at examplex.test", None, "0.200"),
    ):
        before = server.spent
        assert (await post(caller, text, target))[0] == 201
        assert server.spent - before == Decimal(price)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": ""},
        {"text": 7},
        {"text": "Hello.", "unknown": True},
        {"text": "Hello.", "reply": {}},
        {"text": "Hello.", "media": {"media_ids": []}},
        {"text": "Hello.", "media": {"media_ids": ["1"]}},
        [],
    ],
)
async def test_a_body_that_makes_no_post_is_refused(server: XServer, caller: Caller, body: Any) -> None:
    assert (await caller.signed("POST", "/2/tweets", body))[0] == 400
    assert server.sent_posts == []


async def test_quotes_are_not_for_programs(server: XServer, caller: Caller, person: Any) -> None:
    asked = server.post(person, "@examplex hello")
    status, body = await post(caller, "Look.", quote_tweet_id=asked["id"])
    assert (status, body["detail"].startswith("Quoting this post is not allowed")) == (403, True)


async def test_only_our_own_posts_are_deleted(server: XServer, caller: Caller, person: Any) -> None:
    own = (await post(caller, "Hello."))[1]["data"]["id"]
    status, body = await caller.signed("DELETE", f"/2/tweets/{own}")
    assert (status, body) == (200, {"data": {"deleted": True}})
    assert (await caller.signed("DELETE", f"/2/tweets/{own}"))[0] == 404
    other = server.post(person, "hello")
    assert (await caller.signed("DELETE", f"/2/tweets/{other['id']}"))[0] == 403


async def test_a_hundred_posts_in_a_quarter_of_an_hour(server: XServer, caller: Caller) -> None:
    for number in range(100):
        assert (await post(caller, f"Hello {number}."))[0] == 201
    assert (await post(caller, "Hello."))[0] == 429


# Direct messages


async def test_a_direct_message_arrives(server: XServer, caller: Caller, person: Any) -> None:
    status, body = await write(caller, person, "Hello.")
    assert status == 201
    (sent,) = server.sent_messages
    assert (sent.to, sent.text, sent.conversation) == (person["id"], "Hello.", f"1000-{person['id']}")
    assert body == {"data": {"dm_conversation_id": sent.conversation, "dm_event_id": sent.id}}
    assert server.world.events[sent.id]["sender_id"] == "1000"
    assert server.spent == Decimal("0.015")


async def test_a_conversation_is_answered_by_its_id(server: XServer, caller: Caller, person: Any) -> None:
    pair = server.message(person, "Hello.")["dm_conversation_id"]
    group = server.message(person, "Hello, all.", conversation="1800000000000000001")["dm_conversation_id"]
    for conversation, to in ((pair, person["id"]), (group, "")):
        status, body = await caller.signed(
            "POST", f"/2/dm_conversations/{conversation}/messages", {"text": "Hello, too."}
        )
        assert (status, body["data"]["dm_conversation_id"]) == (201, conversation)
        assert server.sent_messages[-1].to == to
    for wrong, refused in (("8-9", 403), ("1800000000000000009", 403), ("abc", 400)):
        assert (await caller.signed("POST", f"/2/dm_conversations/{wrong}/messages", {"text": "Hi."}))[0] == refused


async def test_a_closed_inbox_takes_nothing(server: XServer, caller: Caller, person: Any) -> None:
    server.world.change_person(person, receives_your_dm=False)
    status, body = await write(caller, person, "Hello.")
    assert (status, body["detail"]) == (403, "You do not have permission to DM one or more participants.")
    assert server.sent_messages == []
    assert server.spent == 0


async def test_a_message_has_ten_thousand_characters_at_most(server: XServer, caller: Caller, person: Any) -> None:
    assert (await write(caller, person, "好" * 10_000))[0] == 201
    assert (await write(caller, person, "好" * 10_001))[0] == 400


@pytest.mark.parametrize(
    "wrong", [{"text": ""}, {"attachments": [{}, {}]}, {"attachments": [{"media_id": "1"}]}, {"x": 1}]
)
async def test_a_body_that_makes_no_message_is_refused(caller: Caller, person: Any, wrong: Any) -> None:
    assert (await write(caller, person, **{"text": "Hello.", **wrong}))[0] == 400


async def test_nobody_is_no_recipient(caller: Caller) -> None:
    assert (await write(caller, {"id": "5"}, "Hello."))[0] == 400
    assert (await write(caller, {"id": "1000"}, "Hello."))[0] == 400


async def test_fifteen_messages_in_a_quarter_of_an_hour_whatever_the_route(
    server: XServer, caller: Caller, person: Any, clock: ManualClock
) -> None:
    pair = server.message(person, "Hello.")["dm_conversation_id"]
    for number in range(15):
        route = f"with/{person['id']}" if number % 2 else pair
        assert (await caller.signed("POST", f"/2/dm_conversations/{route}/messages", {"text": f"{number}"}))[0] == 201
    assert (await write(caller, person, "One more."))[0] == 429
    clock.advance(900)
    assert (await write(caller, person, "One more."))[0] == 201


async def test_1440_messages_a_day(server: XServer, caller: Caller, person: Any, clock: ManualClock) -> None:
    limit = server.limits.limits["POST /2/dm_conversations/with/{participant_id}/messages"]
    assert (limit.user, limit.daily) == (15, 1440)


# Media


async def uploaded(caller: Caller, content: bytes = PICTURE, category: str = "tweet_image") -> str:
    body = {"media": base64.b64encode(content).decode(), "media_category": category}
    status, found = await caller.signed("POST", "/2/media/upload", body)
    assert (status, found["data"]["size"]) == (200, len(content))
    media_id: str = found["data"]["id"]
    return media_id


async def test_a_post_shows_what_was_uploaded(server: XServer, caller: Caller) -> None:
    media_id = await uploaded(caller)
    status, _ = await post(caller, "Look.", media={"media_ids": [media_id]})
    assert status == 201
    (key,) = server.sent_posts[0].post["attachments"]["media_keys"]
    url = server.world.media[key]["url"].removeprefix(server.url)
    assert await caller.call("GET", url, None, {}) == (200, PICTURE)


async def test_a_messages_file_is_for_the_account_alone(server: XServer, caller: Caller, person: Any) -> None:
    media_id = await uploaded(caller, category="dm_image")
    assert (await write(caller, person, "Look.", attachments=[{"media_id": media_id}]))[0] == 201
    (key,) = server.sent_messages[0].event["attachments"]["media_keys"]
    url = server.world.media[key]["url"].removeprefix(server.url)
    assert url.startswith(f"/2/dm_conversations/media/{server.sent_messages[0].id}/")
    assert await caller.signed("GET", url) == (200, PICTURE)
    assert (await caller.app("GET", url))[0] == 403
    assert (await caller.call("GET", url, None, {}))[0] == 401
    assert (await caller.signed("GET", url + "1"))[0] == 404


@pytest.mark.parametrize("kind", ["video", "animated_gif"])
async def test_no_file_of_a_video_in_a_message_stays_public(
    server: XServer, caller: Caller, person: Any, kind: str
) -> None:
    medium = server.world.add_media(kind, PICTURE)
    before = [medium["preview_image_url"], *(each["url"] for each in medium["variants"])]
    event = server.message(person, "Look.", media=[medium])
    (key,) = event["attachments"]["media_keys"]
    sealed = server.world.media[key]
    after = [sealed["preview_image_url"], *(each["url"] for each in sealed["variants"])]
    assert len(set(after)) == len(after) == len(before)
    for url in before:
        assert (await caller.call("GET", url.removeprefix(server.url), None, {}))[0] == 404
    for url in after:
        assert (await caller.call("GET", url.removeprefix(server.url), None, {}))[0] == 401
    assert await caller.signed("GET", after[1].removeprefix(server.url)) == (200, PICTURE)


@pytest.mark.parametrize("multipart", [True, False])
async def test_an_upload_in_parts(server: XServer, caller: Caller, multipart: bool) -> None:
    begin = {"media_type": "video/mp4", "total_bytes": 6, "media_category": "tweet_video"}
    status, body = await caller.signed("POST", "/2/media/upload/initialize", begin)
    assert status == 200
    media_id = body["data"]["id"]
    for index, part in ((1, b"def"), (0, b"abc")):
        sent: Any = {"media": base64.b64encode(part).decode(), "segment_index": index}
        if multipart:
            sent = aiohttp.FormData()
            sent.add_field("segment_index", str(index))
            sent.add_field("media", part, filename="part", content_type="application/octet-stream")
        assert (await caller.signed("POST", f"/2/media/upload/{media_id}/append", sent))[0] == 200
    status, body = await caller.signed("POST", f"/2/media/upload/{media_id}/finalize")
    assert (status, body["data"]["processing_info"]["state"]) == (200, "pending")
    assert (await post(caller, "Look.", media={"media_ids": [media_id]}))[0] == 400
    status, body = await caller.signed("GET", f"/2/media/upload?media_id={media_id}&command=STATUS")
    assert (status, body["data"]["processing_info"]["state"]) == (200, "succeeded")
    assert (await post(caller, "Look.", media={"media_ids": [media_id]}))[0] == 201
    assert server.media.uploads[media_id].content == b"abcdef"


async def test_an_upload_that_lacks_a_part_is_refused(caller: Caller) -> None:
    begin = {"media_type": "image/png", "total_bytes": 6, "media_category": "tweet_image"}
    media_id = (await caller.signed("POST", "/2/media/upload/initialize", begin))[1]["data"]["id"]
    assert (await caller.signed("POST", f"/2/media/upload/{media_id}/finalize"))[0] == 400


async def test_a_file_too_large_for_its_category_is_refused(caller: Caller) -> None:
    begin = {"media_type": "image/png", "total_bytes": (5 << 20) + 1, "media_category": "tweet_image"}
    assert (await caller.signed("POST", "/2/media/upload/initialize", begin))[0] == 400


async def test_an_upload_is_over_after_a_day(server: XServer, caller: Caller, clock: ManualClock) -> None:
    media_id = await uploaded(caller)
    clock.advance(24 * 3600 + 1)
    assert (await post(caller, "Look.", media={"media_ids": [media_id]}))[0] == 400


# tweepy's own code


async def test_tweepy_writes_posts_and_messages() -> None:
    async with XServer.start() as server, tweepy_client(server) as (client, _):
        person = server.person("wangfang_t")
        asked = server.post(person, "@examplex hello")
        made = await client.create_tweet(text="Hello.", in_reply_to_tweet_id=asked["id"])
        assert made.data["id"] == server.sent_posts[0].id
        sent = await client.create_direct_message(participant_id=person["id"], text="Hello.")
        assert sent.data["dm_event_id"] == server.sent_messages[0].id
        answered = await client.create_direct_message(
            dm_conversation_id=sent.data["dm_conversation_id"], text="Hello again."
        )
        assert answered.data["dm_conversation_id"] == f"1000-{person['id']}"
        with pytest.raises(tweepy.Forbidden, match="mentioned or otherwise engaged"):
            await client.create_tweet(text="Hi.", in_reply_to_tweet_id=server.post(person, "hm")["id"])
        assert (await client.delete_tweet(made.data["id"])).data == {"deleted": True}
