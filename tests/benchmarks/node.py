"""One gateway as an operator runs it: a process of its own, which the benchmark only watches from outside."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from gateway.store import new_key_line
from tests.benchmarks.chats import TOKEN, USERNAME
from tests.benchmarks.meter import cpu_secs
from tests.benchmarks.plugins import ENTRY_POINTS
from tests.benchmarks.receiver import SECRET
from tests.benchmarks.told import VARIABLE, Listener

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECS = 60.0
NULL = 'kind = "null"'
EMBEDDED = 'kind = "embedded"'
CORE = 0
ONE_CORE = ("taskset", "-c", str(CORE))
OTHER_CORE = ("taskset", "-c", "1")

_CONFIG = """
[brand]
name = "Examplex"

[store]
{store}

[backend]
{backend}

[acknowledgement]
enabled = {acknowledge}
per_minute = 1000000
old = true

[abuse]
per_domain = 1000000
everybody = 1000000

[log]
format = "json"

{channels}
"""

_OFFICIAL = """
[[brands]]
id = "examplex"
name = "Examplex"

[[brands.mail]]
address = "support@examplex.test"

[[brands.web]]
domain = "examplex.test"

[[brands.accounts]]
platform = "x"
handle = "examplex"
id = "1399000000000000001"

[[brands.accounts]]
platform = "telegram"
handle = "examplex_support"

[[scams]]
domain = "examplex-bonus.test"
"""

_MAIL = """
[channels.support]
connector = "email"
address = "{address}"
aliases = ["support@examplex.test"]
password = {{ file = "mail.password" }}
imap_host = "127.0.0.1"
imap_port = {imap_port}
imap_security = "plain"
smtp_host = "127.0.0.1"
smtp_port = {smtp_port}
smtp_security = "plain"
smtp_login = false
"""


def mail_channel(address: str, imap_port: int, smtp_port: int = 25) -> str:
    """Return the configuration of a channel on the real mail connector, with its defaults."""
    return _MAIL.format(address=address, imap_port=imap_port, smtp_port=smtp_port)


_TELEGRAM = """
[channels.tg]
connector = "telegram"
token = {{ file = "tg.token" }}
bot = "{bot}"
api_url = "{url}"
join_secs = {join_secs}
join_most_secs = 15
"""


def telegram_channel(url: str, join_secs: float = 2.0) -> str:
    """Return the configuration of a channel on the real Telegram connector, with its defaults but for the joining."""
    return _TELEGRAM.format(bot=USERNAME, url=url, join_secs=join_secs)


def source_channel(shape: str, **settings: float) -> str:
    """Return the configuration of a channel that hands over messages of a shape."""
    lines = "\n".join(f"{name} = {value}" for name, value in settings.items())
    return f'[channels.chat]\nconnector = "{shape}"\n{lines}\n'


def webhook(port: int) -> str:
    """Return the configuration of the backend that writes to a receiver."""
    return f'kind = "webhook"\nurl = "http://127.0.0.1:{port}/in"\nsecret = {{ file = "hook.secret" }}'


@dataclass
class Node:
    """A desk's folder, and the gateway that runs in it when started; `prefix` comes before its command."""

    folder: Path
    listener: Listener
    prefix: Sequence[str] = ()
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def configure(
        self,
        channels: str,
        backend: str = NULL,
        *,
        acknowledge: bool = False,
        url: str | None = None,
        password: str = "",
    ) -> None:
        """Write the desk's files, and those by which the gateway finds the plugins."""
        self.folder.mkdir(exist_ok=True)
        store = 'path = "gatehouse.db"' if url is None else f'url = "{url}"'
        acks = "true" if acknowledge else "false"
        text = _CONFIG.format(store=store, backend=backend, acknowledge=acks, channels=channels)
        self.config.write_text(text)
        (self.folder / "official.toml").write_text(_OFFICIAL)
        for name, content in (
            ("gatehouse.key", None),
            ("mail.password", password),
            ("hook.secret", SECRET),
            ("tg.token", TOKEN),
        ):
            if content is None and (self.folder / name).exists():
                continue
            (self.folder / name).write_text(new_key_line() if content is None else content)
            (self.folder / name).chmod(0o600)
        found = self.folder / "plugins" / "gatehouse_benchmarks-1.dist-info"
        found.mkdir(parents=True, exist_ok=True)
        (found / "METADATA").write_text("Metadata-Version: 2.1\nName: gatehouse-benchmarks\nVersion: 1\n")
        (found / "entry_points.txt").write_text(ENTRY_POINTS)

    @property
    def config(self) -> Path:
        return self.folder / "gatehouse.toml"

    @property
    def database(self) -> Path:
        return self.folder / "gatehouse.db"

    @property
    def environment(self) -> Mapping[str, str]:
        """Return what every process of the benchmark's runs with."""
        return {
            **os.environ,
            "PYTHONPATH": os.pathsep.join((str(self.folder / "plugins"), str(ROOT))),
            VARIABLE: str(self.listener.path),
        }

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start, and return when the engine says that it runs."""
        command = [*self.prefix, sys.executable, "-m", "gateway", "run", "--config", str(self.config)]
        with (self.folder / "log").open("wb") as out:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=out, stderr=out, stdin=subprocess.DEVNULL
            )
        end = time.monotonic() + START_SECS
        while self.said("engine.started") is None:
            self.alive()
            assert time.monotonic() < end, self.tail()
            time.sleep(0.01)

    def alive(self) -> None:
        """Raise when the gateway has ended."""
        assert self._process is not None
        assert self._process.poll() is None, self.tail()

    def tail(self) -> str:
        """Return the end of the log."""
        return (self.folder / "log").read_text(errors="replace")[-2000:]

    def said(self, event: str) -> float | None:
        """Return when the gateway first logged that event, in seconds since 1970."""
        with (self.folder / "log").open("rb") as lines:
            for line in lines:
                if event.encode() in line:
                    return datetime.fromisoformat(json.loads(line)["timestamp"]).timestamp()
        return None

    def cpu_secs(self) -> float:
        return cpu_secs(self.pid)

    def stop(self) -> None:
        """Stop in order, as an operator would; every write is then settled."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        try:
            status = self._process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        self._process = None
        assert status == 0, self.tail()

    def kill(self) -> None:
        """Stop at once, if it still runs."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextlib.contextmanager
def receiver(node: Node, kind: str, *arguments: str) -> Iterator[int]:
    """Run a receiver as a process of its own on the other core; yields its port."""
    process = subprocess.Popen(
        [*OTHER_CORE, sys.executable, "-m", "tests.benchmarks.receiver", kind, *arguments],
        cwd=ROOT,
        env=node.environment,
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()
    assert process.returncode == 0


@dataclass
class TelegramDesk:
    """The platform on the other core; `url` is where its bots are served."""

    url: str
    process: subprocess.Popen[bytes]

    def begin(self) -> None:
        """Let further messages come."""
        self.process.send_signal(signal.SIGUSR1)


@contextlib.contextmanager
def telegram(
    node: Node,
    people: int,
    *,
    commands: bool = False,
    most: int = 3,
    limits: bool = False,
    rate: float = 0.0,
    steady: int = 0,
    new: int = 1,
    waits: bool = False,
) -> Iterator[TelegramDesk]:
    """Run Telegram with a backlog of so many people; see `telegram_desk` and `chats` for what the others mean.

    With `waits` even the backlog comes at `TelegramDesk.begin` only.
    """
    plan: dict[str, object] = {"people": people, "commands": commands, "most": most, "limits": limits}
    plan |= {"rate": rate, "steady": steady, "new": new, "waits": waits}
    process = subprocess.Popen(
        [*OTHER_CORE, sys.executable, "-m", "tests.benchmarks.telegram_desk", json.dumps(plan)],
        cwd=ROOT,
        env=node.environment,
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        yield TelegramDesk(process.stdout.readline().decode().strip(), process)
    finally:
        process.terminate()
        process.wait(30)
        if process.stdout is not None:
            process.stdout.close()
    assert process.returncode == 0
