"""The facts on the transactions that a message names: found on a chain, on none, or could not check.

A number that somebody shows as a private key looks like a hash, and is told to no node: what is a secret is taken out
of the text before hashes are looked for.

Not here: how a chain is asked (`gateway.enrich.chain`), what follows from it (`gateway.casework`).
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from gateway.case import Entity, Evidence, Fact, FactOutcome, Message
from gateway.errors import GatewayError
from gateway.ports import Clock
from gateway.ports.chains import (
    ChainAnswer,
    ChainResolver,
    NoTransaction,
    Transaction,
    TransactionStatus,
    TransactionUnchecked,
)
from gateway.triage.entities import find
from gateway.trust.secrets import mask

KIND = "transaction"
MOST = 3
"""So many transactions of one message are asked about."""
KEPT = 10_000
"""So many answers are remembered."""
SETTLED_LASTS = timedelta(hours=1)
"""What has enough confirmations, or has failed, stays so."""
PENDING_LASTS = timedelta(seconds=20)
ABSENT_LASTS = timedelta(minutes=1)
UNCHECKED_LASTS = timedelta(seconds=30)
"""A node that does not answer is left alone for so long."""

Told = Callable[[str, GatewayError | None], None]
"""Told after each call how a network's node is: None when it is well."""

_MAY_HOLD = re.compile(r"[0-9a-fA-F]{64}")
_Key = tuple[str, str]
"""A network, and a hash in small letters."""


@dataclass(frozen=True, slots=True)
class _Known:
    answer: ChainAnswer
    until: datetime


class TransactionEnricher:
    """Asks each chain that a hash can belong to, once at a time, and remembers the answers."""

    kind = KIND

    def __init__(
        self, resolvers: Sequence[ChainResolver], clock: Clock, told: Told = lambda network, fault: None
    ) -> None:
        self._resolvers = tuple(resolvers)
        self._clock = clock
        self._told = told
        self._known: OrderedDict[_Key, _Known] = OrderedDict()
        self._asked: dict[_Key, asyncio.Future[ChainAnswer | None]] = {}
        self._away: dict[str, _Known] = {}
        """By network, what is said instead of asking a node that did not answer."""

    def concerns(self, message: Message) -> bool:
        """Whether there may be anything to ask of a message; cheap, since of most there is nothing."""
        if not self._resolvers or not message.addressed:
            return False
        return _MAY_HOLD.search(message.text) is not None or _MAY_HOLD.search(message.subject) is not None

    async def facts(self, message: Message) -> Sequence[Fact]:
        """Return one fact for each transaction that the message names, on a chain that can be asked."""
        if not self.concerns(message):
            return ()
        hashes = _hashes(message)
        asked = [(tx_hash, some) for tx_hash, families in hashes if (some := self._of(families))][:MOST]
        return await asyncio.gather(*(self._fact(tx_hash, some) for tx_hash, some in asked))

    def _of(self, families: frozenset[str]) -> tuple[ChainResolver, ...]:
        return tuple(each for each in self._resolvers if each.family in families)

    async def _fact(self, tx_hash: str, resolvers: Sequence[ChainResolver]) -> Fact:
        answers = await asyncio.gather(*(self._answer(tx_hash, each) for each in resolvers))
        for answer in answers:
            if isinstance(answer, Transaction):
                return _found(answer)
        networks = ",".join(each.network for each in answers)
        evidence = (Evidence(name="network", value=networks), Evidence(name="status", value="not_found"))
        unchecked = [each for each in answers if isinstance(each, TransactionUnchecked)]
        if unchecked:
            reason = unchecked[0].reason
            return Fact(kind=KIND, subject=tx_hash, outcome=FactOutcome.COULD_NOT_CHECK, reason=reason)
        reason = "None of the chains that were asked knows it."
        return Fact(kind=KIND, subject=tx_hash, outcome=FactOutcome.NONE, reason=reason, evidence=evidence)

    async def _answer(self, tx_hash: str, resolver: ChainResolver) -> ChainAnswer:
        key = resolver.network, tx_hash.lower()
        while True:
            now = self._clock.now()
            if (known := self._known.get(key)) is not None and now < known.until:
                return known.answer
            if (flight := self._asked.get(key)) is None:
                return await self._ask(key, tx_hash, resolver)
            # Somebody else asks. Whoever is cut off leaves nothing, and then the next one asks.
            await asyncio.wait({flight})
            if (answer := flight.result()) is not None:
                return answer

    async def _ask(self, key: _Key, tx_hash: str, resolver: ChainResolver) -> ChainAnswer:
        if (away := self._away.get(resolver.network)) is not None and self._clock.now() < away.until:
            reason = away.answer.reason if isinstance(away.answer, TransactionUnchecked) else ""
            return TransactionUnchecked(tx_hash, resolver.network, reason)
        flight = self._asked[key] = asyncio.get_running_loop().create_future()
        answer: ChainAnswer | None = None
        try:
            answer = await resolver.look_up(tx_hash)
            self._learn(key, answer)
        except asyncio.CancelledError:
            # Who gives up waiting leaves word for the next ones, so that not each of them waits as long.
            self._leave(resolver.network, TransactionUnchecked(tx_hash, resolver.network, "The node did not answer."))
            raise
        finally:
            del self._asked[key]
            flight.set_result(answer)
        return answer

    def _learn(self, key: _Key, answer: ChainAnswer) -> None:
        if isinstance(answer, TransactionUnchecked):
            self._leave(answer.network, answer)
            self._told(answer.network, answer.fault)
            return
        self._away.pop(answer.network, None)
        self._told(answer.network, None)
        self._known[key] = _Known(answer, self._clock.now() + _lasts(answer))
        self._known.move_to_end(key)
        while len(self._known) > KEPT:
            self._known.popitem(last=False)

    def _leave(self, network: str, answer: TransactionUnchecked) -> None:
        self._away[network] = _Known(answer, self._clock.now() + UNCHECKED_LASTS)


def _lasts(answer: Transaction | NoTransaction) -> timedelta:
    if isinstance(answer, NoTransaction):
        return ABSENT_LASTS
    return PENDING_LASTS if answer.status is TransactionStatus.PENDING else SETTLED_LASTS


def _hashes(message: Message) -> list[tuple[str, frozenset[str]]]:
    """Return the hashes that a message names, each once, and the chains that each can belong to."""
    named: dict[str, frozenset[str]] = {}
    for text in (message.text, message.subject):
        without, _ = mask(text) if text else ("", ())
        for entity in find(without):
            if entity.kind == "tx_hash":
                named.setdefault(entity.value, _families(entity))
    return list(named.items())


def _families(entity: Entity) -> frozenset[str]:
    return frozenset(name for item in entity.evidence if item.name == "networks" for name in item.value.split(","))


def _found(found: Transaction) -> Fact:
    """Return a transaction as evidence; for each payment, in order: `to`, `amount`, `asset` and `contract`."""
    told = [
        ("network", found.network),
        ("status", found.status.value),
        ("confirmations", str(found.confirmations)),
        ("needed", str(found.needed)),
    ]
    if found.at is not None:
        told.append(("at", found.at.astimezone(UTC).isoformat(timespec="seconds")))
    for each in found.payments:
        told += [("to", each.address), ("amount", each.amount), ("asset", each.asset), ("contract", each.contract)]
    return Fact(
        kind=KIND,
        subject=found.tx_hash,
        outcome=FactOutcome.FAIL if found.reverted else FactOutcome.PASS,
        reason="It is in a block, but had no effect." if found.reverted else "",
        evidence=tuple(Evidence(name=name, value=value) for name, value in told),
    )
