"""docs/patrol.md names every kind of news, and none that there is not."""

from __future__ import annotations

import re
from pathlib import Path

from gateway.patrol.ports import Budgets

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "patrol.md").read_text(encoding="utf-8")


def test_every_kind_of_news_stands_on_the_page() -> None:
    source = (ROOT / "gateway" / "patrol" / "changes.py").read_text(encoding="utf-8")
    told = set(re.findall(r'"([a-z]+(?:_[a-z]+)+)", (?:Severity|severity)', source)) | {"member_seen"}
    table = re.findall(r"^\| (`[^|]*) \|", PAGE, flags=re.MULTILINE)
    assert {code for cell in table for code in re.findall(r"`(\w+)`", cell)} == told
    assert len(told) > 25


def test_the_budgets_are_those_of_a_run() -> None:
    assert f"{Budgets().handles} handles on each platform and {Budgets().domains:,} domains" in PAGE
