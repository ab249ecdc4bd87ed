"""What intake asks Telegram beside the updates, in our own errors, and what fails again and again."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import timedelta
from typing import TypeVar
from urllib.parse import urlsplit

import structlog
from telegram.error import NetworkError, TimedOut

from connectors.telegram._bot import Bots, NotFoundError
from connectors.telegram._errors import translate
from connectors.telegram._menu import MENU, set_menu
from connectors.telegram._settings import TelegramSettings
from gateway.errors import ConfigError, GatewayError, RateLimitedError, RejectedError, TransientError

T = TypeVar("T")

TIMEOUTS = 3
"""After so many time-outs in a row the lines are made anew: a pool may hang for good."""
NOT_FOUNDS = 3
"""After so many 404 in a row it is no passing trouble of a proxy."""
LONGEST_WAIT = timedelta(hours=1)

_log = structlog.get_logger()


class Caller:
    """Makes calls that only ask, and counts what fails in a row: 404, time-outs, and 429 without a time."""

    def __init__(self, bots: Bots) -> None:
        self.bots = bots
        self._row = ("", 0)

    async def asked(self, call: Awaitable[T]) -> T:
        """Return what a call of the library returns; raises `GatewayError` alone."""
        try:
            value = await call
        except Exception as error:  # noqa: BLE001 - all of it is told as our own error
            raise await self.meaning(error) from None
        self.well()
        return value

    def well(self) -> None:
        """Forget what failed before."""
        self._row = ("", 0)

    async def meaning(self, error: Exception) -> GatewayError:
        """Return what an error means, given those before it; after too many time-outs all lines are made anew."""
        found = translate(error, sending=False)
        if isinstance(error, TimedOut):
            if self._in_a_row("time-out") % TIMEOUTS == 0:
                _log.warning("lines.renewed", timeouts=self._row[1])
                await self.bots.renew()
        elif isinstance(error, NotFoundError):
            if self._in_a_row("404") >= NOT_FOUNDS:
                # No refused credential, which is probed hourly: a proxy may be mended the next minute.
                return TransientError(
                    f"Telegram, or a proxy before it, answered 404 {self._row[1]} times in a row: the token is "
                    "malformed, or api_url is not that of a Bot API server"
                )
        elif isinstance(found, RateLimitedError) and isinstance(error, NetworkError):
            # It names no time: RetryAfter, which does, is none of the library's NetworkErrors.
            times = min(self._in_a_row("429") - 1, 10)
            return RateLimitedError(str(found), min(found.retry_after * 2**times, LONGEST_WAIT), item=False)
        elif isinstance(found, RejectedError):
            # There is no item here that could be at fault, and we ask for nothing that is not configured.
            return ConfigError(str(found))
        else:
            self.well()
        return found

    def _in_a_row(self, kind: str) -> int:
        self._row = (kind, self._row[1] + 1 if self._row[0] == kind else 1)
        return self._row[1]


async def begin(caller: Caller, settings: TelegramSettings) -> str:
    """Ask who the bot is and set its menu; return its username. Raises `GatewayError`, for the menu never."""
    bot = await caller.bots.get()
    me = await caller.asked(bot.get_me())
    if (me.username or "").lower() != settings.bot.lower():
        # Links to a private chat bear one-time tokens: whoever has the other name would be handed them.
        raise ConfigError(f"the token is @{me.username}'s, not @{settings.bot}'s: edit `bot` or the token")
    if watches_groups(settings) and not me.can_read_all_group_messages:
        _log.warning(
            "privacy.found_on", action="turn privacy mode off at @BotFather and add the bot to its groups anew"
        )
    try:
        await set_menu(bot, MENU)
    except Exception as error:  # noqa: BLE001 - whatever it is, users can still write
        _log.warning("menu.refused", reason=str(translate(error, sending=False)))
    return me.username or settings.bot


def watches_groups(settings: TelegramSettings) -> bool:
    """Whether the bot is to see everything that is written in groups."""
    return bool(settings.operators_chat or settings.warn_groups)


def host_of(url: str) -> str:
    """Return the host of a webhook, which may be told; its path may be a secret."""
    try:
        return urlsplit(url).hostname or "an unknown host"
    except ValueError:
        return "an unknown host"


def plain(text: str | None) -> str:
    """Return what Telegram said of a webhook, short and on one line."""
    return "".join(char if char.isprintable() else " " for char in text or "")[:200]
