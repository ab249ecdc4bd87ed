"""Accounts that are read, by id and by handle, and what was used up."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.sandbox._http import Answer
from gateway.sandbox.x import _params as p
from gateway.sandbox.x._auth import user_of
from gateway.sandbox.x._params import Asked, Form
from gateway.sandbox.x._router import Query, Routes, answered
from gateway.sandbox.x._shapes import Page
from gateway.sandbox.x._site import Site
from gateway.sandbox.x._text import Json

_FIELDS = ("user", "post")
_ONE = Form({}, "user", _FIELDS)
_BY_IDS = Form({"ids": p.numbers}, "user", _FIELDS, ("ids",))
_BY_HANDLES = Form({"usernames": p.handles}, "user", _FIELDS, ("usernames",))


class Users:
    """Answers what is asked about accounts."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._world = site.world

    def routes(self) -> Routes:
        """Return what is answered here."""
        return {
            ("GET", "/2/users/me"): self._me,
            ("GET", "/2/users"): self._by_ids,
            ("GET", "/2/users/by"): self._by_handles,
            ("GET", "/2/users/by/username/{username}"): self._by_handle,
            ("GET", "/2/users/{id}"): self._by_id,
        }

    async def _me(self, query: Query) -> Answer:
        user_id = user_of(query, "users.read", "tweet.read")
        return self._answer(self._site.read(_ONE, query), [user_id], "id", one=True)

    async def _by_ids(self, query: Query) -> Answer:
        asked = self._site.read(_BY_IDS, query)
        return self._answer(asked, asked.values["ids"], "ids")

    async def _by_id(self, query: Query) -> Answer:
        asked = self._site.read(_ONE, query)
        return self._answer(asked, [p.id_in_path(query)], "id", one=True)

    async def _by_handles(self, query: Query) -> Answer:
        asked = self._site.read(_BY_HANDLES, query)
        return self._answer(asked, asked.values["usernames"], "usernames")

    async def _by_handle(self, query: Query) -> Answer:
        asked = self._site.read(_ONE, query)
        return self._answer(asked, [p.handle_in_path(query)], "username", one=True)

    def _answer(self, asked: Asked, wanted: Sequence[str], parameter: str, *, one: bool = False) -> Answer:
        shown = Page(self._world, asked, "user")
        people: list[Json] = []
        for each in wanted:
            by_handle = parameter.startswith("username")
            person = self._world.find_person(each) if by_handle else self._world.people.get(each)
            if person is None:
                shown.missing("user", each, parameter)
            elif person["id"] in self._world.suspended:
                shown.suspended(each, parameter)
            else:
                people.append(person)
        thing = (people[0] if people else None) if one else people
        body = shown.body(thing)
        self._site.bill.read("user_read", [person["id"] for person in people])
        self._site.bill.read_included(shown.included)
        return answered(body)
