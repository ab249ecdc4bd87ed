"""Reads a score of 1 to 5 from the beginning of what somebody wrote: a digit of any script, "5/5", or stars. Pure.

Where words stand right behind a bare number it is told that one cannot be sure: "5 thank you" is a score, and
"2 deposits are missing" is none.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from gateway.ratings import BEST

MAX_ASIDE = 60
"""Characters of a text behind a bare number that may still be a word on it, not a matter of its own."""
_FULL, _EMPTY = "★⭐🌟", "☆✩"
_STARS = re.compile(rf"(?:[{_FULL}][\ufe0f ]*)+(?:[{_EMPTY}][\ufe0f ]*)*")
_MARKS = "\ufe0f\u20e3"
"""What makes a picture of a character: `5️⃣`, `⭐️`."""
_INVISIBLE = "\u200e\u200f\u2066\u2067\u2068\u2069\ufeff"
"""What keyboards of right-to-left scripts put around numbers."""
_CHINESE = dict(zip("一二三四五", range(1, 6), strict=True))
_OF_FIVE = re.compile(r"\s?(?:/|\uff0f|von|of|de|sur|из|dari|üzerinden|من)\s?(?:5|\uff15|٥)(?!\w)", re.IGNORECASE)
_POINTS = re.compile(
    r"\s?(?:分|星|颗星|顆星|点|점|stars?|points?|sterne?|punkte?|estrellas?|estrelas?|puntos?|pontos?|étoiles?|points?"
    r"|зв[её]зд[аы]?|балл(?:а|ов)?|yıldız|puan|sao|điểm|bintang|نجوم|نجمة)(?!\w)",
    re.IGNORECASE,
)
_SEPARATORS = frozenset(".,;:!)-–—…。，；：！、）（(\"'؛،")
_BETWEEN = "".join(sorted(_SEPARATORS)) + " "
_LIST = re.compile(r"^[ \t]*(?:2|\uff12|٢)\s?[.)、）]", re.MULTILINE)
_MAX_LINE = 512


class Score(NamedTuple):
    """A score, and what else was written: `rest`. Not `sure`: the number may as well count what the words name."""

    score: int
    rest: str
    sure: bool = True


def read_score(text: str) -> Score | None:
    """Return the score that a text opens with, and the words behind it; None where there is none for sure."""
    text = text.strip().lstrip(_INVISIBLE)
    first, _, below = text.partition("\n")
    if not first or len(first) > _MAX_LINE:
        return None
    found = _stars(first) or _number(first)
    if found is None:
        return None
    score, after, sure = found
    rest = f"{after.strip().strip(_INVISIBLE)}\n{below.strip()}".strip()
    return Score(score, rest, sure)


def _stars(line: str) -> tuple[int, str, bool] | None:
    row = _STARS.match(line)
    if row is None:
        return None
    full, empty = (sum(char in kind for char in row[0]) for kind in (_FULL, _EMPTY))
    if full + empty > BEST or (empty and full + empty != BEST):
        return None
    return full, line[row.end() :].lstrip(_BETWEEN), True


def _number(line: str) -> tuple[int, str, bool] | None:
    score, after = _digit(line[0]), line[1:].lstrip(_MARKS)
    if score is None or (line[0] in _CHINESE and after[:1] and _POINTS.match(after) is None):
        return None
    if found := _OF_FIVE.match(after) or _POINTS.match(after):
        return score, after[found.end() :].lstrip(_BETWEEN), True
    if not _may_end(after):
        return None
    bare = after.strip(_INVISIBLE)
    return score, bare.lstrip(_BETWEEN), not (bare[:1].isspace() and bare.strip()[:1].isalnum())


def _digit(char: str) -> int | None:
    value = _CHINESE.get(char, 0) or unicodedata.digit(char, 0)
    # A small raised or lowered digit is a footnote.
    return value if 1 <= value <= BEST and unicodedata.decomposition(char)[:6] not in ("<super", "<sub> ") else None


def _may_end(after: str) -> bool:
    """Whether the number ends here as a number by itself does: 4.5 and 10 do not."""
    bare = after.lstrip(_INVISIBLE)
    if not bare:
        return True
    if bare[0] in _SEPARATORS:
        following = bare[1:].lstrip()
        return not following[:1].isdigit()
    if bare[0].isspace():
        # "5 thank you", yet not "2 deposits of 100 USDT": whatever is counted is a matter of its own.
        aside = bare.strip()
        return len(aside) <= MAX_ASIDE and not any(char.isdigit() for char in aside)
    return not bare[0].isalnum() and unicodedata.category(bare[0]) == "So"


def is_list(text: str) -> bool:
    """Whether a text numbers its points: the first is no score then."""
    return _LIST.search(text[:4_000].strip().partition("\n")[2]) is not None
