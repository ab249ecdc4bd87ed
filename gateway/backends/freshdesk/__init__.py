"""Freshdesk: one account, by its API v2. What is mapped where: docs/backends/freshdesk.md."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from gateway.backends._api import Api
from gateway.backends._hooks import HookIngress, flaw_unless
from gateway.backends._onebyone import OneByOne
from gateway.backends._overlap import OverlapFeed
from gateway.backends._quota import Quota, RateHeaders
from gateway.backends.freshdesk.api import FreshdeskApi
from gateway.backends.freshdesk.changes import OVERLAP, FreshdeskChanges
from gateway.backends.freshdesk.events import NORMALIZER
from gateway.backends.freshdesk.files import FreshdeskFiles
from gateway.backends.freshdesk.settings import FreshdeskSettings
from gateway.backends.freshdesk.setup import FreshdeskSetup
from gateway.backends.freshdesk.tickets import FreshdeskTickets
from gateway.http import open_client
from gateway.ports import BackendPlugin, Opening, PushRequest, Role, TicketRef, TicketSystem

SECRET_HEADER = "x-gatehouse-secret"  # noqa: S105 - a header's name


@asynccontextmanager
async def open_freshdesk(opening: Opening[FreshdeskSettings]) -> AsyncIterator[TicketSystem]:
    """Open the backend with a client of its own; connects to nothing yet."""
    settings, clock = opening.settings, opening.clock
    credential = (settings.api_key.get_secret_value(), "X")
    async with open_client(settings.timeout_secs, settings.calls_at_once, {}, settings.ca_file, credential) as client:
        quota = Quota(clock, settings.calls_at_once, RateHeaders(remaining="x-ratelimit-remaining"))
        api = FreshdeskApi(Api(settings.url, client, clock, quota, settings.timeout_secs))
        changes = FreshdeskChanges(settings, api, clock)
        flaw = flaw_unless(settings.webhook_secret, SECRET_HEADER, proof)
        yield TicketSystem(
            OneByOne(FreshdeskTickets(settings, api, clock), looks_first=False),
            feed=OverlapFeed(opening.name, changes, clock, OVERLAP, timedelta(seconds=settings.poll_secs)),
            ingress=HookIngress(opening.name, flaw, opening.wake),
            downloader=FreshdeskFiles(api),
            setup=FreshdeskSetup(settings, api),
        )


def proof(key: bytes, _request: PushRequest) -> str:
    """Return what a push bears: Freshdesk signs none, so a header holds the secret itself."""
    return key.decode()


def page_of(settings: FreshdeskSettings, ticket: TicketRef) -> str:
    """Return the address of a ticket for agents."""
    return f"{settings.url}/a/tickets/{ticket}"


PLUGIN = BackendPlugin(
    name="freshdesk",
    settings=FreshdeskSettings,
    open=open_freshdesk,
    normalizer=NORMALIZER,
    roles=frozenset({Role.FEED, Role.INGRESS, Role.DOWNLOADER, Role.SETUP}),
    takes_files=True,
    page_of=page_of,
    unproven="never tried against a real Freshdesk account: proven on an emulator and a third party's API description",
)
