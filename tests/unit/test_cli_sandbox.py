"""`gatehouse sandbox`: its desk loads, is new each time, leaves nothing unless asked to, and errors are sentences."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from connectors.x import XSettings
from gateway.case import Standing
from gateway.cli import sandbox as command
from gateway.cli._accounts import blind
from gateway.cli.main import app
from gateway.clock import SystemClock
from gateway.errors import ConfigError
from gateway.hooks import open_hooks
from gateway.ports.customers import Customer, PlatformAccount
from gateway.sandbox import exchange_scene, x_scene
from gateway.sandbox import play as module
from gateway.sandbox.chat_scene import BOT, BOT_ID, LOOK_ALIKE, TOKEN
from gateway.sandbox.desk import NEWS, write_desk
from gateway.sandbox.telegram import TelegramServer
from gateway.sandbox.x import XServer
from gateway.settings import load
from gateway.trust.verify import verify

runner = CliRunner()


async def desk(folder: Path) -> Path:
    async with TelegramServer.start(TOKEN, BOT) as telegram, XServer.start() as x:
        return write_desk(folder, telegram, x)


async def test_the_desk_loads_and_keeps_its_secrets_to_the_owner(tmp_path: Path) -> None:
    settings = load(await desk(tmp_path / "new"))
    bot, account = settings.channels
    assert bot.plugin.addresses(bot.settings) == (BOT_ID, BOT)
    assert bot.plugin.manners(bot.settings).operators.startswith("-")
    assert account.plugin.addresses(account.settings) == (x_scene.USER_ID, x_scene.HANDLE)
    told = (tmp_path / "new" / "gatehouse.toml").read_text() + (tmp_path / "new" / "official.toml").read_text()
    secrets = {path.name: path.read_text() for path in (tmp_path / "new").iterdir() if path.suffix != ".toml"}
    assert len(secrets) == 8
    assert "x.client_secret" in secrets, "docs/x.md leads there"
    for name, secret in secrets.items():
        assert secret.strip() not in told
        assert (tmp_path / "new" / name).stat().st_mode & 0o077 == 0
    assert blind(settings, SystemClock().now().date()) == (), "its own accounts can all be checked"


async def test_the_exchange_of_the_desk_knows_two_of_the_people_on_both_platforms(tmp_path: Path) -> None:
    exchange = exchange_scene.made(SystemClock())
    async with TelegramServer.start(TOKEN, BOT) as telegram, XServer.start() as x, exchange.running():
        settings = load(write_desk(tmp_path / "new", telegram, x, exchange))
        async with open_hooks(settings, SystemClock()) as hooks:
            assert hooks.customers is not None
            people = [
                PlatformAccount("telegram", str(person["id"]))
                for person in telegram.world.people.values()
                if person.get("username") in ("wangfang_t", "alexdoe_t", "examp1ex_support")
            ]
            people += [PlatformAccount("x", str(person["id"])) for person in x.world.people.values()]
            found = [await hooks.customers.look_up(each) for each in people]
            assert all(each.ok for each in (await hooks.check()).values())
    known = [each.account_id for each in found if isinstance(each, Customer)]
    assert sorted(known) == sorted([exchange_scene.WANG, exchange_scene.ALEX] * 2)
    assert settings.risk is not None


@pytest.mark.parametrize(
    ("claim", "standing"),
    [
        (f"telegram:{BOT}", Standing.OFFICIAL),
        (f"https://t.me/{NEWS}", Standing.OFFICIAL),
        (f"telegram:{LOOK_ALIKE}", Standing.LOOK_ALIKE),
        ("examplex-bonus.test", Standing.REPORTED_SCAM),
        ("telegram:somebody_else", Standing.NOT_LISTED),
        (f"x:{x_scene.HANDLE}", Standing.OFFICIAL),
        (f"https://x.com/{x_scene.NEWS}", Standing.OFFICIAL),
        (f"x:{x_scene.LOOK_ALIKE}", Standing.LOOK_ALIKE),
        ("x:wangfang_t", Standing.NOT_LISTED),
    ],
)
async def test_the_directory_answers_as_the_page_lets_one_ask(tmp_path: Path, claim: str, standing: Standing) -> None:
    assert verify(claim, load(await desk(tmp_path)).directory).standing is standing


async def test_on_x_there_is_who_one_plays_with_and_the_account_says_that_it_is_automated() -> None:
    async with XServer.start() as server:
        x_scene.furnish(server)
        handles = {person["username"] for person in server.world.people.values()}
        assert {x_scene.HANDLE, x_scene.USER, x_scene.LOOK_ALIKE, x_scene.NEWS} <= handles
        assert any(
            word in server.own["description"].casefold() for word in XSettings.model_fields["label_words"].default
        )
        assert server.activity.subscriptions


async def test_a_folder_that_holds_a_desk_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "gatehouse.toml"
    path.write_text("# somebody's own\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="holds a desk already"):
        await desk(tmp_path)
    assert os.listdir(tmp_path) == ["gatehouse.toml"]
    assert path.read_text(encoding="utf-8") == "# somebody's own\n"


def test_that_refusal_is_a_sentence_with_exit_78(tmp_path: Path) -> None:
    (tmp_path / "gatehouse.toml").touch()
    result = runner.invoke(app, ["sandbox", "--folder", str(tmp_path)])
    assert result.exit_code == 78
    assert "name a new folder" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("option", ["--port", "--x-port"])
def test_a_port_that_is_taken_is_a_sentence_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = runner.invoke(app, ["sandbox", option, str(port)])
    assert result.exit_code == 78
    assert f"port {port} cannot be used" in result.stderr
    assert f"with {option}" in result.stderr
    assert os.listdir(tmp_path) == []


def test_an_error_of_the_engine_is_not_taken_for_one_of_the_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*arguments: object) -> None:
        raise OSError(28, "no space is left")

    monkeypatch.setattr(module, "_run", fails)
    with pytest.raises(OSError, match="no space is left"):
        asyncio.run(module.play(0, 0, tmp_path))


def test_a_missing_library_is_named_with_the_way_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "NEEDED", ("telegram", "no_such_library"))
    result = runner.invoke(app, ["sandbox"])
    assert result.exit_code == 1
    assert "needs no_such_library;" in result.stderr
    assert "gatehouse[sandbox,telegram,x]" in result.stderr


def test_an_interrupt_before_the_engine_runs_is_told_by_the_exit_status(monkeypatch: pytest.MonkeyPatch) -> None:
    async def interrupted(*arguments: object) -> Mapping[str, Any]:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "play", interrupted)
    assert runner.invoke(app, ["sandbox"]).exit_code == command.EXIT_INTERRUPTED
