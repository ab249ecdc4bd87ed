"""Sending on X: in public to who summoned us and nothing else, privately what is personal, each once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import pytest

from connectors.x._budget import Budget
from connectors.x._client import XClient
from connectors.x._compose import MAX_MESSAGE, MAX_MESSAGES, split
from connectors.x._errors import ForbiddenError
from connectors.x._sender import NO_ROOM_WAIT, XSender
from gateway.case import Evidence, Party, PartyKind, Thread, Visibility
from gateway.errors import (
    AuthError,
    CreditsError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    TooLargeError,
    TransientError,
    UnreachableError,
)
from gateway.ports import Ask, Button, Key, Receipt, Reply, ReplyKind
from gateway.sandbox.x import MATRIX, XServer
from gateway.sandbox.x._errors import forbidden
from gateway.sandbox.x._faults import Fault, limited
from tests.unit.telegram_intake import LeapingClock
from tests.unit.telegram_outgoing import KeptFiles
from tests.unit.x_fakes import MemoryMeter, settings

KEY = Key("reply-1")
POSTS, MESSAGES = "POST /2/tweets", "POST /2/dm_conversations/with/{participant_id}/messages"
PICTURE = b"\x89PNG\r\n\x1a\n made up"


@dataclass
class Scene:
    """A sender on a sandbox server, and a person who wrote."""

    server: XServer
    clock: LeapingClock
    client: XClient
    person: dict[str, Any]
    meter: MemoryMeter = field(default_factory=MemoryMeter)
    files: KeptFiles = field(default_factory=KeptFiles)

    def sender(self, **changes: Any) -> XSender:
        values = settings(self.server, **changes)
        return XSender(values, self.clock, self.client, Budget(values, self.meter, self.clock), self.files)

    def reply(self, text: str, *, post: dict[str, Any] | None = None, **fields: Any) -> Reply:
        """Return a reply: in public to a post, else a direct message."""
        parent = f"x:{post['id']}" if post else None
        said = {"summoned": parent} if parent else {}
        evidence = [Evidence(name=name, value=value or "") for name, value in fields.pop("said", said).items()]
        person = self.person
        to = Party(
            platform="x",
            address=person["id"],
            id=person["id"],
            handle=person["username"],
            kind=PartyKind.PERSON,
            evidence=tuple(evidence),
        )
        given: dict[str, Any] = {
            "channel": "x",
            "kind": ReplyKind.ANSWER,
            "to": to,
            "case_id": "GH-7K2M9-4QX1Z",
            "text": text,
            "automatic": False,
            "token": "t",
            "thread": Thread(parent=parent),
            "visibility": Visibility.PUBLIC if post else Visibility.PRIVATE,
        }
        return Reply(**{**given, **fields})

    async def send(self, text: str = "Thank you.", **fields: Any) -> Receipt:
        return await self.sender().send(self.reply(text, **fields), KEY)

    def summons(self, text: str = "@examplex my card is locked") -> dict[str, Any]:
        return self.server.post(self.person, text)

    @property
    def charged(self) -> Decimal:
        return Decimal(sum(cost for _, _, cost in self.meter.charges)) / 1_000_000

    @property
    def written(self) -> Sequence[str]:
        posts, messages = self.server.sent_posts, self.server.sent_messages
        return [*(sent.text for sent in posts), *(sent.text for sent in messages)]


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    clock = LeapingClock()
    async with (
        XServer.start(clock=clock) as server,
        XClient("x", settings(server), clock) as client,
    ):
        yield Scene(server, clock, client, server.person("wangfang_t", "Wang Fang"))


# Public replies


async def test_who_summoned_us_is_answered_under_his_post_once(scene: Scene) -> None:
    asked = scene.summons()
    receipt = await scene.send("Thank you, we look into it. Only @examplex answers here.", post=asked)
    (sent,) = scene.server.sent_posts
    assert receipt.ref == f"x:{sent.id}"
    assert (sent.reply_to, sent.text) == (asked["id"], "Thank you, we look into it. Only @examplex answers here.")
    assert scene.meter.charges == [("answers", 1, 10_000)]
    assert scene.charged == scene.server.spent


@pytest.mark.parametrize(
    "said",
    [{}, {"summoned": ""}, {"summoned": "x:1"}, {"mentioned": "x:2"}],
    ids=["nothing", "empty", "another post", "other evidence"],
)
async def test_b20_a_reply_to_a_post_that_did_not_summon_us_is_refused_before_any_call(
    scene: Scene, said: dict[str, str]
) -> None:
    with pytest.raises(RejectedError, match="summoned"):
        await scene.send(post=scene.summons(), said=said)
    assert (scene.server.calls, scene.meter.charges) == ([], [])


@pytest.mark.parametrize("parent", [None, "", "x:", "x:dm:12", "x:12a", "telegram:1:2"])
async def test_b20_a_public_reply_to_no_post_is_refused_before_any_call(scene: Scene, parent: str | None) -> None:
    reply = scene.reply("Hello", post=scene.summons(), thread=Thread(parent=parent), said={"summoned": parent})
    with pytest.raises(RejectedError):
        await scene.sender().send(reply, KEY)
    assert scene.server.calls == []


async def test_b20_what_x_refuses_as_not_summoned_is_not_tried_again(scene: Scene) -> None:
    talk = scene.server.post(scene.person, "nothing about you")
    with pytest.raises(ForbiddenError) as caught:
        await scene.send(post=talk)
    assert caught.value.kind == "not_summoned"
    assert not isinstance(caught.value, UnreachableError)
    assert scene.server.counts[POSTS] == 1
    assert (scene.server.sent_posts, scene.meter.charges) == ([], [])


async def test_b20_a_second_answer_to_one_summons_is_refused_by_x_and_not_tried_again(scene: Scene) -> None:
    asked = scene.summons()
    await scene.send("One.", post=asked)
    with pytest.raises(ForbiddenError):
        await scene.send("Two.", post=asked)
    assert scene.written == ["One."]


@pytest.mark.parametrize(
    "text",
    [
        "See https://examplex.test/help",
        "See examplex (dot) com",
        "Your case GH-7K2M9-4QX1Z",
        "Ask @examplex_help",
        "Your 500 USDT",
        "x" * 281,
        "",
        "hello\u202e",
    ],
)
async def test_b19_what_may_not_be_public_is_refused_before_any_call_and_not_repeated(scene: Scene, text: str) -> None:
    with pytest.raises(RejectedError) as caught:
        await scene.send(text, post=scene.summons())
    assert scene.server.calls == []
    assert not text or text not in str(caught.value)


async def test_b19_an_automatic_text_is_refused_like_an_agents(scene: Scene) -> None:
    with pytest.raises(RejectedError):
        await scene.send("See examplex.com", post=scene.summons(), automatic=True)
    assert scene.server.calls == []


async def test_b19_no_post_ever_costs_the_price_of_a_link(scene: Scene) -> None:
    button = Button(text="Help", url="https://examplex.test/help")
    await scene.send("Thank you.", post=scene.summons(), buttons=((button,),))
    assert (scene.written, scene.server.spent) == (["Thank you."], Decimal("0.010"))


async def test_the_author_may_be_named_and_lines_stay(scene: Scene) -> None:
    await scene.send("@wangfang_t Hello.\r\nWe are here.\n", post=scene.summons())
    assert scene.written == ["@wangfang_t Hello.\nWe are here."]


async def test_a_post_bears_pictures(scene: Scene) -> None:
    files = tuple(scene.files.put(f"{each}.png", PICTURE + bytes([each]), "image/png") for each in range(4))
    await scene.send("Here.", post=scene.summons(), files=(*files, files[0]))
    (sent,) = scene.server.sent_posts
    assert len(set(sent.media_ids)) == 4


@pytest.mark.parametrize(
    "kinds", [["image/png"] * 5, ["image/png", "video/mp4"], ["image/gif"] * 2, ["text/plain"], [""]]
)
async def test_other_files_than_a_post_holds_are_refused_before_any_call(scene: Scene, kinds: list[str]) -> None:
    files = tuple(scene.files.put("f", bytes([index + 1]), kind) for index, kind in enumerate(kinds))
    with pytest.raises(RejectedError):
        await scene.send("Here.", post=scene.summons(), files=files)
    assert scene.server.calls == []


# Direct messages


async def test_a_private_reply_is_a_direct_message_with_what_is_personal(scene: Scene) -> None:
    text = "Your case GH-7K2M9-4QX1Z: see https://examplex.test/help, 500 USDT, help@examplex.test"
    receipt = await scene.send(text)
    (sent,) = scene.server.sent_messages
    assert (receipt.ref, sent.text, sent.to) == (f"x:dm:{sent.id}", text, scene.person["id"])
    assert scene.meter.charges == [("answers", 1, 15_000)]


async def test_buttons_with_links_are_lines_and_others_are_left_out(scene: Scene) -> None:
    rows = (
        (Button(text="More\nhelp", url="https://examplex.test/a"), Button(text="Yes", data="y")),
        (Button(text="Pick", ask=Ask.USER), Button(text="Site", url="https://examplex.test")),
    )
    await scene.send("Hello", buttons=rows)
    assert scene.written == ["Hello\nMore help: https://examplex.test/a\nSite: https://examplex.test"]


async def test_a_group_is_answered_in_its_conversation(scene: Scene) -> None:
    group = "1989230000000000001"
    scene.server.message(scene.person, "hello", conversation=group)
    await scene.send("Hello", said={"conversation": group}, visibility=Visibility.GROUP)
    (sent,) = scene.server.sent_messages
    assert (sent.conversation, sent.to) == (group, "")


async def test_a_text_is_made_harmless(scene: Scene) -> None:
    await scene.send("a\ud800b\x00c\u202ed\r\ne \n")
    assert scene.written == ["a\ufffdbcd\ne"]


@pytest.mark.parametrize("address", ["", "wangfang_t", "0", "12-13", "help@examplex.test"])
async def test_an_address_that_is_no_account_is_unreachable(scene: Scene, address: str) -> None:
    to = Party(platform="x", address=address)
    with pytest.raises(UnreachableError):
        await scene.send(to=to)
    assert scene.server.calls == []


async def test_whoever_closed_the_inbox_is_unreachable(scene: Scene) -> None:
    scene.person["receives_your_dm"] = False
    with pytest.raises(UnreachableError):
        await scene.send()
    assert scene.meter.charges == []


async def test_an_account_that_is_gone_is_unreachable(scene: Scene) -> None:
    scene.server.faults.plan(MESSAGES, Fault(404, b'{"title":"Not Found Error","status":404}'))
    with pytest.raises(UnreachableError):
        await scene.send()


async def test_b19_whom_the_post_names_is_not_named_before_the_answer(scene: Scene) -> None:
    other = scene.server.person("examp1ex_help")
    post = scene.summons("@examplex is @examp1ex_help yours?")
    said = {"summoned": f"x:{post['id']}", "named": other["id"]}
    await scene.send(post=post, said=said, visibility=Visibility.PUBLIC)
    (sent,) = scene.server.sent_posts
    assert "examp1ex_help" not in sent.post["text"]
    assert sent.post["text"].startswith(f"@{scene.person['username']} ")


async def test_what_is_meant_for_a_group_goes_to_nobody_else(scene: Scene) -> None:
    with pytest.raises(UnreachableError):
        await scene.send(visibility=Visibility.GROUP)
    assert not scene.written


async def test_a_long_text_is_several_messages_in_order(scene: Scene) -> None:
    text = "\n\n".join(f"{index}. " + "word " * 900 for index in range(5))
    receipt = await scene.send(text)
    sent = scene.server.sent_messages
    assert receipt.ref == f"x:dm:{sent[0].id}"
    assert [each.text[0] for each in sent] == ["0", "2", "4"]
    assert " ".join(scene.written).split() == text.split()
    assert scene.clock.slept == [1.0, 1.0]
    assert scene.meter.charges == [("answers", 1, 15_000)] * 3


@pytest.mark.parametrize("text", ["", " \n ", "\u202e", "x" * (MAX_MESSAGE * MAX_MESSAGES + 1)])
async def test_nothing_and_too_much_are_refused_before_any_call(scene: Scene, text: str) -> None:
    with pytest.raises(RejectedError):
        await scene.send(text)
    assert scene.server.calls == []


def test_a_text_is_cut_between_characters_at_the_last_resort() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    parts = split(family * 4_000)
    assert "".join(parts) == family * 4_000
    assert all(part.startswith("\U0001f468") and part.endswith("\U0001f467") for part in parts)
    assert all(len(part.encode("utf-16-le")) <= 2 * MAX_MESSAGE for part in parts)


async def test_each_file_is_a_message_and_the_first_goes_with_the_text(scene: Scene) -> None:
    picture = scene.files.put("a.png", PICTURE, "image/png")
    film = scene.files.put("b.mp4", b"film made up", "video/mp4; codecs=avc1")
    await scene.send("Look", files=(picture, film))
    assert [(each.text, len(each.media_ids)) for each in scene.server.sent_messages] == [("Look", 1), ("", 1)]
    assert scene.server.counts["POST /2/media/upload/initialize"] == 2


async def test_files_that_x_does_not_take_are_refused_with_a_reason(scene: Scene) -> None:
    with pytest.raises(RejectedError, match="another way"):
        await scene.send(files=(scene.files.put("a.pdf", b"made up", "application/pdf"),))
    large = scene.files.put("a.png", PICTURE, "image/png").model_copy(update={"size": 6_000_000})
    with pytest.raises(TooLargeError):
        await scene.send(files=(large,))
    assert scene.server.calls == []


async def test_a_kept_file_that_is_gone_or_changed_sends_nothing(scene: Scene) -> None:
    kept = scene.files.put("a.png", PICTURE, "image/png")
    for file in (kept.model_copy(update={"sha256": "0" * 64}), kept.model_copy(update={"size": 99})):
        with pytest.raises(RejectedError):
            await scene.send("Look", files=(file,))
    assert scene.written == []


# What became of it


@pytest.mark.parametrize(
    "fault", ["503 html", "500 broken json", "500 json", "cut", "200 broken json", "taken, then cut"]
)
@pytest.mark.parametrize("public", [True, False])
async def test_what_may_have_been_taken_is_unknown_charged_and_not_tried_again(
    scene: Scene, fault: str, public: bool
) -> None:
    scene.server.faults.always(POSTS if public else MESSAGES, fault)
    with pytest.raises(OutcomeUnknownError):
        await scene.send(post=scene.summons() if public else None)
    assert scene.server.counts[POSTS if public else MESSAGES] == 1
    assert len(scene.meter.charges) == 1


async def test_an_answer_without_an_id_is_unknown(scene: Scene) -> None:
    scene.server.faults.plan(MESSAGES, Fault(200, b'{"errors":[{"title":"made up"}]}'))
    with pytest.raises(OutcomeUnknownError):
        await scene.send()


async def test_a_line_that_is_not_there_surely_took_nothing(scene: Scene) -> None:
    lost = settings("http://127.0.0.1:9")
    async with XClient("x", lost, scene.clock) as client:
        sender = XSender(lost, scene.clock, client, Budget(lost, scene.meter, scene.clock), scene.files)
        with pytest.raises(TransientError):
            await sender.send(scene.reply("Hello"), KEY)
    assert scene.meter.charges == []


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (MATRIX["429 json"], RateLimitedError),
        (MATRIX["402 credits"], CreditsError),
        (MATRIX["401 json"], AuthError),
        (Fault(problem=forbidden("Your account is suspended and is not permitted to access this feature.")), AuthError),
        (Fault(problem=forbidden("made up")), RejectedError),
    ],
)
async def test_what_x_refuses_is_what_it_is_and_costs_nothing(
    scene: Scene, fault: Fault, error: type[Exception]
) -> None:
    scene.server.faults.always(MESSAGES, fault)
    with pytest.raises(error) as caught:
        await scene.send("a secret of the user")
    assert "secret" not in str(caught.value)
    assert (scene.written, scene.meter.charges) == ([], [])


async def test_the_rest_of_a_long_reply_is_never_sent_twice(scene: Scene) -> None:
    scene.server.faults.plan(MESSAGES, replace(limited(900), after=1))
    with pytest.raises(OutcomeUnknownError, match="1 of the 3 messages"):
        await scene.send("word " * 5_000)
    assert len(scene.written) == 1


async def test_a_short_wait_between_two_messages_is_waited_out_once(scene: Scene) -> None:
    scene.server.faults.plan(MESSAGES, replace(limited(5), after=1))
    await scene.send("word " * 3_000)
    assert len(scene.written) == 2
    scene.server.faults.plan(MESSAGES, replace(limited(5), after=1, times=2))
    with pytest.raises(OutcomeUnknownError):
        await scene.send("word " * 3_000)


async def test_a_meter_that_fails_after_the_call_lets_nothing_go_twice(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(*_: Any) -> None:
        raise TransientError("the store is away")

    monkeypatch.setattr(scene.meter, "charge", lost)
    assert (await scene.send()).ref.startswith("x:dm:")


# Money


async def test_agents_answers_go_out_when_automatic_ones_are_given_up(scene: Scene) -> None:
    await scene.meter.charge("mentions", 1, 8_000_000)
    sender = scene.sender(budget=Decimal(10), give_up=("receipts",))
    with pytest.raises(RateLimitedError) as caught:
        await sender.send(scene.reply("Thank you.", post=scene.summons(), automatic=True), KEY)
    assert (caught.value.item, caught.value.retry_after) == (True, NO_ROOM_WAIT)
    assert scene.written == []
    await sender.send(scene.reply("Thank you.", post=scene.summons()), KEY)
    assert scene.written == ["Thank you."]


@pytest.mark.parametrize("automatic", [True, False])
async def test_a_spent_budget_parks_the_account_until_the_next_day(scene: Scene, automatic: bool) -> None:
    await scene.meter.charge("mentions", 1, 10_000_000)
    with pytest.raises(RateLimitedError) as caught:
        await scene.send(automatic=automatic)
    assert not caught.value.item
    assert (scene.clock.now() + caught.value.retry_after).hour == 0
    assert scene.server.calls == []
