"""What goes wrong with X on the way in, row by row, against the sandbox through the whole engine.

What one part alone has to do stands in tests/unit/test_x_*.py; the kills in tests/crash.
"""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog

from gateway.sandbox.x._faults import MATRIX, without
from gateway.sandbox.x.server import Call
from tests.integration.x_desk import MENTIONS, MESSAGES, SEARCH, Json, XDesk, x_desk

ALONE = "budget = 1000\nconversations_secs = 0\npublic_receipts = false"
"""Nothing but intake: no look at conversations, no receipts, and money enough."""
QUARTER = timedelta(minutes=15)
BEGINS = datetime(2026, 11, 20, 12, 2, tzinfo=UTC)
"""Later than any desk has started, on its clock."""


def most_in(window: timedelta, made: list[Call]) -> int:
    """Return how many calls were made at most within any window of that length."""
    times = [call.at for call in made]
    return max(sum(first <= each < first + window for each in times) for first in times)


ANSWERS = tuple(name for name in MATRIX if name not in ("black hole", "429 far reset"))
"""Every wrong answer that X has been seen to give; what hangs, and what asks for an hour, have rows of their own."""


async def test_b01_wrong_answers_of_any_shape_lose_no_mention_and_stop_no_other_stream(tmp_path: Path) -> None:
    top = "[engine]\nretry_cap_secs = 30\nprobe_secs = 30"
    async with x_desk(tmp_path, channel=ALONE, top=top) as desk:
        server, (ann, ben) = desk.server, desk.crowd(2)
        server.faults.plan(MENTIONS, *ANSWERS)
        before, began = len(desk.calls_of(MENTIONS)), desk.clock.now()
        server.post(ann, "@examplex in public")
        server.post(ann, "@examplex again")
        server.message(ben, "in private")
        await desk.until(lambda: "in private" in desk.texts(), step=5)
        assert desk.clock.now() - began <= timedelta(minutes=3)
        await desk.until(lambda: len(desk.calls_of(MENTIONS)) - before > len(ANSWERS), step=30)
        await desk.until(lambda: not desk.open(), step=30)
        assert desk.running
        # What one page got wrong of a post is kept as it came, beside what it got right.
        assert "@examplex in public" in desk.texts()
        assert desk.rows("select count(*) from raws where state = 'buried'") == [(0,)]
        server.post(ann, "@examplex when all is well")
        await desk.settled()
        assert desk.texts()[-1] == "@examplex when all is well"


async def test_b02_a_429_without_a_time_is_waited_out_ever_longer(tmp_path: Path) -> None:
    async with x_desk(tmp_path, channel=ALONE, starts=False) as desk:
        desk.server.faults.plan(MENTIONS, "429 no reset", "429 text", "429 empty")
        desk.server.post(desk.crowd(1)[0], "@examplex through at last")
        await desk.start()
        await desk.until(lambda: desk.texts(), step=5)
        times = [call.at for call in desk.calls_of(MENTIONS)[:4]]
        waits = [(later - earlier).total_seconds() for earlier, later in itertools.pairwise(times)]
        assert 60 <= waits[0] < 90 < 120 <= waits[1] < 150 < 240 <= waits[2] < 300


@pytest.mark.parametrize(("name", "least", "most"), [("429 past reset", 5, 30), ("429 far reset", 3600, 3660)])
async def test_b03_a_reset_that_cannot_be_is_taken_within_bounds(
    tmp_path: Path, name: str, least: int, most: int
) -> None:
    async with x_desk(tmp_path, channel=f"{ALONE}\nmessages_secs = 600", starts=False) as desk:
        desk.server.faults.plan(MENTIONS, name)
        desk.server.post(desk.crowd(1)[0], "@examplex through at last")
        await desk.start()
        await desk.until(lambda: len(desk.calls_of(MENTIONS)) >= 2, step=20)
        first, second = desk.calls_of(MENTIONS)[:2]
        assert least <= (second.at - first.at).total_seconds() <= most
        # Direct messages have a window of their own.
        assert desk.calls_of(MESSAGES)[0].status == 200


async def test_b04_ended_after_every_page_of_nine_no_mention_is_lost_or_doubled(tmp_path: Path) -> None:
    async with x_desk(tmp_path, channel=ALONE) as desk:
        people = desk.crowd(50)
        desk.server.post(people[0], "@examplex the first")
        await desk.settled()
        await desk.stop()
        for number in range(850):
            desk.server.post(people[number % 50], f"@examplex line {number}")
        for page in range(1, 9):
            await desk.start()
            await desk.polled()
            await desk.stop()
            # Whoever speaks meanwhile is not lost between what was read and what is to be read.
            desk.server.post(people[page], f"@examplex meanwhile {page}")
        await desk.start()
        await desk.until(lambda: len(desk.texts()) >= 859, step=5)
        await desk.settled()
        wanted = [f"line {number}" for number in range(850)] + [f"meanwhile {page}" for page in range(1, 9)]
        assert sorted(desk.texts()) == sorted(f"@examplex {each}" for each in ("the first", *wanted))
        assert all(call.query["max_results"] == "100" for call in desk.calls_of(MENTIONS))


async def test_b05_two_thousand_mentions_of_an_outage_are_all_tickets(tmp_path: Path) -> None:
    async with x_desk(tmp_path, channel=ALONE) as desk:
        people = desk.crowd(100)
        desk.server.post(people[0], "@examplex the first")
        await desk.settled()
        await desk.stop()
        for number in range(2000):
            desk.server.post(people[number % 100], f"@examplex line {number}")
        with structlog.testing.capture_logs() as logs:
            await desk.start()
            await desk.until(lambda: len(desk.texts()) >= 2001, step=5)
        await desk.settled()
        assert sorted(desk.texts()) == sorted(
            ["@examplex the first", *(f"@examplex line {number}" for number in range(2000))]
        )
        # The timeline shows 800 of them; the rest is found by search, and operators can see that it was needed.
        assert [each for each in logs if each["event"] == "mentions.gap_found"]
        assert len(desk.calls_of(SEARCH)) >= 12
        assert not [call for call in desk.server.calls if call.status == 429]


async def test_b06_a_page_is_as_large_as_x_gives_it(tmp_path: Path) -> None:
    async with x_desk(tmp_path, channel="budget = 1000") as desk:
        desk.server.post(desk.crowd(1)[0], "@examplex hello")
        await desk.settled()
        await desk.polled(1, SEARCH)
        for route in (MENTIONS, SEARCH):
            assert {call.query["max_results"] for call in desk.calls_of(route)} == {"100"}
        # A first look at messages is smaller on purpose, and asks for all behind it: what is known is billed anew.
        looks = {
            int(call.query["max_results"]) for call in desk.calls_of(MESSAGES) if "pagination_token" not in call.query
        }
        assert min(looks) >= 20


async def test_b07_a_mention_that_the_index_took_in_late_is_a_ticket_too(tmp_path: Path) -> None:
    async with x_desk(tmp_path, channel=ALONE) as desk:
        ann, ben = desk.crowd(2)
        known = desk.server.post(ann, "@examplex in time")
        await desk.settled()
        desk.server.late(desk.server.post(ben, "@examplex late"), known, secs=240)
        await desk.settled()
        await desk.restart()
        await desk.settled()
        assert desk.texts() == ["@examplex in time", "@examplex late"]


async def test_b08_an_outage_of_1600_direct_messages_is_walked_within_the_window_and_told(tmp_path: Path) -> None:
    async with x_desk(tmp_path, channel=ALONE) as desk:
        people = desk.crowd(100)
        desk.server.message(people[0], "the first")
        await desk.settled()
        await desk.stop()
        await wrote(desk, people, 1600)
        began = desk.clock.now()
        with structlog.testing.capture_logs() as logs:
            await desk.start()
            desk.server.post(people[1], "@examplex in public")
            await desk.until(lambda: "@examplex in public" in desk.texts(), step=5)
            # Fifteen pages are one window; what is read of mentions does not wait for it.
            assert desk.clock.now() - began <= timedelta(minutes=2)
            await desk.until(lambda: len(desk.numbered()) >= 1600, step=10)
        assert desk.numbered() == [f"line {number}" for number in range(1600)]
        assert most_in(QUARTER, desk.calls_of(MESSAGES)) <= 15
        assert not [call for call in desk.server.calls if call.status == 429]
        assert [each for each in logs if each["event"] == "messages.far_behind" and each["log_level"] == "warning"]


async def test_b09_restarts_in_the_middle_of_a_window_get_no_more_calls(tmp_path: Path) -> None:
    async with x_desk(tmp_path, channel=ALONE) as desk:
        people = desk.crowd(100)
        await wrote(desk, people, 1600)
        for _ in range(6):
            await desk.polled(2, MESSAGES)
            await desk.restart()
        await desk.until(lambda: len(desk.numbered()) >= 1600, step=10)
        assert desk.numbered() == [f"line {number}" for number in range(1600)]
        assert most_in(QUARTER, desk.calls_of(MESSAGES)) <= 15
        assert not [call for call in desk.server.calls if call.status == 429]


async def wrote(desk: XDesk, people: list[Json], size: int) -> None:
    """Let people write direct messages, so far apart that each is one of its own."""
    for number in range(size):
        desk.server.message(people[number % len(people)], f"line {number}")
        desk.clock.advance(0.25)


async def test_b11_both_spellings_make_the_same_cases(tmp_path: Path) -> None:
    made = []
    for spelling in ("tweet", "post"):
        async with x_desk(tmp_path / spelling, channel=f'{ALONE}\nspelling = "{spelling}"', spelling=spelling) as desk:
            server = desk.server
            # Ids and times are made of the clock: both write at one time, however long the desk took to start.
            desk.clock.advance((BEGINS - desk.clock.now()).total_seconds())
            ann, ben = server.person("wangfang_t", "Wang Fang"), server.person("ben_t", "Ben")
            first = server.post(ben, "Has anybody an answer of them?")
            server.post(ann, "@examplex " + "long " * 200, reply_to=first, long=True)
            server.post(ben, "@examplex look", quote=first, media=["photo"])
            edited = server.post(ann, "@examplex 300 USDT")
            server.edit(edited, "@examplex 500 USDT")
            server.message(ann, "see this", media=["photo"])
            await desk.settled()
            found = [_plain(entry["message"]) for entry in desk.entries()]
            # Files come in any order, and each makes another version of its message.
            made.append(sorted(found, key=lambda message: (message["id"], str(message["attachments"]))))
    assert made[0] == made[1]
    assert len({message["id"] for message in made[0]}) == 4


def _plain(message: Json) -> Json:
    """Return a message without what tells of the raw that it came from, and without the server's own port."""
    attachments = [{**each, "ref": each["ref"].rpartition("/")[2]} for each in message["attachments"]]
    return {**message, "provenance": None, "attachments": attachments}


async def test_b12_a_long_post_is_on_the_ticket_to_its_last_word(tmp_path: Path) -> None:
    async with x_desk(tmp_path, channel=ALONE) as desk:
        text = "@examplex " + " ".join(f"word{number}" for number in range(400)) + " the end"
        post = desk.server.post(desk.crowd(1)[0], text, long=True)
        assert len(post["text"]) < 310 < 3000 < len(text)
        await desk.settled()
        assert desk.texts() == [text]


async def test_b13_a_post_that_is_edited_five_times_is_one_case(tmp_path: Path) -> None:
    async with x_desk(tmp_path, channel=ALONE) as desk:
        ann = desk.server.person("wangfang_t", "Wang Fang")
        post = desk.server.post(ann, "@examplex 0 USDT")
        await desk.settled()
        for number in range(1, 6):
            post = desk.server.edit(post, f"@examplex {number}00 USDT")
            await desk.settled()
        assert len(desk.cases()) == 1
        versions = [entry["message"] for entry in desk.entries()]
        assert [each["version"] for each in versions] == [1, 2, 3, 4, 5, 6]
        assert len({each["id"] for each in versions}) == 1
        assert desk.texts()[0] == "@examplex 0 USDT"
        assert all(f"{number}00 USDT" in desk.texts()[number] for number in range(1, 6))


async def test_b14_a_reference_that_cannot_be_read_is_told_and_not_asked_for_again(tmp_path: Path) -> None:
    async with x_desk(tmp_path, channel=ALONE) as desk:
        server = desk.server
        ann, ben = server.person("wangfang_t", "Wang Fang"), server.person("ben_t", "Ben", protected=True)
        gone = server.post(server.person("carl_t"), "They answered me.")
        server.post(ann, "@examplex is this true?", reply_to=gone)
        server.post(ann, "@examplex and this?", quote=server.post(ben, "hidden"))
        server.delete(gone)
        before = len(desk.calls_of(MENTIONS))
        await desk.settled()
        assert len(desk.calls_of(MENTIONS)) - before <= 5
        assert not [call for call in desk.server.calls if call.route == "GET /2/tweets/{id}"]
        assert len(desk.texts()) == 2
        codes = [[each["code"] for each in entry["message"]["notes"]] for entry in desk.entries()]
        assert codes == [["reference_unavailable"]] * 2


@pytest.mark.parametrize("name", ["text", "author_id", "id", "created_at"])
async def test_b15_one_item_that_lacks_something_takes_no_neighbour_along(tmp_path: Path, name: str) -> None:
    async with x_desk(tmp_path, channel=ALONE) as desk:
        for number, person in enumerate(desk.crowd(100)):
            desk.server.post(person, f"@examplex line {number}")
        desk.server.faults.plan(MENTIONS, without(name, 50))
        await desk.settled()
        others = {f"@examplex line {number}" for number in range(100)} - {"@examplex line 49"}
        assert others <= set(desk.texts())
        # It is kept, and a person is told that something came.
        assert len(desk.cases()) >= 100
        assert desk.rows("select count(*) from raws where state = 'buried'") == [(0,)]
