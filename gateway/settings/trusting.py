"""The `[trust]` table: what a secret may look like here, where questions of trust are sent, what findings lead to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property

from pydantic import BaseModel, ConfigDict, Field, field_validator

from gateway.caution import Caution
from gateway.trust.secrets import read_patterns

_CODE = re.compile(r"[a-z][a-z_]{0,63}")


class TrustTable(BaseModel):
    """What trust takes out of messages, answers, and tells the desk."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    identity_numbers: tuple[str, ...] = Field(
        default=(),
        max_length=20,
        description="Regular expressions of numbers that are masked like secrets, such as those of identity cards.",
    )
    directory_key: str = Field(
        default="",
        pattern=r"^(ed25519:[A-Za-z0-9+/]{43}=)?$",
        description="The public key that must have signed the directory and its lists; made by `directory keygen`.",
    )
    verify_addresses: tuple[str, ...] = Field(
        default=(), description="Our mail addresses that are asked whether something is ours: the answer is a verdict."
    )
    findings: Mapping[str, Caution] = Field(
        default_factory=dict,
        description="What a kind of finding leads to, by its code: tag, priority, queue, alarm, from_severity.",
    )

    @field_validator("identity_numbers", mode="after")
    @classmethod
    def _can_be_looked_for(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            read_patterns(value)
        except ValueError:
            # Its own words show the pattern, and a problem shows no value.
            raise ValueError(
                "one of them cannot be used: write a regular expression of bounded repetitions such as {8,12}, "
                "without repeated groups, that matches no empty text"
            ) from None
        return value

    @field_validator("verify_addresses", mode="after")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any(each.count("@") != 1 or each.strip() != each for each in value):
            raise ValueError('write whole addresses, e.g. ["verify@examplex.test"]')
        return tuple(each.lower() for each in value)

    @field_validator("findings", mode="after")
    @classmethod
    def _codes(cls, value: Mapping[str, Caution]) -> Mapping[str, Caution]:
        if any(_CODE.fullmatch(code) is None for code in value):
            raise ValueError("the tables are named by the codes of findings, such as look_alike_mentioned")
        return value

    @cached_property
    def patterns(self) -> tuple[re.Pattern[str], ...]:
        """The identity numbers, ready to be looked for."""
        return read_patterns(self.identity_numbers)
