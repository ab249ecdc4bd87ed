"""What the bot sends: messages of every kind, forwards, edits and deletions, with the checks that the Bot API makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gateway.sandbox.telegram._errors import ApiError, chat_not_found
from gateway.sandbox.telegram._forms import Upload
from gateway.sandbox.telegram._limits import Meter
from gateway.sandbox.telegram._media import KINDS, media
from gateway.sandbox.telegram._members import ADMINISTRATORS, PRESENT
from gateway.sandbox.telegram._text import formatted, units
from gateway.sandbox.telegram._world import Json, World

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_CALLBACK_BYTES = 64
_MEDIA_METHODS = {
    "sendPhoto": "photo",
    "sendDocument": "document",
    "sendVoice": "voice",
    "sendVideo": "video",
    "sendVideoNote": "video_note",
    "sendAudio": "audio",
    "sendSticker": "sticker",
    "sendAnimation": "animation",
}

Noted = Callable[[str, Json, Json], None]


class Sending:
    """The methods that put messages into chats; `noted` hears of each."""

    def __init__(self, world: World, meter: Meter, connections: Mapping[str, Json], noted: Noted) -> None:
        self._world = world
        self._meter = meter
        self._connections = connections
        self._noted = noted
        self.keyboards: dict[int, Json] = {}
        """Per chat, the reply keyboard or force-reply that is open."""
        self.methods: dict[str, Callable[[Json], Any]] = {
            "sendMessage": self._send_message,
            "sendMediaGroup": self._send_media_group,
            "sendLocation": self._send_location,
            "sendContact": self._send_contact,
            "sendChatAction": self._send_chat_action,
            "forwardMessage": self._forward_message,
            "editMessageText": self._edit_text,
            "editMessageCaption": self._edit_caption,
            "editMessageReplyMarkup": self._edit_markup,
            "deleteMessage": self._delete_message,
        }
        for method, kind in _MEDIA_METHODS.items():
            self.methods[method] = self._sender_of(method, kind)

    def _send_message(self, params: Json) -> Json:
        return self._send("sendMessage", params, self._text(params))

    def _send_location(self, params: Json) -> Json:
        if "latitude" not in params or "longitude" not in params:
            raise ApiError(400, "Bad Request: latitude/longitude is empty")
        location = {name: params[name] for name in ("latitude", "longitude")}
        return self._send("sendLocation", params, {"location": location})

    def _send_contact(self, params: Json) -> Json:
        for name in ("phone_number", "first_name"):
            if not params.get(name):
                raise ApiError(400, f"Bad Request: {name.replace('_', ' ')} is empty")
        names = ("phone_number", "first_name", "last_name")
        return self._send("sendContact", params, {"contact": {name: params[name] for name in names if name in params}})

    def _sender_of(self, method: str, kind: str) -> Callable[[Json], Json]:
        def send(params: Json) -> Json:
            shown = {**self._file(kind, params.get(kind), params), **self._caption(params)}
            return self._send(method, params, shown)

        return send

    def _send_media_group(self, params: Json) -> list[Json]:
        items = params.get("media")
        if not isinstance(items, list) or not 2 <= len(items) <= 10:
            raise ApiError(400, "Bad Request: MEDIA_INVALID" if items else 'Bad Request: parameter "media" is required')
        if not all(isinstance(item, dict) and item.get("type") in KINDS for item in items):
            raise ApiError(400, "Bad Request: can't parse InputMedia: unsupported type specified")
        shown = [{**self._file(item["type"], item.get("media"), params), **self._caption(item)} for item in items]
        chat = self._writable(params)
        self._charge(chat, len(shown))
        group_id = str(self._world.unix() * 1000 + len(self._world.messages))
        return [self._put("sendMediaGroup", chat, params, {"media_group_id": group_id, **each}) for each in shown]

    def _send_chat_action(self, params: Json) -> bool:
        if not params.get("action"):
            raise ApiError(400, "Bad Request: wrong parameter action in request")
        self._writable(params)
        return True

    def _forward_message(self, params: Json) -> Json:
        source = self._known(params, "from_chat_id", "message to forward not found")
        content = {name: value for name, value in source.items() if name not in _OWN_FIELDS}
        origin = source.get("forward_origin") or {
            "type": "user",
            "date": source["date"],
            "sender_user": source.get("from", self._world.bot),
        }
        return self._send("forwardMessage", params, {"forward_origin": origin, **content})

    def _edit_text(self, params: Json) -> Json:
        content = self._text(params)
        return self._edit(params, {"entities": None, **content, **_inline(params)})

    def _edit_caption(self, params: Json) -> Json:
        content = {"caption": None, "caption_entities": None, **self._caption(params)}
        return self._edit(params, {**content, **_inline(params)})

    def _edit_markup(self, params: Json) -> Json:
        return self._edit(params, _inline(params))

    def _edit(self, params: Json, content: Json) -> Json:
        self._writable(params)
        message = self._known(params, "chat_id", "message to edit not found")
        if message.get("from", {}).get("id") != self._world.bot["id"]:
            raise ApiError(400, "Bad Request: message can't be edited")
        changed = {**message, "reply_markup": None, **content}
        changed = {name: value for name, value in changed.items() if value is not None}
        if changed == message or {**changed, "edit_date": message.get("edit_date")} == message:
            raise ApiError(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly the"
                " same as a current content and reply markup of the message",
            )
        return self._world.keep({**changed, "edit_date": self._world.unix()})

    def _delete_message(self, params: Json) -> bool:
        message = self._known(params, "chat_id", "message to delete not found")
        self._world.forget(message)
        return True

    # The parts of a message

    def _text(self, params: Json) -> Json:
        raw = params.get("text")
        if not isinstance(raw, str) or not raw.strip():
            raise ApiError(400, "Bad Request: message text is empty")
        text, entities = formatted(raw, params.get("parse_mode"), params.get("entities"))
        if not text.strip():
            raise ApiError(400, "Bad Request: message text is empty")
        if units(text) > MAX_TEXT:
            raise ApiError(400, "Bad Request: message is too long")
        shown: Json = {"text": text}
        if entities:
            shown["entities"] = entities
        if "link_preview_options" in params:
            shown["link_preview_options"] = params["link_preview_options"]
        return shown

    def _caption(self, params: Json) -> Json:
        raw = params.get("caption")
        if not raw:
            return {}
        caption, entities = formatted(str(raw), params.get("parse_mode"), params.get("caption_entities"))
        if units(caption) > MAX_CAPTION:
            raise ApiError(400, "Bad Request: message caption is too long")
        return {"caption": caption, "caption_entities": entities} if entities else {"caption": caption}

    def _file(self, kind: str, value: Any, params: Json) -> Json:
        if isinstance(value, str) and value.startswith("attach://"):
            value = params.get(value.removeprefix("attach://"))
        if isinstance(value, Upload):
            return media(self._world, kind, value.content, file_name=value.name, mime_type=value.mime_type)
        stored = self._world.files.get(value) if isinstance(value, str) else None
        if stored is None:
            raise ApiError(400, f"Bad Request: there is no {kind} in the request" if not value else _WRONG_FILE)
        return media(self._world, kind, stored.content, size=stored.size)

    def _known(self, params: Json, name: str, missing: str) -> Json:
        chat_id = self._world.chat(params.get(name, ""))["id"]
        message = self._world.messages.get((chat_id, params.get("message_id", 0)))
        if message is None:
            raise ApiError(400, f"Bad Request: {missing}")
        return message

    # Where it goes

    def _send(self, method: str, params: Json, content: Json) -> Json:
        chat = self._writable(params)
        replied = self._replied(chat, params)
        markup = params.get("reply_markup")
        if isinstance(markup, dict):
            _check_markup(markup)
        self._charge(chat, 1)
        return self._put(method, chat, params, {**replied, **content})

    def _writable(self, params: Json) -> Json:
        world = self._world
        chat_id = params.get("chat_id")
        if chat_id is None or chat_id == "":
            raise ApiError(400, "Bad Request: chat_id is empty")
        connection = self._connections.get(str(params.get("business_connection_id")))
        if connection is not None and isinstance(chat_id, int) and chat_id in world.people:
            if not connection["rights"].get("can_reply"):
                raise ApiError(400, "Bad Request: BUSINESS_PEER_USAGE_MISSING")
            return world.private_chat(world.people[chat_id])
        chat = world.chat(chat_id)
        if chat["type"] == "private":
            if chat["id"] in world.blocked:
                raise ApiError(403, "Forbidden: bot was blocked by the user")
            if world.people.get(chat["id"], world.bot)["is_bot"]:
                raise chat_not_found() if chat["id"] == world.bot["id"] else ApiError(403, _TO_A_BOT)
            return chat
        _check_presence(chat, world.bot_status(chat))
        return chat

    def _charge(self, chat: Json, messages: int) -> None:
        self._meter.charge(chat["id"], group=chat["type"] in ("group", "supergroup"), messages=messages)

    def _replied(self, chat: Json, params: Json) -> Json:
        wanted = params.get("reply_parameters")
        if not isinstance(wanted, dict):
            return {}
        where, number = wanted.get("chat_id", chat["id"]), wanted.get("message_id")
        if not isinstance(where, int) or not isinstance(number, int):
            raise ApiError(400, "Bad Request: can't parse reply parameters JSON object")
        message = self._world.messages.get((where, number))
        if message is not None:
            return {"reply_to_message": {name: value for name, value in message.items() if name != "reply_to_message"}}
        if wanted.get("allow_sending_without_reply"):
            return {}
        raise ApiError(400, "Bad Request: message to be replied not found")

    def _put(self, method: str, chat: Json, params: Json, content: Json) -> Json:
        channel = chat["type"] == "channel"
        message: Json = {"sender_chat": chat} if channel else {"from": self._world.bot}
        message |= {"chat": chat, "date": self._world.unix()}
        for name in ("message_thread_id", "business_connection_id"):
            if name in params:
                message[name] = params[name]
        markup = params.get("reply_markup")
        if isinstance(markup, dict):
            if "inline_keyboard" in markup:
                content = {**content, "reply_markup": markup}
            elif markup.get("remove_keyboard"):
                self.keyboards.pop(chat["id"], None)
            else:
                self.keyboards[chat["id"]] = markup
        if params.get("protect_content"):
            message["has_protected_content"] = True
        message = self._world.keep({**message, **content})
        self._noted(method, params, message)
        return message


_WRONG_FILE = "Bad Request: wrong file identifier/HTTP URL specified"
_TO_A_BOT = "Forbidden: bot can't send messages to bots"
_OWN_FIELDS = frozenset(
    {
        "message_id", "from", "sender_chat", "chat", "date", "reply_markup", "edit_date", "reply_to_message",
        "forward_origin", "media_group_id", "message_thread_id", "business_connection_id", "has_protected_content",
    }
)  # fmt: skip


def _check_presence(chat: Json, status: str) -> None:
    kind = f"{chat['type']} chat"
    if chat["type"] == "channel" and status not in ADMINISTRATORS:
        raise ApiError(403, f"Forbidden: bot is not a member of the {kind}")
    if status == "kicked":
        raise ApiError(403, f"Forbidden: bot was kicked from the {kind}")
    if status not in PRESENT:
        raise ApiError(403, f"Forbidden: bot is not a member of the {kind}")


def _inline(params: Json) -> Json:
    markup = params.get("reply_markup")
    if not isinstance(markup, dict):
        return {}
    _check_markup(markup)
    return {"reply_markup": markup}


def _check_markup(markup: Json) -> None:
    rows = markup.get("inline_keyboard")
    if rows is None:
        return
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise ApiError(400, "Bad Request: object expected as reply markup")
    buttons = [button for row in rows for button in row]
    for button in buttons:
        if not isinstance(button, dict) or not isinstance(button.get("text"), str) or not button["text"]:
            raise ApiError(400, 'Bad Request: can\'t parse inline keyboard button: Field "text" must be of type String')
        if "callback_data" in button and not 1 <= len(str(button["callback_data"]).encode()) <= MAX_CALLBACK_BYTES:
            raise ApiError(400, "Bad Request: BUTTON_DATA_INVALID")
        if len(button) < 2:
            raise ApiError(
                400,
                "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
            )
    if len(buttons) > 100:
        raise ApiError(400, "Bad Request: REPLY_MARKUP_TOO_LONG")
