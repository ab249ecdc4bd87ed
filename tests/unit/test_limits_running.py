"""A running gateway keeps its limits, over restarts and over kill -9, and goes on by itself when there is room."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.journal import EffectKind, State, Store
from gateway.ports import Limit, Scope
from gateway.sandbox.mail import MailServer
from gateway.settings import Settings
from tests.conftest import ManualClock
from tests.mails import DESK, plain, sender
from tests.unit.test_app import BOUND, DeskFolder, cases, changed, desk, engine, from_us, mail, parts, until

__all__ = ["desk", "mail"]

pytestmark = pytest.mark.timeout(60)

MINUTE = timedelta(minutes=1)
ONE = "send-channel-60s = 1\n"


def one_a_minute(desk: DeskFolder) -> None:
    desk.change("send-channel-60s = 1000000\n", ONE)


def limited(settings: Settings, limit: Limit) -> Settings:
    """Return settings whose one channel's plugin declares this limit instead of its own."""
    (channel,) = settings.channels
    return replace(settings, channels=(replace(channel, limits=(limit,)),))


async def replies(store: Store, state: State) -> int:
    """Count the replies of the first cases in a state."""
    found = [await store.case_view(case.id) for case in await store.list_cases(None, 10)]
    effects = [effect for view in found if view is not None for effect in view.effects]
    return sum(effect.kind is not EffectKind.TICKET and effect.state is state for effect in effects)


async def until_so(ask: Any) -> None:
    async with asyncio.timeout(BOUND):
        while not await ask():
            await asyncio.sleep(0.005)


async def test_a_reply_above_the_limit_waits_over_a_restart_and_is_sent_when_there_is_room(
    desk: DeskFolder, mail: MailServer, clock: ManualClock
) -> None:
    one_a_minute(desk)

    async def waits() -> bool:
        return (await replies(store, State.SETTLED), await replies(store, State.POSTPONED)) == (1, 1)

    async with engine(desk.settings(), clock) as (built, store):
        for number in (1, 2):
            mail.deliver(DESK, plain(number))
        await until_so(waits)
        part = parts(built)["support:send"]
        assert part.next_try_at is not None
        assert "send-channel-60s" in part.last_error
    clock.advance(30)
    async with engine(desk.settings(), clock) as (_, store):
        mail.deliver(DESK, plain(3))
        await until_so(lambda: _is(replies(store, State.POSTPONED), 2))
        assert await replies(store, State.SETTLED) == 1
        clock.advance(33.1)
        await until_so(lambda: _is(replies(store, State.SETTLED), 2))
        assert len([1 for number in (1, 2, 3) for each in mail.inbox(sender(number)) if from_us(each)]) == 2


async def _is(asked: Any, wanted: object) -> bool:
    return bool(await asked == wanted)


async def test_a_mailbox_that_may_not_be_fetched_yet_waits_and_loses_nothing(
    desk: DeskFolder, mail: MailServer, clock: ManualClock
) -> None:
    settings = limited(desk.settings(), Limit("fetch", Scope.ACCOUNT, 1, MINUTE))
    async with engine(settings, clock) as (built, store):

        def is_parked() -> bool:
            part = parts(built).get("support:INBOX")
            return part is not None and part.next_try_at is not None and part.next_try_at > clock.now()

        mail.deliver(DESK, plain(1))
        await until(is_parked)
        assert "fetch-account-60s" in parts(built)["support:INBOX"].last_error
        await cases(store, 1)
        mail.deliver(DESK, plain(2))
        clock.advance(30)
        assert is_parked()
        clock.advance(33.1)
        await cases(store, 2)


async def test_a_backend_that_may_not_be_written_yet_gets_its_tickets_later(
    desk: DeskFolder, mail: MailServer, clock: ManualClock
) -> None:
    settings = desk.settings()
    settings = replace(settings, backend=replace(settings.backend, limits=(Limit("submit", Scope.GLOBAL, 1, MINUTE),)))
    async with engine(settings, clock) as (built, store):
        mail.deliver(DESK, plain(1))
        await cases(store, 1)
        mail.deliver(DESK, plain(2))
        await until(lambda: parts(built)["backend:embedded:write"].next_try_at is not None)
        clock.advance(63.1)
        await cases(store, 2)


async def test_a_gateway_that_was_killed_begins_no_fresh_minute(desk: DeskFolder, mail: MailServer) -> None:
    one_a_minute(desk)
    process = desk.process
    try:
        await process.start()
        for number in (1, 2):
            mail.deliver(DESK, plain(number))
        await process.until(lambda: process.count("effect.postponed") == 1)
        await process.kill()
        await process.start()
        mail.deliver(DESK, plain(3))
        await process.until(lambda: process.count("effect.postponed") == 1)
    finally:
        await process.close()
    assert len([1 for number in (1, 2, 3) for each in mail.inbox(sender(number)) if from_us(each)]) == 1


async def test_a_changed_limit_holds_without_a_restart(desk: DeskFolder, mail: MailServer, clock: ManualClock) -> None:
    """Of the channel alone; what is put off already keeps its time."""
    one_a_minute(desk)
    async with engine(desk.settings(), clock) as (built, store):
        mail.deliver(DESK, plain(1))
        await cases(store, 1)
        desk.change(ONE, "send-channel-60s = 2\n")
        since = parts(built)["support:INBOX"].since
        clock.advance(1)
        await changed(built, lambda: "support:INBOX" in parts(built) and parts(built)["support:INBOX"].since > since)
        mail.deliver(DESK, plain(2))
        await cases(store, 2)
        mail.deliver(DESK, plain(3))
        await until_so(lambda: _is(replies(store, State.POSTPONED), 1))
