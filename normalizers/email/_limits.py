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
SIGNATURE_LINES = 12
SIGNATURE_CHARS = 1_200
CONTAINER_ENTRIES = 4_000
"""Files, folders and properties that are looked at in one file of Outlook's."""
CONTAINER_BYTES = 64 * 1024 * 1024
"""What all files that are taken out of files of one mail may hold together."""
CONTAINER_NESTING = 5
"""Files in files: a mail of Outlook's in another, in a `winmail.dat`."""
CONTAINERS = 20
RTF_BYTES = 400_000
CALENDARS = 5
