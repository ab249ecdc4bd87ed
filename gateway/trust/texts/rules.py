"""The rules that read a kind of scam out of concepts standing near each other, and how they are matched."""

from __future__ import annotations

import tomllib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from gateway.case import GRAVITY, Severity
from gateway.trust.texts.lexicon import Hit, Hits

_WITHIN: Final = 320
"""How far apart, in signs of the folded text, concepts of one rule may stand: about the length of a message."""
_WIDEST: Final = 240
_WITHIN_IN_LETTERS: Final = 130
NOTE: Final = "note"
LETTER: Final = "letter"
VOLUME: Final = "volume"
"""The forms of texts: what is written in a chat or an SMS; a mail of a page or so; a newsletter or a report, which
speaks of so much that any two words stand near each other somewhere."""
_FORMS: Final = frozenset({NOTE, LETTER, VOLUME})


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to say a scam: concepts that must stand near the first one, and must not.

    Where it has weights, what is near must add up to the threshold too. Texts of other forms than its own it does
    not read: what is a sign in a short note is everyday in a long letter.
    """

    code: str
    severity: Severity
    confidence: float
    needs: tuple[frozenset[str], ...]
    weights: Mapping[str, float]
    threshold: float
    unless: frozenset[str]
    within: int
    forms: frozenset[str]

    @property
    def concepts(self) -> frozenset[str]:
        """Every concept that the rule speaks of."""
        return frozenset().union(*self.needs, self.weights, self.unless)


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that is met, and where in the folded text its evidence stands."""

    rule: Rule
    start: int
    end: int


@dataclass(frozen=True)
class Rules:
    """All rules, the gravest and surest first, and where those stand that start from a concept."""

    gravest_first: tuple[Rule, ...]
    by_concept: Mapping[str, tuple[int, ...]]
    reasons: Mapping[str, str]

    def matches(self, hits: Hits, form: str) -> Iterator[Match]:
        """Yield the first match of the gravest rule of each code, among those that read texts of that form.

        As many steps as rules and hits together, at most.
        """
        places = set().union(*map(self.by_concept.__getitem__, filter(self.by_concept.__contains__, hits)))
        told: set[str] = set()
        for place in sorted(places):
            rule = self.gravest_first[place]
            if rule.code in told or form not in rule.forms:
                continue
            everyday = form != NOTE and NOTE in rule.forms
            match = _match(rule, hits, min(rule.within, _WITHIN_IN_LETTERS) if everyday else rule.within)
            if match is not None:
                told.add(rule.code)
                yield match


def _match(rule: Rule, hits: Hits, within: int) -> Match | None:
    for group in rule.needs:
        if group.isdisjoint(hits):
            return None
    for key in _of(rule.needs[0], hits):
        evidence = _around(rule, key, hits, within)
        if evidence is not None:
            start, end = min(start for start, _ in evidence), max(end for _, end in evidence)
            return Match(rule, start, end) if end - start <= _WIDEST else Match(rule, *key)
    return None


def _around(rule: Rule, key: Hit, hits: Hits, within: int) -> list[Hit] | None:
    """Return the evidence around one hit of the rule's first concepts; None if some is missing or something forbids."""
    evidence = [key]
    for group in rule.needs[1:]:
        near = _nearest(group, key, hits, within)
        if near is None:
            return None
        evidence.append(near)
    if not rule.unless.isdisjoint(hits) and _nearest(rule.unless, key, hits, max(rule.within, _WITHIN)) is not None:
        return None
    if rule.weights and _weight(rule, key, hits, within) < rule.threshold:
        return None
    return evidence


def _weight(rule: Rule, key: Hit, hits: Hits, within: int) -> float:
    """Add up what stands near a hit: a concept that is met again adds half, and no more from the third time on."""
    total = 0.0
    begin, end = (key[0] - within, 0), (key[1] + within, 0)
    for concept in filter(rule.weights.__contains__, hits):
        listed = hits[concept]
        count = bisect_left(listed, end) - bisect_left(listed, begin)
        total += rule.weights[concept] * (0.0, 1.0, 1.5, 2.0)[min(count, 3)]
    return total


def _of(concepts: Iterable[str], hits: Hits) -> list[Hit]:
    """Return the hits of the concepts in their order, of those from one place the longest first."""
    found = (hit for concept in concepts for hit in hits.get(concept, ()))
    return sorted(found, key=lambda hit: (hit[0], -hit[1]))


def _nearest(concepts: Iterable[str], key: Hit, hits: Hits, within: int) -> Hit | None:
    """Return the hit that is nearest, of two as near the earlier one: concepts come in no order."""
    best: Hit | None = None
    distance = within + 1
    for concept in concepts:
        listed = hits.get(concept)
        if listed is None:
            continue
        place = bisect_left(listed, key)
        for hit in listed[max(0, place - 1) : place + 1]:
            away = max(hit[0] - key[1], key[0] - hit[1])
            if away < distance or (away == distance and best is not None and hit < best):
                best, distance = hit, away
    return best


@cache
def rules() -> Rules:
    """Return the package's own rules, read once."""
    data = tomllib.loads((files("gateway.trust.texts") / "data" / "rules.toml").read_text(encoding="utf-8"))
    named: dict[str, str] = data["groups"]
    listed = sorted((_rule(entry, named) for entry in data["rule"]), key=_mildness)
    by_concept: dict[str, list[int]] = {}
    for place, rule in enumerate(listed):
        for concept in rule.needs[0]:
            by_concept.setdefault(concept, []).append(place)
    places = {concept: tuple(each) for concept, each in by_concept.items()}
    return Rules(tuple(listed), places, data["reasons"])


def _mildness(rule: Rule) -> tuple[int, float]:
    return -GRAVITY.index(rule.severity), -rule.confidence


def _rule(entry: Mapping[str, Any], named: Mapping[str, str]) -> Rule:
    return Rule(
        code=entry["code"],
        severity=Severity(entry["severity"]),
        confidence=entry["confidence"],
        needs=tuple(_group(group, named) for group in entry["needs"]),
        weights=entry.get("weights", {}),
        threshold=entry.get("threshold", 0.0),
        unless=_group(entry.get("unless", ""), named),
        within=entry.get("within", _WITHIN),
        forms=_group(entry.get("form", ""), named) or _FORMS,
    )


def _group(text: str, named: Mapping[str, str]) -> frozenset[str]:
    """Return the concepts of a list with bars between, in which a name in capitals stands for a named list."""
    concepts: set[str] = set()
    for word in filter(None, (each.strip() for each in text.split("|"))):
        concepts |= _group(named[word], named) if word.isupper() else {word}
    return frozenset(concepts)
