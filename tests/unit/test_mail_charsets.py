"""Bytes become the text that was meant, whatever charset the mail says, and none is read that hides what it says."""

from __future__ import annotations

import pytest

from normalizers.email import _charsets
from normalizers.email._reading import Reading
from tests.samples import mail
from tests.unit.test_mail_headers import codes, message_of

RUSSIAN, CHINESE = "Вывод средств не пришёл", "您好，我的提现还没有到账"


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        (RUSSIAN, "windows-1251"),
        (RUSSIAN, "koi8-r"),
        (RUSSIAN, "iso-8859-5"),
        ("Çekim işlemim gelmedi, öğleden beri", "windows-1254"),
        ("Wypłata nie doszła, proszę o pomoc, żółć", "iso-8859-2"),
        (CHINESE, "gb2312"),
        (CHINESE, "gbk"),
        (CHINESE, "big5"),
        ("出金がまだ届いていません", "shift_jis"),
        ("아직 입금되지 않았습니다", "euc-kr"),
    ],
)
def test_p30_utf_8_under_the_name_of_an_older_charset_is_read(text: str, declared: str) -> None:
    reading = Reading()
    assert _charsets.decode(text.encode(), declared, reading) == text
    assert [note.code for note in reading.notes] == ["charset_wrong"]


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        (RUSSIAN, "windows-1251"),
        (RUSSIAN, "koi8-r"),
        ("Ðóññêèé", "windows-1252"),
        ("联通", "gb2312"),
        (CHINESE, "gbk"),
        ("提款", "big5"),
        ("出金がまだ届いていません", "shift_jis"),
        ("出金がまだ届いていません", "iso-2022-jp"),
        ("アイウ", "euc-jp"),
        ("아직 입금되지 않았습니다", "euc-kr"),
        ("مرحبا، لم يصل المبلغ", "windows-1256"),
        ("Chưa nhận được", "utf-8"),
        ("ยังไม่ได้รับเงิน", "windows-874"),
        ("€ und ß", "iso-8859-15"),
    ],
)
def test_p30_what_is_said_truly_is_read_so(text: str, declared: str) -> None:
    reading = Reading()
    data = text.encode({"windows-874": "cp874"}.get(declared, declared))
    assert _charsets.decode(data, declared, reading) == text
    assert reading.notes == ()


@pytest.mark.parametrize("name", ["utf-7", "UTF7", "unicode-1-1-utf-7", "csUnicode11UTF7", "x-utf-7"])
def test_utf_7_is_refused(name: str) -> None:
    body = f"Content-Type: text/plain; charset={name}\n\n+ADw-script+AD4- +AEA-example.test\n"
    message = message_of(mail.HEAD + body.encode())
    assert message.text == "+ADw-script+AD4- +AEA-example.test"
    assert "charset_unknown" in codes(message)


@pytest.mark.parametrize(
    "head",
    [
        '<meta charset="windows-1251">',
        '<META http-equiv="Content-Type" content="text/html; charset=windows-1251">',
        "<html><head><meta name=x content=y><meta charset=windows-1251 />",
    ],
)
def test_p30_html_says_its_charset_where_the_header_does_not(head: str) -> None:
    html = f"{head}<p>Да</p>".encode("windows-1251")
    assert message_of(mail.HEAD + b"Content-Type: text/html\n\n" + html).text == "Да"
    said = message_of(mail.HEAD + b"Content-Type: text/html; charset=utf-8\n\n" + f"{head}<p>Да</p>".encode())
    assert (said.text, said.notes) == ("Да", ())
