"""What channels have kept, asynchronous: each method is one transaction in the store's threads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from gateway.errors import ConfigError
from gateway.ports import Spent
from gateway.store import spending, vault
from gateway.store.seal import DamagedError, Sealer
from gateway.store.threads import Threads


class SqlSpending:
    """What accounts spend; see `gateway.keeping.Spending`."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads

    async def add(self, account: str, day: date, what: str, spent: Spent) -> None:
        """See `Spending`."""
        await self._threads.write(lambda connection: spending.add(connection, account, day, what, spent))

    async def of_day(self, day: date) -> Mapping[str, Mapping[str, Spent]]:
        """See `Spending`."""
        return await self._threads.read(lambda connection: spending.of_day(connection, day))

    async def of_account(self, account: str, day: date) -> Mapping[str, Spent]:
        """See `Spending`."""
        found = await self._threads.read(lambda connection: spending.of_day(connection, day, account))
        return found.get(account, {})


class SqlVault:
    """The vaults of all channels; see `gateway.keeping.Secrets`."""

    def __init__(self, threads: Threads, sealer: Sealer) -> None:
        self._threads = threads
        self._sealer = sealer

    async def read(self, channel: str, name: str) -> str | None:
        """See `Secrets`."""
        sealed = await self._threads.read(lambda connection: vault.read(connection, channel, name))
        if sealed is None:
            return None
        try:
            return self._sealer.open(sealed, vault.identity(channel, name)).decode()
        except DamagedError as error:
            raise ConfigError(
                f"the secret {name} of {channel} in the vault cannot be opened: {error}; "
                f"restore a backup, or give access anew: gatehouse channels login {channel}"
            ) from None

    async def write(self, channel: str, name: str, value: str, holder: str | None = None) -> bool:
        """See `Secrets`."""
        sealed = self._sealer.seal(value.encode(), vault.identity(channel, name))
        return await self._threads.write(lambda connection: vault.write(connection, channel, name, sealed, holder))

    async def hold(self, channel: str, name: str, holder: str, now: datetime, lease: timedelta) -> bool:
        """See `Secrets`."""
        return await self._threads.write(lambda connection: vault.hold(connection, channel, name, holder, now, lease))

    async def release(self, channel: str, name: str, holder: str) -> None:
        """See `Secrets`."""
        await self._threads.write(lambda connection: vault.release(connection, channel, name, holder))
