"""What is known of chains without asking any node: their numbers, coins, first blocks and tokens."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

FIRST_BLOCKS = {
    "bitcoin": ("BTC", "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"),
    "litecoin": ("LTC", "12a765e31ffd4059bada1e25190f6e98c99d9714d334efa41a195a7e7e04bfe2"),
    "dogecoin": ("DOGE", "1a91e3dace36e2be3bf030a65679fe821aa1d6ef92e7c9902eb318182c355691"),
}
"""The coin of each network, and the block that it began with: by it a node is told from one of another network."""

_CONTRACT = re.compile(r"0[xX][0-9a-fA-F]{40}")
_MOST_DECIMALS = 36


class NonsenseError(Exception):
    """A node answered with something that no node says."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a token's contract stands for."""

    asset: str
    decimals: int


@dataclass(frozen=True, slots=True)
class EvmChain:
    """A chain of this kind: its number, its own coin, and the tokens on it that are known."""

    network: str
    chain_id: int
    coin: str
    tokens: Mapping[str, Token] = field(default_factory=dict)


@cache
def known_chains() -> Mapping[str, EvmChain]:
    """Return the chains of this kind that are known, by name."""
    told = tomllib.loads((files("gateway.enrich.chain") / "tokens.toml").read_text(encoding="utf-8"))
    return {
        name: EvmChain(name, each["chain_id"], each["coin"], _tokens(each.get("tokens", {})))
        for name, each in told.items()
    }


def _tokens(table: Mapping[str, Any]) -> Mapping[str, Token]:
    return {contract.lower(): read_token(told) for contract, told in table.items()}


def read_token(told: str) -> Token:
    """Read what a table says of a token, `USDT/6`. Raises `ValueError`."""
    asset, _, decimals = told.partition("/")
    if not asset or not decimals.isdigit() or int(decimals) > _MOST_DECIMALS:
        raise ValueError('write a token as its asset and its decimals, as in "USDT/6"')
    return Token(asset, int(decimals))


def is_contract(text: str) -> bool:
    """Whether a text is the address of a contract on a chain of Ethereum's kind."""
    return _CONTRACT.fullmatch(text) is not None


def decimal(value: int, decimals: int) -> str:
    """Return a whole number of smallest units as a decimal, without needless noughts."""
    whole, rest = divmod(value, 10**decimals)
    fraction = str(rest).rjust(decimals, "0").rstrip("0") if rest else ""
    return f"{whole}.{fraction}" if fraction else str(whole)
