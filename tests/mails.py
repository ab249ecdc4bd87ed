"""Mails of mixed shapes, made up: what a desk's mailbox really holds, good and bad."""

from __future__ import annotations

import base64
from collections.abc import Callable
from email.message import EmailMessage

DESK = "support@examplex.test"


def sender(number: int) -> str:
    """Return the address of the user who wrote that mail."""
    return f"user{number:04}@mail.test"


def _head(number: int, subject: str = "A question", **more: str) -> bytes:
    lines = [
        f"From: User {number} <{sender(number)}>",
        f"To: Examplex Support <{DESK}>",
        f"Subject: {subject}",
        "Date: Fri, 20 Nov 2026 12:00:00 +0000",
        f"Message-ID: <m{number:04}@mail.test>",
        *(f"{name.replace('_', '-')}: {value}" for name, value in more.items()),
    ]
    return "\r\n".join(lines).encode("utf-8") + b"\r\n"


def plain(number: int) -> bytes:
    return _head(number) + f"\r\nWhere is my deposit {number}?\r\n".encode()


def chinese(number: int) -> bytes:
    head = _head(number, "=?gb18030?B?" + base64.b64encode("提现没有到账".encode("gb18030")).decode() + "?=")
    body = f"您好,我的提现 {number} 还没有到账。".encode("gb18030")
    return (
        head + b"Content-Type: text/plain; charset=gb2312\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + body + b"\r\n"
    )


def attached(number: int) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender(number), DESK, f"With a picture {number}"
    mail["Message-ID"], mail["Date"] = f"<m{number:04}@mail.test>", "Fri, 20 Nov 2026 12:00:00 +0000"
    mail.set_content("See the picture.")
    mail.add_attachment(bytes(range(256)) * 20, maintype="image", subtype="png", filename="截图.png")
    return mail.as_bytes().replace(b"\n", b"\r\n")


def html(number: int) -> bytes:
    body = f'<p>Is <a href="https://0kx.test/{number}">this</a> yours?</p>'
    return _head(number) + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + body.encode() + b"\r\n"


def no_message_id(number: int) -> bytes:
    return plain(number).replace(f"Message-ID: <m{number:04}@mail.test>\r\n".encode(), b"")


def same_message_id(number: int) -> bytes:
    return plain(number).replace(f"<m{number:04}@mail.test>".encode(), b"<always-the-same@mail.test>")


def unknown_charset(number: int) -> bytes:
    return _head(number) + f"Content-Type: text/plain; charset=x-martian\r\n\r\nHello {number} \xe9\r\n".encode(
        "latin-1"
    )


def nul_bytes(number: int) -> bytes:
    # A mail server refuses NUL over the wire, so it comes in disguise.
    body = base64.b64encode(f"be\0fore {number}".encode())
    return _head(number) + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + body + b"\r\n"


def nested(number: int) -> bytes:
    parts = b"".join(
        f'--b{depth}\r\nContent-Type: multipart/mixed; boundary="b{depth + 1}"\r\n\r\n'.encode()
        for depth in range(1000)
    )
    return _head(number) + b'Content-Type: multipart/mixed; boundary="b0"\r\n\r\n' + parts + b"--b1000\r\n\r\nhello\r\n"


def header_bomb(number: int) -> bytes:
    words = " ".join("=?utf-8?q?a?=" for _ in range(2000))
    return _head(number, Subject_X=words, Cc=", ".join(f"u{n}@mail.test" for n in range(2000))) + b"\r\nboom\r\n"


def broken_mime(number: int) -> bytes:
    return _head(number) + b'Content-Type: multipart/mixed; boundary="never"\r\n\r\n--other\r\n\r\nlost?\r\n'


def odd_from(number: int) -> bytes:
    return plain(number).replace(f"From: User {number} ".encode(), b'From: "unclosed ')


def out_of_office(number: int) -> bytes:
    return _head(number, "Out of office", Auto_Submitted="auto-replied") + b"\r\nI am away.\r\n"


def newsletter(number: int) -> bytes:
    return _head(number, "News", List_Id="<news.mail.test>", Precedence="bulk") + b"\r\nBuy!\r\n"


def bounce(number: int) -> bytes:
    body = (
        b"--r\r\nContent-Type: text/plain\r\n\r\nIt failed.\r\n--r\r\nContent-Type: message/delivery-status\r\n\r\n"
        b"Reporting-MTA: dns; mail.test\r\n\r\nFinal-Recipient: rfc822; nobody@mail.test\r\nAction: failed\r\n"
        b"Status: 5.1.1\r\n\r\n--r--\r\n"
    )
    kind = b'Content-Type: multipart/report; report-type=delivery-status; boundary="r"\r\n\r\n'
    return _head(number, f"Undelivered {number}", Auto_Submitted="auto-replied") + kind + body


def large(number: int) -> bytes:
    return _head(number, "A large one") + b"\r\n" + b"x" * 70 + b"\r\n" + (b"y" * 76 + b"\r\n") * 20_000


ACKNOWLEDGED: tuple[Callable[[int], bytes], ...] = (
    plain,
    chinese,
    attached,
    html,
    no_message_id,
    same_message_id,
    unknown_charset,
    nul_bytes,
    nested,
    header_bomb,
    broken_mime,
    large,
)
"""Shapes whose writer is a person who gets an answer."""
SILENT: tuple[Callable[[int], bytes], ...] = (out_of_office, newsletter, bounce)
"""Shapes that no machine may answer."""
SHAPES = (*ACKNOWLEDGED, odd_from, *SILENT)


def mixed(count: int) -> list[bytes]:
    """Return that many mails, the shapes in turn; each is a matter of its own."""
    return [SHAPES[number % len(SHAPES)](number) for number in range(count)]


def may_be_acknowledged(count: int) -> set[str]:
    """Return the addresses that an acknowledgement may go to among `mixed(count)`."""
    return {sender(number) for number in range(count) if SHAPES[number % len(SHAPES)] not in SILENT}
