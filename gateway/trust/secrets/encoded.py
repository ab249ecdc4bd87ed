"""Reads what a plain search misses: escapes of links, HTML and programs, unseen letters, words run together."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from html import unescape

from gateway.trust.secrets.layers import Layer
from gateway.trust.secrets.lists import word_lists
from gateway.trust.secrets.model import MARK, Secret

_SIGNS = ("%", "&", "<", "\\", "+")
_LONGEST_PLAIN = 24
"""Words run together are longer than this, in characters; ordinary words are not."""
_LOW, _HIGH = "a-zß-öø-ÿ", "A-ZÀ-ÖØ-Þ"
_UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff"
)
"""Letters that are not seen: those of the category Cf that are about, variation selectors and empty fillers."""
_WITHIN = re.compile(f"[{_UNSEEN}]\\w")
_RUN = re.compile(f"[{_LOW}{_HIGH}]{{{_LONGEST_PLAIN}}}")
_NEXT = "(?:25){0,4}"
"""A percent sign may be encoded itself, more than once."""
_TAIL = f"(?:%{_NEXT}[89abAB][0-9a-fA-F])"
_ENCODED = re.compile(
    rf"(?P<mark>{MARK.pattern})"
    f"|(?P<percent>%{_NEXT}[2-7][0-9a-fA-F]|%{_NEXT}0[9aAdD]|%{_NEXT}[cdCD][0-9a-fA-F]{_TAIL}"
    f"|%{_NEXT}[eE][0-9a-fA-F]{_TAIL}{{2}}|%{_NEXT}[fF][0-7]{_TAIL}{{3}})"
    r"|(?P<entity>&(?:amp;){0,4}(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)"
    r"|(?P<escape>\\{1,4}(?:[nrt]|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}))"
    r"|(?P<tag></?[A-Za-z][A-Za-z0-9]{0,15}(?:\s[^<>]{0,300})?/?>)"
    f"|(?P<unseen>[{_UNSEEN}]+)"
    r"|(?P<plus>(?<=[^\W\d_])\+(?=[^\W\d_]))"
    rf"|(?P<camel>(?<![^\W\d_])[{_LOW}{_HIGH}][{_LOW}]{{1,11}}(?:[{_HIGH}][{_LOW}]{{1,11}}){{5,}}(?![{_LOW}]))"
    r"|(?P<joined>(?<![^\W\d_])[a-z]{36,400}(?![^\W\d_]))"
)
_PERCENT = re.compile(f"%{_NEXT}([0-9a-fA-F]{{2}})")
_CAMEL = re.compile(f"[{_HIGH}]?[{_LOW}]+")
_BLOCK = re.compile("</?(?:br|p|div|li|tr|td|th|h[1-6])\\b", re.IGNORECASE)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def decoded(text: str) -> Layer | None:
    """Return a text as it reads once decoded; None where nothing in it is encoded. Marks of removed secrets stay."""
    if not _may_be_encoded(text):
        return None
    layer = Layer()
    here = 0
    for start, end, pieces in _decoded(text):
        layer.add(text[here:start], here, start)
        for piece, low, high in pieces:
            if low < high:
                layer.add(piece, low, high)
            else:
                layer.part(piece, low)
        here = end
    if not here:
        return None
    layer.add(text[here:], here, len(text))
    return layer


def _may_be_encoded(text: str) -> bool:
    """Whether a closer look pays. Cheap: most texts have nothing of the kind."""
    for sign in _SIGNS:
        if sign in text:
            return True
    if not text.isascii() and _WITHIN.search(text):
        return True
    return (
        len(text) >= _LONGEST_PLAIN
        and max(map(len, text.split()), default=0) >= _LONGEST_PLAIN
        and _RUN.search(text) is not None
    )


def at_source(layer: Layer, secret: Secret) -> Secret | None:
    """Return a secret of a decoded text at its place in the source: the whole stretch that it is written in."""
    places = list(layer.pieces(secret))
    return Secret(secret.kind, places[0][0], places[-1][1], secret.confidence) if places else None


_Piece = tuple[str, int, int]


def _decoded(text: str) -> Iterator[tuple[int, int, list[_Piece]]]:
    """Yield each encoded part of a text with what it reads as: texts at their places, or without one a space."""
    for match in _ENCODED.finditer(text):
        pieces = list(_read(match))
        if len(pieces) != 1 or pieces[0][0] != match.group():
            yield match.start(), match.end(), pieces


def _read(match: re.Match[str]) -> Iterator[_Piece]:
    start, end = match.span()
    whole = match.group()
    match match.lastgroup:
        case "percent":
            data = bytes(int(digits, 16) for digits in _PERCENT.findall(whole))
            yield data.decode("utf-8", "replace"), start, end
        case "entity":
            yield unescape("&" + whole.rpartition("&")[2].replace("amp;", "")), start, end
        case "escape":
            yield _escaped(whole.lstrip("\\")), start, end
        case "tag":
            yield "\n" if _BLOCK.match(whole) else " ", start, start
        case "plus":
            yield " ", start, end
        case "camel":
            yield from _parted(start, _CAMEL.findall(whole))
        case "joined":
            yield from _parted(start, next(filter(None, (_split(whole, words) for words in _latin_lists())), [whole]))
        case "mark":
            yield whole, start, end


def _escaped(letters: str) -> str:
    return _ESCAPES.get(letters) or chr(int(letters[1:], 16))


def _parted(start: int, words: list[str]) -> Iterator[_Piece]:
    """Yield words that are written without spaces, at their places, with a space between them."""
    for number, word in enumerate(words):
        if number:
            yield " ", start, start
        yield word, start, start + len(word)
        start += len(word)


@lru_cache(maxsize=1)
def _latin_lists() -> tuple[frozenset[str], ...]:
    """Return the words of each list that is written in plain Latin letters, English first."""
    lists = word_lists()
    found = [
        [word for word, codes in lists.codes.items() if word.isascii() and any(code >> 12 == number for code in codes)]
        for number, _ in enumerate(lists.names)
    ]
    return tuple(map(frozenset, filter(None, found)))


def _split(letters: str, known: Collection[str]) -> list[str]:
    """Return letters as the words that they are made of, the longest last word first; empty if they are not."""
    last = [0] * (len(letters) + 1)
    for end in range(3, len(letters) + 1):
        sizes = (size for size in range(min(9, end), 2, -1) if end == size or last[end - size])
        last[end] = next((size for size in sizes if letters[end - size : end] in known), 0)
        if end > 9 and not any(last[end - 8 : end + 1]):
            return []
    words: list[str] = []
    end = len(letters)
    while end and last[end]:
        words.append(letters[end - last[end] : end])
        end -= last[end]
    return [] if end else words[::-1]
