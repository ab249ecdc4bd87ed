"""Alerts as chat messages: through a channel's own sender, to chats as its platform names them, checked beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from pydantic import BaseModel, ValidationError

from gateway.case import PartyKind, Visibility
from gateway.errors import UnreachableError
from gateway.ports import ConnectorPlugin, Key, Receipt, Reply, ReplyKind, Role
from gateway.settings.model import ChannelSettings
from gateway.settings.watching import AlertRule, AlertsTable, chatted
from gateway.watching.alerts import Kind, Notice
from gateway.watching.telling import open_targets
from tests.conftest import ManualClock

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NOTICE = Notice("part_down:x", Kind.RAISED, AlertRule.PART_DOWN, "mail:INBOX does not work", "wait", AT, AT)
CHATS = ("123456789", "-1001234567890")


def table(*chats: str) -> AlertsTable:
    return AlertsTable.model_validate({"chat_channel": "telegram", "chat_to": list(chats)})


class Sender:
    """Takes replies, and refuses those to one chat."""

    def __init__(self, refuses: str = "") -> None:
        self.sent: list[Reply] = []
        self.refuses = refuses

    async def send(self, reply: Reply, key: Key) -> Receipt:
        if reply.to.address == self.refuses:
            raise UnreachableError("the bot was blocked")
        self.sent.append(reply)
        return Receipt(key)


async def told(sender: Sender, clock: ManualClock, *chats: str, platform: str = "telegram") -> Sequence[Reply]:
    senders = {"telegram": sender}
    async with open_targets(table(*chats), senders.get, clock, {"telegram": platform}) as targets:
        assert set(targets) == {"chat"}
        await targets["chat"](NOTICE)
    return sender.sent


async def test_a_chat_message_says_all_in_its_text_since_a_chat_shows_no_subject(clock: ManualClock) -> None:
    replies = await told(Sender(), clock, *CHATS)
    assert [reply.to.address for reply in replies] == list(CHATS)
    for reply in replies:
        assert (reply.to.platform, reply.kind, reply.automatic) == ("telegram", ReplyKind.NOTICE, True)
        assert reply.text.startswith("[Gatehouse] ALERT: mail:INBOX does not work\n")
        assert reply.text.count("does not work") == 1
        assert all(each in reply.text for each in ("2026-11-20 12:00:00 UTC", "What to do: wait"))
    assert len({reply.token for reply in replies}) == 2


async def test_a_group_is_written_to_as_a_group(clock: ManualClock) -> None:
    person, group = await told(Sender(), clock, *CHATS)
    assert (person.to.kind, person.visibility) == (PartyKind.UNKNOWN, Visibility.PRIVATE)
    assert (group.to.kind, group.visibility) == (PartyKind.GROUP, Visibility.GROUP)
    (elsewhere,) = await told(Sender(), clock, "-5", platform="chatter")
    assert elsewhere.to.kind is PartyKind.UNKNOWN, "a sign means that on Telegram alone"


async def test_a_chat_that_blocked_us_holds_up_no_other_and_alone_is_an_error(clock: ManualClock) -> None:
    replies = await told(Sender(refuses=CHATS[0]), clock, *CHATS)
    assert [reply.to.address for reply in replies] == [CHATS[1]]
    with pytest.raises(UnreachableError):
        await told(Sender(refuses=CHATS[0]), clock, CHATS[0])


class Nothing(BaseModel):
    """A channel without settings."""


def channel(name: str, platform: str, *roles: Role) -> ChannelSettings:
    def closed(opening: object) -> object:
        raise AssertionError("a check opens nothing")

    plugin = ConnectorPlugin(
        name=platform,
        platform=platform,
        settings=Nothing,
        open=closed,  # type: ignore[arg-type]
        normalizer=platform,
        addresses=lambda settings: ("8000000001", "examplex_support_bot"),
        roles=frozenset(roles),
    )
    return ChannelSettings(name, plugin, Nothing())


ALL = (
    channel("telegram", "telegram", Role.SENDER),
    channel("reading", "telegram"),
    channel("mail", "email", Role.SENDER),
    channel("chatter", "chatter", Role.SENDER),
)


def problems(alerts: AlertsTable, *, whole: bool = True, channels: Sequence[ChannelSettings] = ALL) -> dict[str, str]:
    return {found.path: found.message for found in chatted(alerts, channels, whole=whole)}


def test_chats_that_fit_their_platform_have_no_problem() -> None:
    assert problems(table(*CHATS)) == {}
    assert problems(table("any-name", "-").model_copy(update={"chat_channel": "chatter"})) == {}
    assert problems(AlertsTable.model_validate({"mail_channel": "mail", "mail_to": ["a@b.test"]})) == {}


@pytest.mark.parametrize(
    "chat", ["@examplex_ops", "ops@examplex.test", "", " 5", "12 3", "+49", "0", "1" * 17, "--5", "１２３", "5\n"]
)
def test_what_is_no_chat_of_the_platform_is_named_by_its_place(chat: str) -> None:
    found = problems(table("5", chat))
    assert list(found) == ["alerts.chat_to[1]"]
    assert "-1001234567890" in found["alerts.chat_to[1]"]
    assert problems(table("a b").model_copy(update={"chat_channel": "chatter"})) != {}


def test_the_bots_own_number_is_no_operator() -> None:
    assert "cannot write to itself" in problems(table("8000000001"))["alerts.chat_to[0]"]


@pytest.mark.parametrize("name", ["mail", "reading", "nowhere"])
def test_a_channel_that_cannot_send_chat_messages_is_named_with_those_that_can(name: str) -> None:
    alerts = table("5").model_copy(update={"chat_channel": name})
    assert problems(alerts) == {
        "alerts.chat_channel": 'is no chat channel that is enabled and can send; there are: "chatter", "telegram"'
    }
    assert problems(alerts, whole=False) == {}, "the channel may have a problem of its own"


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ({"chat_channel": "telegram"}, "belong together"),
        ({"chat_to": ["5"]}, "belong together"),
        ({"off": ["buried"]}, "nobody would be told"),
    ],
)
def test_half_a_target_is_none(written: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        AlertsTable.model_validate(written)
