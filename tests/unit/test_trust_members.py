"""Members of a group: which names and handles are taken for impostors there, and how often honest ones are.

A false alarm in a group is costly: operators are told, and the group may be warned.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gateway.case import Party, PartyKind, Standing, Visibility
from gateway.trust.assess import assess
from gateway.trust.directory import Directory, parse_directory
from gateway.trust.schema import is_telling
from tests.builders import message

DAY = date(2026, 11, 20)
DIRECTORY = parse_directory(
    {
        "brands": [
            {
                "id": "examplex",
                "name": "Examplex",
                "accounts": [
                    {"platform": "telegram", "handle": "examplex_support_bot", "id": "7001"},
                    {"platform": "telegram", "handle": "examplex_news", "id": "-1001234567890"},
                    {"platform": "telegram", "handle": "lin_of_examplex", "id": "7002", "name": "Lin Wei | Examplex"},
                    {"platform": "telegram", "id": "7003", "name": "Nadia Ortega", "role": "staff"},
                ],
                "web": [{"domain": "examplex.test"}],
            }
        ]
    }
)
IMPOSTORS = (
    ("Examplex", None),
    ("Examplex Support", None),
    ("EXAMPLEX | Official", None),
    ("Examplex 客服", None),
    ("Examplex官方", None),
    ("Еxamplex Support", None),
    ("Examp1ex Help Desk", None),
    ("Examplex Admin \u2705", None),
    ("Service Examplex", None),
    ("Служба Examplex", None),
    ("Examplex Withdrawal Team", "maria_k"),
    ("Ann", "examplex_supp0rt_bot"),
    ("Ann", "exampIex_news"),
    ("Ann", "example_x_news"),
    ("Ann", "examplex_support"),
    ("Ann", "examplex_helpdesk1"),
    ("Ann", "ExamplexOfficialCS"),
    ("Ann", "exampIex_desk"),
    ("Ann", "examplex"),
    ("Ann", "examplex_fan_support"),
    ("Lin Wei | Examplex", "lin_of_examp1ex"),
    ("Lin Wei / Examplex", None),
    ("N\u0430dia Ortega", None),
)
MEMBERS = (
    ("Examplex fan", None),
    ("Examplex fan", "examplex_fan"),
    ("Support Ukraine", None),
    ("Anna (not support)", None),
    ("I lost my money on Examplex", None),
    ("Examplex holder since 2021", "examplex_holder"),
    ("Customer Service is a joke", None),
    ("Official Bob", "official_bob"),
    ("Team Rocket", None),
    ("Security Guard", "security_guard_77"),
    ("Admin", None),
    ("Wallet Inspector", None),
    ("Lin", "lin_w"),
    ("Wei Lin", None),
    ("Nadia", "nadia_o"),
    ("王芳", None),
    ("安全第一", None),
    ("客服小王", None),
    ("Example Person", "example_person"),
    ("Exam Plexus", "plexus_exam"),
    ("Alex", "victims_of_examplex"),
    ("Mehmet \u0130\u015f\u0131k", None),
    ("Елена Поддержка", None),
    ("", None),
)


def member(name: str, handle: str | None, directory: Directory = DIRECTORY, platform: str = "telegram") -> Standing:
    party = Party(platform=platform, id="9001", address="9001", handle=handle, name=name, kind=PartyKind.PERSON)
    seen = message(sender=party, platform=platform, text="", subject="", addressed=False, visibility=Visibility.GROUP)
    return assess(seen, (), directory, DAY).sender


@pytest.mark.parametrize(("name", "handle"), IMPOSTORS)
def test_a_member_who_poses_as_ours_is_found(name: str, handle: str | None) -> None:
    assert member(name, handle) is Standing.LOOK_ALIKE


@pytest.mark.parametrize(("name", "handle"), MEMBERS)
def test_an_honest_member_is_left_alone(name: str, handle: str | None) -> None:
    assert member(name, handle) is Standing.NOT_LISTED


def _rows(name: str) -> Iterator[dict[str, Any]]:
    root = os.environ.get("GATEHOUSE_SHARED_DATA")
    path = Path(root, name) if root else None
    if path is None or not path.is_file():
        pytest.skip("GATEHOUSE_SHARED_DATA names no folder with the handles to measure with")
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _registry(names: dict[tuple[str, str], str]) -> Directory:
    """Return the official accounts of the measure, each once, with the display names that are known."""
    brands, taken = [], set[tuple[str, str]]()
    for number, row in enumerate(_rows("official_registry.jsonl")):
        listed = [("x", handle) for handle in row["twitter"]] + [("telegram", handle) for handle in row["telegram"]]
        own = [key for key in dict.fromkeys((name, handle.lower()) for name, handle in listed) if key not in taken]
        taken.update(own)
        accounts = [{"platform": key[0], "handle": key[1]} | _named(names.get(key, "")) for key in own]
        slug = re.sub(r"[^a-z0-9-]", "-", row["brand"].lower())
        brands.append({"id": f"b{number}-{slug}"[:60], "name": row["name"], "accounts": accounts})
    return parse_directory({"brands": brands})


def _named(name: str) -> dict[str, str]:
    return {"name": name} if is_telling(name) else {}


@pytest.mark.parametrize("with_names", [False, True], ids=["handles listed", "display names listed too"])
def test_impostors_are_found_and_strangers_are_not_among_many_brands(with_names: bool) -> None:
    rows = list(_rows("handles_eval.jsonl"))
    for row in rows:
        row["platform"] = {"twitter": "x"}.get(row["platform"], row["platform"])
    official = [row for row in rows if row["label"] == "official" and with_names]
    names = {(row["platform"], row["handle"].lower()): row.get("display_name", "") for row in official}
    directory = _registry(names)
    counted: Counter[tuple[str, Standing]] = Counter()
    for row in rows:
        standing = member(row.get("display_name", ""), row["handle"], directory, row["platform"])
        counted[row["label"], standing] += 1
    rates = {
        label: counted[label, Standing.LOOK_ALIKE] / _all(counted, label) for label in ("impersonator", "unrelated")
    }
    print(f"handles_eval: {rates}; near: {counted['near_legit', Standing.LOOK_ALIKE]}")
    assert counted["impersonator", Standing.OFFICIAL] == 0
    assert rates["unrelated"] < 0.002
    assert rates["impersonator"] > 0.95


def _all(counted: Counter[tuple[str, Standing]], label: str) -> int:
    return sum(count for (each, _), count in counted.items() if each == label)
