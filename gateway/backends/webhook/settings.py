"""What the operator sets for a receiver of his own: its address, and the secret that it shares with us."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from gateway.backends._cloudevents import event_source
from gateway.backends._settings import callable_address
from gateway.backends.signatures import long_enough
from gateway.ports import Secret


class WebhookSettings(BaseModel):
    """The receiver, and the secret that it shares with us."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    url: Annotated[str, AfterValidator(callable_address)] = Field(
        description="Address of the receiver; http:// only on this machine.", examples=["https://desk.example.test/in"]
    )
    secret: Annotated[Secret, AfterValidator(long_enough)] = Field(
        description="Signs every call: at least 24 bytes, or whsec_ and base64."
    )
    inbound_secret: Annotated[Secret, AfterValidator(long_enough)] | None = Field(
        default=None, description="Signs what agents do, pushed to us; `secret` when not given."
    )
    timeout_secs: float = Field(default=20.0, gt=0, le=300, description="How long one call may take in all.")
    max_response_bytes: int = Field(default=65_536, ge=1_024, description="How much of an answer is read.")
    files: Literal["named", "sent"] = Field(
        default="named",
        description="Users' files that may leave the gateway are named alone, or sent before their event.",
    )
    source: Annotated[str, AfterValidator(event_source)] = Field(
        default="urn:gatehouse", description="The CloudEvents source: tells several gateways apart."
    )
    receiver_is_idempotent: bool = Field(
        default=True, description="The receiver takes each id once; false: an unknown outcome waits for an operator."
    )
    ca_file: Path | None = Field(default=None, description="Certificates to trust instead of the public ones (PEM).")

    @model_validator(mode="after")
    def _certificates_need_tls(self) -> Self:
        if self.ca_file is not None and not self.url.startswith("https:"):
            raise ValueError("ca_file has no meaning without https://")
        return self
