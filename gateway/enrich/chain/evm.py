"""Asks a node of Ethereum's kind for a transaction: its receipt, how deep its block lies, and what it paid to whom.

A token says itself what it is called and how many decimals it has, so that is not asked: tokens are known by their
contracts (`gateway.enrich.chain.reading`).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from gateway.enrich.chain.reading import EvmChain, NonsenseError, decimal
from gateway.enrich.chain.rpc import Rpc
from gateway.errors import ConfigError, GatewayError, TransientError
from gateway.ports import Check, Report
from gateway.ports.chains import ChainAnswer, NoTransaction, Payment, Transaction, TransactionUnchecked

FAMILY = "evm"
TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
"""The first topic of ERC-20's Transfer(address,address,uint256)."""
MOST_PAYMENTS = 20
_DECIMALS = 18
_HASH = re.compile(r"0x[0-9a-f]{64}")
_ADDRESS = re.compile(r"0x[0-9a-f]{40}")
_QUANTITY = re.compile(r"0x[0-9a-f]{1,64}")
_LATEST = 253_402_300_799
"""The last second of the year 9999."""


class EvmResolver:
    """See `ChainResolver`."""

    family = FAMILY

    def __init__(self, chain: EvmChain, rpc: Rpc, needed: int) -> None:
        self.network = chain.network
        self._chain = chain
        self._rpc = rpc
        self._needed = needed
        self._is_right = False

    async def check(self) -> Report:
        """See `ChainResolver.check`."""
        try:
            await self._see_chain()
        except GatewayError as error:
            return Report((Check("node", ok=False, detail=f"{error}; {error.action}"),))
        return Report((Check("node", ok=True, detail=f"{self._rpc.host} is a node of {self.network}"),))

    async def look_up(self, tx_hash: str) -> ChainAnswer:
        """See `ChainResolver.look_up`."""
        try:
            await self._see_chain()
            return await self._look_up(tx_hash.lower())
        except GatewayError as error:
            return TransactionUnchecked(tx_hash, self.network, str(error), error)
        except NonsenseError:
            nonsense = TransientError(f"{self._rpc.host} answered something that no node says")
            return TransactionUnchecked(tx_hash, self.network, str(nonsense), nonsense)

    async def _see_chain(self) -> None:
        """See once that the node is of this chain: on another, each hash would be none."""
        if self._is_right:
            return
        try:
            found = _number(await self._rpc.call("eth_chainId"))
        except NonsenseError:
            raise TransientError(f"{self._rpc.host} does not say of which chain it is") from None
        if found != self._chain.chain_id:
            raise ConfigError(f"{self._rpc.host} is a node of chain {found}, not {self._chain.chain_id}")
        self._is_right = True

    async def _look_up(self, tx_hash: str) -> ChainAnswer:
        sent, receipt, head = await asyncio.gather(
            self._rpc.call("eth_getTransactionByHash", tx_hash),
            self._rpc.call("eth_getTransactionReceipt", tx_hash),
            self._rpc.call("eth_blockNumber"),
        )
        if sent is None:
            return NoTransaction(tx_hash, self.network)
        if _table(sent).get("hash") != tx_hash:
            raise NonsenseError
        if receipt is None or _table(receipt).get("blockNumber") is None:
            return Transaction(tx_hash, self.network, 0, self._needed, payments=self._coin(sent))
        if receipt.get("transactionHash") != tx_hash:
            raise NonsenseError
        block = _number(receipt["blockNumber"])
        reverted = _number(receipt.get("status", "0x1")) == 0
        paid = () if reverted else (*self._coin(sent), *self._moved(receipt))
        return Transaction(
            tx_hash,
            self.network,
            # A node that follows behind another one may know the block before it knows that it is the head.
            max(1, _number(head) - block + 1),
            self._needed,
            reverted,
            paid[:MOST_PAYMENTS],
            await self._made_at(block),
        )

    async def _made_at(self, block: int) -> datetime | None:
        told = await self._rpc.call("eth_getBlockByNumber", hex(block), False)
        if told is None:
            return None
        seconds = _number(_table(told).get("timestamp"))
        return datetime.fromtimestamp(seconds, UTC) if seconds <= _LATEST else None

    def _coin(self, sent: Mapping[str, Any]) -> tuple[Payment, ...]:
        """Return what was paid in the chain's own coin."""
        value, to = _number(sent.get("value", "0x0")), sent.get("to")
        if not value or to is None:
            return ()
        return (Payment(_address(to), decimal(value, _DECIMALS), self._chain.coin),)

    def _moved(self, receipt: Mapping[str, Any]) -> tuple[Payment, ...]:
        """Return what was paid in tokens, by the logs that their contracts wrote."""
        logs = receipt.get("logs", [])
        if not isinstance(logs, list):
            raise NonsenseError
        paid = []
        for log in logs:
            topics = _table(log).get("topics")
            # ERC-721 has the same first topic, and its number as a fourth.
            if isinstance(topics, list) and len(topics) == 3 and topics[0] == TRANSFER:
                paid.append(self._payment(log, topics[2]))
                if len(paid) == MOST_PAYMENTS:
                    break
        return tuple(paid)

    def _payment(self, log: Mapping[str, Any], topic: object) -> Payment:
        if not isinstance(topic, str) or not _HASH.fullmatch(topic):
            raise NonsenseError
        contract, value = _address(log.get("address")), _number(log.get("data"))
        token = self._chain.tokens.get(contract)
        if token is None:
            return Payment(f"0x{topic[-40:]}", str(value), "", contract)
        return Payment(f"0x{topic[-40:]}", decimal(value, token.decimals), token.asset, contract)


def _table(told: object) -> Mapping[str, Any]:
    if not isinstance(told, dict):
        raise NonsenseError
    return told


def _number(told: object) -> int:
    if not isinstance(told, str) or not _QUANTITY.fullmatch(told.lower()):
        raise NonsenseError
    return int(told, 16)


def _address(told: object) -> str:
    if not isinstance(told, str) or not _ADDRESS.fullmatch(told.lower()):
        raise NonsenseError
    return told.lower()
