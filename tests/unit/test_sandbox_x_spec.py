"""Whatever the sandbox's X takes and gives to readers is what X's own OpenAPI documents allow, in both spellings."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.sandbox.x import XServer
from gateway.sandbox.x._fields import EXPANSIONS, FIELDS
from tests.conftest import ManualClock
from tests.unit.x_calls import Reply, called
from tests.x_spec import Spec

READING = {
    "GET /2/users/me",
    "GET /2/users",
    "GET /2/users/by",
    "GET /2/users/by/username/{username}",
    "GET /2/users/{id}",
    "GET /2/users/{id}/mentions",
    "GET /2/tweets",
    "GET /2/tweets/{id}",
    "GET /2/tweets/search/recent",
    "GET /2/dm_events",
    "GET /2/dm_conversations/with/{participant_id}/dm_events",
    "GET /2/dm_conversations/{id}/dm_events",
    "GET /2/usage/tweets",
}


@pytest.fixture(params=["tweet", "post"])
def spelling(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def spec(spelling: Any) -> Spec:
    return Spec.load(spelling)


@pytest.fixture
async def server(clock: ManualClock, spelling: Any) -> AsyncIterator[XServer]:
    async with XServer.start(clock=clock, spelling=spelling) as running:
        yield running


def scene(server: XServer) -> tuple[dict[str, Any], dict[str, Any]]:
    """Let everything exist that the script can make exist; returns an account and a post."""
    affiliation = {"description": "Examplex", "url": "https://x.com/examplex", "user_id": ["1000"]}
    wang = server.person("wangfang_t", "Wang Fang", affiliation=affiliation, url="https://t.co/made_up")
    li = server.person("li_na", "Li Na", withheld={"country_codes": ["DE"], "scope": "user"})
    hidden = server.person("chen", protected=True)
    picture = server.world.add_media("photo", alt_text="what the page says")
    first = server.post(
        wang,
        "@examplex R&D https://examplex.test/a #help $BTC",
        unwound={"https://examplex.test/a": "https://lure.test/"},
        media=[picture],
    )
    wang["pinned_post_id"] = wang["most_recent_post_id"] = first["id"]
    server.post(li, "@examplex look", quote=first, media=["video", "animated_gif"])
    withheld = {"copyright": True, "country_codes": ["DE"], "scope": "post"}
    server.post(li, "@examplex withheld", withheld=withheld, community_id="1700000000000000001")
    long = server.post(wang, "@examplex " + "long " * 200, reply_to=first)
    for gone in (server.post(hidden, "mine"), server.post(li, "gone")):
        server.post(li, "@examplex what of this?", quote=gone)
    server.delete(gone)
    server.edit(server.post(wang, "@examplex helo"), "@examplex hello")
    poll = {"id": "1", "options": [{"position": each, "label": "a", "votes": 0} for each in (1, 2)]}
    place = {"id": "f7eb2fa2fea288b1", "full_name": "Examplex City"}
    server.world.polls["1"], server.world.places[place["id"]] = poll, place
    server.post(li, "@examplex a poll", attachments={"poll_ids": ["1"]}, geo={"place_id": place["id"]})
    server.message(wang, "hello https://examplex.test", media=["photo"])
    server.message(li, "look at this, @examplex", refers_to=long)
    joined = {"event_type": "ParticipantsJoin", "participant_ids": [wang["id"]], "dm_conversation_id": "1" * 19}
    now = first["created_at"]
    server.world.keep_event({"id": server.world.new_id(), "created_at": now, "sender_id": li["id"], **joined})
    return wang, first


async def everything(server: XServer, spelling: Any) -> list[Reply]:
    """Make every call of a reader, with all that can be asked for."""
    person, post = scene(server)
    listed = {
        f"{spelling if kind == 'post' else kind}__fields": ",".join(sorted(names))
        for kind, names in FIELDS[spelling].items()
        if kind != "usage"
    }
    post_list = f"{spelling}__fields"
    expansions = {kind: ",".join(sorted(names)) for kind, names in EXPANSIONS[spelling].items()}
    posts: dict[str, Any] = {name: value for name, value in listed.items() if name != "dm_event__fields"}
    posts["expansions"] = expansions["post"]
    users: dict[str, Any] = {name: posts[name] for name in ("user__fields", post_list)}
    users["expansions"] = expansions["user"]
    messages: dict[str, Any] = {name: posts[name] for name in ("user__fields", post_list, "media__fields")}
    messages |= {"dm_event__fields": listed["dm_event__fields"], "expansions": expansions["dm_event"]}
    mentions = "/2/users/1000/mentions"
    first = await called(server, mentions, max_results=5, **posts)
    conversation = server.message(person, "more")["dm_conversation_id"]
    return [
        first,
        await called(server, mentions, max_results=5, pagination_token=first.body["meta"]["next_token"]),
        await called(server, mentions, since_id=first.body["meta"]["newest_id"]),
        await called(server, mentions, start_time="2026-11-20T11:00:00Z", end_time="2026-11-20T11:30:00.000Z"),
        await called(server, "/2/users/999/mentions"),
        await called(server, "/2/tweets/search/recent", query="@examplex", max_results=10, **posts),
        await called(server, "/2/tweets", ids=f"{post['id']},1", **posts),
        await called(server, f"/2/tweets/{post['id']}", **posts),
        await called(server, "/2/tweets/1"),
        await called(server, "/2/users", ids=f"{person['id']},1", **users),
        await called(server, "/2/users/by", usernames="li_na,nobody", **users),
        await called(server, "/2/users/by/username/wangfang_t", **users),
        await called(server, f"/2/users/{person['id']}", **users),
        await called(server, "/2/users/me", **users),
        await called(server, "/2/dm_events", **messages),
        await called(server, f"/2/dm_conversations/with/{person['id']}/dm_events", max_results=1, **messages),
        await called(server, f"/2/dm_conversations/{conversation}/dm_events", **messages),
        await called(
            server,
            "/2/usage/tweets",
            app=True,
            usage__fields="daily_project_usage,project_cap,project_id,project_usage",
        ),
    ]


async def test_every_call_takes_and_gives_what_the_document_says(spec: Spec, server: XServer, spelling: Any) -> None:
    replies = await everything(server, spelling)
    assert {each.status for each in replies} == {200}
    wrong = {each for one in replies for each in spec.check_request(one.method, one.path, one.query)}
    wrong |= {each for one in replies for each in spec.check_response(one.method, one.path, 200, one.body)}
    assert wrong == set()
    assert set(server.counts) == READING


async def test_every_field_that_the_document_lists_is_given_somewhere(server: XServer, spelling: Any) -> None:
    """So that nothing of what readers rely on is missing unseen."""
    text = " ".join(each.text for each in await everything(server, spelling))
    names = [
        "unwound_url",
        "author_id",
        "conversation_id",
        "in_reply_to_user_id",
        "display_text_range",
        "withheld",
        "alt_text",
    ]
    names += ["affiliation", "verified_type", "variants", "preview_image_url", "sender_id", "participant_ids"]
    own = ["note_post", "referenced_posts", "edit_history_post_ids", "pinned_post_id", "most_recent_post_id"]
    names += [each.replace("post", "tweet") if spelling == "tweet" else each for each in own]
    assert [each for each in names if f'"{each}"' not in text] == []


async def test_refusals_are_problems_of_the_document(spec: Spec, server: XServer) -> None:
    refused = [
        await called(server, "/2/users/1000/mentions", max_results=1),
        await called(server, "/2/users/1000/mentions", nonsense=1),
        await called(server, "/2/dm_events", app=True),
        await called(server, "/2/nowhere"),
    ]
    refused += [await called(server, "/2/dm_events") for _ in range(16)][-1:]
    assert [each.status for each in refused] == [400, 400, 403, 404, 429]
    wrong = {each for one in refused for each in spec.check_problem(one.body)}
    assert wrong == set()
    for one in refused[:2]:
        assert spec.check_request(one.method, one.path, one.query) != []


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"nonsense": 1}, "nonsense: unknown"),
        ({"id": 1}, "id: no string, but int"),
        ({"created_at": "yesterday"}, "created_at: no time"),
        ({"display_text_range": [1]}, "display_text_range: too few"),
        ({"referenced_posts": [{"id": "1"}]}, "referenced_posts[0].type: missing"),
        ({"referenced_posts": [{"id": "1", "type": "liked"}]}, "referenced_posts[0].type: not one of"),
        ({"public_metrics": None}, "public_metrics: no object, but NoneType"),
        ({"note_tweet": {"text": "x"}}, "note_tweet: unknown"),
    ],
)
def test_the_check_of_an_answer_can_fail(change: dict[str, Any], wrong: str) -> None:
    spec = Spec.load("post")
    body = {"data": [{"id": "1", "text": "x"}], "meta": {"result_count": 1}}
    path = "/2/users/1000/mentions"
    assert spec.check_response("GET", path, 200, body) == []
    broken = copy.deepcopy(body)
    broken["data"] = [{"id": "1", "text": "x"} | change]
    (found,) = spec.check_response("GET", path, 200, broken)
    assert f".data[0].{wrong}" in found


def test_the_check_of_calls_and_problems_can_fail() -> None:
    spec = Spec.load("tweet")
    mentions = "/2/users/1000/mentions"
    assert spec.check_request("GET", mentions, {"max_results": "100", "tweet.fields": "author_id"}) == []
    assert spec.check_request("GET", mentions, {"max_results": "3"}) != []
    assert spec.check_request("GET", mentions, {"post.fields": "text"}) != []
    assert spec.check_request("GET", mentions, {"tweet.fields": "note_post"}) != []
    assert spec.check_request("GET", "/2/users/by", {}) == ["GET /2/users/by?usernames: missing"]
    assert spec.check_request("GET", "/2/nowhere", {}) == ["GET /2/nowhere: no such call"]
    assert spec.check_request("POST", "/2/tweets", {}, {"text": 1}) != []
    assert spec.check_response("GET", mentions, 200, {"data": []}) != []
    assert spec.check_response("GET", mentions, 400, []) != []
    kind = "https://api.twitter.com/2/problems/resource-not-found"
    assert spec.check_problem({"title": "x", "type": kind}) != []


def test_without_the_documents_the_test_is_skipped_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GATEHOUSE_SHARED_SPECS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="GATEHOUSE_SHARED_SPECS"):
        Spec.load("post")
