"""The facts that a platform itself gives on the accounts that a message asks about: found, absent, or could not check.

A claim that answers our question *which account?* is a message like any other: that it is asked for stands in the
dialogue, which is read only once the facts are gathered. Such a claim is answered from the directory alone.

Not here: what they mean (`gateway.trust`), how a platform is asked (the `Resolver` of a connector).
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from gateway.answers.commands import read_command
from gateway.case import Evidence, Fact, FactOutcome, Message, Party, PartyKind
from gateway.errors import GatewayError, RateLimitedError
from gateway.limits import Call, Gate
from gateway.ports import Absent, Clock, Handle, Profile, Resolver, Unchecked
from gateway.trust.claims import read_claim

KIND = "profile"
MOST = 5
"""So many accounts of one message are asked about."""
KEPT = 10_000
"""So many answers are remembered."""
FOUND_LASTS = timedelta(hours=1)
ELSE_LASTS = timedelta(minutes=10)
"""A name that is free or could not be checked may be another thing soon."""
FAILED_LASTS = timedelta(seconds=30)
"""A resolver that is away is left alone for so long."""

_SLASHES = ("/", "\uff0f")
_NAMED = re.compile(r"\s*[/\uff0f]\w+[@\uff20](\w{1,64})")
"""A command with a name: our bot's, since the message speaks to us, or the claim, where its space was left out."""
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a platform said of one account, and until when that counts."""

    outcome: FactOutcome
    until: datetime
    reason: str = ""
    evidence: tuple[Evidence, ...] = ()

    def fact(self, subject: str) -> Fact:
        return Fact(kind=KIND, subject=subject, outcome=self.outcome, reason=self.reason, evidence=self.evidence)


_Key = tuple[str, str]
"""A source, and an account's handle or id in lower case."""


class ProfileEnricher:
    """Asks the resolver of a message's own channel, once for each account at a time, and remembers what it said."""

    kind = KIND

    def __init__(
        self, resolvers: Mapping[str, Resolver], clock: Clock, gate: Callable[[str], Gate | None] = lambda source: None
    ) -> None:
        """Take the resolvers by source, and what reserves their calls; both may change while the gateway runs."""
        self._resolvers = resolvers
        self._clock = clock
        self._gate = gate
        self._known: OrderedDict[_Key, _Answer] = OrderedDict()
        self._asked: dict[_Key, asyncio.Future[_Answer | None]] = {}
        self._away: dict[str, _Answer] = {}
        """What is said instead of asking a platform that did not answer."""

    def concerns(self, message: Message) -> bool:
        """Whether there may be anything to ask of a message; cheap, since of most there is nothing."""
        asks = message.addressed and (message.forwarded or message.text.lstrip()[:1] in _SLASHES)
        return bool(asks) and message.provenance.source in self._resolvers

    async def facts(self, message: Message) -> Sequence[Fact]:
        """Return one fact for each account that the message asks to have verified, or forwards."""
        if not self.concerns(message):
            return ()
        named: dict[str, Handle] = {}
        for handle in _accounts(message):
            named.setdefault(handle.lower(), handle)
        handles = tuple(islice(named.values(), MOST))
        if not handles:
            return ()
        answers = await self._answers(message.provenance.source, handles)
        return [answers[handle].fact(f"{message.platform}:{handle}") for handle in handles]

    async def _answers(self, source: str, handles: Sequence[Handle]) -> Mapping[Handle, _Answer]:
        found: dict[Handle, _Answer] = {}
        while missing := self._missing(source, handles, found):
            if free := [each for each in missing if _key(source, each) not in self._asked]:
                found |= await self._ask(source, free)
                continue
            # Somebody else asks. Whoever is cut off leaves nothing, and then the next one asks.
            flights = {each: self._asked[_key(source, each)] for each in missing}
            await asyncio.wait(set(flights.values()))
            found |= {each: answer for each, flight in flights.items() if (answer := flight.result()) is not None}
        return found

    def _missing(self, source: str, handles: Sequence[Handle], found: dict[Handle, _Answer]) -> list[Handle]:
        """Take what is remembered; return what neither is nor was found."""
        now = self._clock.now()
        for each in handles:
            known = self._known.get(_key(source, each))
            if each not in found and known is not None and now < known.until:
                found[each] = known
        return [each for each in handles if each not in found]

    async def _ask(self, source: str, handles: Sequence[Handle]) -> Mapping[Handle, _Answer]:
        flight: asyncio.Future[_Answer | None]
        flights = {each: asyncio.get_running_loop().create_future() for each in handles}
        self._asked |= {_key(source, each): flight for each, flight in flights.items()}
        answers: dict[Handle, _Answer] = {}
        try:
            answers = await self._look_up(source, handles)
            self._remember(source, answers)
        finally:
            for each, flight in flights.items():
                del self._asked[_key(source, each)]
                flight.set_result(answers.get(each))
        return answers

    async def _look_up(self, source: str, handles: Sequence[Handle]) -> dict[Handle, _Answer]:
        resolver = self._resolvers.get(source)
        if resolver is None:
            return dict.fromkeys(handles, self._failed("The channel is not open.", FAILED_LASTS))
        if (away := self._away.get(source)) is not None and self._clock.now() < away.until:
            return dict.fromkeys(handles, away)
        try:
            await self._reserve(source)
            said = await resolver.look_up(handles)
        except GatewayError as error:
            waits = error.retry_after if isinstance(error, RateLimitedError) else FAILED_LASTS
            self._away[source] = self._failed(str(error), min(max(waits, FAILED_LASTS), ELSE_LASTS))
            return dict.fromkeys(handles, self._away[source])
        except asyncio.CancelledError:
            # Who gives up waiting leaves word for the next one, so that not each message waits as long.
            self._away[source] = self._failed("The platform did not answer in time.", FAILED_LASTS)
            raise
        self._away.pop(source, None)
        # A resolver that answers too little or too much breaks its contract: that is a fault, and told as one.
        return {each: self._read(answer) for each, answer in zip(handles, said, strict=True)}

    async def _reserve(self, source: str) -> None:
        gate = self._gate(source)
        if gate is not None and (refusal := await gate.reserve(Call("look_up"))) is not None:
            raise refusal.error(self._clock.now())

    def _failed(self, reason: str, lasts: timedelta) -> _Answer:
        return _Answer(FactOutcome.COULD_NOT_CHECK, self._clock.now() + lasts, reason)

    def _read(self, answer: Profile | Absent | Unchecked) -> _Answer:
        now = self._clock.now()
        match answer:
            case Profile():
                return _Answer(FactOutcome.PASS, now + FOUND_LASTS, evidence=_shown(answer.party))
            case Absent():
                return _Answer(FactOutcome.FAIL, now + ELSE_LASTS, "The platform knows no such account.")
            case Unchecked():
                return self._failed(answer.reason, ELSE_LASTS)

    def _remember(self, source: str, answers: Mapping[Handle, _Answer]) -> None:
        for each, answer in answers.items():
            key = _key(source, each)
            self._known[key] = answer
            self._known.move_to_end(key)
        while len(self._known) > KEPT:
            self._known.popitem(last=False)


def _key(source: str, handle: Handle) -> _Key:
    return source, handle.lower()


def _accounts(message: Message) -> Iterator[Handle]:
    """Yield the accounts of the message's own platform that it is about, what is asked for first."""
    if asked := _asked(message.text):
        claim = read_claim(asked)
        if not claim.doubt and claim.platform in ("", message.platform) and claim.kind != "mail":
            yield from _named(claim.handle)
    for origin in message.forwarded:
        if origin.party.platform == message.platform:
            yield from _named(_best(origin.party))


def _asked(text: str) -> str:
    """Return what a text asks to have verified; empty when it asks for nothing."""
    named = _NAMED.match(text)
    name = named[1] if named else ""
    command = read_command(text, name)
    return (command.args or name) if command is not None and command.name == "verify" else ""


def _best(party: Party) -> str:
    """Return what the platform can best be asked by: people are known by their id alone, the rest by name."""
    names = (party.id, party.handle) if party.kind is PartyKind.PERSON else (party.handle, party.id)
    return next((name for name in names if name), "")


def _named(handle: str) -> Iterator[Handle]:
    if _NAME.fullmatch(handle):
        yield Handle(handle)


def _shown(party: Party) -> tuple[Evidence, ...]:
    """Return what the platform says of an account, as evidence."""
    own = (("name", party.name), ("id", party.id), ("handle", party.handle), ("kind", party.kind.value))
    return (*(Evidence(name=name, value=value) for name, value in own if value), *party.evidence)
