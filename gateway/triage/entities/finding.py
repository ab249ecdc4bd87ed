"""Finds all entities of a text in one order: what is certain by its form first, then what its label or neighbour tells."""

from __future__ import annotations

from gateway.case import Entity, Message, Span
from gateway.triage.entities.codes import find_codes
from gateway.triage.entities.links import find_links
from gateway.triage.entities.page import Page
from gateway.triage.entities.vocabulary import Vocabulary, vocabulary


def find(text: str, words: Vocabulary | None = None) -> tuple[Entity, ...]:
    """Return the entities of a text in the order of their places; those inside a link follow the link."""
    if not text:
        return ()
    page = Page(text, words or vocabulary())
    hits = page.hits()
    find_links(page)
    find_codes(page, hits)
    return page.entities()


def find_in(message: Message, words: Vocabulary | None = None) -> tuple[Entity, ...]:
    """Return the entities of a message's subject and of its text; the span of each names the field."""
    found = find(message.text, words)
    if not message.subject:
        return found
    return (*map(_of_subject, find(message.subject, words)), *found)


def _of_subject(entity: Entity) -> Entity:
    place = entity.span
    if place is None:
        return entity
    span = Span.model_construct(field="subject", start=place.start, end=place.end)
    return entity.model_copy(update={"span": span})
