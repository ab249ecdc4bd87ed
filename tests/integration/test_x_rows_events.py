"""What goes wrong with what X tells by itself, row by row, against the sandbox through the whole engine.

The activity stream, webhooks, and what they tell that nothing else does.
"""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import httpx
import pytest

from connectors.x._subscriptions import KINDS
from gateway.sandbox.x._webhooks import SIGNATURE
from gateway.store import SqlStore
from tests.conftest import free_port
from tests.integration.x_desk import XDesk, x_desk


async def told(desk: XDesk, activity: str) -> int:
    """Start with X telling the desk of what happens, by stream or webhook; returns the webhook's port."""
    port = free_port()
    channel = f'budget = 1000\nactivity = "{activity}"\nwebhook_url = "http://127.0.0.1:{port}/in/x"'
    web = f'[web]\nlisten = "127.0.0.1:{port}"\nleast_free_bytes = 0'
    desk.configure(channel=channel, top=web)
    await desk.start()
    # The channel subscribes by itself, and has its webhook called.
    if activity == "stream":
        await desk.until(lambda: desk.server.stream.lines and len(desk.server.activity.subscriptions) >= len(KINDS))
    else:
        await desk.until(lambda: desk.server.push.ids and len(desk.server.activity.subscriptions) >= len(KINDS))
    await desk.polled()
    return port


@pytest.mark.parametrize("activity", ["stream", "webhook"])
async def test_b10_an_encrypted_message_is_a_case_that_says_so(tmp_path: Path, activity: str) -> None:
    async with x_desk(tmp_path, starts=False) as desk:
        await told(desk, activity)
        server = desk.server
        ann = server.person("wangfang_t", "Wang Fang")
        server.encrypted(ann)
        await desk.until(lambda: desk.texts())
        await desk.settled()
        assert desk.texts() == ["[encrypted message: it cannot be read here]"]
        (entry,) = desk.entries()
        assert {"name": "encrypted", "value": "chat"} in entry["message"]["evidence"]
        assert [each["code"] for each in entry["message"]["notes"]] == ["encrypted"]
        case = desk.case()
        assert case["requester"]["id"] == ann["id"]
        # What X gave of it is kept as it came: whoever has the keys can read it one day.
        ((body,),) = desk.rows("select count(*) from raws where source = 'x' and key like 'activity:%'")
        assert body == 1
        # Whoever writes readably next goes on with that case.
        server.message(ann, "can you read this?")
        await desk.settled()
        assert desk.case()["id"] == case["id"]
        assert desk.texts()[1:] == ["can you read this?"]


async def test_b16_a_stream_that_ends_at_once_is_no_hot_loop_and_costs_no_message(tmp_path: Path) -> None:
    async with x_desk(tmp_path, starts=False) as desk:
        await told(desk, "stream")
        ann = desk.server.person("wangfang_t")
        began, before = desk.clock.now(), len(desk.server.stream.connects)
        desk.server.stream.close_at_once = 20
        desk.server.stream.close()
        desk.server.message(ann, "while it ends")
        await desk.until(lambda: desk.texts())
        assert (desk.clock.now() - began).total_seconds() <= 70
        await desk.passes(300, step=2)
        connects = desk.server.stream.connects[before:]
        assert len(connects) <= 20
        assert all((later - earlier).total_seconds() >= 1 for earlier, later in itertools.pairwise(connects))


async def test_b17_a_stream_that_falls_silent_is_opened_anew_and_costs_no_message(tmp_path: Path) -> None:
    async with x_desk(tmp_path, starts=False) as desk:
        await told(desk, "stream")
        ann = desk.server.person("wangfang_t")
        began, before = desk.clock.now(), len(desk.server.stream.connects)
        desk.server.stream.stall()
        desk.server.message(ann, "into the silence")
        await desk.until(lambda: len(desk.server.stream.connects) > before)
        assert 5 <= (desk.clock.now() - began).total_seconds() <= 30
        await desk.until(lambda: desk.texts())
        assert (desk.clock.now() - began).total_seconds() <= 70
        # The new line speaks: what comes now is read at once.
        await desk.passes(60, step=5)
        began = desk.clock.now()
        desk.server.post(ann, "@examplex and now?")
        await desk.until(lambda: len(desk.texts()) == 2)
        assert (desk.clock.now() - began).total_seconds() <= 10


async def test_b18_a_line_that_is_too_long_hides_no_news_behind_it(tmp_path: Path) -> None:
    async with x_desk(tmp_path, starts=False) as desk:
        await told(desk, "stream")
        ann = desk.server.person("wangfang_t")
        await desk.passes(60, step=5)
        began, before = desk.clock.now(), len(desk.server.stream.connects)
        desk.server.stream.long_line()
        desk.server.encrypted(ann)
        desk.server.post(ann, "@examplex behind it")
        await desk.until(lambda: len(desk.texts()) == 2)
        assert (desk.clock.now() - began).total_seconds() <= 10
        assert len(desk.server.stream.connects) == before


async def test_b24_the_challenge_is_answered_while_the_database_is_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with x_desk(tmp_path, starts=False) as desk:
        port = await told(desk, "webhook")
        real, held = SqlStore.put_page, True

        async def put_page(self: SqlStore, source: str, *rest: object) -> object:
            while held:
                await desk.clock.sleep(1.0)
            return await real(self, source, *rest)  # type: ignore[arg-type]

        monkeypatch.setattr(SqlStore, "put_page", put_page)
        (webhook_id,) = desk.server.push.ids
        desk.server.encrypted(desk.server.person("wangfang_t"))
        began = desk.clock.now()
        for _ in range(3):
            assert await desk.server.push.check(webhook_id)
        async with httpx.AsyncClient() as client:
            refused = await client.get(f"http://127.0.0.1:{port}/in/x")
        assert refused.status_code == 400
        # No time passed: none of it waited for the database.
        assert desk.clock.now() == began
        assert desk.texts() == []
        held = False
        await desk.until(lambda: desk.texts())


async def test_b25_forged_pushes_leave_nothing_and_genuine_ones_are_one_however_often(tmp_path: Path) -> None:
    async with x_desk(tmp_path, starts=False) as desk:
        port = await told(desk, "webhook")
        push, ann = desk.server.push, desk.server.person("wangfang_t")
        push.flips = 1
        desk.server.encrypted(ann)
        await desk.until(lambda: push.deliveries and not push.under_way)
        assert [each.status for each in push.deliveries] == [403]
        async with httpx.AsyncClient() as client:
            for headers in ({}, {SIGNATURE: ""}, {SIGNATURE: push.signature(b"another body")}):
                body = b'{"data":{"event_uuid":"7","event_type":"chat.received","payload":{}}}'
                answer = await client.post(f"http://127.0.0.1:{port}/in/x", content=body, headers=headers)
                assert answer.status_code == 403
        await desk.settled()
        assert desk.rows("select count(*) from raws") == [(0,)]
        push.copies = 3
        desk.server.encrypted(ann)
        await desk.settled()
        assert [each.status for each in push.deliveries[1:]] == [200, 200, 200]
        assert len(desk.texts()) == 1


async def test_b26_what_pushes_lose_is_found_by_looking(tmp_path: Path) -> None:
    async with x_desk(tmp_path, starts=False) as desk:
        await told(desk, "webhook")
        desk.server.push.drop = 0.3
        rng, people = random.Random(20261121), desk.crowd(40)
        for number in range(120):
            person = rng.choice(people)
            if rng.random() < 0.5:
                desk.server.message(person, f"line {number}")
            else:
                desk.server.post(person, f"@examplex\nline {number}")
            if number % 4 == 0:
                desk.clock.advance(10)
                await desk.quiet()
        await desk.until(lambda: len(desk.numbered()) >= 120, step=10)
        await desk.until(lambda: not desk.rows("select 1 from raws where state != 'settled'"), step=10)
        lost = [each for each in desk.server.push.deliveries if each.status is None]
        assert len(lost) > 20
        assert desk.numbered() == [f"line {number}" for number in range(120)]


async def test_b27_what_we_say_ourselves_is_never_taken_in(tmp_path: Path) -> None:
    async with x_desk(tmp_path, starts=False) as desk:
        await told(desk, "stream")
        server = desk.server
        ann = server.person("wangfang_t", "Wang Fang")
        post = server.post(ann, "@examplex where is my deposit?")
        server.message(ann, "my UID is with you")
        await desk.settled()
        # A person writes by hand in the account, names it, and answers himself there.
        server.message(server.own, "Good morning", to=ann)
        mine = server.post(server.own, "Maintenance tonight, says @examplex")
        server.post(server.own, "@examplex and tomorrow", reply_to=mine)
        server.post(server.own, "Welcome", reply_to=post)
        await desk.settled()
        await desk.restart()
        await desk.settled()
        assert desk.texts() == ["@examplex where is my deposit?", "my UID is with you"]
        assert len(desk.server.sent_posts) + len(desk.server.sent_messages) == 2
