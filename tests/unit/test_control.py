"""The control socket: for the operator alone, and honest when nobody answers."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from gateway import control
from gateway.control import Command, NotRunningError, Seat, ask, ask_all, serve, socket_path, take_seat
from gateway.errors import ConfigError, TransientError


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


async def test_a_line_without_end_is_no_error_of_the_engine(tmp_path: Path) -> None:
    path = socket_path(tmp_path / "g.db")
    trouble: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: trouble.append(context))
    async with serve(path, {"echo": echo}):
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(b"x" * (control.MAX_LINE + 1) + b"\n")
        assert await reader.read() == b""
        writer.close()
        assert await ask(path, "echo", word="x") == {"heard": "x"}
    assert trouble == []


async def test_who_connects_and_says_nothing_is_not_kept_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "ANSWER_SECS", 0.01)
    path = socket_path(tmp_path / "g.db")
    async with serve(path, {}), asyncio.timeout(5):
        reader, writer = await asyncio.open_unix_connection(path)
        assert await reader.read() == b""
        writer.close()


@pytest.mark.parametrize("answer", [b"", b"[1]\n", b"no JSON\n", b'"text"\n', b'{"error": "x"}\n', None])
async def test_whatever_is_no_answer_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes | None
) -> None:
    monkeypatch.setattr(control, "ANSWER_SECS", 0.05)
    path, ended = tmp_path / "s.sock", asyncio.Event()

    async def strange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        if answer is None:
            await ended.wait()
        else:
            writer.write(answer)
        writer.close()

    server = await asyncio.start_unix_server(strange, path)
    try:
        with pytest.raises(TransientError, match="running gateway"):
            await ask(path, "status")
    finally:
        ended.set()
        server.close()
        await server.wait_closed()


async def test_a_folder_for_the_socket_is_private(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "s.sock"
    async with serve(path, {}):
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


async def test_a_folder_of_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control.os, "getuid", lambda: os.geteuid() + 1)
    with pytest.raises(ConfigError, match="somebody else"):
        async with serve(tmp_path / "s.sock", {}):
            pytest.fail("it served")


async def test_the_mask_for_new_files_is_put_back(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        async with serve(tmp_path / "s.sock", {}):
            assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)


def test_engines_of_one_store_take_the_lowest_free_seats_each_with_a_socket_of_its_own(tmp_path: Path) -> None:
    first = socket_path(tmp_path / "g.db")
    with take_seat(first) as one:
        assert one == Seat(0, first)
        with take_seat(first) as two:
            assert two.number == 1
            assert two.path.parent == first.parent
            assert two.path not in (first, socket_path(tmp_path / "h.db"))
            with take_seat(first) as three:
                assert three.number == 2
                assert len({one.path, two.path, three.path}) == 3
        with take_seat(first) as again:
            assert again == two, "a seat that was given back is free"
    with take_seat(first) as afterwards:
        assert afterwards == one


def test_a_seat_is_given_back_also_when_its_engine_failed(tmp_path: Path) -> None:
    first = tmp_path / "folder" / "s.sock"
    with suppress(TransientError), take_seat(first):
        assert stat.S_IMODE(first.with_suffix(".seat").stat().st_mode) == 0o600
        raise TransientError("the engine failed")
    with take_seat(first) as seat:
        assert seat.number == 0


def test_more_engines_than_there_are_seats_are_refused_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "SEATS", 1)
    first = tmp_path / "s.sock"
    with take_seat(first):
        open_before = set(os.listdir("/proc/self/fd"))
        with pytest.raises(ConfigError, match="1 engines run"), take_seat(first):
            pytest.fail("it was given a seat")
        assert set(os.listdir("/proc/self/fd")) == open_before


async def test_every_engine_of_the_store_is_asked_whoever_of_them_still_runs(tmp_path: Path) -> None:
    first = tmp_path / "s.sock"
    with take_seat(first) as one, take_seat(first) as two, take_seat(first) as three:
        async with serve(three.path, {"tell": answers(3)}):
            two.path.write_bytes(b"")
            assert await ask_all(first, "tell", word="x") == [{"seat": 3, "word": "x"}], (
                "one is dead, one not yet there"
            )
            async with serve(one.path, {"tell": answers(1)}):
                assert [answer["seat"] for answer in await ask_all(first, "tell", word="x")] == [1, 3]
                with pytest.raises(TransientError, match="did not understand"):
                    await ask_all(first, "unheard")
        with pytest.raises(NotRunningError, match="no gateway is running"):
            await ask_all(first, "tell", word="x")


def answers(seat: int) -> Command:
    async def tell(asked: Mapping[str, object]) -> dict[str, object]:
        return {"seat": seat, "word": asked["word"]}

    return tell


async def test_the_state_of_many_channels_comes_whole(tmp_path: Path) -> None:
    path, long = tmp_path / "s.sock", "x" * (control.MAX_LINE * 15)

    async def tell(asked: Mapping[str, object]) -> dict[str, object]:
        return {"parts": long}

    async with serve(path, {"tell": tell}):
        assert await ask(path, "tell") == {"parts": long}
