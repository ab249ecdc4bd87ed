"""The tables `[chains.NAME]`: the nodes that are asked for the transactions that users name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, field_validator, model_validator

from gateway.enrich.chain.reading import FIRST_BLOCKS, is_contract, known_chains, read_token
from gateway.ports import Secret, is_loopback
from gateway.settings.exchanging import has_port
from gateway.settings.model import Problem, Table

Kind = Literal["evm-rpc", "bitcoin-rpc"]


def _callable(url: str) -> str:
    """Return an address that can be called as it is. Raises `ValueError` with what to write instead."""
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname or any(map(str.isspace, url)):
        raise ValueError("write the whole address, such as https://node.example.test/rpc")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("write https:// ; plain http:// is for this machine alone")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise ValueError("leave out the user and the password: write user, and where the password comes from")
    if not has_port(parts):
        raise ValueError("its port must be a number from 1 to 65535, or left out")
    return url


class ChainTable(Table):
    """A node of one chain. Without such a table no chain is asked about anything."""

    kind: Kind = Field(description="What speaks there: `evm-rpc` (Ethereum and its kind), `bitcoin-rpc` (Core's).")
    url: Annotated[str, AfterValidator(_callable)] = Field(
        description="The node's address; http:// only on this machine.", examples=["https://node.example.test/rpc"]
    )
    network: str = Field(
        pattern=r"^[a-z0-9][a-z0-9-]{0,39}$",
        description="Its network: `ethereum`, `polygon`, `bitcoin`, `litecoin`, ...",
    )
    confirmations: int = Field(
        default=12, ge=1, le=100_000, description="Confirmations from which the desk credits a deposit."
    )
    chain_id: int | None = Field(
        default=None, ge=1, description="The chain's number (EIP-155), for an `evm-rpc` network that is not known here."
    )
    coin: str = Field(
        default="", pattern=r"^[A-Za-z0-9]{0,16}$", description="The chain's own coin, for a network not known here."
    )
    tokens: Mapping[str, str] = Field(
        default_factory=dict,
        max_length=500,
        description='Contracts of further tokens, as in `{ "0x..." = "USDT/6" }`: asset and decimals.',
    )
    token: Secret | None = Field(default=None, description="Sent as a bearer, where the node asks for one.")
    user: str = Field(default="", max_length=128, description="The user, where the node asks for a password.")
    password: Secret | None = Field(default=None, description="The password of `user`.")
    timeout_ms: int = Field(default=1_500, ge=10, le=4_000, description="How long one call may take.")
    ca_file: Path | None = Field(default=None, description="Certificates to trust instead of the public ones (PEM).")

    @field_validator("tokens", mode="after")
    @classmethod
    def _known_by_contract(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        for contract, told in value.items():
            if not is_contract(contract):
                raise ValueError("name tokens by their contract: 0x and 40 hexadecimal digits")
            read_token(told)
        return value

    @model_validator(mode="after")
    def _together(self) -> Self:
        if (self.password is None) != (not self.user):
            raise ValueError("write user and password together, or neither")
        if self.token is not None and self.password is not None:
            raise ValueError("write token, or user and password: a node asks for one of the two")
        if self.ca_file is not None and not self.url.startswith("https:"):
            raise ValueError("ca_file has no meaning without https://")
        if self.kind == "bitcoin-rpc" and (self.tokens or self.chain_id is not None or self.coin):
            raise ValueError("tokens, chain_id and coin are for evm-rpc alone")
        return self


def unready(chains: Mapping[str, ChainTable]) -> Iterator[Problem]:
    """Yield what is wrong with chains that can be read: networks that are not known, or are asked twice."""
    seen: dict[str, str] = {}
    for name, each in chains.items():
        path = f"chains.{name}"
        if each.network in seen:
            yield Problem(
                f"{path}.network", f"is asked by chains.{seen[each.network]} already; write one node a network"
            )
        seen.setdefault(each.network, name)
        if each.kind == "bitcoin-rpc" and each.network not in FIRST_BLOCKS:
            yield Problem(f"{path}.network", f"is none that bitcoin-rpc knows; write one of: {', '.join(FIRST_BLOCKS)}")
        elif each.kind == "evm-rpc" and each.network not in known_chains() and (each.chain_id is None or not each.coin):
            yield Problem(f"{path}.network", "is not known here; write its chain_id and its coin as well")
    if chains and find_spec("httpx") is None:
        yield Problem("chains", "needs a library that is not installed: pip install 'gatehouse[chains]'")
