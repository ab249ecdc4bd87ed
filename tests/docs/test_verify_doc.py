"""docs/verify.md: its examples are answered as it says, its figures are those of the code, its links exist."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from gateway.case import Standing
from gateway.trust.claims import KINDS, MAX_CLAIM
from gateway.trust.directory import parse_directory
from gateway.trust.exchange import Answer, ask
from gateway.trust.verify import verify
from gateway.web.verifying import ALL, EACH
from tests.unit.test_trust_directory import DAY

FOLDER = Path(__file__).parents[2] / "docs"
PAGE = (FOLDER / "verify.md").read_text(encoding="utf-8")
DIRECTORY = parse_directory(
    {
        "brands": [
            {
                "id": "examplex",
                "name": "Examplex",
                "accounts": [{"platform": "x", "handle": "examplex"}],
                "web": [{"domain": "examplex.test"}],
            }
        ]
    }
)


def test_the_example_lines_are_answered() -> None:
    found = [json.loads(line) for line in PAGE.splitlines() if line.startswith('{"id":')]
    assert [ask(each, DIRECTORY, DAY)["verdict"] for each in found] == ["lookalike", "lookalike"]


def test_every_verdict_kind_and_field_is_explained() -> None:
    verdicts = re.findall(r"^\| `([a-z_]+)` \| [a-z]", PAGE, flags=re.MULTILINE)
    assert set(verdicts) == {"official", "not_listed", "lookalike", "reported", "unchecked"}
    assert len(verdicts) == len(Standing)
    for name in (*KINDS, *Answer.model_fields):
        assert f"`{name}`" in PAGE, name


def test_the_limits_are_those_of_the_code() -> None:
    told = (
        f"{EACH.burst} requests at once and one more each second",
        f"{ALL.burst} at once and {ALL.per_sec:.0f} a",
        f"up to {MAX_CLAIM:,} characters",
    )
    assert EACH.per_sec == 1
    for text in told:
        assert text in PAGE


@pytest.mark.parametrize(
    ("claim", "technique"),
    [
        ("ехаmplex.test", "confusable"),
        ("examplex-support.test", "affix"),
        ("https://examplex.test@bakery.test", "user_info"),
        ("https://examplex.test/go?url=https://bakery.test", "redirect"),
    ],
)
def test_the_examples_of_the_table_are_found_as_it_says(claim: str, technique: str) -> None:
    assert f"`{claim}`" in PAGE
    verdict = verify(claim, DIRECTORY, DAY)
    row = next(line for line in PAGE.splitlines() if line.startswith("| `") and f"`{technique}`" in line)
    assert any(f"`{name}`" in row for name in verdict.techniques)


def test_its_links_lead_somewhere() -> None:
    for name in re.findall(r"\]\(([a-z-]+\.md)\)", PAGE):
        assert (FOLDER / name).is_file(), name
