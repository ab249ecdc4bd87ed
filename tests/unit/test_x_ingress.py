"""The webhook's door: challenges, signatures over the raw body, replays, hints and what cannot be read."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from unittest.mock import AsyncMock

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from connectors.x._budget import Budget
from connectors.x._ingress import LARGEST, SIGNATURE_HEADERS, XIngress
from connectors.x._raws import HINTS
from gateway.errors import TransientError
from gateway.ports import Pushed, PushRequest, Refusal, StreamId
from tests.conftest import ManualClock
from tests.unit.x_fakes import KEYS, MemoryMeter, settings
from tests.unit.x_reading import MENTIONS, MESSAGES, bench, ids

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NEWER, OLDER = SIGNATURE_HEADERS
SECRET = KEYS["consumer_secret"].encode()
HOOK = {"activity": "webhook", "webhook_url": "https://desk.examplex.test/in/x"}


def signed(body: bytes, secret: bytes = SECRET) -> str:
    return "sha256=" + base64.b64encode(hmac.new(secret, body, hashlib.sha256).digest()).decode()


class Door:
    """An ingress, and the streams that it woke."""

    def __init__(self, **changes: Any) -> None:
        self.woken: list[StreamId] = []
        self.meter = MemoryMeter()
        given = settings("http://127.0.0.1:9", **HOOK, **changes)
        self.budget = Budget(given, self.meter, ManualClock())
        self.ingress = XIngress("support", given, self.woken.append, self.budget)

    def push(self, body: bytes, signature: str | None = None, method: str = "POST") -> Pushed | Refusal:
        return self.bring(body, {OLDER: signed(body) if signature is None else signature}, method)

    def bring(self, body: bytes, headers: dict[str, str], method: str = "POST") -> Pushed | Refusal:
        return self.ingress.receive(PushRequest(method, "/in/x", {}, headers, body, NOW, "203.0.113.7"))

    def challenge(self, **query: str) -> Pushed | Refusal:
        return self.ingress.receive(PushRequest("GET", "/in/x", query, {}, b"", NOW, "203.0.113.7"))


def event(kind: str, payload: Any = None, uuid: Any = "2080761390344937796") -> bytes:
    data = {"event_uuid": uuid, "filter": {"user_id": "1000"}, "event_type": kind, "payload": payload or {}}
    return json.dumps({"data": data}).encode()


def test_b24_challenge_is_answered_from_the_secret_alone() -> None:
    """By a pure function: no database, no network, so that nothing of them can be slow or gone."""
    answer = Door().challenge(crc_token="a-made-up-token")
    assert isinstance(answer, Pushed)
    assert answer.status == 200
    assert json.loads(answer.body) == {"response_token": signed(b"a-made-up-token")}
    assert answer.media_type == "application/json"
    assert not answer.raws


@pytest.mark.parametrize("query", [{}, {"crc_token": ""}, {"crc_token": "x" * 10_000}, {"other": "x"}])
def test_b24_challenge_without_a_token_is_refused(query: dict[str, str]) -> None:
    answer = Door().challenge(**query)
    assert isinstance(answer, Refusal)
    assert answer.status == 400


def test_b25_genuine_event_becomes_the_raw_that_the_stream_would_make() -> None:
    found = Door().push(event("chat.received", {"sender_id": "7", "encoded_event": "made-up"}))
    assert isinstance(found, Pushed)
    (raw,) = found.raws
    assert (raw.key, raw.lane, raw.stream) == ("activity:2080761390344937796", "7", "activity")
    assert raw.media_type == "application/vnd.x.activity+json"
    assert json.loads(raw.body)["data"]["payload"]["encoded_event"] == "made-up"


def test_b25_replayed_three_times_it_is_one() -> None:
    """The journal absorbs what has a lane and a key that it knows."""
    door, body = Door(), event("chat.received", {"sender_id": "7"})
    found = [door.push(body) for _ in range(3)]
    assert len({(raw.lane, raw.key) for each in found if isinstance(each, Pushed) for raw in each.raws}) == 1


@given(place=st.integers(0, 10_000), bit=st.integers(0, 7))
@examples(max_examples=50)
def test_b25_one_flipped_bit_is_a_forgery(place: int, bit: int) -> None:
    body = event("chat.received", {"sender_id": "7"})
    forged = bytearray(body)
    forged[place % len(body)] ^= 1 << bit
    found = Door().push(bytes(forged), signed(body))
    assert isinstance(found, Refusal)
    assert found.status == 403


@pytest.mark.parametrize("signature", ["", "sha256=", "sha256=AAAA", "\u4f60", "sha1=x", signed(b"another")])
def test_b25_what_is_not_signed_is_refused(signature: str) -> None:
    found = Door().push(event("dm.received"), signature)
    assert isinstance(found, Refusal)
    assert found.status == 403


def test_b25_answer_to_a_challenge_signs_no_event() -> None:
    """Anybody may ask for a challenge: what he has signed by it must be nothing that is taken here."""
    door = Door()
    forged = event("chat.received", {"sender_id": "7"}).decode()
    answer = door.challenge(crc_token=forged)
    assert isinstance(answer, Refusal)
    assert answer.status == 400
    signed_for_all = door.challenge(crc_token="12345")
    assert isinstance(signed_for_all, Pushed)
    found = door.push(b"12345", json.loads(signed_for_all.body)["response_token"])
    assert isinstance(found, Refusal)
    assert found.status == 403


CLIENT = b"made-up-client-secret"


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({NEWER: CLIENT}, True),
        ({OLDER: SECRET}, True),
        ({NEWER: CLIENT, OLDER: SECRET}, True),
        ({NEWER: CLIENT, OLDER: b"made-up-renewed"}, True),
        ({NEWER: b"made-up-renewed", OLDER: SECRET}, True),
        ({NEWER: b"made-up-other"}, False),
        ({NEWER: b"made-up-other", OLDER: b"made-up-other"}, False),
        ({NEWER: b""}, False),
        ({}, False),
    ],
)
def test_b25_app_with_both_secrets_is_known_by_either(headers: dict[str, bytes], taken: bool) -> None:
    body = event("dm.received")
    found = Door(client_secret=CLIENT.decode()).bring(body, {name: signed(body, key) for name, key in headers.items()})
    assert isinstance(found, Pushed) is taken


def test_b25_app_without_a_consumer_secret_is_known_by_its_client_secret() -> None:
    only = {"auth": "oauth2", "client_id": "made-up", "client_secret": CLIENT.decode(), "consumer_secret": None}
    door, body = Door(**only), event("dm.received")
    assert isinstance(door.bring(body, {NEWER: signed(body, CLIENT)}), Pushed)
    assert isinstance(door.bring(body, {OLDER: signed(body)}), Refusal)


def test_b25_signature_of_a_secret_that_is_not_configured_is_refused() -> None:
    body = event("dm.received")
    assert isinstance(Door().bring(body, {NEWER: signed(body, CLIENT)}), Refusal)


@pytest.mark.parametrize(("secrets", "key"), [({}, SECRET), ({"client_secret": CLIENT.decode()}, CLIENT)])
def test_b24_challenge_is_answered_by_the_client_secret_where_there_is_one(secrets: dict[str, str], key: bytes) -> None:
    answer = Door(**secrets).challenge(crc_token="a-made-up-token")
    assert isinstance(answer, Pushed)
    assert json.loads(answer.body) == {"response_token": signed(b"a-made-up-token", key)}


async def test_pushes_that_are_taken_are_charged_with_whatever_is_charged_next() -> None:
    door = Door()
    for kind in ("dm.received", "chat.received", "post.create"):
        door.push(event(kind))
    door.push(event("dm.received"), "sha256=forged")
    door.challenge(crc_token="a-made-up-token")
    assert not door.meter.charges
    await door.budget.charge("mentions", 0, Decimal(0))
    assert door.meter.charges == [("activity", 0, 30_000), ("mentions", 1, 0)]
    await door.budget.settle()
    assert len(door.meter.charges) == 2


async def test_pushes_are_charged_later_when_the_meter_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    door = Door()
    door.push(event("dm.received"))
    with monkeypatch.context() as away:
        away.setattr(MemoryMeter, "charge", AsyncMock(side_effect=TransientError("made up")))
        with pytest.raises(TransientError):
            await door.budget.settle()
    await door.budget.settle()
    assert door.meter.charges == [("activity", 0, 10_000)]


@pytest.mark.parametrize("kind", HINTS)
def test_hints_wake_what_has_news_and_leave_nothing(kind: str) -> None:
    door = Door()
    assert door.push(event(kind)) == Pushed(())
    assert door.woken == [HINTS[kind]]


def test_forged_hint_wakes_nobody() -> None:
    door = Door()
    door.push(event("dm.received"), "sha256=forged")
    assert not door.woken


def test_b27_what_we_did_ourselves_is_not_taken_in() -> None:
    assert Door().push(event("chat.received", {"sender_id": "1000"})) == Pushed(())


@pytest.mark.parametrize("body", [b"no {", b"[]", b"\xff", b'{"data":5}', b'{"data":{"event_type":5}}', b"{}"])
def test_genuine_garbage_is_kept_for_it_never_comes_again(body: bytes) -> None:
    found = Door().push(body)
    assert isinstance(found, Pushed)
    (raw,) = found.raws
    assert raw.lane == "unreadable"
    assert raw.key.startswith("unreadable:")


@pytest.mark.parametrize("uuid", [None, 1.5, "", "x" * 1000, "\u4f60", "a\nb", "none"])
def test_event_without_a_name_is_known_by_its_bytes(uuid: Any) -> None:
    one, same = Door().push(event("oauth.revoke", uuid=uuid)), Door().push(event("oauth.revoke", uuid=uuid))
    assert isinstance(one, Pushed)
    assert one == same
    assert len(one.raws[0].key) == len("activity:") + 64


@pytest.mark.parametrize(
    "uuid", ["-2080761390344937796", -2080761390344937796, 5, "c1a7d2c0-0f5a-4b3f-9d0e-6f1f8f2b7a11"]
)
def test_event_is_known_by_its_number_or_uuid_whatever_else_changes(uuid: Any) -> None:
    """A replay may bring it with another tag."""
    one = Door().push(event("chat.received", {"sender_id": "7"}, uuid))
    again = Door().push(event("chat.received", {"sender_id": "7", "more": "made up"}, uuid))
    assert isinstance(one, Pushed)
    assert isinstance(again, Pushed)
    assert [raw.key for raw in one.raws] == [raw.key for raw in again.raws] == [f"activity:{uuid}"]


def test_direct_message_in_the_older_form_is_a_hint_wherever_it_stands() -> None:
    message = {"type": "message_create", "id": "5", "message_create": {"sender_id": "7", "message_data": {"text": "x"}}}
    payload = {"direct_message_events": [message], "users": {"7": {"data": {"name": "Wang Fang"}}}}
    door = Door()
    assert door.push(event("dm.received", payload)) == Pushed(())
    assert door.push(json.dumps({"for_user_id": "1000", **payload}).encode()) == Pushed(())
    assert door.push(json.dumps({"for_user_id": "1000", "tweet_create_events": [{}]}).encode()) == Pushed(())
    assert door.woken == [MESSAGES, MESSAGES, MENTIONS]


@pytest.mark.parametrize(
    ("payload", "lane"),
    [
        ({"sender_id": "7", "conversation_id": "7:1000"}, "7"),
        ({"conversation_id": "7:1000"}, "7"),
        ({"conversation_id": "1000-7"}, "7"),
        ({"conversation_id": "g1750000000000000001"}, "activity"),
        ({"conversation_id": "7:8"}, "activity"),
        ({"conversation_id": ["7", "1000"]}, "activity"),
        ({}, "activity"),
        ("no object", "activity"),
    ],
)
def test_b10_encrypted_message_is_the_other_one_s_of_its_chat(payload: Any, lane: str) -> None:
    found = Door().push(event("chat.received", payload))
    assert isinstance(found, Pushed)
    assert [raw.lane for raw in found.raws] == [lane]


def test_news_of_another_account_of_the_app_are_not_ours() -> None:
    door = Door()
    for kind in ("chat.received", "dm.received"):
        data = {"event_uuid": "5", "filter": {"user_id": "2000"}, "event_type": kind, "payload": {"sender_id": "7"}}
        assert door.push(json.dumps({"data": data}).encode()) == Pushed(())
    assert not door.woken


def test_what_is_larger_than_an_event_or_comes_by_another_method_is_refused() -> None:
    large = Door().push(b"x" * (LARGEST + 1))
    other = Door().push(b"{}", method="PUT")
    assert isinstance(large, Refusal)
    assert isinstance(other, Refusal)
    assert (large.status, other.status) == (413, 405)


async def test_b26_pushes_that_are_lost_cost_time_and_nothing_else() -> None:
    """Three of ten are dropped: the polls that the others wake, and the next one after them, find all the same."""
    chance = random.Random(26)
    async with bench() as world, world.reader(messages_secs=300) as reader:
        door, person = Door(), world.server.person("wangfang_t")
        events, got, cursor = [], list[str](), None
        for each in range(60):
            events.append(world.server.message(person, f"hello {each}"))
            world.clock.advance(61)
            if chance.random() < 0.3:
                continue
            assert door.push(event("dm.received", uuid=events[-1]["id"])) == Pushed(())
            page = await reader.fetch(door.woken.pop(), cursor)
            got, cursor = got + ids(page.items), page.cursor
        world.clock.advance(300)
        raws, _ = await reader.drain(MESSAGES, cursor)
        assert got + ids(raws) == [each["id"] for each in events]
        assert len(got) > len(events) / 2
