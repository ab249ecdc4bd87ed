"""The Bot API's methods that ask and set rather than send: the bot, chats, members, files, commands and presses."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from gateway.sandbox.telegram._errors import ApiError
from gateway.sandbox.telegram._members import ADMINISTRATORS, PRESENT, full_info, member
from gateway.sandbox.telegram._people import People
from gateway.sandbox.telegram._world import Json

MAX_FILE_BYTES = 20 << 20
_MAX_ANSWER = 200


class Methods:
    """Answers about the world that `People` acts in."""

    def __init__(self, people: People, *, reads_all: bool) -> None:
        self._people = people
        self._world = people.world
        self.commands: dict[tuple[str, str], list[Json]] = {}
        """The commands per scope, as JSON, and language."""
        self.answers: dict[str, Json] = {}
        """What the bot answered to each press."""
        own = {
            "can_join_groups": True,
            "can_read_all_group_messages": reads_all,
            "supports_inline_queries": False,
            "can_connect_to_business": True,
            "has_main_web_app": False,
        }
        self.methods: dict[str, Callable[[Json], Any]] = {
            "getMe": lambda _: {**self._world.bot, **own},
            "getFile": self._get_file,
            "getChat": self._get_chat,
            "getChatMember": self._get_member,
            "getChatAdministrators": self._administrators,
            "getChatMemberCount": lambda params: len(self._present(params)),
            "leaveChat": self._leave,
            "setMyCommands": self._set_commands,
            "getMyCommands": lambda params: self.commands.get(_scope(params), []),
            "deleteMyCommands": self._delete_commands,
            "answerCallbackQuery": self._answer_press,
            "getBusinessConnection": self._connection,
        }

    def _get_file(self, params: Json) -> Json:
        file = self._world.files.get(str(params.get("file_id")))
        if file is None:
            raise ApiError(400, "Bad Request: invalid file_id")
        if file.size > MAX_FILE_BYTES:
            raise ApiError(400, "Bad Request: file is too big")
        return {
            "file_id": file.file_id,
            "file_unique_id": file.file_unique_id,
            "file_size": file.size,
            "file_path": file.path,
        }

    def _get_chat(self, params: Json) -> Json:
        chat = self._world.chat(params.get("chat_id"))
        if chat["type"] == "private" and chat["id"] == self._world.bot["id"]:
            return full_info(self._world.private_chat(self._world.bot))
        return full_info(chat)

    def _get_member(self, params: Json) -> Json:
        chat = self._world.chat(params.get("chat_id"))
        user_id = params.get("user_id")
        if user_id == self._world.bot["id"]:
            return member(self._world.bot, self._world.bot_status(chat))
        if user_id not in self._world.people:
            raise ApiError(400, "Bad Request: member not found")
        return member(self._world.people[user_id], self._world.members[chat["id"]].get(user_id, "left"))

    def _administrators(self, params: Json) -> list[Json]:
        return [each for each in self._present(params) if each["status"] in ADMINISTRATORS]

    def _present(self, params: Json) -> list[Json]:
        chat = self._world.chat(params.get("chat_id"))
        if chat["type"] == "private":
            raise ApiError(400, "Bad Request: there are no administrators in the private chat")
        users = {**self._world.people, self._world.bot["id"]: self._world.bot}
        statuses = self._world.members[chat["id"]]
        return [member(users[each], status) for each, status in statuses.items() if status in PRESENT and each in users]

    def _leave(self, params: Json) -> bool:
        chat = self._world.chat(params.get("chat_id"))
        if chat["type"] == "private":
            raise ApiError(400, "Bad Request: chat not found")
        self._people.promotes(chat, self._world.bot, self._world.bot, "left")
        return True

    def _set_commands(self, params: Json) -> bool:
        commands = params.get("commands")
        if not isinstance(commands, list):
            raise ApiError(400, "Bad Request: can't parse commands JSON object")
        for each in commands:
            if not _is_command(each):
                raise ApiError(400, "Bad Request: BOT_COMMAND_INVALID")
        self.commands[_scope(params)] = commands
        return True

    def _delete_commands(self, params: Json) -> bool:
        self.commands.pop(_scope(params), None)
        return True

    def _answer_press(self, params: Json) -> bool:
        query_id = str(params.get("callback_query_id"))
        if query_id not in self._people.callbacks:
            raise ApiError(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        if len(str(params.get("text", ""))) > _MAX_ANSWER:
            raise ApiError(400, "Bad Request: MESSAGE_TOO_LONG")
        self._people.callbacks.discard(query_id)
        self.answers[query_id] = params
        self._world.touch()
        return True

    def _connection(self, params: Json) -> Json:
        found = self._people.connections.get(str(params.get("business_connection_id")))
        if found is None:
            raise ApiError(400, "Bad Request: CONNECTION_INVALID")
        return found


def _scope(params: Json) -> tuple[str, str]:
    scope = params.get("scope") or {"type": "default"}
    return json.dumps(scope, sort_keys=True), str(params.get("language_code") or "")


def _is_command(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    name, description = value.get("command"), value.get("description")
    if not isinstance(name, str) or not isinstance(description, str):
        return False
    plain = name.isascii() and name == name.lower() and name.replace("_", "a").isalnum()
    return plain and 1 <= len(name) <= 32 and 1 <= len(description) <= 256
