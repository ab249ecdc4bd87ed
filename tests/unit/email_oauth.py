"""What tests of mail channels that log in by OAuth share: settings that lead to a provider, and opened channels."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from pydantic import SecretStr

from connectors.email import PLUGIN, EmailSettings
from connectors.email._oauth import SECRET, TokenAccess, open_access
from connectors.email._oauth_tokens import Tokens
from connectors.email._tls import tls_context
from gateway.ports import Channel, Opening, Vault
from tests.conftest import ManualClock
from tests.servers.token_server import CLIENT, CLIENT_SECRET, MAILBOX, TokenServer
from tests.unit.x_fakes import MemoryVault

HOUR = timedelta(hours=1)
REMEDY = "run `gatehouse channels login support`"


def settings(provider: TokenServer | None = None, **changes: Any) -> EmailSettings:
    """Return settings for a provider and servers on this machine."""
    values: dict[str, Any] = {
        "address": MAILBOX,
        "imap_host": "127.0.0.1",
        "imap_port": 9,
        "imap_security": "plain",
        "smtp_host": "127.0.0.1",
        "smtp_port": 9,
        "smtp_security": "plain",
        "step_secs": 5,
        "idle_secs": 0.05,
        "oauth": "custom",
        "oauth_client_id": CLIENT,
        "oauth_client_secret": SecretStr(CLIENT_SECRET),
        "oauth_scopes": ("mail", "offline_access"),
        "oauth_authorize_url": "https://login.example.test/page",
        "oauth_token_url": "https://login.example.test/token",
    }
    if provider is not None:
        values |= {"oauth_authorize_url": f"{provider.url}/page", "oauth_token_url": f"{provider.url}/token"}
    return EmailSettings.model_validate(
        {name: value for name, value in (values | changes).items() if value is not None}
    )


def opening(provider: TokenServer, vault: Vault | None, **changes: Any) -> Opening[EmailSettings]:
    """Return what a channel is opened with."""
    return Opening("support", settings(provider, **changes), provider.clock, vault=vault)


@asynccontextmanager
async def channel(provider: TokenServer, vault: Vault | None, **changes: Any) -> AsyncIterator[Channel]:
    """Open a channel."""
    async with PLUGIN.open(opening(provider, vault, **changes)) as opened:
        yield opened


async def access_of(provider: TokenServer, vault: Vault | None, **changes: Any) -> TokenAccess:
    """Return the access of a channel by itself: of one process more with each call."""
    found = open_access(opening(provider, vault, **changes), await tls_context(None))
    assert isinstance(found, TokenAccess)
    return found


def granted(provider: TokenServer, clock: ManualClock, vault: MemoryVault | None = None) -> MemoryVault:
    """Return a vault that holds what a person gave."""
    vault = vault or MemoryVault()
    told = provider.give()
    vault.secrets[SECRET] = Tokens(
        str(told["access_token"]), str(told["refresh_token"]), clock.now(), clock.now() + HOUR, "mail offline_access"
    ).encode()
    return vault
