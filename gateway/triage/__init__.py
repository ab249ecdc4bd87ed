"""Where a message should go, how soon and why, and the language to answer in. Pure.

Not here: judging accounts and links (`gateway.trust`), choosing the words of an answer (`gateway.answers`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from gateway.case import Assessment, Evidence, Fact, Message, Triage
from gateway.triage.deciding import decide
from gateway.triage.entities import find_in
from gateway.triage.language import HINT, Guess, detect
from gateway.triage.rules import Rules

__all__ = ["Rules", "default_rules", "triage"]

_TELLING = ("content-language", "language_code", "accept-language", "lang")
"""Evidence in which a platform or a mail program tells its user's language, most telling first."""

_NO_LANGUAGE = frozenset({"und", "zxx", "art", "qam", "qct", "qht", "qme", "qst"})
"""What X says of posts that are in none: undetermined, no words, mentions, cashtags, hashtags, media, short texts."""

_TAG = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}", re.IGNORECASE | re.ASCII)


_NOT_ASSESSED = Assessment()


@cache
def default_rules() -> Rules:
    """Return the product's own rules; those of a desk come from its settings."""
    return Rules()


def triage(
    message: Message, facts: Sequence[Fact], assessment: Assessment = _NOT_ASSESSED, rules: Rules | None = None
) -> Triage:
    """Return where a message should go by what it says, what was looked up, what trust found, and a desk's rules."""
    rules = rules or default_rules()
    guess, entities = _language(message, facts), find_in(message, rules.vocabulary)
    if not rules.enabled:
        return Triage(language=guess.language, language_confidence=guess.confidence, entities=entities)
    return decide(message, facts, assessment, guess, entities, rules)


def _language(message: Message, facts: Sequence[Fact]) -> Guess:
    """Return the language to answer in: what the text is written in, or else what the sender's programs say."""
    guess = detect(f"{message.subject}\n{message.text}")
    return (_told(message, facts) or guess) if guess.confidence <= HINT else guess


def _told(message: Message, facts: Sequence[Fact]) -> Guess | None:
    looked_up = (item for fact in facts if fact.kind == "profile" for item in fact.evidence)
    told = (*message.evidence, *message.sender.evidence, *looked_up)
    return next((Guess(tag, HINT) for name in _TELLING for tag in _tags(told, name)), None)


def _tags(told: Iterable[Evidence], name: str) -> Iterable[str]:
    """Return the first language tag of each piece of evidence with that name."""
    for item in told:
        if item.name == name:
            first = item.value.partition(",")[0].partition(";")[0].strip()
            if _TAG.fullmatch(first) and first not in _NO_LANGUAGE:
                yield first
