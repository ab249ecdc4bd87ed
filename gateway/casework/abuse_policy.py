"""What an operator says of floods and blocks: the settings that their rules go by."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

PUBLIC_DOMAINS = (
    "126.com", "163.com", "aol.com", "daum.net", "fastmail.com", "foxmail.com", "free.fr", "gmail.com", "gmx.com",
    "gmx.de", "gmx.net", "googlemail.com", "hanmail.net", "hey.com", "hotmail.com", "icloud.com", "laposte.net",
    "libero.it", "live.com", "mac.com", "mail.com", "mail.ru", "me.com", "msn.com", "naver.com", "orange.fr",
    "outlook.com", "pm.me", "proton.me", "protonmail.com", "qq.com", "rediffmail.com", "sina.com", "t-online.de",
    "terra.com.br", "tutanota.com", "uol.com.br", "web.de", "yahoo.co.jp", "yahoo.com", "yandex.com", "yandex.ru",
    "ymail.com", "zoho.com",
)  # fmt: skip
"""Domains at which strangers to each other have their mailboxes: none is answerable for the others."""


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
    public_domains: tuple[str, ...] = Field(
        default=(),
        description="Mail domains whose senders are strangers to each other, beside the well-known public providers.",
    )
    queue: str = Field(default="abuse", max_length=80, description="Where folded and blocked cases go.")
