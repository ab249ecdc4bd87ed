"""Where a hash or an address can be looked at: links to the public explorers of the chains that it can belong to. Pure.

An explorer tells what its chain tells everybody; nothing that we know of anybody goes into a link.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from urllib.parse import quote, urlsplit

from gateway.case import Entity, Evidence

PLACE = "{}"
"""Stands for the hash or the address in an explorer's addresses."""


@dataclass(frozen=True, slots=True)
class Explorer:
    """The addresses of one chain's explorer; `family` names the kind whose hashes it shares with others."""

    tx: str = ""
    address: str = ""
    family: str = ""


Explorers = Mapping[str, Explorer]
"""By network."""


@cache
def usual() -> Explorers:
    """Return the explorers that are known."""
    told = tomllib.loads((files("gateway.triage") / "data" / "explorers.toml").read_text(encoding="utf-8"))
    return MappingProxyType({network: Explorer(**addresses) for network, addresses in told.items()})


def with_own(own: Mapping[str, Mapping[str, str]]) -> Explorers:
    """Return the known explorers with an operator's; raises ValueError where one cannot be used.

    What an operator leaves out of one stays as it is known; empty text takes it away.
    """
    made = dict(usual())
    for network, addresses in own.items():
        known = made.get(network, Explorer())
        if unknown := set(addresses) - {"tx", "address", "family"}:
            raise ValueError(f"an explorer has no {min(unknown)}; write tx and address")
        for name in ("tx", "address"):
            if addresses.get(name) and not _is_usable(addresses[name]):
                raise ValueError(f"write {name} as an https address with {PLACE} once where the value goes")
        made[network] = Explorer(
            addresses.get("tx", known.tx),
            addresses.get("address", known.address),
            addresses.get("family", known.family),
        )
    return MappingProxyType(made)


def _is_usable(address: str) -> bool:
    parts = urlsplit(address)
    inside = PLACE in parts.path or PLACE in parts.query or PLACE in parts.fragment
    return parts.scheme == "https" and bool(parts.hostname) and address.count(PLACE) == 1 and inside


def links(
    entity: Entity, explorers: Explorers | None = None, named: Collection[str] = ()
) -> tuple[tuple[str, str], ...]:
    """Return the networks that a hash or an address can belong to, each with the address to look at it.

    `named` are the networks that the message names: where the entity can belong to one of them, only those count.
    """
    if entity.kind not in ("tx_hash", "address"):
        return ()
    table = usual() if explorers is None else explorers
    families = frozenset(_told(entity.evidence))
    found = [
        (network, template.replace(PLACE, quote(entity.value, safe=":")))
        for network, each in table.items()
        if (each.family or network) in families and (template := each.tx if entity.kind == "tx_hash" else each.address)
    ]
    said = [each for each in found if each[0] in named]
    return tuple(said or found)


def _told(evidence: tuple[Evidence, ...]) -> tuple[str, ...]:
    return tuple(name for item in evidence if item.name == "networks" for name in item.value.split(","))


def networks_named(entities: Collection[Entity]) -> frozenset[str]:
    """Return the networks that a message names, by its entities."""
    return frozenset(
        item.value for each in entities if each.kind == "network" for item in each.evidence if item.name == "network"
    )
