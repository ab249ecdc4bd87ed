"""Whole days of traffic on X in virtual time: what they cost, how long anything is unread, and what is given up."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from gateway.case import Visibility
from gateway.ports import ReplyKind
from tests.integration.x_day import DAY, MIDNIGHT, Day, Json, x_day

FULL = os.environ.get("GATEHOUSE_FULL") == "1"
HOUR = timedelta(hours=1)
NOON = MIDNIGHT + 12 * HOUR
UNREAD = timedelta(minutes=2)
CURVE = (1, 1, 1, 1, 1, 2, 3, 5, 7, 8, 9, 9, 9, 9, 8, 8, 7, 7, 6, 6, 5, 4, 3, 2)
"""How busy the hours of a day are beside one another."""
PUBLIC, PRIVATE = Visibility.PUBLIC, Visibility.PRIVATE


def moments(count: int, chance: random.Random, start: datetime, end: datetime) -> Sequence[datetime]:
    """Return so many times between two, as the day's curve has them."""
    found: list[datetime] = []
    while len(found) < count:
        at = start + (end - start) * chance.random()
        if chance.random() * max(CURVE) < CURVE[at.hour]:
            found.append(at)
    return sorted(found)


class Crowd:
    """People who write to us, and those who lie in wait for them."""

    def __init__(self, day: Day, chance: random.Random, people: int = 260) -> None:
        self.day = day
        self.chance = chance
        self.people = [day.server.person(f"user_{each:04d}") for each in range(people)]
        self.impostor = day.server.person("examp1ex_help", "Examplex Support")
        self.mentions: list[Json] = []
        self.messages: list[Json] = []
        self.traps: list[Json] = []

    def mention(self) -> None:
        """Somebody asks in public; under one of ten such posts a look-alike answers who does not name us."""
        asker = self.chance.choice(self.people)
        post = self.day.server.post(asker, f"@examplex where is my withdrawal {len(self.mentions)}?")
        self.mentions.append(post)
        now = self.day.clock.now()
        if len(self.mentions) % 10 == 0:
            self.day.happens(now + timedelta(minutes=7), lambda: self.trap(post))
        if len(self.mentions) % 5 == 0:
            self.day.happens(now + timedelta(minutes=4), lambda: self.join(post))

    def join(self, post: Json) -> None:
        """Somebody else answers him; X names us before that, which makes it a mention."""
        self.mentions.append(self.day.server.post(self.chance.choice(self.people), "the same here", reply_to=post))

    def trap(self, post: Json) -> None:
        """A look-alike answers without naming us."""
        text = "we can help, write to our support"
        self.traps.append(self.day.server.post(self.impostor, text, reply_to=post, entities={}))

    def message(self) -> None:
        """Somebody writes a direct message; a few write most of them."""
        sender = self.people[int(len(self.people) * self.chance.random() ** 2 / 2)]
        self.messages.append(self.day.server.message(sender, f"my UID is {len(self.messages)}"))

    def come(self, mentions: int, messages: int, start: datetime, end: datetime) -> None:
        """Let so many come between two times, as the day's curve has them."""
        for at in moments(mentions, self.chance, start, end):
            self.day.happens(at, self.mention)
        for at in moments(messages, self.chance, start, end):
            self.day.happens(at, self.message)

    def burst(self, mentions: int, messages: int, start: datetime, length: timedelta) -> None:
        """Let so many come within a short time."""
        for _ in range(mentions):
            self.day.happens(start + length * self.chance.random(), self.mention)
        for _ in range(messages):
            self.day.happens(start + length * self.chance.random(), self.message)

    @property
    def keys(self) -> set[str]:
        """The keys of all mentions and direct messages."""
        return {f"post:{each['id']}" for each in self.mentions} | {f"message:{each['id']}" for each in self.messages}


async def test_a_normal_day_within_the_budget_and_nothing_unread_for_two_minutes(tmp_path: Path) -> None:
    async with x_day(tmp_path) as day:
        crowd = Crowd(day, random.Random(5))
        crowd.come(260, 120, MIDNIGHT, MIDNIGHT + DAY)
        crowd.burst(60, 30, NOON, timedelta(minutes=5))
        await day.until(MIDNIGHT + DAY - timedelta(seconds=1))
        unread = day.unread()
        spent = await day.spent()
        print(day.server.spent, day.server.bill.items, spent, await day.meter.today())
        print(len(crowd.mentions), len(crowd.messages), len(crowd.traps), len(unread), max(unread.values()))
        print(max(v for k,v in unread.items() if k.startswith("message")), max(v for k,v in unread.items() if k.startswith("post")))
        print(day.too_many, {n: s.refused for n, s in day.streams.items()}, day.server.counts, day.waiting, len(day.put_off), day.errors[:5])
        for k in ReplyKind:
            for v in (PUBLIC, PRIVATE):
                if t := day.times(k, v): print(k, v, len(t), max(x.late for x in t))
