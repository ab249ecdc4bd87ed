"""A node in a process of its own, told what to do over a pipe: to be killed or stopped by a test."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from gateway.errors import TransientError
from gateway.journal import Decision, Fate, State
from gateway.nodes import NotOwnerError
from gateway.ports import Cursor
from gateway.store import SqlStore, nodes, open_store
from tests.conftest import ManualClock
from tests.contract import store_suite as suite
from tests.contract.conftest import SEALER

ANSWER_SECS = 20.0


class NodeProcess:
    """The test's end of the pipe."""

    def __init__(self, process: BaseProcess, line: Connection) -> None:
        self._process = process
        self._line = line

    @classmethod
    @asynccontextmanager
    async def start(cls, url: str, folder: Path) -> AsyncIterator[NodeProcess]:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([__name__])
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(url, folder, theirs))
        process.start()
        theirs.close()
        node = cls(process, ours)
        try:
            assert await node._answer() == "ready"
            yield node
        finally:
            with suppress(ProcessLookupError):
                os.kill(node.pid, signal.SIGKILL)
            await asyncio.to_thread(process.join, ANSWER_SECS)

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    async def ask(self, *command: object) -> Any:
        """Let the node do something, and return what came of it, an error by its name."""
        self._line.send(command)
        return await self._answer()

    async def hold(self, *command: object) -> Callable[[], Awaitable[Any]]:
        """Let it begin a write and stop short of the commit; return what lets it go on and tells what came of it."""
        assert await self.ask("hold", *command) == "held"

        async def go_on() -> Any:
            self._line.send("go on")
            return await self._answer()

        return go_on

    async def _answer(self) -> Any:
        assert await asyncio.to_thread(self._line.poll, ANSWER_SECS), "the node does not answer"
        return self._line.recv()


def _work(url: str, folder: Path, line: Connection) -> None:
    # News are told in a commit of their own, which could be held in place of the one that is meant.
    nodes.TELL_SECS = 3600.0
    asyncio.run(_obey(url, folder, line))


async def _obey(url: str, folder: Path, line: Connection) -> None:
    async with open_store(url, folder / "blobs", SEALER, ManualClock()) as store:
        node = _Node(store)
        line.send("ready")
        while True:
            name, *arguments = await asyncio.to_thread(line.recv)
            if name == "hold":
                holding = asyncio.create_task(_held(node, line, arguments))
            elif name == "sure":
                line.send(store.nodes.still_ours())
            else:
                line.send(await _try(node, name, arguments))
            if name == "hold":
                await holding


async def _held(node: _Node, line: Connection, command: list[Any]) -> None:
    waits = True

    def hold(_: Any) -> None:
        nonlocal waits
        if not waits:
            return
        waits = False
        line.send("held")
        # What is asked meanwhile is answered here: the loop waits for this.
        while (asked := line.recv()) != "go on":
            line.send(node.store.nodes.still_ours() if asked == ("sure",) else "busy")

    event.listen(Engine, "commit", hold)
    name, *arguments = command
    line.send(await _try(node, name, arguments))


async def _try(node: _Node, name: str, arguments: list[Any]) -> Any:
    try:
        return await getattr(node, name)(*arguments)
    except NotOwnerError:
        return "NotOwnerError"
    except TransientError:
        return "TransientError"


class _Node:
    """What a node can be asked to do."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self._seqs: list[int] = []

    async def join(self, name: str) -> tuple[str, int]:
        membership = await self.store.nodes.join(name)
        return membership.node, membership.epoch

    async def own(self, sources: list[str]) -> list[str]:
        return sorted(await self.store.nodes.own(sources))

    async def put(self, name: str, cursor: str | None) -> None:
        page = [suite.raw(name, lane=name)]
        await self.store.put_page(suite.SOURCE, suite.INBOX, page, None if cursor is None else Cursor(cursor))

    async def claim(self) -> list[str]:
        claimed = await self.store.claim_raws(9, suite.BIG, suite.START)
        self._seqs += [item.seq for item in claimed]
        return [item.raw.key for item in claimed]

    async def claim_effects(self) -> list[str]:
        return [item.effect.key for item in await self.store.claim_effects("desk", 9, suite.START)]

    async def commit(self) -> None:
        await self.store.commit([Decision(seq) for seq in self._seqs])

    async def release(self) -> None:
        await self.store.release_raws([Fate(seq, State.SETTLED) for seq in self._seqs])
