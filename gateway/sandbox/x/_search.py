"""The query language of X's search, as far as we use it; a query beyond that is refused, never misread."""

from __future__ import annotations

import re
from collections.abc import Callable

from gateway.sandbox.x._errors import ProblemError, invalid
from gateway.sandbox.x._text import Json

MAX_QUERY = 512
"""Longest query for a self-serve app, in characters."""
_TOKEN = re.compile(r'\s*(?:(-?)\(|(\))|(-?)("[^"]*"|[^\s()"]+))')
_OPERATORS = ("from:", "to:", "conversation_id:", "is:", "has:", "lang:")

Test = Callable[[Json], bool]
Person = Callable[[str], Json | None]


def parsed(query: str, person: Person) -> Test:
    """Return the test of a post that a query stands for. Raises `ProblemError` 400 when it is none."""
    if len(query) > MAX_QUERY:
        raise _wrong(query, f"exceeds max-length {MAX_QUERY}")
    reader = _Reader(query, person)
    test = reader.either()
    if not reader.at_end or not reader.stands_alone:
        raise _wrong(query, "cannot be parsed, or has no operator that stands alone")
    return test


def _wrong(query: str, why: str) -> ProblemError:
    return invalid({"query": [query]}, f"There were errors processing your request: the query {why}")


class _Reader:
    """Reads alternatives of terms side by side; `stands_alone`: a term was there that needs no other."""

    def __init__(self, query: str, person: Person) -> None:
        self._query = query
        self._person = person
        self._tokens = self._split(query)
        self._next = 0
        self.stands_alone = False

    @property
    def at_end(self) -> bool:
        return self._next == len(self._tokens)

    def _split(self, query: str) -> list[str]:
        tokens: list[str] = []
        place = 0
        text = query.rstrip()
        while place < len(text):
            found = _TOKEN.match(text, place)
            if found is None:
                raise _wrong(query, "cannot be parsed")
            tokens.append(found[0].strip())
            place = found.end()
        return tokens

    def either(self) -> Test:
        """Read alternatives."""
        tests = [self._together()]
        while not self.at_end and self._tokens[self._next] == "OR":
            self._next += 1
            tests.append(self._together())
        return lambda post: any(test(post) for test in tests)

    def _together(self) -> Test:
        tests: list[Test] = []
        while not self.at_end and self._tokens[self._next] not in ("OR", ")"):
            tests.append(self._term())
        if not tests:
            raise _wrong(self._query, "lacks a term")
        return lambda post: all(test(post) for test in tests)

    def _term(self) -> Test:
        token = self._tokens[self._next]
        self._next += 1
        negated = token.startswith("-")
        if token.lstrip("-") == "(":
            test = self.either()
            if self.at_end or self._tokens[self._next] != ")":
                raise _wrong(self._query, "lacks a closing parenthesis")
            self._next += 1
        else:
            test = self._word(token.removeprefix("-"))
            self.stands_alone |= not negated and not token.startswith(("is:", "has:", "lang:"))
        return (lambda post: not test(post)) if negated else test

    def _word(self, word: str) -> Test:
        if word.startswith("@"):
            return self._names(word[1:])
        for operator in _OPERATORS:
            if word.startswith(operator):
                return self._operator(operator[:-1], word.removeprefix(operator))
        if ":" in word and not word.startswith('"'):
            raise _wrong(self._query, "has an operator that is not available")
        text = word.strip('"').lower()
        return lambda post: text in _whole(post).lower()

    def _operator(self, name: str, value: str) -> Test:
        if not value:
            raise _wrong(self._query, "has an operator without a value")
        if name == "conversation_id":
            return lambda post: post["conversation_id"] == value
        if name == "lang":
            return lambda post: post["lang"] == value
        if name in ("from", "to"):
            field = "author_id" if name == "from" else "in_reply_to_user_id"
            return lambda post: post.get(field) == self._id(value)
        kinds: dict[str, Test] = {
            "is:reply": lambda post: _refers(post, "replied_to"),
            "is:quote": lambda post: _refers(post, "quoted"),
            "is:retweet": lambda post: _refers(post, "retweeted"),
            "has:links": lambda post: bool(post.get("entities", {}).get("urls")),
            "has:media": lambda post: "attachments" in post,
            "has:mentions": lambda post: bool(post.get("entities", {}).get("mentions")),
        }
        test = kinds.get(f"{name}:{value}")
        if test is None:
            raise _wrong(self._query, "has an operator that is not available")
        return test

    def _names(self, handle: str) -> Test:
        def test(post: Json) -> bool:
            parts = (post, post.get("note_post", {}))
            named = (mark["id"] for part in parts for mark in part.get("entities", {}).get("mentions", ()))
            return self._id(handle) in named

        return test

    def _id(self, handle: str) -> str:
        """Return the account that a handle or number means; what nobody has, fits nothing."""
        found = self._person(handle.removeprefix("@"))
        return handle if found is None else str(found["id"])


def _refers(post: Json, kind: str) -> bool:
    return any(each["type"] == kind for each in post.get("referenced_posts", ()))


def _whole(post: Json) -> str:
    return str(post.get("note_post", post)["text"])
