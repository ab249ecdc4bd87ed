"""The tables of gatehouse.toml about seeing the gateway run: its HTTP server, alerts to operators, traces.

Not here: whether alerts by mail come back as cases (`gateway.settings.matches`).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from gateway.ports import Role, Secret
from gateway.settings.model import ChannelSettings, Problem, Table


def _http_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.username is not None:
        raise ValueError("write a whole address without a user, such as http://127.0.0.1:4318/v1/traces")
    return url


def _receiver(url: str) -> str:
    host = urlsplit(_http_address(url)).hostname or ""
    if not url.startswith("https:") and host not in ("127.0.0.1", "::1", "localhost"):
        raise ValueError("write https:// ; plain http:// is for receivers on this machine alone")
    return url


class AlertRule(StrEnum):
    """A reason to tell an operator."""

    PART_DOWN = "part_down"
    AUTH_FAILED = "auth_failed"
    NO_CREDITS = "no_credits"
    MISCONFIGURED = "misconfigured"
    BURIED = "buried"
    MAYBE_SENT = "maybe_sent"
    WAITING_LONG = "waiting_long"
    FETCH_LATE = "fetch_late"
    FETCH_CRITICAL = "fetch_critical"
    DISK_LOW = "disk_low"
    STORE_SILENT = "store_silent"
    IMPOSTORS = "impostors"
    OFFICIAL_ALTERED = "official_altered"
    ACKNOWLEDGEMENTS_STOPPED = "acknowledgements_stopped"
    RISK_HOOK_FAILING = "risk_hook_failing"
    ANSWERS_OVERDUE = "answers_overdue"


_LISTEN = re.compile(r"(?:(\d{1,3}(?:\.\d{1,3}){3})|\[([0-9A-Fa-f:.]+)\]):(\d{1,5})")


def _socket_address(text: str) -> str:
    found = _LISTEN.fullmatch(text)
    if found is None or int(found[3]) > 65_535:
        raise ValueError("write an IP address of this machine and a port, such as 127.0.0.1:8080 or [::1]:8080")
    try:
        ipaddress.ip_address(found[1] or found[2])
    except ValueError:
        raise ValueError("write an IP address of this machine before the port") from None
    return text


class WebTable(Table):
    """The HTTP server: what is pushed to us, health and metrics. Without this table there is none."""

    listen: Annotated[str, AfterValidator(_socket_address)] = Field(
        default="127.0.0.1:8080", description="Address and port; a proxy before it adds TLS."
    )
    max_body_bytes: int = Field(default=4_194_304, ge=1024, description="Longest body of a pushed request.")
    request_secs: float = Field(default=10.0, gt=0, description="Longest wait for a body, and for its commit.")
    max_waiting: int = Field(
        default=100_000, ge=1, description="More raws than this in the journal's queue, and pushes are put off."
    )
    least_free_bytes: int = Field(
        default=268_435_456, ge=0, description="Less free disk than this beside the store, and pushes are put off."
    )

    verify: bool = Field(
        default=True, description="Whether anybody may ask at `/v1/verify` what is official; within limits."
    )

    public_url: Annotated[str, AfterValidator(_receiver)] | None = Field(
        default=None,
        description="Where people reach this server, such as https://desk.example.org: files that are too large for a "
        "mail are given out there, by links. Without it such an answer is refused.",
    )
    download_days: int = Field(default=14, ge=1, le=90, description="How long such a link is good for.")

    @property
    def host(self) -> str:
        """The address alone."""
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        """The port alone; 0 is any that is free."""
        return int(self.listen.rpartition(":")[2])

    def at(self, seat: int) -> WebTable:
        """Return the same for a further engine of one machine: each listens that many ports above the first."""
        port = self.port + seat if self.port else 0
        return self.model_copy(update={"listen": f"{self.listen.rpartition(':')[0]}:{port}"})


class AlertsTable(Table):
    """Who is told when something needs a person, and when. Without this table nobody is."""

    mail_channel: str | None = Field(default=None, description="The channel that sends alerts by mail.")
    mail_to: tuple[str, ...] = Field(default=(), description="Addresses of the operators; none of a channel's own.")
    chat_channel: str | None = Field(default=None, description="The channel that sends alerts as chat messages.")
    chat_to: tuple[str, ...] = Field(
        default=(), description="Chats of the operators there; on Telegram their numbers, as texts."
    )
    webhook_url: Annotated[str, AfterValidator(_receiver)] | None = Field(
        default=None, description="Where alerts are posted as signed CloudEvents."
    )
    webhook_secret: Secret | None = Field(
        default=None, description="Signs them: at least 24 bytes, or whsec_ and base64."
    )
    off: tuple[AlertRule, ...] = Field(default=(), description="Rules that are switched off.")
    down_secs: float = Field(default=300.0, ge=0, description="How long a part may fail before somebody is told.")
    oldest_secs: float = Field(default=900.0, gt=0, description="How long a message may wait before somebody is told.")
    free_bytes: int = Field(default=1_073_741_824, ge=0, description="Free disk below which somebody is told.")
    repeat_secs: float = Field(
        default=14_400.0, gt=0, description="How long until an alert that still holds is repeated."
    )
    calm_secs: float = Field(default=120.0, ge=0, description="How long all must be well before a recovery is told.")
    every_secs: float = Field(default=15.0, gt=0, description="How often is looked.")

    @model_validator(mode="after")
    def _has_somebody_to_tell(self) -> Self:
        if (self.mail_channel is None) == bool(self.mail_to):
            raise ValueError("mail_channel and mail_to belong together: write both or neither")
        if (self.chat_channel is None) == bool(self.chat_to):
            raise ValueError("chat_channel and chat_to belong together: write both or neither")
        if not self.mail_to and not self.chat_to and self.webhook_url is None:
            raise ValueError(
                "nobody would be told: write mail_channel and mail_to, chat_channel and chat_to, or webhook_url"
            )
        return self


_CHATS = {
    "telegram": (
        re.compile(r"-?[1-9][0-9]{0,15}"),
        'is no chat\'s number; write one such as "123456789", for a group "-1001234567890"',
    )
}
"""How a chat is named on each platform where that is known, and what to write instead of anything else."""


def chatted(alerts: AlertsTable, channels: Sequence[ChannelSettings], *, whole: bool) -> Iterator[Problem]:
    """Alerts go out by a chat channel that can send, to chats as its platform names them, and not to its own account.

    Unless the configuration is `whole`, the channel may be one that has a problem of its own.
    """
    if alerts.chat_channel is None:
        return
    sending = {each.name: each for each in channels if _can_chat(each)}
    channel = sending.get(alerts.chat_channel)
    if channel is None:
        if whole:
            known = ", ".join(f'"{name}"' for name in sorted(sending)) or "none"
            yield Problem("alerts.chat_channel", f"is no chat channel that is enabled and can send; there are: {known}")
        return
    own = {address.lower() for address in channel.plugin.addresses(channel.settings)}
    pattern, advice = _CHATS.get(channel.plugin.platform, (re.compile(r"\S+"), "is empty or holds a space"))
    for index, chat in enumerate(alerts.chat_to):
        if not pattern.fullmatch(chat):
            yield Problem(f"alerts.chat_to[{index}]", advice)
        elif chat.lower() in own:
            yield Problem(f"alerts.chat_to[{index}]", "is the channel's own account, which cannot write to itself")


def _can_chat(each: ChannelSettings) -> bool:
    return Role.SENDER in each.plugin.roles and each.plugin.platform != "email"


class TracingTable(Table):
    """Where OpenTelemetry traces go. Without this table there are none."""

    endpoint: Annotated[str, AfterValidator(_http_address)] = Field(
        default="http://127.0.0.1:4318/v1/traces", description="OTLP over HTTP; the collector's address."
    )
    share: float = Field(default=1.0, ge=0, le=1, description="The share of messages that is traced, 0 to 1.")
