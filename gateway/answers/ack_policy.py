"""What an operator says of automatic replies: the settings that their rules go by."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class AckPolicy(BaseModel):
    """The `[acknowledgement]` table of gatehouse.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = Field(default=True, description="Acknowledge messages that open a case, and warn of findings.")
    per_sender_secs: int = Field(
        default=600, ge=60, le=86_400, description="At most one automatic reply to a sender in this many seconds."
    )
    per_sender_day: int = Field(default=10, ge=1, description="At most so many automatic replies to a sender in 24 h.")
    per_domain_hour: int = Field(
        default=0,
        ge=0,
        description="At most so many automatic replies to the addresses of one mail domain in an hour, 0 for ten times "
        "`per_minute`; warnings of danger go on to twice as many.",
    )
    per_minute: int = Field(
        default=60,
        ge=1,
        description="At most so many automatic replies to all in 60 s; warnings of danger go on to twice as many.",
    )
    breaker_times: float = Field(
        default=5.0,
        ge=0,
        description="Acknowledgements stop when `per_minute` is used up, and that is so many times what is usual; 0 "
        "never stops them.",
    )
    breaker_rest_secs: int = Field(
        default=900, ge=60, le=3600, description="How long all must have been calm until they go on."
    )
    after_bounce_hours: int = Field(
        default=168,
        ge=1,
        description="No automatic reply for so long to an address at which one of our mails failed, unless mail from "
        "it passes authentication before.",
    )
    max_age_hours: int = Field(
        default=48, ge=1, description="A message that came in longer ago is not acknowledged any more."
    )
    when_unchecked: Literal["send", "hold"] = Field(
        default="send", description="What to do when a mail's sender could neither be confirmed nor refuted."
    )
    old: bool = Field(
        default=False, description="Acknowledge also what was received before its channel was first started."
    )
    to_bcc: bool = Field(
        default=False, description="Acknowledge mail that names none of our addresses in To, Cc or Delivered-To."
    )
    deny_addresses: tuple[str, ...] = Field(
        default=(), description="Addresses never answered by machine, such as another help desk's."
    )
    deny_domains: tuple[str, ...] = Field(
        default=(), description="Domains never answered by machine, with all their subdomains."
    )


def domain_budget(policy: AckPolicy) -> int:
    """Return how many automatic replies may go to one mail domain in an hour."""
    return policy.per_domain_hour or 10 * policy.per_minute
