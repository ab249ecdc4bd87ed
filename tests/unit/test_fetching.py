"""Files of messages are fetched on a real store: kept once, whatever happens; what came of each is told once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from gateway.case import Attachment, AttachmentState
from gateway.dispatch import Fates, Means, ReplyDispatcher
from gateway.errors import (
    GatewayError,
    OutcomeUnknownError,
    RejectedError,
    TooLargeError,
    TransientError,
    UnreachableError,
)
from gateway.feedback import normalize
from gateway.fetching import ATTEMPTS, FileDispatcher, type_of
from gateway.journal import Decision, Effect, EffectKind, FileIntent, State, files_of
from gateway.ports import Event, Fetched, FileRef, Key, Receipt, Reply, ReplyKind, Undelivered
from gateway.retry import RetryPolicy
from gateway.store import SqlStore
from tests.builders import party, raw
from tests.conftest import ManualClock

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452") + b"\0" * 100
CHANNEL = "telegram"


class Platform:
    """A platform that hands out one file, or fails as it is told; and takes replies, or does not."""

    def __init__(self) -> None:
        self.body = PNG
        self.fails: Exception | None = None
        self.asked: list[str] = []

    async def open(self, ref: FileRef) -> AsyncIterator[bytes]:
        self.asked.append(ref)
        yield self.body[:10]
        if self.fails is not None:
            raise self.fails
        yield self.body[10:]

    async def send(self, reply: Reply, key: Key) -> Receipt:
        if self.fails is not None:
            raise self.fails
        return Receipt("r")


class Desk:
    def __init__(self, store: SqlStore, clock: ManualClock) -> None:
        self.store, self.clock, self.platform = store, clock, Platform()
        self.arrived = 0
        retry = RetryPolicy(base_secs=1, cap_secs=10, attempts=3, bug_attempts=2)
        means = Means(clock, Fates(clock, retry, random.Random(1)))
        self.files = FileDispatcher(store, CHANNEL, self.platform, 1000, means, self.ring)
        self.replies = ReplyDispatcher(store, CHANNEL, self.platform, timedelta(days=1), means, self.ring)

    def ring(self) -> None:
        self.arrived += 1

    def report(self, error: Exception | None, again: datetime | None) -> None:
        pass

    async def wants(self, *effects: Effect) -> None:
        await self.store.put_page(CHANNEL, raw().stream, [raw(effects[0].key)], None)
        (claimed,) = await self.store.claim_raws(1, 10**6, self.clock.now())
        await self.store.commit([Decision(claimed.seq, effects=effects)])

    async def told(self) -> list[Event]:
        """Return what the engine has told itself since it was last asked."""
        claimed = await self.store.claim_raws(10, 10**6, self.clock.now())
        return [event for each in claimed for event in normalize(each.raw)]


@pytest.fixture
def desk(store: SqlStore, clock: ManualClock) -> Desk:
    return Desk(store, clock)


def wanted(name: str = "m1") -> Effect:
    attachment = Attachment(id="a1", ref="ref-1", size=116)
    file = FileIntent(channel=CHANNEL, lane="7", message_id=name, attachment_id=attachment.id, ref="ref-1", size=116)
    return Effect(key=f"{name}:file:a1", kind=EffectKind.FILE, target=files_of(CHANNEL), file=file)


def answer(kind: ReplyKind = ReplyKind.ANSWER) -> Effect:
    reply = Reply(
        channel=CHANNEL, kind=kind, to=party("7"), case_id="GH-AAAAA-AAAAA", text="x", automatic=False, token=""
    )
    return Effect(key=f"e:{kind}", kind=EffectKind(kind.value), target=CHANNEL, reply=reply)


async def test_a_file_is_kept_with_its_hash_size_and_type_and_told_once(desk: Desk) -> None:
    await desk.wants(wanted())
    assert await desk.files.step(desk.report) == 1
    (event,) = await desk.told()
    assert isinstance(event, Fetched)
    assert (event.message_id, event.attachment_id, event.state) == ("m1", "a1", AttachmentState.STORED)
    assert (event.size, event.detected_type) == (116, "image/png")
    assert event.sha256 is not None
    assert b"".join([piece async for piece in desk.store.files.open(event.sha256)]) == PNG
    assert desk.arrived == 1
    assert await desk.files.step(desk.report) == 0


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (TooLargeError("file is too big"), AttachmentState.TOO_LARGE),
        (RejectedError("gone"), AttachmentState.UNAVAILABLE),
    ],
)
async def test_what_cannot_be_fetched_is_told_and_never_tried_again(
    desk: Desk, error: GatewayError, state: AttachmentState
) -> None:
    desk.platform.fails = error
    await desk.wants(wanted())
    await desk.files.step(desk.report)
    (event,) = await desk.told()
    assert isinstance(event, Fetched)
    assert (event.state, event.reason, event.sha256) == (state, str(error), None)
    assert await desk.files.step(desk.report) == 0


async def test_a_file_larger_than_it_may_be_is_not_kept(desk: Desk) -> None:
    desk.platform.body = b"x" * 2000
    await desk.wants(wanted())
    await desk.files.step(desk.report)
    (event,) = await desk.told()
    assert isinstance(event, Fetched)
    assert event.state is AttachmentState.TOO_LARGE


async def test_an_outage_is_waited_out_and_in_the_end_told(desk: Desk) -> None:
    desk.platform.fails = TransientError("away")
    await desk.wants(wanted())
    for _ in range(3):
        assert await desk.files.step(desk.report) == 1
        desk.clock.advance(60)
    (event,) = await desk.told()
    assert isinstance(event, Fetched)
    assert event.state is AttachmentState.UNAVAILABLE
    assert len(desk.platform.asked) == 3


async def test_a_fetch_that_was_cut_off_is_made_again(desk: Desk) -> None:
    await desk.wants(wanted())
    await desk.store.claim_effects(files_of(CHANNEL), 4, desk.clock.now())
    await desk.store.recover()
    await desk.files.step(desk.report)
    (event,) = await desk.told()
    assert isinstance(event, Fetched)
    assert event.state is AttachmentState.STORED


@pytest.mark.parametrize(
    ("error", "maybe", "unreachable"),
    [
        (RejectedError("no"), False, False),
        (UnreachableError("blocked"), False, True),
        (OutcomeUnknownError("dropped"), True, False),
    ],
)
async def test_an_answer_that_did_not_arrive_is_told(
    desk: Desk, error: GatewayError, maybe: bool, unreachable: bool
) -> None:
    desk.platform.fails = error
    await desk.wants(answer())
    await desk.replies.step(desk.report)
    (event,) = await desk.told()
    assert isinstance(event, Undelivered)
    assert (event.case_id, event.channel, event.to.address) == ("GH-AAAAA-AAAAA", CHANNEL, "7")
    assert (event.maybe, event.unreachable, event.reason) == (maybe, unreachable, str(error))
    assert (await desk.store.tally()).effects.get(State.MAYBE_SENT, 0) == maybe


async def test_of_automatic_texts_only_a_closed_door_is_told(desk: Desk) -> None:
    desk.platform.fails = RejectedError("no")
    await desk.wants(answer(ReplyKind.RESPONSE))
    await desk.replies.step(desk.report)
    assert await desk.told() == []
    desk.platform.fails = UnreachableError("blocked")
    await desk.wants(answer(ReplyKind.NOTICE))
    await desk.replies.step(desk.report)
    (event,) = await desk.told()
    assert isinstance(event, Undelivered)
    assert event.unreachable


@pytest.mark.parametrize(("head", "found"), [(PNG, "image/png"), (b"%PDF-1.7\n", "application/pdf"), (b"", None)])
def test_a_type_is_told_by_the_bytes(head: bytes, found: str | None) -> None:
    assert type_of(head) == found


async def test_a_fetch_that_is_cut_off_while_the_engine_goes_on_is_made_again_at_once(desk: Desk) -> None:
    began = asyncio.Event()

    async def endless(ref: FileRef) -> AsyncIterator[bytes]:
        yield b"x"
        began.set()
        await asyncio.Event().wait()

    real, desk.platform.open = desk.platform.open, endless  # type: ignore[method-assign]
    await desk.wants(wanted())
    step = asyncio.create_task(desk.files.step(desk.report))
    await began.wait()
    step.cancel()
    with pytest.raises(asyncio.CancelledError):
        await step
    desk.platform.open = real  # type: ignore[method-assign]
    desk.clock.advance(1)
    assert await desk.files.step(desk.report) == 1
    (event,) = await desk.told()
    assert isinstance(event, Fetched)
    assert event.state is AttachmentState.STORED


async def test_what_was_given_up_is_buried_and_told_again_when_it_is_tried_again(desk: Desk) -> None:
    desk.platform.fails = RejectedError("gone")
    await desk.wants(wanted())
    await desk.files.step(desk.report)
    assert (await desk.store.tally()).effects.get(State.BURIED) == 1


async def test_an_answer_that_is_cut_off_after_the_call_keeps_its_fate(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    telling, go_on = asyncio.Event(), asyncio.Event()
    real = desk.store.put_page

    async def slow(*args: Any) -> Any:
        telling.set()
        await go_on.wait()
        return await real(*args)

    desk.platform.fails = RejectedError("no")
    await desk.wants(answer())
    monkeypatch.setattr(desk.store, "put_page", slow)
    step = asyncio.create_task(desk.replies.step(desk.report))
    await telling.wait()
    step.cancel()
    await asyncio.sleep(0)
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await step
    assert (await desk.store.tally()).effects.get(State.BURIED) == 1
    assert len(await desk.told()) == 1


async def test_a_file_that_is_never_given_out_is_given_up_after_a_few_times(desk: Desk) -> None:
    patient = RetryPolicy(base_secs=1, cap_secs=10, attempts=100)
    means = Means(desk.clock, Fates(desk.clock, patient, random.Random(1)))
    files = FileDispatcher(desk.store, CHANNEL, desk.platform, 1000, means, desk.ring)
    desk.platform.fails = TransientError("not now", item=True)
    await desk.wants(wanted())
    for _ in range(ATTEMPTS):
        assert await files.step(desk.report) == 1
        desk.clock.advance(60)
    assert await files.step(desk.report) == 0
    (event,) = await desk.told()
    assert isinstance(event, Fetched)
    assert (event.state, event.reason) == (AttachmentState.UNAVAILABLE, "not now")
