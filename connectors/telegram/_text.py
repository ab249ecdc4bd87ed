"""Texts for Telegram: made harmless, and split where a reader would; pure.

Lengths are in UTF-16 code units, as Telegram counts them.
"""

from __future__ import annotations

import re
from unicodedata import category

MAX_UNITS = 4000
"""Telegram takes 4096; the rest is for what we and it may count differently."""
MAX_CAPTION_UNITS = 1024
_LEAST = 3
"""A part is at least one third full before a better place to cut is taken."""

_LINE_END = re.compile("\r\n|[\r\x85\u2028\u2029]")
_HARMFUL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\ufeff\ufff9-\ufffb]")
"""Controls, and what turns the writing direction of letters that have their own; marks and isolates stay: right-to-left
scripts are written with them."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINK = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,15}://|www\.|t\.me/)[^\s<>\"“”‘’\u3000-\u303f\u3040-\u30ff\u3400-\u9fff\uff00-\uffef]+"
    r"|[a-z0-9._%+-]{1,64}@[a-z0-9.-]+|@[a-z0-9_]+",
    re.IGNORECASE,
)
"""Links, addresses and names of accounts; where no spaces are written, ideographs and their punctuation end them."""
_CUTS = (
    re.compile(r"\n[ \t]*\n"),
    re.compile(r"\n"),
    re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|(?<=[。！？])[」』”’）]*"),
    re.compile(r"\s+"),
)
"""What divides paragraphs, lines, sentences and words: a part ends where one of these ends."""
_JOINER = "\u200d"
_REGIONAL = re.compile("[\U0001f1e6-\U0001f1ff]")
_EXTENDS = re.compile("[\u200c\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f\u1160-\u11ff]")
"""What belongs to the character before it, beside all marks: variation and skin, tags of flags, Hangul's later jamo."""
_VIRAMAS = frozenset("\u094d\u09cd\u0a4d\u0acd\u0b4d\u0c4d\u0d4d\u1039\u17d2")
"""Join two letters of an Indic or Khmer conjunct."""
_LONGEST_CLUSTER = 200
"""More marks on one letter than that are no letter any more."""


def units(text: str) -> int:
    """Return a text's length as Telegram counts it; pairs of surrogates count as such."""
    return len(text) + sum(character > "\uffff" for character in text)


def clean(text: str) -> str:
    """Return a text that can be sent and that shows what it says: no lone surrogates, no controls, no overrides."""
    text = _SURROGATE.sub("\ufffd", _LINE_END.sub("\n", text))
    return _HARMFUL.sub("", text).strip("\n").rstrip()


def one_line(text: str, most: int) -> str:
    """Return a harmless label or name: one line of at most so many units, cut between characters."""
    line = " ".join(clean(text).split())
    return line if units(line) <= most else line[: _last_boundary(line, most)].rstrip()


def split(text: str, most: int = MAX_UNITS) -> list[str]:
    """Return a clean text in parts of at most `most` units, in order; nothing but white space is lost at the cuts.

    Cut at the end of a paragraph, else of a line, a sentence, a word; else between two characters as a reader sees
    them, and never inside a link. A link, or a character, that alone is longer than a part is cut all the same.
    """
    parts = []
    while units(text) > most:
        at = _cut(text, most)
        parts.append(text[:at].rstrip())
        text = text[at:].lstrip("\n") if text[at - 1 : at] == "\n" else text[at:].lstrip()
    return [part for part in (*parts, text) if part.strip()]


def _cut(text: str, most: int) -> int:
    end = _index(text, most)
    # What follows a cut may be white space alone: a part that ends right before it is as good.
    window = text[: end + 1]
    for pattern in _CUTS:
        places = [match.end() for match in pattern.finditer(window)]
        for at in reversed(places):
            at = min(at, end)
            if at > end // _LEAST and not _joined(text, at):
                return at
    # No link holds any of these divisions, but one may lie where there is none of them.
    links = [
        match.span() for match in _LINK.finditer(text, 0, min(len(text), end + 2048)) if match.end() > end // _LEAST
    ]
    return _outside(text, links, end) or _last_boundary(text, most)


def _outside(text: str, links: list[tuple[int, int]], end: int) -> int:
    """Return the last place up to `end` between two characters and outside of links; 0 when there is none."""
    at = end
    for start, stop in reversed(links):
        if start < at < stop:
            at = start
    while at > 0 and _joined(text, at):
        at -= 1
        if end - at > _LONGEST_CLUSTER + max((stop - start for start, stop in links), default=0):
            return 0
    return at


def _last_boundary(text: str, most: int) -> int:
    """Return the last place between two characters that keeps to so many units; at least one code point is taken."""
    end = at = _index(text, most)
    while at > 0 and end - at <= _LONGEST_CLUSTER:
        if not _joined(text, at):
            return at
        at -= 1
    return max(end, 1)


def _index(text: str, most: int) -> int:
    """Return how many code points make up at most so many units."""
    if len(text) <= most and units(text) <= most:
        return len(text)
    taken = 0
    for index, character in enumerate(text):
        taken += 1 + (character > "\uffff")
        if taken > most:
            return index
    return len(text)


def _joined(text: str, at: int) -> bool:
    """Say whether the code points around a place make one character: marks, emoji in sequence, flags, conjuncts."""
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    if before.isspace():
        return False
    if before == _JOINER or _EXTENDS.match(after) or category(after).startswith("M"):
        return True
    if before in _VIRAMAS and after.isalpha():
        return True
    return bool(_REGIONAL.match(after) and _regionals_before(text, at) % 2)


def _regionals_before(text: str, at: int) -> int:
    start = at
    while start > 0 and _REGIONAL.match(text[start - 1]):
        start -= 1
    return at - start
