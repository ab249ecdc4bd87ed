"""The caps on one mail: each is checked on bytes or characters before anything costly looks at them."""

from __future__ import annotations

HEADER_BYTES = 256 * 1024
PART_HEADER_BYTES = 32 * 1024
PARAMETER_CHARS = 8_000
PARTS = 500
NESTING = 30
BOUNDARY_BYTES = 200
RECIPIENTS = 500
REFERENCES = 200
WORDS = 1_000
ATTACHMENTS = 200
LINKS = 500
TEXT_CHARS = 200_000
TEXT_BYTES = 4 * TEXT_CHARS
"""Encoded bytes of one text part that are decoded at all; no charset in use needs more for `TEXT_CHARS`."""
ADDRESS_CHARS = 320
NAME_CHARS = 255
SUBJECT_CHARS = 1_000
URL_CHARS = 2_000
EVIDENCE = 200
EVIDENCE_CHARS = 4_000
