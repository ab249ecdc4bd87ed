"""Mentions: none lost however the walk is cut off, gaps filled by search, late ones found, bad ones kept."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from connectors.x._ids import OVERLAP, earlier, id_at, time_of
from connectors.x._mentions import MOST_THREADS, SEARCHED, Ask, Gap, Place, Thread, Walk
from connectors.x._raws import Maker, unconcerned
from gateway.errors import TransientError
from gateway.ports import Cursor, Raw
from tests.unit.x_reading import MENTIONS, bench, ids

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ROUTE = "GET /2/users/{id}/mentions"
SEARCH_ROUTE = "GET /2/tweets/search/recent"
MAKER = Maker("support", "1000", "examplex")


class Timeline:
    """Mentions as X gives them: pages of `size`, newest first, `reach` of them, tokens that lead on by ids."""

    def __init__(self, size: int, reach: int) -> None:
        self.size = size
        self.reach = reach
        self.ids: list[int] = []

    def page(self, ask: Ask) -> tuple[list[dict[str, str]], str | None]:
        shown = sorted(self.ids, reverse=True)
        shown = shown if ask.search else shown[: self.reach]
        upper = min(each for each in (ask.until, ask.token and int(ask.token), 2**63) if each)
        found = [each for each in shown if ask.since < each < upper]
        token = str(found[self.size - 1]) if len(found) > self.size else None
        return [{"id": str(each), "author_id": "7", "conversation_id": str(each)} for each in found[: self.size]], token


def step(place: Place, line: Timeline, now: datetime, *, refused: bool = False) -> tuple[Place, set[int]]:
    """Fetch one page, as the connector does; its token, if it has one, may be refused."""
    place, _ = place.within_search(now)
    ask = place.ask(now, DAY)
    if refused and ask.token is not None:
        return place.without_token(), set()
    items, token = line.page(ask)
    return place.after(ask, items, token), {int(each["id"]) for each in place.fresh(items)}


@given(
    before=st.integers(0, 30),
    arrivals=st.lists(st.integers(0, 4), max_size=10),
    crashes=st.sets(st.integers(0, 30), max_size=8),
    size=st.integers(1, 7),
    late=st.sets(st.integers(0, 15), max_size=5),
)
@examples(max_examples=50, deadline=None)
def test_b4_no_mention_is_lost_whatever_arrives_between_pages_and_wherever_it_crashes(
    before: int, arrivals: list[int], crashes: set[int], size: int, late: set[int]
) -> None:
    """A crash is a page that was fetched and not stored: the next process begins with the cursor before it."""
    line, now = Timeline(size, reach=10**6), NOW
    line.ids = [id_at(NOW - timedelta(seconds=each + 1)) for each in range(before)]
    place, got, quiet = Place(), set[int](), 0
    for turn in range(1000):
        after, raws = step(place, line, now)
        if turn not in crashes:
            place, got = Place.of(after.cursor), got | raws
            assert place == after
            quiet = 0 if after.more or turn < len(arrivals) else quiet + 1
        now += timedelta(seconds=1 if after.more else 60)
        if turn < len(arrivals):
            line.ids += [id_at(now) + each for each in range(arrivals[turn])]
            if turn in late:
                line.ids.append(id_at(now - timedelta(minutes=4)) + 4000 + turn)
        if quiet == 2:
            break
    assert got == set(line.ids)


@given(
    before=st.integers(0, 40),
    arrivals=st.lists(st.integers(0, 30), max_size=12),
    crashes=st.sets(st.integers(0, 40), max_size=8),
    refused=st.sets(st.integers(0, 40), max_size=8),
    pauses=st.sets(st.integers(0, 40), max_size=8),
    size=st.integers(1, 4),
)
@examples(max_examples=60, deadline=None)
def test_b5_no_mention_is_lost_though_news_push_others_out_of_the_timelines_reach(
    before: int,
    arrivals: list[int],
    crashes: set[int],
    refused: set[int],
    pauses: set[int],
    size: int,
) -> None:
    """More comes between two pages than the timeline shows; pages wait, crash and lose their tokens."""
    line, now = Timeline(size, reach=8 * size), NOW
    place, _ = step(Place(), line, now)
    line.ids = [id_at(NOW + timedelta(seconds=each + 1)) for each in range(before)]
    now += timedelta(minutes=1)
    got, walked = set[int](), 0
    for turn in range(1000):
        after, raws = step(place, line, now, refused=turn in refused)
        if turn not in crashes:
            place, got = Place.of(after.cursor), got | raws
            walked += not after.more and turn >= len(arrivals)
        now += timedelta(minutes=20) if turn in pauses else timedelta(seconds=1 if after.more else 60)
        if turn < len(arrivals):
            line.ids += [id_at(now) + each for each in range(arrivals[turn])]
        if walked == 2:
            break
    else:
        pytest.fail("it never ends")
    assert got == set(line.ids)
    assert not place.gaps


async def test_b5_news_that_come_between_the_pages_of_a_walk_push_nothing_out_for_good() -> None:
    """Seven hundred and fifty wait, and four hundred more come after the third page."""
    async with bench() as world, world.reader() as reader:
        _, cursor = await reader.drain(MENTIONS)
        person, now = world.server.person("wangfang_t"), world.clock.now()
        posts = [
            world.server.post(person, f"@examplex {each}", at=now + timedelta(seconds=each)) for each in range(1, 751)
        ]
        world.clock.advance(1000)
        raws: list[Raw] = []
        for _ in range(3):
            page = await reader.fetch(MENTIONS, cursor)
            raws, cursor = [*raws, *page.items], page.cursor
        now = world.clock.now()
        posts += [
            world.server.post(person, f"@examplex {each}", at=now + timedelta(seconds=each)) for each in range(1, 401)
        ]
        world.clock.advance(1000)
        more, cursor = await reader.drain(MENTIONS, cursor)
        rest, _ = await reader.drain(MENTIONS, cursor)
        assert {raw.key for raw in [*raws, *more, *rest]} == {f"post:{post['id']}" for post in posts}


@given(count=st.integers(0, 70), size=st.integers(1, 5), crashes=st.sets(st.integers(0, 80)))
@examples(max_examples=100, deadline=None)
def test_b5_what_the_timeline_does_not_reach_is_filled_by_search(count: int, size: int, crashes: set[int]) -> None:
    line = Timeline(size, reach=8 * size)
    place, _ = step(Place(), line, NOW)
    now = NOW + timedelta(hours=2)
    line.ids = [id_at(NOW + timedelta(seconds=each + 1)) for each in range(count)]
    got = set[int]()
    for turn in range(1000):
        after, raws = step(place, line, now)
        if turn not in crashes:
            place, got = Place.of(after.cursor), got | raws
            if not after.more:
                break
        now += timedelta(seconds=1)
    assert got == set(line.ids)
    assert not place.gaps


def test_b4_since_moves_with_the_last_page_alone() -> None:
    line = Timeline(2, reach=800)
    line.ids = [id_at(NOW - timedelta(minutes=each)) for each in range(1, 6)]
    place, since = Place(), []
    for _ in range(3):
        place, _ = step(place, line, NOW)
        since.append(place.since)
    assert since == [None, None, max(line.ids)]
    assert place.walk is None


def test_b4_same_cursor_gives_the_same_raws() -> None:
    line = Timeline(2, reach=800)
    line.ids = [id_at(NOW - timedelta(minutes=each)) for each in range(1, 6)]
    place = Place()
    while True:
        after, raws = step(place, line, NOW)
        assert step(place, line, NOW) == (after, raws)
        place = after
        if not place.more:
            return


def test_b7_overlap_is_five_minutes_of_ids() -> None:
    since = id_at(NOW)
    assert time_of(earlier(since, OVERLAP)) == NOW - timedelta(minutes=5)
    assert Place(since=since).ask(NOW, DAY).since == id_at(NOW - timedelta(minutes=5))


def test_first_sync_reaches_as_far_back_as_the_settings_say_and_remembers_it() -> None:
    """Even a page without mentions fixes where reading began: nothing that comes later is out of reach."""
    place, _ = step(Place(), Timeline(5, 800), NOW)
    assert place.since == id_at(NOW - DAY)
    place = Place().after(Place().ask(NOW, timedelta(0)), [], None)
    assert time_of(place.ask(NOW + timedelta(hours=1), timedelta(0)).since) <= NOW


def test_refused_token_goes_on_by_ids() -> None:
    place = Place(since=5, walk=Walk(since=5, newest=90, oldest=50, pages=1, token="gone"))
    assert place.without_token().ask(NOW, DAY) == Ask(5, until=50)
    gap = Place(since=99, gaps=(Gap(1, 60, 40, "gone"),), fills=1)
    assert gap.without_token().ask(NOW, DAY) == Ask(1, until=40, search=True)


def test_b5_gap_that_search_no_longer_reaches_is_told_and_given_up() -> None:
    """Wholly, or in part; also one that was filled down to what search reaches, and that was left of in time."""
    old, new = id_at(NOW - timedelta(days=9)), id_at(NOW - timedelta(days=1))
    floor = id_at(NOW - SEARCHED)
    gaps = (Gap(old, old + 5, old + 5), Gap(old, new, new - 9, "token"), Gap(old, new, floor), Gap(old, new, old + 7))
    left, lost = Place(since=new, gaps=gaps, fills=1).within_search(NOW)
    assert left.gaps == (Gap(floor, new - 9, new - 9),)
    assert [(each.since, each.until) for each in lost] == [
        (old, old + 5),
        (old, floor + 1),
        (old, floor),
        (old, old + 7),
    ]
    ask = left.ask(NOW, DAY)
    assert ask.until is not None
    assert ask.since < ask.until


def test_b5_gap_is_cut_once_and_keeps_its_token_while_search_still_takes_it() -> None:
    new = id_at(NOW - timedelta(days=1))
    place, lost = Place(since=new, gaps=(Gap(1, new, new),), fills=1).within_search(NOW)
    assert lost
    place = place.after(place.ask(NOW, DAY), [{"id": str(new - 5)}], "token")
    assert place.within_search(NOW + timedelta(minutes=7)) == (place, ())
    assert place.within_search(NOW + timedelta(minutes=9))[1]


async def test_b5_gap_that_grew_too_old_stands_in_the_way_of_no_mention() -> None:
    async with bench() as world, world.reader() as reader:
        now = world.clock.now()
        old, far = id_at(now - timedelta(days=7, hours=1)), id_at(now - timedelta(days=6))
        floor = id_at(now - timedelta(days=7))
        post = world.server.post(world.server.person("wangfang_t"), "@examplex hello")
        place = Place(since=id_at(now - timedelta(hours=1)), gaps=(Gap(old, far, floor, "token"),), fills=1)
        with structlog.testing.capture_logs() as logs:
            raws, _ = await reader.drain(MENTIONS, place.cursor)
        assert ids(raws) == [post["id"]]
        told = {"event": "mentions.lost", "log_level": "error", "channel": "support", "since": old, "until": floor}
        assert [each for each in logs if each["event"] == "mentions.lost"] == [told]


@pytest.mark.parametrize("cursor", ["", "no", "[]", "{}", '{"walk":3}', '{"since":1,"walk":[],"gaps":1}'])
def test_cursor_that_is_none_of_ours_is_the_beginning(cursor: str) -> None:
    assert Place.of(Cursor(cursor)) == Place()


def test_conversations_that_mention_us_are_carried_newest_first_and_capped() -> None:
    items = [
        {"id": str(id_at(NOW - timedelta(minutes=each))), "author_id": str(each + 1), "conversation_id": str(each // 2)}
        for each in range(2, 500)
    ]
    items.append({"id": str(id_at(NOW)), "author_id": "1000", "conversation_id": "5"})
    place = Place().with_threads(items, "1000", NOW - timedelta(hours=24))
    assert len(place.threads) == MOST_THREADS
    first = place.threads[0]
    # Of two posts in one conversation the older one's author asked, the newer one's time counts.
    assert (first.conversation, first.asker) == (1, "4")
    assert first.at == int((NOW - timedelta(minutes=2)).timestamp())
    assert Place.of(place.cursor) == place
    assert not place.with_threads([], "1000", NOW + timedelta(hours=1)).threads


def test_thread_of_a_post_without_conversation_is_its_own() -> None:
    place = Place().with_threads([{"id": str(id_at(NOW)), "author_id": "7"}], "1000", NOW - DAY)
    assert place.threads == (Thread(id_at(NOW), int(NOW.timestamp()), "7", id_at(NOW)),)


# Raws


def test_b15_one_bad_item_never_spoils_its_page() -> None:
    good = {"id": str(id_at(NOW)), "author_id": "7", "created_at": "2026-11-20T12:00:00.000Z"}
    bad: list[Any] = [None, 5, [], {}, {"id": "x", "author_id": "7"}, {"id": "12"}, {"id": 14, "author_id": 7}]
    raws = MAKER.posts({}, [good, *bad, {**good, "id": "13"}], "mention", NOW)
    assert [raw.lane for raw in raws] == ["7", *["unreadable"] * len(bad), "7"]
    assert len({raw.key for raw in raws}) == len(raws)
    assert all(json.loads(raw.body).keys() == {"data", "includes", "errors"} for raw in raws)


@pytest.mark.parametrize("item", [{"id": "12"}, {"id": 12, "author_id": 7}, {"id": "x", "author_id": "7"}, {}])
@pytest.mark.parametrize("stream", ["mention", "message"])
def test_b15_bad_item_has_the_same_key_whatever_is_liked_or_stands_around_it(item: dict[str, Any], stream: str) -> None:
    def made(likes: int, followers: int) -> str:
        said = {**item, "text": "hello", "sender_id": item.get("author_id"), "referenced_tweets": [{"id": "5"}]}
        said["public_metrics"] = {"like_count": likes}
        page = {"includes": {"tweets": [{"id": "5", "text": "x" * followers}]}}
        raws = MAKER.messages(page, [said], NOW) if stream == "message" else MAKER.posts(page, [said], "mention", NOW)
        return next(raw.key for raw in raws if raw.lane == "unreadable")

    assert made(1, 1) == made(2, 2)
    if str(item.get("id")) == "12":
        assert made(1, 1) == "unreadable:12"


def test_bad_items_that_say_different_things_have_different_keys() -> None:
    raws = MAKER.posts(
        {}, [{"text": "one"}, {"text": "two"}, {"public_metrics": 1}, {"public_metrics": 2}], "mention", NOW
    )
    assert len({raw.key for raw in raws}) == 4


@pytest.mark.parametrize("kind", [str, int])
def test_mentions_whose_ids_are_numbers_move_the_cursor_as_others(kind: type) -> None:
    newest = id_at(NOW)
    items = [{"id": kind(newest), "author_id": "7"}, {"id": kind(newest - 5), "author_id": "7"}]
    place = Place(since=1)
    place = place.after(place.ask(NOW, DAY), items, None)
    assert place.since == newest
    assert place.fresh(items) == []
    assert Place(since=1).after(Ask(0), [{"id": True}, {"id": -4}, {"id": 10**19}], None).since == 1


def test_b27_our_own_posts_make_no_raw() -> None:
    assert MAKER.posts({}, [{"id": "5", "author_id": "1000"}], "mention", NOW) == ()


@pytest.mark.parametrize(("posts", "references"), [("tweets", "referenced_tweets"), ("posts", "referenced_posts")])
def test_b11_raw_holds_what_its_post_refers_to_and_nothing_else(posts: str, references: str) -> None:
    item: dict[str, Any] = {"id": "10", "author_id": "7", references: [{"type": "replied_to", "id": "4"}]}
    item["attachments"] = {"media_keys": ["3_1"], "poll_ids": ["77"]}
    page: dict[str, Any] = {
        "data": [item],
        "includes": {
            "users": [{"id": "7"}, {"id": "8"}, {"id": "9"}],
            posts: [{"id": "4", "author_id": "8", "attachments": {"media_keys": ["3_2"]}}, {"id": "6"}],
            "media": [{"media_key": "3_1"}, {"media_key": "3_2"}, {"media_key": "3_3"}],
            "polls": [{"id": "77"}, {"id": "78"}],
        },
        "errors": [{"value": "4", "title": "a"}, {"resource_id": "999", "title": "b"}],
    }
    (raw,) = MAKER.posts(page, page["data"], "mention", NOW)
    body = json.loads(raw.body)
    assert body["includes"] == {
        "users": [{"id": "7"}, {"id": "8"}],
        posts: [page["includes"][posts][0]],
        "media": [{"media_key": "3_1"}, {"media_key": "3_2"}],
        "polls": [{"id": "77"}],
    }
    assert body["errors"] == [{"value": "4", "title": "a"}]
    assert unconcerned(page) == 1


def test_same_post_found_by_two_ways_has_one_key_and_conversations_another() -> None:
    item = {"id": "10", "author_id": "7"}
    found = {how: MAKER.posts({}, [item], how, NOW)[0] for how in ("mention", "search", "conversation")}
    assert found["mention"].key == found["search"].key == "post:10"
    assert found["conversation"].key == "reply:10"
    assert {raw.notes["found"] for raw in found.values()} == {"mention", "search", "conversation"}


@pytest.mark.parametrize("said", ["2026-11-20T11:59:00.000Z", "2026-11-20T11:59:00Z"])
def test_raw_is_dated_by_its_post(said: str) -> None:
    (raw,) = MAKER.posts({}, [{"id": "10", "author_id": "7", "created_at": said}], "mention", NOW)
    assert raw.received_at == NOW - timedelta(minutes=1)


@pytest.mark.parametrize("said", [None, 5, "yesterday", "0001-01-01T00:00:00+14:00"])
def test_raw_without_a_date_is_dated_by_its_id(said: Any) -> None:
    item = {"id": str(id_at(NOW)), "author_id": "7", "created_at": said}
    (raw,) = MAKER.posts({}, [item], "mention", NOW + DAY)
    assert raw.received_at == NOW


# On the sandbox


@pytest.mark.parametrize("spelling", ["post", "tweet"])
async def test_b6_every_page_asks_for_a_hundred(spelling: str) -> None:
    async with bench(spelling=spelling) as world, world.reader(spelling=spelling) as reader:
        await reader.drain(MENTIONS)
        assert [query["max_results"] for query in world.asked(ROUTE)] == ["100"]
        assert {name for name in world.asked(ROUTE)[0] if name.endswith(("post.fields", "tweet.fields"))} == {
            f"{spelling}.fields"
        }


@pytest.mark.parametrize("spelling", ["post", "tweet"])
async def test_b4_killed_after_each_page_of_nine_none_is_lost(spelling: str) -> None:
    async with bench(spelling=spelling) as world:
        people = [world.server.person(f"someone_{each}") for each in range(5)]
        posts = [
            world.server.post(
                people[each % 5], f"@examplex {each}", at=world.clock.now() - timedelta(seconds=1000 - each)
            )
            for each in range(750)
        ]
        stored: dict[str, str] = {}
        cursor: Cursor | None = None
        for _ in range(20):
            async with world.reader(spelling=spelling) as lost:
                await lost.fetch(MENTIONS, cursor)
            async with world.reader(spelling=spelling) as reader:
                page = await reader.fetch(MENTIONS, cursor)
                stored |= {raw.key: raw.lane for raw in page.items}
                cursor = page.cursor or cursor
                if len(stored) == 300:
                    posts.append(world.server.post(people[0], "@examplex meanwhile"))
                if not page.more:
                    break
        async with world.reader(spelling=spelling) as reader:
            raws, _ = await reader.drain(MENTIONS, cursor)
        stored |= {raw.key: raw.lane for raw in raws}
        assert stored.keys() == {f"post:{post['id']}" for post in posts}


async def test_b5_two_thousand_mentions_come_whole_though_the_timeline_shows_eight_hundred() -> None:
    async with bench() as world, world.reader() as reader:
        _, cursor = await reader.drain(MENTIONS)
        person = world.server.person("wangfang_t")
        world.clock.advance(3600)
        posts = [
            world.server.post(person, f"@examplex {each}", at=world.clock.now() - timedelta(seconds=2500 - each))
            for each in range(2000)
        ]
        raws, cursor = await reader.drain(MENTIONS, cursor)
        assert {raw.key for raw in raws} == {f"post:{post['id']}" for post in posts}
        assert len(raws) == 2000
        assert {raw.notes["found"] for raw in raws} == {"mention", "search"}
        assert world.asked(SEARCH_ROUTE)[0]["query"] == "@examplex"
        assert not Place.of(cursor).more
        assert not (await reader.drain(MENTIONS, cursor))[0]


async def test_b7_late_indexed_mention_is_found() -> None:
    async with bench() as world, world.reader() as reader:
        person = world.server.person("wangfang_t")
        first = world.server.post(person, "@examplex first")
        raws, cursor = await reader.drain(MENTIONS)
        late = world.server.late(world.server.post(person, "@examplex late"), first, secs=200)
        more, cursor = await reader.drain(MENTIONS, cursor)
        assert ids(raws) == [first["id"]]
        assert ids(more) == [late["id"]]
        assert not (await reader.drain(MENTIONS, cursor))[0]


async def test_b14_deleted_reference_is_stored_with_its_post_and_not_asked_for_again() -> None:
    async with bench() as world, world.reader() as reader:
        person = world.server.person("wangfang_t")
        gone = world.server.post(person, "@examplex gone soon")
        reply = world.server.post(person, "@examplex and this?", reply_to=gone)
        world.server.delete(gone)
        raws, cursor = await reader.drain(MENTIONS)
        assert ids(raws) == [reply["id"]]
        assert json.loads(raws[0].body)["errors"]
        assert len(world.server.calls) == 1
        assert not (await reader.drain(MENTIONS, cursor))[0]


async def test_answer_of_errors_alone_is_an_error_and_no_empty_page() -> None:
    async with bench() as world, world.reader(user_id="999") as reader:
        with pytest.raises(TransientError):
            await reader.fetch(MENTIONS, None)


async def test_token_that_the_platform_refuses_costs_no_mention() -> None:
    async with bench() as world, world.reader() as reader:
        person = world.server.person("wangfang_t")
        posts = [world.server.post(person, f"@examplex {each}") for each in range(150)]
        first = await reader.fetch(MENTIONS, None)
        place = Place.of(first.cursor)
        assert place.walk is not None
        broken = replace(place, walk=replace(place.walk, token="broken"))
        raws, _ = await reader.drain(MENTIONS, broken.cursor)
        assert sorted(ids(first.items) + ids(raws)) == sorted(post["id"] for post in posts)
