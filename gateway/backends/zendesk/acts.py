"""What an act of an agent at Zendesk means: audits and exported ticket events → ticket events. Pure.

Shapes: https://developer.zendesk.com/documentation/ticketing/reference-guides/ticket-audit-events-reference/
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from gateway.backends._hooks import without_hints
from gateway.backends._html import plain_text
from gateway.errors import MalformedError
from gateway.ports import DeskFile, NormalizerPlugin, Raw, TicketEvent, case_of_key

VERSION = 1
OVER = frozenset({"solved", "closed"})
Kind = Literal["replied", "noted", "solved", "reopened", "merged", "deleted"]


class Kept(BaseModel):
    """A raw's body: Zendesk's own words of an act, and what is needed to understand them."""

    model_config = ConfigDict(frozen=True)

    act: dict[str, Any]
    external_id: str = ""
    requester_id: int | None = None
    names: dict[str, str] = {}
    agents: list[int] = []


class _File(BaseModel):
    content_url: str
    file_name: str = "file"
    content_type: str = "application/octet-stream"
    size: int = 0


class _Origin(BaseModel):
    ticket_id: int | None = None
    ticket_ids: list[int] = []


class _Source(BaseModel):
    rel: str | None = None
    origin: _Origin = Field(default_factory=_Origin, alias="from")


class _Via(BaseModel):
    source: _Source = Field(default_factory=_Source)


class _Comment(BaseModel):
    id: int
    author_id: int
    public: bool
    body: str = ""
    plain_body: str = ""
    html_body: str = ""
    attachments: list[_File] = []


class _Act(BaseModel):
    id: int
    ticket_id: int
    created_at: AwareDatetime


class _Said(NamedTuple):
    kind: Kind
    name: str
    text: str = ""
    author: str = ""
    files: tuple[DeskFile, ...] = ()
    into: str = ""
    ticket: str = ""


def updater_of(act: Mapping[str, Any]) -> int | None:
    """Return who made an audit."""
    number = act.get("author_id", act.get("updater_id"))
    return number if isinstance(number, int) else None


def key_of(act: Mapping[str, Any]) -> str:
    """Return an audit's id, which the export and the audits themselves tell alike."""
    for child in _children(act):
        if isinstance(child.get("audit_id"), int):
            return str(child["audit_id"])
    return str(act.get("id", ""))


def tells(act: Mapping[str, Any]) -> bool:
    """Whether an act is of any interest: something was said, or a state was changed."""
    return any(_kind(child) == "Comment" or _states(child) is not None for child in _children(act))


def _children(act: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    children = act.get("child_events") or act.get("events") or ()
    return [child for child in children if isinstance(child, Mapping)] if isinstance(children, list) else ()


def _kind(child: Mapping[str, Any]) -> str:
    return str(child.get("event_type") or child.get("type") or "")


def _states(child: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return a ticket's status before and after, where that is what changed."""
    if _kind(child) != "Change":
        return None
    after = child.get("value") if child.get("field_name") == "status" else child.get("status")
    return (str(child.get("previous_value") or ""), after) if isinstance(after, str) else None


def normalize(raw: Raw) -> Sequence[TicketEvent]:
    """Turn one act into the events that it is, in the order in which an agent means them. Raises `MalformedError`."""
    try:
        kept = Kept.model_validate_json(raw.body)
        act = _Act.model_validate(kept.act)
        said = _said(kept, act)
    except (ValidationError, RecursionError):
        raise MalformedError("what Zendesk told of an act cannot be read") from None
    return [
        TicketEvent(
            id=f"{raw.source}:{raw.key}:{each.name}",
            ticket=each.ticket or str(act.ticket_id),
            case_id=None if each.ticket else case_of_key(kept.external_id) or None,
            kind=each.kind,
            text=each.text,
            author=each.author,
            at=act.created_at,
            attached=each.files,
            into=each.into,
            provenance=NORMALIZER.provenance(raw),
        )
        for each in said
    ]


def _said(kept: Kept, act: _Act) -> list[_Said]:
    children = _children(kept.act)
    author = kept.names.get(str(updater_of(kept.act)), "")
    merged = [
        _Said("merged", f"merged:{source}", author=author, into=str(act.ticket_id), ticket=source)
        for source in _merged(kept.act)
    ]
    comments = [_comment(child, kept) for child in children if _kind(child) == "Comment" and not _is_merge(child, kept)]
    # A merge closes the ticket that is no more: nobody has solved it.
    changed = () if any(_is_merge(child, kept) for child in children) else children
    changes = [_change(states, author) for child in changed if (states := _states(child)) is not None]
    return [*merged, *(each for each in (*comments, *changes) if each is not None)]


def _comment(child: Mapping[str, Any], kept: Kept) -> _Said | None:
    """Return what an agent said; nothing for the words of the requester, or of anybody else who is no agent."""
    comment = _Comment.model_validate(child)
    if comment.author_id not in kept.agents or comment.author_id == kept.requester_id:
        return None
    files = tuple(
        DeskFile(ref=each.content_url, name=each.file_name, media_type=each.content_type, size=max(each.size, 0))
        for each in comment.attachments
    )
    kind: Kind = "replied" if comment.public else "noted"
    return _Said(kind, str(comment.id), _text(comment), kept.names.get(str(comment.author_id), ""), files)


def _text(comment: _Comment) -> str:
    if comment.html_body:
        return plain_text(comment.html_body)
    return html.unescape(comment.plain_body) or comment.body


def _change(states: tuple[str, str], author: str) -> _Said | None:
    before, after = states
    if after == "deleted":
        return _Said("deleted", "deleted", author=author)
    if after in OVER and before not in OVER:
        return _Said("solved", "solved", author=author)
    if before in OVER and after not in OVER:
        return _Said("reopened", "reopened", author=author)
    return None


def _is_merge(child: Mapping[str, Any], kept: Kept) -> bool:
    """Whether what is told of came with a merge; a comment is then no more than the note that it leaves."""
    return any(_merge_in(each) is not None for each in (child.get("via"), kept.act.get("via")))


def _merge_in(via: Any) -> _Origin | None:
    """Return where a merge came from, where this says that something came of one."""
    try:
        source = _Via.model_validate(via).source
    except ValidationError:
        return None
    return source.origin if source.rel == "merge" else None


def _merged(act: Mapping[str, Any]) -> list[str]:
    """Return the tickets that were merged into the one that an act is on."""
    found: dict[str, None] = {}
    for via in (act.get("via"), *(child.get("via") for child in _children(act))):
        origin = _merge_in(via)
        if origin is not None:
            single = [] if origin.ticket_id is None else [origin.ticket_id]
            found |= dict.fromkeys(str(number) for number in origin.ticket_ids or single)
    return list(found)


NORMALIZER = NormalizerPlugin("zendesk", VERSION, without_hints(normalize))
