"""Finds which rows of the lists of pitfalls have a test: a test that bears the row's letter and number in its name.

The lists are those of the platforms, by letter, and that of the peers (`p`); what a row says stands in its tests.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parent
_HINT = re.compile(r"\bdef test_[a-z][0-9]")
_ROW = re.compile(r"test_([a-z])0*([1-9][0-9]*)_\w+")

Row = tuple[str, int]
"""The letter and number of a row."""


def rows(letter: str, numbers: Iterable[int]) -> tuple[Row, ...]:
    """Return some rows of one list."""
    return tuple((letter, number) for number in numbers)


def numbered(folder: Path) -> Iterator[Row]:
    """Yield the row of each test function below a folder that bears one and would be collected."""
    for path in folder.rglob("test_*.py"):
        text = path.read_text(encoding="utf-8")
        # Most files have none, and to parse them all takes seconds.
        for node in ast.parse(text).body if _HINT.search(text) else ():
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (found := _ROW.fullmatch(node.name)):
                yield found[1], int(found[2])


def untested(wanted: Iterable[Row], folder: Path = TESTS) -> list[str]:
    """Return the rows without a test."""
    there = set(numbered(folder))
    return [f"{letter}{number}" for letter, number in wanted if (letter, number) not in there]
