"""Masks secrets in HTML: in its text, also where tags stand between the words, in attribute values and in comments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape

from gateway.trust.secrets.find import find_secrets
from gateway.trust.secrets.layers import Layer, mask_layers
from gateway.trust.secrets.model import Secret

_TAG = re.compile(
    r"</?([a-zA-Z][a-zA-Z0-9:-]{0,60})(?:[^\"'<>]|\"[^\"]{0,4000}\"|'[^']{0,4000}')*+>|<[!?][^<>]{0,4000}>"
)
_LOOSE_TAG = re.compile(r"</?[a-zA-Z!?][^<>]*+(?:>|(?=<)|\Z)")
_COMMENT = "<!--"
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?")
_VALUE = re.compile(r"=\s{0,8}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_SHORTEST = 12
_MAX_ROUNDS = 4
_INLINE = frozenset(
    {
        "a",
        "b",
        "i",
        "u",
        "em",
        "strong",
        "span",
        "font",
        "small",
        "big",
        "mark",
        "code",
        "tt",
        "wbr",
        "sub",
        "sup",
        "s",
        "o:p",
    }
)
"""Tags that may stand inside a word."""


def mask_html(html: str, patterns: Sequence[re.Pattern[str]] = ()) -> tuple[str, tuple[Secret, ...]]:
    """Return HTML without its secrets, and these, each from its first to its last character in the HTML.

    Only what the secrets are written in changes: the tags between their words stay.
    """
    found: list[Secret] = []
    for _ in range(_MAX_ROUNDS):
        html, secrets = _masked_once(html, patterns)
        if not secrets:
            break
        found = found or list(secrets)
    return html, tuple(found)


def _masked_once(html: str, patterns: Sequence[re.Pattern[str]]) -> tuple[str, tuple[Secret, ...]]:
    parts = list(_parts(html))
    layers = [_text(html, parts, inside=False), *_inside_tags(html, parts)]
    if any(tag in _INLINE for _, _, tag in parts):
        layers.append(_text(html, parts, inside=True))
    return mask_layers(html, layers, lambda text: find_secrets(text, patterns))


def _parts(html: str) -> Iterator[tuple[int, int, str | None]]:
    """Yield the parts of HTML: text with None, tags with their names, comments and the like with an empty name."""
    here = 0
    last_comment = html.rfind("-->")
    while here < len(html):
        start = html.find("<", here)
        if start < 0:
            break
        end, name = _tag(html, start, last_comment)
        if start > here:
            yield here, start, None
        if end == start + 1:
            yield start, end, None
        else:
            yield start, end, name
        here = end
    if here < len(html):
        yield here, len(html), None


def _tag(html: str, start: int, last_comment: int) -> tuple[int, str]:
    """Return where what begins with `<` ends, and the name of the tag; one character where it is no tag."""
    if html.startswith(_COMMENT, start):
        return (html.index("-->", start) + 3 if last_comment >= start else start + len(_COMMENT)), ""
    match = _TAG.match(html, start)
    if match is not None:
        return match.end(), (match[1] or "").lower()
    loose = _LOOSE_TAG.match(html, start)
    return (loose.end() if loose is not None else start + 1), ""


def _text(html: str, parts: Sequence[tuple[int, int, str | None]], inside: bool) -> Layer:
    """Return the text of HTML; `inside` reads words on through tags that may stand inside one."""
    layer = Layer()
    for start, end, tag in parts:
        if tag is None:
            read_entities(layer, html, start, end)
        elif html.startswith(_COMMENT, start):
            layer.part("\n\n", start)
            read_entities(layer, html, start + len(_COMMENT), end)
            layer.part("\n\n", end)
        elif not (inside and tag in _INLINE):
            layer.part(" " if tag in _INLINE else "\t" if tag in ("td", "th") else "\n", start)
    return layer


def _inside_tags(html: str, parts: Sequence[tuple[int, int, str | None]]) -> Iterator[Layer]:
    """Yield what stands inside tags and may be secret: the values of attributes, or all of what is hardly a tag."""
    for start, end, tag in parts:
        if tag is None or end - start < _SHORTEST or html.startswith(_COMMENT, start):
            continue
        spans = [match.span(match.lastindex or 0) for match in _VALUE.finditer(html, start, end)]
        for low, high in spans or [(start + 1, end)]:
            if high - low >= _SHORTEST:
                layer = Layer()
                read_entities(layer, html, low, high)
                yield layer


def read_entities(layer: Layer, html: str, start: int, end: int) -> None:
    """Add a part of HTML to a layer as it reads."""
    here = start
    for match in _ENTITY.finditer(html, start, end):
        text = unescape(match.group())
        if text != match.group():
            layer.add(html[here : match.start()], here, match.start())
            layer.add(text, match.start(), match.end())
            here = match.end()
    layer.add(html[here:end], here, end)
