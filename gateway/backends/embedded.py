"""The ticket system that comes with the gateway: tickets are kept by its own store, agents work on the command line.

Owns no state: every call goes to the `Desk` that the composition root hands over.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from pydantic import BaseModel, ConfigDict, ValidationError

from gateway.errors import ConfigError, MalformedError
from gateway.ports import (
    BackendPlugin,
    Check,
    Cursor,
    Desk,
    DeskEntry,
    Done,
    Key,
    NormalizerPlugin,
    Opening,
    Page,
    Raw,
    Report,
    Role,
    StreamId,
    TicketEvent,
    TicketRef,
    TicketSystem,
    TicketWrite,
)

STREAM = StreamId("desk")
PAGE_LIMIT = 100
VERSION = 1


class EmbeddedSettings(BaseModel):
    """Nothing to set: the store's own section says where the tickets are."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class EmbeddedBackend:
    """Tickets in the gateway's own store."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def check(self) -> Report:
        """Read one entry of the desk."""
        await self._desk.entries(0, 1)
        return Report((Check("desk", ok=True, detail="tickets are kept in the gateway's own store"),))

    async def submit(self, writes: Sequence[TicketWrite]) -> Sequence[Done]:
        """Write all in one transaction; the desk applies each key once."""
        tickets = await self._desk.write(writes)
        return [Done(write.key, ticket) for write, ticket in zip(writes, tickets, strict=True)]

    async def find(self, write: TicketWrite, job: str | None = None) -> TicketRef | None:
        """Look the key up in the desk, which always knows."""
        return await self._desk.find(write.key)


class EmbeddedFeed:
    """What agents did, in the order in which they did it; the cursor is the last entry's id."""

    def __init__(self, source: str, desk: Desk) -> None:
        self._source = source
        self._desk = desk

    async def fetch(self, after: Cursor | None) -> Page[Raw]:
        """Return the next page of agents' acts."""
        entries = await self._desk.entries(_last(after), PAGE_LIMIT)
        if not entries:
            return Page((), None)
        raws = tuple(self._raw(entry) for entry in entries)
        return Page(raws, Cursor(str(entries[-1].id)), more=len(entries) == PAGE_LIMIT)

    def _raw(self, entry: DeskEntry) -> Raw:
        body = entry.model_dump_json().encode()
        return Raw(
            source=self._source,
            stream=STREAM,
            key=Key(f"entry:{entry.id}"),
            lane=entry.case_id,
            body=body,
            media_type="application/json",
            received_at=entry.at,
            size=len(body),
        )


def _last(after: Cursor | None) -> int:
    try:
        return int(after or 0)
    except ValueError:
        raise ConfigError(
            "the kept place in the feed is not the gateway's own; the backend's kind was changed"
        ) from None


def normalize(raw: Raw) -> Sequence[TicketEvent]:
    """Turn one desk entry into the event that it is."""
    try:
        entry = DeskEntry.model_validate_json(raw.body)
    except ValidationError:
        raise MalformedError("the entry of the gateway's own desk cannot be read") from None
    event = TicketEvent(
        id=f"{raw.source}:{raw.key}",
        ticket=entry.ticket,
        case_id=entry.case_id,
        kind=entry.kind,
        text=entry.text,
        author=entry.author,
        at=entry.at,
        files=entry.files,
        provenance=NORMALIZER.provenance(raw),
    )
    return (event,)


@asynccontextmanager
async def open_embedded(opening: Opening[EmbeddedSettings]) -> AsyncIterator[TicketSystem]:
    """Open the backend on the desk that it is given."""
    if opening.desk is None:
        raise ConfigError('the backend "embedded" needs the gateway\'s own store, and was opened without one')
    yield TicketSystem(EmbeddedBackend(opening.desk), feed=EmbeddedFeed(opening.name, opening.desk))


NORMALIZER = NormalizerPlugin("embedded", VERSION, normalize)

PLUGIN = BackendPlugin(
    name="embedded",
    settings=EmbeddedSettings,
    open=open_embedded,
    normalizer=NORMALIZER,
    roles=frozenset({Role.FEED}),
    pause=timedelta(seconds=1),
)
