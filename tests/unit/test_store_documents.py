"""Documents beside the rows: what was just written is not read again, and what is remembered stays small."""

from __future__ import annotations

from gateway.case import Case
from gateway.store.documents import RECENT, RECENT_CHARS, Documents
from tests.builders import case


def test_what_was_just_written_is_handed_out_again_and_equals_what_its_text_says() -> None:
    documents: Documents[Case] = Documents(Case)
    written = case()
    text = documents.write(written)
    assert documents.read(text) is written
    assert Documents[Case](Case).read(text) == written


def test_a_document_that_somebody_else_changed_is_read() -> None:
    documents: Documents[Case] = Documents(Case)
    text = documents.write(case(subject="before"))
    assert documents.read(text.replace("before", "after")).subject == "after"


def test_long_and_old_documents_are_forgotten() -> None:
    documents: Documents[Case] = Documents(Case)
    long = case(subject="x" * RECENT_CHARS)
    assert documents.read(documents.write(long)) is not long
    first = case("GH-00000-00000")
    text = documents.write(first)
    for number in range(RECENT):
        documents.write(case(f"GH-00000-{number + 1:05}"))
    assert documents.read(text) is not first
    assert documents.read(text) == first
