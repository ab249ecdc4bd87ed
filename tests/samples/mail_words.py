"""Header texts as senders write them: encoded words (RFC 2047) cut, nested, unknown and hostile, and raw 8-bit."""

from __future__ import annotations

import base64

from tests.samples.mail_writing import HEAD, head, word

_TAIL = b"\nHello.\n"


def _subject(value: bytes) -> bytes:
    return HEAD + b"Subject: " + value + b"\n" + _TAIL


def _from(value: bytes) -> bytes:
    return HEAD.replace(b"Ada Lin <ada@users.test>", value) + b"Subject: Names\n" + _TAIL


def _base64(data: bytes) -> bytes:
    return base64.b64encode(data)


SAMPLES: dict[str, bytes] = {
    "words_adjacent": _subject(b"=?utf-8?q?a?= =?utf-8?q?b?=\n =?iso-8859-1?q?=FC?=  =?utf-8?b?w7w=?= c =?utf-8?q?d?="),
    "words_with_blanks": _subject(b"=?utf-8?Q?Gr=C3=BC=C3=9Fe aus K=C3=B6ln?="),
    "words_underscores": _subject(b"=?utf-8?q?a_b=5Fc=20d?= e_f"),
    "words_touching_text": _subject(b"Re:=?utf-8?b?w7xiZXI=?=you(=?utf-8?q?x?=)"),
    "words_unknown_charset": _subject(b"=?x-nonsense?q?caf=E9?= =?x-nonsense?b?/w==?="),
    "words_unknown_encoding": _subject(b"=?utf-8?x?words?= =?utf-8??empty?= =?utf-8?q??= end"),
    "words_nested": _subject(word("=?utf-8?q?inner?=")),
    "words_never_ended": _subject(b"=?utf-8?b?w7xiZXI and more"),
    "words_broken_base64": _subject(b"=?utf-8?b?w7xiZXI?= =?utf-8?b?!!!?= =?utf-8?b?w7x?="),
    "words_with_language": _subject(b"=?utf-8*de-DE?q?Gr=C3=BC=C3=9Fe?="),
    "words_charset_lies": _subject(
        b"=?us-ascii?q?Gr=C3=BC=C3=9Fe?= =?iso-8859-1?b?" + _base64("提现".encode()) + b"?="
    ),
    "words_cut_in_gb2312": _subject(
        b"=?gb2312?B?"
        + _base64("提现".encode("gb2312")[:3])
        + b"?=\n =?gb2312?B?"
        + _base64("提现".encode("gb2312")[3:])
        + b"?="
    ),
    "words_cut_in_escapes": _subject(
        b"=?iso-2022-jp?B?" + _base64(b"\x1b$B=P6b") + b"?=\n =?iso-2022-jp?B?" + _base64(b"\x1b$B$N7o\x1b(B") + b"?="
    ),
    "words_cut_between_lines": _subject(b"=?utf-8?b?5o+Q\n 546w?="),
    "words_too_long": _subject(b"=?utf-8?q?" + b"a" * 3000 + b"?="),
    "words_inject_lines": _subject(b"=?utf-8?b?" + _base64(b"Hi\r\nBcc: all@evil.test\r\n\r\nbody") + b"?="),
    "words_inject_separators": _subject(word("a\u2028b\u2029c\x85d\x0be\x0cf")),
    "words_hold_terminal_codes": _subject(word("\x1b[2J\x1b]0;title\x07red\x9b31m")),
    "words_hold_tags": _subject(word("\U000e0041\U000e0042 flag \ufeff zero\u200bwidth \u00adsoft")),
    "words_in_quotes": _from(b'"=?utf-8?b?5p2O6Zu3?=" <ada@users.test>'),
    "words_in_address": _from(b"Ada <=?utf-8?q?ada?=@users.test>"),
    "words_make_no_second_address": _from(b"=?utf-8?q?Ada=2C_Bo_=3Cbo=40users=2Etest=3E?= <ada@users.test>"),
    "words_in_comment": _from(b"ada@users.test (=?utf-8?b?5p2O6Zu3?=)"),
    "words_inject_lines_in_name": _from(b"=?utf-8?q?Ada=0D=0ABcc=3A_all=40evil=2Etest=00?= <ada@users.test>"),
    "names_raw_utf_8": _from("李雷 <ada@users.test>".encode()),
    "names_raw_gbk": _from("李雷客户 <ada@users.test>".encode("gbk")),
    "names_raw_latin": _from("Jörg Müller <ada@users.test>".encode("latin-1")),
    "subject_long": _subject(b"Where is my deposit? " * 300),
    "subject_twice_encoded": _subject(b"=?utf-8?q?" + word("提现") + b"?="),
    "subject_raw_gbk_said_utf_8": head("提现没有到账".encode("gbk"))
    + b"Content-Type: text/plain; charset=utf-8\n\n"
    + "提现没有到账\n".encode(),
}
