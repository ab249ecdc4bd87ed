"""Mails of about four kilobytes as a desk gets them: headers of several servers, some HTML, some with a small file."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator

from tests.mails import DESK

_SENTENCES = (
    "I made a withdrawal yesterday evening and it still has not arrived at the other wallet.",
    "The confirmation page said that it would take an hour, and now it is more than a day.",
    "Could you please have a look at what happened and tell me what I should do next?",
    "I have attached nothing more than what the application shows when I open the transfer.",
    "Somebody in a chat told me to write to examplex-help@mail.test instead, is that one of yours?",
    "My account is verified and the two factor login works as it always did.",
    "The explorer at https://explorer.mail.test/tx/77aa shows the transaction as confirmed.",
)
SIZE = 4_000


def message_id(number: int) -> str:
    """Return the reference of that mail, with brackets."""
    return f"<bench.{number:07}@mail.test>"


def mail(number: int, size: int = SIZE) -> bytes:
    """Return one mail of about that size; equal for equal numbers."""
    chance = random.Random(number)
    head = _head(number, chance)
    kind = number % 10
    room = size - len(head) - 200
    if kind == 9:
        return head + _with_file(number, chance, room)
    if kind >= 6:
        return head + _alternative(chance, room)
    return head + b'Content-Type: text/plain; charset="utf-8"\r\n\r\n' + _text(chance, room + 150)


def mails(count: int, first: int = 0) -> Iterator[bytes]:
    """Return that many mails, one after the other."""
    return (mail(number) for number in range(first, first + count))


def large(number: int, size: int) -> bytes:
    """Return a mail with a file that fills it to that size."""
    chance = random.Random(number)
    head = _head(number, chance)
    return head + _with_file(number, chance, size - len(head) - 200)


def _head(number: int, chance: random.Random) -> bytes:
    sign = base64.b64encode(chance.randbytes(192)).decode()
    folded = "\r\n\t".join(sign[at : at + 64] for at in range(0, len(sign), 64))
    address = f"user{number:07}@mail.test"
    lines = [
        f"Return-Path: <{address}>",
        f"Delivered-To: {DESK}",
        f"Received: from mx.mail.test (mx.mail.test [192.0.2.7]) by mx.examplex.test with ESMTPS id A{number:07}",
        f"\tfor <{DESK}>; Fri, 20 Nov 2026 12:00:{number % 60:02} +0000",
        "Authentication-Results: mx.examplex.test; spf=pass smtp.mailfrom=mail.test; dkim=pass header.d=mail.test;",
        "\tdmarc=pass header.from=mail.test",
        "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=mail.test; s=s1; h=from:to:subject:date:message-id;",
        f"\tb={folded}",
        f'From: "User Number {number}" <{address}>',
        f'To: "Examplex Support" <{DESK}>',
        f"Subject: Withdrawal {number} has not arrived",
        f"Date: Fri, 20 Nov 2026 12:00:{number % 60:02} +0000",
        f"Message-ID: {message_id(number)}",
        "MIME-Version: 1.0",
        "User-Agent: Made-Up Mail 7.1",
    ]
    return "\r\n".join(lines).encode() + b"\r\n"


def _text(chance: random.Random, room: int) -> bytes:
    words: list[str] = []
    while sum(map(len, words)) + 2 * len(words) < room:
        words.append(chance.choice(_SENTENCES))
    return "\r\n".join(words).encode() + b"\r\n"


def _alternative(chance: random.Random, room: int) -> bytes:
    text = _text(chance, room // 3)
    html = b"<html><body><p>" + _text(chance, room // 3).replace(b"\r\n", b"</p>\r\n<p>") + b"</p></body></html>\r\n"
    return (
        b'Content-Type: multipart/alternative; boundary="alt"\r\n\r\n'
        b'--alt\r\nContent-Type: text/plain; charset="utf-8"\r\n\r\n' + text + b"\r\n"
        b'--alt\r\nContent-Type: text/html; charset="utf-8"\r\n\r\n' + html + b"\r\n--alt--\r\n"
    )


def _with_file(number: int, chance: random.Random, room: int) -> bytes:
    text = _text(chance, min(room // 3, 1_000))
    piece = base64.encodebytes(chance.randbytes(57 * 64)).replace(b"\n", b"\r\n")
    held = piece * ((room - len(text)) // len(piece)) + piece[: (room - len(text)) % len(piece) // 78 * 78]
    return (
        b'Content-Type: multipart/mixed; boundary="mix"\r\n\r\n'
        b'--mix\r\nContent-Type: text/plain; charset="utf-8"\r\n\r\n' + text + b"\r\n"
        b"--mix\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n"
        b'Content-Disposition: attachment; filename="%d.png"\r\n\r\n' % number + held + b"\r\n--mix--\r\n"
    )
