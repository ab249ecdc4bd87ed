"""What an operator says of floods and blocks: the settings that their rules go by."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

PUBLIC_DOMAINS = frozenset(
    {
        "126.com", "139.com", "163.com", "189.cn", "aliyun.com", "aol.com", "bk.ru", "bluewin.ch", "btinternet.com",
        "comcast.net", "daum.net", "earthlink.net", "email.cz", "fastmail.com", "foxmail.com", "free.fr", "freenet.de",
        "gmail.com", "gmx.at", "gmx.ch", "gmx.com", "gmx.de", "gmx.net", "googlemail.co.uk", "googlemail.com",
        "hanmail.net", "hey.com", "hotmail.co.uk", "hotmail.com", "hotmail.de", "hotmail.es", "hotmail.fr",
        "hotmail.it", "icloud.com", "icloud.com.cn", "inbox.ru", "interia.pl", "kakao.com", "laposte.net", "libero.it",
        "list.ru", "live.cn", "live.co.uk", "live.com", "live.de", "live.fr", "live.it", "live.nl", "mac.com",
        "mail.com", "mail.ee", "mail.ru", "mailbox.org", "me.com", "msn.com", "mynet.com", "naver.co", "naver.com",
        "o2.pl", "onet.pl", "op.pl", "orange.es", "orange.fr", "outlook.com", "outlook.com.br", "outlook.com.tr",
        "outlook.de", "outlook.es", "outlook.fr", "outlook.it", "outlook.jp", "pm.me", "posteo.de", "posteo.net",
        "proton.me", "protonmail.com", "qq.com", "rambler.ru", "rediffmail.com", "rocketmail.com", "seznam.cz",
        "sfr.fr", "sina.cn", "sina.com", "skynet.be", "sohu.com", "t-online.de", "terra.com.br", "tom.com",
        "tutamail.com", "tutanota.com", "ukr.net", "uol.com.br", "virgilio.it", "wanadoo.fr", "web.de", "wp.pl",
        "ya.ru", "yahoo.ca", "yahoo.cn", "yahoo.co.id", "yahoo.co.in", "yahoo.co.jp", "yahoo.co.kr", "yahoo.co.uk",
        "yahoo.com", "yahoo.com.ar", "yahoo.com.au", "yahoo.com.br", "yahoo.com.hk", "yahoo.com.mx", "yahoo.com.sg",
        "yahoo.com.tr", "yahoo.com.tw", "yahoo.com.vn", "yahoo.de", "yahoo.es", "yahoo.fr", "yahoo.in", "yahoo.it",
        "yandex.by", "yandex.com", "yandex.com.tr", "yandex.kz", "yandex.ru", "yeah.net", "ymail.com", "ziggo.nl",
        "zoho.com", "zoho.eu",
    }
)  # fmt: skip
"""Domains at which strangers to each other have their mailboxes: none is answerable for the others."""

_DOMAIN = re.compile(r"[^\s@/:.]+(?:\.[^\s@/:.]+)+")


def _domains(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return domains in small letters, as senders' are compared with them."""
    lowered = tuple(name.strip().casefold() for name in names)
    if not all(map(_DOMAIN.fullmatch, lowered)):
        raise ValueError("write domains alone, without @ and without what stands before it: gmx.at")
    return lowered


def _one_line(name: str) -> str:
    if not name.strip() or not name.isprintable():
        raise ValueError("must be one line, and not empty")
    return name.strip()


class AbusePolicy(BaseModel):
    """The `[abuse]` table of gatehouse.toml. Each budget is messages within an hour; 0 is no limit."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    per_sender: int = Field(
        default=60, ge=0, description="What one sender may write in an hour before it is folded into one case."
    )
    per_chat: int = Field(
        default=600, ge=0, description="What may be asked of us in one group in an hour before it is folded."
    )
    per_domain: int = Field(
        default=600,
        ge=0,
        description="What may come from one mail domain in an hour before it is folded; not for public providers.",
    )
    everybody: int = Field(
        default=60_000,
        ge=0,
        description="What may come from everybody in an hour before receipts stop; nothing is folded by this.",
    )
    public_domains: Annotated[tuple[str, ...], AfterValidator(_domains)] = Field(
        default=(),
        description="Mail domains whose senders are strangers to each other, beside the well-known public providers.",
    )
    queue: Annotated[str, AfterValidator(_one_line)] = Field(
        default="abuse", max_length=80, description="Where folded and blocked cases go."
    )
