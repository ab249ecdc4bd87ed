"""Real nats-servers with JetStream on loopback: one, or a cluster of three; each killed and started again at will."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

import nkeys

from tests.conftest import free_port, missing_server

START_SECS = 30.0


def keys(number: int = 0) -> tuple[str, str]:
    """Return the seed and the public key of a made-up user."""
    seed = bytes(nkeys.encode_seed(bytes([number + 1] * 32), nkeys.PREFIX_BYTE_USER))
    pair = nkeys.from_seed(bytearray(seed))
    return seed.decode(), pair.public_key.decode()


class NatsServer:
    """One server, with its data in a folder of its own. `routes` are the ports of a cluster's lines, its own first."""

    def __init__(self, folder: Path, public_key: str, routes: Sequence[int] = (), name: str = "n0") -> None:
        self._folder = folder
        self._name = name
        self._routes = routes
        self.port = free_port()
        self.public_key = public_key
        self.extra = self.authorization = ""
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def write(self) -> Path:
        """Write its configuration."""
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / "nats.conf"
        lines = [
            f"server_name: {self._name}",
            'host: "127.0.0.1"',
            f"port: {self.port}",
            f'jetstream {{ store_dir: "{self._folder / "data"}", max_mem: 64MB, max_file: 1GB }}',
            self.authorization or f"authorization {{ users: [ {{ nkey: {self.public_key} {self.extra} }} ] }}",
        ]
        if self._routes:
            own, *others = self._routes
            urls = ", ".join(f'"nats://127.0.0.1:{port}"' for port in others)
            lines.append(f'cluster {{ name: c1, host: "127.0.0.1", port: {own}, routes: [{urls}] }}')
        file.write_text("\n".join(lines))
        return file

    def spawn(self) -> None:
        """Start the process."""
        program = shutil.which("nats-server") or shutil.which("nats-server", path="/usr/sbin")
        if program is None:
            missing_server("nats-server", "apt-get install nats-server")
        assert program is not None
        file = self.write()
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [program, "-c", str(file)], stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )

    async def start(self) -> None:
        """Start, and wait until it takes connections."""
        self.spawn()
        await self.ready()

    async def ready(self) -> None:
        """Wait until it greets."""
        async with asyncio.timeout(START_SECS):
            while not await self._greets():
                assert self._process is not None
                assert self._process.poll() is None, f"nats-server ended: see {self._folder / 'log'}"
                await asyncio.sleep(0.01)

    async def _greets(self) -> bool:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        try:
            return (await reader.readline()).startswith(b"INFO")
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def reload(self) -> None:
        """Have it read its configuration again."""
        self.write()
        assert self._process is not None
        self._process.send_signal(signal.SIGHUP)

    def kill(self) -> None:
        """Kill it as a power cut would, but for the disk."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @property
    def is_up(self) -> bool:
        return self._process is not None


def cluster(folder: Path, public_key: str) -> list[NatsServer]:
    """Return three servers that know each other."""
    ports = [free_port() for _ in range(3)]
    return [
        NatsServer(folder / f"n{number}", public_key, (*ports[number:], *ports[:number]), f"n{number}")
        for number in range(3)
    ]
