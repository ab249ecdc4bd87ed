"""docs/telegram.md: its examples load, and it explains errors and commands that there are."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.telegram import PLUGIN
from connectors.telegram._menu import MENU
from gateway.ports import Scope
from gateway.settings import Settings, load
from tests.desk import CONFIGURATION, Desk

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "telegram.md").read_text(encoding="utf-8")
SOURCES = (*(ROOT / "connectors" / "telegram").glob("*.py"), ROOT / "gateway" / "registry.py")


def examples(heading: str) -> list[str]:
    """Return the examples in TOML of one chapter."""
    chapter = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"```toml\n(.*?)```", chapter.replace("\n   ", "\n"), re.DOTALL)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("GATEHOUSE_SUPPORT_PASSWORD", "made-up")
    (tmp_path / "telegram.token").write_text("8000000001:TEST-made-up\n", encoding="utf-8")
    (tmp_path / "telegram.secret").write_text("made-up-and-long-enough\n", encoding="utf-8")
    for name in ("telegram.token", "telegram.secret"):
        (tmp_path / name).chmod(0o600)
    return Desk(tmp_path)


def loaded(desk: Desk, text: str) -> Settings:
    desk.write(CONFIGURATION + text)
    return load(desk.path)


def test_the_set_up_is_a_channel_that_loads_and_an_account_that_is_official(desk: Desk) -> None:
    channel, account = examples("Set up")
    head, scams, rest = desk.directory.read_text(encoding="utf-8").partition("[[scams]]")
    desk.directory.write_text(head + account + scams + rest, encoding="utf-8")
    settings = loaded(desk, channel)
    own = settings.channels[1].plugin.addresses(settings.channels[1].settings)
    (listed,) = settings.directory.accounts["telegram", "examplex_support_bot"]
    assert own == (listed.id, listed.value)


@pytest.mark.parametrize("heading", ["Polling or webhook", "A Bot API server of your own"])
def test_each_other_way_to_run_a_bot_loads(desk: Desk, heading: str) -> None:
    (example,) = examples(heading)
    assert [channel.name for channel in loaded(desk, example).channels] == ["support", "telegram"]


def test_watching_groups_and_alerts_load_together(desk: Desk) -> None:
    watching, alerts = examples("Groups")
    settings = loaded(desk, examples("Set up")[0] + watching + alerts)
    assert settings.alerts is not None
    assert settings.alerts.chat_to == (settings.channels[1].plugin.manners(settings.channels[1].settings).operators,)


def test_every_command_of_the_menu_is_explained() -> None:
    chapter = PAGE.partition("\n## What users can do\n")[2].partition("\n## ")[0]
    rows = [line for line in chapter.splitlines() if line.startswith("| `/")]
    assert re.findall(r"`/(\w+)", "".join(row.split("|")[1] for row in rows)) == [name for name, _ in MENU[""]]


def test_the_rates_are_those_that_are_declared() -> None:
    counts = {limit.scope: limit.count for limit in PLUGIN.limits}
    assert f"| {counts[Scope.ACCOUNT]}, {counts[Scope.RECIPIENT]} and {counts[Scope.GROUP]}, kept" in PAGE


def _texts() -> Iterator[str]:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


TEXTS = tuple(_texts())
ERRORS = re.findall(r"(?m)^\| `(.+?)` \|", PAGE.partition("\n## When something is wrong\n")[2])


@pytest.mark.parametrize("error", ERRORS)
def test_every_error_that_is_explained_is_one_that_is_said(error: str) -> None:
    pieces = [piece.strip() for piece in re.split(r"\.\.\.|HOST|@other|@bot\b", error)]
    assert all(any(piece in text for text in TEXTS) for piece in pieces), error


def test_there_are_errors() -> None:
    assert len(ERRORS) > 10
