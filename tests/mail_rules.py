"""What must hold of every mail that is read, whatever it is made of."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from gateway.case import Attachment, ForwardOrigin, Message, Party
from gateway.errors import MalformedError
from gateway.ports import DeliveryReport
from normalizers.email import NORMALIZER
from tests.samples import mail

NOT_IN_A_LINE = ("Cc", "Cs", "Zl", "Zp")
NOT_IN_A_TEXT = ("Cc", "Cs")
MOST = 100_000
"""Characters of JSON that any mail may come to, and ..."""
MOST_PER_BYTE = 10
"""... so many more for each of its bytes. A file of one byte is told of in some hundred characters, up to 200 files."""

Read = Message | DeliveryReport


def read(body: bytes) -> Read | None:
    """Return what a mail becomes, None for an empty one; anything else that goes wrong is a fault."""
    try:
        (event,) = NORMALIZER.normalize(mail.raw_of(body))
    except MalformedError:
        assert not body.strip(), "only an empty mail is malformed"
        return None
    assert isinstance(event, Message | DeliveryReport)
    return event


def message_of(event: Read) -> Message:
    """Return the message of an event."""
    return event.message if isinstance(event, DeliveryReport) else event


def check(body: bytes) -> Message | None:
    """Read a mail twice, and assert everything that must hold of any; return its message."""
    event = read(body)
    if event is None:
        return None
    assert read(body) == event
    assert_harmless(event, len(body))
    return message_of(event)


def assert_harmless(event: Read, size: int) -> None:
    """Assert what must hold of anything that a mail of so many bytes becomes."""
    message = message_of(event)
    for text in _lines(event):
        _assert_free_of(text, NOT_IN_A_LINE)
    for text in (message.text, message.signature, message.quoted, *(origin.text for origin in message.forwarded)):
        _assert_free_of(text.replace("\n", "").replace("\t", ""), NOT_IN_A_TEXT)
    for link in message.links:
        if link.span is not None:
            within = getattr(message, link.span.field)
            assert link.text in within[link.span.start : link.span.end].replace("\n> ", "\n") or ">" in within
    assert message.id == message.content_key
    assert len({note.code for note in message.notes}) == len(message.notes)
    for attachment in message.attachments:
        assert not {"/", "\\"} & set(attachment.name)
        assert len(attachment.name) <= 255
    shown = event.model_dump_json()
    assert len(shown) <= MOST + MOST_PER_BYTE * size, "much comes of little"
    assert type(event).model_validate_json(shown) == event


def _assert_free_of(text: str, categories: tuple[str, ...]) -> None:
    # Most texts are printable, and to ask that is much faster than to look at each character.
    if not text.isprintable():
        assert not any(unicodedata.category(character) in categories for character in text)


def _lines(event: Read) -> Iterator[str]:
    """Yield every text that stands on one line."""
    message = message_of(event)
    if isinstance(event, DeliveryReport):
        yield from (event.ref or "", event.recipient, event.status)
    parties = [message.sender, message.reply_to, *(item.party for item in message.recipients)]
    for party in parties:
        yield from _of_party(party)
    yield from (message.subject, message.envelope_sender or "")
    for item in message.evidence:
        yield from (item.name, item.value)
    for origin in message.forwarded:
        yield from _of_origin(origin)
    for attachment in message.attachments:
        yield from _of_file(attachment)
    yield from (link.url for link in message.links)
    yield from (ref for ref in (message.thread.own_ref, message.thread.parent, *message.thread.ancestors) if ref)
    for note in message.notes:
        yield from (note.code, note.detail)


def _of_party(party: Party | None) -> Iterator[str]:
    if party is not None:
        yield from (party.name, party.address)
        yield from (item.value for item in party.evidence)


def _of_origin(origin: ForwardOrigin) -> Iterator[str]:
    yield from (origin.kind, origin.subject)
    yield from _of_party(origin.party)


def _of_file(attachment: Attachment) -> Iterator[str]:
    yield from (attachment.id, attachment.name, attachment.declared_type, attachment.detected_type or "")
    yield from (attachment.content_id or "", attachment.ref)
