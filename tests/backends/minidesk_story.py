"""The example of a third party's ticket system as a story needs it: a process of its own, killed and started again."""

from __future__ import annotations

import asyncio
import base64
import json
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from gateway.ports import BackendPlugin
from gateway.testing.backends import Line
from tests.conftest import free_port
from tests.contract.example_backend import MINIDESK, SERVER

TOKEN = "a-made-up-token-of-minidesk"


class MinideskStory:
    """Minidesk's server as a process, and its file to look into; the gateway must find the package on its path."""

    plugin: BackendPlugin = MINIDESK

    def __init__(self, folder: Path) -> None:
        self._file = folder / "minidesk.db"
        self._token = folder / "minidesk.token"
        self._token.touch(mode=0o600)
        self._token.write_text(TOKEN)
        self._port = free_port()
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(SERVER), str(self._file), str(self._port), TOKEN), stdout=asyncio.subprocess.PIPE
        )
        assert self._process.stdout is not None
        assert await self._process.stdout.readline() == b"listening\n"

    async def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        await self._process.communicate()
        self._process = None

    async def restart(self) -> None:
        await self.start()

    async def close(self) -> None:
        if self._process is not None:
            await self.kill()

    def config(self) -> str:
        url = f"http://127.0.0.1:{self._port}"
        return f'url = "{url}"\ntoken = {{ file = "{self._token}" }}\npoll_secs = 0.2\n'

    def _rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(f"file:{self._file}?mode=ro", uri=True)) as database:
            return database.execute(query, values).fetchall()

    def tickets(self, case_id: str) -> list[int]:
        return [
            row[0] for row in self._rows("select id from tickets where ref = ? or ref like ? || '/%'", case_id, case_id)
        ]

    async def lines(self, case_id: str) -> Sequence[Line]:
        query = "select text, public from lines join tickets on tickets.id = ticket where ref = ? order by lines.id"
        return [Line(text, for_agents=not public) for text, public in self._rows(query, case_id) if text]

    async def files(self, case_id: str) -> Sequence[tuple[str, bytes]]:
        query = "select shown, data from files join tickets on tickets.id = ticket where ref = ? and act is null"
        return [(name, data) for name, data in self._rows(query, case_id)]

    async def _act(self, case_id: str, what: Mapping[str, Any]) -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            url = f"http://127.0.0.1:{self._port}/agent/tickets/{quote(case_id, safe='')}"
            (await client.post(url, content=json.dumps(what))).raise_for_status()

    async def act(self, case_id: str, kind: str, text: str) -> None:
        await self._act(case_id, {"kind": kind, "text": text})

    async def answer(self, case_id: str, text: str, files: Sequence[tuple[str, bytes]]) -> None:
        given = {name: base64.b64encode(data).decode() for name, data in files}
        await self._act(case_id, {"kind": "replied", "text": text, "files": given})
