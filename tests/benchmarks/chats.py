"""Updates of people who write to a bot: made up, in bursts as people write; a number always gives the same update."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.shapes import said

BOT = 123456
TOKEN = f"{BOT}:TEST-made-up-token-of-the-benchmarks"
USERNAME = "examplex_support_bot"
FIRST_PERSON = 5_000_000_000
FIRST_UPDATE = 900_000_001
FURTHER = (
    "500 USDT",
    "TRC20",
    "it was on Friday evening",
    "TXID 4f1c9d77aa0be1d4c3",
    "您好?",
    "ещё раз: перевод {n}",
    "please answer, I am worried about it, order {n}",
)
"""What people send after their first lines."""
COMMANDS = ("/start", "/help", "/status", "/new", "/language", "/verify @examplex_support")

_HARMLESS = (0, 1, 3, 5)
"""Those of the six texts of `said` that name no look-alike."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one person sends: `at` is in seconds from the first of all."""

    number: int
    person: int
    at: float
    text: str

    @property
    def is_command(self) -> bool:
        return self.text.startswith("/")

    @property
    def name(self) -> str:
        """What the gateway calls the message."""
        return f"telegram:{BOT}:{FIRST_PERSON + self.person}:{1000 + self.number}"

    def update(self, began: float) -> dict[str, Any]:
        """Return the update, with `began` as the POSIX time of the first of all."""
        who = {"id": FIRST_PERSON + self.person, "first_name": f"User {self.person}", "username": f"user_{self.person}"}
        message: dict[str, Any] = {
            "message_id": 1000 + self.number,
            "from": {**who, "is_bot": False, "last_name": "Made-Up", "language_code": "en"},
            "chat": {**who, "last_name": "Made-Up", "type": "private"},
            "date": int(began + self.at),
            "text": self.text,
        }
        start = self.text.find("https://")
        if start >= 0:
            length = len(self.text[start:].split(" ")[0])
            message["entities"] = [{"offset": start, "length": length, "type": "url"}]
            message["link_preview_options"] = {"is_disabled": True}
        if self.is_command:
            message["entities"] = [{"offset": 0, "length": len(self.text.split(" ")[0]), "type": "bot_command"}]
        return {"update_id": FIRST_UPDATE + self.number, "message": message}


def backlog(people: int, *, commands: bool = False, most: int = 3) -> Sequence[Line]:
    """Return what so many people have sent, 1 to `most` messages each, ten people a second.

    Two further messages of three follow within two seconds, as a burst; the third after a minute. With `commands`,
    one person in four begins or ends with one.
    """
    lines = sorted(_lines(people, commands, most))
    return [Line(number, person, at, text) for number, (at, person, text) in enumerate(lines)]


def steady(people: int, rate: float, first_number: int, new: int) -> Sequence[Line]:
    """Return one message of each at even distances, in no order; one in `new` is of somebody who never wrote before.

    None of them gives a reason to warn: warnings would fill what the platform lets out.
    """
    order = random.Random(people).sample(range(people), people)
    persons = [people + number if number % new == 0 else person for number, person in enumerate(order)]
    texts = [said(6 * number + _HARMLESS[number % len(_HARMLESS)]) for number in range(people)]
    return [
        Line(first_number + number, person, number / rate, text)
        for number, (person, text) in enumerate(zip(persons, texts, strict=True))
    ]


def _lines(people: int, commands: bool, most: int) -> Iterator[tuple[float, int, str]]:
    for person in range(people):
        chance = random.Random(person)
        at = chance.uniform(0, people / 10)
        for turn in range(1 + person % most):
            text = said(person) if turn == 0 else chance.choice(FURTHER).format(n=person)
            if commands and person % 4 == 0 and turn == (0 if person % 8 else person % most):
                text = chance.choice(COMMANDS)
            yield at, person, text
            at += chance.uniform(0.5, 2) if chance.random() < 2 / 3 else 60
