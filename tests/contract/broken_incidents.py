"""Stores whose incidents have one planted fault each, and the check of the suite that must catch it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from typing_extensions import override

from gateway.incidents import Candidate, Incident
from gateway.journal import Decision, Store
from gateway.queues import Act
from tests.contract import incidents_suite as suite
from tests.contract.store_suite import Check


class _Incidents:
    """A store that passes everything on; a fault overrides a method of it, or of its incidents."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self._incidents = store.incidents

    def __getattr__(self, name: str) -> Any:
        own = ("page", "reach", "untold", "candidates", "stamp", "change", "end", "get")
        return getattr(self._incidents if name in own else self._store, name)

    @property
    def incidents(self) -> Any:
        return _Part(self)

    async def incident_open(self, incident: Incident, act: Act) -> Incident:
        made: Incident = await self._incidents.open(incident, act)
        return made


class _Part:
    """The incidents of a store with a fault."""

    def __init__(self, store: _Incidents) -> None:
        self._faulty = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._faulty, "incident_open" if name == "open" else name)


class GivesNoNumber(_Incidents):
    @override
    async def incident_open(self, incident: Incident, act: Act) -> Incident:
        await super().incident_open(incident, act)
        return incident


class HasOneStamp(_Incidents):
    async def stamp(self) -> str:
        return "always"


class ForgetsEarlierEndings(_Incidents):
    async def end(self, number: int, ending: Mapping[str, str], act: Act) -> bool:
        found = await self._incidents.get(number)
        await self._incidents.change(found.model_copy(update={"ending": {}}), act)
        return bool(await self._incidents.end(number, ending, act))


class LinksApartFromTheDecision(_Incidents):
    async def commit(self, decisions: Sequence[Decision]) -> None:
        marked = tuple(each for decision in decisions for each in decision.incidents)
        await self._store._threads.write(lambda connection: _mark(connection, marked))
        await self._store.commit([replace(each, incidents=()) for each in decisions])


def _mark(connection: Any, marked: Any) -> None:
    from gateway.store import incidents
    from tests.builders import NOON

    incidents.mark(connection, marked, NOON)


class TellsOfOpenOnes(_Incidents):
    async def untold(self, after: tuple[int, str], limit: int) -> Sequence[Any]:
        found = list(await self._incidents.untold(after, limit))
        return found or [(await self._incidents.page(1, ended=True), None)]


class OffersSolvedCases(_Incidents):
    async def candidates(self, since: datetime, after: str, limit: int, *, texts: bool) -> Sequence[Candidate]:
        cases = await self._store.list_cases(None, limit)
        return [Candidate(case, "") for case in cases if case.id > after]


class SweepsNothing(_Incidents):
    @property
    def sweeps(self) -> Any:
        real = self._store.sweeps

        class Idle:
            async def sweep(self, policy: Any, now: datetime, place: str = "") -> Any:
                return await real.sweep(replace(policy, incidents=None), now, place)

        return Idle()


class LosesTheLast(_Incidents):
    async def commit(self, decisions: Sequence[Decision]) -> None:
        await self._store.commit([replace(each, incidents=each.incidents[:1]) for each in decisions])


class TakesEachPageAsNew(_Incidents):
    _pages = 0

    async def put_page(self, source: str, stream: Any, raws: Sequence[Any], cursor: Any) -> Any:
        TakesEachPageAsNew._pages += 1
        fresh = [replace(each, key=f"{each.key}:{self._pages}") if source == "engine" else each for each in raws]
        return await self._store.put_page(source, stream, fresh, cursor)


BROKEN: list[tuple[Callable[[Store], Any], Check]] = [
    (GivesNoNumber, suite.each_has_a_number_and_is_kept_over_a_restart),
    (HasOneStamp, suite.every_node_sees_each_change_by_the_stamp),
    (ForgetsEarlierEndings, suite.what_has_ended_is_not_changed_or_ended_again),
    (LinksApartFromTheDecision, suite.a_case_is_linked_and_told_once_with_its_decision),
    (TellsOfOpenOnes, suite.whose_end_is_untold_is_given_in_order_and_in_parts),
    (OffersSolvedCases, suite.open_cases_since_then_are_candidates_with_what_their_users_wrote),
    (SweepsNothing, suite.retention_removes_what_ended_long_ago_and_nobody_waits_for),
    (LosesTheLast, suite.decisions_that_link_the_same_cases_at_once_lose_none),
    (TakesEachPageAsNew, suite.two_nodes_that_announce_the_same_end_put_each_case_once),
]
