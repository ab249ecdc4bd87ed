"""What stands beside the gateway, as a process of its own: `python -m tests.benchmarks.receiver http|smtp|relay PORT`.

A receiver of tickets, a receiver of mail, or a line to the mail server that tells when a mail's first bytes pass.
"""

from __future__ import annotations

import asyncio
import re
import signal
import sys
from collections.abc import Callable
from typing import Any

from typing_extensions import override

from tests.benchmarks.told import Teller
from tests.servers.http_sink import HttpSink
from tests.servers.relay import Relay
from tests.servers.smtp_sink import SmtpSink

SECRET = "made-up-shared-secret-for-speed"

_MESSAGE_ID = re.compile(rb"<bench\.\d{7}@mail\.test>")
_TAIL = 31
"""One byte less than a number is long: it may come in two pieces."""


class Heard(list[Any]):
    """A list that tells of what is put into it, and keeps nothing."""

    def __init__(self, hear: Callable[[Any], None]) -> None:
        super().__init__()
        self._hear = hear

    @override
    def append(self, item: Any) -> None:
        self._hear(item)


def _name(message: Any) -> str:
    """Return what the benchmark knows the message by, as `plugins` does."""
    mail = message["platform"] == "email"
    return str(message["thread"]["own_ref"] if mail else message["provenance"]["key"])


class _Watch(Relay):
    """A line that looks for the numbers of mails in what the server says."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self._teller = Teller.from_environment()
        self._tail = b""

    @override
    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, mark: bool) -> None:
        while data := await source.read(1 << 18):
            if mark:
                self._look(data)
            sink.write(data)
            await sink.drain()
        sink.transport.abort()

    def _look(self, data: bytes) -> None:
        seen = self._tail + data
        found = list(_MESSAGE_ID.finditer(seen))
        if found:
            self._teller.tell("fetched", [match[0].decode() for match in found])
        self._tail = seen[max(len(seen) - _TAIL, found[-1].end() if found else 0) :]


async def _serve(kind: str, port: int) -> None:
    teller = Teller.from_environment()
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    if kind == "http":
        sink = HttpSink(SECRET.encode(), requests=Heard(lambda request: None))
        sink.taken = Heard(lambda event: teller.tell("took", [_name(event["data"]["entry"]["message"])]))
        async with sink:
            print(sink.port, flush=True)
            await over.wait()
        assert sink.forged == 0
    elif kind == "relay":
        async with _Watch.open("127.0.0.1", port) as line:
            print(line.port, flush=True)
            await over.wait()
    else:
        relay = SmtpSink(log=Heard(lambda line: None), taken=Heard(lambda mail: teller.tell("sent", mail.recipients)))
        async with relay.running():
            print(relay.port, flush=True)
            await over.wait()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0))
