"""What a journal of Redmine means: an answer to the user, a note among agents, a case solved or opened again. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import ValidationError

from gateway.backends.redmine._shapes import Attachment, Journal, Shape
from gateway.errors import MalformedError
from gateway.ports import DeskFile, NormalizerPlugin, Raw, TicketEvent, case_of_key

VERSION = 1


class Act(Shape):
    """A raw's body: a journal as Redmine wrote it, and what it needs to be understood."""

    ticket: str
    key: str
    solved: frozenset[int]
    journal: Journal
    attachments: tuple[Attachment, ...] = ()


def normalize(raw: Raw) -> Sequence[TicketEvent]:
    """Turn a journal into the events that it is: its note and its change of the status are one each."""
    try:
        act = Act.model_validate_json(raw.body)
    except ValidationError:
        raise MalformedError("a journal of Redmine cannot be read") from None
    events = []
    text = "\n".join((act.journal.notes or "").splitlines()).strip()
    if text:
        events.append(_event(raw, act, "noted" if act.journal.private_notes else "replied", text))
    kind = _change(act)
    if kind is not None:
        events.append(_event(raw, act, kind))
    return events


def _event(
    raw: Raw, act: Act, kind: Literal["replied", "noted", "solved", "reopened"], text: str | None = None
) -> TicketEvent:
    journal = act.journal
    return TicketEvent(
        id=f"{raw.source}:{raw.key}" + ("" if text is not None else ":status"),
        ticket=act.ticket,
        case_id=case_of_key(act.key) or None,
        kind=kind,
        text=text or "",
        author=journal.user.name if journal.user is not None else "",
        at=journal.created_on,
        attached=_files(act) if kind == "replied" else (),
        provenance=NORMALIZER.provenance(raw),
    )


def _change(act: Act) -> Literal["solved", "reopened"] | None:
    """Return what became of the ticket, when its status went over the line between open and solved."""
    for detail in act.journal.details:
        if detail.property == "attr" and detail.name == "status_id":
            was, is_now = (
                value in {str(each) for each in act.solved} for value in (detail.old_value, detail.new_value)
            )
            if was != is_now:
                return "solved" if is_now else "reopened"
    return None


def _files(act: Act) -> tuple[DeskFile, ...]:
    """Return the files that came with a note; one that was deleted since has its name alone."""
    there = {str(each.id): each for each in act.attachments}
    files = []
    for detail in act.journal.details:
        if detail.property != "attachment" or not detail.new_value:
            continue
        known = there.get(detail.name)
        if known is None:
            files.append(DeskFile(ref=detail.name, name=detail.new_value))
        else:
            kind = known.content_type or "application/octet-stream"
            files.append(DeskFile(ref=detail.name, name=known.filename, media_type=kind, size=known.filesize))
    return tuple(files)


NORMALIZER = NormalizerPlugin("redmine", VERSION, normalize)
