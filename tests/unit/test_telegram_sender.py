"""Replies on Telegram: what a user gets to see, and that each message goes once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from connectors.telegram._compose import MAX_MESSAGES
from gateway.case import Thread
from gateway.errors import (
    AuthError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    TooLargeError,
    TransientError,
    UnreachableError,
)
from gateway.ports import Ask, Button
from gateway.sandbox.telegram import Fault
from tests.unit.telegram_outgoing import KEY, TOKEN, scene

LONG = ("A sentence that is nothing but long. " * 30 + "\n\n") * 8
"""Some 8,900 units: three messages."""


async def test_a_reply_is_one_plain_message() -> None:
    async with scene() as it:
        receipt = await it.send("Hello *you* <b>there</b> https://examplex.test")
        (sent,) = it.server.sent
        assert sent.text == "Hello *you* <b>there</b> https://examplex.test"
        assert sent.params.keys() == {"chat_id", "text", "reply_markup"}
        assert sent.message is not None
        assert receipt.ref == f"telegram:123456:{it.person['id']}:{sent.message['message_id']}"
        assert receipt.note == ""


async def test_an_automatic_text_shows_no_preview_of_links() -> None:
    async with scene() as it:
        await it.send("https://examplex.test", automatic=True)
        assert it.server.sent[0].params["link_preview_options"] == {"is_disabled": True}


async def test_it_answers_the_message_of_the_user() -> None:
    async with scene() as it:
        asked = it.server.says(it.person, "Where is my money?")
        ref = f"telegram:123456:{it.person['id']}:{asked['message_id']}"
        await it.send(LONG, thread=Thread(parent=ref))
        first, *rest = (sent.params for sent in it.server.sent)
        assert first["reply_parameters"] == {"message_id": asked["message_id"], "allow_sending_without_reply": True}
        assert not any("reply_parameters" in each for each in rest)


@pytest.mark.parametrize(
    "parent", ["telegram:123456:77:5", "telegram:99:{chat}:5", "<a@examplex.test>", "telegram:{chat}"]
)
async def test_it_answers_no_message_of_another_chat(parent: str) -> None:
    async with scene() as it:
        await it.send(thread=Thread(parent=parent.format(chat=it.person["id"])))
        assert "reply_parameters" not in it.server.sent[0].params


async def test_in_a_group_it_keeps_to_topic_and_message() -> None:
    async with scene() as it:
        group = it.server.group("Examplex talk", is_forum=True)
        said = it.server.says(
            it.person, "@examplex_support_bot help", group, message_thread_id=7, is_topic_message=True
        )
        receipt = await it.send(to=group["id"], evidence={"topic": "7", "message": str(said["message_id"])})
        params = it.server.sent[0].params
        assert params["message_thread_id"] == 7
        assert params["reply_parameters"]["message_id"] == said["message_id"]
        assert "reply_markup" not in params
        assert receipt.ref.startswith(f"telegram:{group['id']}:")


async def test_a_business_account_answers_by_its_connection() -> None:
    async with scene() as it:
        owner = it.person_who_started("Owner")
        it.server.connects(owner, "BC-1")
        stranger = it.server.person("Stranger")
        await it.send(to=stranger["id"], evidence={"business_connection": "BC-1"})
        assert it.server.sent[0].params["business_connection_id"] == "BC-1"
        assert "reply_markup" not in it.server.sent[0].params


async def test_what_cannot_be_sent_is_made_harmless() -> None:
    async with scene() as it:
        await it.send("a\ud800b\x00c\u202edef\r\nend")
        assert it.texts == ["a\ufffdbcdef\nend"]


@pytest.mark.parametrize("text", ["", " \n ", "\x00"])
async def test_an_empty_reply_is_refused_before_it_is_sent(text: str) -> None:
    async with scene() as it:
        with pytest.raises(RejectedError):
            await it.send(text)
        assert it.calls("sendMessage") == 0


@pytest.mark.parametrize("address", ["", "help@examplex.test", "12a", "0", "@x", "-"])
async def test_an_address_that_is_none_of_telegrams_is_unreachable(address: str) -> None:
    async with scene() as it:
        reply = it.reply()
        with pytest.raises(UnreachableError):
            await it.sender.send(reply.model_copy(update={"to": reply.to.model_copy(update={"address": address})}), KEY)


# Keyboards


async def test_buttons_are_below_the_last_part() -> None:
    async with scene() as it:
        rows = ((Button(text="Yes", data="y:1"), Button(text="More", url="https://examplex.test")), (Button(text="-"),))
        await it.send(LONG, buttons=rows)
        *before, last = (sent.params for sent in it.server.sent)
        assert len(before) == 2
        assert not any("reply_markup" in each for each in before)
        assert last["reply_markup"] == {
            "inline_keyboard": [
                [{"text": "Yes", "callback_data": "y:1"}, {"text": "More", "url": "https://examplex.test"}]
            ]
        }


async def test_the_platforms_picker_asks_for_a_user_or_a_chat() -> None:
    async with scene() as it:
        rows = ((Button(text="Choose", ask=Ask.USER),), (Button(text="Choose", ask=Ask.CHAT),), (Button(text="Stop"),))
        await it.send(buttons=rows)
        keyboard = it.server.sent[0].params["reply_markup"]
        assert keyboard["one_time_keyboard"] is True
        (user,), (channel, group), (stop,) = keyboard["keyboard"]
        assert user["request_users"] == {"request_id": 1, "request_name": True, "request_username": True}
        assert channel["request_chat"]["chat_is_channel"] is True
        assert group["request_chat"]["chat_is_channel"] is False
        assert channel["request_chat"]["request_title"] is True
        assert stop == {"text": "Stop"}
        numbers = [user["request_users"]["request_id"]]
        numbers += [each["request_chat"]["request_id"] for each in (channel, group)]
        assert len(set(numbers)) == 3


async def test_the_picker_goes_with_the_next_text_even_after_a_restart() -> None:
    async with scene() as it:
        await it.send(buttons=((Button(text="Choose", ask=Ask.USER),),))
        assert it.person["id"] in it.server.keyboards
        await it.send("Thank you")
        assert it.person["id"] not in it.server.keyboards


async def test_a_group_gets_no_picker() -> None:
    """Telegram offers it in private chats alone, and would refuse the whole message."""
    async with scene() as it:
        group = it.server.group("Examplex talk")
        await it.send(to=group["id"], buttons=((Button(text="Choose", ask=Ask.USER), Button(text="Go", data="g")),))
        assert it.server.sent[0].params["reply_markup"] == {
            "inline_keyboard": [[{"text": "Go", "callback_data": "g"}]],
        }


async def test_a_press_is_answered_first() -> None:
    async with scene() as it:
        shown = it.server.says(it.person, "x")
        press = it.server.presses(it.person, shown, "y:1")
        await it.send(press_id=press)
        assert [call.method for call in it.server.calls] == ["answerCallbackQuery", "sendMessage"]
        assert press in it.server.answers


@pytest.mark.parametrize(
    "fault", [None, Fault(status=429, retry_after=9), Fault(cut=True), Fault(status=502, body="x")]
)
async def test_a_press_that_cannot_be_answered_changes_nothing(fault: Fault | None) -> None:
    async with scene() as it:
        if fault is not None:
            it.server.faults.plan("answerCallbackQuery", fault)
        await it.send(press_id="too-old")
        assert it.texts == ["Hello"]


# Several messages


async def test_a_long_reply_goes_a_second_apart() -> None:
    async with scene() as it:
        receipt = await it.send(LONG)
        assert " ".join(it.texts).split() == LONG.split()
        ats = [sent.at for sent in it.server.sent]
        assert len(ats) == 3
        assert all(later - at >= timedelta(seconds=1) for at, later in pairwise(ats))
        first = it.server.sent[0].message
        assert first is not None
        assert receipt.ref.endswith(f":{first['message_id']}")


@pytest.mark.parametrize("text", ["word " * 900 * MAX_MESSAGES, ("x" * 2500 + "\n") * (MAX_MESSAGES + 1)])
async def test_a_reply_that_would_be_a_book_is_refused(text: str) -> None:
    async with scene() as it:
        with pytest.raises(RejectedError, match="as a file"):
            await it.send(text)
        assert it.server.sent == []


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=403),
        Fault(status=400),
        Fault(status=401),
        Fault(status=429, retry_after=60),
        Fault(status=500),
        Fault(cut=True, takes=True),
        Fault(status=200, body={"ok": False}),
    ],
)
async def test_a_failure_between_two_parts_is_an_unknown_outcome_that_says_how_many_went(fault: Fault) -> None:
    async with scene() as it:
        it.server.faults.plan("sendMessage", Fault(**{**_fields(fault), "after": 1}))
        with pytest.raises(OutcomeUnknownError, match="1 of the 3 messages"):
            await it.send(LONG)
        assert it.calls("sendMessage") == 2


@pytest.mark.parametrize("fault", [Fault(status=429, retry_after=2), Fault(status=503, body="<html>", after=1)])
async def test_a_short_wait_between_two_parts_is_waited_out_on_the_clock(fault: Fault) -> None:
    async with scene() as it:
        it.server.faults.plan("sendMessage", Fault(**{**_fields(fault), "after": 1}))
        began_at = it.clock.now()
        await it.send(LONG)
        assert " ".join(it.texts).split() == LONG.split()
        waited = 2.5 if fault.retry_after else 1.05
        assert it.clock.now() - began_at >= timedelta(seconds=2.1 + waited)


async def test_after_a_reply_of_several_parts_its_chat_rests_a_second() -> None:
    """The engine reserved one call, some seconds ago: only the sender knows of the last part."""
    async with scene() as it:
        await it.send(LONG)
        with pytest.raises(RateLimitedError) as raised:
            await it.sender.send(it.reply(), KEY)
        assert timedelta(0) < raised.value.retry_after <= timedelta(seconds=1.05)
        assert raised.value.item
        other = it.person_who_started("Other")
        await it.sender.send(it.reply(to=other["id"]), KEY)
        it.clock.advance(1.1)
        await it.sender.send(it.reply(), KEY)


async def test_a_text_that_telegram_finds_too_long_goes_in_shorter_parts() -> None:
    async with scene() as it:
        it.server.faults.plan("sendMessage", _refusal("message is too long"))
        text = "Many words. " * 200
        await it.send(text, buttons=((Button(text="Yes", data="y"),),))
        assert len(it.texts) == 2
        assert " ".join(it.texts).split() == text.split()
        assert ["reply_markup" in sent.params for sent in it.server.sent] == [False, True]


async def test_a_topic_that_is_gone_is_left_out() -> None:
    async with scene() as it:
        group = it.server.group("Examplex talk", is_forum=True)
        it.server.faults.plan("sendMessage", _refusal("message thread not found"))
        await it.send(to=group["id"], evidence={"topic": "7"})
        assert "message_thread_id" not in it.server.sent[0].params


async def test_no_form_is_tried_twice() -> None:
    async with scene() as it:
        it.server.faults.always("sendMessage", _refusal("can't parse entities: x"))
        with pytest.raises(RejectedError):
            await it.send()
        assert it.calls("sendMessage") == 2


# Files


async def test_a_short_text_is_the_caption_of_a_file() -> None:
    async with scene() as it:
        content = bytes(range(256)) * 500
        file = it.files.put("../../receipt\u202e.pdf", content)
        await it.send("Here it is", files=(file,), buttons=((Button(text="Yes", data="y"),),))
        (sent,) = it.server.sent
        assert (sent.method, sent.text) == ("sendDocument", "Here it is")
        assert sent.params["document"].content == content
        assert sent.params["document"].name == "receipt.pdf"
        assert "inline_keyboard" in sent.params["reply_markup"]


async def test_a_long_text_goes_before_its_files() -> None:
    async with scene() as it:
        image = it.files.put("a.png", b"\x89PNG made up", "image/png")
        await it.send("Many words. " * 100, files=(image, it.files.put("b.pdf", b"%PDF")))
        assert [sent.method for sent in it.server.sent] == ["sendMessage", "sendPhoto", "sendDocument"]
        assert "reply_markup" in it.server.sent[0].params


async def test_an_image_that_is_no_photo_goes_as_a_document() -> None:
    async with scene() as it:
        image = it.files.put("a.png", b"\x89PNG made up", "image/png")
        it.server.faults.plan("sendPhoto", _refusal("PHOTO_INVALID_DIMENSIONS"))
        await it.send("Look", files=(image,))
        assert [sent.method for sent in it.server.sent] == ["sendDocument"]
        assert it.server.sent[0].params["document"].content == b"\x89PNG made up"


async def test_a_large_image_is_a_document() -> None:
    async with scene() as it:
        image = it.files.put("a.png", bytes(10_000_001), "image/png")
        await it.send("Look", files=(image,))
        assert [sent.method for sent in it.server.sent] == ["sendDocument"]


async def test_a_file_that_is_gone_keeps_the_whole_reply_back() -> None:
    async with scene() as it:
        kept = it.files.put("a.pdf", b"%PDF")
        gone = kept.model_copy(update={"sha256": "0" * 64})
        with pytest.raises(RejectedError, match="no such file"):
            await it.send("Many words. " * 100, files=(kept, gone))
        assert it.server.sent == []


@pytest.mark.parametrize(("size", "error"), [(0, RejectedError), (2_000_000_001, TooLargeError)])
async def test_a_file_that_telegram_takes_from_no_bot_is_refused_before(size: int, error: type[RejectedError]) -> None:
    async with scene() as it:
        file = it.files.put("a.pdf", b"%PDF").model_copy(update={"size": size})
        with pytest.raises(error):
            await it.send(files=(file,))
        assert it.calls("sendDocument") == 0


# Errors


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(status=401), AuthError),
        (Fault(status=404), TransientError),
        (Fault(status=503, body="<html>"), TransientError),
        (Fault(status=302, body="", headers={"location": "http://127.0.0.1:1/"}), TransientError),
        (Fault(status=500), OutcomeUnknownError),
        (Fault(status=502, body="<html>"), OutcomeUnknownError),
        (Fault(status=200, body="<html>"), OutcomeUnknownError),
        (Fault(status=200, body={"ok": True}), OutcomeUnknownError),
        (Fault(status=200, body={"ok": True, "result": None}), OutcomeUnknownError),
        (Fault(status=200, body={"ok": True, "result": {"message_id": "x"}}), OutcomeUnknownError),
        (Fault(status=200, body=b"{" * 5000), OutcomeUnknownError),
        (Fault(cut=True), OutcomeUnknownError),
    ],
)
async def test_an_error_of_the_first_message_is_what_it_is(fault: Fault, error: type[Exception]) -> None:
    async with scene() as it:
        it.server.faults.plan("sendMessage", fault)
        with pytest.raises(Exception) as raised:  # noqa: PT011 - its type is compared exactly
            await it.send("a text of the user's")
        assert type(raised.value) is error
        assert it.calls("sendMessage") == 1
        assert TOKEN not in repr(raised.value)
        assert "text of the user" not in str(raised.value)


async def test_a_server_that_cannot_be_reached_has_surely_taken_nothing() -> None:
    async with scene(api_url="http://127.0.0.1:9") as it:
        with pytest.raises(TransientError) as raised:
            await it.send()
        assert not isinstance(raised.value, RateLimitedError)


async def test_who_never_started_the_bot_is_unreachable() -> None:
    async with scene() as it:
        stranger = it.server.person("Stranger")
        with pytest.raises(UnreachableError, match="start the bot"):
            await it.send(to=stranger["id"])


async def test_it_can_be_cut_off_while_it_waits() -> None:
    async with scene() as it:
        it.server.faults.plan("sendMessage", Fault(hang=True))
        task = asyncio.create_task(it.sender.send(it.reply(), KEY))
        await it.server.until(lambda: it.server.faults.hanging == 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await it.send("The next one")
        assert it.texts == ["The next one"]


def _refusal(description: str) -> Fault:
    return Fault(400, {"ok": False, "error_code": 400, "description": f"Bad Request: {description}"})


def _fields(fault: Fault) -> dict[str, Any]:
    return {name: getattr(fault, name) for name in Fault.__dataclass_fields__}
