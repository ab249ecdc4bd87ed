"""What is known of those who give access to mailboxes: their addresses, the scopes for mail, how an app proves itself.

- Google: https://developers.google.com/identity/protocols/oauth2/native-app
- Microsoft: https://learn.microsoft.com/en-us/exchange/client-developer/legacy-protocols/
  how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import urlsplit

from connectors.email._settings import EmailSettings

_GOOGLE_PAGE = "https://accounts.google.com/o/oauth2/v2/auth"
_GOOGLE_TOKENS = "https://oauth2.googleapis.com/token"
_GOOGLE_SCOPES = ("https://mail.google.com/",)
_GOOGLE_ASKED = {"access_type": "offline", "prompt": "consent"}
"""Only so it gives a refresh token, and gives one again to a person who has given access before."""
_MICROSOFT = "https://login.microsoftonline.com"
_MICROSOFT_READS = "https://outlook.office.com/IMAP.AccessAsUser.All"
_MICROSOFT_SENDS = "https://outlook.office.com/SMTP.Send"
_MICROSOFT_APP = ("https://outlook.office365.com/.default",)
_NOT_TOLD = frozenset({"offline_access", "openid", "profile", "email", ".default"})
"""Scopes that a provider does not name among those that it gave."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider of access, as the settings choose it. `asked` goes into the address of its page."""

    name: str
    page: str
    tokens: str
    scopes: tuple[str, ...]
    asked: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    secret_in_body: bool = True
    """How the app proves itself: in the body, or by HTTP Basic as every server must take it (RFC 6749, 2.3.1)."""


def provider_of(settings: EmailSettings) -> Provider:
    """Return the provider that the settings choose."""
    if settings.oauth == "google":
        scopes = settings.oauth_scopes or _GOOGLE_SCOPES
        return Provider("Google", _GOOGLE_PAGE, _GOOGLE_TOKENS, scopes, _GOOGLE_ASKED)
    if settings.oauth == "microsoft":
        base = f"{_MICROSOFT}/{settings.oauth_tenant}/oauth2/v2.0"
        scopes = settings.oauth_scopes or _microsoft_scopes(settings)
        return Provider("Microsoft", f"{base}/authorize", f"{base}/token", scopes)
    return Provider(
        name=urlsplit(settings.oauth_token_url).hostname or "",
        page=settings.oauth_authorize_url,
        tokens=settings.oauth_token_url,
        scopes=settings.oauth_scopes,
        secret_in_body=False,
    )


def _microsoft_scopes(settings: EmailSettings) -> tuple[str, ...]:
    if settings.oauth_grant == "app":
        return _MICROSOFT_APP
    sends = (_MICROSOFT_SENDS,) if settings.smtp_login else ()
    return (_MICROSOFT_READS, *sends, "offline_access")


def missing_scopes(asked: tuple[str, ...], given: str) -> tuple[str, ...]:
    """Return what was asked for and not given; nothing where that is not told, as it need not be (RFC 6749, 5.1).

    Microsoft has two names for the host in a scope, and answers with either.
    """
    found = {_short(each) for each in given.split()}
    return tuple(each for each in asked if found and _short(each) not in found | _NOT_TOLD)


def _short(scope: str) -> str:
    return scope.rstrip("/").rpartition("/")[2].casefold()
