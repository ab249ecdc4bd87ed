"""Reads address lists (RFC 5322) as senders write them: quotes, comments, groups, routes, and all of it broken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import idna

from gateway.case import Party
from normalizers.email import _clean, _limits, _words
from normalizers.email._reading import Reading

PLATFORM = "email"
# Encoded words are one piece: what they decode to is text, never structure.
_TOKENS = re.compile(rf'({_words.WORD}|[\\"(),:;<>])')
_BLANKS = re.compile(r"(\s+)")
_ADDRESS = re.compile(r'(?:"((?:[^"\\]|\\.)*)"|([^\s"(),:;<>@\\\[\]]+))@([^\s"(),:;<>@\\]+)')
_SIMPLE = re.compile(
    r"""\s*+(?:(?:"([^"\\]*)"|([^"\\(),:;<>@]*+))\s*+<([^\s"(),:;<>@\\]+@[^\s"(),:;<>@\\]+)>|"""
    r"""([^\s"(),:;<>@\\]+@[^\s"(),:;<>@\\]+))\s*"""
)
"""One mailbox as nearly all are written: a name or none, one address."""
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_ATOMS = re.compile(r'[^\s"(),:;<>@\\\[\].]+(?:\.[^\s"(),:;<>@\\\[\].]+)*')
_ASCII_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
Piece = tuple[str, bool]
"""Text of a header, and whether it stood in quotes."""


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
    """Return an address in lower case, its domain as A-labels; empty, with a note, if it cannot be written to.

    Quotes that hide nothing are taken off (RFC 5321, section 4.1.2). An address that needs them, or that would have to
    be cut, is none: half of it is somebody else's.
    """
    found = _ADDRESS.fullmatch(text) if len(text) <= _limits.ADDRESS_CHARS else None
    local = (found[2] or _ESCAPED.sub(r"\1", found[1] or "")) if found else ""
    if found is None or not (_ATOMS.fullmatch(local) or found[2]) or not _clean.is_line(found[0]):
        if text.strip():
            reading.note("address_invalid", "An address is not of the form local@domain, or needs quotes.")
        return ""
    return f"{local.translate(_ASCII_LOWER)}@{_a_label(found[3].lower(), reading)}"


def _party(mailbox: _Mailbox, reading: Reading) -> Party:
    where = address(mailbox.address, reading)
    shown = mailbox.name if where or not mailbox.address else f"{mailbox.name} {mailbox.address}".strip()
    name = _clean.line(_words.decode(shown, reading), _limits.NAME_CHARS, reading)
    return Party(platform=PLATFORM, address=where, name=name)


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
    if (simple := _SIMPLE.fullmatch(text)) is not None:
        name = simple[1] if simple[1] is not None else simple[2] or ""
        return [_Mailbox(name.strip(), simple[3] or simple[4])]
    pieces = _TOKENS.split(text)
    machine = _run(pieces, limit)
    if machine.mode in ("quote", "comment", "angle quote"):
        reading.note("address_unclosed", "A quote or comment in an address header is never closed.")
        unclosed = "()" if machine.mode == "comment" else '"'
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
        self._phrase: list[Piece] = []
        self._comment: list[str] = []
        self._angle: list[str] | None = None
        self._at_sign = False

    def feed(self, piece: str) -> None:
        if self._escaped:
            self._escaped = False
            self._literal(piece)
        elif piece == "\\" and self.mode in ("quote", "comment", "angle quote"):
            self._escaped = True
            if self.mode == "angle quote":
                self._literal(piece)
        elif self.mode == "quote":
            self._in_quote(piece)
        elif self.mode == "comment":
            self._in_comment(piece)
        elif self.mode == "angle quote":
            self._in_angle_quote(piece)
        elif self.mode == "angle":
            self._in_angle(piece)
        else:
            self._in_phrase(piece)

    def flush(self) -> None:
        """End one mailbox."""
        comment = "".join(self._comment).strip()
        if self._angle is None:
            phrase, angle = _bare(self._phrase)
        else:
            phrase, angle = "".join(text for text, _ in self._phrase).strip(), "".join(self._angle).strip()
        self._phrase, self._comment, self._angle, self.mode, self._at_sign = [], [], None, "phrase", False
        if phrase or angle:
            self.found.append(_Mailbox(name=phrase or comment, address=_without_route(angle)))

    def _literal(self, piece: str) -> None:
        if self.mode == "comment":
            self._comment.append(piece)
        elif self.mode in ("angle", "angle quote") and self._angle is not None:
            self._angle.append(piece)
        else:
            self._phrase.append((piece, self.mode == "quote"))

    def _in_quote(self, piece: str) -> None:
        if piece == '"':
            self.mode = "phrase"
            self._phrase.append(("", False))
        else:
            self._literal(piece)

    def _in_comment(self, piece: str) -> None:
        self._depth += {"(": 1, ")": -1}.get(piece, 0)
        if self._depth == 0:
            self.mode = "phrase"
        else:
            self._literal(piece)

    def _in_angle_quote(self, piece: str) -> None:
        self._literal(piece)
        if piece == '"':
            self.mode = "angle"

    def _in_angle(self, piece: str) -> None:
        if piece == ">":
            self.mode = "phrase"
        elif piece == '"':
            self._literal(piece)
            self.mode = "angle quote"
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
            if self._angle:
                # Of two addresses the last is answered; the reader sees the first.
                self._phrase.append((f"<{''.join(self._angle)}>", False))
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


def _bare(phrase: list[Piece]) -> tuple[str, str]:
    """Return name and address of a mailbox without angle brackets; a quoted text is one word, blanks and all."""
    words = list(_joined(phrase))
    spot = next(
        (place for place, word in enumerate(words) if any("@" in text for text, quoted in word if not quoted)), None
    )
    if spot is None and len(words) == 1 and "@" in words[0][0][0]:
        return "", words[0][0][0]
    texts = ["".join(text for text, _ in word) for word in words]
    if spot is None:
        return " ".join(texts), ""
    return " ".join(texts[:spot] + texts[spot + 1 :]), "".join(map(_as_written, words[spot]))


def _joined(phrase: list[Piece]) -> Iterator[list[Piece]]:
    """Yield the words of a phrase, each as the pieces that stand together in it."""
    word: list[Piece] = []
    for quoted, pieces in groupby(phrase, key=itemgetter(1)):
        text = "".join(piece for piece, _ in pieces)
        for part in (text,) if quoted else _BLANKS.split(text):
            if quoted or (part and not part.isspace()):
                word.append((part, quoted))
            elif part and word:
                yield word
                word = []
    if word:
        yield word


def _as_written(piece: Piece) -> str:
    text, quoted = piece
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' if quoted else text


def _without_route(text: str) -> str:
    """Return an address without its source route (RFC 5321, appendix C)."""
    return text.rpartition(":")[2] if text.startswith("@") else text
