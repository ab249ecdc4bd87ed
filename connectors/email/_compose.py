"""Writes a reply as the bytes of a mail, header by header: references byte for byte, everything else 7-bit clean.

The standard library's message classes are not used: they encode and break long references, which breaks threads.
"""

from __future__ import annotations

import base64
import quopri
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime

from connectors.email._address import parse_address
from connectors.email._parts import multipart
from connectors.email._settings import MAX_TAG, SendingSettings
from gateway.case import Thread
from gateway.errors import RejectedError
from gateway.ports import Reply

MAX_SUBJECT = 200
MAX_REFERENCES = 990

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")
_TEXT_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LINE_END = re.compile(r"\r\n|\r|\u2028|\u2029|\x85")
_ID = re.compile(r"<[!-;=?-~]{1,980}>\Z")
_TAG = re.compile(rf"[A-Za-z0-9]{{1,{MAX_TAG}}}\Z")
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,200}\Z")


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail ready to be sent: its envelope, its bytes, and its Message-ID with brackets."""

    sender: str
    recipient: str
    data: bytes
    ref: str
    utf8: bool
    """Whether it can go only to a server with SMTPUTF8."""


def compose(reply: Reply, settings: SendingSettings, now: datetime, files: Sequence[bytes] = ()) -> Mail:
    """Return the mail; equal replies have equal Message-IDs. Raises `RejectedError` when it can go nowhere.

    `files` are the bytes of the reply's files, in their order.
    """
    try:
        to = parse_address(reply.to.address)
    except ValueError as error:
        raise RejectedError(f"the recipient's address cannot be written to: {error}") from None
    if not _TOKEN.match(reply.token):
        raise RejectedError("the reply's token cannot stand in a Message-ID")
    ref = f"<{reply.token}@{settings.domain}>"
    content, body = _content(reply, files)
    fields = [
        ("From", _mailbox(settings)),
        *_reply_to(reply, settings),
        ("To", f"<{to.text}>"),
        ("Subject", _words(subject_line(reply.subject), "Subject")),
        ("Date", format_datetime(now)),
        ("Message-ID", ref),
        *_references(reply.thread),
        *(_machine_marks(settings) if reply.automatic else ()),
        ("MIME-Version", "1.0"),
        *content,
    ]
    if reply.language:
        fields.append(("Content-Language", _words(reply.language, "Content-Language")))
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return Mail(
        # The null sender keeps machines from answering each other (RFC 3834 section 3.3).
        sender="" if reply.automatic else settings.address,
        recipient=to.text,
        data=head.encode("utf-8") + b"\r\n" + body,
        ref=ref,
        utf8=not to.ascii,
    )


def _content(reply: Reply, files: Sequence[bytes]) -> tuple[Sequence[tuple[str, str]], bytes]:
    """Return the fields that describe the body, and the body: the text alone, or with the files as further parts."""
    body, encoding = _body(reply.text)
    text = (("Content-Type", 'text/plain; charset="utf-8"'), ("Content-Transfer-Encoding", encoding))
    if not reply.files:
        return text, body
    kind, parts = multipart(reply.token, text, body, tuple(zip(reply.files, files, strict=True)))
    return (("Content-Type", kind),), parts


def _reply_to(reply: Reply, settings: SendingSettings) -> Iterable[tuple[str, str]]:
    """Return where the user's answer is to go, where that is not our plain address."""
    address = settings.answer_address(reply.tag) if _TAG.match(reply.tag) else ""
    return (("Reply-To", f"<{address}>"),) if address else ()


def _machine_marks(settings: SendingSettings) -> Iterable[tuple[str, str]]:
    """RFC 3834 section 5; Microsoft's X-Auto-Response-Suppress; our own mark to know a loop by."""
    return (
        ("Auto-Submitted", "auto-replied"),
        ("X-Auto-Response-Suppress", "All"),
        ("X-Loop", settings.address),
    )


def subject_line(text: str) -> str:
    """Return a subject without control and bidi characters, at most 200 characters long."""
    return " ".join(_CONTROL.sub(" ", _no_surrogates(text)).split())[:MAX_SUBJECT].rstrip()


def _mailbox(settings: SendingSettings) -> str:
    name = subject_line(settings.display_name)
    if not name:
        return f"<{settings.address}>"
    if name.isascii() and "=?" not in name:
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" <{settings.address}>'
    return f"{_words(name, 'From')} <{settings.address}>"


def _words(text: str, field: str) -> str:
    # A subject that looks like an encoded word would be decoded at the other end; encoding it keeps what was written.
    charset = "us-ascii" if text.isascii() and "=?" not in text else "utf-8"
    return Header(text, charset, maxlinelen=76, header_name=field).encode(linesep="\r\n")


def _references(thread: Thread) -> Iterable[tuple[str, str]]:
    parent = thread.parent if thread.parent and _ID.match(thread.parent) else None
    if parent:
        yield "In-Reply-To", parent
    chain = list(dict.fromkeys(ref for ref in (*thread.ancestors, *([parent] if parent else [])) if _ID.match(ref)))
    if kept := _first_and_last(chain):
        yield "References", "\r\n ".join(kept)


def _first_and_last(chain: list[str]) -> list[str]:
    """Return the first and as many of the last references as fit; the newest one in any case."""
    if not chain:
        return []
    last, room = [chain[-1]], MAX_REFERENCES - len(chain[-1])
    head = chain[:1] if len(chain) > 1 and len(chain[0]) + 1 <= room else []
    room -= sum(len(ref) + 1 for ref in head)
    for ref in reversed(chain[1:-1]):
        if len(ref) + 1 > room:
            break
        room -= len(ref) + 1
        last.insert(0, ref)
    return [*head, *last]


def _body(text: str) -> tuple[bytes, str]:
    lines = _TEXT_CONTROL.sub("", _LINE_END.sub("\n", _no_surrogates(text))).rstrip("\n") + "\n"
    data = lines.encode("utf-8")
    if sum(byte > 126 for byte in data) * 6 < len(data):
        return quopri.encodestring(data).replace(b"\n", b"\r\n"), "quoted-printable"
    return base64.encodebytes(data.replace(b"\n", b"\r\n")).replace(b"\n", b"\r\n"), "base64"


def _no_surrogates(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
