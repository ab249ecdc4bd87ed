"""Whatever the sandbox's X takes, gives and tells on its writing side is what X's own specifications allow."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import pytest

from gateway.sandbox._http import Answer, HttpServer, Request
from gateway.sandbox.x import XServer
from gateway.sandbox.x._router import Spelling
from tests.conftest import ManualClock
from tests.unit.x_signed import Caller, Seen, calls
from tests.x_spec import Spec

SPELLINGS: tuple[Spelling, ...] = ("tweet", "post")
NEW_ALONE = ("/2/media/", "/2/webhooks")
"""These are answered as 2.167 says in either spelling: 2.159 asks there for fields that it does not define."""


async def scene(server: XServer, caller: Caller) -> None:
    """Make every call of the writing side that goes well, and many that do not."""
    person = server.person("wangfang_t")
    asked = server.post(person, "@examplex hello")
    media = {"media": base64.b64encode(b"made up").decode(), "media_category": "tweet_image"}
    _, body = await caller.signed("POST", "/2/media/upload", media)
    post = {
        "text": "Hello.",
        "reply": {"in_reply_to_tweet_id": asked["id"]},
        "media": {"media_ids": [body["data"]["id"]]},
    }
    _, body = await caller.signed("POST", "/2/tweets", post)
    await caller.signed("POST", "/2/tweets", post)
    await caller.signed("POST", "/2/tweets", {"text": "a" * 281})
    await caller.app("POST", "/2/tweets", {"text": "Hello."})
    await caller.bearer("unknown", "POST", "/2/tweets", {"text": "Hello."})
    await caller.signed("DELETE", f"/2/tweets/{body['data']['id']}")
    await caller.signed("DELETE", f"/2/tweets/{body['data']['id']}")
    await messages(caller, person)
    await uploads(caller)
    await pushes(caller)


async def messages(caller: Caller, person: Any) -> None:
    _, body = await caller.signed("POST", f"/2/dm_conversations/with/{person['id']}/messages", {"text": "Hello."})
    await caller.signed("POST", f"/2/dm_conversations/{body['data']['dm_conversation_id']}/messages", {"text": "Yes."})
    await caller.signed("POST", "/2/dm_conversations/with/5/messages", {"text": "Hello."})
    person["receives_your_dm"] = False
    await caller.signed("POST", f"/2/dm_conversations/with/{person['id']}/messages", {"text": "Hello."})


async def uploads(caller: Caller) -> None:
    begin = {"media_type": "video/mp4", "total_bytes": 3, "media_category": "dm_video"}
    _, body = await caller.signed("POST", "/2/media/upload/initialize", begin)
    media_id = body["data"]["id"]
    part = {"media": base64.b64encode(b"abc").decode(), "segment_index": 0}
    await caller.signed("POST", f"/2/media/upload/{media_id}/append", part)
    await caller.signed("POST", f"/2/media/upload/{media_id}/finalize")
    await caller.signed("GET", f"/2/media/upload?media_id={media_id}&command=STATUS")
    await caller.signed("POST", f"/2/media/upload/{media_id}/finalize1")


async def pushes(caller: Caller) -> None:
    async def proved(request: Request) -> Answer:
        token = dict(parse_qsl(request.query))["crc_token"]
        return Answer(200, json.dumps({"response_token": caller.server.push.signature(token.encode())}).encode())

    async with HttpServer(proved).listen() as port:
        _, body = await caller.app("POST", "/2/webhooks", {"url": f"http://127.0.0.1:{port}/in/x"})
        webhook_id = body["data"]["id"]
        await caller.app("GET", "/2/webhooks")
        await caller.app("PUT", f"/2/webhooks/{webhook_id}")
        wanted = {"event_type": "chat.received", "filter": {"user_id": "1000"}, "tag": "one", "webhook_id": webhook_id}
        _, body = await caller.signed("POST", "/2/activity/subscriptions", wanted)
        await caller.signed("POST", "/2/activity/subscriptions", wanted)
        place = f"/2/activity/subscriptions/{body['data']['subscription']['subscription_id']}"
        await caller.app("GET", "/2/activity/subscriptions")
        await caller.app("PUT", place, {"tag": "two"})
        await caller.app("DELETE", place)
        dates = {"from_date": "202611200000", "to_date": "202611210000"}
        await caller.app("POST", "/2/webhooks/replay", {"webhook_id": webhook_id, **dates})
        await caller.app("DELETE", f"/2/webhooks/{webhook_id}")
        await caller.app("DELETE", f"/2/webhooks/{webhook_id}")


def wrong_in(spec: Spec, seen: Seen) -> Iterator[str]:
    """Say what is wrong with a call and its answer; a call that is refused may be wrong itself."""
    path, _, query = seen.route.partition("?")
    if seen.status < 300:
        yield from spec.check_request(seen.method, path, dict(parse_qsl(query)), seen.body)
    if seen.status != 404 or path.count("/") < 5:
        yield from spec.check_response(seen.method, path, seen.status, seen.answer)


@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_calls_and_answers_are_those_of_the_specification(clock: ManualClock, spelling: Spelling) -> None:
    spec = Spec.load(spelling)
    async with XServer.start(clock=clock, spelling=spelling) as server, calls(server) as caller:
        await scene(server, caller)
    known = [each for each in caller.seen if spelling == "post" or not each.route.startswith(NEW_ALONE)]
    assert [each for seen in known for each in wrong_in(spec, seen)] == []
    assert sum(seen.status < 300 for seen in known) == {"tweet": 8, "post": 18}[spelling]
    assert {seen.status for seen in caller.seen} >= {400, 401, 403, 404, 409}


@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_a_wrong_answer_is_found(clock: ManualClock, spelling: Spelling) -> None:
    """The check itself can fail: an answer that lacks its id, and a call with a field that nobody knows."""
    spec = Spec.load(spelling)
    async with XServer.start(clock=clock, spelling=spelling) as server, calls(server) as caller:
        await caller.signed("POST", "/2/tweets", {"text": "Hello."})
    (seen,) = caller.seen
    assert list(wrong_in(spec, replace(seen, answer={"data": {"text": "Hello."}}))) != []
    assert list(wrong_in(spec, replace(seen, body={"text": 7}))) != []


@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_events_are_those_of_the_specification(clock: ManualClock, spelling: Spelling) -> None:
    """As far as it knows them: direct and encrypted messages have no schema there, in 2.159 posts neither."""
    spec = Spec.load(spelling)
    async with XServer.start(clock=clock) as server:
        server.activity.spelling = spelling
        server.activity.subscribe()
        person = server.person("wangfang_t")
        own = server.post(server.own, "Maintenance at noon.")
        answer = server.post(person, "thanks @examplex", reply_to=own, media=["photo"])
        server.post(person, "so true https://examplex.test/a", quote=own)
        server.rename(person, username="examplex_he1p", verified=True)
        server.delete(answer)
        server.message(person, "Hello.")
        server.encrypted(person)
        server.revoke()
    kinds = set()
    for event in server.activity.events:
        data = {name: value for name, value in event["data"].items() if name not in ("payload", "includes")}
        name = "ActivityStreamingResponse" if spelling == "tweet" else "ActivityStreamResponse"
        assert spec.check(name, {"data": data}) == []
        kinds.add(data["event_type"])
        payload = event["data"]["payload"]
        if data["event_type"].startswith("profile."):
            assert spec.check("ProfileUpdateActivityResponsePayload", payload) == []
        elif data["event_type"] != "post.delete" and data["event_type"].startswith("post."):
            assert spec.check("Post" if spelling == "post" else "Tweet", payload) == []
            users = event["data"]["includes"]["users"]
            assert [each for user in users for each in spec.check("User", user)] == []
    assert {each.partition(".")[0] for each in kinds} == {"post", "profile", "dm", "chat", "oauth"}
