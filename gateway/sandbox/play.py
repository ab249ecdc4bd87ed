"""`gatehouse sandbox`: a Telegram and an X on this machine, a made-up desk and the real engine, until told to stop."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

from gateway.clock import SystemClock
from gateway.errors import ConfigError
from gateway.sandbox import exchange_scene, x_scene
from gateway.sandbox._story import StoryConsole
from gateway.sandbox.chat_scene import BOT, BOT_NAME, LOOK_ALIKE, TOKEN
from gateway.sandbox.desk import write_desk
from gateway.sandbox.exchange import ExchangeServer
from gateway.sandbox.running import engine_on, log_to
from gateway.sandbox.telegram import TelegramServer
from gateway.sandbox.x import XServer
from gateway.settings import load

LOG = "gatehouse.log"
Server = TypeVar("Server")


async def play(port: int, x_port: int, folder: Path | None, console: StoryConsole | None = None) -> None:
    """Run until SIGINT or SIGTERM, which the engine takes for itself. Without a folder, nothing is left behind.

    Raises `GatewayError` when it cannot run: a port is taken, or the folder holds a desk already.
    """
    console = console or StoryConsole()
    bot = TelegramServer.start(TOKEN, BOT, BOT_NAME, port=port, page=True, reads_all_group_messages=True)
    account = XServer.start(x_scene.HANDLE, x_scene.USER_ID, port=x_port, page=True)
    with _folder(folder) as place:
        async with AsyncExitStack() as stack:
            telegram = await _started(stack, bot, "--port", port)
            x = await _started(stack, account, "--x-port", x_port)
            telegram.beside["X"], x.beside["Telegram"] = x.url, telegram.url
            exchange = exchange_scene.made(SystemClock())
            await stack.enter_async_context(exchange.running())
            await _run(place, telegram, x, exchange, console)


async def _started(
    stack: AsyncExitStack, server: AbstractAsyncContextManager[Server], option: str, port: int
) -> Server:
    try:
        return await stack.enter_async_context(server)
    except OSError as error:
        raise ConfigError(f"port {port} cannot be used: {error.strerror}; name another with {option}") from None


async def _run(
    place: Path, telegram: TelegramServer, x: XServer, exchange: ExchangeServer, console: StoryConsole
) -> None:
    path = write_desk(place, telegram, x, exchange)
    settings = load(path)
    with log_to(place / LOG, settings.secrets()):
        async with engine_on(settings) as engine:
            for line in _told(path, telegram.url, x.url):
                console.print(line, markup=False, highlight=False, soft_wrap=True)
            await asyncio.wait({engine})
            engine.result()


@contextmanager
def _folder(named: Path | None) -> Iterator[Path]:
    if named is not None:
        yield named.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="gatehouse-sandbox-") as place:
        yield Path(place)


def _told(path: Path, telegram_url: str, x_url: str) -> tuple[str, ...]:
    """Say exactly how to play; lines to be copied are never wrapped."""
    return (
        f"Telegram: chat with @{BOT}: {telegram_url}/",
        "",
        f"The page plays Telegram for everybody there is: write as Wang Fang in Chinese, ask /verify @{LOOK_ALIKE},",
        "send a picture, forward what somebody made up wrote, let an impostor speak in the group.",
        "",
        f"X: write to @{x_scene.HANDLE}: {x_url}/",
        "",
        f"The page plays X: as @{x_scene.USER}, post '@{x_scene.HANDLE} where is my withdrawal?' and see the receipt.",
        "Write a direct message: the case's number comes within a minute, as often as X may be asked. Answer that",
        f"post as the look-alike @{x_scene.LOOK_ALIKE}: the user is warned. `status` shows what X would bill.",
        "",
        "The exchange knows Wang Fang (a VIP) and Alex Doe (not verified yet): write as either, and see what the",
        "case says of them. Nobody else is its customer.",
        "",
        "Answer as an agent, in another terminal:",
        f"  gatehouse cases list -c {path}",
        f"  gatehouse cases show CASE -c {path}",
        f"  gatehouse cases reply CASE 'Your answer' -c {path}",
        f"  gatehouse status -c {path}",
        f"The gateway's log: {path.with_name(LOG)}",
        "All of it is on this machine alone, and keeps running until Ctrl-C.",
    )
