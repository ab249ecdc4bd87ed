"""What Telegram says of accounts, and what it does not say."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from connectors.telegram._bot import Bots
from connectors.telegram._resolver import NO_USERS, TelegramResolver
from gateway.case import PartyKind
from gateway.ports import Absent, Handle, Profile, Unchecked
from gateway.sandbox.telegram import Fault, TelegramServer
from tests.conftest import ManualClock
from tests.unit.telegram_outgoing import TOKEN, settings_for


@dataclass
class Asking:
    server: TelegramServer
    resolver: TelegramResolver

    async def one(self, handle: str) -> Profile | Absent | Unchecked:
        (answer,) = await self.resolver.look_up([Handle(handle)])
        return answer

    async def profile(self, handle: str) -> Profile:
        answer = await self.one(handle)
        assert isinstance(answer, Profile)
        return answer


@asynccontextmanager
async def asking() -> AsyncIterator[Asking]:
    clock = ManualClock()
    async with TelegramServer.start(TOKEN, clock=clock) as server:
        settings = settings_for(server)
        bots = Bots(settings)
        try:
            yield Asking(server, TelegramResolver(settings, clock, bots))
        finally:
            await bots.close()


def info(**fields: Any) -> Fault:
    """Let getChat answer with these fields beside those that it always has."""
    required = {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }
    return Fault(200, {"ok": True, "result": {**required, **fields}})


async def test_groups_channels_and_bots_are_found_by_name() -> None:
    async with asking() as it:
        group = it.server.group("Examplex talk", username="examplex_talk")
        channel = it.server.group("Examplex News", "channel", username="examplex_news")
        bot = it.server.person("Helper", username="examplex_help_bot", is_bot=True)
        for handle, chat, kind in (
            ("examplex_talk", group, PartyKind.GROUP),
            ("@Examplex_NEWS", channel, PartyKind.CHANNEL),
            ("examplex_help_bot", bot, PartyKind.BOT),
        ):
            profile = await it.profile(handle)
            assert profile.party.id == str(chat["id"])
            assert profile.party.kind is kind
            assert profile.party.handle == chat["username"]


async def test_a_user_is_no_absent_one() -> None:
    """To Telegram, a user's name and a name that nobody has are the same to a bot."""
    async with asking() as it:
        person = it.server.person("Mei Lin", username="mei_lin")
        for handle in ("mei_lin", "nobody_has_it", str(person["id"]), "999999"):
            assert await it.one(handle) == Unchecked(Handle(handle), NO_USERS)


async def test_a_user_who_wrote_is_known_by_id_even_after_a_rename() -> None:
    async with asking() as it:
        person = it.server.person("Mei", "Lin", username="mei_lin")
        it.server.says(person, "/start")
        it.server.renames(person, username="mei_lin_2")
        profile = await it.profile(str(person["id"]))
        assert profile.party.handle == "mei_lin_2"
        assert profile.party.name == "Mei Lin"
        assert profile.party.kind is PartyKind.PERSON
        assert profile.looked_up_at == ManualClock().now()


async def test_what_telegram_says_is_evidence() -> None:
    async with asking() as it:
        it.server.faults.plan(
            "getChat",
            info(
                id=-1001234567890,
                type="channel",
                title="Examplex\u202e News\n2",
                username="examplex_news",
                active_usernames=["examplex_news", "examplex_old"],
                description="Official news.\nWe never write first.",
                linked_chat_id=-1001234567891,
            ),
        )
        profile = await it.profile("examplex_old")
        assert profile.party.name == "Examplex News 2"
        assert [(each.name, each.value) for each in profile.party.evidence] == [
            ("type", "channel"),
            ("active_username", "examplex_news"),
            ("active_username", "examplex_old"),
            ("description", "Official news. We never write first."),
            ("linked_chat", "-1001234567891"),
        ]


@pytest.mark.parametrize("handle", ["examplex_news", "-1001234567890"])
async def test_another_account_than_asked_for_is_no_answer(handle: str) -> None:
    async with asking() as it:
        it.server.faults.plan("getChat", info(id=-1009, type="channel", title="x", username="examplex_fake"))
        answer = await it.one(handle)
        assert isinstance(answer, Unchecked)
        assert "another account" in answer.reason


@pytest.mark.parametrize("handle", ["еxamplex", "a b", "", "@", "x", "0", "examplex.test", "a" * 40, "1_a"])
async def test_what_is_no_name_is_not_asked_for(handle: str) -> None:
    async with asking() as it:
        assert isinstance(await it.one(handle), Unchecked)
        assert it.server.calls == []


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=429, retry_after=30),
        Fault(status=401),
        Fault(status=502, body="<html>"),
        Fault(cut=True),
        Fault(status=200, body={"ok": True, "result": {"id": 1}}),
        Fault(status=200, body={"ok": True, "result": 7}),
    ],
)
async def test_a_failure_is_could_not_check_and_is_not_repeated_for_the_rest(fault: Fault) -> None:
    async with asking() as it:
        it.server.group("Examplex talk", username="examplex_talk")
        it.server.faults.plan("getChat", fault)
        answers = await it.resolver.look_up([Handle("examplex_talk"), Handle("examplex_talk"), Handle("x y")])
        assert [type(each) for each in answers] == [Unchecked] * 3
        assert len(it.server.calls) == 1
        assert all(isinstance(each, Unchecked) and each.reason and TOKEN not in each.reason for each in answers)


async def test_a_refusal_of_one_leaves_the_others() -> None:
    async with asking() as it:
        it.server.group("Examplex talk", username="examplex_talk")
        answers = await it.resolver.look_up([Handle("nobody_has_it"), Handle("examplex_talk")])
        assert [type(each) for each in answers] == [Unchecked, Profile]
