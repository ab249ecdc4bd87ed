"""Each row of the list of what goes wrong with X, B1 to B29, has a test that bears its number.

The list is the X part of the platforms' pitfalls; what each row says stands in the tests of its name. That a row
without one is found, is shown in test_telegram_index.py.
"""

from __future__ import annotations

from tests.rows import rows, untested

ROWS = (*rows("b", range(1, 30)), *rows("p", (55, 56)))
"""The platform's, and the items of the peers' list that are X's."""


def test_every_row_has_a_test() -> None:
    assert untested(ROWS) == []
