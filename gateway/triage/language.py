"""Which language a person writes: by the share of scripts in what he wrote himself, then by words and letters. Pure.

Links, addresses, hashes and quotes are not his words. A script that many languages share gives a low confidence.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Literal

from gateway.triage.profiles import Found, profile
from gateway.triage.words import JARGON, writings

MAX_CHARS = 3_000
"""Code points in which a person's own words are looked for."""
_ENOUGH = 600
"""Code points of his own words that are looked at; a language shows itself long before."""

SURE, LIKELY, HINT, UNKNOWN = 0.95, 0.7, 0.4, 0.0
_SAMPLE = 300
"""Code points that are counted by script, at most."""

_STYLED = re.compile(
    "[\u2100-\u214f\u24b6-\u24e9\ufb00-\ufdff\ufe70-\ufefc\uff21-\uff3a\uff41-\uff5a\uff66-\uffdc\U0001d400-\U0001d7ff]"
)
"""Letters in bold, in circles, at full or half width, joined: to be read as the plain letters that they look like."""
_QUOTED = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_RUN = re.compile(r"[!-~]+")
"""Whatever stands together in ASCII: a link ends where Chinese goes on without a space."""
_DOMAIN = re.compile(r"[A-Za-z0-9]\.[A-Za-z]{2}")
_DIGIT = re.compile(r"[0-9]")
_CODE_SIGN = re.compile(r"[0-9@:.](?:(?<=[0-9@])|(?<=:)//|(?<=[A-Za-z0-9]\.)[A-Za-z]{2})")
"""What every link, address, handle and code has, and most words have not."""
_SHORTEST_CODE = 6

_WORDS = {
    "Latin": re.compile("[A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u0259\u1e00-\u1eff]+"),
    "Cyrillic": re.compile("[\u0400-\u0481\u048a-\u052f]+"),
    "Arabic": re.compile("[\u0620-\u063f\u0641-\u064a\u066e\u066f\u0671-\u06d3]+"),
}
"""Scripts whose languages are told apart by their words, and how these are cut."""
_WORD = _WORDS["Latin"]
_ASCII_WORDS = {code: " " for code in range(128) if not chr(code).isalpha()}
_OTHER_THAN_LATIN = re.compile("[^\0-\u0259\u1e00-\u1eff\u2000-\u206f]")
_ARABIC_MARKS = re.compile("[\u0640\u064b-\u065f\u0670]+")

_SCRIPTS = {
    "CJK": "Han", "HIRAGANA": "Kana", "KATAKANA": "Kana", "KATAKANA-HIRAGANA": "Kana", "HANGUL": "Hangul",
    "LATIN": "Latin", "CYRILLIC": "Cyrillic", "ARABIC": "Arabic", "HEBREW": "he", "GREEK": "el", "THAI": "th",
    "LAO": "lo", "KHMER": "km", "MYANMAR": "my", "GEORGIAN": "ka", "ARMENIAN": "hy", "DEVANAGARI": "hi",
    "BENGALI": "bn", "TAMIL": "ta", "TELUGU": "te", "GUJARATI": "gu", "GURMUKHI": "pa", "KANNADA": "kn",
    "MALAYALAM": "ml", "SINHALA": "si", "ETHIOPIC": "am",
}  # fmt: skip
"""First word of a character's Unicode name → script, or the language that nearly always stands behind it."""

_USUAL = {"Latin": "en", "Cyrillic": "ru", "Arabic": "ar"}
"""What strangers write to a desk when nothing else is known."""

_LEAD_TO_BE_LIKELY, _LEAD_TO_BE_SURE = 2.5, 6.0
"""Nats by which a language leads the next."""
_CLEAR_TO_BE_LIKELY, _CLEAR_TO_BE_SURE = 0.3, 1.0
"""The same a word."""

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
    form: Literal["NFC", "NFKC"] = "NFKC" if _STYLED.search(text, 0, MAX_CHARS) else "NFC"
    own = unicodedata.normalize(form, text[:MAX_CHARS])[:MAX_CHARS]
    # Lower-case Turkish İ keeps its dot as a mark of its own.
    words = _without_codes(_QUOTED.sub(" ", own) if ">" in own else own)[:_ENOUGH].lower().replace("i\u0307", "i")
    if words.isascii() or not _OTHER_THAN_LATIN.search(words):
        return _by_words("Latin", words)
    words = _WORD.sub(_unless_jargon, words)
    counts: Counter[str] = Counter()
    # A text has few different characters: each is looked up once. Of a longer one, every second or third is enough.
    characters = Counter(words[:: 1 + len(words) // _SAMPLE])
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


def _unless_jargon(word: re.Match[str]) -> str:
    return "" if word[0] in JARGON else word[0]


def _of_script(script: str, words: str, characters: Counter[str], counts: Counter[str]) -> Guess:
    match script:
        case "East":
            return _eastern(characters, counts)
        case "Latin" | "Cyrillic" | "Arabic":
            return _by_words(script, words)
        case "Hangul":
            return Guess("ko", SURE)
        case language:
            return Guess(language, SURE if language in _ALONE else HINT)


def _eastern(characters: Counter[str], counts: Counter[str]) -> Guess:
    han, kana = counts["Han"], counts["Kana"]
    if kana and kana * 10 >= han:
        return Guess("ja", SURE if kana * 4 >= han else LIKELY)
    known = writings()
    japanese = sum(count for character, count in characters.items() if character in known.japanese)
    simplified = sum(count for character, count in characters.items() if character in known.simplified)
    traditional = sum(count for character, count in characters.items() if character in known.traditional)
    if japanese > simplified:
        return Guess("ja", LIKELY if han > 1 else HINT)
    if traditional > simplified:
        return Guess("zh-Hant", LIKELY)
    if simplified:
        return Guess("zh-CN", SURE)
    # Nothing that only one of the two writes: most who write Chinese to a desk write simplified.
    return Guess("zh-CN", LIKELY if han > 1 else HINT)


def _by_words(script: str, text: str) -> Guess:
    if script == "Arabic":
        text = _ARABIC_MARKS.sub("", text)
    words = text.translate(_ASCII_WORDS).split() if text.isascii() else _WORDS[script].findall(text)
    found = profile(script).of(words)
    if not found.words:
        # Words that are met in all languages alone, or none.
        return Guess(_USUAL[script], HINT if words else UNKNOWN)
    return Guess(found.language, _confidence(found))


def _confidence(found: Found) -> float:
    # Halves in two languages pull against each other: the lead is small for so many words.
    clear = found.lead / found.words
    if found.lead < _LEAD_TO_BE_LIKELY or clear < _CLEAR_TO_BE_LIKELY:
        return HINT
    sure = found.words > 1 and found.lead >= _LEAD_TO_BE_SURE and clear >= _CLEAR_TO_BE_SURE
    return SURE if sure else LIKELY


@cache
def languages_told() -> frozenset[str]:
    """Return the tags of all languages that a text can be found to be in."""
    by_words = (each for script in _USUAL for each in profile(script).languages)
    by_script = (each for each in _SCRIPTS.values() if each.islower())
    return frozenset({*by_words, *by_script, "zh-CN", "zh-Hant", "ja", "ko"})


@cache
def _script(character: str) -> str:
    return _SCRIPTS.get(unicodedata.name(character, "").split(" ")[0], "") if character.isalpha() else ""
