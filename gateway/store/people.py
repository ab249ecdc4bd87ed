"""Who wrote, as a batch of queries asks for it: the person of an account, their cases, and the one-time codes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from gateway.identity import Account, Code, Person, reference_of
from gateway.past import Query
from gateway.store import identities
from gateway.store.tables import refs

MOST_CASES = 20
"""So many cases of an account are told, the newest."""
_ranked = (
    select(
        refs.c.ref,
        refs.c.case_id,
        func.row_number().over(partition_by=refs.c.ref, order_by=refs.c.id.desc()).label("place"),
    )
    .where(refs.c.ref.in_(bindparam("names", expanding=True)))
    .subquery()
)
_CASES = select(_ranked.c.ref, _ranked.c.case_id).where(_ranked.c.place <= MOST_CASES).order_by(_ranked.c.place)


class People:
    """The persons, cases and codes asked for; nothing is read when no query asks."""

    def __init__(self, connection: Connection, queries: Sequence[Query]) -> None:
        asked = {query.identity_of for query in queries if query.identity_of is not None}
        self._persons = identities.find(connection, asked)
        self._codes = identities.find_codes(connection, {query.code for query in queries} - {""})
        wanted = {account for query in queries for account in self._wanted(query)}
        self._cases = _cases_of(connection, wanted)
        self._tries = _tries(connection, queries)
        self._owners = identities.find(connection, {code.owner for code in self._codes.values()})

    def person(self, query: Query) -> Person | None:
        """Return the person."""
        return None if query.identity_of is None else self._persons.get(query.identity_of)

    def cases(self, query: Query) -> Sequence[str]:
        """Return the cases of the account and of those that are linked with it."""
        return [case_id for account in self._wanted(query) for case_id in self._cases[account]]

    def code(self, query: Query) -> Code | None:
        """Return the code."""
        return self._codes.get(query.code)

    def code_person(self, query: Query) -> Person | None:
        """Return whose account the code was given to, where that is linked with others."""
        code = self.code(query)
        return None if code is None else self._owners.get(code.owner)

    def tries(self, query: Query) -> int:
        """Return how many wrong codes the account has sent."""
        return 0 if query.identity_of is None else self._tries.get(query.identity_of, 0)

    def _wanted(self, query: Query) -> Sequence[Account]:
        person = self.person(query)
        if person is not None:
            return [each.name for each in person.accounts]
        return [query.identity_of] if query.identity_of is not None and query.own_cases else []


def _cases_of(connection: Connection, accounts: Collection[Account]) -> dict[Account, list[str]]:
    """Return the newest cases of each account, in one statement for all."""
    of = {reference_of(account): account for account in accounts}
    found: dict[Account, list[str]] = {account: [] for account in accounts}
    for row in connection.execute(_CASES, {"names": sorted(of)}) if of else ():
        found[of[row.ref]].append(row.case_id)
    return found


def _tries(connection: Connection, queries: Sequence[Query]) -> dict[Account, int]:
    times: dict[datetime, set[Account]] = {}
    for query in queries:
        if query.code and query.identity_of is not None and query.tried_at is not None:
            times.setdefault(query.tried_at, set()).add(query.identity_of)
    found = [identities.tries(connection, accounts, now) for now, accounts in sorted(times.items())]
    return {account: count for each in found for account, count in each.items()}
