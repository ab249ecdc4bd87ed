"""Every item of X becomes exactly what was agreed, in both spellings, and none, however mutilated, gets out of hand."""

from __future__ import annotations

import copy
import random
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.case import Message, Party
from gateway.errors import MalformedError
from gateway.ports import Edited, Event, Unknown
from normalizers.x import NORMALIZER
from tests.samples import x

NAMES = sorted(x.SAMPLES)
WELL_FORMED = [name for name in NAMES if not name.startswith(("hostile_", "unknown_"))]
DROP = object()
ODD: tuple[Any, ...] = (
    DROP, None, True, -1, 0, 10**18, 10**30, 1.5, 1e300, "", "x", "7", "\ud800\x00\u202e", [], [None, 5, "x"], {},
    {"id": "1"}, [[{}]], [{"id": "1", "type": "quoted"}],
)  # fmt: skip
KINDS = re.compile("[a-z0-9_]+(?:[.:][a-z0-9_]+)*")
EXPECTED_NOTES = {
    "dm_in_group": {"group_conversation"},
    "dm_in_group_without_participants": {"group_conversation"},
    "dm_shared_post_deleted": {"reference_unavailable"},
    "chat_received_of_nobody": {"sender_missing"},
    "chat_received_in_group": {"group_conversation"},
    "emoji_counted_in_utf16": set(),
    "picture_not_given_out": {"file_missing"},
    "video_preview_alone": {"file_preview_only"},
    "reference_deleted": {"reference_unavailable"},
    "reference_protected": {"reference_unavailable"},
    "reference_withheld": {"reference_unavailable"},
    "reference_not_given_out": {"reference_unavailable"},
}


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_becomes_what_was_agreed(name: str) -> None:
    assert x.outcome(x.SAMPLES[name]) == x.expected(name)


@pytest.mark.parametrize("name", NAMES)
def test_both_spellings_of_a_sample_become_the_same(name: str) -> None:
    for spelling in ("tweet", "post"):
        respelled = x.respelled(x.SAMPLES[name]["item"], spelling)
        assert x.outcome({**x.SAMPLES[name], "item": respelled}) == x.expected(name)


def test_the_samples_say_something_in_each_spelling() -> None:
    """What the two tests above compare differs in what is read, not only in what is left aside."""
    changed = [name for name in NAMES if x.respelled(x.SAMPLES[name]["item"], "tweet") != x.SAMPLES[name]["item"]]
    words = {word for name in changed for word in re.findall(r'"(\w*tweet\w*)"', str(x.body_of(_tweet(name))))}
    assert words >= {"note_tweet", "edit_history_tweet_ids", "referenced_tweets", "tweets", "tweet_count", "tweet"}
    assert len(changed) > 70


def _tweet(name: str) -> Any:
    return x.respelled(x.SAMPLES[name]["item"], "tweet")


def test_an_item_in_both_spellings_at_once_is_read_by_the_newer_one() -> None:
    sample = x.SAMPLES["reply_in_a_thread"]
    item = sample["item"] | {"data": x.respelled(sample["item"], "tweet")["data"] | sample["item"]["data"]}
    assert x.outcome({**sample, "item": item}) == x.expected("reply_in_a_thread")


def test_every_expectation_has_its_sample() -> None:
    assert {path.stem for path in x.EXPECTED.glob("*.json")} == set(NAMES)


@pytest.mark.parametrize("name", WELL_FORMED)
def test_a_well_formed_sample_is_read_without_a_doubt(name: str) -> None:
    """Notes are for what is odd: a broken field, a post that is gone, a name that deceives."""
    for event in _check(x.SAMPLES[name]):
        message = _message_of(event)
        codes = {note.code for note in message.notes} if message else set()
        assert codes - {"encrypted"} == EXPECTED_NOTES.get(name, set())


def _message_of(event: Event) -> Message | None:
    if isinstance(event, Message):
        return event
    return event.message if isinstance(event, Edited) else None


def _parties(message: Message) -> Iterator[Party]:
    yield message.sender
    yield from (item.party for item in message.recipients)
    yield from (origin.party for origin in message.forwarded)


def _lines(message: Message) -> Iterator[str]:
    for party in _parties(message):
        yield from (party.name, party.handle or "", party.address, party.id or "")
        yield from (item.value for item in party.evidence)
    yield from (item.value for item in message.evidence)
    yield from (text for file in message.attachments for text in (file.id, file.name, file.declared_type, file.ref))
    yield from (text for link in message.links for text in (link.url, link.text))
    yield from (message.id, message.join_key or "", message.thread.parent or "", message.thread.group or "")


def _check_message(message: Message) -> None:
    for text in (message.text, message.quoted, *(origin.text for origin in message.forwarded)):
        assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in text if character not in "\n\t")
    for text in _lines(message):
        assert not any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text)
    for link in message.links:
        if link.span is not None:
            within = {"text": message.text, "quoted": message.quoted}[link.span.field]
            assert 0 <= link.span.start < link.span.end <= len(within)
    assert message.id == message.content_key == message.thread.own_ref
    assert message.id.startswith("x:")
    assert message.platform == "x"
    assert message.text or message.attachments or message.quoted
    assert len({note.code for note in message.notes}) == len(message.notes)
    assert len({file.id for file in message.attachments}) == len(message.attachments)
    assert all(party.id != x.OWN for party in _parties(message) if party is message.sender)
    groups = [party for party in _parties(message) if party.kind == "group"]
    assert groups == ([message.recipients[0].party] if message.visibility == "group" else [])


def _check(sample: dict[str, Any]) -> tuple[Event, ...]:
    """Normalize, and assert everything that must hold of any item."""
    raw = x.raw(sample)
    try:
        events = tuple(NORMALIZER.normalize(raw))
    except MalformedError:
        return ()
    assert len(events) == 1
    for event in events:
        message = _message_of(event)
        if message is not None:
            _check_message(message)
        if isinstance(event, Unknown):
            assert KINDS.fullmatch(event.kind)
        provenance = message.provenance if message else getattr(event, "provenance", None)
        assert provenance is not None
        assert (provenance.source, provenance.stream) == (raw.source, raw.stream)
        assert (provenance.key, provenance.lane) == (raw.key, raw.lane)
        assert (provenance.normalizer, provenance.size) == ("x/1", len(raw.body))
        event.model_dump_json()
    return events


def _paths(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to everything within an item."""
    inside = value.items() if type(value) is dict else enumerate(value) if type(value) is list else ()
    for key, each in inside:
        yield (*above, key)
        yield from _paths(each, (*above, key))


def _put(item: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return an item with another value in one place, or without that place."""
    changed = copy.deepcopy(item)
    place = changed
    for key in path[:-1]:
        place = place[key]
    if value is DROP:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return changed


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_with_any_field_missing_or_of_another_type_stays_harmless(name: str) -> None:
    rng = random.Random(name)
    sample = x.SAMPLES[name]
    for path in _paths(sample["item"]):
        for value in (DROP, rng.choice(ODD[1:])):
            _check({**sample, "item": _put(sample["item"], path, value)})


@pytest.mark.parametrize("value", ODD, ids=lambda value: "drop" if value is DROP else repr(value)[:20])
@pytest.mark.parametrize("field", ["id", "author_id", "text", "created_at", "entities", "conversation_id"])
def test_a_broken_field_of_a_post_is_noted_or_makes_it_malformed(field: str, value: Any) -> None:
    """Whatever stands there: what comes out says so, unless that value is as good as the true one."""
    good = {
        "id": ("7",), "author_id": ("7",), "conversation_id": ("7", DROP, None), "text": ("x", "7"),
        "created_at": (DROP, None), "entities": (DROP, None, {}, {"id": "1"}),
    }  # fmt: skip
    sample = x.SAMPLES["mention_plain"]
    for event in _check({**sample, "item": _put(sample["item"], ("data", field), value)}):
        message = _message_of(event)
        assert message is not None
        assert message.notes or value in good[field]


def test_nothing_of_one_item_shows_in_the_next() -> None:
    """Interleaved with others, each item becomes what it becomes alone."""
    order = NAMES * 2
    random.Random(7).shuffle(order)
    for name in order:
        assert x.outcome(x.SAMPLES[name]) == x.expected(name)


_WORDS = sorted(
    {step for sample in x.SAMPLES.values() for path in _paths(sample["item"]) for step in path if type(step) is str}
)
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(alphabet=st.characters(), max_size=30)
    | st.sampled_from(["quoted", "replied_to", "retweeted", "photo", "video", "MessageCreate", "chat.received", "1000"])
)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(_WORDS), inner, max_size=8),
    max_leaves=30,
)
_KNOWN = {"id": "2123690306565046273", "author_id": "2001", "sender_id": "2001", "text": "@examplex hi"}


@given(_VALUES, st.sampled_from(["post", "message", "activity"]))
@settings(max_examples=100, deadline=None)
def test_no_json_raises_anything_unexpected(value: Any, kind: str) -> None:
    _check({"kind": kind, "item": value})


@given(st.dictionaries(st.sampled_from(_WORDS), _VALUES, max_size=10), st.sampled_from(["post", "message"]))
@settings(max_examples=100, deadline=None)
def test_no_item_of_known_fields_raises_anything_unexpected(fields: dict[str, Any], kind: str) -> None:
    for data in (_KNOWN | fields, fields | _KNOWN):
        _check({"kind": kind, "item": {"data": data, "includes": fields}})


@given(st.binary(max_size=300), st.sampled_from(["post", "message", "activity"]))
@settings(max_examples=100, deadline=None)
def test_no_bytes_raise_anything_but_that_they_are_malformed(body: bytes, kind: str) -> None:
    try:
        events = NORMALIZER.normalize(x.raw_of(body, kind))
    except MalformedError:
        return
    assert events
