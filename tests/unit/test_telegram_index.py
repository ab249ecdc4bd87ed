"""Each row of the list of what goes wrong with Telegram, A1 to A33, has a test that bears its number.

The list is the Telegram part of the platforms' pitfalls; what each row says stands in the tests of its name.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rows import rows, untested

ROWS = (*rows("a", range(1, 34)), *rows("p", (47, 48)))
"""The platform's, and the items of the peers' list that are Telegram's."""


def test_every_row_has_a_test() -> None:
    assert untested(ROWS) == []


@pytest.mark.parametrize("text", ["", "def test_a21x(): ...", "def a21_helper(): ...", "# def test_a21_x(): ..."])
def test_a_row_without_a_test_is_found(tmp_path: Path, text: str) -> None:
    others = [f"async def test_{letter}{row:02d}_it() -> None: ..." for letter, row in ROWS if row != 21]
    (tmp_path / "test_some.py").write_text("\n".join((*others, text)), encoding="utf-8")
    assert untested(ROWS, tmp_path) == ["a21"]
    (tmp_path / "test_more.py").write_text("def test_a21_it() -> None: ...", encoding="utf-8")
    assert untested(ROWS, tmp_path) == []
