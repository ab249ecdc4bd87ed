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
_CODE_SIGN = re.compile(r"[0-9@:.](?:(?<=[0-9@])|(?<=:)//|(?<=[A-Za-z0-9]\.)[A-Za-z]{2})")
"""What every link, address, handle and code has, and most words have not."""
_SHORTEST_CODE = 6

_WORD = re.compile(r"[^\W\d_]+")
_ASCII_WORDS = {code: " " for code in range(128) if not chr(code).isalpha()}
_LANGUAGES_OF = {
    word: tuple(language for language, common in COMMON_WORDS.items() if word in common)
    for word in frozenset[str]().union(*COMMON_WORDS.values())
}
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
    own = unicodedata.normalize("NFC", text[:MAX_CHARS])
    words = _without_codes(_QUOTED.sub(" ", own) if ">" in own else own).casefold()
    if words.isascii():
        return _latin(words)
    counts: Counter[str] = Counter()
    # A text has few different characters: each is looked up once.
    characters = Counter(words)
    for character, count in characters.items():
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
    guess = _of_script(script, words, characters, counts)
    clear = weight / shares.total() >= 0.6
    return guess if clear else Guess(guess.language, min(guess.confidence, HINT))


def _without_codes(text: str) -> str:
    """Drop links, addresses, handles, and what holds digits: hashes, keys, order numbers."""
    kept: list[str] = []
    copied = here = 0
    while (sign := _CODE_SIGN.search(text, here)) is not None:
        before = _RUN.match(text[here : sign.start()][::-1])
        start = sign.start() - (before.end() if before else 0)
        rest = _RUN.match(text, sign.end())
        here = rest.end() if rest else sign.end()
        if _is_code(text[start:here]):
            kept += (text[copied:start], " ")
            copied = here
    return "".join([*kept, text[copied:]])


def _is_code(run: str) -> bool:
    code = len(run) >= _SHORTEST_CODE and _DIGIT.search(run) is not None
    return code or "@" in run or "://" in run or _DOMAIN.search(run) is not None


def _of_script(script: str, words: str, characters: Counter[str], counts: Counter[str]) -> Guess:
    match script:
        case "East":
            return _eastern(characters, counts)
        case "Latin":
            return _latin(words)
        case "Hangul":
            return Guess("ko", SURE)
        case "Cyrillic":
            return _by_letters(characters, CYRILLIC_LETTERS, "ru")
        case "Arabic":
            return _by_letters(characters, ARABIC_LETTERS, "ar")
        case language:
            return Guess(language, SURE if language in _ALONE else HINT)


def _eastern(characters: Counter[str], counts: Counter[str]) -> Guess:
    han, kana = counts["Han"], counts["Kana"]
    if kana and kana * 10 >= han:
        return Guess("ja", SURE if kana * 4 >= han else LIKELY)
    simplified = sum(characters[character] for character in SIMPLIFIED & characters.keys())
    traditional = sum(characters[character] for character in TRADITIONAL & characters.keys())
    if traditional > simplified:
        return Guess("zh-Hant", LIKELY)
    if simplified:
        return Guess("zh-CN", SURE)
    # Nothing that only one of the two writes: most who write Chinese to a desk write simplified.
    return Guess("zh-CN", LIKELY if han > 1 else HINT)


def _latin(words: str) -> Guess:
    if words.isascii():
        found = Counter(words.translate(_ASCII_WORDS).split())
    elif len(_VIETNAMESE_RUN.sub("", words)) * 12 < len(words) * 11:
        return Guess("vi", SURE)
    else:
        found = Counter(_WORD.findall(words))
    hits = dict.fromkeys(COMMON_WORDS, 0)
    for word, count in found.items():
        for language in _LANGUAGES_OF.get(word, ()):
            hits[language] += count
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


def _by_letters(characters: Counter[str], letters: dict[str, frozenset[str]], usual: str) -> Guess:
    """Tell languages of one script by letters that only one of them uses."""
    present: Counter[str] = Counter()
    for character, count in characters.items():
        for language, own in letters.items():
            if character in own:
                present[language] += count
    if present:
        return Guess(present.most_common(1)[0][0], LIKELY)
    return Guess(usual, HINT if usual == "ar" else LIKELY)


@cache
def _script(character: str) -> str:
    return _SCRIPTS.get(unicodedata.name(character, "").split(" ")[0], "") if character.isalpha() else ""
