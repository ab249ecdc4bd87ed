"""Reads Authentication-Results header values (RFC 8601): tolerant of what receivers write, in one pass, with bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_VALUE = 16_384
_MAX_RESULTS = 64
_MAX_TOKENS = 2_000
_MAX_DEPTH = 20
_SPECIAL = frozenset(";=")
_ATOM = re.compile(r'[^\s();="]+')


class _Comment(str):
    """A comment among the words of a header."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class MethodResult:
    """One check and what came of it. Method, result and property names are lower case; values are as written.

    Comments are the server's own words beside its result. They may hold what a sender wrote.
    """

    method: str
    result: str
    properties: tuple[tuple[str, str], ...] = ()
    comments: tuple[str, ...] = ()

    def get(self, *names: str) -> str | None:
        """Return the first property of one of these names, in the order of the names."""
        return next((value for name in names for key, value in self.properties if key == name), None)


@dataclass(frozen=True, slots=True)
class AuthResults:
    """What one server says that it checked."""

    authserv_id: str
    results: tuple[MethodResult, ...]

    def of(self, method: str) -> tuple[MethodResult, ...]:
        """Return the results of one method, in order."""
        return tuple(item for item in self.results if item.method == method)


def parse_auth_results(value: str) -> AuthResults | None:
    """Read a header's value; None when it is not one, is too large, or says nothing for certain."""
    if len(value) > MAX_VALUE:
        return None
    try:
        tokens = list(_tokens(value))
    except ValueError:
        return None
    groups = _groups(tokens)
    first = [word for word in groups[0] if not isinstance(word, _Comment)]
    if not first or first[0] in _SPECIAL or len(groups) > _MAX_RESULTS:
        return None
    results = [result for group in groups[1:] if (result := _result(group)) is not None]
    return AuthResults(first[0].lower(), tuple(results))


def _tokens(value: str) -> Iterator[str]:
    """Yield atoms, comments, quoted strings without quotes, `;` and `=`. Raises ValueError if one is unclosed."""
    place = count = 0
    while place < len(value):
        char = value[place]
        count += 1
        if count > _MAX_TOKENS:
            raise ValueError("too many tokens")
        if char == "(":
            end = _after_comment(value, place)
            yield _Comment(value[place + 1 : end - 1])
            place = end
        elif char == '"':
            text, place = _quoted(value, place + 1)
            yield text if text not in _SPECIAL else ""
        elif char in _SPECIAL:
            yield char
            place += 1
        elif (atom := _ATOM.match(value, place)) is not None:
            yield atom[0]
            place = atom.end()
        else:
            if char == ")":
                yield ""
            place += 1


def _after_comment(value: str, place: int) -> int:
    depth = 0
    while place < len(value):
        char = value[place]
        if char == "\\":
            place += 1
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
        place += 1
        if depth == 0:
            return place
        if depth > _MAX_DEPTH:
            break
    raise ValueError("comment without end")


def _quoted(value: str, place: int) -> tuple[str, int]:
    found: list[str] = []
    while place < len(value):
        char = value[place]
        if char == '"':
            return "".join(found), place + 1
        if char == "\\" and place + 1 < len(value):
            place += 1
            char = value[place]
        found.append(char)
        place += 1
    raise ValueError("quoted string without end")


def _groups(words: list[str]) -> list[list[str]]:
    groups: list[list[str]] = [[]]
    for word in words:
        if word == ";":
            groups.append([])
        else:
            groups[-1].append(word)
    return groups


def _result(words: list[str]) -> MethodResult | None:
    """Read `method[/version]=result [ptype.property=value]...`; None for `none` and for what is no result."""
    group = [word for word in words if not isinstance(word, _Comment)]
    if len(group) < 3 or group[1] != "=":
        return None
    pairs = tuple(_pairs(group))
    if not pairs:
        return None
    (method, result), *properties = pairs
    return MethodResult(
        method=method.partition("/")[0].lower(),
        result=result.lower(),
        properties=tuple((name.lower(), value) for name, value in properties),
        comments=tuple(str(word) for word in words if isinstance(word, _Comment)),
    )


def _pairs(group: list[str]) -> Iterator[tuple[str, str]]:
    """Yield (name, value). A value may go on after further `=`, which are not read as pairs: a sender chooses it."""
    place = 0
    while place + 2 < len(group):
        name, sign, value = group[place : place + 3]
        if sign != "=" or name == "=":
            place += 1
            continue
        yield name, "" if value == "=" else value
        place += 3
        while place < len(group) and group[place] == "=":
            place += 2
