"""Skeletons: what reads alike has the same one, and what does not, has not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.trust.confusables import folded, skeleton, skeletons, visible


@pytest.mark.parametrize(
    ("fake", "true"),
    [
        ("ОКХ", "okx"),
        ("оkx", "OKX"),
        ("0kx", "okx"),
        ("ok\u00adx", "okx"),
        ("o\u200bk\u202ex", "okx"),
        ("ｏｋｘ", "okx"),
        ("𝗢𝗞𝗫", "okx"),
        ("ⓞⓚⓧ", "okx"),
        ("métamask", "metamask"),
        ("krakȅn", "kraken"),
        ("memeIand", "memeland"),
        ("memeland", "memeIand"),
        ("аррӏе", "apple"),
        ("rnetamask", "metamask"),
        ("vvhale", "whale"),
        ("clesk", "desk"),
        ("5upp0r7", "support"),
        ("ex4mpl3x", "examplex"),
        ("Вinance", "binance"),
        ("ɴᴇxᴏ", "nexo"),
        ("eхаmрlех", "examplex"),
        ("exampłex", "examplex"),
    ],
)
def test_look_alikes_share_a_skeleton(fake: str, true: str) -> None:
    assert skeletons(fake) & skeletons(true)


@pytest.mark.parametrize(("one", "other"), [("okx", "olx"), ("yearn", "learn"), ("zora", "zara"), ("привет", "hello")])
def test_honest_words_keep_apart(one: str, other: str) -> None:
    assert not skeletons(one) & skeletons(other)


def test_digits_are_kept_apart_in_what_is_read() -> None:
    assert folded("Оkx24") == "okx24"


def test_invisible_characters_are_not_shown() -> None:
    assert visible("a\u202eb\u200bc\x00d") == "abcd"


@given(st.text(max_size=60))
def test_any_text_has_a_skeleton_that_is_stable_in_lower_case(text: str) -> None:
    assert skeleton(text) == skeleton(text.casefold())
    assert 1 <= len(skeletons(text)) <= 2
