"""Tickets in Zammad, over its REST API; docs/backends/zammad.md says what to set up there.

Webhooks: https://admin-docs.zammad.org/en/latest/manage/webhook.html
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from gateway.backends._api import Api
from gateway.backends._hooks import HookIngress, body_hmac, flaw_unless
from gateway.backends._onebyone import OneByOne
from gateway.backends._overlap import OverlapFeed
from gateway.backends._quota import Quota
from gateway.backends.zammad.feed import NORMALIZER, ZammadChanges, ZammadDownloader
from gateway.backends.zammad.settings import ZammadSettings
from gateway.backends.zammad.setup import ZammadSetup
from gateway.backends.zammad.tickets import ZammadTickets
from gateway.http import open_client
from gateway.ports import BackendPlugin, Opening, Role, TicketRef, TicketSystem

LATE = timedelta(minutes=1)
"""Longer than any transaction of Zammad stays open: what is committed late bears an earlier time."""


@asynccontextmanager
async def open_zammad(opening: Opening[ZammadSettings]) -> AsyncIterator[TicketSystem]:
    """Open the backend with a client of its own."""
    settings = opening.settings
    headers = {"authorization": f"Token token={settings.token.get_secret_value()}"}
    async with open_client(settings.timeout_secs, settings.calls_at_once, headers, settings.ca_file) as client:
        quota = Quota(opening.clock, settings.calls_at_once)
        api = Api(settings.url, client, opening.clock, quota, settings.timeout_secs)
        poll = timedelta(seconds=settings.poll_secs)
        changes = ZammadChanges(settings, api, opening.clock)
        # It signs the body alone, and no time.
        flaw = flaw_unless(settings.webhook_secret, "x-hub-signature", body_hmac("sha1"))
        yield TicketSystem(
            OneByOne(ZammadTickets(settings, api, opening.clock), looks_first=False),
            feed=OverlapFeed(opening.name, changes, opening.clock, LATE + poll, poll),
            ingress=HookIngress(opening.name, flaw, opening.wake),
            downloader=ZammadDownloader(api),
            setup=ZammadSetup(settings, api),
        )


def _page_of(settings: ZammadSettings, ticket: TicketRef) -> str:
    return f"{settings.url}/#ticket/zoom/{ticket}"


PLUGIN = BackendPlugin(
    name="zammad",
    settings=ZammadSettings,
    open=open_zammad,
    normalizer=NORMALIZER,
    roles=frozenset({Role.FEED, Role.INGRESS, Role.DOWNLOADER, Role.SETUP}),
    takes_files=True,
    page_of=_page_of,
    unproven="Zammad was never tried itself: only an emulator made from its documentation and its source.",
)
