"""Alerts to operators: what needs a person, told once, folded, repeated after a while, and taken back when it is over.

Pure: (what was told, what is seen) → (what is told now). Not here: who is told, and how (`gateway.watching.alerter`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import AwareDatetime

from gateway.case import Frozen
from gateway.health import Condition, PartState
from gateway.journal import RISK, State
from gateway.settings.watching import AlertRule, AlertsTable
from gateway.watching.observation import Observation

OVER = "nothing: it is over"


class AlertState(Frozen):
    """What is known of one alert for one target. `count` is how many of its items were told."""

    since: AwareDatetime
    told_at: AwareDatetime | None = None
    calm_since: AwareDatetime | None = None
    count: int = 0
    rule: AlertRule
    text: str = ""


class Kind(StrEnum):
    """Why something is told."""

    RAISED = "raised"
    REPEATED = "repeated"
    RECOVERED = "recovered"


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to operators; no user text."""

    key: str
    kind: Kind
    rule: AlertRule
    text: str
    action: str
    since: datetime
    at: datetime

    @property
    def id(self) -> str:
        """Name it: another one for each notice of an alert."""
        return hashlib.sha256(f"{self.key}|{self.kind}|{self.at.isoformat()}".encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Symptom:
    """Something that is amiss now. With a `count`, only more of it than was told is news: with 1, it is told once."""

    rule: AlertRule
    text: str
    action: str
    since: datetime
    hold: timedelta = timedelta(0)
    count: int | None = None


@dataclass(slots=True)
class _Found:
    """What an observation shows: what is amiss, and what it cannot tell."""

    symptoms: dict[str, Symptom] = field(default_factory=dict)
    unclear: set[str] = field(default_factory=set)
    unseen: set[AlertRule] = field(default_factory=set)

    def tells(self, key: str, rule: AlertRule) -> bool:
        """Whether the absence of a symptom means that all is well."""
        return key not in self.unclear and rule not in self.unseen


States = Mapping[str, AlertState]


def decide(before: States, seen: Observation, table: AlertsTable) -> tuple[dict[str, AlertState], tuple[Notice, ...]]:
    """Return what is then known of each alert, and what is to be told now, by key."""
    found = _look(seen, table)
    after: dict[str, AlertState] = {}
    notices: list[Notice] = []
    for key in sorted({*before, *found.symptoms}):
        known, symptom = before.get(key), found.symptoms.get(key)
        if symptom is not None:
            after[key], kind = _ill(known, symptom, seen.at, table)
            if kind is not None:
                notices.append(Notice(key, kind, symptom.rule, symptom.text, symptom.action, after[key].since, seen.at))
        elif known is not None and known.rule not in table.off:
            kept, is_over = _calm(known, found.tells(key, known.rule), seen.at, table)
            if kept is not None:
                after[key] = kept
            if is_over:
                notices.append(Notice(key, Kind.RECOVERED, known.rule, known.text, OVER, known.since, seen.at))
    return after, tuple(notices)


def _ill(
    known: AlertState | None, symptom: Symptom, now: datetime, table: AlertsTable
) -> tuple[AlertState, Kind | None]:
    state = known or AlertState(since=min(symptom.since, now), rule=symptom.rule)
    # What was taken away in the meantime is news again when it comes back.
    told = min(state.count, symptom.count or 0)
    state = state.model_copy(update={"calm_since": None, "count": told})
    kind = _due(state, symptom, now, table)
    if kind is None:
        return state, None
    return state.model_copy(update={"told_at": now, "count": symptom.count or 0, "text": symptom.text}), kind


def _due(state: AlertState, symptom: Symptom, now: datetime, table: AlertsTable) -> Kind | None:
    if state.told_at is None:
        return Kind.RAISED if now - state.since >= symptom.hold else None
    news = symptom.count is None or symptom.count > state.count
    return Kind.REPEATED if news and now - state.told_at >= timedelta(seconds=table.repeat_secs) else None


def _calm(known: AlertState, is_clear: bool, now: datetime, table: AlertsTable) -> tuple[AlertState | None, bool]:
    if not is_clear:
        return known, False
    if known.told_at is None:
        return None, False
    calm_since = known.calm_since or now
    if now - calm_since >= timedelta(seconds=table.calm_secs):
        return None, True
    return known.model_copy(update={"calm_since": calm_since}), False


def _look(seen: Observation, table: AlertsTable) -> _Found:
    found = _Found()
    for rule, finder in RULES.items():
        if rule in table.off:
            continue
        for key, symptom in finder(seen, table, found):
            found.symptoms[f"{rule}:{key}"] = symptom
    return found


Finder = Callable[[Observation, AlertsTable, _Found], Iterator[tuple[str, Symptom]]]

_WELL = frozenset({Condition.RUNNING, Condition.STOPPED})
_DOWN = frozenset({Condition.RETRYING, Condition.FAULTY})
_UNWELL = _DOWN | {Condition.AUTH_FAILED, Condition.NO_CREDITS, Condition.MISCONFIGURED}
RISK_HOLD = timedelta(seconds=30)
"""How long the risk system may fail before somebody is told; what it is for cannot wait as long as others."""


def _down(seen: Observation, table: AlertsTable, found: _Found) -> Iterator[tuple[str, Symptom]]:
    for part in seen.parts:
        if part.condition in _DOWN:
            text = f"{part.part} does not work: {part.last_error}"
            hold = timedelta(seconds=table.down_secs)
            yield part.part, Symptom(AlertRule.PART_DOWN, text, part.action, part.since, hold)
        elif part.condition not in _WELL:
            found.unclear.add(f"{AlertRule.PART_DOWN}:{part.part}")


def _in_condition(rule: AlertRule, condition: Condition) -> Finder:
    """Fold all parts of a channel into one alert: one credential opens them all."""

    def finder(seen: Observation, table: AlertsTable, found: _Found) -> Iterator[tuple[str, Symptom]]:
        for name, parts in _by_channel(seen.parts).items():
            ill = [part for part in parts if part.condition is condition]
            if ill:
                text = f"{name}: {ill[0].last_error}"
                yield name, Symptom(rule, text, ill[0].action, min(part.since for part in ill))
            elif any(part.condition not in _WELL for part in parts):
                found.unclear.add(f"{rule}:{name}")

    return finder


def _by_channel(parts: tuple[PartState, ...]) -> dict[str, list[PartState]]:
    found: dict[str, list[PartState]] = {}
    for part in parts:
        found.setdefault(part.part.partition(":")[0], []).append(part)
    return found


def _counted(rule: AlertRule, state: State, what: str, action: str) -> Finder:
    def finder(seen: Observation, table: AlertsTable, found: _Found) -> Iterator[tuple[str, Symptom]]:
        if seen.store_error:
            found.unseen.add(rule)
        for each in seen.backlog:
            if each.state is state and each.count:
                text = f"{each.count} {each.queue} of {each.name} {what}"
                yield f"{each.queue}:{each.name}", Symptom(rule, text, action, seen.at, count=each.count)

    return finder


def _waiting(seen: Observation, table: AlertsTable, found: _Found) -> Iterator[tuple[str, Symptom]]:
    if seen.store_error:
        found.unseen.add(AlertRule.WAITING_LONG)
    for (queue, name), (count, oldest) in seen.waiting().items():
        if seen.at - oldest > timedelta(seconds=table.oldest_secs):
            text = f"{count} {queue} of {name} wait, the oldest since {oldest:%Y-%m-%d %H:%M} UTC"
            action = "see what holds them up: gatehouse status"
            yield f"{queue}:{name}", Symptom(AlertRule.WAITING_LONG, text, action, oldest)


def _polled(rule: AlertRule, share: int, what: str) -> Finder:
    """Find what was last fetched too long ago, as a share of how long its platform keeps what nobody fetches."""

    def finder(seen: Observation, table: AlertsTable, found: _Found) -> Iterator[tuple[str, Symptom]]:
        if seen.store_error:
            found.unseen.add(rule)
        for each in seen.polls:
            if seen.at - each.at >= each.keeps / share:
                hours = each.keeps / timedelta(hours=1)
                text = (
                    f"{what}{each.part} was last fetched well at {each.at:%Y-%m-%d %H:%M} UTC, and what nobody fetches "
                    f"within {hours:g} hours its platform deletes"
                )
                action = "see what it lacks and mend that in time: gatehouse status"
                yield each.part, Symptom(rule, text, action, each.at, count=1)

    return finder


def _disk(seen: Observation, table: AlertsTable, found: _Found) -> Iterator[tuple[str, Symptom]]:
    if seen.free_bytes is None:
        found.unseen.add(AlertRule.DISK_LOW)
    elif seen.free_bytes < table.free_bytes:
        text = f"{seen.free_bytes // 1_048_576} MB are left where the store is"
        yield "store", Symptom(AlertRule.DISK_LOW, text, "make room, or move the store to a larger disk", seen.at)


def _store(seen: Observation, table: AlertsTable, found: _Found) -> Iterator[tuple[str, Symptom]]:
    if seen.store_error:
        action = "see the log and the disk; nothing is taken in while it lasts"
        yield (
            "store",
            Symptom(AlertRule.STORE_SILENT, f"the store does not answer: {seen.store_error}", action, seen.at),
        )


def _impostors(seen: Observation, table: AlertsTable, found: _Found) -> Iterator[tuple[str, Symptom]]:
    if seen.store_error:
        found.unseen.add(AlertRule.IMPOSTORS)
    elif seen.impostors:
        text = f"{seen.impostors} impostors or alarming cases wait for a ruling"
        action = "look at them, then confirm or refuse: gatehouse reports list"
        yield "reports", Symptom(AlertRule.IMPOSTORS, text, action, seen.at, count=seen.impostors)


def _altered(seen: Observation, table: AlertsTable, found: _Found) -> Iterator[tuple[str, Symptom]]:
    if seen.store_error:
        found.unseen.add(AlertRule.OFFICIAL_ALTERED)
    elif seen.altered:
        text = f"the patrol has found official accounts or domains in danger, {seen.altered} times in all"
        action = "look at the cases of category official-account: gatehouse cases list"
        yield "patrol", Symptom(AlertRule.OFFICIAL_ALTERED, text, action, seen.at, count=seen.altered)


def _flooded(seen: Observation, table: AlertsTable, found: _Found) -> Iterator[tuple[str, Symptom]]:
    rule = AlertRule.ACKNOWLEDGEMENTS_STOPPED
    if seen.store_error:
        found.unseen.add(rule)
    elif seen.flooded:
        text = "far more automatic replies went out than usual, so only warnings of danger go out until all is calm"
        action = "look who writes: gatehouse cases list; a loop belongs into acknowledgement.deny_domains"
        yield "replies", Symptom(rule, text, action, seen.at)


def _overdue(seen: Observation, table: AlertsTable, found: _Found) -> Iterator[tuple[str, Symptom]]:
    rule = AlertRule.ANSWERS_OVERDUE
    if seen.store_error:
        found.unseen.add(rule)
    elif seen.overdue:
        text = f"{seen.overdue} users wait longer for an answer than they may"
        action = "answer them, the most pressing first: gatehouse cases list --due"
        yield "cases", Symptom(rule, text, action, seen.at, count=seen.overdue)


def _risk(seen: Observation, table: AlertsTable, found: _Found) -> Iterator[tuple[str, Symptom]]:
    """Find a risk system that cannot be told whose account to freeze: long before anything else would be told of."""
    rule = AlertRule.RISK_HOOK_FAILING
    parts = [part for part in seen.parts if part.part.partition(":")[0] == RISK]
    for part in parts:
        if part.condition in _UNWELL:
            text = f"the risk system cannot be told whose account to freeze: {part.last_error}"
            yield "calls", Symptom(rule, text, f"freeze by hand; {part.action}", part.since, RISK_HOLD)
        elif part.condition not in _WELL:
            found.unclear.add(f"{rule}:calls")
    if seen.store_error:
        found.unseen.add(rule)
    buried = sum(each.count for each in seen.backlog if each.name == RISK and each.state is State.BURIED)
    if buried:
        text = f"{buried} orders to freeze an account were given up"
        action = f"freeze by hand, then replay or leave them: gatehouse queue list --source {RISK}"
        yield "orders", Symptom(rule, text, action, seen.at, count=buried)


RULES: Mapping[AlertRule, Finder] = {
    AlertRule.RISK_HOOK_FAILING: _risk,
    AlertRule.ANSWERS_OVERDUE: _overdue,
    AlertRule.ACKNOWLEDGEMENTS_STOPPED: _flooded,
    AlertRule.IMPOSTORS: _impostors,
    AlertRule.OFFICIAL_ALTERED: _altered,
    AlertRule.PART_DOWN: _down,
    AlertRule.AUTH_FAILED: _in_condition(AlertRule.AUTH_FAILED, Condition.AUTH_FAILED),
    AlertRule.NO_CREDITS: _in_condition(AlertRule.NO_CREDITS, Condition.NO_CREDITS),
    AlertRule.MISCONFIGURED: _in_condition(AlertRule.MISCONFIGURED, Condition.MISCONFIGURED),
    AlertRule.BURIED: _counted(
        AlertRule.BURIED,
        State.BURIED,
        "are buried",
        "look at them, then edit, replay or leave them: gatehouse queue list",
    ),
    AlertRule.MAYBE_SENT: _counted(
        AlertRule.MAYBE_SENT,
        State.MAYBE_SENT,
        "may have been sent, or not",
        "look whether the user got it, then replay or settle it: gatehouse queue list",
    ),
    AlertRule.WAITING_LONG: _waiting,
    AlertRule.FETCH_LATE: _polled(AlertRule.FETCH_LATE, 24, ""),
    AlertRule.FETCH_CRITICAL: _polled(AlertRule.FETCH_CRITICAL, 2, "messages will soon be lost: "),
    AlertRule.DISK_LOW: _disk,
    AlertRule.STORE_SILENT: _store,
}
"""Every rule: what it finds amiss, by key. Each may say what it cannot tell, so that doubt is no recovery."""
