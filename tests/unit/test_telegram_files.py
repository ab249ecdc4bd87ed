"""Files of users: streamed, capped, and from nowhere but where they may come from."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from connectors.telegram._files import TelegramDownloader
from gateway.errors import (
    AuthError,
    GatewayError,
    RateLimitedError,
    RejectedError,
    TooLargeError,
    TransientError,
)
from gateway.ports import FileRef
from gateway.sandbox.telegram import Fault, TelegramServer
from tests.conftest import ManualClock
from tests.unit.telegram_outgoing import TOKEN, settings_for

MIB = 1024 * 1024


@asynccontextmanager
async def served() -> AsyncIterator[TelegramServer]:
    async with TelegramServer.start(TOKEN, clock=ManualClock()) as server:
        yield server


def offered(server: TelegramServer, content: Any = b"content", **claims: Any) -> FileRef:
    """Let somebody send a file; return what it is fetched by."""
    person = server.person("Mei Lin")
    message = server.sends_file(person, "document", content, file_name="a.pdf", **claims)
    return FileRef(message["document"]["file_id"])


async def fetched(server: TelegramServer, ref: FileRef, **settings: Any) -> bytes:
    downloader = TelegramDownloader(settings_for(server, **settings), ManualClock())
    return b"".join([chunk async for chunk in downloader.open(ref)])


async def test_a_file_comes_as_it_was_sent() -> None:
    async with served() as server:
        content = os.urandom(300_000)
        assert await fetched(server, offered(server, content)) == content


async def test_a_path_with_letters_of_any_script_is_fetched() -> None:
    async with served() as server:
        ref = offered(server, file_path="documents/收据 1.pdf")
        assert await fetched(server, ref) == b"content"


@pytest.mark.parametrize(
    "path",
    [
        "../../x",
        "documents/../../x",
        "documents/./x",
        "documents//x",
        "http://evil.test/x",
        "//evil.test/x",
        "\\\\evil\\x",
        "documents\\..\\x",
        "documents/x?y=1",
        "documents/x#y",
        "documents/%2e%2e/x",
        "user@evil.test/x",
        "documents/\r\nHost: evil.test",
        "documents/\x00",
        "documents/\u202ex",
        "a" * 600,
        "documents/",
    ],
)
async def test_a_path_that_could_lead_elsewhere_is_refused(path: str) -> None:
    async with served() as server:
        with pytest.raises(RejectedError) as raised:
            await fetched(server, offered(server, file_path=path))
        assert type(raised.value) is RejectedError
        assert not any(call.method == "download" for call in server.calls)
        assert path not in str(raised.value)


async def test_more_than_announced_is_given_up_at_once() -> None:
    given = 0

    def endless() -> Iterable[bytes]:
        nonlocal given
        while given < 300 * MIB:
            given += MIB
            yield bytes(MIB)

    async with served() as server:
        ref = offered(server, endless, declared_size=10)
        given = 0
        with pytest.raises(RejectedError, match="more of a file than it had announced"):
            await fetched(server, ref)
        assert given < 20 * MIB


async def test_more_than_the_most_is_too_large() -> None:
    async with served() as server:
        with pytest.raises(TooLargeError):
            await fetched(server, offered(server, bytes(5000)), max_file_bytes=4096)
        assert not any(call.method == "download" for call in server.calls)
        ref = offered(server, lambda: iter([bytes(5000)]), declared_size=1000)
        with pytest.raises(TooLargeError):
            await fetched(server, ref, max_file_bytes=4096)


async def test_less_than_announced_is_no_whole_file() -> None:
    async with served() as server:
        with pytest.raises(TransientError, match="less"):
            await fetched(server, offered(server, b"short", declared_size=500))


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(status=404), RejectedError),
        (Fault(status=410, body="gone"), RejectedError),
        (Fault(status=403, body="<html>"), RejectedError),
        (Fault(status=302, body="", headers={"location": "http://127.0.0.1:9/x"}), RejectedError),
        (Fault(status=401), AuthError),
        (Fault(status=429, retry_after=5), RateLimitedError),
        (Fault(status=500), TransientError),
        (Fault(status=206, body=b"content"), TransientError),
        (Fault(status=200, body=b"\x1f\x8b", headers={"content-encoding": "gzip"}), RejectedError),
        (Fault(cut=True), TransientError),
        (Fault(status=200, body=b"cont", headers={"content-length": "7"}), TransientError),
    ],
)
async def test_each_failure_of_a_download_has_its_meaning(fault: Fault, error: type[GatewayError]) -> None:
    async with served() as server:
        ref = offered(server)
        server.faults.plan("download", fault)
        with pytest.raises(GatewayError) as raised:
            await fetched(server, ref)
        assert type(raised.value) is error
        assert TOKEN not in str(raised.value)
        assert raised.value.__cause__ is None


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (
            Fault(status=400, body={"ok": False, "error_code": 400, "description": "Bad Request: invalid file_id"}),
            RejectedError,
        ),
        (Fault(status=401), AuthError),
        (Fault(status=429, retry_after=5), RateLimitedError),
        (Fault(status=502, body="<html>"), TransientError),
        (Fault(status=200, body={"ok": True, "result": {"file_id": "x"}}), RejectedError),
        (Fault(status=200, body={"ok": True, "result": [1]}), RejectedError),
        (Fault(cut=True), TransientError),
    ],
)
async def test_each_failure_to_find_a_file_has_its_meaning(fault: Fault, error: type[GatewayError]) -> None:
    async with served() as server:
        ref = offered(server)
        server.faults.plan("getFile", fault)
        with pytest.raises(GatewayError) as raised:
            await fetched(server, ref)
        assert type(raised.value) is error
        assert TOKEN not in str(raised.value)


async def test_a_download_that_drips_is_given_up() -> None:
    """Each piece comes in time, and all of them would take days."""
    clock = ManualClock()

    def drips() -> Iterable[bytes]:
        for _ in range(1000):
            clock.advance(4)
            yield b"x"

    async with served() as server:
        ref = offered(server, drips, declared_size=1000)
        downloader = TelegramDownloader(settings_for(server), clock)
        with pytest.raises(TransientError, match="too slow"):
            async for _ in downloader.open(ref):
                pass


# A local Bot API server, whose files lie on this machine


def made_files(root: Path) -> Path:
    folder = root / "served" / "documents"
    folder.mkdir(parents=True)
    (folder / "file_1.pdf").write_bytes(b"content")
    (root / "secret").write_bytes(b"secret!")
    return folder


async def test_a_local_file_is_read_from_below_its_root(tmp_path: Path) -> None:
    folder = made_files(tmp_path)
    (folder / "link.pdf").symlink_to(folder / "file_1.pdf")
    async with served() as server:
        for name in ("file_1.pdf", "link.pdf"):
            ref = offered(server, file_path=str(folder / name))
            assert await fetched(server, ref, local_root=tmp_path / "served") == b"content"
        assert not any(call.method == "download" for call in server.calls)


async def test_nothing_else_of_this_machine_is_read(tmp_path: Path) -> None:
    folder = made_files(tmp_path)
    (folder / "out.pdf").symlink_to(tmp_path / "secret")
    (folder / "up").symlink_to(tmp_path)
    (folder / "round").symlink_to(folder / "round")
    os.mkfifo(folder / "pipe")
    async with served() as server:
        for path in (
            "/etc/hostname",
            str(folder / "out.pdf"),
            str(folder / "up" / "secret"),
            f"{folder}/../../secret",
            str(folder / "round"),
            str(folder / "pipe"),
            str(folder),
            str(tmp_path / "served"),
            str(folder / "none"),
            f"{folder}/file_1.pdf\x00",
        ):
            ref = offered(server, file_path=path)
            with pytest.raises(RejectedError) as raised:
                await fetched(server, ref, local_root=tmp_path / "served")
            assert str(tmp_path) not in str(raised.value)


async def test_without_a_root_no_path_of_this_machine_is_read(tmp_path: Path) -> None:
    folder = made_files(tmp_path)
    async with served() as server:
        with pytest.raises(RejectedError):
            await fetched(server, offered(server, file_path=str(folder / "file_1.pdf")))


async def test_a_local_file_keeps_to_the_cap(tmp_path: Path) -> None:
    folder = made_files(tmp_path)
    (folder / "file_1.pdf").write_bytes(bytes(MIB))
    async with served() as server:
        ref = offered(server, file_path=str(folder / "file_1.pdf"), declared_size=10)
        with pytest.raises(RejectedError):
            await fetched(server, ref, local_root=tmp_path / "served")


async def test_memory_stays_flat() -> None:
    async with served() as server:
        ref = offered(server, lambda: (bytes(MIB) for _ in range(19)), declared_size=19 * MIB)
        downloader = TelegramDownloader(settings_for(server), ManualClock())
        taken = 0
        tracemalloc.start()
        try:
            async for chunk in downloader.open(ref):
                taken += len(chunk)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert taken == 19 * MIB
        assert peak < 8 * MIB
