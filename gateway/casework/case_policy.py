"""What an operator says of how matters become cases: the settings that joining goes by."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class CasePolicy(BaseModel):
    """The `[cases]` table of gatehouse.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    one_open: bool = Field(
        default=True,
        description="A proven sender's new message goes on with an open case of theirs, where it is the same matter.",
    )
    goes_on_hours: float = Field(
        default=72, gt=0, le=8760, description="So long after its last change a case is gone on with in this way."
    )
