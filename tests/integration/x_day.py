"""A day of an X channel in virtual time: its connector and sender on the sandbox's server, as the engine drives them.

A discrete-event loop steps each stream when its pause is over or it was woken, and sends what is due; the clock leaps
from one event to the next, so that a day takes seconds. Journal, limits, meter and vault are the gateway's own.
"""

from __future__ import annotations

import heapq
import itertools
import random
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from connectors.x import PLUGIN, XSettings
from gateway.case import Evidence, Message, Thread, Visibility
from gateway.errors import CreditsError, RateLimitedError, RejectedError, TransientError
from gateway.health import Health
from gateway.intake import Intake, SourceError
from gateway.keeping import MICROS, Keeper
from gateway.limits import Call, Gate, Limiter
from gateway.ports import Channel, Connector, Cursor, Key, Page, Raw, Reply, ReplyKind, Sender, StreamId
from gateway.retry import RetryPolicy
from gateway.sandbox.x import XServer
from gateway.sandbox.x._world import moment
from gateway.store import Sealer, SqlStore, open_store
from gateway.supervise import BUSY_PAGES, Supervisor
from normalizers.x import NORMALIZER
from tests.conftest import ManualClock
from tests.unit.x_fakes import settings

MIDNIGHT = datetime(2026, 11, 20, tzinfo=UTC)
DAY = timedelta(days=1)
NAME = "x"
JOINED = timedelta(seconds=2)
STALE = DAY
"""When what is automatic comes too late to be sent."""
SLOW = timedelta(minutes=6)
"""No stream rests for so long by itself."""
AGENT = timedelta(minutes=12)
"""How long an agent thinks before answering."""
RECEIPT = (
    "Thank you, your message has reached us. Please go on by direct message to @examplex: here everybody reads along. "
    "We never message you first, and never ask for passwords or payments."
)

Json = dict[str, Any]
Job = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Stream:
    """One stream of the channel, as the engine keeps it."""

    name: StreamId
    intake: Intake
    due: datetime
    failures: int = 0
    resting: bool = False
    refused: int = 0
    """How often the engine's own limit held it back."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What went out: when, and when it was to go."""

    at: datetime
    due: datetime
    kind: ReplyKind
    visibility: Visibility

    @property
    def late(self) -> timedelta:
        return self.at - self.due


@dataclass
class Day:
    """One channel under way; made by `x_day`."""

    server: XServer
    clock: ManualClock
    settings: XSettings
    store: SqlStore
    database: Path
    channel: Channel
    gate: Gate
    supervisor: Supervisor
    meter: Any
    answers_every: int = 2
    """Of so many direct messages an agent answers one."""
    replies: bool = True
    """Whether anything is answered at all."""
    streams: dict[StreamId, Stream] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    slowed: dict[str, datetime] = field(default_factory=dict)
    """Since when a stream is read more rarely than the settings say."""
    budgeted: list[tuple[datetime, Decimal, str]] = field(default_factory=list)
    """What the budget put off: when, what was left of it then, and whether it was receipts or answers."""
    errors: list[tuple[datetime, str]] = field(default_factory=list)
    told: dict[str, datetime] = field(default_factory=dict)
    rejected: int = 0
    """What X did not take for what it says."""
    waiting: int = 0
    """What is to be sent and did not go out yet."""
    _jobs: list[tuple[datetime, int, Job]] = field(default_factory=list)
    _serial: itertools.count[int] = field(default_factory=itertools.count)
    _line: datetime = MIDNIGHT
    _pages: list[Page[Raw]] = field(default_factory=list)
    _met: int = 0
    _news: set[StreamId] = field(default_factory=set)
    _seen: set[str] = field(default_factory=set)

    # Events

    def at(self, when: datetime, job: Job) -> None:
        """Let something happen at a time."""
        heapq.heappush(self._jobs, (when, next(self._serial), job))

    def happens(self, when: datetime, act: Callable[[], object]) -> None:
        """Let somebody do something on X at a time."""

        async def job() -> None:
            act()

        self.at(when, job)

    async def until(self, end: datetime) -> None:
        """Let time pass up to `end`: from one event to the next."""
        while self._jobs and self._jobs[0][0] <= end:
            when, _, job = heapq.heappop(self._jobs)
            self._move(when)
            await job()
        self._move(end)

    def _move(self, when: datetime) -> None:
        if (passed := when - self.clock.now()) > timedelta(0):
            self.clock.advance(passed / timedelta(seconds=1))

    # Streams, as `Supervisor` runs them

    async def begin(self, limiter_gate: Gate, connector: Connector) -> None:
        """Start all streams."""
        for name in connector.streams():
            intake = Intake(
                self.store,
                NAME,
                name,
                self._fetched(connector),
                connector.confirm,
                lambda: None,
                clock=self.clock,
                gate=limiter_gate,
                least_pause=timedelta(seconds=1),
            )
            intake.watch_from(self.clock.now())
            await intake.resume()
            self.streams[name] = Stream(name, intake, self.clock.now())
            self._schedule(self.streams[name], self.clock.now())

    def wake(self, name: StreamId) -> None:
        """See `Opening.wake`."""
        if (stream := self.streams.get(name)) is not None:
            self._news.add(name)
            if stream.resting:
                self._schedule(stream, self.clock.now())

    def _fetched(self, connector: Connector) -> Callable[[StreamId, Cursor | None], Awaitable[Page[Raw]]]:
        async def fetch(name: StreamId, after: Cursor | None) -> Page[Raw]:
            page = await connector.fetch(name, after)
            self._pages.append(page)
            return page

        return fetch

    def _schedule(self, stream: Stream, when: datetime) -> None:
        stream.due = when

        async def job() -> None:
            if stream.due == when:
                await self._step(stream)

        self.at(when, job)

    async def _step(self, stream: Stream) -> None:
        stream.resting = False
        self._news.discard(stream.name)
        stream.due = datetime.max.replace(tzinfo=UTC)
        self._pages.clear()
        now = self.clock.now()
        try:
            more = await stream.intake.step()
        except SourceError as error:
            stream.failures += 1
            stream.refused += isinstance(error.cause, RateLimitedError) and not self._pages
            self.errors.append((now, type(error.cause).__name__))
            wait = timedelta(seconds=self.supervisor.wait_secs(error.cause, stream.failures))
            self._schedule(stream, now + wait)
            return
        stream.failures = 0
        for page in self._pages:
            for raw in page.items:
                self._met_with(raw)
        rest = stream.intake.pause or PLUGIN.pause
        if rest > SLOW:
            self.slowed.setdefault(stream.name, now)
        stream.resting = not more and bool(rest) and stream.name not in self._news
        wait = rest if stream.resting else timedelta(0)
        if stream.intake.empty_pages > BUSY_PAGES:
            wait = max(wait, timedelta(seconds=1))
        self._schedule(stream, now + wait)

    # Answers

    def _met_with(self, raw: Raw) -> None:
        """Answer as casework does: a receipt to who summons us, an acknowledgement in private, agents now and then."""
        if raw.key in self._seen or not self.replies:
            return
        self._seen.add(raw.key)
        for event in NORMALIZER.normalize(raw):
            if not isinstance(event, Message):
                continue
            if event.visibility is Visibility.PRIVATE:
                self._met += 1
                if self._is_new(f"dm:{event.sender.id}"):
                    self.send(event, ReplyKind.ACKNOWLEDGEMENT, f"Your case is open, {self._met}.", JOINED)
                if self._met % self.answers_every == 0:
                    self.send(event, ReplyKind.ANSWER, f"Your withdrawal is on its way, {self._met}.", AGENT)
            elif event.said("summoned") and self._is_new(event.sender.id or ""):
                self.send(event, ReplyKind.ACKNOWLEDGEMENT, RECEIPT, JOINED)

    def _is_new(self, who: str) -> bool:
        """Whether somebody was told nothing for a day."""
        now = self.clock.now()
        if who in self.told and now - self.told[who] < DAY:
            return False
        self.told[who] = now
        return True

    def send(self, message: Message, kind: ReplyKind, text: str, after: timedelta) -> None:
        """Let a text go out in a while."""
        said = (Evidence(name="summoned", value=message.id),) if message.visibility is Visibility.PUBLIC else ()
        parent = message.id if said else None
        reply = Reply(
            channel=NAME,
            kind=kind,
            to=message.sender.model_copy(update={"evidence": said}),
            case_id="GH-7K2M9-4QX1Z",
            text=text,
            automatic=kind is not ReplyKind.ANSWER,
            token="t",
            thread=Thread(parent=parent),
            visibility=message.visibility,
        )
        self.waiting += 1
        due = self.clock.now() + after
        self._deliver_at(due, due, reply, Key(message.id))

    def _deliver_at(self, when: datetime, due: datetime, reply: Reply, key: Key) -> None:
        async def job() -> None:
            if (again := await self._deliver(due, reply, key)) is not None:
                self._deliver_at(again, due, reply, key)

        self.at(when, job)

    async def _deliver(self, due: datetime, reply: Reply, key: Key) -> datetime | None:
        """Reserve and send as the engine does; return when to try again."""
        now = self.clock.now()
        if reply.automatic and now - due > STALE:
            self.waiting -= 1
            return None
        if self._line > now:
            return self._line
        if refusal := await self.gate.reserve(Call.sending(reply, None)):
            return refusal.until
        sender = self.channel.sender
        assert sender is not None
        return await self._sent(sender, due, reply, key)

    async def _sent(self, sender: Sender, due: datetime, reply: Reply, key: Key) -> datetime | None:
        now = self.clock.now()
        try:
            await sender.send(reply, key)
        except (TransientError, CreditsError) as error:
            again = now + timedelta(seconds=self.supervisor.wait_secs(error, 1))
            if isinstance(error, RateLimitedError):
                left = self.settings.budget - await self.spent()
                self.budgeted.append((now, left, "receipts" if reply.automatic else "answers"))
            if not (isinstance(error, RateLimitedError) and error.item):
                self._line = again
            return again
        except RejectedError:
            # Put off for long, a receipt may come within a day of another of the same text.
            self.rejected += 1
            self.waiting -= 1
            return None
        self.waiting -= 1
        self.sent.append(Sent(now, due, reply.kind, reply.visibility))
        return None

    # What is measured

    def unread(self) -> Mapping[str, timedelta]:
        """Return how long each mention and direct message was on X before the journal had it, by its key."""
        return {key: stored - moment(key.partition(":")[2]) for key, stored in self._stored()}

    def stored_at(self, keys: Collection[str]) -> list[datetime]:
        """Return when the journal had these."""
        return [stored for key, stored in self._stored() if key in keys]

    def _stored(self) -> list[tuple[str, datetime]]:
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as line:
            rows = line.execute("select key, stored_at from raws").fetchall()
        return [(key, _instant(stored)) for key, stored in rows]

    def given_up(self, name: str) -> datetime:
        """Return when a stream was last fetched from X itself."""
        route = {"conversations": "GET /2/tweets/search/recent"}[name]
        return max(
            call.at for call in self.server.calls if call.route == route and "conversation_id" in str(call.query)
        )

    def say(self, title: str) -> None:
        """Print what came of it, for those who look on."""
        waits = sorted(wait for key, wait in self.unread().items() if not key.startswith("reply:"))
        oldest = f"{waits[-1].total_seconds():.0f} s" if waits else "-"
        print(
            f"\n{title}: billed {self.server.spent} dollars, {dict(self.server.bill.items)}; oldest unread {oldest}; "
            f"{len(self.server.calls)} calls, {self.too_many} too many; sent {len(self.sent)}, waiting {self.waiting}"
        )

    async def spent(self) -> Decimal:
        """Return what the gateway has counted today, in dollars."""
        today = await self.meter.today()
        return Decimal(sum(each.cost for each in today.values())) / MICROS

    @property
    def too_many(self) -> int:
        """How many calls X refused for being too many."""
        return sum(call.status == 429 for call in self.server.calls)

    @property
    def refused(self) -> int:
        """How many of the calls were refused for whatever reason."""
        return sum((call.status or 0) >= 400 for call in self.server.calls)


def _instant(micros: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=micros)


@asynccontextmanager
async def x_day(folder: Path, *, start: datetime = MIDNIGHT, **changes: Any) -> AsyncIterator[Day]:
    """Serve, and open a channel as the gateway does; what was not changed is as an operator gets it."""
    clock = ManualClock(start)
    sealer = Sealer({"k": b"k" * 32}, "k")
    async with (
        XServer.start(clock=clock) as server,
        open_store(folder / "gatehouse.db", folder / "blobs", sealer, clock) as store,
    ):
        given = settings(server, **changes)
        days: list[Day] = []
        opening = Keeper(store.spending, store.vault, clock).opening(
            NAME, PLUGIN, given, None, lambda s: days[0].wake(s)
        )
        gate = Limiter(store.budgets, clock).gate(PLUGIN.limits, "channel:x", NAME, PLUGIN.account(given))
        assert gate is not None
        supervisor = Supervisor(clock, RetryPolicy(), random.Random(0), Health(clock), 1.0)
        async with PLUGIN.open(opening) as channel:
            days.append(
                Day(server, clock, given, store, folder / "gatehouse.db", channel, gate, supervisor, opening.meter)
            )
            await days[0].begin(gate, channel.connector)
            yield days[0]
