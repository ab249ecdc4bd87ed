"""docs/ratings.md names every rule and the settings as they are."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from gateway.answers.rating_policy import RatingPolicy
from gateway.casework.rating import NEVER
from gateway.settings.keeping import RetentionTable

PAGE = (Path(__file__).parents[2] / "docs" / "ratings.md").read_text(encoding="utf-8")


def test_the_settings_shown_are_the_defaults() -> None:
    shown = PAGE.partition("```toml\n")[2].partition("```")[0]
    assert RatingPolicy.model_validate(tomllib.loads(shown)["feedback"]) == RatingPolicy()
    assert f"settled_days` ({RetentionTable().settled_days:g})" in PAGE


def test_every_rule_by_which_nobody_is_asked_is_told_in_its_order() -> None:
    assert re.findall(r"^\| `([a-z_]+)` \|", PAGE, re.MULTILINE) == [name for name, _ in NEVER]
