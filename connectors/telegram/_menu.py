"""The menu of commands that Telegram shows beside the text field, by language; what they do is not known here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from telegram import Bot, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats

Commands = Mapping[str, Sequence[tuple[str, str]]]
"""By two-letter language code: each command, and what it does. The empty code is for all other languages."""

IN_GROUPS = frozenset({"help", "verify"})
"""What may be asked where everybody reads."""

MENU: Commands = MappingProxyType(
    {
        "": (
            ("start", "Begin"),
            ("help", "How to get help here"),
            ("new", "Write about something new"),
            ("status", "What became of your cases"),
            ("verify", "Is this account, address or link ours?"),
            ("report", "Report an impostor, step by step"),
            ("language", "Choose your language"),
            ("close", "Close a case"),
            ("cases", "A list of all your cases"),
            ("reopen", "Open a closed case again"),
            ("agent", "Talk to a person"),
            ("kyc", "How far your identity verification is"),
            ("security", "What the exchange says of your account's security"),
            ("link", "Show that another account is yours, too"),
        ),
        "zh": (
            ("start", "开始"),
            ("help", "如何获得帮助"),
            ("new", "咨询新的问题"),
            ("status", "查看我的工单进度"),
            ("verify", "核实账号、地址或链接是否为官方"),
            ("report", "举报冒充者（分步引导）"),
            ("language", "选择语言"),
            ("close", "关闭工单"),
            ("cases", "查看您的全部工单"),
            ("reopen", "重新打开已关闭的工单"),
            ("agent", "转人工客服"),
            ("kyc", "查询身份认证进度"),
            ("security", "查询交易平台对您账户安全的检查结果"),
            ("link", "证明另一个账号也属于您"),
        ),
    }
)


async def set_menu(bot: Bot, commands: Commands) -> None:
    """Set the menu of private chats and of groups in every language. Raises the library's errors."""
    for language, entries in commands.items():
        public = [entry for entry in entries if entry[0] in IN_GROUPS]
        await bot.set_my_commands(list(entries), BotCommandScopeAllPrivateChats(), language or None)
        await bot.set_my_commands(public, BotCommandScopeAllGroupChats(), language or None)
