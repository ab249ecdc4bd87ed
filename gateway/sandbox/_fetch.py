"""What FETCH asks for and how a mail answers it: flags, size, date, the whole, the header, the text, or a slice.

ENVELOPE and BODYSTRUCTURE are refused: the gateway never asks for them (their quoted user data breaks clients).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gateway.sandbox._syntax import MAX_NUMBER, Argument, BadCommandError, format_moment
from gateway.sandbox.mailbox import StoredMail

_SECTION = re.compile(
    r"BODY(?P<peek>\.PEEK)?\[(?P<part>|HEADER|TEXT|HEADER\.FIELDS(?:\.NOT)? \((?P<names>[!-9;-~ ]+)\))\]"
    r"(?:<(?P<offset>\d{1,10})\.(?P<length>\d{1,10})>)?",
    re.IGNORECASE,
)
_WHOLE = {"RFC822": "BODY[]", "RFC822.HEADER": "BODY.PEEK[HEADER]", "RFC822.TEXT": "BODY[TEXT]"}
_FIELD = re.compile(rb"(?m)^([!-9;-~]+)[ \t]*:[^\r\n]*(?:\r\n[ \t][^\r\n]*)*\r\n")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to be fetched; `marks` when fetching it makes the mail seen."""

    name: str
    render: Callable[[StoredMail], bytes]
    marks: bool = False


def parse_items(argument: Argument, by_uid: bool) -> list[Item]:
    """Return the items of a FETCH; a UID FETCH always tells the UID (RFC 3501, 6.4.8)."""
    names = argument if isinstance(argument, list) else [argument]
    items = [_item(name) for name in names]
    if not items:
        raise BadCommandError("nothing is asked for")
    if by_uid and all(item.name != "UID" for item in items):
        items.insert(0, _PLAIN["UID"])
    return items


def render(number: int, mail: StoredMail, items: Sequence[Item]) -> bytes:
    """Return the FETCH response of one mail."""
    parts = b" ".join(item.name.encode() + b" " + item.render(mail) for item in items)
    return b"* %d FETCH (%b)\r\n" % (number, parts)


def render_flags(mail: StoredMail) -> bytes:
    """Return a mail's flags as a list."""
    return f"({' '.join(sorted(mail.flags))})".encode()


def _item(argument: Argument) -> Item:
    if not isinstance(argument, str):
        raise BadCommandError("an item's name belongs there")
    if plain := _PLAIN.get(argument.upper()):
        return plain
    name = _WHOLE.get(argument.upper(), argument)
    match = _SECTION.fullmatch(name)
    if match is None:
        raise BadCommandError("this server fetches flags, size, date, UID and BODY sections alone")
    return _section_item(match, None if name is argument else argument.upper())


def _section_item(match: re.Match[str], alias: str | None) -> Item:
    cut = _section(match["part"].upper(), (match["names"] or "").upper().encode().split())
    label = f"BODY[{match['part'].upper()}]"
    offset, length = 0, None
    if match["length"] is not None:
        offset, length = int(match["offset"]), int(match["length"])
        if not 0 < length <= MAX_NUMBER or offset > MAX_NUMBER:
            raise BadCommandError("a slice is not empty and not above 2^32-1")
        label += f"<{offset}>"
    stop = None if length is None else offset + length
    return Item(alias or label, lambda mail: _literal(cut(mail)[offset:stop]), marks=match["peek"] is None)


def _section(part: str, names: Sequence[bytes]) -> Callable[[StoredMail], bytes]:
    if part == "":
        return lambda mail: mail.body
    if part == "HEADER":
        return lambda mail: mail.header
    if part == "TEXT":
        return lambda mail: mail.text
    wanted = not part.startswith("HEADER.FIELDS.NOT")
    return lambda mail: _fields(mail.header, names, wanted)


def _fields(header: bytes, names: Sequence[bytes], wanted: bool) -> bytes:
    kept = (match[0] for match in _FIELD.finditer(header) if (match[1].upper() in names) is wanted)
    return b"".join(kept) + b"\r\n"


def _literal(data: bytes) -> bytes:
    return b"{%d}\r\n%b" % (len(data), data)


_PLAIN = {
    "UID": Item("UID", lambda mail: b"%d" % mail.uid),
    "FLAGS": Item("FLAGS", render_flags),
    "RFC822.SIZE": Item("RFC822.SIZE", lambda mail: b"%d" % len(mail.body)),
    "INTERNALDATE": Item("INTERNALDATE", lambda mail: f'"{format_moment(mail.received_at)}"'.encode()),
}
