"""The accounts of the sandbox's X, and who is told of what happens; posts and messages are elsewhere."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from gateway.ports import Clock
from gateway.sandbox.x._text import Json

FIRST_PERSON = 7_000_000_001

Listener = Callable[[str, Json], None]


class People:
    """Accounts, by id and by handle."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.changed: Callable[[], None] = lambda: None
        self.listeners: list[Listener] = []
        """Told of each thing: `post`, `edit`, `delete`, `message`, `encrypted`, `profile`, `revoke`."""
        self.version = 0
        """Grows with each change that somebody can see."""
        self.people: dict[str, Json] = {}
        self.handles: dict[str, str] = {}
        self.suspended: set[str] = set()
        self._person_ids = itertools.count(FIRST_PERSON)

    def tell(self, kind: str, thing: Json) -> None:
        """Let everybody know that something happened."""
        self.version += 1
        for listener in tuple(self.listeners):
            listener(kind, thing)
        self.changed()

    def touch(self) -> None:
        """Tell whoever waits that something can be seen."""
        self.version += 1
        self.changed()

    def add_person(self, handle: str, name: str, user_id: str | None = None, **fields: Any) -> Json:
        """Take an account in; without an id the next free one. `fields` are X's own, in the new spelling."""
        person: Json = {
            "id": user_id or str(next(self._person_ids)),
            "name": name,
            "username": handle,
            "created_at": "2019-03-01T09:00:00.000Z",
            "description": "",
            "verified": False,
            "verified_type": "none",
            "protected": False,
            "parody": False,
            "is_identity_verified": False,
            "subscription_type": "None",
            "profile_image_url": "https://pbs.twimg.com/profile_images/0/made_up_normal.jpg",
            "public_metrics": {
                "followers_count": 12,
                "following_count": 34,
                "post_count": 56,
                "listed_count": 0,
                "like_count": 7,
                "media_count": 0,
            },
            **fields,
        }
        self.people[person["id"]] = person
        self.handles[handle.lower()] = person["id"]
        return person

    def change_person(self, person: Json, **fields: Any) -> Json:
        """Change an account's profile; a new `username` sets the old one free."""
        for field, value in fields.items():
            before = person.get(field)
            if field == "username":
                self.handles.pop(str(before).lower(), None)
                self.handles[str(value).lower()] = person["id"]
            person[field] = value
            self.tell("profile", {"user_id": person["id"], "field": field, "before": before, "after": value})
        return person

    def find_person(self, handle: str) -> Json | None:
        """Return the account that has a handle now."""
        found = self.handles.get(handle.lower())
        return None if found is None else self.people[found]
