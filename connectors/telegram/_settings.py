"""What an operator writes to run a Telegram channel: one bot."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from gateway.ports import Secret, is_loopback

CLOUD = "https://api.telegram.org"
CLOUD_FILE_BYTES = 20 * 1024 * 1024
"""The platform's own server gives out no larger file; a local Bot API server does."""
WEBHOOK_PORTS = frozenset({443, 80, 88, 8443})
"""The only ports that the platform's own server pushes to."""

_TOKEN = re.compile(r"[1-9][0-9]{0,15}:[A-Za-z0-9_-]{1,200}")
_USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
_CHAT = re.compile(r"-?[1-9][0-9]{0,18}")


class TelegramSettings(BaseModel):
    """One bot, read by long polling or by webhook, and answered from."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    token: Secret = Field(description="The bot's token, as BotFather gave it.")
    bot: str = Field(description="The bot's username, with or without @; `gatehouse check` compares it with the token.")
    mode: Literal["polling", "webhook"] = Field(
        default="polling",
        description="`polling` asks the platform for updates and needs no way in; with `webhook` the platform calls "
        "`webhook_url`.",
    )
    webhook_url: str = Field(
        default="", description="Where the platform reaches this channel's door: the public address of `/in/NAME`."
    )
    webhook_secret: Secret | None = Field(
        default=None,
        description="16 to 256 letters, digits, `_` and `-` that each push must bear, so that nobody else's is taken.",
    )
    webhook_connections: int = Field(default=40, ge=1, le=100, description="Most pushes that come at the same time.")
    take_over: bool = Field(
        default=False,
        description="With `polling`: remove a webhook that is set, instead of refusing to start. What waits is kept.",
    )
    api_url: str = Field(default=CLOUD, description="The Bot API server: the platform's own, or a local one.")
    api_plain_host: str = Field(
        default="",
        description="Name of the host in `api_url` if it is a local Bot API server that is spoken to without TLS over "
        "a network of your own: the token and all messages can be read on the way. Not needed on this machine.",
    )
    local_root: Path | None = Field(
        default=None,
        description="The working directory of a local Bot API server in `--local` mode, as this machine sees it; "
        "files are read from below it and nowhere else.",
    )
    max_file_bytes: int = Field(
        default=CLOUD_FILE_BYTES,
        ge=1024,
        le=2000 * 1024 * 1024,
        description="Larger files are not fetched; the case says so. The platform's own server gives out 20 MiB.",
    )
    join_secs: float = Field(
        default=2.0, ge=0, le=60, description="How long a ticket waits for more of a message: albums, bursts of lines."
    )
    join_most_secs: float = Field(default=15.0, ge=0, le=300, description="How long it waits at most in all.")
    operators_chat: str = Field(
        default="", description="Number of the chat that is told of impostors; groups have a negative one."
    )
    warn_groups: bool = Field(default=False, description="Warn the group, too, in which an impostor is found.")
    poll_secs: int = Field(default=50, ge=0, le=50, description="How long the platform may wait for news.")
    step_secs: float = Field(
        default=20.0, gt=0, le=120, description="Longest wait for an answer, beyond what the platform may wait itself."
    )
    batch: int = Field(default=100, ge=1, le=100, description="Most updates in one page.")
    connections: int = Field(default=16, ge=1, le=256, description="Most calls at the same time, the poll not counted.")

    @field_validator("token", mode="after")
    @classmethod
    def _is_token(cls, value: SecretStr) -> SecretStr:
        # An empty one was not read: the command talks to no platform.
        if value.get_secret_value() and not _TOKEN.fullmatch(value.get_secret_value()):
            raise ValueError("is not a bot's token: BotFather writes a number, a colon, and letters and digits")
        return value

    @field_validator("bot", mode="after")
    @classmethod
    def _is_username(cls, value: str) -> str:
        name = value.strip().removeprefix("@")
        if not _USERNAME.fullmatch(name):
            raise ValueError("is not a bot's username: 4 to 32 letters, digits and underscores")
        return name

    @field_validator("webhook_secret", mode="after")
    @classmethod
    def _is_secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and value.get_secret_value() and not _SECRET.fullmatch(value.get_secret_value()):
            raise ValueError("the platform takes 16 to 256 letters, digits, underscores and hyphens, nothing else")
        return value

    @field_validator("operators_chat", mode="after")
    @classmethod
    def _is_chat(cls, value: str) -> str:
        if value and not _CHAT.fullmatch(value):
            raise ValueError("is not the number of a chat, such as -1001234567890")
        return value

    @field_validator("api_url", "webhook_url", mode="after")
    @classmethod
    def _is_url(cls, value: str) -> str:
        if not value:
            return value
        url = _split(value)
        if url.username is not None or url.password is not None or url.query or url.fragment:
            raise ValueError("must not hold a login, a query or a fragment")
        return value.rstrip("/")

    @field_validator("local_root", mode="after")
    @classmethod
    def _is_absolute(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_absolute():
            raise ValueError("must be an absolute path")
        return value

    @model_validator(mode="after")
    def _token_stays_secret(self) -> TelegramSettings:
        host = _split(self.api_url).hostname or ""
        if self.api_plain_host and self.api_plain_host.lower() != host:
            raise ValueError("api_plain_host names another host than api_url")
        if self.api_url.lower().startswith("http:") and not (is_loopback(host) or self.api_plain_host):
            raise ValueError(
                "api_url without TLS would send the token and all messages readable over the network; use https, or "
                "name the host in api_plain_host if it is a local Bot API server in a network of your own"
            )
        return self

    @model_validator(mode="after")
    def _cloud_has_limits(self) -> TelegramSettings:
        if self.is_cloud and self.local_root is not None:
            raise ValueError("local_root is for a local Bot API server; set api_url, too")
        if self.is_cloud and self.max_file_bytes > CLOUD_FILE_BYTES:
            raise ValueError("the platform's own server gives out no file above 20 MiB; lower max_file_bytes")
        return self

    @model_validator(mode="after")
    def _webhook_is_whole(self) -> TelegramSettings:
        if self.mode != "webhook":
            return self
        if not self.webhook_url or self.webhook_secret is None:
            raise ValueError('mode = "webhook" needs webhook_url and webhook_secret')
        url = _split(self.webhook_url)
        if self.is_cloud and (url.scheme != "https" or (url.port or 443) not in WEBHOOK_PORTS):
            raise ValueError("the platform calls webhook_url by https alone, on port 443, 80, 88 or 8443")
        return self

    @model_validator(mode="after")
    def _joins_end(self) -> TelegramSettings:
        if self.join_most_secs < self.join_secs:
            raise ValueError("join_most_secs must not be less than join_secs")
        return self

    @property
    def bot_id(self) -> str:
        """The bot's immutable id: the number before the colon of the token."""
        return self.token.get_secret_value().partition(":")[0]

    @property
    def places(self) -> tuple[tuple[str, ...], ...]:
        """The bot, whose updates are handed out once; by its name where the token was not read."""
        return ((self.api_url.lower(), self.bot_id or self.bot.lower()),)

    @property
    def door(self) -> str:
        """The address at which the platform pushes; empty with polling."""
        return self.webhook_url if self.mode == "webhook" else ""

    @property
    def is_cloud(self) -> bool:
        """Whether the Bot API server is the platform's own."""
        return _split(self.api_url).hostname == _split(CLOUD).hostname

    @property
    def is_here(self) -> bool:
        """Whether the Bot API server is on this machine."""
        return is_loopback(_split(self.api_url).hostname or "")


def _split(url: str) -> SplitResult:
    """Split an http or https URL with a host. Raises `ValueError`."""
    try:
        found = urlsplit(url)
        port = found.port
    except ValueError:
        raise ValueError("is not a URL") from None
    if found.scheme not in ("http", "https") or not found.hostname or port == 0:
        raise ValueError("must begin with https:// (or http://) and name a host")
    return found
