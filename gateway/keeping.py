"""What channels have the gateway keep for them, on the store that all nodes share: meters of spending, and vaults.

Not here: how it is kept (`gateway.store`), what a plugin does with it.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any, Protocol

from gateway.errors import TransientError
from gateway.metrics import Metrics
from gateway.ports import Clock, ConnectorPlugin, Files, Opening, Originals, Spent, StreamId

LEASE = timedelta(minutes=1)
"""How long a holder of a vault's name that says nothing more is taken to live."""
POLL_SECS = 0.2
POLLS = 150
"""So often a name that another holds is asked for: for half a minute."""
MICROS = 1_000_000
"""Of these is one unit of an account's currency."""


class Spending(Protocol):
    """What accounts spend, in the store."""

    async def add(self, account: str, day: date, what: str, spent: Spent) -> None:
        """Add to what was spent on that day; durable when it returns, and nothing is lost to another that adds."""
        ...

    async def of_day(self, day: date) -> Mapping[str, Mapping[str, Spent]]:
        """Return what every account spent on a day, by account and by what it was spent on."""
        ...

    async def of_account(self, account: str, day: date) -> Mapping[str, Spent]:
        """Return what one account spent on a day."""
        ...


class Secrets(Protocol):
    """The vaults of all channels, in the store, and the leases on their names."""

    async def read(self, channel: str, name: str) -> str | None:
        """See `gateway.ports.Vault`."""
        ...

    async def write(self, channel: str, name: str, value: str, holder: str | None = None) -> bool:
        """Keep a secret, durable when it returns; return whether it was kept, as it is of none but the name's holder.

        None stands for nobody: it is kept while no lease stands on the name.
        """
        ...

    async def hold(self, channel: str, name: str, holder: str, now: datetime, lease: timedelta) -> bool:
        """Take the lease on a name, unless it is another's; one that ends far ahead, as a clock went back, is nobody's.

        `now` is this machine's time; a store that machines share goes by its own.
        """
        ...

    async def release(self, channel: str, name: str, holder: str) -> None:
        """Give a lease back; one that has passed to another stays his."""
        ...


class ChannelMeter:
    """What one account spends by UTC day; see `gateway.ports.Meter`."""

    def __init__(
        self,
        spending: Spending,
        account: str,
        clock: Clock,
        charged: Callable[[str, Spent], None] = lambda what, spent: None,
    ) -> None:
        """Tell `charged` of every charge, too."""
        self._spending = spending
        self._account = account
        self._clock = clock
        self._charged = charged

    async def charge(self, what: str, calls: int, cost: int) -> None:
        spent = Spent(calls, cost)
        await self._spending.add(self._account, utc_day(self._clock), what, spent)
        self._charged(what, spent)

    async def today(self) -> Mapping[str, Spent]:
        return await self._spending.of_account(self._account, utc_day(self._clock))


class ChannelVault:
    """The secrets of one channel; see `gateway.ports.Vault`.

    What is written within `alone` is kept while the lease is still its own: who overslept it cannot write what is
    older over what his successor wrote.
    """

    def __init__(self, rows: Secrets, channel: str, clock: Clock) -> None:
        self._rows = rows
        self._channel = channel
        self._clock = clock

    async def read(self, name: str) -> str | None:
        return await self._rows.read(self._channel, name)

    async def write(self, name: str, value: str) -> None:
        """See `Vault.write`. Raises `TransientError` when the name is, or has become, another's."""
        holder = _HELD.get().get((self, name))
        if await self._rows.write(self._channel, name, value, holder):
            return
        if holder is not None:
            raise TransientError(f"{name} of {self._channel} in the vault has passed to another; nothing was written")
        # Somebody is alone with it, or died so.
        async with self._alone(name):
            await self.write(name, value)

    def alone(self, name: str) -> AbstractAsyncContextManager[None]:
        return self._alone(name)

    @asynccontextmanager
    async def _alone(self, name: str) -> AsyncIterator[None]:
        holder = secrets.token_hex(8)
        try:
            await self._take(name, holder)
            _HELD.set({**_HELD.get(), (self, name): holder})
            yield
        finally:
            _HELD.set({held: by for held, by in _HELD.get().items() if by != holder})
            # A store that is away is no reason to undo what was done meanwhile: the lease runs out by itself.
            with suppress(TransientError):
                await self._rows.release(self._channel, name, holder)

    async def _take(self, name: str, holder: str) -> None:
        for _ in range(POLLS):
            if await self._rows.hold(self._channel, name, holder, self._clock.now(), LEASE):
                return
            await self._clock.sleep(POLL_SECS)
        raise TransientError(f"another holds {name} of {self._channel} in the vault and does not let it go")


_HELD: ContextVar[Mapping[tuple[ChannelVault, str], str]] = ContextVar("held", default=MappingProxyType({}))
"""As whom the running task, or who began it, is alone with which names."""


class Keeper:
    """Opens channels with the meters and vaults of one store."""

    def __init__(
        self, spending: Spending, rows: Secrets, clock: Clock, metrics: Metrics | None = None, seat: int = 0
    ) -> None:
        self._spending = spending
        self._rows = rows
        self._clock = clock
        self._metrics = metrics or Metrics()
        self._seat = seat

    def opening(
        self,
        name: str,
        plugin: ConnectorPlugin,
        settings: Any,
        files: Files | None = None,
        wake: Callable[[StreamId], None] = lambda stream: None,
        originals: Originals | None = None,
    ) -> Opening[Any]:
        """Return what a channel is opened with."""

        def charged(what: str, spent: Spent) -> None:
            self._metrics.spent(name, what, spent.calls, spent.cost / MICROS)

        meter = ChannelMeter(self._spending, account_key(name, plugin, settings), self._clock, charged)
        vault = ChannelVault(self._rows, name, self._clock)
        more: dict[str, Any] = {"meter": meter, "vault": vault, "wake": wake, "seat": self._seat}
        return Opening(name, settings, self._clock, files=files, originals=originals, **more)


def account_key(name: str, plugin: ConnectorPlugin, settings: Any) -> str:
    """Return what an account's spending is kept under: the same for all channels of one account."""
    return f"{plugin.name}:{plugin.account(settings) or name}"


def utc_day(clock: Clock) -> date:
    """Return the day that it is in UTC."""
    return clock.now().astimezone(UTC).date()
