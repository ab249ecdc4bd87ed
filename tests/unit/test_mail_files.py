"""A file is what its bytes say, and its name is never a path."""

from __future__ import annotations

import pytest

from normalizers.email import _clean, _magic
from normalizers.email._reading import Reading
from tests.samples import mail
from tests.unit.test_mail_headers import codes, message_of

EXECUTABLE = b"MZ" + bytes(58) + b"\x80\0\0\0" + bytes(64) + b"PE\0\0" + bytes(20)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("data", "declared", "name", "found", "differs"),
    [
        (EXECUTABLE, "application/pdf", "invoice.pdf", "application/vnd.microsoft.portable-executable", True),
        (EXECUTABLE, "application/octet-stream", "invoice.pdf", "application/vnd.microsoft.portable-executable", True),
        (EXECUTABLE, "application/x-msdownload", "a.exe", "application/vnd.microsoft.portable-executable", False),
        (EXECUTABLE, "application/octet-stream", "", "application/vnd.microsoft.portable-executable", False),
        (b"MZ is how this text begins", "text/plain", "a.txt", None, False),
        (b"%PDF-1.7\n", "application/pdf", "a.pdf", "application/pdf", False),
        (b"%PDF-1.7\n", "image/png", "a.png", "application/pdf", True),
        (b"PK\x03\x04 word/", DOCX, "a.docx", DOCX, False),
        (b"PK\x03\x04 word/", "application/octet-stream", "a.docx", DOCX, False),
        (b"PK\x03\x04", "application/zip", "a.zip", "application/zip", False),
        (b"PK\x03\x04", "image/jpeg", "photo.jpg", "application/zip", True),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword", "a.doc", "application/msword", False),
        (b"\xff\xd8\xff\xe0", "image/jpg", "a.JPG", "image/jpeg", False),
        (b"\x89PNG\r\n\x1a\n", "image/jpeg", "a.jpg", "image/png", True),
        (b"  <!DOCTYPE html>", "application/pdf", "a.pdf", "text/html", True),
        (b"<html ", "text/html", "a.htm", "text/html", False),
        (b"<script>x", "text/plain", "log.txt", "text/html", True),
        (b"\0\0\0\x18ftypheic", "image/heic", "a.heic", "image/heic", False),
        (b"\0\0\0\x18ftypisom", "video/quicktime", "a.mov", "video/mp4", False),
        (b"RIFF\0\0\0\0WEBP", "image/webp", "a.webp", "image/webp", False),
        (b"ID3 - my account, and %PDF- too", "text/plain", "", None, False),
        (b"BMW is my car", "application/octet-stream", "a", None, False),
        (b"L\0\0\0\x01\x14\x02\0", "application/octet-stream", "a.pdf", "application/x-ms-shortcut", True),
        (bytes(257) + b"ustar", "application/x-tar", "a.tar", "application/x-tar", False),
        (b"", "application/pdf", "a.pdf", None, False),
    ],
)
def test_a_file_is_what_its_bytes_say(
    data: bytes, declared: str, name: str, found: str | None, *, differs: bool
) -> None:
    assert _magic.type_among(data, declared, name) == (found, differs)


def test_a_file_that_is_not_what_it_says_is_evidence() -> None:
    part = b'Content-Type: application/pdf\nContent-Disposition: attachment; filename="invoice.pdf"\n\n%b'
    pair = (part % EXECUTABLE.replace(b"\n", b" "), part % b"%PDF-1.7")
    message = message_of(mail.HEAD + mail.multipart("mixed", b"\nhi\n", *pair))
    assert message.said("file-type-differs") == ("2: invoice.pdf -> application/vnd.microsoft.portable-executable",)
    assert "file_type_differs" in codes(message)
    assert [each.declared_type for each in message.attachments] == ["application/pdf"] * 2


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\x.exe", "x.exe"),
        ("a/", ""),
        ("...", ""),
        ("C:evil.txt", "C_evil.txt"),
        ("a.txt:stream", "a.txt_stream"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("Com1 .log", "_Com1 .log"),
        ("lpt9", "_lpt9"),
        ("console.log", "console.log"),
        ("a.exe. . ", "a.exe"),
        ("a\x00.pdf\r\n.exe", "a .pdf .exe"),
        ("inv\u202efdp.exe", "invfdp.exe"),
        ("\u2066a\u2069.txt", "a.txt"),
    ],
)
def test_p30_p32_a_name_is_no_path_no_device_and_holds_no_control(name: str, expected: str) -> None:
    assert _clean.file_name(name, 255, Reading()) == expected


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        (b"filename*0*=utf-8''%E6%8F%90; filename*1*=%E7%8E%B0; filename*2=.pdf", "提现.pdf"),
        (b"filename*1*=%B0; filename*0*=utf-8''%E6%8F%90%E7%8E", "提现"[:1] + "现"),
        (b"filename*=gb18030'zh'%CC%E1%CF%D6.pdf", "提现.pdf"),
        (b"filename*=iso-2022-jp''%1B$B%3CL%3F%3F%1B(B.png", "写真.png"),
        (b"filename*=x-nonsense''caf%E9", "café"),
        (b'filename="=?utf-8?B?5o+Q546w?=.pdf"', "提现.pdf"),
        (b"filename*=''..%2F..%2Fa%00b", "a b"),
    ],
)
def test_p30_names_in_pieces_and_charsets_are_put_together(parameters: bytes, expected: str) -> None:
    part = b"Content-Type: application/pdf\nContent-Disposition: attachment; " + parameters + b"\n\nx"
    assert message_of(mail.HEAD + mail.multipart("mixed", b"\nhi\n", part)).attachments[0].name == expected


def test_a_picture_stands_in_the_text_where_it_is_shown() -> None:
    html = b"Content-Type: text/html\n\n<p>This: <img src='cid:p1@x'> and <IMG SRC=\"CID:p2%40x\" alt='a chart'></p>"
    html += b"<img src=cid:p3>"
    pictures = [
        b"Content-Type: image/png\nContent-ID: <p1@x>\nContent-Disposition: attachment; filename=a.png\n\nx",
        b"Content-Type: image/png\nContent-ID: <p2@x>\n\ny",
        b"Content-Type: image/png\nContent-Disposition: attachment; filename=other.png\n\nz",
    ]
    message = message_of(mail.HEAD + mail.multipart("related", html, *pictures))
    assert message.text == "This: [picture: a.png] and [picture: a chart]"
    assert [(each.content_id, each.inline) for each in message.attachments] == [
        ("p1@x", True),
        ("p2@x", True),
        (None, False),
    ]
