"""Media that users sent: fetched from X's hosts alone, streamed, capped, with the account's access where it must be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from connectors.x._client import XClient
from connectors.x._files import XDownloader
from gateway.errors import (
    AuthError,
    CreditsError,
    GatewayError,
    RateLimitedError,
    RejectedError,
    TooLargeError,
    TransientError,
)
from gateway.ports import FileRef
from gateway.sandbox._http import Answer, Request
from gateway.sandbox.x.server import XServer
from tests.conftest import ManualClock
from tests.unit.x_fakes import settings
from tests.unit.x_scripted import Scripted, problem, scripted


async def fetched(server: Scripted | XServer, clock: ManualClock, ref: str, **changes: Any) -> bytes:
    told = settings(server if isinstance(server, XServer) else server.url, **changes)
    async with XClient("x", told, clock) as client:
        return b"".join([chunk async for chunk in XDownloader(told, clock, client).open(FileRef(ref))])


async def refused(server: Scripted, clock: ManualClock, ref: str = "/media/a.png", **changes: Any) -> GatewayError:
    with pytest.raises(GatewayError) as error:
        await fetched(server, clock, ref if "//" in ref else server.url + ref, **changes)
    return error.value


async def test_a_file_is_streamed_as_it_is(clock: ManualClock) -> None:
    body = bytes(range(256)) * 4096
    async with scripted(Answer(200, body, "image/png")) as server:
        assert await fetched(server, clock, f"{server.url}/media/a.png?name=large") == body
    assert server.requests[0].query == "name=large"
    assert server.requests[0].headers["accept-encoding"] == "identity"


async def test_the_sandbox_gives_pictures_to_all_and_those_of_messages_to_the_account(clock: ManualClock) -> None:
    async with XServer.start(clock=clock) as server:
        fang = server.person("wangfang_t")
        picture = server.world.add_media(content=b"made-up picture")
        event = server.message(fang, "look", media=[b"made-up private picture"])
        assert await fetched(server, clock, picture["url"]) == b"made-up picture"
        key = event["attachments"]["media_keys"][0]
        url = server.world.media[key]["url"]
        assert await fetched(server, clock, url) == b"made-up private picture"
        with pytest.raises(AuthError):
            await fetched(server, clock, url, access_secret="made-up-wrong")


ELSEWHERE = [
    "",
    "nonsense",
    "http://[",
    "http://a:b/",
    "file:///etc/passwd",
    "ftp://pbs.twimg.com/a",
    "http://pbs.twimg.com/a.png",
    "https://pbs.twimg.com:8443/a.png",
    "https://pbs.twimg.com@evil.test/a.png",
    "https://user:pass@pbs.twimg.com/a.png",
    "https://pbs.twimg.com.evil.test/a.png",
    "https://evil.test/pbs.twimg.com",
    "https://127.0.0.1/a.png",
    "http://127.0.0.1:1/a.png",
    "http://localhost/a.png",
    "http://169.254.169.254/latest/meta-data",
    "https://pbs.twimg.com/a b.png",
    "https://pbs.twimg.com/\r\nX: y",
    "https://pbs.twimg.com/ä.png",
    "https://pbs.twimg.com/" + "a" * 2048,
    "//pbs.twimg.com/a.png",
]


@pytest.mark.parametrize("ref", ELSEWHERE)
async def test_nothing_is_fetched_from_elsewhere(ref: str, clock: ManualClock) -> None:
    async with scripted(Answer(200, b"x")) as server:
        with pytest.raises(RejectedError) as error:
            await fetched(server, clock, ref)
        assert server.requests == []
    assert not ref or ref not in str(error.value)


async def test_a_host_of_the_settings_is_asked_without_the_access(clock: ManualClock) -> None:
    async with scripted(Answer(200, b"x")) as server, scripted(Answer(200, b"y")) as other:
        assert await fetched(server, clock, f"{other.url}/a.png", media_hosts=("127.0.0.1",)) == b"y"
        assert server.requests == []
    assert "authorization" not in other.requests[0].headers


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(status: int, clock: ManualClock) -> None:
    async with scripted(Answer(200, b"secret")) as other:
        async with scripted(Answer(status, headers={"location": f"{other.url}/x"})) as server:
            assert isinstance(await refused(server, clock), RejectedError)
        assert other.requests == []


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(404), RejectedError),
        (Answer(410), RejectedError),
        (Answer(403, b"<html>made up"), RejectedError),
        (Answer(206, b"x"), RejectedError),
        (problem(401), AuthError),
        (problem(402, "", "credits"), CreditsError),
        (Answer(429), RateLimitedError),
        (Answer(500), TransientError),
        (Answer(503, b"<html>"), TransientError),
        (Answer(cut=True), TransientError),
        (Answer(200, b"x", headers={"content-encoding": "gzip"}), RejectedError),
    ],
)
async def test_an_answer_that_is_no_file_is_an_error(
    answer: Answer, kind: type[GatewayError], clock: ManualClock
) -> None:
    async with scripted(answer) as server:
        assert type(await refused(server, clock)) is kind


async def test_a_file_over_the_cap_is_not_read_on(clock: ManualClock) -> None:
    def endless() -> Callable[[Request], Answer]:
        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(1000):
                yield b"x" * 1024

        return lambda request: Answer(200, chunks())

    async with scripted(Answer(200, b"x" * 1025)) as server:
        assert isinstance(await refused(server, clock, max_file_bytes=1024), TooLargeError)
        server.script = Answer(200, b"x" * 1024)
        assert len(await fetched(server, clock, f"{server.url}/a", max_file_bytes=1024)) == 1024
        server.script = endless()
        assert isinstance(await refused(server, clock, max_file_bytes=4096), TooLargeError)


async def test_a_file_that_ends_early_is_a_passing_trouble(clock: ManualClock) -> None:
    async with scripted(Answer(200, b"x" * 100, headers={"content-length": "100"})) as server:

        async def chunks() -> AsyncIterator[bytes]:
            yield b"x"
            server.http.cut_all()
            await asyncio.sleep(0)
            yield b"y"

        server.script = lambda request: Answer(200, chunks(), headers={"content-length": "100"})
        assert type(await refused(server, clock)) is TransientError


async def test_a_file_that_stops_coming_ends_at_the_deadline(clock: ManualClock) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"x"
        await asyncio.Event().wait()

    async with scripted(lambda request: Answer(200, chunks())) as server:
        assert type(await refused(server, clock, step_secs=0.05)) is TransientError


async def test_a_file_that_trickles_without_end_is_given_up(clock: ManualClock) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        while True:
            yield b"x"
            clock.advance(10)
            await asyncio.sleep(0)

    async with scripted(lambda request: Answer(200, chunks())) as server:
        error = await refused(server, clock, max_file_bytes=10_000)
    assert type(error) is TransientError
    assert "too slow" in str(error)


async def test_a_reader_that_stops_leaves_no_line(clock: ManualClock) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 1000

    async with scripted(lambda request: Answer(200, chunks())) as server:
        told = settings(server.url)
        async with XClient("x", told, clock) as client:
            reading = XDownloader(told, clock, client).open(FileRef(f"{server.url}/a"))
            assert await anext(reading)
            await reading.aclose()  # type: ignore[attr-defined]
            while server.http.lines:
                await asyncio.sleep(0)
