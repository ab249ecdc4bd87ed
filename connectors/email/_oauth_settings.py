"""What an operator writes to have a mail channel log in by OAuth 2.0 instead of a password."""

from __future__ import annotations

import re
from typing import Literal, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import BaseModel, Field, field_validator, model_validator

from gateway.ports import Secret, is_loopback

_TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,252}")
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")
_MANY_TENANTS = frozenset({"common", "organizations", "consumers"})


class OAuthSettings(BaseModel):
    """Who gives access tokens, and to which app; nothing of it counts without `oauth`."""

    oauth: Literal["google", "microsoft", "custom"] | None = Field(
        default=None,
        description="Log in at both servers by OAuth 2.0 (XOAUTH2) instead of a password: at `google` (Gmail), "
        "`microsoft` (Microsoft 365, Outlook), or a `custom` provider with addresses and scopes of its own.",
    )
    oauth_grant: Literal["person", "app"] = Field(
        default="person",
        description="`person`: somebody gives access with `gatehouse channels login NAME`, and the gateway renews it. "
        "`app`: the app has access of its own: at Microsoft 365 by client credentials, at Google as a service account "
        "with domain-wide delegation.",
    )
    oauth_client_id: str = Field(
        default="", description="The app's client id, as the provider gave it; a service account needs none here."
    )
    oauth_client_secret: Secret | None = Field(
        default=None,
        description="The app's client secret; none for a public app. The grant `app` needs one; at `google` it is the "
        "service account's key file (JSON).",
    )
    oauth_tenant: str = Field(
        default="common",
        description="The directory at `microsoft`: its id or domain. The grant `app`, and an app of one directory, "
        "need it.",
    )
    oauth_scopes: tuple[str, ...] = Field(
        default=(), description="What access is asked for; what the provider needs for mail when not given."
    )
    oauth_authorize_url: str = Field(
        default="", description="Where a person gives access: of a `custom` provider alone."
    )
    oauth_token_url: str = Field(default="", description="Where tokens are had: of a `custom` provider alone.")
    oauth_redirect_url: str = Field(
        default="http://localhost:8765/callback",
        description="Where a login leads the browser, as registered at the provider: https, or http on this machine.",
    )

    @property
    def by_token(self) -> bool:
        """Whether logins are made with access tokens instead of a password."""
        return self.oauth is not None

    @field_validator("oauth_client_id", mode="after")
    @classmethod
    def _is_id(cls, value: str) -> str:
        if not value.isascii() or not value.isprintable():
            raise ValueError("holds what no client id does")
        return value

    @field_validator("oauth_tenant", mode="after")
    @classmethod
    def _is_tenant(cls, value: str) -> str:
        if not _TENANT.fullmatch(value):
            raise ValueError("is neither the id nor the domain of a directory")
        return value

    @field_validator("oauth_scopes", mode="after")
    @classmethod
    def _are_scopes(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(map(_SCOPE.fullmatch, value)):
            raise ValueError("holds an empty scope, or one with a space; write each scope by itself")
        return value

    @field_validator("oauth_authorize_url", "oauth_token_url", "oauth_redirect_url", mode="after")
    @classmethod
    def _is_safe(cls, value: str) -> str:
        if not value:
            return value
        found = _split(value)
        if found.scheme != "https" and not (found.scheme == "http" and is_loopback(found.hostname or "")):
            raise ValueError("must be an https address, or http on this machine: secrets go there")
        return value

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.oauth is None:
            return self
        if not self.oauth_client_id and (self.oauth, self.oauth_grant) != ("google", "app"):
            raise ValueError("oauth needs oauth_client_id")
        if not self.oauth_redirect_url:
            raise ValueError("oauth needs oauth_redirect_url")
        if self.oauth == "custom":
            self._custom_is_whole()
        elif self.oauth_authorize_url or self.oauth_token_url:
            raise ValueError(
                'oauth_authorize_url and oauth_token_url are for oauth = "custom"; other providers\' are known'
            )
        if self.oauth_grant == "app":
            self._app_is_whole()
        return self

    def _custom_is_whole(self) -> None:
        if not self.oauth_token_url or not self.oauth_scopes:
            raise ValueError('oauth = "custom" needs oauth_token_url and oauth_scopes')
        if self.oauth_grant == "person" and not self.oauth_authorize_url:
            raise ValueError('oauth = "custom" needs oauth_authorize_url, the page where a person gives access')

    def _app_is_whole(self) -> None:
        if self.oauth_client_secret is None:
            raise ValueError('oauth_grant = "app" needs oauth_client_secret')
        if self.oauth == "microsoft" and self.oauth_tenant in _MANY_TENANTS:
            raise ValueError('oauth_grant = "app" needs oauth_tenant, the one directory that the mailbox is in')


def _split(url: str) -> SplitResult:
    if not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError("is not an address")
    try:
        found = urlsplit(url)
        usable = bool(found.hostname) and found.port != 0
    except ValueError:
        raise ValueError("is not an address") from None
    if not usable or found.username is not None or found.fragment:
        raise ValueError("is not an address, or holds a login or a fragment")
    return found
