"""`gatehouse sandbox`: a Telegram on this machine, a made-up desk and the real engine on it, until told to stop."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

from gateway.errors import ConfigError
from gateway.sandbox._story import StoryConsole
from gateway.sandbox.chat_scene import BOT, BOT_NAME, LOOK_ALIKE, TOKEN
from gateway.sandbox.desk import write_desk
from gateway.sandbox.running import engine_on, log_to
from gateway.sandbox.telegram import TelegramServer
from gateway.settings import load

LOG = "gatehouse.log"


async def play(port: int, folder: Path | None, console: StoryConsole | None = None) -> None:
    """Run until SIGINT or SIGTERM, which the engine takes for itself. Without a folder, nothing is left behind.

    Raises `GatewayError` when it cannot run: the port is taken, or the folder holds a desk already.
    """
    console = console or StoryConsole()
    with _folder(folder) as place:
        async with AsyncExitStack() as stack:
            server = TelegramServer.start(TOKEN, BOT, BOT_NAME, port=port, page=True, reads_all_group_messages=True)
            try:
                telegram = await stack.enter_async_context(server)
            except OSError as error:
                told = f"port {port} cannot be used: {error.strerror}; name another with --port"
                raise ConfigError(told) from None
            await _run(place, telegram, console)


async def _run(place: Path, telegram: TelegramServer, console: StoryConsole) -> None:
    path = write_desk(place, telegram)
    settings = load(path)
    with log_to(place / LOG, settings.secrets()):
        async with engine_on(settings) as engine:
            for line in _told(path, telegram.url):
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


def _told(path: Path, url: str) -> tuple[str, ...]:
    """Say exactly how to play; lines to be copied are never wrapped."""
    return (
        f"Chat with @{BOT}: {url}/",
        "",
        f"The page plays Telegram for everybody there is: write as Wang Fang in Chinese, ask /verify @{LOOK_ALIKE},",
        "send a picture, forward what somebody made up wrote, let an impostor speak in the group.",
        "",
        "Answer as an agent, in another terminal:",
        f"  gatehouse cases list -c {path}",
        f"  gatehouse cases show CASE -c {path}",
        f"  gatehouse cases reply CASE 'Your answer' -c {path}",
        f"  gatehouse status -c {path}",
        f"The gateway's log: {path.with_name(LOG)}",
        "All of it is on this machine alone, and keeps running until Ctrl-C.",
    )
