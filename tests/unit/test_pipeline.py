"""The pipeline on a real store: each raw is settled once, and a bad one stands alone."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from unittest.mock import patch

import pytest
import structlog

from gateway import casework, judging
from gateway.answers.acknowledge import AckPolicy
from gateway.answers.locales import load_locales
from gateway.answers.tokens import new_case_id, sign_token
from gateway.case import Assessment, Fact, Finding, Message, Severity, Thread, Triage
from gateway.casework import Judged, Policy
from gateway.errors import MalformedError, TransientError
from gateway.journal import Decision, EffectKind, Fate, StaleCaseError, State, StoredEffect, StoredRaw
from gateway.judging import MAX_INTERRUPTIONS, Judging, Stages
from gateway.past import Past, Query
from gateway.pipeline import AHEAD_BYTES, BatchSize, Pipeline
from gateway.ports import Cursor, DeliveryReport, Event, NormalizerPlugin, Raw, StreamId
from gateway.retry import RetryPolicy
from gateway.store import SqlStore
from gateway.trust.masking import Clean
from gateway.views import CaseView
from tests.builders import DESK, message, party, raw
from tests.conftest import ManualClock

INBOX = StreamId("INBOX")
TICKETS = "backend:embedded"
SECRET = b"s" * 32


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
        self.sort: Callable[[Message], Triage] = lambda seen: Triage()
        self.rung: list[str] = []
        self.number = 0
        self.acknowledgement = AckPolicy()
        self.policy: Callable[[], Policy] = lambda: Policy(
            brand="Examplex",
            official=(),
            locales=load_locales(),
            secret=SECRET,
            backend=TICKETS,
            acknowledgement=self.acknowledgement,
            own_addresses=frozenset({DESK}),
            sending=frozenset({"support"}),
        )

        async def gather(seen: Message) -> tuple[Fact, ...]:
            return ()

        def assess(seen: Clean, now: datetime) -> Assessment:
            return self.judge(seen.message)

        plugin = NormalizerPlugin("email", 1, lambda item: self.normalize(item))
        self.named = {"support": plugin}
        self.pipeline = Pipeline(
            store,
            Judging(Stages(self.named, gather, assess, lambda seen, facts, found: self.sort(seen)), clock),
            lambda: self.policy(),
            clock,
            RetryPolicy(base_secs=1, cap_secs=10, attempts=4, bug_attempts=2),
            random.Random(5),
            BatchSize(raws=20, bytes=1000),
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


async def test_a_raw_that_stops_the_gateway_again_and_again_gets_a_case_unread(bench: Bench) -> None:
    await bench.arrive("killer")
    for _ in range(MAX_INTERRUPTIONS):
        assert len(await bench.store.claim_raws(10, 10**9, bench.clock.now())) == 1
        await bench.store.recover()
    read: list[Raw] = []
    bench.normalize = lambda item: read.append(item) or ()  # type: ignore[func-returns-value]
    await bench.pipeline.step()
    assert read == []
    (case,) = await bench.store.list_cases(None, 10)
    view = await bench.store.case_view(case.id)
    assert view is not None
    (note,) = view.file.entries[0].message.notes
    assert "stopped 5 times" in note.detail


async def test_what_stopped_the_gateway_takes_no_neighbour_with_it(bench: Bench) -> None:
    await bench.arrive("a", "b", "c")
    assert len(await bench.store.claim_raws(10, 10**9, bench.clock.now())) == 3
    await bench.store.recover()
    for _ in range(MAX_INTERRUPTIONS):
        (alone,) = await bench.store.claim_raws(10, 10**9, bench.clock.now())
        assert alone.interrupted > 0
        await bench.store.recover()
    await bench.settle()
    notes = [
        note.code
        for case in await bench.store.list_cases(None, 10)
        if (view := await bench.store.case_view(case.id))
        for note in view.file.entries[0].message.notes
    ]
    assert notes == ["unreadable"], "only the one that was under way alone"


async def test_mail_of_a_channel_named_again_is_worked_on_however_long_it_waited(bench: Bench) -> None:
    await bench.store.put_page("later", INBOX, [raw("1", source="later")], Cursor("1"))
    for _ in range(120):
        await bench.pipeline.step()
        bench.clock.advance(301)
    bench.named["later"] = bench.named["support"]
    await bench.settle()
    assert len(await bench.store.list_cases(None, 10)) == 1
    assert await bench.raws(State.BURIED) == 0


async def test_a_decision_that_cannot_be_written_stands_alone(bench: Bench) -> None:
    def lone_surrogate(item: Raw) -> Sequence[Event]:
        return (message(item.body.decode(), sender=party(item.lane), text="\ud800" if item.body == b"b" else "x"),)

    bench.normalize = lone_surrogate
    await bench.arrive("a", "b", "c")
    for _ in range(3):
        await bench.settle()
        bench.clock.advance(60)
    assert len(await bench.store.list_cases(None, 10)) == 2
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


ANN, EVE = party("ann@mail.test"), party("eve@mail.test")


async def views(bench: Bench) -> list[CaseView]:
    found = [await bench.store.case_view(case.id) for case in await bench.store.list_cases(None, 100)]
    return [view for view in found if view is not None]


async def kinds(bench: Bench) -> list[EffectKind]:
    return [item.effect.kind for item in await bench.effects()]


@pytest.mark.parametrize(("starts", "read"), [(MAX_INTERRUPTIONS - 1, 1), (MAX_INTERRUPTIONS, 0)])
async def test_a_raw_is_read_until_it_stopped_the_gateway_too_often(bench: Bench, starts: int, read: int) -> None:
    await bench.arrive("killer")
    for _ in range(starts):
        await bench.store.claim_raws(10, 10**9, bench.clock.now())
        await bench.store.recover()
    count: list[Raw] = []

    def note(item: Raw) -> Sequence[Event]:
        count.append(item)
        return by_name(item)

    bench.normalize = note
    await bench.pipeline.step()
    assert len(count) == read


@pytest.mark.parametrize("stage", ["ask", "decide"])
async def test_a_fault_in_the_decision_concerns_one_raw_alone(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    real = getattr(casework, stage)

    def stumble(seen: Any, *rest: Any) -> Any:
        event = seen if isinstance(seen, Message) else seen.event
        if event.id == "mail:bad":
            raise RuntimeError("a fault of ours")
        return real(seen, *rest)

    monkeypatch.setattr(casework, stage, stumble)
    await bench.arrive("a", "bad", "c")
    await bench.pipeline.step()
    assert len(await bench.store.list_cases(None, 10)) == 2
    assert (await bench.raws(State.SETTLED), await bench.raws(State.POSTPONED)) == (2, 1)


async def test_targets_are_told_also_when_a_batch_had_to_be_committed_raw_by_raw(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = bench.store.commit

    async def stale(decisions: Sequence[Decision]) -> None:
        if len(decisions) > 1:
            raise StaleCaseError("moved on")
        await real(decisions)

    monkeypatch.setattr(bench.store, "commit", stale)
    await bench.arrive("a", "b")
    await bench.pipeline.step()
    assert set(bench.rung) == {TICKETS, "support"}


@pytest.mark.parametrize(("severity", "room"), [(None, 3), (Severity.DANGER, 6)], ids=["acknowledgements", "warnings"])
async def test_the_budget_of_a_minute_holds_also_in_the_middle_of_a_batch(
    bench: Bench, severity: Severity | None, room: int
) -> None:
    bench.acknowledgement = AckPolicy(per_minute=3)
    if severity is not None:
        await bench.arrive(*(f"m{number}" for number in range(8)))
        bench.acknowledgement = AckPolicy(enabled=False)
        await bench.settle()
        bench.acknowledgement = AckPolicy(per_minute=3)
        found = Finding(code="x", severity=severity, subject="0kx.test", advice="advice-look-alike")
        bench.judge = lambda seen: Assessment(findings=(found,))
        bench.normalize = answers
    await bench.arrive(*(f"m{number}" for number in range(8)))
    await bench.pipeline.step()
    sent = [effect for view in await views(bench) for effect in view.effects if effect.kind is not EffectKind.TICKET]
    assert len(sent) == room


def answers(item: Raw) -> Sequence[Event]:
    """Read a raw as a reply to the message of that name, by the one who wrote it."""
    number = int(item.body[1:]) + 1
    thread = Thread(own_ref=f"<re-{number}@mail.test>", parent=f"<m{number - 1}@mail.test>")
    return (message(f"re-{number}", sender=party(f"u{number}@mail.test"), thread=thread),)


async def test_two_events_of_one_raw_that_both_change_a_case_change_it_once(bench: Bench) -> None:
    await bench.arrive("first", lane="ann@mail.test")
    bench.normalize = lambda item: (message("first", sender=ANN),)
    await bench.settle()

    def reply(name: str) -> Message:
        return message(name, sender=ANN, thread=Thread(own_ref=f"<{name}@m>", parent="<first@mail.test>"))

    bench.normalize = lambda item: (reply("two"), reply("three"))
    await bench.arrive("both")
    await bench.settle()
    (case,) = await bench.store.list_cases(None, 10)
    assert (case.version, case.message_count) == (2, 3), "each is counted, and the change is one"
    assert await bench.raws(State.POSTPONED) == 0


async def test_a_later_event_of_a_raw_sees_a_case_that_it_cites_as_the_earlier_left_it(bench: Bench) -> None:
    bench.normalize = lambda item: (message("first", sender=ANN),)
    await bench.arrive("first")
    await bench.settle()
    (case,) = await bench.store.list_cases(None, 10)

    def citing(name: str) -> Message:
        return message(name, sender=ANN, subject=f"Re: [{case.id}]", thread=Thread(own_ref=f"<{name}@m>"))

    bench.normalize = lambda item: (citing("two"), citing("three"))
    await bench.arrive("both")
    await bench.settle()
    (case,) = await bench.store.list_cases(None, 10)
    assert (case.version, case.message_count) == (2, 3)


@pytest.mark.parametrize("name", ["content key", "recipient", "own reference", "case number", "signed reference"])
async def test_what_depends_on_the_raw_before_it_waits_for_its_commit(bench: Bench, name: str) -> None:
    first = message("first", sender=ANN)
    number = new_case_id(SECRET, first.id, 0, first.sent_at)
    signed = f"<{sign_token(SECRET, number, 'n')}@examplex.test>"
    second = {
        "content key": message("second", sender=party("bob@mail.test"), content_key=first.content_key),
        "recipient": message("second", sender=ANN),
        "own reference": message("second", sender=EVE, thread=Thread(parent="<first@mail.test>")),
        "case number": message("second", sender=EVE, subject=f"about {number}"),
        "signed reference": message("second", sender=EVE, thread=Thread(parent=signed)),
    }[name]
    bench.normalize = lambda item: (first,) if item.body == b"a" else (second,)
    await bench.arrive("a", "b")
    assert await bench.pipeline.step() == 2
    found = await views(bench)
    if name in ("own reference", "case number"):
        claims = [link.case_id for view in found for link in view.file.case.links]
        assert claims == [number], "a stranger's claim is seen"
    elif name == "recipient":
        assert len(found) == 2
        assert (await kinds(bench)).count(EffectKind.ACKNOWLEDGEMENT) == 1
    else:
        assert len(found) == 1
        assert found[0].file.case.message_count == (1 if name == "content key" else 2)


async def test_strangers_share_one_transaction(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    real = bench.store.commit

    async def count(decisions: Sequence[Decision]) -> None:
        sizes.append(len(decisions))
        await real(decisions)

    monkeypatch.setattr(bench.store, "commit", count)
    bench.normalize = lambda item: (message(item.body.decode(), sender=party(senders.pop(0)), thread=Thread()),)
    senders = ["ann@mail.test", "", ""]
    await bench.arrive("a", "b", "c")
    await bench.pipeline.step()
    assert sizes == [3], "and nobody is the same as nobody else"


async def test_a_fault_shows_where_it_happened_and_none_of_the_users_words(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    fates: list[Fate] = []
    real = bench.store.release_raws

    async def watch(given: Sequence[Fate]) -> None:
        fates.extend(given)
        await real(given)

    def stumble(item: Raw) -> Sequence[Event]:
        raise ValueError(item.body.decode())

    monkeypatch.setattr(bench.store, "release_raws", watch)
    bench.normalize = stumble
    await bench.arrive("a user's words")
    with structlog.testing.capture_logs() as logs:
        await bench.pipeline.step()
        bench.clock.advance(60)
        await bench.pipeline.step()
    assert [fate.state for fate in fates] == [State.POSTPONED, State.BURIED]
    for fate in fates:
        assert "stumble" in fate.traceback
        assert "a user's words" not in fate.reason + fate.traceback
        assert "ValueError" in fate.reason
    assert "a user's words" not in str(logs)


async def test_a_batch_holds_no_more_bytes_than_it_may(bench: Bench) -> None:
    await bench.arrive("a" * 600, "b" * 600, "c" * 600)
    assert [await bench.pipeline.step() for _ in range(4)] == [1, 1, 1, 0]


async def test_a_delivery_report_is_judged_by_its_message(bench: Bench) -> None:
    seen: list[str] = []

    def judge(asked: Message) -> Assessment:
        seen.append(asked.id)
        return Assessment()

    def report(item: Raw) -> Sequence[Event]:
        returned = message("dsn", sender=party("mailer-daemon@mail.test"))
        return (DeliveryReport(ref=None, outcome="failed", message=returned, provenance=returned.provenance),)

    bench.judge, bench.normalize = judge, report
    await bench.arrive("a")
    await bench.settle()
    assert seen == ["mail:dsn"]


async def test_an_unreadable_raw_says_that_it_is_a_part_only(bench: Bench) -> None:
    def blind(item: Raw) -> Sequence[Event]:
        raise MalformedError("there is nothing in it")

    bench.normalize = blind
    part = replace(raw("1"), complete=False, size=10**8)
    await bench.store.put_page("support", INBOX, [part], Cursor("1"))
    await bench.pipeline.step()
    (view,) = await views(bench)
    assert view.file.entries[0].message.provenance.complete is False
    assert view.file.entries[0].message.provenance.size == 10**8


async def test_a_raw_that_holds_nothing_is_settled_and_said(bench: Bench) -> None:
    bench.normalize = lambda item: ()
    await bench.arrive("a")
    with structlog.testing.capture_logs() as logs:
        await bench.pipeline.step()
    assert [line["note"] for line in logs if line["event"] == "raw.settled"] == ["nothing in it"]
    assert await bench.raws(State.SETTLED) == 1


async def test_reading_much_does_not_hold_up_the_rest_of_the_engine(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "THREAD_BYTES", 1)
    reading, go_on = threading.Event(), threading.Event()

    def slow(item: Raw) -> Sequence[Event]:
        reading.set()
        assert go_on.wait(10), "nothing else ran while this was read"
        return by_name(item)

    bench.normalize = slow
    await bench.arrive("a")
    step = asyncio.create_task(bench.pipeline.step())
    while not reading.is_set():
        await asyncio.sleep(0)
    go_on.set()
    await step
    assert await bench.raws(State.SETTLED) == 1


async def test_the_pipeline_knows_when_a_postponed_raw_comes_due(bench: Bench) -> None:
    assert await bench.pipeline.next_due() is None

    def stumble(item: Raw) -> Sequence[Event]:
        raise ValueError

    bench.normalize = stumble
    await bench.arrive("a")
    await bench.pipeline.step()
    due = await bench.pipeline.next_due()
    assert due is not None
    assert await bench.pipeline.step() == 0, "not before"
    bench.clock.advance((due - bench.clock.now()).total_seconds())
    assert await bench.pipeline.step() == 1


async def test_two_joins_of_one_case_in_one_batch_each_see_it_as_the_other_left_it(bench: Bench) -> None:
    first = message("first", sender=ANN)
    number = new_case_id(SECRET, first.id, 0, first.sent_at)
    signed = f"<{sign_token(SECRET, number, 'n')}@examplex.test>"
    joins = {
        "first": first,
        "by reference": message("second", sender=ANN, thread=Thread(own_ref="<2@m>", parent="<first@mail.test>")),
        "by token": message("third", sender=EVE, thread=Thread(own_ref="<3@m>", parent=signed)),
    }
    bench.normalize = lambda item: (joins[item.body.decode()],)
    await bench.arrive("first")
    await bench.settle()
    await bench.arrive("by reference", "by token")
    assert await bench.pipeline.step() == 2
    (case,) = await bench.store.list_cases(None, 10)
    assert (case.version, case.message_count) == (3, 3)


async def test_what_a_commit_half_way_has_stored_is_not_counted_twice(bench: Bench) -> None:
    bench.acknowledgement = AckPolicy(per_minute=2)
    first = message("first", sender=ANN)
    citing = message("second", sender=EVE, subject=f"about {new_case_id(SECRET, first.id, 0, first.sent_at)}")
    bench.normalize = lambda item: (first,) if item.body == b"a" else (citing,)
    await bench.arrive("a", "b")
    await bench.pipeline.step()
    assert (await kinds(bench)).count(EffectKind.ACKNOWLEDGEMENT) == 2


async def test_all_of_a_batch_ask_what_was_sent_since_the_same_instants(bench: Bench) -> None:
    """A count costs the store a statement: it is made once a batch, however time goes on within it."""

    def now() -> datetime:
        bench.clock.advance(1)
        return advanced()

    advanced = bench.clock.now
    instants: set[tuple[datetime, ...]] = set()
    looked_up = bench.store.look_up

    async def look_up(queries: Sequence[Query]) -> Sequence[Past]:
        instants.update(query.since for query in queries)
        return await looked_up(queries)

    await bench.arrive("a", "b", "c")
    with patch.object(bench.clock, "now", now), patch.object(bench.store, "look_up", look_up):
        assert await bench.pipeline.step() == 3
    assert len(instants) == 1


def full(bench: Bench, raws: int = 4) -> None:
    """Make batches so small that the next one is claimed ahead, as it is where another process reads."""
    bench.pipeline._size = BatchSize(raws=raws, bytes=10**6)
    bench.pipeline._judging.goes_apart = lambda items: True  # type: ignore[method-assign]


async def test_the_next_batch_is_judged_while_this_one_is_decided(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    full(bench)
    judged: list[str] = []
    bench.judge = lambda seen: (judged.append(seen.id), Assessment())[1]
    commit, entered, go_on = bench.store.commit, asyncio.Event(), asyncio.Event()

    async def slow(decisions: Sequence[Decision]) -> None:
        entered.set()
        await go_on.wait()
        await commit(decisions)

    monkeypatch.setattr(bench.store, "commit", slow)
    await bench.arrive(*"abcdefgh")
    step = asyncio.create_task(bench.pipeline.step())
    async with asyncio.timeout(10):
        await entered.wait()
        while len(judged) < 8:
            await asyncio.sleep(0)
    assert not step.done()
    go_on.set()
    assert await step == 4
    assert await bench.pipeline.step() == 4
    assert await bench.raws(State.SETTLED) == 8


async def test_what_waits_for_a_lane_is_not_left_lying_by_the_claim_ahead(bench: Bench) -> None:
    full(bench)
    for lane in ("u@mail.test", "v@mail.test", "w@mail.test"):
        await bench.arrive(f"first of {lane}", f"second of {lane}", lane=lane)
    done = 0
    while (count := await bench.pipeline.step()) > 0:
        done += count
    assert done == 6, "the worker rests only when nothing is left"


async def test_what_was_claimed_ahead_is_settled_before_the_engine_ends(bench: Bench) -> None:
    full(bench)
    await bench.arrive(*"abcdefgh")
    assert await bench.pipeline.step() == 4
    await bench.pipeline.finish()
    assert await bench.raws(State.SETTLED) == 8
    await bench.arrive("i")
    await bench.pipeline.finish()
    assert await bench.raws(State.NEW) == 1, "nothing is begun at the end"


async def test_when_the_store_fails_nothing_goes_on_behind_the_engines_back(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    full(bench)
    await bench.arrive(*"abcdefgh")

    async def fail(decisions: Sequence[Decision]) -> None:
        raise TransientError("the disk is full")

    monkeypatch.setattr(bench.store, "commit", fail)
    with pytest.raises(TransientError):
        await bench.pipeline.step()
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "pipeline:ahead"]


async def test_nothing_is_claimed_ahead_of_what_is_read_here(bench: Bench) -> None:
    bench.pipeline._size = BatchSize(raws=4, bytes=10**6)
    await bench.arrive(*"abcdefgh")
    assert await bench.pipeline.step() == 4
    assert bench.pipeline._ahead is None
    assert await bench.raws(State.NEW) == 4


async def test_nothing_is_claimed_ahead_of_a_batch_that_is_large(bench: Bench) -> None:
    full(bench)
    bench.normalize = lambda item: (message(item.key, sender=party(item.lane)),)
    await bench.arrive(*["x" * (AHEAD_BYTES // 3)] * 8)
    bench.pipeline._size = BatchSize(raws=4, bytes=10**9)
    assert await bench.pipeline.step() == 4
    assert bench.pipeline._ahead is None
    assert await bench.raws(State.NEW) == 4


@pytest.mark.parametrize(("count", "pays"), [(9, False), (10, True)])
async def test_the_next_batch_is_claimed_ahead_only_of_one_that_is_half_full(
    bench: Bench, count: int, pays: bool
) -> None:
    full(bench, 20)
    await bench.arrive(*"abcdefghij"[:count])
    assert await bench.pipeline.step() == count
    assert (bench.pipeline._ahead is not None) is pays
    await bench.pipeline.finish()


async def test_when_the_store_fails_what_is_judged_ahead_is_not_waited_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    full(bench)
    await bench.arrive(*"abcdefgh")
    judge, ahead = bench.pipeline._judging.judge, asyncio.Event()

    async def judge_once(claimed: Sequence[StoredRaw]) -> list[list[Judged] | Exception]:
        if bench.pipeline._ahead is not None:
            ahead.set()
            await asyncio.Event().wait()
        return await judge(claimed)

    async def fail(decisions: Sequence[Decision]) -> None:
        await ahead.wait()
        raise TransientError("the disk is full")

    monkeypatch.setattr(bench.pipeline._judging, "judge", judge_once)
    monkeypatch.setattr(bench.store, "commit", fail)
    async with asyncio.timeout(10):
        with pytest.raises(TransientError, match="disk is full"):
            await bench.pipeline.step()
