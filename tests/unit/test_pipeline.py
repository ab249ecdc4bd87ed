"""The pipeline on a real store: each raw is settled once, and a bad one stands alone."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import datetime

import pytest

from gateway.answers.acknowledge import AckPolicy
from gateway.answers.locales import load_locales
from gateway.case import Assessment, Fact, Message, Thread, Triage
from gateway.casework import Policy
from gateway.errors import MalformedError
from gateway.journal import Decision, EffectKind, StaleCaseError, State, StoredEffect
from gateway.pipeline import BatchSize, Pipeline, Stages
from gateway.ports import Cursor, Event, NormalizerPlugin, Raw, StreamId
from gateway.retry import RetryPolicy
from gateway.store import SqlStore
from tests.builders import DESK, message, party, raw
from tests.conftest import ManualClock

INBOX = StreamId("INBOX")
TICKETS = "backend:embedded"


def by_name(item: Raw) -> Sequence[Event]:
    """Read a raw's body as the name of a message by the lane's owner."""
    return (message(item.body.decode(), sender=party(item.lane)),)


class Bench:
    """A pipeline with stages under the test's hand."""

    def __init__(self, store: SqlStore, clock: ManualClock) -> None:
        self.store = store
        self.clock = clock
        self.normalize: Callable[[Raw], Sequence[Event]] = by_name
        self.judge: Callable[[Message], Assessment] = lambda seen: Assessment()
        self.rung: list[str] = []
        self.number = 0
        policy = Policy(
            brand="Examplex",
            official=(),
            locales=load_locales(),
            secret=b"s" * 32,
            backend=TICKETS,
            acknowledgement=AckPolicy(),
            own_addresses=frozenset({DESK}),
            sending=frozenset({"support"}),
        )

        async def gather(seen: Message) -> tuple[Fact, ...]:
            return ()

        def assess(seen: Message, facts: Sequence[Fact], now: datetime) -> Assessment:
            return self.judge(seen)

        plugin = NormalizerPlugin("email", 1, lambda item: self.normalize(item))
        self.pipeline = Pipeline(
            store,
            Stages({"support": plugin}, gather, assess, lambda seen, facts: Triage()),
            lambda: policy,
            clock,
            RetryPolicy(base_secs=1, cap_secs=10, attempts=4, bug_attempts=2),
            random.Random(5),
            BatchSize(raws=20),
            decided=self.rung.append,
        )

    async def arrive(self, *bodies: str, lane: str | None = None) -> None:
        raws = []
        for body in bodies:
            self.number += 1
            raws.append(raw(str(self.number), lane or f"u{self.number}@mail.test", body=body.encode()))
        await self.store.put_page("support", INBOX, raws, Cursor(str(self.number)))

    async def settle(self) -> None:
        while await self.pipeline.step():
            pass

    async def effects(self) -> list[StoredEffect]:
        found: list[StoredEffect] = []
        for target in (TICKETS, "support"):
            found.extend(await self.store.claim_effects(target, 100, self.clock.now()))
        return found

    async def raws(self, state: State) -> int:
        return (await self.store.tally()).raws.get(state, 0)


@pytest.fixture
def bench(store: SqlStore, clock: ManualClock) -> Bench:
    return Bench(store, clock)


async def test_each_message_becomes_a_case_a_ticket_and_an_acknowledgement(bench: Bench) -> None:
    await bench.arrive("a", "b", "c")
    assert await bench.pipeline.step() == 3
    assert len(await bench.store.list_cases(None, 10)) == 3
    kinds = [item.effect.kind for item in await bench.effects()]
    assert kinds.count(EffectKind.TICKET) == 3
    assert kinds.count(EffectKind.ACKNOWLEDGEMENT) == 3
    assert set(bench.rung) == {TICKETS, "support"}
    assert await bench.pipeline.step() == 0


async def test_one_unreadable_raw_leaves_its_neighbours_alone(bench: Bench) -> None:
    def fussy(item: Raw) -> Sequence[Event]:
        if item.body == b"bad":
            raise ValueError("a user's words")
        return by_name(item)

    bench.normalize = fussy
    await bench.arrive("a", "bad", "c")
    await bench.pipeline.step()
    assert len(await bench.store.list_cases(None, 10)) == 2
    assert await bench.raws(State.POSTPONED) == 1
    bench.clock.advance(60)
    await bench.pipeline.step()
    assert await bench.raws(State.BURIED) == 1
    assert await bench.raws(State.SETTLED) == 2


async def test_what_a_normalizer_cannot_read_becomes_a_case_that_names_the_raw(bench: Bench) -> None:
    def blind(item: Raw) -> Sequence[Event]:
        raise MalformedError("there is nothing in it")

    bench.normalize = blind
    await bench.arrive("x")
    await bench.pipeline.step()
    (case,) = await bench.store.list_cases(None, 10)
    view = await bench.store.case_view(case.id)
    assert view is not None
    (entry,) = view.file.entries
    assert entry.message.provenance.key == "1:1"
    assert entry.message.notes[0].code == "unreadable"
    assert [item.effect.kind for item in await bench.effects()] == [EffectKind.TICKET]


async def test_a_fault_in_judging_concerns_one_raw_alone(bench: Bench) -> None:
    def judge(seen: Message) -> Assessment:
        if seen.id == "mail:bad":
            raise RuntimeError("a fault of ours")
        return Assessment()

    bench.judge = judge
    await bench.arrive("bad", "b")
    await bench.pipeline.step()
    assert len(await bench.store.list_cases(None, 10)) == 1


async def test_a_raw_that_kills_the_gateway_again_and_again_is_buried_unread(bench: Bench) -> None:
    await bench.arrive("killer")
    for _ in range(4):
        assert len(await bench.store.claim_raws(10, 10**9, bench.clock.now())) == 1
        await bench.store.recover()
    read: list[Raw] = []
    bench.normalize = lambda item: read.append(item) or ()  # type: ignore[func-returns-value]
    await bench.pipeline.step()
    assert read == []
    assert await bench.raws(State.BURIED) == 1


async def test_two_copies_in_one_batch_make_one_case(bench: Bench) -> None:
    await bench.arrive("same", lane="ann@mail.test")
    await bench.store.put_page(
        "support", StreamId("Other"), [raw("9", "other-lane@mail.test", body=b"same")], Cursor("9")
    )
    await bench.settle()
    assert len(await bench.store.list_cases(None, 10)) == 1


async def test_a_reply_in_the_same_batch_joins_the_case_of_the_mail_before_it(bench: Bench) -> None:
    def thread(item: Raw) -> Sequence[Event]:
        if item.body == b"reply":
            return (message("reply", sender=party("ann@mail.test"), thread=Thread(parent="<first@mail.test>")),)
        return (message("first", sender=party("ann@mail.test")),)

    bench.normalize = thread
    await bench.arrive("first", "reply")
    await bench.settle()
    (case,) = await bench.store.list_cases(None, 10)
    assert case.message_count == 2


async def test_two_messages_of_one_sender_in_one_batch_get_one_acknowledgement(bench: Bench) -> None:
    bench.normalize = lambda item: (message(item.body.decode(), sender=party("ann@mail.test")),)
    await bench.arrive("a", "b")
    await bench.settle()
    kinds = [item.effect.kind for item in await bench.effects()]
    assert kinds.count(EffectKind.ACKNOWLEDGEMENT) == 1
    assert kinds.count(EffectKind.TICKET) == 2


async def test_the_budget_of_a_minute_holds_within_one_batch(bench: Bench) -> None:
    for start in range(0, 80, 20):
        await bench.arrive(*(f"m{start + n}" for n in range(20)))
    await bench.settle()
    await bench.store.tally()
    sent = (await bench.store.tally()).effects[State.NEW] - 80
    assert sent == 60


async def test_two_events_of_one_raw_change_their_case_once(bench: Bench) -> None:
    def both(item: Raw) -> Sequence[Event]:
        first = message("one", sender=party("ann@mail.test"))
        second = message(
            "two", sender=party("ann@mail.test"), thread=Thread(own_ref="<two@m>", parent="<one@mail.test>")
        )
        return (first, second) if item.body == b"both" else (first,)

    bench.normalize = both
    await bench.arrive("one")
    await bench.settle()
    await bench.arrive("both")
    await bench.settle()
    (case,) = await bench.store.list_cases(None, 10)
    assert (case.version, case.message_count) == (2, 2)


async def test_a_batch_with_a_stale_case_is_committed_raw_by_raw(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    real = bench.store.commit

    async def stale(decisions: Sequence[Decision]) -> None:
        if any("mail:b" in entry.message.id for decision in decisions for entry in decision.entries):
            raise StaleCaseError("moved on")
        await real(decisions)

    monkeypatch.setattr(bench.store, "commit", stale)
    await bench.arrive("a", "b", "c")
    await bench.pipeline.step()
    assert len(await bench.store.list_cases(None, 10)) == 2
    monkeypatch.undo()
    bench.clock.advance(60)
    await bench.settle()
    assert len(await bench.store.list_cases(None, 10)) == 3


async def test_a_raw_of_a_channel_that_is_gone_waits_and_is_never_buried(bench: Bench) -> None:
    await bench.store.put_page("gone", INBOX, [raw("1", source="gone")], Cursor("1"))
    for _ in range(10):
        await bench.pipeline.step()
        bench.clock.advance(301)
    assert await bench.raws(State.BURIED) == 0
