"""The registry: built-ins and entry points, imported only when asked for, errors as sentences."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from gateway.errors import ConfigError
from gateway.ports import BackendPlugin, ConnectorPlugin, NormalizerPlugin
from gateway.registry import BUILT_IN, MissingExtraError, Pointer, Registry, installed, merge

PLUGIN = """
from contextlib import asynccontextmanager
from pydantic import BaseModel
from gateway.ports import ConnectorPlugin

class Settings(BaseModel):
    pass

@asynccontextmanager
async def opened(opening):
    yield None

PLUGIN = ConnectorPlugin("chat", "chat", Settings, opened, "email", lambda settings: ())
"""


def entry(name: str, value: str, group: str = "connectors") -> EntryPoint:
    return EntryPoint(name, value, f"gatehouse.{group}")


@pytest.fixture
def chat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A third party's module on the path."""
    (tmp_path / "chat_plugin.py").write_text(PLUGIN, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "chat_plugin", raising=False)
    return "chat_plugin:PLUGIN"


@pytest.mark.parametrize(
    ("group", "name"), [(group, name) for group, table in BUILT_IN.items() for name in table], ids=str
)
def test_every_built_in_can_be_loaded_and_bears_its_own_name(group: str, name: str) -> None:
    registry = installed()
    get = {"connectors": registry.connector, "backends": registry.backend, "normalizers": registry.normalizer}[group]
    plugin = get(name)
    assert isinstance(plugin, ConnectorPlugin | BackendPlugin | NormalizerPlugin)
    assert plugin.name == name


def test_a_third_party_plugin_is_found_by_its_entry_point(chat: str) -> None:
    registry = merge([entry("chat", chat)])
    assert registry.names("connectors") == ("chat", "email", "lmtp", "telegram", "x")
    assert registry.connector("chat").platform == "chat"


def test_nothing_is_imported_before_it_is_asked_for(chat: str) -> None:
    registry = merge([entry("chat", chat)])
    assert registry.names("connectors")
    assert "chat_plugin" not in sys.modules
    registry.connector("chat")
    assert "chat_plugin" in sys.modules


def test_a_third_party_cannot_take_the_name_of_a_built_in(chat: str) -> None:
    with pytest.raises(ConfigError, match='two plugins bear the name "email"'):
        merge([entry("email", chat)])


def test_two_third_parties_cannot_share_a_name(chat: str) -> None:
    with pytest.raises(ConfigError, match='two plugins bear the name "chat"'):
        merge([entry("chat", chat), entry("chat", "other:PLUGIN")])


def test_one_name_in_two_groups_is_no_clash(chat: str) -> None:
    registry = merge([entry("chat", chat), entry("chat", "other:NORMALIZER", "normalizers")])
    assert "chat" in registry.names("normalizers")


def test_a_missing_library_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "needy.py").write_text("import a_library_that_nobody_has\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    registry = Registry({"connectors": {"needy": Pointer("needy:PLUGIN")}})
    with pytest.raises(MissingExtraError, match=r"a_library_that_nobody_has.*pip install 'gatehouse\[needy\]'"):
        registry.connector("needy")


def test_the_missing_library_of_a_third_party_names_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "needy2.py").write_text("import a_library_that_nobody_has\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    registry = Registry({"connectors": {"needy2": Pointer("needy2:PLUGIN", "gatehouse-needy")}})
    with pytest.raises(MissingExtraError, match="pip install 'gatehouse-needy'"):
        registry.connector("needy2")


@pytest.mark.parametrize("value", ["not_there_at_all:PLUGIN", "gateway.errors:PLUGIN", "gateway.errors:ConfigError"])
def test_a_pointer_to_nothing_usable_is_a_configuration_error(value: str) -> None:
    registry = Registry({"connectors": {"bad": Pointer(value, "bad-package")}})
    with pytest.raises(ConfigError, match="bad") as caught:
        registry.connector("bad")
    assert not isinstance(caught.value, MissingExtraError)


def test_a_plugin_that_breaks_on_import_is_a_configuration_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_plugin.py").write_text("1 / 0\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    registry = Registry({"connectors": {"broken": Pointer("broken_plugin:PLUGIN", "broken")}})
    with pytest.raises(ConfigError, match="ZeroDivisionError"):
        registry.connector("broken")


def test_a_connector_without_its_normalizer_is_a_configuration_error(chat: str) -> None:
    registry = Registry({"connectors": {"chat": Pointer(chat)}, "normalizers": {}})
    with pytest.raises(ConfigError, match='the normalizer "email", which is not installed'):
        registry.connector("chat")


def test_an_unknown_name_lists_what_is_installed() -> None:
    with pytest.raises(ConfigError, match=r'"embedded", .*"zendesk"'):
        installed().backend("remedy")
