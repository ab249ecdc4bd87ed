"""How long X finds a post: weighted characters, where every link counts the same and an emoji counts two; pure."""

from __future__ import annotations

import re
import unicodedata

MOST = 280
LINK_WEIGHT = 23
_DOMAINS = "com|org|net|io|co|cn|info|app|dev|me|xyz|top|help|support|test|example"
LINK = re.compile(
    rf"https?://[!-;=?-~]*[A-Za-z0-9/=&#~+%$@*_-]|(?<![\w@./-])(?:[a-z0-9-]+\.)+(?:{_DOMAINS})(?![\w.-]*\w)(?:/\S*)?",
    re.IGNORECASE,
)
"""What becomes a link, with a scheme or without, for the endings that are used here."""
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
_PICTURE = (
    "[\U0001f000-\U0001faff\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d"
    "\u3297\u3299][\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]*"
)
_EMOJI = re.compile(
    f"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_PICTURE}(?:\u200d(?:{_PICTURE}|[\u2640\u2642]\ufe0f?))*"
)


def weight(text: str) -> int:
    """Return the weighted length of a text as its author wrote it."""
    text = unicodedata.normalize("NFC", text)
    rest, links = LINK.subn("", text)
    rest, emoji = _EMOJI.subn("", rest)
    return LINK_WEIGHT * links + 2 * emoji + sum(1 if _is_light(each) else 2 for each in rest)


def _is_light(character: str) -> bool:
    return any(low <= ord(character) <= high for low, high in _LIGHT)
