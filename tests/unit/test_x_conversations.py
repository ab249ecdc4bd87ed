"""Public conversations: what others than the asker write where we were mentioned, found within limits and restarts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from connectors.x._conversations import LONGEST_QUERY, Place, others, query
from connectors.x._ids import id_at
from connectors.x._mentions import Thread
from gateway.errors import ConfigError
from gateway.ports import Cursor
from gateway.sandbox.x.server import XServer
from tests.unit.x_reading import CONVERSATIONS, MENTIONS, bench, ids

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
EVERY = timedelta(seconds=300)
ROUTE = "GET /2/tweets/search/recent"


def thread(conversation: int, minutes: float = 10.0, asker: str = "7") -> Thread:
    at = NOW - timedelta(minutes=minutes)
    return Thread(conversation, int(at.timestamp()), asker, id_at(at))


def scene(server: XServer) -> tuple[Any, Any, Any, Any]:
    """Somebody asks us in public, and a look-alike answers without naming us."""
    asker, impostor = server.person("wangfang_t"), server.person("examplex_help")
    question = server.post(asker, "@examplex where is my withdrawal?")
    return asker, impostor, question, trap(server, impostor, question)


def trap(server: XServer, impostor: Any, question: Any) -> Any:
    answer = server.post(impostor, "we can help, write to our support", reply_to=question)
    answer["entities"] = {}
    server.world._named["1000"] = [each for each in server.world._named["1000"] if each != int(answer["id"])]
    return answer


@given(count=st.integers(1, 200), handle=st.sampled_from(["examplex", "a", "abcdefghijklmno"]))
@examples(max_examples=30)
def test_every_conversation_is_looked_at_in_queries_that_search_takes(count: int, handle: str) -> None:
    threads = [thread(2 * 10**18 + each) for each in range(count)]
    place, looked = Place(), list[int]()
    while (place := place.begun(threads, NOW, EVERY, handle)).walk is not None:
        assert len(query(place.walk.ids, handle)) <= LONGEST_QUERY
        looked += place.walk.ids
        place = Place.of(place.after(None).cursor)
    assert sorted(looked) == [each.conversation for each in threads]
    assert place.pause(NOW, EVERY) == EVERY
    later = place.begun(threads, NOW + EVERY, EVERY, handle)
    assert later.walk is not None


def test_look_of_several_pages_ends_with_the_last() -> None:
    place = Place().begun([thread(5)], NOW, EVERY, "examplex")
    halfway = Place.of(place.after("more").cursor)
    assert halfway.looked == {}
    assert halfway.walk is not None
    assert halfway.walk.token == "more"
    assert halfway.begun([], NOW, EVERY, "examplex") == halfway
    # What is younger than five minutes is looked at again.
    assert halfway.after(None).looked == {5: id_at(NOW - timedelta(minutes=5))}
    assert halfway.without_token().begun([thread(5)], NOW, EVERY, "examplex").walk == place.walk


def test_conversation_that_is_over_is_forgotten() -> None:
    place = Place({5: id_at(NOW - EVERY), 6: id_at(NOW)})
    begun = place.begun([thread(5)], NOW + EVERY, EVERY, "examplex")
    assert begun.looked.keys() == {5}


def test_search_reaches_no_further_than_a_week() -> None:
    place = Place().begun([thread(5, minutes=60 * 24 * 9)], NOW, EVERY, "examplex")
    assert place.walk is not None
    assert place.walk.since > id_at(NOW - timedelta(days=7))


def test_what_the_asker_writes_or_what_speaks_to_us_is_not_looked_at() -> None:
    named = {"mentions": [{"id": "1000", "username": "examplex"}]}
    items = [
        {"id": "1", "author_id": "7", "conversation_id": "5"},
        {"id": "2", "author_id": "8", "conversation_id": "5"},
        {"id": "3", "author_id": "8", "conversation_id": "5", "entities": named},
        {"id": "4", "author_id": "7", "conversation_id": "6"},
        None,
    ]
    found = others(items, [thread(5, asker="7")], "1000")
    assert [item and item["id"] for item in found] == ["2", "4", None]


@pytest.mark.parametrize(
    "cursor", ["", "no", "[]", "{}", '{"looked":{"x":1},"walk":null}', '{"looked":[],"walk":null}']
)
def test_cursor_that_is_none_of_ours_is_the_beginning(cursor: str) -> None:
    assert Place.of(Cursor(cursor)) == Place()


# On the sandbox


@pytest.mark.parametrize("spelling", ["post", "tweet"])
async def test_look_alike_in_a_conversation_that_mentions_us_is_found(spelling: str) -> None:
    async with bench(spelling=spelling) as world, world.reader(spelling=spelling) as reader:
        asker, _, question, answer = scene(world.server)
        world.server.post(asker, "thank you", reply_to=answer)
        assert await reader.drain(CONVERSATIONS) == ([], None)
        await reader.drain(MENTIONS)
        assert world.woken == [CONVERSATIONS]
        raws, cursor = await reader.drain(CONVERSATIONS)
        assert ids(raws) == [answer["id"]]
        assert raws[0].key == f"reply:{answer['id']}"
        assert raws[0].notes["found"] == "conversation"
        assert world.asked(ROUTE)[0]["query"] == f"(conversation_id:{question['id']}) -from:examplex"
        world.clock.advance(600)
        assert ids((await reader.drain(CONVERSATIONS, cursor))[0]) == []


async def test_conversations_survive_a_restart_by_the_cursor_of_the_mentions() -> None:
    async with bench() as world:
        _, impostor, question, answer = scene(world.server)
        async with world.reader() as reader:
            _, mentions = await reader.drain(MENTIONS)
            raws, cursor = await reader.drain(CONVERSATIONS)
            assert ids(raws) == [answer["id"]]
        world.clock.advance(600)
        second = trap(world.server, impostor, question)
        async with world.reader() as reader:
            assert mentions is not None
            await reader.connector.confirm(MENTIONS, mentions)
            raws, _ = await reader.drain(CONVERSATIONS, cursor)
            # The first is younger than the overlap of the last look; its key absorbs it.
            assert ids(raws) == [answer["id"], second["id"]]


async def test_nothing_is_searched_for_without_conversations_or_money_or_where_it_is_switched_off() -> None:
    async with bench() as world:
        async with world.reader() as reader:
            page = await reader.fetch(CONVERSATIONS, None)
            assert (page.items, page.cursor, page.pause) == ((), None, EVERY)
            scene(world.server)
        async with world.reader(budget=1) as poor:
            await poor.drain(MENTIONS)
            world.meter.charges.append(("answers", 1, 700_000))
            page = await poor.fetch(CONVERSATIONS, None)
            assert (page.items, page.cursor) == ((), None)
        async with world.reader(conversations_secs=0) as reader:
            assert CONVERSATIONS not in reader.connector.streams()
            with pytest.raises(ConfigError):
                await reader.fetch(CONVERSATIONS, None)
        assert not world.asked(ROUTE)


async def test_one_look_is_one_call() -> None:
    async with bench() as world, world.reader() as reader:
        for each in range(40):
            world.server.post(world.server.person(f"someone_{each}"), "@examplex help")
        await reader.drain(MENTIONS)
        cursor, calls = None, []
        while True:
            before = len(world.server.calls)
            page = await reader.fetch(CONVERSATIONS, cursor)
            calls.append(len(world.server.calls) - before)
            cursor = page.cursor or cursor
            if not page.more:
                break
        assert calls == [1, 1, 1, 1]
        assert all(len(asked["query"]) <= LONGEST_QUERY for asked in world.asked(ROUTE))
