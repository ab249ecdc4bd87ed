"""What a reader, or a phone, makes of a text that hides something: spaced, encoded, look-alike letters; pure."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from unicodedata import category, digit, normalize

_ENCODED = re.compile(r"%(2[ef]|3a|40|5f)", re.IGNORECASE)
_FENCED = re.compile(
    r"[\[({<«【「『]\s*([.:/@。]|//|dot|d0t|at|punto|ponto|point|точка|点|點)\s*[\])}>»】」』]", re.IGNORECASE
)
_SPELLED_SIGNS = {"dot": ".", "d0t": ".", "punto": ".", "ponto": ".", "point": ".", "точка": ".", "点": ".", "點": "."}
_SPACED = re.compile(r"(?<!\S)(?:[\w.:/@-][^\S\n]+){3,}[\w.:/@-](?!\S)")
_OVERLAYS = re.compile("[\u0300-\u036f\u0488\u0489\u20d0-\u20f0\ufe00-\ufe0f]")
_BLOCKS = {base + offset: chr(ord("A") + offset) for base in (0x1F150, 0x1F170) for offset in range(26)}
"""Letters on a dark ground, which no normal form spells out."""
_FULL_STOPS = dict.fromkeys(map(ord, "\u06d4\u0701\u0702\u2024\ua4f8\u2cf9\ufe52"), ".")
_LOOK_ALIKE = str.maketrans(
    "аАеЕоОрРсСхХуУіІѕЅјЈһнНкКмМтТвВгԁԛԝοΟαΑεΕνΝιΙκΚρΡτΤχΧυΥ",
    "aAeEoOpPcCxXyYiIsSjJhhHkKmMtTvBrdqwoOaAeEvNiIkKpPtTxXuY",
)
"""Cyrillic and Greek letters, and the Latin ones that a hurried reader takes them for."""


def readings(text: str) -> Sequence[str]:
    """Return the ways to read a text, each once: as it stands, spaced letters joined, look-alikes as Latin letters."""
    plain = _plain(text)
    fenced = [_FENCED.sub(_sign, each) for each in (plain, plain.translate(_LOOK_ALIKE))]
    joined = [_SPACED.sub(lambda found: "".join(found[0].split()), each) for each in fenced]
    return tuple(dict.fromkeys((*fenced, *joined)))


def visible(text: str) -> str:
    """Return a text without what nobody sees."""
    return "".join(one for one in text if one in "\n\t" or category(one) not in ("Cc", "Cf", "Cs")).strip()


def _plain(text: str) -> str:
    """Return a text in one spelling: letters and digits of one shape, signs instead of what stands for them."""
    text = _ENCODED.sub(lambda found: chr(int(found[1], 16)), html.unescape(text))
    text = normalize("NFKC", text.translate(_BLOCKS)).translate(_FULL_STOPS)
    text = _OVERLAYS.sub("", visible(text))
    return "".join(str(digit(one)) if not one.isascii() and one.isdecimal() else one for one in text)


def _sign(found: re.Match[str]) -> str:
    said = found[1].lower()
    return "@" if said == "at" else _SPELLED_SIGNS.get(said, said)
