"""Finds all entities of a text: what is certain by its form first, then what a word beside it tells."""

from __future__ import annotations

from gateway.case import Entity, Message, Span
from gateway.triage.entities.amounts import numbers, read_amount
from gateway.triage.entities.codes import find_codes
from gateway.triage.entities.links import find_links
from gateway.triage.entities.networks import find_networks
from gateway.triage.entities.numbered import find_dialled, find_numbered, find_phones
from gateway.triage.entities.page import Page
from gateway.triage.entities.positions import find_position
from gateway.triage.entities.times import read_time
from gateway.triage.entities.vocabulary import Vocabulary, usual

FIRST_CHARS, LAST_CHARS = 20_000, 2_000
"""Of a longer text so much is looked at: its beginning, and its end."""
_NEAR_CUT = 500


def find(text: str, words: Vocabulary | None = None) -> tuple[Entity, ...]:
    """Return the entities of a text in the order of their places; those inside a link follow the link.

    Of a text longer than `FIRST_CHARS` and `LAST_CHARS` together, its beginning and its end are looked at.
    """
    known = words or usual()
    if len(text) <= FIRST_CHARS + LAST_CHARS:
        return _found(text, known)
    stop, start = _ends(text)
    behind = (_moved(each, start) for each in _found(text[start:], known))
    return (*_found(text[:stop], known), *behind)


def _ends(text: str) -> tuple[int, int]:
    """Return where the beginning ends and the end begins: between lines or words, so that no number is cut in two."""
    stop, start = FIRST_CHARS, len(text) - LAST_CHARS
    for sign in ("\n", " "):
        if (cut := text.rfind(sign, stop - _NEAR_CUT, stop)) >= 0:
            stop = cut
            break
    for sign in ("\n", " "):
        if (cut := text.find(sign, start, start + _NEAR_CUT)) >= 0:
            start = cut
            break
    return stop, start


def _moved(entity: Entity, by: int) -> Entity:
    """Return an entity of the end of a text with its place in the whole."""
    place = entity.span
    if place is None:
        return entity
    span = Span.model_construct(field=place.field, start=(place.start or 0) + by, end=(place.end or 0) + by)
    return entity.model_copy(update={"span": span})


def _found(text: str, words: Vocabulary) -> tuple[Entity, ...]:
    if not text:
        return ()
    page = Page(text, words)
    hits = page.hits()
    find_links(page)
    find_codes(page, hits)
    find_phones(page)
    find_numbered(page, hits)
    find_dialled(page)
    _find_measured(page)
    find_networks(page, hits)
    return page.entities()


def _find_measured(page: Page) -> None:
    """Add the times and the amounts: for each number that is left, whichever it is."""
    for start, end in numbers(page):
        if (place := read_time(page, start, end)) is not None and page.is_free(*place):
            page.add("time", *place)
        elif (found := read_amount(page, start, end)) is not None and page.is_free(found.start, found.end):
            page.add("amount", found.start, found.end, (("amount", found.amount), ("asset", found.asset)))


def find_in(message: Message, words: Vocabulary | None = None) -> tuple[Entity, ...]:
    """Return the entities of a message's subject and of its text; the span of each names the field.

    A position is no thing in the text like the others: it is made of several, which stay what they are.
    """
    found = find(message.text, words)
    if (position := find_position(message.text)) is not None:
        found = (*found, position)
    if not message.subject:
        return found
    return (*map(_of_subject, find(message.subject, words)), *found)


def _of_subject(entity: Entity) -> Entity:
    place = entity.span
    if place is None:
        return entity
    span = Span.model_construct(field="subject", start=place.start, end=place.end)
    return entity.model_copy(update={"span": span})
