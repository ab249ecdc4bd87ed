"""Four times the mail never costs more than about four times the steps: counted, not timed.

A step is a line that the interpreter runs in our code. What a search does within one line does not show in that count:
so each bomb is also read once at a size at which a search that goes back and forth would not come to an end.
"""

from __future__ import annotations

import re
import struct
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from normalizers.email import NORMALIZER, _tags
from tests import outlook
from tests.samples import mail

H = mail.HEAD
HTML = H + b"Content-Type: text/html\n\n"
FILE = b"Content-Type: application/octet-stream\n\n"
SIGNED = (
    b"Content-Type: application/pkcs7-mime\n\n\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
    b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80"
)
LARGE = 400_000
DEEP = b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n'


def _looping(count: int) -> bytes:
    """Return a `.msg` whose files are a few bytes each, all of one long chain that ends where it begins."""
    long = bytes(512 * 8 * count)
    data = bytearray(outlook.compound({"long": long, **outlook.msg({}, [outlook.attached({0x3701: b"x"})] * count)}))
    table = struct.unpack_from("<I", data, 76)[0] * 512 + 512
    struct.pack_into("<I", data, table + (len(long) // 512 - 1) * 4, 0)
    # No stream is small to this file: none stands among the small ones.
    struct.pack_into("<I", data, 56, 0)
    for entry in re.finditer("__substg1.0_37010102".encode("utf-16-le"), data):
        struct.pack_into("<I", data, entry.start() + 116, 0)
    return bytes(data)


BOMBS: dict[str, Callable[[int], bytes]] = {
    "nested_parts": lambda n: H + b"".join(DEEP % (level, level) for level in range(n // 4)),
    "many_parts": lambda n: H + mail.multipart("mixed", *[b"\nx"] * n),
    "boundary_look_alikes": lambda n: H + mail.multipart("mixed", b"\n" + b"--=_c\n" * n),
    "encoded_words": lambda n: H + b"Subject:" + b" =?utf-8?q?=41?=\n" * n + b"\n",
    "unclosed_words": lambda n: H + b"Subject: " + b"=?a?q?" * n + b"\n\n",
    "recipients": lambda n: H + b"Cc: " + b'"a, b" <c@x.test>,\n ' * n + b"\n\n",
    "spaces_in_names": lambda n: H + b"Cc: x" + b" " * (n // 2) + b"x\n\n" + b"x" * n,
    "references": lambda n: H + b"References: " + b"<a@b>\n " * n + b"\n\n",
    "unclosed_references": lambda n: H + b"References: " + b"<a" * n + b"\n\n",
    "comments": lambda n: H + b"Cc: " + b"(" * n + b"\n\n",
    "open_quotes": lambda n: H + b"Cc: " + b'"\\' * n + b"\n\n",
    "open_angles": lambda n: H + b"Cc: <" + b",;" * n + b"\n\n",
    "colons": lambda n: H + b"Cc: a@b" + b':"a"' * n + b"\n\n",
    "fields": lambda n: H + b"a:\n" * n + b"\n",
    "folds": lambda n: H + b"a: b\n" + b" \n" * n + b"\n",
    "parameters": lambda n: H + b"Content-Type: text/plain" + b';a*0*="\\' * n + b"\n\n",
    "open_tags": lambda n: HTML + b"<a " * n,
    "open_comments": lambda n: HTML + b"<!--" * n,
    "open_attributes": lambda n: HTML + b'<a b="' * n,
    "crossed_quotes": lambda n: HTML + b"<a b=\"<c d='>" * n,
    "equals": lambda n: HTML + b"<a " + b"= " * n,
    "scripts": lambda n: HTML + b"<script>" * n,
    "quotes_in_quotes": lambda n: HTML + b"<blockquote>x" * n,
    "anchors": lambda n: HTML + b"<a href=http://x.test>x" * n,
    "hidden": lambda n: HTML + b"<p style=display:none>" * n,
    "quoted_lines": lambda n: H + b"\n" + b">\nx\n" * n,
    "attributions": lambda n: H + b"\n" + b"On a@b wrote:\n" * n,
    "outlook_headers": lambda n: H + b"\n" + b"From:\n" * n,
    "urls": lambda n: H + b"\n" + b"http://a." * n,
    "url_brackets": lambda n: H + b"\nhttp://a" + b")" * n,
    "base64_runs": lambda n: H + b"Content-Transfer-Encoding: base64\n\n" + b"QQ==" * n,
    "bare_returns": lambda n: H + b"\n" + b"\r" * n,
    "spaces": lambda n: H + b"\n" + b" " * n,
    "armor": lambda n: H + b"\n" + b"-----BEGIN PGP MESSAGE-----\n" * n,
    "signatures": lambda n: H + b"\n" + b"-- \nx\n" * n,
    "wraps": lambda n: H + b"\n" + b"am x\nschrieb:\n" * n,
    "fields_in_text": lambda n: H + b"\n" + b"von: a\nan: b\n" * n,
    "white_words": lambda n: HTML + b"<p style='color:#fff'>x" * n,
    "spaces_for_paper": lambda n: HTML + b"<p style='color:#fff'>x</p><td background:" + b" " * n + b"white",
    "tiny_words": lambda n: HTML + b"<b style=font-size:0><i style=font-size:9px>x" * n,
    "pictures": lambda n: HTML + b"<img src=cid:x alt=y>" * n,
    "calendar": lambda n: H + b"Content-Type: text/calendar\n\nBEGIN:VEVENT\n" + b'SUMMARY;a=";b:\n' * n,
    "folded_calendar": lambda n: H + b"Content-Type: text/calendar\n\nBEGIN:VEVENT\nSUMMARY:" + b"\n x" * n,
    "winmail_attributes": lambda n: H + FILE + b"\x78\x9f\x3e\x22\0\0" + bytes(11) * n,
    "winmail_files": lambda n: H + FILE + outlook.tnef({}, [("a", b"x", {})] * (n // 10)),
    "winmail_properties": lambda n: H + FILE + outlook.tnef({number % 0x7000: "" for number in range(n)}),
    "msg_files": lambda n: H + FILE + outlook.compound(outlook.msg({}, [outlook.attached({0x3701: b"x"})] * (n // 20))),
    "msg_loop": lambda n: H + FILE + _looping(n // 20),
    "rtf_groups": lambda n: H + FILE + outlook.tnef({0x1009: outlook.lzfu(b"{\\a\\'41" * n)}),
    "signed_pieces": lambda n: H + SIGNED + b"\x24\x80" + b"\x04\x01a" * n,
    "status_blocks": lambda n: mail.SAMPLES["bounce"].replace(b"Action", b"a\n\n" * n + b"Action"),
}


def steps(body: bytes) -> int:
    """Return how many lines of our code run for one mail."""
    count = 0

    def within(frame: FrameType, event: str, arg: Any) -> Any:
        nonlocal count
        count += 1
        return within

    def trace(frame: FrameType, event: str, arg: Any) -> Any:
        return within if "/normalizers/email/" in frame.f_code.co_filename else None

    raw = mail.raw_of(body)
    sys.settrace(trace)
    try:
        NORMALIZER.normalize(raw)
    finally:
        sys.settrace(None)
    return count


@pytest.mark.parametrize("name", sorted(BOMBS))
def test_steps_grow_no_faster_than_the_mail(name: str) -> None:
    small, large = steps(BOMBS[name](500)), steps(BOMBS[name](2_000))
    assert large < 4.6 * small + 500, f"{small} steps became {large}"


@pytest.mark.parametrize("name", sorted(BOMBS))
@pytest.mark.timeout(20)
def test_a_large_bomb_is_read_to_its_end(name: str) -> None:
    count = LARGE // (len(BOMBS[name](1_000)) // 1_000)
    (event,) = NORMALIZER.normalize(mail.raw_of(BOMBS[name](count)))
    assert event


class _Counted(str):
    """A text that counts how many characters are looked through to find something in it."""

    reach = 0

    def find(self, *args: Any) -> int:
        found = super().find(*args)
        self.reach += (found if found >= 0 else len(self)) - (args[1] if len(args) > 1 else 0)
        return found


@pytest.mark.parametrize("piece", ["<!--", '<a b="', "<a b=\"<c d='>", "<", "<a ", "x<!-- ", "<script>", "</"])
def test_searches_in_html_never_look_through_it_again_and_again(piece: str) -> None:
    html = _Counted(piece * 2_000)
    assert list(_tags.Scanner(html).tokens())
    assert html.reach <= 4 * len(html)
