"""The `[retention]` table: how long what is settled stays."""

from __future__ import annotations

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from gateway.queues import Retention


class RetentionTable(BaseModel):
    """How long what is settled stays, in days; 0 is for ever."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    raws_days: float = Field(
        default=90, ge=0, description="Days that the sealed originals of settled messages and of fetched files stay."
    )
    settled_days: float = Field(
        default=400,
        ge=0,
        description="Days that the rows of settled items stay in journal and outbox, and the words of ratings.",
    )
    blobs_days: float = Field(
        default=2, ge=0, description="Days that a blob stays which nothing names; less than 1 counts as 1."
    )
    openings_days: float = Field(
        default=730, ge=0, description="Days that the logs of openings and of operators' acts stay."
    )
    reports_days: float = Field(
        default=730, ge=0, description="Days that reports of impostors stay which nobody confirmed or sees again."
    )
    incidents_days: float = Field(
        default=730, ge=0, description="Days that incidents stay after they have ended and all their users were told."
    )
    sweep_secs: float = Field(default=21600.0, ge=60, description="How often the running engine sweeps.")

    @property
    def policy(self) -> Retention:
        """The policy that these figures make."""
        return Retention(
            raws=_days(self.raws_days),
            settled=_days(self.settled_days),
            blobs=_days(self.blobs_days),
            openings=_days(self.openings_days),
            reports=_days(self.reports_days),
            incidents=_days(self.incidents_days),
        )


def _days(days: float) -> timedelta | None:
    return timedelta(days=days) if days else None
