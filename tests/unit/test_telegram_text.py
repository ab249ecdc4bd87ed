"""Texts for Telegram are harmless, and cut where a reader would cut them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.telegram._text import clean, one_line, split, units

FAMILY = "👨‍👩‍👧‍👦"
FLAG = "🇺🇳"
ENGLAND = "🏴󠁧󠁢󠁥󠁮󠁧󠁿"
ANGRY = "e\u0301\u0323"


def test_units_are_utf16() -> None:
    for text in ("abc", "é", "你好", "😀", FAMILY, FLAG):
        assert units(text) == len(text.encode("utf-16-le")) // 2


def test_clean_leaves_nothing_that_cannot_be_sent_or_that_deceives() -> None:
    assert clean("a\ud800b\x00c\u202ed\u202ae\ufeff") == "a\ufffdbcde"
    assert clean("one\r\ntwo\rthree\u2028four\t.") == "one\ntwo\nthree\nfour\t."
    assert clean("\n\n text \n ") == " text"


def test_clean_keeps_what_right_to_left_scripts_need() -> None:
    text = "\u200fשלום \u2067abc\u2069\u061c"
    assert clean(text) == text


def test_a_short_text_is_one_part() -> None:
    assert split("Hello") == ["Hello"]
    assert split("") == []
    assert split(" \n ") == []


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("one two.\n\nthree\nfour five six", ["one two.", "three\nfour five six"]),
        ("one two. three\nfour five six seven", ["one two. three", "four five six seven"]),
        ("one two three. Four five six seven", ["one two three.", "Four five six seven"]),
        ("one two three four five six seven", ["one two three four", "five six seven"]),
        ("一二三四五六七八九十。一二三四五六七八九十一二三", ["一二三四五六七八九十。", "一二三四五六七八九十一二三"]),
        ("one two https://examplex.test/way", ["one two", "https://examplex.tes", "t/way"]),
    ],
)
def test_it_is_cut_at_the_largest_division_that_fits(text: str, parts: list[str]) -> None:
    assert split(text, 20) == parts


def test_a_code_block_keeps_its_indentation() -> None:
    assert split("first line of it\n    indented", 20) == ["first line of it", "    indented"]


@pytest.mark.parametrize("character", [FAMILY, FLAG, ENGLAND, ANGRY, "👍🏽", "❤️", "1️⃣", "क्ष", "각"])
@pytest.mark.parametrize("before", range(12))
def test_no_character_is_cut(character: str, before: int) -> None:
    """Wherever the limit falls, a part ends between two characters as a reader sees them."""
    parts = split("x" * before + character * 30, 40)
    assert "".join(parts) == "x" * before + character * 30
    assert all(units(part) <= 40 for part in parts)
    whole = re.compile(f"x*(?:{re.escape(character)})*")
    assert all(whole.fullmatch(part) for part in parts)


@pytest.mark.parametrize("link", ["https://examplex.test/a/b?c=d", "help@examplex.test", "@examplex_support_bot"])
def test_no_link_is_cut(link: str) -> None:
    for before in range(60):
        parts = split("很" * before + link + "，" + "好" * 60, 50)
        assert any(link in part for part in parts), before
        assert all(units(part) <= 50 for part in parts)


def test_a_link_ends_where_chinese_goes_on() -> None:
    """Without spaces the rest of the text is no part of the link, and is cut at its own sentences."""
    text = "请看https://examplex.test/a。" + "一二三四五六七八九。" * 20
    parts = split(text, 50)
    assert all(part.endswith("。") for part in parts)


def test_what_is_longer_than_a_part_by_itself_is_cut_all_the_same() -> None:
    for text in ("https://examplex.test/" + "a" * 300, "e" + "\u0301" * 5000, FAMILY.replace("\u200d", "") * 300):
        parts = split(text, 100)
        assert "".join(parts) == text
        assert all(0 < units(part) <= 100 for part in parts)


@given(st.text(st.characters(codec="utf-8") | st.sampled_from(f"{FAMILY}{FLAG}{ANGRY} .\n@/:"), max_size=400))
def test_nothing_but_white_space_is_lost(text: str) -> None:
    text = clean(text)
    parts = split(text, 30)
    assert re.sub(r"\s", "", "".join(parts)) == re.sub(r"\s", "", text)
    assert all(0 < units(part) <= 30 for part in parts)
    assert all(part.strip() for part in parts)


@given(st.text(st.characters(), max_size=200))
def test_what_is_clean_can_be_written_down(text: str) -> None:
    clean(text).encode("utf-8")
    assert clean(clean(text)) == clean(text)
    assert units(one_line(text, 20)) <= 20


def test_a_label_is_cut_between_characters() -> None:
    assert one_line("x\n y\x00 " + FAMILY * 3, 20) == "x y " + FAMILY
