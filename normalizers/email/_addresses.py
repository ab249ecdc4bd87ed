"""Reads address lists (RFC 5322) as senders write them: quotes, comments, groups, routes, and all of it broken."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import idna

from gateway.case import Party
from normalizers.email import _clean, _limits, _words
from normalizers.email._reading import Reading

PLATFORM = "email"
# Encoded words are one piece: what they decode to is text, never structure.
_TOKENS = re.compile(rf'({_words.WORD}|[\\"(),:;<>])')
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class _Mailbox:
    name: str
    address: str


def parties(values: Iterable[bytes], reading: Reading, limit: int = _limits.RECIPIENTS) -> list[Party]:
    """Return the parties of address headers in order, at most `limit`."""
    found: list[Party] = []
    for value in values:
        found += [_party(mailbox, reading) for mailbox in _mailboxes(value, limit - len(found) + 1, reading)]
        if len(found) > limit:
            reading.note("recipients_over_cap", f"Only the first {limit} addresses of a kind were read.")
            return found[:limit]
    return found


def address(text: str, reading: Reading) -> str:
    """Return an address in lower case, its domain as A-labels; odd ones stay as they are, with a note."""
    cleaned = _clean.line(text, _limits.ADDRESS_CHARS, reading).lower()
    local, at, domain = cleaned.rpartition("@")
    if not at or not local or " " in cleaned or not domain:
        if cleaned:
            reading.note("address_invalid", "An address is not of the form local@domain.")
        return cleaned
    return f"{local}@{_a_label(domain, reading)}"


def _party(mailbox: _Mailbox, reading: Reading) -> Party:
    name = _clean.line(_words.decode(mailbox.name, reading), _limits.NAME_CHARS, reading)
    return Party(platform=PLATFORM, address=address(mailbox.address, reading), name=name)


def _a_label(domain: str, reading: Reading) -> str:
    if domain.isascii():
        return domain.rstrip(".") or domain
    try:
        return idna.encode(domain[:253], uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        reading.note("address_invalid", "The domain of an address is not a valid internationalised name.")
        return domain


def _mailboxes(value: bytes, limit: int, reading: Reading) -> list[_Mailbox]:
    text = _words.text_of(value, reading)
    pieces = _TOKENS.split(text)
    machine = _run(pieces, limit)
    if machine.mode in ("quote", "comment"):
        reading.note("address_unclosed", "A quote or comment in an address header is never closed.")
        unclosed = '"' if machine.mode == "quote" else "()"
        machine = _run([piece for piece in pieces if piece and piece not in unclosed], limit)
    machine.flush()
    return machine.found


def _run(pieces: list[str], limit: int) -> _Machine:
    machine = _Machine()
    for piece in pieces:
        if piece:
            machine.feed(piece)
            if len(machine.found) >= limit:
                break
    return machine


class _Machine:
    """Takes pieces of a header one by one, each once; nesting of comments is a number, not a stack."""

    def __init__(self) -> None:
        self.found: list[_Mailbox] = []
        self.mode = "phrase"
        self._depth = 0
        self._escaped = False
        self._phrase: list[str] = []
        self._comment: list[str] = []
        self._angle: list[str] | None = None
        self._at_sign = False

    def feed(self, piece: str) -> None:
        if self._escaped:
            self._escaped = False
            self._literal(piece)
        elif piece == "\\" and self.mode in ("quote", "comment"):
            self._escaped = True
        elif self.mode == "quote":
            self._in_quote(piece)
        elif self.mode == "comment":
            self._in_comment(piece)
        elif self.mode == "angle":
            self._in_angle(piece)
        else:
            self._in_phrase(piece)

    def flush(self) -> None:
        """End one mailbox."""
        phrase, comment = "".join(self._phrase).strip(), "".join(self._comment).strip()
        angle = None if self._angle is None else "".join(self._angle).strip()
        self._phrase, self._comment, self._angle, self.mode, self._at_sign = [], [], None, "phrase", False
        if angle is None:
            phrase, angle = _bare(phrase)
        if phrase or angle:
            self.found.append(_Mailbox(name=phrase or comment, address=_without_route(angle)))

    def _literal(self, piece: str) -> None:
        if self.mode == "comment":
            self._comment.append(piece)
        elif self.mode == "angle" and self._angle is not None:
            self._angle.append(piece)
        else:
            self._phrase.append(piece)

    def _in_quote(self, piece: str) -> None:
        if piece == '"':
            self.mode = "phrase"
        else:
            self._literal(piece)

    def _in_comment(self, piece: str) -> None:
        self._depth += {"(": 1, ")": -1}.get(piece, 0)
        if self._depth == 0:
            self.mode = "phrase"
        else:
            self._literal(piece)

    def _in_angle(self, piece: str) -> None:
        if piece == ">":
            self.mode = "phrase"
        elif piece == "<":
            self._angle, self._at_sign = [], False
        elif piece in ",;" and self._at_sign:
            self.flush()
        else:
            self._at_sign = self._at_sign or "@" in piece[1:]
            self._literal(piece)

    def _in_phrase(self, piece: str) -> None:
        if piece in ",;":
            self.flush()
        elif piece == "<":
            self.mode, self._angle, self._at_sign = "angle", [], False
        elif piece == '"':
            self.mode = "quote"
        elif piece == "(":
            self.mode, self._depth = "comment", 1
        elif piece == ":" and not self._at_sign:
            self._phrase = []
        else:
            self._at_sign = self._at_sign or "@" in piece
            self._literal(piece)


def _bare(phrase: str) -> tuple[str, str]:
    """Return name and address of a mailbox without angle brackets."""
    if "@" not in phrase:
        return phrase, ""
    words = _BLANKS.split(phrase)
    spot = next(place for place, word in enumerate(words) if "@" in word)
    return " ".join(words[:spot] + words[spot + 1 :]), words[spot]


def _without_route(text: str) -> str:
    """Return an address without its source route (RFC 5321, appendix C)."""
    return text.rpartition(":")[2] if text.startswith("@") else text
