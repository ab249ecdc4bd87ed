"""The caps on what one update may become: far above what the platform allows, so that only a hostile one meets them."""

from __future__ import annotations

TEXT_CHARS = 200_000
LINE_CHARS = 300
"""Of one name, title or option within a line in brackets."""
NAME_CHARS = 255
HANDLE_CHARS = 64
FILE_NAME_CHARS = 255
FILE_ID_CHARS = 400
URL_CHARS = 2_000
"""Of a target, and of what is shown for it."""
EVIDENCE_CHARS = 4_000
DATA_CHARS = 256
"""Of what a button bears: the platform allows 64 bytes."""
ENTITIES = 1_000
LINKS = 500
MENTIONS = 50
ATTACHMENTS = 50
ITEMS = 100
"""Accounts, options, tasks and the like within one message."""
EVENTS = 1_000
FILE_BYTES = 20 * 1024 * 1024
"""Larger files are given out by no public server: https://core.telegram.org/bots/api#getfile."""
DIGITS = 15
"""Of a number of bytes that the connector notes."""
INTEGER = 2**53
"""Identifiers of the platform have at most 52 significant bits."""
