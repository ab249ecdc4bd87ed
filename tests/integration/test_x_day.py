"""Whole days of traffic on X in virtual time: what they cost, how long anything is unread, and what is given up."""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from gateway.case import Visibility
from gateway.keeping import MICROS
from tests.integration.x_day import DAY, MIDNIGHT, Day, Json, x_day

FULL = os.environ.get("GATEHOUSE_FULL") == "1"
pytestmark = pytest.mark.timeout(1800 if FULL else 120)

HOUR = timedelta(hours=1)
NOON = MIDNIGHT + 12 * HOUR
UNREAD = timedelta(minutes=2)
CURVE = (1, 1, 1, 1, 1, 2, 3, 5, 7, 8, 9, 9, 9, 9, 8, 8, 7, 7, 6, 6, 5, 4, 3, 2)
"""How busy the hours of a day are beside one another."""
AT_MIDNIGHT = Decimal("0.50")
"""What the newest direct messages cost on a new day after a busy evening: there is no way to ask for news alone."""
MENTIONS, MESSAGES = "GET /2/users/{id}/mentions", "GET /2/dm_events"


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
    """About 400 mentions and 150 direct messages, a third of these answered; with GATEHOUSE_FULL=1 the whole day.

    Otherwise its middle: what the morning costs is counted before.
    """
    start, end, share = (MIDNIGHT, MIDNIGHT + DAY, 1.0) if FULL else (NOON - HOUR, NOON + 2 * HOUR, 0.2)
    async with x_day(tmp_path, start=start) as day:
        day.answers_every = 3
        before = Decimal(0) if FULL else Decimal("2.80")
        await day.meter.charge("mentions", 0, int(before * MICROS))
        crowd = Crowd(day, random.Random(5))
        crowd.come(int(260 * share), int(120 * share), start, end - timedelta(minutes=10))
        crowd.burst(60, 30, NOON, timedelta(minutes=5))
        await day.until(end - timedelta(seconds=1))
        day.say("normal day")
        unread = day.unread()
        assert crowd.keys <= unread.keys(), "something was not read"
        assert len(crowd.mentions) > 320 * share
        assert max(unread[each] for each in crowd.keys) < UNREAD
        assert day.server.spent <= day.settings.budget - before
        assert await day.spent() == day.server.spent + before, "the gateway counts as X bills"
        assert day.too_many == 0
        assert day.refused == 0
        assert day.waiting <= 12, "only the last answers are on their way"
        assert max(each.late for each in day.sent if each.visibility is Visibility.PUBLIC) < timedelta(minutes=1)
        assert max(each.late for each in day.sent) < timedelta(minutes=30), "15 direct messages in a quarter of an hour"
        assert crowd.traps
        assert {f"reply:{each['id']}" for each in crowd.traps[:2]} <= unread.keys(), "look-alikes were not looked for"


STORM = (5_000, 100, 9, 18, Decimal(10)) if FULL else (120, 12, 20, 22, Decimal(1))
"""Mentions, direct messages, between which hours, and with which budget."""


async def test_a_storm_of_mentions_takes_no_more_than_the_budget_and_nothing_is_lost(tmp_path: Path) -> None:
    mentions, messages, first, last, budget = STORM
    begins = MIDNIGHT + first * HOUR
    async with x_day(tmp_path, start=begins - HOUR, budget=budget) as day:
        crowd = Crowd(day, random.Random(5), 3_000 if FULL else 200)
        crowd.come(mentions, messages, begins, MIDNIGHT + last * HOUR)
        midnights = [MIDNIGHT + each * DAY for each in range(1, 8)]
        bills = [Decimal(0)]
        for each in midnights:
            day.happens(each - timedelta(seconds=1), lambda: bills.append(day.server.spent))
        await day.until(midnights[0] - timedelta(seconds=1))
        day.say("storm")
        assert day.too_many == 0
        assert mentions < len(crowd.mentions)
        paces = [day.slowed[each] for each in ("mentions", "messages") if each in day.slowed]
        assert paces
        assert day.given_up("conversations") <= paces[0]
        assert sorted(paces) == paces, "mentions slow down before direct messages"
        assert all(paces[0] <= at for at, _, purpose in day.budgeted if purpose != "answers")
        assert all(left <= 0 for _, left, purpose in day.budgeted if purpose == "answers"), "an answer was held back"
        assert day.server.spent <= budget
        if FULL:
            # To read 5,000 and more costs 25 dollars beside all answers: longer than the week that search reaches back.
            return
        while crowd.keys - day.unread().keys():
            await day.until(day.clock.now() + HOUR)
            assert day.clock.now() < midnights[-1]
        day.say("after the storm")
        bills.append(day.server.spent)
        days = [after - before for before, after in itertools.pairwise(bills)]
        assert max(days) <= budget, "X billed more than the budget"
        assert await day.spent() == days[-1]
        assert day.too_many == 0


async def test_half_a_dollar_a_day_is_kept_to(tmp_path: Path) -> None:
    start = MIDNIGHT if FULL else MIDNIGHT + 18 * HOUR
    async with x_day(tmp_path, start=start, budget=Decimal("0.50")) as day:
        crowd = Crowd(day, random.Random(5))
        crowd.come(320, 150, start, MIDNIGHT + DAY)
        await day.until(MIDNIGHT + DAY - timedelta(seconds=1))
        day.say("half a dollar")
        assert Decimal("0.45") < day.server.spent <= Decimal("0.50")
        assert await day.spent() == day.server.spent
        assert day.too_many == 0
        calls = len(day.server.calls)
        await day.until(MIDNIGHT + DAY + timedelta(seconds=5))
        assert len(day.server.calls) > calls, "at midnight in UTC it does not go on"


async def test_without_credits_for_three_hours_nothing_is_lost(tmp_path: Path) -> None:
    start, back = NOON - HOUR / 2, NOON + 3 * HOUR
    async with x_day(tmp_path, start=start) as day:
        crowd = Crowd(day, random.Random(5))
        crowd.come(90, 40, start, back)

        def pay(left: int) -> None:
            day.server.credits = Decimal(left)

        day.happens(NOON, lambda: pay(0))
        day.happens(back, lambda: pay(100))
        await day.until(back + 2 * HOUR)
        day.say("no credits")
        refused = [call for call in day.server.calls if call.status == 402]
        assert {name for at, name in day.errors if NOON < at < back} == {"CreditsError"}
        assert all(NOON <= call.at <= back for call in refused)
        assert len(refused) < 60, "it asks again and again while nothing is left"
        unread = day.unread()
        assert crowd.keys <= unread.keys()
        assert all(at <= back + HOUR for at in day.stored_at(crowd.keys))
        assert day.waiting == 0, "what was to be sent went out afterwards"
        assert await day.spent() == day.server.spent


async def test_an_idle_day_costs_nothing_but_the_newest_messages_at_midnight(tmp_path: Path) -> None:
    """X bills what it hands out: empty looks are free, at the default pace; what is known is billed once a UTC day."""
    eve = MIDNIGHT + DAY - (6 * HOUR if FULL else 2 * HOUR)
    async with x_day(tmp_path, start=eve) as day:
        day.replies = False
        await day.until(eve + HOUR)
        assert day.server.spent == 0
        assert day.server.counts[MENTIONS] == 61
        assert day.server.counts[MESSAGES] >= 55
        crowd = Crowd(day, random.Random(5))
        crowd.burst(0, 130, eve + HOUR, HOUR / 2)
        await day.until(MIDNIGHT + DAY - timedelta(seconds=1))
        assert crowd.keys <= day.unread().keys()
        before = day.server.spent
        await day.until(MIDNIGHT + DAY + (DAY - HOUR if FULL else HOUR))
        day.say("idle day")
        assert day.server.spent - before == AT_MIDNIGHT
        assert await day.spent() == AT_MIDNIGHT
