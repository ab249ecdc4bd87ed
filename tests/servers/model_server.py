"""A classifier on loopback: a real HTTP server that suggests what it is told to, and misbehaves when told to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass
class ModelServer:
    """Answers every request with `status` and `body`; `hangs` never answers, `drops` cuts the line."""

    body: bytes = b'{"suggestions": []}'
    status: int = 200
    hangs: bool = False
    drops: bool = False
    asked: list[Any] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    port: int = 0
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/classify"

    def suggest(self, category: str, confidence: float, reason: str = "") -> None:
        """Suggest one category from now on."""
        one = {"category": category, "confidence": confidence, "reason": reason}
        self.body = json.dumps({"suggestions": [one]}).encode()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
                while True:
                    await self._answer(reader, writer)
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        self.headers.append(headers)
        self.asked.append(json.loads(await reader.readexactly(int(headers["content-length"]))))
        if self.hangs:
            await asyncio.Event().wait()
        if self.drops:
            raise ConnectionResetError
        told = f"HTTP/1.1 {self.status} told\r\ncontent-length: {len(self.body)}\r\n\r\n"
        writer.write(told.encode() + self.body)
        await writer.drain()
