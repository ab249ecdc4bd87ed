"""What stands in a follow-up: the user's words, in which no template runs, and our mark as the last line. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.backends._parts import MARK

GIVEN_UP = "given-up"
"""The mark on a ticket that a race made a second of."""
STATE = "state"
TEXT = "-text"
"""Ends the mark of a message whose files are still to come."""

_BRACE = re.compile(r"[{}]")
_LAST = re.compile(rf"\n\n\[//\]: # \((?P<mark>{MARK.pattern}(?:{TEXT})?|{GIVEN_UP}|{STATE}) (?P<key>[!-~]+)\)\s*\Z")
"""Markdown shows no reference that nothing refers to, so agents do not see this line on the ticket's page."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A text of ours without its mark, the mark, and the external key of its ticket."""

    text: str
    mark: str
    key: str


def marked(text: str, mark: str, external_key: str) -> str:
    """Return a text with its mark."""
    return f"{text}\n\n[//]: # ({mark} {external_key})"


def read_mark(comment: str) -> Marked | None:
    """Return what we wrote; None for what somebody else did."""
    found = _LAST.search(comment)
    return None if found is None else Marked(comment[: found.start()], found["mark"], found["key"])


def without_templates(text: str) -> str:
    """Return a comment that django-helpdesk, which runs each as a Django template, makes this very text of."""
    return _BRACE.sub(lambda brace: f'{{{{ "{brace[0]}" }}}}', text)


def plain(text: str) -> str:
    """Return a text without the one character that Django REST framework refuses."""
    return text.replace("\x00", "")
