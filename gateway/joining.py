"""Puts together the parts of what is one message to its user: album, split text, burst. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from gateway.case import Entry, Evidence, Finding, Link, Message, Span
from gateway.trust.masking import mask_message

SPLIT_AT = 4096
"""A text of exactly so many UTF-16 units was cut by the platform's program: what follows goes on in mid-word."""

S = TypeVar("S", Link, Finding)


def whole(first: Entry, parts: Sequence[Entry]) -> Entry:
    """Return an entry with its parts, in their order, as one."""
    if not parts:
        return first
    ordered = sorted((first, *parts), key=_order)
    text, starts = _text([each.message for each in ordered])
    message = first.message.model_copy(
        update={
            "text": text,
            "quoted": "\n".join(each.message.quoted for each in ordered if each.message.quoted),
            "links": _moved([each.message.links for each in ordered], starts),
            "attachments": tuple(item for each in ordered for item in each.message.attachments),
            "forwarded": tuple(item for each in ordered for item in each.message.forwarded),
            "notes": tuple(dict.fromkeys(item for each in ordered for item in each.message.notes)),
            "evidence": (
                *first.message.evidence,
                *(Evidence(name="part", value=each.message.id) for each in parts),
            ),
        }
    )
    findings = _moved([each.assessment.findings for each in ordered], starts)
    # What is a secret only as a whole was none in its parts.
    without, secrets = mask_message(message)
    if without is not message:
        findings = (*(each.model_copy(update={"span": None}) for each in findings), *secrets)
        message = without
    assessment = first.assessment.model_copy(
        update={
            "findings": tuple({(each.code, each.subject): each for each in reversed(findings)}.values())[::-1],
            "facts": tuple(dict.fromkeys(fact for each in ordered for fact in each.assessment.facts)),
        }
    )
    return first.model_copy(update={"message": message, "assessment": assessment})


def _order(entry: Entry) -> tuple[object, ...]:
    message = entry.message
    number = message.id.rpartition(":")[2]
    return (message.sent_at or entry.at, int(number) if number.isdecimal() and len(number) < 20 else 0)


def _text(messages: Sequence[Message]) -> tuple[str, list[int]]:
    """Return the text of all, and where each begins in it."""
    text, starts = "", []
    cut = False
    for message in messages:
        if text and message.text and not cut:
            text += "\n"
        starts.append(len(text))
        text += message.text
        cut = len(message.text.encode("utf-16-le", "surrogatepass")) // 2 == SPLIT_AT
    return text, starts


def _moved(groups: Sequence[Sequence[S]], starts: Sequence[int]) -> tuple[S, ...]:
    """Return links or findings of all parts, each at its place in the whole text."""
    return tuple(
        each.model_copy(update={"span": _shifted(each.span, start)}) if start else each
        for group, start in zip(groups, starts, strict=True)
        for each in group
    )


def _shifted(span: Span | None, by: int) -> Span | None:
    if span is None or span.field != "text":
        return span
    return span.model_copy(update={"start": span.start + by, "end": span.end + by})
