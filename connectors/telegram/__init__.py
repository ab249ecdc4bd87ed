"""Telegram: reads one bot by long polling or by webhook, and answers by it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from connectors.telegram._bot import Bots
from connectors.telegram._connector import TelegramConnector
from connectors.telegram._files import TelegramDownloader
from connectors.telegram._ingress import TelegramIngress
from connectors.telegram._resolver import TelegramResolver
from connectors.telegram._sender import TelegramSender
from connectors.telegram._settings import TelegramSettings
from gateway.ports import Channel, ConnectorPlugin, Limit, Manners, Opening, Role, Scope

__all__ = ["PLUGIN", "TelegramSettings"]

LIMITS = (
    # A little below what the platform allows a bot: 30 a second in all, one a second in a chat, 20 a minute in a group.
    Limit("send", Scope.ACCOUNT, 25, timedelta(seconds=1)),
    Limit("send", Scope.RECIPIENT, 1, timedelta(seconds=1)),
    Limit("send", Scope.GROUP, 18, timedelta(minutes=1)),
)


@asynccontextmanager
async def open_telegram(opening: Opening[TelegramSettings]) -> AsyncIterator[Channel]:
    """Open the channel; nothing is called before it is needed."""
    settings, clock, secret = opening.settings, opening.clock, opening.settings.webhook_secret
    bots = Bots(settings)
    ingress = None
    if settings.mode == "webhook" and secret is not None:
        ingress = TelegramIngress(opening.name, settings, secret.get_secret_value())
    try:
        yield Channel(
            TelegramConnector(opening.name, settings, clock, bots),
            sender=TelegramSender(settings, clock, bots, opening.files),
            resolver=TelegramResolver(settings, clock, bots),
            downloader=TelegramDownloader(settings, clock),
            ingress=ingress,
        )
    finally:
        await bots.close()


def manners(settings: TelegramSettings) -> Manners:
    """Return how people talk with a bot."""
    return Manners(
        chats=True,
        join_for=timedelta(seconds=settings.join_secs),
        join_most=timedelta(seconds=settings.join_most_secs),
        handle=settings.bot,
        invite=f"https://t.me/{settings.bot}?start={{token}}",
        operators=settings.operators_chat,
        warns_groups=settings.warn_groups,
    )


PLUGIN = ConnectorPlugin(
    name="telegram",
    platform="telegram",
    settings=TelegramSettings,
    open=open_telegram,
    normalizer="telegram",
    addresses=lambda settings: (settings.bot_id, settings.bot.lower()),
    roles=frozenset({Role.SENDER, Role.RESOLVER, Role.DOWNLOADER, Role.INGRESS}),
    limits=LIMITS,
    account=lambda settings: settings.bot_id,
    manners=manners,
    keeps=timedelta(hours=24),
)
