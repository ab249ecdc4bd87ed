"""The bytes of an outgoing mail: references exact, headers harmless, everything 7-bit clean."""

from __future__ import annotations

import email
import email.policy
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from connectors.email import EmailSettings
from connectors.email._compose import Mail, compose
from gateway.case import Party, Thread
from gateway.errors import RejectedError
from gateway.ports import Reply, ReplyFile, ReplyKind

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OUTLOOK = "<DB9PR01MB1234567890ABCDEF0123456789ABCDEF0123456789@DB9PR01MB1234.eurprd01.prod.exchangelabs.test>"


def settings(**changes: Any) -> EmailSettings:
    values: dict[str, Any] = {
        "address": "Support@Example.test",
        "password": SecretStr("p"),
        "imap_host": "imap.example.test",
        "smtp_host": "smtp.example.test",
    }
    return EmailSettings.model_validate(values | changes)


def write(mailbox: EmailSettings | None = None, contents: tuple[bytes, ...] = (), **changes: Any) -> Mail:
    values: dict[str, Any] = {
        "channel": "support",
        "kind": ReplyKind.ANSWER,
        "to": Party(platform="email", address="user@elsewhere.test", name="Mallory <x@y.test>"),
        "case_id": "GH-7K3MQ-9Q2XZ",
        "subject": "Re: help",
        "text": "Hello",
        "automatic": False,
        "token": "gh.GH-7K3MQ-9Q2XZ.abc",
    }
    return compose(Reply.model_validate(values | changes), mailbox or settings(), NOW, contents)


def parsed(mail: Mail) -> Any:
    return email.message_from_bytes(mail.data, policy=email.policy.default)


def header_lines(mail: Mail) -> list[bytes]:
    return mail.data.partition(b"\r\n\r\n")[0].split(b"\r\n")


def test_an_agents_answer_is_no_machines() -> None:
    mail = write()
    assert mail.sender == "support@example.test"
    names = {name.lower() for name in parsed(mail)}
    assert not names & {"auto-submitted", "x-auto-response-suppress", "x-loop", "precedence", "list-id"}


@pytest.mark.parametrize("kind", [ReplyKind.ACKNOWLEDGEMENT, ReplyKind.WARNING])
def test_a_machine_says_so(kind: ReplyKind) -> None:
    mail = write(kind=kind, automatic=True)
    found = parsed(mail)
    assert mail.sender == ""
    assert found["Auto-Submitted"] == "auto-replied"
    assert found["X-Auto-Response-Suppress"] == "All"
    assert found["X-Loop"] == "support@example.test"
    assert "Precedence" not in found
    assert not [name for name in found if name.lower().startswith("list-")]


def test_the_head_is_what_it_should_be() -> None:
    found = parsed(write(settings(display_name='Exa "mplex" Support')))
    assert found["From"].addresses[0].display_name == 'Exa "mplex" Support'
    assert found["From"].addresses[0].addr_spec == "support@example.test"
    assert found["To"] == "user@elsewhere.test"
    assert found["Date"].datetime == NOW
    assert found["Message-ID"] == "<gh.GH-7K3MQ-9Q2XZ.abc@example.test>"
    assert found["Subject"] == "Re: help"
    assert found.get_content_charset() == "utf-8"


def test_the_message_id_depends_on_the_token_alone() -> None:
    assert write().ref == write(subject="other", text="other").ref != write(token="gh.other").ref


def test_a_long_outlook_id_is_kept_byte_for_byte() -> None:
    """D7: the standard library encodes such ids in RFC 2047, which breaks the thread."""
    mail = write(thread=Thread(parent=OUTLOOK, ancestors=("<first@elsewhere.test>", OUTLOOK)))
    assert b"In-Reply-To: " + OUTLOOK.encode() in header_lines(mail)
    assert b"References: <first@elsewhere.test>" in header_lines(mail)
    assert b" " + OUTLOOK.encode() in header_lines(mail)


def test_many_references_keep_the_first_and_the_last() -> None:
    ancestors = tuple(f"<{number:04}.{'x' * 50}@elsewhere.test>" for number in range(100))
    mail = write(thread=Thread(parent=ancestors[-1], ancestors=ancestors))
    kept = re.search(rb"References: ((?:[^\r]|\r\n )*)", mail.data)
    assert kept is not None
    ids = kept[1].decode().split()
    assert len(" ".join(ids)) <= 990
    assert ids[0] == ancestors[0]
    assert ids[1:] == list(ancestors[-len(ids) + 1 :])
    assert len(ids) > 10


@pytest.mark.parametrize(
    "bad", ["<a b@c>", "no brackets", "<a\r\nBcc: v@x.test>", "<ü@x.test>", "<" + "x" * 2000 + ">", ""]
)
def test_a_reference_that_cannot_stand_in_a_header_is_left_out(bad: str) -> None:
    mail = write(thread=Thread(parent=bad, ancestors=(bad, "<good@elsewhere.test>")))
    assert parsed(mail)["In-Reply-To"] is None
    assert parsed(mail)["References"] == "<good@elsewhere.test>"


def test_a_subject_with_line_ends_stays_one_header() -> None:
    """D8."""
    mail = write(subject="x\r\nBcc: victim@x.test\x00\u202e y\u0085z")
    assert parsed(mail)["Subject"] == "x Bcc: victim@x.test y z"
    assert parsed(mail)["Bcc"] is None


def test_a_subject_that_looks_encoded_is_shown_as_written() -> None:
    mail = write(subject="=?utf-8?q?x=0D=0ABcc:_v=40x.test?=")
    assert parsed(mail)["Subject"] == "=?utf-8?q?x=0D=0ABcc:_v=40x.test?="
    assert parsed(mail)["Bcc"] is None


@pytest.mark.parametrize("token", ["", "a b", "a>b", "a@b", "ü", "x" * 201, "a\r\nb"])
def test_a_token_that_cannot_stand_in_a_message_id_is_rejected(token: str) -> None:
    with pytest.raises(RejectedError):
        write(token=token)


@given(subject=st.text(max_size=400), text=st.text(max_size=3000), name=st.text(max_size=60), automatic=st.booleans())
def test_whatever_is_written_stays_within_the_lines(subject: str, text: str, name: str, automatic: bool) -> None:
    """7-bit, CRLF only, no line too long, one of each header, and the text comes back."""
    to = Party(platform="email", address="user@elsewhere.test", name=name)
    mail = write(subject=subject, text=text, to=to, automatic=automatic)
    assert mail.data.isascii()
    assert b"\x00" not in mail.data
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", mail.data)
    assert mail.data.endswith(b"\r\n")
    assert max(map(len, mail.data.split(b"\r\n"))) <= 998
    found = parsed(mail)
    assert len(found.keys()) == len({key.lower() for key in found})
    assert found["To"] == "user@elsewhere.test"
    assert found["Bcc"] is None
    assert len(found["Subject"]) <= 200
    kept = [char for char in text if char.isalnum()]
    assert [char for char in found.get_content() if char.isalnum()] == kept


def test_text_of_every_script_comes_back_whole() -> None:
    text = "你好，世界\nПривет  \n.dot\nFrom here\n" + "x" * 2000 + "\ntab\there 😀"
    found = parsed(write(text=text))
    assert found.get_content().replace("\r\n", "\n") == text + "\n"


def test_a_chinese_answer_is_not_blown_up() -> None:
    mail = write(text="你好，世界" * 100, language="zh-CN")
    assert b"Content-Transfer-Encoding: base64" in mail.data
    assert b"Content-Language: zh-CN" in mail.data


def file(name: str, media_type: str = "application/pdf", content: bytes = b"%PDF") -> ReplyFile:
    return ReplyFile(name=name, media_type=media_type, sha256="0" * 64, size=len(content))


def test_files_are_parts_after_the_text() -> None:
    picture = bytes(range(256)) * 40
    mail = write(
        text="您好，见附件。",
        contents=(b"%PDF", picture),
        files=(file("bill.pdf"), file("证明.png", "image/png", picture)),
    )
    text, bill, proof = parsed(mail).iter_parts()
    assert parsed(mail).get_content_type() == "multipart/mixed"
    assert text.get_content() == "您好，见附件。\r\n"
    assert (bill.get_filename(), bill.get_content_type(), bill.get_content()) == (
        "bill.pdf",
        "application/pdf",
        b"%PDF",
    )
    assert (proof.get_filename(), proof.get_content_type(), proof.get_content()) == ("证明.png", "image/png", picture)
    assert {part.get_content_disposition() for part in (bill, proof)} == {"attachment"}
    assert mail.data.isascii()
    assert max(map(len, mail.data.split(b"\r\n"))) <= 998
    assert write(contents=(b"%PDF",), files=(file("bill.pdf"),)).ref == write().ref


@pytest.mark.parametrize("media_type", ["message/rfc822", "multipart/mixed", "text/html\r\nX: y", "", "none"])
def test_a_type_that_could_do_harm_is_none(media_type: str) -> None:
    mail = write(contents=(b"x",), files=(file("a", media_type, b"x"),))
    part = list(parsed(mail).iter_parts())[1]
    assert (part.get_content_type(), part.get_content()) == ("application/octet-stream", b"x")


@given(st.text(max_size=400), st.text(max_size=200))
def test_no_name_and_no_text_breaks_a_mail_with_files(name: str, text: str) -> None:
    mail = write(text=text, contents=(b"%PDF",), files=(file(name),))
    parts = list(parsed(mail).iter_parts())
    assert len(parts) == 2
    assert parts[1].get_content() == b"%PDF"
    assert parts[1].get_filename()
    assert not re.search(r"[\x00-\x1f/\\\\]", parts[1].get_filename())
    assert max(map(len, mail.data.split(b"\r\n"))) <= 998
    assert parsed(mail).keys() == parsed(write(text=text, contents=(b"%PDF",), files=(file("a"),))).keys()


def test_a_long_name_keeps_its_ending() -> None:
    mail = write(contents=(b"%PDF",), files=(file("账" * 100 + ".pdf"),))
    name = list(parsed(mail).iter_parts())[1].get_filename()
    assert name.endswith("账.pdf")
    assert len(name.encode()) <= 80


TAG = "gh7k3mq9q2xz" + "a" * 20


def test_p4_a_mail_asks_for_the_answer_at_a_tagged_address_where_the_server_takes_those() -> None:
    mail = write(settings(plus_addressing=True), tag=TAG)
    assert parsed(mail)["Reply-To"] == f"support+{TAG}@example.test"
    assert parsed(mail)["From"] == "support@example.test"
    assert mail.sender == "support@example.test"
    automatic = write(settings(plus_addressing=True), tag=TAG, automatic=True)
    assert parsed(automatic)["Reply-To"] == f"support+{TAG}@example.test"
    assert automatic.sender == ""


@pytest.mark.parametrize("tag", ["", "a" * 33, "a.b", "a b", "a\r\nBcc: x@y.test", "ä"])
def test_a_tag_that_cannot_stand_in_an_address_stays_out(tag: str) -> None:
    assert parsed(write(settings(plus_addressing=True), tag=tag))["Reply-To"] is None


def test_no_mail_asks_for_a_tagged_address_unless_told_to() -> None:
    assert parsed(write(tag=TAG))["Reply-To"] is None


def test_an_address_with_a_tag_is_as_long_as_an_address_may_be() -> None:
    longest = settings(address=f"{'a' * 31}@example.test", plus_addressing=True)
    assert len(longest.answer_address(TAG).partition("@")[0]) == 64
    for address in (f"{'a' * 32}@example.test", '"a b"@example.test'):
        with pytest.raises(ValueError, match="plus_addressing"):
            settings(address=address, plus_addressing=True)
