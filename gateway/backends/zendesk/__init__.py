"""Tickets in Zendesk Support: singly with an Idempotency-Key, or by the hundred as jobs; agents' acts by export."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.backends._hooks import HookIngress
from gateway.backends.zendesk.acts import NORMALIZER
from gateway.backends.zendesk.api import Zendesk, credential
from gateway.backends.zendesk.batches import MOST, ZendeskBackend
from gateway.backends.zendesk.desk import Own, ZendeskTickets
from gateway.backends.zendesk.feed import ZendeskFeed
from gateway.backends.zendesk.hook import flaw_of
from gateway.backends.zendesk.settings import ZendeskSettings
from gateway.backends.zendesk.setup import ZendeskSetup
from gateway.http import open_client
from gateway.ports import BackendPlugin, FileRef, Opening, Role, TicketRef, TicketSystem


class ZendeskFiles:
    """See `Downloader`: a file's address leads to a store of Zendesk's, which is not shown our credential."""

    def __init__(self, api: Zendesk) -> None:
        self._api = api

    def open(self, ref: FileRef) -> AsyncIterator[bytes]:
        """See `Downloader`."""
        return self._api.stream(ref)


@asynccontextmanager
async def open_zendesk(opening: Opening[ZendeskSettings]) -> AsyncIterator[TicketSystem]:
    """Open the backend with a client and a quota of its own."""
    settings = opening.settings
    headers = {"authorization": credential(settings)}
    async with open_client(settings.timeout_secs, settings.calls_at_once, headers, settings.ca_file) as client:
        api = Zendesk(settings, client, opening.clock)
        own = Own()
        tickets = ZendeskTickets(settings, api, opening.clock, own)
        yield TicketSystem(
            ZendeskBackend(settings, api, tickets, opening.clock),
            feed=ZendeskFeed(opening.name, settings, api, opening.clock, own),
            ingress=HookIngress(opening.name, flaw_of(settings.webhook_secret), opening.wake),
            downloader=ZendeskFiles(api),
            setup=ZendeskSetup(settings, api),
        )


def page_of(settings: ZendeskSettings, ticket: TicketRef) -> str:
    """Return the address of a ticket's page for agents."""
    return f"{settings.url}/agent/tickets/{ticket}"


PLUGIN = BackendPlugin(
    name="zendesk",
    settings=ZendeskSettings,
    open=open_zendesk,
    normalizer=NORMALIZER,
    roles=frozenset({Role.FEED, Role.INGRESS, Role.DOWNLOADER, Role.SETUP}),
    batch=MOST,
    takes_files=True,
    page_of=page_of,
    unproven="made after Zendesk's published API description; never tried against Zendesk itself",
)
