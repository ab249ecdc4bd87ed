"""Texts as the Atlassian Document Format holds them, both ways. Pure.

Source: https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Node = Mapping[str, Any]
_BLOCKS = frozenset({"paragraph", "heading", "codeBlock", "blockquote", "panel", "bulletList", "orderedList", "table"})
_LINES = frozenset({"listItem", "tableRow", "taskItem", "decisionItem", "rule"})
DEEPEST = 100
"""Nodes nested deeper than this are left out."""


def document(*paragraphs: str) -> dict[str, Any]:
    """Return a document of these paragraphs, each to the character: nothing in them is markup."""
    return {"type": "doc", "version": 1, "content": [_paragraph(text) for text in paragraphs]}


def _paragraph(text: str) -> dict[str, Any]:
    nodes: list[dict[str, Any]] = []
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n")):
        if number:
            nodes.append({"type": "hardBreak"})
        if line:
            nodes.append({"type": "text", "text": line})
    return {"type": "paragraph", "content": nodes}


def plain_text(body: Any) -> str:
    """Return what a reader sees of a document; what is no document but a text is that text."""
    if isinstance(body, str):
        return body.strip()
    text = "".join(_pieces(body, 0)) if isinstance(body, Mapping) else ""
    lines = (line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def last_paragraph(body: Any) -> str:
    """Return the text of a document's last paragraph."""
    content = body.get("content") if isinstance(body, Mapping) else None
    return plain_text(content[-1]) if isinstance(content, Sequence) and content else ""


def has_media(body: Any, depth: int = 0) -> bool:
    """Whether a document shows files."""
    if not isinstance(body, Mapping) or depth > DEEPEST:
        return False
    return body.get("type") in ("media", "mediaInline") or any(has_media(node, depth + 1) for node in _content(body))


def _pieces(node: Node, depth: int) -> Iterator[str]:
    kind = node.get("type")
    if depth > DEEPEST:
        return
    if kind == "text":
        yield _linked(node)
    elif kind == "hardBreak":
        yield "\n"
    elif kind in ("mention", "emoji", "status", "inlineCard", "blockCard", "embedCard"):
        yield _named(node)
    else:
        around = "\n\n" if kind in _BLOCKS else "\n" if kind in _LINES else ""
        yield around
        if kind == "listItem":
            yield "- "
        inner = "".join(piece for child in _content(node) for piece in _pieces(child, depth + 1))
        yield inner.strip("\n") if kind in ("listItem", "tableCell", "tableHeader", "blockquote") else inner
        yield " " if kind in ("tableCell", "tableHeader") else "" if kind in _LINES else around


def _content(node: Node) -> list[Node]:
    content = node.get("content")
    return [each for each in content if isinstance(each, Mapping)] if isinstance(content, list) else []


def _linked(node: Node) -> str:
    text = str(node.get("text") or "")
    marks = node.get("marks")
    for mark in marks if isinstance(marks, list) else ():
        if isinstance(mark, Mapping) and mark.get("type") == "link":
            target = str(_attributes(mark).get("href") or "")
            if target and target not in text:
                return f"{text} ({target})"
    return text


def _named(node: Node) -> str:
    attributes = _attributes(node)
    return str(attributes.get("text") or attributes.get("url") or attributes.get("shortName") or "")


def _attributes(node: Node) -> Node:
    attributes = node.get("attrs")
    return attributes if isinstance(attributes, Mapping) else {}
