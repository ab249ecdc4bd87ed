"""Which of RT's transactions are acts of agents on tickets of ours, and what they say."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from gateway.backends.rt.rest import DELETED, Rest
from gateway.backends.rt.settings import USUAL_STATES, RtSettings
from gateway.backends.rt.shapes import Attachment, Shape, Ticket, Transaction, User
from gateway.case import CaseState

MOST_TEXT = 1_000_000
"""A longer text of an agent's goes on as a file."""
SYSTEM = 1
"""RT itself: it opens a ticket again by a scrip when somebody writes on it, we too, and that is no agent's act."""

Kind: TypeAlias = Literal["replied", "noted", "solved", "reopened", "merged", "deleted"]

_INTO = re.compile(r"/ticket/(\d+)$")


class Act(Shape):
    """What somebody else did on a ticket of the case with that key, in RT's own words: what a raw holds."""

    kind: Kind
    key: str
    into: str = ""
    transaction: Transaction
    texts: tuple[Attachment, ...] = ()
    files: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A transaction that is an act of an agent's if its ticket is ours."""

    kind: Kind
    transaction: Transaction


class Acts:
    """Reads acts."""

    def __init__(self, settings: RtSettings, rest: Rest) -> None:
        self._settings = settings
        self._rest = rest
        self._api = rest.api
        solved = settings.states.get(CaseState.SOLVED) or USUAL_STATES[CaseState.SOLVED]
        self._closed = frozenset((*settings.closed, solved))

    def candidate(self, transaction: Transaction) -> Candidate | None:
        """Return what a transaction may be; None where it means nothing, or is our own."""
        if transaction.creator.id == self._settings.own_id:
            return None
        kind = self._kind(transaction)
        return Candidate(kind, transaction) if kind is not None else None

    async def of(self, candidates: Sequence[Candidate]) -> Sequence[Act]:
        """Return those that are acts on tickets of ours, in the same order, with what they say."""
        keys = await self._keys({each.transaction.ticket for each in candidates})
        ours = [each for each in candidates if each.transaction.ticket in keys]
        agents = await self._agents({each.transaction.creator.id for each in ours if each.kind == "replied"})
        # The requester, or anybody in copy, may write to RT by mail: that is no answer of the desk's.
        kept = [each for each in ours if each.kind != "replied" or each.transaction.creator.id in agents]
        parts = await self._parts(sorted(each.transaction.id for each in kept if each.kind in ("replied", "noted")))
        return await asyncio.gather(
            *(self._act(each, keys[each.transaction.ticket], parts.get(each.transaction.id, ())) for each in kept)
        )

    def _kind(self, transaction: Transaction) -> Kind | None:
        match transaction.type:
            case "Correspond":
                return "replied"
            case "Comment":
                return "noted"
            case "AddLink":
                return "merged" if _into(transaction) not in ("", str(transaction.ticket)) else None
            case "Status":
                return self._turn(transaction.old or "", transaction.new or "", transaction.creator.id)
            case _:
                return None

    def _turn(self, old: str, new: str, creator: int) -> Kind | None:
        if new == DELETED:
            return "deleted"
        if new in self._closed:
            return None if old in self._closed else "solved"
        return "reopened" if old in self._closed and creator != SYSTEM else None

    async def _keys(self, tickets: Iterable[int]) -> Mapping[int, str]:
        """Return the keys of those tickets that are ours, or that one of ours was merged into."""
        wanted = sorted(set(tickets))
        if not wanted:
            return {}
        either = " OR ".join(f"id = {number} OR EffectiveId = {number}" for number in wanted)
        rows = sorted(await self._rest.search(f"EffectiveId > 0 AND ({either})"), key=lambda each: each.id)
        keys = {row.id: row.value(self._settings.key_field) for row in rows}
        for row in rows:
            if row.effective is not None and keys[row.id]:
                keys[row.effective] = keys.get(row.effective) or keys[row.id]
        # A search never finds what was deleted.
        lost = [number for number in wanted if number not in keys]
        keys |= dict(zip(lost, await asyncio.gather(*map(self._key_of, lost)), strict=True))
        return {number: key for number, key in keys.items() if key}

    async def _key_of(self, number: int) -> str:
        answer = await self._api.call("GET", f"/ticket/{number}", expected=(403, 404))
        return answer.read(Ticket).value(self._settings.key_field) if answer.status == 200 else ""

    async def _agents(self, users: Iterable[int]) -> frozenset[int]:
        numbers = sorted(users)
        found = await asyncio.gather(*map(self._is_agent, numbers))
        return frozenset(number for number, is_agent in zip(numbers, found, strict=True) if is_agent)

    async def _is_agent(self, number: int) -> bool:
        answer = await self._api.call("GET", f"/user/{number}", expected=(404,))
        return answer.status == 200 and answer.read(User).is_privileged

    async def _parts(self, transactions: Sequence[int]) -> Mapping[int, Sequence[Attachment]]:
        """Return what each transaction consists of, without the content."""
        found: dict[int, list[Attachment]] = {number: [] for number in transactions}
        if not transactions:
            return found
        conditions = [{"field": "TransactionId", "value": str(number)} for number in transactions]
        fields = "ContentType,Filename,ContentLength,TransactionId"
        async for part in self._rest.attachments("/attachments", fields, conditions):
            found.setdefault(part.transaction, []).append(part)
        return found

    async def _act(self, candidate: Candidate, key: str, parts: Sequence[Attachment]) -> Act:
        texts = await asyncio.gather(*(self._content(part.id) for part in _texts(parts)))
        return Act(
            kind=candidate.kind,
            key=key,
            into=_into(candidate.transaction) if candidate.kind == "merged" else "",
            transaction=candidate.transaction,
            texts=tuple(texts),
            files=tuple(part for part in parts if _is_file(part)),
        )

    async def _content(self, number: int) -> Attachment:
        return (await self._api.call("GET", f"/attachment/{number}")).read(Attachment)


def _into(transaction: Transaction) -> str:
    """Return the ticket that a link leads to; RT writes it on both tickets of a merge."""
    found = _INTO.search(transaction.new or "") if transaction.field == "MergedInto" else None
    return found[1] if found is not None else ""


def _is_body(part: Attachment) -> bool:
    return not part.filename and part.content_type in ("text/plain", "text/html") and part.length <= MOST_TEXT


def _is_file(part: Attachment) -> bool:
    return not _is_body(part) and not part.content_type.startswith("multipart/")


def _texts(parts: Sequence[Attachment]) -> Sequence[Attachment]:
    """Return the parts that are the answer itself: plain text where there is any, else HTML."""
    bodies = [part for part in parts if _is_body(part)]
    return [part for part in bodies if part.content_type == "text/plain"] or bodies
