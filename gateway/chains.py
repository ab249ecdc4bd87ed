"""The chains of one engine: what asks their nodes, opened from the settings, and what shows operators how these are.

A part of the composition, as are engine and channels. Not here: how a node is asked (`gateway.enrich.chain`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from gateway.enrich.chain.reading import EvmChain, known_chains, read_token
from gateway.enrich.transaction import TransactionEnricher
from gateway.errors import ConfigError, GatewayError
from gateway.health import Health
from gateway.ports import Check, Clock, Report
from gateway.ports.chains import ChainResolver
from gateway.settings.chaining import ChainTable


@asynccontextmanager
async def open_chains(chains: Mapping[str, ChainTable]) -> AsyncIterator[tuple[ChainResolver, ...]]:
    """Open them all; connects to nothing yet. Raises `ConfigError`."""
    if not chains:
        yield ()
        return
    from gateway.enrich.chain.bitcoin import BitcoinResolver
    from gateway.enrich.chain.evm import EvmResolver
    from gateway.enrich.chain.rpc import Node, Rpc, open_rpc

    def resolver(table: ChainTable, rpc: Rpc) -> ChainResolver:
        if table.kind == "bitcoin-rpc":
            return BitcoinResolver(table.network, rpc, table.confirmations)
        return EvmResolver(_chain(table), rpc, table.confirmations)

    tables = tuple(chains.values())
    nodes = [
        Node(each.url, each.timeout_ms / 1000, each.token, each.user, each.password, each.ca_file) for each in tables
    ]
    async with open_rpc(nodes) as calls:
        yield tuple(resolver(table, rpc) for table, rpc in zip(tables, calls, strict=True))


def _chain(table: ChainTable) -> EvmChain:
    """Return what is known of a chain, and what the configuration adds to it."""
    known = known_chains().get(table.network)
    return EvmChain(
        table.network,
        table.chain_id or (known.chain_id if known else 0),
        table.coin or (known.coin if known else ""),
        {
            **(known.tokens if known else {}),
            **{contract.lower(): read_token(told) for contract, told in table.tokens.items()},
        },
    )


def asking(resolvers: tuple[ChainResolver, ...], clock: Clock, health: Health) -> TransactionEnricher | None:
    """Return what asks for the transactions that users name; None where no chain can be asked."""
    if not resolvers:
        return None
    for each in resolvers:
        health.starting(part(each.network))
        health.idle(part(each.network))

    def told(network: str, fault: GatewayError | None) -> None:
        if fault is None:
            health.well(part(network))
        else:
            health.ill(part(network), fault, None)

    return TransactionEnricher(resolvers, clock, told)


def part(network: str) -> str:
    """Return the name of the part that shows how the node of a network is."""
    return f"chains:{network}"


async def check_chains(chains: Mapping[str, ChainTable]) -> Mapping[str, Report]:
    """See that each node answers and is of its network; by the path of its table."""
    names = [f"chains.{name}" for name in chains]
    try:
        async with open_chains(chains) as resolvers:
            return {name: await each.check() for name, each in zip(names, resolvers, strict=True)}
    except ConfigError as error:
        return {"chains": Report((Check("open", ok=False, detail=f"{error}; {error.action}"),))}
