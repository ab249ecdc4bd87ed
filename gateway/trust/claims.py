"""Reading a claim: which handle, address, domain, link or number somebody asks about."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import parse_qs, unquote

from gateway.trust.confusables import visible
from gateway.trust.domains import Host, is_ip, read_host
from gateway.trust.schema import PLATFORM_NAMES

Kind = Literal["handle", "mail", "domain", "link", "phone", "unknown"]

MAX_CLAIM = 2048
_SHOWN = 200
_WRAPPERS = "<>()[]{}\"'`“”‘’«»「」『』"
_TAIL = ",;!?。，；！？、…:"
_SCHEME = re.compile(r"(?i)(?:https?|hxxps?):[\\/]*")
_ANY_SCHEME = re.compile(r"(?i)([a-z][a-z0-9+.-]{1,20}):[\\/]{2}")
_PREFIX = re.compile(r"([A-Za-z]{1,20}):@?([^\s:@/]{1,64})")
_PHONE = re.compile(r"\+[0-9 ().-]{7,24}")
_PORT = re.compile(r":[0-9]{0,5}$")
_NAMED_ADDRESS = re.compile(r"[^<>]{0,200}<([^<>\s]{1,320})>")

_PLATFORM_SITES = {
    "x.com": "x", "twitter.com": "x", "t.me": "telegram", "telegram.me": "telegram", "telegram.dog": "telegram",
    "instagram.com": "instagram", "facebook.com": "facebook", "youtube.com": "youtube", "tiktok.com": "tiktok",
    "linkedin.com": "linkedin", "github.com": "github", "medium.com": "medium", "reddit.com": "reddit",
}  # fmt: skip
PLATFORMS = frozenset(_PLATFORM_SITES.values()) | {"discord", "wechat", "weibo", "whatsapp", "line", "email"}
"""The platforms whose names are understood before a colon, whether or not the directory lists an account there."""
_FOLDERS = frozenset({"in", "company", "school", "user", "u", "c", "s"})
"""First segments of a path that are followed by the account's name."""
_NOT_ACCOUNTS = {
    "x": frozenset({"home", "i", "intent", "search", "share", "hashtag", "settings", "explore", "messages", "login"}),
    "telegram": frozenset({"joinchat", "share", "addstickers", "addemoji", "proxy", "socks", "iv", "c", "addlist"}),
}


@dataclass(frozen=True, slots=True)
class Claim:
    """What was asked about. `problem` tells why it cannot be read; then nothing else is filled in."""

    shown: str
    kind: Kind = "unknown"
    handle: str = ""
    platform: str = ""
    local: str = ""
    host: Host | None = None
    user_info: str = ""
    port: str = ""
    path: str = ""
    scheme: str = ""
    problem: str = ""

    @property
    def site(self) -> str:
        """The host's name as it is looked up."""
        return self.host.ascii if self.host else ""

    @property
    def canonical(self) -> str:
        """A link in the form in which listed links are compared: scheme, host, path; empty if it hides more."""
        if self.user_info or self.port or self.host is None or not self.host.exact:
            return ""
        return f"{self.scheme or 'https'}://{self.site}{self.path.rstrip('/')}"


def read_claim(text: str) -> Claim:
    """Read one claim; never raises."""
    if len(text) > MAX_CLAIM:
        return Claim(shown=visible(text[:_SHOWN]), problem="It is too long to be one account, address or link.")
    shown = visible(text).strip()[:_SHOWN]
    bare = _bare(text)
    named = _NAMED_ADDRESS.fullmatch(bare)
    if named:
        bare = _bare(named.group(1))
    if not visible(bare).strip("@."):
        return Claim(shown=shown, problem="There is nothing to look up.")
    if _PHONE.fullmatch(bare):
        return Claim(shown=shown, kind="phone", handle=re.sub(r"[ ().-]", "", bare))
    if any(char.isspace() for char in bare):
        return Claim(shown=shown, problem="Ask about one handle, address, domain or link at a time.")
    return _read_word(bare, shown)


def _bare(text: str) -> str:
    """Take off what people put around a name: spaces, quotation marks, brackets, the end of a sentence."""
    bare = text.strip()
    if bare.endswith(">") and not bare.startswith("<"):
        return bare
    return bare.strip(_WRAPPERS).rstrip(_TAIL).strip(_WRAPPERS).strip()


def _read_word(word: str, shown: str) -> Claim:
    if _SCHEME.match(word):
        return _read_link(word, shown)
    if word[:7].lower() == "mailto:":
        return _read_mail(unquote(word[7:].partition("?")[0]), shown)
    scheme = _ANY_SCHEME.match(word)
    if scheme:
        return _read_foreign_scheme(word, scheme.group(1).lower(), shown)
    prefixed = _PREFIX.fullmatch(word)
    if prefixed:
        platform = PLATFORM_NAMES.get(prefixed.group(1).lower(), prefixed.group(1).lower())
        if platform in PLATFORMS:
            return Claim(shown=shown, kind="handle", handle=prefixed.group(2), platform=platform)
    return _read_plain(word, shown)


def _read_plain(word: str, shown: str) -> Claim:
    if word[0] in "@＠":
        return _read_handle(word[1:], shown)
    at, slash = word.find("@"), min((place for sign in "/\\?#" if (place := word.find(sign)) >= 0), default=-1)
    if at >= 0 and (slash < 0 or at < slash):
        return _read_mail(word, shown)
    if slash >= 0 or _PORT.search(word):
        return _read_link(word, shown)
    if any(dot in word for dot in ".。．｡"):
        host = read_host(word)
        if host is None or is_ip(host.ascii):
            return Claim(shown=shown, problem="It cannot be read as a domain name.")
        return _account_or(Claim(shown=shown, kind="domain", host=host))
    return _read_handle(word, shown)


def _read_handle(name: str, shown: str) -> Claim:
    if len(name) > 64 or "@" in name or "/" in name or ":" in name:
        return Claim(shown=shown, problem="It cannot be read as the name of an account.")
    return Claim(shown=shown, kind="handle", handle=name)


def _read_mail(text: str, shown: str) -> Claim:
    local, _, domain = text.rpartition("@")
    host = read_host(domain)
    if host is None or "." not in host.ascii or not local or len(local) > 64:
        return Claim(shown=shown, problem="It cannot be read as a mail address.")
    return Claim(shown=shown, kind="mail", local=local, host=host)


def _read_foreign_scheme(word: str, scheme: str, shown: str) -> Claim:
    if scheme == "tg":
        query = parse_qs(word.partition("?")[2], max_num_fields=20) if word.count("&") < 20 else {}
        name = query.get("domain", [""])[0]
        if name:
            return replace(_read_handle(name, shown), platform="telegram")
    return Claim(shown=shown, problem=f'A link that starts with "{scheme}:" cannot be checked.')


def _read_link(word: str, shown: str) -> Claim:
    """Cut a link as browsers do: a backslash is a slash, the host stands after the last @ before the path."""
    found = _SCHEME.match(word)
    scheme = word[: word.index(":")].lower().replace("xx", "tt") if found else ""
    rest = word[found.end() :] if found else word
    rest = rest.replace("\\", "/")
    end = min((place for sign in "/?#" if (place := rest.find(sign)) >= 0), default=len(rest))
    user_info, _, authority = rest[:end].rpartition("@")
    port = _PORT.search(authority)
    name = unquote(authority[: port.start()] if port else authority)
    host = read_host(name)
    if host is None:
        return Claim(shown=shown, problem="It cannot be read as a link.")
    link = Claim(
        shown=shown,
        kind="link",
        host=host,
        user_info=unquote(user_info),
        port=port.group()[1:] if port else "",
        path=rest[end:],
        scheme=scheme,
    )
    return _account_or(link)


def _account_or(claim: Claim) -> Claim:
    """Tell the account that a link to a platform leads to, if it leads to one."""
    if claim.host is None or not claim.host.exact or claim.user_info:
        return claim
    name = claim.site
    for prefix in ("www.", "mobile.", "m."):
        name = name.removeprefix(prefix)
    if name.endswith(".t.me") and name.count(".") == 2:
        return replace(claim, platform="telegram", handle=name.removesuffix(".t.me"))
    platform = _PLATFORM_SITES.get(name, "")
    return replace(claim, platform=platform, handle=_account(platform, claim.path)) if platform else claim


def _account(platform: str, path: str) -> str:
    segments = [part for part in unquote(path.partition("?")[0].partition("#")[0]).split("/") if part]
    if not segments or segments[0].lower() in _NOT_ACCOUNTS.get(platform, ()):
        return ""
    if platform == "x" and len(segments) > 1:
        # X shows a post by its number alone, whatever name stands before it.
        return ""
    if segments[0].lower() in _FOLDERS:
        segments = segments[1:]
    name = segments[0].removeprefix("@") if segments else ""
    return name if name and len(name) <= 64 and not name.startswith("+") else ""
