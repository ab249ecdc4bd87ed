"""What is one message to its user becomes one again: texts, links and findings at their places, files in order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gateway.case import Assessment, Attachment, Entry, Finding, Link, Severity, Span
from gateway.joining import SPLIT_AT, whole
from tests.builders import NOON, message


def entry(number: int, text: str = "", findings: tuple[Finding, ...] = (), **fields: Any) -> Entry:
    said = message(f"7:{number}", text=text, sent_at=NOON + timedelta(seconds=number), **fields)
    return Entry(case_id="GH-AAAAA-AAAAA", message=said, assessment=Assessment(findings=findings), at=NOON)


def test_an_entry_without_parts_is_itself() -> None:
    one = entry(1, "hello")
    assert whole(one, ()) is one


def test_lines_sent_one_after_the_other_become_lines() -> None:
    joined = whole(entry(1, "hello"), [entry(3, "it is missing"), entry(2, "my deposit")])
    assert joined.message.text == "hello\nmy deposit\nit is missing"
    assert joined.message.id == "mail:7:1"
    assert joined.message.said("part") == ("mail:7:3", "mail:7:2")


def test_a_text_cut_at_the_platforms_limit_goes_on_in_mid_word() -> None:
    long = "x" * (SPLIT_AT - 2) + "\U0001f600"
    assert whole(entry(1, long), [entry(2, "yz")]).message.text == long + "yz"
    assert whole(entry(1, long[:-1]), [entry(2, "yz")]).message.text == long[:-1] + "\nyz"


def test_a_part_that_was_sent_first_stands_first_though_it_came_later() -> None:
    first = entry(2, "", attachments=(Attachment(id="b"),))
    joined = whole(first, [entry(1, "the caption", attachments=(Attachment(id="a"),))])
    assert [each.id for each in joined.message.attachments] == ["a", "b"]
    assert joined.message.text == "the caption"


def test_links_and_findings_stay_at_their_places() -> None:
    span = Span(field="text", start=0, end=3)
    link, finding = Link(url="https://a.test", span=span), Finding(code="c", severity=Severity.NOTICE, span=span)
    elsewhere = Finding(code="d", severity=Severity.NOTICE, span=Span(field="sender.name", end=3))
    joined = whole(entry(1, "see"), [entry(2, "abc", (finding, elsewhere), links=(link,))])
    (moved,) = joined.message.links
    assert moved.span is not None
    assert joined.message.text[moved.span.start : moved.span.end] == "abc"
    assert [each.span and each.span.start for each in joined.assessment.findings] == [4, 0]


def test_what_was_found_in_several_parts_is_told_once() -> None:
    finding = Finding(code="c", severity=Severity.NOTICE, subject="@x")
    joined = whole(entry(1, "a", (finding,)), [entry(2, "b", (finding,))])
    assert len(joined.assessment.findings) == 1


def test_a_secret_sent_in_halves_is_masked_as_a_whole() -> None:
    halves = ("my seed phrase is", "legal winner thank year wave sausage", "worth useful legal winner thank yellow")
    joined = whole(entry(1, halves[0]), [entry(2, halves[1]), entry(3, halves[2])])
    assert "sausage" not in joined.message.text
    assert [each.code for each in joined.assessment.findings] == ["secret_shared"]
