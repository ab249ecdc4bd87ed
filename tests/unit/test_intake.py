"""Intake: stored first, confirmed after, and a plugin's error is never taken for the store's."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.errors import TransientError
from gateway.intake import Intake, SourceError
from gateway.journal import GoneOriginalError, Put
from gateway.metrics import Metrics, Stage
from gateway.ports import Cursor, Page, Raw, StreamId
from tests.builders import NOON, raw
from tests.conftest import ManualClock

INBOX = StreamId("INBOX")


class Desk:
    """Records in which order the store and the platform hear of a page."""

    def __init__(self, *pages: Page[Raw] | Exception, stored: str | None = None) -> None:
        self.pages = list(pages)
        self.stored = Cursor(stored) if stored else None
        self.story: list[str] = []
        self.store_error: Exception | None = None
        self.confirm_error: Exception | None = None
        self.known = False

    async def cursor(self, source: str, stream: StreamId) -> Cursor | None:
        return self.stored

    async def put_page(self, source: str, stream: StreamId, raws: Sequence[Raw], cursor: Cursor | None) -> Put:
        if self.store_error:
            raise self.store_error
        self.story.append(f"put {len(raws)} {cursor}")
        return Put(0, len(raws)) if self.known else Put(len(raws), 0)

    async def fetch(self, stream: StreamId, after: Cursor | None) -> Page[Raw]:
        self.story.append(f"fetch {after}")
        page = self.pages.pop(0)
        if isinstance(page, BaseException):
            raise page
        return page

    async def confirm(self, stream: StreamId, upto: Cursor) -> None:
        self.story.append(f"confirm {upto}")
        if self.confirm_error:
            raise self.confirm_error

    def intake(self) -> Intake:
        def arrived() -> None:
            self.story.append("rang")

        return Intake(self, "support", INBOX, self.fetch, self.confirm, arrived)  # type: ignore[arg-type]


async def test_a_page_is_stored_before_it_is_confirmed() -> None:
    desk = Desk(Page((raw(),), Cursor("7"), more=True))
    assert await desk.intake().step() is True
    assert desk.story == ["fetch None", "put 1 7", "rang", "confirm 7"]


async def test_the_stored_cursor_is_confirmed_again_at_start_and_fetched_after() -> None:
    desk = Desk(Page((), None), stored="5")
    intake = desk.intake()
    await intake.resume()
    await intake.step()
    assert desk.story == ["confirm 5", "fetch 5"]


async def test_an_empty_page_that_moved_the_cursor_is_stored() -> None:
    desk = Desk(Page((), Cursor("9")))
    await desk.intake().step()
    assert desk.story == ["fetch None", "put 0 9", "confirm 9"]


async def test_an_empty_page_that_moved_nothing_costs_no_transaction() -> None:
    desk = Desk(Page((), Cursor("5")), stored="5")
    intake = desk.intake()
    await intake.resume()
    await intake.step()
    assert desk.story == ["confirm 5", "fetch 5"]


async def test_a_page_that_was_not_stored_is_neither_confirmed_nor_passed_over() -> None:
    desk = Desk(Page((raw(),), Cursor("7")), Page((raw(),), Cursor("7")))
    intake = desk.intake()
    desk.store_error = TransientError("locked")
    with pytest.raises(TransientError):
        await intake.step()
    desk.store_error = None
    await intake.step()
    assert desk.story == ["fetch None", "fetch None", "put 1 7", "rang", "confirm 7"]


async def test_a_plugins_error_is_wrapped_and_the_stores_is_not() -> None:
    desk = Desk(TransientError("line lost"), Page((raw(),), Cursor("7")))
    intake = desk.intake()
    with pytest.raises(SourceError) as caught:
        await intake.step()
    assert isinstance(caught.value.cause, TransientError)
    desk.store_error = TransientError("disk full")
    with pytest.raises(TransientError, match="disk full"):
        await intake.step()


async def test_an_original_that_was_swept_up_meanwhile_is_fetched_again() -> None:
    """It stops its source for a moment, and neither loses the page nor stops the engine."""
    page = Page((raw(),), Cursor("7"))
    desk = Desk(page, page)
    desk.store_error = GoneOriginalError("gone")
    intake = desk.intake()
    with pytest.raises(SourceError) as caught:
        await intake.step()
    assert type(caught.value.cause) is TransientError
    desk.store_error = None
    await intake.step()
    assert desk.story == ["fetch None", "fetch None", "put 1 7", "rang", "confirm 7"]


async def test_a_lost_confirmation_does_not_bring_the_page_back() -> None:
    desk = Desk(Page((raw(),), Cursor("7")), Page((), None))
    desk.confirm_error = TransientError("line lost")
    intake = desk.intake()
    with pytest.raises(SourceError):
        await intake.step()
    desk.confirm_error = None
    await intake.step()
    assert desk.story[-1] == "fetch 7"


async def test_a_source_that_has_more_is_asked_again_at_once_also_after_an_empty_page() -> None:
    desk = Desk(Page((), None, more=True), Page((), None))
    intake = desk.intake()
    assert await intake.step() is True
    assert await intake.step() is False


async def test_the_pause_that_a_page_asks_for_holds_until_the_next_page_and_is_never_below_the_least() -> None:
    hour = timedelta(hours=1)
    none: Page[Raw] = Page((), None)
    pages = [replace(none, pause=hour), none, replace(none, pause=timedelta(0)), TransientError("line lost")]
    desk = Desk(*pages)
    intake = Intake(desk, "support", INBOX, desk.fetch, None, lambda: None, least_pause=timedelta(seconds=5))  # type: ignore[arg-type]
    asked = []
    for _ in range(3):
        assert not await intake.step()
        asked.append(intake.pause)
    assert asked == [hour, None, timedelta(seconds=5)]
    assert desk.story == ["fetch None"] * 3, "a pause alone costs no transaction"


async def test_a_source_that_takes_no_confirmation_is_not_told() -> None:
    desk = Desk(Page((raw(),), Cursor("7")), stored="5")
    intake = Intake(desk, "backend:x", INBOX, desk.fetch, None, lambda: None)  # type: ignore[arg-type]
    await intake.resume()
    await intake.step()
    assert desk.story == ["fetch 5", "put 1 7"]


async def test_known_raws_ring_no_bell() -> None:
    desk = Desk(Page((raw(),), Cursor("7")))
    desk.known = True
    await desk.intake().step()
    assert desk.story == ["fetch None", "put 1 7", "confirm 7"]


@pytest.mark.parametrize(
    "change",
    [
        {"body": None},
        {"key": None},
        {"notes": {"x": 3}},
        {"complete": "x"},
        {"received_at": NOON.replace(tzinfo=None)},
        {"size": 2**63},
        {"size": -1},
        {"media_type": "\ud800"},
        {"kept": "../x"},
    ],
    ids=[
        "no body",
        "no key",
        "odd note",
        "odd complete",
        "no time zone",
        "too large",
        "negative",
        "surrogate",
        "no hash",
    ],
)
async def test_a_raw_that_no_store_could_keep_is_its_plugins_fault(change: dict[str, Any]) -> None:
    desk = Desk(Page((replace(raw(), **change),), Cursor("7")))
    with pytest.raises(SourceError):
        await desk.intake().step()
    assert desk.story == ["fetch None"]


async def test_a_cancellation_from_within_a_plugin_is_its_plugins_fault() -> None:
    desk = Desk(asyncio.CancelledError())  # type: ignore[arg-type]
    with pytest.raises(SourceError):
        await desk.intake().step()


async def test_of_a_fetch_only_what_came_after_the_message_was_there_is_its_time(clock: ManualClock) -> None:
    took: list[tuple[Stage, float]] = []

    class Counting(Metrics):
        def stage_took(self, stage: Stage, secs: float) -> None:
            took.append((stage, secs))

    desk = Desk()

    async def waits(stream: StreamId, after: Cursor | None) -> Page[Raw]:
        clock.advance(300)
        arrived = clock.now()
        clock.advance(2)
        desk.pages = [Page((replace(raw(), received_at=arrived),), Cursor("7"))]
        return await desk.fetch(stream, after)

    intake = Intake(desk, "support", INBOX, waits, None, lambda: None, Counting(), clock=clock)  # type: ignore[arg-type]
    await intake.step()
    assert took[0] == (Stage.FETCH, 2.0)
