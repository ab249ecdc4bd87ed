"""People who write to a desk on Telegram, side by side, and a list of what each of them must find in the end.

Every text bears a mark of its own, so that it is found again in whatever ticket it went to.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from gateway.sandbox.telegram import TelegramServer

Json = dict[str, Any]
Act = Iterator[None]
MARK = re.compile(r"\b[pg]\d{6}v\d+\b")
SIDE_BY_SIDE = 12
"""So many people are in the middle of something at a time: what one sends together comes in several pages."""
MAX_COMMANDS = 8
"""Of one person: more than twenty a minute fall silent."""
IMPOSTOR = "Examplex Support"
WORDS = ("Where is my deposit?", "It is still not there.", "I sent it on Monday.", "Please look at it again.")


@dataclass
class Said:
    """One message of a user, in all its versions."""

    id: str
    mark: str
    person: int
    group: bool = False
    versions: int = 1
    files: dict[str, str] = field(default_factory=dict)
    """SHA-256 of the bytes of each file."""


@dataclass
class Person:
    """Somebody, and what can be done next with what he has done so far."""

    user: Json
    group: Json | None = None
    """The group in which he alone speaks to the bot."""
    in_group: bool = False
    private: list[tuple[Said, Json]] = field(default_factory=list)
    commands: int = 0
    busy: bool = False


class Crowd:
    """Who writes, on one server. Everything is drawn from `rng`."""

    def __init__(self, server: TelegramServer, rng: random.Random, people: int) -> None:
        self._server = server
        self._rng = rng
        self._count = 0
        self._albums = 0
        self._acts: list[tuple[Person, Act]] = []
        self._first_id = server.next_update_id
        self.operators = server.group("Operators")
        self._lobby = server.group("Examplex talk", bot_status="administrator")
        self._people = [self._person(number) for number in range(people)]
        self.said: list[Said] = []
        self.overheard: list[str] = []
        """Marks of what was said in a group, and not to us."""
        self.asked: list[str] = []
        """The keys of the answers to commands and presses."""
        self.impostors: list[str] = []
        """Their handles."""
        self.tokens: list[str] = []
        """One-time tokens that were used, each twice."""
        self.mostly = ""
        """What they do far more often than all else, by the name of the method, where a test is about that."""

    @property
    def posted(self) -> int:
        """How many updates there were so far."""
        return self._server.next_update_id - self._first_id

    @property
    def update_ids(self) -> range:
        return range(self._first_id, self._server.next_update_id)

    def step(self) -> None:
        """Let one of those who are in the middle of something go on."""
        while len(self._acts) < SIDE_BY_SIDE:
            self._begin()
        place = self._rng.randrange(len(self._acts))
        person, act = self._acts[place]
        try:
            next(act)
        except StopIteration:
            person.busy = False
            self._acts.pop(place)

    def finish(self) -> None:
        """Let everybody end what he is in the middle of."""
        for person, act in self._acts:
            for _ in act:
                pass
            person.busy = False
        self._acts.clear()

    def ref(self, chat: Json, message_id: int) -> str:
        """Return what names a message everywhere."""
        if chat["id"] <= -1_000_000_000_000:
            return f"telegram:{chat['id']}:{message_id}"
        return f"telegram:{self._server.bot['id']}:{chat['id']}:{message_id}"

    def _person(self, number: int) -> Person:
        user = self._server.person(f"Person{number}", username=f"person_{number}", language_code="en")
        group = self._server.group(f"Group {number}") if number % 2 == 0 else None
        return Person(user, group)

    def _begin(self) -> None:
        person = self._rng.choice([each for each in self._people if not each.busy])
        person.busy = True
        if not person.private:
            # The first of all is an ordinary message: it is what is acknowledged.
            make: Callable[[Person], Act] = self._rng.choice((self._text, self._burst, self._album, self._edit_first))
        else:
            makers, weights = zip(*self._repertoire(person), strict=True)
            (make,) = self._rng.choices(makers, weights)
        self._acts.append((person, make(person)))

    def _repertoire(self, person: Person) -> list[tuple[Callable[[Person], Act], int]]:
        found = [
            (self._text, 8),
            (self._burst, 5),
            (self._album, 3),
            (self._file, 3),
            (self._edit, 4),
            (self._late_edit, 3),
            (self._edit_first, 2),
            (self._overheard, 2),
            (self._impostor, 1),
        ]
        if person.commands < MAX_COMMANDS:
            found += [(self._command, 6), (self._press, 5), (self._new, 1)]
            if person.group is not None:
                found.append((self._come_in, 60) if self._invitation(person) else (self._in_group, 10))
        return [(make, weight * 30 if make.__name__.lstrip("_") == self.mostly else weight) for make, weight in found]

    # What they do; each ends a step where others may come in between.

    def _text(self, person: Person) -> Act:
        self._says(person)
        yield

    def _burst(self, person: Person) -> Act:
        for _ in range(self._rng.randint(2, 5)):
            self._says(person)
            yield

    def _album(self, person: Person) -> Act:
        self._albums += 1
        for _ in range(self._rng.randint(3, 10)):
            self._sends_file(person, "photo", media_group_id=f"album{self._albums}")
            yield

    def _file(self, person: Person) -> Act:
        self._sends_file(person, self._rng.choice(("document", "voice", "video")))
        yield

    def _edit(self, person: Person) -> Act:
        said, message = self._says(person)
        yield
        if self._rng.random() < 0.5:
            self._says(person)
            yield
        self._edits(said, message)
        yield

    def _late_edit(self, person: Person) -> Act:
        found = [(said, message) for said, message in person.private if said.versions == 1]
        if found:
            self._edits(*self._rng.choice(found))
        yield

    def _edit_first(self, person: Person) -> Act:
        """The platform gives out the edit before what was edited."""
        server = self._server
        self._count += 1
        mark = f"p{self._count:06d}"
        chat = server.world.private_chat(person.user)
        at = server.world.unix()
        message: Json = {"from": person.user, "chat": chat, "date": at, "text": f"{mark}v0 {WORDS[0]}"}
        message = server.world.keep(message)
        said = Said(self.ref(chat, message["message_id"]), mark, person.user["id"], versions=2)
        self.said.append(said)
        server.push({"edited_message": {**message, "text": f"{mark}v1 {WORDS[1]}", "edit_date": at + 1}})
        person.private.append((said, message))
        yield
        server.push({"message": message})
        yield

    def _command(self, person: Person) -> Act:
        handle = f"somebody_{self._count}"
        self._commands(person, self._rng.choice(("/status", "/help", "/start", f"/verify @{handle}", "/language en")))
        yield

    def _new(self, person: Person) -> Act:
        said, _ = self._says(person, "/new ")
        person.commands += 1
        self.asked.append(f"{said.id}:response")
        yield

    def _press(self, person: Person) -> Act:
        message = self._menu(person)
        if message is None:
            self._commands(person, "/help")
            yield
            return
        rows = message["reply_markup"]["inline_keyboard"]
        data = self._rng.choice((rows[0][0], rows[1][1]))["callback_data"]
        person.commands += 1
        press_id = self._server.presses(person.user, message, data)
        self.asked.append(f"press:{press_id}:response")
        yield

    def _in_group(self, person: Person) -> Act:
        assert person.group is not None
        self._says(person, "@examplex_support_bot ", chat=person.group)
        person.in_group = True
        yield

    def _come_in(self, person: Person) -> Act:
        """Go on in private, by the button under the bot's words in the group; pressed twice."""
        token = self._invitation(person)
        if token:
            self.tokens.append(token)
            for _ in range(2):
                self._commands(person, f"/start {token}")
                yield

    def _overheard(self, person: Person) -> Act:
        self._count += 1
        self.overheard.append(f"g{self._count:06d}v0")
        self._server.says(person.user, f"{self.overheard[-1]} {self._rng.choice(WORDS)}", chat=self._lobby)
        yield

    def _impostor(self, person: Person) -> Act:
        handle = f"examplex_supp0rt_b{len(self.impostors)}t"
        posing = self._server.person(IMPOSTOR, username=handle)
        self.impostors.append(handle)
        self._server.joins(self._lobby, posing)
        yield
        self._server.leaves(self._lobby, posing)
        yield
        self._server.joins(self._lobby, posing)
        yield

    # How they do it

    def _mark(self, person: Person, chat: Json | None) -> str:
        self._count += 1
        return f"{'p' if chat is None else 'g'}{self._count:06d}"

    def _says(self, person: Person, before: str = "", chat: Json | None = None) -> tuple[Said, Json]:
        mark = self._mark(person, chat)
        text = f"{before}{mark}v0 {self._rng.choice(WORDS)}"
        return self._noted(person, mark, self._server.says(person.user, text, chat=chat), chat)

    def _sends_file(self, person: Person, kind: Any, **fields: Any) -> None:
        mark = self._mark(person, None)
        content = self._rng.randbytes(self._rng.choice((300, 5_000, 70_000)))
        message = self._server.sends_file(person.user, kind, content, caption=f"{mark}v0", **fields)
        said, _ = self._noted(person, mark, message, None)
        shown = message["photo"][-1] if kind == "photo" else message[kind]
        said.files[shown["file_unique_id"]] = hashlib.sha256(content).hexdigest()

    def _noted(self, person: Person, mark: str, message: Json, chat: Json | None) -> tuple[Said, Json]:
        said = Said(self.ref(message["chat"], message["message_id"]), mark, person.user["id"], chat is not None)
        self.said.append(said)
        if chat is None:
            person.private.append((said, message))
        return said, message

    def _edits(self, said: Said, message: Json) -> None:
        text = f"{said.mark}v{said.versions} {self._rng.choice(WORDS)}"
        said.versions += 1
        # A second later by the platform's clock, which counts no less.
        self._server.edits(message, text, edit_date=message["date"] + said.versions)

    def _commands(self, person: Person, text: str) -> None:
        person.commands += 1
        message = self._server.says(person.user, text)
        self.asked.append(f"{self.ref(message['chat'], message['message_id'])}:response")

    def _menu(self, person: Person) -> Json | None:
        """Return the newest message of the bot in his chat with the menu under it."""
        for sent in reversed(self._server.sent):
            if sent.chat_id == person.user["id"] and sent.message is not None:
                rows = sent.message.get("reply_markup", {}).get("inline_keyboard", ())
                if len(rows) == 3:
                    return sent.message
        return None

    def _invitation(self, person: Person) -> str:
        """Return the one-time token that he was given in his group and has not used."""
        assert person.group is not None
        for sent in self._server.sent if person.in_group else ():
            if sent.chat_id == person.group["id"] and "?start=" in (text := json.dumps(sent.params)):
                token = re.split(r'["\\]', text.partition("?start=")[2])[0]
                return "" if token in self.tokens else token
        return ""
