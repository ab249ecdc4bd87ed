"""Every call is reserved before it is made, and what may not be called yet waits without harm to others."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.case import Party
from gateway.dispatch import Fates, Means, ReplyDispatcher
from gateway.errors import OutcomeUnknownError, RateLimitedError, RejectedError
from gateway.intake import Intake, SourceError
from gateway.journal import Decision, State
from gateway.limits import Bucket, Gate, Limiter
from gateway.ports import Cursor, Done, Key, Limit, Page, Raw, ReplyKind, Scope, StreamId, TicketRef, TicketWrite
from gateway.retry import RetryPolicy
from gateway.store import Sealer, SqlStore, open_store
from gateway.ticketing import Answer, TicketDispatcher
from tests.builders import case, raw
from tests.conftest import ManualClock
from tests.unit.test_dispatch import NUMBERS, TARGET, Bench

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ONE_EACH = Limit("send", Scope.RECIPIENT, 1, HOUR)
INBOX = StreamId("INBOX")


class Watched:
    """The buckets of a store, and what was asked of them."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self.asked: list[list[str]] = []

    async def reserve(self, buckets: Sequence[Bucket], now: datetime) -> Sequence[datetime | None]:
        self.asked.append([bucket.limit.name for bucket in buckets])
        return await self._store.budgets.reserve(buckets, now)


class Limited(Bench):
    """An outbox whose targets have limits."""

    def __init__(self, store: SqlStore, clock: ManualClock, *limits: Limit) -> None:
        super().__init__(store, clock)
        self.buckets = Watched(store)
        fates = Fates(clock, RetryPolicy(base_secs=1, cap_secs=10, attempts=5), random.Random(2))
        self.tickets = TicketDispatcher(
            store,
            TARGET,
            self.backend,  # type: ignore[arg-type]
            10,
            Means(clock, fates, gate=self.gate(*limits, name=TARGET)),
        )
        self.replies = ReplyDispatcher(
            store, "support", self.sender, timedelta(days=1), Means(clock, fates, gate=self.gate(*limits))
        )

    def gate(self, *limits: Limit, name: str = "support") -> Gate | None:
        return Limiter(self.buckets, self.clock).gate(limits, "chat", name)

    async def answer(self, number: str, to: str) -> str:
        """Put an answer to somebody into the outbox."""
        effect = self.reply(f"{number}-{self.number}", number, ReplyKind.ANSWER)
        assert effect.reply is not None
        effect = effect.model_copy(
            update={"reply": effect.reply.model_copy(update={"to": Party(platform="email", address=to)})}
        )
        self.number += 1
        await self.store.put_page("support", INBOX, [raw(f"r{self.number}", to)], Cursor(str(self.number)))
        (claimed,) = await self.store.claim_raws(1, 10**6, self.clock.now())
        await self.store.commit([Decision(claimed.seq, cases=(case(number),), effects=(effect,))])
        return effect.key

    async def view(self, number: str) -> Any:
        found = await self.store.case_view(number)
        assert found is not None
        return found.effects[0]


async def test_one_recipient_who_has_enough_waits_alone_and_uncharged(store: SqlStore, clock: ManualClock) -> None:
    """The others of the channel go on, nobody is told of a fault, and the wait costs no attempt."""
    bench = Limited(store, clock, ONE_EACH, Limit("send", Scope.CHANNEL, 9, MINUTE))
    first = await bench.answer(NUMBERS[0], "ann@a.test")
    second = await bench.answer(NUMBERS[1], "ann@a.test")
    third = await bench.answer(NUMBERS[2], "bob@b.test")
    while await bench.send():
        pass
    assert bench.sender.sent == [first, third]
    assert bench.reports == [None, None], "only what was called tells how the server is"
    view = await bench.view(NUMBERS[1])
    assert (view.state, view.attempts) == (State.POSTPONED, 0)
    assert "send-recipient-3600s" in view.reason
    assert "ann" not in view.reason
    assert view.not_before is not None
    clock.advance((view.not_before - clock.now()).total_seconds())
    assert await bench.send() == 1
    assert bench.sender.sent == [first, third, second]


async def test_a_channel_that_is_used_up_is_parked_as_a_whole(store: SqlStore, clock: ManualClock) -> None:
    """The supervisor is told until when, so that not every reply is tried one after the other."""
    bench = Limited(store, clock, Limit("send", Scope.CHANNEL, 1, MINUTE))
    for number, name in zip(NUMBERS[:2], ("ann", "bob"), strict=True):
        await bench.answer(number, f"{name}@a.test")
    await bench.send()
    await bench.send()
    assert len(bench.sender.sent) == 1
    error = bench.reports[-1]
    assert isinstance(error, RateLimitedError)
    assert not error.item
    view = await bench.view(NUMBERS[1])
    assert view.not_before == bench.again[-1] == clock.now() + error.retry_after
    assert (view.state, view.attempts) == (State.POSTPONED, 0)


async def test_a_reply_is_reserved_once_before_it_is_sent_and_after_its_claim(
    store: SqlStore, clock: ManualClock
) -> None:
    bench = Limited(store, clock, ONE_EACH, Limit("fetch", Scope.CHANNEL, 1, MINUTE))
    await bench.answer(NUMBERS[0], "ann@a.test")
    story: list[str] = []
    real, sent = bench.buckets.reserve, bench.sender.send

    async def reserve(buckets: Sequence[Bucket], now: datetime) -> Any:
        story.append(f"reserve {await bench.effects(State.CLAIMED)}")
        return await real(buckets, now)

    async def send(reply: Any, key: Key) -> Any:
        story.append("send")
        return await sent(reply, key)

    bench.buckets.reserve, bench.sender.send = reserve, send  # type: ignore[method-assign]
    await bench.send()
    assert story == ["reserve 1", "send"]
    assert bench.buckets.asked == [["send-recipient-3600s"]]


async def test_what_is_not_sent_is_not_reserved(store: SqlStore, clock: ManualClock) -> None:
    """What is too old, or maybe sent already, takes nothing from those that wait."""
    bench = Limited(store, clock, ONE_EACH)
    await bench.commit(NUMBERS[0], reply=ReplyKind.ACKNOWLEDGEMENT)
    clock.advance(3 * 86_400)
    await bench.send()
    await bench.commit(NUMBERS[1], reply=ReplyKind.ANSWER)
    await store.claim_effects("support", 1, clock.now())
    await store.recover()
    await bench.send()
    assert (await bench.effects(State.SETTLED), await bench.effects(State.MAYBE_SENT)) == (1, 1)
    assert bench.buckets.asked == []


async def test_without_limits_a_call_costs_no_transaction(store: SqlStore, clock: ManualClock) -> None:
    bench = Limited(store, clock, Limit("fetch", Scope.CHANNEL, 1, MINUTE))
    for number in NUMBERS:
        await bench.answer(number, "ann@a.test")
    while await bench.send():
        pass
    assert len(bench.sender.sent) == 3
    assert bench.buckets.asked == []


async def test_a_gateway_that_was_killed_has_no_fresh_bucket(tmp_path: Path, clock: ManualClock) -> None:
    """The reservation was durable before the call; what was under way is in doubt, and counts."""

    class PowerCut(BaseException):
        pass

    async def cut(reply: Any, key: Key) -> Any:
        raise PowerCut

    def opened() -> Any:
        return open_store(tmp_path / "g.db", tmp_path / "blobs", Sealer({"t": b"k" * 32}, "t"), clock)

    async with opened() as store:
        bench = Limited(store, clock, ONE_EACH)
        await bench.answer(NUMBERS[0], "ann@a.test")
        await bench.answer(NUMBERS[1], "ann@a.test")
        bench.sender.send = cut  # type: ignore[method-assign]
        with pytest.raises(PowerCut):
            await bench.send()
    async with opened() as store:
        await store.recover()
        bench = Limited(store, clock, ONE_EACH)
        while await bench.send():
            pass
        assert bench.sender.sent == []
        assert (await bench.view(NUMBERS[0])).state is State.MAYBE_SENT
        assert (await bench.view(NUMBERS[1])).state is State.POSTPONED


# Tickets


SUBMIT = Limit("submit", Scope.CHANNEL, 1, MINUTE)


async def test_a_batch_costs_one_call_and_the_next_waits(store: SqlStore, clock: ManualClock) -> None:
    bench = Limited(store, clock, SUBMIT)
    await bench.commit(NUMBERS[0])
    await bench.commit(NUMBERS[1])
    assert await bench.write() == 2
    await bench.commit(NUMBERS[2])
    await bench.write()
    assert [len(batch) for batch in bench.backend.batches] == [2]
    assert isinstance(bench.reports[-1], RateLimitedError)
    assert (await bench.view(NUMBERS[2])).attempts == 0
    clock.advance(63)
    await bench.write()
    assert await bench.effects(State.SETTLED) == 3


async def test_a_batch_that_is_split_costs_a_call_a_part(store: SqlStore, clock: ManualClock) -> None:
    """What there is no call left for waits; nothing is lost and nothing buried for it."""
    bench = Limited(store, clock, replace(SUBMIT, count=2))
    for number in NUMBERS:
        await bench.commit(number)

    async def picky(writes: Sequence[TicketWrite]) -> Sequence[Answer]:
        bench.backend.batches.append(list(writes))
        if len(writes) > 1:
            raise RejectedError("bad request")
        return [Done(write.key, TicketRef("T")) for write in writes]

    bench.backend.submit = picky  # type: ignore[method-assign]
    await bench.write()
    assert [len(batch) for batch in bench.backend.batches] == [3, 1]
    assert (await bench.effects(State.SETTLED), await bench.effects(State.POSTPONED)) == (1, 2)
    assert bench.buckets.asked == [["submit-channel-60s"]] * 3


@pytest.mark.parametrize(("call", "written"), [("find", 2), ("submit", 1)])
async def test_a_write_in_doubt_stays_in_doubt_while_nobody_may_be_asked(
    store: SqlStore, clock: ManualClock, call: str, written: int
) -> None:
    """Whether it may not be looked for yet, or not be written again yet; then it is looked for first."""
    bench = Limited(store, clock, Limit(call, Scope.CHANNEL, 1, HOUR))
    await bench.commit(NUMBERS[0])
    bench.backend.fail = OutcomeUnknownError("line dropped")
    for _ in range(3):
        await bench.write()
        clock.advance(60)
    assert (len(bench.backend.looked), len(bench.backend.batches)) == (1, written)
    assert await bench.effects(State.UNKNOWN) == 1
    bench.backend.fail = None
    clock.advance(3700)
    await bench.write()
    assert (len(bench.backend.looked), len(bench.backend.batches)) == (2, written + 1)
    assert await bench.effects(State.SETTLED) == 1


# Fetching


class Source:
    """A platform with one page, and a journal that takes it."""

    def __init__(self, clock: ManualClock, gate: Gate | None) -> None:
        self.fetched = 0
        self.intake = Intake(self, "s", INBOX, self.fetch, None, lambda: None, clock=clock, gate=gate)  # type: ignore[arg-type]

    async def fetch(self, stream: StreamId, after: Cursor | None) -> Page[Raw]:
        self.fetched += 1
        return Page((), None)


async def test_a_fetch_waits_for_its_limit_as_if_the_platform_had_said_so(store: SqlStore, clock: ManualClock) -> None:
    bench = Limited(store, clock)
    source = Source(
        clock, bench.gate(Limit("fetch", Scope.ACCOUNT, 1, MINUTE), Limit("fetch:INBOX", Scope.ACCOUNT, 9, HOUR))
    )
    await source.intake.step()
    with pytest.raises(SourceError) as caught:
        await source.intake.step()
    assert source.fetched == 1
    assert isinstance(caught.value.cause, RateLimitedError)
    clock.advance(caught.value.cause.retry_after.total_seconds())
    await source.intake.step()
    assert source.fetched == 2
    assert bench.buckets.asked == [["fetch-account-60s", "fetch-inbox-account-3600s"]] * 3


async def test_another_stream_is_another_endpoint(store: SqlStore, clock: ManualClock) -> None:
    bench = Limited(store, clock)
    source = Source(clock, bench.gate(Limit("fetch:OTHER", Scope.ACCOUNT, 1, MINUTE)))
    for _ in range(3):
        await source.intake.step()
    assert bench.buckets.asked == []
