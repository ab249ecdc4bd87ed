"""Tells whether a word such as `private key` introduces the value beside it, or is only spoken of near one.

People whose coins were stolen write of their key and then of the transaction: that a key is spoken of says little.
"""

from __future__ import annotations

import re

from gateway.trust.secrets.page import Page, Term

KEY_TERMS = frozenset({"key", "seed"})
"""The kinds of terms that may introduce a private key."""
_WORD = re.compile(r"[^\W\d_]+")
_SUFFIX = re.compile(r"[^\W\d_\u2e80-\uffff]{1,10}")
"""The rest of a word whose stem is a term."""
_OPENS = re.compile(r"(?:[:=：＝]|->|=>|→|\n)[\s\"'“‘«`(\[「『<:=：＝>-]{0,12}\Z")
"""What says that a value comes now."""
_STOP = re.compile(r"[.,;!?…。，；！？、]")
_ASKS = re.compile(r"[?!;？！；]")
_SAYING = (
    "is are was be my mine own the a here below this it its as it's following hex string number value raw wallet and "
    "es son mi la el esta este aqui siguiente e são sao minha meu está essa seguinte ist sind lautet mein hier das "
    "der dies unten est sont ma voici ci dessous suivante это мой вот мои мое ниже его следующий adalah ini saya "
    "berikut yaitu milik là cua toi của tôi nay đây benim su şu bu هو هي هذا هذه لي 是 为 為 如下 这是 這是 這 这 "
    "は が です 以下 これ のは 는 은 이 가 입니다 이에요 예요 내 제"
)
LINKING = frozenset(_SAYING.split())
"""Words that say no more than that one thing is the other, as they may stand between a label and its value."""
_MOST_WORDS = 5
_AFTER_NAME = 24


def introduces(page: Page, term: Term, start: int, direct: bool = False) -> bool:
    """Whether a term introduces a value that starts after it; `direct` leaves no word between that says anything."""
    between = page.text[term.end : start].lower()
    suffix = _SUFFIX.match(between)
    rest = between[suffix.end() :] if suffix else between
    words = _WORD.findall(rest)
    if _ASKS.search(rest):
        return False
    if all(word in LINKING for word in words):
        return len(words) <= _MOST_WORDS
    opening = _OPENS.search(rest)
    return (
        opening is not None and not direct and len(words) <= _MOST_WORDS and not _STOP.search(rest, 0, opening.start())
    )


def is_named_after(page: Page, end: int, term: Term) -> bool:
    """Whether a term after a value says what it is: `0x… is my private key`."""
    between = page.text[end : term.start].lower()
    if _STOP.search(between.lstrip(" ,")) or any(word not in LINKING for word in _WORD.findall(between)):
        return False
    return page.after(term.end, _AFTER_NAME, ("moved",)) is None
