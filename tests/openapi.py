"""Checks calls, and answers to them, against an OpenAPI 3 document that a vendor publishes.

The documents are not ours and no part of the project; `GATEHOUSE_SHARED_SPECS` says in which folder they lie.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import yaml

from gateway.sandbox._http import Request
from gateway.sandbox.tickets._base import Call, Given

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_PLACE = re.compile(r"\{([^}]+)\}")


class OpenApi:
    """What one document says; each check returns what is wrong, nothing when all is well.

    A name that no schema knows is wrong, unless the schema takes any. `undescribed` are operations such as
    `POST /uploads` of whose bodies the document says nothing.
    """

    def __init__(self, document: Mapping[str, Any], undescribed: Collection[str] = ()) -> None:
        self._document = document
        self._undescribed = frozenset(undescribed)
        servers = document.get("servers") or [{"url": ""}]
        address = servers[0]["url"].replace("{", "").replace("}", "")
        self._prefix = urlsplit(address).path.rstrip("/")

    @classmethod
    def load(cls, *parts: str, undescribed: Collection[str] = ()) -> OpenApi:
        """Read a document by its place in the folder; without it the test is skipped, and the skip says so."""
        folder = os.environ.get("GATEHOUSE_SHARED_SPECS")
        path = Path(folder or "").joinpath(*parts)
        if folder is None or not path.is_file():
            pytest.skip(f"the vendor's OpenAPI document {path.name} is not here: set GATEHOUSE_SHARED_SPECS")
        return cls(_read(path), undescribed)

    def check_calls(self, calls: Iterable[Call]) -> list[str]:
        """Say what is wrong with calls that a sandbox has on record."""
        return [wrong for call in calls for wrong in self.check_request(call.request)]

    def check_request(self, request: Request) -> list[str]:
        """Say what is wrong with a call: its route, its path, its query, its headers, its body."""
        at = f"{request.method} {request.path}"
        found = self._operation(request.method, request.path)
        if found is None:
            return [f"{at}: no such call"]
        template, operation, places = found
        at = f"{request.method} {template}"
        params = self._params(template, operation)
        wrong = self._path(params, places, at)
        wrong += self._query(params, parse_qsl(request.query, keep_blank_values=True), at)
        wrong += [
            f"{at}: header {each['name']} is missing"
            for each in params
            if each["in"] == "header" and each.get("required") and each["name"].lower() not in request.headers
        ]
        if at not in self._undescribed:
            wrong += self._body(operation, request, at)
        return wrong

    def check_answer(self, method: str, path: str, status: int, body: Any) -> list[str]:
        """Say what is wrong with the JSON of an answer; of a status that is not described, nothing."""
        found = self._operation(method, path)
        if found is None:
            return [f"{method} {path}: no such call"]
        described = self._resolved(found[1]["responses"].get(str(status), {}))
        content = described.get("content", {}).get("application/json", {})
        return self._value(content.get("schema", {}), body, f"{method} {found[0]} -> {status}", sent=False)

    def _operation(self, method: str, path: str) -> tuple[str, Any, list[str]] | None:
        fitting = []
        for template, operations in self._document["paths"].items():
            if method.lower() not in operations:
                continue
            pattern = "".join(
                "([^/]+)" if index % 2 else re.escape(piece) for index, piece in enumerate(_PLACE.split(template))
            )
            match = re.fullmatch(re.escape(self._prefix) + pattern, path)
            if match is not None:
                fitting.append((len(match.groups()), template, operations[method.lower()], list(match.groups())))
        best = min(fitting, key=lambda each: each[:2], default=None)
        return None if best is None else (best[1], best[2], best[3])

    def _params(self, template: str, operation: Any) -> list[Any]:
        shared = self._document["paths"][template].get("parameters", ())
        return [self._resolved(each) for each in (*shared, *operation.get("parameters", ()))]

    def _path(self, params: list[Any], places: list[str], at: str) -> list[str]:
        declared = {_plain(each["name"]): each for each in params if each["in"] == "path"}
        names = [_plain(name) for name in _PLACE.findall(at)]
        wrong = []
        for name, value in zip(names, places, strict=True):
            if name in declared:
                schema = declared[name].get("schema", {})
                wrong += self._value(schema, self._from_text(schema, value), f"{at} {{{name}}}")
        return wrong

    def _query(self, params: list[Any], query: list[tuple[str, str]], at: str) -> list[str]:
        known = {each["name"]: each for each in params if each["in"] == "query"}
        given: dict[str, Any] = {}
        wrong = []
        for name, value in query:
            base = name if name in known else name.split("[")[0]
            each = known.get(base) or known.get(f"{base}[]")
            if each is None:
                wrong.append(f"{at}?{name}: unknown")
                continue
            given[each["name"]] = value
            if name == each["name"]:
                schema = each.get("schema", {})
                wrong += self._value(schema, self._from_text(schema, value), f"{at}?{name}")
        missing = [name for name, each in known.items() if each.get("required") and name not in given]
        return wrong + [f"{at}?{name}: missing" for name in missing]

    def _body(self, operation: Any, request: Request, at: str) -> list[str]:
        described = self._resolved(operation.get("requestBody", {}))
        media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
        if not request.body:
            return [f"{at}: the body is missing"] if described.get("required") else []
        content = described.get("content", {})
        if media_type not in content:
            return [f"{at}: takes no body of type {media_type or '(none)'}"]
        schema = content[media_type].get("schema", {})
        if media_type == "application/json":
            try:
                return self._value(schema, json.loads(request.body), f"{at} body")
            except ValueError:
                return [f"{at}: the body is no JSON"]
        if media_type == "multipart/form-data":
            fields = Given(request, {}, {}).form()
            pairs = [(each.name, each.data.decode("utf-8", "replace")) for each in fields]
        else:
            pairs = parse_qsl(request.body.decode(), keep_blank_values=True)
        return self._form(schema, pairs, f"{at} form")

    def _form(self, schema: Any, pairs: list[tuple[str, str]], at: str) -> list[str]:
        """A form's values are texts: `list[]` and `object[key]` belong to the properties of their first names."""
        flat = self._flat(schema)
        fields = flat["properties"]
        wrong = []
        for name, text in pairs:
            each = fields.get(name) or fields.get(name.split("[")[0])
            if each is None:
                wrong += [] if flat.get("additionalProperties") else [f"{at}.{name}: unknown"]
            elif "[" not in name:
                wrong += self._value(each, self._from_text(each, text), f"{at}.{name}")
        names = {name.split("[")[0] for name, _ in pairs} | {name for name, _ in pairs}
        return wrong + [f"{at}.{name}: missing" for name in flat["required"] if name not in names]

    def _from_text(self, schema: Any, text: str) -> Any:
        """Return what a text in a path, a query or a form stands for, by its schema."""
        schema = self._flat(schema)
        kinds = [self._flat(each) for each in schema.get("oneOf") or schema.get("anyOf") or [schema]]
        names = {name for each in kinds for name in _types(each)}
        if "integer" in names and re.fullmatch(r"-?\d+", text):
            return int(text)
        if "number" in names and re.fullmatch(r"-?\d+(\.\d+)?", text):
            return float(text)
        if "boolean" in names and text in ("true", "false"):
            return text == "true"
        return text.split(",") if names == {"array"} else text

    def _resolved(self, schema: Any) -> Any:
        while "$ref" in schema:
            found: Any = self._document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                found = found[part.replace("~1", "/").replace("~0", "~")]
            schema = found
        return schema

    def _flat(self, schema: Any) -> dict[str, Any]:
        """Return a schema with the parts of `allOf` as one."""
        schema = self._resolved(schema)
        flat: dict[str, Any] = {**schema, "properties": dict(schema.get("properties", {}))}
        flat["required"] = list(schema.get("required", ()))
        for part in flat.pop("allOf", ()):
            other = self._flat(part)
            flat["properties"] |= other.pop("properties")
            flat["required"] += other.pop("required")
            for name, value in other.items():
                flat.setdefault(name, value)
        return flat

    def _value(self, schema: Any, value: Any, at: str, *, sent: bool = True) -> list[str]:
        schema = self._flat(schema)
        if value is None and (schema.get("nullable") or not sent):
            return []
        choices = schema.get("oneOf") or schema.get("anyOf")
        if choices:
            return min((self._value(each, value, at, sent=sent) for each in choices), key=len)
        names = _types(schema)
        if names and not any(_is(value, name) for name in names):
            return [f"{at}: no {' or '.join(names)}, but {type(value).__name__}"]
        if isinstance(value, dict):
            return self._object(schema, value, at, sent=sent)
        if isinstance(value, list):
            items = schema.get("items", {})
            wrong = [] if schema.get("minItems", 0) <= len(value) else [f"{at}: too few"]
            wrong += [] if len(value) <= schema.get("maxItems", len(value)) else [f"{at}: too many"]
            return wrong + [
                each for index, one in enumerate(value) for each in self._value(items, one, f"{at}[{index}]", sent=sent)
            ]
        return _scalar(schema, value, at)

    def _object(self, schema: Any, value: Mapping[str, Any], at: str, *, sent: bool) -> list[str]:
        fields, rest = schema["properties"], schema.get("additionalProperties")
        wrong = [f"{at}.{name}: missing" for name in schema["required"] if sent and name not in value]
        for name, each in value.items():
            place = f"{at}.{name}"
            if name in fields:
                if sent and self._resolved(fields[name]).get("readOnly"):
                    wrong.append(f"{place}: may be read alone")
                wrong += self._value(fields[name], each, place, sent=sent)
            elif isinstance(rest, dict):
                wrong += self._value(rest, each, place, sent=sent)
            elif sent and rest is not True and (fields or rest is False):
                wrong.append(f"{place}: unknown")
        return wrong


def _plain(name: str) -> str:
    """Return a name of a path's part however it is spelt: `ticketId` and `ticket_id` are one."""
    return name.replace("_", "").lower()


def _types(schema: Mapping[str, Any]) -> list[str]:
    kind = schema.get("type")
    if kind is None:
        return ["object"] if schema.get("properties") else []
    return list(kind) if isinstance(kind, list) else [kind]


def _is(value: Any, name: str) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, _TYPES[name]) or (name == "integer" and isinstance(value, float) and value.is_integer())


def _scalar(schema: Mapping[str, Any], value: Any, at: str) -> list[str]:
    wrong = []
    if "enum" in schema and value not in schema["enum"]:
        wrong.append(f"{at}: not one of the known: {value}")
    if isinstance(value, str):
        if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
            wrong.append(f"{at}: too short or too long")
        if "pattern" in schema and not re.search(schema["pattern"], value):
            wrong.append(f"{at}: does not match {schema['pattern']}")
        if schema.get("format") == "date-time" and not _TIME.fullmatch(value):
            wrong.append(f"{at}: no time")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        least, most = schema.get("minimum"), schema.get("maximum")
        if (least is not None and value < least) or (most is not None and value > most):
            wrong.append(f"{at}: out of bounds")
    return wrong


@cache
def _read(path: Path) -> Any:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        return json.loads(text)
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - a safe loader
