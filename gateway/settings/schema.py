"""The configuration as JSON Schema (2020-12), for editors and for checks before a deployment.

Built from the very models that read the file; holds the plugins that can be imported here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel

from gateway.answers.ack_policy import AckPolicy
from gateway.answers.rating_policy import RatingPolicy
from gateway.casework.abuse_policy import AbusePolicy
from gateway.casework.case_policy import CasePolicy
from gateway.errors import ConfigError
from gateway.ports import BackendPlugin, ConnectorPlugin
from gateway.registry import Registry
from gateway.settings.answering import AnswersTable
from gateway.settings.chaining import ChainTable
from gateway.settings.exchanging import CustomersTable, RiskTable, SecondFactorTable
from gateway.settings.keeping import RetentionTable
from gateway.settings.limited import KEY as LIMITS
from gateway.settings.limited import shape
from gateway.settings.model import BackendHead, BrandTable, ChannelHead, EngineTable, LogTable, S3Table, StoreTable
from gateway.settings.patrolling import PatrolTable
from gateway.settings.timing import NAME as CALENDAR_NAME
from gateway.settings.timing import CalendarTable, DeadlinesTable
from gateway.settings.triaging import ClassifierTable, TriageTable
from gateway.settings.trusting import TrustTable
from gateway.settings.watching import AlertsTable, TracingTable, WebTable

NAME = "^[a-z][a-z0-9-]{0,31}$"
"""Of a channel or a ticket system."""
DIALECT = "https://json-schema.org/draft/2020-12/schema"

OWN_TABLES: dict[str, type[BaseModel]] = {
    "brand": BrandTable,
    "store": StoreTable,
    "store.s3": S3Table,
    "acknowledgement": AckPolicy,
    "feedback": RatingPolicy,
    "abuse": AbusePolicy,
    "cases": CasePolicy,
    "engine": EngineTable,
    "log": LogTable,
    "retention": RetentionTable,
    "trust": TrustTable,
    "patrol": PatrolTable,
    "web": WebTable,
    "alerts": AlertsTable,
    "tracing": TracingTable,
    "answers": AnswersTable,
    "deadlines": DeadlinesTable,
    "triage": TriageTable,
    "triage.classifier": ClassifierTable,
    "customers": CustomersTable,
    "risk": RiskTable,
    "second_factor": SecondFactorTable,
}
"""The tables that are the same whatever is plugged in."""

_SECRET: dict[str, Any] = {
    "description": "Where a secret comes from; the secret itself never stands in the file.",
    "type": "object",
    "properties": {"env": {"type": "string"}, "file": {"type": "string"}},
    "minProperties": 1,
    "maxProperties": 1,
    "additionalProperties": False,
}

P = TypeVar("P", ConnectorPlugin, BackendPlugin)
Json = dict[str, Any]


def config_schema(registry: Registry) -> Json:
    """Return the schema of gatehouse.toml with every plugin that can be imported."""
    definitions: Json = {"secret": _SECRET}
    own = {name: _table(model, name, definitions) for name, model in OWN_TABLES.items()}
    own["store"]["properties"]["s3"] = own.pop("store.s3")
    own["triage"]["properties"]["classifier"] = own.pop("triage.classifier")
    connectors = {
        plugin.name: _plus(_table(plugin.settings, plugin.name, definitions), {LIMITS: shape(plugin.limits)}, [])
        for plugin in _importable(registry.names("connectors"), registry.connector)
    }
    head = {
        name: each
        for name, each in _table(BackendHead, "backends", definitions)["properties"].items()
        if name != "kind"
    }
    backends = [
        _plus(
            _table(plugin.settings, plugin.name, definitions),
            {**head, "kind": {"const": plugin.name}, LIMITS: shape(plugin.limits)},
            ["kind"],
        )
        for plugin in _importable(registry.names("backends"), registry.backend)
    ]
    return {
        "$schema": DIALECT,
        "title": "gatehouse.toml",
        "type": "object",
        "additionalProperties": False,
        "required": ["brand", "channels"],
        "oneOf": [{"required": ["backend"]}, {"required": ["backends"]}],
        "properties": {
            **own,
            "calendars": _calendars(definitions),
            "chains": _chains(definitions),
            "backend": {"oneOf": backends},
            **_backends(backends),
            **_channels(connectors),
        },
        "$defs": definitions,
    }


def _chains(definitions: Json) -> Json:
    return {
        "type": "object",
        "propertyNames": {"pattern": NAME},
        "additionalProperties": _table(ChainTable, "chains", definitions),
    }


def _calendars(definitions: Json) -> Json:
    return {
        "type": "object",
        "propertyNames": {"pattern": f"^{CALENDAR_NAME.pattern}$"},
        "additionalProperties": _table(CalendarTable, "calendars", definitions),
    }


def _backends(tables: list[Json]) -> dict[str, Json]:
    named = {
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": NAME},
        "additionalProperties": {"oneOf": tables},
    }
    return {"backends": named}


def _channels(connectors: dict[str, Json]) -> Json:
    loose = {name: {**table, "required": []} for name, table in connectors.items()}
    enabled = ChannelHead.model_json_schema()["properties"]["enabled"]
    channels = [
        _plus(table, {"connector": {"const": name}, "enabled": enabled}, ["connector"]) for name, table in loose.items()
    ]
    return {
        "connectors": {"type": "object", "additionalProperties": False, "properties": loose},
        "channels": {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": NAME},
            "additionalProperties": {"oneOf": channels},
        },
    }


def _importable(names: Sequence[str], get: Callable[[str], P]) -> Iterator[P]:
    for name in names:
        try:
            yield get(name)
        except ConfigError:
            # A schema of what is installed: what is not, `gatehouse check` names where it is asked for.
            continue


def _table(model: type[BaseModel], name: str, definitions: Json) -> Json:
    """Return a model's schema with its definitions moved to the root, and secrets as what is written for them."""
    schema = model.model_json_schema(ref_template=f"#/$defs/{name}.{{model}}")
    for inner, definition in schema.pop("$defs", {}).items():
        definitions[f"{name}.{inner}"] = _with_references(definition)
    table: Json = _with_references(schema)
    secrets = {key for key, value in table.get("properties", {}).items() if value == _REFERENCE}
    # What is absent is looked for in the environment.
    table["required"] = [key for key in table.get("required", []) if key not in secrets]
    return table


_REFERENCE = {"$ref": "#/$defs/secret"}


def _with_references(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_with_references(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("format") == "password":
        return _REFERENCE
    return {key: _with_references(value) for key, value in schema.items()}


def _plus(table: Json, properties: Json, required: list[str]) -> Json:
    return {
        **table,
        "properties": {**properties, **table.get("properties", {})},
        "required": [*required, *table.get("required", [])],
    }
