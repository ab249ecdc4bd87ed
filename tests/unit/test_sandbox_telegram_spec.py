"""Whatever the sandbox's Telegram takes, gives and tells is what Telegram's own specification allows."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import telegram
from telegram.request import HTTPXRequest

from gateway.sandbox.telegram import TelegramServer
from gateway.sandbox.telegram._media import KINDS
from tests.conftest import ManualClock
from tests.telegram_api import TOKEN
from tests.telegram_spec import Spec

USER = {"id": 7, "is_bot": False, "first_name": "Wang"}
CHAT = {"id": 7, "type": "private", "first_name": "Wang"}
MESSAGE = {"message_id": 1, "from": USER, "chat": CHAT, "date": 1, "text": "hi"}

KINDS_OF_UPDATE = {
    "message",
    "edited_message",
    "chat_member",
    "my_chat_member",
    "callback_query",
    "channel_post",
    "edited_channel_post",
    "business_connection",
    "business_message",
    "edited_business_message",
}


@pytest.fixture(scope="module")
def spec() -> Spec:
    return Spec.load()


class Recorder(HTTPXRequest):
    """A request of python-telegram-bot that keeps what came back."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[tuple[str, Any]] = []

    async def do_request(self, url: str, method: str, *args: Any, **kwargs: Any) -> tuple[int, bytes]:  # type: ignore[override]
        status, body = await super().do_request(url, method, *args, **kwargs)
        if "/file/" not in url:
            self.answers.append((url.rsplit("/", 1)[1], json.loads(body)))
        return status, body


@pytest.fixture
async def server(clock: ManualClock) -> AsyncIterator[TelegramServer]:
    async with TelegramServer.start(TOKEN, clock=clock, page=True) as running:
        yield running


async def every_update(server: TelegramServer) -> list[Any]:
    """Return what the script's whole scene makes, in one page."""
    url = f"{server.url}/bot{TOKEN}/getUpdates"
    async with httpx.AsyncClient() as client:
        waiting = asyncio.create_task(
            client.post(url, json={"allowed_updates": sorted(KINDS_OF_UPDATE), "timeout": 50})
        )
        await server.until(lambda: server.polled)
        scene(server)
        assert server.pending < 100
        found: list[Any] = (await waiting).json()["result"]
        return found


def scene(server: TelegramServer) -> None:
    """Let everything happen that the script can make happen."""
    wang = server.person("Wang", "Fang", "wangfang_t", "zh-hans")
    li = server.person("Li")
    first = server.says(wang, "/start abc @examplex_support_bot https://examplex.test")
    server.says(wang, "an answer", reply_to_message=first)
    server.edits(first, "another text")
    for kind in KINDS:
        server.sends_file(wang, kind, b"x", file_name="a.bin", mime_type="a/b", caption=None)  # type: ignore[arg-type]
    captioned = server.sends_file(wang, "photo", b"x", caption="look at t.me/examplex", media_group_id="5")
    server.edits(captioned, "look")
    origins: list[dict[str, Any]] = [
        {"type": "user", "date": 1, "sender_user": li},
        {"type": "hidden_user", "date": 1, "sender_user_name": "Li"},
    ]
    group = server.group("Examplex Community", bot_status="administrator", is_forum=True)
    channel = server.group("Examplex News", type="channel", username="examplex_news")
    origins += [
        {"type": "chat", "date": 1, "sender_chat": group},
        {"type": "channel", "date": 1, "chat": channel, "message_id": 3},
    ]
    for origin in origins:
        server.says(wang, "forwarded", forward_origin=origin)
    server.shares_user(wang, 1, li)
    server.shares_chat(wang, 2, group)
    server.shares_contact(wang)
    server.joins(group, li)
    server.joins(group, wang, by=li)
    server.promotes(group, wang, li)
    server.promotes(group, li, wang, "creator")
    server.leaves(group, wang, by=li)
    server.leaves(group, li)
    server.says(li, "in a topic", chat=group, message_thread_id=4, is_topic_message=True)
    post = server.posts(None, channel, text="news")
    server.edits(post, "newer news")
    server.blocks(wang)
    server.unblocks(wang)
    server.migrates(server.group("Old", type="group"))
    server.connects(li, "biz-1")
    business = server.says(wang, "to a business", business_connection_id="biz-1")
    server.edits(business, "to a business, changed")
    server.presses(wang, first, "data")


async def test_every_update_of_the_script_is_one_of_telegram(spec: Spec, server: TelegramServer) -> None:
    updates = await every_update(server)
    assert {wrong for update in updates for wrong in spec.check_update(update)} == set()
    kinds = {name for update in updates for name in update if name != "update_id"}
    assert kinds == KINDS_OF_UPDATE


async def _everything(bot: telegram.Bot, server: TelegramServer) -> None:
    """Call every method that the server knows, as python-telegram-bot writes it."""
    wang = server.person("Wang", username="wangfang_t")
    first = server.says(wang, "hi")
    server.sends_file(wang, "document", b"x", file_name="a.txt")
    server.connects(wang, "biz-1")
    group = server.group("Examplex Community", username="examplex_community", bot_status="administrator")
    updates = await bot.get_updates(timeout=0, allowed_updates=telegram.Update.ALL_TYPES)
    keys = telegram.InlineKeyboardMarkup([[telegram.InlineKeyboardButton("a", callback_data="a")]])
    users = telegram.KeyboardButtonRequestUsers(1, request_name=True)
    picker = telegram.ReplyKeyboardMarkup([[telegram.KeyboardButton("who", request_users=users)]])
    sent = await bot.send_message(wang["id"], "<b>x</b>", parse_mode="HTML", reply_markup=keys)
    await bot.send_message(wang["id"], "x", reply_markup=picker, disable_notification=True, protect_content=True)
    await bot.send_message(
        wang["id"],
        "x 😀",
        entities=[telegram.MessageEntity("bold", 0, 1)],
        reply_parameters=telegram.ReplyParameters(first["message_id"]),
        link_preview_options=telegram.LinkPreviewOptions(is_disabled=True),
        reply_markup=telegram.ForceReply(),
    )
    await bot.send_message(wang["id"], "x", business_connection_id="biz-1")
    await bot.get_business_connection("biz-1")
    for send in (bot.send_photo, bot.send_document, bot.send_voice, bot.send_video, bot.send_video_note):
        await send(wang["id"], b"x")
    for send in (bot.send_audio, bot.send_animation):
        await send(wang["id"], b"x", caption="c")
    await bot.send_sticker(wang["id"], b"x")
    await bot.send_media_group(wang["id"], [telegram.InputMediaDocument(b"x"), telegram.InputMediaDocument(b"y")])
    await bot.send_location(wang["id"], 1.5, 2.5)
    await bot.send_contact(wang["id"], "+10000000000", "Wang")
    await bot.send_chat_action(wang["id"], "typing")
    await bot.forward_message(wang["id"], wang["id"], first["message_id"])
    await bot.edit_message_text("y", wang["id"], sent.message_id)
    await bot.edit_message_reply_markup(wang["id"], sent.message_id, reply_markup=keys)
    captioned = await bot.send_photo(wang["id"], b"x", caption="c")
    await bot.edit_message_caption(wang["id"], captioned.message_id, caption="d")
    await bot.delete_message(wang["id"], sent.message_id)
    document = updates[1].message.document if updates[1].message else None
    assert document is not None
    await bot.get_file(document.file_id)
    for chat_id in (wang["id"], group["id"], "@examplex_community"):
        await bot.get_chat(chat_id)
    for user_id in (wang["id"], bot.id):
        await bot.get_chat_member(group["id"], user_id)
    await bot.get_chat_administrators(group["id"])
    await bot.get_chat_member_count(group["id"])
    scope = telegram.BotCommandScopeAllPrivateChats()
    await bot.set_my_commands([("help", "help")], scope=scope, language_code="zh")
    await bot.get_my_commands(scope=scope, language_code="zh")
    await bot.delete_my_commands(scope=scope, language_code="zh")
    await bot.answer_callback_query(server.presses(wang, captioned.to_dict(), "a"), "ok", show_alert=True)
    await bot.set_webhook(server.url + "/nowhere", secret_token="made-up", allowed_updates=["message"])
    await bot.get_webhook_info()
    await bot.delete_webhook(drop_pending_updates=True)
    await bot.leave_chat(group["id"])


async def test_every_method_takes_and_gives_what_the_specification_says(spec: Spec, server: TelegramServer) -> None:
    recorder = Recorder()
    base = {"base_url": f"{server.url}/bot", "base_file_url": f"{server.url}/file/bot"}
    async with telegram.Bot(TOKEN, request=recorder, get_updates_request=recorder, **base) as bot:
        await _everything(bot, server)
    wrong = {each for method, body in recorder.answers for each in spec.check_response(method, body["result"])}
    wrong |= {each for call in server.calls for each in spec.check_request(call.method, call.params)}
    assert wrong == set()
    served = {name for name, _ in server._methods.values()}
    assert served <= {call.method for call in server.calls}


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"nonsense": 1}, "Update.message.nonsense: unknown"),
        ({"date": None}, "Update.message.date: no Integer, but NoneType"),
        ({"date": "1"}, "Update.message.date: no Integer, but str"),
        ({"date": True}, "Update.message.date: no Integer, but bool"),
        ({"date": 1 << 60}, "Update.message.date: beyond 52 bits"),
        ({"chat": {"id": 7}}, "Update.message.chat.type: missing"),
        ({"entities": {}}, "Update.message.entities: no array, but dict"),
        ({"entities": [{"type": "bold", "offset": 0}]}, "Update.message.entities[0].length: missing"),
        (
            {"forward_origin": {"type": "user", "date": 1, "sender_user_name": "x"}},
            "Update.message.forward_origin.sender_user_name: unknown",
        ),
        ({"forward_origin": {"type": "else", "date": 1}}, "Update.message.forward_origin"),
    ],
)
def test_the_check_of_an_update_can_fail(spec: Spec, change: dict[str, Any], wrong: str) -> None:
    update = {"update_id": 1, "message": MESSAGE}
    assert spec.check_update(update) == []
    broken = copy.deepcopy(update) | {"message": MESSAGE | change}
    assert any(each.startswith(wrong) for each in spec.check_update(broken))


def test_the_check_of_calls_and_results_can_fail(spec: Spec) -> None:
    assert spec.check_request("sendMessage", {"chat_id": 1, "text": "x"}) == []
    assert spec.check_request("sendMessage", {"chat_id": "@x", "text": "x"}) == []
    assert spec.check_request("sendMessage", {"chat_id": 1.5, "text": "x"}) != []
    assert spec.check_request("sendMessage", {"chat_id": 1}) == ["sendMessage.text: missing"]
    assert spec.check_request("sendNothing", {}) == ["sendNothing: no such method"]
    assert spec.check_request("sendMessage", {"chat_id": 1, "text": "x", "reply_markup": {"keys": []}}) != []
    assert spec.check_response("getMe", USER) == []
    assert spec.check_response("getMe", {}) != []
    assert spec.check_response("sendMediaGroup", MESSAGE) == ["sendMediaGroup(): no array, but dict"]
    assert spec.check_response("editMessageText", True) == []
    assert spec.check_refusal({"ok": False, "error_code": 429, "description": "x", "parameters": {"retry": 1}}) != []
    assert spec.check_update({"update_id": 1}) != []


def test_without_the_specification_the_test_is_skipped_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GATEHOUSE_SHARED_SPECS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="GATEHOUSE_SHARED_SPECS"):
        Spec.load()
