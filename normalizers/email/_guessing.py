"""Tells by the letters in which charset a text is written whose mail does not say so, among those of our users.

Only where the letters are frequent ones of a language is a charset named: in doubt there is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SAMPLE_BYTES = 20_000
_LEAST = 6
"""So many bytes above ASCII tell something."""
_SHARE = 0.45
"""So many of the letters are among the ten most frequent of their language; of another, hardly a fifth."""
_HIGH_RUNS = re.compile(rb"[\x80-\xff]+")
_GB_COMMON = re.compile(rb"[\xa1-\xa3\xb0-\xd7][\xa1-\xfe]")
_HANGUL = re.compile(rb"[\xb0-\xc8][\xa1-\xfe]")
_BIG5_COMMON = re.compile(rb"[\xa1-\xa3\xa4-\xc6][\x40-\x7e\xa1-\xfe]")
_KANA = re.compile("[\u3041-\u30fe]")
_HALF_WIDTH = re.compile("[\uff61-\uff9f]")
_ALPHABETS = (
    ("cp1251", frozenset("оеаинтсрвл")), ("koi8_r", frozenset("оеаинтсрвл")), ("cp1256", frozenset("اليمنوهرتب")),
)  # fmt: skip
"""Of charsets of one byte a letter, the ten most frequent letters of the language that is written in them."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """How the bytes above ASCII stand in a text."""

    sample: bytes
    high: int
    paired: int
    """How many stand in runs of an even length."""
    runs: int

    @classmethod
    def of(cls, data: bytes) -> _Shape:
        sample = data[:SAMPLE_BYTES]
        sizes = [run.end() - run.start() for run in _HIGH_RUNS.finditer(sample)]
        return cls(sample, sum(sizes), sum(size for size in sizes if size % 2 == 0), len(sizes))

    @property
    def in_words(self) -> bool:
        """Whether whole words stand above ASCII, and not single letters among others."""
        return self.high >= _LEAST and self.high >= 2.5 * self.runs

    @property
    def in_pairs(self) -> bool:
        return self.high >= 4 and self.paired >= 0.9 * self.high


def charset_of(data: bytes) -> str | None:
    """Return the codec that bytes without a believable charset are in, or None when their letters tell of none."""
    shape = _Shape.of(data)
    codec = _alphabetic(shape) or _korean(shape) or _chinese(shape) or _japanese(shape) or _taiwanese(shape)
    return codec if codec and _decoded(data, codec) is not None else None


def _alphabetic(shape: _Shape) -> str | None:
    if not shape.in_words:
        return None
    shares = [(_share(shape, codec, letters), codec) for codec, letters in _ALPHABETS]
    share, codec = max(shares)
    return codec if share >= _SHARE else None


def _share(shape: _Shape, codec: str, letters: frozenset[str]) -> float:
    """Return how many of the characters above ASCII are frequent letters."""
    text = shape.sample.decode(codec, "replace")
    return sum(character in letters for character in text) / shape.high


def _korean(shape: _Shape) -> str | None:
    """Return the codec of text all of whose pairs are Hangul: of Chinese, half have a higher first byte."""
    if not shape.in_pairs or shape.high < 2 * _LEAST:
        return None
    return "cp949" if 2 * len(_HANGUL.findall(shape.sample)) >= 0.95 * shape.high else None


def _chinese(shape: _Shape) -> str | None:
    common = 2 * len(_GB_COMMON.findall(shape.sample)) if shape.in_pairs else 0
    return "gb18030" if common and common >= 0.8 * shape.high else None


def _japanese(shape: _Shape) -> str | None:
    """Return the codec under which a third is kana of full width."""
    if shape.high < _LEAST:
        return None
    for codec in ("cp932", "euc_jp"):
        text = _decoded(shape.sample, codec, cut=len(shape.sample) == SAMPLE_BYTES) or ""
        above = sum(character > "\x7f" for character in text)
        if above and len(_KANA.findall(text)) >= above / 3 and len(_HALF_WIDTH.findall(text)) <= above / 10:
            return codec
    return None


def _taiwanese(shape: _Shape) -> str | None:
    text = _decoded(shape.sample, "big5hkscs", cut=len(shape.sample) == SAMPLE_BYTES) if shape.high >= _LEAST else None
    if not text:
        return None
    above = sum(character > "\x7f" for character in text)
    return "big5hkscs" if len(_BIG5_COMMON.findall(shape.sample)) >= 0.95 * above >= 3 else None


def _decoded(data: bytes, codec: str, *, cut: bool = False) -> str | None:
    """Return the text, None where bytes do not fit; `cut` bytes may end within a character."""
    try:
        return data.decode(codec, "ignore" if cut else "strict")
    except UnicodeError:
        return None
