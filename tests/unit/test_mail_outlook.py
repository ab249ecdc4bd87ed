"""Mails that come in Outlook's own formats are read like all others, and nothing in them gets out of hand."""

from __future__ import annotations

import base64
import hashlib
import random
import struct
from datetime import UTC, datetime

import pytest

from gateway.case import AttachmentState
from normalizers.email import _compound, _limits, _msg, _rtf, _tnef
from tests import outlook
from tests.samples import mail
from tests.unit.test_mail_headers import codes, message_of
from tests.unit.test_mail_parts import extract

SENT = datetime(2026, 11, 19, 10, 0, tzinfo=UTC)
SCAM = {
    0x0037: "Act now – 立即",
    0x1000: "Send your phrase to https://examplex-help.test/x\r\n",
    0x0042: "Examplex Team",
    0x5D02: "team@examplex-help.test",
}
PDF = b"%PDF-1.4\n" + bytes(range(256)) * 40


def attach(name: str, kind: str, data: bytes) -> bytes:
    head = f'Content-Type: {kind}; name="{name}"\nContent-Transfer-Encoding: base64\n'
    head += f'Content-Disposition: attachment; filename="{name}"\n\n'
    return head.encode() + base64.encodebytes(data)


def with_file(name: str, kind: str, data: bytes, text: bytes = b"\nIs this yours?\n") -> bytes:
    return mail.HEAD + mail.multipart("mixed", text, attach(name, kind, data))


def test_p31_a_msg_file_is_a_forwarded_mail() -> None:
    file = outlook.attached({0x3707: "Rechnung №1.pdf", 0x3704: "RECHNU~1.PDF", 0x3701: PDF, 0x370E: "application/pdf"})
    data = outlook.compound(outlook.msg(SCAM, [file], SENT))
    body = with_file("act.msg", "application/vnd.ms-outlook", data)
    message = message_of(body)
    (origin,) = message.forwarded
    assert (origin.party.address, origin.party.name) == ("team@examplex-help.test", "Examplex Team")
    assert (origin.subject, origin.sent_at, origin.kind) == ("Act now – 立即", SENT, "mail")
    assert origin.text == "Send your phrase to https://examplex-help.test/x"
    assert message.text == "Is this yours?"
    assert [link.url for link in message.links] == ["https://examplex-help.test/x"]
    assert [(each.id, each.name, each.size) for each in message.attachments] == [
        ("2", "act.msg", len(data)),
        ("2.1.2", "Rechnung №1.pdf", len(PDF)),
    ]
    assert message.attachments[1].detected_type == "application/pdf"
    assert extract(body, "2.1.2") == PDF
    assert extract(body, "2") == data
    assert message.notes == ()


@pytest.mark.parametrize("kind", ["application/octet-stream", "application/msword", "video/mp4"])
def test_p31_a_msg_file_is_known_by_its_bytes_and_not_by_its_type(kind: str) -> None:
    message = message_of(with_file("a.bin", kind, outlook.compound(outlook.msg(SCAM))))
    assert [origin.party.address for origin in message.forwarded] == ["team@examplex-help.test"]


def test_p31_a_mail_in_a_msg_in_a_msg_is_read_to_its_depth() -> None:
    inner = outlook.msg({**SCAM, 0x0037: "inner"}, [outlook.attached({0x3707: "in.txt", 0x3701: b"words"})], inner=True)
    data = outlook.compound(outlook.msg({**SCAM, 0x0037: "outer"}, [outlook.attached({0x3001: "x"}, inner)]))
    body = with_file("a.msg", "application/octet-stream", data)
    message = message_of(body)
    assert [origin.subject for origin in message.forwarded] == ["outer", "inner"]
    assert extract(body, message.attachments[-1].id) == b"words"
    assert message.attachments[-1].name == "in.txt"


@pytest.mark.parametrize(
    ("properties", "address", "name"),
    [
        ({0x0C1A: "Bo", 0x0C1F: "bo@x.test"}, "bo@x.test", "Bo"),
        ({0x0C1A: "Bo", 0x0C1F: "/O=EX/CN=BO", 0x5D01: "bo@x.test"}, "bo@x.test", "Bo"),
        ({0x0C1A: "Bo", 0x0C1F: "/O=EX/CN=BO", 0x007D: "To: a@b.c\r\nFrom: Bo\r\n <bo@x.test>\r\n"}, "bo@x.test", "Bo"),
        ({0x0C1A: "Bo", 0x0C1F: "/O=EX/CN=BO"}, "", "Bo"),
        ({0x0C1A: "a\r\nBcc: b@c.d\0", 0x5D01: "x@y.test>\r\nTo: <z@y.test"}, "x@y.test", "a Bcc: b@c.d"),
        ({}, "", ""),
    ],
)
def test_the_sender_in_a_msg_is_found_wherever_it_stands(
    properties: dict[int, str | bytes], address: str, name: str
) -> None:
    data = outlook.compound(outlook.msg({0x1000: "x", **properties}))
    (origin,) = message_of(with_file("a.msg", "application/octet-stream", data)).forwarded
    assert (origin.party.address, origin.party.name) == (address, name)


def test_p31_the_files_of_a_winmail_dat_are_files_of_the_mail() -> None:
    data = outlook.tnef(
        {0x1000: "The same words"},
        [
            ("SCREEN~1.PNG", b"\x89PNG\r\n\x1a\n12", {0x3707: "screen shot.png", 0x370E: "image/png"}),
            ("a.txt", b"hi", {}),
        ],
    )
    body = with_file("winmail.dat", "application/ms-tnef", data, b"\nThe same words\n")
    message = message_of(body)
    assert message.text == "The same words"
    assert message.forwarded == ()
    assert [(each.id, each.name, each.detected_type) for each in message.attachments] == [
        ("2", "winmail.dat", "application/vnd.ms-tnef"),
        ("2.2", "screen shot.png", "image/png"),
        ("2.3", "a.txt", None),
    ]
    for each in message.attachments:
        assert each.state is AttachmentState.IN_RAW
        assert hashlib.sha256(extract(body, each.id)).hexdigest() == each.sha256
    assert extract(body, "2.3") == b"hi"


def test_p31_a_mail_that_is_nothing_but_a_winmail_dat_has_its_text() -> None:
    data = outlook.tnef({0x1000: "Words that stand nowhere else"})
    head = b'Content-Type: application/ms-tnef; name="winmail.dat"\nContent-Transfer-Encoding: base64\n\n'
    message = message_of(mail.HEAD + head + base64.encodebytes(data))
    assert message.text == "Words that stand nowhere else"
    html = outlook.tnef({0x1013: b"<p>Words</p><a href='https://x.test/a'>here</a>"})
    assert message_of(mail.HEAD + head + base64.encodebytes(html)).text == "Words\n\nhere <https://x.test/a>"


def test_a_mail_in_a_winmail_dat_is_forwarded() -> None:
    inner = outlook.tnef(SCAM)
    held: tuple[str, bytes, dict[int, str | bytes]] = (
        "mail",
        b"\x07\x03\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00F" + inner,
        {},
    )
    message = message_of(with_file("winmail.dat", "application/ms-tnef", outlook.tnef({}, [held])))
    assert [origin.party.address for origin in message.forwarded] == ["team@examplex-help.test"]


@pytest.mark.parametrize(
    ("rtf", "expected"),
    [
        (
            rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\f0 caf\'e9\par two\tab x\u8211?y \{z\}}",
            "café\ntwo\tx–y {z}",
        ),
        (rb"{\rtf1\ansi\ansicpg936 \'cc\'e1\'cf\'d6}", "提现"),
        (
            rb"{\rtf1\ansi\fromhtml1{\*\htmltag <p>}a &{\*\htmltag </p><p>}\htmlrtf \par\htmlrtf0 b{\*\htmltag </p>}}",
            "a &\n\nb",
        ),
        (rb"{\rtf1 \u55357?\u56832?{\*\secret gone}{\pict 0011}}", "😀"),
        (b"{\\rtf1 " + b"{" * 5_000 + b"deep", "deep"),
    ],
)
def test_a_text_that_stands_only_as_rtf_is_read(rtf: bytes, expected: str) -> None:
    data = outlook.compound(outlook.msg({0x1009: outlook.lzfu(rtf), 0x5D01: "x@y.test"}))
    (origin,) = message_of(with_file("a.msg", "application/octet-stream", data)).forwarded
    assert origin.text == expected


def test_packed_rtf_refers_back_into_itself_and_into_what_it_begins_with() -> None:
    # The example of MS-OXRTFCP, section 3.1.
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )
    assert _rtf.unpacked(packed, 1_000) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert _rtf.unpacked(packed, 5) == b"{\\rtf"
    repeats = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
    assert _rtf.unpacked(repeats, 1_000) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"


def test_p31_no_broken_file_of_outlooks_raises_or_runs_on() -> None:
    files = [outlook.attached({0x3707: "a.txt", 0x3701: PDF})] * 3
    samples = [
        outlook.compound(outlook.msg({**SCAM, 0x1009: outlook.lzfu(b"{\\rtf1 hi}")}, files, SENT)),
        outlook.tnef(SCAM, [("a", PDF, {0x3707: "b"})] * 3),
    ]
    rng = random.Random(31)
    for number in range(400):
        data = bytearray(samples[number % 2])
        for _ in range(rng.randint(1, 8)):
            spot = rng.choice([rng.randrange(600), rng.randrange(len(data))])
            data[spot : spot + rng.choice([1, 4])] = rng.choice(
                [b"\xff\xff\xff\xff", b"\0", b"\x01\0\0\0", rng.randbytes(4)]
            )
        _msg.read(bytes(data))
        _tnef.read(bytes(data))
        message_of(with_file("a.msg", "application/octet-stream", bytes(data)))


def test_a_compound_file_whose_streams_are_one_stream_is_refused() -> None:
    """A thousand names for the same megabyte do not become a gigabyte."""
    files = [outlook.attached({0x3701: bytes(1_000_000) if number == 0 else b"x"}) for number in range(50)]
    data = bytearray(outlook.compound(outlook.msg(SCAM, files)))
    name = "__substg1.0_37010102".encode("utf-16-le")
    at = data.find(name)
    whole = bytes(data[at + 116 : at + 128])
    while (at := data.find(name, at + 1)) > 0:
        data[at + 116 : at + 128] = whole
    assert _msg.read(bytes(data)) is None


def test_a_large_file_whose_table_goes_on_behind_its_head_is_read() -> None:
    big = bytes(range(256)) * 70_000
    body = with_file(
        "a.msg", "application/octet-stream", outlook.compound(outlook.msg({}, [outlook.attached({0x3701: big})]))
    )
    assert extract(body, "2.1.2") == big


def test_chains_that_run_in_circles_end() -> None:
    data = bytearray(outlook.compound(outlook.msg({0x1000: "y" * 9_000})))
    place = data.rfind(struct.pack("<II", 1, 2))
    data[place : place + 4] = struct.pack("<I", 0)
    assert len(_compound.Compound(bytes(data)).read((0, 2**40))) <= len(data)


def test_p31_files_in_files_are_opened_to_the_cap() -> None:
    data = outlook.tnef({}, [("a.txt", b"hi", {})])
    for _ in range(_limits.CONTAINER_NESTING + 3):
        data = outlook.tnef({}, [("winmail.dat", data, {})])
    assert "files_not_opened" in codes(message_of(with_file("winmail.dat", "application/ms-tnef", data)))
    parts = [attach("w.dat", "application/ms-tnef", outlook.tnef({}, [("a", b"x", {})]))] * (_limits.CONTAINERS + 1)
    assert "files_not_opened" in codes(message_of(mail.HEAD + mail.multipart("mixed", b"\nhi\n", *parts)))


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n",
        b'Content-Type: application/octet-stream; name="Act now.EML"\nContent-Transfer-Encoding: base64\n\n',
    ],
)
def test_p31_an_encoded_mail_is_a_forwarded_mail(head: bytes) -> None:
    inner = b"From: T <t@x.test>\nSubject: s\n" + mail.multipart(
        "mixed", b"\nwords\n", b"Content-Type: a/b\n\nfile", boundary=b"i"
    )
    body = mail.HEAD + mail.multipart("mixed", b"\nhi\n", head + base64.encodebytes(inner))
    message = message_of(body)
    assert [(origin.party.address, origin.subject, origin.text) for origin in message.forwarded] == [
        ("t@x.test", "s", "words")
    ]
    assert [each.id for each in message.attachments] == ["2", "2.1.2"]
    assert extract(body, "2.1.2") == b"file"
    assert extract(body, "2") == inner
