"""Stores with one planted fault each in what agents hand out, and the check that must catch it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from gateway.dialogue import Token
from gateway.errors import TransientError
from gateway.journal import Store
from gateway.ports import ReplyFile
from gateway.queues import Act
from tests.contract import desk_suite as suite
from tests.contract.broken_stores import _Wrapped
from tests.contract.store_suite import Check


class AnswerWithoutItsFiles(_Wrapped):
    """Leaves the files out."""

    async def agent_act(
        self, case_id: str, kind: str, text: str, author: str, now: datetime, files: Sequence[ReplyFile] = ()
    ) -> int | None:
        return await self._store.agent_act(case_id, kind, text, author, now)


class AnswerWithAnyFile(_Wrapped):
    """Takes an answer although its file is not there."""

    async def agent_act(
        self, case_id: str, kind: str, text: str, author: str, now: datetime, files: Sequence[ReplyFile] = ()
    ) -> int | None:
        try:
            return await self._store.agent_act(case_id, kind, text, author, now, files)
        except TransientError:
            return await self._store.agent_act(case_id, kind, text, author, now)


class SweepsByAgeAlone(_Wrapped):
    """Counts as removed what an answer still bears."""

    @property
    def sweeps(self) -> Any:
        return self

    async def sweep(self, policy: Any, now: datetime, place: str = "", *, dry_run: bool = False) -> Any:
        due = await self._store.sweeps.sweep(policy, now, place, dry_run=True)
        done = await self._store.sweeps.sweep(policy, now, place, dry_run=dry_run)
        return replace(done, files=due.files)


class FilesForEver(_Wrapped):
    """Never removes a file."""

    @property
    def sweeps(self) -> Any:
        return self

    async def sweep(self, policy: Any, now: datetime, place: str = "", *, dry_run: bool = False) -> Any:
        return await self._store.sweeps.sweep(replace(policy, raws=None), now, place, dry_run=dry_run)


class TokenUnlogged(_Wrapped):
    """Adds a token of which nobody can say who made it."""

    async def add_token(self, token: Token, act: Act) -> None:
        await self._store.add_token(token.model_copy(update={"case_id": ""}), act)


BROKEN: list[tuple[Callable[[Store], Any], Check]] = [
    (AnswerWithoutItsFiles, suite.the_files_of_an_answer_come_with_it),
    (AnswerWithAnyFile, suite.an_answer_with_a_file_that_is_not_kept_is_refused),
    (SweepsByAgeAlone, suite.the_files_of_an_answer_stay_until_it_has_left),
    (FilesForEver, suite.the_files_of_an_answer_go_once_it_has_left),
    (TokenUnlogged, suite.a_token_that_an_operator_makes_is_found_and_logged),
]
