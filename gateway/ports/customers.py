"""What the exchange itself knows of its customers: the port by which it is asked, and its answers.

Whoever is looked up must be proven by whoever asks: an address that passed authentication, an account that its platform
vouches for. An account number that merely stands in a text proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Protocol

from pydantic import BeforeValidator, Field, StringConstraints

from gateway.case import Frozen
from gateway.errors import GatewayError
from gateway.ports.incoming import Report


@dataclass(frozen=True, slots=True)
class ProvenMail:
    """The customer whose registered mail address this is; its owner has proven it."""

    address: str


@dataclass(frozen=True, slots=True)
class PlatformAccount:
    """The customer who has bound this account of a platform, by its immutable id."""

    platform: str
    id: str


@dataclass(frozen=True, slots=True)
class AccountId:
    """The customer of this account number, for whoever has proven by other means that it is his."""

    id: str


Who = ProvenMail | PlatformAccount | AccountId


def _small(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _large(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


Word = Annotated[str, BeforeValidator(_small), StringConstraints(pattern=r"^([a-z0-9][a-z0-9_-]{0,39})?$")]
"""A word of the exchange's own vocabulary, in small letters: `vip`, `address_proof`; or nothing."""
Id = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,64}$")]


class Health(StrEnum):
    """How one thing about the security of an account is."""

    OK = "ok"
    WEAK = "weak"


class SecurityCheck(Frozen):
    """One thing about the security of an account."""

    name: Word = Field(min_length=1, description="`password`, `two_factor`, `logins`, `devices`, `api_keys`, ...")
    health: Health


class DepositAddress(Frozen):
    """Where a customer's deposits go."""

    network: Word = Field(min_length=1, description="As entities name it: `bitcoin`, `evm`, `tron`, ...")
    address: Annotated[str, StringConstraints(pattern=r"^[!-~]{1,128}$")]


class Customer(Frozen):
    """What the exchange says of a customer. What it does not say stays empty."""

    account_id: Id = Field(description="The account number.")
    tier: Word = Field(default="", description="Such as `vip`.")
    region: Annotated[str, BeforeValidator(_large), StringConstraints(pattern=r"^([A-Z]{2}(-[A-Z0-9]{1,3})?)?$")] = (
        Field(default="", description="A country by ISO 3166, or `EU`.")
    )
    language: Annotated[str, StringConstraints(pattern=r"^([A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*)?$")] = Field(
        default="", description="BCP 47 tag of the language that the customer chose."
    )
    registered_mail: Annotated[str, BeforeValidator(_small), StringConstraints(pattern=r"^([^\s@]+@[^\s@]+)?$")] = (
        Field(default="", max_length=254)
    )
    kyc: Word = Field(default="", description="The state of identity verification: `none`, `pending`, `approved`, ...")
    kyc_missing: tuple[Word, ...] = Field(default=(), max_length=20, description="What is still to be sent.")
    security: tuple[SecurityCheck, ...] = Field(default=(), max_length=20)
    deposit_addresses: tuple[DepositAddress, ...] = Field(default=(), max_length=20)


@dataclass(frozen=True, slots=True)
class NoCustomer:
    """The exchange says that this is nobody's."""


@dataclass(frozen=True, slots=True)
class CustomerUnchecked:
    """The exchange could not be asked, or did not answer: never the same as nobody's. `fault` is why, for operators."""

    reason: str
    fault: GatewayError | None = None


CustomerAnswer = Customer | NoCustomer | CustomerUnchecked
Told = Callable[[GatewayError | None], None]
"""Told after each call: None when the other side is well."""


class CustomerProfiles(Protocol):
    """The exchange's book of customers."""

    async def look_up(self, who: Who) -> CustomerAnswer:
        """Return what is known of a customer. Raises nothing; may be cancelled at any await."""
        ...

    async def check(self) -> Report:
        """Call it without any effect and say how that went."""
        ...
