"""The webhook's door keeps the ingress contract, as far as Telegram signs; and takes what it cannot read, once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from connectors.telegram import PLUGIN, TelegramSettings
from connectors.telegram._ingress import SECRET_HEADER, TelegramIngress
from connectors.telegram._updates import UNREADABLE, Maker
from gateway.ports import Ingress, Opening, Pushed, PushRequest, Refusal
from gateway.sandbox.telegram import TelegramServer
from gateway.store import SqlStore
from tests.conftest import ManualClock
from tests.contract import ingress_suite as suite
from tests.contract.ingress_suite import CHECKS, Check, Ground, Shot
from tests.unit.telegram_intake import BOT, HOOK, HOOK_SECRET, TOKEN, WITHIN, bench, fetched

UNSIGNED = {
    # Telegram sends a secret, and signs no body: whoever knows the secret may say what he likes.
    suite.a_changed_body_is_refused,
    # Refused, it would come again for a day and hold up its chat: it is kept aside instead, see below.
    suite.garbage_is_refused_and_breaks_nothing,
    suite.a_refusal_tells_no_secret_and_nothing_of_the_request,
}


def settings() -> TelegramSettings:
    return TelegramSettings(
        token=SecretStr(TOKEN),
        bot=BOT,
        mode="webhook",
        webhook_url=HOOK,
        webhook_secret=SecretStr(HOOK_SECRET),
    )


class TelegramHarness:
    """Somebody's messages, pushed by Telegram."""

    source = "support"
    secrets: Sequence[str] = (HOOK_SECRET, TOKEN)
    window: timedelta | None = None

    def ingress(self) -> Ingress:
        return TelegramIngress(self.source, settings(), HOOK_SECRET)

    def genuine(self, number: int, at: datetime) -> Shot:
        message = {"message_id": number, "date": 1_795_176_000, "chat": {"id": 7, "type": "private"}, "text": "hello"}
        return self.signed(json.dumps({"update_id": number, "message": message}).encode(), at)

    def signed(self, body: bytes, at: datetime) -> Shot:
        return Shot({"content-type": "application/json", SECRET_HEADER: HOOK_SECRET}, body)

    def forged(self, number: int, at: datetime) -> Shot:
        shot = self.genuine(number, at)
        return replace(shot, headers={**shot.headers, SECRET_HEADER: "another-secret-of-a-webhook"})


@pytest.mark.parametrize("check", [each for each in CHECKS if each not in UNSIGNED], ids=lambda check: check.__name__)
async def test_telegram_ingress(check: Check, store: SqlStore, clock: ManualClock) -> None:
    """The ingress and the server keep this promise."""
    await check(Ground(TelegramHarness(), store, clock))


def test_what_was_left_out_is_still_in_the_suite() -> None:
    assert set(CHECKS) >= UNSIGNED


def received(body: bytes, headers: Mapping[str, str] | None = None, method: str = "POST") -> Pushed | Refusal:
    harness, clock = TelegramHarness(), ManualClock()
    shot = harness.signed(body, clock.now())
    shot = replace(shot, method=method, headers=shot.headers if headers is None else headers)
    return harness.ingress().receive(shot.pushed(clock.now()))


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b"{}", b'"x"', b"\x00\xff", b"[" * 5000, b'{"update_id":1e400}', b'{"update_id":"1"}',
        b'{"update_id":true}', b'{"update_id":-1}', b'{"update_id":1,"update_id":2}',
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
    ],
    ids=lambda body: str(body[:20]),
)  # fmt: skip
def test_what_cannot_be_read_is_taken_once_and_put_aside(body: bytes) -> None:
    first, again = received(body), received(body)
    assert isinstance(first, Pushed)
    assert isinstance(again, Pushed)
    (raw,) = first.raws
    assert (first.status, raw.lane, raw.body) == (200, UNREADABLE, body)
    assert [each.key for each in again.raws] == [raw.key]


@pytest.mark.parametrize("secret", [None, "", "x", HOOK_SECRET.upper(), HOOK_SECRET + "x", "\xff", "\ud800"])
def test_without_the_secret_nothing_is_taken_and_nothing_is_told(secret: str | None) -> None:
    headers = {} if secret is None else {SECRET_HEADER: secret}
    found = received(b"PLANTED", headers)
    assert isinstance(found, Refusal)
    assert found.status == 403
    assert not [each for each in ("PLANTED", HOOK_SECRET, TOKEN) if each in found.reason]


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "text/plain", ""])
def test_the_content_type_is_no_matter(kind: str) -> None:
    body = b'{"update_id":1,"message":{"chat":{"id":7}}}'
    found = received(body, {"content-type": kind, SECRET_HEADER: HOOK_SECRET})
    assert isinstance(found, Pushed)
    assert found.raws[0].lane == "7"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
def test_only_post_is_taken(method: str) -> None:
    found = received(b'{"update_id":1}', method=method)
    assert isinstance(found, Refusal)
    assert found.status == 405


async def test_a28_a_push_makes_the_very_raw_that_a_poll_makes() -> None:
    """A change from one mode to the other doubles nothing."""
    async with bench() as at, at.connector() as connector:
        person = at.server.person("Someone\ud83d\ude00", language_code="zh")
        message = at.server.says(person, "hello 你好 \U0001f600", note="\ud800")
        at.server.edits(message, "hello again")
        at.server.presses(person, message, "data")
        polled = (await fetched(connector)).items
        assert len(polled) == 3
        for raw in polled:
            # The platform may write the same otherwise.
            found = received(json.dumps(json.loads(raw.body), ensure_ascii=True, indent=1).encode())
            assert isinstance(found, Pushed)
            (pushed,) = found.raws
            same = (pushed.key, pushed.lane, pushed.stream, pushed.body, pushed.media_type, pushed.notes, pushed.source)
            assert same == (raw.key, raw.lane, raw.stream, raw.body, raw.media_type, raw.notes, raw.source)


async def test_a28_what_telegram_pushes_is_in_the_journal_before_it_is_told(
    store: SqlStore, clock: ManualClock
) -> None:
    """The whole way: the sandbox pushes, the door refuses for now, then commits; nothing is lost, nothing doubled."""
    wait: list[timedelta | None] = [timedelta(seconds=20)]
    ground = Ground(TelegramHarness(), store, clock)
    async with ground.open(pressure=lambda: wait[0]) as caller, TelegramServer.start(TOKEN, BOT, clock=clock) as server:
        own = TelegramSettings(
            token=SecretStr(TOKEN),
            bot=BOT,
            mode="webhook",
            api_url=server.url,
            webhook_url=f"http://127.0.0.1:{caller.port}/in/{suite.DOOR}",
            webhook_secret=SecretStr(HOOK_SECRET),
        )
        async with PLUGIN.open(Opening("support", own, clock)) as channel, asyncio.timeout(WITHIN):
            await channel.connector.fetch(channel.connector.streams()[0], None)
            assert server.webhook["secret_token"] == HOOK_SECRET
            server.says(server.person("Someone"), "hello")
            await server.until(lambda: clock.sleeping > 0)
            assert (server.pending, await ground.held()) == (1, 0)
            wait[0] = None
            clock.advance(20)
            await server.until(lambda: server.pending == 0)
        assert await ground.held() == 1


def test_a_raw_says_how_large_a_file_can_be_fetched_where_that_is_not_what_the_platform_says() -> None:
    body, at = b'{"update_id": 7}', ManualClock().now()
    usual, own = Maker("support", "123456", BOT), Maker("support", "123456", BOT, 100 * 2**20)
    assert usual.one(body, at).notes == {"bot": "123456", "username": BOT}
    assert own.one(body, at).notes == {"bot": "123456", "username": BOT, "files": "104857600"}


async def test_both_ways_in_say_so() -> None:
    most = 100 * 2**20
    async with bench() as at, at.connector(max_file_bytes=most) as connector:
        at.server.says(at.server.person("Someone"), "hello")
        (polled,) = (await fetched(connector)).items
    door = TelegramIngress("support", settings().model_copy(update={"max_file_bytes": most}), HOOK_SECRET)
    secret, now = {SECRET_HEADER: HOOK_SECRET}, ManualClock().now()
    pushed = door.receive(PushRequest("POST", "/in/support", {}, secret, b'{"update_id": 7}', now, "127.0.0.1"))
    assert isinstance(pushed, Pushed)
    assert [raw.notes["files"] for raw in (polled, *pushed.raws)] == [str(most)] * 2


def test_the_lane_and_the_date_are_of_whatever_the_update_concerns() -> None:
    maker, at = Maker("support", "123456", BOT), ManualClock().now()
    message = {"date": 5, "chat": {"id": -1007}, "from": {"id": 8}}
    cases: list[tuple[dict[str, Any], str, str]] = [
        ({"message": message}, "-1007", "5"),
        ({"edited_message": {**message, "edit_date": 6}}, "-1007", "6"),
        ({"callback_query": {"from": {"id": 8}, "message": message}}, "-1007", "5"),
        ({"callback_query": {"from": {"id": 8}, "inline_message_id": "x"}}, "8", ""),
        ({"my_chat_member": {"chat": {"id": 9}, "from": {"id": 8}, "date": 7}}, "9", "7"),
        ({"business_connection": {"user": {"id": 8}, "user_chat_id": 8, "date": 7}}, "8", "7"),
        ({"deleted_business_messages": {"chat": {"id": 9}, "message_ids": [1]}}, "9", ""),
        ({"poll": {"id": "x"}}, "updates", ""),
        ({"message": {"chat": {"id": "9"}, "date": "5"}}, "updates", ""),
        ({"message": [1]}, "updates", ""),
    ]
    for body, lane, date in cases:
        raw = maker.one(json.dumps({"update_id": 11, **body}).encode(), at)
        assert (raw.lane, raw.key) == (lane, f"123456:11:{date}")
        assert raw.notes == {"bot": "123456", "username": BOT}
