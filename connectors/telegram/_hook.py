"""Webhook mode's side that calls: sets the webhook, and looks from time to time whether it is still ours and works."""

from __future__ import annotations

from datetime import datetime

import structlog
from telegram import Bot, WebhookInfo

from connectors.telegram._calls import Caller, host_of, plain
from connectors.telegram._settings import TelegramSettings
from connectors.telegram._updates import ALLOWED
from gateway.errors import ConfigError, TransientError
from gateway.ports import Clock

LOOK_SECS = 60.0

_log = structlog.get_logger()


class Hook:
    """The webhook of one bot."""

    def __init__(self, settings: TelegramSettings, clock: Clock, caller: Caller) -> None:
        self._settings = settings
        self._clock = clock
        self._caller = caller
        self._is_set = False
        self._told: datetime | None = None

    async def look(self) -> None:
        """Set the webhook when it is not ours; raise `TransientError` once for each trouble that the platform names."""
        if self._is_set:
            await self._clock.sleep(LOOK_SECS)
        bot = await self._caller.bots.get()
        if not self._is_set:
            await self._set(bot)
            return
        info = await self._caller.asked(bot.get_webhook_info())
        if info.url != self._settings.webhook_url:
            _log.warning("webhook.replaced", host=host_of(info.url) if info.url else "")
            await self._set(bot)
            return
        self._tell(info)

    async def _set(self, bot: Bot) -> None:
        self._is_set = False
        secret = self._settings.webhook_secret
        if secret is None:
            raise ConfigError('mode = "webhook" needs webhook_secret')
        # What waits is kept: drop_pending_updates is never given.
        await self._caller.asked(
            bot.set_webhook(
                self._settings.webhook_url,
                secret_token=secret.get_secret_value(),
                allowed_updates=ALLOWED,
                max_connections=self._settings.webhook_connections,
            )
        )
        # An error of before is no news.
        self._told = (await self._caller.asked(bot.get_webhook_info())).last_error_date
        self._is_set = True
        _log.info("webhook.set", host=host_of(self._settings.webhook_url))

    def _tell(self, info: WebhookInfo) -> None:
        told, self._told = self._told, info.last_error_date
        if info.last_error_date is not None and info.last_error_date != told:
            raise TransientError(
                f"Telegram could not push to the webhook, {info.pending_update_count} updates wait: "
                f"{plain(info.last_error_message)}"
            )
