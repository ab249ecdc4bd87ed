"""The fact of which customer of the exchange wrote a message: found, nobody's, or could not check.

Asked only for what the sender has proven: a mail address that passed authentication, an account that its platform
vouches for, and then what is proven to be the same person's. Of anybody else there is no fact; an account number in a
text is never looked up.

Not here: how the exchange is asked (`gateway.ports.customers`), what follows from it (`gateway.casework`).
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gateway.case import Fact, FactOutcome, Message, PartyKind
from gateway.circuit import Circuit, CircuitState
from gateway.customers import KIND, fact_of
from gateway.ports import Clock
from gateway.ports.customers import (
    Customer,
    CustomerAnswer,
    CustomerProfiles,
    CustomerUnchecked,
    NoCustomer,
    PlatformAccount,
    ProvenMail,
    Told,
    Who,
)
from gateway.trust.mail_auth import is_proven

MAIL = "email"
KEPT = 10_000
"""So many answers are remembered."""
RESTS = timedelta(seconds=30)
"""An exchange that fails again and again is left alone for so long; then one look-up tries it."""
Linked = Callable[[Who], Awaitable[Sequence[Who] | None]]
"""Returns what else is proven to be the same person's; None where that cannot be told now. Raises nothing."""
_AWAY = "The exchange's book of customers has failed several times; it is tried again soon."


def proven(message: Message, facts: Sequence[Fact]) -> Who | None:
    """Return as whom the sender of a message is proven; None where nothing proves it, or it is no person."""
    sender = message.sender
    if message.platform == MAIL:
        return ProvenMail(sender.address) if is_proven(facts, sender.address) else None
    if sender.id is None or sender.kind not in (PartyKind.PERSON, PartyKind.UNKNOWN):
        return None
    return PlatformAccount(message.platform, sender.id)


async def _linked_with_nothing(who: Who) -> Sequence[Who]:
    return ()


@dataclass(frozen=True, slots=True)
class _Known:
    answer: CustomerAnswer
    until: datetime
    alone: bool = False
    """Nothing else is proven to be the same person's: that is asked again when the exchange is."""


class CustomerEnricher:
    """Asks once for each customer at a time, remembers the answers, and leaves an exchange alone that fails."""

    kind = KIND

    def __init__(
        self,
        profiles: CustomerProfiles,
        clock: Clock,
        lasts: timedelta,
        nobody_lasts: timedelta,
        told: Told = lambda fault: None,
        linked: Linked = _linked_with_nothing,
    ) -> None:
        self._profiles = profiles
        self._clock = clock
        self._lasts = lasts
        self._nobody_lasts = nobody_lasts
        self._told = told
        self._linked = linked
        self._known: OrderedDict[Who, _Known] = OrderedDict()
        self._asked: dict[Who, asyncio.Future[CustomerAnswer | None]] = {}
        self._circuit = Circuit(1)
        self._tried_again_at: datetime | None = None

    async def facts_of(self, message: Message, facts: Sequence[Fact]) -> Sequence[Fact]:
        """Return the fact on a message's sender, who is proven by what `facts` say of him; nothing of anybody else."""
        who = proven(message, facts) if message.addressed else None
        if who is None:
            return ()
        answer = await self._answer(who)
        if not isinstance(answer, NoCustomer):
            return (_fact(answer, who),)
        for other in await self._others(who):
            found = await self._answer(other)
            if not isinstance(found, NoCustomer):
                return (_fact(found, who, "Known by another account that is proven to be the same person's."),)
        return (_fact(answer, who),)

    async def _others(self, who: Who) -> Sequence[Who]:
        """Return what else is the same person's. That there is nothing is remembered with what the exchange said.

        What there is, is not: an account that is let go counts from then on by itself.
        """
        known = self._known.get(who)
        if known is not None and known.alone:
            return ()
        others = await self._linked(who)
        if others is not None and not others and (known := self._known.get(who)) is not None:
            self._known[who] = replace(known, alone=True)
        return others or ()

    async def _answer(self, who: Who) -> CustomerAnswer:
        while True:
            known = self._known.get(who)
            if known is not None and self._clock.now() < known.until:
                return known.answer
            flight = self._asked.get(who)
            if flight is None:
                return await self._ask(who)
            # Somebody else asks. Whoever is cut off leaves nothing, and then the next one asks.
            await asyncio.wait({flight})
            if (answer := flight.result()) is not None:
                return answer

    async def _ask(self, who: Who) -> CustomerAnswer:
        if self._is_resting():
            return CustomerUnchecked(_AWAY)
        flight = self._asked[who] = asyncio.get_running_loop().create_future()
        answer: CustomerAnswer | None = None
        try:
            answer = await self._profiles.look_up(who)
            self._learn(who, answer)
        except asyncio.CancelledError:
            # Who gives up waiting leaves word for the next ones, so that not each of them waits as long.
            self._failed()
            raise
        finally:
            del self._asked[who]
            flight.set_result(answer)
        return answer

    def _is_resting(self) -> bool:
        """Whether nothing is asked now; the first to come after the rest is let through, and nobody beside it."""
        if self._circuit.state is not CircuitState.OPEN:
            return False
        now = self._clock.now()
        if self._tried_again_at is not None and now < self._tried_again_at:
            return True
        self._tried_again_at = now + RESTS
        return False

    def _learn(self, who: Who, answer: CustomerAnswer) -> None:
        if isinstance(answer, CustomerUnchecked):
            self._failed()
            self._told(answer.fault)
            return
        self._circuit.well()
        self._told(None)
        lasts = self._lasts if isinstance(answer, Customer) else self._nobody_lasts
        if lasts:
            self._known[who] = _Known(answer, self._clock.now() + lasts)
            self._known.move_to_end(who)
        while len(self._known) > KEPT:
            self._known.popitem(last=False)

    def _failed(self) -> None:
        self._circuit.failed()
        if self._circuit.state is CircuitState.OPEN:
            self._tried_again_at = self._clock.now() + RESTS


def _fact(answer: CustomerAnswer, who: Who, how: str = "") -> Fact:
    subject = _subject(who)
    match answer:
        case Customer():
            return fact_of(answer, subject, how)
        case NoCustomer():
            reason = "The exchange knows no customer of this address or account."
            return Fact(kind=KIND, subject=subject, outcome=FactOutcome.NONE, reason=reason)
        case CustomerUnchecked():
            return Fact(kind=KIND, subject=subject, outcome=FactOutcome.COULD_NOT_CHECK, reason=answer.reason)


def _subject(who: Who) -> str:
    match who:
        case ProvenMail(address):
            return address
        case PlatformAccount(platform, number):
            return f"{platform}:{number}"
        case other:
            return other.id
