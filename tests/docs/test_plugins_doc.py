"""docs/plugins.md names tests that are there, and every test of the suites that it speaks of."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

from gateway.testing import backends
from tests.contract import connector_suite, listener_suite

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
CLAUSE = re.compile(r"^\| ([A-Z]\d+) \| .+ \| (.+) \|$", re.MULTILINE)


def enforced() -> dict[str, str]:
    """Return clause → `file::name` of what enforces it, or the word that stands there instead."""
    found = {}
    for section in TEXT.split("\n## "):
        file = re.search(r"Enforced by \(in `(.+?)`\)", section)
        for clause, by in CLAUSE.findall(section):
            name = by.strip("`")
            found[clause] = f"{file[1]}::{name}" if file and "::" not in name else name
    return found


def test_clauses_are_numbered_without_gaps() -> None:
    numbers: dict[str, list[int]] = {}
    for clause, _ in CLAUSE.findall(TEXT):
        numbers.setdefault(clause[0], []).append(int(clause[1:]))
    assert set(numbers) == set("PCBFLN")
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())


@pytest.mark.parametrize("clause", enforced())
def test_the_test_that_a_clause_names_is_there(clause: str) -> None:
    by = enforced()[clause]
    if by in ("review", "make imports"):
        return
    file, name = by.split("::")
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}


@pytest.mark.parametrize(
    ("file", "checks"),
    [
        ("tests/contract/connector_suite.py", connector_suite.PROMISES),
        ("tests/contract/listener_suite.py", tuple(listener_suite.CHECKS)),
        ("gateway/testing/backends.py", backends.CHECKS),
    ],
    ids=["connectors", "listeners", "backends"],
)
def test_every_check_of_a_suite_is_a_clause(file: str, checks: tuple[object, ...]) -> None:
    named = {by.split("::")[1] for by in enforced().values() if by.startswith(f"{file}::")}
    assert {check.__name__ for check in checks} - named == set()


def test_the_entry_points_shown_are_the_groups_that_are_read() -> None:
    from gateway.registry import BUILT_IN

    (block,) = re.findall(r"```toml\n(.+?)```", TEXT, re.DOTALL)
    assert set(tomllib.loads(block)["project"]["entry-points"]) == {f"gatehouse.{group}" for group in BUILT_IN}
