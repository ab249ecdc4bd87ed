"""`gatehouse channels login`: a person gives a channel access to its account on the platform's own page."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

import typer

from gateway.cli._beside import is_told
from gateway.cli._common import DEFAULT_CONFIG, ConfigPath, fail, harmless, say
from gateway.cli._redirect import is_here, waiting_at
from gateway.clock import SystemClock
from gateway.errors import ConfigError, TransientError
from gateway.keeping import Keeper
from gateway.ports import Login
from gateway.settings import ChannelSettings, Settings, load

WAIT_SECS = 600.0
"""How long a person may take on the platform's page."""


def login(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The channel's name in the configuration.")],
    paste: Annotated[
        bool, typer.Option("--paste", help="Ask for the address that the browser was led to, as on another machine.")
    ] = False,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Give a channel access to its account: open the page that is shown, allow it there, and come back."""
    settings = load(config)
    channel = _channel(settings, name)
    whose = asyncio.run(_log_in(settings, channel, paste))
    say(harmless(f"{name} has access to {whose} from now on.", one_line=True))
    try:
        if is_told(settings):
            say("The running gateway was told.")
    except TransientError as error:
        say(harmless(f"{error}; the running gateway will find it by itself."))


def _channel(settings: Settings, name: str) -> ChannelSettings:
    """Return a channel that can be logged in, or say why it cannot."""
    for problem in settings.unavailable:
        if problem.path == f"channels.{name}" or problem.path.startswith(f"channels.{name}."):
            raise ConfigError(f"{name} cannot be opened: {problem.message}")
    found = next((each for each in settings.channels if each.name == name), None)
    if found is None:
        known = ", ".join(each.name for each in settings.channels if each.plugin.login is not None)
        fail(f"no channel named {name} is enabled; those that can be logged in: {known or 'none'}")
    if found.plugin.login is None:
        fail(f"{name} needs no login: a channel of {found.plugin.name} has its credentials in the configuration")
    return found


async def _log_in(settings: Settings, channel: ChannelSettings, paste: bool) -> str:
    from gateway.app import open_store_for

    opened = channel.plugin.login
    if opened is None:
        raise LookupError("a channel without a login")
    clock = SystemClock()
    async with open_store_for(settings, clock) as store:
        keeper = Keeper(store.spending, store.vault, clock)
        async with opened(keeper.opening(channel.name, channel.plugin, channel.settings)) as way:
            answer = await (_awaited(way) if is_here(way.redirect) and not paste else _pasted(way))
            return await way.finish(answer)


async def _awaited(way: Login) -> str:
    page = way.begin()
    async with waiting_at(way.redirect, page) as answer:
        _show(page)
        say(f"Waiting at {harmless(way.redirect, one_line=True)}; from another machine use --paste.")
        try:
            async with asyncio.timeout(WAIT_SECS):
                return await answer()
        except TimeoutError:
            fail("nobody came back from the page within ten minutes; begin anew")


async def _pasted(way: Login) -> str:
    _show(way.begin())
    say(f"Then paste the address that the browser was led to; it begins with {harmless(way.redirect, one_line=True)}")
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    # Nothing else runs here that could wait; what is pasted is not shown, since it holds a code.
    return str(typer.prompt("Address", hide_input=True)).strip()


def _show(page: str) -> None:
    say("Open this page in a browser where you are logged in as the channel's account, and allow the access:")
    say()
    say(f"  {harmless(page, one_line=True)}")
    say()
