"""What the calls cost, as X bills them: each thing once a UTC day, and nothing without credits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from gateway.ports import Clock
from gateway.sandbox.x._errors import no_credits

PRICES = {
    "post_read": Decimal("0.005"),
    "owned_read": Decimal("0.001"),
    "user_read": Decimal("0.010"),
    "message_read": Decimal("0.010"),
    "event": Decimal("0.010"),
    "post": Decimal("0.015"),
    "summoned_reply": Decimal("0.010"),
    "link_post": Decimal("0.200"),
    "message": Decimal("0.015"),
}
"""Dollars for one of each, as published in August 2026."""


class Bill:
    """What was spent, in dollars, and the credits that are left; None is no end of them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._day: date | None = None
        self._billed: set[tuple[str, str]] = set()
        self.spent = Decimal(0)
        self.credits: Decimal | None = None
        self.items: Counter[str] = Counter()
        """How many of each kind were billed."""
        self.owned_reads = False
        """Whether the app belongs to the account, so that its own mentions cost less."""
        self.includes = False
        """Whether accounts and posts that are only included are billed, too; the documents leave that open."""

    def check(self) -> None:
        """Raise `ProblemError` 402 when nothing is left."""
        if self.credits is not None and self.credits <= 0:
            raise no_credits()

    def read(self, kind: str, ids: Iterable[str]) -> None:
        """Bill what was read; the same thing costs once a UTC day."""
        today = self._clock.now().date()
        if today != self._day:
            self._day = today
            self._billed.clear()
        for each in ids:
            if (kind, each) not in self._billed:
                self._billed.add((kind, each))
                self.charge(kind)

    def read_included(self, included: Mapping[str, Iterable[str]]) -> None:
        """Bill what came along, if such things are billed."""
        if self.includes:
            self.read("post_read", included["post"])
            self.read("user_read", included["user"])

    def charge(self, kind: str, times: int = 1) -> None:
        """Bill something whenever it happens, such as a post that is written."""
        price = PRICES[kind] * times
        self.items[kind] += times
        self.spent += price
        if self.credits is not None:
            self.credits -= price
