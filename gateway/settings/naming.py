"""Keys of the `[triage]` table about entities: what an operator's own ids, assets, networks and explorers look like."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from pydantic import Field, field_validator

from gateway.settings.model import Table
from gateway.triage.entities import Naming, naming, vocabulary
from gateway.triage.explorers import Explorers, with_own
from gateway.trust.secrets import read_patterns

_MOST_CHARS = 60


class NamingKeys(Table):
    """What a desk adds to the things that are found in messages anyway; see docs/entities.md."""

    account_id: str = Field(
        default="",
        max_length=200,
        description="A regular expression of the exchange's account numbers, instead of 6 to 12 digits.",
    )
    assets: Mapping[str, tuple[str, ...]] = Field(
        default_factory=dict,
        max_length=500,
        description='Further assets, each with what else it is called, as in `{ EXT = ["examplex token"] }`.',
    )
    networks: Mapping[str, tuple[str, ...]] = Field(
        default_factory=dict,
        max_length=200,
        description='Further networks, each with what else it is called, as in `{ examplex = ["Examplex Chain"] }`.',
    )
    explorers: Mapping[str, Mapping[str, str]] = Field(
        default_factory=dict,
        max_length=200,
        description='Other explorers by network, as in `{ tron = { tx = "https://explorer.example.test/tx/{}" } }`.',
    )

    @field_validator("account_id", mode="after")
    @classmethod
    def _can_be_looked_for(cls, value: str) -> str:
        try:
            read_patterns((value,) if value else ())
            vocabulary(account_id=value)
        except ValueError:
            # Its own words show the pattern, and a problem shows no value.
            raise ValueError(
                "cannot be used: write a regular expression of bounded repetitions such as [0-9]{6,12}, without "
                "repeated groups, that matches no empty text"
            ) from None
        return value

    @field_validator("assets", "networks", mode="after")
    @classmethod
    def _names(cls, value: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
        if any(
            not each.strip() or len(each) > _MOST_CHARS for name, others in value.items() for each in (name, *others)
        ):
            raise ValueError(f"names have 1 to {_MOST_CHARS} characters")
        return value

    @field_validator("explorers", mode="after")
    @classmethod
    def _explorers(cls, value: Mapping[str, Mapping[str, str]]) -> Mapping[str, Mapping[str, str]]:
        with_own(value)
        return value

    @property
    def naming(self) -> Naming:
        """What entities are looked for with besides what is known anyway."""
        return naming(account_id=self.account_id, assets=self.assets, networks=self.networks)

    @cached_property
    def all_explorers(self) -> Explorers:
        """Where hashes and addresses lead to."""
        return with_own(self.explorers)
