"""Finds links and mail addresses. What stands inside a link may be an entity of its own."""

from __future__ import annotations

import re
from functools import cache

import tldextract

from gateway.triage.entities.page import Page

_SCHEME = re.compile(r"(?i)(?<![a-z0-9])(?:https?|ftp)://[!-~]{1,4000}|(?<![a-z0-9@.])www\.[a-z0-9][!-~]{2,4000}")
_HOST = re.compile(
    r"(?<![A-Za-z0-9@.\-_/])(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}([A-Za-z]{2,18})(?![A-Za-z0-9@_-]|\.[A-Za-z0-9])"
    r"(?::[0-9]{1,5})?(?:[/?#][!-~]{0,4000})?"
)
_DOTTED = re.compile(r"[A-Za-z0-9]\.[A-Za-z]{2}")
_LOCAL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}")
_DOMAIN = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,18}(?![A-Za-z0-9])")
_STOPS = re.compile(r"[<>\"`{}|\\^]")
_TRAILING = ".,;:!?'*_~)]"
_FILES = frozenset({"zip", "md", "py", "sh", "mov", "rs", "pl", "ps", "so", "bat", "doc"})
"""Ends of files that are also the ends of hosts; alone, without a path, they are read as files."""
_SENTENCES = (
    "is it in to no my so be at as am do by an la es se si un al et il ne ma or id pm how here now help live one"
)
_WORDS = frozenset(_SENTENCES.split())
"""Ends of hosts that are words: of two sentences without a space between them, rather than of a host."""
_OWN_ENDS = frozenset({"test", "example", "invalid"})


@cache
def _ends() -> frozenset[str]:
    """Return the topmost domains."""
    listed = tldextract.TLDExtract(cache_dir=None, suffix_list_urls=(), include_psl_private_domains=False).tlds
    return frozenset(each.rpartition(".")[2] for each in listed) | _OWN_ENDS


def find_links(page: Page) -> None:
    """Add the mail addresses and the links of a page."""
    plain = page.plain
    if "@" in plain:
        _mails(page)
    if "://" in plain or "www." in page.low:
        for match in _SCHEME.finditer(plain):
            _add(page, match.start(), match.end())
    if _DOTTED.search(plain):
        for match in _HOST.finditer(plain):
            if page.is_free(*match.span()) and _is_host(plain, match):
                _add(page, match.start(), match.end())


def _is_host(plain: str, match: re.Match[str]) -> bool:
    end = match[1].lower()
    if end not in _ends():
        return False
    bare = match.end() == match.end(1)
    if bare and (end in _FILES or match[1] not in (end, end.upper())):
        # A sentence that goes on without a space: `done.Then`.
        return False
    return not (bare and end in _WORDS and plain.count(".", match.start(), match.end()) == 1)


def _add(page: Page, start: int, end: int) -> None:
    stop = _STOPS.search(page.plain, start, end)
    end = _trimmed(page.plain, start, stop.start() if stop else end)
    page.add("link", start, end)


def _trimmed(plain: str, start: int, end: int) -> int:
    """Return where a link ends: the signs of the sentence around it do not belong to it."""
    while end > start and plain[end - 1] in _TRAILING:
        sign = plain[end - 1]
        if sign == ")" and plain.count("(", start, end) >= plain.count(")", start, end):
            break
        if sign == "]" and plain.count("[", start, end) >= plain.count("]", start, end):
            break
        if sign == "_" and end - start > 20:
            break
        end -= 1
    return end


def _mails(page: Page) -> None:
    plain = page.plain
    at = plain.find("@")
    while at >= 0:
        low = max(0, at - 64)
        before = _LOCAL.match(plain[low:at][::-1])
        after = _DOMAIN.match(plain, at + 1)
        if before is not None and after is not None:
            name = before[0].rstrip(".'-+%_")
            start = at - len(name)
            if name and not name.startswith(".") and page.is_free(start, after.end()):
                page.add("email", start, after.end())
        at = plain.find("@", at + 1)
