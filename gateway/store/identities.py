"""Identities and one-time codes in SQL: whose an account is, linked and let go; codes made, voided, spent, counted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, tuple_, update

from gateway.identity import Account, Code, Identity, Person, Purpose
from gateway.journal import StaleCaseError
from gateway.queues import Act
from gateway.store import partings
from gateway.store.absorb import InsertOrReplace, InsertUnknown
from gateway.store.bodies import clean
from gateway.store.tables import acts, codes, identities
from gateway.store.threads import Threads

_QUEUE = "identity"
"""Stands where the log of acts names a queue: an account is in none, and has no number there."""
_NO_NUMBER = 0
_OF_ACCOUNTS = identities.c.account.in_(bindparam("accounts", expanding=True))
# Each name by itself, so that the key's index answers; what matches crosswise is left out afterwards.
_PERSONS = select(identities.c.platform, identities.c.account, identities.c.person).where(
    identities.c.platform.in_(bindparam("platforms", expanding=True)), _OF_ACCOUNTS
)
_MEMBERS = (
    select(identities)
    .where(identities.c.person.in_(bindparam("persons", expanding=True)))
    .order_by(identities.c.person, identities.c.proven_at, identities.c.platform, identities.c.account)
)
_CODES = select(codes).where(codes.c.hash.in_(bindparam("hashes", expanding=True)))
_TRIED = (
    select(codes.c.platform, codes.c.account, func.count().label("times"))
    .where(
        codes.c.platform.in_(bindparam("platforms", expanding=True)),
        codes.c.account.in_(bindparam("accounts", expanding=True)),
        codes.c.purpose == Purpose.TRIED,
        codes.c.expires_at > bindparam("now"),
    )
    .group_by(codes.c.platform, codes.c.account)
)
_NEW_CODES = InsertUnknown(codes)
_VOID = (
    update(codes)
    .where(
        codes.c.platform == bindparam("of_platform"),
        codes.c.account == bindparam("of_account"),
        codes.c.purpose == Purpose.LINK,
        codes.c.hash != bindparam("but"),
        codes.c.spent_at.is_(None),
    )
    .values(spent_at=bindparam("at"))
)
_SPEND = (
    update(codes)
    .where(codes.c.hash == bindparam("of_hash"), codes.c.spent_at.is_(None))
    .values(spent_at=bindparam("at"))
)
_SAVE = InsertOrReplace(identities, ("platform", "account"), ("person", "channel", "how", "proven_at"))


def find(connection: Connection, accounts: Collection[Account]) -> dict[Account, Person]:
    """Return the persons of those accounts that are linked with others."""
    if not accounts:
        return {}
    wanted = {_stored(each): each for each in accounts}
    rows = connection.execute(_PERSONS, _names(wanted))
    of = {Account(row.platform, row.account): row.person for row in rows if (row.platform, row.account) in wanted}
    if not of:
        return {}
    members: dict[str, list[Identity]] = {}
    for row in connection.execute(_MEMBERS, {"persons": sorted(set(of.values()))}):
        members.setdefault(row.person, []).append(_identity(row))
    persons = {name: Person(id=name, accounts=tuple(each)) for name, each in members.items()}
    return {wanted[account]: persons[person] for account, person in of.items() if person in persons}


def find_codes(connection: Connection, hashes: Collection[str]) -> dict[str, Code]:
    """Return those of the codes that exist."""
    if not hashes:
        return {}
    rows = connection.execute(_CODES, {"hashes": list(hashes)})
    return {row.hash: Code.model_validate(dict(row._mapping)) for row in rows}


def tries(connection: Connection, accounts: Collection[Account], now: datetime) -> dict[Account, int]:
    """Return how many wrong codes each account has sent that still count."""
    if not accounts:
        return {}
    wanted = {_stored(each): each for each in accounts}
    rows = connection.execute(_TRIED, _names(wanted) | {"now": now})
    found = {(row.platform, row.account): row.times for row in rows}
    return {each: found[account] for account, each in wanted.items() if account in found}


def save(connection: Connection, changed: Sequence[Identity]) -> None:
    """Link accounts, and let go those of nobody. Raises `StaleCaseError` when one has become another's meanwhile."""
    if not changed:
        return
    last = {_stored(each.name): each for each in changed}
    found = connection.execute(_PERSONS.with_for_update(), _names(last))
    now = {Account(row.platform, row.account): row.person for row in found}
    if any(now.get(account, "") != each.was for account, each in last.items()):
        raise StaleCaseError("an account was linked or unlinked meanwhile")
    if gone := sorted(account for account, each in last.items() if not each.person):
        partings.put_back(connection, {last[each].name for each in gone}, {last[each].was for each in gone})
        connection.execute(delete(identities).where(tuple_(identities.c.platform, identities.c.account).in_(gone)))
    kept = sorted((account, each) for account, each in last.items() if each.person)
    if rows := [_columns(account, each) for account, each in kept]:
        connection.execute(_SAVE(connection), rows)


def save_codes(connection: Connection, changed: Iterable[Code], now: datetime) -> None:
    """Add codes, each voiding the earlier ones of its account, and spend those that are to be spent.

    Raises `StaleCaseError` when one of these is spent, or gone.
    """
    # Each node goes through accounts and codes in one order, so that no two wait for each other.
    every = sorted(changed, key=lambda each: (_stored(each.owner), each.hash))
    for each in every:
        if each.spent_at is None:
            account = _stored(each.owner)
            if each.purpose is Purpose.LINK:
                named = {"of_platform": account.platform, "of_account": account.account, "but": each.hash, "at": now}
                connection.execute(_VOID, named)
            row = each.model_dump() | {"account": account.account, "purpose": each.purpose.value}
            connection.execute(_NEW_CODES(connection), [row])
        elif connection.execute(_SPEND, {"of_hash": each.hash, "at": each.spent_at}).rowcount != 1:
            raise StaleCaseError("a one-time code has been spent")


def page(connection: Connection, limit: int) -> Sequence[Identity]:
    """Return linked accounts, those of one person together, the newest person first."""
    newest = (
        select(identities.c.person, func.max(identities.c.proven_at).label("at"))
        .group_by(identities.c.person)
        .order_by(func.max(identities.c.proven_at).desc(), identities.c.person)
        .limit(limit)
    )
    names = [row.person for row in connection.execute(newest)]
    found: dict[str, list[Identity]] = {}
    for row in connection.execute(_MEMBERS, {"persons": names}) if names else ():
        found.setdefault(row.person, []).append(_identity(row))
    return [each for name in names for each in found.get(name, ())]


def unlink(connection: Connection, account: Account, act: Act) -> Sequence[Identity]:
    """Let an account go, and with it the last that would be left alone; log who did it. Returns what was let go."""
    person = find(connection, [account]).get(account)
    if person is None:
        return ()
    gone = person.parted(account)
    save(connection, [each.model_copy(update={"person": "", "was": person.id}) for each in gone])
    line = {"at": act.at, "by": act.by, "what": "unlinked", "detail": f"person {person.id}"}
    connection.execute(insert(acts).values(**line, queue=_QUEUE, number=_NO_NUMBER))
    return gone


class SqlIdentities:
    """The identities of one store; see `gateway.identity.Identities`."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads

    async def page(self, limit: int) -> Sequence[Identity]:
        """See `Identities`."""
        return await self._threads.read(lambda connection: page(connection, limit))

    async def of(self, account: Account) -> Person | None:
        """See `Identities`."""
        return await self._threads.read(lambda connection: find(connection, [account]).get(account))

    async def unlink(self, account: Account, act: Act) -> Sequence[Identity]:
        """See `Identities`."""
        return await self._threads.write(lambda connection: unlink(connection, account, act))


def _names(wanted: Collection[Account]) -> dict[str, Any]:
    return {"platforms": sorted({each.platform for each in wanted}), "accounts": [each.account for each in wanted]}


def _stored(account: Account) -> Account:
    return Account(account.platform, clean(account.account))


def _identity(row: Row[Any]) -> Identity:
    return Identity.model_validate(dict(row._mapping))


def _columns(account: Account, each: Identity) -> dict[str, object]:
    return each.model_dump(exclude={"was"}) | {"account": account.account}
