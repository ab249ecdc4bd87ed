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


def find(text: str, words: Vocabulary | None = None) -> tuple[Entity, ...]:
    """Return the entities of a text in the order of their places; those inside a link follow the link."""
    if not text:
        return ()
    page = Page(text, words or usual())
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
