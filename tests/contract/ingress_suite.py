"""The contract of an `Ingress` behind the one HTTP server, check by check, for whatever ingress a harness opens.

A check fails with an AssertionError on an ingress or a server that breaks its claim; `broken_ingresses` shows that each
can.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from gateway.errors import TransientError
from gateway.journal import Store
from gateway.ports import Ingress, Pushed, PushRequest, Raw, Refusal
from gateway.settings.watching import WebTable
from gateway.web.door import Door, Pressure, Put
from gateway.web.server import Probes, serve
from tests.conftest import ManualClock

SECS = 5.0
"""Longest wait of a check for anything."""
DOOR = "desk"


@dataclass(frozen=True)
class Shot:
    """A request that a platform would make."""

    headers: Mapping[str, str]
    body: bytes
    method: str = "POST"

    def pushed(self, at: datetime) -> PushRequest:
        return PushRequest(self.method, f"/in/{DOOR}", {}, dict(self.headers), self.body, at, "127.0.0.1")


class IngressHarness(Protocol):
    """What the suite must know of one kind of ingress."""

    source: str
    secrets: Sequence[str]
    window: timedelta | None
    """How old a request may be; None where the platform says no time."""

    def ingress(self) -> Ingress: ...

    def genuine(self, number: int, at: datetime) -> Shot:
        """Return what the platform sends of delivery `number` when it sends it at that time."""
        ...

    def signed(self, body: bytes, at: datetime) -> Shot:
        """Return any body as the platform would sign it."""
        ...

    def forged(self, number: int, at: datetime) -> Shot:
        """Return the same as `genuine`, signed with another secret."""
        ...


Serve = Callable[..., AbstractAsyncContextManager[int]]


@dataclass(frozen=True)
class Ground:
    """Where a check runs: an ingress, a real store, a server, a clock in the check's hand."""

    harness: IngressHarness
    store: Store
    clock: ManualClock
    serve: Serve = serve
    ingress: Callable[[Ingress], Ingress] = field(default=lambda ingress: ingress)

    def made(self) -> Ingress:
        return self.ingress(self.harness.ingress())

    def genuine(self, number: int = 1) -> Shot:
        return self.harness.genuine(number, self.clock.now())

    def take(self, shot: Shot) -> Pushed | Refusal:
        return self.made().receive(shot.pushed(self.clock.now()))

    async def put(self, source: str, raws: Sequence[Raw]) -> None:
        await self.store.put_page(source, raws[0].stream, raws, None)

    async def held(self) -> int:
        """Return how many raws are in the journal."""
        return sum(each.count for each in await self.store.backlog() if each.queue == "raws")

    @asynccontextmanager
    async def open(
        self, put: Put | None = None, pressure: Pressure = lambda: None, **settings: float
    ) -> AsyncIterator[Caller]:
        async def unready() -> Sequence[str]:
            return ()

        async def exposition() -> bytes:
            return b""

        table = WebTable.model_validate({"listen": "127.0.0.1:0", "max_body_bytes": 4096, **settings})
        doors = {DOOR: Door(self.harness.source, self.made())}
        probes = Probes(unready, exposition)
        async with self.serve(table, doors.get, put or self.put, probes, self.clock, pressure=pressure) as port:
            yield Caller(port)


@dataclass(frozen=True)
class Answer:
    """What the server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Caller:
    """Makes requests byte by byte."""

    port: int

    async def call(self, shot: Shot, path: str = f"/in/{DOOR}") -> Answer:
        return await self.exchange(head(shot, path, len(shot.body)) + shot.body)

    async def exchange(self, *pieces: bytes) -> Answer:
        """Send the pieces and return the answer, whether or not all could be sent."""
        async with asyncio.timeout(SECS):
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            try:
                for piece in pieces:
                    writer.write(piece)
                    await writer.drain()
                return await read_answer(reader)
            finally:
                writer.close()


def head(shot: Shot, path: str = f"/in/{DOOR}", length: int | None = None) -> bytes:
    """Return the head of a request; without a length the body is chunked."""
    framing = "transfer-encoding: chunked" if length is None else f"content-length: {length}"
    lines = [f"{shot.method} {path} HTTP/1.1", "host: desk", framing, *(f"{k}: {v}" for k, v in shot.headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


async def read_answer(reader: asyncio.StreamReader) -> Answer:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.partition(": ") for line in lines[1:] if line)
    headers = {name.lower(): value for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Answer(int(lines[0].split()[1]), headers, body)


Check = Callable[[Ground], Awaitable[None]]
CHECKS: list[Check] = []


def check(function: Check) -> Check:
    CHECKS.append(function)
    return function


def taken(found: Pushed | Refusal) -> Pushed:
    assert isinstance(found, Pushed), f"refused: {found}"
    return found


def refused(found: Pushed | Refusal) -> Refusal:
    assert isinstance(found, Refusal), "taken"
    assert 400 <= found.status < 500, f"refused with {found.status}"
    return found


@check
async def a_genuine_request_is_taken_as_complete_raws_of_its_source(ground: Ground) -> None:
    shot = ground.genuine()
    raws = taken(ground.take(shot)).raws
    assert raws
    for raw in raws:
        assert raw.source == ground.harness.source
        assert raw.key
        assert raw.lane
        assert raw.body
        assert raw.size >= len(raw.body)
        assert raw.received_at == ground.clock.now()


@check
async def the_key_stays_when_it_is_delivered_again_and_differs_otherwise(ground: Ground) -> None:
    first = [(raw.lane, raw.key) for raw in taken(ground.take(ground.genuine(1))).raws]
    ground.clock.advance(3600)
    assert [(raw.lane, raw.key) for raw in taken(ground.take(ground.genuine(1))).raws] == first
    assert not set(first) & {(raw.lane, raw.key) for raw in taken(ground.take(ground.genuine(2))).raws}


@check
async def a_changed_body_is_refused(ground: Ground) -> None:
    shot = ground.genuine()
    spaced = shot.body.replace(b"{", b"{ ", 1)
    for body in (shot.body + b" ", spaced, shot.body[:-1], b"", shot.body.swapcase()):
        refused(ground.take(replace(shot, body=body)))


@check
async def a_forged_or_unsigned_request_is_refused(ground: Ground) -> None:
    refused(ground.take(ground.harness.forged(1, ground.clock.now())))
    shot = ground.genuine()
    refused(ground.take(replace(shot, headers={})))
    marks = {name: value for name, value in shot.headers.items() if name != "content-type"}
    for name in marks:
        refused(ground.take(replace(shot, headers={key: each for key, each in shot.headers.items() if key != name})))
    for value in ("", "v1,", "v1,\xff", "x" * 5000, "0"):
        refused(ground.take(replace(shot, headers={**shot.headers, **dict.fromkeys(marks, value)})))


@check
async def an_old_or_early_request_is_refused(ground: Ground) -> None:
    window = ground.harness.window
    if window is None:
        return
    shot, now = ground.genuine(), ground.clock.now()
    for far in (window + timedelta(seconds=2), -window - timedelta(seconds=2)):
        refused(ground.made().receive(shot.pushed(now + far)))
    for near in (window - timedelta(seconds=2), -window + timedelta(seconds=2)):
        taken(ground.made().receive(shot.pushed(now + near)))


@check
async def garbage_is_refused_and_breaks_nothing(ground: Ground) -> None:
    ingress, now = ground.made(), ground.clock.now()
    odd = [b"", b"\x00\xff", b"[]", b"{}", b"null", b'"x"', b"[" * 5000, b'{"id": 1e400}', b'{"data": {"data": []}}']
    for body in odd:
        for shot in (ground.harness.signed(body, now), replace(ground.genuine(), body=body)):
            refused(ingress.receive(shot.pushed(now)))
    for method in ("GET", "PUT", "DELETE"):
        refused(ingress.receive(replace(ground.genuine(), method=method).pushed(now)))


@check
async def a_refusal_tells_no_secret_and_nothing_of_the_request(ground: Ground) -> None:
    now = ground.clock.now()
    marked = json.dumps({"id": "PLANTED", "source": "PLANTED", "type": "PLANTED", "PLANTED": "PLANTED"}).encode()
    for shot in (ground.harness.signed(marked, now), replace(ground.genuine(), body=marked)):
        reason = refused(ground.take(shot)).reason
        assert "PLANTED" not in reason
        assert not [secret for secret in ground.harness.secrets if secret in reason]


@check
async def what_is_received_depends_on_nothing_but_the_request(ground: Ground) -> None:
    ingress = ground.made()
    request = ground.genuine().pushed(ground.clock.now())
    assert ingress.receive(request) == ingress.receive(request) == ground.made().receive(request)


@check
async def success_is_answered_only_after_the_commit(ground: Ground) -> None:
    reached, committed = asyncio.Event(), asyncio.Event()

    async def slow(source: str, raws: Sequence[Raw]) -> None:
        reached.set()
        await committed.wait()
        await ground.put(source, raws)

    async with ground.open(slow) as caller:
        call = asyncio.create_task(caller.call(ground.genuine()))
        async with asyncio.timeout(SECS):
            await reached.wait()
            # A round of another request: an answer that is on its way would have come by now.
            assert (await caller.call(Shot({}, b"", "GET"), "/healthz")).status == 200
        assert not call.done(), "answered before the commit"
        committed.set()
        assert (await call).status == 200
    assert await ground.held() == 1


@check
async def a_store_that_does_not_take_it_is_never_called_success(ground: Ground) -> None:
    async def broken(source: str, raws: Sequence[Raw]) -> None:
        raise TransientError("the disk is full")

    async def faulty(source: str, raws: Sequence[Raw]) -> None:
        raise LookupError("PLANTED")

    for put, statuses in ((broken, {503}), (faulty, {500, 503})):
        async with ground.open(put) as caller:
            answer = await caller.call(ground.genuine())
            assert answer.status in statuses
            assert b"PLANTED" not in answer.body
            assert answer.status != 503 or int(answer.headers["retry-after"]) > 0


@check
async def a_delivery_that_comes_again_is_absorbed_and_called_success(ground: Ground) -> None:
    async with ground.open() as caller:
        for _ in range(3):
            assert (await caller.call(ground.genuine(1))).status == 200
            ground.clock.advance(60)
        assert (await caller.call(ground.genuine(2))).status == 200
    assert await ground.held() == 2


@check
async def a_body_over_the_cap_is_refused_however_it_comes(ground: Ground) -> None:
    shot = ground.genuine()
    async with ground.open() as caller:
        declared = await caller.exchange(head(shot, length=10**9))
        chunk = b"1000\r\n" + b"x" * 0x1000 + b"\r\n"
        streamed = await caller.exchange(head(shot), chunk, b"1\r\nx\r\n")
        assert (declared.status, streamed.status) == (413, 413)
        assert (await caller.call(shot)).status == 200
    assert await ground.held() == 1


@check
async def a_body_that_does_not_come_is_given_up(ground: Ground) -> None:
    shot = ground.genuine()
    async with ground.open(request_secs=0.2) as caller:
        answer = await caller.exchange(head(shot, length=len(shot.body)), shot.body[:-1])
        assert answer.status == 408
        assert (await caller.call(shot)).status == 200
    assert await ground.held() == 1


@check
async def a_wrong_method_brings_nothing_in(ground: Ground) -> None:
    async with ground.open() as caller:
        for method in ("GET", "PUT", "DELETE", "PATCH", "OPTIONS"):
            answer = await caller.call(replace(ground.genuine(), method=method))
            assert 400 <= answer.status < 500
    assert await ground.held() == 0


@check
async def an_unknown_channel_looks_like_any_path_that_is_not_there(ground: Ground) -> None:
    async with ground.open() as caller:
        shot = ground.genuine()
        answers = [await caller.call(shot, path) for path in ("/in/nobody", "/nothing/here", "/in/", "/in/a/b")]
        seen = {(each.status, each.body, tuple(sorted(set(each.headers) - {"date"}))) for each in answers}
        assert len(seen) == 1
        assert answers[0].status == 404
    assert await ground.held() == 0


@check
async def under_pressure_it_is_refused_for_now_and_taken_afterwards(ground: Ground) -> None:
    wait: list[timedelta | None] = [timedelta(seconds=42)]
    async with ground.open(pressure=lambda: wait[0]) as caller:
        answer = await caller.call(ground.genuine())
        assert (answer.status, answer.headers.get("retry-after")) == (503, "42")
        assert await ground.held() == 0
        wait[0] = None
        assert (await caller.call(ground.genuine())).status == 200
    assert await ground.held() == 1


@check
async def a_forged_request_reaches_no_journal_and_is_told_nothing(ground: Ground) -> None:
    async with ground.open() as caller:
        answer = await caller.call(ground.harness.forged(1, ground.clock.now()))
        assert 400 <= answer.status < 500
        words = {400: b"Bad Request", 401: b"Unauthorized", 403: b"Forbidden", 404: b"Not Found"}
        assert answer.body == words.get(answer.status)
    assert await ground.held() == 0
