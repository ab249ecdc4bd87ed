"""What a reply is on Telegram: where it goes, its messages one by one, and the keyboards below them; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    KeyboardButtonRequestChat,
    KeyboardButtonRequestUsers,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from connectors.telegram._text import MAX_CAPTION_UNITS, MAX_UNITS, clean, one_line, split, units
from gateway.case import Party, PartyKind
from gateway.errors import RejectedError, TooLargeError, UnreachableError
from gateway.ports import Ask, Button, Reply, ReplyFile

MAX_MESSAGES = 10
"""A reply that needs more messages than this belongs into a file."""
MAX_UPLOAD_BYTES = 50 * 1000 * 1000
"""Telegram takes larger files from a bot by a local Bot API server alone."""
MAX_LOCAL_UPLOAD_BYTES = 2000 * 1000 * 1000
MAX_PHOTO_BYTES = 10 * 1000 * 1000
REQUEST_USER, REQUEST_CHANNEL, REQUEST_GROUP = 1, 2, 3
"""What a `request_id` of our pickers means, modulo `REQUEST_STEP`."""
REQUEST_STEP = 10

Keyboard = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove

_PHOTO_TYPES = frozenset({"image/jpeg", "image/png", "image/webp"})
_REF = re.compile(r"telegram:(?:([0-9]+):)?(-?[0-9]+)(?:@(.+))?:([0-9]+)")
"""Of which bot, in which chat, by which business connection, and the message's number there."""
_CHAT = re.compile(r"-?[1-9][0-9]{0,18}")
_NAME = re.compile(r"@[A-Za-z][A-Za-z0-9_]{3,31}")
_SUPERGROUPS = -1_000_000_000_000
_LABEL_UNITS = 64
_FILE_NAME_UNITS = 100
_LEAST_UNITS = 500


@dataclass(frozen=True, slots=True)
class Target:
    """Where a reply goes: a chat by its id or name, a topic of it, an owner's business account; and what it answers."""

    chat: int | str
    topic: int | None = None
    business: str | None = None
    direct: int | None = None
    """The topic of a person in the chat of a channel's direct messages."""
    replied: int | None = None

    @property
    def is_group(self) -> bool:
        """Whether many can read there; a name is always a group's or channel's."""
        return isinstance(self.chat, str) or self.chat < 0

    def moved(self, chat: int) -> Target:
        """Return the supergroup that a group has become; topics and message ids begin anew there."""
        return Target(chat)


@dataclass(frozen=True, slots=True)
class Piece:
    """One message: a text, or a file with its caption. `plain` and `as_document` are what it falls back to."""

    text: str = ""
    file: ReplyFile | None = None
    keyboard: Keyboard | None = None
    plain: bool = False
    as_document: bool = False

    @property
    def is_photo(self) -> bool:
        """Whether it goes as a photo, which Telegram shows and makes smaller."""
        file = self.file
        return (
            file is not None
            and not self.as_document
            and file.size <= MAX_PHOTO_BYTES
            and file.media_type.partition(";")[0].strip().lower() in _PHOTO_TYPES
        )

    def smaller(self) -> Sequence[Piece]:
        """Return it as several messages, should Telegram find it too long; nothing when it is short already."""
        if self.file is not None and self.text:
            return (*self._texts(split(self.text)), replace(self, text="", keyboard=None))
        size = units(self.text)
        return tuple(self._texts(split(self.text, size // 2 + 1))) if size > _LEAST_UNITS else ()

    def _texts(self, parts: Sequence[str]) -> Iterator[Piece]:
        for index, part in enumerate(parts, 1):
            yield Piece(part, keyboard=self.keyboard if index == len(parts) else None, plain=self.plain)


def target_of(reply: Reply, bot_id: str) -> Target:
    """Return where a reply goes. Raises `UnreachableError` for an address that is none of Telegram's."""
    address = reply.to.address
    if not (_CHAT.fullmatch(address) or _NAME.fullmatch(address)):
        raise UnreachableError("the reply names no chat of Telegram to go to")
    chat = address if address.startswith("@") else int(address)
    business = _said(reply.to, "business_connection") or None
    return Target(
        chat,
        topic=_number(reply.to, "topic"),
        business=business,
        direct=_number(reply.to, "direct_messages_topic"),
        replied=_replied(reply, chat, business, bot_id),
    )


def pieces_of(reply: Reply, target: Target, most_bytes: int) -> Sequence[Piece]:
    """Return the messages of a reply in order: the text, cut where it must be, then each file.

    A text that fits below the first file is its caption. The keyboard is below the end of the text. Raises
    `RejectedError` for a reply that holds nothing or too much, before anything of it is sent.
    """
    text = clean(reply.text)
    if units(text) > MAX_MESSAGES * MAX_UNITS:
        raise RejectedError("the reply would be too many messages; send a long text as a file")
    with_caption = bool(reply.files) and units(text) <= MAX_CAPTION_UNITS
    pieces = [Piece(part) for part in ([] if with_caption else split(text))]
    for index, file in enumerate(reply.files):
        if not 0 < file.size <= most_bytes:
            kind = TooLargeError if file.size else RejectedError
            raise kind(f"Telegram takes no file of {file.size} bytes from a bot")
        pieces.append(Piece(text if with_caption and index == 0 else "", file))
    if not 0 < len(pieces) <= MAX_MESSAGES:
        raise RejectedError(f"the reply would be {len(pieces)} messages; send a long text as a file")
    last = max((index for index, piece in enumerate(pieces) if piece.text), default=len(pieces) - 1)
    pieces[last] = replace(pieces[last], keyboard=keyboard_of(reply, target))
    return pieces


def keyboard_of(reply: Reply, target: Target) -> Keyboard | None:
    """Return what goes below a reply.

    Buttons that ask for an account need a keyboard in the place of the user's own, which Telegram offers in private
    chats alone; in others they are left out. Every later text without buttons takes such a keyboard away again: after
    a restart nobody knows whether one is open, and to take away none does nothing.
    """
    private = not target.is_group and target.business is None
    if private and any(button.ask for row in reply.buttons for button in row):
        numbers = count(0, REQUEST_STEP)
        rows = [[key for button in row for key in _keys(button, numbers)] for row in reply.buttons]
        return ReplyKeyboardMarkup(rows, one_time_keyboard=True, resize_keyboard=True)
    inline = [[_inline(button) for button in row if button.data or button.url] for row in reply.buttons]
    if any(inline):
        return InlineKeyboardMarkup([row for row in inline if row])
    return ReplyKeyboardRemove() if private else None


def ref_of(bot_id: str, chat: int, message_id: int, business: str | None = None) -> str:
    """Return the reference of a message; ids count per chat in supergroups and channels, else per account."""
    if chat <= _SUPERGROUPS:
        return f"telegram:{chat}:{message_id}"
    return f"telegram:{bot_id}:{chat}{f'@{business}' if business else ''}:{message_id}"


def file_name(file: ReplyFile) -> str:
    """Return a file's name without a path."""
    return one_line(re.split(r"[/\\]", file.name)[-1], _FILE_NAME_UNITS) or "file"


def _keys(button: Button, numbers: Iterator[int]) -> Iterator[KeyboardButton]:
    """Yield the keys of one button: groups and channels have a picker each, told apart by a sign in no language."""
    label = one_line(button.text, _LABEL_UNITS)
    number = next(numbers)
    if button.ask is Ask.USER:
        users = KeyboardButtonRequestUsers(number + REQUEST_USER, request_name=True, request_username=True)
        yield KeyboardButton(label, request_users=users)
    elif button.ask is Ask.CHAT:
        for sign, kind in (("\U0001f4e2", REQUEST_CHANNEL), ("\U0001f465", REQUEST_GROUP)):
            chat = KeyboardButtonRequestChat(
                number + kind, chat_is_channel=kind == REQUEST_CHANNEL, request_title=True, request_username=True
            )
            yield KeyboardButton(f"{sign} {label}", request_chat=chat)
    else:
        yield KeyboardButton(label)


def _inline(button: Button) -> InlineKeyboardButton:
    label = one_line(button.text, _LABEL_UNITS)
    return InlineKeyboardButton(label, url=button.url) if button.url else InlineKeyboardButton(label, None, button.data)


def _replied(reply: Reply, chat: int | str, business: str | None, bot_id: str) -> int | None:
    """Return the user's message that a reply answers, if it is in this chat of this account."""
    found = _REF.fullmatch(reply.thread.parent or "")
    if found and int(found[2]) == chat and found[1] in (None, bot_id) and found[3] == business:
        return int(found[4])
    return _number(reply.to, "message") if reply.to.kind is PartyKind.GROUP else None


def _number(party: Party, name: str) -> int | None:
    said = _said(party, name)
    return int(said) if said.isdecimal() else None


def _said(party: Party, name: str) -> str:
    return next((item.value for item in party.evidence if item.name == name), "")
