"""One HTTP call of the sandbox's platforms to a webhook, over a line of its own; what it means is for the caller."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import h11


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer; header names in lower case."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes


async def call(method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
    """Return the answer; a deadline is for the caller. Raises `OSError` and `h11.RemoteProtocolError`."""
    split = urlsplit(url)
    secure = ssl.create_default_context() if split.scheme == "https" else None
    port = split.port or (443 if secure else 80)
    reader, writer = await asyncio.open_connection(split.hostname, port, ssl=secure)
    try:
        conn = h11.Connection(h11.CLIENT)
        target = (split.path or "/") + (f"?{split.query}" if split.query else "")
        own = {"host": split.netloc, "content-length": str(len(body)), "connection": "close"}
        request = h11.Request(method=method, target=target, headers=list({**own, **(headers or {})}.items()))
        events: tuple[h11.Event, ...] = (request, h11.Data(data=body), h11.EndOfMessage())
        writer.write(b"".join(conn.send(event) or b"" for event in events))
        return await _read(conn, reader)
    finally:
        writer.close()


async def _read(conn: h11.Connection, reader: asyncio.StreamReader) -> Reply:
    head: h11.Response | None = None
    parts = bytearray()
    while True:
        event = conn.next_event()
        if isinstance(event, h11.Response):
            head = event
        elif isinstance(event, h11.Data):
            parts += event.data
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            fields = {name.decode("latin-1"): value.decode("latin-1") for name, value in head.headers}
            return Reply(head.status_code, head.reason.decode("latin-1"), fields, bytes(parts))
        elif event is h11.NEED_DATA:
            conn.receive_data(await reader.read(65536))
        elif isinstance(event, h11.ConnectionClosed):
            raise h11.RemoteProtocolError("the line ended before the answer")
