"""A position is told by two of contract, side and leverage; words that mean much else tell none."""

from __future__ import annotations

import time

import pytest

from gateway.triage.entities import find_in
from gateway.triage.entities.positions import find_position
from tests.builders import message


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("It was on 20 November at 03:15 UTC. ETHUSDT perpetual, long, 20x", "ETHUSDT long 20x"),
        ("my BTC-USDT-SWAP short", "BTC-USDT-SWAP short"),
        ("20x long on ETH", "long 20x"),
        ("ETHUSDT 永续合约，做多，20 倍杠杆", "ETHUSDT long 20x"),
        ("我的空单 100倍 爆了", "short 100x"),
        ("ETHUSDTのロング、20倍です", "ETHUSDT long 20x"),
        ("BTCUSDT 롱 10배", "BTCUSDT long 10x"),
        ("лонг ETHUSDT, плечо x20", "ETHUSDT long 20x"),
        ("ETHUSDT Long, Hebel 20-fach", "ETHUSDT long 20x"),
        ("ETHUSDT largo 20x", "ETHUSDT long 20x"),
        ("BTCUSDT long 50 kat", "BTCUSDT long 50x"),
        ("BTC/USDT short x5", "BTC/USDT short 5x"),
    ],
)
def test_a_position_is_found(text: str, value: str) -> None:
    found = find_position(text)
    assert found is not None
    assert found.value == value
    assert found.span is not None
    assert 0 <= found.span.start < found.span.end <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "My long got liquidated although the price never touched my liquidation price.",
        "How long does a BTCUSDT order take?",
        "I waited so long for 500 USDT",
        "a longer text on BTCUSDT",
        "0x5ab1c2d35ab1c2d3 20 USDT",
        "long ago" + " and so on" * 20 + " 20x",
        "1920x1080 ETHUSDT",
        "多谢，ETHUSDT",
    ],
)
def test_other_words_tell_no_position(text: str) -> None:
    assert find_position(text) is None


def test_a_message_tells_its_position_beside_all_else() -> None:
    found = find_in(message(text="Liquidated at 03:15 UTC on 20 November, ETHUSDT long 20x"))
    assert [each.kind for each in found] == ["time", "position"]


@pytest.mark.parametrize("text", ["long " * 20_000, "20x " * 20_000, "BTCUSDT" * 10_000, "x" * 100_000, "1" * 100_000])
def test_a_long_text_takes_no_time(text: str) -> None:
    began = time.process_time()
    find_position(text)
    assert time.process_time() - began < 1
