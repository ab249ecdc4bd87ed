"""Tickets as issues of a Roundup tracker, over its REST interface; agents answer in the tracker."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from urllib.parse import urlsplit

from gateway.backends._api import Api
from gateway.backends._onebyone import OneByOne
from gateway.backends._paged import PagedFeed
from gateway.backends._quota import Quota
from gateway.backends.roundup.api import Tracker
from gateway.backends.roundup.feed import RoundupActs, RoundupFiles
from gateway.backends.roundup.normalizer import NORMALIZER
from gateway.backends.roundup.settings import RoundupSettings
from gateway.backends.roundup.tickets import RoundupTickets
from gateway.http import open_client
from gateway.ports import BackendPlugin, Opening, Role, TicketRef, TicketSystem


@asynccontextmanager
async def open_roundup(opening: Opening[RoundupSettings]) -> AsyncIterator[TicketSystem]:
    """Open the backend; connects to nothing."""
    settings = opening.settings
    timeout, most = settings.timeout_secs, settings.calls_at_once
    auth = (settings.user, settings.password.get_secret_value())
    async with (
        open_client(timeout, most, _headers(settings.url), settings.ca_file, auth) as client,
        open_client(timeout, 1, {}, settings.ca_file) as stranger,
    ):
        tracker = Tracker(Api(settings.url, client, opening.clock, Quota(opening.clock, most), timeout))
        anonymous = Api(settings.url, stranger, opening.clock, Quota(opening.clock, 1), timeout)
        yield TicketSystem(
            OneByOne(RoundupTickets(settings, tracker, anonymous), looks_first=False),
            feed=PagedFeed(
                opening.name, RoundupActs(settings, tracker), opening.clock, timedelta(seconds=settings.poll_secs)
            ),
            downloader=RoundupFiles(tracker),
        )


def _headers(url: str) -> dict[str, str]:
    """Return what the tracker wants on each write as a proof that no other site's page makes it."""
    parts = urlsplit(url)
    return {"x-requested-with": "rest", "referer": f"{url}/", "origin": f"{parts.scheme}://{parts.netloc}"}


def page_of(settings: RoundupSettings, ticket: TicketRef) -> str:
    """Return the address of an issue's page."""
    return f"{settings.url}/issue{ticket}"


PLUGIN = BackendPlugin(
    name="roundup",
    settings=RoundupSettings,
    open=open_roundup,
    normalizer=NORMALIZER,
    roles=frozenset({Role.FEED, Role.DOWNLOADER}),
    takes_files=True,
    page_of=page_of,
)
