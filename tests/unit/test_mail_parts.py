"""Mail is cut into its parts within its caps, and each file opens as what was listed."""

from __future__ import annotations

import hashlib

import pytest

from gateway.case import AttachmentState
from gateway.errors import MalformedError
from normalizers.email import NORMALIZER, _limits, _parts
from normalizers.email._reading import Reading
from tests.samples import mail
from tests.unit.test_mail_headers import codes, message_of


def _nested(depth: int, *, close: bool) -> bytes:
    opening = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (level, level) for level in range(depth)
    )
    closing = b"".join(b"\n--b%d--" % level for level in reversed(range(depth)))
    return mail.HEAD + opening + b"Content-Type: text/plain\n\nthe innermost words\n" + (closing if close else b"")


def extract(body: bytes, attachment_id: str) -> bytes:
    assert NORMALIZER.extract is not None
    return NORMALIZER.extract(mail.raw_of(body), attachment_id)


@pytest.mark.parametrize("close", [True, False])
def test_nesting_up_to_the_cap_is_read(*, close: bool) -> None:
    message = message_of(_nested(_limits.NESTING, close=close))
    assert message.text == "the innermost words"
    assert message.notes == ()


def test_nesting_over_the_cap_is_noted() -> None:
    assert codes(message_of(_nested(_limits.NESTING + 1, close=True))) == {"nesting_over_cap"}


@pytest.mark.parametrize("close", [True, False])
def test_a_thousand_nested_parts_still_give_the_text(*, close: bool) -> None:
    message = message_of(_nested(1_000, close=close))
    assert message.text == "the innermost words"
    assert codes(message) == {"nesting_over_cap"}


def test_a_hundred_thousand_parts_are_cut_at_the_cap() -> None:
    body = mail.HEAD + mail.multipart("mixed", b"\nfirst words\n", *[b"Content-Type: image/gif\n\nx"] * 100_000)
    top = _parts.split(body, reading := Reading())
    assert len(list(top.leaves())) == _limits.PARTS - 1
    assert [note.code for note in reading.notes] == ["parts_over_cap"]
    message = message_of(body)
    assert message.text == "first words"
    assert len(message.attachments) == _limits.ATTACHMENTS
    assert {"parts_over_cap", "attachments_over_cap"} <= codes(message)


def test_the_last_part_before_the_cap_holds_nothing_of_those_behind_it() -> None:
    parts = [b"Content-Type: image/gif\n\nown%d" % number for number in range(_limits.PARTS + 5)]
    body = mail.HEAD + mail.multipart("mixed", *parts)
    last = list(_parts.split(body, Reading()).leaves())[-1]
    assert body[last.start : last.end] == b"own%d" % (_limits.PARTS - 2)


def test_a_forwarded_mail_nested_a_thousand_times_is_read_to_the_cap() -> None:
    message = message_of(mail.HEAD + b"Content-Type: message/rfc822\n\n" * 1_000 + b"x\n")
    assert "nesting_over_cap" in codes(message)


def test_an_inner_multipart_with_the_outer_boundary_does_not_confuse() -> None:
    inner = b'Content-Type: multipart/mixed; boundary="=_b"\n\nstray\n'
    message = message_of(mail.HEAD + mail.multipart("mixed", inner, b"\nthe words\n"))
    assert "the words" in message.text
    assert "boundary_invalid" in codes(message)


def test_a_part_without_blank_line_ends_at_the_boundary() -> None:
    body = mail.HEAD + mail.multipart(
        "mixed", b"\nwords\n", b"Content-Type: image/gif", b"Content-Type: image/png\n\nP"
    )
    assert [item.declared_type for item in message_of(body).attachments] == ["image/gif", "image/png"]


def test_crlf_belongs_to_the_boundary_and_not_to_the_part() -> None:
    body = mail.HEAD + mail.multipart("mixed", b"Content-Type: image/gif\n\nGIF")
    assert extract(body.replace(b"\n", b"\r\n"), "1") == b"GIF"


def test_each_listed_file_opens_with_the_listed_bytes() -> None:
    opened = 0
    for body in mail.SAMPLES.values():
        event = NORMALIZER.normalize(mail.raw_of(body))[0]
        message = getattr(event, "message", event)
        for item in message.attachments:
            if item.state is AttachmentState.IN_RAW:
                data = extract(body, item.id)
                assert (len(data), hashlib.sha256(data).hexdigest()) == (item.size, item.sha256)
                opened += 1
    assert opened >= 8


def test_a_file_in_a_forwarded_mail_is_listed_and_opens() -> None:
    inner = b"Content-Type: message/rfc822\n\nFrom: x@y.test\n" + mail.multipart(
        "mixed", b"\nsee\n", b"Content-Type: application/pdf\n\n%PDF", boundary=b"in"
    )
    body = mail.HEAD + mail.multipart("mixed", b"\nfyi\n", inner)
    assert [item.id for item in message_of(body).attachments] == ["2", "2.1.2"]
    assert extract(body, "2.1.2") == b"%PDF"


def test_what_is_no_attachment_or_unreadable_does_not_open() -> None:
    body = mail.SAMPLES["attachments"]
    assert message_of(body).attachments[2].state is AttachmentState.UNREADABLE
    for missing in ("4", "1", "9", "", "../2"):
        with pytest.raises(MalformedError):
            extract(body, missing)


def test_nothing_of_a_mail_that_was_not_fetched_opens() -> None:
    assert NORMALIZER.extract is not None
    with pytest.raises(MalformedError):
        NORMALIZER.extract(mail.raw_of(mail.SAMPLES["attachments"], complete=False), "2")


def test_a_mail_that_is_one_file_lists_it() -> None:
    body = mail.HEAD + b"Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\nJVBERg==\n"
    message = message_of(body)
    assert [(item.id, item.name, item.size) for item in message.attachments] == [("0", "a.pdf", 4)]
    assert extract(body, "0") == b"%PDF"
    assert message.text == ""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (b"C:\\Windows\\x.exe", "x.exe"),
        (b"/etc/passwd", "passwd"),
        (b"..", ""),
        (b"a=?utf-8?q?=0A=00b?=.txt", "a b.txt"),
        ("cod\u202egpj.exe".encode(), "codgpj.exe"),
        (b"x" * 400 + b".pdf", "x" * 251 + ".pdf"),
    ],
)
def test_file_names_are_harmless(name: bytes, expected: str) -> None:
    quoted = name.replace(b"\\", b"\\\\")
    part = b'Content-Type: application/pdf\nContent-Disposition: attachment; filename="' + quoted + b'"\n\nx'
    assert message_of(mail.HEAD + mail.multipart("mixed", b"\nhi\n", part)).attachments[0].name == expected


def test_a_mail_too_large_to_fetch_says_so_and_has_no_text() -> None:
    raw = mail.raw_of(mail.HEAD + b"Subject: big\nContent-Type: text/plain\n\n", complete=False, size=60_000_000)
    message = NORMALIZER.normalize(raw)[0]
    assert (message.subject, message.text, message.attachments) == ("big", "", ())  # type: ignore[union-attr]
    assert [(note.code, "60000000" in note.detail) for note in message.notes] == [("too_large", True)]  # type: ignore[union-attr]
    assert not message.provenance.complete  # type: ignore[union-attr]
    assert message.provenance.size == 60_000_000  # type: ignore[union-attr]
    assert message.provenance.normalizer == "email/2"  # type: ignore[union-attr]
