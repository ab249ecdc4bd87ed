"""Buttons prove whose they are: what nobody signed for this person says nothing (A24)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.answers.buttons import MAX_DATA, read, sign
from tests.unit.talks import ANN, SECRET, Talk, a_case

ACTIONS = st.from_regex(r"[a-z]{1,12}", fullmatch=True)
ARGS = st.from_regex(r"[A-Za-z0-9-]{0,24}", fullmatch=True)
STALE = "This button is not meant for you, or it is too old."


@given(ACTIONS, ARGS, st.text(max_size=40))
def test_what_was_signed_is_read_by_its_person_alone(action: str, arg: str, person: str) -> None:
    data = sign(SECRET, person, action, arg)
    assert len(data.encode()) <= MAX_DATA
    assert read(SECRET, person, data) == (action, arg)
    assert read(SECRET, person + "1", data) is None
    assert read(b"t" * 32, person, data) is None


@given(st.binary(min_size=64, max_size=64))
def test_64_random_bytes_are_no_button(raw: bytes) -> None:
    assert read(SECRET, ANN, raw.decode("latin-1")) is None
    assert read(SECRET, ANN, raw.decode("utf-8", "surrogateescape")) is None


@given(st.text(max_size=80))
def test_no_text_is_a_button(data: str) -> None:
    assert read(SECRET, ANN, data) is None


@given(st.data())
def test_a_changed_or_cut_button_is_none(draw: st.DataObject) -> None:
    data = sign(SECRET, ANN, "close", "GH-AAAAA-AAAAA")
    at = draw.draw(st.integers(0, len(data) - 1))
    char = draw.draw(st.characters().filter(lambda each: each != data[at]))
    assert read(SECRET, ANN, data[:at] + char + data[at + 1 :]) is None
    assert read(SECRET, ANN, data[:at]) is None
    assert read(SECRET, ANN, data + char) is None


def test_action_and_argument_cannot_be_shifted_into_each_other() -> None:
    one = sign(SECRET, ANN, "kind", "x")
    assert read(SECRET, ANN, one[:16] + "kin:dx") is None


@pytest.mark.parametrize(
    ("action", "arg"), [("", "x"), ("Close", "x"), ("close", "x" * 25), ("close", "ü"), ("a" * 13, ""), ("a:b", "")]
)
def test_what_could_not_be_read_is_not_signed(action: str, arg: str) -> None:
    with pytest.raises(ValueError, match="button"):
        sign(SECRET, ANN, action, arg)


@given(st.text(max_size=64))
def test_a_forged_press_changes_nothing_and_is_answered_mildly(data: str) -> None:
    talk = Talk()
    talk.cases = (a_case(),)
    talk.says("/report")
    before = talk.dialogue
    told = talk.presses(data)
    assert told.text.startswith(STALE)
    assert (told.act.kind, told.buttons) == ("none", ())
    assert (told.dialogue.step, told.dialogue.draft) == (before.step, before.draft)


def test_anothers_button_closes_nothing() -> None:
    ann, bob = Talk(), Talk(person="777")
    ann.cases = bob.cases = (a_case(),)
    ann.says("/close")
    stolen = ann.button("Yes, close it").data
    assert bob.presses(stolen).act.kind == "none"
    assert ann.presses(stolen).act.kind == "close"


def test_a_press_on_a_question_that_is_over_is_too_old() -> None:
    talk = Talk()
    talk.says("/report")
    old = talk.button("An account").data
    talk.says("/cancel")
    assert talk.presses(old).text.startswith(STALE)
    talk.says("/report")
    talk.now += timedelta(hours=2)
    assert talk.presses(old).text.startswith(STALE)
