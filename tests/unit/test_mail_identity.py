"""A mail keeps its name whatever way it comes, and another mail never takes it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.email import NORMALIZER, _identity, _limits
from tests.samples import mail
from tests.unit.test_mail_headers import codes, message_of

MAIL = mail.HEAD + b"Subject: s\n\nline one\nFrom here on\n\nline two\n"


def _key(body: bytes) -> str:
    return message_of(body).content_key


TRACES = [
    b"Return-Path: <x@y.test>\n", b"Delivered-To: second@examplex.test\n", b"Received: from a by b\n",
    b"Authentication-Results: mx.test; spf=fail\n", b"DKIM-Signature: d=x.test; b=1\n", b"ARC-Seal: i=1; b=2\n",
    b"X-Spam-Score: 3\n", b"List-Id: <l.test>\n", b"Subject: [list] s\n",
]  # fmt: skip


@pytest.mark.parametrize("trace", TRACES)
def test_a_trace_header_does_not_change_the_key(trace: bytes) -> None:
    assert _key(trace + MAIL) == _key(MAIL)


@given(st.lists(st.sampled_from(TRACES)), st.booleans(), st.integers(0, 3), st.booleans())
def test_copies_that_came_by_several_ways_share_a_key(traces: list[bytes], crlf: bool, blank: int, mbox: bool) -> None:
    body = b"".join(traces) + MAIL + b"\n" * blank
    if mbox:
        body = b"From x@y.test Fri Nov 20 2026\n" + body.replace(b"\nFrom here", b"\n>From here")
    assert _key(body.replace(b"\n", b"\r\n") if crlf else body) == _key(MAIL)


@pytest.mark.parametrize(
    "other",
    [
        MAIL.replace(b"line two", b"line 2"),
        MAIL.replace(b"ada@users.test", b"eve@users.test"),
        MAIL.replace(b"08:15:00", b"08:15:01"),
        MAIL.replace(b"<m1@", b"<m2@"),
        MAIL.replace(b"Message-ID: <m1@users.test>\n", b""),
    ],
)
def test_a_mail_that_differs_has_another_key(other: bytes) -> None:
    """So a reused Message-ID never lets one mail swallow another."""
    assert other != MAIL
    assert _key(other) != _key(MAIL)


def test_a_folded_header_is_the_same_header() -> None:
    assert _key(MAIL.replace(b"Ada Lin <", b"Ada Lin\n\t<")) == _key(MAIL)


def test_a_mail_without_message_id_has_a_stable_key() -> None:
    body = mail.SAMPLES["no_message_id"]
    assert _key(body) == _key(b"Received: from elsewhere\n" + body)
    assert message_of(body).thread.own_ref is None


def test_a_header_alone_has_a_stable_key_of_its_own() -> None:
    header = mail.HEAD + b"Subject: big\nContent-Type: multipart/mixed; boundary=a1\n\n"

    def key(body: bytes, size: int) -> str:
        event = NORMALIZER.normalize(mail.raw_of(body, complete=False, size=size))[0]
        return str(getattr(event, "content_key", ""))

    assert key(header, 60_000_000) == key(b"Received: x\n" + header.rstrip(b"\n"), 60_000_100)
    assert key(header, 60_000_000) != key(header.replace(b"boundary=a1", b"boundary=b2"), 60_000_000)


def test_an_empty_reference_refers_to_nothing() -> None:
    body = mail.HEAD + b"In-Reply-To: <>\nReferences: <> <  > <\n <\n\nhi\n"
    assert message_of(body).thread == message_of(mail.HEAD + b"\nhi\n").thread


def test_references_alone_name_the_parent() -> None:
    thread = message_of(mail.HEAD + b"References: <a@x> <b@x>\n\nhi\n").thread
    assert (thread.parent, thread.ancestors) == ("<b@x>", ("<a@x>", "<b@x>"))


def test_too_many_references_keep_the_first_and_the_last() -> None:
    refs = [f"<r{number}@x.test>" for number in range(10_000)]
    message = message_of(mail.HEAD + b"References: " + "\n ".join(refs).encode() + b"\n\nhi\n")
    assert message.thread.ancestors == (refs[0], *refs[1 - _limits.REFERENCES :])
    assert "references_over_cap" in codes(message)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fri, 20 Nov 2026 08:15:00 +0800", datetime(2026, 11, 20, 0, 15, tzinfo=UTC)),
        ("20 Nov 2026 08:15 -0000", datetime(2026, 11, 20, 8, 15, tzinfo=UTC)),
        ("Fri, 20 Nov 2026 08:15:60 +0000 (x)", datetime(2026, 11, 20, 8, 15, 59, tzinfo=UTC)),
        ("Fri, 99 Nov 2026 08:15:00", None),
        ("yesterday", None),
        ("", None),
        ("Fri, 20 Nov 2026 08:15:00 +9999999999999", None),
        ("31 Dec 9999 23:00:00 -2300", None),
    ],
)
def test_dates_are_read_tolerantly(text: str, expected: datetime | None) -> None:
    assert _identity.read_date(text) == expected


@pytest.mark.parametrize(
    "date", [b"1 Jan 1970 00:00:00 +0000", b"23 Nov 2026 12:00:00 +0000", b"1 Jan 2099 00:00:00 +0000"]
)
def test_an_absurd_date_is_not_believed(date: bytes) -> None:
    message = message_of(b"From: a@x.test\nDate: " + date + b"\n\nhi\n")
    assert message.sent_at is None
    assert "date_absurd" in codes(message)
    assert message.provenance.received_at == mail.RECEIVED_AT
