"""X's own OpenAPI documents as a check of calls and answers, in the old spelling (2.159) and the new one (2.167).

The documents are not ours and no part of the project; `GATEHOUSE_SHARED_SPECS` says in which folder they lie.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

DOCUMENTS = {"tweet": "openapi.xdk-latest.json", "post": "openapi.docs-2026-08-22.json"}
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_PLACE = re.compile(r"\{\w+\}")


class Spec:
    """What one document says; each check returns what is wrong, nothing when all is well.

    A name that no schema knows is wrong, unless some `fields` parameter of the document lists it.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._schemas: Mapping[str, Any] = document["components"]["schemas"]
        self._listed = {
            name
            for each in document["components"]["parameters"].values()
            if each["name"].endswith(".fields")
            for name in each["schema"]["items"].get("enum", ())
        }

    @classmethod
    def load(cls, spelling: str) -> Spec:
        """Read a document by its spelling; without it the test is skipped, and the skip says so."""
        folder = os.environ.get("GATEHOUSE_SHARED_SPECS")
        path = Path(folder or "") / "x-api" / DOCUMENTS[spelling]
        if folder is None or not path.is_file():
            pytest.skip(f"X's OpenAPI document {path.name} is not here: set GATEHOUSE_SHARED_SPECS")
        return _read(path)

    def check_request(self, method: str, path: str, query: Mapping[str, str], body: Any = None) -> list[str]:
        """Say what is wrong with a call: its route, its query, its JSON body."""
        found = self._operation(method, path)
        if found is None:
            return [f"{method} {path}: no such call"]
        at = f"{method} {path}"
        params = [self._resolved(each) for each in found.get("parameters", ())]
        known = {each["name"]: each for each in params if each["in"] == "query"}
        wrong = [f"{at}?{name}: unknown" for name in query if name not in known]
        for name, each in known.items():
            if name in query:
                wrong += self._value(each["schema"], self._read_param(each["schema"], query[name]), f"{at}?{name}")
            elif each.get("required"):
                wrong.append(f"{at}?{name}: missing")
        if body is not None:
            content = self._resolved(found.get("requestBody", {})).get("content", {})
            if "application/json" not in content:
                return [*wrong, f"{at}: takes no JSON"]
            wrong += self._value(content["application/json"]["schema"], body, f"{at} body")
        return wrong

    def check_response(self, method: str, path: str, status: int, body: Any) -> list[str]:
        """Say what is wrong with the answer to a call; that of a call that failed must be a problem."""
        found = self._operation(method, path)
        if found is None:
            return [f"{method} {path}: no such call"]
        at = f"{method} {path} -> {status}"
        if str(status) in found["responses"]:
            content = self._resolved(found["responses"][str(status)])["content"]
            return self._value(content["application/json"]["schema"], body, at)
        return self.check_problem(body, at)

    def check_problem(self, body: Any, at: str = "Problem") -> list[str]:
        """Say what is wrong with a problem; kinds that the document does not know need a type and a title alone."""
        kinds = self._schemas["Problem"]["discriminator"]["mapping"]
        if isinstance(body, dict) and body.get("type") in kinds:
            known = {"errors", "status"} | set(self._flat({"$ref": kinds[body["type"]]})["properties"])
            plain = {name: value for name, value in body.items() if name != "errors"}
            wrong = self._value({"$ref": kinds[body["type"]]}, plain, at, plain=True)
            return wrong + [f"{at}.{name}: unknown" for name in body if name not in known]
        shaped = isinstance(body, dict) and isinstance(body.get("type"), str) and isinstance(body.get("title"), str)
        return [] if shaped else [f"{at}: no problem"]

    def check(self, name: str, value: Any) -> list[str]:
        """Say what is wrong with a value of a named schema."""
        return self._value({"$ref": f"#/components/schemas/{name}"}, value, name)

    def _operation(self, method: str, path: str) -> Any:
        fitting = [
            pattern
            for pattern, operations in self._document["paths"].items()
            if method.lower() in operations and re.fullmatch(_PLACE.sub("[^/]+", pattern), path)
        ]
        best = min(fitting, key=lambda each: len(_PLACE.findall(each)), default=None)
        return None if best is None else self._document["paths"][best][method.lower()]

    def _resolved(self, schema: Any) -> Any:
        while "$ref" in schema:
            found: Any = self._document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                found = found[part.replace("~1", "/")]
            schema = found
        return schema

    def _flat(self, schema: Any) -> dict[str, Any]:
        """Return an object's schema with the parts of `allOf` as one."""
        schema = self._resolved(schema)
        flat: dict[str, Any] = {**schema, "properties": dict(schema.get("properties", {}))}
        flat["required"] = list(schema.get("required", ()))
        for part in flat.pop("allOf", ()):
            other = self._flat(part)
            flat["properties"] |= other["properties"]
            flat["required"] += other["required"]
            flat.setdefault("type", other.get("type"))
        return flat

    def _read_param(self, schema: Any, value: str) -> Any:
        schema = self._resolved(schema)
        if schema.get("type") == "array":
            return value.split(",")
        if schema.get("type") == "integer":
            return int(value) if value.lstrip("-").isdigit() else value
        return value

    def _value(self, schema: Any, value: Any, at: str, *, plain: bool = False) -> list[str]:
        schema = self._flat(schema)
        if value is None and schema.get("nullable"):
            return []
        kinds = schema.get("discriminator", {}).get("mapping", {})
        if kinds and not plain:
            return self._kind(schema, kinds, value, at)
        choices = schema.get("oneOf") or schema.get("anyOf")
        if choices:
            return min((self._value(each, value, at) for each in choices), key=len)
        expected = schema.get("type") or ("object" if schema["properties"] else None)
        if expected is None:
            return []
        if not isinstance(value, _TYPES[expected]) or (isinstance(value, bool) and expected != "boolean"):
            return [f"{at}: no {expected}, but {type(value).__name__}"]
        checks = {"object": self._object, "array": self._array}
        return checks.get(expected, _plain)(schema, value, at)

    def _kind(self, schema: Any, kinds: Mapping[str, str], value: Any, at: str) -> list[str]:
        word = str(value.get(schema["discriminator"]["propertyName"])) if isinstance(value, dict) else ""
        if word not in kinds:
            return [f"{at}: of no known kind: {word}"]
        return self._value({"$ref": kinds[word]}, value, at, plain=True)

    def _object(self, schema: Any, value: Any, at: str) -> list[str]:
        fields = schema["properties"]
        wrong = [f"{at}.{name}: missing" for name in schema["required"] if name not in value]
        for name, each in value.items():
            if name in fields:
                wrong += self._value(fields[name], each, f"{at}.{name}")
            elif fields and name not in self._listed and "additionalProperties" not in schema:
                wrong.append(f"{at}.{name}: unknown")
        return wrong

    def _array(self, schema: Any, value: Any, at: str) -> list[str]:
        wrong = [] if len(value) >= schema.get("minItems", 0) else [f"{at}: too few"]
        wrong += [] if len(value) <= schema.get("maxItems", len(value)) else [f"{at}: too many"]
        items = schema.get("items", {})
        return wrong + [each for at_, one in enumerate(value) for each in self._value(items, one, f"{at}[{at_}]")]


@cache
def _read(path: Path) -> Spec:
    return Spec(json.loads(path.read_text(encoding="utf-8")))


def _plain(schema: Any, value: Any, at: str) -> list[str]:
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
    elif not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        wrong.append(f"{at}: out of bounds")
    return wrong
