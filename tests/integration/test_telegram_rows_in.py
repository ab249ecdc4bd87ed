"""What goes wrong with Telegram on the way in, row by row, against the sandbox through the whole engine.

What one part alone has to do stands in tests/unit/test_telegram_rows_intake.py; the kills in tests/crash.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog

from gateway.app import check_live
from gateway.errors import ConfigError, TransientError
from gateway.ports import Report
from gateway.sandbox.telegram import Fault
from gateway.sandbox.telegram.server import Call
from gateway.settings import load
from gateway.store import SqlStore
from tests.conftest import free_port
from tests.integration.telegram_desk import BOT_ID, TOKEN, TelegramDesk, gaps, secs, telegram_desk

HOUR = 3600.0


def polls(desk: TelegramDesk) -> list[Call]:
    return [call for call in desk.server.calls if call.method == "getUpdates"]


async def test_a01_what_was_stored_and_not_confirmed_makes_one_case(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path) as desk:
        # The first poll brings the page, the second would confirm it and is never heard.
        desk.server.faults.plan("getUpdates", Fault(hang=True, after=1))
        await desk.until(lambda: desk.server.polled)
        desk.server.says(desk.server.person("Ann"), "Where is my deposit?")
        await desk.until(lambda: desk.server.faults.hanging and desk.rows("select 1 from raws"))
        assert desk.server.pending == 1
        await desk.stop()
        desk.server.faults.release()
        await desk.start()
        await desk.settled()
        assert desk.texts() == ["Where is my deposit?"]
        assert len(desk.server.sent) == 1
        assert desk.rows("select count(*) from raws where source = 'tg'") == [(1,)]


async def test_a02_updates_that_nobody_can_read_hold_up_no_neighbour(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path) as desk:
        server = desk.server
        await desk.until(lambda: server.polled)
        began, before = desk.clock.now(), len(polls(desk))
        server.says(server.person("Ann"), "before them")
        chat = {"id": 5, "type": "private", "first_name": "Eve"}
        server.push({"message": {"message_id": 3, "chat": chat, "date": 10**18, "from": chat, "text": "far"}})
        server.push({"message": {"message_id": 4, "chat": chat, "date": 1, "from": chat, "photo": [{"file_id": "x"}]}})
        server.push({"message": None})
        server.push({"edited_message": "rubbish"})
        server.push({})
        server.says(server.person("Ben"), "after them")
        await desk.until(lambda: {"before them", "after them"} <= set(desk.texts()))
        # The join of lines waits two seconds, nothing else does.
        assert secs(desk.clock.now(), began) <= 4
        await desk.settled()
        assert len(polls(desk)) - before <= 2 * secs(desk.clock.now(), began) + 2
        # Each of them is kept, at its end, and can be seen.
        assert desk.rows("select count(*) from raws where source = 'tg'") == [(7,)]
        assert desk.rows("select count(*) from raws where state not in ('settled', 'buried')") == [(0,)]


async def test_a03_ids_that_jump_down_after_a_quiet_week_lose_nothing(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path) as desk:
        server = desk.server
        server.next_update_id = 900_000_001
        ann = server.person("Ann")
        for number in range(3):
            server.says(ann, f"line {number}")
        await desk.settled()
        await desk.passes(60, step=5)
        server.next_update_id = 117
        for number in range(3, 6):
            server.says(ann, f"line {number}")
        await desk.settled()
        assert "\n".join(desk.texts()).split("\n") == [f"line {number}" for number in range(6)]
        assert len(desk.cases()) == 1


async def test_a04_an_offset_kept_from_another_sequence_confirms_nothing_unseen(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path) as desk:
        server = desk.server
        server.next_update_id = 900_000_001
        server.says(server.person("Ann"), "the old sequence")
        await desk.settled()
        await desk.stop()
        assert desk.rows("select cursor from streams where source = 'tg'")
        server.next_update_id = 117
        server.says(server.person("Ben"), "the new sequence")
        began = len(polls(desk))
        await desk.start()
        await desk.settled()
        assert desk.texts() == ["the old sequence", "the new sequence"]
        assert polls(desk)[began].params.get("offset") is None


async def test_a05_operators_are_told_after_an_hour_without_a_poll(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path, starts=False) as desk:
        operators = desk.server.group("Operators")
        told = f'[alerts]\nchat_channel = "tg"\nchat_to = ["{operators["id"]}"]\ndown_secs = 86400\n'
        desk.configure(top=told)
        await desk.start()
        await desk.until(lambda: desk.server.polled)
        desk.server.faults.always("getUpdates", Fault(502, "<html>bad gateway</html>"))
        desk.server.drop_connections()
        began = desk.clock.now()
        await desk.until(lambda: desk.to(operators), step=30)
        assert HOUR - 60 <= secs(desk.clock.now(), began) <= HOUR + 180
        (alarm,) = desk.to(operators)
        assert "tg" in alarm.text
        # No hot loop in the meantime: the waits are capped, and not below.
        assert len(polls(desk)) < HOUR / 10


async def test_a06_every_poll_of_the_engine_says_which_updates_it_wants(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path) as desk:
        desk.server.says(desk.server.person("Ann"), "hello")
        await desk.settled()
        await desk.restart()
        await desk.until(lambda: len(polls(desk)) > 3)
        wanted = {json.dumps(call.params["allowed_updates"]) for call in polls(desk)}
        assert len(wanted) == 1
        assert {"message", "chat_member", "callback_query", "deleted_business_messages"} <= set(json.loads(*wanted))


async def test_a07_of_two_gateways_with_one_token_one_polls(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path) as desk:
        server = desk.server
        other = TelegramDesk(tmp_path / "other", server, desk.clock)
        other.configure()
        try:
            await desk.until(lambda: server.polled)
            with structlog.testing.capture_logs() as logs:
                await other.start()
                await desk.until(lambda: [each for each in logs if "somebody else" in str(each)])
                began, before = desk.clock.now(), len(polls(desk))
                await desk.passes(40, step=1)
                # The one that polls goes on, the other leaves it alone: no ping-pong.
                assert server.polled
                assert len(polls(desk)) - before <= 2 + secs(desk.clock.now(), began) / 40
                server.says(server.person("Ann"), "once")
                await desk.until(lambda: len(desk.texts() + other.texts()) == 1)
            refused = [call for call in polls(desk) if call.status == 409]
            assert 0 < len(refused) <= 3
        finally:
            await other.close()
        assert len(server.sent) == 1


async def test_a07_a_second_engine_on_one_store_is_refused(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path) as desk:
        second = TelegramDesk(desk.folder, desk.server, desk.clock)
        try:
            with pytest.raises(ConfigError):
                await second.start()
            assert desk.running
        finally:
            await second.close()


@pytest.mark.parametrize("body", [None, "<html>slow down</html>", b"[", {"ok": False}], ids=str)
async def test_a08_a_429_that_names_no_time_is_waited_out(tmp_path: Path, body: Any) -> None:
    async with telegram_desk(tmp_path, starts=False) as desk:
        server = desk.server
        server.says(server.person("Ann"), "hello")
        server.faults.plan("getUpdates", Fault(429, body, times=3))
        await desk.start()
        await desk.until(lambda: desk.texts(), step=2)
        waits = gaps(polls(desk)[:4])
        assert [call.status for call in polls(desk)[:4]] == [429, 429, 429, 200]
        assert 30 <= waits[0] < waits[1] < waits[2] <= 130


async def test_a10_404_of_a_proxy_ends_nothing(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path, starts=False) as desk:
        server = desk.server
        server.says(server.person("Ann"), "through at last")
        server.faults.plan("getUpdates", Fault(404, "<html>no such page</html>", times=3))
        began = desk.clock.now()
        await desk.start()
        await desk.until(lambda: desk.texts(), step=10)
        # As after any broken line: what a proxy says of itself is no refused credential.
        assert secs(desk.clock.now(), began) <= 200
        assert desk.running
        assert [call.status for call in polls(desk)[:4]] == [404, 404, 404, 200]


async def test_a11_a_black_hole_is_left_within_seventy_seconds(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path, channel="step_secs = 0.2\npoll_secs = 0") as desk:
        server = desk.server
        await desk.until(lambda: polls(desk))
        with structlog.testing.capture_logs() as logs:
            server.black_hole(on=True)
            server.says(server.person("Ann"), "into the dark")
            # Each lost call is an error; after three in a row the lines are made anew.
            await desk.until(lambda: [each for each in logs if each["event"] == "lines.renewed"], step=0.05)
            assert desk.texts() == []
            server.black_hole(on=False)
            began = desk.clock.now()
            await desk.until(lambda: desk.texts())
        assert secs(desk.clock.now(), began) < 70
        assert desk.texts() == ["into the dark"]


async def test_a16_a_store_that_fails_is_left_alone_and_then_gets_whole_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with telegram_desk(tmp_path) as desk:
        server = desk.server
        await desk.until(lambda: server.polled)
        real, failures = SqlStore.put_page, 0

        async def put_page(self: SqlStore, source: str, *rest: Any) -> Any:
            nonlocal failures
            if source == "tg" and failures < 3:
                failures += 1
                raise TransientError("the disk says no")
            return await real(self, source, *rest)

        monkeypatch.setattr(SqlStore, "put_page", put_page)
        before = len(polls(desk))
        people = [server.person(f"Person {number}") for number in range(250)]
        for number, person in enumerate(people):
            server.says(person, f"line {number}")
        await desk.until(lambda: server.pending == 0)
        assert failures == 3
        # No hammering, which the platform would answer with pages of one: three that fail, three that are full.
        assert len(polls(desk)) - before <= 2 * failures + 3
        await desk.until(lambda: len(desk.texts()) == 250, step=1)
        assert sorted(desk.texts()) == sorted(f"line {number}" for number in range(250))


async def test_a27_privacy_mode_is_logged_at_the_start_and_told_by_check(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path, channel='warn_groups = true\noperators_chat = "-5"', reads_all=False) as desk:
        await desk.stop()
        with structlog.testing.capture_logs() as logs:
            await desk.start()
            await desk.until(lambda: desk.server.polled)
        assert [each for each in logs if each["event"] == "privacy.found_on" and each["log_level"] == "warning"]
        await desk.stop()
        report = (await check_live(load(desk.config)))["tg"]
        assert isinstance(report, Report)
        assert [each.ok for each in report.checks if each.name == "privacy"] == [False]


def webhook(port: int) -> dict[str, str]:
    """Return the configuration of a channel that is pushed to."""
    channel = (
        f'mode = "webhook"\nwebhook_url = "http://127.0.0.1:{port}/in/tg"\nwebhook_secret = {{ file = "hook.secret" }}'
    )
    return {"channel": channel, "top": f'[web]\nlisten = "127.0.0.1:{port}"\nleast_free_bytes = 0'}


async def test_a28_what_is_pushed_is_told_only_once_it_is_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    async with telegram_desk(tmp_path, starts=False) as desk:
        desk.configure(**webhook(port))
        secret = desk.folder / "hook.secret"
        secret.touch(mode=0o600)
        secret.write_text("made-up-secret-of-a-webhook")
        await desk.start()
        await desk.until(lambda: desk.server.webhook)
        real, failures = SqlStore.put_page, 0

        async def put_page(self: SqlStore, source: str, *rest: Any) -> Any:
            nonlocal failures
            if source == "tg" and failures < 2:
                failures += 1
                raise TransientError("the disk says no")
            return await real(self, source, *rest)

        monkeypatch.setattr(SqlStore, "put_page", put_page)
        desk.server.says(desk.server.person("Ann"), "pushed")
        await desk.settled()
        assert failures == 2
        assert desk.texts() == ["pushed"]
        assert polls(desk) == []
        async with httpx.AsyncClient() as client:
            for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "guessed-secret-of-a-webhook"}):
                body = {"update_id": 9, "message": {"text": "forged"}}
                refused = await client.post(f"http://127.0.0.1:{port}/in/tg", json=body, headers=headers)
                assert refused.status_code in (401, 403)
        await desk.settled()
        assert desk.rows("select count(*) from raws where source = 'tg'") == [(1,)]


@pytest.mark.parametrize("takes_over", [False, True])
async def test_a29_a_webhook_that_is_set_stops_the_polls_until_it_is_gone(tmp_path: Path, takes_over: bool) -> None:
    channel = f"take_over = {str(takes_over).lower()}"
    async with telegram_desk(tmp_path, channel=channel, starts=False) as desk:
        async with httpx.AsyncClient() as client:
            # Nobody listens there: what comes, waits.
            address = f"http://127.0.0.1:{free_port()}/hook"
            await client.post(f"{desk.server.url}/bot{TOKEN}/setWebhook", json={"url": address})
            desk.server.says(desk.server.person("Ann"), "who gets it?")
            with structlog.testing.capture_logs() as logs:
                await desk.start()
                await desk.passes(30, step=1)
                if not takes_over:
                    assert desk.server.webhook
                    assert desk.texts() == []
                    assert [each for each in logs if "a webhook at 127.0.0.1 gets" in str(each)]
                    assert len(polls(desk)) <= 10
                    await client.post(f"{desk.server.url}/bot{TOKEN}/deleteWebhook", json={})
        await desk.until(lambda: desk.texts(), step=5)
        assert desk.texts() == ["who gets it?"]
        assert not desk.server.webhook


async def test_a30_our_own_messages_and_channel_posts_are_nobodys(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path) as desk:
        server = desk.server
        ann = server.person("Ann")
        server.says(ann, "hello")
        await desk.settled()
        answer = server.sent[0].message
        assert answer is not None
        owner = server.person("Owner")
        server.connects(owner, "business-1")
        chat = server.world.private_chat(ann)
        date = server.world.unix()
        own = {"message_id": 900, "chat": chat, "date": date, "business_connection_id": "business-1", "text": "mine"}
        server.push({"message": {**answer, "from": server.bot}})
        server.push({"edited_message": {**answer, "from": server.bot, "edit_date": date, "text": "echo"}})
        server.push({"business_message": {**own, "from": owner}})
        server.push(
            {"business_message": {**own, "message_id": 901, "from": server.bot, "sender_business_bot": server.bot}}
        )
        server.push({"business_message": {**own, "message_id": 902, "from": owner, "is_from_offline": True}})
        server.posts(None, server.group("News", type="channel"), text="a post of the channel")
        await desk.settled()
        assert desk.texts() == ["hello"]
        assert len(server.sent) == 1
        # Kept all the same.
        assert desk.rows("select count(*) from raws where source = 'tg' and state = 'settled'")[0][0] >= 7


async def test_a33_what_cannot_be_read_is_put_aside_and_the_loop_lives(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path) as desk:
        server = desk.server
        await desk.until(lambda: server.polled)
        date = server.world.unix()
        person = {"id": 71, "is_bot": False, "first_name": "Eve"}
        chat = {"id": 71, "type": "private", "first_name": "Eve"}
        good = {"message_id": 1, "from": person, "chat": chat, "date": date, "text": "readable"}
        other = json.dumps({**good, "message_id": 2, "text": "another"})
        doubled = json.dumps({"update_id": 3, "message": good})[:-1] + f',"message":{other}}}'
        pages = [
            '{"ok":true,"result":[{"update_id":1,"message":%s},%s]}' % (json.dumps(good), doubled),  # noqa: UP031
            '{"ok":true,"result":[{"update_id":5,"message":' + "[" * 10_000 + "]" * 10_000 + "}]}",
            '{"ok":true,"result":[{"update_id":6.0,"message":{"chat":{"id":1e18},"text":"float"}}]}',
            '{"ok":true,"result":[{"update_id":7,"message":{"text":"' + "x" * 10_000_000 + '"}}]}',
        ]
        for page in pages:
            server.push_bytes(page.encode())
            await desk.passes(3)
        server.says(server.person("Ann"), "after all of it")
        await desk.until(lambda: "after all of it" in desk.texts(), step=1)
        assert "readable" in desk.texts()
        assert desk.running
        kept = desk.rows("select key, lane, state from raws where source = 'tg'")
        assert len([key for key, lane, _ in kept if lane == "unreadable"]) >= 3
        # Nothing was made of what can be read in two ways.
        assert "another" not in desk.texts()
        assert {state for *_, state in kept} <= {"settled", "buried"}


async def test_a33_numbers_beyond_64_bits_are_no_chats(tmp_path: Path) -> None:
    async with telegram_desk(tmp_path) as desk:
        server = desk.server
        for number in (2**64, 1.5e18, "7", True, None):
            person = {"id": number, "is_bot": False, "first_name": "Eve"}
            chat = {"id": number, "type": "private", "first_name": "Eve"}
            message = {"message_id": 1, "from": person, "chat": chat, "date": 1, "text": "who am I?"}
            server._queue.push({"message": message})
        server.says(server.person("Ann"), "somebody")
        await desk.until(lambda: "somebody" in desk.texts())
        await desk.settled()
        assert {each.chat_id for each in server.sent} <= {each["id"] for each in server.world.people.values()}
        assert BOT_ID not in {each.chat_id for each in server.sent}
