"""A platform that forgets what nobody fetches: operators are told in time, once, across restarts, and told the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
import structlog

from gateway.errors import TransientError
from gateway.health import Health
from gateway.metrics import Metrics
from gateway.settings.watching import AlertsTable
from gateway.store import Sealer, SqlStore, open_store
from gateway.watching.alerter import Alerter
from gateway.watching.alerts import Kind, Notice
from gateway.watching.observation import Observation, Observer
from gateway.watching.polls import MARK, Polls
from tests.conftest import ManualClock

DAY = timedelta(hours=24)
HOUR = 3600.0
TABLE = AlertsTable.model_validate(
    {"mail_channel": "mail", "mail_to": ["ops@example.test"], "down_secs": 10**9, "calm_secs": 60, "off": ["disk_low"]}
)
PART = "telegram:updates"


@dataclass
class Life:
    """One life of a gateway on a store: its memory of what went well is its own, the store is not."""

    store: SqlStore
    clock: ManualClock
    keeps: Mapping[str, timedelta] = field(default_factory=lambda: {PART: DAY})
    channels: tuple[str, ...] = ("telegram", "mail")
    told: list[Notice] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.health = Health(self.clock)
        polls = Polls(self.store, lambda: self.keeps, lambda: self.channels)
        self.observer = Observer(self.store, self.health.parts, self.clock, lambda: None, polls)
        self.alerter = Alerter(self.store, TABLE, {"mail": self.tell}, Metrics())

    async def tell(self, notice: Notice) -> None:
        self.told.append(notice)

    async def see(self, after_secs: float = 0) -> list[tuple[str, Kind]]:
        """Look that much later; return what is told."""
        self.clock.advance(after_secs)
        self.told.clear()
        await self.alerter.note(await self.observer.look())
        return [(notice.key, notice.kind) for notice in self.told]

    async def observed(self) -> Observation:
        return await self.observer.look()


LATE, CRITICAL = f"fetch_late:{PART}", f"fetch_critical:{PART}"


@pytest.fixture
def life(store: SqlStore, clock: ManualClock) -> Life:
    return Life(store, clock)


async def test_a5_a_poll_that_is_old_is_a_warning_after_an_hour_and_an_alarm_after_twelve(life: Life) -> None:
    """A5: Telegram keeps updates for 24 hours. Each is said once and taken back when it is well again."""
    life.health.well(PART)
    assert await life.see() == []
    assert await life.see(HOUR - 1) == []
    assert await life.see(1) == [(LATE, Kind.RAISED)]
    told = life.told[0]
    assert "telegram:updates was last fetched well at 2026-11-20 12:00 UTC" in told.text
    assert "within 24 hours" in told.text
    assert "gatehouse status" in told.action
    for _ in range(10):
        assert await life.see(HOUR) == [], "said once"
    assert await life.see(HOUR) == [(CRITICAL, Kind.RAISED)]
    assert "messages will soon be lost" in life.told[0].text
    for _ in range(10):
        assert await life.see(HOUR) == []
    life.health.well(PART)
    assert await life.see() == []
    assert await life.see(60) == [(CRITICAL, Kind.RECOVERED), (LATE, Kind.RECOVERED)]
    assert await life.see(60) == []


async def test_an_idle_chat_is_well_as_long_as_it_is_fetched(life: Life) -> None:
    """Empty pages store nothing and move no cursor; they are successes all the same."""
    for _ in range(100):
        life.health.well(PART)
        assert await life.see(HOUR - 1) == []
    assert (await life.observed()).poll_ages() == {"telegram": timedelta(seconds=HOUR - 1)}


async def test_failures_in_between_are_no_successes(life: Life) -> None:
    life.health.well(PART)
    await life.see()
    told = []
    for _ in range(120):
        life.health.ill(PART, TransientError("away"), None)
        told += await life.see(60)
    assert told == [(LATE, Kind.RAISED)]


async def test_the_last_success_survives_a_restart(life: Life, store: SqlStore, clock: ManualClock) -> None:
    """An engine that is started anew every few minutes and never fetches is as late as one that hangs."""
    life.health.well(PART)
    assert await life.see() == []
    told: list[tuple[str, Kind]] = []
    for _ in range(13 * 6):
        again = Life(store, clock)
        again.health.starting(PART)
        told += await again.see(600)
    assert told == [(LATE, Kind.RAISED), (CRITICAL, Kind.RAISED)]
    well = Life(store, clock)
    well.health.well(PART)
    assert await well.see() == []
    assert await well.see(60) == [(CRITICAL, Kind.RECOVERED), (LATE, Kind.RECOVERED)]


async def test_a_gateway_that_was_down_says_how_late_it_is(life: Life, store: SqlStore, clock: ManualClock) -> None:
    """Nobody could tell the operators while it was down."""
    for _ in range(20):
        life.health.well(PART)
        await life.see(600)
    again = Life(store, clock)
    assert await again.see(13 * HOUR) == [(CRITICAL, Kind.RAISED), (LATE, Kind.RAISED)]


async def test_a_stream_that_never_was_fetched_is_late_from_when_it_was_first_seen(
    life: Life, store: SqlStore, clock: ManualClock
) -> None:
    life.health.starting(PART)
    assert await life.see() == []
    again = Life(store, clock)
    again.health.starting(PART)
    assert await again.see(HOUR) == [(LATE, Kind.RAISED)]


async def test_a_channel_that_cannot_be_opened_goes_on_growing_old(
    life: Life, store: SqlStore, clock: ManualClock
) -> None:
    """It has no parts; that is no reason to forget it, nor to say that it is over."""
    life.health.well(PART)
    await life.see()
    again = Life(store, clock, keeps={})
    assert await again.see(HOUR) == [(LATE, Kind.RAISED)]
    assert await again.see(HOUR) == []


async def test_a_channel_that_is_switched_off_is_forgotten(life: Life, store: SqlStore, clock: ManualClock) -> None:
    life.health.well(PART)
    await life.see()
    assert await store.marks(MARK) != {}
    assert await Life(store, clock, keeps={}, channels=("mail",)).see(HOUR) == []
    assert await store.marks(MARK) == {}


async def test_a_stream_that_a_channel_has_no_more_is_forgotten(
    life: Life, store: SqlStore, clock: ManualClock
) -> None:
    life.health.well(PART)
    await life.see()
    await Life(store, clock, keeps={"telegram:chats": DAY}).see()
    assert list(await store.marks(MARK)) == [f"{MARK}telegram:chats"]


async def test_who_is_told_knows_what_another_node_fetches(life: Life, store: SqlStore, clock: ManualClock) -> None:
    """The node that tells operators need not be the one that fetches."""
    leader = Life(store, clock)
    leader.health.stopped(PART)
    for _ in range(60):
        life.health.well(PART)
        await life.see(300)
        assert await leader.see() == []
    assert await leader.see(HOUR) == [(LATE, Kind.RAISED)]


async def test_of_several_streams_the_oldest_counts(life: Life, clock: ManualClock) -> None:
    life.keeps = {PART: DAY, "telegram:business": DAY}
    life.health.well("telegram:business")
    life.health.well(PART)
    await life.see()
    clock.advance(100)
    life.health.well(PART)
    assert (await life.observed()).poll_ages() == {"telegram": timedelta(seconds=100)}


async def test_a_platform_that_keeps_all_is_never_late(life: Life) -> None:
    life.keeps = {}
    life.health.starting("mail:INBOX")
    await life.see()
    assert await life.see(100 * HOUR) == []


async def test_a_store_that_cannot_be_read_takes_nothing_back(
    life: Life, monkeypatch: pytest.MonkeyPatch, clock: ManualClock
) -> None:
    life.health.well(PART)
    await life.see()
    assert await life.see(HOUR) == [(LATE, Kind.RAISED)]

    async def fails(prefix: str) -> Mapping[str, str]:
        raise TransientError("locked")

    with monkeypatch.context() as broken:
        broken.setattr(type(life.store), "marks", lambda self, prefix: fails(prefix))
        for _ in range(3):
            told = await life.see(HOUR)
            assert (LATE, Kind.RECOVERED) not in told
        assert (await life.observed()).store_error == "locked"


async def test_a_store_that_cannot_be_written_does_not_hide_the_age(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    life.health.well(PART)

    async def fails() -> None:
        raise TransientError("the disk is full")

    monkeypatch.setattr(type(life.store), "set_marks", lambda self, changes: fails())
    with structlog.testing.capture_logs() as logs:
        life.clock.advance(HOUR)
        seen = await life.observed()
    assert seen.poll_ages() == {"telegram": timedelta(hours=1)}
    assert [line["reason"] for line in logs if line["event"] == "poll.unnoted"] == ["the disk is full"]


async def test_notes_are_few_and_one_that_cannot_be_read_is_written_anew(life: Life, store: SqlStore) -> None:
    written = []
    for _ in range(240):
        life.health.well(PART)
        await life.see(15)
        written.append((await store.marks(MARK))[f"{MARK}{PART}"])
    assert len(set(written)) == 10, "one in six minutes, of an hour of looks"
    await store.set_marks({f"{MARK}{PART}": "{"})
    assert await life.see() == []
    assert "keeps_secs" in (await store.marks(MARK))[f"{MARK}{PART}"]


async def test_a_clock_that_was_ahead_hides_no_silence(tmp_path: Path) -> None:
    """A note from the future counts as now, and is mended."""
    ahead = ManualClock()
    ahead.advance(400 * 24 * HOUR)
    clock = ManualClock()
    async with open_store(tmp_path / "g.db", tmp_path / "blobs", Sealer({"t": b"k" * 32}, "t"), clock) as store:
        first = Life(store, ahead)
        first.health.well(PART)
        await first.see()
        late = Life(store, clock)
        assert await late.see() == []
        assert await late.see(HOUR) == [(LATE, Kind.RAISED)]
