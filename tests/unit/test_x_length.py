"""Length as X counts it: every figure here follows from the published configuration, by hand."""

from __future__ import annotations

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.x._length import LINK_WEIGHT, MAX_WEIGHT, endings, weighted_length

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("I am a text", 11),
        ("x" * 280, 280),
        ("caf\u00e9", 4),
        ("cafe\u0301", 4),
        ("Привет", 6),
        ("مرحبا", 5),
        ("नमस्ते", 6),
        ("გამარჯობა", 9),
        ("\u10ff\u1100", 3),
        ("谢谢", 4),
        ("故" * 140, 280),
        ("ありがとう", 10),
        ("감사", 4),
        ("\u1112\u1161\u11ab", 2),
        ("\u2000\u200d\u200e", 4),
        ("\u200f\u2010\u201f\u2020", 6),
        ("\u2032\u2033\u2037\u2038", 5),
        ("“it’s” – fine…", 15),
        ("€", 2),
        ("\U0001f431", 2),
        ("\u263a", 2),
        ("\u263a\ufe0f", 2),
        ("\u2764\ufe0f", 2),
        (FAMILY, 2),
        (FAMILY * 140, 280),
        ("\U0001f468\U0001f469", 4),
        ("\U0001f64b\U0001f3fd", 2),
        ("\U0001f64b\U0001f3fd\u200d\u2640\ufe0f", 2),
        ("\U0001f3f3\ufe0f\u200d\U0001f308", 2),
        ("\U0001f1e9\U0001f1ea", 2),
        ("\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7", 4),
        ("\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", 2),
        ("1\ufe0f\u20e3", 2),
        ("#\u20e3", 2),
        ("123", 3),
        ("\u00a9", 1),
        ("\u00a9\ufe0f", 2),
        ("\U0001f431\U0001f3fd", 4),
        ("Hi http://test.co", 26),
        ("http://test.co", LINK_WEIGHT),
        ("HTTPS://www.Examplex.COM/index.html?a=b#c", LINK_WEIGHT),
        ("see examplex.com.", 4 + LINK_WEIGHT + 1),
        ("看examplex.com谢谢", 2 + LINK_WEIGHT + 4),
        ("see www.examplex.co.uk/a/b, then", 4 + LINK_WEIGHT + 6),
        ("(examplex.com/a)", 1 + LINK_WEIGHT + 1),
        ("examplex.com examplex.com", 2 * LINK_WEIGHT + 1),
        ("examplex.com.nothing", LINK_WEIGHT + 8),
        ("examplex.nothing", 16),
        ("name@examplex.com", 17),
        ("$examplex.com", 13),
        ("e.g. this", 9),
        ("v2.0", 4),
        ("http://例子.com", LINK_WEIGHT),
        ("例子.com", 8),
        ("x" * 63 + ".com", LINK_WEIGHT),
        ("x" * 64 + ".com", 68),
        ("http://" + "あ" * 60 + ".com", 7 + 120 + 4),
        ("あ" * 120 + " http://" + "あいうえおかきくけこ" * 5 + "あいう.com", 358),
        ("あ" * 120 + " http://" + "あいうえおかきくけこ" * 5 + "あい.com", 264),
    ],
)
def test_a_text_is_as_long_as_the_published_rules_say(text: str, length: int) -> None:
    assert weighted_length(text) == length


def test_a_short_post_fits_and_one_more_does_not() -> None:
    assert weighted_length("故" * 139 + "ab") == MAX_WEIGHT
    assert weighted_length("故" * 140 + "a") == MAX_WEIGHT + 1


def test_the_endings_are_known_spelled_and_encoded() -> None:
    assert {"com", "uk", "рф", "xn--p1ai", "中国", "xn--fiqs8s"} <= endings()
    assert "test" not in endings()


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_text_has_a_length_that_its_composition_does_not_change(text: str) -> None:
    length = weighted_length(text)
    assert length == weighted_length(normalize("NFD", text))
    assert 0 <= length <= 2 * len(normalize("NFC", text)) + LINK_WEIGHT * (text.count(".") + 1)
