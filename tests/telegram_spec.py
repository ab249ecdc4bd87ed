"""Telegram's own specification of its Bot API as a check of calls, results and updates.

The specification is not ours and no part of the project; `GATEHOUSE_SHARED_SPECS` says in which folder it lies.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

_PLAIN: dict[str, tuple[type, ...]] = {"String": (str,), "Integer": (int,), "Boolean": (bool,), "Float": (int, float)}
_ARRAY = "Array of "
_MAX_NUMBER = 1 << 52
"""What the Bot API promises of its integers."""
_DISCRIMINATORS = ("type", "status", "source")


class Spec:
    """What the specification says; each check returns what is wrong, nothing when all is well."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._types: dict[str, Any] = document["types"]
        self._methods: dict[str, Any] = document["methods"]

    @classmethod
    def load(cls) -> Spec:
        """Read the specification; without it the test is skipped, and the skip says so."""
        spec = cls.find()
        if spec is None:
            pytest.skip("the Bot API's specification is not here: set GATEHOUSE_SHARED_SPECS")
        return spec

    @classmethod
    def find(cls) -> Spec | None:
        """Read the specification if it is here."""
        folder = os.environ.get("GATEHOUSE_SHARED_SPECS")
        path = Path(folder or "") / "telegram" / "api.json"
        return _read(path) if folder is not None and path.is_file() else None

    def check_request(self, method: str, params: Mapping[str, Any]) -> list[str]:
        """Say what is wrong with a call; files that came with it count as InputFile."""
        known = self._methods.get(method)
        if known is None:
            return [f"{method}: no such method"]
        attached = {str(each).removeprefix("attach://") for each in _strings(params) if each.startswith("attach://")}
        said = {name: value for name, value in params.items() if name not in attached or name in _names(known)}
        return self._fields(known, said, method)

    def check_response(self, method: str, result: Any) -> list[str]:
        """Say what is wrong with the result of a call that succeeded."""
        known = self._methods.get(method)
        if known is None:
            return [f"{method}: no such method"]
        return self._one_of(known["returns"], result, f"{method}()")

    def check_refusal(self, body: Any) -> list[str]:
        """Say what is wrong with the answer to a call that was refused."""
        wrong = [] if body.get("ok") is False else ["ok: not false"]
        wrong += _plain("Integer", body.get("error_code"), "error_code")
        wrong += _plain("String", body.get("description"), "description")
        return wrong + self._value("ResponseParameters", body.get("parameters", {}), "parameters")

    def check_update(self, update: Any) -> list[str]:
        """Say what is wrong with an update."""
        wrong = self._value("Update", update, "Update")
        if not wrong and len(update) != 2:
            wrong.append("Update: exactly one kind beside the id")
        return wrong

    def _one_of(self, names: list[str], value: Any, at: str) -> list[str]:
        """Check a union: the member that fits best says what is wrong."""
        tried = [self._value(name, value, at) for name in names]
        return min(tried, key=len)

    def _value(self, name: str, value: Any, at: str) -> list[str]:
        if name.startswith(_ARRAY):
            return self._array(name.removeprefix(_ARRAY), value, at)
        if name in _PLAIN:
            return _plain(name, value, at)
        if name == "InputFile":
            return [] if hasattr(value, "content") else [f"{at}: no file, but {type(value).__name__}"]
        known = self._types[name]
        if "subtypes" in known:
            return self._one_of(self._candidates(known["subtypes"], value), value, at)
        if not isinstance(value, Mapping):
            return [f"{at}: no {name}, but {type(value).__name__}"]
        return self._fields(known, value, at)

    def _candidates(self, subtypes: list[str], value: Any) -> list[str]:
        """Return the members of a union that the value's own word for its type allows; all when it has none."""
        if not isinstance(value, Mapping):
            return subtypes
        fitting = [name for name in subtypes if name not in self._types or self._says_so(self._types[name], value)]
        return fitting or subtypes

    def _says_so(self, known: Any, value: Mapping[str, Any]) -> bool:
        for field in known.get("fields", []):
            text = field["description"]
            marked = "always" in text or "must be" in text
            if field["name"] in _DISCRIMINATORS and marked and field["required"]:
                word = str(value.get(field["name"]))
                return f'"{word}"' in text or f"“{word}”" in text or text.rstrip(".").endswith(f" {word}")
        return True

    def _array(self, name: str, value: Any, at: str) -> list[str]:
        if not isinstance(value, list):
            return [f"{at}: no array, but {type(value).__name__}"]
        return [wrong for index, each in enumerate(value) for wrong in self._value(name, each, f"{at}[{index}]")]

    def _fields(self, known: Any, value: Mapping[str, Any], at: str) -> list[str]:
        fields = {field["name"]: field for field in known.get("fields", [])}
        wrong = [f"{at}.{name}: unknown" for name in value if name not in fields]
        for name, field in fields.items():
            if name in value:
                wrong += self._one_of(field["types"], value[name], f"{at}.{name}")
            elif field["required"]:
                wrong.append(f"{at}.{name}: missing")
        return wrong


@cache
def _read(path: Path) -> Spec:
    return Spec(json.loads(path.read_text(encoding="utf-8")))


def _names(known: Any) -> set[str]:
    return {field["name"] for field in known.get("fields", [])}


def _plain(name: str, value: Any, at: str) -> list[str]:
    fits = isinstance(value, _PLAIN[name]) and (name == "Boolean" or not isinstance(value, bool))
    if not fits:
        return [f"{at}: no {name}, but {type(value).__name__}"]
    return [f"{at}: beyond 52 bits"] if name == "Integer" and abs(value) >= _MAX_NUMBER else []


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for each in value.values() for text in _strings(each)]
    if isinstance(value, list):
        return [text for each in value for text in _strings(each)]
    return []
