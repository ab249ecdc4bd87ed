"""A score is read from what somebody writes only where it can be nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.answers.scores import Score, is_list, read_score

SCORES = {
    "5": 5,
    " 3 \n": 3,
    "５": 5,
    "٥": 5,
    "۴": 4,
    "२": 2,
    "①": 1,
    "5️⃣": 5,
    "四": 4,
    "五分": 5,
    "4分": 4,
    "4 星": 4,
    "3점": 3,
    "5/5": 5,
    "4 / 5": 4,
    "３／５": 3,
    "3 von 5": 3,
    "2 из 5": 2,
    "★★★★☆": 4,
    "⭐️⭐️⭐️": 3,
    "⭐ ⭐ ⭐ ⭐ ⭐": 5,
    "4 stars": 4,
    "1 étoile": 1,
    "\u200f٤\u200f": 4,
}
NONE = (
    "", "hello", "0", "6", "10", "10/10", "4.5", "4,5", "4.5/5", "-5", "+5", "²", "₃", "5th time I ask", "5G", "2x",
    "五月我充值了", "★☆", "☆☆☆☆☆", "★★★★★★", "*****", "2 deposits of 100 USDT are missing", "3 " + "words " * 20,
    "very good", "sehr gut", "1,000 USDT", "3.5.2026", "1-800-555", "5" + "x" * 1000,
)  # fmt: skip


@pytest.mark.parametrize(("text", "score"), SCORES.items())
def test_a_number_in_any_script_or_stars_are_a_score(text: str, score: int) -> None:
    assert read_score(text) == Score(score, "")


@pytest.mark.parametrize("text", NONE)
def test_what_could_be_anything_else_is_none(text: str) -> None:
    assert read_score(text) is None


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("5, very quick!", Score(5, "very quick!")),
        ("2\nToo slow.\n\nAnn", Score(2, "Too slow.\n\nAnn")),
        ("4。谢谢你们", Score(4, "谢谢你们")),
        ("4分，很好", Score(4, "很好")),
        ("5/5 - thanks", Score(5, "thanks")),
        ("5👍", Score(5, "👍")),
        ("★★★☆☆ ok", Score(3, "ok")),
        ("5 thank you", Score(5, "thank you", sure=False)),
        ("2 deposits are missing", Score(2, "deposits are missing", sure=False)),
    ],
)
def test_the_words_behind_are_told_and_whether_the_number_may_count_them(text: str, score: Score) -> None:
    assert read_score(text) == score


def test_points_of_a_list_are_no_score() -> None:
    assert is_list("1. I cannot log in\n2. My code does not come")
    assert is_list("１）登录\n２）提币")
    assert not is_list("5\nit took 2 days")


@given(st.text(max_size=80))
def test_whatever_is_read_is_within_the_scale_and_says_what_was_written(text: str) -> None:
    found = read_score(text)
    if found is not None:
        assert 1 <= found.score <= 5
        assert all(part in text for part in found.rest.split())
