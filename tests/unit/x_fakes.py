"""What stands for the gateway in tests of X's connector: a meter, a vault, and settings that lead to a server."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

from pydantic import SecretStr

from connectors.x._settings import XSettings
from gateway.ports import Spent

KEYS = {
    "consumer_key": "made-up-consumer-key",
    "consumer_secret": "made-up-consumer-secret",
    "access_token": "1000-made-up-token",
    "access_secret": "made-up-token-secret",
    "bearer_token": "made-up-bearer",
}


class MemoryMeter:
    """A `Meter` of one day that is never over; `charges` is each call of it."""

    def __init__(self) -> None:
        self.charges: list[tuple[str, int, int]] = []

    async def charge(self, what: str, calls: int, cost: int) -> None:
        """See `Meter.charge`."""
        self.charges.append((what, calls, cost))

    async def today(self) -> Mapping[str, Spent]:
        """See `Meter.today`."""
        calls: dict[str, int] = defaultdict(int)
        costs: dict[str, int] = defaultdict(int)
        for what, count, cost in self.charges:
            calls[what] += count
            costs[what] += cost
        return {what: Spent(calls[what], costs[what]) for what in calls}


class MemoryVault:
    """A `Vault`; several clients with one of these are several processes with one database. `log` is what was done."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}
        self.log: list[tuple[str, str]] = []
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def read(self, name: str) -> str | None:
        """See `Vault.read`."""
        self.log.append(("read", name))
        return self.secrets.get(name)

    async def write(self, name: str, value: str) -> None:
        """See `Vault.write`."""
        self.log.append(("write", name))
        self.secrets[name] = value

    @asynccontextmanager
    async def alone(self, name: str) -> AsyncIterator[None]:
        """See `Vault.alone`."""
        async with self._locks[name]:
            yield


def settings(server: Any, **changes: Any) -> XSettings:
    """Return settings for a sandbox server, or for a base URL; its keys, where it has any, or made-up ones."""
    url = server if isinstance(server, str) else server.url
    keys = {} if isinstance(server, str) else getattr(server, "keys", {})
    given = {**KEYS, **(keys if isinstance(keys, Mapping) else asdict(keys))}
    fields = {name: given[name] for name in XSettings.model_fields if name in given}
    values = {"handle": "examplex", "user_id": "1000", "api_url": url, "step_secs": 5.0, **fields, **changes}
    secrets = {name: SecretStr(str(values[name])) for name in _SECRETS if isinstance(values.get(name), str)}
    return XSettings.model_validate({**values, **secrets})


_SECRETS = ("consumer_key", "consumer_secret", "access_token", "access_secret", "client_secret", "bearer_token")
