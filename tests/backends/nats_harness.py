"""The NATS backend on a real nats-server, behind a relay that keeps what is sent and can cut the line."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import nats.errors
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js import errors as js_errors
from nats.js.api import RawStreamMsg, StreamConfig
from typing_extensions import override

from gateway.backends.nats import PLUGIN
from gateway.ports import BackendPlugin, Clock, Opening, TicketSystem
from gateway.testing.backends import Fault
from tests.backends.nats_server import NatsServer, keys
from tests.backends.stream_harness import SECRET, StreamHarness, is_signed, signed

SEED, PUBLIC = keys()
_, OTHER = keys(1)
STREAM, ACTS, BUCKET = "GATEHOUSE", "GATEHOUSE_DESK", "GATEHOUSE_FILES"


def secrets_in(environ: Any) -> None:
    """Put what the settings name into the environment: a monkeypatch's `setenv`, or a mapping."""
    for name, value in (("TEST_NATS_SEED", SEED), ("TEST_NATS_SECRET", SECRET)):
        environ.setenv(name, value) if hasattr(environ, "setenv") else environ.__setitem__(name, value)


async def _quietly(error: Exception) -> None:
    """Leave what goes wrong to whoever called."""


class Relay:
    """A TCP relay on loopback. With `cuts`, the line falls once the server has answered a publish."""

    def __init__(self, port: int) -> None:
        self._to = port
        self.port = 0
        self.sent = bytearray()
        self.cuts = False
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            for task in self._lines:
                task.cancel()
            await asyncio.gather(*self._lines, return_exceptions=True)
            await self._server.wait_closed()
            self._server = None

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._relay(reader, writer))
        self._lines.add(task)
        task.add_done_callback(self._lines.discard)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there: asyncio.StreamWriter | None = None
        try:
            answers, there = await asyncio.open_connection("127.0.0.1", self._to)
            ways = {asyncio.ensure_future(self._out(reader, there)), asyncio.ensure_future(self._back(answers, writer))}
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        except OSError:
            pass
        finally:
            for each in (writer, there):
                if each is not None:
                    each.transport.abort()

    async def _out(self, reader: asyncio.StreamReader, there: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            self.sent += data
            there.write(data)
            await there.drain()

    async def _back(self, answers: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await answers.read(65_536):
            if self.cuts and b'"seq":' in data and b'"stream":' in data:
                return
            writer.write(data)
            await writer.drain()


class NatsHarness(StreamHarness):
    """The backend, a server of its own, and a desk that reads and writes there with the library's own client."""

    faults = frozenset({Fault.DOWN, Fault.UNAVAILABLE, Fault.UNAUTHORIZED, Fault.DROPPED, Fault.MOVED})
    secrets: Sequence[str] = (SEED, SECRET)

    def __init__(self, folder: Path, clock: Clock, plugin: BackendPlugin = PLUGIN, **settings: Any) -> None:
        super().__init__()
        self.plugin = plugin
        self.server = NatsServer(folder, PUBLIC)
        self.relay = Relay(self.server.port)
        self._clock = clock
        self._settings = settings

    def settings(self) -> Mapping[str, Any]:
        return {
            "servers": [f"nats://127.0.0.1:{self.relay.port}"],
            "nkey_seed": {"env": "TEST_NATS_SEED"},
            "secret": {"env": "TEST_NATS_SECRET"},
            "inbound_secret": {"env": "TEST_NATS_SECRET"},
            "files_bucket": BUCKET,
            "replicas": 1,
            "timeout_secs": 5.0,
            **self._settings,
        }

    def config(self) -> str:
        """Return the lines of `[backend]` after `kind`."""
        return (
            f'servers = ["nats://127.0.0.1:{self.relay.port}"]\nnkey_seed = {{ env = "TEST_NATS_SEED" }}\n'
            f'secret = {{ env = "TEST_NATS_SECRET" }}\ninbound_secret = {{ env = "TEST_NATS_SECRET" }}\n'
            f'files_bucket = "{BUCKET}"\nreplicas = 1\npoll_secs = 1.0\n'
        )

    def open(self) -> AbstractAsyncContextManager[TicketSystem]:
        settings = self.plugin.settings.model_validate(self.settings())
        return self.plugin.open(Opening("desk", settings, self._clock))

    async def start(self) -> None:
        """Start server and relay; have the backend's own setup make the streams."""
        await self.server.start()
        await self.relay.start()
        async with self.open() as system:
            assert system.setup is not None
            for step in await system.setup.plan(""):
                assert (await system.setup.make(step, "")).done

    async def stop(self) -> None:
        await self.relay.stop()
        self.server.kill()

    async def kill(self) -> None:
        self.server.kill()

    async def restart(self) -> None:
        await self.server.start()

    @asynccontextmanager
    async def desk(self) -> AsyncIterator[JetStreamContext]:
        """Connect as whoever runs the desk."""
        client = Client()
        try:
            await client.connect(self.server.url, error_cb=_quietly, nkeys_seed_str=SEED, allow_reconnect=False)
            yield client.jetstream()
        finally:
            await client.close()

    async def messages(self, subject: str = "gatehouse.case.>") -> list[RawStreamMsg]:
        """Return the messages of our stream on these subjects, in order."""
        async with self.desk() as js:
            found, after = [], 0
            while True:
                try:
                    message = await js.get_msg(STREAM, seq=after + 1, subject=subject, next=True)
                except js_errors.NotFoundError:
                    return found
                found.append(message)
                after = message.seq or 0

    @override
    async def events(self) -> list[Any]:
        return [json.loads(message.data or b"") for message in await self.messages()]

    @override
    async def _of(self, case_id: str) -> list[Any]:
        messages = await self.messages(f"gatehouse.case.{case_id}.*")
        return [json.loads(message.data or b"")["data"] for message in messages]

    async def files(self, case_id: str) -> Sequence[tuple[str, bytes]]:
        named = [file for data in await self._of(case_id) for file in data["files"]]
        async with self.desk() as js:
            bucket = await js.object_store(BUCKET)
            return [(file["name"], (await bucket.get(file["ref"])).data or b"") for file in named]

    async def plan(self, fault: Fault, case_id: str | None) -> None:
        match fault:
            case Fault.DOWN:
                await self.relay.stop()
                self.server.kill()
            case Fault.UNAUTHORIZED:
                await self._let_in(OTHER)
            case Fault.DROPPED:
                self.relay.cuts = True
            case Fault.UNAVAILABLE:
                async with self.desk() as js:
                    await js.delete_stream(STREAM)
            case _:
                assert fault is Fault.MOVED
                async with self.desk() as js:
                    await js.delete_stream(STREAM)
                    await js.add_stream(StreamConfig(name="ANOTHER", subjects=["gatehouse.case.>"]))

    async def mend(self) -> None:
        self.relay.cuts = False
        if not self.server.is_up:
            await self.server.start()
            await self.relay.start()
        if self.server.public_key != PUBLIC:
            await self._let_in(PUBLIC)
        async with self.desk() as js:
            with suppress(js_errors.NotFoundError):
                await js.delete_stream("ANOTHER")
            with suppress(js_errors.BadRequestError):
                await js.add_stream(StreamConfig(name=STREAM, subjects=["gatehouse.case.>"]))

    async def _let_in(self, public_key: str) -> None:
        """Let another user in instead, and wait until that is so."""
        self.server.public_key = public_key
        self.server.reload()
        async with asyncio.timeout(10):
            while await self._is_let_in() != (public_key == PUBLIC):
                await asyncio.sleep(0.01)

    async def _is_let_in(self) -> bool:
        with suppress(nats.errors.Error, OSError):
            async with self.desk():
                return True
        return False

    def sent(self) -> bytes:
        return bytes(self.relay.sent)

    def forged(self) -> int:
        """Count the events on the line whose signature is not of the secret, by what docs/backends/nats.md says."""
        forged = 0
        for part in bytes(self.relay.sent).split(b"HPUB gatehouse.case.")[1:]:
            head, _, rest = part.partition(b"\r\n\r\n")
            line, *fields = head.decode().split("\r\n")
            if line.startswith("check."):
                continue
            sizes = line.split()
            headers = dict(field.split(": ", 1) for field in fields if ": " in field)
            body = rest[: int(sizes[-1]) - int(sizes[-2])]
            forged += not is_signed(headers, body)
        return forged

    async def answer(self, case_id: str, text: str, files: Sequence[tuple[str, bytes]]) -> None:
        """Answer a case as an agent does, with files that lie in the bucket."""
        async with self.desk() as js:
            bucket = await js.object_store(BUCKET)
            said = []
            for number, (name, data) in enumerate(files):
                ref = f"desk/{self._acts}/{number}"
                await bucket.put(ref, data)
                said.append({"ref": ref, "name": name, "size": len(data)})
        await self._act(case_id, "replied", {"ticket": case_id, "text": text, "author": "bea", "files": said})

    @override
    async def publish(self, event: Mapping[str, Any], secret: str = SECRET) -> None:
        body, headers = signed(event, secret)
        async with self.desk() as js:
            await js.publish("gatehouse-desk.acts", body, headers=headers)


@asynccontextmanager
async def nats_harness(
    folder: Path, clock: Clock, plugin: BackendPlugin = PLUGIN, **settings: Any
) -> AsyncIterator[NatsHarness]:
    """Start a server in the folder and the harness on it; needs `secrets_in` the environment."""
    harness = NatsHarness(folder, clock, plugin, **settings)
    try:
        await harness.start()
        yield harness
    finally:
        await harness.stop()
