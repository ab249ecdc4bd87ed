"""What the parts of the sandbox's X share: the world, the bill, and how calls are spelled."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.sandbox.x._bill import Bill
from gateway.sandbox.x._params import Asked, Dialect, Form
from gateway.sandbox.x._router import Query
from gateway.sandbox.x._world import World


@dataclass(slots=True)
class Site:
    """The server as its parts see it."""

    world: World
    bill: Bill
    dialect: Dialect = "both"

    def read(self, form: Form, query: Query) -> Asked:
        """Return what a call asks for. Raises `ProblemError` 400 for what the API does not know."""
        return form.read(query, self.dialect)
