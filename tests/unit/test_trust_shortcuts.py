"""What trust does the short way finds what the long way finds: each shortcut beside its plain definition."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.trust import mentions as reading
from gateway.trust.claims import read_claim
from gateway.trust.confusables import is_filler, visible
from gateway.trust.domains import read_host
from gateway.trust.links import without_dots
from tests.unit.test_trust_directory import sample

DIRECTORY = sample()
PIECES = st.sampled_from(
    [
        *"abAZ019@.:/_-%?=&#~!\\$|,;<> \n«»…。．｡＠／：é\u0430中\u200b\u3164",
        *("examplex", "okx", "okx.com", "https://", "www.", ".test"),
    ]
)
TEXTS = st.lists(PIECES, max_size=40).map("".join)
ENDS = [".com", ".test", "t.me", "x:", "xn--p1ai"]
WORDS = st.lists(st.sampled_from([*"abX019.-_/:?#@", *ENDS]), max_size=12).map("".join)


@given(TEXTS)
@example("abc_ d@ ef. .g")
@example("a" * 1_998 + ".b")
@example("a" * 2_000 + "_ c.d")
@example("a" * 70 + "@b" * 70 + " c.d")
def test_the_runs_from_sign_to_sign_are_those_that_a_walk_over_all_words_finds(text: str) -> None:
    def counts(run: str) -> bool:
        return 3 <= len(run) <= 2_000 and reading._SIGN.search(run.strip(reading._END)) is not None

    walked = [(run.start(), run[0]) for run in reading._RUN.finditer(text) if counts(run[0])]
    assert [each for each in reading._runs(text) if counts(each[1])] == walked


@given(WORDS)
@example("12:30")
@example("x:12")
@example("t.me/okx")
@example("a/@okx")
def test_a_word_that_is_passed_over_unread_names_nothing(word: str) -> None:
    if reading._is_of_the_sentence(word, DIRECTORY):
        assert not reading._names_something(read_claim(word), DIRECTORY)


@pytest.mark.parametrize("word", ["e.g", "and/or", "24/7", "12:30", "3.50", "end.Start"])
def test_words_of_a_sentence_are_passed_over(word: str) -> None:
    assert reading._is_of_the_sentence(word, DIRECTORY)


@given(st.text())
@example("a\u200bb")
@example("a\u3164b")
def test_what_is_visible_is_all_but_controls_and_fillers(text: str) -> None:
    kept = [char for char in text if unicodedata.category(char) not in ("Cf", "Cc", "Cs") and not is_filler(char)]
    assert visible(text) == "".join(kept)


@pytest.mark.parametrize("text", ["OKX.com", "okx.com.", "a_b.test", "xn--e1afmkfd.xn--p1ai"])
def test_a_host_in_ascii_is_exact(text: str) -> None:
    host = read_host(text)
    assert host is not None
    assert (host.ascii, host.exact) == (text.lower().removesuffix("."), True)


def test_an_encoded_host_is_shown_as_a_reader_sees_it() -> None:
    host = read_host("XN--E1afmkfd.xn--p1ai")
    assert host is not None
    assert host.unicode == "пример.рф"


@pytest.mark.parametrize("text", ["", ".", "a..b", "-", " okx.com", "okx.com/", "okx:com", "a" * 64, "a." * 127 + "aa"])
def test_what_is_no_host_in_ascii_is_refused(text: str) -> None:
    assert (read_host(text) is None) == (text != "-")


@given(st.lists(st.sampled_from(["", ".", "..", "a", ".a", "a.", "..."]), max_size=6).map("/".join))
def test_a_path_with_dots_alone_is_resolved(path: str) -> None:
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            kept = kept[: max(1, len(kept) - 1)]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    assert without_dots(path) == "/".join(kept)
