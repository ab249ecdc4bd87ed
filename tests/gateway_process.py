"""The real gateway as a process of its own, which tells the test by its log what it has done."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sqlite3
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from gateway.store import new_key_line

ROOT = Path(__file__).resolve().parent.parent

_CONFIG = """
[brand]
name = "Examplex"

[backend]
{backend}

[engine]
batch = {batch}
retry_base_secs = 0.05

[log]
format = "json"

[acknowledgement]
per_minute = 100000
old = true

[connectors.email]
imap_host = "127.0.0.1"
imap_port = {imap_port}
imap_security = "plain"
smtp_host = "127.0.0.1"
smtp_port = {smtp_port}
smtp_security = "plain"
smtp_login = false
batch = {page}
max_mail_bytes = {mail_bytes}
step_secs = 10

[connectors.email.limits]
send-channel-60s = 1000000
send-recipient-3600s = 1000000

[channels.support]
connector = "email"
address = "{address}"
password = {{ file = "mail.password" }}
"""

_PUSHED = """
[brand]
name = "Examplex"

[backend]
kind = "embedded"

[engine]
retry_base_secs = 0.05

[log]
format = "json"

[channels.support]
connector = "lmtp"
address = "support@examplex.test"
smtp_host = "127.0.0.1"
smtp_port = {smtp_port}
smtp_security = "plain"
smtp_login = false
{more}
"""

_CHAT = """
[brand]
name = "Examplex"

[backend]
kind = "embedded"

[engine]
batch = 20
retry_base_secs = 0.05

[log]
format = "json"

[acknowledgement]
per_minute = 100000
per_sender_secs = 86400
old = true

[connectors.telegram.limits]
send-account-1s = 1000000
send-recipient-1s = 1000000
send-group-60s = 1000000

[channels.tg]
connector = "telegram"
token = {{ file = "tg.token" }}
bot = "{username}"
api_url = "{url}"
batch = 20
join_secs = 0.5
join_most_secs = 3
operators_chat = "{operators}"
{more}
"""
_CHAT_OFFICIAL = """
[[brands]]
id = "examplex"
name = "Examplex"

[[brands.accounts]]
platform = "telegram"
handle = "{username}"
id = "{number}"

[[brands.web]]
domain = "examplex.test"
"""
_OFFICIAL = """
[[brands]]
id = "examplex"
name = "Examplex"

[[brands.mail]]
address = "support@examplex.test"

[[brands.web]]
domain = "examplex.test"
"""


@dataclass
class GatewayProcess:
    """One desk's folder, and the gateway that runs in it when started."""

    folder: Path
    command: tuple[str, ...] = ("gateway",)
    """The module that is run, and what comes before its own arguments."""
    options: tuple[str, ...] = ()
    """Further arguments of `gatehouse run`."""
    events: list[dict[str, Any]] = field(default_factory=list)
    """What the running gateway has logged since it was started."""
    _process: asyncio.subprocess.Process | None = None
    _reading: asyncio.Task[None] | None = None
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    def configure(
        self,
        imap_port: int,
        smtp_port: int,
        password: str,
        address: str = "support@examplex.test",
        backend: str = 'kind = "embedded"',
        batch: int = 50,
        page: int = 50,
        mail_bytes: int = 1_000_000,
    ) -> None:
        """Write the desk's files."""
        text = _CONFIG.format(
            imap_port=imap_port,
            smtp_port=smtp_port,
            address=address,
            backend=backend,
            batch=batch,
            page=page,
            mail_bytes=mail_bytes,
        )
        self._write(text, _OFFICIAL, {"mail.password": password})

    def configure_pushed(self, smtp_port: int, more: str) -> None:
        """Write the files of a desk whose mail is pushed; `more` are lines of the channel's table."""
        self._write(_PUSHED.format(smtp_port=smtp_port, more=more), _OFFICIAL, {})

    def configure_chat(
        self,
        url: str,
        token: str,
        username: str,
        operators: int,
        more: str = "",
        secrets: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Write the files of a desk with one Telegram channel; `more` ends the configuration, in the channel's table.

        `secrets` become files of that name.
        """
        text = _CHAT.format(url=url, username=username, operators=operators, more=more)
        official = _CHAT_OFFICIAL.format(username=username, number=token.partition(":")[0])
        self._write(text, official, {"tg.token": token, **secrets})

    def _write(self, text: str, official: str, secrets: Mapping[str, str]) -> None:
        self.folder.mkdir(exist_ok=True)
        self.config.write_text(text)
        (self.folder / "official.toml").write_text(official)
        for name, content in {"gatehouse.key": new_key_line(), **secrets}.items():
            (self.folder / name).write_text(content)
            (self.folder / name).chmod(0o600)

    @property
    def config(self) -> Path:
        return self.folder / "gatehouse.toml"

    async def start(self) -> None:
        """Start, and return when the engine says that it runs."""
        self.events.clear()
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *self.command,
            "run",
            "--config",
            str(self.config),
            *self.options,
            cwd=ROOT,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        self._reading = asyncio.create_task(self._read(self._process))
        await self.until(lambda: self.count("engine.started") > 0)

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        async for line in process.stderr:
            try:
                event = json.loads(line)
            except ValueError:
                event = {"event": "output", "text": line.decode(errors="replace")}
            async with self._news:
                self.events.append(event)
                self._news.notify_all()
        async with self._news:
            self.events.append({"event": "process.ended"})
            self._news.notify_all()

    def count(self, name: str) -> int:
        """Return how often the gateway logged that event since it was started."""
        return sum(event["event"] == name for event in self.events)

    async def until(self, condition: Callable[[], bool], secs: float = 60) -> None:
        """Return when the condition holds; it is looked at again after every line of the log."""
        async with asyncio.timeout(secs), self._news:
            await self._news.wait_for(lambda: condition() or self.count("process.ended") > 0)
        assert condition(), [event for event in self.events[-15:]]

    async def kill(self) -> None:
        """SIGKILL to it and to all that it started, as a power cut would."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """SIGTERM; return the exit status."""
        return await self._end(signal.SIGTERM)

    async def _end(self, number: signal.Signals) -> int:
        assert self._process is not None
        assert self._reading is not None
        with contextlib.suppress(ProcessLookupError):
            if number is signal.SIGKILL:
                os.killpg(self._process.pid, number)
            else:
                self._process.send_signal(number)
        status = await self._process.wait()
        await self._reading
        self._process = None
        return status

    async def close(self) -> None:
        """Stop whatever still runs."""
        if self._process is not None:
            await self.kill()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the desk's database."""
        with contextlib.closing(sqlite3.connect(f"file:{self.folder / 'gatehouse.db'}?mode=ro", uri=True)) as line:
            return line.execute(query).fetchall()
