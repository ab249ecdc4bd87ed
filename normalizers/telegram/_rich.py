"""Rich messages: blocks within blocks become plain text and links, without believing any shape."""

from __future__ import annotations

from typing import Any

from gateway.case import Link
from normalizers.telegram import _clean, _entities, _limits
from normalizers.telegram._reading import Reading

_WITHIN = (
    "label",
    "summary",
    "text",
    "blocks",
    "items",
    "cells",
    "caption",
    "credit",
    "alternative_text",
    "expression",
)
"""The fields that hold something to be read, in the order in which it is read."""
_BLOCKS = frozenset(
    {"paragraph", "section_heading", "heading", "preformatted", "footer", "divider", "list", "table", "details",
     "block_quotation", "pull_quotation", "thinking", "collage", "slideshow", "map"}
)  # fmt: skip
_END = object()
_MOST = 100_000
"""So many nodes of one message are looked at."""


def read(source: dict[str, Any], reading: Reading) -> tuple[str, list[Link]]:
    """Return the text of a rich message and the targets of its links, which have no place in the text."""
    pieces: list[str] = []
    targets: list[tuple[str, int]] = []
    stack: list[Any] = [source.get("blocks")]
    looked = 0
    while stack and looked < _MOST:
        looked += 1
        node = stack.pop()
        if type(node) is str:
            pieces.append(node)
        elif type(node) is list:
            stack.extend(reversed(node))
        elif type(node) is dict:
            _open(node, stack, pieces, targets)
        elif node is _END:
            pieces.append("\n")
    if stack:
        reading.note("items_over_cap", f"Only the first {_MOST} parts of a rich message were read.")
    text = _clean.block("".join(pieces), reading)
    return "\n".join(filter(None, (line.strip() for line in text.split("\n")))), _links(pieces, targets, reading)


def _open(node: dict[str, Any], stack: list[Any], pieces: list[str], targets: list[tuple[str, int]]) -> None:
    if type(node.get("url")) is str and len(targets) < _limits.LINKS:
        targets.append((node["url"], len(pieces)))
    kind = node.get("type")
    if "blocks" in node or "cells" in node or (type(kind) is str and kind in _BLOCKS):
        stack.append(_END)
    for key in reversed(_WITHIN):
        if key in node:
            stack.extend((" ", node[key]) if key == "label" else (node[key],))


def _links(pieces: list[str], targets: list[tuple[str, int]], reading: Reading) -> list[Link]:
    shown = (
        _clean.line("".join(pieces[at : at + 1])[: _limits.URL_CHARS], _limits.URL_CHARS, reading) for _, at in targets
    )
    found = (_entities.link(url, text, None, reading) for (url, _), text in zip(targets, shown, strict=True))
    return [link for link in found if link is not None]
