"""What is known of platforms: their names, their sites, and which account a path on such a site leads to."""

from __future__ import annotations

import re
from difflib import get_close_matches

from gateway.trust.domains import Host

PLATFORM_NAMES = {"twitter": "x", "tg": "telegram", "ig": "instagram", "fb": "facebook", "yt": "youtube"}
"""Other names of platforms, and the one that we use."""

_SITES = {
    "x.com": "x", "twitter.com": "x", "t.me": "telegram", "telegram.me": "telegram", "telegram.dog": "telegram",
    "instagram.com": "instagram", "facebook.com": "facebook", "youtube.com": "youtube", "tiktok.com": "tiktok",
    "linkedin.com": "linkedin", "github.com": "github", "medium.com": "medium", "reddit.com": "reddit",
}  # fmt: skip
PLATFORMS = frozenset(_SITES.values()) | {"discord", "wechat", "weibo", "whatsapp", "line", "email"}
"""The platforms whose names are understood before a colon, whether or not the directory lists an account there."""

_FOLDERS = {
    "telegram": frozenset({"s"}), "linkedin": frozenset({"company"}), "reddit": frozenset({"user", "u"}),
}  # fmt: skip
"""First segments of a path that are followed by the account's name."""
_OTHER_NAMES = {"linkedin": frozenset({"in", "school"}), "youtube": frozenset({"c", "user"})}
"""First segments that are followed by a name of another kind, which somebody else may bear."""
_NOT_ACCOUNTS = {
    "x": frozenset({"home", "i", "intent", "search", "share", "hashtag", "settings", "explore", "messages", "login"}),
    "telegram": frozenset({"joinchat", "share", "addstickers", "addemoji", "proxy", "socks", "iv", "c", "addlist"}),
    "youtube": frozenset({"channel", "watch", "redirect", "playlist", "results", "shorts", "live", "embed"}),
}
_POSTS_BY_NUMBER = frozenset({"x", "tiktok", "instagram", "facebook"})
"""They show a post by its number alone, whatever name stands before it."""
_INVITING_HOSTS = frozenset({"discord.gg", "chat.whatsapp.com", "signal.group", "lin.ee"})
_INVITING_PATHS = {
    "t.me": ("+", "joinchat/", "addlist/"), "telegram.me": ("+", "joinchat/"), "telegram.dog": ("+", "joinchat/"),
    "discord.com": ("invite/",), "discordapp.com": ("invite/",), "line.me": ("R/ti/", "ti/"), "wa.me": ("message/",),
    "x.com": ("i/communities/", "i/chat/"),
}  # fmt: skip
"""Links by which one joins whatever is behind them."""
_NUMBER_IN_PATH = {"wa.me": re.compile(r"/\+?([1-9][0-9]{6,14})/?"), "t.me": re.compile(r"/\+([1-9][0-9]{6,14})/?")}
"""Links that name a telephone number; a link to join has letters in its code."""
_MIRRORS = ("www.", "mobile.", "m.")
_LONG_NAME = 5


def platform_of(host: Host) -> tuple[str, str]:
    """Return the platform that a host belongs to, and the account that the host itself names; empty for none."""
    name = main_name(host.ascii)
    if name.endswith(".t.me") and name.count(".") == 2:
        return "telegram", name.removesuffix(".t.me")
    return _SITES.get(name, ""), ""


def main_name(host: str) -> str:
    """Return a host without what only leads to another make-up of the same site."""
    for prefix in _MIRRORS:
        host = host.removeprefix(prefix)
    return host


def account_in(platform: str, path: str) -> tuple[str, bool]:
    """Return the account that a path leads to, and whether it surely is the one that the directory calls so."""
    segments = [part for part in path.split("/") if part]
    if not segments or segments[0].lower() in _NOT_ACCOUNTS.get(platform, ()):
        return "", True
    if platform in _POSTS_BY_NUMBER and len(segments) > 1:
        return "", True
    first = segments[0].lower()
    sure = first not in _OTHER_NAMES.get(platform, ()) and (platform != "youtube" or first.startswith("@"))
    if first in _FOLDERS.get(platform, ()) or first in _OTHER_NAMES.get(platform, ()):
        segments = segments[1:]
    name = segments[0].removeprefix("@") if segments else ""
    return (name if len(name) <= 64 and not name.startswith("+") else ""), sure


def is_invitation(host: str, path: str) -> bool:
    """Whether a link is one to join by, which names nobody."""
    name = main_name(host)
    if name in _INVITING_HOSTS:
        return bool(path.strip("/"))
    return path.lstrip("/").startswith(_INVITING_PATHS.get(name, ()))


def number_in(host: str, path: str) -> str:
    """Return the telephone number that a link leads to, with + and country code; empty for none."""
    pattern = _NUMBER_IN_PATH.get(main_name(host))
    found = pattern.fullmatch(path) if pattern else None
    return f"+{found[1]}" if found else ""


def near_miss(platform: str) -> str:
    """Return the known platform that a name was probably meant to be; empty for a platform of a plugin's own."""
    known = {name: name for name in PLATFORMS} | PLATFORM_NAMES
    if platform in known:
        return ""
    close = get_close_matches(platform, [name for name in known if len(name) >= _LONG_NAME], n=1, cutoff=0.85)
    return known[close[0]] if close else ""
