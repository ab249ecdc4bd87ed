"""What Redmine's names stand for, and what our user may do there: asked for once in a while."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import quote

from gateway.backends._api import Api
from gateway.backends._settings import state_name
from gateway.backends.redmine._shapes import (
    Named,
    PrioritiesAnswer,
    Project,
    ProjectAnswer,
    RoleAnswer,
    Status,
    StatusesAnswer,
    User,
    UserAnswer,
)
from gateway.backends.redmine.settings import RedmineSettings
from gateway.case import Case, CaseState
from gateway.errors import AuthError, ConfigError
from gateway.ports import Clock

KEPT = timedelta(minutes=5)
"""How long an answer is taken for true: rights and names change seldom, and by hand."""
USUAL: Mapping[CaseState, str] = MappingProxyType(
    {CaseState.OPEN: "In Progress", CaseState.WAITING: "Feedback", CaseState.SOLVED: "Resolved"}
)
"""The states' names in Redmine's default data."""

A = TypeVar("A")
B = TypeVar("B")
N = TypeVar("N", bound=Named)


class Rights:
    """What our user may do in one project; an administrator may all."""

    def __init__(self, names: Iterable[str], *, all_of_them: bool = False) -> None:
        self._names = frozenset(names)
        self._all = all_of_them

    def has(self, *names: str) -> bool:
        """Whether he has at least one of these rights."""
        return self._all or not self._names.isdisjoint(names)


class Catalog:
    """Names, numbers and rights of one Redmine, for our user."""

    def __init__(self, api: Api, settings: RedmineSettings, clock: Clock) -> None:
        self._api = api
        self._settings = settings
        self._clock = clock
        self._known: dict[str, tuple[datetime, Any]] = {}
        self._asked: dict[str, asyncio.Future[Any]] = {}

    def forget(self) -> None:
        """Ask anew: something was not as it was known."""
        self._known.clear()

    async def user(self) -> User:
        """Return whose key it is."""
        return await self._get("/users/current.json?include=memberships", UserAnswer, lambda answer: answer.user)

    async def project(self, name: str) -> Project:
        """Return a project. Raises `ConfigError` when our user sees none of that name."""
        path = f"/projects/{quote(name, safe='')}.json"
        missing = f"the project {name} is not there for our user; make him a member of it, or name another"
        include = "?include=trackers,enabled_modules"
        return await self._get(path + include, ProjectAnswer, lambda answer: answer.project, missing)

    async def rights(self, project: int) -> Rights:
        """Return what our user may do in the project with that number."""
        user = await self.user()
        if user.admin:
            return Rights((), all_of_them=True)
        roles = {role.id for each in user.memberships if each.project.id == project for role in each.roles}
        held = [await self._get(f"/roles/{role}.json", RoleAnswer, lambda answer: answer.role) for role in roles]
        return Rights(name for role in held for name in role.permissions)

    async def rights_of_strangers(self) -> Rights:
        """Return what people may do in a public project without being members; 1 and 2 are built-in roles."""
        held = [await self._get(f"/roles/{role}.json", RoleAnswer, lambda answer: answer.role) for role in (1, 2)]
        return Rights(name for role in held for name in role.permissions)

    async def tracker(self, project: Project) -> int:
        """Return the tracker of new tickets. Raises `ConfigError`."""
        if self._settings.tracker:
            return _named(project.trackers, self._settings.tracker, f"tracker for the project {project.name}").id
        if not project.trackers:
            raise ConfigError(f"the project {project.name} has no tracker")
        return project.trackers[0].id

    async def statuses(self) -> tuple[Status, ...]:
        """Return all statuses."""
        return await self._get("/issue_statuses.json", StatusesAnswer, lambda answer: answer.issue_statuses)

    async def status(self, state: CaseState) -> int:
        """Return the status that stands for a state. Raises `ConfigError`."""
        return _named(await self.statuses(), state_name(self._settings, USUAL, state), "status").id

    async def solved(self) -> frozenset[int]:
        """Return the statuses in which nothing is left to do: that of solved cases, and all that count as closed."""
        closed = {status.id for status in await self.statuses() if status.is_closed}
        return frozenset(closed | {await self.status(CaseState.SOLVED)})

    async def given_up(self) -> int | None:
        """Return the status of tickets that are one too many."""
        closed = [status for status in await self.statuses() if status.is_closed]
        named = [status.id for status in closed if status.name == self._settings.orphan_status]
        return next(iter(named or [status.id for status in closed]), None)

    async def priority(self, case: Case) -> int | None:
        """Return a case's priority, if there is one to set. Raises `ConfigError`."""
        name = self._settings.priorities.get(case.priority)
        return (await self.priority_named(name)).id if name else None

    async def priority_named(self, name: str) -> Named:
        """Return the priority of that name. Raises `ConfigError`."""
        path = "/enumerations/issue_priorities.json"
        return _named(await self._get(path, PrioritiesAnswer, lambda answer: answer.issue_priorities), name, "priority")

    async def _get(self, path: str, model: type[A], part: Callable[[A], B], missing: str = "") -> B:
        known = self._known.get(path)
        if known is not None and self._clock.now() - known[0] < KEPT:
            kept: B = known[1]
            return kept
        asked = self._asked.get(path)
        if asked is None:
            asked = self._asked[path] = asyncio.ensure_future(self._ask(path, model, missing))
            asked.add_done_callback(lambda task: self._ended(path, task))
        # Whoever waits for it may be cancelled, and the others still want to know.
        found = part(await asyncio.shield(asked))
        self._known[path] = (self._clock.now(), found)
        return found

    async def _ask(self, path: str, model: type[A], missing: str) -> A:
        answer = await self._api.call("GET", path, expected=(403, 404) if missing else ())
        if answer.status == 404:
            raise ConfigError(missing)
        if answer.status == 403:
            raise AuthError(missing)
        return answer.read(model)

    def _ended(self, path: str, task: asyncio.Future[Any]) -> None:
        self._asked.pop(path, None)
        if not task.cancelled():
            # Seen here in case that everybody who waited was cancelled.
            task.exception()


def _named(there: Iterable[N], name: str, what: str) -> N:
    """Return the one of that name or number. Raises `ConfigError`."""
    for each in there:
        if name in (each.name, str(each.id)):
            return each
    raise ConfigError(f'Redmine has no {what} named "{name}"; names are written as Redmine shows them')
