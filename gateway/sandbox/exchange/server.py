"""An exchange that checks every signature, freezes once a key, counts its calls, and misbehaves on purpose.

It takes the calls that docs/exchange.md describes, and knows nothing of the gateway but those and the signature.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from typing_extensions import override

from gateway.backends.signatures import flaw
from gateway.ports import Clock
from gateway.sandbox._http import Answer, Request
from gateway.sandbox.tickets._base import Given, RefusedError, TicketServer, said

CUSTOMERS, RISK, SECOND_FACTOR = "/customers", "/risk", "/second-factor"
FROZEN_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Freeze:
    """An order that was taken: what was asked, and what was answered to each call of its key."""

    order: Mapping[str, Any]
    answer: Mapping[str, Any]
    at: datetime


@dataclass(slots=True)
class _Challenge:
    order: Mapping[str, Any]
    until: datetime
    state: str = "pending"


@dataclass(slots=True)
class _Person:
    """A customer, and the names by which he is found: `mail:...`, `telegram:...`, `x:...`."""

    customer: dict[str, Any]
    names: set[str] = field(default_factory=set)


class ExchangeServer(TicketServer):
    """All three systems at one address. A test plans faults with `plan`, and holds answers back with `hold`."""

    def __init__(self, clock: Clock, key: bytes, key_id: str = "") -> None:
        super().__init__(clock)
        self.key = key
        self._key_id = key_id
        self.under_way = 0
        """Calls that have not been answered yet."""
        self.refused: list[str] = []
        """Why calls were turned away at the door."""
        self.frozen: dict[str, Freeze] = {}
        """By key; each stands for one account that was frozen, or was not to be."""
        self.challenges: dict[str, _Challenge] = {}
        self.asked: Counter[str] = Counter()
        """Calls that were let in, by their `type`."""
        self._people: list[_Person] = []
        self._free = asyncio.Event()
        self._free.set()
        self._takes = False
        for path, kinds in (
            (CUSTOMERS, {"customer": self._customer}),
            (RISK, {"freeze": self._freeze}),
            (SECOND_FACTOR, {"challenge": self._challenge, "challenge_state": self._challenge_state}),
        ):
            self.route("POST", path, self._of(kinds))

    def know(self, account_id: str, *names: str, **more: Any) -> None:
        """Have a customer, found by `mail:ADDRESS`, `PLATFORM:ID` and his account number."""
        self._people.append(_Person({"account_id": account_id, **more}, {*names, f"account:{account_id}"}))

    def hold(self, *, takes: bool = False) -> None:
        """Answer nobody until `let_go`; with `takes` what is asked takes effect at once all the same."""
        self._free.clear()
        self._takes = takes

    def let_go(self) -> None:
        """Answer again, those who still wait first."""
        self._free.set()

    def decide(self, challenge: str, state: str) -> None:
        """Have a customer confirm or refuse."""
        self.challenges[challenge].state = state

    @override
    async def _answer(self, request: Request) -> Answer:
        self.under_way += 1
        try:
            return await super()._answer(request)
        finally:
            self.under_way -= 1

    @override
    def admit(self, request: Request) -> Answer | None:
        wrong = flaw(self.key, request.headers, request.body, self.clock.now())
        if wrong is None and self._key_id and request.headers.get("gatehouse-key-id") != self._key_id:
            wrong = "it names another key"
        if wrong is None:
            return None
        self.refused.append(wrong)
        return said({"error": "who are you?"}, 401)

    def _of(self, kinds: Mapping[str, Callable[[dict[str, Any], Request], Answer]]) -> Callable[..., Awaitable[Answer]]:
        async def handle(given: Given) -> Answer:
            told = given.json()
            kind = str(told.get("type", "")) if isinstance(told, dict) else ""
            if kind == "ping":
                self.asked["ping"] += 1
                return said({})
            if kind not in kinds:
                raise RefusedError(400, {"error": "no such call"})
            if not self._takes:
                await self._free.wait()
            self.asked[kind] += 1
            answer = kinds[kind](told, given.request)
            await self._free.wait()
            return answer

        return handle

    def _customer(self, told: dict[str, Any], request: Request) -> Answer:
        by = told.get("by", {})
        name = f"{by['platform']}:{by['platform_id']}" if "platform" in by else ""
        name = name or (f"mail:{by['mail']}" if "mail" in by else f"account:{by.get('account_id', '')}")
        found = next((each.customer for each in self._people if name in each.names), None)
        return said({"customer": found})

    def _freeze(self, told: dict[str, Any], request: Request) -> Answer:
        key = request.headers.get("idempotency-key", "")
        if not key or key != told.get("key"):
            raise RefusedError(400, {"error": "a freeze needs its key"})
        if key not in self.frozen:
            self.frozen[key] = Freeze(told, self._frozen(told), self.clock.now())
            return said(self.frozen[key].answer)
        known = self.frozen[key]
        if known.order != told:
            raise RefusedError(400, {"error": "that key was another order's"})
        return said(known.answer, 409 if known.answer["outcome"] == "frozen" else 200)

    def _frozen(self, told: dict[str, Any]) -> dict[str, Any]:
        """Freeze the proven account, or whatever account is bound to who is proven; nobody's on a stranger's word."""
        who = told["requester"]
        names = {f"{who['platform'].replace('email', 'mail')}:{who['id']}"} if who["proven"] else set()
        names |= {f"account:{told['account_id']}"} if told["account_id"] else set()
        if not any(names & each.names for each in self._people):
            return {"outcome": "refused", "reason": "nothing proves whose account it is"}
        until = self.clock.now() + FROZEN_FOR
        return {"outcome": "frozen", "reference": f"FRZ-{len(self.frozen) + 1}", "until": until.isoformat()}

    def _challenge(self, told: dict[str, Any], request: Request) -> Answer:
        key = request.headers.get("idempotency-key", "")
        if not key:
            raise RefusedError(400, {"error": "a challenge needs its key"})
        name = f"ch-{key}"
        until = self.clock.now() + timedelta(seconds=told["lasts_secs"])
        self.challenges.setdefault(name, _Challenge(told, until))
        return self._challenge_state({"challenge": name}, request)

    def _challenge_state(self, told: dict[str, Any], request: Request) -> Answer:
        known = self.challenges.get(told["challenge"])
        if known is None:
            raise RefusedError(400, {"error": "no such challenge"})
        if known.state == "pending" and self.clock.now() >= known.until:
            known.state = "expired"
        return said({"state": known.state, "challenge": told["challenge"]})
