"""A process that renews a mailbox's access by the vault of a desk's store, and stops in the moment before its use."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from connectors.email._oauth import open_access
from connectors.email._tls import tls_context
from gateway.app import open_store_for
from gateway.clock import SystemClock
from gateway.keeping import Keeper
from gateway.ports import Clock, Vault
from gateway.settings import load

WRITTEN = "written"


@dataclass
class Stopping:
    """A vault that tells of a write, and goes no further."""

    vault: Vault

    async def read(self, name: str) -> str | None:
        """See `Vault.read`."""
        return await self.vault.read(name)

    async def write(self, name: str, value: str) -> None:
        """See `Vault.write`; never returns."""
        await self.vault.write(name, value)
        print(WRITTEN, flush=True)
        await asyncio.Event().wait()

    def alone(self, name: str) -> AbstractAsyncContextManager[None]:
        """See `Vault.alone`."""
        return self.vault.alone(name)


async def token_of(path: Path, clock: Clock, around: Callable[[Vault], Vault] = lambda vault: vault) -> str:
    """Return a token of the desk's one channel, as a gateway on this desk would get it."""
    settings = load(path)
    (channel,) = settings.channels
    async with open_store_for(settings, clock) as store:
        opening = Keeper(store.spending, store.vault, clock).opening(channel.name, channel.plugin, channel.settings)
        assert opening.vault is not None
        access = open_access(replace(opening, vault=around(opening.vault)), await tls_context(None))
        assert access is not None
        return await access.token()


if __name__ == "__main__":
    print(asyncio.run(token_of(Path(sys.argv[1]), SystemClock(), Stopping)))
