"""What is done with a message: its category, how soon, where, what is missing, what is dangerous, and why. Pure.

Rules are the floor: a classifier's word fills in where they are unsure, and takes nothing from what they found.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from gateway.case import RISK_QUEUE, URGENCY, Assessment, Entity, Fact, FactOutcome, Message, Triage
from gateway.ports.classifying import Suggestion
from gateway.triage.language import Guess
from gateway.triage.regions import regions_of
from gateway.triage.rules import Category, Rules, yes_or_no
from gateway.triage.scoring import Scores, late_signs, score
from gateway.triage.terms import ANSWER, SIGNS, URGENT

FLOOR = 1.0
"""With fewer points no category is taken from terms."""
STRONG = 4.0
"""From so many points on, no classifier says otherwise."""
ANSWER_FROM = 2.0
NEAR = 0.92
"""A category with so much of the best one's points is as fit; the one that stands first is taken."""
OTHER = "other"
_OTHER_CONFIDENCE = 0.2
_FEW_WORDS = 5
"""So few words beside files, hashes and the like raise no matter of their own, when no term is among them."""
_LOOKED_AT = 1_000
_RUN = re.compile(r"[!-~]+")
_CODE_SIGN = re.compile(r"[0-9@/\\]")
_WORD = re.compile(r"[^\W\d_\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_EASTERN_A_WORD = 2
"""Characters of the East that say as much as a word."""


@dataclass(frozen=True, slots=True)
class _Known:
    """All that is known of a message; `values` is what rules may ask after, by the keys of `When`."""

    message: Message
    facts: Sequence[Fact]
    entities: Sequence[Entity]
    scores: Scores
    values: dict[str, Collection[str]]


def _values(
    message: Message,
    facts: Sequence[Fact],
    assessment: Assessment,
    entities: Sequence[Entity],
    language: str,
    scores: Scores,
) -> dict[str, Collection[str]]:
    return {
        "entity": {each.kind for each in entities},
        "network": _networks(entities) if entities else (),
        "finding": {each.code for each in assessment.findings} if assessment.findings else (),
        "terms": _named(scores.points),
        "category": (),
        "urgent": (yes_or_no(scores.urgent),),
        "attachments": (yes_or_no(bool(message.attachments)),),
        "channel": (message.provenance.source,),
        "platform": (message.platform,),
        "visibility": (message.visibility.value,),
        "language": (language,),
        "tier": _customer(facts, "tier") if facts else (),
        "region": [each for told in _customer(facts, "region") for each in regions_of(told)] if facts else (),
    }


def _named(points: Mapping[str, float]) -> list[str]:
    return [name for name, each in points.items() if each >= 1]


def _with_late(named: Collection[str], message: Message, guess: Guess, rules: Rules) -> Collection[str]:
    return [*named, *_named(late_signs(message, guess, rules))]


def _networks(entities: Sequence[Entity]) -> set[str]:
    """Return the networks that are named, and those that a hash or an address can belong to."""
    return {item.value for each in entities for item in each.evidence if item.name == "network"}


@dataclass(frozen=True, slots=True)
class _Choice:
    category: str | None
    confidence: float
    reasons: tuple[str, ...] = ()


def decide(
    message: Message,
    facts: Sequence[Fact],
    assessment: Assessment,
    guess: Guess,
    entities: Sequence[Entity],
    rules: Rules,
) -> Triage:
    """Return what is done with a message in that language that holds these things."""
    scores = score(message, guess, rules)
    values = _values(message, facts, assessment, entities, guess.language, scores)
    known = _Known(message, facts, entities, scores, values)
    if rules.asks_late(None):
        values["terms"] = _with_late(values["terms"], message, guess, rules)
    why: dict[str, list[str]] = {}
    for each in rules.scoring:
        rule = each.rule
        if rule.category is not None and each.holds(values):
            scores.points[rule.category] = scores.points.get(rule.category, 0.0) + rule.points
            if rule.points > 0 and rule.reason:
                why.setdefault(rule.category, []).append(rule.reason)
    choice = _chosen(known, rules, why)
    values["category"] = (choice.category or "",)
    if rules.asks_late(choice.category or ""):
        values["terms"] = _with_late(values["terms"], message, guess, rules)
    return _acted(known, choice, guess, rules)


def _chosen(known: _Known, rules: Rules, why: Mapping[str, Sequence[str]]) -> _Choice:
    """Return the category, by the rules or, where they are unsure, by a classifier."""
    points = {name: each for name, each in known.scores.points.items() if name not in SIGNS}
    by_rules = _by_rules(known, rules, points, why)
    best = max(points.values(), default=0.0)
    suggested = max(_suggested(known.facts, rules), key=lambda each: each.confidence, default=None)
    if suggested is None:
        return by_rules
    if suggested.category == by_rules.category:
        confidence = max(by_rules.confidence, suggested.confidence)
        return _Choice(by_rules.category, confidence, (*by_rules.reasons, _told(suggested)))
    unsure = by_rules.category in (None, OTHER) or (best < STRONG and by_rules.confidence < suggested.confidence)
    is_answer = known.scores.points.get(ANSWER, 0.0) >= ANSWER_FROM
    return (
        _Choice(suggested.category, suggested.confidence, (_told(suggested),)) if unsure and not is_answer else by_rules
    )


def _by_rules(known: _Known, rules: Rules, points: Mapping[str, float], why: Mapping[str, Sequence[str]]) -> _Choice:
    best = max(points.values(), default=0.0)
    if best < FLOOR or known.scores.points.get(ANSWER, 0.0) > best:
        return (
            _Choice(None, 0.0)
            if _is_an_answer(known)
            else _Choice(OTHER, _OTHER_CONFIDENCE, ("It fits no other category.",))
        )
    chosen = next(name for name in rules.categories if points.get(name, 0.0) >= best * NEAR)
    rest = max((each for name, each in points.items() if name != chosen), default=0.0)
    own = points[chosen]
    confidence = min(1.0, own / STRONG) * own / (own + max(0.0, rest))
    named = known.scores.named(chosen)
    said = (f"It is taken for {chosen}: it says {named}.",) if named else ()
    return _Choice(chosen, round(min(1.0, confidence), 2), (*said, *why.get(chosen, ())))


def _is_an_answer(known: _Known) -> bool:
    """Whether the message raises nothing of its own: it answers a question, or holds things of the trade alone."""
    if known.scores.points.get(ANSWER, 0.0) >= ANSWER_FROM:
        return True
    message = known.message
    if not message.text.strip() and not message.subject.strip():
        return True
    if not known.entities and not message.attachments:
        return False
    found = _WORD.findall(_RUN.sub(_unless_code, f"{message.subject}\n{message.text}"[:_LOOKED_AT]))
    return sum(1.0 if len(word) > 1 else 1 / _EASTERN_A_WORD for word in found) <= _FEW_WORDS


def _unless_code(run: re.Match[str]) -> str:
    return " " if _CODE_SIGN.search(run[0]) else run[0]


def _suggested(facts: Iterable[Fact], rules: Rules) -> Iterable[Suggestion]:
    for fact in facts:
        if fact.kind == "classifier" and fact.outcome is FactOutcome.PASS and fact.subject in rules.categories:
            said = {item.name: item.value for item in fact.evidence}
            yield Suggestion(fact.subject, float(said.get("confidence", "0")), fact.reason)


def _told(suggested: Suggestion) -> str:
    why = f": {suggested.reason.rstrip('.')}" if suggested.reason else ""
    return f"The classifier takes it for {suggested.category} ({suggested.confidence:.0%}){why}."


def _acted(known: _Known, choice: _Choice, guess: Guess, rules: Rules) -> Triage:
    category = rules.categories.get(choice.category or "", Category())
    held = [each.rule for each in rules.acting if each.holds(known.values)]
    priority = max((category.priority, *(rule.priority for rule in held if rule.priority)), key=URGENCY.index)
    danger = next((rule.danger for rule in held if rule.danger), "")
    queue = next((rule.queue for rule in held if rule.queue), category.queue if choice.category else None)
    reasons = [*choice.reasons]
    if known.scores.urgent:
        reasons.append(f"It is urgent: it says {known.scores.named(URGENT)}.")
    reasons += (rule.reason for rule in held if rule.reason)
    had = known.values["entity"]
    # Made of what is right by itself: looking at each value again would cost a tenth of the whole.
    return Triage.model_construct(
        language=guess.language,
        language_confidence=guess.confidence,
        category=choice.category,
        category_confidence=choice.confidence,
        priority=priority,
        queue=RISK_QUEUE if danger else queue,
        tags=tuple(dict.fromkeys(rule.tag for rule in held if rule.tag)),
        reasons=tuple(dict.fromkeys(reasons)),
        entities=tuple(known.entities),
        missing=tuple(name for name in category.asks if name not in had),
        danger=danger,
    )


def _customer(facts: Iterable[Fact], name: str) -> frozenset[str]:
    return frozenset(
        item.value for fact in facts if fact.kind == "customer" for item in fact.evidence if item.name == name
    )
