"""The control socket: for the operator alone, and honest when nobody answers."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Mapping
from pathlib import Path

import pytest

from gateway.control import NotRunningError, ask, serve, socket_path
from gateway.errors import TransientError


async def echo(asked: Mapping[str, object]) -> dict[str, object]:
    return {"heard": asked["word"]}


async def test_a_command_is_answered_with_what_it_returned(tmp_path: Path) -> None:
    path = socket_path(tmp_path / "g.db")
    async with serve(path, {"echo": echo}):
        assert await ask(path, "echo", word="您好") == {"heard": "您好"}


async def test_only_the_owner_may_open_the_socket(tmp_path: Path) -> None:
    path = socket_path(tmp_path / "g.db")
    async with serve(path, {}):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_no_engine_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(NotRunningError, match="no gateway is running"):
        await ask(socket_path(tmp_path / "g.db"), "echo", word="x")


async def test_a_dead_engines_socket_is_taken_over(tmp_path: Path) -> None:
    path = socket_path(tmp_path / "g.db")
    path.write_bytes(b"")
    async with serve(path, {"echo": echo}):
        assert await ask(path, "echo", word="x") == {"heard": "x"}
    assert not path.exists()


async def test_garbage_is_answered_and_the_socket_lives_on(tmp_path: Path) -> None:
    path = socket_path(tmp_path / "g.db")
    async with serve(path, {"echo": echo}):
        for line in (b"\xff\xfe\n", b"[]\n", b'{"command": 7}\n', b'{"command": "none"}\n'):
            reader, writer = await asyncio.open_unix_connection(path)
            writer.write(line)
            assert b"error" in await reader.readline()
            writer.close()
        with pytest.raises(TransientError):
            await ask(path, "unheard")
        assert await ask(path, "echo", word="x") == {"heard": "x"}


def test_a_path_too_long_for_a_socket_moves_to_a_private_folder(tmp_path: Path) -> None:
    long = tmp_path / ("d" * 60) / ("e" * 60) / "g.db"
    path = socket_path(long)
    assert len(str(path)) < 100
    assert path == socket_path(long)
    assert path != socket_path(long.with_name("h.db"))
