"""Tickets in Redmine: each case an issue, found by a custom field; docs/backends/redmine.md."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from gateway.backends._api import Api
from gateway.backends._onebyone import OneByOne
from gateway.backends._quota import Quota
from gateway.backends.redmine.acts import NORMALIZER
from gateway.backends.redmine.catalog import Catalog
from gateway.backends.redmine.feed import RedmineFeed
from gateway.backends.redmine.settings import RedmineSettings
from gateway.backends.redmine.tickets import RedmineTickets
from gateway.errors import RejectedError
from gateway.http import open_client
from gateway.ports import BackendPlugin, FileRef, Opening, Role, TicketRef, TicketSystem


class RedmineFiles:
    """Files of agents' answers; asked for by their number, never by an address that Redmine names."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def open(self, ref: FileRef) -> AsyncIterator[bytes]:
        """See `Downloader`."""
        if not (ref.isascii() and ref.isdigit()):
            raise RejectedError("Redmine has no file of that name")
        async for chunk in self._api.stream(f"/attachments/download/{ref}"):
            yield chunk


@asynccontextmanager
async def open_redmine(opening: Opening[RedmineSettings]) -> AsyncIterator[TicketSystem]:
    """Open the backend with a client of its own."""
    settings, clock = opening.settings, opening.clock
    headers = {"x-redmine-api-key": settings.api_key.get_secret_value()}
    async with open_client(settings.timeout_secs, settings.calls_at_once, headers, settings.ca_file) as client:
        api = Api(settings.url, client, clock, Quota(clock, settings.calls_at_once), settings.timeout_secs)
        catalog = Catalog(api, settings, clock)
        yield TicketSystem(
            OneByOne(RedmineTickets(api, settings, catalog), looks_first=True),
            feed=RedmineFeed(opening.name, api, settings, catalog, clock),
            downloader=RedmineFiles(api),
        )


def _page_of(settings: RedmineSettings, ticket: TicketRef) -> str:
    return f"{settings.url}/issues/{ticket}"


PLUGIN = BackendPlugin(
    name="redmine",
    settings=RedmineSettings,
    open=open_redmine,
    normalizer=NORMALIZER,
    roles=frozenset({Role.FEED, Role.DOWNLOADER}),
    pause=timedelta(seconds=10),
    batch=20,
    takes_files=True,
    page_of=_page_of,
)
