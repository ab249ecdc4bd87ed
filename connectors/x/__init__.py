"""X (Twitter): reads the mentions and direct messages of one account, and answers by the platform's rules."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

from connectors.x._budget import Budget
from connectors.x._client import XClient
from connectors.x._connector import XConnector
from connectors.x._files import XDownloader
from connectors.x._ingress import XIngress
from connectors.x._login import open_login
from connectors.x._resolver import XResolver
from connectors.x._sender import XSender
from connectors.x._settings import XSettings
from gateway.ports import Channel, ConnectorPlugin, Limit, Manners, Opening, Role, Scope, Spent

__all__ = ["PLUGIN", "XSettings"]

_QUARTER = timedelta(minutes=15)
_DAY = timedelta(days=1)

LIMITS = (
    # As X publishes them, by account and in a quarter of an hour; a fetch is one call.
    # Gaps of mentions and public conversations are both searched for: together not above the 300 that search allows.
    Limit("fetch:mentions", Scope.ACCOUNT, 200, _QUARTER),
    Limit("fetch:messages", Scope.ACCOUNT, 15, _QUARTER),
    Limit("fetch:conversations", Scope.ACCOUNT, 100, _QUARTER),
    Limit("look_up", Scope.ACCOUNT, 300, _QUARTER),
    Limit("send:public", Scope.ACCOUNT, 100, _QUARTER),
    Limit("send:private", Scope.ACCOUNT, 15, _QUARTER),
    Limit("send:private", Scope.ACCOUNT, 1440, _DAY),
)


class _Uncounted:
    """Stands for the meter where nothing is fetched or sent, as in a check of the configuration."""

    async def charge(self, what: str, calls: int, cost: int) -> None:
        """Count nothing."""

    async def today(self) -> Mapping[str, Spent]:
        """Return nothing."""
        return {}


@asynccontextmanager
async def open_x(opening: Opening[XSettings]) -> AsyncIterator[Channel]:
    """Open the channel; nothing is called before it is needed."""
    settings, clock = opening.settings, opening.clock
    budget = Budget(settings, opening.meter or _Uncounted(), clock)
    async with XClient(opening.name, settings, clock, opening.vault) as client:
        connector = XConnector(opening.name, settings, clock, client, budget, opening.wake)
        pushed = XIngress(opening.name, settings, connector.wake, budget) if settings.activity == "webhook" else None
        try:
            yield Channel(
                connector,
                sender=XSender(settings, clock, client, budget, opening.files),
                resolver=XResolver(settings, clock, client, budget),
                downloader=XDownloader(settings, clock, client),
                ingress=pushed,
            )
        finally:
            await connector.close()


def manners(settings: XSettings) -> Manners:
    """Return how people talk with the account, in public and by direct message."""
    return Manners(
        chats=True,
        join_for=timedelta(seconds=settings.join_secs),
        join_most=timedelta(seconds=settings.join_most_secs),
        summoned=True,
        receipts=settings.public_receipts,
        stop_words=settings.opt_out,
        start_words=settings.opt_in,
        buttons=False,
        privacy=settings.privacy_url,
        handle=settings.handle,
    )


PLUGIN = ConnectorPlugin(
    name="x",
    platform="x",
    settings=XSettings,
    open=open_x,
    normalizer="x",
    addresses=lambda settings: (settings.user_id, settings.handle.lower()),
    roles=frozenset({Role.SENDER, Role.RESOLVER, Role.DOWNLOADER, Role.INGRESS}),
    limits=LIMITS,
    account=lambda settings: settings.user_id,
    manners=manners,
    keeps=timedelta(days=7),
    login=open_login,
)
