"""What the embedded backend makes of a desk that is not there, or of its entries."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gateway.backends import embedded
from gateway.errors import ConfigError
from gateway.ports import DeskEntry, Key, Opening, Raw, TicketEvent
from tests.conftest import ManualClock

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


async def test_without_a_store_it_does_not_open(clock: ManualClock) -> None:
    with pytest.raises(ConfigError, match="store"):
        async with embedded.PLUGIN.open(Opening("embedded", embedded.EmbeddedSettings(), clock)):
            pass


def test_an_entry_is_the_event_that_it_tells_of() -> None:
    entry = DeskEntry(
        id=7, ticket="T", case_id="GH-7K3MQ-9Q2XZ", kind="replied", text="您好", author="agent@example.test", at=AT
    )
    body = entry.model_dump_json().encode()
    raw = Raw("desk", embedded.STREAM, Key("entry:7"), entry.case_id, body, "application/json", AT, len(body))
    (event,) = embedded.normalize(raw)
    assert isinstance(event, TicketEvent)
    assert (event.id, event.kind, event.text, event.author) == ("desk:entry:7", "replied", "您好", "agent@example.test")
    assert event.provenance.normalizer == "embedded/1"
    assert event.provenance.key == "entry:7"
