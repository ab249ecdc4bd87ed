"""Posts that are read: mentions, single ones, and the search of the last seven days."""

from __future__ import annotations

from datetime import datetime, timedelta

from gateway.sandbox._http import Answer
from gateway.sandbox.x import _params as p
from gateway.sandbox.x._errors import invalid, not_found
from gateway.sandbox.x._paging import Slice, page, token_check
from gateway.sandbox.x._params import Asked, Form
from gateway.sandbox.x._router import Query, Routes, answered
from gateway.sandbox.x._search import parsed
from gateway.sandbox.x._shapes import Page
from gateway.sandbox.x._site import Site
from gateway.sandbox.x._text import Json
from gateway.sandbox.x._world import first_id

REACH = 800
"""So many of the newest mentions can be read, and no older ones."""
SEARCHED = timedelta(days=7)
_FIELDS = ("post", "media", "poll", "user", "place")
_BOUNDS = {"since_id": p.number, "until_id": p.number, "start_time": p.time, "end_time": p.time}
_MENTIONS = Form({**_BOUNDS, "max_results": p.whole(5, 100), "pagination_token": token_check}, "post", _FIELDS)
_SEARCH = Form(
    {
        **_BOUNDS,
        "query": p.text,
        "max_results": p.whole(10, 100),
        "next_token": token_check,
        "pagination_token": token_check,
        "sort_order": p.one_of("recency", "relevancy"),
    },
    "post",
    _FIELDS,
    ("query",),
)
_LOOKUP = Form({"ids": p.numbers}, "post", _FIELDS, ("ids",))
_ONE = Form({}, "post", _FIELDS)


class Posts:
    """Answers what is asked about posts."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._world = site.world

    def routes(self) -> Routes:
        """Return what is answered here."""
        return {
            ("GET", "/2/users/{id}/mentions"): self._mentions,
            ("GET", "/2/tweets"): self._several,
            ("GET", "/2/tweets/{id}"): self._one,
            ("GET", "/2/tweets/search/recent"): self._search,
        }

    async def _mentions(self, query: Query) -> Answer:
        asked = self._site.read(_MENTIONS, query)
        user_id = p.id_in_path(query)
        if user_id not in self._world.people:
            missing = Page(self._world, asked, "user")
            missing.missing("user", user_id, "id")
            return answered(missing.body(None))
        own = user_id == self._world.own["id"]
        reach = self._newest(self._world.mentions_of(user_id), REACH)
        since, until = _range(asked)
        found = page(reach, _size(asked, 10), _token(asked), since=since, until=until)
        kind = "owned_read" if own and self._site.bill.owned_reads else "post_read"
        return self._page(asked, found, kind)

    def _newest(self, ids: list[int], most: int) -> list[int]:
        """Return the newest that are to be seen, oldest first."""
        found: list[int] = []
        for each in reversed(ids):
            if len(found) == most:
                break
            if self._world.visible(str(each)):
                found.append(each)
        return found[::-1]

    async def _search(self, query: Query) -> Answer:
        asked = self._site.read(_SEARCH, query)
        test = parsed(asked.values["query"], self._world.find_person)
        floor = self._world.clock.now() - SEARCHED
        self._check_range(asked, floor)
        since, until = _range(asked)
        since = max(since or 0, first_id(floor) - 1)

        def keep(number: int) -> bool:
            post = self._world.posts[str(number)]
            reposted = any(each["type"] == "retweeted" for each in post.get("referenced_posts", ()))
            return not reposted and self._world.visible(str(number)) and test(post)

        found = page(self._world.order, _size(asked, 10), _token(asked), since=since, until=until, keep=keep)
        return self._page(asked, found, "post_read")

    def _check_range(self, asked: Asked, floor: datetime) -> None:
        start = asked.values.get("start_time")
        if start is not None and start < floor:
            raise invalid({"start_time": []}, "Invalid 'start_time'. It must be on or after the last seven days")
        for name in ("since_id", "until_id"):
            if asked.values.get(name, first_id(floor)) < first_id(floor):
                told = f"'{name}' must be a post id created after the last seven days"
                raise invalid({name: [str(asked.values[name])]}, told)

    def _page(self, asked: Asked, found: Slice, kind: str) -> Answer:
        shown = Page(self._world, asked, "post")
        body = shown.body([self._world.posts[each] for each in found.ids], found.meta())
        self._site.bill.read(kind, found.ids)
        self._site.bill.read_included(shown.included)
        return answered(body)

    async def _several(self, query: Query) -> Answer:
        asked = self._site.read(_LOOKUP, query)
        return self._looked_up(asked, asked.values["ids"], "ids", one=False)

    async def _one(self, query: Query) -> Answer:
        if not query.path["id"].isdigit():
            raise not_found()
        asked = self._site.read(_ONE, query)
        return self._looked_up(asked, [p.id_in_path(query)], "id", one=True)

    def _looked_up(self, asked: Asked, ids: list[str], parameter: str, *, one: bool) -> Answer:
        shown = Page(self._world, asked, "post")
        posts: list[Json] = []
        for each in ids:
            post = self._world.posts.get(each)
            if post is None or each in self._world.gone:
                shown.missing("post", each, parameter)
            elif not self._world.readable(post):
                shown.missing("post", each, parameter, hidden=True)
            else:
                posts.append(post)
        thing = (posts[0] if posts else None) if one else posts
        body = shown.body(thing)
        self._site.bill.read("post_read", [post["id"] for post in posts])
        self._site.bill.read_included(shown.included)
        return answered(body)


def _size(asked: Asked, usual: int) -> int:
    return int(asked.values.get("max_results", usual))


def _token(asked: Asked) -> tuple[str, int] | None:
    found: tuple[str, int] | None = asked.values.get("pagination_token") or asked.values.get("next_token")
    return found


def _range(asked: Asked) -> tuple[int | None, int | None]:
    """Return the ids between which all must lie; an id that bounds goes before a time that does."""
    values = asked.values
    since = values.get("since_id")
    until = values.get("until_id")
    if since is None and "start_time" in values:
        since = first_id(values["start_time"]) - 1
    if until is None and "end_time" in values:
        until = first_id(values["end_time"])
    return since, until
