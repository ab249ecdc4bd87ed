"""Reads dates and times of day as people write them, both together as one where they stand together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import groupby

from gateway.triage.entities.page import Page, has_asset
from gateway.triage.entities.vocabulary import LETTER, data, fold_term, is_letter

_DAY, _MONTH, _YEAR = r"(?:3[01]|[12]\d|0?[1-9])", r"(?:1[0-2]|0?[1-9])", r"(?:(?:19|20|25)\d\d)"
_NO_MORE = r"(?![0-9])(?![.,/:-][0-9])"
_CLOCK = r"(?:2[0-4]|[01]?\d):[0-5]\d(?::[0-5]\d(?:[.,]\d{1,6})?)?(?![0-9:])"
_WITH_H = r"(?:2[0-4]|[01]?\d)\s?h\s?[0-5]\d(?:\s?min)?(?![0-9a-z])"
_HOUR = r"(?:2[0-4]|[01]?\d)"
_EASTERN = (
    rf"{_HOUR}\s?(?:点钟?|點鐘?|时(?!间)|時(?!間)|시(?!간))"
    r"(?:\s?[0-5]?\d\s?(?:分钟?|分|분)(?:\s?[0-5]?\d\s?(?:秒|초))?|半|整|\s?반)?"
)
_VIETNAMESE = rf"{_HOUR}\s?giờ\s?[0-5]?\d(?:\s?phút)?(?![0-9])"
_DOTTED = rf"{_HOUR}\.[0-5]\d(?:\.[0-5]\d)?(?![0-9.,])"


_MONTHS_AND_WORDS = re.compile(r"(?<![^\W\d_])(?:may|mar|out|set|ago|ara|eki|des|mei|sept|dec)(?![^\W\d_])")
"""Months that are also words: of which language, a number alone does not tell."""
_DIGITS_APART = re.compile(r"[0-9].*[^0-9].*[0-9]", re.DOTALL)
_VERSIONS = (
    "ver", "вер", "sürüm", "版本", "バージョン", "버전", "phiên", "bản", "النسخة", "الإصدار", "app", "v", "ios",
    "android",
)  # fmt: skip
_LONGEST_NUMBER = 26
_ZONE = 12
"""Characters in which a zone is looked for."""
_TAIL = re.compile(r"[0-9]\.[0-9]{2}\Z")


class Forms:
    """The expressions for dates and times, made of the data once."""

    def __init__(self) -> None:
        known = data("times")
        months = _any(known["months"].split())
        after = rf"\s?(?:{_any(known['after'])})"
        ends = rf"\s?(?:{_any([*known['after'], *known['after_clock']])})"
        before = rf"(?:{_any(known['before'])})"
        between = rf"(?:(?:{_any(known['between'])})\s?)"
        zone = (
            rf"(?:\s?\(?(?:utc|gmt)\s?(?:[+-]\s?\d{{1,2}}(?::?\d\d)?)?\)?(?![a-z])|z(?![a-z])|\s?[+-]\d\d:?\d\d(?!\d)"
            rf"|\s?\(?(?:{_any([*known['more_zones'], *known['zones'].split()])})\)?)"
        )
        year = rf"{_YEAR}(?![0-9])(?:\s?(?:г\.|г(?!\w)|года|год|ปี))?"
        named = (
            rf"{_DAY}(?:st|nd|rd|th|er|º|ª|\.)?[\s-]?(?:de |of |d'|d’)?(?:{months})\.?"
            rf"(?:[\s,-]{{0,2}}(?:de |del |of )?{year})?"
        )
        led = rf"(?:{months})\.?\s?{_DAY}(?:st|nd|rd|th)?(?![0-9])(?!:[0-9])(?:,?\s?{year})?"
        eastern = rf"(?:{_YEAR}\s?[年년]\s?)?{_MONTH}\s?[月월]\s?{_DAY}\s?(?:日|号|號|일)(?:\s?\([^\d\s()]{{1,3}}\))?"
        vietnamese = rf"{_DAY}\s?tháng\s?{_MONTH}(?:(?:,?\s?năm\s?|[\s,/-]{{1,2}}){year})?"
        iso = rf"{_YEAR}([-/.]){_MONTH}\1{_DAY}(?![0-9])"
        short = (
            rf"(?:{_DAY}([./-]){_MONTH}|{_MONTH}([/-]){_DAY})(?:\2|\3)(?:{_YEAR}|\d\d){_NO_MORE}(?:\s?(?:г\.|года))?"
        )
        korean = rf"{_YEAR}\.\s{_MONTH}\.\s{_DAY}(?![0-9])\.?"
        date = rf"(?:{iso}|{korean}|{eastern}|{vietnamese}|{short}|{named}|{led})"
        self.clock = (
            rf"(?:{before}\s?)?(?:{_CLOCK}|{_WITH_H}|{_EASTERN}|{_VIETNAMESE})(?:{ends})?"
            rf"|{before}\s?{_HOUR}(?=\D|\Z)|{_HOUR}{after}|{_DOTTED}{ends}"
        )
        loose = rf"{self.clock}|{_DOTTED}|{_HOUR}\s?h(?![0-9a-z])"
        week = rf"(?:[\s,(（]{{0,2}}(?:{_any(known['weekdays'].split())})[)）,.]{{0,2}})?"
        join = rf"(?:t(?=\d)|(?:['’]{LETTER}{{1,3}}(?=\s))?{week}[\s,，、的の(-]{{0,3}}{between}?)"
        led_in = r"(?:on|le|el|am|em|del|du|de|no dia|dia|ngày|tanggal|tgl|tarihinde|of|vom|بتاريخ|يوم)\s"
        of_date = rf"(?:,?\s?(?:(?:{led_in})?{_renumbered(date)}|{led_in}{_DAY}[./]{_MONTH}(?![0-9./])))?"
        self.date = re.compile(date)
        self.whole = re.compile(
            rf"{date}(?:{join}(?:{loose}){zone}?|{zone}(?=\W|\Z))?|(?:{self.clock}){zone}?{of_date}"
        )
        day_alone = rf"{_DAY}\s?[日일](?!間|间|간)(?:の|\s)?(?:{before}\s?)?(?:{_EASTERN}|{_CLOCK}){zone}?"
        self.day_alone = re.compile(day_alone)
        self.zone_before = re.compile(rf"(?:{_any([*known['more_zones'], *known['zones'].split()])})[\s:：]?\Z")
        self.after_word = re.compile(rf"(?:{_DOTTED}|(?!24){_HOUR}(?:{ends}){{1,2}}|{_HOUR}(?={zone})){zone}?")
        self.day_month = re.compile(
            rf"{_DAY}([./]){_MONTH}(?:\.(?!\d))?(?![0-9/])(?:[\s,]{{0,3}}{between}?(?:{loose}){zone}?)?"
        )
        self.months = frozenset(map(fold_term, known["months"].split()))
        self.before = tuple(known["before"])
        self.clock_words = frozenset(known["clock"])


def _renumbered(expression: str) -> str:
    """Return the expression of a date once more, with its groups under numbers of their own."""
    return expression.replace(r"\3", r"\6").replace(r"\2", r"\5").replace(r"\1", r"\4")


def _any(terms: list[str]) -> str:
    """Return the expression of any of these, the longest first, each as a word of its own.

    That no letter follows is asked once for all that stand together: `re` takes milliseconds to compile each question.
    """
    folded = [fold_term(term) for term in sorted(terms, key=len, reverse=True)]
    runs = groupby(folded, key=lambda term: is_letter(term[-1]))
    return "|".join(_either(run) + (f"(?!{LETTER})" if ends else "") for ends, run in runs)


def _either(terms: Iterable[str]) -> str:
    return f"(?:{'|'.join(map(re.escape, terms))})"


@cache
def forms() -> Forms:
    """Return the expressions; they are made when the first number asks for them."""
    return Forms()


_DATE_WORDS = frozenset(
    {
        "ngày",
        "on",
        "le",
        "el",
        "am",
        "em",
        "dia",
        "vom",
        "tanggal",
        "tgl",
        "seit",
        "desde",
        "du",
        "del",
        "since",
        "от",
        "с",
        "يوم",
        "بتاريخ",
        "วันที่",
        "hôm",
        "den",
    }
)
_HOUR_WORDS = frozenset(
    {
        "às",
        "ás",
        "as",
        "das",
        "à",
        "vers",
        "dès",
        "lúc",
        "saat",
        "pukul",
        "jam",
        "um",
        "gegen",
        "desde",
        "las",
        "la",
        "depois",
        "até",
        "at",
        "в",
        "около",
        "الساعة",
        "เวลา",
        "around",
        "vào",
    }
)


def read_time(page: Page, start: int, end: int) -> tuple[int, int] | None:
    """Return where the date or time begins and ends whose first number stands there."""
    low = page.low
    if end - start > _LONGEST_NUMBER:
        return None
    word, place = _word_before(low, start)
    if word.startswith(_VERSIONS) and "." in low[start:end]:
        return None
    match = _whole(page, start, word, place)
    if match is not None:
        return _with_zone(low, match.start()), _end(low, match)
    match = _by_word(low, start, word)
    return None if match is None else (match.start(), _end(low, match))


def _whole(page: Page, start: int, word: str, place: int) -> re.Match[str] | None:
    """Return what tells a time by its own form, from its number on or from the word before it."""
    low, known = page.low, forms()
    match, first = known.whole.match(low, start), start
    if word in known.months:
        first = place
    elif word.endswith(known.before):
        first = place + next(word.rfind(each) for each in known.before if word.endswith(each))
    if first != start and (led := known.whole.match(low, first)) is not None:
        match = led if match is None or led.end() >= match.end() else match
    if match is not None and _is_no_clock(page, match.end()):
        match = known.date.match(low, match.start())
    good = match is not None and _is_whole(match, low) and not _is_word(page, match, word)
    return match if good else None


def _by_word(low: str, start: int, word: str) -> re.Match[str] | None:
    """Return what is a time because of the word before it, or a day of a month with a time of day."""
    known = forms()
    if (match := known.day_alone.match(low, start)) is not None:
        return match
    if word in _HOUR_WORDS and (match := known.after_word.match(low, start)) is not None:
        return match
    match = known.day_month.match(low, start)
    return match if match is not None and (word in _DATE_WORDS or ":" in match[0]) else None


def _is_word(page: Page, match: re.Match[str], word: str) -> bool:
    """Whether the month of a date is rather a word: in 3 may fail, 2 hours ago 20."""
    if (month := _MONTHS_AND_WORDS.search(match[0])) is None:
        return False
    alone = not _DIGITS_APART.search(match[0]) and " de " not in match[0]
    capital = page.plain[match.start() + month.start()].isupper() and month[0] in ("may", "mar", "dec", "sept")
    return alone and not capital and word not in _DATE_WORDS


def _with_zone(low: str, start: int) -> int:
    """Return where a time begins whose zone stands before it: Beijing time 14:05."""
    if not start or (low[start - 1].isascii() and low[start - 1] not in " :"):
        return start
    before = low[max(0, start - _ZONE) : start]
    match = forms().zone_before.search(before)
    if match is None:
        return start
    first = start - len(before) + match.start()
    return start if first and is_letter(low[first]) and is_letter(low[first - 1]) else first


def _is_no_clock(page: Page, end: int) -> bool:
    """Whether what ends there as a time of day is an amount: 8 March 0.08 BTC."""
    return _TAIL.search(page.low, max(0, end - 5), end) is not None and has_asset(page, end)


def _is_whole(match: re.Match[str], low: str) -> bool:
    """Whether neither a number nor a word goes on where it ends: 14:05:99, 3 mayores."""
    end = match.end()
    if end >= len(low):
        return True
    last, after = low[end - 1], low[end]
    return not (last.isdigit() and after.isdigit()) and not (is_letter(last) and is_letter(after))


def _end(low: str, match: re.Match[str]) -> int:
    end = match.end()
    while low[end - 1] in " ,.":
        if low[end - 1] == "." and low[end - 2] in "гmน":
            break
        end -= 1
    return end


def _word_before(low: str, start: int) -> tuple[str, int]:
    """Return the word before a number and where it begins."""
    end = start
    if end and low[end - 1] == " ":
        end -= 1
    if end and low[end - 1] == ".":
        end -= 1
    first = end
    while first and end - first < 12 and low[first - 1].isalpha():
        first -= 1
    return low[first:end], first
