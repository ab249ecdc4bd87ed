"""The HTTP server: its probes, its bounds, its address, and that it leaves signals to the engine."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from gateway.errors import ConfigError
from gateway.ports import Key, Pushed, PushRequest, Raw, Refusal, StreamId
from gateway.settings.watching import WebTable
from gateway.web import door
from gateway.web.door import Door
from gateway.web.prometheus import PrometheusMetrics
from gateway.web.server import Probes, _listen, serve
from tests.conftest import ManualClock
from tests.contract.ingress_suite import SECS, Caller, Shot, head, read_answer

GET = Shot({}, b"", "GET")


@dataclass
class Taking:
    """An ingress that takes everything, and keeps what it was shown."""

    seen: list[PushRequest] = field(default_factory=list)

    def receive(self, request: PushRequest) -> Pushed | Refusal:
        self.seen.append(request)
        if request.method == "GET":
            return Pushed((), body=request.query.get("challenge", "").encode(), media_type="text/x-answer")
        raw = Raw("support", StreamId("push"), Key("k"), "lane", request.body, "x/y", request.received_at, 1)
        return Pushed((raw,), 202, b"thanks")


@dataclass
class Running:
    """A server at work."""

    caller: Caller
    ingress: Taking
    stored: list[Raw]
    metrics: PrometheusMetrics
    unready: list[str]


@asynccontextmanager
async def running(clock: ManualClock, hold: asyncio.Event | None = None, **named: Any) -> AsyncIterator[Running]:
    """Serve one channel `support`; `hold` keeps commits back until it is set."""
    made = Running(Caller(0), Taking(), [], PrometheusMetrics(["support"]), [])

    async def put(source: str, raws: Sequence[Raw]) -> None:
        if hold is not None:
            await hold.wait()
        made.stored.extend(raws)

    async def unready() -> Sequence[str]:
        return made.unready

    async def exposition() -> bytes:
        return made.metrics.render()

    table = WebTable.model_validate({"listen": "127.0.0.1:0", "max_body_bytes": 1 << 20, **named.pop("table", {})})
    doors = {"support": Door("support", made.ingress)}
    probes = Probes(unready, exposition)
    async with serve(table, doors.get, put, probes, clock, metrics=made.metrics, **named) as port:
        made.caller = Caller(port)
        yield made


async def test_health_says_that_the_process_lives(clock: ManualClock) -> None:
    async with running(clock) as server:
        answer = await server.caller.call(GET, "/healthz")
    assert (answer.status, answer.body) == (200, b"ok\n")


async def test_readiness_names_what_is_not_ready(clock: ManualClock) -> None:
    async with running(clock) as server:
        well = await server.caller.call(GET, "/readyz")
        server.unready += ["store", "support"]
        ill = await server.caller.call(GET, "/readyz")
    assert (well.status, json.loads(well.body)) == (200, {"ready": True, "not_ready": []})
    assert (ill.status, json.loads(ill.body)) == (503, {"ready": False, "not_ready": ["store", "support"]})


async def test_metrics_are_prometheus_text_and_count_the_pushes(clock: ManualClock) -> None:
    async with running(clock) as server:
        await server.caller.call(Shot({}, b"x"), "/in/support")
        for number in range(3):
            await server.caller.call(Shot({}, b"x"), f"/in/stranger-{number}")
        answer = await server.caller.call(GET, "/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    text = answer.body.decode()
    assert 'gateway_pushes_answered_total{channel="support",status="202"} 1.0' in text
    assert 'gateway_pushes_answered_total{channel="other",status="404"} 3.0' in text
    assert "stranger" not in text


async def test_an_ingress_sees_the_request_as_it_came(clock: ManualClock) -> None:
    """Path, first of each query's values, headers in small letters with repeated ones joined, bytes, time, peer."""
    async with running(clock) as server:
        shot = Shot({"X-Mark": "one", "x-mark": "two"}, b"\x00\xffbytes")
        answer = await server.caller.call(shot, "/in/support?a=1&a=2&b=%20")
        (request,) = server.ingress.seen
    assert (answer.status, answer.body) == (202, b"thanks")
    assert (request.method, request.path, dict(request.query)) == ("POST", "/in/support", {"a": "1", "b": " "})
    assert request.headers["x-mark"] == "one, two"
    assert (request.body, request.received_at, request.peer) == (b"\x00\xffbytes", clock.now(), "127.0.0.1")
    assert [raw.body for raw in server.stored] == [b"\x00\xffbytes"]


async def test_a_challenge_is_answered_under_pressure_too(clock: ManualClock) -> None:
    async with running(clock, pressure=lambda: timedelta(seconds=5)) as server:
        challenge = await server.caller.call(GET, "/in/support?challenge=abc")
        push = await server.caller.call(Shot({}, b"x"), "/in/support")
    assert (challenge.status, challenge.body) == (200, b"abc")
    assert challenge.headers["content-type"].startswith("text/x-answer")
    assert (push.status, server.stored) == (503, [])


async def test_more_requests_at_once_than_there_is_room_for_are_put_off(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "MAX_AT_ONCE", 2)
    hold = asyncio.Event()
    async with running(clock, hold) as server:
        calls = [asyncio.create_task(server.caller.call(Shot({}, b"x"), "/in/support")) for _ in range(2)]
        async with asyncio.timeout(SECS):
            while len(server.ingress.seen) < 2:
                await asyncio.sleep(0)
        refused = await server.caller.call(Shot({}, b"x"), "/in/support")
        assert (refused.status, refused.headers["retry-after"]) == (503, "1")
        hold.set()
        assert [(await call).status for call in calls] == [202, 202]
        assert (await server.caller.call(Shot({}, b"x"), "/in/support")).status == 202


async def test_all_bodies_together_are_bounded_and_room_is_given_back(
    clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "MAX_HELD_BYTES", 1000)
    hold = asyncio.Event()
    async with running(clock, hold) as server:
        first = asyncio.create_task(server.caller.call(Shot({}, b"x" * 600), "/in/support"))
        async with asyncio.timeout(SECS):
            while not server.ingress.seen:
                await asyncio.sleep(0)
        assert (await server.caller.call(Shot({}, b"x" * 600), "/in/support")).status == 503
        hold.set()
        assert (await first).status == 202
        assert (await server.caller.call(Shot({}, b"x" * 600), "/in/support")).status == 202


async def test_a_commit_that_takes_too_long_is_not_called_success(clock: ManualClock) -> None:
    async with running(clock, asyncio.Event(), table={"request_secs": 0.1}) as server:
        answer = await server.caller.call(Shot({}, b"x"), "/in/support")
    assert (answer.status, answer.headers["retry-after"]) == (503, "1")


@pytest.mark.parametrize(
    "pieces",
    [[b""], [b"POST /in/supp"], [b"POST /in/support HTTP/1.1\r\nhost: x\r\nx-slow: "]],
    ids=["silent", "half a line", "half a head"],
)
async def test_a_head_that_does_not_come_closes_the_line(clock: ManualClock, pieces: list[bytes]) -> None:
    async with running(clock, head_secs=0.05) as server, asyncio.timeout(SECS):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.caller.port)
        for piece in pieces:
            writer.write(piece)
        assert await reader.read() == b""
        writer.close()


async def test_a_second_head_on_the_same_line_has_its_own_time(clock: ManualClock) -> None:
    """A line that is kept alive is closed when its next head stays unfinished; a slow answer closes nothing."""
    hold = asyncio.Event()
    async with running(clock, hold, head_secs=0.05) as server, asyncio.timeout(SECS):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.caller.port)
        writer.write(head(Shot({}, b"x"), "/in/support", 1) + b"x")
        while not server.ingress.seen:
            await asyncio.sleep(0)
        asyncio.get_running_loop().call_later(0.1, hold.set)
        assert (await read_answer(reader)).status == 202
        writer.write(b"POST /in/supp")
        assert await reader.read() == b""
        writer.close()


async def test_garbage_on_the_line_is_answered_and_harms_nobody(clock: ManualClock) -> None:
    async with running(clock) as server:
        for bad in (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", b"GET\r\n\r\n", b"A" * 40_000 + b"\r\n\r\n"):
            async with asyncio.timeout(SECS):
                reader, writer = await asyncio.open_connection("127.0.0.1", server.caller.port)
                writer.write(bad)
                with suppress(ConnectionError):
                    assert (await reader.read())[:10] in (b"HTTP/1.1 4", b"")
                writer.close()
        assert (await server.caller.call(GET, "/healthz")).status == 200


async def test_smuggled_framing_is_refused(clock: ManualClock) -> None:
    """A request with two lengths, or a length and chunks, is never read two ways."""
    both = b"POST /in/support HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ncontent-length: 5\r\n\r\nabcde"
    mixed = b"POST /in/support HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"
    async with running(clock) as server:
        for request in (both, mixed):
            assert (await server.caller.exchange(request)).status == 400
        assert server.ingress.seen == []


async def test_the_server_hides_what_it_is_made_of(clock: ManualClock) -> None:
    async with running(clock) as server:
        answers = [
            await server.caller.call(GET, path) for path in ("/healthz", "/docs", "/openapi.json", "/in/support")
        ]
    assert [answer.status for answer in answers] == [200, 404, 404, 200]
    assert not [answer for answer in answers if "server" in answer.headers]


async def test_requests_under_way_are_answered_before_the_server_ends(clock: ManualClock) -> None:
    hold = asyncio.Event()
    async with running(clock, hold) as server:
        call = asyncio.create_task(server.caller.call(Shot({}, b"x"), "/in/support"))
        async with asyncio.timeout(SECS):
            while not server.ingress.seen:
                await asyncio.sleep(0)
        asyncio.get_running_loop().call_later(0.05, hold.set)
    assert (await call).status == 202
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", server.caller.port)


async def test_signals_stay_the_engines(clock: ManualClock) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    async with running(clock):
        assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before


async def test_an_address_that_is_taken_is_a_configuration_error(clock: ManualClock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ConfigError, match=r"web\.listen"):
            async with running(clock, table={"listen": listen}):
                pass


@pytest.mark.parametrize(
    ("listen", "host", "port"),
    [("127.0.0.1:8080", "127.0.0.1", 8080), ("[::1]:80", "::1", 80), ("0.0.0.0:0", "0.0.0.0", 0)],  # noqa: S104
)
def test_an_address_is_an_ip_address_and_a_port(listen: str, host: str, port: int) -> None:
    table = WebTable(listen=listen)
    assert (table.host, table.port) == (host, port)


@pytest.mark.parametrize(
    "listen", ["8080", "localhost:80", "127.0.0.1", "127.0.0.1:99999", "999.0.0.1:1", "[zz]:1", ""]
)
def test_anything_else_is_refused(listen: str) -> None:
    with pytest.raises(ValidationError, match="write an IP address"):
        WebTable(listen=listen)


def test_it_listens_on_this_machine_alone_unless_told_otherwise() -> None:
    assert WebTable().host == "127.0.0.1"


def test_no_line_waits_for_an_acknowledgement_before_it_answers() -> None:
    """Without the option a second answer on a kept line comes 40 ms late: Nagle's algorithm meets a delayed ACK."""
    table = WebTable.model_validate({"listen": "127.0.0.1:0"})
    with _listen(table) as listening, socket.create_connection(listening.getsockname()), listening.accept()[0] as line:
        assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
