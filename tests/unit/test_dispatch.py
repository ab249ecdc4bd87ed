"""Dispatch on a real store: each effect takes place once, or its doubt is shown."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import structlog

from gateway.case import Entry
from gateway.circuit import CircuitState
from gateway.dispatch import Fates, Means, ReplyDispatcher
from gateway.errors import (
    AuthError,
    CreditsError,
    GoneError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    TransientError,
)
from gateway.journal import Decision, Effect, EffectKind, State, StoredEffect, TicketIntent, TicketMove
from gateway.nodes import NotOwnerError
from gateway.past import Query
from gateway.ports import (
    Cursor,
    Done,
    Failed,
    Key,
    Pending,
    Receipt,
    Reply,
    ReplyKind,
    StreamId,
    TicketAction,
    TicketFile,
    TicketRef,
    TicketWrite,
)
from gateway.retry import RetryPolicy
from gateway.store import SqlStore
from gateway.ticketing import Answer, TicketDispatcher
from gateway.views import EffectView
from tests.builders import case, message, party, raw
from tests.conftest import ManualClock

TARGET = "backend:scripted"
NUMBERS = ("GH-AAAAA-AAAAA", "GH-BBBBB-BBBBB", "GH-CCCCC-CCCCC")


class ScriptedBackend:
    """A backend that answers as it is told, and remembers what took effect."""

    def __init__(self) -> None:
        self.answer: Callable[[TicketWrite], Answer] = lambda write: Done(write.key, TicketRef(f"T-{write.case.id}"))
        self.fail: Exception | None = None
        self.batches: list[list[TicketWrite]] = []
        self.found: dict[Key, TicketRef] = {}
        self.looked: list[Key] = []
        self.blind: Exception | None = None
        self.running: str | None = None
        self.jobs: set[str] = set()

    async def submit(self, writes: Sequence[TicketWrite]) -> Sequence[Answer]:
        self.batches.append(list(writes))
        if self.fail is not None:
            raise self.fail
        return [self.answer(write) for write in writes]

    async def find(self, write: TicketWrite, job: str | None = None) -> TicketRef | Pending | None:
        key = write.key
        self.looked.append(key)
        if job is not None:
            self.jobs.add(job)
        if self.running is not None:
            return Pending(key, self.running)
        if self.blind is not None:
            raise self.blind
        return self.found.get(key)


class ScriptedSender:
    """A sender that does as it is told."""

    def __init__(self) -> None:
        self.sent: list[Key] = []
        self.fail: Exception | None = None

    async def send(self, reply: Reply, key: Key) -> Receipt:
        self.sent.append(key)
        if self.fail is not None:
            raise self.fail
        return Receipt(f"<{reply.token}@examplex.test>")


class Bench:
    """An outbox with effects in it, and a target under the test's hand."""

    def __init__(self, store: SqlStore, clock: ManualClock) -> None:
        self.store = store
        self.clock = clock
        self.backend = ScriptedBackend()
        self.sender = ScriptedSender()
        self.reports: list[Exception | None] = []
        self.again: list[datetime | None] = []
        retry = RetryPolicy(base_secs=1, cap_secs=10, attempts=5, bug_attempts=2, probe_secs=300)
        self.is_member = True
        self.means = means = Means(clock, Fates(clock, retry, random.Random(2)), is_member=lambda: self.is_member)
        self.tickets = TicketDispatcher(store, TARGET, self.backend, 10, means)  # type: ignore[arg-type]
        self.replies = ReplyDispatcher(store, "support", self.sender, timedelta(days=1), means)
        self.number = 0

    def report(self, error: Exception | None, again: datetime | None) -> None:
        self.reports.append(error)
        self.again.append(again)

    async def write(self) -> int:
        return await self.tickets.step(self.report)

    async def send(self) -> int:
        return await self.replies.step(self.report)

    async def commit(self, number: str, version: int = 1, reply: ReplyKind | None = None) -> str:
        """Put one message's ticket write, or one reply, into the outbox; return its key."""
        self.number += 1
        name = f"m{self.number}"
        await self.store.put_page(
            "support", StreamId("INBOX"), [raw(name, f"{name}@mail.test")], Cursor(str(self.number))
        )
        (claimed,) = await self.store.claim_raws(1, 10**6, self.clock.now())
        effect = self.ticket(name, number) if reply is None else self.reply(name, number, reply)
        entry = Entry(case_id=number, message=message(name), at=self.clock.now())
        await self.store.commit(
            [
                Decision(
                    claimed.seq,
                    cases=(case(number, version=version, updated_at=self.clock.now()),),
                    entries=(entry,),
                    effects=(effect,),
                )
            ]
        )
        return effect.key

    def ticket(self, name: str, number: str) -> Effect:
        intent = TicketIntent(action=TicketAction.MESSAGE, message_id=f"mail:{name}")
        return Effect(key=f"mail:{name}:t", kind=EffectKind.TICKET, target=TARGET, case_id=number, ticket=intent)

    def reply(self, name: str, number: str, kind: ReplyKind) -> Effect:
        reply = Reply(
            channel="support", kind=kind, to=party(), case_id=number, text="x", automatic=True, token=f"gh.{name}"
        )
        return Effect(
            key=f"mail:{name}:{kind}",
            kind=EffectKind(kind.value),
            target="support",
            case_id=number,
            recipient="ann@mail.test",
            reply=reply,
        )

    async def effects(self, state: State) -> int:
        return (await self.store.tally()).effects.get(state, 0)


@pytest.fixture
def bench(store: SqlStore, clock: ManualClock) -> Bench:
    return Bench(store, clock)


async def test_writes_go_in_one_batch_and_are_settled_with_their_tickets(bench: Bench) -> None:
    for number in NUMBERS:
        await bench.commit(number)
    assert await bench.write() == 3
    assert len(bench.backend.batches) == 1
    assert await bench.effects(State.SETTLED) == 3
    assert await bench.write() == 0


async def test_a_later_write_of_a_case_knows_the_ticket_and_never_shares_a_batch(bench: Bench) -> None:
    await bench.commit(NUMBERS[0])
    await bench.commit(NUMBERS[0], version=2)
    await bench.write()
    await bench.write()
    first, second = (batch[0] for batch in bench.backend.batches)
    assert first.ticket is None
    assert second.ticket == f"T-{NUMBERS[0]}"
    assert second.entry is not None
    assert second.entry.message.id == "mail:m2"


async def test_one_refused_write_is_buried_and_its_neighbours_are_settled(bench: Bench) -> None:
    for number in NUMBERS:
        await bench.commit(number)
    bench.backend.answer = lambda write: (
        Failed(write.key, RejectedError("no such queue"))
        if write.case.id == NUMBERS[1]
        else Done(write.key, TicketRef("T"))
    )
    await bench.write()
    assert await bench.effects(State.SETTLED) == 2
    assert await bench.effects(State.BURIED) == 1


async def test_a_call_refused_as_a_whole_is_split_down_to_the_bad_one(bench: Bench) -> None:
    for number in NUMBERS:
        await bench.commit(number)

    async def picky(writes: Sequence[TicketWrite]) -> Sequence[Answer]:
        if any(write.case.id == NUMBERS[1] for write in writes):
            raise RejectedError("bad request")
        return [Done(write.key, TicketRef("T")) for write in writes]

    bench.backend.submit = picky  # type: ignore[method-assign]
    await bench.write()
    assert (await bench.effects(State.SETTLED), await bench.effects(State.BURIED)) == (2, 1)


async def test_an_outage_postpones_and_keeps_the_order_of_a_case(bench: Bench) -> None:
    await bench.commit(NUMBERS[0])
    await bench.commit(NUMBERS[0], version=2)
    bench.backend.fail = TransientError("down")
    await bench.write()
    bench.backend.fail = None
    assert await bench.write() == 0, "the second write must wait for the first"
    bench.clock.advance(60)
    await bench.write()
    await bench.write()
    keys = [write.key for batch in bench.backend.batches[1:] for write in batch]
    assert keys == ["mail:m1:t", "mail:m2:t"]
    assert isinstance(bench.reports[0], TransientError)


async def test_an_unknown_outcome_is_looked_up_and_found_not_written_again(bench: Bench) -> None:
    key = await bench.commit(NUMBERS[0])
    bench.backend.fail = OutcomeUnknownError("line dropped")
    await bench.write()
    bench.backend.fail = None
    bench.backend.found[Key(key)] = TicketRef("T-found")
    bench.clock.advance(60)
    await bench.write()
    assert bench.backend.looked == [key]
    assert len(bench.backend.batches) == 1
    assert await bench.effects(State.SETTLED) == 1


async def test_an_unknown_outcome_that_surely_did_not_happen_is_written_again(bench: Bench) -> None:
    key = await bench.commit(NUMBERS[0])
    bench.backend.fail = OutcomeUnknownError("line dropped")
    await bench.write()
    bench.backend.fail = None
    bench.clock.advance(60)
    await bench.write()
    assert bench.backend.looked == [key]
    assert len(bench.backend.batches) == 2


async def test_doubt_remains_while_the_backend_cannot_be_asked(bench: Bench) -> None:
    await bench.commit(NUMBERS[0])
    bench.backend.fail = OutcomeUnknownError("line dropped")
    await bench.write()
    bench.backend.blind = TransientError("down")
    for _ in range(2):
        bench.clock.advance(60)
        await bench.write()
    assert len(bench.backend.batches) == 1, "nothing may be written before somebody looked"
    assert await bench.effects(State.UNKNOWN) == 1


async def test_what_was_under_way_at_a_crash_is_looked_up_first(bench: Bench) -> None:
    key = await bench.commit(NUMBERS[0])
    await bench.store.claim_effects(TARGET, 10, bench.clock.now())
    await bench.store.recover()
    bench.backend.found[Key(key)] = TicketRef("T")
    await bench.write()
    assert bench.backend.batches == []
    assert await bench.effects(State.SETTLED) == 1


async def test_a_write_without_an_answer_is_in_doubt(bench: Bench) -> None:
    await bench.commit(NUMBERS[0])

    async def silent(writes: Sequence[TicketWrite]) -> Sequence[Answer]:
        return []

    bench.backend.submit = silent  # type: ignore[method-assign]
    await bench.write()
    assert await bench.effects(State.UNKNOWN) == 1


async def test_a_fault_in_a_plugin_leaves_doubt_and_is_buried_after_a_few_times(bench: Bench) -> None:
    await bench.commit(NUMBERS[0])
    bench.backend.fail = KeyError("a user's words")
    await bench.write()
    assert await bench.effects(State.UNKNOWN) == 1
    bench.clock.advance(60)
    await bench.write()
    assert await bench.effects(State.BURIED) == 1


async def test_a_pending_job_is_asked_again_and_not_written_again(bench: Bench) -> None:
    key = await bench.commit(NUMBERS[0])
    bench.backend.answer = lambda write: Pending(write.key, "job-1")
    await bench.write()
    assert await bench.effects(State.PENDING) == 1
    bench.backend.found[Key(key)] = TicketRef("T")
    bench.clock.advance(5)
    await bench.write()
    assert len(bench.backend.batches) == 1
    assert await bench.effects(State.SETTLED) == 1


async def test_a_pending_job_is_left_alone_for_as_long_as_the_backend_says(bench: Bench) -> None:
    await bench.commit(NUMBERS[0])
    bench.backend.answer = lambda write: Pending(write.key, "job-1", timedelta(seconds=40))
    await bench.write()
    bench.clock.advance(39)
    assert await bench.write() == 0
    bench.clock.advance(1)
    assert await bench.write() == 1


async def test_what_had_only_to_be_looked_at_leaves_its_room_in_the_batch_to_others(bench: Bench) -> None:
    bench.tickets = TicketDispatcher(bench.store, TARGET, bench.backend, 2, bench.means)  # type: ignore[arg-type]
    await bench.commit(NUMBERS[0])
    bench.backend.answer = lambda write: Pending(write.key, "job-1")
    await bench.write()
    await bench.commit(NUMBERS[1])
    await bench.commit(NUMBERS[2])
    bench.backend.running = "job-1"
    bench.clock.advance(5)
    assert await bench.write() == 3
    assert [write.case.id for write in bench.backend.batches[1]] == list(NUMBERS[1:])


@pytest.mark.parametrize("error", [AuthError("key revoked"), CreditsError("used up")])
async def test_p8_what_only_an_operator_can_mend_buries_nothing_however_often(bench: Bench, error: Exception) -> None:
    await bench.commit(NUMBERS[0])
    bench.backend.fail = error
    for _ in range(10):
        await bench.write()
        bench.clock.advance(301)
    assert await bench.effects(State.POSTPONED) == 1
    bench.backend.fail = None
    await bench.write()
    assert await bench.effects(State.SETTLED) == 1


async def test_a_reply_is_sent_once_and_its_reference_finds_the_case(bench: Bench) -> None:
    key = await bench.commit(NUMBERS[0], reply=ReplyKind.ACKNOWLEDGEMENT)
    assert await bench.send() == 1
    assert await bench.send() == 0
    assert bench.sender.sent == [key]
    (past,) = await bench.store.look_up([Query(refs=("<gh.m1@examplex.test>",))])
    assert [found.id for found in past.by_ref] == [NUMBERS[0]]


@pytest.mark.parametrize("error", [OutcomeUnknownError("dropped after the dot"), ValueError("a fault of ours")])
async def test_a_reply_whose_outcome_is_unknown_is_never_sent_again(bench: Bench, error: Exception) -> None:
    await bench.commit(NUMBERS[0], reply=ReplyKind.ANSWER)
    bench.sender.fail = error
    await bench.send()
    bench.sender.fail = None
    bench.clock.advance(10**6)
    await bench.send()
    assert len(bench.sender.sent) == 1
    assert await bench.effects(State.MAYBE_SENT) == 1


async def test_a_reply_under_way_at_a_crash_is_maybe_sent(bench: Bench) -> None:
    await bench.commit(NUMBERS[0], reply=ReplyKind.ACKNOWLEDGEMENT)
    await bench.store.claim_effects("support", 1, bench.clock.now())
    await bench.store.recover()
    await bench.send()
    assert bench.sender.sent == []
    assert await bench.effects(State.MAYBE_SENT) == 1


async def test_a_reply_that_surely_was_not_taken_is_sent_later(bench: Bench) -> None:
    await bench.commit(NUMBERS[0], reply=ReplyKind.ACKNOWLEDGEMENT)
    bench.sender.fail = RateLimitedError("greylisted", timedelta(minutes=5))
    await bench.send()
    bench.sender.fail = None
    bench.clock.advance(200)
    assert await bench.send() == 0
    bench.clock.advance(200)
    assert await bench.send() == 1
    assert await bench.effects(State.SETTLED) == 1


@pytest.mark.parametrize(("kind", "sent"), [(ReplyKind.ACKNOWLEDGEMENT, 0), (ReplyKind.ANSWER, 1)])
async def test_after_a_long_outage_only_what_a_person_wrote_is_still_sent(
    bench: Bench, kind: ReplyKind, sent: int
) -> None:
    await bench.commit(NUMBERS[0], reply=kind)
    bench.clock.advance(3 * 86_400)
    await bench.send()
    assert len(bench.sender.sent) == sent
    assert await bench.effects(State.SETTLED) == 1


async def views(bench: Bench) -> list[EffectView]:
    found = await bench.store.case_view(NUMBERS[0])
    assert found is not None
    return list(found.effects)


async def test_a_found_write_gives_its_case_the_ticket_that_was_found(bench: Bench) -> None:
    key = await bench.commit(NUMBERS[0])
    await bench.commit(NUMBERS[0], version=2)
    bench.backend.fail = OutcomeUnknownError("line dropped")
    await bench.write()
    bench.backend.fail = None
    bench.backend.found[Key(key)] = TicketRef("T-found")
    bench.clock.advance(60)
    await bench.write()
    await bench.write()
    assert bench.backend.batches[-1][0].ticket == "T-found"


async def test_the_supervisor_is_told_of_the_target_and_not_of_one_item(bench: Bench) -> None:
    await bench.commit(NUMBERS[0])
    bench.backend.fail = RejectedError("no such queue")
    await bench.write()
    assert bench.reports == []
    await bench.commit(NUMBERS[1])
    bench.backend.fail = None
    await bench.write()
    assert bench.reports == [None]


async def test_the_supervisor_is_told_when_the_backend_cannot_even_be_asked(bench: Bench) -> None:
    await bench.commit(NUMBERS[0])
    bench.backend.fail = OutcomeUnknownError("line dropped")
    await bench.write()
    bench.backend.blind = TransientError("down")
    bench.reports.clear()
    bench.clock.advance(60)
    await bench.write()
    assert [type(error) for error in bench.reports] == [TransientError]


async def test_a_pending_job_keeps_its_name_and_is_not_asked_in_a_hot_loop(bench: Bench) -> None:
    await bench.commit(NUMBERS[0])
    bench.backend.answer = lambda write: Pending(write.key, "job-1")
    await bench.write()
    assert await bench.write() == 0, "it waits before it is asked"
    bench.clock.advance(2)
    (item,) = await bench.store.claim_effects(TARGET, 1, bench.clock.now())
    assert (item.state, item.job) == (State.PENDING, "job-1")


@pytest.mark.parametrize("state", [State.UNKNOWN, State.PENDING])
def test_doubt_is_not_forgotten_because_the_looking_failed(clock: ManualClock, state: State) -> None:
    item = StoredEffect(1, Effect(key="k", kind=EffectKind.TICKET, target=TARGET), state, attempts=1)
    fates = Fates(clock, RetryPolicy(), random.Random(1))
    assert fates.of(item, TransientError("down")).state is State.UNKNOWN


async def test_a_plugins_own_words_are_not_shown_but_where_it_failed_is(bench: Bench) -> None:
    await bench.commit(NUMBERS[0])
    bench.backend.fail = KeyError("a user's words")
    for _ in range(2):
        await bench.write()
        (view,) = await views(bench)
        assert "a user's words" not in view.reason
        assert "KeyError" in view.reason
        bench.clock.advance(60)
    assert view.state is State.BURIED


async def test_a_fault_on_one_write_does_not_bury_its_neighbours(bench: Bench) -> None:
    for number in NUMBERS:
        await bench.commit(number)

    async def stumble(writes: Sequence[TicketWrite]) -> Sequence[Answer]:
        if any(write.case.id == NUMBERS[1] for write in writes):
            raise KeyError("one write that the plugin stumbles over")
        return [Done(write.key, TicketRef("T")) for write in writes]

    bench.backend.submit = stumble  # type: ignore[method-assign]
    for _ in range(8):
        await bench.write()
        bench.clock.advance(60)
    assert (await bench.effects(State.SETTLED), await bench.effects(State.BURIED)) == (2, 1)


@pytest.mark.parametrize("error", [AuthError("password refused"), CreditsError("used up")])
async def test_the_supervisor_is_told_how_sending_goes(bench: Bench, error: Exception) -> None:
    """An error that one credential or one account has in common with all makes the target wait as a whole."""
    await bench.commit(NUMBERS[0], reply=ReplyKind.ANSWER)
    bench.sender.fail = error
    await bench.send()
    assert bench.reports == [error]
    bench.sender.fail = None
    bench.clock.advance(301)
    await bench.send()
    assert bench.reports[1:] == [None]


async def test_a_refused_recipient_is_buried_and_the_channel_goes_on(bench: Bench) -> None:
    await bench.commit(NUMBERS[0], reply=ReplyKind.ANSWER)
    bench.sender.fail = RejectedError("no such user")
    await bench.send()
    assert bench.reports == [None], "the server is well, it said so"
    assert await bench.effects(State.BURIED) == 1


@pytest.mark.parametrize(
    "error",
    [RateLimitedError("greylisted", timedelta(hours=2)), TransientError("this mailbox is full", item=True)],
    ids=["rate", "item"],
)
async def test_one_parked_recipient_does_not_park_the_channel(bench: Bench, error: Exception) -> None:
    await bench.commit(NUMBERS[0], reply=ReplyKind.ANSWER)
    bench.sender.fail = error
    await bench.send()
    assert bench.reports == [None]
    assert await bench.effects(State.POSTPONED) == 1


async def test_an_account_that_must_wait_is_reported(bench: Bench) -> None:
    await bench.commit(NUMBERS[0], reply=ReplyKind.ANSWER)
    bench.sender.fail = RateLimitedError("too fast", timedelta(hours=2), item=False)
    await bench.send()
    assert isinstance(bench.reports[0], RateLimitedError)


async def test_a_running_job_is_asked_after_for_ever_and_never_written_again(bench: Bench) -> None:
    await bench.commit(NUMBERS[0])
    bench.backend.answer = lambda write: Pending(write.key, "job-1")
    await bench.write()
    bench.backend.running = "job-1"
    for _ in range(20):
        bench.clock.advance(5)
        await bench.write()
    assert len(bench.backend.batches) == 1
    assert bench.backend.jobs == {"job-1"}
    bench.backend.running = None
    bench.backend.fail = TransientError("one passing error")
    bench.clock.advance(5)
    await bench.write()
    assert await bench.effects(State.BURIED) == 0, "asking after a job is no failed attempt"


@pytest.mark.parametrize("error", [AuthError("no"), RateLimitedError("slow", timedelta(seconds=9))])
async def test_what_was_no_fault_of_the_item_is_not_counted_against_it(bench: Bench, error: Exception) -> None:
    await bench.commit(NUMBERS[0])
    bench.backend.fail = error
    for _ in range(10):
        await bench.write()
        bench.clock.advance(400)
    bench.backend.fail = TransientError("one passing error")
    await bench.write()
    assert await bench.effects(State.BURIED) == 0


async def test_a_plugin_that_leaks_a_cancellation_leaves_a_doubt_and_no_dead_part(bench: Bench) -> None:
    await bench.commit(NUMBERS[0], reply=ReplyKind.ANSWER)

    async def leak(reply: Reply, key: Key) -> Receipt:
        raise asyncio.CancelledError

    bench.sender.send = leak  # type: ignore[method-assign]
    await bench.send()
    assert await bench.effects(State.MAYBE_SENT) == 1


async def test_an_unknown_outcome_is_shown_at_once_and_says_so_in_the_log(
    bench: Bench,
) -> None:
    await bench.commit(NUMBERS[0], reply=ReplyKind.ANSWER)
    bench.sender.fail = OutcomeUnknownError("dropped after the dot")
    with structlog.testing.capture_logs() as logs:
        await bench.send()
    (view,) = await views(bench)
    assert (view.state, view.reason) == (State.MAYBE_SENT, "dropped after the dot")
    assert [(line["event"], line["log_level"]) for line in logs] == [("effect.maybe_sent", "error")]
    assert bench.reports == [None], "the line is well: only this mail is in doubt"


async def test_only_one_reply_is_under_way_at_a_time(bench: Bench) -> None:
    for number in NUMBERS:
        await bench.commit(number, reply=ReplyKind.ACKNOWLEDGEMENT)
    under_way: list[int] = []
    real = bench.sender.send

    async def watched(reply: Reply, key: Key) -> Receipt:
        under_way.append(await bench.effects(State.CLAIMED))
        return await real(reply, key)

    bench.sender.send = watched  # type: ignore[method-assign]
    while await bench.send():
        pass
    assert under_way == [1, 1, 1]


async def test_an_effect_without_a_reply_is_buried_and_shown(bench: Bench) -> None:
    name = "odd"
    await bench.store.put_page("support", StreamId("INBOX"), [raw(name)], Cursor("1"))
    (claimed,) = await bench.store.claim_raws(1, 10**6, bench.clock.now())
    empty = Effect(key="odd:answer", kind=EffectKind.ANSWER, target="support", case_id=NUMBERS[0])
    await bench.store.commit([Decision(claimed.seq, cases=(case(NUMBERS[0]),), effects=(empty,))])
    await bench.send()
    assert await bench.effects(State.BURIED) == 1
    assert bench.sender.sent == []


@pytest.mark.parametrize(("hours", "sent"), [(23, 1), (25, 0)])
async def test_an_acknowledgement_is_sent_within_its_time_alone(bench: Bench, hours: int, sent: int) -> None:
    await bench.commit(NUMBERS[0], reply=ReplyKind.ACKNOWLEDGEMENT)
    bench.clock.advance(hours * 3600)
    await bench.send()
    assert len(bench.sender.sent) == sent


async def test_what_took_effect_before_a_fault_is_found_and_not_written_again(bench: Bench) -> None:
    keys = [await bench.commit(number) for number in NUMBERS]
    written: list[Key] = []

    async def stumble(writes: Sequence[TicketWrite]) -> Sequence[Answer]:
        written.extend(write.key for write in writes)
        if len(writes) > 1:
            bench.backend.found[writes[0].key] = TicketRef("T-1")
            raise KeyError("after the first write took effect")
        return [Done(write.key, TicketRef("T")) for write in writes]

    bench.backend.submit = stumble  # type: ignore[method-assign]
    await bench.write()
    assert written == [*keys, keys[1], keys[2]]
    assert await bench.effects(State.SETTLED) == 3


@pytest.mark.parametrize("answers", [None, [3], ["x"], [Failed(Key("mail:m1:t"), None)]])  # type: ignore[arg-type]
async def test_an_answer_that_is_none_leaves_a_doubt_and_no_dead_engine(bench: Bench, answers: Any) -> None:
    await bench.commit(NUMBERS[0])

    async def mumble(writes: Sequence[TicketWrite]) -> Any:
        return answers

    bench.backend.submit = mumble  # type: ignore[method-assign]
    await bench.write()
    assert await bench.effects(State.UNKNOWN) == 1


async def test_a_sender_without_a_receipt_leaves_a_doubt(bench: Bench) -> None:
    await bench.commit(NUMBERS[0], reply=ReplyKind.ANSWER)

    async def mumble(reply: Reply, key: Key) -> Any:
        return None

    bench.sender.send = mumble  # type: ignore[method-assign]
    await bench.send()
    assert await bench.effects(State.MAYBE_SENT) == 1


async def test_a_text_that_no_database_keeps_is_kept_as_far_as_it_goes(bench: Bench) -> None:
    await bench.commit(NUMBERS[0])
    bench.backend.answer = lambda write: Failed(write.key, RejectedError("bad \udcff"))
    await bench.write()
    assert await bench.effects(State.BURIED) == 1


async def test_no_platform_parks_us_for_ever(bench: Bench) -> None:
    await bench.commit(NUMBERS[0])
    bench.backend.fail = RateLimitedError("wait", timedelta(days=10**8))
    await bench.write()
    assert await bench.effects(State.POSTPONED) == 1
    bench.clock.advance(7 * 86_400 + 2)
    bench.backend.fail = None
    await bench.write()
    assert await bench.effects(State.SETTLED) == 1


@pytest.mark.parametrize("doubtful", [False, True])
async def test_a_node_that_lost_its_place_since_its_claim_delivers_nothing(bench: Bench, doubtful: bool) -> None:
    await bench.commit(NUMBERS[0])
    if doubtful:
        bench.backend.fail = OutcomeUnknownError("line dropped")
        await bench.write()
        bench.clock.advance(60)
    calls = len(bench.backend.batches) + len(bench.backend.looked)
    bench.is_member = False
    with pytest.raises(NotOwnerError):
        await bench.write()
    assert len(bench.backend.batches) + len(bench.backend.looked) == calls


async def test_a_node_that_lost_its_place_since_its_claim_sends_nothing(bench: Bench) -> None:
    await bench.commit(NUMBERS[0], reply=ReplyKind.ANSWER)
    bench.is_member = False
    with pytest.raises(NotOwnerError):
        await bench.send()
    assert bench.sender.sent == []


async def test_a_reply_that_was_cut_off_in_the_call_is_shown_as_maybe_sent_by_the_engine_that_goes_on(
    bench: Bench,
) -> None:
    key = await bench.commit(NUMBERS[0], reply=ReplyKind.ANSWER)
    calling = asyncio.Event()

    async def hang(reply: Reply, key: Key) -> Receipt:
        calling.set()
        await asyncio.Event().wait()
        raise AssertionError

    bench.sender.send = hang  # type: ignore[method-assign]
    sending = asyncio.create_task(bench.send())
    await calling.wait()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert await bench.effects(State.MAYBE_SENT) == 1, key


async def test_a_ticket_that_was_cut_off_in_the_call_is_looked_up_by_the_engine_that_goes_on(bench: Bench) -> None:
    await bench.commit(NUMBERS[0])
    calling = asyncio.Event()

    async def hang(writes: Sequence[TicketWrite]) -> Sequence[Answer]:
        calling.set()
        await asyncio.Event().wait()
        raise AssertionError

    submit, bench.backend.submit = bench.backend.submit, hang  # type: ignore[method-assign]
    writing = asyncio.create_task(bench.write())
    await calling.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    bench.backend.submit = submit  # type: ignore[method-assign]
    assert await bench.write() == 1
    assert len(bench.backend.looked) == 1
    assert await bench.effects(State.SETTLED) == 1


@pytest.mark.parametrize("error", [NotOwnerError("lost"), TransientError("the store did not answer")])
async def test_a_reply_whose_call_was_never_made_is_no_doubt(bench: Bench, error: Exception) -> None:
    await bench.commit(NUMBERS[0], reply=ReplyKind.ANSWER)

    class Gone:
        async def reserve(self, call: object) -> None:
            raise error

    means = bench.replies._means
    bench.replies._means = replace(means, gate=Gone())  # type: ignore[arg-type]
    with pytest.raises(type(error)):
        await bench.send()
    bench.replies._means = means
    await bench.store.recover()
    await bench.send()
    assert len(bench.sender.sent) == 1
    assert await bench.effects(State.SETTLED) == 1


async def test_a_node_in_doubt_of_its_place_claims_nothing(bench: Bench) -> None:
    await bench.commit(NUMBERS[0], reply=ReplyKind.ANSWER)
    await bench.commit(NUMBERS[1])
    bench.is_member = False
    for step in (bench.send, bench.write):
        with pytest.raises(NotOwnerError):
            await step()
    assert await bench.effects(State.NEW) == 2


async def test_a_ticket_that_is_gone_is_forgotten_and_its_write_opens_another(bench: Bench) -> None:
    await bench.commit(NUMBERS[0])
    await bench.write()
    await bench.commit(NUMBERS[0], version=2)

    def gone(write: TicketWrite) -> Answer:
        if write.ticket is not None:
            return Failed(write.key, GoneError("deleted"))
        return Done(write.key, TicketRef("T-new"))

    bench.backend.answer = gone
    await bench.write()
    await bench.write()
    assert [(write.ticket, write.generation) for batch in bench.backend.batches for write in batch] == [
        (None, 1),
        (f"T-{NUMBERS[0]}", 1),
        (None, 2),
    ]
    assert bench.backend.batches[-1][0].external_key == f"{NUMBERS[0]}/2"
    assert await bench.effects(State.SETTLED) == 2


async def test_a_write_that_is_tried_again_says_that_it_is_in_doubt(bench: Bench) -> None:
    await bench.commit(NUMBERS[0])
    bench.backend.fail = TransientError("busy")
    await bench.write()
    bench.backend.fail = None
    bench.clock.advance(60)
    await bench.write()
    assert [batch[0].doubtful for batch in bench.backend.batches] == [False, True]


async def test_a_limit_met_within_a_batch_makes_the_whole_target_wait(bench: Bench) -> None:
    for number in NUMBERS:
        await bench.commit(number)
    wait = RateLimitedError("no more calls", timedelta(seconds=30), item=False)
    bench.backend.answer = lambda write: (
        Done(write.key, TicketRef("T")) if write.case.id == NUMBERS[0] else Failed(write.key, wait)
    )
    await bench.write()
    assert bench.reports == [wait]
    assert bench.again[0] is not None
    assert bench.again[0] >= bench.clock.now() + timedelta(seconds=30)
    assert bench.tickets.circuit.state is CircuitState.CLOSED


async def test_a_ticket_system_that_fails_is_tried_with_less_until_it_takes_something(bench: Bench) -> None:
    for number in NUMBERS:
        await bench.commit(number)
    bench.backend.fail = TransientError("down")
    for _ in range(4):
        await bench.write()
        bench.clock.advance(60)
    assert bench.tickets.circuit.state is CircuitState.OPEN
    assert bench.tickets.failing_since is not None
    bench.backend.fail = None
    await bench.write()
    assert len(bench.backend.batches[-1]) == 1
    assert bench.tickets.failing_since is None


async def test_what_is_found_after_a_doubt_shows_a_ticket_system_to_be_well(bench: Bench) -> None:
    key = await bench.commit(NUMBERS[0])
    bench.backend.fail = OutcomeUnknownError("line dropped")
    await bench.write()
    assert bench.tickets.failing_since is not None
    bench.backend.found[Key(key)] = TicketRef("T-found")
    bench.clock.advance(60)
    await bench.write()
    assert bench.reports[-1] is None
    assert bench.tickets.failing_since is None
    assert bench.tickets.circuit.state is CircuitState.CLOSED


async def test_a_write_whose_files_cannot_be_had_waits_alone(bench: Bench) -> None:
    for number in NUMBERS:
        await bench.commit(number)

    async def attach(item: StoredEffect) -> tuple[Sequence[TicketFile], Sequence[str]]:
        if item.effect.case_id == NUMBERS[1]:
            raise TransientError("nobody is there to read it", item=True)
        return (), ("a.png stays",)

    bench.tickets = TicketDispatcher(bench.store, TARGET, bench.backend, 10, bench.means, attach)  # type: ignore[arg-type]
    await bench.write()
    assert [write.withheld for write in bench.backend.batches[0]] == [("a.png stays",)] * 2
    assert await bench.effects(State.SETTLED) == 2
    assert await bench.effects(State.POSTPONED) == 1


async def test_a_ticket_that_was_opened_before_its_write_failed_is_the_cases(bench: Bench) -> None:
    """Whatever becomes of that write: the next one must not open another."""
    await bench.commit(NUMBERS[0])
    bench.backend.answer = lambda write: Failed(write.key, RejectedError("the note is too long"), TicketRef("T-half"))
    await bench.write()
    assert await bench.effects(State.BURIED) == 1
    await bench.commit(NUMBERS[0], version=2)
    bench.backend.answer = lambda write: Done(write.key, TicketRef("T-other"))
    await bench.write()
    assert bench.backend.batches[-1][0].ticket == "T-half"


async def test_a_gone_ticket_that_was_only_found_is_forgotten_too(bench: Bench) -> None:
    await bench.commit(NUMBERS[0])
    bench.backend.answer = lambda write: Failed(write.key, GoneError("closed"), TicketRef("T-closed"))
    await bench.write()
    bench.backend.answer = lambda write: Done(write.key, TicketRef("T-new"))
    await bench.write()
    assert [(write.ticket, write.generation) for write in bench.backend.batches[-1]] == [(None, 2)]
    assert await bench.effects(State.SETTLED) == 1


async def test_a_ticket_that_was_merged_while_it_was_written_to_stays_merged(bench: Bench) -> None:
    await bench.commit(NUMBERS[0])
    await bench.write()
    await bench.commit(NUMBERS[0], version=2)

    async def merging(writes: Sequence[TicketWrite]) -> Sequence[Answer]:
        await bench.store.put_page("support", StreamId("INBOX"), [raw("x", "x@mail.test")], Cursor("99"))
        (claimed,) = await bench.store.claim_raws(1, 10**6, bench.clock.now())
        move = TicketMove(NUMBERS[0], TARGET, f"T-{NUMBERS[0]}", "T-into")
        await bench.store.commit([Decision(claimed.seq, tickets=(move,))])
        return [Done(write.key, TicketRef(f"T-{NUMBERS[0]}")) for write in writes]

    bench.backend.submit = merging  # type: ignore[method-assign]
    await bench.write()
    (past,) = await bench.store.look_up([Query(ticket=(TARGET, "T-into"))])
    assert [each.id for each in past.by_ticket] == [NUMBERS[0]]
    assert past.current == "T-into"


async def test_writes_that_all_fail_alike_make_the_whole_target_wait(bench: Bench) -> None:
    for number in NUMBERS:
        await bench.commit(number)
    error = OutcomeUnknownError("written in part")
    bench.backend.answer = lambda write: Failed(write.key, error, TicketRef("T"))
    await bench.write()
    assert bench.reports == [error]
