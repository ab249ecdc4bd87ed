"""What an operator writes to run an X channel: one account of the brand, its access, its money and its rules."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from gateway.ports import Secret, is_loopback

CLOUD = "https://api.x.com"
MICROS = 1_000_000
"""Of these is one unit of the account's currency, in which the meter counts."""

_HANDLE = re.compile(r"[A-Za-z0-9_]{1,15}")
_LONGEST_URL = 200
_ID = re.compile(r"[1-9][0-9]{0,19}")
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")

Sacrifice = Literal["conversations", "profiles", "mentions", "messages", "receipts"]
"""What is given up when the budget runs short: look-alikes in public conversations, profiles of those asked after, the
pace of mentions, the pace of direct messages, automatic receipts. Agents' answers go out while there is any budget."""

Strict = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Prices(BaseModel):
    """What X asks for each thing, in dollars; as published in August 2026. They change: see the developer console."""

    model_config = Strict

    post_read: Decimal = Field(default=Decimal("0.005"), ge=0, description="One post that is read.")
    owned_read: Decimal = Field(
        default=Decimal("0.001"),
        ge=0,
        description="One post of our own mentions, when the app's owner is this account.",
    )
    user_read: Decimal = Field(default=Decimal("0.010"), ge=0, description="One account that is read.")
    message_read: Decimal = Field(default=Decimal("0.010"), ge=0, description="One event of direct messages.")
    event: Decimal = Field(default=Decimal("0.010"), ge=0, description="One event of the activity stream or webhook.")
    upkeep: Decimal = Field(
        default=Decimal(0), ge=0, description="One call that looks after webhooks and subscriptions; none is published."
    )
    post: Decimal = Field(default=Decimal("0.015"), ge=0, description="One post that is written.")
    summoned_reply: Decimal = Field(default=Decimal("0.010"), ge=0, description="One reply to a post that summoned us.")
    link_post: Decimal = Field(
        default=Decimal("0.200"), ge=0, description="One post with a link; the gateway sends none."
    )
    message: Decimal = Field(default=Decimal("0.015"), ge=0, description="One direct message that is sent.")


class XSettings(BaseModel):
    """One account, whose mentions and direct messages are read and answered."""

    model_config = Strict

    handle: str = Field(description="The account's handle, with or without @; `gatehouse check` compares it.")
    user_id: str = Field(
        description="The account's immutable number, which alone tells it from whoever takes its name."
    )

    auth: Literal["oauth1", "oauth2"] = Field(
        default="oauth1",
        description="`oauth1`: four keys from the developer console that do not expire. `oauth2`: access that a person "
        "gives with `gatehouse channels login`, renewed every two hours by the gateway.",
    )
    consumer_key: Secret | None = Field(default=None, description="The app's API key (`oauth1`).")
    consumer_secret: Secret | None = Field(
        default=None, description="The app's API key secret: `oauth1`, and the older signature of webhooks."
    )
    access_token: Secret | None = Field(default=None, description="The account's access token (`oauth1`).")
    access_secret: Secret | None = Field(default=None, description="The account's access token secret (`oauth1`).")
    client_id: str = Field(default="", description="The app's client id (`oauth2`).")
    client_secret: Secret | None = Field(
        default=None,
        description="The app's client secret, if it is a confidential one; X signs what it pushes to webhooks with it.",
    )
    redirect_url: str = Field(
        default="http://127.0.0.1:8765/callback",
        description="Where a login leads the browser, as registered (`oauth2`): https, or http on this machine.",
    )
    bearer_token: Secret | None = Field(
        default=None, description="The app's own token; `activity` needs it, nothing else does."
    )

    activity: Literal["off", "stream", "webhook"] = Field(
        default="off",
        description="How X tells at once that there is news: a stream that the gateway keeps open, or pushes to "
        "`webhook_url`. Only a hint: everything is read by polling all the same.",
    )
    webhook_url: str = Field(
        default="", description="Where X reaches this channel's door: the public address of `/in/NAME`."
    )

    spelling: Literal["tweet", "post"] = Field(
        default="post",
        description="How parameters are spelled in requests: `post.fields` (since August 2026) or `tweet.fields`. "
        "Answers are read in both.",
    )
    first_days: float = Field(
        default=1.0, ge=0, le=7, description="How far back mentions and messages are read when the channel is new."
    )
    mentions_secs: float = Field(default=60.0, ge=5, le=3600, description="Wait between two looks for mentions.")
    messages_secs: float = Field(default=64.0, ge=5, le=3600, description="Wait between two looks for direct messages.")
    conversations_secs: float = Field(
        default=300.0,
        ge=0,
        le=86_400,
        description="Wait between two looks for look-alikes in public conversations that mention us; 0 for never.",
    )
    conversations_hours: float = Field(
        default=24.0, gt=0, le=168, description="How long after its last mention a conversation is looked at."
    )
    owned_reads: bool = Field(
        default=False, description="The app belongs to this very account, so that its mentions cost less."
    )

    public_receipts: bool = Field(
        default=True,
        description="Answer who summons us in public at once, with a text that leads to direct messages. It takes the "
        "one public answer that X allows for that post; without, an agent's answer does.",
    )
    opt_out: tuple[str, ...] = Field(
        default=("stop", "unsubscribe", "opt out", "退订", "停止"),
        description="Who writes one of these alone gets nothing automatic any more, until he writes `start`.",
    )
    opt_in: tuple[str, ...] = Field(default=("start", "开始"), description="What lets automatic texts be sent again.")
    require_label: bool = Field(
        default=True,
        description="`gatehouse check` fails unless the account's profile says that it answers by machine.",
    )
    label_words: tuple[str, ...] = Field(
        default=("automated", "bot", "自动"), description="One of these in the profile's text counts as that label."
    )
    privacy_url: str = Field(
        default="",
        description="The privacy policy's https address, named in the first automatic direct message.",
    )

    budget: Decimal = Field(
        default=Decimal(10), ge=0, description="Dollars that the channel may spend in a UTC day, reading and writing."
    )
    give_up: tuple[Sacrifice, ...] = Field(
        default=("conversations", "profiles", "mentions", "messages", "receipts"),
        description="What is given up when the day's budget runs short, first to last; what is not named, never is, "
        "until the budget is spent.",
    )
    prices: Prices = Prices()

    max_file_bytes: int = Field(
        default=20 * 1024 * 1024,
        ge=1024,
        le=600 * 1024 * 1024,
        description="Larger files are not fetched; the case says so.",
    )
    media_hosts: tuple[str, ...] = Field(
        default=("pbs.twimg.com", "video.twimg.com", "ton.twitter.com", "ton.x.com"),
        description="Files are fetched from these hosts and from no other.",
    )
    api_url: str = Field(default=CLOUD, description="The API's server; another one for tests and proxies of your own.")
    join_secs: float = Field(
        default=2.0, ge=0, le=60, description="How long a direct message's ticket waits for more of it."
    )
    join_most_secs: float = Field(default=15.0, ge=0, le=300, description="How long it waits at most in all.")
    step_secs: float = Field(default=30.0, gt=0, le=120, description="Longest wait for an answer of the API.")

    @field_validator("handle", mode="after")
    @classmethod
    def _is_handle(cls, value: str) -> str:
        name = value.strip().removeprefix("@")
        if not _HANDLE.fullmatch(name):
            raise ValueError("is not a handle: 1 to 15 letters, digits and underscores")
        return name

    @field_validator("user_id", mode="after")
    @classmethod
    def _is_id(cls, value: str) -> str:
        if not _ID.fullmatch(value):
            raise ValueError("is not an account's number: digits alone")
        return value

    @field_validator("api_url", mode="after")
    @classmethod
    def _is_server(cls, value: str) -> str:
        found = _split(value)
        if found.scheme != "https" and not is_loopback(found.hostname or ""):
            raise ValueError("http would send the keys readable over the network; use https")
        return value.rstrip("/")

    @field_validator("redirect_url", mode="after")
    @classmethod
    def _is_way_back(cls, value: str) -> str:
        found = _split(value)
        if found.scheme != "https" and not is_loopback(found.hostname or ""):
            raise ValueError("http would send the login's code readable over the network; use https (http on loopback)")
        return value

    @field_validator("privacy_url", mode="after")
    @classmethod
    def _is_page(cls, value: str) -> str:
        if value and _split(value).scheme != "https":
            raise ValueError("must be an https address, or empty")
        return value

    @field_validator("opt_out", "opt_in", mode="after")
    @classmethod
    def _are_words(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        # Nothing but a name, or a picture without text, reads as an empty word.
        if not all(map(_said, value)):
            raise ValueError("holds an empty word")
        return value

    @field_validator("media_hosts", mode="after")
    @classmethod
    def _are_hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        hosts = tuple(each.lower() for each in value)
        if not all(map(_HOST.fullmatch, hosts)):
            raise ValueError('holds what is no host name, such as "pbs.twimg.com": no *, no https://, no port')
        return hosts

    @field_validator("budget", mode="before")
    @classmethod
    def _is_number(cls, value: object) -> object:
        if isinstance(value, str):
            raise ValueError("must be a number, such as 10, without quotes")  # noqa: TRY004 - what pydantic takes
        return value

    @model_validator(mode="after")
    def _has_access(self) -> XSettings:
        keys = (self.consumer_key, self.consumer_secret, self.access_token, self.access_secret)
        if self.auth == "oauth1" and None in keys:
            raise ValueError('auth = "oauth1" needs consumer_key, consumer_secret, access_token and access_secret')
        if self.auth == "oauth2" and not self.client_id:
            raise ValueError('auth = "oauth2" needs client_id')
        return self

    @model_validator(mode="after")
    def _activity_is_whole(self) -> XSettings:
        if self.activity != "off" and self.bearer_token is None:
            raise ValueError(f'activity = "{self.activity}" needs bearer_token')
        if self.activity == "webhook":
            if not self.webhook_url or (self.consumer_secret is None and self.client_secret is None):
                raise ValueError('activity = "webhook" needs webhook_url, and consumer_secret or client_secret')
            if len(self.webhook_url) > _LONGEST_URL:
                raise ValueError(f"X takes no webhook_url longer than {_LONGEST_URL} characters")
            url = _split(self.webhook_url)
            if self.is_cloud and (url.scheme != "https" or url.port is not None):
                raise ValueError("X calls webhook_url by https alone, and takes no port in it")
        return self

    @model_validator(mode="after")
    def _joins_end(self) -> XSettings:
        if self.join_most_secs < self.join_secs:
            raise ValueError("join_most_secs must not be less than join_secs")
        return self

    @model_validator(mode="after")
    def _words_say_one_thing(self) -> XSettings:
        if set(map(_said, self.opt_out)) & set(map(_said, self.opt_in)):
            raise ValueError("opt_out and opt_in share a word, which would always opt out")
        return self

    @property
    def places(self) -> tuple[tuple[str, ...], ...]:
        """The account, whose news are read once."""
        return ((self.api_url.lower(), self.user_id),)

    @property
    def door(self) -> str:
        """The address at which X pushes; empty when it does not."""
        return self.webhook_url if self.activity == "webhook" else ""

    @property
    def is_cloud(self) -> bool:
        """Whether the API's server is the platform's own."""
        return _split(self.api_url).hostname == _split(CLOUD).hostname

    @property
    def budget_micros(self) -> int:
        """The day's budget as the meter counts."""
        return int(self.budget * MICROS)


def _said(word: str) -> str:
    """Return a word as it is compared with what somebody writes."""
    return " ".join(word.casefold().split())


def _split(url: str) -> SplitResult:
    """Split an http or https URL with a host. Raises `ValueError`."""
    # `urlsplit` passes over line breaks and tabs, which would stay in the address.
    if " " in url or not url.isprintable():
        raise ValueError("is not a URL")
    try:
        found = urlsplit(url)
        port = found.port
    except ValueError:
        raise ValueError("is not a URL") from None
    if found.scheme not in ("http", "https") or not found.hostname or port == 0:
        raise ValueError("must begin with https:// (or http://) and name a host")
    return found
