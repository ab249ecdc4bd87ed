"""What a resemblance is, and where a guarded name stands inside a text: shared by all that look for look-alikes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.trust.confusables import visible

_WORD = re.compile(r"[^\W\d_]+")
_SEPARATORS = re.compile(r"[\W_]+")
"""All but letters and digits."""
MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class Guarded:
    """A name that impostors imitate."""

    brand: str
    brand_name: str
    written: str
    official: str


@dataclass(frozen=True, slots=True)
class Resemblance:
    """What something looks like. `confidence` is our judgement of how strong the sign is, not a probability."""

    guarded: Guarded
    technique: str
    confidence: float
    reason: str
    also: tuple[str, ...] = ()
    """Further techniques that were used."""


def squeezed(text: str) -> str:
    """Leave letters and digits alone: separators, dots and spaces hide nothing."""
    return text if text.isalnum() else _SEPARATORS.sub("", text)


def dotted(text: str) -> str:
    """Write hyphens as dots: `examplex-test` and `examplex.test` read alike inside a host."""
    return text.replace("-", ".")


def words(text: str) -> list[str]:
    """Return the runs of letters in a text."""
    return _WORD.findall(text)


def confused(text: str, guarded: Guarded) -> str:
    """Return the reason for a name that reads as a guarded one in other characters."""
    kind = "characters of another script" if not text.isascii() else "characters that look alike"
    return f'"{visible(text)}" reads as "{guarded.written}", but is written with {kind}'
