"""Beside the rows of what goes wrong: starting, the menu, the webhook that is watched, and what `check` tells."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
import structlog

from connectors.telegram import PLUGIN
from connectors.telegram._menu import IN_GROUPS, MENU
from connectors.telegram._strict import UnreadableError, decode, encode, split
from gateway.errors import ConfigError, TransientError
from gateway.ports import Opening, Report, StreamId
from gateway.sandbox.telegram import Fault
from tests.conftest import ManualClock
from tests.unit.telegram_intake import BOT, HOOK, HOOK_SECRET, bench, fetched, stored


def check_of(report: Report, name: str) -> tuple[bool, str]:
    (found,) = [(each.ok, each.detail) for each in report.checks if each.name == name]
    return found


async def test_a_page_that_was_stored_before_a_crash_is_not_given_again() -> None:
    """The process ended between commit and confirmation; what came after the page is not held back."""
    async with bench() as at:
        person = at.server.person("Someone")
        for _ in range(3):
            at.server.says(person, "hello")
        async with at.connector() as connector:
            page = await fetched(connector)
        at.server.says(person, "and more")
        async with at.connector() as connector:
            await connector.confirm(connector.streams()[0], page.cursor or pytest.fail("no cursor"))
            after = await fetched(connector, page.cursor)
        assert [json.loads(raw.body)["message"]["text"] for raw in after.items] == ["and more"]


async def test_a_stored_page_that_is_only_partly_there_is_given_again_whole() -> None:
    """Some of it has expired on the platform: what is known is told by its keys, which the store sees to."""
    async with bench() as at:
        person = at.server.person("Someone")
        at.server.says(person, "old")
        at.clock.advance(80_000)
        at.server.says(person, "young")
        async with at.connector() as connector:
            page = await fetched(connector)
            assert len(page.items) == 2
        at.clock.advance(10_000)
        async with at.connector() as connector:
            after = await fetched(connector, page.cursor)
        assert [raw.key for raw in after.items] == [page.items[1].key]


@pytest.mark.parametrize("cursor", ["", "x", "[]", "null", '{"next":5}', '{"next":"x","count":1,"page":""}', "9" * 99])
async def test_a_cursor_that_is_none_of_ours_is_no_trouble(cursor: Any) -> None:
    async with bench() as at, at.connector() as connector:
        at.server.says(at.server.person("Someone"), "hello")
        await connector.confirm(connector.streams()[0], cursor)
        assert len((await fetched(connector, cursor)).items) == 1
        assert "offset" not in at.asked()[-1]


async def test_an_old_confirmation_does_not_move_the_offset_back() -> None:
    async with bench() as at, at.connector(batch=1) as connector:
        for _ in range(3):
            at.server.says(at.server.person("Someone"), "hello")
        first = await stored(connector)
        second = await stored(connector, first.cursor)
        await connector.confirm(connector.streams()[0], first.cursor or pytest.fail("no cursor"))
        third = await fetched(connector)
        keys = [raw.key for page in (first, second, third) for raw in page.items]
        assert len(set(keys)) == len(keys) == 3


async def test_another_stream_is_a_fault_of_the_configuration() -> None:
    async with bench() as at, at.connector() as connector:
        with pytest.raises(ConfigError):
            await connector.fetch(StreamId("other"), None)


SELF_SERVICE = ("cases", "reopen", "agent", "kyc", "security", "link")


async def test_the_menu_is_set_once_in_every_language() -> None:
    async with bench() as at, at.connector() as connector:
        for _ in range(3):
            await fetched(connector)
        assert len(at.asked("setMyCommands")) == 4
        assert len(at.asked("getMe")) == 1
        commands = at.server.commands
        private, groups = '{"type": "all_private_chats"}', '{"type": "all_group_chats"}'
        for language in ("", "zh"):
            names = [each["command"] for each in commands[private, language]]
            assert names == ["start", "help", "new", "status", "verify", "report", "language", "close", *SELF_SERVICE]
            assert {each["command"] for each in commands[groups, language]} == IN_GROUPS
        assert commands[private, "zh"] != commands[private, ""]
        assert all(1 <= len(text) <= 256 for entries in MENU.values() for _, text in entries)


async def test_a_menu_that_is_refused_holds_up_nothing() -> None:
    async with bench() as at, at.connector() as connector:
        at.server.says(at.server.person("Someone"), "hello")
        at.server.faults.always("setMyCommands", Fault(429, retry_after=600))
        with structlog.testing.capture_logs() as logs:
            assert len((await fetched(connector)).items) == 1
        assert "menu.refused" in [each["event"] for each in logs]
        assert len(at.asked("setMyCommands")) == 1


async def test_a_bot_of_another_name_is_not_run() -> None:
    async with bench() as at, at.connector(bot="another_bot") as connector:
        at.server.says(at.server.person("Someone"), "hello")
        with pytest.raises(ConfigError, match=f"@{BOT}"):
            await fetched(connector)
        assert not check_of(await connector.check(), "token")[0]
    async with bench() as at, at.connector(bot=BOT.upper()) as connector:
        at.server.says(at.server.person("Someone"), "hello")
        (raw,) = (await fetched(connector)).items
        assert raw.notes == {"bot": "123456", "username": BOT}


# Webhook mode


async def test_the_webhook_is_set_once_and_keeps_what_waits() -> None:
    async with bench() as at:
        async with at.connector(mode="webhook", webhook_connections=7) as connector:
            await fetched(connector)
            for _ in range(3):
                page = await fetched(connector)
                assert (page.items, page.cursor) == ((), None)
        (call,) = at.asked("setWebhook")
        assert (call["url"], call["secret_token"], call["max_connections"]) == (HOOK, HOOK_SECRET, 7)
        assert "drop_pending_updates" not in call
        assert not at.asked("getUpdates")


async def test_the_webhook_is_looked_at_each_minute_by_the_clock() -> None:
    clock = ManualClock()
    async with bench() as at, at.connector(clock, mode="webhook") as connector:
        await fetched(connector)
        looks = len(at.asked("getWebhookInfo"))
        look = asyncio.create_task(fetched(connector))
        while not clock.sleeping:
            await asyncio.sleep(0)
        clock.advance(59)
        assert len(at.asked("getWebhookInfo")) == looks
        clock.advance(1)
        await look
        assert len(at.asked("getWebhookInfo")) == looks + 1


@pytest.mark.parametrize("other", ["", "https://elsewhere.test/hook"])
async def test_a_webhook_that_is_gone_or_anothers_is_set_again(other: str) -> None:
    async with bench() as at, at.connector(mode="webhook") as connector:
        await fetched(connector)
        at.server._hook.set({"url": other})
        with structlog.testing.capture_logs() as logs:
            await fetched(connector)
        assert at.server.webhook["url"] == HOOK
        (warned,) = [each for each in logs if each["event"] == "webhook.replaced"]
        assert warned["log_level"] == "warning"


async def test_a_push_that_failed_is_told_once() -> None:
    async with bench() as at, at.connector(mode="webhook", webhook_url="http://127.0.0.1:9/in/support") as connector:
        await fetched(connector)
        at.server.says(at.server.person("Someone"), "hello")
        await at.server.until(lambda: at.server._hook._error is not None)
        at.server._hook._stop()
        with pytest.raises(TransientError, match="1 updates wait: Connection refused"):
            await fetched(connector)
        assert not (await fetched(connector)).items
        report = await connector.check()
        assert check_of(report, "updates") == (False, "1 wait to be fetched; the last push failed: Connection refused")


async def test_a_webhook_that_the_platform_refuses_is_the_operators_matter() -> None:
    async with bench() as at, at.connector(mode="webhook") as connector:
        at.server.faults.plan("setWebhook", Fault(400))
        with pytest.raises(ConfigError):
            await fetched(connector)
        await fetched(connector)
        assert at.server.webhook["url"] == HOOK


async def test_in_polling_mode_there_is_no_door() -> None:
    async with bench() as at, PLUGIN.open(Opening("support", at.settings(), at.clock)) as channel:
        assert channel.ingress is None
        assert channel.sender is not None
        assert channel.resolver is not None
        assert channel.downloader is not None


# What `gatehouse check` tells


async def test_check_of_a_bot_that_is_well(tmp_path: Path) -> None:
    async with bench() as at:
        group = at.server.group("Operators")
        values: dict[str, Any] = {"operators_chat": str(group["id"]), "local_root": tmp_path}
        async with at.connector(**values) as connector:
            at.server.world.bot["can_read_all_group_messages"] = True
            report = await connector.check()
            names = [each.name for each in report.checks]
            assert names == ["token", "privacy", "webhook", "updates", "operators", "menu", "business", "local_root"]
            assert check_of(report, "operators")[0]
            assert check_of(report, "local_root")[0]
            assert "no commands yet" in check_of(report, "menu")[1]
            await fetched(connector)
            assert "14 commands" in check_of(await connector.check(), "menu")[1]
        assert len(at.asked("getUpdates")) == 1


async def test_check_tells_what_is_not_well(tmp_path: Path) -> None:
    async with bench() as at:
        async with at.connector(mode="webhook") as connector:
            assert "set at the start" in check_of(await connector.check(), "webhook")[1]
            await fetched(connector)
            assert check_of(await connector.check(), "webhook")[0]
        values: dict[str, Any] = {"operators_chat": "-1009", "local_root": tmp_path / "none", "bot": "another_bot"}
        async with at.connector(**values) as connector:
            report = await connector.check()
        ill = {each.name for each in report.checks if not each.ok}
        assert ill == {"token", "privacy", "webhook", "operators", "local_root"}
        assert "BotFather" in check_of(report, "privacy")[1]
        async with at.connector(take_over=True) as connector:
            assert check_of(await connector.check(), "webhook")[0]
        async with at.connector(mode="webhook", webhook_url="https://desk.examplex.test/other") as connector:
            assert not check_of(await connector.check(), "webhook")[0]


async def test_check_without_a_good_token_tells_that_alone() -> None:
    async with bench() as at, at.connector() as connector:
        at.server.faults.plan("getMe", Fault(401))
        report = await connector.check()
        assert [(each.name, each.ok) for each in report.checks] == [("token", False)]


# The strict decoder


def test_what_can_be_read_in_one_way_only_is_read() -> None:
    value = {"a": [1, -(2**63), 2**63 - 1, 1.5, None, True, "\ud800", "你"], "b": {}}
    assert decode(encode(value)) == value
    assert encode(value).isascii()
    deep = b"[" * 64 + b"]" * 64
    assert encode(decode(deep)) == deep
    with pytest.raises(UnreadableError):
        decode(b"[" + deep + b"]")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"{} {}", b'{"a":1,"a":1}', b"[Infinity]", b"[NaN]", b"[1e999]", b"[9223372036854775808]", b"\xff"],
)
def test_what_cannot_is_refused_without_a_word_of_it(body: bytes) -> None:
    with pytest.raises(UnreadableError) as caught:
        decode(body)
    assert not body or body.decode("latin-1") not in str(caught.value)


@pytest.mark.parametrize("cut", [b'\\"' * 200_000, b'"' * 400_001, b"{" * 400_000, b'{"a":"' * 60_000])
def test_splitting_is_linear_whatever_the_bytes(cut: bytes) -> None:
    """A quadratic one would take minutes."""
    found = split(b'{"result":[{"a":"]}"},' + cut)
    assert found is not None
    assert found[0] == [b'{"a":"]}"}']
