"""Finds what a text mentions: handles, addresses, domains and links, in one pass, with their places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from gateway.case import Span
from gateway.trust.claims import Claim, read_claim
from gateway.trust.directory import Directory
from gateway.trust.domains import split_host

MAX_TEXT = 100_000
_MAX_RUN = 2_000

# Runs of characters that names and links are made of. Scripts written without spaces end a run, so that a link inside
# a Chinese sentence is found; invisible characters do not, for they are a disguise.
_BEFORE_CJK = "\u00a1-\u0e00\u10a0-\u10ff\u13a0-\u13ff\u1d00-\u1fff\u200b-\u200f\u2060-\u2064\u2c60-\u2dff\ua640-\ua7ff"
_LATE = "\uab30-\uabbf\ufb00-\ufb06\ufe00-\ufe0f\ufeff\uff01-\uff0b\uff0d-\uff19\uff20-\uff5e\U0001d400-\U0001d7ff"
_RUN = re.compile(rf"[A-Za-z0-9@._%+\-:/?=&#~!\\$|{_BEFORE_CJK}{_LATE}。]+")
_START = ".,:;!?/\\-=&#+|~%$。"
_END = ".,:;!?-=&#+|~%$。…"
_SIGN = re.compile(r"[@＠.。．｡/_:]")
"""What a name or a link has and most words of a sentence have not."""
_STARTS_LINK = re.compile(r"(?i)(?:https?|hxxps?|tg):[\\/]{2}|www\.")


@dataclass(frozen=True, slots=True)
class Mention:
    """Something that a text names, read as a claim."""

    claim: Claim
    span: Span


def mentions(text: str, field: str, directory: Directory) -> Iterator[Mention]:
    """Yield what the text mentions, in its order."""
    for run in _RUN.finditer(text[:MAX_TEXT]):
        if not 3 <= len(run[0]) <= _MAX_RUN or not _SIGN.search(run[0].strip(_END)):
            continue
        for start, word in _words(run[0]):
            claim = read_claim(word) if _SIGN.search(word) else None
            if claim is not None and _names_something(claim, directory):
                begin = run.start() + start
                yield Mention(claim, Span(field=field, start=begin, end=begin + len(word)))


def _words(run: str) -> Iterator[tuple[int, str]]:
    """Cut a run where a link begins in it, and take sentence marks off both ends."""
    link = _STARTS_LINK.search(run)
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
