"""Who and what exists in the sandbox's Telegram: people, chats, members, messages and files; it decides nothing."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from gateway.ports import Clock
from gateway.sandbox.telegram._errors import ApiError, chat_not_found

Json = dict[str, Any]
Content = bytes | Callable[[], Iterable[bytes]]

FIRST_PERSON = 7_000_000_001
FIRST_GROUP = 4_000_001
_SUPERGROUP_BASE = -1_000_000_000_000


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that the bot may fetch: what Telegram says of it, and its bytes or what makes them."""

    file_id: str
    file_unique_id: str
    path: str
    size: int
    content: Content


class World:
    """The state that people and the bot change."""

    def __init__(self, bot: Json, clock: Clock) -> None:
        self.bot = bot
        self.clock = clock
        self.version = 0
        """Grows with each change that somebody can see."""
        self.changed: Callable[[], None] = lambda: None
        self.people: dict[int, Json] = {}
        self.chats: dict[int, Json] = {}
        self.met: set[int] = set()
        """Private chats that the bot may write to: their users wrote to it first."""
        self.blocked: set[int] = set()
        self.members: defaultdict[int, dict[int, str]] = defaultdict(dict)
        """Per group, the status of each user."""
        self.migrated: dict[int, int] = {}
        self.messages: dict[tuple[int, int], Json] = {}
        self.files: dict[str, StoredFile] = {}
        self.paths: dict[str, StoredFile] = {}
        self._person_ids = itertools.count(FIRST_PERSON)
        self._group_ids = itertools.count(FIRST_GROUP)
        self._file_ids = itertools.count(1)
        self._private_ids = itertools.count(1)
        self._message_ids: defaultdict[int, itertools.count[int]] = defaultdict(lambda: itertools.count(1))

    def unix(self) -> int:
        """Return the present time as Telegram writes it: whole seconds."""
        return int(self.clock.now().timestamp())

    def add_person(self, user: Json, user_id: int | None) -> Json:
        """Take a person in; without an id the next free one."""
        user["id"] = next(self._person_ids) if user_id is None else user_id
        self.people[user["id"]] = user
        return user

    def add_group(self, chat: Json) -> Json:
        """Take a group or channel in, with the next free id of its kind."""
        number = next(self._group_ids)
        chat["id"] = -number if chat["type"] == "group" else _SUPERGROUP_BASE - number
        self.chats[chat["id"]] = chat
        return chat

    def private_chat(self, user: Json) -> Json:
        """Return the private chat of a person and the bot, as names stand now."""
        names = {name: user[name] for name in ("first_name", "last_name", "username") if user.get(name)}
        return {"id": user["id"], "type": "private", **names}

    def chat(self, chat_id: Any) -> Json:
        """Return a chat that the bot knows; raises `ApiError` for others."""
        if isinstance(chat_id, str):
            return self._named(chat_id)
        if not isinstance(chat_id, int):
            raise chat_not_found()
        if chat_id in self.migrated:
            raise ApiError(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=self.migrated[chat_id],
            )
        if chat_id in self.met and chat_id in self.people:
            return self.private_chat(self.people[chat_id])
        if chat_id not in self.chats:
            raise chat_not_found()
        return self.chats[chat_id]

    def _named(self, name: str) -> Json:
        wanted = name.removeprefix("@").lower()
        if name.startswith("@") and wanted:
            if wanted == self.bot["username"].lower():
                return self.private_chat(self.bot)
            bots = (self.private_chat(user) for user in self.people.values() if user["is_bot"])
            for chat in itertools.chain(bots, self.chats.values()):
                if str(chat.get("username", "")).lower() == wanted:
                    return chat
        raise chat_not_found()

    def bot_status(self, chat: Json) -> str:
        """Return the bot's status in a group or channel."""
        return self.members[chat["id"]].get(self.bot["id"], "left")

    def learn(self, message: Json) -> None:
        """Take in who and what a message that was written by hand speaks of, as far as it is one."""
        chat: Any = message.get("chat")
        sender: Any = message.get("from")
        if not isinstance(chat, dict) or not isinstance(chat.get("id"), int):
            return
        if chat.get("type") == "private":
            named = {"id": chat["id"], "is_bot": False, "first_name": str(chat.get("first_name", ""))}
            own = sender if isinstance(sender, dict) and sender.get("id") == chat["id"] else {}
            self.people.setdefault(chat["id"], named | own)
            if "business_connection_id" not in message:
                self.met.add(chat["id"])
        else:
            self.chats.setdefault(chat["id"], chat)
            usual = "administrator" if chat.get("type") == "channel" else "member"
            self.members[chat["id"]].setdefault(self.bot["id"], usual)
        if isinstance(message.get("message_id"), int):
            self.messages.setdefault((chat["id"], message["message_id"]), message)

    def keep(self, message: Json) -> Json:
        """Give a message its id unless it has one, and remember it."""
        if "message_id" not in message:
            chat = message["chat"]
            own = chat["type"] in ("supergroup", "channel")
            number = next(self._message_ids[chat["id"]] if own else self._private_ids)
            message = {"message_id": number, **message}
        self.messages[message["chat"]["id"], message["message_id"]] = message
        self.touch()
        return message

    def forget(self, message: Json) -> None:
        """Take a message away."""
        del self.messages[message["chat"]["id"], message["message_id"]]
        self.touch()

    def touch(self) -> None:
        """Tell whoever looks that something can be seen."""
        self.version += 1
        self.changed()

    def add_file(self, folder: str, suffix: str, content: Content, size: int | None, path: str | None) -> StoredFile:
        """Take a file in; `size` and `path` are what Telegram claims, true unless given."""
        number = next(self._file_ids)
        if size is None:
            size = len(content) if isinstance(content, bytes) else sum(map(len, content()))
        file = StoredFile(
            file_id=f"SANDBOX-{self.bot['id']}-{number:08d}",
            file_unique_id=f"SBX{number:08d}",
            path=f"{folder}/file_{number}{suffix}" if path is None else path,
            size=size,
            content=content,
        )
        self.files[file.file_id] = file
        self.paths[file.path] = file
        return file
