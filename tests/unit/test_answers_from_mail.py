"""The rules on automatic replies see what they look for in a mail as it comes: each row through the normalizer."""

from __future__ import annotations

from collections.abc import Callable
from email.header import Header

import pytest

from gateway.case import Message, RecipientRole
from gateway.ports import DeliveryReport, Key, Raw, StreamId
from normalizers.email import normalize
from tests.unit.test_answers_acknowledge import ALLOWED, REFUSED, ask

NOT_IN_A_MAIL = {"not_a_person: bot", "no_address: a line break in it"}
"""The kind of a party is not a mail's to tell; a line break ends the header line."""

ROLE_FIELDS = {RecipientRole.DELIVERED: "delivered-to"}


def written(message: Message) -> Raw:
    """Write a message as the mail that it would have come in."""
    said = [(item.name, item.value) for item in message.evidence]
    path = message.envelope_sender
    fields = [("return-path", f"<{path.strip('<>')}>")] if path is not None else []
    for name, value in said:
        hops = int(value) if name == "received-count" and value.isdigit() else 0
        fields += [("received", "from a.test by b.test; Fri, 20 Nov 2026 12:00:00 +0000")] * hops
        fields += [(name, value)] if name not in ("received-count", "from-count") else []
    others = "".join(f", b{number}@x.test" for number in range(1, int((message.said("from-count") or ("1",))[0])))
    fields += [
        ("from", f'"{message.sender.name}" <{message.sender.address}>{others}'),
        ("subject", Header(message.subject, "utf-8").encode()),
        ("message-id", message.thread.own_ref or ""),
        ("in-reply-to", message.thread.parent or ""),
        ("references", " ".join(message.thread.ancestors)),
        *((ROLE_FIELDS.get(item.role, item.role.value), item.party.address) for item in message.recipients),
    ]  # fmt: skip
    body = (
        "".join(f"{name}: {value}\r\n" for name, value in fields if value or name in dict(said))
        + "\r\nPlease help.\r\n"
    )
    return Raw(
        "support", StreamId("INBOX"), Key("1:1"), "lane", body.encode(), "message/rfc822",
        message.provenance.received_at, len(body.encode()),
    )  # fmt: skip


def read(raw: Raw) -> Message:
    (event,) = normalize(raw)
    assert isinstance(event, (Message, DeliveryReport))
    return event.message if isinstance(event, DeliveryReport) else event


@pytest.mark.parametrize(
    ("reason", "make"),
    [
        pytest.param(reason, make, id=f"{reason}: {what}")
        for reason, what, make in REFUSED
        if f"{reason}: {what}" not in NOT_IN_A_MAIL
    ],
)
def test_a_mail_that_no_machine_answers_is_known_by_what_came_over_the_wire(
    reason: str, make: Callable[[], Message]
) -> None:
    assert ask(read(written(make()))).reason == reason


@pytest.mark.parametrize("make", ALLOWED.values(), ids=ALLOWED.keys())
def test_a_mail_of_a_person_is_acknowledged_as_it_came_over_the_wire(make: Callable[[], Message]) -> None:
    assert ask(read(written(make()))).reason == "allowed"
