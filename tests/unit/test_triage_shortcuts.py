"""What triage does the short way finds what the long way finds."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from gateway.triage import language
from gateway.triage.words import COMMON_WORDS

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


@given(st.lists(st.sampled_from(["the", "de", "que", "é", "konto", "ist", "en", "is"]), max_size=20).map(" ".join))
def test_a_language_is_found_by_its_own_common_words(text: str) -> None:
    hits = {name: sum(word in common for word in text.split()) for name, common in COMMON_WORDS.items()}
    most = max(hits.values())
    first = next(name for name, count in hits.items() if count == most)
    tied = list(hits.values()).count(most) > 1
    assert language._latin(text).language == ("en" if not most or (tied and hits["en"] == most) else first)
