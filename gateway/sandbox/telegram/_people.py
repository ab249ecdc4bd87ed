"""What people do in the sandbox's Telegram, and the updates that the bot gets of it."""

from __future__ import annotations

import itertools
from typing import Any, Literal

from gateway.sandbox.telegram._media import media
from gateway.sandbox.telegram._members import ADMINISTRATORS, PRESENT, changed, member
from gateway.sandbox.telegram._text import found_entities
from gateway.sandbox.telegram._updates import UpdateQueue
from gateway.sandbox.telegram._world import Content, Json, World

ChatType = Literal["supergroup", "group", "channel"]
Kind = Literal["photo", "document", "voice", "video", "video_note", "audio", "sticker", "animation"]


class People:
    """The scene: everything that somebody other than the bot can do. Each call makes what updates it would make."""

    def __init__(self, world: World, queue: UpdateQueue, *, reads_all: bool) -> None:
        self.world = world
        self._queue = queue
        self._reads_all = reads_all
        self._callback_ids = itertools.count(1)
        self.callbacks: set[str] = set()
        """Presses that the bot may still answer."""
        self.connections: dict[str, Json] = {}
        """Business connections by their ids."""

    @property
    def bot(self) -> Json:
        """The bot's own User object."""
        return self.world.bot

    # Who there is

    def person(
        self,
        first_name: str,
        last_name: str = "",
        username: str | None = None,
        language_code: str | None = None,
        *,
        id: int | None = None,  # noqa: A002 - the field's name in the Bot API
        is_bot: bool = False,
    ) -> Json:
        """Make a user and return the User object; the bot has not met them before they write to it."""
        user: Json = {"id": 0, "is_bot": is_bot, "first_name": first_name}
        optional = {"last_name": last_name, "username": username, "language_code": language_code}
        return self.world.add_person(user | {name: value for name, value in optional.items() if value}, id)

    def renames(self, person: Json, **names: str | None) -> Json:
        """Change a person's names in place; None takes one away. Telegram makes no update of it."""
        for name, value in names.items():
            if value is None:
                person.pop(name, None)
            else:
                person[name] = value
        return person

    def group(
        self,
        title: str,
        type: ChatType = "supergroup",  # noqa: A002 - the field's name in the Bot API
        username: str | None = None,
        *,
        is_forum: bool = False,
        bot_status: str | None = None,
    ) -> Json:
        """Make a group or channel with the bot in it, an administrator of a channel, else a member; return its Chat."""
        chat: Json = {"id": 0, "type": type, "title": title}
        if username:
            chat["username"] = username
        if is_forum:
            chat["is_forum"] = True
        chat = self.world.add_group(chat)
        usual = "administrator" if type == "channel" else "member"
        self.world.members[chat["id"]][self.bot["id"]] = bot_status or usual
        return chat

    # What they say

    def says(self, person: Json, text: str, chat: Json | None = None, **fields: Any) -> Json:
        """Write to the bot, or to a group; `fields` become the message's own. Returns the Message.

        A `business_connection_id` among them makes it a message to a business account.
        """
        content: Json = {"text": text}
        if "entities" not in fields and found_entities(text):
            content["entities"] = found_entities(text)
        return self.posts(person, chat, **content, **fields)

    def sends_file(
        self,
        person: Json,
        kind: Kind,
        content: Content,
        *,
        chat: Json | None = None,
        declared_size: int | None = None,
        file_name: str | None = None,
        mime_type: str | None = None,
        caption: str | None = None,
        file_path: str | None = None,
        **fields: Any,
    ) -> Json:
        """Send a file; `declared_size` and `file_path` are what Telegram claims of it. Returns the Message.

        `content` may be a function that yields the bytes each time somebody fetches them.
        """
        shown = media(
            self.world, kind, content, size=declared_size, file_name=file_name, mime_type=mime_type, path=file_path
        )
        if caption is not None:
            shown["caption"] = caption
            if "caption_entities" not in fields and found_entities(caption):
                shown["caption_entities"] = found_entities(caption)
        return self.posts(person, chat, **shown, **fields)

    def shares_user(self, person: Json, request_id: int, chosen: Json) -> Json:
        """Choose a user by a keyboard's user picker; returns the Message."""
        names = {name: chosen[name] for name in ("first_name", "last_name", "username") if chosen.get(name)}
        shared = {"request_id": request_id, "users": [{"user_id": chosen["id"], **names}]}
        return self.posts(person, None, users_shared=shared)

    def shares_chat(self, person: Json, request_id: int, chosen: Json) -> Json:
        """Choose a group or channel by a keyboard's chat picker; returns the Message."""
        names = {name: chosen[name] for name in ("title", "username") if chosen.get(name)}
        return self.posts(person, None, chat_shared={"request_id": request_id, "chat_id": chosen["id"], **names})

    def shares_contact(self, person: Json, contact: Json | None = None, phone_number: str = "+10000000000") -> Json:
        """Send somebody's contact, by default one's own; returns the Message."""
        card = contact or person
        shown = {"phone_number": phone_number, "first_name": card["first_name"], "user_id": card["id"]}
        if card.get("last_name"):
            shown["last_name"] = card["last_name"]
        return self.posts(person, None, contact=shown)

    def posts(self, person: Json | None, chat: Json | None, **content: Any) -> Json:
        """Put a message of any content into a chat, the private one unless given; returns the Message."""
        world = self.world
        message: Json = {}
        if chat is None:
            if person is None:
                raise ValueError("a message without a chat needs a person")
            chat = world.private_chat(person)
            if "business_connection_id" not in content:
                world.met.add(person["id"])
        elif person is not None and chat["type"] != "channel":
            world.members[chat["id"]].setdefault(person["id"], "member")
        if chat["type"] == "channel":
            message["sender_chat"] = chat
        else:
            message["from"] = person
        if "reply_to_message" in content:
            inner = dict(content["reply_to_message"])
            inner.pop("reply_to_message", None)
            content["reply_to_message"] = inner
        message = world.keep({**message, "chat": chat, "date": world.unix(), **content})
        self._tell(message, edited=False)
        return message

    def edits(self, message: Json, text: str, **fields: Any) -> Json:
        """Change a message's text or caption; returns the Message as it is now."""
        name, marks = ("text", "entities") if "text" in message else ("caption", "caption_entities")
        now = {**message, name: text, "edit_date": self.world.unix()}
        now.pop(marks, None)
        if found_entities(text):
            now[marks] = found_entities(text)
        now = self.world.keep({**now, **fields})
        self._tell(now, edited=True)
        return now

    def presses(self, person: Json, message: Json, data: str) -> str:
        """Press an inline button; returns the callback query's id."""
        query_id = str(4_000_000_000 + next(self._callback_ids))
        self.callbacks.add(query_id)
        current = self.world.messages.get((message["chat"]["id"], message["message_id"]), message)
        instance = str(message["chat"]["id"])
        self._queue.create(
            "callback_query",
            {"id": query_id, "from": person, "message": current, "chat_instance": instance, "data": data},
        )
        return query_id

    # Who comes and goes

    def joins(self, group: Json, person: Json, by: Json | None = None) -> None:
        """Let a person come into a group, or be brought by another."""
        self._changes(group, person, by or person, "member")
        if group["type"] != "channel":
            self.posts(by or person, group, new_chat_members=[person])

    def leaves(self, group: Json, person: Json, by: Json | None = None) -> None:
        """Let a person leave a group, or be taken out by another."""
        if group["type"] != "channel":
            self.posts(by or person, group, left_chat_member=person)
        self._changes(group, person, by or person, "left" if by is None else "kicked")

    def promotes(self, group: Json, person: Json, by: Json, status: str = "administrator") -> None:
        """Give a member of a group another status; the bot itself is `server.bot`."""
        self._changes(group, person, by, status)

    def blocks(self, person: Json) -> None:
        """Stop the bot: sends to this person are refused until `unblocks`."""
        if person["id"] not in self.world.blocked:
            self.world.blocked.add(person["id"])
            self._private_change(person, "member", "kicked")

    def unblocks(self, person: Json) -> None:
        """Take the bot back."""
        if person["id"] in self.world.blocked:
            self.world.blocked.discard(person["id"])
            self._private_change(person, "kicked", "member")

    def migrates(self, group: Json) -> Json:
        """Make a basic group a supergroup; returns the new Chat. Sends to the old id name the new one."""
        world = self.world
        new = world.add_group({"id": 0, "type": "supergroup", "title": group["title"]})
        world.members[new["id"]] = dict(world.members[group["id"]])
        owner = next((world.people[each] for each in world.members[group["id"]] if each in world.people), self.bot)
        self.posts(owner, group, migrate_to_chat_id=new["id"])
        self.posts(owner, new, migrate_from_chat_id=group["id"])
        world.migrated[group["id"]] = new["id"]
        return new

    def connects(self, person: Json, connection_id: str, *, can_reply: bool = True, is_enabled: bool = True) -> Json:
        """Connect the bot with a person's business account; returns the BusinessConnection."""
        connection = {
            "id": connection_id,
            "user": person,
            "user_chat_id": person["id"],
            "date": self.world.unix(),
            "rights": {"can_reply": True, "can_read_messages": True} if can_reply else {},
            "is_enabled": is_enabled,
        }
        self.connections[connection_id] = connection
        self._queue.create("business_connection", connection)
        return connection

    # What the bot hears of it

    def _changes(self, group: Json, person: Json, by: Json, status: str) -> None:
        world = self.world
        members = world.members[group["id"]]
        old, members[person["id"]] = members.get(person["id"], "left"), status
        about_bot = person["id"] == self.bot["id"]
        if old == status or not (about_bot or world.bot_status(group) in ADMINISTRATORS):
            return
        change = changed(group, by, world.unix(), member(person, old), member(person, status))
        self._queue.create("my_chat_member" if about_bot else "chat_member", change)

    def _private_change(self, person: Json, old: str, new: str) -> None:
        chat = self.world.private_chat(person)
        change = changed(chat, person, self.world.unix(), member(self.bot, old), member(self.bot, new))
        self._queue.create("my_chat_member", change)

    def _tell(self, message: Json, *, edited: bool) -> None:
        if "business_connection_id" in message:
            kind = "business_message"
        elif message["chat"]["type"] == "channel":
            kind = "channel_post"
        else:
            kind = "message"
        if self._hears(message):
            self._queue.create(f"edited_{kind}" if edited else kind, message)

    def _hears(self, message: Json) -> bool:
        chat = message["chat"]
        if chat["type"] == "private":
            return "business_connection_id" in message or chat["id"] not in self.world.blocked
        status = self.world.bot_status(chat)
        if status not in PRESENT:
            return False
        return self._reads_all or status in ADMINISTRATORS or chat["type"] == "channel" or self._spoken_to(message)

    def _spoken_to(self, message: Json) -> bool:
        """Say whether privacy mode lets a group's message through: service messages, commands, replies, mentions."""
        text = message.get("text", message.get("caption"))
        replied = message.get("reply_to_message", {}).get("from", {}).get("id")
        if replied == self.bot["id"] or any(name in message for name in _SERVICE):
            return True
        if text is None:
            return False
        name = "@" + self.bot["username"].lower()
        entities: list[Json] = message.get("entities") or message.get("caption_entities") or []
        return any(self._names_bot(entity, text, name) for entity in entities)

    def _names_bot(self, entity: Json, text: str, name: str) -> bool:
        if entity["type"] == "text_mention":
            return bool(entity["user"]["id"] == self.bot["id"])
        raw = text.encode("utf-16-le", "surrogatepass")[
            entity["offset"] * 2 : (entity["offset"] + entity["length"]) * 2
        ]
        marked = raw.decode("utf-16-le", "replace").lower()
        if entity["type"] == "bot_command":
            return "@" not in marked or marked.endswith(name)
        return bool(entity["type"] == "mention" and marked == name)


_SERVICE = (
    "new_chat_members", "left_chat_member", "migrate_to_chat_id", "migrate_from_chat_id", "new_chat_title",
    "pinned_message", "forum_topic_created", "forum_topic_closed", "group_chat_created",
)  # fmt: skip
