"""What we send, as values: a reply in its thread with its signed reference, and its entry in the case's file. Pure."""

from __future__ import annotations

from datetime import datetime

from gateway.answers.tokens import sign_tag, sign_token
from gateway.case import Case, Direction, Entry, Message, Party, Provenance, Thread
from gateway.ports import Reply, ReplyKind

DESK = "Desk"
"""Who stands as the sender of what a person of the desk has written."""


def by_person(entry: Entry) -> bool:
    """Whether an entry is what a person of the desk has answered."""
    return entry.direction is Direction.OUT and entry.message.sender.name == DESK


def continued(message: Message) -> Thread:
    """Return the thread of an answer to this message."""
    own = message.thread.own_ref
    chain = (*message.thread.ancestors, own) if own else message.thread.ancestors
    return Thread(parent=own, ancestors=tuple(dict.fromkeys(ref for ref in chain if ref)))


def signed_reply(
    kind: ReplyKind, case: Case, to: Party, subject: str, text: str, key: str, thread: Thread, secret: bytes
) -> Reply:
    """Return a reply on a case; an equal key gives an equal reference, so that it can be told from another."""
    return Reply(
        channel=case.channel,
        kind=kind,
        to=to,
        case_id=case.id,
        subject=subject,
        text=text,
        language=case.language,
        automatic=kind is not ReplyKind.ANSWER,
        thread=thread,
        token=sign_token(secret, case.id, key),
        tag=sign_tag(secret, case.id) if to.platform == "email" else "",
    )


def filed(reply: Reply, key: str, now: datetime) -> Entry:
    """Return what we send as an entry of the case's file."""
    message = Message(
        id=f"out:{key}",
        content_key=f"out:{key}",
        provenance=Provenance(
            source=reply.channel,
            stream="outbox",
            key=key,
            lane=reply.to.address,
            received_at=now,
            normalizer="gatehouse",
            size=len(reply.text.encode("utf-8", "replace")),
        ),
        platform=reply.to.platform,
        visibility=reply.visibility,
        sender=Party(platform=reply.to.platform, name="Gatehouse" if reply.automatic else DESK),
        subject=reply.subject,
        text=reply.text,
    )
    return Entry(case_id=reply.case_id, direction=Direction.OUT, message=message, at=now)
