"""What the X normalizer refuses, whom it takes to have called on us, and how much work an item may make.

A step is a line that the interpreter runs in our code, counted, not timed. What a search does within one line does not
show in that count: so each bomb is also read once at a size at which a search that goes back and forth would not end.
"""

from __future__ import annotations

import dataclasses
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.case import Message, PartyKind, RecipientRole
from gateway.errors import MalformedError
from gateway.ports import Edited, Raw
from normalizers.x import NORMALIZER, _limits
from normalizers.x._item import _provenance
from normalizers.x._reading import Reading
from normalizers.x._text import Body
from tests.samples import x

LARGE = 2_000_000
"""Bytes: far more than the platform says in one item."""
NUMBER = "2123690306565046273"
"""An id of 2026-11-20, ten past eight."""


def raw_of(kind: str = "post", found: str = "mention", includes: Any = None, **fields: Any) -> Raw:
    """Return a raw with a post or a direct message of these fields."""
    base = {"id": NUMBER, "text": "@examplex hi", "created_at": "2026-11-20T08:10:00.000Z"}
    whose = {"author_id": "2001"} if kind == "post" else {"sender_id": "2001", "event_type": "MessageCreate"}
    item = {"data": {**base, **whose, **fields}, "includes": includes or {}}
    return x.raw_of(x.body_of(item), kind, found)


def message_of(raw: Raw) -> Message:
    """Return the one message of a raw."""
    (event,) = NORMALIZER.normalize(raw)
    if isinstance(event, Edited):
        return event.message
    assert isinstance(event, Message)
    return event


def sample(name: str) -> Message:
    """Return the message of a sample."""
    return message_of(x.raw(x.SAMPLES[name]))


def codes(message: Message) -> set[str]:
    """Return the codes of a message's notes."""
    return {note.code for note in message.notes}


@pytest.mark.parametrize(
    "body",
    [
        b"", b"  \n", b"\x00", b"null", b"7", b'"text"', b"[]", b'[{"data":{}}]', b"{", b"{}", b'{"data":{}}',
        b'{"data":{"id":""}}', b'{"data":{"id":"7a"}}', b'{"data":{"id":-1}}', b'{"data":{"id":"1","id":"2"}}',
        b'{"data":{"id":"1","x":NaN}}', b'{"data":{"id":"1"},"x":Infinity}', b'{"data":{"id":true}}', b'{"data":[]}',
        b'{"data":{"id":' + b"9" * 5_000 + b"}}", b"\xff\xfe{", b'{"data":{"id":"1","x":"\xff"}}',
        b'{"data":{"id":"1"},"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}", b'{"x":' * 100_000, b"<html>502</html>",
    ],
    ids=lambda body: repr(body[:30]),
)  # fmt: skip
@pytest.mark.parametrize("kind", ["post", "message"])
def test_what_is_no_item_is_malformed_and_says_nothing_of_its_content(body: bytes, kind: str) -> None:
    with pytest.raises(MalformedError) as caught:
        NORMALIZER.normalize(x.raw_of(body, kind))
    assert caught.value.__cause__ is None
    assert str(caught.value).isascii()
    assert len(str(caught.value)) < 80


@pytest.mark.parametrize("change", [{"lane": "unreadable"}, {"media_type": "application/json"}])
def test_what_the_connector_could_not_read_is_malformed_whatever_is_in_it(change: dict[str, str]) -> None:
    raw = raw_of()
    changed = dataclasses.replace(
        raw, lane=change.get("lane", raw.lane), media_type=change.get("media_type", raw.media_type)
    )
    with pytest.raises(MalformedError):
        NORMALIZER.normalize(changed)


def test_the_provenance_names_the_raw() -> None:
    raw = raw_of()
    assert message_of(raw).provenance.model_dump() == {
        "source": raw.source, "stream": raw.stream, "key": raw.key, "lane": raw.lane, "received_at": raw.received_at,
        "normalizer": "x/1", "size": len(raw.body), "complete": True,
    }  # fmt: skip


def test_b12_a_long_post_is_read_in_full() -> None:
    """The platform cuts `text` at 280 characters; here it has 3,000, escapes and all."""
    message = sample("long_post")
    source = x.SAMPLES["long_post"]["item"]["data"]["note_post"]["text"]
    assert len(source) == 3_000
    assert message.text == source.replace("&amp;", "&")


def test_b13_five_versions_of_a_post_are_one_message() -> None:
    versions = [sample(f"edit_{number}_of_5") for number in range(1, 6)]
    assert {message.id for message in versions} == {message.content_key for message in versions}
    assert len({message.id for message in versions}) == 1
    assert len({message.said("post_id") for message in versions}) == 5
    assert [message.version for message in versions] == [1, 2, 3, 4, 5]
    assert len({message.sent_at for message in versions}) == 1
    edits = [message.edited_at for message in versions]
    assert edits[0] is None
    assert edits[1:] == sorted(filter(None, edits))
    assert len(set(edits)) == 5


@pytest.mark.parametrize("kind", ["deleted", "protected", "withheld"])
def test_b14_a_post_that_cannot_be_read_takes_nothing_from_the_one_that_names_it(kind: str) -> None:
    message = sample(f"reference_{kind}")
    assert message.said("summoned") == ("mention",)
    (note,) = message.notes
    assert note.code == "reference_unavailable"
    assert kind in note.detail
    assert not message.quoted


def _mentions(text: str) -> list[dict[str, Any]]:
    numbers = {"examplex": "1000", "ada_n": "2002", "examplex_help": "6660"}
    return [
        {"start": found.start(), "end": found.end(), "username": found[1], "id": numbers[found[1].lower()]}
        for found in re.finditer(r"@(\w+)", text)
        if found[1].lower() in numbers
    ]


@pytest.mark.parametrize(
    ("text", "start", "called"),
    [
        ("@examplex hi", None, False),
        ("@examplex hi", 10, False),
        ("@examplex hi", 0, True),
        ("@ada_n @examplex hi", 17, False),
        ("@ada_n @examplex hi", 7, True),
        ("@ada_n @examplex hi", None, False),
        ("@ada_n\n @examplex  hi", None, False),
        ("@ada_n hi @examplex", None, True),
        ("@ada_n hi @examplex", 7, True),
        ("@ada_n hi @EXAMPLEX", 7, True),
        ("@ada_n @examplex hi @examplex", 17, True),
        ("@ada_n hi @examplex_help", 7, False),
        ("@ada_n &amp; @examplex", 7, True),
        ("@examplex &amp; you", 10, False),
        ("@ada_n hi", 7, False),
    ],
)
def test_in_an_answer_only_who_names_us_himself_has_called(text: str, start: int | None, called: bool) -> None:
    fields: dict[str, Any] = {"referenced_posts": [{"type": "replied_to", "id": "55"}]}
    if start is not None:
        fields["display_text_range"] = [start, len(text)]
    message = message_of(raw_of(text=text, entities={"mentions": _mentions(text)}, **fields))
    assert message.said("summoned") == (("mention",) if called else ())


def test_outside_of_an_answer_every_naming_is_a_call() -> None:
    text = "@ada_n @examplex hi"
    assert message_of(raw_of(text=text, entities={"mentions": _mentions(text)})).said("summoned") == ("mention",)


@pytest.mark.parametrize(("number", "called"), [("1000", True), ("6660", False), (None, True)])
def test_our_name_is_ours_by_its_number_alone(number: str | None, called: bool) -> None:
    """Without a number the handle must do; with another one somebody has taken our handle."""
    mention = {"start": 0, "end": 9, "username": "examplex", "id": number}
    message = message_of(raw_of(entities={"mentions": [mention]}))
    assert bool(message.said("summoned")) is called


def test_without_notes_of_the_connector_nobody_is_taken_for_us() -> None:
    raw = raw_of(entities={"mentions": [{"start": 0, "end": 9, "username": "examplex", "id": ""}, {"username": ""}]})
    message = message_of(dataclasses.replace(raw, notes={}))
    assert message.said("summoned") == ()
    assert {party.handle for party in message.recipients_as(RecipientRole.MENTION)} == {"examplex"}


@pytest.mark.parametrize(("author", "called"), [("1000", True), ("2002", False), (None, False), (1000, False)])
def test_quoting_us_is_a_call_and_quoting_others_none(author: Any, called: bool) -> None:
    quoted = {"id": "55", "text": "Withdrawals run as usual.", "author_id": author}
    fields: dict[str, Any] = {"referenced_posts": [{"type": "quoted", "id": "55"}], "includes": {"posts": [quoted]}}
    message = message_of(raw_of(text="look", **fields))
    assert message.said("summoned") == (("quote",) if called else ())
    assert message.quoted.endswith("Withdrawals run as usual.")


def test_a_post_found_in_a_conversation_does_not_speak_to_us() -> None:
    message = message_of(raw_of(found="conversation"))
    assert message.addressed is False
    assert message.recipients == ()
    assert message_of(raw_of(found="search")).addressed is True


def test_our_own_words_are_quoted_but_count_neither_as_links_nor_as_an_origin() -> None:
    link = {
        "start": 5,
        "end": 20,
        "url": "https://t.co/x1",
        "expanded_url": "https://examplex.test/",
        "display_url": "e",
    }
    ours = {"id": "55", "text": "read https://t.co/x1", "author_id": x.OWN, "entities": {"urls": [link]}}
    answered: dict[str, Any] = {"referenced_posts": [{"type": "replied_to", "id": "55"}]}
    message = message_of(raw_of(includes={"posts": [ours]}, **answered))
    assert (message.quoted, message.links, message.forwarded) == ("@1000: read https://t.co/x1", (), ())
    theirs = message_of(raw_of(includes={"posts": [ours | {"author_id": "6660"}]}, **answered))
    assert [link.url for link in theirs.links] == ["https://examplex.test/"]
    assert [origin.party.id for origin in theirs.forwarded] == ["6660"]


def test_what_is_quoted_is_linked_where_it_stands() -> None:
    message = sample("quote_in_a_reply")
    (link,) = message.links
    assert link.span is not None
    assert message.quoted[link.span.start : link.span.end] == "https://t.co/s1s1s1s1s1"


@pytest.mark.parametrize(
    ("fields", "group"),
    [
        ({"dm_conversation_id": "1000-2001"}, False),
        ({"dm_conversation_id": "2123688041640886273"}, True),
        ({"dm_conversation_id": "g1991"}, True),
        ({}, False),
    ],
)
def test_of_a_message_in_a_group_it_is_known_that_others_read_along(fields: dict[str, str], group: bool) -> None:
    message = message_of(raw_of("message", **fields))
    said = {item.name: item.value for item in message.sender.evidence}
    first = message.recipients[0].party
    assert (first.kind is PartyKind.GROUP, first.id == fields.get("dm_conversation_id")) == (group, group)
    assert ("conversation" in {item.name for item in first.evidence}) is group
    assert said.get("dm_conversation") == fields.get("dm_conversation_id")
    assert message.sender.address == "2001"
    assert message.visibility == ("group" if group else "private")
    assert message.sender.kind is PartyKind.PERSON
    assert ("group_conversation" in codes(message)) is group


def test_a_message_that_cannot_be_decrypted_says_so_and_is_one_whichever_copy_is_read() -> None:
    message, copy = sample("chat_received"), sample("chat_received_bare")
    assert message.text == copy.text == "[encrypted message: it cannot be read here]"
    assert message.id == copy.id
    assert message.said("encrypted") == ("chat",)
    assert "encrypted" in codes(message)
    assert "CwABAAAAEzE5OQ" not in message.model_dump_json()


@given(st.text(alphabet=st.sampled_from("a 你\u0301🙂&<>;\ud800\x00"), max_size=40), st.data())
def test_places_are_true_whichever_text_was_counted(text: str, data: st.DataObject) -> None:
    """The platform counts code points of what it escaped; others count what people read, or UTF-16 units."""
    before = data.draw(st.integers(0, len(text)))
    shown = "https://t.co/Q1"
    plain = text[:before] + shown + text[before:]
    escaped = plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    units = len(plain[:before].encode("utf-16-le", "surrogatepass")) // 2
    for start in (escaped.index(shown), plain.index(shown), units):
        body = Body(escaped, Reading("", "", "", _provenance(raw_of())))
        place = body.place(start, start + len(shown), shown)
        assert place is not None
        assert body.text[slice(*place)] == shown
        assert place[0] == before


def test_a_place_that_is_true_is_taken_before_any_is_looked_for() -> None:
    """Looked for, the shorter name would be found within the longer one."""
    body = Body("&amp; @ada_n &lt;3 @ada", Reading("", "", "", _provenance(raw_of())))
    assert body.text == "& @ada_n <3 @ada"
    assert body.place(19, 23, "@ada") == (12, 16)


def test_after_so_many_marks_that_stand_nowhere_none_is_looked_for() -> None:
    body = Body("see https://t.co/z", Reading("", "", "", _provenance(raw_of())))
    for _ in range(_limits.MISSES):
        assert body.place(0, 3, "https://t.co/z") == (4, 18)
        assert body.place(0, 3, "https://t.co/y") is None
    assert body.place(0, 3, "https://t.co/z") is None
    assert body.place(4, 18, "https://t.co/z") == (4, 18)


@pytest.mark.parametrize("text", ["&amp;lt;", "&amp;amp;amp;", "&copy;&#60;", "&lt", "a&ltb;&gt;"])
def test_escapes_are_undone_once_and_no_others_are(text: str) -> None:
    found = Body(text, Reading("", "", "", _provenance(raw_of()))).text
    assert found == re.sub("&(lt|gt|amp);", lambda match: {"lt": "<", "gt": ">", "amp": "&"}[match[1]], text)


@pytest.mark.parametrize(
    ("told", "sent_at"),
    [
        ("2026-11-20T08:15:00Z", "08:15:00"),
        ("2026-11-20T08:15:00.250Z", "08:15:00.250000"),
        ("2026-11-20T10:15:00+02:00", "08:15:00"),
        ("2026-11-20T08:15:00", None),
        ("20 Nov 2026", None),
        ("1999-01-01T00:00:00Z", None),
        ("2026-12-24T00:00:00Z", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("2026-11-20T08:15:00Z" + " " * 50, None),
        (1795162500, None),
    ],
)
def test_a_date_that_cannot_be_true_gives_way_to_that_of_the_id(told: Any, sent_at: str | None) -> None:
    message = message_of(raw_of("message", created_at=told))
    assert message.sent_at is not None
    assert message.sent_at.time().isoformat() == (sent_at or "08:10:00")
    assert ("date_invalid" in codes(message)) is (sent_at is None)


@pytest.mark.parametrize("number", ["0", "7", "29700859247", "9" * 20, "9223372036854775807"])
def test_an_id_that_tells_no_time_leaves_the_time_open(number: str) -> None:
    message = message_of(raw_of("message", id=number, created_at=None))
    assert message.sent_at is None


def test_of_a_video_the_best_file_that_can_be_fetched_is_taken() -> None:
    (file,) = sample("video").attachments
    assert (file.ref, file.declared_type) == ("https://video.examplex.test/21-720.mp4?tag=12", "video/mp4")


def test_an_account_is_as_old_as_the_platform_says() -> None:
    said = {item.name: item.value for item in sample("sender_parody_and_new").sender.evidence}
    assert said["parody"] == "true"
    assert datetime.fromisoformat(said["created_at"]) == datetime(2026, 11, 19, 23, tzinfo=UTC)


URL = {"start": 0, "end": 2, "url": "https://t.co/a", "expanded_url": "https://a.test", "display_url": "a.test"}
MENTION = {"start": 0, "end": 2, "username": "a"}


def referring(n: int, **post: Any) -> dict[str, Any]:
    """Return a post that refers to another of these fields, n times."""
    return {
        "referenced_posts": [{"type": "quoted", "id": "5"}] * n,
        "includes": {"posts": [{"id": "5", "author_id": "2", "text": "q", **post}]},
    }


BOMBS: dict[str, Callable[[int], dict[str, Any]]] = {
    "text": lambda n: {"text": "a" * n},
    "escapes": lambda n: {"text": "&amp;" * n, "entities": {"urls": [URL] * min(n, 2_000)}},
    "controls": lambda n: {"text": "\x00\ud800" * n},
    "returns": lambda n: {"text": "\r" * n},
    "links": lambda n: {"text": "ab", "entities": {"urls": [URL] * n}},
    "links_nowhere": lambda n: {"text": "https://t.co/" * n, "entities": {"urls": [URL | {"start": -1}] * n}},
    "overlapping_links": lambda n: {
        "text": "🙂" * n, "entities": {"urls": [{"start": k, "end": n} for k in range(min(n, 5_000))]}
    },
    "mentions": lambda n: {"text": "@a", "entities": {"mentions": [MENTION | {"id": str(k)} for k in range(n)]}},
    "mentions_in_a_reply": lambda n: {
        "text": "@a " * n, "entities": {"mentions": [MENTION] * n},
        "referenced_posts": [{"type": "replied_to", "id": "5"}],
    },
    "tags": lambda n: {"entities": {"hashtags": [{"tag": "t" * 9}] * n, "cashtags": [{"tag": "c"}] * n}},
    "name": lambda n: {"includes": {"users": [{"id": "2001", "name": "\u202e \x00" * n, "username": "a" * n}]}},
    "users": lambda n: {"includes": {"users": [{"id": str(k), "name": "a"} for k in range(n)]}},
    "files": lambda n: {"attachments": {"media_keys": [f"3_{k}" for k in range(n)]}},
    "variants": lambda n: {
        "attachments": {"media_keys": ["7_1"]},
        "includes": {"media": [{"media_key": "7_1", "type": "video", "variants": [{"bit_rate": 1}] * n}]},
    },
    "options": lambda n: {
        "attachments": {"poll_ids": ["1"]}, "includes": {"polls": [{"id": "1", "options": [{"label": "a" * 9}] * n}]}
    },
    "alt_text": lambda n: {"media_metadata": [{"media_key": "3_1", "alt_text": "a" * 9}] * n},
    "article": lambda n: {"article": {"title": "t" * n, "plain_text": "\x07\n" * n}},
    "history": lambda n: {"edit_history_post_ids": [str(k) for k in range(n)]},
    "references": lambda n: referring(n),
    "references_with_links": lambda n: referring(n, text="ab" * n, entities={"urls": [URL] * n}),
    "affiliations": lambda n: {"includes": {"users": [{"id": "2001", "affiliation": [{"user_id": "1"}] * n}]}},
    "countries": lambda n: {"withheld": {"country_codes": ["DE"] * n}},
    "fields": lambda n: {f"hologram_{k}": k for k in range(n)},
    "unknown_lists": lambda n: {"hologram": [[]] * n},
}  # fmt: skip


def steps(raw: Raw) -> int:
    """Return how many lines of our code run for one item."""
    count = 0

    def within(frame: FrameType, event: str, arg: Any) -> Any:
        nonlocal count
        count += 1
        return within

    def trace(frame: FrameType, event: str, arg: Any) -> Any:
        return within if "/normalizers/x/" in frame.f_code.co_filename else None

    sys.settrace(trace)
    try:
        NORMALIZER.normalize(raw)
    finally:
        sys.settrace(None)
    return count


@pytest.mark.parametrize("name", sorted(BOMBS))
@pytest.mark.parametrize("kind", ["post", "message"])
def test_steps_grow_no_faster_than_the_item(name: str, kind: str) -> None:
    small, large = steps(raw_of(kind, **BOMBS[name](200))), steps(raw_of(kind, **BOMBS[name](800)))
    assert large < 4.6 * small + 500, f"{small} steps became {large}"


@pytest.mark.parametrize("name", sorted(BOMBS))
@pytest.mark.timeout(20)
def test_a_large_bomb_is_read_to_its_end_and_becomes_nothing_larger(name: str) -> None:
    count = LARGE // max(1, len(raw_of(**BOMBS[name](1_000)).body) // 1_000)
    message = message_of(raw_of(**BOMBS[name](count)))
    assert len(message.model_dump_json()) < 2 * LARGE
    assert len(message.links) <= _limits.LINKS
    assert len(message.recipients) <= _limits.MENTIONS + 1
    assert len(message.attachments) <= _limits.ITEMS


def test_a_user_that_is_named_by_many_is_read_for_each_and_no_more() -> None:
    """A large account, named in every way: its words are not multiplied beyond the caps."""
    big = {"id": "2", "name": "n" * 300, "affiliation": [{"description": "d" * 4_000, "user_id": ["1"] * 100}] * 100}
    fields = referring(20)
    fields["includes"]["users"] = [big]
    message = message_of(raw_of(**fields))
    assert len(message.model_dump_json()) < 2 * LARGE
