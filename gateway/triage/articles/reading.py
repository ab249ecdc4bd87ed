"""One article as a value, read from Markdown that begins with its front matter. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlsplit

MAX_CHARS = 40_000
"""The longest article that is read."""
MAX_ARTICLES = 5_000
"""So many, of all languages together, make a knowledge base at most."""
_MAX_TITLE = 150
_MAX_LINK = 500
_MAX_LISTED = 30
_FENCE = "---"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")
_KEYS: Final = ("id", "language", "title", "categories", "tags", "link", "updated")
_NEEDED: Final = ("id", "language", "title")


class ArticleError(ValueError):
    """An article cannot be read; the sentence says in which line and why."""

    def __init__(self, line: int, what: str) -> None:
        self.line = line
        super().__init__(f"line {line}: {what}")


@dataclass(frozen=True, slots=True)
class Article:
    """One article in one language; `link` is where users read it."""

    id: str
    language: str
    title: str
    text: str = ""
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    link: str = ""
    updated: date | None = None


def read_article(written: str, languages: tuple[str, ...]) -> Article:
    """Read an article; `languages` are those that there are. ArticleError says what is wrong with it."""
    if len(written) > MAX_CHARS:
        raise ArticleError(1, f"is longer than {MAX_CHARS} characters; cut it into several articles")
    lines = written.removeprefix("\ufeff").splitlines()
    if not lines or lines[0].strip() != _FENCE:
        raise ArticleError(1, f"the first line must be {_FENCE}, then the front matter, such as `id: deposits`")
    end = next((at for at, line in enumerate(lines[1:], 1) if line.strip() == _FENCE), 0)
    if not end:
        raise ArticleError(len(lines), f"the front matter has no end: write {_FENCE} on a line of its own")
    told: dict[str, str] = {}
    where: dict[str, int] = {}
    for number, line in enumerate(lines[1:end], 2):
        if not line.strip():
            continue
        key, colon, value = line.partition(":")
        key = key.strip()
        if not colon or key not in _KEYS:
            raise ArticleError(number, f"is not `key: value` with one of the keys {', '.join(_KEYS)}")
        if key in told:
            raise ArticleError(number, f"{key} stands twice")
        told[key], where[key] = value.strip(), number
    for key in _NEEDED:
        if not told.get(key):
            raise ArticleError(where.get(key, 1), f"{key} is missing")
    return _made(told, where, "\n".join(lines[end + 1 :]).strip(), languages)


def _made(told: Mapping[str, str], where: Mapping[str, int], text: str, languages: tuple[str, ...]) -> Article:
    def checked(key: str, is_good: Callable[[str], bool], what: str) -> str:
        value = told.get(key, "")
        if value and not is_good(value):
            raise ArticleError(where[key], f"{key} {what}")
        return value

    def listed(key: str) -> tuple[str, ...]:
        values = tuple(each.strip() for each in told.get(key, "").split(",") if each.strip())
        if len(values) > _MAX_LISTED:
            raise ArticleError(where[key], f"{key} has more than {_MAX_LISTED} entries")
        return values

    updated = checked("updated", _is_day, "must be a day such as 2026-11-20")
    return Article(
        id=checked("id", lambda value: bool(_NAME.fullmatch(value)), "must be of small letters, digits, - and _"),
        language=checked("language", languages.__contains__, f"must be one of {', '.join(languages)}"),
        title=checked("title", lambda value: len(value) <= _MAX_TITLE and value.isprintable(), "is too long"),
        text=text,
        categories=listed("categories"),
        tags=listed("tags"),
        link=checked("link", _is_link, "must be a whole address that begins with https://"),
        updated=date.fromisoformat(updated) if updated else None,
    )


def _is_link(value: str) -> bool:
    if not value.startswith("https://") or len(value) > _MAX_LINK or not value.isascii() or " " in value:
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return bool(parts.hostname) and parts.username is None


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
