"""The channels of a configuration opened for their resolvers alone, with the limits and meters of the desk's store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from gateway.cli._beside import is_made
from gateway.errors import GatewayError
from gateway.journal import Store
from gateway.keeping import Keeper
from gateway.limits import Limiter
from gateway.patrol.asking import Closed
from gateway.patrol.ports import Looker
from gateway.ports import Clock, Opening, Role
from gateway.settings import ChannelSettings, Settings

NO_RESOLVER = "the channel cannot look accounts up as it is configured"


@dataclass(frozen=True, slots=True)
class Opened:
    """What could be opened: who looks accounts up, by platform, and the store, where there is one."""

    lookers: Mapping[str, tuple[Looker, ...]]
    store: Store | None


@asynccontextmanager
async def opened(settings: Settings, clock: Clock) -> AsyncIterator[Opened]:
    """Open every channel that looks accounts up; one that cannot be opened says so whenever it is asked."""
    from gateway.app import open_store_for

    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store_for(settings, clock)) if is_made(settings) else None
        keeper = Keeper(store.spending, store.vault, clock) if store is not None else None
        limiter = Limiter(store.budgets, clock, settings.signing) if store is not None else None
        lookers: dict[str, tuple[Looker, ...]] = {}
        for each in settings.channels:
            if Role.RESOLVER in each.plugin.roles:
                looker = await _open(stack, each, keeper, limiter, clock)
                lookers[each.plugin.platform] = (*lookers.get(each.plugin.platform, ()), looker)
        yield Opened(lookers, store)


async def _open(
    stack: AsyncExitStack, each: ChannelSettings, keeper: Keeper | None, limiter: Limiter | None, clock: Clock
) -> Looker:
    made = keeper.opening(each.name, each.plugin, each.settings) if keeper is not None else None
    try:
        channel = await stack.enter_async_context(
            each.plugin.open(made if made is not None else Opening(each.name, each.settings, clock))
        )
    except GatewayError as error:
        return Looker(Closed(str(error)))
    if channel.resolver is None:
        return Looker(Closed(NO_RESOLVER))
    # As the engine names it: what it reserves and what is reserved here come out of the same buckets.
    account, kind = each.plugin.account(each.settings), f"channel:{each.plugin.name}"
    gate = limiter.gate(each.limits, kind, each.name, account) if limiter is not None else None
    return Looker(channel.resolver, gate)
