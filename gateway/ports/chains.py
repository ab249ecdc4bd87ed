"""What a chain says of a transaction: the port by which a node or an explorer is asked, and its answers.

A chain is public: whoever reads it learns nothing that he could not read himself. What is told of it is that alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from gateway.errors import GatewayError
from gateway.ports.incoming import Report


class TransactionStatus(StrEnum):
    """How far a transaction is."""

    PENDING = "pending"
    """Seen, but with fewer confirmations than are needed."""
    CONFIRMED = "confirmed"
    REVERTED = "reverted"
    """In a block, and without any effect but its fee."""


@dataclass(frozen=True, slots=True)
class Payment:
    """What one address received. `amount` is decimal; `asset` is empty where nobody vouches for what a token is.

    `contract` is the token's own address: by it alone a token is known, anybody may call his own USDT.
    """

    address: str
    amount: str
    asset: str
    contract: str = ""


@dataclass(frozen=True, slots=True)
class Transaction:
    """A transaction that a chain knows."""

    tx_hash: str
    network: str
    confirmations: int
    needed: int
    reverted: bool = False
    payments: tuple[Payment, ...] = ()
    at: datetime | None = None
    """When its block was made; None while it is in none."""

    @property
    def status(self) -> TransactionStatus:
        """How far it is."""
        if self.reverted:
            return TransactionStatus.REVERTED
        return TransactionStatus.CONFIRMED if self.confirmations >= self.needed else TransactionStatus.PENDING


@dataclass(frozen=True, slots=True)
class NoTransaction:
    """The chain knows no such transaction."""

    tx_hash: str
    network: str


@dataclass(frozen=True, slots=True)
class TransactionUnchecked:
    """The chain could not be asked, or its answer makes no sense: never the same as none. `fault` is for operators."""

    tx_hash: str
    network: str
    reason: str
    fault: GatewayError | None = None


ChainAnswer = Transaction | NoTransaction | TransactionUnchecked


class ChainResolver(Protocol):
    """Asks one chain. May be cancelled at any await."""

    network: str
    """The network, as entities name it: `ethereum`, `bitcoin`, ..."""
    family: str
    """What hashes of it are known by in the evidence of an entity: `evm`, `bitcoin`, ..."""

    async def check(self) -> Report:
        """See that the node answers, and that it is of this network; no side effect."""
        ...

    async def look_up(self, tx_hash: str) -> ChainAnswer:
        """Return what the chain knows of a transaction, or that it could not be asked; raises nothing of its own."""
        ...
