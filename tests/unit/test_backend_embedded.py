"""What the embedded backend makes of a desk that is not there, or of its entries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from gateway.backends import embedded
from gateway.errors import ConfigError
from gateway.ports import Cursor, DeskEntry, Key, Opening, Raw, ReplyFile, TicketEvent, TicketRef, TicketWrite
from tests.conftest import ManualClock

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class FullDesk:
    """A desk on which agents did so many things."""

    def __init__(self, count: int) -> None:
        self._entries = [
            DeskEntry(id=number, ticket="T", case_id="C", kind="noted", at=AT) for number in range(1, count + 1)
        ]

    async def write(self, writes: Sequence[TicketWrite]) -> Sequence[TicketRef]:
        return []

    async def find(self, key: Key) -> TicketRef | None:
        return None

    async def entries(self, after: int, limit: int) -> Sequence[DeskEntry]:
        return self._entries[after : after + limit]


async def test_only_a_full_page_asks_for_more_at_once() -> None:
    feed = embedded.EmbeddedFeed("desk", FullDesk(embedded.PAGE_LIMIT + 1))
    first = await feed.fetch(None)
    second = await feed.fetch(first.cursor)
    assert [(len(page.items), page.more) for page in (first, second)] == [(embedded.PAGE_LIMIT, True), (1, False)]


async def test_a_cursor_of_another_kind_is_told_to_be_one() -> None:
    with pytest.raises(ConfigError, match="kind was changed"):
        await embedded.EmbeddedFeed("desk", FullDesk(1)).fetch(Cursor('{"since": 1}'))


async def test_without_a_store_it_does_not_open(clock: ManualClock) -> None:
    with pytest.raises(ConfigError, match="store"):
        async with embedded.PLUGIN.open(Opening("embedded", embedded.EmbeddedSettings(), clock)):
            pass


def test_an_entry_is_the_event_that_it_tells_of() -> None:
    bill = ReplyFile(name="bill.pdf", media_type="application/pdf", sha256="0" * 64, size=9)
    entry = DeskEntry(
        id=7,
        ticket="T",
        case_id="GH-7K3MQ-9Q2XZ",
        kind="replied",
        text="您好",
        author="agent@example.test",
        at=AT,
        files=(bill,),
    )
    body = entry.model_dump_json().encode()
    raw = Raw("desk", embedded.STREAM, Key("entry:7"), entry.case_id, body, "application/json", AT, len(body))
    (event,) = embedded.normalize(raw)
    assert isinstance(event, TicketEvent)
    assert (event.id, event.kind, event.text, event.author) == ("desk:entry:7", "replied", "您好", "agent@example.test")
    assert event.files == (bill,)
    assert event.provenance.normalizer == "embedded/1"
    assert event.provenance.key == "entry:7"


def test_an_entry_of_an_older_release_has_no_files() -> None:
    body = b'{"id":7,"ticket":"T","case_id":"C","kind":"replied","text":"Hi","at":"2026-11-20T12:00:00Z"}'
    raw = Raw("desk", embedded.STREAM, Key("entry:7"), "C", body, "application/json", AT, len(body))
    (event,) = embedded.normalize(raw)
    assert event.files == ()
