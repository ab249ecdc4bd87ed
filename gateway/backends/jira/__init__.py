"""Tickets in Jira Service Management Cloud; docs/backends/jira.md says what to set up there.

Webhooks: https://developer.atlassian.com/cloud/jira/platform/webhooks/
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from gateway.backends._api import Api
from gateway.backends._hooks import HookIngress, body_hmac, flaw_unless
from gateway.backends._onebyone import OneByOne
from gateway.backends._overlap import OverlapFeed
from gateway.backends._quota import Quota, RateHeaders, at_time
from gateway.backends.jira.feed import NORMALIZER, JiraChanges, JiraDownloader
from gateway.backends.jira.settings import JiraSettings
from gateway.backends.jira.setup import JiraSetup
from gateway.backends.jira.site import Site
from gateway.backends.jira.tickets import JiraTickets
from gateway.http import open_client
from gateway.ports import BackendPlugin, Opening, Role, TicketRef, TicketSystem

RATES = RateHeaders("x-ratelimit-remaining", "x-ratelimit-reset", at_time)


@asynccontextmanager
async def open_jira(opening: Opening[JiraSettings]) -> AsyncIterator[TicketSystem]:
    """Open the backend with a client of its own."""
    settings, clock = opening.settings, opening.clock
    auth = (settings.mail, settings.token.get_secret_value())
    async with open_client(settings.timeout_secs, settings.calls_at_once, {}, settings.ca_file, auth) as client:
        api = Api(settings.url, client, clock, Quota(clock, settings.calls_at_once, RATES), settings.timeout_secs)
        site = Site(settings, api, clock)
        poll = timedelta(seconds=settings.poll_secs)
        overlap = timedelta(seconds=settings.index_lag_secs) + poll
        # It signs the body alone, and no time.
        flaw = flaw_unless(settings.webhook_secret, "x-hub-signature", body_hmac("sha256"))
        yield TicketSystem(
            OneByOne(JiraTickets(settings, site, clock), looks_first=False),
            feed=OverlapFeed(opening.name, JiraChanges(settings, site, clock), clock, overlap, poll),
            ingress=HookIngress(opening.name, flaw, opening.wake),
            downloader=JiraDownloader(site),
            setup=JiraSetup(settings, api),
        )


def _page_of(settings: JiraSettings, ticket: TicketRef) -> str:
    return f"{settings.url}/browse/{ticket}"


PLUGIN = BackendPlugin(
    name="jira",
    settings=JiraSettings,
    open=open_jira,
    normalizer=NORMALIZER,
    roles=frozenset({Role.FEED, Role.INGRESS, Role.DOWNLOADER, Role.SETUP}),
    takes_files=True,
    page_of=_page_of,
    unproven="Jira Service Management was never tried itself: only an emulator made from its documentation.",
)
