"""How much a message's words speak for each category: its terms found and added up. Pure.

Not here: how terms are found (`matching`), what follows (`deciding`).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from gateway.case import Message
from gateway.triage.fold import fold
from gateway.triage.language import HINT, SURE, Guess
from gateway.triage.matching import Hit
from gateway.triage.rules import COMMON, ENGLISH, Rules
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
_URGENT_BY_ONE, _URGENT_BY_MANY = 1.7, 6.0
"""Points from which a message is urgent, with a strong sign and without."""
_FURTHER, _LEAST = 0.75, 0.15
"""What each further term counts of the one before, and at least of itself."""
_SEPARATOR = " . "

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


@dataclass(slots=True)
class Scores:
    """Points by category, and by sign, and what they come from."""

    points: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    hits: dict[str, list[tuple[float, Hit]]] = field(default_factory=lambda: defaultdict(list))

    def best(self) -> float:
        """Return the most points of any category."""
        return max((points for name, points in self.points.items() if name not in SIGNS), default=0.0)

    @property
    def urgent(self) -> bool:
        """Whether more can be lost within hours: by one strong sign that nothing speaks against, or by many lesser."""
        points = self.points.get(URGENT, 0.0)
        strong = any(hit.term.points >= POINTS["strong"] for _, hit in self.hits.get(URGENT, ()))
        return points >= (_URGENT_BY_ONE if strong else _URGENT_BY_MANY)

    def named(self, category: str) -> str:
        """Return the words that spoke most for a category, quoted."""
        ordered = sorted(self.hits.get(category, ()), key=lambda each: -each[0])
        said = dict.fromkeys(" … ".join(hit.pieces) for points, hit in ordered if points > 0)
        return ", ".join(f"“{each}”" for each in list(said)[:3])


def score(message: Message, guess: Guess, rules: Rules) -> Scores:
    """Return what the words of a message speak for, in its language and in those that it may be taken for."""
    text, subject_ends, own_ends = _read(message)
    scores = Scores()
    if not text:
        return scores

    seen: set[tuple[str, tuple[str, ...]]] = set()

    def add(language: str, weight: float) -> None:
        for hit in rules.lexicon(language).find(text):
            # The same words may be found by several terms; they say it once.
            if (said := (hit.term.table, hit.pieces)) not in seen:
                seen.add(said)
                points = hit.term.points * weight * _at(hit.start, subject_ends, own_ends)
                scores.hits[hit.term.table].append((points, hit))
        for table, hits in scores.hits.items():
            scores.points[table] = _together([points for points, _ in hits])

    language = guess.language
    add(COMMON, 1.0)
    add(language, 1.0)
    if language != ENGLISH:
        add(ENGLISH, _ENGLISH_ELSEWHERE)
    if scores.best() < _ENOUGH and (others := _others(guess)):
        for other in others:
            add(other, _NEIGHBOUR)
    return scores


def _together(points: list[float]) -> float:
    """Return what terms count together: each further one for its category less, since it says the same again."""
    total, share = sum(each for each in points if each < 0), 1.0
    for each in sorted((each for each in points if each > 0), reverse=True):
        total += each * share
        share = max(share * _FURTHER, _LEAST)
    return total


def _others(guess: Guess) -> tuple[str, ...]:
    near = _NEIGHBOURS.get(guess.language, ())
    if guess.language in _LATIN and guess.confidence <= HINT:
        return tuple(each for each in _LATIN if each not in (guess.language, ENGLISH))
    return near if guess.confidence < SURE or guess.language not in _LATIN else ()


def _read(message: Message) -> tuple[str, int, int]:
    """Return all that is looked at, folded: the subject, the text, what is forwarded; and where two of them end."""
    subject = fold(message.subject[:MAX_CHARS]) if message.subject else ""
    own = fold(message.text[:MAX_CHARS])
    parts = [each for each in (subject, own) if each]
    forwarded = ""
    if len(own) < _SHORT and message.forwarded:
        forwarded = fold("\n".join(f"{each.subject}\n{each.text}" for each in message.forwarded)[:MAX_CHARS])
    text = _SEPARATOR.join(parts)
    subject_ends = len(subject)
    return (f"{text}{_SEPARATOR}{forwarded}", subject_ends, len(text)) if forwarded else (text, subject_ends, len(text))


def _at(start: int, subject_ends: int, own_ends: int) -> float:
    if start < subject_ends:
        return _SUBJECT
    if start >= own_ends:
        return _FORWARDED
    after = start - subject_ends
    if after < _EARLY:
        return 1.0
    return _AFTER_EARLY if after < _LATE else _AFTER_LATE
