"""Direct messages: walked from the newest down to what is ours, over windows of calls and restarts."""

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

from connectors.x._ids import id_at, time_of
from connectors.x._messages import Place
from connectors.x._raws import Maker
from gateway.errors import RateLimitedError
from gateway.ports import Cursor, Raw
from tests.unit.x_reading import MESSAGES, bench, ids

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ROUTE = "GET /2/dm_events"
MAKER = Maker("support", "1000", "examplex")


class Inbox:
    """Events as X gives them: pages of `size`, newest first, tokens that lead on, and no `since_id`."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.ids: list[int] = []

    def page(self, token: str | None) -> tuple[list[dict[str, str]], str | None]:
        upper = 2**63 if token is None else int(token)
        found = [each for each in sorted(self.ids, reverse=True) if each < upper]
        more = str(found[self.size - 1]) if len(found) > self.size else None
        return [{"id": str(each), "sender_id": "7"} for each in found[: self.size]], more


def step(place: Place, inbox: Inbox, now: datetime) -> tuple[Place, set[int]]:
    """Fetch one page, as the connector does."""
    place = place.started(now, DAY)
    items, token = inbox.page(place.token)
    return place.after(items, token), {int(each["id"]) for each in place.fresh(items)}


@given(
    before=st.integers(0, 12),
    arrivals=st.lists(st.integers(0, 3), max_size=8),
    crashes=st.sets(st.integers(0, 20), max_size=8),
    size=st.integers(2, 6),
)
@examples(max_examples=40, deadline=None)
def test_b8_no_message_is_lost_whatever_arrives_between_pages_and_wherever_it_crashes(
    before: int, arrivals: list[int], crashes: set[int], size: int
) -> None:
    inbox, now = Inbox(size), NOW
    inbox.ids = [id_at(NOW - timedelta(minutes=20 * each + 1)) for each in range(before)]
    place, got, quiet = Place(), list[int](), 0
    for turn in range(2000):
        after, raws = step(place, inbox, now)
        assert step(place, inbox, now) == (after, raws)
        if turn not in crashes:
            place = Place.of(after.cursor)
            got += raws
            assert place == after
            quiet = 0 if after.walk is not None or turn < len(arrivals) else quiet + 1
        now += timedelta(seconds=62)
        if turn < len(arrivals):
            inbox.ids += [id_at(now) + each for each in range(arrivals[turn])]
        if quiet == 2:
            break
    assert sorted(got) == sorted(inbox.ids)


def test_b8_done_moves_with_the_last_page_alone() -> None:
    inbox = Inbox(2)
    inbox.ids = [id_at(NOW - timedelta(minutes=each)) for each in range(1, 6)]
    place, done = Place(), []
    for _ in range(3):
        place, _ = step(place, inbox, NOW)
        done.append(place.done)
    assert done == [None, None, max(inbox.ids)]


def test_b8_walk_ends_where_all_is_ours() -> None:
    """It does not read on for the rest of the 30 days that the platform shows."""
    inbox = Inbox(2)
    inbox.ids = [id_at(NOW - timedelta(hours=each)) for each in range(1, 20)]
    place = Place(done=id_at(NOW - timedelta(hours=2)))
    after, raws = step(place, inbox, NOW)
    after, more = step(after, inbox, NOW)
    assert raws | more == {id_at(NOW - timedelta(hours=1))} | {id_at(NOW - timedelta(hours=2))}
    assert after.walk is None


def test_late_message_within_the_overlap_is_found() -> None:
    inbox, place = Inbox(10), Place()
    inbox.ids = [id_at(NOW)]
    place, _ = step(place, inbox, NOW)
    inbox.ids.append(id_at(NOW - timedelta(minutes=4)))
    place, raws = step(place, inbox, NOW)
    assert raws == {id_at(NOW - timedelta(minutes=4))}
    assert step(place, inbox, NOW)[1] == set()


def test_first_sync_reaches_as_far_back_as_the_settings_say() -> None:
    inbox = Inbox(10)
    inbox.ids = [id_at(NOW - timedelta(hours=each)) for each in (1, 23, 25, 100)]
    place, raws = step(Place(), inbox, NOW)
    assert {time_of(each) for each in raws} == {NOW - timedelta(hours=1), NOW - timedelta(hours=23)}
    assert place.done == id_at(NOW - timedelta(hours=1))


@pytest.mark.parametrize("cursor", ["", "no", "[]", "{}", '{"done":1,"walk":3,"seen":[]}'])
def test_cursor_that_is_none_of_ours_is_the_beginning(cursor: str) -> None:
    assert Place.of(Cursor(cursor)) == Place()


# Raws


def test_b15_one_bad_event_never_spoils_its_page() -> None:
    good = {"id": str(id_at(NOW)), "sender_id": "7", "event_type": "MessageCreate"}
    bad: list[Any] = [None, 5, {}, {"id": "12", "event_type": "MessageCreate"}, {"id": 3, "sender_id": "7"}]
    raws = MAKER.messages({}, [good, *bad, {**good, "id": "13"}], NOW)
    assert [raw.lane for raw in raws] == ["7", *["unreadable"] * len(bad), "7"]
    assert raws[-1].key == f"message:{id_at(NOW)}"
    assert {raw.notes["handle"] for raw in raws} == {"examplex"}


def test_b27_our_own_messages_make_no_raw() -> None:
    assert MAKER.messages({}, [{"id": "5", "sender_id": "1000", "event_type": "MessageCreate"}], NOW) == ()


def test_who_joins_is_the_lane_of_joining() -> None:
    event = {"id": "5", "event_type": "ParticipantsJoin", "participant_ids": ["8", "9"]}
    assert [raw.lane for raw in MAKER.messages({}, [event], NOW)] == ["8"]


# On the sandbox


@pytest.mark.parametrize("spelling", ["post", "tweet"])
async def test_b8_b9_sixteen_hundred_messages_outlive_the_window_and_restarts(spelling: str) -> None:
    """Each page is fetched by another process, and fetched in vain once; the fake's window is never broken into."""
    async with bench(spelling=spelling, limits=True) as world:
        person = world.server.person("wangfang_t")
        events = [
            world.server.message(person, f"hello {each}", at=world.clock.now() - timedelta(seconds=2000 - each))
            for each in range(1600)
        ]
        cursor: Cursor | None = None
        got: list[str] = []
        refused = 0
        while True:
            try:
                async with world.reader(spelling=spelling) as reader:
                    page = await reader.fetch(MESSAGES, cursor)
            except RateLimitedError as error:
                refused += 1
                world.clock.advance(error.retry_after.total_seconds())
                continue
            got += ids(page.items)
            cursor = page.cursor
            if not page.more:
                break
        assert sorted(got) == sorted(event["id"] for event in events)
        assert refused == 1


async def test_token_that_the_platform_refuses_begins_the_walk_anew() -> None:
    async with bench() as world, world.reader() as reader:
        person = world.server.person("wangfang_t")
        events = [world.server.message(person, f"hello {each}") for each in range(150)]
        first = await reader.fetch(MESSAGES, None)
        place = Place.of(first.cursor)
        assert place.walk is not None
        broken = replace(place, walk=replace(place.walk, token="b" * 16))
        raws, _ = await reader.drain(MESSAGES, broken.cursor)
        assert sorted(ids(first.items) + ids(raws)) == sorted(event["id"] for event in events)


async def test_walk_begins_anew_as_often_as_its_token_is_refused_and_after_a_pause() -> None:
    """Nobody needs to mend the cursor; and X is not asked again at once."""
    async with bench() as world, world.reader() as reader:
        person = world.server.person("wangfang_t")
        events = [world.server.message(person, f"hello {each}") for each in range(150)]
        cursor: Cursor | None = None
        raws: list[Raw] = []
        with structlog.testing.capture_logs() as logs:
            for again in range(1, 4):
                page = await reader.fetch(MESSAGES, cursor)
                raws += page.items
                place = Place.of(page.cursor)
                assert place.walk is not None
                broken = replace(place, walk=replace(place.walk, token="b" * 16))
                page = await reader.fetch(MESSAGES, broken.cursor)
                cursor = page.cursor
                assert page.more == (again == 1)
                assert page.pause is not None
                assert page.pause >= timedelta(seconds=60)
                world.clock.advance(0 if page.more else page.pause / timedelta(seconds=1))
            more, cursor = await reader.drain(MESSAGES, cursor)
        assert sorted({*ids(raws), *ids(more)}) == sorted(event["id"] for event in events)
        assert not Place.of(cursor).walk
        told = [each["times"] for each in logs if each["event"] == "messages.token_refused"]
        assert told == [1, 2, 3]


async def test_b27_what_we_wrote_is_not_taken_in() -> None:
    async with bench() as world, world.reader() as reader:
        person = world.server.person("wangfang_t")
        world.server.message(world.server.own, "an answer", to=person)
        asked = world.server.message(person, "a question")
        raws, _ = await reader.drain(MESSAGES)
        assert ids(raws) == [asked["id"]]
        assert {user["id"] for user in json.loads(raws[0].body)["includes"]["users"]} >= {person["id"]}


async def test_quiet_polls_leave_the_cursor_as_it_is() -> None:
    """So that nothing is stored for them."""
    async with bench() as world, world.reader() as reader:
        world.server.message(world.server.person("wangfang_t"), "a question")
        _, cursor = await reader.drain(MESSAGES)
        assert await reader.drain(MESSAGES, cursor) == ([], cursor)
