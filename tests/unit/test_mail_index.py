"""Each pain of other desks that touches mail, of 1 to 46 of the peers' list, has a test that bears its number.

What each says stands in the tests of its name. That a number without one is found, is shown in test_telegram_index.py.
"""

from __future__ import annotations

from tests.rows import rows, untested

NOT_OF_MAIL = {17: "a file too large for a webhook, which Telegram sends again for ever: shown as 47 with Telegram"}
ROWS = rows("p", (number for number in range(1, 47) if number not in NOT_OF_MAIL))


def test_every_pain_that_touches_mail_has_a_test() -> None:
    assert untested(ROWS) == []
