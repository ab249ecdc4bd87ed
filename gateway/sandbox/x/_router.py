"""Which call goes to which handler of the sandbox's X, and what a handler is given; it answers nothing itself."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qsl

from gateway.sandbox._http import Answer, Request
from gateway.sandbox.x._errors import ProblemError, invalid, not_found

Spelling = Literal["tweet", "post"]
_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: an account by OAuth, or the app itself by its bearer token, which has no `user_id`."""

    user_id: str | None
    kind: Literal["app", "oauth1", "oauth2"] = "oauth1"
    scopes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Query:
    """A call: the request, the parts of its path by the pattern's names, its query, who makes it, how it spells.

    `spelling` is how the answer must spell: as the call does, else as the server is set.
    """

    request: Request
    path: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    caller: Caller | None = None
    spelling: Spelling = "post"

    def json(self) -> dict[str, Any]:
        """Return the body as a JSON object. Raises `ProblemError` 400 when it is none."""
        try:
            body = json.loads(self.request.body)
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise invalid({}, "The body of the request is not a JSON object.")
        return body


Handler = Callable[[Query], Awaitable[Answer]]
Routes = Mapping[tuple[str, str], Handler]
"""Handlers by method and pattern, such as `("GET", "/2/users/{id}/mentions")`."""


@dataclass(frozen=True, slots=True)
class Match:
    """A handler that was found, and the parts of the path."""

    pattern: str
    handler: Handler
    path: Mapping[str, str]

    @property
    def needs_caller(self) -> bool:
        """Whether only a known caller may call it: the whole API but the way to get a token."""
        return self.pattern.startswith("/2/") and not self.pattern.startswith("/2/oauth2/")


class Router:
    """All routes; a pattern with fewer places in braces wins."""

    def __init__(self) -> None:
        self._routes: list[tuple[int, str, str, re.Pattern[str], Handler]] = []

    def add(self, routes: Routes) -> None:
        """Take more routes in."""
        for (method, pattern), handler in routes.items():
            places = len(_PLACE.findall(pattern))
            self._routes.append((places, method, pattern, _compiled(pattern), handler))
        self._routes.sort(key=lambda each: each[0])

    def find(self, method: str, path: str) -> Match:
        """Return what answers a call. Raises `ProblemError` 404 or 405."""
        others = False
        for _, known, pattern, compiled, handler in self._routes:
            found = compiled.fullmatch(path)
            if found is None:
                continue
            if known == method:
                return Match(pattern, handler, found.groupdict())
            others = True
        raise ProblemError(405, "Method Not Allowed") if others else not_found()


def params_of(request: Request) -> dict[str, str]:
    """Return the query's parameters; one that is there twice is read as a list with commas."""
    params: dict[str, str] = {}
    for name, value in parse_qsl(request.query, keep_blank_values=True):
        params[name] = f"{params[name]},{value}" if name in params else value
    return params


def answered(body: Mapping[str, Any], status: int = 200) -> Answer:
    """Return an answer in JSON."""
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    return Answer(status, text.encode("utf-8", "surrogatepass"), "application/json; charset=utf-8")


def _compiled(pattern: str) -> re.Pattern[str]:
    parts = _PLACE.split(pattern)
    texts = [f"(?P<{part}>[^/]+)" if index % 2 else re.escape(part) for index, part in enumerate(parts)]
    return re.compile("".join(texts))
