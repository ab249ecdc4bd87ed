"""What a call asks for: its query checked against what the API knows in the server's spelling, and made plain."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from gateway.sandbox.x._errors import ProblemError, invalid
from gateway.sandbox.x._fields import EXPANSIONS, FIELDS, new_name
from gateway.sandbox.x._router import Query, Spelling

Dialect = Literal["tweet", "post", "both"]
Check = Callable[[str, str], Any]

_ID = re.compile(r"[0-9]{1,19}")
_HANDLE = re.compile(r"[A-Za-z0-9_]{1,15}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_ALL_EXPANSIONS = {spelling: frozenset().union(*lists.values()) for spelling, lists in EXPANSIONS.items()}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a call asks for: plain values by name, and in the new spelling the fields by kind and the expansions."""

    spelling: Spelling = "post"
    values: Mapping[str, Any] = field(default_factory=dict)
    fields: Mapping[str, frozenset[str]] = field(default_factory=dict)
    expansions: frozenset[str] = frozenset()


def spelling_of(params: Mapping[str, str], dialect: Dialect) -> Spelling:
    """Return how a call spells, which the answer follows; a call that shows nothing is answered in the new way."""
    if dialect != "both":
        return dialect
    if "tweet.fields" in params or "post.fields" in params:
        return "tweet" if "tweet.fields" in params else "post"
    return "tweet" if any(_only_old(name, value) for name, value in params.items()) else "post"


@dataclass(frozen=True, slots=True)
class Form:
    """What a route takes: own parameters with their checks, the kind whose expansions, the kinds whose fields."""

    own: Mapping[str, Check]
    kind: str = ""
    fields: tuple[str, ...] = ()
    required: tuple[str, ...] = ()

    def read(self, query: Query, dialect: Dialect) -> Asked:
        """Return what the call asks for. Raises `ProblemError` 400 for what the API does not know."""
        spellings: tuple[Spelling, ...] = ("tweet", "post") if dialect == "both" else (dialect,)
        lists = {self._field_param(kind, each): kind for kind in self.fields for each in spellings}
        known = {*self.own, *lists, *(("expansions",) if self.kind else ())}
        for name, value in query.params.items():
            if name not in known:
                raise invalid({name: [value]}, f"The query parameter [{name}] is not one of [{_listed(known)}]")
        for name in self.required:
            if not query.params.get(name):
                raise invalid({name: []}, f"The `{name}` query parameter can not be empty")
        values = {name: check(name, query.params[name]) for name, check in self.own.items() if name in query.params}
        fields: dict[str, frozenset[str]] = {}
        for name, kind in lists.items():
            if name in query.params:
                allowed = frozenset().union(*(FIELDS[each][kind] for each in spellings))
                fields[kind] = fields.get(kind, frozenset()) | _named(name, query.params[name], allowed)
        expansions: frozenset[str] = frozenset()
        if "expansions" in query.params:
            allowed = frozenset().union(*(EXPANSIONS[each][self.kind] for each in spellings))
            expansions = _named("expansions", query.params["expansions"], allowed)
        return Asked(query.spelling, values, fields, expansions)

    def _field_param(self, kind: str, spelling: Spelling) -> str:
        return f"{spelling}.fields" if kind == "post" else f"{kind}.fields"


def whole(low: int, high: int) -> Check:
    """Return the check of a number within bounds."""

    def check(name: str, value: str) -> int:
        if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
            raise invalid(
                {name: [value]}, f"The `{name}` query parameter value [{value}] is not between {low} and {high}"
            )
        return int(value)

    return check


def number(name: str, value: str) -> int:
    """Return an id."""
    if not _ID.fullmatch(value):
        raise invalid({name: [value]}, f"The `{name}` query parameter value [{value}] is not valid")
    return int(value)


def numbers(name: str, value: str) -> list[str]:
    """Return up to 100 ids."""
    return _many(name, value, _ID)


def handles(name: str, value: str) -> list[str]:
    """Return up to 100 handles."""
    return _many(name, value, _HANDLE)


def time(name: str, value: str) -> datetime:
    """Return a time of RFC 3339 in UTC."""
    if not _TIME.fullmatch(value):
        raise invalid({name: [value]}, f"The `{name}` query parameter value [{value}] is not a valid RFC 3339 time")
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except ValueError:
        raise invalid({name: [value]}, f"The `{name}` query parameter value [{value}] is no time") from None


def text(name: str, value: str) -> str:
    """Return any text."""
    return value


def one_of(*allowed: str) -> Check:
    """Return the check of a list of words."""
    return lambda name, value: _named(name, value, frozenset(allowed))


def handle_in_path(query: Query) -> str:
    """Return the handle of the path. Raises `ProblemError` 400 when it cannot be one."""
    return _in_path(query, "username", _HANDLE)


def id_in_path(query: Query, name: str = "id") -> str:
    """Return the id of the path. Raises `ProblemError` 400 when it cannot be one."""
    return _in_path(query, name, _ID)


def _in_path(query: Query, name: str, pattern: re.Pattern[str]) -> str:
    value = query.path[name]
    if not pattern.fullmatch(value):
        raise invalid(
            {name: [value]}, f"The `{name}` query parameter value [{value}] does not match ^{pattern.pattern}$"
        )
    return value


def _many(name: str, value: str, pattern: re.Pattern[str]) -> list[str]:
    found = value.split(",")
    wrong = [each for each in found if not pattern.fullmatch(each)]
    if wrong:
        raise _wrong(name, wrong, f"does not match ^{pattern.pattern}$")
    if len(found) > 100:
        raise invalid(
            {name: found},
            f"The number of values in the `{name}` query parameter list [{len(found)}] is not between 1 and 100",
        )
    return list(dict.fromkeys(found))


def _named(name: str, value: str, allowed: frozenset[str]) -> frozenset[str]:
    found = value.split(",")
    wrong = [each for each in found if each not in allowed]
    if wrong:
        raise _wrong(name, wrong, f"is not one of [{_listed(allowed)}]")
    return frozenset(new_name(each) for each in found)


def _wrong(name: str, values: list[str], why: str) -> ProblemError:
    return invalid({name: values}, f"The `{name}` query parameter value [{values[0]}] {why}")


def _listed(names: Iterable[str]) -> str:
    return ",".join(sorted(names))


def _only_old(name: str, value: str) -> bool:
    """Whether a list has a value that the old spelling alone knows."""
    words = frozenset(value.split(","))
    if name == "expansions":
        return bool(words & (_ALL_EXPANSIONS["tweet"] - _ALL_EXPANSIONS["post"]))
    kind, _, rest = name.partition(".")
    return rest == "fields" and kind in FIELDS["post"] and bool(words & (FIELDS["tweet"][kind] - FIELDS["post"][kind]))
