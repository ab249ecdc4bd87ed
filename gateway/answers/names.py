"""Strangers' names made fit to stand in a text of ours: unclickable, short, and unable to carry a message of their own.

What does not fit is not repeated at all; the caller then says a general sentence.
"""

from __future__ import annotations

import re
import unicodedata

import idna

MAX_NAME = 48
"""Characters of a name that we repeat; look-alikes live by being short."""

_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]*[a-z0-9])")
_LOCAL = re.compile(r"[A-Za-z0-9]+(?:[._+-][A-Za-z0-9]+){0,2}")
_HANDLE = re.compile(r"@?[A-Za-z0-9_]{1,32}")
_LINK = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://(?:[^/?#\\]*@)?)?"  # scheme and user info
    r"([^/?#\\@:\s]+)(?::[0-9]*)?"  # host and port
    r"(?:[/\\]@?([^/?#\\]*)(?:[/?#\\].*)?|[?#].*)?",  # path, query, fragment
    re.IGNORECASE | re.DOTALL,
)
_PROFILE_HOSTS = frozenset(
    {"t.me", "telegram.me", "x.com", "twitter.com", "facebook.com", "instagram.com", "youtube.com", "discord.gg"}
)
"""Where a link's path names the account: the host alone would accuse the platform."""

_MANY_DIGITS = re.compile(r"[0-9]{7}")
_MAX_JOINTS = 3
"""Hyphens and underscores in a name: more make a sentence of it."""

_MAX_DOTS = 4

_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def defanged(name: str) -> str | None:
    """Return a domain, address, handle or a link's host as we may repeat it, e.g. ``0kx[.]com``; else None."""
    bare = name.strip()
    link = _LINK.fullmatch(bare)
    if link is not None:
        return _link(link[1], link[2] or "")
    local, _, domain = bare.rpartition("@")
    return _address(local, domain) if local else _handle(bare)


def one_line(text: str, limit: int) -> str:
    """Return text without control, format and bidirectional characters, on one line, cut to a length."""
    spaced = " ".join(text.split())
    # Nothing that Python calls printable is hidden.
    printable = spaced.isprintable()
    seen = spaced if printable else "".join(char for char in spaced if unicodedata.category(char) not in _HIDDEN)
    return seen if len(seen) <= limit else seen[: limit - 1].rstrip() + "…"


def many_lines(text: str) -> str:
    """Return text without control characters but line breaks and tabs, with plain line breaks."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        character for character in plain if character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs")
    ).strip("\n")


def _link(host: str, segment: str) -> str | None:
    """Return where a link leads; a single word without a dot is somebody's display name, which proves nothing."""
    domain = _domain(host)
    if domain is None or host.lower().removeprefix("www.") not in _PROFILE_HOSTS:
        return domain
    account = _handle(segment)
    return f"{domain}/{account.removeprefix('@')}" if account else None


def _domain(host: str) -> str | None:
    """Return a domain in ASCII (what is seen of a confusable is the danger), with its dots made unclickable."""
    bare = host.strip().rstrip(".").lower()
    try:
        ascii_host = bare if bare.isascii() else idna.encode(bare, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return None
    if len(ascii_host) > MAX_NAME or _DOMAIN.fullmatch(ascii_host) is None or ascii_host.count(".") > _MAX_DOTS:
        return None
    return None if _speaks(ascii_host) else ascii_host.replace(".", "[.]")


def _address(local: str, host: str) -> str | None:
    domain = _domain(host)
    if domain is None or len(local) + len(host) >= MAX_NAME or _LOCAL.fullmatch(local) is None or _speaks(local):
        return None
    return f"{local}@{domain}"


def _handle(name: str) -> str | None:
    if _HANDLE.fullmatch(name) is None or _speaks(name):
        return None
    return "@" + name.removeprefix("@")


def _speaks(name: str) -> bool:
    """Whether a name is long-jointed or numeric enough to be a sentence or a phone number."""
    joints = sum(name.replace("xn--", "").count(joint) for joint in "-_")
    digits = re.sub(r"[-_.]", "", name)
    return joints > _MAX_JOINTS or _MANY_DIGITS.search(digits) is not None
