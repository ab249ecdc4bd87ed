"""Every update becomes exactly what was agreed, and no update, however mutilated, gets out of hand."""

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
from gateway.ports import Deleted, Edited, Event, MemberSeen, Moved, Pressed, Reachable, Unknown
from normalizers.telegram import NORMALIZER
from tests.samples import telegram
from tests.telegram_spec import Spec

WELL_FORMED = sorted(name for name in telegram.SAMPLES if not name.startswith(("hostile_", "unknown_")))
DROP = object()
ODD: tuple[Any, ...] = (
    DROP, None, True, -1, 0, 10**18, 10**30, 1.5, 1e300, "", "x", "\ud800\x00\u202e", [], [None, 5, "x"], {}, {"id": 1},
    {"id": 5, "type": "private"}, [[{}]],
)  # fmt: skip
KINDS = re.compile("[a-z0-9_]+(?::[a-z0-9_]+)?")


@pytest.mark.parametrize("name", sorted(telegram.SAMPLES))
def test_a_sample_becomes_what_was_agreed(name: str) -> None:
    assert telegram.outcome(telegram.SAMPLES[name]) == telegram.expected(name)


def test_every_expectation_has_its_sample() -> None:
    assert {path.stem for path in telegram.EXPECTED.glob("*.json")} == set(telegram.SAMPLES)


def test_well_formed_samples_are_what_the_platform_specifies() -> None:
    spec = Spec.load()
    assert {name: wrong for name in WELL_FORMED if (wrong := spec.check_update(telegram.SAMPLES[name]))} == {}


@pytest.mark.parametrize("name", WELL_FORMED)
def test_a_well_formed_sample_is_read_without_a_doubt(name: str) -> None:
    """Notes are for what is odd: a broken field, a file that is too large, a name that deceives."""
    for event in _check(telegram.SAMPLES[name]):
        message = _message_of(event)
        codes = {note.code for note in message.notes} if message else set()
        assert codes <= {"bidi_removed", "characters_replaced", "file_too_large"}
        assert not isinstance(event, Unknown) or not event.kind.startswith("unreadable")


def _message_of(event: Event) -> Message | None:
    if isinstance(event, Message):
        return event
    return event.message if isinstance(event, Edited | MemberSeen) else None


def _parties(event: Event) -> list[Party]:
    message = _message_of(event)
    found = [message.sender, *(item.party for item in message.recipients)] if message else []
    found += [origin.party for origin in message.forwarded] if message else []
    if isinstance(event, MemberSeen):
        found += [event.party, event.place]
    if isinstance(event, Moved):
        found += [event.old, event.new]
    if isinstance(event, Reachable):
        found.append(event.place)
    if isinstance(event, Pressed):
        found += [event.sender, *([event.place] if event.place else [])]
    return found


def _lines(event: Event) -> Iterator[str]:
    for party in _parties(event):
        yield from (party.name, party.handle or "", party.address, party.id or "")
        yield from (item.value for item in party.evidence)
    if (message := _message_of(event)) is not None:
        yield from (item.value for item in message.evidence)
        yield from (text for file in message.attachments for text in (file.id, file.name, file.declared_type, file.ref))
        yield from (link.url for link in message.links)
        yield from (message.id, message.join_key or "", message.thread.parent or "", message.thread.group or "")
    if isinstance(event, Pressed):
        yield from (event.data, event.press_id)


def _check_message(message: Message) -> None:
    for text in (message.text, message.quoted, *(origin.text for origin in message.forwarded)):
        assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in text if character not in "\n\t")
    for link in message.links:
        if link.span is not None:
            within = {"text": message.text, "quoted": message.quoted}[link.span.field]
            assert link.text == within[link.span.start : link.span.end][:2_000] != ""
    assert message.id == message.content_key
    assert message.platform == "telegram"
    assert len({note.code for note in message.notes}) == len(message.notes)
    assert len({file.id for file in message.attachments}) == len(message.attachments)
    for file in message.attachments:
        assert "/" not in file.name
        assert "\\" not in file.name
        assert len(file.name) <= 255


def _check(update: Any) -> tuple[Event, ...]:
    """Normalize, and assert everything that must hold of any update."""
    raw = telegram.raw_of(telegram.body_of(update))
    try:
        events = tuple(NORMALIZER.normalize(raw))
    except MalformedError:
        assert type(update) is not dict or type(update.get("update_id")) is not int
        return ()
    assert events
    assert tuple(NORMALIZER.normalize(raw)) == events
    for event in events:
        for text in _lines(event):
            assert not any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text)
        message = _message_of(event)
        if message is not None:
            _check_message(message)
        if isinstance(event, Unknown):
            assert KINDS.fullmatch(event.kind)
        provenance = message.provenance if message else getattr(event, "provenance", None)
        assert provenance is not None
        assert (provenance.source, provenance.stream) == (raw.source, raw.stream)
        assert (provenance.key, provenance.lane) == (raw.key, raw.lane)
        assert (provenance.normalizer, provenance.size) == ("telegram/1", len(raw.body))
        event.model_dump_json()
    return events


def _paths(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to everything within an update."""
    inside = value.items() if type(value) is dict else enumerate(value) if type(value) is list else ()
    for key, each in inside:
        yield (*above, key)
        yield from _paths(each, (*above, key))


def _put(update: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return an update with another value in one place, or without that place."""
    changed = copy.deepcopy(update)
    place = changed
    for key in path[:-1]:
        place = place[key]
    if value is DROP:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return changed


@pytest.mark.parametrize("name", sorted(telegram.SAMPLES))
def test_a_sample_with_any_field_missing_or_of_another_type_stays_harmless(name: str) -> None:
    rng = random.Random(name)
    paths = list(_paths(telegram.SAMPLES[name]))[:60]
    for path in paths:
        for value in (DROP, *rng.sample(ODD[1:], 3)):
            _check(_put(telegram.SAMPLES[name], path, value))


@pytest.mark.parametrize("value", ODD, ids=lambda value: "drop" if value is DROP else repr(value)[:20])
@pytest.mark.parametrize("field", ["message_id", "from", "chat", "date", "text"])
def test_a_broken_field_of_a_text_is_noted_or_makes_it_unknown(field: str, value: Any) -> None:
    """Whatever stands there: what comes out says so, unless that value is as good as the true one."""
    good = {"message_id": (-1, 0), "from": ({"id": 1}, {"id": 5, "type": "private"}), "text": ("x",)}
    good["chat"] = ({"id": 5, "type": "private"},)
    update = _put(telegram.SAMPLES["text"], ("message", field), value)
    (event,) = _check(update)
    message = _message_of(event)
    assert message is None or message.notes or value in good.get(field, ())


def test_nothing_of_one_update_shows_in_the_next() -> None:
    """Interleaved with others, each update becomes what it becomes alone."""
    alone = {name: telegram.outcome(update) for name, update in telegram.SAMPLES.items()}
    order = list(telegram.SAMPLES) * 2
    random.Random(7).shuffle(order)
    for name in order:
        assert telegram.outcome(telegram.SAMPLES[name]) == alone[name]


_WORDS = sorted(
    {step for update in telegram.SAMPLES.values() for path in _paths(update) for step in path if type(step) is str}
)
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(alphabet=st.characters(), max_size=30)
    | st.sampled_from(
        ["url", "text_link", "text_mention", "mention", "bot_command", "private", "supergroup", "channel"]
    )
)
_VALUES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(_WORDS), inner, max_size=8),
    max_leaves=30,
)


@given(_VALUES)
@settings(max_examples=200, deadline=None)
def test_no_json_raises_anything_unexpected(value: Any) -> None:
    _check(value)


@given(st.dictionaries(st.sampled_from(_WORDS), _VALUES, max_size=10))
@settings(max_examples=300, deadline=None)
def test_no_message_of_known_fields_raises_anything_unexpected(fields: dict[str, Any]) -> None:
    known = {"message_id": 1, "date": 1795162500, "chat": {"id": 510000001, "type": "private"}}
    for message in (fields, known | fields, fields | known):
        _check({"update_id": 1, "message": message})


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_no_bytes_raise_anything_but_that_they_are_malformed(body: bytes) -> None:
    try:
        events = NORMALIZER.normalize(telegram.raw_of(body))
    except MalformedError:
        return
    assert events
    assert not any(isinstance(event, Deleted) for event in events)
