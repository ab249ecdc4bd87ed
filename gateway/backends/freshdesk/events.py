"""What a raw of Freshdesk's feed means. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from pydantic import AwareDatetime, ValidationError

from gateway.backends._hooks import without_hints
from gateway.backends._html import plain_text
from gateway.backends.freshdesk.api import Conversation
from gateway.case import Frozen
from gateway.errors import MalformedError
from gateway.ports import DeskFile, NormalizerPlugin, Raw, TicketEvent, case_of_key

VERSION = 1
_QUOTE = re.compile(r"<(?:div|blockquote)\b[^>]*\bfreshdesk_quote\b", re.IGNORECASE)


class Body(Frozen):
    """What the feed keeps of an act."""

    kind: Literal["replied", "noted", "solved", "reopened", "deleted"]
    ticket: int
    key: str
    at: AwareDatetime
    conversation: Conversation | None = None


def normalize(raw: Raw) -> Sequence[TicketEvent]:
    """Turn one act into the event that it is."""
    try:
        body = Body.model_validate_json(raw.body)
    except ValidationError:
        raise MalformedError("what Freshdesk told of a ticket cannot be read") from None
    said = body.conversation
    if (said is None) == (body.kind in ("replied", "noted")):
        raise MalformedError("what Freshdesk told of a ticket does not fit together")
    event = TicketEvent(
        id=f"{raw.source}:{raw.key}",
        ticket=str(body.ticket),
        case_id=case_of_key(body.key),
        kind=body.kind,
        text=_own_words(said) if said is not None else "",
        author=_author(said) if said is not None else "",
        at=said.created_at if said is not None else body.at,
        attached=_files(body.ticket, said) if said is not None and body.kind == "replied" else (),
        provenance=NORMALIZER.provenance(raw),
    )
    return (event,)


def _own_words(said: Conversation) -> str:
    """Return what an agent wrote, without the conversation that Freshdesk quotes below it."""
    quote = _QUOTE.search(said.body)
    own = said.body[: quote.start()] if quote is not None else said.body
    return plain_text(own) if said.body else said.body_text.strip()


def _author(said: Conversation) -> str:
    return said.from_email or f"agent {said.user_id}"


def _files(ticket: int, said: Conversation) -> tuple[DeskFile, ...]:
    return tuple(
        DeskFile(
            ref=f"{ticket}/{said.id}/{file.id}",
            name=file.name,
            media_type=file.content_type or "application/octet-stream",
            size=max(0, file.size),
        )
        for file in said.attachments
    )


NORMALIZER = NormalizerPlugin("freshdesk", VERSION, without_hints(normalize))
