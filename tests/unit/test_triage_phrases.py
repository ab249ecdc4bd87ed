"""Phrases are found as words of their own, however they are written, and a text is read once for all of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.blocks import Block, BlockKind, Blocklist
from gateway.triage import phrases
from gateway.triage.fold import fold
from gateway.triage.phrases import LOOKED_AT, Phrases
from tests.builders import NOON


@pytest.mark.parametrize(
    ("phrase", "text", "stands"),
    [
        ("otc", "OTC offers", True),
        ("otc", "Where is my botched order", False),
        ("free airdrop", "a FREE,\n  Airdrop!", True),
        ("free-airdrop", "free airdrop", True),
        ("t.me/spam", "write to https://t.me/spam now", True),
        ("casino", "专业 casino 平台", True),
        ("casino", "专业casino平台", True),
        ("casino", "专业casinos平台", False),
        ("代开发票", "专业代开发票，加微信", True),
        ("加微信 abc", "请加微信:abc", True),
        ("加微信 abc", "请加微信abcd", False),
        ("무료 코인", "지금 무료 코인을 받으세요", True),
        ("イーサ", "無料イーサを配る", True),
        ("แจกเหรียญ", "วันนี้แจกเหรียญฟรี", True),
        ("...", "what...", False),
        ("", "what", False),
    ],
)
def test_a_phrase_stands_as_words_of_its_own(phrase: str, text: str, stands: bool) -> None:
    assert Phrases.of([(phrase, 1)]).found(text) == ((1,) if stands else ())


def test_all_that_stand_are_found_in_the_order_they_were_given() -> None:
    known = Phrases.of(
        [("coin offer", "a"), ("offer", "b"), ("nothing", "c"), ("OFFER", "d"), ("free coin offer", "e")]
    )
    assert known.found("A free coin offer") == ("a", "b", "d", "e")
    assert len(known) == 5
    assert Phrases.of([]).found("A free coin offer") == ()


def test_ten_thousand_terms_read_a_text_once_and_no_further_than_its_beginning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    blocks = Blocklist.of(Block(BlockKind.TERM, f"casino{number} offer", number=number) for number in range(10_000))
    read: list[int] = []

    def counted(text: str) -> str:
        read.append(len(text))
        return fold(text)

    monkeypatch.setattr(phrases, "fold", counted)
    text = "a " * 500_000
    assert blocks.by_term(text, NOON) is None
    assert read == [LOOKED_AT]
    assert blocks.by_term(f"{text} casino7 offer", NOON) is None
    found = blocks.by_term(f"Casino7 offer {text}", NOON)
    assert found is not None
    assert found.number == 7


def test_a_block_that_is_over_does_not_hide_one_that_holds() -> None:
    over = Block(BlockKind.TERM, "casino", number=2, until=NOON - timedelta(days=1))
    found = Blocklist.of([over, Block(BlockKind.TERM, "Casino", number=1)]).by_term("casino", NOON)
    assert found is not None
    assert found.number == 1
