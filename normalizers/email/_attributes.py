"""Reads the attributes of an HTML tag, as tolerantly as its readers do."""

from __future__ import annotations

import html as entities
import re

HUGE_NUMBER = re.compile(r"&#[xX]?0*[0-9a-fA-F]{8,}")
"""A numeric reference of more digits than any character has; `html.unescape` raises on one of more than 4,300."""
_ATTRIBUTE = re.compile(r"""([a-zA-Z_:][\w:.-]{0,60})(?:\s*=\s*("[^"]*"|'[^']*'|["']?[^\s>"']+))?""")
_CHARS = 8_000


def attribute(text: str, name: str) -> str:
    """Return one attribute, the first of its name; empty when there is none."""
    for match in _ATTRIBUTE.finditer(text[:_CHARS]):
        if match[1].lower() == name:
            return _value(match[2] or "")
    return ""


def attributes_of(text: str) -> dict[str, str]:
    """Return attributes by lower-case name; the first of a name counts."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(text[:_CHARS]):
        found.setdefault(match[1].lower(), _value(match[2] or ""))
    return found


def _value(written: str) -> str:
    content = written.strip(written[:1]) if written[:1] in ("'", '"') else written
    return entities.unescape(HUGE_NUMBER.sub("\ufffd", content)) if "&" in content else content
