"""docs/answers.md tells operators every rule, setting and text, in the order in which they hold."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from gateway.answers.acknowledge import RULES, AckPolicy, AckReason
from gateway.answers.locales import packaged_sources

PAGE = (Path(__file__).parents[2] / "docs" / "answers.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """Return one section of the page."""
    return PAGE.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def first_cells(text: str) -> list[str]:
    """Return the names in the first column of the section's table."""
    return re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)


def test_every_reason_is_documented_in_the_order_in_which_it_is_asked() -> None:
    documented = first_cells(section("The rules"))
    assert documented == [reason.value for reason, _ in RULES] + ["allowed"]
    assert set(documented) == {reason.value for reason in AckReason}


def test_every_setting_is_documented_with_its_default() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \| `([^`]+)` \|", section("Settings"), re.MULTILINE)
    defaults = AckPolicy().model_dump(mode="json")
    assert {name: tomllib.loads(f"x = {value}")["x"] for name, value in rows} == defaults | {
        name: list(value) for name, value in defaults.items() if isinstance(value, (list, tuple))
    }


def test_the_example_is_a_valid_table() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", section("Settings"), re.DOTALL)
    assert AckPolicy.model_validate(tomllib.loads(example)["acknowledgement"]).per_sender_day == 5


def test_every_advice_is_documented() -> None:
    keys = set(re.findall(r"^(advice-[a-z-]+) =", packaged_sources()["en"], re.MULTILINE))
    assert set(first_cells(section("The texts"))) == {key for key in keys if not key.endswith("-unnamed")}
