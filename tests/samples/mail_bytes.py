"""Mails whose bytes are odd or hostile: line ends, sizes, nesting, envelopes, and all that is too much."""

from __future__ import annotations

from tests.samples.mail_writing import HEAD, OUR_ID, attached, head, multipart, part

_TEXT = b"Content-Type: text/plain\n\nWhere is my deposit?\n"


def _nested(depth: int) -> bytes:
    opened = (b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (level, level) for level in range(depth))
    return head("Deep") + b"".join(opened) + _TEXT


def _nested_mails(depth: int) -> bytes:
    opened = (b"From: u%d@users.test\nSubject: s%d\nContent-Type: message/rfc822\n\n" % (n, n) for n in range(depth))
    return (
        head("Deep") + b"Content-Type: message/rfc822\n\n" + b"".join(opened) + b"From: last@users.test\n\nDeepest.\n"
    )


SAMPLES: dict[str, bytes] = {
    "bytes_crlf": (head("Ends") + _TEXT).replace(b"\n", b"\r\n"),
    "bytes_mixed_line_ends": head("Ends") + b"X-Odd: a\rBcc: b\n\r\nfirst\rsecond\r\nthird\nfourth\r\r\nfifth\n",
    "bytes_stray_cr_in_names": HEAD.replace(b"Ada Lin", b"Ada\rLin") + b"Subject: a\rb\nX: y\n\nHello.\n",
    "bytes_nul_in_headers": HEAD.replace(b"Ada Lin", b"Ada\x00Lin")
    + b"Subject: a\x00b\nReferences: <a\x00@b>\n\nHel\x00lo.\n",
    "bytes_controls": head("Controls") + b"\n\x01\x02Hello\x07\x08, \x1b[1mworld\x1b[0m.\x7f\n",
    "bytes_mbox_line": b">From ada@users.test  Fri Nov 20 08:15:00 2026\n"
    + HEAD
    + b"Subject: Box\n\n>From the start.\n",
    "bytes_blank_lines_first": b"\n\r\n\n" + HEAD + b"Subject: Late\n\nHello.\n",
    "bytes_dot_stuffed": head("Dots") + b"\n..hidden file\n.\n..\nend\n",
    "bytes_no_last_line_end": head("End") + b"\nHello.",
    "bytes_header_alone": HEAD + b"Subject: No body",
    "bytes_body_alone": b"\nJust a body.\n",
    "bytes_one_long_line": head("Line") + b"\n" + b"word " * 2_000 + b"\n",
    "bytes_header_huge": HEAD + b"X-Bomb: " + b"a" * 300_000 + b"\nSubject: Behind it\n\nHello.\n",
    "bytes_header_lines": HEAD + b"".join(b"X-%d: a\n" % n for n in range(2_000)) + b"Subject: Behind them\n\nHello.\n",
    "bytes_header_folded_a_lot": HEAD + b"Subject: a\n" + b" b\n" * 2_000 + b"\nHello.\n",
    "bytes_references_2000": HEAD
    + b"References: "
    + b"\n ".join(b"<r%d@users.test>" % n for n in range(2_000))
    + b"\n "
    + OUR_ID
    + b"\nSubject: Long thread\n\nHello.\n",
    "bytes_nested_1000": _nested(1_000),
    "bytes_nested_mails_40": _nested_mails(40),
    "bytes_file_broken_base64": head("File")
    + multipart(
        "mixed", _TEXT, b"Content-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\n\niVBO*Rw0K\n=Ggo\n"
    ),
    "bytes_quoted_printable_odd": head("Equals")
    + b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: Quoted-Printable\n\n"
    b"sum 1+1=3D2 =\t \njoined =c3=bc =XY lone=\n\nend =E4=BD\n",
    "bytes_encoding_unknown": head("Way") + b"Content-Transfer-Encoding: x-rot13\n\nUryyb.\n",
    "bytes_7bit_is_8bit": head("Way")
    + b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 7bit\n\nGr\xc3\xbc\xc3\x9fe.\n",
    "bytes_name_over_limit": head("Name")
    + multipart("mixed", _TEXT, attached('"' + "a" * 400 + '.pdf"', "application/pdf", b"x")),
    "bytes_names_equal": head("Names")
    + multipart("mixed", _TEXT, *(attached('"image001.png"', "image/png", b"%d" % n) for n in range(3))),
    "bytes_binary_body": head("Binary") + b"Content-Type: application/octet-stream\n\n" + bytes(range(256)),
    "bytes_picture_alone": head("")
    + attached('"IMG_0001.jpg"', "image/jpeg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\xff\xd9"),
    "bytes_two_bodies": head("Two") + multipart("mixed", part("First.\n"), part("<p>Second.</p>\n", kind="html")),
    "bytes_base64_with_footer": head("Footer")
    + b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\nSGVsbG8gZGVzay4K\n\n"
    b"______________________________\nThis mail was checked.\n",
    "bytes_base64_in_one_line": head("Line")
    + b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: BASE64 (yes)\n\n"
    + b"V2hlcmUgaXMgbXkgZGVwb3NpdD8g" * 60
    + b"\n",
}
