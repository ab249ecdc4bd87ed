"""Each row of the list of what goes wrong with Telegram, A1 to A33, has a test that bears its number.

The list is the Telegram part of the platforms' pitfalls; what each row says stands in the tests of its name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent.parent
ROWS = range(1, 34)
PEERS = (47, 48)
"""Items of the peers' list that are Telegram's, and have tests by their numbers."""
_HINT = re.compile(r"\bdef test_[ap][0-9]")
_ROW = re.compile(r"test_([ap])0*([1-9][0-9]*)_\w+")


def numbered(folder: Path) -> Iterator[tuple[str, int]]:
    """Yield the letter and number of each test function below a folder that bears one and would be collected."""
    for path in folder.rglob("test_*.py"):
        text = path.read_text(encoding="utf-8")
        # Most files have none, and to parse them all takes seconds.
        for node in ast.parse(text).body if _HINT.search(text) else ():
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (found := _ROW.fullmatch(node.name)):
                yield found[1], int(found[2])


def missing(folder: Path) -> list[str]:
    """Return the rows without a test."""
    there = set(numbered(folder))
    wanted = [*(("a", row) for row in ROWS), *(("p", item) for item in PEERS)]
    return [f"{letter}{number}" for letter, number in wanted if (letter, number) not in there]


def test_every_row_has_a_test() -> None:
    assert missing(TESTS) == []


@pytest.mark.parametrize("text", ["", "def test_a21x(): ...", "def a21_helper(): ...", "# def test_a21_x(): ..."])
def test_a_row_without_a_test_is_found(tmp_path: Path, text: str) -> None:
    rows = [f"async def test_a{row:02d}_it() -> None: ..." for row in ROWS if row != 21]
    peers = [f"def test_p{item}_it() -> None: ..." for item in PEERS]
    (tmp_path / "test_some.py").write_text("\n".join((*rows, *peers, text)), encoding="utf-8")
    assert missing(tmp_path) == ["a21"]
    (tmp_path / "test_more.py").write_text("def test_a21_it() -> None: ...", encoding="utf-8")
    assert missing(tmp_path) == []
