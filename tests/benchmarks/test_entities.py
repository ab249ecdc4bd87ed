"""What it costs to find the entities of a message: the median of ordinary ones on one core, and how it grows."""

from __future__ import annotations

import json
import statistics
import time
from pathlib import Path

import pytest

from gateway.triage.entities import find
from tests.entities_eval import rows

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]

BUDGET_SECS = 80e-6
ORDINARY = range(150, 251)
"""Characters of an ordinary message, around 200."""
TIMES = 7
SMALL, LARGE = 25_000, 100_000
SLACK = 2.5
"""By how much more than four times the work four times the text may take, on a busy machine."""
MESSAGES = Path(__file__).parent.parent / "labelled" / "learn"

HOSTILE = {
    "one word": "a",
    "digits": "1",
    "numbers": "1 ",
    "grouped numbers": "123 ",
    "dots": "a.",
    "at signs": "a@",
    "plus signs": "+1 ",
    "labels": "uid ",
    "labels in Chinese": "提币",
    "coins": "btc ",
    "networks": "solana network ",
    "hashes": f"{'ab12' * 16} ",
    "accounts": f"0x{'ab12' * 16} address ",
    "base58": "4Nd1mYQtYk3oPQbkJh7n8Vq2Rz5XwCfGeA9sDuKpLmTv ",
    "dates": "3 march 2026 ",
    "clocks": "12:",
    "links": "https://x.test/((( ",
    "spaces": " ",
    "orders": "order 12345678, ",
    "unfinished TON": "EQ",
    "zones": "utc ",
    "sums in millions": "1 million ",
}


def secs(text: str) -> float:
    """Return the best of several runs, which is the one that nothing else disturbed."""
    best = float("inf")
    for _ in range(TIMES):
        began = time.perf_counter()
        find(text)
        best = min(best, time.perf_counter() - began)
    return best


def ordinary() -> list[str]:
    """Return the messages to learn from that are about 200 characters long."""
    lines = (line for path in sorted(MESSAGES.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines())
    return [text for line in lines if len(text := json.loads(line)["text"]) in ORDINARY]


def test_entities_of_an_ordinary_message() -> None:
    find("warm")
    for title, texts in (
        ("messages", ordinary()),
        ("messages full of entities", [row["text"] for row in rows("learn")]),
    ):
        taken = [secs(text) for text in texts]
        median, worst = statistics.median(taken) * 1e6, max(taken) * 1e6
        mean = statistics.mean(map(len, texts))
        print(
            f"\nentities, {len(texts)} {title} of {mean:.0f} characters: median {median:.0f} µs, worst {worst:.0f} µs"
        )
        assert statistics.median(taken) <= BUDGET_SECS


@pytest.mark.parametrize("name", HOSTILE)
def test_entities_grow_with_the_text_and_no_faster(name: str) -> None:
    unit = HOSTILE[name]
    small, large = (secs((unit * (size // len(unit) + 1))[:size]) for size in (SMALL, LARGE))
    print(f"\nentities, {LARGE // 1000} kB of {name}: {large * 1e3:.1f} ms, {large / small:.1f} times a quarter of it")
    assert large <= small * LARGE / SMALL * SLACK
