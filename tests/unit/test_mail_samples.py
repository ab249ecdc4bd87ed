"""Every mail becomes exactly what was agreed, and no mail, however mutilated, gets out of hand."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import MalformedError
from normalizers.email import NORMALIZER
from tests.mail_rules import check
from tests.samples import mail


@pytest.mark.parametrize("name", sorted(mail.SAMPLES))
def test_p30_a_sample_becomes_what_was_agreed(name: str) -> None:
    """Byte for byte: also that every key is there and in its order."""
    check(mail.SAMPLES[name])
    assert mail.shown(mail.SAMPLES[name]) == (mail.EXPECTED / f"{name}.json").read_text(encoding="utf-8")


def test_there_are_enough_of_them() -> None:
    """150 were asked for; that none gets lost, the number is that of today."""
    assert len(mail.SAMPLES) >= 409


def test_every_expectation_has_its_sample() -> None:
    assert {path.stem for path in mail.EXPECTED.glob("*.json")} == set(mail.SAMPLES)


def test_an_empty_mail_is_malformed() -> None:
    for body in (b"", b"\r\n\r\n", b"  \n"):
        with pytest.raises(MalformedError):
            NORMALIZER.normalize(mail.raw_of(body))


@given(st.binary(max_size=600))
@settings(max_examples=150, deadline=None)
def test_no_bytes_raise_anything_unexpected(body: bytes) -> None:
    check(body)


_SYNTAX = (
    b"From: ", b"To: ", b"Subject: ", b"Message-ID: <", b"Date: ", b"Content-Type: ", b"multipart/mixed; boundary=",
    b'"b"', b"\n--b\n", b"--b--", b"text/html\n\n", b"message/rfc822\n\n", b"message/delivery-status\n\n",
    b"; name*0*=", b"utf-8''%ff", b"=?utf-8?B?", b"?=", b"=?gb2312?q?=C4", b"\n", b"\r", b"\r\n", b"\x00", b"\x1b$B",
    b"<a href=", b"<", b">", b'"', b"'", b"(", b")", b"\\", b":", b",", b"&#x202e;", b"&#xd800;", b"\xff\xfe",
    b"\xe4\xbd\xa0", b"@", b" ", b"Content-Transfer-Encoding: base64\n", b"charset=utf-7", b"+2AA-", b"> ",
    b"On x wrote:\n", b"http://a.test", b"-----Original Message-----\n", b"From: x <y@z>\nDate: q\nSubject: r\n",
    b"----- Forwarded message -----\n", b"<blockquote>", b"<p style=display:none>", b"</p>", b"<pre>", b"<script>",
)  # fmt: skip


@given(st.lists(st.sampled_from(_SYNTAX), max_size=40).map(b"".join))
@settings(max_examples=250, deadline=None)
def test_no_heap_of_mail_syntax_raises_anything_unexpected(body: bytes) -> None:
    check(body)


def test_nothing_of_one_mail_shows_in_the_next() -> None:
    """Interleaved with others, each mail becomes what it becomes alone."""
    alone = {name: mail.outcome(body) for name, body in mail.SAMPLES.items()}
    order = list(mail.SAMPLES) * 2
    random.Random(7).shuffle(order)
    for name in order:
        assert mail.outcome(mail.SAMPLES[name]) == alone[name]
