"""The JSON Schema of the configuration says what the models read, and takes secrets as references alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gateway.registry import Registry, installed
from gateway.settings.schema import config_schema


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return config_schema(installed())


def channel(schema: dict[str, Any], connector: str) -> dict[str, Any]:
    """Return the shape of a channel of that kind."""
    shapes = schema["properties"]["channels"]["additionalProperties"]["oneOf"]
    (found,) = (shape for shape in shapes if shape["properties"]["connector"] == {"const": connector})
    return dict(found)


def test_every_installed_plugin_has_its_shape(schema: dict[str, Any]) -> None:
    assert channel(schema, "email")["properties"]["imap_port"]["default"] == 993
    kinds = [shape["properties"]["kind"]["const"] for shape in schema["properties"]["backend"]["oneOf"]]
    assert kinds == list(installed().names("backends"))
    assert list(schema["properties"]["connectors"]["properties"]) == list(installed().names("connectors"))


def test_no_table_takes_an_unknown_key(schema: dict[str, Any]) -> None:
    open_tables = [name for name, table in schema["properties"].items() if not closed(table)]
    assert open_tables == []


def closed(table: dict[str, Any]) -> bool:
    if "oneOf" in table:
        return all(closed(shape) for shape in table["oneOf"])
    more = table["additionalProperties"]
    return more is False or closed(more)


def test_a_secret_is_a_reference_and_never_required(schema: dict[str, Any]) -> None:
    assert channel(schema, "telegram")["properties"]["token"] == {"$ref": "#/$defs/secret"}
    shape = channel(schema, "email")
    assert shape["properties"]["password"]["anyOf"] == [{"$ref": "#/$defs/secret"}, {"type": "null"}]
    assert shape["required"] == ["connector"]
    assert schema["properties"]["store"]["required"] == []
    shapes = schema["properties"]["backend"]["oneOf"]
    webhook = next(each for each in shapes if each["properties"]["kind"]["const"] == "webhook")
    assert webhook["required"] == ["kind", "url"]
    assert '"password"' not in json.dumps(schema["$defs"]["secret"])
    assert "writeOnly" not in json.dumps(schema)


def test_what_cannot_be_imported_is_left_out() -> None:
    schema = config_schema(Registry({"connectors": {}, "backends": {}}))
    assert schema["properties"]["backend"] == {"oneOf": []}


def test_every_reference_leads_somewhere(schema: dict[str, Any]) -> None:
    text = json.dumps(schema)
    names = {part.partition('"')[0] for part in text.split('"#/$defs/')[1:]}
    assert names <= set(schema["$defs"])
