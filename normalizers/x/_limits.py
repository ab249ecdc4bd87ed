"""The caps on what one item may become: far above what the platform allows, so that only a hostile one meets them."""

from __future__ import annotations

TEXT_CHARS = 200_000
LINE_CHARS = 1_200
"""Of one title, option or alternative text within a line in brackets: the platform allows 1,000 for the last."""
NAME_CHARS = 255
HANDLE_CHARS = 64
ID_CHARS = 20
TOKEN_CHARS = 100
"""Of an identifier that is no plain number, such as that of a conversation or of a picture."""
DATE_CHARS = 40
URL_CHARS = 2_000
"""Of a target, and of what is shown for it."""
EVIDENCE_CHARS = 4_000
ENTITIES = 1_000
"""Links, mentions or tags, each, in one text."""
LINKS = 500
MENTIONS = 50
TAGS = 50
REFERENCES = 5
"""The platform allows one of each kind."""
AFFILIATIONS = 10
INCLUDED = 1_000
"""Accounts, posts and the like, each, that come with one item."""
ITEMS = 100
"""Options, variants, participants and the like within one thing."""
MISSES = 20
"""So many marks that are not where they should be are searched for in one text."""
