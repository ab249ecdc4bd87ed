"""A post's text as X keeps it: escaped, links shortened, and what it names marked with offsets in code points."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

SHORT = 280
"""More than so many characters make a long post, of which `text` gives the beginning."""
_SHOWN = 276
_URL = re.compile(r"https?://[^\s<>]+[^\s<>.,;:!?)\]]")
_HANDLE = re.compile(r"(?<![A-Za-z0-9_!#$%&*@＠/])[@＠]([A-Za-z0-9_]{1,15})(?![A-Za-z0-9_])")
_HASHTAG = re.compile(r"(?<![\w&/])[#＃](\w*[^\W\d_]\w*)")
_CASHTAG = re.compile(r"(?<![\w$/])\$([A-Za-z]{1,6})(?!\w)")
_HALF_ESCAPE = re.compile(r"&\w{0,3}$")
_DISPLAYED = 26


@dataclass(frozen=True, slots=True)
class Composed:
    """A text with its marks; `start` is where the part begins that its author wrote."""

    text: str
    entities: Json
    start: int


class Composer:
    """Makes texts; `person` finds an account by handle, `mint` gives the next short link."""

    def __init__(self, person: Callable[[str], Json | None], mint: Callable[[], str]) -> None:
        self._person = person
        self._mint = mint

    def compose(
        self,
        text: str,
        *,
        implied: Iterable[str] = (),
        links: Iterable[Mapping[str, Any]] = (),
        unwound: Mapping[str, str] | None = None,
    ) -> Composed:
        """Return the text with `implied` handles before it and the short links of attachments and quotes after it.

        `links` are marks of what is attached: their `expanded_url`, `display_url` and the like. `unwound`: where a
        link of the text leads in the end.
        """
        prefix = "".join(f"@{handle} " for handle in implied)
        urls: list[Json] = []
        parts = [prefix]
        length = len(prefix)
        last = 0
        for found in _URL.finditer(text):
            before = html.escape(text[last : found.start()], quote=False)
            length += len(before)
            mark: Json = {"expanded_url": found[0], "display_url": _displayed(found[0])}
            if unwound and found[0] in unwound:
                mark |= {"status": 200, "unwound_url": unwound[found[0]]}
            parts += [before, self._mark(urls, length, mark)]
            length += len(parts[-1])
            last = found.end()
        rest = html.escape(text[last:], quote=False)
        parts.append(rest)
        length += len(rest)
        for link in links:
            space = " " if length > len(prefix) else ""
            parts += [space, self._mark(urls, length + len(space), dict(link))]
            length += len(space) + len(parts[-1])
        whole = "".join(parts)
        return Composed(whole, self._entities(whole, urls), len(prefix))

    def _mark(self, urls: list[Json], start: int, mark: Json) -> str:
        short = self._mint()
        urls.append({"start": start, "end": start + len(short), "url": short, **mark})
        return short

    def _entities(self, text: str, urls: list[Json]) -> Json:
        mentions = []
        for found in _HANDLE.finditer(text):
            person = self._person(found[1])
            if person is not None:
                mentions.append({**_span(found), "username": person["username"], "id": person["id"]})
        tags = [{**_span(found), "tag": found[1]} for found in _HASHTAG.finditer(text)]
        cash = [{**_span(found), "tag": found[1]} for found in _CASHTAG.finditer(text)]
        found_all = {"mentions": mentions, "urls": urls, "hashtags": tags, "cashtags": cash}
        return {name: marks for name, marks in found_all.items() if marks}


def shortened(composed: Composed, link: str) -> Composed:
    """Return the beginning of a long text, as `text` gives it, with the marks that are in it whole."""
    text = _HALF_ESCAPE.sub("", composed.text[:_SHOWN])
    entities = {
        name: kept
        for name, marks in composed.entities.items()
        if (kept := [mark for mark in marks if mark["end"] <= len(text)])
    }
    return Composed(f"{text}… {link}", entities, composed.start)


def _span(found: re.Match[str]) -> Json:
    return {"start": found.start(), "end": found.end()}


def _displayed(url: str) -> str:
    shown = re.sub(r"^https?://(www\.)?", "", url)
    return shown if len(shown) <= _DISPLAYED else f"{shown[:_DISPLAYED]}…"
