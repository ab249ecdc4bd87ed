"""Stores whose reports have one planted fault each, and the check of the suite that must catch it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from typing_extensions import override

from gateway.journal import Store
from gateway.queues import Act
from gateway.reports import CASE, Accusation, Report, Ruling
from tests.contract import reports_suite as suite
from tests.contract.store_suite import Check


class _Reports:
    """A store that passes everything on; a fault overrides a method of its reports."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self._reports = store.reports

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @property
    def reports(self) -> Any:
        return self

    async def add(self, accusations: Sequence[Accusation]) -> None:
        await self._reports.add(accusations)

    async def page(self, ruling: Ruling | None, limit: int) -> Sequence[Report]:
        return tuple(await self._reports.page(ruling, limit))

    async def get(self, number: int) -> Report | None:
        found: Report | None = await self._reports.get(number)
        return found

    async def rule(self, number: int, ruling: Ruling, act: Act) -> bool:
        return bool(await self._reports.rule(number, ruling, act))

    async def confirmed(self) -> Sequence[Report]:
        return tuple(await self._reports.confirmed())

    async def alarming(self) -> int:
        return int(await self._reports.alarming())

    async def stamp(self) -> str:
        return str(await self._reports.stamp())


class ForgetsThePlatform(_Reports):
    @override
    async def add(self, accusations: Sequence[Accusation]) -> None:
        await super().add([replace(each, platform="") for each in accusations])


class CountsEveryMessage(_Reports):
    @override
    async def add(self, accusations: Sequence[Accusation]) -> None:
        await super().add([each if each.kind == CASE else replace(each, case_id="") for each in accusations])


class TellsOfEverything(_Reports):
    @override
    async def alarming(self) -> int:
        return len(await self.page(None, 100))


class LeavesCasesRuledOn(_Reports):
    @override
    async def add(self, accusations: Sequence[Accusation]) -> None:
        known = {each.accused.name for each in await self.page(None, 100)}
        await super().add([each for each in accusations if each.name not in known])


class HasOneStamp(_Reports):
    @override
    async def stamp(self) -> str:
        return "always"


class LosesASecondOne(_Reports):
    @override
    async def add(self, accusations: Sequence[Accusation]) -> None:
        await super().add(accusations[:1])


BROKEN: list[tuple[Callable[[Store], Any], Check]] = [
    (ForgetsThePlatform, suite.each_is_kept_once_under_its_name_over_a_restart),
    (CountsEveryMessage, suite.a_case_counts_once_and_fills_what_was_not_known),
    (TellsOfEverything, suite.operators_are_told_of_what_waits_and_is_an_alarm),
    (LeavesCasesRuledOn, suite.a_case_that_was_ruled_on_waits_anew),
    (HasOneStamp, suite.a_ruling_is_kept_and_can_be_taken_back_and_every_node_sees_it),
    (LosesASecondOne, suite.nothing_is_lost_of_what_nodes_count_at_once_in_any_order),
]
