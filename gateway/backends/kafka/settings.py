"""What the operator sets for Kafka: brokers, credential, topics."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from gateway.backends._cloudevents import event_source
from gateway.backends.signatures import long_enough
from gateway.ports import Secret, is_loopback

_BROKER = re.compile(r"(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\]):(?P<port>[0-9]{1,5})")


def _broker(text: str) -> str:
    found = _BROKER.fullmatch(text)
    if found is None or not 0 < int(found["port"]) < 65_536:
        raise ValueError("write a broker's host and port, such as kafka-0.example.test:9093")
    return text


Broker = Annotated[str, AfterValidator(_broker)]
Topic = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,249}$")]
Signer = Annotated[Secret, AfterValidator(long_enough)]


class KafkaSettings(BaseModel):
    """The brokers, the topics, and who we are there."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    brokers: tuple[Broker, ...] = Field(
        min_length=1,
        description="Host and port of some of a cluster's brokers.",
        examples=[["kafka-0.example.test:9093", "kafka-1.example.test:9093"]],
    )
    tls: bool = Field(default=True, description="Encrypt every line; false only where all brokers are this machine.")
    ca_file: Path | None = Field(default=None, description="Certificates to trust instead of the public ones (PEM).")
    cert_file: Path | None = Field(default=None, description="Our own certificate, where brokers ask for one (PEM).")
    key_file: Path | None = Field(default=None, description="The key of `cert_file` (PEM).")
    sasl: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] | None = Field(
        default=None, description="How to log in, with `user` and `password`."
    )
    user: str | None = Field(default=None, description="The user to log in as.")
    password: Secret | None = Field(default=None, description="That user's password.")
    topic: Topic = Field(default="gatehouse", description="The topic that takes what we write.")
    acts_topic: Topic = Field(default="gatehouse-desk", description="The topic that holds what agents do.")
    look_back: int = Field(
        default=10_000, ge=1, le=1_000_000, description="Most records that are read back after an unknown outcome."
    )
    receiver_is_idempotent: bool = Field(
        default=False, description="The desk takes each id once: what reading back cannot tell is simply written again."
    )
    secret: Signer | None = Field(
        default=None, description="Signs every event that we write: at least 24 bytes, or whsec_ and base64."
    )
    inbound_secret: Signer | None = Field(
        default=None, description="What agents do must be signed with it; without one the brokers alone say who writes."
    )
    source: Annotated[str, AfterValidator(event_source)] = Field(
        default="urn:gatehouse", description="The CloudEvents source: tells several gateways apart."
    )
    timeout_secs: float = Field(default=20.0, gt=0, le=300, description="How long one call may take in all.")
    poll_secs: float = Field(default=2.0, ge=0.1, le=3600, description="Wait between two looks for what agents did.")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        hosts = [broker.rpartition(":")[0].strip("[]") for broker in self.brokers]
        if not self.tls and not all(is_loopback(host) for host in hosts):
            raise ValueError("tls = false is for brokers on this machine alone")
        if not self.tls and (self.ca_file or self.cert_file):
            raise ValueError("certificates have no meaning without tls")
        if (self.cert_file is None) != (self.key_file is None):
            raise ValueError("cert_file and key_file go together")
        if len({self.sasl is None, self.user is None, self.password is None}) > 1:
            raise ValueError("sasl, user and password go together")
        if self.topic == self.acts_topic:
            raise ValueError("what agents do needs a topic of its own: acts_topic")
        return self
