"""People who write to a desk on X, in public and by direct message, and a list of what must be found of it in the end.

Every text bears a mark of its own, so that it is found again in whatever ticket it went to.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.sandbox.x import XServer
from gateway.sandbox.x._text import Json

MARK = re.compile(r"\b([pd]\d{6})v(\d+)\b")
WORDS = ("Where is my deposit?", "It is still not there.", "I sent it on Monday.", "Please look at it again.")
LONG = " ".join(["I have waited for hours, and nobody could tell me anything about it yet."] * 5)
MOST_EDITS = 3
BURST_APART = timedelta(milliseconds=2)
BOTH = 5
"""Of so many people one writes in public and in private."""


@dataclass
class Said:
    """One post or direct message of somebody, in all its versions."""

    id: str
    """What it is called in a case's file."""
    mark: str
    thing: Json
    """What X has of its newest version."""
    versions: int = 1

    @property
    def ids(self) -> list[str]:
        """The platform's ids of all its versions."""
        return list(self.thing.get("edit_history_post_ids", [self.thing["id"]]))


class XCrowd:
    """Who writes, on one server. Everything is drawn from `rng`."""

    def __init__(self, server: XServer, rng: random.Random, people: int) -> None:
        self._server = server
        self._rng = rng
        self.posters = [server.person(f"poster_{number}", f"Poster {number}") for number in range(people)]
        writers = [server.person(f"writer_{number}", f"Writer {number}") for number in range(people * 3 // 10)]
        self.writers = [*writers, *self.posters[::BOTH][: len(writers) // 3]]
        self.posts: list[Said] = []
        self.messages: list[Said] = []
        self.own: list[Json] = []
        """What the brand's account posted by other hands than the gateway's."""
        self._own_post(server.clock.now() - timedelta(hours=2))

    @property
    def said(self) -> list[Said]:
        return [*self.posts, *self.messages]

    def wait_already(self, posts: int, messages: int, within: timedelta) -> None:
        """Let so much have been said before, evenly over that time; own posts come on top."""
        began = self._server.clock.now() - within
        for number in range(posts):
            self._post(began + within * (number / posts))
        for number in range(messages):
            self._message(began + within * (number / messages))

    def write_ourselves(self, messages: int, within: timedelta) -> None:
        """Let the brand's account have written so many direct messages elsewhere: pages without anything new."""
        began = self._server.clock.now() - within
        for number in range(messages):
            at = began + within * (number / messages)
            self._server.message(self._server.own, "We are here.", to=self._rng.choice(self.writers), at=at)

    def burst(self, posts: int, messages: int) -> None:
        """Let so much be said now, by people some of whom are new."""
        for _ in range((posts + messages) // 20):
            self._come()
        self.wait_already(posts, messages, BURST_APART * (posts + messages))

    def step(self) -> None:
        """Let somebody do something now."""
        now = self._server.clock.now()
        if self._rng.random() < 0.3:
            self._come()
        if self._rng.random() < 0.25:
            self._message(now)
        elif self._rng.random() < 0.15:
            self._edit(now)
        else:
            self._post(now)
            if self._rng.random() < 0.05 and len(self.posts) > 1 and "referenced_posts" not in self.posts[-1].thing:
                self._come_late()

    def _come(self) -> None:
        """Let somebody come who has never written."""
        everybody = self._rng.choice((self.posters, self.posters, self.writers))
        everybody.append(self._server.person(f"late_{len(self.posters) + len(self.writers)}"))

    def _post(self, at: datetime) -> None:
        mark = f"p{len(self.posts):06d}"
        author = self._one_of(self.posters)
        text = f"@{self._server.own['username']} {self._rng.choice(WORDS)} {mark}v0"
        kind = self._rng.random()
        if kind < 0.1:
            post = self._server.post(author, f"{text} {LONG}", long=True, at=at)
        elif kind < 0.2:
            post = self._server.post(author, text, quote=self._rng.choice(self.own), at=at)
        elif kind < 0.35 and self.posts:
            # X names everybody whom a reply answers: we are told of it, and were not summoned.
            before = self._rng.choice(self.posts[-20:])
            post = self._server.post(author, f"The same here. {mark}v0", reply_to=before.thing, at=at)
        else:
            post = self._server.post(author, text, at=at)
        self.posts.append(Said(f"x:{post['id']}", mark, post))
        if kind > 0.97:
            self._own_post(at)
        elif kind > 0.92:
            self._revise(self.posts[-1], at + timedelta(milliseconds=1))

    def _one_of(self, everybody: list[Json]) -> Json:
        """Return somebody, rather of those who came last."""
        return self._rng.choice(everybody if self._rng.random() < 0.7 else everybody[-3:])

    def _message(self, at: datetime) -> None:
        mark = f"d{len(self.messages):06d}"
        event = self._server.message(self._one_of(self.writers), f"{self._rng.choice(WORDS)} {mark}v0", at=at)
        self.messages.append(Said(f"x:dm:{event['id']}", mark, event))

    def _own_post(self, at: datetime) -> None:
        handle = self._server.own["username"]
        answered = self._rng.choice(self.posts).thing if self.posts and self._rng.random() < 0.5 else None
        number = len(self.own)
        self.own.append(
            self._server.post(self._server.own, f"News of @{handle}, number {number}", reply_to=answered, at=at)
        )

    def _edit(self, at: datetime) -> None:
        fresh = [each for each in self.posts[-30:] if each.thing["edit_controls"]["is_edit_eligible"]]
        fresh = [each for each in fresh if each.versions <= MOST_EDITS and "note_post" not in each.thing]
        if fresh:
            self._revise(self._rng.choice(fresh), at)

    def _revise(self, said: Said, at: datetime) -> None:
        """Let the author edit; a reply cannot be edited."""
        if not said.thing["edit_controls"]["is_edit_eligible"]:
            return
        words = f"@{self._server.own['username']} {self._rng.choice(WORDS)} {said.mark}v{said.versions}"
        said.thing = self._server.world.edit_post(said.thing, words, at=at)
        said.versions += 1

    def _come_late(self) -> None:
        """Let the newest post be one that the index took in late, below what was the newest before it."""
        said, world = self.posts[-1], self._server.world
        newest, *before = reversed(world.mentions_of(self._server.own["id"]))
        if said.thing["id"] == str(newest):
            said.thing = self._server.late(said.thing, world.posts[str(before[0])])
            said.id = f"x:{said.thing['id']}"
