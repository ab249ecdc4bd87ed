"""Asks Telegram what it says of accounts: bots, groups and channels by name, users only by id once they wrote to us."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from telegram import ChatFullInfo
from telegram.constants import ChatType

from connectors.telegram._bot import Bots
from connectors.telegram._errors import translate
from connectors.telegram._settings import TelegramSettings
from connectors.telegram._text import one_line
from gateway.case import Evidence, Party, PartyKind
from gateway.errors import GatewayError, RejectedError
from gateway.ports import Absent, Clock, Handle, Profile, Unchecked

NO_USERS = "Telegram does not tell a bot of users by their names, nor of anybody who has not written to it."
_ID = re.compile(r"-?[1-9][0-9]{0,18}")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}")
_MOST_UNITS = 512
_FLAGS = ("is_forum", "is_direct_messages", "has_private_forwards", "join_by_request")


class TelegramResolver:
    """What the platform says of accounts, asked one by one."""

    def __init__(self, settings: TelegramSettings, clock: Clock, bots: Bots) -> None:
        self._clock = clock
        self._bots = bots

    async def look_up(self, handles: Sequence[Handle]) -> Sequence[Profile | Absent | Unchecked]:
        """See `Resolver.look_up`; never `Absent`.

        "Chat not found" is the answer for a name that nobody has, for every user's name, and for an id that never wrote
        to the bot: it proves nothing. A name that cannot be one is not even asked for. After an error of the line or
        the account the rest is not asked for either: each would wait as long.
        """
        answers: list[Profile | Absent | Unchecked] = []
        stopped = ""
        for handle in handles:
            if stopped:
                answers.append(Unchecked(handle, stopped))
                continue
            try:
                answers.append(await self._ask(handle))
            except RejectedError:
                answers.append(Unchecked(handle, NO_USERS))
            except GatewayError as error:
                stopped = str(error)
                answers.append(Unchecked(handle, stopped))
        return answers

    async def _ask(self, handle: Handle) -> Profile | Unchecked:
        name = handle.removeprefix("@")
        if _ID.fullmatch(name):
            asked: int | str = int(name)
        elif _NAME.fullmatch(name):
            asked = f"@{name}"
        else:
            return Unchecked(handle, "Telegram has no names like this one.")
        try:
            bot = await self._bots.get()
            chat = await bot.get_chat(asked)
            if not _is_that(chat, asked):
                return Unchecked(handle, "Telegram answered with another account than the one that was asked for.")
            return Profile(_party(chat, by_name=isinstance(asked, str)), self._clock.now())
        except Exception as error:  # noqa: BLE001 - what the library's reading of an answer may raise is anything
            raise translate(error, sending=False) from None


def _is_that(chat: ChatFullInfo, asked: int | str) -> bool:
    if isinstance(asked, int):
        return chat.id == asked
    return asked[1:].lower() in {name.lower() for name in _names(chat)}


def _names(chat: ChatFullInfo) -> Sequence[str]:
    """Return all names that lead to a chat, the main one first."""
    main = (chat.username,) if chat.username else ()
    return tuple(dict.fromkeys((*main, *(chat.active_usernames or ()))))


def _party(chat: ChatFullInfo, *, by_name: bool) -> Party:
    return Party(
        platform="telegram",
        address=str(chat.id),
        id=str(chat.id),
        handle=chat.username or next(iter(chat.active_usernames or ()), None),
        name=one_line(chat.title or " ".join(filter(None, (chat.first_name, chat.last_name))), _MOST_UNITS),
        kind=_kind(chat, by_name=by_name),
        evidence=tuple(_evidence(chat)),
    )


def _kind(chat: ChatFullInfo, *, by_name: bool) -> PartyKind:
    """Return what a chat is; a private one is a bot's if found by name, or with a name that only bots can have."""
    if chat.type == ChatType.CHANNEL:
        return PartyKind.CHANNEL
    if chat.type != ChatType.PRIVATE:
        return PartyKind.GROUP
    is_bot = by_name or any(name.lower().endswith("bot") for name in _names(chat))
    return PartyKind.BOT if is_bot else PartyKind.PERSON


def _evidence(chat: ChatFullInfo) -> Iterator[Evidence]:
    """Yield what else Telegram says. Whether an account is verified, a scam or a fake it tells no bot."""
    yield Evidence(name="type", value=str(chat.type))
    for name in _names(chat):
        yield Evidence(name="active_username", value=name)
    for field, text in (("bio", chat.bio), ("description", chat.description)):
        if text:
            yield Evidence(name=field, value=one_line(text, _MOST_UNITS))
    if chat.linked_chat_id is not None:
        yield Evidence(name="linked_chat", value=str(chat.linked_chat_id))
    if chat.personal_chat is not None:
        yield Evidence(name="personal_channel", value=str(chat.personal_chat.id))
    for flag in _FLAGS:
        if getattr(chat, flag, None):
            yield Evidence(name=flag, value="true")
