"""What the operator sets for NATS JetStream: servers, credential, streams, subjects."""

from __future__ import annotations

import binascii
import re
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

import nkeys
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from gateway.backends._cloudevents import event_source
from gateway.backends.signatures import long_enough
from gateway.ports import Secret, is_loopback


def _server(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("tls", "nats") or not parts.hostname:
        raise ValueError("write a server's whole address, such as tls://nats.example.test:4222")
    if parts.scheme == "nats" and not is_loopback(parts.hostname):
        raise ValueError("write tls:// ; plain nats:// is for servers on this machine alone")
    if parts.username is not None or parts.password is not None or parts.path or parts.query or parts.fragment:
        raise ValueError("leave out the user, the password and what follows the port; there are settings for them")
    return url


def _subject(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*", text):
        raise ValueError("write a subject without wildcards, such as gatehouse or desk.acts")
    return text


def _filter(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_*-]+(\.[A-Za-z0-9_*-]+)*(\.>)?", text):
        raise ValueError("write a subject, such as gatehouse-desk.> with its wildcard")
    return text


Server = Annotated[str, AfterValidator(_server)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


def _seed(secret: Secret) -> Secret:
    """Refuse what is no seed; an empty one was not read, by a command that calls nobody."""
    if secret.get_secret_value():
        _see_seed(secret.get_secret_value())
    return secret


def _credentials(secret: Secret) -> Secret:
    text = secret.get_secret_value()
    if text:
        found = re.search(r"\bS[A-Z2-7]{50,}", text)
        if found is None or "BEGIN NATS USER JWT" not in text:
            raise ValueError("this is no credentials file of NATS: a JWT and a seed, each in its frame")
        _see_seed(found[0])
    return secret


def _see_seed(seed: str) -> None:
    try:
        nkeys.from_seed(bytearray(seed.encode())).wipe()
    except (nkeys.NkeysError, binascii.Error, ValueError):
        raise ValueError("it holds no seed of an nkey") from None


Signer = Annotated[Secret, AfterValidator(long_enough)]


class NatsSettings(BaseModel):
    """The servers, the streams, and who we are there."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    servers: tuple[Server, ...] = Field(
        min_length=1,
        description="Addresses of one cluster's servers; plain nats:// only on this machine.",
        examples=[["tls://nats-0.example.test:4222", "tls://nats-1.example.test:4222"]],
    )
    user: str | None = Field(default=None, description="The user to log in as, with `password`.")
    password: Secret | None = Field(default=None, description="That user's password.")
    token: Secret | None = Field(default=None, description="A token to log in with, instead of a user.")
    nkey_seed: Annotated[Secret, AfterValidator(_seed)] | None = Field(
        default=None, description="The seed of an nkey to log in with (SU…)."
    )
    credentials: Annotated[Secret, AfterValidator(_credentials)] | None = Field(
        default=None, description="What stands in a credentials file (JWT and seed) to log in with."
    )
    ca_file: Path | None = Field(default=None, description="Certificates to trust instead of the public ones (PEM).")
    cert_file: Path | None = Field(default=None, description="Our own certificate, where servers ask for one (PEM).")
    key_file: Path | None = Field(default=None, description="The key of `cert_file` (PEM).")
    stream: Name = Field(default="GATEHOUSE", description="The stream that takes what we write.")
    prefix: Annotated[str, AfterValidator(_subject)] = Field(
        default="gatehouse", description="Subjects begin with it: `PREFIX.case.CASE.DIGEST`."
    )
    acts_stream: Name = Field(default="GATEHOUSE_DESK", description="The stream that holds what agents do.")
    acts_subject: Annotated[str, AfterValidator(_filter)] = Field(
        default="gatehouse-desk.>", description="The subjects in `acts_stream` that are read."
    )
    files_bucket: Name | None = Field(
        default=None, description="The object store for files, both ways; without one no file leaves the gateway."
    )
    replicas: int = Field(default=3, ge=1, le=5, description="How many servers keep what `backends setup` makes.")
    secret: Signer | None = Field(
        default=None, description="Signs every event that we write: at least 24 bytes, or whsec_ and base64."
    )
    inbound_secret: Signer | None = Field(
        default=None, description="What agents do must be signed with it; without one the server alone says who writes."
    )
    source: Annotated[str, AfterValidator(event_source)] = Field(
        default="urn:gatehouse", description="The CloudEvents source: tells several gateways apart."
    )
    timeout_secs: float = Field(default=10.0, gt=0, le=300, description="How long one call may take in all.")
    poll_secs: float = Field(
        default=10.0, ge=1, le=3600, description="Wait between two looks for what agents did; news shortens it."
    )
    inbox_prefix: Annotated[str, AfterValidator(_subject)] = Field(
        default="_INBOX", description="Subjects of answers to us, where an account may not use the usual ones."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        ways = [self.user is not None, *(bool(way) for way in (self.token, self.nkey_seed, self.credentials))]
        if sum(ways) > 1 or (self.user is None) != (self.password is None):
            raise ValueError("log in one way: user and password, or token, or nkey_seed, or credentials")
        if (self.cert_file is None) != (self.key_file is None):
            raise ValueError("cert_file and key_file go together")
        if (self.ca_file or self.cert_file) and not self.uses_tls:
            raise ValueError("certificates have no meaning without tls://")
        if overlap(self.acts_subject, f"{self.prefix}.case.>"):
            raise ValueError("acts_subject takes in our own subjects; what agents do needs subjects of its own")
        if self.acts_stream == self.stream:
            raise ValueError("what agents do needs a stream of its own: acts_stream")
        return self

    @property
    def uses_tls(self) -> bool:
        """Whether every line is to be encrypted; one server with tls:// asks it of all."""
        return any(server.startswith("tls:") for server in self.servers)


def overlap(one: str, other: str) -> bool:
    """Whether a subject can match both, each with wildcards (`*` one token, `>` the rest)."""
    left, right = one.split("."), other.split(".")
    for mine, theirs in zip(left, right, strict=False):
        if ">" in (mine, theirs):
            return True
        if mine != theirs and "*" not in (mine, theirs):
            return False
    return len(left) == len(right)


def covers(wide: str, narrow: str) -> bool:
    """Whether every subject that `narrow` matches is one that `wide` does."""
    left, right = wide.split("."), narrow.split(".")
    for number, mine in enumerate(left):
        if mine == ">":
            return len(right) > number
        if number >= len(right) or right[number] == ">" or (mine != "*" and mine != right[number]):
            return False
    return len(left) == len(right)
