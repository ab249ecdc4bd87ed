"""`gatehouse check` names the official accounts that cannot be checked, and with `--live` what platforms say."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import BaseModel
from typer.testing import CliRunner

from gateway.case import Evidence, Party, PartyKind
from gateway.cli._accounts import Wrong, ask, blind
from gateway.cli.main import app
from gateway.errors import AuthError, ConfigError
from gateway.ports import Absent, Channel, Connector, ConnectorPlugin, Handle, Opening, Profile, Role, Unchecked
from gateway.sandbox.telegram import TelegramServer
from gateway.settings import Settings, load
from gateway.settings.model import ChannelSettings
from tests.desk import CONFIGURATION, DIRECTORY, Desk

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TOKEN = "8000000001:TEST-made-up"
CHANNEL = '\n[channels.telegram]\nconnector = "telegram"\nbot = "examplex_support_bot"\n'
runner = CliRunner()
Answer = Profile | Absent | Unchecked


def account(platform: str = "telegram", **fields: str) -> str:
    lines = "\n".join(
        f"{name} = {value}" if name == "until" else f'{name} = "{value}"' for name, value in fields.items()
    )
    return f'\n[[brands.accounts]]\nplatform = "{platform}"\n{lines}\n'


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("GATEHOUSE_SUPPORT_PASSWORD", "made-up")
    monkeypatch.setenv("GATEHOUSE_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.delenv("GATEHOUSE_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path)


def settings_of(desk: Desk, *accounts: str, channel: str = CHANNEL) -> Settings:
    desk.write(CONFIGURATION + channel)
    head, _, scams = DIRECTORY.partition("[[scams]]")
    desk.directory.write_text(head + "".join(accounts) + "\n[[scams]]" + scams, encoding="utf-8")
    return load(desk.path)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ({"handle": "examplex_support_bot"}, ""),
        ({"handle": "ExamplexOtherBot"}, ""),
        ({"handle": "examplex_news", "id": "-1001234567890"}, ""),
        ({"id": "-1001234567890"}, ""),
        ({"id": "8000000001"}, ""),
        ({"handle": "lin_of_examplex", "id": "7000000001"}, "only after that person has written"),
        ({"id": "7000000001"}, "only after that person has written"),
        ({"handle": "lin_of_examplex"}, "only if it is a bot's, a group's or a channel's"),
        ({"handle": "lin_of_examplex", "until": "2026-11-19"}, ""),
    ],
)
def test_what_telegram_does_not_tell_a_bot_is_named_with_what_to_do(
    desk: Desk, written: dict[str, str], why: str
) -> None:
    found = blind(settings_of(desk, account(**written)), TODAY)
    if not why:
        assert found == ()
        return
    (one,) = found
    assert (one.account.removeprefix("@").split()[0], why in one.reason) == (next(iter(written.values())), True)
    assert "send /start to @examplex_support_bot" in one.advice
    assert ("as id in the directory" in one.advice) == ("id" not in written)


def test_a_platform_without_a_channel_that_looks_accounts_up_is_one_line(desk: Desk) -> None:
    accounts = [account("x", handle=f"examplex{number}") for number in range(3)]
    (one,) = blind(settings_of(desk, *accounts), TODAY)
    assert one.account == "@examplex0 on X and 2 more there"
    assert "no channel that is enabled" in one.reason


def test_the_command_says_one_line_an_account_and_is_no_failure(desk: Desk) -> None:
    settings_of(desk, account(handle="lin_of_examplex"), account("x", handle="examplex"))
    result = runner.invoke(app, ["check"])
    assert result.exit_code == 0, result.output
    lines = [line for line in result.stdout.splitlines() if line.startswith("unchecked: ")]
    assert [line.split(": ")[1] for line in lines] == ["@examplex on X", "@lin_of_examplex on Telegram"]
    told = json.loads(runner.invoke(app, ["check", "--json"]).stdout)
    assert told["ok"] is True
    assert [each["account"] for each in told["unchecked"]] == ["@examplex on X", "@lin_of_examplex on Telegram"]
    assert all(each["reason"] and each["advice"] for each in told["unchecked"])


def warned(desk: Desk, *accounts: str) -> list[str]:
    settings_of(desk, *accounts)
    result = runner.invoke(app, ["check"])
    assert result.exit_code == 0, result.output
    return [line for line in result.stdout.splitlines() if line.startswith("warning: channels.telegram: ")]


@pytest.mark.parametrize(
    "fields", [{}, {"id": "8000000001"}], ids=["by its name", "by name and number"]
)  # fmt: skip
def test_the_bot_itself_is_listed(desk: Desk, fields: dict[str, str]) -> None:
    assert warned(desk, account(handle="Examplex_Support_Bot", **fields)) == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"handle": "examplex_news"},
            "is not in the directory, so that users are told that it is none of yours; write",
        ),
        ({"handle": "examplex_support_bot", "until": "2026-11-19"}, "is not in the directory"),
        ({"handle": "examplex_support_bot", "id": "8000000002"}, "with the id of another account; correct the id"),
    ],
)
def test_a_bot_that_the_directory_does_not_list_is_a_warning(desk: Desk, fields: dict[str, str], said: str) -> None:
    (line,) = warned(desk, account(**fields))
    assert "its own account @examplex_support_bot" in line
    assert said in line


class Nothing(BaseModel):
    """A channel without settings."""


class Platform:
    """A platform that says of some names what was planned, and of others that it knows none."""

    def __init__(self, **says: Party | str | Exception) -> None:
        self.says: Mapping[str, Party | str | Exception] = says
        self.calls: list[list[str]] = []

    async def look_up(self, handles: Sequence[Handle]) -> Sequence[Answer]:
        self.calls.append(list(handles))
        return [self.answer(handle) for handle in handles]

    def answer(self, handle: Handle) -> Answer:
        match self.says.get(handle.replace("-", "_"), self.says.get(f"n{handle}")):
            case Party() as found:
                return Profile(found, NOW)
            case str(reason):
                return Unchecked(handle, reason)
            case Exception() as error:
                raise error
            case _:
                return Absent(handle)


def channel(
    name: str, resolver: Platform | None, refuses: Exception | None = None, platform: str = "telegram"
) -> ChannelSettings:
    @asynccontextmanager
    async def opened(opening: Opening[Any]) -> AsyncIterator[Channel]:
        if refuses is not None:
            raise refuses
        yield Channel(cast("Connector", None), resolver=resolver)

    plugin = ConnectorPlugin(
        name=platform,
        platform=platform,
        settings=Nothing,
        open=opened,
        normalizer=platform,
        addresses=lambda settings: (),
        roles=frozenset({Role.RESOLVER}),
    )
    return ChannelSettings(name, plugin, Nothing())


def person(number: str, handle: str | None = None, *also: str) -> Party:
    names = tuple(Evidence(name="active_username", value=name) for name in also)
    return Party(platform="telegram", id=number, handle=handle, kind=PartyKind.PERSON, evidence=names)


def asked_at(desk: Desk, channels: Sequence[ChannelSettings], *accounts: str) -> Settings:
    return replace(settings_of(desk, *accounts), channels=tuple(channels))


LIN = account(handle="lin_of_examplex", id="77")


@pytest.mark.parametrize(
    ("says", "wrong", "reason"),
    [
        ({"n77": person("77", "lin_of_examplex")}, "", None),
        ({"n77": person("77", "Lin_Of_Examplex"), "lin_of_examplex": "not told"}, "", None),
        ({"n77": person("77", "new_lin", "lin_of_examplex")}, "", None),
        ({"n77": person("77", "new_lin")}, "bears another name now, new_lin", None),
        ({"n77": person("77")}, "bears another name now, none", None),
        (
            {"n77": person("77", "lin_of_examplex"), "lin_of_examplex": person("66", "lin_of_examplex")},
            "number 66",
            None,
        ),
        ({"n77": "not told", "lin_of_examplex": person("66", "lin_of_examplex")}, "number 66", None),
        ({"n77": "not told"}, "", "not told"),
        ({}, "", "the platform knows no such account"),
    ],
)
async def test_the_platforms_word_settles_it(
    desk: Desk, says: dict[str, Party | str], wrong: str, reason: str | None
) -> None:
    """What it tells of nothing more; what differs is a failure; what it cannot tell stays unchecked."""
    settings = asked_at(desk, [channel("telegram", Platform(**says))], LIN)
    unchecked, differs = await ask(settings, TODAY)
    assert [each.reason for each in unchecked] == ([] if reason is None else [reason])
    assert [(each.channel, each.account) for each in differs] == (
        [("telegram", "@lin_of_examplex on Telegram")] if wrong else []
    )
    assert all(wrong in each.detail for each in differs)


async def test_all_accounts_are_asked_for_in_one_call_each_by_number_and_name(desk: Desk) -> None:
    platform = Platform(n77=person("77", "lin_of_examplex"), examplex_bot=person("5", "examplex_bot"))
    accounts = (LIN, account(handle="examplex_bot"), account(id="-1001234567890"))
    unchecked, differs = await ask(asked_at(desk, [channel("telegram", platform)], *accounts), TODAY)
    assert platform.calls == [["77", "lin_of_examplex", "examplex_bot", "-1001234567890"]]
    assert [each.account.split()[0] for each in unchecked] == ["@-1001234567890"]
    assert differs == ()


async def test_what_one_bot_does_not_know_another_may(desk: Desk) -> None:
    """And one that cannot be opened, or cannot be asked, is a reason and no end."""
    knows = Platform(n77=person("77", "lin_of_examplex"))
    unsure = Platform(n77="not told", n88="not told", lin_of_examplex="not told")
    channels = [
        channel("first", None),
        channel("second", None, ConfigError("no token")),
        channel("third", unsure),
        channel("fourth", knows),
        channel("fifth", Platform(n88=AuthError("the token was refused"))),
    ]
    unchecked, differs = await ask(asked_at(desk, channels, LIN, account(id="88")), TODAY)
    assert [each.reason for each in unchecked] == ["the channel cannot look accounts up as it is configured"]
    assert [each.account for each in unchecked] == ["@88 on Telegram"]
    assert differs == ()
    unchecked, _ = await ask(asked_at(desk, channels[4:], LIN, account(id="88")), TODAY)
    assert [each.reason for each in unchecked] == ["the token was refused"] * 2


@pytest.mark.parametrize(
    ("platform", "contact"), [("telegram", "let whoever holds it send /start to the bot once"), ("x", "")]
)
@pytest.mark.parametrize("resolver", [Platform(n77="The budget is spent; ask again tomorrow."), None])
async def test_only_on_telegram_it_helps_to_write_to_the_bot(
    desk: Desk, platform: str, contact: str, resolver: Platform | None
) -> None:
    """What another platform's reason says is all, and no reason ends with a full stop before what follows it."""
    refuses = None if resolver else AuthError("the access was refused; log in anew")
    settings = asked_at(desk, [channel("one", resolver, refuses, platform)], account(platform, id="77"))
    ((_, reason, advice),), _ = await ask(settings, TODAY)
    assert reason == ("The budget is spent; ask again tomorrow" if resolver else "the access was refused; log in anew")
    assert advice == contact


def test_an_account_that_is_somebody_elses_now_fails_a_live_check(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    settings_of(desk, LIN)

    async def well(settings: Settings, *, probes: bool) -> dict[str, object]:
        return {}

    async def taken(settings: Settings, today: date) -> tuple[tuple[()], tuple[Wrong, ...]]:
        return (), (Wrong("telegram", "@lin_of_examplex on Telegram", "it bears another name now"),)

    monkeypatch.setattr("gateway.app.check_live", well)
    monkeypatch.setattr("gateway.cli.check.ask", taken)
    result = runner.invoke(app, ["check", "--live"])
    assert result.exit_code == 1
    assert "✗ telegram: @lin_of_examplex on Telegram: it bears another name now" in result.stdout


async def test_on_a_server_that_tells_as_telegram_does(desk: Desk) -> None:
    """Bots, groups and channels by name, a person by number once that person wrote, and nobody else."""
    async with TelegramServer.start(token=TOKEN) as server:
        news = server.group("Examplex News", "channel", username="examplex_news")
        met = server.person("Lin", username="lin_of_examplex")
        server.says(met, "/start")
        server.person("Wang", username="wang_of_examplex")
        accounts = (
            account(handle="examplex_support_bot", id="8000000001"),
            account(handle="examplex_news", id=str(news["id"])),
            account(handle="lin_of_examplex", id=str(met["id"])),
            account(handle="wang_of_examplex"),
        )
        settings = settings_of(desk, *accounts, channel=f'{CHANNEL}api_url = "{server.url}"\n')
        unchecked, differs = await ask(settings, TODAY)
        assert [each.account for each in unchecked] == ["@wang_of_examplex on Telegram"]
        assert differs == ()
        server.renames(met, username="lin_renamed")
        _, (wrong,) = await ask(settings, TODAY)
        assert "lin_renamed" in wrong.detail
