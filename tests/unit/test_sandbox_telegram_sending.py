"""The sandbox's Telegram takes messages, and refuses them, as the Bot API does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
import telegram
import telegram.error

from gateway.sandbox.telegram import Limits, TelegramServer
from gateway.sandbox.telegram._text import found_entities, units
from tests.conftest import ManualClock
from tests.telegram_api import TOKEN, Api, RefusedError, api_of


@pytest.fixture
async def server(clock: ManualClock) -> AsyncIterator[TelegramServer]:
    async with TelegramServer.start(TOKEN, clock=clock) as running:
        yield running


@pytest.fixture
async def api(server: TelegramServer) -> AsyncIterator[Api]:
    async with api_of(server) as talking:
        yield talking


@pytest.fixture
def wang(server: TelegramServer) -> dict[str, Any]:
    """Somebody who wrote to the bot already."""
    person = server.person("Wang", username="wangfang_t")
    server.says(person, "hi")
    return person


async def refused(call: Any) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        await call
    return caught.value


async def test_who_never_wrote_to_the_bot_is_not_found(server: TelegramServer, api: Api) -> None:
    li = server.person("Li")
    error = await refused(api("sendMessage", chat_id=li["id"], text="hello"))
    assert (error.status, str(error)) == (400, "Bad Request: chat not found")
    server.says(li, "/start")
    assert (await api("sendMessage", chat_id=li["id"], text="hello"))["text"] == "hello"


async def test_a_user_who_blocks_the_bot_is_told_of_and_refused(server: TelegramServer, api: Api, wang: Any) -> None:
    server.blocks(wang)
    (_, update) = await api.updates()
    assert update["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    error = await refused(api("sendMessage", chat_id=wang["id"], text="hello"))
    assert (error.status, str(error)) == (403, "Forbidden: bot was blocked by the user")
    server.unblocks(wang)
    assert await api("sendMessage", chat_id=wang["id"], text="hello")


async def test_a_group_that_migrated_names_its_new_id(server: TelegramServer, api: Api) -> None:
    old = server.group("Examplex Community", type="group")
    new = server.migrates(old)
    error = await refused(api("sendMessage", chat_id=old["id"], text="hello"))
    assert error.body["parameters"] == {"migrate_to_chat_id": new["id"]}
    assert await api("sendMessage", chat_id=new["id"], text="hello")
    moved = [update["message"] for update in await api.updates()]
    assert (moved[0]["migrate_to_chat_id"], moved[1]["migrate_from_chat_id"]) == (new["id"], old["id"])


@pytest.mark.parametrize(
    ("params", "description"),
    [
        ({"text": ""}, "Bad Request: message text is empty"),
        ({"text": " \n"}, "Bad Request: message text is empty"),
        ({"text": "x" * 4097}, "Bad Request: message is too long"),
        ({"text": "😀" * 2049}, "Bad Request: message is too long"),
        ({"text": "<b>x", "parse_mode": "HTML"}, 'Can\'t find end tag corresponding to start tag "b"'),
        ({"text": "a <c>", "parse_mode": "HTML"}, 'Unsupported start tag "c" at byte offset 2'),
        ({"text": "1 < 2", "parse_mode": "HTML"}, "can't parse entities: Unsupported start tag"),
        (
            {"text": "<b>x</i>", "parse_mode": "HTML"},
            'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"',
        ),
        ({"text": "</b>", "parse_mode": "HTML"}, "Unexpected end tag at byte offset 0"),
        (
            {"text": "hello", "entities": [{"type": "bold", "offset": 0, "length": 100}]},
            "Bad Request: entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 100",
        ),
        ({"text": "hello", "entities": [{"type": "loud", "offset": 0, "length": 1}]}, "Unsupported type specified"),
        (
            {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "é" * 33}]]}},
            "Bad Request: BUTTON_DATA_INVALID",
        ),
        ({"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a"}]]}}, "Text buttons are unallowed"),
        ({"text": "x", "reply_parameters": {"message_id": 999}}, "Bad Request: message to be replied not found"),
        ({"text": "x", "chat_id": "@wangfang_t"}, "Bad Request: chat not found"),
    ],
)
async def test_a_message_that_cannot_be_sent_says_why(
    server: TelegramServer, api: Api, wang: Any, params: dict[str, Any], description: str
) -> None:
    error = await refused(api("sendMessage", **{"chat_id": wang["id"], **params}))
    assert error.status == 400
    assert description in str(error)
    assert server.sent == []


async def test_the_longest_text_and_caption_just_fit(server: TelegramServer, api: Api, wang: Any) -> None:
    assert await api("sendMessage", chat_id=wang["id"], text="😀" * 2048)
    file_id = server.sends_file(wang, "document", b"x")["document"]["file_id"]
    assert await api("sendDocument", chat_id=wang["id"], document=file_id, caption="é" * 1024)
    error = await refused(api("sendDocument", chat_id=wang["id"], document=file_id, caption="é" * 1025))
    assert str(error) == "Bad Request: message caption is too long"


async def test_html_becomes_entities_in_utf16_units(api: Api, wang: Any) -> None:
    text = '😀 <b>bold <i>both</i></b> <a href="https://examplex.test/?a=1&amp;b=2">link</a> &lt;'
    message = await api("sendMessage", chat_id=wang["id"], text=text, parse_mode="HTML")
    assert message["text"] == "😀 bold both link <"
    assert message["entities"] == [
        {"offset": 3, "length": 9, "type": "bold"},
        {"offset": 8, "length": 4, "type": "italic"},
        {"offset": 13, "length": 4, "type": "text_link", "url": "https://examplex.test/?a=1&b=2"},
    ]


def test_commands_mentions_addresses_and_links_are_found_in_utf16_units() -> None:
    text = "😀 /help@examplex_support_bot to a@examplex.test, @wangfang_t: https://examplex.test/a?b."
    found = [(each["type"], _cut(text, each)) for each in found_entities(text)]
    assert found == [
        ("bot_command", "/help@examplex_support_bot"),
        ("email", "a@examplex.test"),
        ("mention", "@wangfang_t"),
        ("url", "https://examplex.test/a?b"),
    ]
    assert units("😀a") == 3


def _cut(text: str, entity: dict[str, Any]) -> str:
    raw = text.encode("utf-16-le")[entity["offset"] * 2 : (entity["offset"] + entity["length"]) * 2]
    return raw.decode("utf-16-le")


@pytest.fixture
async def strict(clock: ManualClock) -> AsyncIterator[TelegramServer]:
    async with TelegramServer.start(TOKEN, clock=clock, limits=Limits()) as running:
        yield running


async def test_one_message_a_second_to_a_chat(strict: TelegramServer, clock: ManualClock) -> None:
    wang = strict.person("Wang")
    strict.says(wang, "hi")
    async with api_of(strict) as api:
        await api("sendMessage", chat_id=wang["id"], text="one")
        clock.advance(0.25)
        error = await refused(api("sendMessage", chat_id=wang["id"], text="two"))
        assert (error.status, error.body["parameters"], error.headers["retry-after"]) == (429, {"retry_after": 1}, "1")
        assert str(error) == "Too Many Requests: retry after 1"
        clock.advance(0.75)
        await api("sendMessage", chat_id=wang["id"], text="two")
    assert [sent.text for sent in strict.sent] == ["one", "two"]


async def test_thirty_messages_a_second_over_all_chats(strict: TelegramServer, clock: ManualClock) -> None:
    people = [strict.person(f"P{number}") for number in range(31)]
    for person in people:
        strict.says(person, "hi")
    async with api_of(strict) as api:
        for person in people[:30]:
            await api("sendMessage", chat_id=person["id"], text="x")
        assert (await refused(api("sendMessage", chat_id=people[30]["id"], text="x"))).status == 429
        clock.advance(1)
        await api("sendMessage", chat_id=people[30]["id"], text="x")


async def test_twenty_messages_a_minute_to_a_group(strict: TelegramServer, clock: ManualClock) -> None:
    group = strict.group("Examplex Community")
    async with api_of(strict) as api:
        for _ in range(20):
            await api("sendMessage", chat_id=group["id"], text="x")
            clock.advance(1)
        error = await refused(api("sendMessage", chat_id=group["id"], text="x"))
        assert error.body["parameters"]["retry_after"] == 40
        clock.advance(40)
        await api("sendMessage", chat_id=group["id"], text="x")


def _base(server: TelegramServer) -> dict[str, Any]:
    return {"base_url": f"{server.url}/bot", "base_file_url": f"{server.url}/file/bot"}


async def test_python_telegram_bot_uploads_files_and_fetches_them(server: TelegramServer, wang: Any) -> None:
    async with telegram.Bot(TOKEN, **_base(server)) as bot:
        sent = await bot.send_document(wang["id"], b"%PDF \r\n--x\r\n", filename="plan.pdf", caption="the <plan>")
        assert sent.document is not None
        assert (sent.document.file_name, sent.document.file_size) == ("plan.pdf", 12)
        file = await bot.get_file(sent.document.file_id)
        assert await file.download_as_bytearray() == b"%PDF \r\n--x\r\n"
        photos = [telegram.InputMediaPhoto(b"one", caption="album"), telegram.InputMediaPhoto(b"two")]
        album = await bot.send_media_group(wang["id"], photos)
        assert len({part.media_group_id for part in album}) == 1
        assert album[1].photo[-1].file_size == 3
        for send in (bot.send_voice, bot.send_video, bot.send_audio, bot.send_sticker, bot.send_animation):
            await send(wang["id"], b"bytes")
        await bot.send_photo(wang["id"], album[0].photo[-1].file_id)
    assert [sent.method for sent in server.sent][:3] == ["sendDocument", "sendMediaGroup", "sendMediaGroup"]
    assert server.sent[1].text == "album"


async def test_python_telegram_bot_raises_what_the_server_means(server: TelegramServer, wang: Any) -> None:
    old = server.group("Examplex Community", type="group")
    new = server.migrates(old)
    async with telegram.Bot(TOKEN, **_base(server)) as bot:
        with pytest.raises(telegram.error.ChatMigrated) as moved:
            await bot.send_message(old["id"], "x")
        assert moved.value.new_chat_id == new["id"]
        with pytest.raises(telegram.error.BadRequest, match="too long"):
            await bot.send_message(wang["id"], "x" * 5000)
        server.blocks(wang)
        with pytest.raises(telegram.error.Forbidden):
            await bot.send_message(wang["id"], "x")


async def test_a_file_beyond_twenty_mebibytes_is_told_of_but_not_given(
    server: TelegramServer, api: Api, wang: Any
) -> None:
    message = server.sends_file(wang, "video", b"x", declared_size=(20 << 20) + 1)
    error = await refused(api("getFile", file_id=message["video"]["file_id"]))
    assert str(error) == "Bad Request: file is too big"
    fits = server.sends_file(wang, "video", b"x", declared_size=20 << 20)
    assert (await api("getFile", file_id=fits["video"]["file_id"]))["file_size"] == 20 << 20


async def test_a_file_may_be_longer_than_declared_and_lie_where_it_should_not(
    server: TelegramServer, api: Api, wang: Any
) -> None:
    def chunks() -> Iterator[bytes]:
        return (b"y" * 65536 for _ in range(64))

    content: Callable[[], Iterator[bytes]] = chunks
    message = server.sends_file(wang, "document", content, declared_size=10, file_path="/etc/hostname")
    found = await api("getFile", file_id=message["document"]["file_id"])
    assert (found["file_path"], found["file_size"]) == ("/etc/hostname", 10)
    fetched = await api.client.get(f"{api.files}/{found['file_path']}")
    assert len(fetched.content) == 4 << 20
    assert (await api.client.get(f"{api.files}/photos/none.jpg")).status_code == 404
    assert (await api.client.get(f"{server.url}/file/bot1:x/{found['file_path']}")).status_code == 401


async def test_buttons_are_pressed_answered_once_and_edited_away(server: TelegramServer, api: Api, wang: Any) -> None:
    markup = {"inline_keyboard": [[{"text": "Close", "callback_data": "close:1"}]]}
    message = await api("sendMessage", chat_id=wang["id"], text="done?", reply_markup=markup)
    server.presses(wang, message, "close:1")
    query = (await api.updates())[-1]["callback_query"]
    assert (query["data"], query["message"]["message_id"]) == ("close:1", message["message_id"])
    assert await api("answerCallbackQuery", callback_query_id=query["id"], text="ok") is True
    assert (await refused(api("answerCallbackQuery", callback_query_id=query["id"]))).status == 400
    assert server.answers[query["id"]]["text"] == "ok"
    edit = {"chat_id": wang["id"], "message_id": message["message_id"]}
    edited = await api("editMessageReplyMarkup", **edit)
    assert "reply_markup" not in edited
    assert "message is not modified" in str(await refused(api("editMessageReplyMarkup", **edit)))
    assert (await api("editMessageText", text="done.", **edit))["text"] == "done."
    assert await api("deleteMessage", **edit) is True
    assert str(await refused(api("editMessageText", text="x", **edit))) == "Bad Request: message to edit not found"


async def test_chats_by_name_are_bots_groups_and_channels_alone(server: TelegramServer, api: Api, wang: Any) -> None:
    channel = server.group("Examplex News", type="channel", username="examplex_news")
    server.person("Fake", username="examplex_help_bot", is_bot=True)
    found = await api("getChat", chat_id="@Examplex_News")
    assert (found["id"], found["active_usernames"]) == (channel["id"], ["examplex_news"])
    assert (await api("getChat", chat_id="@examplex_help_bot"))["type"] == "private"
    assert str(await refused(api("getChat", chat_id="@wangfang_t"))) == "Bad Request: chat not found"
    assert (await api("getChat", chat_id=wang["id"]))["username"] == "wangfang_t"


async def test_members_commands_and_leaving(server: TelegramServer, api: Api, wang: Any) -> None:
    group = server.group("Examplex Community", bot_status="administrator")
    server.joins(group, wang)
    assert (await api("getChatMember", chat_id=group["id"], user_id=wang["id"]))["status"] == "member"
    server.leaves(group, wang, by=server.bot)
    assert (await api("getChatMember", chat_id=group["id"], user_id=wang["id"]))["status"] == "kicked"
    (admin,) = await api("getChatAdministrators", chat_id=group["id"])
    assert admin["user"]["id"] == server.bot["id"]
    commands = [{"command": "help", "description": "帮助"}]
    scope = {"type": "all_private_chats"}
    await api("setMyCommands", commands=commands, scope=scope, language_code="zh")
    assert await api("getMyCommands", scope=scope, language_code="zh") == commands
    assert await api("getMyCommands") == []
    assert (await refused(api("setMyCommands", commands=[{"command": "Help!", "description": "x"}]))).status == 400
    assert await api("leaveChat", chat_id=group["id"]) is True
    error = await refused(api("sendMessage", chat_id=group["id"], text="x"))
    assert str(error) == "Forbidden: bot is not a member of the supergroup chat"


async def test_privacy_mode_lets_commands_replies_and_mentions_through(
    server: TelegramServer, api: Api, wang: Any
) -> None:
    group = server.group("Examplex Community")
    own = await api("sendMessage", chat_id=group["id"], text="I am here")
    offset = (await api.updates())[-1]["update_id"] + 1
    server.says(wang, "just talk", chat=group)
    server.says(wang, "/help@other_bot", chat=group)
    server.says(wang, "/help", chat=group)
    server.says(wang, "hey @Examplex_Support_Bot", chat=group)
    server.says(wang, "an answer", chat=group, reply_to_message=own)
    heard = [update["message"]["text"] for update in await api.updates(offset)]
    assert heard == ["/help", "hey @Examplex_Support_Bot", "an answer"]


async def test_without_privacy_mode_the_bot_hears_all(clock: ManualClock) -> None:
    async with TelegramServer.start(TOKEN, clock=clock, reads_all_group_messages=True) as server, api_of(server) as api:
        assert (await api("getMe"))["can_read_all_group_messages"] is True
        server.says(server.person("Wang"), "just talk", chat=server.group("Examplex Community"))
        assert len(await api.updates()) == 1
