"""Parameters are written once and sent as X's documents spell them: 2.159 for the old spelling, 2.167 for the new."""

from __future__ import annotations

from datetime import UTC, datetime

from connectors.x._fields import MESSAGES, POSTS, USER_FIELDS
from connectors.x._spelling import spelled

MENTIONS = "/2/users/1000/mentions"


def named(params: dict[str, str], name: str) -> set[str]:
    return set(params[name].split(","))


def test_the_old_spelling_goes_out_as_it_is_written() -> None:
    given = {"tweet.fields": ["author_id", "note_tweet"], "expansions": "referenced_tweets.id"}
    assert spelled(MENTIONS, given, "tweet") == {
        "tweet.fields": "author_id,note_tweet",
        "expansions": "referenced_tweets.id",
    }


def test_b11_fields_that_are_expansions_now_are_asked_for_as_such() -> None:
    given = {
        "tweet.fields": ["author_id", "edit_history_tweet_ids", "note_tweet", "text"],
        "expansions": ["referenced_tweets.id", "referenced_tweets.id.author_id"],
        "user.fields": ["affiliation", "verified_type"],
    }
    found = spelled(MENTIONS, given, "post")
    assert named(found, "post.fields") == {"note_post", "text"}
    assert named(found, "expansions") == {"referenced_posts", "author_id", "edit_history_post_ids"}
    assert found["user.fields"] == "verified_type"
    assert "tweet" not in str(found)


def test_b11_an_affiliation_is_an_expansion_of_accounts_alone() -> None:
    for route in ("/2/users", "/2/users/by", "/2/users/me", "/2/users/7", "/2/users/by/username/wangfang_t"):
        found = spelled(route, {"user.fields": list(USER_FIELDS)}, "post")
        assert found["expansions"] == "affiliation"
        assert "affiliation" not in named(found, "user.fields")


def test_b11_posts_that_messages_refer_to_come_without_expansions_of_their_own() -> None:
    found = spelled(
        "/2/dm_events", {name.replace("_fields", ".fields"): each for name, each in MESSAGES.items()}, "post"
    )
    assert named(found, "expansions") == {
        "attachments.media_keys",
        "participant_ids",
        "referenced_posts",
        "sender_id",
    }
    assert named(found, "dm_event.fields").isdisjoint({"sender_id", "participant_ids", "referenced_posts"})


def test_b11_what_is_read_is_spelled_in_one_way_alone() -> None:
    for given in (POSTS, MESSAGES):
        params = {name.replace("_fields", ".fields"): value for name, value in given.items()}
        assert "tweet" not in str(spelled("/2/dm_events", params, "post"))
        assert "post." not in str(spelled("/2/dm_events", params, "tweet"))


def test_the_new_spelling_may_be_written_too() -> None:
    given = {"post.fields": "note_post,text", "expansions": "author_id,referenced_posts"}
    assert spelled(MENTIONS, given, "post") == given


def test_values_are_written_as_x_reads_them() -> None:
    at = datetime(2026, 11, 20, 12, 0, 0, 5, tzinfo=UTC)
    given = {"start_time": at, "ids": [1, 2], "flag": True, "off": False, "none": None, "count": 5}
    assert spelled("/2/tweets", given, "post") == {
        "start_time": "2026-11-20T12:00:00Z",
        "ids": "1,2",
        "flag": "true",
        "off": "false",
        "count": "5",
    }
