"""Tickets for a receiver of the operator's own: one signed HTTPS call a write, as a CloudEvent, safe to repeat.

What agents do there is pushed to us the same way (`_inbound`); for receivers: docs/backends/webhook.md.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.backends._cloudevents import MEDIA_TYPE
from gateway.backends._inbound import NORMALIZER, WebhookIngress
from gateway.backends.signatures import signing_key
from gateway.backends.webhook.backend import WebhookBackend
from gateway.backends.webhook.receiver import CONCURRENT, Receiver
from gateway.backends.webhook.settings import WebhookSettings
from gateway.http import open_client
from gateway.ports import BackendPlugin, Opening, Role, TicketSystem

__all__ = ["CONCURRENT", "PLUGIN", "WebhookBackend", "WebhookSettings"]


@asynccontextmanager
async def open_webhook(opening: Opening[WebhookSettings]) -> AsyncIterator[TicketSystem]:
    """Open the backend with a client of its own."""
    settings = opening.settings
    headers = {"content-type": MEDIA_TYPE}
    async with open_client(settings.timeout_secs, CONCURRENT, headers, settings.ca_file) as client:
        receiver = Receiver(settings, client, opening.clock)
        backend = WebhookBackend(settings, receiver, opening.clock)
        yield TicketSystem(backend, ingress=_ingress(opening.name, settings), downloader=receiver)


def _ingress(source: str, settings: WebhookSettings) -> WebhookIngress:
    return WebhookIngress(source, signing_key(settings.inbound_secret or settings.secret), settings.source)


PLUGIN = BackendPlugin(
    name="webhook",
    settings=WebhookSettings,
    open=open_webhook,
    normalizer=NORMALIZER,
    roles=frozenset({Role.INGRESS, Role.DOWNLOADER}),
    takes_files=True,
)
