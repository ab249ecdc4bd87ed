"""A desk on a real store and an injected clock: mails arrive, agents act, timers come due; killed and opened again."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from gateway.answers.acknowledge import AckPolicy
from gateway.answers.locales import load_locales
from gateway.case import Assessment, Case, Message, Triage
from gateway.casework import Policy
from gateway.feedback import NORMALIZER as OWN
from gateway.journal import EffectKind, Fate, State, StoredEffect
from gateway.judging import Judging, Stages
from gateway.pipeline import Pipeline
from gateway.ports import Key, NormalizerPlugin, Raw, StreamId, TicketEvent
from gateway.queues import Wanted
from gateway.retry import RetryPolicy
from gateway.store import Sealer, SqlStore, open_store
from gateway.triage.deadlines import Deadlines
from gateway.wake import ENGINE, WakeDispatcher
from tests.builders import DESK, message, party, provenance
from tests.conftest import ManualClock

TICKETS = "backend:embedded"
SEALER = Sealer({"k1": b"1" * 32}, "k1")


class CaseworkBench:
    """The stages after the journal, on a store; `triage` and `policy` are under the test's hand."""

    def __init__(self, store: SqlStore, clock: ManualClock, **policy: Any) -> None:
        self.store = store
        self.clock = clock
        self.triage: Callable[[Message], Triage] = lambda seen: Triage()
        self.policy = {"deadlines": Deadlines(), **policy}
        self.messages: dict[str, Message] = {}
        self.acts: dict[str, TicketEvent] = {}
        normalizers = {
            "support": NormalizerPlugin("email", 1, lambda item: (self.messages[item.key],)),
            TICKETS: NormalizerPlugin("embedded", 1, lambda item: (self.acts[item.key],)),
            ENGINE: OWN,
        }

        async def gather(seen: Message) -> tuple[Any, ...]:
            return ()

        stages = Stages(
            normalizers, gather, lambda seen, now: Assessment(), lambda seen, facts, found: self.triage(seen)
        )
        self.pipeline = Pipeline(
            store,
            Judging(stages, clock),
            lambda: self._policy(),
            clock,
            RetryPolicy(base_secs=1, cap_secs=10, attempts=4, bug_attempts=2),
            random.Random(5),
        )
        self.wakes = WakeDispatcher(store, clock, lambda: None)

    def _policy(self) -> Policy:
        given: dict[str, Any] = {
            "brand": "Examplex",
            "official": (),
            "locales": load_locales(),
            "secret": b"s" * 32,
            "backend": TICKETS,
            "acknowledgement": AckPolicy(),
            "own_addresses": frozenset({DESK}),
            "sending": frozenset({"support"}),
        }
        return Policy(**(given | self.policy))

    async def writes(self, name: str, address: str = "ann@mail.test", **fields: Any) -> Case:
        """Take in a mail; return the case that it is on."""
        await self.writes_only(name, address, **fields)
        await self.settle()
        for case in await self.store.list_cases(None, 1_000):
            view = await self.store.case_view(case.id)
            if view is not None and any(each.message.id == f"mail:{name}" for each in view.file.entries):
                return case
        raise AssertionError(f"{name} is on no case")

    async def writes_only(self, name: str, address: str, **fields: Any) -> None:
        """Put a mail into the journal."""
        who = party(address)
        place = provenance(key=name, lane=address).model_copy(update={"received_at": self.clock.now()})
        self.messages[name] = message(name, sender=who, provenance=place, sent_at=self.clock.now(), **fields)
        await self._put("support", name, address)

    async def acted(self, name: str, case: Case, kind: Any, text: str = "An answer.") -> Case:
        """Take in what an agent did."""
        self.acts[name] = TicketEvent(
            id=f"{TICKETS}:{name}",
            ticket=case.id,
            case_id=case.id,
            kind=kind,
            text=text if kind == "replied" else "",
            at=self.clock.now(),
            provenance=provenance(key=name, lane=case.id, source=TICKETS),
        )
        await self._put(TICKETS, name, case.id)
        await self.settle()
        return await self.case(case.id)

    async def _put(self, source: str, name: str, lane: str) -> None:
        now = self.clock.now()
        await self.store.put_page(
            source, StreamId("in"), [Raw(source, StreamId("in"), Key(name), lane, b"x", "x/x", now, 1)], None
        )

    async def settle(self) -> None:
        """Let timers that are due come in, and decide on all that has."""
        while await self.wakes.step() or await self.pipeline.step():
            pass

    async def passes(self, at: datetime) -> None:
        """Let time pass until an instant."""
        self.clock.advance((at - self.clock.now()).total_seconds())
        await self.settle()

    async def case(self, number: str) -> Case:
        """Return a case as it is now."""
        view = await self.store.case_view(number)
        assert view is not None
        return view.file.case

    async def notes(self, number: str) -> list[str]:
        """Return what agents were told on a case, oldest first."""
        items = await self.store.queues.effects(Wanted(place=TICKETS, case_id=number, limit=1_000))
        return [item.view.key for item in sorted(items, key=lambda each: each.view.id)]

    async def sent(self) -> list[StoredEffect]:
        """Return every reply that waits to be sent, and let each have been sent."""
        found: list[StoredEffect] = []
        while claimed := await self.store.claim_effects("support", 100, self.clock.now()):
            found += claimed
            await self.store.release_effects(
                [Fate(item.id, State.SETTLED, ref=f"<{item.id}@examplex.test>") for item in claimed]
            )
        return found

    async def told(self, *, but: tuple[EffectKind, ...] = (EffectKind.ACKNOWLEDGEMENT,)) -> list[tuple[str, str]]:
        """Return (address, text) of what was sent to users by now and was not asked after yet."""
        return [
            (item.effect.reply.to.address, item.effect.reply.text)
            for item in await self.sent()
            if item.effect.reply is not None and item.effect.kind not in but
        ]


@asynccontextmanager
async def bench_at(folder: Path, clock: ManualClock, **policy: Any) -> AsyncIterator[CaseworkBench]:
    """Open a desk in a folder; what an earlier one had under way is recovered, as after a kill."""
    async with open_store(folder / "gatehouse.db", folder / "blobs", SEALER, clock) as store:
        await store.recover()
        yield CaseworkBench(store, clock, **policy)


__all__ = ["TICKETS", "CaseworkBench", "bench_at"]
