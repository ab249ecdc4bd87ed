"""docs/triage.md says what is so: its examples can be read, its table is that of the rules."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from gateway.triage import Rules
from gateway.triage.rules import When, read_rules
from gateway.triage.terms import read_terms

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "triage.md").read_text(encoding="utf-8")
TERMS = (ROOT / "gateway" / "triage" / "data" / "terms" / "README.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "tests" / "labelled" / "README.md").read_text(encoding="utf-8")


def examples(page: str) -> list[str]:
    return re.findall(r"```toml\n(.*?)```", page, re.DOTALL)


def test_the_example_of_own_rules_can_be_read() -> None:
    rules = read_rules(next(each for each in examples(PAGE) if "[[rule]]" in each))
    assert rules.categories["kyc"].queue == "identity"
    assert "vip" not in {each.rule.name for each in rules.acting}
    assert [each.rule.name for each in rules.scoring][-1] == "orders-of-p2p"
    assert "staking" in {table for table, *_ in rules.lexicon("en").find("unstaking is slow")}


def test_the_example_of_terms_can_be_read() -> None:
    assert read_terms(tomllib.loads(examples(TERMS)[0]), Rules().categories).terms


def test_the_table_of_categories_is_that_of_the_rules() -> None:
    written = {}
    for line in PAGE.splitlines():
        if found := re.match(r"\| ((?:`[a-z0-9_]+`(?:, )?)+) \| `([a-z0-9]+)` \|", line):
            written |= dict.fromkeys(re.findall(r"`([a-z0-9_]+)`", found[1]), found[2])
    assert written == {name: each.queue for name, each in Rules().categories.items()}


def test_the_order_of_the_rules_is_that_of_the_guide() -> None:
    assert list(Rules().categories) == re.findall(r"^\| `([a-z0-9_]+)` \|", GUIDE, re.MULTILINE)


def test_every_key_of_a_condition_is_on_the_page() -> None:
    assert [key for key in When.model_fields if f"`{key}`" not in PAGE] == []
