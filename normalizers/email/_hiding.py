"""Tells whether an element of HTML is hidden from its reader; in doubt it is not, for what is hidden is not read."""

from __future__ import annotations

import re
from enum import Enum

from normalizers.email._attributes import attributes_of

_SIGNS = ("none", "hid", "opacity:0", "font-size:0", "font-size:1p", "font-size:.")
_INKS, _WHITES = (";color:", '"color:', "'color:", "=color:", "color="), ("fff", "white", "255", "background")
_GONE = re.compile(
    r"(?i)display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all"
    r"|(?<![\w-])opacity\s*:\s*0+(?:\.0*)?\s*(?:[;!]|$)"
)
_FLAT = re.compile(r"(?i)(?<![\w-])(?:max-)?(?:height|width)\s*:\s*0(?:\.0*)?(?:px|pt|em|rem)?\s*(?:[;!]|$)")
_CUT_OFF = re.compile(r"(?i)overflow\s*:\s*hidden")
_TINY = re.compile(
    r"(?i)(?<![\w-])font-size\s*:\s*(?:0+(?:\.0*)?(?:px|pt|em|rem|%)?|0*(?:\.\d+|1(?:\.0*)?)(?:px|pt))\s*(?:[;!]|$)"
)
_INK = re.compile(r"(?i)(?<![\w-])color\s*:\s*([^;!]{1,60})")
_PAPER = re.compile(r"(?i)(?<![\w-])background(?:-color)?\s*:\s*([^;!]{1,60})")
_WHITE = re.compile(r"(?i)\s*(?:#fff(?:fff)?|white|rgba?\(\s*255\s*,\s*255\s*,\s*255\s*(?:,[^)]{0,9})?\))\s*$")
_OTHER_PAPER = re.compile(
    r"""(?i)(?:background(?:-color|-image)?|bgcolor)\s*+[:=]\s*+(?:["']\s*+)?"""
    r"""(?!["'\s]|#fff(?:fff)?\b|white\b|transparent|none|inherit|initial|rgba?\(\s*255\s*,\s*255\s*,\s*255)"""
)
_SHOWS_AGAIN = re.compile(r"(?i)font-size|(?:^|[\s;\"'])font\s*:|color|background")


class Hides(Enum):
    """How an element hides what is in it."""

    ALL = "all"
    SIZE = "size"
    """Its words, unless an element in it chooses a size of its own; no picture."""
    INK = "ink"
    """Its words, unless an element in it chooses a colour of its own, as every link does; no picture."""


class Hiding:
    """Judges the elements of one HTML text."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._white_paper: bool | None = None
        self._known: dict[str, Hides | None] = {}
        """Programs that write HTML repeat themselves."""

    def how(self, attributes: str) -> Hides | None:
        """Return how an element hides its content by its own attributes; None when it does not."""
        if attributes not in self._known:
            self._known[attributes] = self._judged(attributes) if _may_hide(attributes) else None
        return self._known[attributes]

    def _judged(self, attributes: str) -> Hides | None:
        found = attributes_of(attributes)
        style = found.get("style", "")
        if "hidden" in found or _GONE.search(style) or (_FLAT.search(style) and _CUT_OFF.search(style)):
            return Hides.ALL
        if _TINY.search(style):
            return Hides.SIZE
        return Hides.INK if self._is_unseen(style, found.get("color", "")) else None

    def _is_unseen(self, style: str, color: str) -> bool:
        """Return whether ink and paper are alike: in one element, or white where the whole text has no other paper."""
        ink = _INK.search(style)
        written = ink[1].strip() if ink else color.strip()
        if not written:
            return False
        if (paper := _PAPER.search(style)) is not None:
            return paper[1].strip().lower() == written.lower()
        return bool(_WHITE.match(written)) and self._is_on_white()

    def _is_on_white(self) -> bool:
        if self._white_paper is None:
            self._white_paper = _OTHER_PAPER.search(self._html) is None
        return self._white_paper


def _may_hide(attributes: str) -> bool:
    """Whether attributes hold the signs of what hides something: nearly none do, and this costs little to see."""
    text = attributes.lower().replace(" ", "").replace("\n", "")
    return any(sign in text for sign in _SIGNS) or (
        any(sign in text for sign in _INKS) and any(sign in text for sign in _WHITES)
    )


def shows_again(attributes: str) -> bool:
    """Whether an element chooses a size or colour of its own."""
    return bool(_SHOWS_AGAIN.search(attributes))
