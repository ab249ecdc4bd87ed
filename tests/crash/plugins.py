"""Made-up plugins for the crash tests: a chat platform and a ticket system that are `outside.Outside`.

They are plugins like any other's: installed by an entry point, and errors mapped by what HTTP says. Each call names the
points before and after it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from pydantic import BaseModel

from gateway import http
from gateway.case import Attachment, AttachmentState, Message, Party, Provenance, Thread
from gateway.errors import OutcomeUnknownError
from gateway.ports import (
    BackendPlugin,
    Channel,
    Clock,
    ConnectorPlugin,
    Cursor,
    Done,
    FileRef,
    Key,
    NormalizerPlugin,
    Opening,
    Page,
    Raw,
    Receipt,
    Reply,
    Report,
    Role,
    StreamId,
    TicketEvent,
    TicketRef,
    TicketSystem,
    TicketWrite,
)
from tests.crash.points import here

INBOX = StreamId("inbox")
DESK = StreamId("desk")
PAUSE = timedelta(milliseconds=30)
PLATFORM = "crash"


class OutsideSettings(BaseModel):
    """Where it is, and how long a call may take."""

    port: int
    timeout_secs: float = 1.0


class Line:
    """Calls over HTTP."""

    def __init__(self, client: httpx.AsyncClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    async def ask(self, call: str, **given: Any) -> Any:
        """Make one call; raises what its failure means."""
        try:
            response = await self._client.post(f"/{call}", content=json.dumps(given))
        except httpx.HTTPError as error:
            raise http.of_failure("outside", error) from None
        refused = http.of_status("outside", response.status_code, response.headers, self._clock.now())
        if refused is not None:
            raise refused
        try:
            return response.json()
        except ValueError:
            raise OutcomeUnknownError("outside answered nothing") from None


class CrashConnector:
    """The platform, in pages."""

    def __init__(self, name: str, line: Line, clock: Clock) -> None:
        self._name = name
        self._line = line
        self._clock = clock

    async def check(self) -> Report:
        return Report(())

    def streams(self) -> Sequence[StreamId]:
        return (INBOX,)

    async def fetch(self, stream: StreamId, after: Cursor | None) -> Page[Raw]:
        with here().around("fetch"):
            said = await self._line.ask("fetch", after=after)
        raws = tuple(self._raw(item) for item in said["items"])
        return Page(raws, Cursor(str(said["cursor"])) if raws else None, more=said["more"])

    def _raw(self, item: Any) -> Raw:
        body = json.dumps(item).encode()
        return Raw(
            source=self._name,
            stream=INBOX,
            key=Key(f"m{item['number']}"),
            lane=item["user"],
            body=body,
            media_type="application/json",
            received_at=self._clock.now(),
            size=len(body),
        )

    async def confirm(self, stream: StreamId, upto: Cursor) -> None:
        with here().around("confirm"):
            await self._line.ask("confirm", upto=upto)


class CrashSender:
    """Sends replies, each once: the platform knows no keys."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def send(self, reply: Reply, key: Key) -> Receipt:
        with here().around("send"):
            said = await self._line.ask("send", key=key, kind=reply.kind, to=reply.to.address)
        return Receipt(said["ref"])


class CrashDownloader:
    """Gives out the files of messages, in two chunks."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def open(self, ref: FileRef) -> AsyncIterator[bytes]:
        with here().around("download"):
            said = await self._line.ask("download", ref=ref)
        content = bytes.fromhex(said["content"])
        half = len(content) // 2
        yield content[:half]
        yield content[half:]


class CrashBackend:
    """The ticket system, in batches; it files a repetition again, and can be asked for a key."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def check(self) -> Report:
        return Report(())

    async def submit(self, writes: Sequence[TicketWrite]) -> Sequence[Done]:
        given = [
            {
                "key": write.key,
                "case": write.case.id,
                "message": write.entry.message.id.rpartition("m")[2] if write.entry else "0",
                "user": write.case.requester.address,
            }
            for write in writes
        ]
        with here().around("submit"):
            said = await self._line.ask("submit", writes=given)
        return [Done(Key(each["key"]), TicketRef(each["ticket"])) for each in said["answers"]]

    async def find(self, write: TicketWrite, job: str | None = None) -> TicketRef | None:
        with here().around("find"):
            said = await self._line.ask("find", key=write.key)
        return TicketRef(said["ticket"]) if said["ticket"] else None


class CrashFeed:
    """What agents answered."""

    def __init__(self, name: str, line: Line, clock: Clock) -> None:
        self._name = name
        self._line = line
        self._clock = clock

    async def fetch(self, after: Cursor | None) -> Page[Raw]:
        with here().around("read_desk"):
            said = await self._line.ask("feed", after=after)
        raws = tuple(self._raw(item) for item in said["items"])
        return Page(raws, Cursor(str(said["cursor"])) if raws else None, more=said["more"])

    def _raw(self, item: Any) -> Raw:
        body = json.dumps(item).encode()
        return Raw(
            source=self._name,
            stream=DESK,
            key=Key(item["id"]),
            lane=item["case"],
            body=body,
            media_type="application/json",
            received_at=self._clock.now(),
            size=len(body),
        )


def normalize(raw: Raw) -> Sequence[Message]:
    """Turn a post into a message; one that is poisoned stops the whole process, as a hostile mail might."""
    with here().around("normalize"):
        said = json.loads(raw.body)
        if said["text"] == "poison":
            here().passing("poison")
    who = Party(platform=PLATFORM, address=said["user"], id=said["user"])
    own, first = f"m{said['number']}", f"m{said['first']}"
    return (
        Message(
            id=own,
            content_key=own,
            provenance=_provenance(raw),
            platform=PLATFORM,
            sender=who,
            text=said["text"][:200],
            sent_at=raw.received_at,
            thread=Thread(own_ref=own, parent=first if first != own else None),
            attachments=tuple(
                Attachment(id=name, ref=name, name=f"{name}.bin", state=AttachmentState.NOT_FETCHED)
                for name in said["files"]
            ),
        ),
    )


def normalize_act(raw: Raw) -> Sequence[TicketEvent]:
    """Turn an agent's answer into its event."""
    said = json.loads(raw.body)
    return (
        TicketEvent(
            id=said["id"],
            ticket=said["ticket"],
            case_id=said["case"],
            kind="replied",
            text="Your deposit has arrived.",
            author="agent",
            at=datetime(2026, 1, 1, tzinfo=UTC),
            provenance=_provenance(raw),
        ),
    )


def _provenance(raw: Raw) -> Provenance:
    return Provenance(
        source=raw.source,
        stream=raw.stream,
        key=raw.key,
        lane=raw.lane,
        received_at=raw.received_at,
        normalizer="crash/1",
        size=raw.size,
    )


@asynccontextmanager
async def _line(opening: Opening[OutsideSettings]) -> AsyncIterator[Line]:
    settings = opening.settings
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{settings.port}", timeout=settings.timeout_secs, trust_env=False
    ) as client:
        yield Line(client, opening.clock)


@asynccontextmanager
async def open_channel(opening: Opening[OutsideSettings]) -> AsyncIterator[Channel]:
    async with _line(opening) as line:
        connector = CrashConnector(opening.name, line, opening.clock)
        yield Channel(connector, CrashSender(line), downloader=CrashDownloader(line))


@asynccontextmanager
async def open_backend(opening: Opening[OutsideSettings]) -> AsyncIterator[TicketSystem]:
    async with _line(opening) as line:
        yield TicketSystem(CrashBackend(line), CrashFeed(opening.name, line, opening.clock))


NORMALIZER = NormalizerPlugin("crash", 1, normalize)
CONNECTOR = ConnectorPlugin(
    name="crash",
    platform=PLATFORM,
    settings=OutsideSettings,
    open=open_channel,
    normalizer="crash",
    addresses=lambda settings: (),
    roles=frozenset({Role.SENDER, Role.DOWNLOADER}),
    pause=PAUSE,
)
BACKEND = BackendPlugin(
    name="crash",
    settings=OutsideSettings,
    open=open_backend,
    normalizer=NormalizerPlugin("crash", 1, normalize_act),
    roles=frozenset({Role.FEED}),
    pause=PAUSE,
    batch=20,
)
