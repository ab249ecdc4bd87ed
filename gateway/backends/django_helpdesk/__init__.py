"""Tickets of a django-helpdesk, over its REST interface; agents answer with its follow-ups."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from gateway.backends._api import Api
from gateway.backends._paged import PagedFeed
from gateway.backends._quota import Quota
from gateway.backends.django_helpdesk.api import Helpdesk
from gateway.backends.django_helpdesk.feed import HelpdeskActs, HelpdeskFiles
from gateway.backends.django_helpdesk.normalizer import NORMALIZER
from gateway.backends.django_helpdesk.settings import HelpdeskSettings
from gateway.backends.django_helpdesk.tickets import HelpdeskBackend, HelpdeskTickets
from gateway.http import open_client
from gateway.ports import BackendPlugin, Opening, Role, TicketRef, TicketSystem


@asynccontextmanager
async def open_helpdesk(opening: Opening[HelpdeskSettings]) -> AsyncIterator[TicketSystem]:
    """Open the backend; connects to nothing."""
    settings, clock = opening.settings, opening.clock
    most = settings.calls_at_once
    headers = {"authorization": f"Token {settings.token.get_secret_value()}"}
    async with open_client(settings.timeout_secs, most, headers, settings.ca_file) as client:
        api = Api(settings.url, client, clock, Quota(clock, most), settings.timeout_secs)
        helpdesk = Helpdesk(api, settings.user)
        yield TicketSystem(
            HelpdeskBackend(HelpdeskTickets(settings, helpdesk, clock)),
            feed=PagedFeed(
                opening.name, HelpdeskActs(settings, helpdesk), clock, timedelta(seconds=settings.poll_secs)
            ),
            downloader=HelpdeskFiles(helpdesk),
        )


def page_of(settings: HelpdeskSettings, ticket: TicketRef) -> str:
    """Return the address of a ticket's page."""
    return f"{settings.url}/tickets/{ticket}/"


PLUGIN = BackendPlugin(
    name="django_helpdesk",
    settings=HelpdeskSettings,
    open=open_helpdesk,
    normalizer=NORMALIZER,
    roles=frozenset({Role.FEED, Role.DOWNLOADER}),
    takes_files=True,
    page_of=page_of,
)
