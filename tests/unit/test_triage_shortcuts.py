"""What triage does the short way finds what the long way finds."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.triage import language
from gateway.triage.profiles import UNIT, profile

PIECES = st.sampled_from([*"aZ019@.:/ \n,!é中", "://", "a.bc", "deposit", "12345", "hello"])


@given(st.lists(PIECES, max_size=40).map("".join))
@example("is 24h enough? tx 12ab56 https://a.b x@y 1.5 a.b a.bc b://")
def test_codes_are_dropped_as_by_a_walk_over_all_runs(text: str) -> None:
    def dropped(run: re.Match[str]) -> str:
        word = run[0]
        code = len(word) >= 6 and re.search("[0-9]", word)
        return " " if code or "@" in word or "://" in word or re.search(r"[A-Za-z0-9]\.[A-Za-z]{2}", word) else word

    assert language._without_codes(text) == re.sub("[!-~]+", dropped, text)


@given(st.text(st.characters(max_codepoint=127)))
@example("don't, x1y _und_ a\x1fb")
def test_ascii_is_cut_into_the_words_that_any_text_is_cut_into(text: str) -> None:
    assert text.translate(language._ASCII_WORDS).split() == language._WORD.findall(text)


WORDS = st.sampled_from(
    [
        "the",
        "de",
        "que",
        "é",
        "konto",
        "is",
        "não",
        "tôi",
        "của",
        "yılında",
        "zwyrtnik",
        "über",
        "ødelagt",
        "qwx",
        "a",
        "ß",
    ]
)


@given(st.lists(WORDS, min_size=1, max_size=30))
def test_lanes_side_by_side_say_what_each_language_alone_says(words: list[str]) -> None:
    latin = profile("Latin")

    def alone(lane: int) -> int:
        def value(number: int) -> int:
            return number >> 16 * lane & 0xFFFF

        def of_letters(word: str) -> int:
            framed = f" {word} "
            runs = [framed[max(0, end - 3) : end + 1] for end in range(1, len(framed))]
            longest = (next((run[at:] for at in range(4) if run[at:] in latin.runs), "") for run in runs)
            return sum(value(latin.runs.get(run, 0)) for run in longest)

        of_words = sum(value(latin.words[word]) if word in latin.words else of_letters(word) for word in words)
        return value(latin.expected) + of_words

    sums = sorted(((alone(lane), tag) for lane, tag in enumerate(latin.languages)), reverse=True)
    found = latin.of(words)
    assert (sums[0][0], found.language) in sums
    assert found.lead == (sums[0][0] - sums[1][0]) / UNIT


@pytest.mark.parametrize(("word", "looked_at"), [("the", 160), ("że", 160), ("szczebrzeszyńskie", 40)])
def test_no_number_of_words_overflows_a_lane(word: str, looked_at: int) -> None:
    """Were a lane too small, or more looked at than it holds, the language beside would be named, or none."""
    assert (160 + 120 + 24 + 1) * 9 * UNIT + 3 * UNIT < 1 << 16
    latin = profile("Latin")
    few, many = latin.of([word] * looked_at), latin.of([word] * 5_000)
    assert (few.language, few.lead) == (many.language, many.lead)


def test_the_data_keep_to_nine_nats() -> None:
    for script in ("Latin", "Cyrillic", "Arabic"):
        found = profile(script)
        for number in (*found.words.values(), *found.runs.values()):
            assert max(number.to_bytes(2 * len(found.languages), "little")) <= 9 * UNIT
