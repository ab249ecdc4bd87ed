"""What an operator may write for a Telegram channel, and what is refused with a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from connectors.telegram import PLUGIN, TelegramSettings
from gateway.ports import Role
from tests.unit.telegram_intake import HOOK, HOOK_SECRET, TOKEN

HOOKED = {"mode": "webhook", "webhook_url": HOOK, "webhook_secret": SecretStr(HOOK_SECRET)}
LOCAL = {"api_url": "http://127.0.0.1:8081"}


def settings(**values: Any) -> TelegramSettings:
    base: dict[str, Any] = {"token": SecretStr(TOKEN), "bot": "examplex_support_bot"}
    return TelegramSettings(**(base | values))


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"bot": "@examplex_support_bot"},
        HOOKED,
        {**HOOKED, "webhook_url": "https://desk.examplex.test:8443/in/support"},
        {**HOOKED, **LOCAL, "webhook_url": "http://127.0.0.1:8080/in/support"},
        LOCAL,
        {"api_url": "http://[::1]:8081/"},
        {"api_url": "https://bots.examplex.test/base/"},
        {"api_url": "http://bots.internal:8081", "api_plain_host": "bots.internal"},
        {**LOCAL, "local_root": Path("/var/lib/bots"), "max_file_bytes": 2000 * 1024 * 1024},
        {"operators_chat": "-1001234567890"},
    ],
)
def test_is_taken(values: dict[str, Any]) -> None:
    assert settings(**values).bot == "examplex_support_bot"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"token": SecretStr("no-token")}, "BotFather"),
        ({"token": SecretStr("123456:made/up")}, "BotFather"),
        ({"token": SecretStr("123456:made up")}, "BotFather"),
        ({"bot": "a b"}, "username"),
        ({"mode": "webhook"}, "webhook_secret"),
        ({**HOOKED, "webhook_secret": None}, "webhook_secret"),
        ({**HOOKED, "webhook_secret": SecretStr("short")}, "16"),
        ({**HOOKED, "webhook_secret": SecretStr("spaces are not taken")}, "16"),
        ({**HOOKED, "webhook_url": "http://desk.examplex.test/in/support"}, "https"),
        ({**HOOKED, "webhook_url": "https://desk.examplex.test:9443/in/support"}, "8443"),
        ({**HOOKED, "webhook_url": "ftp://desk.examplex.test"}, "https://"),
        ({"api_url": "http://bots.examplex.test"}, "api_plain_host"),
        ({"api_url": "http://bots.examplex.test", "api_plain_host": "other.examplex.test"}, "another host"),
        ({"api_url": "https://user:secret@bots.examplex.test"}, "login"),
        ({"api_url": "https://bots.examplex.test/?a=b"}, "query"),
        ({"api_url": "https://bots.examplex.test:99999"}, "URL"),
        ({"api_url": "bots.examplex.test"}, "https://"),
        ({"local_root": Path("/var/lib/bots")}, "api_url"),
        ({**LOCAL, "local_root": Path("bots")}, "absolute"),
        ({"max_file_bytes": 21 * 1024 * 1024}, "20 MiB"),
        ({"operators_chat": "@desk"}, "number"),
        ({"join_secs": 20.0}, "join_most_secs"),
        ({"poll_secs": 51}, "50"),
        ({"unknown": 1}, "Extra"),
    ],
)
def test_is_refused_with_a_sentence_and_without_the_value(values: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        settings(**values)
    text = str(caught.value)
    assert words in text
    for name in ("token", "webhook_secret"):
        if isinstance(secret := values.get(name), SecretStr):
            assert secret.get_secret_value() not in text


def test_a_secret_is_never_written_into_the_configuration() -> None:
    with pytest.raises(ValidationError, match="env"):
        TelegramSettings.model_validate({"token": TOKEN, "bot": "examplex_support_bot"})


def test_the_plugin_says_who_the_bot_is_and_how_people_talk_with_it() -> None:
    own = settings(bot="@Examplex_Support_Bot", operators_chat="-1001234567890", warn_groups=True)
    assert PLUGIN.addresses(own) == ("123456", "examplex_support_bot")
    assert PLUGIN.account(own) == "123456"
    manners = PLUGIN.manners(own)
    assert manners.chats
    assert (manners.join_for.total_seconds(), manners.join_most.total_seconds()) == (2.0, 15.0)
    assert manners.invite.replace("{token}", "T") == "https://t.me/Examplex_Support_Bot?start=T"
    assert (manners.handle, manners.operators, manners.warns_groups) == (own.bot, "-1001234567890", True)
    assert PLUGIN.roles == {Role.SENDER, Role.RESOLVER, Role.DOWNLOADER, Role.INGRESS}
    assert [limit.name for limit in PLUGIN.limits] == ["send-account-1s", "send-recipient-1s", "send-group-60s"]


def test_no_setting_shows_a_secret() -> None:
    own = settings(**HOOKED)
    assert HOOK_SECRET not in repr(own)
    assert TOKEN.partition(":")[2] not in repr(own)
