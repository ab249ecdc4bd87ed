"""Tickets in Request Tracker 5, by its REST2; what agents do there is polled from its log of transactions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.backends._api import Api
from gateway.backends._onebyone import OneByOne
from gateway.backends._quota import Quota
from gateway.backends.rt.events import NORMALIZER, RtDownloader
from gateway.backends.rt.feed import RtFeed
from gateway.backends.rt.rest import Rest
from gateway.backends.rt.settings import RtSettings
from gateway.backends.rt.setup import RtSetup
from gateway.backends.rt.tickets import RtTickets
from gateway.http import open_client
from gateway.ports import BackendPlugin, Opening, Role, TicketRef, TicketSystem


@asynccontextmanager
async def open_rt(opening: Opening[RtSettings]) -> AsyncIterator[TicketSystem]:
    """Open the backend with a client of its own."""
    settings = opening.settings
    headers = {"authorization": f"token {settings.token.get_secret_value()}"}
    async with open_client(settings.timeout_secs, settings.calls_at_once, headers, settings.ca_file) as client:
        quota = Quota(opening.clock, settings.calls_at_once)
        rest = Rest(Api(f"{settings.url}/REST/2.0", client, opening.clock, quota, settings.timeout_secs))
        yield TicketSystem(
            OneByOne(RtTickets(settings, rest), looks_first=True),
            feed=RtFeed(opening.name, settings, rest, opening.clock),
            downloader=RtDownloader(rest.api),
            setup=RtSetup(settings, rest),
        )


def _page_of(settings: RtSettings, ticket: TicketRef) -> str:
    return f"{settings.url}/Ticket/Display.html?id={ticket}"


PLUGIN = BackendPlugin(
    name="rt",
    settings=RtSettings,
    open=open_rt,
    normalizer=NORMALIZER,
    roles=frozenset({Role.FEED, Role.DOWNLOADER, Role.SETUP}),
    takes_files=True,
    page_of=_page_of,
)
