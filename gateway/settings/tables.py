"""The tables of a configuration as models, each problem kept with the place where it stands.

Not here: which tables there are and what they mean together (`load`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from gateway.settings.explain import invalid, unknown_keys
from gateway.settings.guarded import certificate_trouble, secret_trouble
from gateway.settings.model import Problem
from gateway.settings.references import NOT_READ, is_secret, prepare
from gateway.settings.strict import strictly

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table stands. Keys in `inherited` come from the table `shared`; those in `also` are not the model's."""

    path: str
    also: tuple[str, ...] = ()
    shared: str = ""
    inherited: frozenset[str] = frozenset()

    def full(self, problem: Problem) -> Problem:
        """Return the problem with its path from the root of the file."""
        top = re.split(r"[.\[]", problem.path, maxsplit=1)[0]
        table = self.shared if top in self.inherited else self.path
        return Problem(f"{table}.{problem.path}" if problem.path else table, problem.message)


class Tables:
    """The tables of one document at `path`, and the problems that reading them has met so far.

    Without `credentials`, secrets are not read.
    """

    def __init__(self, path: Path, document: dict[str, Any], credentials: bool) -> None:
        self._path = path
        self._base = path.parent
        self._document = document
        self._credentials = credentials
        self._problems: dict[str, Problem] = {}

    def _add(self, path: str, message: str) -> None:
        """Keep the first problem of each place: what is found first explains the others."""
        self._problems.setdefault(path, Problem(path, message))

    def _table(self, name: str) -> dict[str, Any]:
        value = self._document.get(name, {})
        return value if isinstance(value, dict) else {}

    def _own(self, name: str, model: type[M]) -> M | None:
        table = self._table(name)
        return self._validate(model, table, table, Place(name))

    def _optional(self, name: str, model: type[M], defaults: Mapping[str, object] = MappingProxyType({})) -> M | None:
        """Return a table that may be absent; what is absent is switched off."""
        if name not in self._document:
            return None
        table = self._table(name)
        ready = prepare(model, {**defaults, **table}, self._base, name, self._credentials)
        return self._validate(model, table, ready, Place(name))

    def _validate(self, model: type[M], table: dict[str, Any], ready: dict[str, Any], place: Place) -> M | None:
        """Return the table as a model; `ready` is the table with its references prepared."""
        for problem in unknown_keys(model, table, place.also):
            self._add(*place.full(problem))
        known = {key: value for key, value in ready.items() if key in model.model_fields}
        for problem in self._files(model, known):
            self._add(*place.full(problem))
        made: M | None = None
        try:
            made = model.model_validate(known)
        except ValidationError as error:
            for problem in invalid(model, error, known):
                self._add(*place.full(problem))
        for problem in strictly(model, known):
            self._add(*place.full(problem))
        return made

    def _files(self, model: type[BaseModel], ready: dict[str, Any]) -> Iterator[Problem]:
        """Yield what is wrong with the files that a table names; a secret that must not be read there is taken out."""
        for name, field in model.model_fields.items():
            value = ready.get(name)
            if is_secret(field) and isinstance(value, Mapping) and isinstance(value.get("file"), str):
                if trouble := secret_trouble(Path(value["file"])):
                    ready[name] = NOT_READ
                    yield Problem(name, trouble)
            elif name == "ca_file" and isinstance(value, str) and (trouble := certificate_trouble(Path(value))):
                yield Problem(name, trouble)
