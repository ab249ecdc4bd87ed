"""Finds links in plain text, and tells where a link shows another address than the one it leads to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import itemgetter
from urllib.parse import urlsplit

from gateway.case import Evidence, Link, Span
from normalizers.email import _limits

_URL = re.compile(r"(?i)(?<![a-z0-9@])(?:https?://|www\.)[^\s<>\"“”‘’「」『』【】（）《》，。；！？、]{2,2000}")
_SIGNS = {"://": (5, 4), "w.": (2,), "W.": (2,)}
"""What every link holds near its beginning, and how far behind that."""
_PLAIN = re.compile(r"[Hh][Tt][Tt][Pp][Ss]?://([A-Za-z0-9.-]+)(?:[/?#][!-~]*)?")
"""A link that nobody reads in two ways."""
_CJK = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]")
_SHOWN = re.compile(
    r"(?i)^\s*(?:https?://)?((?:[\w-]{1,63}\.){1,8}[a-z\u0080-\uffff][\w-]{1,62})(?:[:/?#]\S{0,2000})?\s*$"
)
_DIFFERENCES = 20


def in_text(text: str, taken: tuple[Link, ...] = ()) -> Iterator[Link]:
    """Return the links that a text shows in plain sight, but those standing within links already known."""
    known = [(link.span.start, link.span.end) for link in taken if link.span]
    place = 0
    for match in _urls(text):
        start, url = match.start(), _trimmed(match[0])
        while place < len(known) and known[place][1] <= start:
            place += 1
        if place < len(known) and known[place][0] <= start:
            continue
        yield Link(url=url, text=url, span=Span(field="text", start=start, end=start + len(url)))


def _urls(text: str) -> Iterator[re.Match[str]]:
    """Yield the links of a text, looked for only where a sign of one stands: most texts hold few or none."""
    here = 0
    signs = {sign: text.find(sign) for sign in _SIGNS}
    while signs := {sign: spot for sign, spot in signs.items() if spot >= 0}:
        sign, spot = min(signs.items(), key=itemgetter(1))
        found = (_URL.match(text, spot - back) for back in _SIGNS[sign] if spot - back >= here)
        match = next((each for each in found if each is not None), None)
        here = match.end() if match is not None else spot + len(sign)
        signs = {sign: spot if spot >= here else text.find(sign, here) for sign, spot in signs.items()}
        if match is not None:
            yield match


def differences(links: tuple[Link, ...]) -> tuple[Evidence, ...]:
    """Return, for each link that shows one host and leads to another, what it shows and where it leads."""
    found = []
    for link in links:
        shown = _SHOWN.match(link.text[:300])
        if shown and shown[1].lower().removeprefix("www.") != host_of(link.url).removeprefix("www."):
            found.append(Evidence(name="link-shown-differs", value=f"{shown[1][:250]} -> {link.url[:500]}"))
    return tuple(found[:_DIFFERENCES])


def host_of(url: str) -> str:
    """Return the host of a link in lower case, or an empty string."""
    if (plain := _PLAIN.fullmatch(url)) is not None:
        return plain[1].lower()
    try:
        return (urlsplit(url if "://" in url else f"//{url}").hostname or "").lower()
    except ValueError:
        return ""


def _trimmed(url: str) -> str:
    """Return a link without the punctuation of the sentence around it."""
    if url.isascii() is False and (match := _CJK.search(url)) and url[: match.start()].isascii():
        beyond_scheme = url[: match.start()].partition("://")[2] or url[: match.start()]
        url = url[: match.start()] if "." in beyond_scheme.rstrip(".") else url
    url = url.rstrip(".,;:!?'\"*_|")
    while url.endswith((")", "]")) and url.count(url[-1]) > url.count({")": "(", "]": "["}[url[-1]]):
        url = url[:-1].rstrip(".,;:!?'\"")
    return url


def capped(links: tuple[Link, ...]) -> tuple[Link, ...]:
    """Return the links within the cap, each (target, text, place) once."""
    return tuple({(link.url, link.text, link.span): link for link in links}.values())[: _limits.LINKS]
