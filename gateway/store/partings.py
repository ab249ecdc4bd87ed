"""What parting accounts does to cases in SQL: whoever took part in one only by the link does so no more."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, select, update

from gateway.identity import Account, parted, reference_of
from gateway.store.documents import CASE
from gateway.store.tables import cases, identities, refs

_AT_ONCE = 500
_MEMBERS = select(identities.c.platform, identities.c.account).where(
    identities.c.person.in_(bindparam("persons", expanding=True))
)
_NAMED = (
    select(refs.c.case_id).where(refs.c.ref.in_(bindparam("names", expanding=True))).distinct().order_by(refs.c.case_id)
)
_CASES = (
    select(cases.c.id, cases.c.document)
    .where(cases.c.id.in_(bindparam("case_ids", expanding=True)))
    .order_by(cases.c.id)
    .with_for_update()
)
_CHANGE = (
    update(cases)
    .where(cases.c.id == bindparam("of_id"))
    .values(version=bindparam("to_version"), document=bindparam("to_document"))
)


def put_back(connection: Connection, gone: Collection[Account], persons: Collection[str]) -> None:
    """Take accounts that are let go out of the cases of their persons, and those persons out of theirs.

    Each of these cases gets a new version, changed or not: what is being decided of it by the link is decided anew.
    """
    members = connection.execute(_MEMBERS, {"persons": sorted(persons)})
    every = {*gone, *(Account(row.platform, row.account) for row in members)}
    named = list(connection.scalars(_NAMED, {"names": sorted(map(reference_of, every))}))
    for start in range(0, len(named), _AT_ONCE):
        rows = []
        for row in connection.execute(_CASES, {"case_ids": named[start : start + _AT_ONCE]}):
            case = CASE.read(row.document)
            after = parted(case, gone).model_copy(update={"version": case.version + 1})
            rows.append({"of_id": row.id, "to_version": after.version, "to_document": CASE.write(after)})
        if rows:
            connection.execute(_CHANGE, rows)
