"""Breaks mails: bytes, cuts, splices, boundaries, charsets, encoded words, files, at random from a seed."""

from __future__ import annotations

import base64
import random
import re
from collections.abc import Callable, Sequence

_BITS = (
    b"\n", b"\r", b"\r\n", b"\n\n", b"\x00", b"\xff", b"\x1b$B", b"\x1b(B", b"\xe2\x80\xae", b"\xe2\x80\xa8", b'"',
    b"=", b"<", b">", b"(", b")", b"\\", b"--", b"--=_b\n", b"--=_b--\n", b";", b":", b",", b"@", b"=?", b"?=",
    b"=3D", b"\n From: ", b"\n> ", b"&#", b"<!--", b"<a href='", b"<p style=display:none>", b"\nBcc: x@y.test\n",
    b"\xf0\x9f\x94\x92", b"\xd8\x00", b"+AA0ACg-",
)  # fmt: skip
_CHARSETS = (
    b"utf-8", b"us-ascii", b"iso-8859-1", b"gb2312", b"gb18030", b"big5", b"euc-kr", b"iso-2022-jp", b"iso-2022-kr",
    b"hz", b"shift_jis", b"koi8-r", b"windows-1251", b"utf-16", b"utf-16le", b"utf-32", b"utf-7", b"x-nonsense",
    b"unicode_escape", b"idna", b"punycode", b"cp037", b"undefined", b"\xff", b"",
)  # fmt: skip
_WAYS = (b"base64", b"quoted-printable", b"7bit", b"8bit", b"binary", b"x-uuencode", b"x", b"")
_TYPES = (
    b"text/plain", b"text/html", b"multipart/mixed", b"multipart/alternative", b"multipart/related",
    b"multipart/digest", b"multipart/report", b"multipart/signed", b"multipart/encrypted", b"message/rfc822",
    b"message/delivery-status", b"message/partial", b"application/ms-tnef", b"application/vnd.ms-outlook",
    b"application/pkcs7-mime", b"text/calendar", b"text/vcard", b"image/png", b"multipart/", b"/", b"",
)  # fmt: skip
_WORDS = (
    b"=?utf-8?b?%s?=", b"=?utf-8?q?%s?=", b"=?gb2312?B?%s?=", b"=?iso-2022-jp?B?%s?=", b"=?utf-16?B?%s?=",
    b"=?x?Q?%s?=", b"=?utf-7?q?%s?=", b"=?utf-8*en?q?%s?=",
)  # fmt: skip
_INNER = (
    b"DQpCY2M6IHhAeS50ZXN0DQo=",
    b"=0D=0AX-Evil:_1=00",
    b"a_b",
    b"w7w",
    b"////",
    b"=E2=80=AE",
    b"+AA0ACgAA-",
    b"==?=?",
    b"",
)

_CHARSET = re.compile(rb"charset=\"?([\w-]+)")
_WAY = re.compile(rb"(?i)transfer-encoding: *([\w-]+)")
_TYPE = re.compile(rb"(?i)\ncontent-type: *([\w/.-]+)")
_BASE64 = re.compile(rb"\n\n((?:[A-Za-z0-9+/]{4,76}={0,2}\n)+)")
_BOUNDARY = re.compile(rb'boundary="?([^"\n;]+)')

Mutation = Callable[[bytes, random.Random, Sequence[bytes]], bytes]


def mutated(body: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    """Return a mail broken in one to six ways; `others` lend their pieces."""
    for _ in range(rng.randint(1, 6)):
        body = rng.choice(_MUTATIONS)(body, rng, others)
    return body


def planted(body: bytes, mark: bytes, rng: random.Random) -> bytes:
    """Return a mail that bears a mark in a header of each kind, and in three places of its lines."""
    lines = _lines(body)
    for _ in range(3):
        spot = rng.randrange(len(lines) + 1)
        lines[spot:spot] = [mark + b" " + rng.choice((b"\n", b"<b>\n", b"https://%s.test/\n" % mark))]
    marked = b"Cc: %s <%s@mark.test>\nX-Loop: %s\nReferences: <%s@mark.test>\n" % (mark, mark, mark, mark)
    return marked + b"".join(lines)


def _lines(body: bytes) -> list[bytes]:
    return [line + b"\n" for line in body.split(b"\n")]


def _flip(body: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    data = bytearray(body)
    for _ in range(rng.randint(1, 8)):
        if data:
            data[rng.randrange(len(data))] = rng.randrange(256)
    return bytes(data)


def _cut(body: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    spot = rng.randrange(len(body) + 1)
    return body[:spot] + body[spot + rng.randint(1, 60) :]


def _truncate(body: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    spot = rng.randrange(len(body) + 1)
    return body[:spot] if rng.random() < 0.8 else body[spot:]


def _insert(body: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    spot = rng.randrange(len(body) + 1)
    return body[:spot] + rng.choice(_BITS) * rng.choice((1, 1, 1, 2, 40)) + body[spot:]


def _splice(body: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    """Put a piece of another mail in, or end as another does."""
    other = rng.choice(others)
    start, spot = rng.randrange(len(other) + 1), rng.randrange(len(body) + 1)
    if rng.random() < 0.3:
        return body[:spot] + other[start:]
    return body[:spot] + other[start : start + rng.randint(1, 300)] + body[spot:]


def _move_lines(body: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    """Repeat, remove or reorder lines: headers among them."""
    lines = _lines(body)
    spot = rng.randrange(min(len(lines), 12) if rng.random() < 0.6 else len(lines))
    line = lines[spot]
    kind = rng.randrange(4)
    if kind == 0:
        lines[spot:spot] = [line] * rng.choice((1, 2, 50))
    elif kind == 1:
        del lines[spot]
    elif kind == 2:
        lines.insert(rng.randrange(len(lines)), lines.pop(spot))
    else:
        lines[spot] = line.swapcase()
    return b"".join(lines)


def _change_boundary(body: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    found = _BOUNDARY.findall(body)
    if not found:
        return body + b"\n--=_b\n\nmore\n--=_b--\n"
    one = rng.choice(found)
    other = rng.choice((*found, one + b"x", one[:-1], b"", b" ", b"-", b"=_" * 100, one.upper(), b"\xff", b'"'))
    return body.replace(one, other, rng.choice((1, 1, 2, -1)))


def _swap(pattern: re.Pattern[bytes], values: Sequence[bytes]) -> Mutation:
    def swap(body: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
        found = list(pattern.finditer(body))
        if not found:
            return body
        match = rng.choice(found)
        return body[: match.start(1)] + rng.choice(values) + body[match.end(1) :]

    return swap


def _play_with_words(body: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    word = b" ".join(rng.choice(_WORDS) % rng.choice(_INNER) for _ in range(rng.randint(1, 3)))
    name = rng.choice(
        (b"Subject: ", b"From: ", b"Cc: ", b"References: ", b"X-Loop: ", b"Content-Type: text/plain; name=")
    )
    return name + word + rng.choice((b"", b" <a@b.test>", b'"')) + b"\n" + body


def _break_within(body: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    """Break what stands in base64, so that the file is sound around it: Outlook's mails, pictures, signatures."""
    found = list(_BASE64.finditer(body))
    if not found:
        return body
    match = rng.choice(found)
    try:
        data = base64.b64decode(match[1])
    except ValueError:
        return body
    broken = rng.choice((_flip, _flip, _cut, _truncate, _insert, _splice))(data, rng, others)
    return body[: match.start(1)] + base64.encodebytes(broken) + body[match.end(1) :]


def _change_ends(body: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    end = rng.choice((b"\r\n", b"\r", b"\n\r", b"\r\r\n"))
    spot = rng.randrange(len(body) + 1)
    return body.replace(b"\n", end) if rng.random() < 0.5 else body[:spot] + body[spot:].replace(b"\n", end)


_MUTATIONS: tuple[Mutation, ...] = (
    _flip, _flip, _cut, _truncate, _insert, _insert, _splice, _splice, _move_lines, _move_lines, _change_boundary,
    _swap(_CHARSET, _CHARSETS), _swap(_WAY, _WAYS), _swap(_TYPE, _TYPES), _play_with_words, _change_ends,
    _break_within, _break_within,
)  # fmt: skip
