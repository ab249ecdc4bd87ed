"""One-time tokens that operators make, in SQL, and the log of it: who invited to which case, and when."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from gateway.dialogue import Token
from gateway.queues import Act
from gateway.store import dialogues
from gateway.store.tables import acts
from gateway.views import InviteView

_CASE = "case"
"""Stands where the log of acts names a queue: a case is in none, and has no number there."""
_NO_NUMBER = 0


def add(connection: Connection, token: Token, act: Act) -> None:
    """Add a token and log who made it."""
    dialogues.save_tokens(connection, [token])
    line = {"at": act.at, "by": act.by, "what": "invited", "detail": token.case_id}
    connection.execute(insert(acts).values(**line, queue=_CASE, number=_NO_NUMBER))


def views(connection: Connection, case_id: str) -> tuple[InviteView, ...]:
    """Return who invited to a case, oldest first."""
    of_case = (acts.c.queue == _CASE, acts.c.number == _NO_NUMBER, acts.c.detail == case_id)
    found = connection.execute(select(acts.c.at, acts.c.by).where(*of_case).order_by(acts.c.id))
    return tuple(InviteView(at=row.at, by=row.by) for row in found)
