"""Acts of agents on Roundup issues, from bytes to ticket events. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import AwareDatetime, ValidationError

from gateway.case import Frozen
from gateway.errors import MalformedError
from gateway.ports import DeskFile, NormalizerPlugin, Raw, TicketEvent, case_of_key

VERSION = 1


class _Message(Frozen):
    id: str
    text: str
    public: bool
    ours: bool
    by: str


class _File(Frozen):
    id: str
    name: str
    type: str


class _Told(Frozen):
    act: int
    ticket: str
    key: str
    at: AwareDatetime
    by: str
    messages: tuple[_Message, ...]
    files: tuple[_File, ...]
    was: str
    now: str
    solved: tuple[str, ...]
    into: str
    retired: bool


def normalize(raw: Raw) -> Sequence[TicketEvent]:
    """Turn one act into the events that it is: messages first, then what became of the issue."""
    try:
        told = _Told.model_validate_json(raw.body)
    except ValidationError:
        raise MalformedError("an act on a Roundup issue cannot be read") from None
    return [*_spoken(raw, told), *_become(raw, told)]


def _spoken(raw: Raw, told: _Told) -> list[TicketEvent]:
    """Return answers and notes. Only what is marked as public is an answer; files go with the first one."""
    events, files = [], tuple(_attached(file) for file in told.files)
    for message in told.messages:
        text = message.text.replace("\r\n", "\n").strip()
        if message.ours or not (text or (message.public and files)):
            continue
        kind = "replied" if message.public else "noted"
        about: dict[str, Any] = {"text": text, "author": message.by or told.by}
        if message.public:
            about["attached"], files = files, ()
        events.append(_event(raw, told, kind, f"msg{message.id}", **about))
    return events


def _become(raw: Raw, told: _Told) -> list[TicketEvent]:
    events = []
    if told.now != told.was and (told.now in told.solved) != (told.was in told.solved):
        kind = "solved" if told.now in told.solved else "reopened"
        events.append(_event(raw, told, kind, "status", author=told.by))
    if told.into:
        events.append(_event(raw, told, "merged", "superseder", author=told.by, into=told.into))
    if told.retired:
        events.append(_event(raw, told, "deleted", "retired", author=told.by))
    return events


def _event(raw: Raw, told: _Told, kind: Any, part: str, **about: Any) -> TicketEvent:
    return TicketEvent(
        id=f"{raw.source}:{raw.key}:{part}",
        ticket=told.ticket,
        case_id=_case_of(told.key),
        kind=kind,
        at=told.at,
        provenance=NORMALIZER.provenance(raw),
        **about,
    )


def _case_of(external_key: str) -> str | None:
    """Return the case's number, without which of its tickets it is; none for a double that was given up."""
    return None if "~" in external_key else case_of_key(external_key) or None


def _attached(file: _File) -> DeskFile:
    return DeskFile(ref=file.id, name=file.name, media_type=file.type or "application/octet-stream")


NORMALIZER = NormalizerPlugin("roundup", VERSION, normalize)
