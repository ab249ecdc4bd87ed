"""What an operator says of the question how our help was: the settings that its rules go by."""

from __future__ import annotations

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field


class RatingPolicy(BaseModel):
    """The `[feedback]` table of gatehouse.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = Field(default=True, description="Ask users how our help was, once a case, after it was solved.")
    after_secs: int = Field(
        default=3600, ge=0, le=2_592_000, description="How long after a case was solved its user is asked."
    )
    per_person_days: float = Field(
        default=14.0, ge=0, le=365, description="A person is asked at most once in so many days."
    )

    @property
    def after(self) -> timedelta:
        """How long after a case was solved its user is asked."""
        return timedelta(seconds=self.after_secs)

    @property
    def per_person(self) -> timedelta:
        """How long a person is not asked again."""
        return timedelta(days=self.per_person_days)
