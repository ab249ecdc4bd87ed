"""What an operator writes to have the gateway check the senders of mails itself."""

from __future__ import annotations

import ipaddress
from typing import Self

from pydantic import BaseModel, Field, field_validator, model_validator

from connectors.email._address import parse_domain
from gateway.ports import MailChecks

DNS_PORT = 53


class CheckSettings(BaseModel):
    """Whether mails are checked by SPF, DKIM, DMARC and ARC, with whose help, and whom the desk trusts in it."""

    own_checks: bool = Field(
        default=False,
        description="Check SPF, DKIM, DMARC and ARC ourselves where no server of `authserv_ids` has. SPF needs to know "
        "who brought the mail: where mail is fetched by IMAP, only the rest is checked.",
    )
    trusted_sealers: tuple[str, ...] = Field(
        default=(),
        description="Domains of forwarders and lists whose word on a mail counts when they sealed it (ARC), as in "
        '`["lists.example.org"]`; seals of others prove nothing.',
    )
    dns_servers: tuple[str, ...] = Field(
        default=(),
        max_length=8,
        description="DNS servers to ask in `own_checks` instead of the system's: ADDRESS or ADDRESS#PORT.",
    )

    @field_validator("trusted_sealers", mode="after")
    @classmethod
    def _sealers(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return tuple(parse_domain(name.strip()) for name in value)
        except ValueError:
            raise ValueError("one of them is no domain; write it without @, as in lists.example.org") from None

    @field_validator("dns_servers", mode="after")
    @classmethod
    def _servers(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            _server(each)
        return value

    @model_validator(mode="after")
    def _only_with_checks(self) -> Self:
        if not self.own_checks and (self.trusted_sealers or self.dns_servers):
            raise ValueError("trusted_sealers and dns_servers count only with own_checks = true")
        return self

    @property
    def mail_checks(self) -> MailChecks | None:
        """What the gateway is to check itself."""
        if not self.own_checks:
            return None
        return MailChecks(self.trusted_sealers, tuple(map(_server, self.dns_servers)))


def _server(text: str) -> tuple[str, int]:
    address, mark, port = text.partition("#")
    try:
        found = str(ipaddress.ip_address(address)), int(port) if mark else DNS_PORT
    except ValueError:
        found = "", 0
    if not 0 < found[1] < 65_536:
        raise ValueError("one of them is no DNS server; write its address in numbers: 192.0.2.1 or 192.0.2.1#5353")
    return found
