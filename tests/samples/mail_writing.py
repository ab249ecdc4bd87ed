"""Writes mails for the samples: headers that say nothing odd, bodies in any charset and encoding, parts, and decks.

A deck is a text file of mails, each below a line `%% name`, in UTF-8. Behind the name may stand `charset=` and `way=`:
what a mail of one text is encoded in. From, To, Message-ID and Date need not be written; an empty field
is left out. `<ours>` stands for a Message-ID of ours.
"""

from __future__ import annotations

import base64
import binascii
import re
from pathlib import Path

DECKS = Path(__file__).parent / "mails"

HEAD = (
    b"From: Ada Lin <ada@users.test>\n"
    b"To: Support <support@examplex.test>\n"
    b"Message-ID: <m1@users.test>\n"
    b"Date: Fri, 20 Nov 2026 08:15:00 +0800\n"
)
OUR_ID = b"<gh.GH-7K3MQ-9Q2XZ.abcdefghijklmnopqrstuv@examplex.test>"
"""A Message-ID as ours are; its signature is none."""
_FIELD = re.compile(r"([!-9;-~]+)[ \t]*:")
_TITLE = re.compile(r"^%% (\w+)(?: charset=(\S+))?(?: way=(\S+))?\n", re.MULTILINE)


def multipart(kind: str, *parts: bytes, boundary: bytes = b"=_b", close: bool = True) -> bytes:
    """Return a Content-Type header with its body."""
    cut = b"".join(b"--" + boundary + b"\n" + part + b"\n" for part in parts)
    end = b"--" + boundary + b"--\n" if close else b""
    return b'Content-Type: multipart/%s; boundary="%s"\n\n' % (kind.encode(), boundary) + cut + end


def b64(data: bytes) -> bytes:
    """Return bytes in base64, in lines as mail has them."""
    return base64.encodebytes(data)


def word(text: str, charset: str = "utf-8", codec: str = "") -> bytes:
    """Return an encoded word (RFC 2047). `codec` is what the text is really in, where the charset named lies."""
    return b"=?" + charset.encode() + b"?B?" + base64.b64encode(text.encode(codec or charset)) + b"?="


def part(text: str, *, kind: str = "plain", charset: str = "utf-8", way: str = "8bit", codec: str = "") -> bytes:
    """Return a text part with its header. `codec` is what the text is really in, where the charset named lies."""
    lines = f"Content-Type: text/{kind}; charset={charset}\nContent-Transfer-Encoding: {way}\n\n"
    return lines.encode() + _under(text.encode(codec or charset), way)


def head(subject: bytes | str, *more: str) -> bytes:
    """Return a header but for the type of its body; `more` are whole lines."""
    shown = subject if isinstance(subject, bytes) else subject.encode() if subject.isascii() else word(subject)
    return HEAD + b"".join(line.encode() + b"\n" for line in more) + b"Subject: " + shown + b"\nMIME-Version: 1.0\n"


def attached(name: str, kind: str, data: bytes, *more: str) -> bytes:
    """Return a file as a part; `name` is written as it stands."""
    lines = f"Content-Type: {kind}\nContent-Disposition: attachment; filename={name}\n"
    lines += "".join(line + "\n" for line in more)
    return lines.encode() + b"Content-Transfer-Encoding: base64\n\n" + b64(data)


def deck(name: str) -> dict[str, bytes]:
    """Return the mails of a deck."""
    text = (DECKS / f"{name}.txt").read_text(encoding="utf-8").replace("<ours>", OUR_ID.decode())
    pieces = _TITLE.split(text)[1:]
    found = {title: _mail(each, charset, way) for title, charset, way, each in zip(*[iter(pieces)] * 4, strict=True)}
    assert 4 * len(found) == len(pieces), f"a name stands twice in {name}"
    return found


def _mail(text: str, charset: str | None, way: str | None) -> bytes:
    block, _, body = text.partition("\n\n")
    lines = [] if block.startswith("\n") else block.splitlines()
    names = {found[1].lower() for line in lines if (found := _FIELD.match(line))}
    given = [line for line in HEAD.decode().splitlines() if line.partition(":")[0].lower() not in names]
    kept = [line for line in (*given, *lines) if not re.fullmatch(r"[!-9;-~]+:", line)]
    if "content-type" not in names and charset != "none":
        kept += ["MIME-Version: 1.0", f"Content-Type: text/plain; charset={charset or 'utf-8'}"]
        kept += [f"Content-Transfer-Encoding: {way or '8bit'}"]
    shown = b"".join(_header_line(line, charset or "utf-8") + b"\n" for line in kept)
    codec = charset if charset and charset != "none" else "utf-8"
    return shown + b"\n" + _under(body.rstrip("\n").encode(codec) + b"\n", way or "8bit")


def _header_line(line: str, charset: str) -> bytes:
    """Return a line of a header; only a subject is encoded, all else stands as it is written."""
    name, colon, value = line.partition(": ")
    if line.isascii() or name != "Subject":
        return line.encode()
    return (name + colon).encode() + word(value, charset)


def _under(data: bytes, way: str) -> bytes:
    if way == "base64":
        return b64(data)
    return binascii.b2a_qp(data, istext=True) if way == "quoted-printable" else data
