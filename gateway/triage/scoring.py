"""How much a message's words speak for each category: its terms found and added up. Pure.

Not here: how terms are found (`matching`), what follows (`deciding`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.case import Message
from gateway.triage.fold import fold
from gateway.triage.language import HINT, SURE, Guess
from gateway.triage.rules import ENGLISH, Rules
from gateway.triage.terms import POINTS, SIGNS, URGENT

MAX_CHARS = 3_000
"""Characters of a text in which terms are looked for."""
_SHORT = 60
"""With fewer characters of his own, the sender means what he forwards."""
_SUBJECT, _FORWARDED = 1.3, 0.5
"""What a term counts in a subject, and in what is forwarded."""
_EARLY, _LATE = 400, 1_000
_AFTER_EARLY, _AFTER_LATE = 0.75, 0.5
"""What a term counts after so many characters: a matter is told at the beginning."""
_ENGLISH_ELSEWHERE = 0.6
_NEIGHBOUR = 0.8
"""What terms count in messages of another language."""
_ENOUGH = 2.0
"""With fewer points, the languages that this one is taken for are asked too."""
_URGENT_FROM = 1.7
"""What must be left of the signs when what speaks against them is taken off."""
_FURTHER, _LEAST = 0.75, 0.15
"""What each further term counts of the one before, and at least of itself."""
_SEPARATOR = " . "

_ENGLISH_WORDS = re.compile(r"[a-z]{3}[^a-z]{1,3}[a-z]{2}")
"""Words one after the other: in another script, names of coins stand alone, and `common` knows them."""
_LATIN = ("en", "es", "pt", "fr", "de", "id", "tr", "vi")
_NEIGHBOURS = {
    "zh-CN": ("zh-Hant",),
    "zh-Hant": ("zh-CN",),
    "ja": ("zh-Hant", "zh-CN"),
    "es": ("pt",),
    "pt": ("es",),
    **dict.fromkeys(("gl", "ca"), ("es", "pt")),
    "ms": ("id",),
    "az": ("tr",),
    **dict.fromkeys(("uk", "be", "bg", "sr", "mk", "kk", "ky"), ("ru",)),
    **dict.fromkeys(("fa", "ur", "ckb"), ("ar",)),
    **dict.fromkeys(("nl", "lb"), ("de",)),
}
"""Languages that share enough words with another for its terms to tell something."""
_QUOTED_LINE = re.compile(r"(?m)^[ \t]*>[^\n]*$")
"""What somebody else has written: it speaks for nothing that its reader is about."""


Found = tuple[float, str]
"""What a term counts, and the words that it was found by."""


class Scores:
    """Points by category and by sign, and what they come from."""

    def __init__(self) -> None:
        self.points: dict[str, float] = {}
        self.found: dict[str, list[Found]] = {}
        self._seen: set[tuple[str, str]] = set()
        self._strong = False

    def add(self, language: str, weight: float, text: Text, rules: Rules, *, late: bool = False) -> None:
        """Add what the terms of a language find in a text."""
        least, found, seen, is_even = POINTS["strong"], self.found, self._seen, text.is_even
        for table, points, start, pieces in rules.lexicon(language, late=late).find(text.folded):
            said = pieces[0] if len(pieces) == 1 else " … ".join(pieces)
            # The same words may be found by several terms; they say it once.
            if (table, said) not in seen:
                seen.add((table, said))
                counted = points * weight if is_even else points * weight * text.share(start)
                found.setdefault(table, []).append((counted, said))
                if table == URGENT and points >= least:
                    self._strong = True

    def count(self) -> None:
        """Put together what was found."""
        self.points = {table: _together(found) for table, found in self.found.items()}

    def best(self) -> float:
        """Return the most points of any category."""
        return max([points for name, points in self.points.items() if name not in SIGNS], default=0.0)

    @property
    def urgent(self) -> bool:
        """Whether more can be lost within hours: by a strong sign; many who are in no danger write "urgent" as well."""
        return self._strong and self.points.get(URGENT, 0.0) >= _URGENT_FROM

    def named(self, category: str) -> str:
        """Return the words that spoke most for a category, quoted."""
        said = [each for points, each in sorted(self.found.get(category, ()), reverse=True) if points > 0]
        return ", ".join([f"“{each}”" for each in said[:3]])


def score(message: Message, guess: Guess, rules: Rules) -> Scores:
    """Return what the words of a message speak for, in its language and in those that it may be taken for."""
    text = _read(message)
    scores = Scores()
    if not text.folded:
        return scores
    _add_own(scores, text, guess, rules)
    scores.count()
    if scores.best() < _ENOUGH and (others := _others(guess)):
        for other in others:
            scores.add(other, _NEIGHBOUR, text, rules)
        scores.count()
    return scores


def late_signs(message: Message, guess: Guess, rules: Rules) -> Mapping[str, float]:
    """Return what the words of a message speak for of late signs, in its language and in English."""
    text = _read(message)
    scores = Scores()
    if text.folded:
        _add_own(scores, text, guess, rules, late=True)
        scores.count()
    return scores.points


def _add_own(scores: Scores, text: Text, guess: Guess, rules: Rules, *, late: bool = False) -> None:
    scores.add(guess.language, 1.0, text, rules, late=late)
    if guess.language != ENGLISH and (guess.language in _LATIN or _ENGLISH_WORDS.search(text.folded)):
        scores.add(ENGLISH, _ENGLISH_ELSEWHERE, text, rules, late=late)


def _together(found: Sequence[Found]) -> float:
    """Return what terms count together: each further one for its category less, since it says the same again."""
    if len(found) == 1:
        return found[0][0]
    total, share = 0.0, 1.0
    for points, _ in sorted(found, reverse=True):
        if points < 0:
            total += points
        else:
            total += points * share
            share = max(share * _FURTHER, _LEAST)
    return total


def _others(guess: Guess) -> tuple[str, ...]:
    near = _NEIGHBOURS.get(guess.language, ())
    if guess.language in _LATIN and guess.confidence <= HINT:
        return tuple(each for each in _LATIN if each not in (guess.language, ENGLISH))
    return near if guess.confidence < SURE or guess.language not in _LATIN else ()


@dataclass(frozen=True, slots=True)
class Text:
    """All that is looked at of a message, folded: the subject, the text, what is forwarded; where two of them end."""

    folded: str
    subject_ends: int
    own_ends: int

    @property
    def is_even(self) -> bool:
        """Whether a term counts alike wherever it stands: a short text without a subject, as most chats are."""
        return not self.subject_ends and len(self.folded) <= _EARLY and self.own_ends == len(self.folded)

    def share(self, start: int) -> float:
        """Return what a term counts that begins there."""
        if start < self.subject_ends:
            return _SUBJECT
        if start >= self.own_ends:
            return _FORWARDED
        after = start - self.subject_ends
        if after < _EARLY:
            return 1.0
        return _AFTER_EARLY if after < _LATE else _AFTER_LATE


def _read(message: Message) -> Text:
    subject = fold(message.subject[:MAX_CHARS]) if message.subject else ""
    own = fold(_QUOTED_LINE.sub("", message.text[:MAX_CHARS]))
    text = f"{subject}{_SEPARATOR}{own}" if subject and own else subject or own
    if len(own) >= _SHORT or not message.forwarded:
        return Text(text, len(subject), len(text))
    forwarded = fold("\n".join(f"{each.subject}\n{each.text}" for each in message.forwarded)[:MAX_CHARS])
    return Text(f"{text}{_SEPARATOR}{forwarded}", len(subject), len(text))
