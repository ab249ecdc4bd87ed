"""The made-up bot of the sandbox's desks, and the chat of the demo, as data: who says what, and what must come back."""

from __future__ import annotations

from dataclasses import dataclass

BOT = "examplex_support_bot"
BOT_NAME = "Examplex Support"
TOKEN = "8000000001:made-up-for-the-sandbox"  # noqa: S105 - made up, as it says
BOT_ID = TOKEN.partition(":")[0]
TOKEN_FILE = "telegram.token"  # noqa: S105 - a file's name
LOOK_ALIKE = "examp1ex_support_bot"
"""An account that is not the brand's, although it seems so."""

CHANNEL = """
[channels.telegram]
connector = "telegram"
bot = "{bot}"
token = {{ file = "{token_file}" }}
api_url = "{url}"
"""

ACCOUNT = """
[[brands.accounts]]
platform = "telegram"
handle = "{bot}"
id = "{bot_id}"
role = "support"
"""

CASE = "{case}"
"""Stands in what must come back for the number of the chat's case."""


@dataclass(frozen=True, slots=True)
class Line:
    """What the user, or the agent on the case, says; and words that must all be in the one message that comes back."""

    says: str
    hears: tuple[str, ...]
    by_agent: bool = False


USER = ("Wang", "Fang", "wangfang_t", "zh-hans")
"""First and last name, username, and the language of the app."""

CHAT: tuple[Line, ...] = (
    Line("您好，我昨天充值了 300 USDT，到现在还没有到账，请帮我查一下。", ("由充值团队处理", "TxID", CASE)),
    Line(f"/verify @{LOOK_ALIKE}", ("不是我们的", f"@{BOT}", "外形相似")),
    Line("您好，您的充值已经在链上确认，请刷新余额。", ("您的充值已经在链上确认",), by_agent=True),
    Line("/status", (CASE, "已回复")),
)


def channel(url: str) -> str:
    """Return the table of the bot's channel on a sandbox's server."""
    return CHANNEL.format(bot=BOT, token_file=TOKEN_FILE, url=url)


def account() -> str:
    """Return the bot's entry in the directory."""
    return ACCOUNT.format(bot=BOT, bot_id=BOT_ID)
