"""What must be true after any number of kills, as functions of what was observed: each returns all that is wrong."""

from __future__ import annotations

import collections
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.gateway_process import GatewayProcess


@dataclass(frozen=True)
class Seen:
    """What the store holds in the end, and what the world outside was given."""

    mails: int
    kills: int
    keys: Sequence[str]
    """The raws in the journal, by key."""
    raw_states: frozenset[str]
    cases: Sequence[str]
    """The case of each incoming entry."""
    acknowledgements: Mapping[str, int]
    """How many effects of that kind stand in which state."""
    acknowledged: Sequence[str]
    """Whom each acknowledgement that was taken went to."""
    may_be_acknowledged: frozenset[str]
    tickets: Sequence[str] = field(default=())
    """The case of each ticket message that the ticket system holds."""


def observe(
    gateway: GatewayProcess,
    mails: int,
    kills: int,
    acknowledged: Iterable[str],
    may_be_acknowledged: Iterable[str],
    tickets: Iterable[str],
) -> Seen:
    """Read the desk's database after the gateway has ended."""
    states = gateway.rows("select state, count(*) from effects where kind = 'acknowledgement' group by state")
    return Seen(
        mails=mails,
        kills=kills,
        keys=_column(gateway, "select key from raws where source = 'support'"),
        raw_states=frozenset(_column(gateway, "select distinct state from raws")),
        cases=_column(gateway, "select case_id from entries where direction = 'in'"),
        acknowledgements=dict(states),
        acknowledged=tuple(acknowledged),
        may_be_acknowledged=frozenset(may_be_acknowledged),
        tickets=tuple(tickets),
    )


def _column(gateway: GatewayProcess, query: str) -> list[str]:
    return [value for (value,) in gateway.rows(query)]


def wrong(seen: Seen) -> list[str]:
    """Return every promise that was broken, as a sentence; empty when all were kept."""
    return [*_in_journal(seen), *_in_tickets(seen), *_in_replies(seen)]


def _in_journal(seen: Seen) -> Iterable[str]:
    if len(set(seen.keys)) < seen.mails:
        yield f"lost: {seen.mails - len(set(seen.keys))} mails are not in the journal"
    if len(seen.keys) > seen.mails:
        yield f"doubled: {len(seen.keys) - seen.mails} mails are in the journal again"
    if seen.raw_states != {"settled"}:
        yield f"unsettled: raws are {', '.join(sorted(seen.raw_states))}"
    if len(seen.cases) != seen.mails or len(set(seen.cases)) != seen.mails:
        yield f"cases: {len(seen.cases)} entries in {len(set(seen.cases))} cases for {seen.mails} mails"


def _in_tickets(seen: Seen) -> Iterable[str]:
    missing = set(seen.cases) - set(seen.tickets)
    if missing:
        yield f"lost: {len(missing)} cases have no ticket"
    again = [case for case, count in collections.Counter(seen.tickets).items() if count > 1]
    if again:
        yield f"doubled: {len(again)} cases were written more than once"
    if set(seen.tickets) - set(seen.cases):
        yield "tickets of cases that are not known"


def _in_replies(seen: Seen) -> Iterable[str]:
    again = [who for who, count in collections.Counter(seen.acknowledged).items() if count > 1]
    if again:
        yield f"doubled: {len(again)} people were acknowledged more than once"
    if not set(seen.acknowledged) <= seen.may_be_acknowledged:
        yield "a machine was answered"
    if not set(seen.acknowledgements) <= {"settled", "maybe_sent"}:
        yield f"unsettled: acknowledgements are {', '.join(sorted(seen.acknowledgements))}"
    if sum(seen.acknowledgements.values()) != len(seen.may_be_acknowledged):
        yield "lost: not everybody is acknowledged or in doubt"
    doubt, sure = seen.acknowledgements.get("maybe_sent", 0), seen.acknowledgements.get("settled", 0)
    # Each kill leaves at most the one acknowledgement in doubt that was under way.
    if doubt > seen.kills:
        yield f"{doubt} acknowledgements are in doubt after {seen.kills} kills"
    if not sure <= len(seen.acknowledged) <= sure + doubt:
        yield f"{len(seen.acknowledged)} acknowledgements were taken, {sure} are known and {doubt} in doubt"
