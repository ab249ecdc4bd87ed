"""Chats under one id are kept apart: a customer's with our bot, with a business account, with a channel."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from connectors.telegram._compose import ref_of, target_of
from gateway.case import Evidence, Message, Party, PartyKind, Thread, Visibility
from gateway.casework.filing import conversation_with, place_of
from gateway.ports import Event, Pressed, Reply, ReplyKind
from normalizers.telegram import NORMALIZER
from tests.samples import telegram
from tests.unit.telegram_outgoing import scene

ADA, CHANNEL_CHAT = "510000001", -1001700000042


def read(name: str, **message: Any) -> Event:
    update = copy.deepcopy(telegram.SAMPLES[name])
    for value in update.values():
        if isinstance(value, dict):
            value |= message
    (event,) = NORMALIZER.normalize(telegram.raw_of(telegram.body_of(update)))
    return event


def message(name: str, **fields: Any) -> Message:
    event = read(name, **fields)
    assert isinstance(event, Message)
    return event


def answer(to: Party, parent: str | None = None) -> Reply:
    return Reply(
        channel="chat",
        kind=ReplyKind.ANSWER,
        to=to,
        case_id="C-1",
        text="Hello",
        automatic=False,
        token="t",
        thread=Thread(parent=parent),
    )


def test_one_number_in_three_chats_names_three_messages() -> None:
    ours = message("text", message_id=171)
    theirs = message("business_message")
    others = message("business_message", business_connection_id="bizConn-2")
    assert len({ours.id, theirs.id, others.id}) == len({ours.thread.own_ref, theirs.thread.own_ref}) + 1 == 3
    assert len({each.sender.address for each in (ours, theirs, others)}) == 1
    assert len({each.join_key for each in (ours, theirs, others)}) == 3
    assert len({place_of(each) for each in (ours, theirs, others)}) == 3


def test_what_is_answered_is_found_in_its_own_chat() -> None:
    replied = {"message_id": 170, "date": 1795162400, "chat": telegram.SAMPLES["text"]["message"]["chat"], "text": "?"}
    assert (
        message("business_message", reply_to_message=replied).thread.parent == f"telegram:777000111:{ADA}@bizConn-1:170"
    )
    assert message("text", reply_to_message=replied).thread.parent == f"telegram:777000111:{ADA}:170"


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("text", ADA),
        ("pressed", ADA),
        ("business_message", f"{ADA}@bizConn-1"),
        ("pressed_in_business_chat", f"{ADA}@bizConn-1"),
        ("direct_message_to_channel", f"{CHANNEL_CHAT}/{ADA}"),
    ],
)
def test_a_dialogue_belongs_to_one_talk(name: str, place: str) -> None:
    event = read(name)
    assert isinstance(event, Message | Pressed)
    found = place_of(event)
    assert found is not None
    assert found.address == place
    assert conversation_with(event.sender) == place
    if isinstance(event, Message):
        assert event.thread.group == place


def test_a_press_in_a_group_belongs_to_its_presser_there() -> None:
    event = read("pressed_in_group")
    assert isinstance(event, Pressed)
    found = place_of(event)
    assert event.place is not None
    assert found is not None
    assert found.address == f"{event.place.address}:{event.sender.id}"
    assert place_of(event.model_copy(update={"place": None})) is None


def test_an_answer_answers_a_message_of_the_same_chat_alone() -> None:
    asked = message("business_message")
    bot = telegram.BOT
    assert target_of(answer(asked.sender, asked.id), bot).replied == 171
    assert target_of(answer(asked.sender, f"telegram:{bot}:{ADA}:171"), bot).replied is None
    assert target_of(answer(asked.sender, f"telegram:{bot}:{ADA}@bizConn-2:171"), bot).replied is None
    assert target_of(answer(message("text").sender, asked.id), bot).replied is None


def test_a_sent_message_is_named_as_it_comes_in() -> None:
    assert ref_of(telegram.BOT, int(ADA), 171, "bizConn-1") == message("business_message").id
    assert ref_of(telegram.BOT, int(ADA), 171) == message("text", message_id=171).id
    assert ref_of(telegram.BOT, CHANNEL_CHAT, 11) == message("direct_message_to_channel").id


def test_who_writes_to_a_channel_is_answered_in_his_own_topic() -> None:
    asked = message("direct_message_to_channel")
    assert (asked.visibility, asked.addressed, asked.sender.kind) == (Visibility.PRIVATE, True, PartyKind.PERSON)
    target = target_of(answer(asked.sender, asked.id), telegram.BOT)
    assert (target.chat, target.direct, target.topic, target.replied) == (CHANNEL_CHAT, int(ADA), None, 11)


def test_a_topic_that_cannot_be_read_leaves_a_group_where_nobody_spoke_to_us() -> None:
    asked = message("hostile_direct_message_topic")
    assert (asked.visibility, asked.addressed) == (Visibility.GROUP, False)


async def test_the_answer_names_the_connection_and_the_topic() -> None:
    async with scene() as it:
        it.server.connects(it.person_who_started("Owner"), "BC-1")
        stranger = it.server.person("Stranger")
        receipt = await it.send(to=stranger["id"], evidence={"business_connection": "BC-1"})
        (sent,) = it.server.sent
        assert sent.message is not None
        assert receipt.ref == f"telegram:123456:{stranger['id']}@BC-1:{sent.message['message_id']}"
        await it.send(evidence={"direct_messages_topic": "77"})
        assert it.server.sent[1].params["direct_messages_topic_id"] == 77


def test_evidence_of_a_conversation_is_the_platforms_alone() -> None:
    party = Party(platform="telegram", address="7", evidence=(Evidence(name="conversation", value="7@b"),))
    assert (conversation_with(party), conversation_with(Party(platform="telegram", address="7"))) == ("7@b", "7")
