"""What an operator writes to have his own mail server push mail to us."""

from __future__ import annotations

import ipaddress
import os
import re
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from connectors.email._settings import SendingSettings

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

HERE = ("127.0.0.0/8", "::1/128")
LONGEST_PATH = 100
"""Unix socket paths end at 107 bytes on Linux and 103 elsewhere."""
_LISTEN = re.compile(r"(?:(\d{1,3}(?:\.\d{1,3}){3})|\[([0-9A-Fa-f:.]+)\]):(\d{1,5})")


class LmtpSettings(SendingSettings):
    """One address whose mail is pushed to us by LMTP or SMTP, and answered from by SMTP."""

    protocol: Literal["lmtp", "smtp"] = Field(
        default="lmtp",
        description="`lmtp` for a mail server of the desk's own that delivers to us; `smtp` where it, or anybody in "
        "`allow`, sends to us as to any other server.",
    )
    listen: str = Field(default="127.0.0.1:8024", description="IP address and port; not used with `socket`.")
    socket: Path | None = Field(
        default=None, description="Path of a Unix socket to listen on instead; its folder has to be there."
    )
    socket_mode: Literal["0600", "0660"] = Field(
        default="0600", description="Who may connect to `socket`: the gateway's own user, or its group as well."
    )
    allow: tuple[str, ...] = Field(default=HERE, description="Networks that may connect; others are refused at once.")
    relays: tuple[str, ...] = Field(
        default=HERE,
        description="With `smtp`, networks of the desk's own servers: no rate holds them back, and XFORWARD tells whom "
        "they have a mail from. With `lmtp` all in `allow` are such.",
    )
    proxies: tuple[str, ...] = Field(
        default=(),
        description="Networks of load balancers that tell by the PROXY protocol (1 or 2) whom they connect; others "
        "then cannot connect, and `allow` speaks of whom they tell.",
    )
    tls_certificate: Path | None = Field(
        default=None,
        description="PEM file with our certificate and its chain: STARTTLS is offered. Read anew when it was renewed.",
    )
    tls_key: Path | None = Field(default=None, description="PEM file with the certificate's key, where it is apart.")
    require_tls: bool = Field(default=False, description="Take no mail before STARTTLS.")
    max_mail_bytes: int = Field(
        default=26_214_400, ge=1024, le=268_435_456, description="Larger mails are refused for good."
    )
    max_held_bytes: int = Field(
        default=134_217_728, ge=1024, description="Of all mails under way at once; more are put off."
    )
    max_recipients: int = Field(default=100, ge=1, le=1000, description="Of one mail; the others come separately.")
    max_lines: int = Field(default=50, ge=1, le=1000, description="Connections at once.")
    max_lines_each: int = Field(default=10, ge=1, description="Connections at once of one address that is no relay.")
    mails_per_minute: int = Field(
        default=60, ge=0, description="Mails of one address that is no relay; more are put off. 0 is no limit."
    )
    relay_mails_per_minute: int = Field(
        default=0, ge=0, description="Mails of one relay; more are put off. 0 is no limit."
    )
    command_secs: float = Field(default=300.0, gt=0, description="Longest wait for a command.")
    data_secs: float = Field(default=600.0, gt=0, description="Longest wait for the whole of a mail.")
    commit_secs: float = Field(
        default=30.0,
        gt=0,
        description="Longest wait for the journal before a mail is put off.",
    )

    @field_validator("listen", mode="after")
    @classmethod
    def _address_and_port(cls, value: str) -> str:
        found = _LISTEN.fullmatch(value)
        try:
            ipaddress.ip_address((found[1] or found[2]) if found else "")
        except ValueError:
            raise ValueError("write an IP address of this machine and a port, such as 127.0.0.1:8024") from None
        if found is None or int(found[3]) > 65_535:
            raise ValueError("the port is at most 65535")
        return value

    @field_validator("socket", mode="after")
    @classmethod
    def _short(cls, value: Path | None) -> Path | None:
        if value is not None and len(os.fsencode(value)) > LONGEST_PATH:
            raise ValueError(f"the path of a socket is at most {LONGEST_PATH} bytes long")
        return value

    @field_validator("allow", "relays", "proxies", mode="after")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return tuple(str(ipaddress.ip_network(item)) for item in value)
        except ValueError:
            raise ValueError("write networks such as 10.1.0.0/16, or single addresses") from None

    @model_validator(mode="after")
    def _listens_safely(self) -> Self:
        if self.socket is not None and self.proxies:
            raise ValueError("the PROXY protocol is for a port; a socket has no proxies")
        if self.require_tls and self.tls_certificate is None:
            raise ValueError("require_tls needs a tls_certificate")
        if self.max_held_bytes < self.max_mail_bytes:
            raise ValueError("max_held_bytes is less than one mail may have in max_mail_bytes")
        if self.protocol == "lmtp" and any(net.prefixlen == 0 for net in networks(self.allow)):
            raise ValueError('LMTP is for the desk\'s own mail server; to let everybody send, write protocol = "smtp"')
        if self.authserv_ids and self.takes_strangers:
            raise ValueError(
                "authserv_ids are believed because the desk's own server takes out what others forge under them; here "
                "others send to us directly: leave authserv_ids out, or let allow name no more than relays does"
            )
        return self

    @property
    def takes_strangers(self) -> bool:
        """Whether others than the desk's own servers may send to us."""
        if self.protocol == "lmtp" or self.socket is not None:
            return False
        own = networks(self.relays)
        return not all(any(_within(net, other) for other in own) for net in networks(self.allow))

    @property
    def host(self) -> str:
        """The address alone."""
        return self.listen.rpartition(":")[0].strip("[]")

    def port(self, seat: int) -> int:
        """Return the port of one engine of this machine: so many above the first; 0 is any that is free."""
        port = int(self.listen.rpartition(":")[2])
        return port + seat if port else 0

    def path(self, seat: int) -> Path | None:
        """Return the socket of one engine of this machine: `lmtp.sock`, `lmtp.1.sock`."""
        if self.socket is None or seat == 0:
            return self.socket
        return self.socket.with_suffix(f".{seat}{self.socket.suffix}")


def networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    """Return networks as they can be asked."""
    return tuple(ipaddress.ip_network(text) for text in texts)


def _within(net: Network, other: Network) -> bool:
    if isinstance(net, ipaddress.IPv4Network):
        return isinstance(other, ipaddress.IPv4Network) and net.subnet_of(other)
    return isinstance(other, ipaddress.IPv6Network) and net.subnet_of(other)
