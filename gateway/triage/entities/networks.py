"""Finds the networks that a text names, and tells them from coins of the same name."""

from __future__ import annotations

import re
from functools import cache

from gateway.triage.entities.page import Hit, Page
from gateway.triage.entities.vocabulary import LETTER, STEM, data, fold_term, is_letter

_NEAR = 14
"""Characters in which the word network is looked for."""
_LETTERS = 6


@cache
def _beside() -> tuple[re.Pattern[str], ...]:
    """Return what makes a network of a coin: after it, before it, before it in some messages or in all, between two."""
    known = data("networks")
    after, before = (_words(known["said"][name]) for name in ("after", "before"))
    return (
        re.compile(rf"[\s'’\"」)-]{{0,2}}(?:{after}|{_words(known['said']['surely_after'])})"),
        re.compile(
            rf"(?:{before})[\s:：\"'(「-]{{0,3}}(?:d[eiao]s? |d'|d’|la |el |di |của |is |era |est |ist |là "
            "|adalah |هي |هو |是|為|为|选的是|選的是|选了|選了|选|選|选择|選擇|は|が|로 |는 )?\\Z"
        ),
        re.compile(rf"(?:{_words(known['said']['via'])})\s?\Z"),
        re.compile(rf"(?:{_words(known['said']['surely'])})\s?\Z"),
        re.compile(
            rf"\s?(?:[,/、，|+&]|{_words(known['said']['listed'])})\s?(?:la |le |el |the |die |via |en |por )?\Z"
        ),
    )


def _words(terms: list[str]) -> str:
    folded = sorted(map(fold_term, terms), key=len, reverse=True)
    return "|".join(_bounded(term) for term in folded)


def _bounded(term: str) -> str:
    text = term.removesuffix(STEM)
    start = f"(?<!{LETTER})" if is_letter(text[0]) else ""
    end = "" if not is_letter(text[-1]) else f"{LETTER}{{0,{_LETTERS}}}" if term.endswith(STEM) else f"(?!{LETTER})"
    return f"{start}{re.escape(text)}{end}"


def find_networks(page: Page, hits: list[Hit]) -> None:
    """Add the networks of a page; last of all, since an amount takes its asset first."""
    named = [hit for hit in hits if hit[2].kind in ("network", "coin") and page.is_free(hit[0], hit[1])]
    if not named:
        return
    sure = [hit for hit in named if hit[2].kind == "network" or _is_said(page, hit)]
    for hit in sure:
        _add(page, hit)
    places = {hit[0] for hit in sure}
    for here, hit in enumerate(named):
        if hit[0] in places:
            continue
        beside = (named[here - 1] if here else None, named[here + 1] if here + 1 < len(named) else None)
        if any(other is not None and other[0] in places and _is_listed(page, hit, other) for other in beside):
            places.add(hit[0])
            _add(page, hit)
        elif _is_way(page, hit):
            _add(page, hit)


def _add(page: Page, hit: Hit) -> None:
    start, end, term = hit
    if page.is_free(start, end):
        page.add("network", start, end, (("network", term.name),))


def _is_said(page: Page, hit: Hit) -> bool:
    after, before, _, surely, _ = _beside()
    start, end, _ = hit
    if after.match(page.low, end) or surely.search(page.low, max(0, start - _NEAR), start):
        return True
    if page.plain[start - 1 : start] == "(" and page.plain[end : end + 1] == ")":
        return True
    return before.search(page.low, max(0, start - _NEAR - 6), start) is not None


def _is_listed(page: Page, hit: Hit, other: Hit) -> bool:
    low, high = (hit[1], other[0]) if hit[0] < other[0] else (other[1], hit[0])
    return high - low <= _NEAR and _beside()[-1].match(page.low[low:high]) is not None


def _is_way(page: Page, hit: Hit) -> bool:
    """Whether a coin's name is the way by which something went, in a message that holds a hash or an address."""
    return page.has_codes and _beside()[2].search(page.low, max(0, hit[0] - _NEAR), hit[0]) is not None
