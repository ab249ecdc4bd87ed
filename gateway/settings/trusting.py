"""The `[trust]` table: what a secret may look like here, where questions of trust are sent, what findings lead to."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, field_validator

from gateway.casework.caution import Caution

_CODE = re.compile(r"[a-z][a-z_]{0,63}")
_REPEATS_TWICE = re.compile(r"[*+}]\)[*+{]")
"""A repeated group that repeats within: the usual way to an expression that takes for ever."""


class TrustTable(BaseModel):
    """What trust takes out of messages, answers, and tells the desk."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    identity_numbers: tuple[str, ...] = Field(
        default=(),
        max_length=20,
        description="Regular expressions of numbers that are masked like secrets, such as those of identity cards.",
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
        for written in value:
            try:
                found = re.compile(written)
            except re.error as error:
                raise ValueError(f"one of them is no regular expression: {error.msg}") from None
            if len(written) > 200 or _REPEATS_TWICE.search(written):
                raise ValueError("one of them is too long, or repeats what repeats: write it without nested repetition")
            if found.search("") is not None:
                raise ValueError("one of them matches an empty text: it would mask everything")
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

    @property
    def patterns(self) -> tuple[re.Pattern[str], ...]:
        """The identity numbers, ready to be looked for."""
        return tuple(map(re.compile, self.identity_numbers))
