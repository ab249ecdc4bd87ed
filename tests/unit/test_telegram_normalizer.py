"""What the Telegram normalizer refuses, how much work an update may make, and that its page leaves nothing out.

A step is a line that the interpreter runs in our code, counted, not timed. What a search does within one line does not
show in that count: so each bomb is also read once at a size at which a search that goes back and forth would not end.
"""

from __future__ import annotations

import dataclasses
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.case import AttachmentState, Message
from gateway.errors import MalformedError
from gateway.ports import Deleted, Edited, MemberSeen, Raw, Unknown
from normalizers.telegram import NORMALIZER, _entities, _limits
from normalizers.telegram._reading import Reading
from normalizers.telegram._update import _provenance
from tests.samples import telegram

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "case-schema.md").read_text(encoding="utf-8")
CHAT = {"id": 510000001, "type": "private", "first_name": "Ada"}
LARGE = 4_000_000
"""Bytes: more than any answer of the platform that the connector takes may hold for one update."""


def raw_of(**message: Any) -> Raw:
    """Return a raw with a private message of these fields."""
    base = {"message_id": 7, "from": {"id": 510000001, "first_name": "Ada"}, "chat": CHAT, "date": 1795162500}
    return telegram.raw_of(telegram.body_of({"update_id": 1, "message": {**base, **message}}))


def message_of(raw: Raw) -> Message:
    """Return the one message of a raw."""
    (event,) = NORMALIZER.normalize(raw)
    assert isinstance(event, Message)
    return event


@pytest.mark.parametrize(
    "body",
    [
        b"", b"  \n", b"\x00", b"null", b"7", b'"text"', b"[]", b'[{"update_id":1}]', b"{", b"{}", b'{"message":{}}',
        b'{"update_id":"1"}', b'{"update_id":true}', b'{"update_id":1.0}', b'{"update_id":1,"x":NaN}',
        b'{"update_id":1,"x":Infinity}', b'{"update_id":1,"update_id":2}', b'{"update_id":1,"message":{"a":1,"a":2}}',
        b'{"update_id":' + b"9" * 5_000 + b"}", b"\xff\xfe{", b'{"update_id":1,"x":"\xff"}',
        b'{"update_id":1,"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}", b'{"x":' * 100_000, b"<html>502</html>",
    ],
    ids=lambda body: repr(body[:30]),
)  # fmt: skip
def test_what_is_no_update_is_malformed_and_says_nothing_of_its_content(body: bytes) -> None:
    with pytest.raises(MalformedError) as caught:
        NORMALIZER.normalize(telegram.raw_of(body))
    assert caught.value.__cause__ is None
    assert str(caught.value).isascii()
    assert len(str(caught.value)) < 80


def test_what_was_unreadable_to_the_connector_is_malformed_whatever_is_in_it() -> None:
    """It stands in no order with what else was said in its chat."""
    raw = dataclasses.replace(raw_of(text="hi"), lane="unreadable")
    with pytest.raises(MalformedError):
        NORMALIZER.normalize(raw)


def test_the_provenance_names_the_raw() -> None:
    raw = raw_of(text="hi")
    provenance = message_of(raw).provenance
    assert provenance.model_dump() == {
        "source": raw.source, "stream": raw.stream, "key": raw.key, "lane": raw.lane, "received_at": raw.received_at,
        "normalizer": "telegram/1", "size": len(raw.body), "complete": True,
    }  # fmt: skip


@given(st.text(alphabet=st.sampled_from("a 你\u0301🙂𝐰\u200d\ufffd"), max_size=40), st.data())
def test_offsets_in_utf_16_units_become_the_same_place_in_code_points(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    offset, length = (len(part.encode("utf-16-le")) // 2 for part in (text[:start], text[start:end]))
    entity = {"type": "text_link", "url": "https://examplex.test", "offset": offset, "length": length}
    reading = Reading(telegram.BOT, telegram.USERNAME, _provenance(raw_of()))
    (link,) = _entities.read(text, [entity], "text", reading).links
    if start == end:
        assert link.span is None
    else:
        assert link.span is not None
        assert (link.span.start, link.span.end, link.text) == (start, end, text[start:end])


def test_an_edit_bears_the_id_of_the_message_and_a_later_version() -> None:
    first = message_of(raw_of(text="one"))
    update = json.loads(raw_of(text="two", edit_date=1795162600).body)
    edited = telegram.raw_of(telegram.body_of({"update_id": 2, "edited_message": update["message"]}))
    (event,) = NORMALIZER.normalize(edited)
    assert isinstance(event, Edited)
    assert event.message.id == first.id
    assert (first.version, event.message.version) == (1, 2)
    assert event.message.edited_at is not None
    assert first.edited_at is None


def test_a_join_told_twice_is_sighted_under_one_id() -> None:
    """The platform tells of a new member by a service message, and where the bot is an admin by `chat_member` too."""
    (joined,) = NORMALIZER.normalize(telegram.raw_of(telegram.body_of(telegram.SAMPLES["member_joined"])))
    served = NORMALIZER.normalize(telegram.raw_of(telegram.body_of(telegram.SAMPLES["service_new_members"])))[0]
    assert isinstance(joined, MemberSeen)
    assert isinstance(served, MemberSeen)
    assert joined.message.id == served.message.id
    assert (joined.party.id, joined.place.id, joined.status) == (served.party.id, served.place.id, served.status)


def test_a_deletion_names_the_business_message_by_its_id() -> None:
    update = json.loads(json.dumps(telegram.SAMPLES["business_message"]))
    number = update["business_message"]["message_id"]
    message = message_of(telegram.raw_of(telegram.body_of(update)))
    deleted = json.loads(json.dumps(telegram.SAMPLES["business_deleted"]))
    deleted["deleted_business_messages"]["message_ids"] = [number]
    (event,) = NORMALIZER.normalize(telegram.raw_of(telegram.body_of(deleted)))
    assert isinstance(event, Deleted)
    assert event.message_id == message.id


@pytest.mark.parametrize(("size", "state"), [(20 * 2**20, "not_fetched"), (20 * 2**20 + 1, "too_large")])
def test_a_file_is_too_large_from_the_first_byte_above_the_limit(size: int, state: str) -> None:
    document = {"file_id": "BQAC", "file_unique_id": "AgAD", "file_size": size}
    (file,) = message_of(raw_of(document=document)).attachments
    assert file.state is AttachmentState(state)


@pytest.mark.parametrize(
    ("most", "size", "state"),
    [
        ("104857600", 20 * 2**20 + 1, "not_fetched"),
        ("104857600", 100 * 2**20, "not_fetched"),
        ("104857600", 100 * 2**20 + 1, "too_large"),
        ("1024", 1025, "too_large"),
        ("", 20 * 2**20 + 1, "too_large"),
        ("-1", 20 * 2**20, "not_fetched"),
        ("\u0663", 20 * 2**20, "not_fetched"),
        ("9" * 5000, 20 * 2**20 + 1, "too_large"),
    ],
)
def test_a_channel_says_how_large_a_file_it_can_fetch(most: str, size: int, state: str) -> None:
    raw = raw_of(document={"file_id": "BQAC", "file_unique_id": "AgAD", "file_size": size})
    (file,) = message_of(dataclasses.replace(raw, notes={**raw.notes, "files": most})).attachments
    assert file.state is AttachmentState(state)


@pytest.mark.parametrize("seconds", [-1, 0, 1_375_315_199, 1795162500 + 3 * 86_400, 10**18, 10**400])
def test_a_date_that_cannot_be_true_is_no_date(seconds: int) -> None:
    message = message_of(raw_of(text="hi", date=seconds))
    assert message.sent_at is None
    assert "date_invalid" in {note.code for note in message.notes}


def test_a_chat_moved_is_told_the_same_from_both_ends() -> None:
    ends = [
        NORMALIZER.normalize(telegram.raw_of(telegram.body_of(telegram.SAMPLES[name])))[0].model_dump()
        for name in ("migrated_to", "migrated_from")
    ]
    assert ends[0]["old"]["address"] == ends[1]["old"]["address"] == "-4100001"
    assert ends[0]["new"]["address"] == ends[1]["new"]["address"] == "-1002000000005"


def test_without_notes_of_the_connector_nobody_is_taken_for_us() -> None:
    """A bot without a name is mentioned by nobody, and an empty id is nobody's."""
    raw = raw_of(text="@ hi", chat={"id": -1002000000001, "type": "supergroup"}, **{"from": {"first_name": "?"}},
                 entities=[{"type": "mention", "offset": 0, "length": 1}])  # fmt: skip
    assert message_of(dataclasses.replace(raw, notes={})).addressed is False


def _nested(depth: int, leaf: Any, key: str) -> Any:
    for _ in range(depth):
        leaf = {key: leaf, "type": "bold"}
    return leaf


SIZE = {"file_id": "AgAC", "file_unique_id": "AQAD", "width": 1, "height": 1}
BOMBS: dict[str, Callable[[int], dict[str, Any]]] = {
    "text": lambda n: {"text": "a" * n},
    "astral_text": lambda n: {"text": "🙂" * n, "entities": [{"type": "url", "offset": 0, "length": 2 * n}]},
    "controls": lambda n: {"text": "\x00\ud800" * n},
    "returns": lambda n: {"text": "\r" * n},
    "entities": lambda n: {"text": "ab", "entities": [{"type": "url", "offset": 0, "length": 2}] * n},
    "overlapping_entities": lambda n: {
        "text": "🙂" * n, "entities": [{"type": "url", "offset": k, "length": 2 * n - k} for k in range(min(n, 5_000))]
    },
    "mentions": lambda n: {"text": "@a", "entities": [{"type": "mention", "offset": 0, "length": 2}] * n},
    "name": lambda n: {"text": "hi", "from": {"id": 1, "first_name": "\u202e \x00" * n}},
    "photo_sizes": lambda n: {"photo": [SIZE] * n},
    "paid_media": lambda n: {"paid_media": {"paid_media": [{"type": "photo", "photo": [SIZE] * 9}] * (n // 9)}},
    "file_name": lambda n: {"document": {"file_id": "a", "file_unique_id": "b", "file_name": "a/\\.b" * n}},
    "file_id": lambda n: {"document": {"file_id": "a" * n, "file_unique_id": "\x00" * n}},
    "options": lambda n: {"poll": {"question": "?" * n, "options": [{"text": "a" * 9}] * n}},
    "shared": lambda n: {"users_shared": {"request_id": 1, "users": [{"user_id": k} for k in range(n)]}},
    "rows": lambda n: {"text": "hi", "reply_markup": {"inline_keyboard": [[{"text": "a", "url": "b"}]] * n}},
    "buttons": lambda n: {"text": "hi", "reply_markup": {"inline_keyboard": [[{"text": "a", "url": "b"}] * n]}},
    "rich_blocks": lambda n: {"rich_message": {"blocks": [{"type": "paragraph", "text": ["a", {"url": "b"}]}] * n}},
    "rich_spaces": lambda n: {"rich_message": {"blocks": [" \n" * n] * 2}},
    "rich_depth": lambda n: {"rich_message": {"blocks": _nested(min(n, 150), "a", "text")}},
    "fields": lambda n: {f"hologram_{k}": k for k in range(n)},
    "unknown_lists": lambda n: {"text": "hi", "hologram": [[]] * n},
    "quote": lambda n: {"text": "hi", "quote": {"text": "q" * n, "entities": [{"type": "url"}] * n}},
    "giveaway": lambda n: {"giveaway": {"chats": [{"id": -k - 1, "title": "t" * 9} for k in range(n)]}},
    "members": lambda n: {"new_chat_members": [{"id": k + 1, "first_name": "a"} for k in range(n)]},
}  # fmt: skip


def steps(raw: Raw) -> int:
    """Return how many lines of our code run for one update."""
    count = 0

    def within(frame: FrameType, event: str, arg: Any) -> Any:
        nonlocal count
        count += 1
        return within

    def trace(frame: FrameType, event: str, arg: Any) -> Any:
        return within if "/normalizers/telegram/" in frame.f_code.co_filename else None

    sys.settrace(trace)
    try:
        NORMALIZER.normalize(raw)
    finally:
        sys.settrace(None)
    return count


@pytest.mark.parametrize("name", sorted(BOMBS))
def test_steps_grow_no_faster_than_the_update(name: str) -> None:
    small, large = steps(raw_of(**BOMBS[name](200))), steps(raw_of(**BOMBS[name](800)))
    assert large < 4.6 * small + 500, f"{small} steps became {large}"


@pytest.mark.parametrize("name", sorted(BOMBS))
@pytest.mark.timeout(20)
def test_a_large_bomb_is_read_to_its_end_and_becomes_nothing_larger(name: str) -> None:
    count = LARGE // max(1, len(raw_of(**BOMBS[name](1_000)).body) // 1_000)
    raw = raw_of(**BOMBS[name](count))
    events = NORMALIZER.normalize(raw)
    assert len(events) <= _limits.EVENTS + 1
    # A sighting says a few hundred bytes of each of so many members, and where it was.
    assert sum(len(event.model_dump_json()) for event in events) < 8 * LARGE


def test_so_many_kinds_in_one_update_are_read_as_so_many_and_no_more() -> None:
    update = {"update_id": 1, **{f"hologram_{k}": {} for k in range(5_000)}}
    events = NORMALIZER.normalize(telegram.raw_of(telegram.body_of(update)))
    assert len(events) == _limits.ITEMS
    assert all(isinstance(event, Unknown) for event in events)


def test_of_a_rich_message_so_many_parts_are_looked_at_and_no_more() -> None:
    message = message_of(raw_of(rich_message={"blocks": ["a"] * 100_001}))
    assert len(message.text) < 100_001
    assert "items_over_cap" in {note.code for note in message.notes}


def _sources() -> str:
    files = (ROOT / "normalizers" / "telegram").glob("*.py")
    return "".join(path.read_text(encoding="utf-8") for path in files)


def _listed(title: str) -> set[str]:
    section = PAGE.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"(?m)^\| (`.*?) \|", section)
    return {code for row in rows for code in re.findall(r"`([\w:*]+)`", row)}


def test_every_note_is_explained_and_none_besides() -> None:
    assert _listed("What is noted of a Telegram message") == set(re.findall(r"\.note\(\s*\"(\w+)\"", _sources()))


def test_every_name_of_evidence_is_explained() -> None:
    listed = _listed("Evidence of a Telegram message")
    seen = set()
    for update in telegram.SAMPLES.values():
        for event in NORMALIZER.normalize(telegram.raw_of(telegram.body_of(update))):
            seen |= set(re.findall(r'"evidence":(\[.*?\])', event.model_dump_json()))
    names = {name for each in seen for name in re.findall(r'"name":"(\w+)"', each)}
    written = set(re.findall(r"(?:Evidence\(name=|said\(\s*|say\()\"(\w+)\"", _sources()))
    assert names - listed == set()
    assert listed == names | written
