"""Text as Telegram counts and marks it: UTF-16 units, entities found by itself, entities given, and HTML."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from gateway.sandbox.telegram._errors import ApiError

Entity = dict[str, Any]

_FOUND = (
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/])")),
    ("mention", re.compile(r"(?<![\w@./])@[A-Za-z0-9_]{3,32}\b")),
    ("email", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("url", re.compile(r"(?:https?://|www\.|t\.me/)[^\s<>]*[^\s<>.,;:!?'\")\]]")),
)
_TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "code": "code", "pre": "pre",
    "a": "text_link", "blockquote": "blockquote", "tg-spoiler": "spoiler", "span": "spoiler",
}  # fmt: skip
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)((?:\s+[A-Za-z-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+))?)*)\s*/?>")
_ATTRIBUTE = re.compile(r"([A-Za-z-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))")
_KNOWN = frozenset(
    {
        "blockquote", "bold", "bot_command", "cashtag", "code", "custom_emoji", "email", "expandable_blockquote",
        "hashtag", "italic", "mention", "phone_number", "pre", "spoiler", "strikethrough", "text_link", "text_mention",
        "underline", "url", "date_time",
    }
)  # fmt: skip


def units(text: str) -> int:
    """Return a text's length in UTF-16 code units."""
    return len(text) + sum(ord(character) > 0xFFFF for character in text)


def found_entities(text: str) -> list[Entity]:
    """Return the commands, mentions, addresses and links that Telegram marks by itself."""
    spans: list[tuple[int, int, str]] = []
    for kind, pattern in reversed(_FOUND):
        for match in pattern.finditer(text):
            start, end = match.span()
            if not any(start < other_end and other_start < end for other_start, other_end, _ in spans):
                spans.append((start, end, kind))
    return [
        {"offset": units(text[:start]), "length": units(text[start:end]), "type": kind}
        for start, end, kind in sorted(spans)
    ]


def formatted(text: str, parse_mode: Any, given: Any) -> tuple[str, list[Entity]]:
    """Return what a message shows and its entities; raises `ApiError` 400 as the Bot API does."""
    if parse_mode:
        if str(parse_mode).lower() != "html":
            raise ApiError(400, "Bad Request: unsupported parse_mode")
        text, entities = _html(text)
    else:
        entities = [_checked(each, units(text)) for each in (given if isinstance(given, list) else [])]
    return text, entities or found_entities(text)


def _checked(entity: Any, size: int) -> Entity:
    if not isinstance(entity, dict) or entity.get("type") not in _KNOWN:
        raise ApiError(400, "Bad Request: can't parse MessageEntity: Unsupported type specified")
    offset, length = entity.get("offset"), entity.get("length")
    if not isinstance(offset, int) or not isinstance(length, int) or offset < 0 or length < 0:
        raise ApiError(400, "Bad Request: can't parse entities: Receive an entity with incorrect offset or length")
    if offset >= size:
        raise ApiError(400, f"Bad Request: entity begins after the end of the text at UTF-16 offset {offset}")
    if offset + length > size:
        raise ApiError(
            400,
            f"Bad Request: entity beginning at UTF-16 offset {offset} ends after the end of the text at UTF-16 offset"
            f" {offset + length}",
        )
    return entity


def _unparsable(reason: str) -> ApiError:
    return ApiError(400, f"Bad Request: can't parse entities: {reason}")


def _html(source: str) -> tuple[str, list[Entity]]:
    shown: list[str] = []
    size, at = 0, 0
    open_tags: list[tuple[str, Entity]] = []
    entities: list[Entity] = []
    while at < len(source):
        if source[at] != "<":
            end = source.find("<", at)
            piece = unescape(source[at : end if end >= 0 else len(source)])
            shown.append(piece)
            size += units(piece)
            at = end if end >= 0 else len(source)
            continue
        byte_offset = len(source[:at].encode("utf-8", "replace"))
        match = _TAG.match(source, at)
        if match is None:
            raise _unparsable(f'Unsupported start tag "{source[at + 1 : at + 11]}" at byte offset {byte_offset}')
        name = match[2].lower()
        if match[1]:
            _close(name, open_tags, entities, size, byte_offset)
        else:
            open_tags.append((name, _opened(name, match[3], size, byte_offset)))
        at = match.end()
    if open_tags:
        name = open_tags[-1][0]
        raise _unparsable(f'Can\'t find end tag corresponding to start tag "{name}"')
    return "".join(shown), sorted(entities, key=lambda each: (each["offset"], -each["length"]))


def _opened(name: str, attributes: str, size: int, byte_offset: int) -> Entity:
    kind = _TAGS.get(name)
    values = {
        match[1].lower(): unescape(match[2] or match[3] or match[4] or "") for match in _ATTRIBUTE.finditer(attributes)
    }
    if kind is None or (name == "span" and values.get("class") != "tg-spoiler"):
        raise _unparsable(f'Unsupported start tag "{name}" at byte offset {byte_offset}')
    entity: Entity = {"offset": size, "length": 0, "type": kind}
    if kind == "text_link":
        entity["url"] = values.get("href", "")
    return entity


def _close(name: str, open_tags: list[tuple[str, Entity]], entities: list[Entity], size: int, byte_offset: int) -> None:
    if not open_tags:
        raise _unparsable(f"Unexpected end tag at byte offset {byte_offset}")
    opened, entity = open_tags.pop()
    if opened != name:
        raise _unparsable(f'Unmatched end tag at byte offset {byte_offset}, expected "</{opened}>", found "</{name}>"')
    entity["length"] = size - entity["offset"]
    if entity["length"] and not (entity["type"] == "text_link" and not entity["url"]):
        entities.append(entity)
