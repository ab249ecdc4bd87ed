"""The proxy passes calls on byte for byte, and each fault is what the backend contract means by it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from gateway.sandbox._http import Answer, HttpServer, Request
from gateway.testing.backends import Fault
from tests.backends.fault_proxy import FaultProxy

DATA = bytes(range(256)) * 2_000


class Behind:
    """A server that keeps what it took and answers with the body it was sent."""

    def __init__(self) -> None:
        self.taken: list[Request] = []
        self.http = HttpServer(self._answer)

    async def _answer(self, request: Request) -> Answer:
        self.taken.append(request)
        return Answer(201, request.body)


@pytest.fixture
async def behind() -> AsyncIterator[tuple[Behind, FaultProxy]]:
    server = Behind()
    async with server.http.listen() as port, FaultProxy(port).running() as proxy:
        yield server, proxy


async def _post(proxy: FaultProxy, body: bytes = DATA) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.post(f"{proxy.url}/a?b=c", content=body, headers={"authorization": "token t"})


async def test_a_call_is_passed_on_byte_for_byte_and_kept(behind: tuple[Behind, FaultProxy]) -> None:
    server, proxy = behind
    answer = await _post(proxy)
    assert (answer.status_code, answer.content) == (201, DATA)
    assert [(call.method, call.target, call.body, call.status) for call in proxy.calls] == [
        ("POST", "/a?b=c", DATA, 201)
    ]
    assert server.taken[0].headers["authorization"] == "token t"
    assert DATA in proxy.sent()
    assert b"token t" not in proxy.sent()


async def test_a_chunked_body_is_passed_on_whole(behind: tuple[Behind, FaultProxy]) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(DATA), 70_001):
            yield DATA[start : start + 70_001]

    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(behind[1].url, content=chunks())
    assert answer.content == DATA


@pytest.mark.parametrize(
    ("fault", "status"), [(Fault.REFUSED, 422), (Fault.BUSY, 429), (Fault.UNAVAILABLE, 503), (Fault.FAILED, 500)]
)
async def test_a_planned_answer_spares_the_server(behind: tuple[Behind, FaultProxy], fault: Fault, status: int) -> None:
    server, proxy = behind
    await proxy.plan(fault, times=1)
    assert (await _post(proxy)).status_code == status
    assert not server.taken
    assert (await _post(proxy)).status_code == 201


async def test_a_dropped_call_takes_effect_and_has_no_answer(behind: tuple[Behind, FaultProxy]) -> None:
    server, proxy = behind
    await proxy.plan(Fault.DROPPED, of="one")
    with pytest.raises(httpx.HTTPError):
        await _post(proxy, b"one")
    assert [request.body for request in server.taken] == [b"one"]
    assert (await _post(proxy, b"two")).status_code == 201
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(f"{proxy.url}/one")).status_code == 201, "a call that only reads is spared"


async def test_down_refuses_lines_until_mended(behind: tuple[Behind, FaultProxy]) -> None:
    _, proxy = behind
    port = proxy.port
    await proxy.plan(Fault.DOWN)
    with pytest.raises(httpx.ConnectError):
        await _post(proxy)
    await proxy.mend()
    assert proxy.port == port
    assert (await _post(proxy)).status_code == 201


async def test_a_server_that_dies_under_a_call_cuts_the_line() -> None:
    async def dies(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf")
        await writer.drain()
        writer.transport.abort()

    server = await asyncio.start_server(dies, "127.0.0.1", 0)
    async with server, FaultProxy(server.sockets[0].getsockname()[1]).running() as proxy:
        with pytest.raises(httpx.HTTPError):
            await _post(proxy)
