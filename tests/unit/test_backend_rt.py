"""What the Request Tracker backend reads and reckons without a server: acts, places in the log, files, parameters."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gateway.backends.rt import PLUGIN
from gateway.backends.rt.acts import Acts
from gateway.backends.rt.events import NORMALIZER, _decoded
from gateway.backends.rt.feed import MOST_SEEN, SETTLED, _Listed, _Place, _settle
from gateway.backends.rt.rest import MARK_PARAMETER, _parameter
from gateway.backends.rt.settings import RtSettings
from gateway.backends.rt.shapes import Transaction
from gateway.errors import TransientError
from gateway.ports import Key, Raw, StreamId, TicketEvent, TicketRef

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TOKEN = "1-31-b2dd580f992cf98b"


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> RtSettings:
    monkeypatch.setenv("RT_TOKEN", TOKEN)
    return make_settings()


def make_settings(**more: Any) -> RtSettings:
    data = {"url": "https://rt.example.test/", "token": {"env": "RT_TOKEN"}, "queue": "Intake", **more}
    return RtSettings.model_validate(data)


def transaction(number: int = 7, kind: str = "Correspond", at: datetime = NOW, **more: Any) -> Transaction:
    told = {
        "id": str(number),
        "Type": kind,
        "ObjectId": "12",
        "Created": at.isoformat(),
        "Creator": {"id": 33, "Name": "bea", "RealName": "Bea Example"},
        **more,
    }
    return Transaction.model_validate(told)


def raw(**act: Any) -> Raw:
    told = {"kind": "replied", "key": "GH-7K3MQ-00001/2", "transaction": json.loads(transaction().model_dump_json())}
    body = json.dumps({**told, **act}).encode()
    return Raw("desk", StreamId("desk"), Key("transaction:7"), "12", body, "application/json", NOW, len(body))


def text(words: str, kind: str = "text/plain") -> dict[str, Any]:
    content = base64.encodebytes(words.encode()).decode()
    return {"id": 5, "TransactionId": "7", "ContentType": kind, "Filename": "", "Content": content}


def read(raw_: Raw) -> TicketEvent:
    (event,) = NORMALIZER.normalize(raw_)
    assert isinstance(event, TicketEvent)
    return event


def test_an_answer_is_read() -> None:
    file = {"id": 6, "TransactionId": "7", "ContentType": "image/png", "Filename": "größe.png", "ContentLength": "4"}
    unnamed = {**file, "id": 8, "Filename": None}
    event = read(raw(texts=[text("Grüße 提现 🙏\r\nBea\n")], files=[file, unnamed]))
    assert (event.id, event.ticket, event.case_id, event.kind) == (
        "desk:transaction:7",
        "12",
        "GH-7K3MQ-00001",
        "replied",
    )
    assert (event.text, event.author, event.at) == ("Grüße 提现 🙏\nBea", "Bea Example", NOW)
    assert [(each.ref, each.name, each.media_type, each.size) for each in event.attached] == [
        ("6", "größe.png", "image/png", 4),
        ("8", "file-8", "image/png", 4),
    ]


def test_a_notes_files_are_not_for_the_user() -> None:
    file = {"id": 6, "TransactionId": "7", "ContentType": "image/png", "Filename": "a.png", "ContentLength": "4"}
    assert read(raw(kind="noted", texts=[text("note")], files=[file])).attached == ()


def test_html_becomes_text() -> None:
    assert read(raw(texts=[text("<p>a &lt; b</p><script>x</script>", "text/html")])).text == "a < b"


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"Type": "Correspond"}, "replied"),
        ({"Type": "Comment"}, "noted"),
        ({"Type": "Status", "OldValue": "open", "NewValue": "resolved"}, "solved"),
        ({"Type": "Status", "OldValue": "stalled", "NewValue": "rejected"}, "solved"),
        ({"Type": "Status", "OldValue": "resolved", "NewValue": "rejected"}, None),
        ({"Type": "Status", "OldValue": "resolved", "NewValue": "open"}, "reopened"),
        ({"Type": "Status", "OldValue": "deleted", "NewValue": "open"}, None),
        ({"Type": "Status", "OldValue": "new", "NewValue": "open"}, None),
        ({"Type": "Status", "OldValue": "new", "NewValue": "deleted"}, "deleted"),
        ({"Type": "Status", "OldValue": "resolved", "NewValue": "open", "Creator": {"id": 1}}, None),
        ({"Type": "Status", "OldValue": "open", "NewValue": "resolved", "Creator": {"id": 1}}, "solved"),
        ({"Type": "AddLink", "Field": "MergedInto", "NewValue": "fsck.com-rt://rt.test/ticket/13"}, "merged"),
        ({"Type": "AddLink", "Field": "MergedInto", "NewValue": "fsck.com-rt://rt.test/ticket/12"}, None),
        ({"Type": "AddLink", "Field": "RefersTo", "NewValue": "fsck.com-rt://rt.test/ticket/13"}, None),
        ({"Type": "Correspond", "Creator": {"id": 31}}, None),
        ({"Type": "EmailRecord"}, None),
    ],
)
def test_what_a_transaction_may_be(settings: RtSettings, told: dict[str, Any], kind: str | None) -> None:
    """A merge is told on both tickets; one's own acts, and what RT does after a message of ours, are told on none."""
    rest: Any = type("Rest", (), {"api": None})()
    candidate = Acts(settings, rest).candidate(transaction(**told))
    assert (candidate.kind if candidate is not None else None) == kind


def listed(*transactions: Transaction) -> _Listed:
    return _Listed(transactions, is_all=True, now=NOW)


def test_a_place_moves_on_only_over_what_is_settled() -> None:
    old, young = NOW - SETTLED - timedelta(seconds=1), NOW - timedelta(seconds=1)
    place = _Place(low=3)
    found = listed(transaction(4, at=old), transaction(6, at=old), transaction(8, at=young), transaction(9, at=young))
    assert _settle(place, found, {4, 6, 8, 9}) == _Place(low=6, seen=(8, 9))
    assert _settle(place, found, {4}) == _Place(low=4)
    assert _settle(_Place(low=3, seen=(6, 8)), found, {4}) == _Place(low=6, seen=(8,))


def test_a_place_stays_small() -> None:
    found = listed(*(transaction(number, at=NOW) for number in range(1, MOST_SEEN + 11)))
    place = _settle(_Place(low=0), found, {each.id for each in found.transactions})
    assert (place.low, len(place.seen)) == (10, MOST_SEEN)


@given(data=st.binary(max_size=600), cuts=st.lists(st.integers(1, 7), min_size=1, max_size=5))
async def test_a_file_is_decoded_however_it_is_cut(data: bytes, cuts: Sequence[int]) -> None:
    encoded = json.dumps(base64.encodebytes(data).decode())[1:-1].replace("/", "\\/").encode()

    async def pieces() -> AsyncIterator[bytes]:
        start, number = 0, 0
        while start < len(encoded):
            end = start + cuts[number % len(cuts)]
            yield encoded[start:end]
            start, number = end, number + 1

    assert b"".join([chunk async for chunk in _decoded(pieces())]) == data


async def test_half_a_file_is_an_error() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"AAA"

    with pytest.raises(TransientError):
        async for _ in _decoded(pieces()):
            pass


@pytest.mark.parametrize(
    ("headers", "mark"),
    [
        ('Subject: a\nContent-Type: text/plain;\n charset="utf-8";\n gatehouse-mark="gh:1"\nX: y', "gh:1"),
        ('Content-Type: text/plain; gatehouse-mark="gh:1"; charset="utf-8"', "gh:1"),
        ('Subject: x; gatehouse-mark="gh:1"\nContent-Type: text/plain', ""),
        ("", ""),
    ],
)
def test_only_our_parameter_of_the_type_counts(headers: str, mark: str) -> None:
    """A subject is the user's, and may look like anything."""
    assert _parameter(headers, MARK_PARAMETER) == mark


def test_a_token_names_its_user(settings: RtSettings) -> None:
    assert settings.own_id == 31
    assert PLUGIN.page_of(settings, TicketRef("12")) == "https://rt.example.test/Ticket/Display.html?id=12"


@pytest.mark.parametrize("token", ["secret", "1-31", "1-x-aa", ""])
def test_what_is_no_token_is_refused_and_not_told(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RT_TOKEN", token)
    with pytest.raises(ValidationError) as told:
        make_settings()
    assert not token or token not in str(told.value).replace("1-31-b2dd58...", "")


@pytest.mark.parametrize("name", ["In'take", "a}b", 'a"b', "a/b", ""])
def test_a_name_cannot_leave_its_query(name: str, settings: RtSettings) -> None:
    for field in ("queue", "key_field"):
        with pytest.raises(ValidationError):
            make_settings(**{field: name})
