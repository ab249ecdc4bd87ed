"""Finds all secrets of a text, in windows where it is long, and until masking it once more would change nothing."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from gateway.trust.secrets.chinese import find_chinese
from gateway.trust.secrets.credentials import find_credentials
from gateway.trust.secrets.encoded import at_source, decoded
from gateway.trust.secrets.keys import find_keys
from gateway.trust.secrets.model import MARK, Secret, joined, marker, masked
from gateway.trust.secrets.numbers import find_numbers
from gateway.trust.secrets.page import read_page
from gateway.trust.secrets.phrases import find_phrases

WINDOW = 65_536
OVERLAP = 8_192
"""How much two windows share, in characters: more than the longest secret that is read as a whole."""
_MAX_ROUNDS = 4
"""How often a text is read again; a long one only once, for that takes long and brings hardly anything."""
_MAX_BEFORE = 1_000
"""How much of what was written before counts, in characters."""
_OF_PHRASES = frozenset({marker("seed_phrase"), marker("seed_share")})

Patterns = Sequence[re.Pattern[str]]


def find_secrets(text: str, patterns: Patterns = (), before: str = "") -> tuple[Secret, ...]:
    """Return the secrets of a text, in order and apart; `patterns` are those of identity numbers.

    `before` is what the same person wrote right before, masked or not: it tells what the text is, and is not searched.

    What stands around a value tells what it is, and masking brings values together: the text is read again as masked,
    until nothing is found any more, so that masking twice is masking once.
    """
    found = _read(text, patterns, before)
    for _ in range(_MAX_ROUNDS if len(text) <= WINDOW else 1):
        if not found:
            break
        more = _read(masked(text, found), patterns, before)
        if not more:
            break
        found = joined((*found, *_moved(found, more)))
    return found


def mask(text: str, patterns: Patterns = (), before: str = "") -> tuple[str, tuple[Secret, ...]]:
    """Return a text without its secrets, and the secrets, with their places in the text as it was."""
    secrets = find_secrets(text, patterns, before)
    return (masked(text, secrets) if secrets else text), secrets


def _read(text: str, patterns: Patterns, before: str = "") -> tuple[Secret, ...]:
    if before:
        return tuple(_read_after(_context(before), text, patterns))
    if len(text) <= WINDOW:
        return joined(_found(text, patterns))
    step = WINDOW - OVERLAP
    windows = range(0, len(text) - OVERLAP, step)
    return joined(
        Secret(item.kind, item.start + low, item.end + low, item.confidence)
        for low in windows
        for item in _found(text[low : low + WINDOW], patterns)
    )


def _context(before: str) -> str:
    """Return the end of what was written before; where a phrase was removed from it, words that speak of one."""
    return (
        MARK.sub(lambda match: "seed phrase:" if match.group() in _OF_PHRASES else "\0", before[-_MAX_BEFORE:]) + "\n"
    )


def _read_after(context: str, text: str, patterns: Patterns) -> Iterator[Secret]:
    """Yield the secrets of a text that is read after another: what of them is in the text itself."""
    for item in _read(context + text, patterns):
        start = max(item.start - len(context), 0)
        end = item.end - len(context)
        if end > 0:
            start += len(text[start:end]) - len(text[start:end].lstrip())
            yield Secret(item.kind, start, end, item.confidence)


def _found(text: str, patterns: Patterns) -> Iterator[Secret]:
    yield from _plain(text, patterns)
    layer = decoded(text)
    if layer is not None:
        yield from filter(None, (at_source(layer, secret) for secret in _plain(layer.text(), patterns)))


def _plain(text: str, patterns: Patterns) -> Iterator[Secret]:
    page = read_page(text)
    yield from find_phrases(page)
    yield from find_chinese(page)
    yield from find_keys(page)
    yield from find_credentials(page)
    yield from find_numbers(page, patterns)


def _moved(first: Iterable[Secret], later: Iterable[Secret]) -> Iterator[Secret]:
    """Yield secrets found in the masked text, at their places in the text before it was masked."""
    ends, shifts = [0], [0]
    for secret in first:
        shifts.append(shifts[-1] + secret.end - secret.start - len(marker(secret.kind)))
        ends.append(secret.end - shifts[-1])
    for secret in later:
        start = secret.start + shifts[bisect_right(ends, secret.start) - 1]
        end = secret.end + shifts[bisect_right(ends, secret.end) - 1]
        yield Secret(secret.kind, start, end, secret.confidence)
