"""Stores with one planted fault each in what agents hand out, and the check that must catch it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from gateway.case import Entry
from gateway.dialogue import Token
from gateway.errors import TransientError
from gateway.journal import Store
from gateway.ports import ReplyFile, TicketWrite
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


class UsersByNumber(_Wrapped):
    """Names nobody by handle."""

    @property
    def desk(self) -> Any:
        return self

    async def write(self, writes: Sequence[TicketWrite]) -> Any:
        return await self._store.desk.write([replace(each, entry=_nameless(each.entry)) for each in writes])


def _nameless(entry: Entry | None) -> Entry | None:
    if entry is None:
        return None
    sender = entry.message.sender.model_copy(update={"handle": None})
    return entry.model_copy(update={"message": entry.message.model_copy(update={"sender": sender})})


class TokenUnlogged(_Wrapped):
    """Adds a token of which nobody can say who made it."""

    async def add_token(self, token: Token, act: Act) -> None:
        await self._store.add_token(token.model_copy(update={"case_id": ""}), act)


BROKEN: list[tuple[Callable[[Store], Any], Check]] = [
    (AnswerWithoutItsFiles, suite.the_files_of_an_answer_come_with_it),
    (AnswerWithAnyFile, suite.an_answer_with_a_file_that_is_not_kept_is_refused),
    (SweepsByAgeAlone, suite.the_files_of_an_answer_stay_until_it_has_left),
    (FilesForEver, suite.the_files_of_an_answer_go_once_it_has_left),
    (UsersByNumber, suite.a_ticket_names_a_user_by_mail_address_or_public_handle),
    (TokenUnlogged, suite.a_token_that_an_operator_makes_is_found_and_logged),
]
