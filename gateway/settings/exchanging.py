"""The tables `[customers]`, `[risk]` and `[second_factor]`: the exchange's own systems, and how each is called."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from gateway.backends.signatures import long_enough
from gateway.ports import Secret, is_loopback

Danger = Literal["account_stolen", "secret_shared", "scam_under_way"]
TABLES = ("customers", "risk", "second_factor")


def callable_address(url: str) -> str:
    """Return an address that can be called as it is. Raises `ValueError` with what to write instead."""
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError("write the whole address, such as https://risk.example.test/freeze")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("write https:// ; plain http:// is for this machine alone")
    if parts.username is not None or parts.password is not None or parts.fragment or any(map(str.isspace, url)):
        raise ValueError("leave out the user, the password, spaces, and what follows #")
    if not has_port(parts):
        raise ValueError("its port must be a number from 1 to 65535, or left out")
    return url


def has_port(parts: SplitResult) -> bool:
    """Whether an address names a port that there can be, or none."""
    try:
        return parts.port != 0
    except ValueError:
        return False


class SystemTable(BaseModel):
    """One system of the exchange: its address, and the secret that it shares with us."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    url: Annotated[str, AfterValidator(callable_address)] = Field(
        description="Its address; http:// only on this machine.", examples=["https://risk.example.test/freeze"]
    )
    secret: Annotated[Secret, AfterValidator(long_enough)] = Field(
        description="Signs every call: at least 24 bytes, or whsec_ and base64."
    )
    key_id: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9._-]{0,64}$",
        description="Names the secret in each call, for who changes it: letters, digits, dots, hyphens.",
    )
    ca_file: Path | None = Field(default=None, description="Certificates to trust instead of the public ones (PEM).")

    @model_validator(mode="after")
    def _certificates_need_tls(self) -> Self:
        if self.ca_file is not None and not self.url.startswith("https:"):
            raise ValueError("ca_file has no meaning without https://")
        return self


class CustomersTable(SystemTable):
    """The exchange's book of customers. Without this table nobody's tier, region or KYC is known."""

    timeout_ms: int = Field(default=800, ge=10, le=4_000, description="How long one look-up may take.")
    cache_secs: float = Field(default=300.0, ge=0, le=3600, description="How long an answer is remembered.")
    negative_secs: float = Field(
        default=60.0, ge=0, le=3600, description="How long it is remembered that somebody is no customer."
    )

    @property
    def lasts(self) -> timedelta:
        """How long an answer is remembered."""
        return timedelta(seconds=self.cache_secs)

    @property
    def nobody_lasts(self) -> timedelta:
        """How long it is remembered that somebody is no customer."""
        return timedelta(seconds=self.negative_secs)


class RiskTable(SystemTable):
    """The exchange's risk system. Without this table no account is frozen by the gateway."""

    timeout_ms: int = Field(default=3_000, ge=10, le=60_000, description="How long one call may take.")
    freeze: tuple[Danger, ...] = Field(
        default=("account_stolen", "secret_shared"),
        description="The dangers that call it: `account_stolen`, `secret_shared`, `scam_under_way`.",
    )


class SecondFactorTable(SystemTable):
    """The exchange's second factor. Without this table nobody is challenged."""

    timeout_ms: int = Field(default=3_000, ge=10, le=60_000, description="How long one call may take.")
    poll_secs: float = Field(
        default=5.0, ge=0.05, le=300, description="Wait between two looks whether a customer has confirmed."
    )
    lasts_secs: int = Field(default=600, ge=30, le=86_400, description="How long a customer has to confirm.")


def incomplete(tables: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield what the tables of these names lack to be of any use."""
    if "second_factor" in tables and "customers" not in tables:
        yield (
            "second_factor",
            "needs [customers]: nobody is challenged whom the exchange's book of customers does not know",
        )


def unequipped(named: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Yield what the tables of these names lack here."""
    if find_spec("httpx") is None:
        for name in named:
            yield name, "needs a library that is not installed: pip install 'gatehouse[exchange]'"
