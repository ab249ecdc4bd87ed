"""When a person's answer is due: a table of rules, the first that fits a case counts. Pure.

Not here: what happens when a deadline nears or passes (`gateway.casework.escalating`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.case import RISK_QUEUE, Case
from gateway.triage.calendars import ALWAYS, Calendar, add
from gateway.triage.regions import regions_of

ANY = "*"
"""Among the dangers of a rule: any of them."""
COMPLEX = frozenset({"liquidation_dispute", "wrong_transfer", "authority_request", "policy", "account_closure"})
"""Categories that take longer: somebody has to look something up elsewhere."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How long an answer may take, and for which cases: each condition that is not empty must hold.

    Without time there is no deadline.
    """

    time: timedelta | None
    calendar: Calendar = ALWAYS
    category: frozenset[str] = frozenset()
    priority: frozenset[str] = frozenset()
    region: frozenset[str] = frozenset()
    tier: frozenset[str] = frozenset()
    queue: frozenset[str] = frozenset()
    danger: frozenset[str] = frozenset()

    def fits(self, case: Case) -> bool:
        """Whether it is for a case."""
        return (
            (not self.category or case.category in self.category)
            and (not self.priority or case.priority in self.priority)
            and (not self.region or not self.region.isdisjoint(regions_of(case.region)))
            and (not self.tier or case.tier.casefold() in self.tier)
            and (not self.queue or case.queue in self.queue)
            and (not self.danger or case.danger in self.danger or (bool(case.danger) and ANY in self.danger))
        )


SAFETY = (
    Rule(timedelta(minutes=15), danger=frozenset({ANY})),
    Rule(timedelta(minutes=15), queue=frozenset({RISK_QUEUE})),
)
"""What touches the safety of assets is looked at at once."""
USUAL = (
    Rule(None, category=frozenset({"spam"})),
    Rule(timedelta(hours=1), priority=frozenset({"urgent"})),
    Rule(timedelta(hours=4), tier=frozenset({"vip"})),
    Rule(timedelta(hours=72), category=COMPLEX),
    Rule(timedelta(hours=24)),
)
"""What holds where an operator has not said otherwise."""


@dataclass(frozen=True, slots=True)
class Due:
    """When an answer is due, and from when on that is near; None where nobody is told that it is near."""

    at: datetime
    near: datetime | None


@dataclass(frozen=True, slots=True)
class Deadlines:
    """All rules in the order in which they are asked. `near` is the share of the time after which it is short."""

    rules: tuple[Rule, ...] = (*SAFETY, *USUAL)
    near: float = 0.8

    def of(self, case: Case, now: datetime) -> Due | None:
        """Return when an answer is due that is waited for from now on; None where there is no deadline."""
        rule = next((each for each in self.rules if each.fits(case)), None)
        if rule is None or rule.time is None:
            return None
        near = add(rule.calendar, now, rule.time * self.near) if self.near < 1 else None
        return Due(add(rule.calendar, now, rule.time), near)


NEVER = Deadlines(rules=())
"""No deadline at all."""


def with_own(own: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """Return an operator's rules before the usual ones; before those for danger only his own that name a danger."""
    dangers = tuple(rule for rule in own if rule.danger)
    return (*dangers, *SAFETY, *(rule for rule in own if not rule.danger), *USUAL)
