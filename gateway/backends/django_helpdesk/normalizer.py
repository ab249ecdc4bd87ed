"""Agents' follow-ups on django-helpdesk's tickets, from bytes to ticket events. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import ValidationError

from gateway.backends.django_helpdesk.api import Attachment, FollowUp
from gateway.backends.django_helpdesk.settings import DUPLICATE
from gateway.errors import MalformedError
from gateway.ports import DeskFile, NormalizerPlugin, Raw, TicketEvent, case_of_key

VERSION = 1


class _Told(FollowUp):
    public: bool
    key: str
    solved: tuple[int, ...]


def normalize(raw: Raw) -> Sequence[TicketEvent]:
    """Turn one follow-up into what was said, and what became of the ticket."""
    try:
        told = _Told.model_validate_json(raw.body)
    except ValidationError:
        raise MalformedError("a follow-up of django-helpdesk cannot be read") from None
    events = []
    text = (told.comment or "").replace("\r\n", "\n").strip()
    files = tuple(_attached(each) for each in told.followupattachment_set)
    if told.public and (text or files):
        events.append(_event(raw, told, "replied", "said", text=text, attached=files))
    elif text:
        events.append(_event(raw, told, "noted", "said", text=text))
    if told.new_status in told.solved:
        events.append(_event(raw, told, "solved", "status"))
    elif told.new_status not in (None, DUPLICATE):
        events.append(_event(raw, told, "reopened", "status"))
    return events


def _event(
    raw: Raw, told: _Told, kind: Literal["replied", "noted", "solved", "reopened"], part: str, **about: Any
) -> TicketEvent:
    return TicketEvent(
        id=f"{raw.source}:{raw.key}:{part}",
        ticket=str(told.ticket),
        case_id=case_of_key(told.key) or None,
        kind=kind,
        author=f"user {told.user}",
        at=told.date,
        provenance=NORMALIZER.provenance(raw),
        **about,
    )


def _attached(file: Attachment) -> DeskFile:
    return DeskFile(
        ref=str(file.id),
        name=file.filename or "file",
        media_type=file.mime_type or "application/octet-stream",
        size=max(0, file.size or 0),
    )


NORMALIZER = NormalizerPlugin("django_helpdesk", VERSION, normalize)
