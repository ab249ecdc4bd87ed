"""Reads amounts: a number in any local format with its asset next to it, and both as they are reckoned."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gateway.triage.entities.page import Page
from gateway.triage.entities.vocabulary import STEM, Vocabulary, is_letter

_DIGITS = (
    r"(?:(?<![0-9A-Za-z.])[.][0-9]{1,18}(?![.,]?[0-9])|[0-9]{1,3}(?:[ ][0-9]{3})+(?![0-9])(?:[.,][0-9]+)?"
    r"|[0-9]+(?:[.,'’][0-9]+)*)"
)
_NUMBER = re.compile(
    rf"(?:(?<![A-Za-z0-9_])|(?<=\b[Rr][pPsSM])|(?<=\b[A-Z]{{3}})|(?<=\b[A-Z]{{4}}))(?<![0-9][.,]){_DIGITS}"
)
_REST = re.compile(rf"[.,]({_DIGITS})")
"""A number behind a comma that parts it from one that is taken: `UID 48210734,500U`."""
_UNIT = re.compile(r"[ ]{0,2}([A-Za-z\u00c0-\u024f\u1e00-\u1eff0-9$/]{1,64}|[^\W\d_]{1,64}|[€£¥₽₺₩₫฿₴₦₱₹₸])([.$¥]?)")
"""The word or sign behind a number. Its length has an end, since the next number may begin within it: 1/1/1/1."""
_SIGNED = re.compile(r"[A-Za-z]{0,3}[$€£¥₽₺₩₫฿₴₦₱₹₸]|[A-Za-z]{1,10}")
_GOES_ON = re.compile(r"[A-Za-z%]|[-/:][0-9]")
"""What makes of a number behind an asset another thing: BTC 24h, USDT 3%."""
_SPACES = re.compile("[ '’]")
_DEAR = frozenset({"BTC", "ETH", "WBTC", "WETH", "STETH", "BNB", "BCH", "LTC", "SOL", "PAXG", "XAUT"})
"""Assets of which few have a thousand."""
_SIGNS = "$€£¥₽₺₩₫฿₴₦₱₹₸"
_OF = frozenset({"de", "d", "of"})
_LONGEST = 14
_SHORTEST_STEM = 3


@dataclass(frozen=True, slots=True)
class Amount:
    """Where an amount begins and ends, and what it says."""

    start: int
    end: int
    amount: str
    asset: str


def numbers(page: Page) -> Iterator[tuple[int, int]]:
    """Yield where the numbers of a page begin and end, but for those that are taken."""
    for match in _NUMBER.finditer(page.plain):
        start, end = match.span()
        if start and page.plain[start - 1].isalpha() and page.plain[start - 1].isascii() and not _is_led(page, start):
            continue
        if page.is_free(start, end):
            yield start, end
        elif (first := page.free_from(start, end)) < end and (rest := _REST.match(page.plain, first, end)) is not None:
            yield rest.span(1)


def _is_led(page: Page, start: int) -> bool:
    """Whether the letters that a number is written to are an asset's: USDT500, and not TRC20."""
    low = start
    while low and page.plain[low - 1].isascii() and page.plain[low - 1].isalpha():
        low -= 1
    return page.low[low:start] in page.words.assets


def read_amount(page: Page, start: int, end: int) -> Amount | None:
    """Return the amount whose number stands there, if an asset stands next to it."""
    written = page.plain[start:end]
    factor, after = _times(page, end)
    unit = _asset_after(page, after, multiplied=factor != 1)
    if unit is None and factor != 1 and (unit := _asset_after(page, end)) is not None:
        factor = 1
    if unit is not None:
        asset, stop = unit
        if start and page.plain[start - 1] in _SIGNS and page.is_free(start - 1, start):
            start -= 1
        return Amount(start, stop, reckoned(written, factor, dear=asset in _DEAR), asset)
    if _GOES_ON.match(page.plain, after) is None and (sign := _asset_before(page, start)) is not None:
        asset, low = sign
        return Amount(low, after, reckoned(written, factor, dear=asset in _DEAR), asset)
    return None


def reckoned(written: str, factor: int = 1, *, dear: bool = False) -> str:
    """Return a number as it is reckoned: digits, a point where there are fractions, nothing else.

    Of two different signs the last parts the fraction. One sign alone groups thousands where it stands more than once,
    or where three digits follow; not after a nought, nor a point before million and the like or a dear asset.
    """
    digits = _SPACES.sub("", written)
    last = max(digits.rfind("."), digits.rfind(","))
    whole, fraction = (digits, "") if last < 0 else (digits[:last], digits[last + 1 :])
    if last >= 0 and _is_grouped(whole, digits[last], fraction, factor, dear):
        whole, fraction = digits, ""
    whole = whole.replace(".", "").replace(",", "")
    if factor != 1:
        zeros = len(str(factor)) - 1
        fraction = fraction.ljust(zeros, "0")
        whole, fraction = whole + fraction[:zeros], fraction[zeros:]
    fraction = fraction.rstrip("0")
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{fraction}" if fraction else whole


def _is_grouped(head: str, sign: str, tail: str, factor: int, dear: bool) -> bool:
    if sign in head:
        return True
    if ("," if sign == "." else ".") in head or len(tail) != 3 or len(head) > 3 or head == "0":
        return False
    return not (sign == "." and (dear or factor != 1))


def _times(page: Page, end: int) -> tuple[int, int]:
    """Return by how much a word such as million multiplies the number, and where it ends."""
    match = _UNIT.match(page.low, end)
    if match is None:
        return 1, end
    word, start = match[1], match.start(1)
    times = page.words.times
    if is_letter(word[0]):
        factor = times.get(word)
        if factor is not None:
            return factor, match.end() if match[2] == "." and word not in ("k", "m", "b") else match.end(1)
        return _glued(times, word, start, end)
    for size in (2, 1):
        if (factor := times.get(word[:size])) is not None:
            return factor, start + size
    return 1, end


def _glued(times: Mapping[str, int], word: str, start: int, end: int) -> tuple[int, int]:
    """Return what a stem of several letters says, as in a language that declines its numbers."""
    for size in range(min(len(word), _LONGEST), _SHORTEST_STEM - 1, -1):
        if (factor := times.get(word[:size] + STEM)) is not None:
            return factor, start + len(word)
    return 1, end


def _asset_after(page: Page, end: int, *, multiplied: bool = False) -> tuple[str, int] | None:
    match = _UNIT.match(page.low, end)
    if match is None:
        return None
    word, start = match[1], match.start(1)
    counted = _counted(page, word, multiplied)
    if counted and (after := _UNIT.match(page.low, start + counted)) is not None:
        match, word, start = after, after[1], after.start(1)
    return _asset(page, word, start, match[2])


def _counted(page: Page, word: str, multiplied: bool) -> int:
    """Return how many characters of a word only count, as in three pieces of, or a million of."""
    if word in page.words.between or (multiplied and word in _OF):
        return len(word)
    return int(word[0] in page.words.between)


def _asset(page: Page, word: str, start: int, sign: str) -> tuple[str, int] | None:
    """Return the asset that a word names, and where its name ends."""
    words = page.words
    if sign and (asset := words.assets.get(word + sign)) is not None:
        return asset, start + len(word) + 1
    if (longer := _longer(words, page.low, word, start)) is not None:
        return longer
    if (asset := words.assets.get(word)) is not None:
        return asset, start + len(word)
    if (asset := words.capitals.get(page.plain[start : start + len(word)])) is not None:
        return asset, start + len(word)
    return _begun(words, word, start)


def _longer(words: Vocabulary, low: str, word: str, start: int) -> tuple[str, int] | None:
    """Return an asset whose name has two words, such as US dollars."""
    after = start + len(word)
    if low[after : after + 1] != " " or not is_letter(word[0]):
        return None
    match = _UNIT.match(low, after)
    if match is None or (asset := words.assets.get(f"{word} {match[1]}")) is None:
        return None
    return asset, match.end(1)


def _begun(words: Vocabulary, word: str, start: int) -> tuple[str, int] | None:
    """Return the asset that a word begins with: a stem, or a name where words stand side by side."""
    if word[0] in _SIGNS:
        return None
    apart = not is_letter(word[0])
    for size in range(min(len(word), _LONGEST), 0, -1):
        head = word[:size]
        if apart:
            if (asset := words.assets.get(head)) is not None:
                return asset, start + size
        elif size < _SHORTEST_STEM:
            return None
        elif (asset := words.assets.get(head + STEM)) is not None:
            return asset, start + len(word)
    return None


def _asset_before(page: Page, start: int) -> tuple[str, int] | None:
    """Return the asset that stands before a number: a sign, or a code in capitals."""
    plain = page.plain
    end = start
    while end and start - end < 2 and plain[end - 1] in " .":
        end -= 1
    if not end or (
        end < start and plain[end:start].strip(" ") == "." and plain[end - 1 : end].lower() not in ("p", "s")
    ):
        return None
    low = end
    if plain[low - 1] in _SIGNS:
        low -= 1
    while low and end - low < 10 and plain[low - 1].isascii() and plain[low - 1].isalpha():
        low -= 1
    word = plain[low:end]
    if not word or (low and ((plain[low - 1].isalnum() and plain[low - 1].isascii()) or plain[low - 1] in "/_-@")):
        return None
    return _named_before(page, word, low, end)


def _named_before(page: Page, word: str, low: int, end: int) -> tuple[str, int] | None:
    assets = page.words.assets
    if word[-1] in _SIGNS:
        if (asset := assets.get(word.lower())) is not None:
            return asset, low
        if (asset := assets.get(word[:-1].lower())) is not None:
            return asset, low
        asset = assets.get(word[-1])
        return (asset, end - 1) if asset is not None and page.is_free(end - 1, end) else None
    known = assets.get(word.lower()) if word == word.upper() or word.lower() in ("rp", "rs") else None
    if known is None or len(word) < 2 or not page.is_free(low, end):
        return None
    return known, low
