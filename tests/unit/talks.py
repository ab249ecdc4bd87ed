"""A talk by commands as a test holds it: a person, his messages and presses, and the desk that answers them."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from gateway.answers.asking import Asked, Desk, Told
from gateway.answers.commands import respond
from gateway.answers.locales import load_locales
from gateway.case import Case, Evidence, Fact, Finding, ForwardOrigin, Message, Party, PartyKind
from gateway.dialogue import Dialogue, Token
from gateway.ports import Button, Manners, Pressed
from gateway.trust.directory import Directory, parse_directory
from gateway.trust.verify import Verdict, verify
from tests.builders import NOON, provenance

DIRECTORY = """
[[brands]]
id = "examplex"
name = "Examplex"
accounts = [
  { platform = "telegram", handle = "examplex_support_bot", id = "7001", role = "support", since = 2024-05-01 },
  { platform = "telegram", handle = "examplex_news" },
  { platform = "telegram", handle = "examplex_old", until = 2025-01-31 },
  { platform = "x", handle = "examplex", id = "1001" },
]
web = [{ domain = "examplex.test" }]
mail = [{ domain = "examplex.test" }]

[[scams]]
platform = "telegram"
handle = "prize_desk"
"""
SECRET = b"s" * 32
BOT = "examplex_support_bot"
INVITE = "https://t.me/examplex_support_bot?start={token}"
ANN = "4242"


def a_desk(**fields: Any) -> Desk:
    """Return the desk of the brand, with its list of official accounts."""
    listed = _listed()

    def ask(claim: str, platform: str) -> Verdict:
        return verify(claim, listed, date(2026, 11, 20), platform)

    given: dict[str, Any] = {
        "brand": "Examplex",
        "official": ("examplex.test", "@examplex on X"),
        "locales": load_locales(),
        "secret": SECRET,
        "verify": ask,
        "manners": Manners(chats=True, handle=BOT, invite=INVITE),
    }
    return Desk(**(given | fields))


@cache
def _listed() -> Directory:
    return parse_directory(tomllib.loads(DIRECTORY))


def somebody(number: str = ANN, **fields: Any) -> Party:
    """Return a person on Telegram."""
    return Party(platform="telegram", address=number, id=number, name="Ann", kind=PartyKind.PERSON, **fields)


def a_case(number: str = "GH-AAAAA-AAAAA", **fields: Any) -> Case:
    """Return a case of Ann's."""
    given: dict[str, Any] = {
        "id": number,
        "channel": "chat",
        "platform": "telegram",
        "requester": somebody(),
        "opened_at": NOON,
        "updated_at": NOON + timedelta(hours=1),
    }
    return Case(**(given | fields))


def forwarded(kind: str = "user", **fields: Any) -> ForwardOrigin:
    """Return who first wrote a message."""
    return ForwardOrigin(party=Party(**({"platform": "telegram"} | fields)), kind=kind)


class Talk:
    """One person's talk with the desk; what the dialogue has become is carried on."""

    def __init__(self, language: str = "en", *, person: str = ANN, private: bool = True, **desk: Any) -> None:
        self.desk = a_desk(**desk)
        self.person = somebody(person, evidence=(Evidence(name="language_code", value=language),) if language else ())
        self.dialogue = Dialogue(channel="chat", address=person)
        self.private = private
        self.now = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
        self.cases: tuple[Case, ...] = ()
        self.last: Told | None = None
        self._count = 0

    def asks(
        self,
        *,
        message: Message | None = None,
        pressed: Pressed | None = None,
        token: Token | None = None,
        facts: tuple[Fact, ...] = (),
        findings: tuple[Finding, ...] = (),
    ) -> Told | None:
        """Ask, and carry on with the dialogue as the answer leaves it."""
        self.asked = Asked(
            message, pressed, self.person, self.dialogue, self.cases, token, facts, findings, self.private, self.now
        )
        self.last = respond(self.asked, self.desk)
        if self.last is not None:
            self.dialogue = self.last.dialogue
        return self.last

    def message(self, text: str, **fields: Any) -> Message:
        """Return a message of the person's."""
        self._count += 1
        name = f"telegram:7001:{self.person.id}:{self._count}"
        given: dict[str, Any] = {
            "id": name,
            "content_key": name,
            "provenance": provenance(key=name, lane=self.person.address, source="chat"),
            "platform": "telegram",
            "sender": self.person,
            "text": text,
        }
        return Message(**(given | fields))

    def hears(self, text: str, **fields: Any) -> Told | None:
        """Take a message; returns None where it is an ordinary one."""
        known = {name: fields.pop(name) for name in ("token", "facts", "findings") if name in fields}
        return self.asks(message=self.message(text, **fields), **known)

    def says(self, text: str, **fields: Any) -> Told:
        """Take a message that is answered."""
        told = self.hears(text, **fields)
        assert told is not None
        return told

    def presses(self, data: str) -> Told:
        """Take the press of whatever a client sends."""
        pressed = Pressed(sender=self.person, data=data, provenance=provenance(source="chat"))
        told = self.asks(pressed=pressed)
        assert told is not None
        return told

    def button(self, text: str) -> Button:
        """Return the button of the last answer with that text."""
        assert self.last is not None
        return next(button for row in self.last.buttons for button in row if button.text == text)

    def clicks(self, text: str) -> Told:
        """Press the button of the last answer with that text."""
        return self.presses(self.button(text).data)
