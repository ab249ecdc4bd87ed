"""Asks a node of Bitcoin Core's kind, which Litecoin and Dogecoin have as well, for a transaction."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from gateway.enrich.chain.reading import FIRST_BLOCKS, NonsenseError
from gateway.enrich.chain.rpc import Rpc, RpcError
from gateway.errors import ConfigError, GatewayError, TransientError
from gateway.ports import Check, Report
from gateway.ports.chains import ChainAnswer, NoTransaction, Payment, Transaction, TransactionUnchecked

MOST_PAYMENTS = 20

_UNKNOWN = -5
"""The node's error for a transaction that it does not know."""
_NO_INDEX = re.compile(r"-txindex|still in the process of being indexed", re.IGNORECASE)
_ADDRESS = re.compile(r"[0-9A-Za-z:]{14,128}")
_LATEST = 253_402_300_799


class BitcoinResolver:
    """See `ChainResolver`."""

    def __init__(self, network: str, rpc: Rpc, needed: int) -> None:
        self.network = network
        self.family = network
        self._coin, self._first = FIRST_BLOCKS[network]
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
            return self._read(tx_hash, await self._rpc.call("getrawtransaction", tx_hash.lower(), True))
        except RpcError as error:
            if error.code == _UNKNOWN and not _NO_INDEX.search(error.told):
                return NoTransaction(tx_hash, self.network)
            why = error
            if error.code == _UNKNOWN:
                reason = f"{self._rpc.host} keeps no index of all transactions: start it with txindex=1"
                return TransactionUnchecked(tx_hash, self.network, reason, ConfigError(reason))
            return TransactionUnchecked(tx_hash, self.network, str(why), why)
        except GatewayError as error:
            return TransactionUnchecked(tx_hash, self.network, str(error), error)
        except NonsenseError:
            nonsense = TransientError(f"{self._rpc.host} answered something that no node says")
            return TransactionUnchecked(tx_hash, self.network, str(nonsense), nonsense)

    async def _see_chain(self) -> None:
        """See once that the node is of this network: on another, each hash would be none."""
        if self._is_right:
            return
        if await self._rpc.call("getblockhash", 0) != self._first:
            raise ConfigError(f"{self._rpc.host} is no node of {self.network}'s main network")
        self._is_right = True

    def _read(self, tx_hash: str, told: object) -> Transaction:
        if not isinstance(told, dict) or tx_hash.lower() not in (told.get("txid"), told.get("hash")):
            raise NonsenseError
        confirmations, outputs = told.get("confirmations", 0), told.get("vout", [])
        if not isinstance(confirmations, int) or not isinstance(outputs, list):
            raise NonsenseError
        paid = [each for output in outputs if (each := self._payment(output)) is not None]
        return Transaction(
            tx_hash,
            self.network,
            max(0, confirmations),
            self._needed,
            payments=tuple(paid[:MOST_PAYMENTS]),
            at=_instant(told.get("blocktime")),
        )

    def _payment(self, output: object) -> Payment | None:
        if not isinstance(output, dict) or not isinstance(script := output.get("scriptPubKey"), dict):
            raise NonsenseError
        value, address = output.get("value"), _receiver(script)
        if isinstance(value, bool) or not isinstance(value, (int, Decimal)) or value < 0:
            raise NonsenseError
        return Payment(address, f"{Decimal(value).normalize():f}", self._coin) if address else None


def _receiver(script: Mapping[str, Any]) -> str:
    """Return the one address that an output pays, as newer nodes write it or as older ones do; empty if it is none."""
    several = script.get("addresses")
    address = script.get("address") or (several[0] if isinstance(several, list) and len(several) == 1 else "")
    if not isinstance(address, str) or (address and not _ADDRESS.fullmatch(address)):
        raise NonsenseError
    return address


def _instant(seconds: object) -> datetime | None:
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 < seconds <= _LATEST:
        return None
    return datetime.fromtimestamp(seconds, UTC)
