"""Chatwoot: one inbox of the kind API. What is mapped where: docs/backends/chatwoot.md."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.backends._api import Api
from gateway.backends._hooks import HookIngress, flaw_unless
from gateway.backends._onebyone import OneByOne
from gateway.backends._quota import Quota
from gateway.backends.chatwoot.api import ChatwootApi
from gateway.backends.chatwoot.events import NORMALIZER
from gateway.backends.chatwoot.feed import ChatwootFeed
from gateway.backends.chatwoot.files import ChatwootFiles
from gateway.backends.chatwoot.settings import ChatwootSettings
from gateway.backends.chatwoot.setup import ChatwootSetup
from gateway.backends.chatwoot.tickets import ChatwootTickets
from gateway.http import open_client
from gateway.ports import BackendPlugin, Opening, PushRequest, Role, TicketRef, TicketSystem


@asynccontextmanager
async def open_chatwoot(opening: Opening[ChatwootSettings]) -> AsyncIterator[TicketSystem]:
    """Open the backend with a client of its own; connects to nothing yet."""
    settings, clock = opening.settings, opening.clock
    credential = {"api_access_token": settings.token.get_secret_value()}
    async with open_client(settings.timeout_secs, settings.calls_at_once, credential, settings.ca_file) as client:
        quota = Quota(clock, settings.calls_at_once)
        api = ChatwootApi(Api(settings.url, client, clock, quota, settings.timeout_secs), settings.account)
        flaw = flaw_unless(settings.webhook_secret, "x-chatwoot-signature", proof, _seconds)
        yield TicketSystem(
            OneByOne(ChatwootTickets(settings, api), looks_first=False),
            feed=ChatwootFeed(opening.name, settings, api, clock),
            ingress=HookIngress(opening.name, flaw, opening.wake),
            downloader=ChatwootFiles(api, clock),
            setup=ChatwootSetup(settings, api),
        )


def proof(key: bytes, request: PushRequest) -> str:
    """Return the signature of a push: an HMAC over its time and its body."""
    signed = f"{_seconds(request)}.".encode("utf-8", "replace") + request.body
    return "sha256=" + hmac.digest(key, signed, hashlib.sha256).hex()


def _seconds(request: PushRequest) -> str:
    return request.headers.get("x-chatwoot-timestamp", "")


def page_of(settings: ChatwootSettings, ticket: TicketRef) -> str:
    """Return the address of a conversation for agents."""
    return f"{settings.url}/app/accounts/{settings.account}/conversations/{ticket}"


PLUGIN = BackendPlugin(
    name="chatwoot",
    settings=ChatwootSettings,
    open=open_chatwoot,
    normalizer=NORMALIZER,
    roles=frozenset({Role.FEED, Role.INGRESS, Role.DOWNLOADER, Role.SETUP}),
    takes_files=True,
    page_of=page_of,
    unproven="never tried against a real Chatwoot: proven on an emulator and its published API description",
)
