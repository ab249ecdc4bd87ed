"""Which language a person writes: by the share of scripts in what he wrote himself, and by common words. Pure.

Links, addresses, hashes and quotes are not his words. A script that many languages share gives a low confidence.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache

from gateway.triage.words import ARABIC_LETTERS, COMMON_WORDS, CYRILLIC_LETTERS, SIMPLIFIED, TRADITIONAL

MAX_CHARS = 3_000
"""Code points looked at; a language shows itself long before."""

SURE, LIKELY, HINT, UNKNOWN = 0.95, 0.7, 0.4, 0.0

_QUOTED = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_RUN = re.compile(r"[!-~]+")
"""Whatever stands together in ASCII: a link ends where Chinese goes on without a space."""
_DOMAIN = re.compile(r"[A-Za-z0-9]\.[A-Za-z]{2}")
_DIGIT = re.compile(r"[0-9]")
_SHORTEST_CODE = 6

_WORD = re.compile(r"[^\W\d_]+")
_VIETNAMESE_RUN = re.compile("[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]+")

_SCRIPTS = {
    "CJK": "Han", "HIRAGANA": "Kana", "KATAKANA": "Kana", "KATAKANA-HIRAGANA": "Kana", "HANGUL": "Hangul",
    "LATIN": "Latin", "CYRILLIC": "Cyrillic", "ARABIC": "Arabic", "HEBREW": "he", "GREEK": "el", "THAI": "th",
    "LAO": "lo", "KHMER": "km", "MYANMAR": "my", "GEORGIAN": "ka", "ARMENIAN": "hy", "DEVANAGARI": "hi",
    "BENGALI": "bn", "TAMIL": "ta", "TELUGU": "te", "GUJARATI": "gu", "GURMUKHI": "pa", "KANNADA": "kn",
    "MALAYALAM": "ml", "SINHALA": "si", "ETHIOPIC": "am",
}  # fmt: skip
"""First word of a character's Unicode name → script, or the language that nearly always stands behind it."""

_WEIGHTS = {"Han": 3, "Kana": 2, "Hangul": 2}
"""One such character says what several letters of an alphabet say."""

_ALONE = frozenset({"he", "el", "th", "lo", "km", "ka", "hy"})
"""Scripts that one language alone is written in, as far as a desk is concerned."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A BCP 47 tag and how sure it is; UNKNOWN when nothing was found."""

    language: str
    confidence: float


def detect(text: str) -> Guess:
    """Return the language that the greater part of a text is written in."""
    own = _QUOTED.sub(" ", unicodedata.normalize("NFC", text[:MAX_CHARS]))
    words = _RUN.sub(_only_words, own).casefold()
    counts: Counter[str] = Counter()
    # A text has few different characters: each is looked up once.
    for character, count in Counter(words).items():
        if script := _script(character):
            counts[script] += count
    if not counts:
        return Guess("en", UNKNOWN)
    # Kana and Han are one writing: Japanese must not lose to its own characters.
    shares = Counter({script: count * _WEIGHTS.get(script, 1) for script, count in counts.items()})
    eastern = shares.pop("Han", 0) + shares.pop("Kana", 0)
    if eastern:
        shares["East"] = eastern
    script, weight = shares.most_common(1)[0]
    guess = _of_script(script, words, counts)
    clear = weight / shares.total() >= 0.6
    return guess if clear else Guess(guess.language, min(guess.confidence, HINT))


def _only_words(run: re.Match[str]) -> str:
    """Drop links, addresses, handles, and what holds digits: hashes, keys, order numbers."""
    text = run[0]
    code = len(text) >= _SHORTEST_CODE and _DIGIT.search(text) is not None
    return " " if code or "@" in text or "://" in text or _DOMAIN.search(text) else text


def _of_script(script: str, words: str, counts: Counter[str]) -> Guess:
    match script:
        case "East":
            return _eastern(words, counts)
        case "Latin":
            return _latin(words)
        case "Hangul":
            return Guess("ko", SURE)
        case "Cyrillic":
            return _by_letters(words, CYRILLIC_LETTERS, "ru")
        case "Arabic":
            return _by_letters(words, ARABIC_LETTERS, "ar")
        case language:
            return Guess(language, SURE if language in _ALONE else HINT)


def _eastern(words: str, counts: Counter[str]) -> Guess:
    han, kana = counts["Han"], counts["Kana"]
    if kana and kana * 10 >= han:
        return Guess("ja", SURE if kana * 4 >= han else LIKELY)
    simplified = sum(character in SIMPLIFIED for character in words)
    traditional = sum(character in TRADITIONAL for character in words)
    if traditional > simplified:
        return Guess("zh-Hant", LIKELY)
    if simplified:
        return Guess("zh-CN", SURE)
    # Nothing that only one of the two writes: most who write Chinese to a desk write simplified.
    return Guess("zh-CN", LIKELY if han > 1 else HINT)


def _latin(words: str) -> Guess:
    if len(_VIETNAMESE_RUN.sub("", words)) * 12 < len(words) * 11:
        return Guess("vi", SURE)
    found = Counter(_WORD.findall(words))
    hits = {language: sum(found[word] for word in common & found.keys()) for language, common in COMMON_WORDS.items()}
    language, most = max(hits.items(), key=lambda item: item[1])
    if not most:
        return Guess("en", HINT if found else UNKNOWN)
    rival = max(count for other, count in hits.items() if other != language)
    if most == rival:
        # A tie means words that several languages share; English is what strangers write to a desk.
        return Guess("en" if hits["en"] == most else language, HINT)
    if most < 2:
        return Guess(language, HINT)
    return Guess(language, SURE if most >= 2 * rival and most * 5 >= found.total() else LIKELY)


def _by_letters(words: str, letters: dict[str, frozenset[str]], usual: str) -> Guess:
    """Tell languages of one script by letters that only one of them uses."""
    present = Counter(
        language for character in words for language, own in letters.items() if character in own
    ).most_common(1)
    return Guess(present[0][0], LIKELY) if present else Guess(usual, HINT if usual == "ar" else LIKELY)


@cache
def _script_of_block(character: str) -> str:
    return _SCRIPTS.get(unicodedata.name(character, "").split(" ")[0], "")


def _script(character: str) -> str:
    if character.isascii():
        return "Latin" if character.isalpha() else ""
    return _script_of_block(character) if character.isalpha() else ""
