"""Every mail becomes exactly what was agreed, and no mail, however mutilated, gets out of hand."""

from __future__ import annotations

import json
import os
import random
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.case import Message
from gateway.errors import MalformedError
from gateway.ports import DeliveryReport
from normalizers.email import NORMALIZER
from tests.samples import mail

SHARED = "GATEHOUSE_SHARED_DATA"


@pytest.mark.parametrize("name", sorted(mail.SAMPLES))
def test_a_sample_becomes_what_was_agreed(name: str) -> None:
    assert mail.outcome(mail.SAMPLES[name]) == mail.expected(name)


def test_every_expectation_has_its_sample() -> None:
    assert {path.stem for path in mail.EXPECTED.glob("*.json")} == set(mail.SAMPLES)


def test_an_empty_mail_is_malformed() -> None:
    for body in (b"", b"\r\n\r\n", b"  \n"):
        with pytest.raises(MalformedError):
            NORMALIZER.normalize(mail.raw_of(body))


def _header_texts(message: Message) -> list[str]:
    parties = [message.sender, message.reply_to, *(item.party for item in message.recipients)]
    parties += [origin.party for origin in message.forwarded]
    texts = [text for party in parties if party for text in (party.name, party.address)]
    texts += [message.subject, message.envelope_sender or "", *(item.value for item in message.evidence)]
    texts += [text for item in message.attachments for text in (item.name, item.declared_type, item.content_id or "")]
    return texts + [ref for ref in (message.thread.own_ref, message.thread.parent, *message.thread.ancestors) if ref]


def _check(body: bytes) -> Message | None:
    """Normalize, and assert everything that must hold of any mail."""
    try:
        (event,) = NORMALIZER.normalize(mail.raw_of(body))
    except MalformedError:
        assert not body.strip()
        return None
    assert NORMALIZER.normalize(mail.raw_of(body)) == (event,)
    assert isinstance(event, Message | DeliveryReport)
    message = event.message if isinstance(event, DeliveryReport) else event
    for text in _header_texts(message):
        assert not any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text)
    for text in (message.text, message.quoted):
        assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in text if character not in "\n\t")
    for link in message.links:
        if link.span is not None:
            within = {"text": message.text, "quoted": message.quoted}[link.span.field]
            assert link.text in within[link.span.start : link.span.end].replace("\n> ", "\n") or ">" in within
    assert message.id == message.content_key
    assert len({note.code for note in message.notes}) == len(message.notes)
    for attachment in message.attachments:
        assert "/" not in attachment.name
        assert len(attachment.name) <= 255
        assert "\\" not in attachment.name
    event.model_dump_json()
    return message


@given(st.binary(max_size=600))
@settings(max_examples=150, deadline=None)
def test_no_bytes_raise_anything_unexpected(body: bytes) -> None:
    _check(body)


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
    _check(body)


def _mutants(body: bytes, rng: random.Random, count: int) -> list[bytes]:
    others = list(mail.SAMPLES.values())
    found = []
    for _ in range(count):
        data = bytearray(body)
        for _ in range(rng.randint(1, 6)):
            spot = rng.randrange(len(data) + 1)
            kind = rng.randrange(4)
            if kind == 0:
                data[spot : spot + rng.randint(1, 30)] = b""
            elif kind == 1:
                data[spot:spot] = rng.choice(
                    [b"\n", b"\r", b"\x00", b"\xff", b'"', b"=", b"<", b"--=_b\n", b"\n\n", b";"]
                )
            elif kind == 2:
                data[spot : spot + 1] = bytes([rng.randrange(256)])
            else:
                other = rng.choice(others)
                start = rng.randrange(len(other))
                data[spot:spot] = other[start : start + rng.randint(1, 80)]
        found.append(bytes(data))
    return found


@pytest.mark.parametrize("name", sorted(mail.SAMPLES))
def test_mutilated_samples_stay_harmless(name: str) -> None:
    for body in _mutants(mail.SAMPLES[name], random.Random(name), 12):
        _check(body)


def test_nothing_of_one_mail_shows_in_the_next() -> None:
    """Interleaved with others, each mail becomes what it becomes alone."""
    alone = {name: mail.outcome(body) for name, body in mail.SAMPLES.items()}
    order = list(mail.SAMPLES) * 2
    random.Random(7).shuffle(order)
    for name in order:
        assert mail.outcome(mail.SAMPLES[name]) == alone[name]


def test_the_labelled_mails_are_all_read() -> None:
    """Every mail of the shared labelled data becomes one event, without an exception."""
    place = os.environ.get(SHARED)
    if not place:
        pytest.skip(f"{SHARED} does not name the folder of the labelled data")
    root = Path(place)
    rows = [json.loads(line) for line in (root / "eml" / "index.jsonl").read_text(encoding="utf-8").splitlines()]
    assert rows
    named = 0
    for row in rows:
        message: Any = _check((root / row["file"]).read_bytes())
        named += bool(message and message.sender.address)
    assert named > 0.9 * len(rows)
