"""docs/configuration.md names every key as the models read it, and its examples load."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import TypeGuard

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from gateway.backends._settings import TicketSettings
from gateway.registry import installed
from gateway.settings import load
from gateway.settings.chaining import ChainTable
from gateway.settings.model import BackendHead, ChannelHead
from gateway.settings.references import is_looked_for, is_secret
from gateway.settings.schema import OWN_TABLES
from tests.desk import Desk

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "configuration.md"
BACKENDS = DOCS / "backends"
SHARED = BACKENDS / "README.md"
"""Where the settings stand that most ticket systems have."""


def tables() -> list[tuple[str, type[BaseModel]]]:
    """Return every table of the configuration with the model that reads it."""
    registry = installed()
    connectors = [(f"connectors.{name}", registry.connector(name).settings) for name in registry.names("connectors")]
    connectors += [each for found in connectors for each in nested(*found)]
    heads: list[tuple[str, type[BaseModel]]] = [
        ("channels.NAME", ChannelHead),
        ("backend", BackendHead),
        ("chains.NAME", ChainTable),
    ]
    return [*OWN_TABLES.items(), *heads, *connectors]


def systems() -> list[tuple[str, type[BaseModel]]]:
    """Return every kind of ticket system with the model that reads its own keys."""
    registry = installed()
    return [(name, registry.backend(name).settings) for name in registry.names("backends")]


def nested(table: str, model: type[BaseModel]) -> list[tuple[str, type[BaseModel]]]:
    """Return the tables within a table, such as that of prices."""
    fields = model.model_fields.items()
    return [(f"{table}.{name}", field.annotation) for name, field in fields if is_table(field.annotation)]


def is_table(annotation: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def keys(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return the fields that hold a value, and no table."""
    return {name: field for name, field in model.model_fields.items() if not is_table(field.annotation)}


def row(name: str, field: FieldInfo) -> str:
    """Return the line that the page must hold for a field."""
    return f"| `{name}` | {default(field)} | {(field.description or '').replace('|', '/')} |"


def default(field: FieldInfo) -> str:
    """Return a default as TOML writes it."""
    if is_secret(field) and is_looked_for(field):
        return "environment"
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True, validated_data={})
    match value:
        case None:
            return "none"
        case bool():
            return f"`{str(value).lower()}`"
        case int() | float() | Decimal():
            return f"`{value}`"
        case dict():
            return "`{}`"
        case tuple():
            return "`[" + ", ".join(f'"{item}"' for item in value) + "]`"
        case _:
            return f'`"{value}"`'


@pytest.mark.parametrize(("table", "model"), tables(), ids=lambda value: value if isinstance(value, str) else "")
def test_every_key_stands_on_the_page_as_it_is_read(table: str, model: type[BaseModel]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert f"[{table}]" in page
    missing = [row(name, field) for name, field in keys(model).items() if row(name, field) not in page]
    assert not missing, "\n" + "\n".join(missing)


@pytest.mark.parametrize(("table", "model"), tables(), ids=lambda value: value if isinstance(value, str) else "")
def test_every_key_is_described(table: str, model: type[BaseModel]) -> None:
    assert [name for name, field in keys(model).items() if not field.description] == []


def test_no_key_stands_on_the_page_that_is_not_read() -> None:
    known = {row(name, field) for _, model in tables() for name, field in keys(model).items()}
    written = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if re.match(r"\| `[a-z_]+` \|", line)]
    assert written
    assert [line for line in written if line not in known] == []


@pytest.mark.parametrize(("kind", "model"), systems(), ids=[name for name, _ in systems()])
def test_every_key_of_a_ticket_system_stands_on_its_page(kind: str, model: type[BaseModel]) -> None:
    page = (BACKENDS / f"{kind}.md").read_text(encoding="utf-8")
    told = "\n".join(line.partition("| ")[2].partition(" |")[0] for line in page.splitlines() if line.startswith("| `"))
    own = [
        name for name in keys(model) if not (issubclass(model, TicketSettings) and name in TicketSettings.model_fields)
    ]
    assert [name for name in own if f"`{name}`" not in told] == []
    assert [name for name, field in keys(model).items() if not field.description] == []


def test_every_key_that_most_ticket_systems_have_stands_on_the_page_of_all() -> None:
    page = SHARED.read_text(encoding="utf-8")
    assert [row(name, field) for name, field in keys(TicketSettings).items() if row(name, field) not in page] == []


@pytest.mark.parametrize("kind", [name for name, _ in systems()])
def test_every_ticket_system_is_on_the_page_of_all(kind: str) -> None:
    assert f"]({kind}.md)" in SHARED.read_text(encoding="utf-8")


def test_the_example_of_several_ticket_systems_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_SUPPORT_PASSWORD", "made-up")
    monkeypatch.setenv("GATEHOUSE_RISK_SECRET", "made-up-but-long-enough-to-sign-with")
    desk = Desk(tmp_path)
    desk.write(example(0).replace('[backend]\nkind = "embedded"\n', example(3)))
    assert [each.name for each in load(desk.path).backends] == ["main", "risk"]


def example(number: int) -> str:
    return re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[number]


def test_the_first_example_is_a_whole_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_SUPPORT_PASSWORD", "made-up")
    desk = Desk(tmp_path)
    desk.write(example(0))
    assert [channel.name for channel in load(desk.path).channels] == ["support"]


def test_another_channel_is_the_three_lines_of_the_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_SUPPORT_PASSWORD", "made-up")
    monkeypatch.setenv("GATEHOUSE_VIP_PASSWORD", "made-up too")
    assert len(example(1).strip().splitlines()) == 3
    desk = Desk(tmp_path)
    desk.write(example(0) + "\n" + example(1))
    assert [channel.name for channel in load(desk.path).channels] == ["support", "vip"]


def test_the_webhook_example_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_SUPPORT_PASSWORD", "made-up")
    monkeypatch.setenv("GATEHOUSE_WEBHOOK_SECRET", "made-up-but-long-enough-to-sign-with")
    desk = Desk(tmp_path)
    desk.write(example(0).replace('[backend]\nkind = "embedded"\n', example(2)))
    assert load(desk.path).backend.plugin.name == "webhook"
