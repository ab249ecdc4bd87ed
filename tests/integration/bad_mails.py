"""Mails that are meant to break whoever reads them, made up; each says what the reader may claim of it."""

from __future__ import annotations

import base64
import random
from dataclasses import dataclass, field

from tests.mails import DESK

SECRET = "kestrel"
"""Stands in every bad mail, in its subject, its text and its addresses, and never in the gateway's log."""


@dataclass(frozen=True)
class Bad:
    """One mail, and the note that its case must bear; without one the mail is only odd, not unreadable."""

    name: str
    content: bytes = field(repr=False)
    note: str = ""
    sender: str | None = None
    """Whom the case takes for its writer; as in From when not said."""
    text: str = SECRET
    """What the case's text must hold."""
    answered: bool = True
    """Whether its writer is acknowledged."""


def address(name: str) -> str:
    """Return the address that the bad mail of that name comes from."""
    return f"{SECRET}-{name}@mail.test"


def head(name: str, *more: str, leave_out: str = "") -> bytes:
    """Return the header of a mail that says nothing odd but `more`."""
    lines = (
        f"From: {address(name)}",
        f"To: Examplex Support <{DESK}>",
        f"Subject: {SECRET} asks",
        "Date: Fri, 20 Nov 2026 12:00:00 +0000",
        f"Message-ID: <{SECRET}-{name}@mail.test>",
        *more,
    )
    kept = [line for line in lines if not (leave_out and line.startswith(leave_out))]
    return "\r\n".join(kept).encode("utf-8") + b"\r\n"


LARGE = 10
"""How many mails of 25 MB there are: enough to tell what one needs from what all of them would."""
BODY = f"\r\nhello from {SECRET}\r\n".encode()
_TEXT = "Content-Type: text/plain"
_PLAIN = f"{_TEXT}\r\n\r\nhello from {SECRET}\r\n".encode()


def _multipart(name: str, parts: bytes, boundary: str = "b") -> bytes:
    return head(name, "MIME-Version: 1.0", f'Content-Type: multipart/mixed; boundary="{boundary}"') + b"\r\n" + parts


def _nested_parts(depth: int) -> bytes:
    opened = (f'--b{n}\r\nContent-Type: multipart/mixed; boundary="b{n + 1}"\r\n\r\n' for n in range(depth))
    return _multipart("nested", "".join(opened).encode() + f"--b{depth}\r\n".encode() + _PLAIN, "b0")


def _nested_mails(depth: int) -> bytes:
    opened = b"".join(head(f"inner{n}", "Content-Type: message/rfc822") + b"\r\n" for n in range(depth))
    return head("mails", "Content-Type: message/rfc822") + b"\r\n" + opened + head("innermost") + BODY


def _many_parts(count: int) -> bytes:
    return _multipart("parts", b"--b\r\n" + _PLAIN + b"--b\r\n\r\nx\r\n" * count + b"--b--\r\n")


def _broken_base64() -> bytes:
    encoded = base64.b64encode(f"hello from {SECRET}, and more of it".encode()).decode()
    body = f"{encoded[:24]}!!!\r\n{encoded[24:-3]}\r\n=====\r\n\0?".encode()
    return head("base64", _TEXT, "Content-Transfer-Encoding: base64") + b"\r\n" + body


def _rfc2231() -> bytes:
    kinds = (
        "attachment; filename*0*=x-martian'zz'%ZZ%8; filename*2=late; filename*1*=%FF%",
        "attachment; filename*=; filename*99999999999999999999*=x; filename*0=a; filename*0=b",
        "attachment; filename*=utf-8''" + "%E2%80%AE" * 4000,
        'attachment; filename="unclosed',
    )
    parts = "".join(f"--b\r\nContent-Disposition: {kind}\r\n\r\n{SECRET}\r\n" for kind in kinds)
    return _multipart("rfc2231", b"--b\r\n" + _PLAIN + parts.encode() + b"--b--\r\n")


def _oversized(name: str, size: int) -> bytes:
    line = f"{SECRET} ".encode() * 9 + b"\r\n"
    start = head(name) + b"\r\n"
    return start + line * ((size - len(start)) // len(line))


def _garbage(size: int) -> bytes:
    return random.Random(42).randbytes(size)


def _words(count: int) -> bytes:
    return head("words", leave_out="Subject") + b"Subject: " + b"=?utf-8?q?a?= " * count + b"\r\n" + BODY


def _recipients(count: int) -> bytes:
    more = ",\r\n ".join(f"u{n}@m.test" for n in range(count))
    return head("recipients", leave_out="To") + f"To: {DESK},\r\n {more}\r\n".encode() + BODY


def _references(count: int) -> bytes:
    return head("references") + b"References: " + b" ".join(b"<%d@m>" % n for n in range(count)) + b"\r\n" + BODY


BAD: tuple[Bad, ...] = (
    Bad("no-id", head("no-id", leave_out="Message-ID") + BODY, "message_id_missing"),
    Bad("same-id-1", head("same-id-1").replace(b"<kestrel-same-id-1@", b"<kestrel-same@") + BODY + b"one"),
    Bad("same-id-2", head("same-id-2").replace(b"<kestrel-same-id-2@", b"<kestrel-same@") + BODY + b"two"),
    Bad("nested", _nested_parts(1_000), "nesting_over_cap"),
    Bad("parts", _many_parts(100_000), "parts_over_cap"),
    Bad("charset", head("charset", f"{_TEXT}; charset=x-martian") + BODY + b"\xe9\r\n", "charset_unknown"),
    Bad("nul", head("nul", f"X-Odd: a\0{SECRET}") + b"\r\nhel\0lo from " + SECRET.encode() + b"\0\r\n"),
    Bad("60mb", _oversized("60mb", 60_000_000), "too_large", text=""),
    *(Bad(f"25mb-{n}", _oversized(f"25mb-{n}", 25_000_000), "text_over_cap") for n in range(1, LARGE + 1)),
    Bad("header-300k", head("header-300k", "X-Bomb: " + f"{SECRET} " * 40_000) + BODY, "header_over_cap", text=""),
    Bad("header-lines", head("header-lines", *[f"X-{n}: {SECRET}" for n in range(20_000)]) + BODY, "header_over_cap"),
    Bad("words", _words(16_000), "encoded_words_over_cap"),
    Bad("recipients", _recipients(16_000), "recipients_over_cap"),
    Bad("references", _references(100_000), "header_over_cap"),
    Bad("no-from", head("no-from", leave_out="From") + BODY, "from_missing", sender="", answered=False),
    Bad("two-from", head("two-from", f"From: {SECRET}-other@mail.test") + BODY, "header_repeated", answered=False),
    Bad("group-from", head("group-from", leave_out="From") + b"From: Team: kestrel-group-from@mail.test;\r\n" + BODY),
    Bad("bare-lf", (head("bare-lf") + BODY).replace(b"\r\n", b"\n")),
    Bad("bare-cr", (head("bare-cr") + BODY).replace(b"\r\n", b"\r"), "bare_cr"),
    Bad("mixed-breaks", head("mixed-breaks") + b"X-Odd: a\rFrom: b\n\r\nhello\rfrom\n" + SECRET.encode() + b"\r\r\n"),
    Bad("nothing", b"", "unreadable", sender="", text="", answered=False),
    Bad("header-only", head("header-only"), text=""),
    Bad("body-only", b"\r\n\r\n" + BODY, "from_missing", sender="", answered=False),
    Bad("garbage", _garbage(1_000_000), "from_missing", sender="", text="", answered=False),
    Bad("one-line", head("one-line") + b"\r\n" + SECRET.encode() + b"x" * 5_000_000, "text_over_cap"),
    Bad("base64", _broken_base64(), "base64_broken", text="hello from"),
    Bad("rfc2231", _rfc2231(), "parameter_broken"),
    Bad("mails", _nested_mails(40), "nesting_over_cap", text=""),
)


def bounce(ref: str) -> bytes:
    """Return a mail server's report (RFC 3464) that the mail of that Message-ID did not arrive."""
    returned = f"Message-ID: {ref}\r\nSubject: {SECRET}\r\n\r\n"
    report = (
        "Return-Path: <>\r\nFrom: Mail Delivery <mailer-daemon@mail.test>\r\n"
        f"To: {DESK}\r\nSubject: Undelivered {SECRET}\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="r"\r\n\r\n'
        f"--r\r\nContent-Type: text/plain\r\n\r\nIt failed, says {SECRET}.\r\n"
        "--r\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.mail.test\r\n\r\n"
        "Final-Recipient: rfc822; user@mail.test\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--r\r\nContent-Type: text/rfc822-headers\r\n\r\n{returned}--r--\r\n"
    )
    return report.encode()


def answer(sender: str, ref: str, *more: str, subject: str = f"Re: {SECRET}") -> bytes:
    """Return an answer to the mail of that Message-ID."""
    lines = (
        f"From: {sender}",
        f"To: {DESK}",
        f"Subject: {subject}",
        f"In-Reply-To: {ref}",
        f"References: {ref}",
        *more,
    )
    return "\r\n".join(lines).encode() + b"\r\n" + BODY
