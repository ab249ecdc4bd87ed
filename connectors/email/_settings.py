"""What an operator writes to run a mail channel."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, SecretStr, field_validator, model_validator

from connectors.email._address import MAX_LOCAL, parse_address, parse_domain
from connectors.email._checks_settings import CheckSettings
from connectors.email._oauth_settings import OAuthSettings
from connectors.email._old_settings import OldSettings
from gateway.ports import Secret, Unless, is_loopback

MAX_FOLDERS = 20
"""Of one channel: large providers allow 15 to 20 connections at a time to one mailbox."""
MAX_FOLDER_NAME = 500

MAX_TAG = 32
"""A signed tag in an address is not longer; see `gateway.ports.Reply`."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_NAME = re.compile(r"[^\s\x00-\x1f\x7f-\x9f;]{1,255}")
_BREAK = re.compile(r"[\x00\r\n]")


class SendingSettings(CheckSettings):
    """Our address, and the server that its mail goes out by; the same however mail comes in."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    address: str = Field(description="The mailbox's own address: answers come from it.")
    display_name: str = Field(
        default="", max_length=100, description="Name shown beside the address; the brand, not a person."
    )
    aliases: tuple[str, ...] = Field(
        default=(), description="Other addresses that lead to this mailbox; never answered as if they were users."
    )
    username: str | None = Field(
        default=None, min_length=1, description="Login at both servers; the address when not given."
    )
    password: Secret | None = Field(default=None, description="Password of the login at the SMTP server.")
    smtp_host: str = Field(description="Name of the SMTP server (the relay or submission server).")
    smtp_port: int = Field(
        default=465, ge=1, le=65535, description="Port of the SMTP server: 465 for tls, 587 starttls."
    )
    smtp_security: Literal["tls", "starttls", "plain"] = Field(
        default="tls",
        description="`tls` from the first byte, `starttls` (never skipped: a server without it is "
        "refused), or `plain` for a server on this machine.",
    )
    smtp_login: bool = Field(default=True, description="False for a relay that takes our mail without a login.")
    ca_file: Path | None = Field(
        default=None,
        description="PEM file of the authority that signed the servers' certificates, if private.",
    )
    authserv_ids: tuple[str, ...] = Field(
        default=(),
        description="Names under which the desk's own receiving servers write Authentication-Results; all others are "
        "not believed.",
    )
    plus_addressing: bool = Field(
        default=False,
        description="Ask for answers at `address` with a signed tag behind a +, so that they find their case even "
        "where a program drops the references. The mail server must deliver such addresses to this mailbox.",
    )
    step_secs: float = Field(default=30.0, gt=0, description="Longest wait for one answer of a server.")
    helo_name: str | None = Field(
        default=None, description="Name we give in EHLO; the domain of the address when not given."
    )

    @field_validator("address", "aliases", mode="after")
    @classmethod
    def _addresses(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        if isinstance(value, tuple):
            return tuple(_own_address(item) for item in value)
        return _own_address(value)

    @field_validator("display_name", "username", mode="after")
    @classmethod
    def _one_line(cls, value: str | None) -> str | None:
        return None if value is None else _without_controls(value)

    @field_validator("password", mode="after")
    @classmethod
    def _sendable(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and _BREAK.search(value.get_secret_value()):
            raise ValueError("the password holds a line break or a NUL, which no mail server can take")
        return value

    @field_validator("authserv_ids", mode="after")
    @classmethod
    def _names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any(not _NAME.fullmatch(name) for name in value):
            raise ValueError("holds an empty name, or one with a space; write the receiving server's name alone")
        return value

    @field_validator("smtp_host", "helo_name", mode="after")
    @classmethod
    def _hosts(cls, value: str | None) -> str | None:
        return None if value is None else _host(value)

    @model_validator(mode="after")
    def _sends_safely(self) -> Self:
        _refuse_plain("smtp", self.smtp_host, self.smtp_security)
        if self.smtp_login and self.password is None and not self.by_token:
            raise ValueError("smtp_login needs a password; write smtp_login = false for a relay that needs none")
        return self

    @model_validator(mode="after")
    def _tag_fits(self) -> Self:
        local = self.address.rpartition("@")[0]
        if self.plus_addressing and (local.startswith('"') or len(local) > MAX_LOCAL - 1 - MAX_TAG):
            raise ValueError(
                f"plus_addressing needs an address of at most {MAX_LOCAL - 1 - MAX_TAG} characters before the @, and "
                "without quotes; a tag must fit behind them"
            )
        return self

    @property
    def by_token(self) -> bool:
        """Whether logins are made with access tokens instead of a password."""
        return False

    def answer_address(self, tag: str) -> str:
        """Return where the answer to a mail with this tag is to go; empty where our own address is."""
        if not self.plus_addressing or not tag:
            return ""
        local, _, domain = self.address.rpartition("@")
        return f"{local}+{tag}@{domain}"

    @property
    def login(self) -> str:
        """The user name at both servers."""
        return self.username or self.address

    @property
    def domain(self) -> str:
        """The domain of our address, in ASCII."""
        return self.address.rpartition("@")[2]

    @property
    def helo(self) -> str:
        """The name that we give in EHLO."""
        return self.helo_name or self.domain


class EmailSettings(OldSettings, OAuthSettings, SendingSettings):
    """One mailbox read by IMAP and answered from by SMTP."""

    folders: tuple[str, ...] = Field(
        default=("INBOX",),
        min_length=1,
        max_length=MAX_FOLDERS,
        description="The folders to read, as people spell them, `/` between the levels; each takes one connection.",
    )
    password: Annotated[Secret | None, Unless("oauth")] = Field(
        default=None, description="Password, or an app password, of the mailbox; none with `oauth`."
    )
    imap_host: str = Field(description="Name of the IMAP server.")
    imap_port: int = Field(default=993, ge=1, le=65535, description="Port of the IMAP server.")
    imap_security: Literal["tls", "starttls", "plain"] = Field(
        default="tls",
        description="`tls` from the first byte, `starttls` (on port 143; never skipped: a server without it is "
        "refused), or `plain` for a server on this machine.",
    )
    max_mail_bytes: int = Field(
        default=26_214_400,
        ge=1024,
        le=268_435_456,
        description="Of a larger mail only the header is fetched; the case says so.",
    )
    batch: int = Field(default=100, ge=1, le=200, description="Most mails in one page.")
    idle_secs: float = Field(
        default=540.0,
        gt=0,
        le=1740,
        description="How long to wait for news before asking again; routers forget a line silent for ten minutes.",
    )
    after_storing: Literal["mark_read", "leave", "archive"] = Field(
        default="mark_read",
        description="What becomes of a mail in its folder once it is stored: `mark_read`, `leave` (the folders are "
        "opened for reading alone), or `archive`, which moves it to `archive_folder`.",
    )
    archive_folder: str | None = Field(
        default=None, description="Where `archive` moves mails to; a folder that is there and is not read."
    )

    @field_validator("folders", mode="after")
    @classmethod
    def _folder_names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        found = tuple(_folder(name) for name in value)
        if len(set(found)) < len(found):
            raise ValueError("names a folder twice")
        return found

    @field_validator("archive_folder", mode="after")
    @classmethod
    def _archive_name(cls, value: str | None) -> str | None:
        return None if value is None else _folder(value)

    @model_validator(mode="after")
    def _archives_elsewhere(self) -> Self:
        if (self.after_storing == "archive") != (self.archive_folder is not None):
            raise ValueError('after_storing = "archive" needs an archive_folder, and nothing else takes one')
        if self.archive_folder is not None and _alike(self.archive_folder) in map(_alike, self.folders):
            raise ValueError("archive_folder is one of the folders: what was moved there would be read again")
        return self

    @field_validator("imap_host", mode="after")
    @classmethod
    def _imap_name(cls, value: str) -> str:
        return _host(value)

    @model_validator(mode="after")
    def _reads_safely(self) -> Self:
        _refuse_plain("imap", self.imap_host, self.imap_security)
        return self

    @model_validator(mode="after")
    def _has_one_way_in(self) -> Self:
        if self.by_token == (self.password is not None):
            raise ValueError("needs either a password or oauth; not both")
        return self

    @property
    def places(self) -> tuple[tuple[str, ...], ...]:
        """The mailbox and folders that are read; logins are one whatever the case of their letters."""
        return tuple(map(self._place, self.folders))

    @property
    def filled_places(self) -> tuple[tuple[str, ...], ...]:
        """The mailbox and folder that mails are moved to."""
        return () if self.archive_folder is None else (self._place(self.archive_folder),)

    def _place(self, folder: str) -> tuple[str, ...]:
        return (self.imap_host.lower(), self.login.casefold(), folder)


def _own_address(text: str) -> str:
    address = parse_address(text.strip())
    if not address.ascii:
        raise ValueError("our own address must have an ASCII part before the @, or many users cannot answer")
    return address.text.lower()


def _host(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        pass
    try:
        return parse_domain(text.strip())
    except ValueError:
        raise ValueError("is not a host name or an IP address") from None


def _folder(name: str) -> str:
    if not 1 <= len(name) <= MAX_FOLDER_NAME:
        raise ValueError(f"holds an empty name, or one of more than {MAX_FOLDER_NAME} characters")
    # The one name that is the same however its letters are written (RFC 3501 section 5.1).
    return "INBOX" if name.upper() == "INBOX" else _without_controls(name)


def _alike(folder: str) -> str:
    """Return what two names have in common that a server may take for one folder."""
    return folder.replace(".", "/").casefold()


def _without_controls(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("holds a control character")
    return text


def _refuse_plain(side: str, host: str, security: str) -> None:
    if security == "plain" and not is_loopback(host):
        raise ValueError(
            f'{side}_security = "plain" would send the password and all mail readable over the network; it is '
            'allowed only for a server on this machine (localhost, 127.0.0.1, ::1); use "tls"'
        )
