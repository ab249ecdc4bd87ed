"""How long X finds a text; pure, and no judge of what may be said.

Source: X's published counting rules and configuration 3 of its text library (docs.x.com, "Counting characters"): code
points of the Latin, Greek, Cyrillic and the like weigh one, all others two, an emoji two however many code points it
is made of, and a link 23 however long it is. Counted in NFC.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from unicodedata import normalize

import tldextract

MAX_WEIGHT = 280
"""The longest post of an account without a subscription."""
LINK_WEIGHT = 23
_SCALE = 100
_DEFAULT = 200
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
"""The code points that weigh 100; ends inclusive."""

_MODIFIED = (
    "\u261d\u26f9\u270a-\u270d\U0001f385\U0001f3c2-\U0001f3c4\U0001f3c7\U0001f3ca-\U0001f3cc\U0001f442\U0001f443"
    "\U0001f446-\U0001f450\U0001f466-\U0001f478\U0001f47c\U0001f481-\U0001f483\U0001f485-\U0001f487\U0001f48f\U0001f491"
    "\U0001f4aa\U0001f574\U0001f575\U0001f57a\U0001f590\U0001f595\U0001f596\U0001f645-\U0001f647\U0001f64b-\U0001f64f"
    "\U0001f6a3\U0001f6b4-\U0001f6b6\U0001f6c0\U0001f6cc\U0001f90c\U0001f90f\U0001f918-\U0001f91f\U0001f926"
    "\U0001f930-\U0001f939\U0001f93c-\U0001f93e\U0001f977\U0001f9b5\U0001f9b6\U0001f9b8\U0001f9b9\U0001f9bb"
    "\U0001f9cd-\U0001f9cf\U0001f9d1-\U0001f9dd\U0001fac3-\U0001fac5\U0001faf0-\U0001faf8"
)
"""What takes a skin tone (Unicode's Emoji_Modifier_Base)."""
_SIGNS = (
    "\u203c\u2049\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d\u3297\u3299"
)
_ONE = (
    f"(?:[{_MODIFIED}]\ufe0f?[\U0001f3fb-\U0001f3ff]|[\xa9\xae\u2122{_SIGNS}\U0001f000-\U0001faff]\ufe0f"
    f"|[{_SIGNS}\U0001f000-\U0001faff])"
)
_EMOJI = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}"
    "|[0-9#*]\ufe0f?\u20e3"
    "|\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"
    f"|{_ONE}(?:\u200d{_ONE})*"
)
"""Flags, keycaps, and pictures, joined ones as well."""

_LABEL = r"[0-9A-Za-z\u00a1-\u024f](?:[0-9A-Za-z\u00a1-\u024f_-]*[0-9A-Za-z\u00a1-\u024f])?"
_ANY_LABEL = r"[^\W_](?:[\w-]*[^\W_])?"
_LINK = re.compile(
    r"(?<![0-9A-Za-z@＠$#＃\u202a-\u202e])"
    rf"(?:https?://(?P<host>{_ANY_LABEL}(?:\.{_ANY_LABEL})+)|(?P<bare>{_LABEL}(?:\.{_LABEL})+))",
    re.IGNORECASE,
)
_MAX_LABEL = 63
_OF_PATH = r"[^\s<>\"“”‘’\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]"
_REST = re.compile(rf"(?::[0-9]+)?(?:/{_OF_PATH}*)?(?:\?{_OF_PATH}*)?")
_TRAILING = ".,:;!?'\")]}"
_BEFORE_NO_LINK = ("-", "_", ".", "/")
_NO_END = re.compile("[0-9A-Za-z@+-]")


@cache
def endings() -> frozenset[str]:
    """Return every top-level domain there is, in lower case, spelled out and encoded; a snapshot, nothing is asked."""
    extractor = tldextract.TLDExtract(cache_dir=None, suffix_list_urls=())
    spelled = {suffix.rpartition(".")[2].lower() for suffix in extractor.tlds}
    encoded = {f"xn--{ending.encode('punycode').decode('ascii')}" for ending in spelled if not ending.isascii()}
    return frozenset(spelled | encoded)


def weighted_length(text: str) -> int:
    """Return how many characters X counts in a text."""
    text = normalize("NFC", text)
    weight, at = 0, 0
    for start, end in _links(text):
        weight += _plain(text[at:start]) + LINK_WEIGHT * _SCALE
        at = end
    return (weight + _plain(text[at:])) // _SCALE


def _plain(text: str) -> int:
    weight, at = 0, 0
    for found in _EMOJI.finditer(text):
        weight += _code_points(text[at : found.start()]) + _DEFAULT
        at = found.end()
    return weight + _code_points(text[at:])


def _code_points(text: str) -> int:
    return sum(_SCALE if any(low <= ord(one) <= high for low, high in _LIGHT) else _DEFAULT for one in text)


def _links(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places of what X makes a link of; a bare domain is one when its last label is a known ending."""
    at = 0
    while found := _LINK.search(text, at):
        at = found.end()
        group = "bare" if found["host"] is None else "host"
        size = _domain(found[group], text[at : at + 1])
        if not size or (group == "bare" and text[: found.start()].endswith(_BEFORE_NO_LINK)):
            continue
        end = found.start(group) + size
        if end == at:
            rest = _REST.match(text, end)
            end += len(rest[0].rstrip(_TRAILING)) if rest else 0
        at = max(end, at)
        yield found.start(), end


def _domain(host: str, following: str) -> int:
    """Return how much of dotted labels is a domain: the longest part that ends with a known ending; 0 for none."""
    labels = host.split(".")
    if any(_encoded_length(label) > _MAX_LABEL for label in labels):
        return 0
    for count in range(len(labels), 1, -1):
        after = following if count == len(labels) else "."
        if labels[count - 1].lower() in endings() and not _NO_END.match(after):
            return len(".".join(labels[:count]))
    return 0


def _encoded_length(label: str) -> int:
    return len(label) if label.isascii() else len("xn--") + len(label.encode("punycode"))
