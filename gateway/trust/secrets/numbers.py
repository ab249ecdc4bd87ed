"""Finds secret numbers: cards by check digit, codes and PINs by what introduces them, identity numbers by pattern."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gateway.trust.secrets.checksums import luhn
from gateway.trust.secrets.model import Secret
from gateway.trust.secrets.page import Page, Term

_CARD = re.compile(r"(?<![0-9A-Za-z#_.,/-])(?<!\+)[0-9](?:[ .\u00a0\u2013-]?[0-9]){11,22}(?![0-9A-Za-z_/]|[.,-][0-9])")
_GROUPS = frozenset(
    {(4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3), (4, 4, 4, 1), (6, 13), (8, 8), (4, 4, 4, 4, 2)}
)
_ISSUERS = re.compile(
    r"4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})|5[1-5][0-9]{14}|2(?:2[2-9]|[3-6][0-9]|7[01])[0-9]{13}|3[47][0-9]{13}"
    r"|3(?:0[0-5]|[689][0-9])[0-9]{11}|6(?:011|4[4-9][0-9]|5[0-9]{2})[0-9]{12}|35(?:2[89]|[3-8][0-9])[0-9]{12}"
    r"|62[0-9]{14,17}|220[0-4][0-9]{12}|9792[0-9]{12}|(?:60|81|82|508)[0-9]{13,14}|(?:50|5[6-9]|6[0-9])[0-9]{10,17}"
)
"""Prefixes and lengths of the card networks: Visa, Mastercard, American Express, Diners, Discover, JCB, UnionPay, Mir,
Troy, RuPay, Maestro (ISO/IEC 7812 issuer ranges, as the networks publish them)."""
_CODE = re.compile(
    r"(?<![0-9A-Za-z_.,/#$€£¥₽₹₩+\-])(?:[A-Z]-)?([0-9]{4,8}|[0-9]{3}[ -][0-9]{3})"
    r"(?![0-9A-Za-z_%€£¥₽₹₩]|[.,:/-][0-9]|\s?[$€£¥₽₹₩])"
)
_UNIT = re.compile(
    r"\s{0,2}(?:usdt?|eur|btc|eth|bnb|trx|sol|xrp|usdc|minut|min\b|second|sec\b|hour|day|week|month|year|times|people|users|rub|cny|jpy|krw"
    r"|inr|vnd|idr|try\b|tl\b|dollar|euro|digit|character|美元|元|円|원|руб|мин|сек|час|дн|분|분간|分|秒|天|小时|次|位|桁|자리|phut|menit|dakika|saniye)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}\Z")
_PIN = re.compile(r"\bpin|пин|핀번호|暗証番号|رقم.?سري|الرقم السري", re.IGNORECASE)
_CVV = re.compile(r"[^0-9\n\0]{0,16}?(?<![0-9.,])([0-9]{3,4})(?![0-9.,]?[0-9A-Za-z])")
_REACH = 40
_CARD_REACH = 60
_ASKS = re.compile(r"\?|\bnot\b|n't|没|沒|не приход|не приш|didn|never|нет ", re.IGNORECASE)


def find_numbers(page: Page, patterns: Sequence[re.Pattern[str]]) -> Iterator[Secret]:
    """Yield the secret numbers of a page; `patterns` are those of identity numbers."""
    yield from _cards(page)
    if page.told:
        yield from _codes(page)
        yield from _check_values(page)
    for pattern in patterns:
        yield from _identity_numbers(page.text, pattern)


def _cards(page: Page) -> Iterator[Secret]:
    for match in _CARD.finditer(page.text):
        digits = re.sub(r"[^0-9]", "", match.group())
        if not 12 <= len(digits) <= 19 or not _ISSUERS.fullmatch(digits) or not luhn(digits) or len(set(digits)) < 2:
            continue
        groups = tuple(len(group) for group in re.split(r"[^0-9]", match.group()))
        near = page.before(match.start(), _CARD_REACH, ("card", "id", "public", "cvv"))
        if near is not None and near.kind in ("id", "public"):
            continue
        told = near is not None or page.after(match.end(), _CARD_REACH, ("card", "cvv")) is not None
        if told or (groups in _GROUPS and len(groups) > 2 and len(set(re.findall(r"[^0-9]", match.group()))) == 1):
            yield Secret("card_number", match.start(), match.end(), 0.9 if told else 0.8)


def _check_values(page: Page) -> Iterator[Secret]:
    """Yield the three or four digits that follow a word such as CVV."""
    for term in page.of("cvv"):
        match = _CVV.match(page.text, term.end, term.end + _REACH)
        if match is not None:
            yield Secret("card_number", match.start(1), match.end(1), 0.8)


def _codes(page: Page) -> Iterator[Secret]:
    """Yield one-time codes and PINs: short numbers that a term introduces, or that are said to be one right after."""
    if not page.kinds & {"code", "password", "totp"}:
        return
    for match in _CODE.finditer(page.text):
        if _UNIT.match(page.text, match.end()) or "\0" in match.group():
            continue
        term = page.before(match.start(), _REACH, ("code", "password", "totp", "id", "public", "card", "api"))
        if term is not None and _introduces(page, term, match):
            yield _of_kind(page, term, match)
        elif term is None or page.text.rfind("\n", term.end, match.start()) >= 0:
            yield from _said_after(page, match)


def _of_kind(page: Page, term: Term, match: re.Match[str]) -> Secret:
    pin = term.kind == "password"
    return Secret("password" if pin else "one_time_code", match.start(), match.end(), 0.85)


def _introduces(page: Page, term: Term, match: re.Match[str]) -> bool:
    """Whether a term speaks of the number after it and of nothing between."""
    between = page.text[term.end : match.start()]
    if term.kind not in ("code", "password", "totp") or _ASKS.search(between):
        return False
    if term.kind == "password" and not _PIN.match(page.text, term.start):
        return False
    direct = len(re.findall(r"[^\W\d_]+", between)) <= 1 and "|" not in between
    if term.kind == "password" and not direct:
        return False
    if _YEAR.match(match[1]) and not direct:
        return False
    if re.search(r"[.!?。！？]\s", between) or between.count("\n") > 1:
        return False
    general = page.spelled[term.start : term.end] in _GENERAL
    return not general or (len(re.sub(r"\D", "", match[1])) == 6 and direct)


_GENERAL = frozenset(
    {
        "код",
        "2fa",
        "the code",
        "my code",
        "мой код",
        "الرمز",
        "الكود",
        "el codigo",
        "o codigo",
        "mon code",
        "totp",
        "backup key",
        "code",
    }
)
"""Terms that may also speak of other codes: six digits must follow at once."""


def _said_after(page: Page, match: re.Match[str]) -> Iterator[Secret]:
    """Yield a number of six digits of which the text says at once that it is a code: `123456 is my login code`."""
    if len(match[1]) < 6 or _YEAR.match(match[1]):
        return
    term = page.after(match.end(), 30, ("code", "id", "public", "card", "password"))
    if term is None or term.kind != "code":
        return
    between = page.text[match.end() : term.start]
    if not re.search(r"[.!?\n。]", between) and not _ASKS.search(between) and _IS.match(between):
        yield Secret("one_time_code", match.start(), match.end(), 0.8)


_IS = re.compile(
    r"\s{0,3}(?:[-–—:=(]|is\b|ist\b|es\b|est\b|é\b|это|-\s|は|が|是|为|為|입니다|은|는|adalah|la\b|là\b|هو|هي|ваш|your|my|\Z)",
    re.IGNORECASE,
)


def _identity_numbers(text: str, pattern: re.Pattern[str]) -> Iterator[Secret]:
    """Yield what an operator's pattern finds, where it is no part of a longer word or number."""
    for match in pattern.finditer(text):
        start, end = match.span()
        around = text[max(0, start - 1) : start] + text[end : end + 1]
        if start < end and "\0" not in match.group() and not any(letter.isalnum() for letter in around):
            yield Secret("identity_number", start, end, 0.8)


def read_patterns(patterns: Sequence[str]) -> tuple[re.Pattern[str], ...]:
    """Return operators' patterns of identity numbers, ready to use.

    Raises `ValueError`, in a sentence for the operator, where one is no regular expression, matches nothing at all, or
    may take more than linear time: repetitions must have an end (`{8,12}`), and groups may not be repeated.
    """
    return tuple(map(_read_pattern, patterns))


def _read_pattern(pattern: str) -> re.Pattern[str]:
    bare = re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", "x", pattern)
    if len(pattern) > _MAX_PATTERN:
        raise ValueError(f"identity number pattern {pattern[:40]!r}... is longer than {_MAX_PATTERN} characters")
    if re.search(r"[*+]|\{[0-9]*,\}|\)\{", bare):
        raise ValueError(
            f"identity number pattern {pattern!r}: write how often with an end, as {{8,12}}, and repeat no group"
        )
    if any(int(most) > _MAX_REPEAT for most in re.findall(r"\{(?:[0-9]*,)?([0-9]+)\}", bare)):
        raise ValueError(f"identity number pattern {pattern!r}: repeats more than {_MAX_REPEAT} times")
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ValueError(f"identity number pattern {pattern!r} is no regular expression: {error}") from error
    if compiled.search(""):
        raise ValueError(f"identity number pattern {pattern!r} matches nothing at all")
    return compiled


_MAX_PATTERN = 200
_MAX_REPEAT = 40
