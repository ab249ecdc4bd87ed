"""The sandbox's Telegram gives updates by the Bot API's rules, to a plain client and to python-telegram-bot."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import telegram
import telegram.error

from gateway.sandbox.telegram import Fault, TelegramServer
from tests.conftest import ManualClock
from tests.telegram_api import TOKEN, Api, RefusedError, api_of

OTHER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


@pytest.fixture
async def server(clock: ManualClock) -> AsyncIterator[TelegramServer]:
    async with TelegramServer.start(TOKEN, clock=clock) as running:
        yield running


@pytest.fixture
async def api(server: TelegramServer) -> AsyncIterator[Api]:
    async with api_of(server) as talking:
        yield talking


async def turn() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def texts(updates: list[dict[str, Any]]) -> list[str]:
    return [update["message"]["text"] for update in updates]


async def polling(server: TelegramServer, api: Api, offset: int = 0, **params: Any) -> asyncio.Task[Any]:
    """Open a long poll and return when the server holds it."""
    calls = len(server.calls)
    task = asyncio.create_task(api.updates(offset, timeout=params.pop("timeout", 50), **params))
    await server.until(lambda: len(server.calls) > calls and server.polled)
    return task


async def test_an_offset_deletes_what_is_below_it_and_nothing_else(server: TelegramServer, api: Api) -> None:
    wang = server.person("Wang")
    for number in range(5):
        server.says(wang, f"line {number}")
    first = await api.updates(limit=2)
    assert texts(first) == ["line 0", "line 1"]
    assert server.pending == 5
    assert texts(await api.updates(first[-1]["update_id"] + 1)) == ["line 2", "line 3", "line 4"]
    assert server.pending == 3


@pytest.mark.parametrize("offset", [1, 117, 2_000_000_000])
async def test_an_offset_outside_the_queue_falls_back_to_its_head(
    server: TelegramServer, api: Api, offset: int
) -> None:
    server.says(server.person("Wang"), "here")
    assert texts(await api.updates(offset)) == ["here"]
    assert server.pending == 1


async def test_a_negative_offset_forgets_from_the_front(server: TelegramServer, api: Api) -> None:
    wang = server.person("Wang")
    for number in range(4):
        server.says(wang, str(number))
    assert texts(await api.updates(-1)) == ["3"]
    assert server.pending == 1


async def test_ids_that_jump_down_can_be_confirmed(server: TelegramServer, api: Api) -> None:
    wang = server.person("Wang")
    server.says(wang, "old")
    (old,) = await api.updates()
    server.next_update_id = 117
    server.says(wang, "new")
    after = await api.updates(old["update_id"] + 1)
    assert [update["update_id"] for update in after] == [117]
    assert server.pending == 1
    poll = await polling(server, api, 118)
    assert server.pending == 0
    poll.cancel()


async def test_a_page_holds_a_hundred_at_most(server: TelegramServer, api: Api) -> None:
    wang = server.person("Wang")
    for number in range(150):
        server.says(wang, str(number))
    assert len(await api.updates(limit=1000)) == 100


async def test_a_long_poll_wakes_at_once(server: TelegramServer, api: Api) -> None:
    poll = await polling(server, api)
    server.says(server.person("Wang"), "hello")
    assert texts(await poll) == ["hello"]


async def test_a_long_poll_ends_after_fifty_seconds_whatever_was_asked(
    server: TelegramServer, api: Api, clock: ManualClock
) -> None:
    poll = await polling(server, api, timeout=600)
    clock.advance(49)
    await turn()
    assert not poll.done()
    clock.advance(1)
    assert await poll == []


async def test_the_same_offset_at_once_gives_one_update_and_makes_an_empty_call_wait(
    server: TelegramServer, api: Api, clock: ManualClock
) -> None:
    wang = server.person("Wang")
    server.says(wang, "one")
    server.says(wang, "two")
    assert len(await api.updates()) == 2
    clock.advance(0.4)
    assert len(await api.updates()) == 1
    clock.advance(0.5)
    (_, last) = await api.updates()
    clock.advance(3)
    assert await api.updates(last["update_id"] + 1) == []
    clock.advance(2)
    poll = await polling(server, api, last["update_id"] + 1, timeout=0)
    clock.advance(3)
    assert await poll == []


async def test_a_second_poll_kills_the_older_one_and_later_conflicts_wait(
    server: TelegramServer, api: Api, clock: ManualClock
) -> None:
    first = await polling(server, api)
    second = await polling(server, api)
    with pytest.raises(RefusedError, match="Conflict: terminated by other getUpdates") as refused:
        await first
    assert (refused.value.status, refused.value.body["description"]) == (409, OTHER)
    third = await polling(server, api)
    await turn()
    assert not second.done(), "the second conflict within three seconds is held back"
    clock.advance(3)
    with pytest.raises(RefusedError):
        await second
    server.says(server.person("Wang"), "for the last")
    assert texts(await third) == ["for the last"]


async def test_updates_are_kept_a_day(server: TelegramServer, api: Api, clock: ManualClock) -> None:
    wang = server.person("Wang")
    server.says(wang, "early")
    clock.advance(3600)
    server.says(wang, "late")
    clock.advance(86_400 - 3600 + 1)
    assert texts(await api.updates()) == ["late"]


async def test_allowed_updates_stick_and_hold_for_updates_made_after(server: TelegramServer, api: Api) -> None:
    group = server.group("Examplex Community", bot_status="administrator")
    server.joins(group, server.person("Wang"))
    (joined,) = await api.updates()
    assert "chat_member" not in joined, "the default list leaves chat_member out"
    offset = joined["update_id"] + 1
    assert await api.updates(offset, allowed_updates=["chat_member"]) == []
    server.joins(group, server.person("Li"))
    (update,) = await api.updates(offset + 0, limit=100)
    assert update["chat_member"]["new_chat_member"]["status"] == "member"
    assert (await api("getWebhookInfo"))["allowed_updates"] == ["chat_member"]


async def test_a_line_that_is_gone_takes_its_poll_along(server: TelegramServer, api: Api) -> None:
    poll = await polling(server, api)
    poll.cancel()
    await server.until(lambda: not server.polled)
    again = await polling(server, api)
    server.says(server.person("Wang"), "still here")
    assert texts(await again) == ["still here"]


async def test_a_wrong_token_an_unknown_method_and_a_body_that_is_none(server: TelegramServer, api: Api) -> None:
    with pytest.raises(RefusedError) as refused:
        await Api(api.client, server.url, "123456:wrong")("getMe")
    assert refused.value.status == 401
    with pytest.raises(RefusedError) as refused:
        await api("getNothing")
    assert refused.value.status == 404
    response = await api.client.post(f"{api.base}/getMe", content=b"[", headers={"content-type": "application/json"})
    assert response.status_code == 400
    assert (await api.client.get(f"{server.url}/elsewhere")).status_code == 404


async def test_parameters_come_by_query_form_multipart_and_json(server: TelegramServer, api: Api) -> None:
    server.says(server.person("Wang"), "x")
    for kwargs in (
        {"params": {"limit": "1"}},
        {"data": {"limit": "1"}},
        {"json": {"limit": 1}},
        {"data": {"limit": "1"}, "files": {"unused": b"x"}},
    ):
        response = await api.client.post(f"{api.base}/getupdates", **kwargs)  # type: ignore[arg-type]
        assert len(api.result("getUpdates", response)) == 1
        assert server.calls[-1].params["limit"] == 1


async def test_bytes_that_are_no_json_go_out_as_they_are(server: TelegramServer, api: Api) -> None:
    poll = asyncio.create_task(api.client.post(f"{api.base}/getUpdates", json={"timeout": 50}))
    await server.until(lambda: server.polled)
    server.push_bytes(b"\xff{not json")
    assert (await poll).content == b"\xff{not json"
    assert server.push({"update_id": 7, "message": 1}) == 7
    assert server.push({"message": 1}) == 900_000_001
    assert server.push({"update_id": "x"}) == 900_000_002


async def test_faults_come_in_their_order_and_end(server: TelegramServer, api: Api) -> None:
    server.faults.plan("getMe", Fault(retry_after=7), Fault(status=502, body="<html>"), Fault(times=2, after=1))
    with pytest.raises(RefusedError) as refused:
        await api("getMe")
    assert refused.value.body["parameters"] == {"retry_after": 7}
    html = await api.client.post(f"{api.base}/getMe")
    assert (html.status_code, html.text, html.headers["content-type"]) == (502, "<html>", "text/html")
    await api("getMe")
    for _ in range(2):
        with pytest.raises(RefusedError, match="Too Many Requests"):
            await api("getMe")
    await api("getMe")
    assert [call.status for call in server.calls] == [429, 502, 200, 429, 429, 200]
    server.faults.always("*", Fault(status=500))
    with pytest.raises(RefusedError, match="Internal Server Error"):
        await api("getMe")
    server.faults.mend()
    await api("getMe")


async def test_a_fault_may_take_effect_and_then_cut_or_hang(server: TelegramServer, api: Api) -> None:
    wang = server.person("Wang")
    server.says(wang, "hi")
    server.faults.plan("sendMessage", Fault(takes=True, cut=True), Fault(takes=True, hang=True), Fault(hang=True))
    with pytest.raises(httpx.RemoteProtocolError):
        await api("sendMessage", chat_id=wang["id"], text="one")
    assert [sent.text for sent in server.sent] == ["one"]
    hung = [asyncio.create_task(api("sendMessage", chat_id=wang["id"], text="two"))]
    await server.until(lambda: server.faults.hanging == 1)
    assert [sent.text for sent in server.sent] == ["one", "two"]
    hung.append(asyncio.create_task(api("sendMessage", chat_id=wang["id"], text="three")))
    await server.until(lambda: server.faults.hanging == 2)
    assert len(server.sent) == 2
    server.faults.release()
    await asyncio.gather(*hung)
    assert [sent.text for sent in server.sent] == ["one", "two", "three"]


async def test_a_black_hole_takes_calls_and_answers_none(server: TelegramServer, api: Api) -> None:
    server.black_hole(True)
    with pytest.raises(httpx.ReadTimeout):
        await api.client.post(f"{api.base}/getMe", timeout=0.05)
    assert server.calls == []
    server.black_hole(False)
    assert (await api("getMe"))["username"] == "examplex_support_bot"


async def test_python_telegram_bot_polls_it(server: TelegramServer) -> None:
    wang = server.person("Wang", username="wangfang_t", language_code="zh-hans")
    server.says(wang, "/start 你好")
    base = {"base_url": f"{server.url}/bot", "base_file_url": f"{server.url}/file/bot"}
    async with telegram.Bot(TOKEN, **base) as bot:
        assert (await bot.get_me()).can_read_all_group_messages is False
        (update,) = await bot.get_updates(allowed_updates=["message"])
        assert update.message is not None
        assert update.message.entities[0].type == "bot_command"
        assert update.message.from_user is not None
        assert update.message.from_user.language_code == "zh-hans"
        assert server.calls[-1].params["allowed_updates"] == ["message"]
        server.faults.plan("getUpdates", Fault(status=409))
        with pytest.raises(telegram.error.Conflict):
            await bot.get_updates(offset=update.update_id + 1)


async def test_a_chat_that_a_pushed_update_speaks_of_can_be_answered(server: TelegramServer, api: Api) -> None:
    user = {"id": 42, "is_bot": False, "first_name": "Wang"}
    group = {"id": -1_000_000_000_777, "type": "supergroup", "title": "Examplex Community"}
    private = {"message_id": 5, "from": user, "chat": {"id": 42, "type": "private", "first_name": "Wang"}, "date": 1}
    server.push({"message": {**private, "text": "hi"}})
    server.push({"edited_message": {"message_id": 6, "from": user, "chat": group, "date": 1, "edit_date": 2}})
    server.push({"callback_query": {"id": "9", "from": user, "message": private, "chat_instance": "1", "data": "x"}})
    reply = {"message_id": 5}
    sent = await api("sendMessage", chat_id=42, text="hello", reply_parameters=reply)
    assert sent["reply_to_message"]["message_id"] == 5
    assert await api("sendMessage", chat_id=group["id"], text="hello")
    assert await api("answerCallbackQuery", callback_query_id="9")


async def test_nonsense_is_refused_and_never_an_error_of_the_server(server: TelegramServer, api: Api) -> None:
    wang = server.person("Wang")
    photo = server.sends_file(wang, "photo", b"x")["photo"][0]["file_id"]
    markup = {"inline_keyboard": [[{"text": "a", "callback_data": 4}]]}
    values = [None, 0, -1, "", "x", True, 1.5, [], {}, [1], [{}], {"inline_keyboard": [1]}, {"message_id": []}, markup]
    values += [wang["id"], "@x", "attach://x", photo, [{"type": "photo", "media": photo}] * 2]
    names = ["chat_id", "text", "message_id", "entities", "reply_markup", "reply_parameters", "parse_mode", "media"]
    names += ["photo", "caption", "from_chat_id", "file_id", "commands", "scope", "url", "callback_query_id", "offset"]
    chance = random.Random(4)
    for number in range(600):
        method = chance.choice(
            ["sendMessage", "sendPhoto", "sendMediaGroup", "editMessageText", "setMyCommands", "getChat"]
        )
        params = {"chat_id": wang["id"], "text": "x"} if number % 2 else {}
        params |= {name: chance.choice(values) for name in chance.sample(names, 5)}
        response = await api.client.post(f"{api.base}/{method}", json=params)
        assert response.status_code in (200, 400, 403), (method, params)
