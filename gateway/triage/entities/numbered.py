"""Finds the numbers that are what a word beside them says: of accounts, orders, withdrawals, memos and phones."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.triage.entities.page import Hit, Page, has_asset
from gateway.triage.entities.vocabulary import is_letter

_REACH = 36
"""Characters between a label and its number, at most."""
_REACH_BACK = 16
"""The same where the number comes first."""

_BEFORE, _AFTER = r"(?<![A-Za-z0-9_.])(?<![0-9][,:/-])", r"(?![A-Za-z0-9]|[.,:/][0-9]|[_-][A-Za-z0-9])"
_CODE = r"(?=[A-Za-z_-]{0,8}[0-9])[A-Za-z0-9](?:[A-Za-z0-9]|[-_](?=[A-Za-z0-9])){6,26}[A-Za-z0-9]"
_VALUES = {
    "order_id": re.compile(rf"(?<![A-Za-z0-9_.]){_CODE}{_AFTER}"),
    "withdrawal_id": re.compile(
        rf"(?<![A-Za-z0-9_.])(?:[A-Za-z]{{1,4}}[-_]?[0-9][0-9-]{{3,19}}[0-9]|[0-9]{{6,20}}){_AFTER}"
    ),
    "memo": re.compile(rf"{_BEFORE}(?:[0-9]{{3,20}}|(?=[A-Za-z]{{0,12}}[0-9]{{2}})[A-Za-z0-9]{{6,30}}){_AFTER}"),
    "phone": re.compile(r"(?<![A-Za-z0-9_.])\(?[0-9](?:[ ().-]{0,3}[0-9]){6,14}(?![A-Za-z0-9])"),
}
_NAMED = re.compile(r"(?<![A-Za-z0-9_])(?:W|D|WD|WDR|DEP|WITH|DP)[-_]?[0-9]{6,14}(?:-[0-9]{1,8})?(?![A-Za-z0-9])")
"""A number that is a withdrawal's or a deposit's by its letters, in a text that speaks of one or calls it an id."""
_LETTERED = re.compile(r"[A-Za-z]")
_ENOUGH_DIGITS = re.compile(r"(?:[^0-9]*[0-9]){5}")

_PLUS = re.compile(r"(?<![A-Za-z0-9+])\+[ ]?[1-9](?:[ ()./-]{0,3}[0-9]){6,14}(?![0-9])")
_ZEROS = re.compile(r"(?<![A-Za-z0-9.,:])(?<![0-9] )00[1-9](?:[ ()./-]{0,2}[0-9]){7,13}(?![0-9])")

_BROKEN = re.compile(r"[!?。！？;；0-9]|[.\n][\s\S]*\S")
"""What parts a number from a label before it: the end of a sentence with more behind it, another number."""
_PARTED = re.compile(r"[.!?。！？;；\n]\s|[。！？；]")
_DIRECT = re.compile(r"[\s:=#№*\"'`(\[（：.｡»«“”‘’」「-]{0,6}\Z")
_BACK = re.compile(
    r"\s?\Z|\s{0,2}(?:[(（=—–-]|(?:is|was|are|es|era|é|est|ist|war|là|adalah|это|мой|мая|моя|هو|هي|benim|saya|my|mi|meu|mon|mein)(?![^\W\d_])"
    r"|[是為为はが가이은는]|的)[^0-9.,!?。！？;；，、\n]*\Z",
    re.IGNORECASE,
)
"""What must stand between a number and the label behind it: 48210734 is my UID."""
_MORE = re.compile(r"\s{0,2}(?:[,&/+、，]|and|or|y|e|et|und|и|ve|và|dan|و|和|与|與|と|와|과)\s{0,2}", re.IGNORECASE)

_KINDS = frozenset({*_VALUES, "account_id"})
_SAID = frozenset({*_KINDS, "id", "account", "call", "number", "other", "address", "transaction"})
_SHORT = 3
_NO_DIGITS = re.compile(r"[^0-9]+")
_LEAST_CALLED = 9
"""Digits of a number that somebody says to call, without the word phone."""
_SURELY_NO_SUM = 8
"""Digits of a number behind the mere word withdrawal that is its number, not what was withdrawn."""


def find_phones(page: Page) -> None:
    """Add the phone numbers that begin with a plus."""
    if "+" in page.plain:
        _add_phones(page, _PLUS)


def find_dialled(page: Page) -> None:
    """Add those that begin with two noughts; after all that has a label, since other numbers may begin so."""
    if "00" in page.plain:
        _add_phones(page, _ZEROS)


def _add_phones(page: Page, pattern: re.Pattern[str]) -> None:
    for match in pattern.finditer(page.plain):
        if page.is_free(*match.span()) and not has_asset(page, match.end()):
            start, end = match.span()
            # A country's code in brackets: (+34) 600 000 000.
            start -= page.plain[max(0, start - 1) : start] == "(" and page.plain.count(")", start, end) > 0
            page.add("phone", start, end)


def find_numbered(page: Page, hits: list[Hit]) -> None:
    """Add the numbers of a page that have a label."""
    labels = _labels(page, hits)
    if not labels:
        return
    unused = []
    for place, hit in enumerate(labels):
        limit = labels[place + 1][0] if place + 1 < len(labels) else len(page.text)
        kind = _kind(page, labels, place)
        if kind and not _forward(page, hit, kind, limit) and hit[2].kind == kind:
            unused.append((place, hit))
    if any(hit[2].kind in ("withdrawal_id", "id") for hit in labels):
        for match in _NAMED.finditer(page.plain):
            if page.is_free(*match.span()):
                page.add("withdrawal_id", *match.span())
    for place, hit in unused:
        _backward(page, hit, labels[place - 1][1] if place else 0)


def _labels(page: Page, hits: list[Hit]) -> list[Hit]:
    """Return the labels of a page. Of two that overlap the later is the head: 提币地址标签 is a tag, not an address."""
    return [hit for hit in hits if hit[2].kind in _SAID and not _is_of_code(page, hit)]


def _is_of_code(page: Page, hit: Hit) -> bool:
    """Whether a short label is the beginning of a number: WD20260311."""
    _, end, term = hit
    if term.size > _SHORT or not term.is_word or term.kind in ("account_id", "id") or end >= len(page.plain):
        return False
    return page.plain[end].isdigit() or (page.plain[end] == "-" and page.plain[end + 1 : end + 2].isdigit())


def _kind(page: Page, labels: list[Hit], place: int) -> str:
    """Return of which kind a number after a label is; empty where it is of none of ours."""
    start, _, term = labels[place]
    if term.kind in _KINDS:
        return term.kind
    if term.kind in ("id", "account"):
        return "account_id"
    if term.kind == "call":
        return "phone"
    if term.kind != "number" or not place:
        return ""
    _, end, before = labels[place - 1]
    near = start - end <= _REACH and not _PARTED.search(page.low, end, start)
    return before.kind if near and before.kind in ("order_id", "withdrawal_id") else ""


def _forward(page: Page, hit: Hit, kind: str, limit: int) -> bool:
    """Add the numbers that stand after a label, before the next one; tell whether there were any."""
    _, end, _ = hit
    roof = min(limit, end + _REACH)
    found = False
    for match in _values(page, kind, end, min(len(page.text), roof + 64)):
        start, stop = match.span()
        if start >= roof and not found:
            break
        gap = page.plain[end:start]
        direct = _DIRECT.match(gap) is not None
        if found:
            if not _MORE.fullmatch(gap):
                break
        elif _BROKEN.search(gap.strip()):
            break
        if not page.is_free(start, stop) or not _fits(page, hit, kind, match, direct, found):
            break
        page.add("withdrawal_id" if kind == "order_id" and _NAMED.fullmatch(match[0]) else kind, start, stop)
        found, end = True, stop
    return found


def _values(page: Page, kind: str, start: int, end: int) -> Iterator[re.Match[str]]:
    pattern = page.words.account_id if kind == "account_id" else _VALUES[kind]
    if kind == "account_id" and (glued := page.words.glued_id.match(page.plain, start, end)) is not None:
        yield glued
        start = glued.end()
    yield from pattern.finditer(page.plain, start, end)


def _fits(page: Page, hit: Hit, kind: str, match: re.Match[str], direct: bool, follows: bool) -> bool:
    """Whether a value can be what its label says, by its form and by what stands after it."""
    term, value = hit[2], match[0]
    lettered = _LETTERED.search(value) is not None
    if (
        match.start()
        and is_letter(page.plain[match.start() - 1])
        and page.plain[hit[1] - 1] != page.plain[match.start() - 1]
    ):
        return False
    if term.kind == "account":
        return direct and not has_asset(page, match.end())
    if term.kind == "call":
        return len(_NO_DIGITS.sub("", value)) >= _LEAST_CALLED
    if term.kind == "id":
        return direct and _is_bare(page, hit[0])
    if kind in ("account_id", "phone"):
        return True
    if not direct and not follows and lettered and not _ENOUGH_DIGITS.match(value):
        return False
    if kind == "memo" and lettered and not direct:
        return False
    if kind == "withdrawal_id" and term.kind == kind and not term.strong and not lettered:
        between = page.plain[hit[1] : match.start()]
        return (
            "#" in between
            or "№" in between
            or (direct and len(value) >= _SURELY_NO_SUM and not has_asset(page, match.end()))
        )
    if kind == "order_id" and not _ENOUGH_DIGITS.match(value):
        return False
    return lettered or not has_asset(page, match.end())


def _is_bare(page: Page, start: int) -> bool:
    """Whether nothing before the word id says of what."""
    before = page.low[max(0, start - 3) : start].rstrip(" ")
    return not before or before[-1] in ".,;:!?\n(，。；：！？（"


def _backward(page: Page, hit: Hit, floor: int) -> None:
    """Add a number that stands right before its label: "48210734 is my UID"."""
    start, _, term = hit
    if not term.strong or term.kind == "phone":
        return
    low = max(floor, start - _REACH_BACK - 32)
    last = None
    for match in _values(page, term.kind, low, start):
        last = match
    if last is None or start - last.end() > _REACH_BACK or not _BACK.match(page.plain[last.end() : start]):
        return
    if term.kind == "order_id" and len(last[0]) < 10:
        return
    if page.is_free(*last.span()) and not has_asset(page, last.end()):
        page.add(term.kind, *last.span())
