"""Finds what a text mentions: handles, addresses, domains and links, in one pass, with their places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from gateway.case import Span
from gateway.trust.claims import Claim, read_claim
from gateway.trust.directory import Directory
from gateway.trust.domains import endings, split_host

MAX_TEXT = 100_000
_MAX_RUN = 2_000

# Runs of characters that names and links are made of. Scripts written without spaces end a run, so that a link inside
# a Chinese sentence is found; invisible characters do not, for they are a disguise.
_BEFORE_CJK = "\u00a1-\u0e00\u10a0-\u10ff\u13a0-\u13ff\u1d00-\u1fff\u200b-\u200f\u2060-\u2064\u2c60-\u2dff\ua640-\ua7ff"
_LATE = "\uab30-\uabbf\ufb00-\ufb06\ufe00-\ufe0f\ufeff\uff01-\uff0b\uff0d-\uff19\uff20-\uff5e\U0001d400-\U0001d7ff"
_OF_RUN = rf"[A-Za-z0-9@._%+\-:/?=&#~!\\$|{_BEFORE_CJK}{_LATE}。]"
_RUN = re.compile(f"{_OF_RUN}+")
_START = ".,:;!?/\\-=&#+|~%$。"
_END = ".,:;!?-=&#+|~%$。…"
_SIGN = re.compile(r"[@＠.。．｡/_:]")
"""What a name or a link has and most words of a sentence have not."""
_SIGN_INSIDE = re.compile(rf"[@＠.。．/_:](?:(?<=[@＠．/_])|(?={_OF_RUN}))")
"""The same, but for the stops and colons that end a run, as they end a sentence: they are most of all."""
_NEAR = 64
_PLAIN_DOTTED = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_SINGLE_LABEL = re.compile(r"[A-Za-z0-9_-]{1,63}/|[0-9]{1,63}:[0-9]{1,20}\Z")
"""`and/or`, `24/7`, `12:30`: as a link its host would be one word, which nobody can register."""
_STARTS_LINK = re.compile(r"(?i)(?:https?|hxxps?|tg):[\\/]{2}|www\.")


@dataclass(frozen=True, slots=True)
class Mention:
    """Something that a text names, read as a claim."""

    claim: Claim
    span: Span


def mentions(text: str, field: str, directory: Directory) -> Iterator[Mention]:
    """Yield what the text mentions, in its order."""
    for place, run in _runs(text[:MAX_TEXT]):
        if not 3 <= len(run) <= _MAX_RUN or not _SIGN.search(run.strip(_END)):
            continue
        for start, word in _words(run):
            if not _SIGN.search(word) or _is_of_the_sentence(word, directory):
                continue
            claim = read_claim(word)
            if _names_something(claim, directory):
                begin = place + start
                yield Mention(claim, Span(field=field, start=begin, end=begin + len(word)))


def _runs(text: str) -> Iterator[tuple[int, str]]:
    """Yield the runs that hold a sign, with their places: from sign to sign, for most words of a text have none."""
    here = 0
    while (sign := _SIGN_INSIDE.search(text, here)) is not None:
        start, end = _run_start(text, here, sign.start()), sign.end()
        if (rest := _RUN.match(text, end)) is not None:
            end = rest.end()
        yield start, text[start:end]
        here = end


def _run_start(text: str, low: int, sign: int) -> int:
    """Return where the run begins that a sign stands in, or a place so far before it that the run is too long."""
    near = _length_before(text, low, sign, _NEAR)
    return sign - (near if near < _NEAR else _length_before(text, low, sign, _MAX_RUN + 1))


def _length_before(text: str, low: int, sign: int, most: int) -> int:
    before = _RUN.match(text[max(low, sign - most) : sign][::-1])
    return before.end() if before is not None else 0


def _is_of_the_sentence(word: str, directory: Directory) -> bool:
    """Whether it is seen without reading it that a word names nothing: `end.Start`, `and/or`, `3.50`."""
    if _SINGLE_LABEL.match(word):
        return True
    ending = word.rpartition(".")[2].lower()
    known = ending in endings() or ending in directory.suffixes or ending.startswith("xn--")
    return not known and _PLAIN_DOTTED.fullmatch(word) is not None


def _words(run: str) -> Iterator[tuple[int, str]]:
    """Cut a run where a link begins in it, and take sentence marks off both ends."""
    link = _STARTS_LINK.search(run) if ":" in run or "www." in run.lower() else None
    cuts = [0, link.start(), len(run)] if link and link.start() else [0, len(run)]
    for start, end in pairwise(cuts):
        piece = run[start:end]
        word = piece.lstrip(_START).rstrip(_END)
        if word:
            yield start + piece.index(word), word


def _names_something(claim: Claim, directory: Directory) -> bool:
    """Whether it is a name rather than a word of the sentence, such as `e.g.`, `and/or` or `end.Start`."""
    if claim.problem or claim.kind in ("unknown", "phone"):
        return False
    if claim.kind == "handle" or claim.handle or claim.host is None:
        return True
    parts = split_host(claim.host.ascii)
    return bool(parts.label) and (parts.known or parts.suffix in directory.suffixes or bool(claim.scheme))
