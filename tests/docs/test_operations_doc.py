"""docs/operations.md and docs/ingress.md say what is there."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

from gateway.health import Condition
from gateway.settings.watching import AlertRule
from gateway.watching.alerts import Kind, Notice
from gateway.watching.telling import event
from gateway.web import door, server

DOCS = Path(__file__).parents[2] / "docs"
OPERATIONS = (DOCS / "operations.md").read_text(encoding="utf-8")
INGRESS = (DOCS / "ingress.md").read_text(encoding="utf-8")


def names(page: str, heading: str) -> list[str]:
    """Return what stands in code in the first column of the table under a heading."""
    part = page.partition(heading)[2].partition("\n## ")[0]
    return re.findall(r"(?m)^\| `(\w+)` \|", part)


def test_every_state_of_a_part_is_explained() -> None:
    assert set(names(OPERATIONS, "## At a glance")) == {condition.value for condition in Condition}


def test_every_alert_rule_is_explained() -> None:
    assert names(OPERATIONS, "## Alerts") == [rule.value for rule in AlertRule]


def test_the_event_of_an_alert_has_the_shape_of_a_real_one() -> None:
    (shown,) = [json.loads(block) for block in re.findall(r"```json\n(.+?)```", OPERATIONS, re.DOTALL)]
    data: dict[str, Any] = shown["data"]
    notice = Notice(
        shown["subject"],
        Kind.RAISED,
        AlertRule(data["rule"]),
        data["text"],
        data["action"],
        datetime.fromisoformat(data["since"]),
        datetime.fromisoformat(shown["time"]),
    )
    real = json.loads(json.dumps(event(notice)))
    assert {**real, "id": ""} == {**shown, "id": ""}
    assert len(real["id"]) == len(shown["id"])


def test_the_bounds_are_those_of_the_server() -> None:
    said = " ".join(INGRESS.split())
    assert f"a head by {server.MAX_HEAD_BYTES // 1024} kB and ten seconds" in said
    assert server.HEAD_SECS == 10
    assert f"all bodies under way together by {door.MAX_HELD_BYTES >> 20} MB" in said
    assert f"requests under way by {door.MAX_AT_ONCE}, lines by {server.MAX_LINES}" in said
