"""The mail connector's cursor: sets of UIDs as runs, gaps, and the floor below which gaps are forgotten."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.email._place import MAX_GAPS, Place, read_cursor
from connectors.email._uids import Uids
from gateway.ports import Cursor

NUMBERS = st.sets(st.integers(1, 60), max_size=40)
EMPTY = Place(7, "box")


@given(NUMBERS, NUMBERS, st.integers(1, 60), st.integers(0, 60))
def test_runs_are_sets(ours: set[int], others: set[int], low: int, high: int) -> None:
    found = Uids.of(ours)
    assert {number for number in range(62) if number in found} == ours
    assert Uids.read(str(found)) == found
    assert found.without(others) == Uids.of(ours - others)
    assert found.also(others) == Uids.of(ours | others)
    assert found.plus(low, high) == Uids.of(ours | set(range(low, high + 1)))
    assert bool(found) == bool(ours)


def test_runs_are_written_as_imap_has_them() -> None:
    assert str(Uids.of([5, 1, 2, 3, 9, 8])) == "1:3,5,8:9"
    assert Uids.read("1:4000000000").without([7]) == Uids(((1, 6), (8, 4_000_000_000)))
    assert Uids.of([1, 3, 5, 7]).newest(2) == (Uids.of([5, 7]), 3)
    assert Uids.of([1, 3]).newest(2) == (Uids.of([1, 3]), 0)


@pytest.mark.parametrize("text", ["x", "1:", "2:1", "1,,2", "-1", "1:*", "4294967296", "9" * 5000, "٣"])
def test_other_text_is_no_set(text: str) -> None:
    with pytest.raises(ValueError, match="no set"):
        Uids.read(text)


@given(st.lists(NUMBERS, min_size=1, max_size=5), st.integers(1, 20))
def test_a_place_knows_exactly_what_is_ours(pages: list[set[int]], start: int) -> None:
    """Whatever the pages held, covered is what they held, and each cursor reads as it was written."""
    place, ours, at = EMPTY, set[int](), 0
    for page in pages:
        uids = {at + start + uid for uid in page}
        at = max(uids, default=at + start)
        place = place.passed(uids, at)
        ours |= uids
        assert read_cursor(place.cursor()) == place
    assert {uid for uid in range(1, at + 50) if place.covers(uid)} == ours
    late = {uid for uid in range(1, at + 1) if uid not in ours and uid % 3 == 0}
    filled = place.filled(late)
    assert {uid for uid in range(1, at + 50) if filled.covers(uid)} == ours | late
    assert (filled.uid, filled.turn) == (place.uid, place.turn)


def test_a_cursor_stays_small_and_moves_one_way() -> None:
    """Where others took every second mail the oldest gaps are forgotten, and the floor tells up to where."""
    place = EMPTY
    for number in range(2, 20_000, 200):
        before, place = place, place.passed(range(number, number + 200, 2), number + 198)
        assert place.uid > before.uid
        assert place.floor >= before.floor
        assert len(place.cursor()) < 1500
    assert len(place.gaps.runs) == MAX_GAPS
    assert place.floor + 2 == place.gaps.runs[0][0]
    again = place.filled([5])
    assert (again.turn, again.uid, again.floor) == (1, place.uid, place.floor)


@pytest.mark.parametrize(
    "change", [{"gaps": 5}, {"gaps": "x"}, {"floor": None}, {"turn": "a"}, {"gaps": ["1"]}, {"uid": []}]
)
def test_a_cursor_that_is_damaged_is_none(change: dict[str, object]) -> None:
    value = json.loads(replace(EMPTY, uid=5).cursor())
    assert read_cursor(Cursor(json.dumps(value | change))) is None


def test_the_cursor_of_the_release_before_is_the_same_place() -> None:
    """Nothing is read anew from UID 1; below it gaps are unknown, as below any floor."""
    found = read_cursor(Cursor('{"mailbox": "box", "uid": 5, "uidvalidity": 7}'))
    assert found == Place(7, "box", uid=5, floor=5)
    after = found.passed({6, 8}, 8)
    assert [uid for uid in range(1, 10) if after.covers(uid)] == [1, 2, 3, 4, 5, 6, 8]
    assert read_cursor(after.cursor()) == after
