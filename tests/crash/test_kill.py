"""Mails in a real mailbox, and the gateway killed ten times on the way: nothing lost, nothing doubled."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import AsyncIterator, Iterator, Mapping, Sized
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.crash.oracle import Seen, observe, wrong
from tests.gateway_process import GatewayProcess
from tests.mails import DESK, may_be_acknowledged, mixed
from tests.servers.dovecot import Dovecot
from tests.servers.http_sink import Answer, HttpSink
from tests.servers.smtp_sink import SILENCE, SmtpSink

pytestmark = [pytest.mark.crash, pytest.mark.dovecot, pytest.mark.timeout(400)]

FULL = os.environ.get("GATEHOUSE_FULL") == "1"
MAILS = 2000 if FULL else 200
MAILS_BY_WEBHOOK = 2000 if FULL else 120
FEW = 12
HOOK_SECRET = "a made-up secret of more than 24 bytes"

Kill = tuple[str, int]
KILLS: tuple[Kill, ...] = (
    ("engine.started", 1),
    ("page.stored", 1),
    ("page.stored", 2),
    ("raw.settled", 7),
    ("effect.settled", 4),
    ("raw.settled", 25),
    ("mail taken", 3),
    ("effect.settled", 31),
    ("mail taken", 9),
    ("effect.settled", 60),
)
"""When each kill comes: after so many events of that name in the life that it ends. `mail taken` is the worst moment:
the mail server has the acknowledgement and has not answered yet."""

KILLS_BY_WEBHOOK: tuple[Kill, ...] = (
    *KILLS[:5],
    ("write taken", 5),
    ("mail taken", 3),
    ("write taken", 12),
    ("effect.settled", 20),
    ("mail taken", 5),
)
"""`write taken` is the worst moment of a ticket: the receiver has it and has not answered yet."""

WORK_LEFT = "select count(*) from effects where kind <> 'wake' and state not in ('settled', 'buried', 'maybe_sent')"
"""What is not done yet; a timer that sleeps is no work."""


class World:
    """A mailbox, a relay and a ticket receiver, and the gateway between them."""

    def __init__(self, gateway: GatewayProcess, dovecot: Dovecot, relay: SmtpSink, receiver: HttpSink) -> None:
        self.gateway = gateway
        self.dovecot = dovecot
        self.relay = relay
        self.receiver = receiver
        self.mails = 0
        self.kills = 0
        self.by_webhook = False

    def set_up(self, mails: int, *, by_webhook: bool = False) -> None:
        """Fill the mailbox and write the configuration."""
        self.mails, self.by_webhook = mails, by_webhook
        self.dovecot.fill(mixed(mails), DESK)
        hook = f'kind = "webhook"\nurl = "{self.receiver.url}"\nsecret = {{ file = "hook.secret" }}'
        backend = hook if by_webhook else 'kind = "embedded"'
        self.gateway.configure(
            self.dovecot.imap_port, self.relay.port, self.dovecot.password, batch=8, page=16, backend=backend
        )
        secret = self.gateway.folder / "hook.secret"
        secret.touch(mode=0o600)
        secret.write_text(HOOK_SECRET)

    async def live_until(self, event: str, count: int) -> None:
        """Start the gateway and kill it when that has happened, or when a slow machine let it finish before."""
        self.kills += 1
        if event == "mail taken":
            self.relay.answers["."] = ["250 taken"] * (count - 1) + [SILENCE]
            await self._live(self.relay.taken, count)
            self.relay.answers["."] = []
        elif event == "write taken":
            for _ in range(count - 1):
                self.receiver.plan(Answer(takes=True))
            self.receiver.always(Answer(takes=True, then="hang"))
            await self._live(self.receiver.requests, count)
            self.receiver.mend()
        else:
            await self.gateway.start()
            await self.gateway.until(lambda: self.gateway.count(event) >= count or self._finished())
        await self.gateway.kill()

    async def _live(self, taken: Sized, more: int) -> None:
        goal = len(taken) + more
        await self.gateway.start()
        async with asyncio.timeout(60):
            for turn in itertools.count(1):
                if len(taken) >= goal or (turn % 5000 == 0 and self._finished()):
                    break
                await asyncio.sleep(0)

    async def finish(self) -> Seen:
        """Start the gateway a last time, let it work all off, and say what came of it."""
        await self.gateway.start()
        await self.gateway.until(self._finished, secs=300 if FULL else 60)
        assert await self.gateway.stop() == 0
        return observe(
            self.gateway,
            self.mails,
            self.kills,
            acknowledged=[mail.recipients[0] for mail in self.relay.taken],
            may_be_acknowledged=may_be_acknowledged(self.mails),
            tickets=self._tickets(),
        )

    def _finished(self) -> bool:
        """Asked in the order in which things happen: what moves on between two questions is then still found open."""
        rows = self.gateway.rows
        return (
            self._all_fetched()
            and rows("select count(*) from raws where state not in ('settled', 'buried')")[0][0] == 0
            and rows(WORK_LEFT)[0][0] == 0
        )

    def _all_fetched(self) -> bool:
        """The cursor holds the last UID of a fresh mailbox, which is how many mails were put there."""
        rows = self.gateway.rows("select cursor from streams where source = 'support'")
        return any(f'"uid": {self.mails},' in str(cursor) for (cursor,) in rows)

    def _tickets(self) -> list[str]:
        if self.by_webhook:
            return [event["subject"] for event in self.receiver.taken if not _is_note(event)]
        lines = "select ticket from desk_lines where by_agent = 0 and kind <> 'note'"
        return [ticket for (ticket,) in self.gateway.rows(lines)]


def _is_note(event: Mapping[str, Any]) -> bool:
    """Whether it tells the agents something beside what its user wrote."""
    return str(event["type"]).endswith(".note")


@pytest.fixture
def dovecot(tmp_path: Path) -> Iterator[Dovecot]:
    """A server of the test's own, so that its mailbox holds nothing else."""
    server = Dovecot.start(tmp_path)
    yield server
    server.stop()


@pytest_asyncio.fixture
async def world(tmp_path: Path, dovecot: Dovecot) -> AsyncIterator[World]:
    gateway = GatewayProcess(tmp_path / "desk")
    async with SmtpSink().running() as relay, HttpSink(HOOK_SECRET.encode()) as receiver:
        yield World(gateway, dovecot, relay, receiver)
        await gateway.close()


async def test_ten_kills_lose_nothing_and_double_nothing(world: World) -> None:
    world.set_up(MAILS)
    for event, count in KILLS:
        await world.live_until(event, count)
    assert wrong(await world.finish()) == []


async def test_ten_kills_leave_each_case_with_a_receiver_once(world: World) -> None:
    world.set_up(MAILS_BY_WEBHOOK, by_webhook=True)
    for event, count in KILLS_BY_WEBHOOK:
        await world.live_until(event, count)
    assert wrong(await world.finish()) == []
    receiver = world.receiver
    assert receiver.forged == 0
    assert len(receiver.requests) > len(receiver.taken), "what was in doubt was asked again, under the same id"
    assert len({event["id"] for event in receiver.taken if not _is_note(event)}) == MAILS_BY_WEBHOOK


@pytest.mark.parametrize(
    ("fault", "kill", "by_webhook", "seen"),
    [
        ("forgets_doubt", ("mail taken", 3), False, "doubled: 1 people were acknowledged more than once"),
        ("loses_one_of_a_page", ("page.stored", 1), False, "lost: 1 mails are not in the journal"),
        ("renames_writes", ("write taken", 3), True, "cases were written more than once"),
    ],
)
async def test_a_broken_gateway_is_found_out(world: World, fault: str, kill: Kill, by_webhook: bool, seen: str) -> None:
    world.gateway.command = ("tests.crash.broken", fault)
    world.set_up(FEW, by_webhook=by_webhook)
    await world.live_until(*kill)
    found = wrong(await world.finish())
    assert any(seen in sentence for sentence in found), found


GOOD = Seen(
    mails=2,
    kills=1,
    keys=("1", "2"),
    raw_states=frozenset({"settled"}),
    cases=("A", "B"),
    acknowledgements={"settled": 1, "maybe_sent": 1},
    acknowledged=("ann",),
    may_be_acknowledged=frozenset({"ann", "bob"}),
    tickets=("A", "B"),
)


def test_the_oracle_is_content_with_what_is_right() -> None:
    assert wrong(GOOD) == []
    assert wrong(replace(GOOD, acknowledged=("ann", "bob"))) == [], "what is in doubt may have been taken"


@pytest.mark.parametrize(
    "bad",
    [
        replace(GOOD, keys=("1",)),
        replace(GOOD, keys=("1", "2", "2")),
        replace(GOOD, raw_states=frozenset({"settled", "buried"})),
        replace(GOOD, cases=("A",)),
        replace(GOOD, cases=("A", "A"), tickets=("A",)),
        replace(GOOD, tickets=("A",)),
        replace(GOOD, tickets=("A", "B", "B")),
        replace(GOOD, tickets=("A", "B", "C")),
        replace(GOOD, acknowledged=("ann", "ann")),
        replace(GOOD, acknowledged=("robot",)),
        replace(GOOD, acknowledged=()),
        replace(GOOD, acknowledgements={"settled": 1}),
        replace(GOOD, acknowledgements={"settled": 1, "new": 1}),
        replace(GOOD, acknowledgements={"maybe_sent": 2}),
        replace(GOOD, acknowledgements={"settled": 2}),
    ],
)
def test_the_oracle_names_whatever_is_wrong(bad: Seen) -> None:
    assert len(wrong(bad)) >= 1
