"""Values for tests, made up: each builder fills in whatever a test does not care about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from gateway.case import Case, Evidence, Fact, FactOutcome, Message, Party, Provenance, Recipient, RecipientRole, Thread
from gateway.ports import Key, Raw, StreamId

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DESK = "support@examplex.test"


def party(address: str = "ann@mail.test", name: str = "Ann") -> Party:
    """Return somebody who writes mail."""
    return Party(platform="email", address=address, name=name)


def provenance(key: str = "1:1", lane: str = "ann@mail.test", source: str = "support") -> Provenance:
    """Return where a mail came from."""
    return Provenance(
        source=source, stream="INBOX", key=key, lane=lane, received_at=NOON, normalizer="email/1", size=100
    )


def message(
    name: str = "m1", sender: Party | None = None, headers: dict[str, str] | None = None, **fields: Any
) -> Message:
    """Return a mail of a user to the desk; `headers` become evidence."""
    who = sender or party()
    given: dict[str, Any] = {
        "id": f"mail:{name}",
        "content_key": f"mail:{name}",
        "provenance": provenance(key=f"1:{name}", lane=who.address),
        "platform": "email",
        "sender": who,
        "envelope_sender": who.address,
        "recipients": (Recipient(role=RecipientRole.TO, party=party(DESK, "Desk")),),
        "subject": "My deposit",
        "text": "Where is my deposit?",
        "sent_at": NOON,
        "thread": Thread(own_ref=f"<{name}@mail.test>"),
        "evidence": tuple(Evidence(name=key, value=value) for key, value in (headers or {}).items()),
    }
    return Message(**(given | fields))


def raw(name: str = "1", lane: str = "ann@mail.test", source: str = "support", body: bytes = b"x") -> Raw:
    """Return a delivery."""
    return Raw(
        source=source,
        stream=StreamId("INBOX"),
        key=Key(f"1:{name}"),
        lane=lane,
        body=body,
        media_type="message/rfc822",
        received_at=NOON,
        size=len(body),
    )


def case(number: str = "GH-AAAAA-AAAAA", requester: Party | None = None, **fields: Any) -> Case:
    """Return an open case."""
    who = requester or party()
    given: dict[str, Any] = {
        "id": number,
        "brand": "Examplex",
        "channel": "support",
        "platform": "email",
        "requester": who,
        "participants": (who,),
        "subject": "My deposit",
        "opened_at": NOON,
        "updated_at": NOON,
        "message_count": 1,
        "version": 1,
    }
    return Case(**(given | fields))


def mail_auth(outcome: FactOutcome) -> Fact:
    """Return what the desk's own receiver said of a sender."""
    return Fact(kind="mail_auth", subject="mail.test", outcome=outcome)
