"""Reads one text: folds it, finds concepts, matches rules, and says where in the text the evidence stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gateway.case import GRAVITY, Severity
from gateway.trust.texts.fold import fold, is_disguised, place_of, signs_up_to, source_of, undisguised
from gateway.trust.texts.lexicon import lexicon
from gateway.trust.texts.rules import LETTER, NOTE, VOLUME, Match, rules

MAX_CHARS: Final = 65_536
"""The longest text that is read at once; a longer one is read at its beginning and its end."""
WINDOWED: Final = "text_windowed"
_SURER: Final = 0.05
_LONGEST: Final = 2_500
"""Signs of a note or a letter; what is longer is a volume."""
_LETTERS: Final = frozenset({"email"})
"""Channels in which even a short text is a letter: with greeting, signature, links and telephone numbers."""
_BARE_HOST: Final = re.compile(
    r"\.(?<=[a-z0-9]\.)(?:com|net|org|info|biz|xyz|top|site|online|club|shop|app|dev|io|co|me|ly|gd|gg|link|live|pro|vip|cc"
    r"|ru|su|cn|tk|ml|ga|cf|gq|pw|icu|fun|space|website|store|tech|cloud|finance|exchange|network|support|help|center"
    r"|digital|world|today|page|click|buzz|bond|cfd|sbs|cyou|lol|uk|de|fr|es|br|tr|vn|id|jp|kr|tw|hk|in|us|eu|test)"
    r"(?=[/\s,;:!?)]|\.?$|\.\s)",
    re.IGNORECASE,
)
"""A host without a scheme. Common suffixes alone: a missing space after a full stop is more common than rare ones."""
_LINK: Final = "real_link"
_GRAVITY: Final = {severity: place for place, severity in enumerate(GRAVITY)}


@dataclass(frozen=True, slots=True)
class TextFinding:
    """One kind of scam that a text reads like, and where its strongest evidence stands, in code points.

    The confidence orders findings; it is no probability. The reason is one English sentence.
    """

    code: str
    severity: Severity
    confidence: float
    start: int
    end: int
    reason: str


def read_text(text: str, channel: str = "") -> tuple[TextFinding, ...]:
    """Return what the text reads like, the gravest first, each code once; nothing for an honest text.

    Never raises. Of a text longer than `MAX_CHARS` the first and the last part are read, and a finding says so.
    """
    form = _form(len(text), channel)
    best: dict[str, TextFinding] = {}
    for begin, end in _windows(len(text)):
        for finding in _read(text[begin:end] if end - begin < len(text) else text, begin, form):
            known = best.get(finding.code)
            if known is None or _rank(finding) > _rank(known):
                best[finding.code] = finding
    if len(text) > MAX_CHARS:
        best[WINDOWED] = TextFinding(
            WINDOWED, Severity.NOTICE, 1.0, 0, 0, "The text is too long to be read whole: its first and last part were."
        )
    return tuple(sorted(best.values(), key=_rank, reverse=True)) if best else ()


def _form(length: int, channel: str) -> str:
    if length > _LONGEST:
        return VOLUME
    return LETTER if channel in _LETTERS else NOTE


def _windows(length: int) -> Iterator[tuple[int, int]]:
    if length <= MAX_CHARS:
        yield 0, length
    else:
        yield 0, MAX_CHARS // 2
        yield length - MAX_CHARS // 2, length


def _rank(finding: TextFinding) -> tuple[int, float, int]:
    return _GRAVITY[finding.severity], finding.confidence, -finding.start


def _read(text: str, begin: int, form: str) -> Iterator[TextFinding]:
    words = lexicon()
    clear = undisguised(text, words.vocabulary)
    folded = fold(clear)
    hits = words.hits(folded)
    if _LINK not in hits and (host := _BARE_HOST.search(text)):
        hits[_LINK] = [place_of(clear, folded, host.start())]
    if not hits:
        return
    known = rules()
    matches = list(known.matches(hits, form))
    if not matches:
        return
    counts = signs_up_to(clear)
    surer = _SURER if is_disguised(text) else 0.0
    for match in matches:
        start, end = _span(folded, match, counts)
        rule = match.rule
        confidence = min(1.0, rule.confidence + surer)
        reason = known.reasons[rule.code]
        yield TextFinding(rule.code, rule.severity, confidence, begin + start, begin + end, reason)


def _span(folded: str, match: Match, counts: list[int]) -> tuple[int, int]:
    """Return where in the text a match in the folded text comes from: the letters and signs before it are counted."""
    first = match.start - folded.count(" ", 0, match.start)
    count = match.end - match.start - folded.count(" ", match.start, match.end)
    return source_of(first, counts), source_of(first + count - 1, counts) + 1
