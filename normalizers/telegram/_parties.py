"""Who somebody is, as the platform shows users and chats, and how messages are named; believes no display name."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from gateway.case import Evidence, Party, PartyKind, Recipient, RecipientRole, Visibility
from normalizers.telegram import _clean, _limits
from normalizers.telegram._reading import Reading

PLATFORM = "telegram"
_SHARED_NUMBERS = -1_000_000_000_000
"""Supergroups and channels, whose ids are at or below, number their messages once for all; elsewhere each account has
numbers of its own."""
_KINDS = {
    "private": PartyKind.PERSON,
    "group": PartyKind.GROUP,
    "supergroup": PartyKind.GROUP,
    "channel": PartyKind.CHANNEL,
}


class Chat(NamedTuple):
    """A chat in which something happened. `route` is what an answer needs beside the chat's id."""

    id: int
    kind: PartyKind
    handle: str | None
    name: str
    conversation: str
    """Names the talk in it: one chat holds several where a business account or a channel has it too."""
    route: tuple[Evidence, ...] = ()

    @property
    def visibility(self) -> Visibility:
        """Who can read there."""
        return _VISIBILITY[self.kind]

    def party(self, *evidence: Evidence) -> Party:
        """Return the chat as somebody who can be written to."""
        address = str(self.id)
        return Party(
            platform=PLATFORM,
            address=address,
            id=address,
            handle=self.handle,
            name=self.name,
            kind=self.kind,
            evidence=evidence,
        )

    def message_ref(self, reading: Reading, message_id: int | str) -> str:
        """Return the name of a message here, equal for everybody who sees the same message."""
        if self.id <= _SHARED_NUMBERS:
            return f"{PLATFORM}:{self.id}:{message_id}"
        return f"{PLATFORM}:{reading.bot}:{self.conversation}:{message_id}"


_VISIBILITY = {
    PartyKind.PERSON: Visibility.PRIVATE,
    PartyKind.GROUP: Visibility.GROUP,
    PartyKind.CHANNEL: Visibility.PUBLIC,
}


def chat(source: dict[str, Any], reading: Reading) -> Chat | None:
    """Return a chat, or None when it bears no id."""
    chat_id = reading.whole(source, "id")
    if not chat_id:
        return None
    kind = _KINDS.get(reading.text(source, "type"))
    if kind is None:
        # The sign tells persons from the rest; of two guesses at the rest a group is the one that is kept confidential.
        reading.note("chat_type_unknown", "The sort of chat is not known; whether it is a person was told by its id.")
        kind = PartyKind.PERSON if chat_id > 0 else PartyKind.GROUP
    name = full_name(source, reading) if kind is PartyKind.PERSON else title(source, reading)
    return Chat(chat_id, kind, handle(source, reading), name, str(chat_id))


def chat_of(source: dict[str, Any], reading: Reading) -> Chat | None:
    """Return the chat of a message or the like, apart from others under the same id, or None when it bears no id.

    A business account and our own bot have a chat each with one customer, both under the customer's id; and they count
    their messages from one, each for itself. All who write to a channel share one chat, with a topic for each.
    """
    found = chat(reading.table(source, "chat"), reading)
    if found is None:
        return None
    if "business_connection_id" in source:
        connection = _clean.line(reading.text(source, "business_connection_id"), _limits.NAME_CHARS, reading)
        return _apart(found, f"{found.id}@{connection}", "business_connection", connection) if connection else found
    if "direct_messages_topic" in source:
        topic = reading.whole(reading.table(source, "direct_messages_topic"), "topic_id")
        if topic is not None:
            # Nobody but that person and those who run the channel can read it.
            talk = f"{found.id}/{topic}"
            return _apart(found, talk, "direct_messages_topic", str(topic))._replace(kind=PartyKind.PERSON)
    return found


def _apart(found: Chat, conversation: str, name: str, value: str) -> Chat:
    route = (Evidence(name=name, value=value), Evidence(name="conversation", value=conversation))
    return found._replace(conversation=conversation, route=route)


def user(source: dict[str, Any], reading: Reading, address: str = "", *evidence: Evidence) -> Party | None:
    """Return a user, reached at `address` or else at his private chat; None when he bears no id."""
    user_id = reading.whole(source, "id")
    if user_id is None or user_id <= 0:
        return None
    number = str(user_id)
    return Party(
        platform=PLATFORM,
        address=address or number,
        id=number,
        handle=handle(source, reading),
        name=full_name(source, reading),
        kind=PartyKind.BOT if source.get("is_bot") is True else PartyKind.PERSON,
        evidence=_said_of_user(source, reading) + evidence,
    )


def _said_of_user(source: dict[str, Any], reading: Reading) -> tuple[Evidence, ...]:
    said: tuple[Evidence, ...] = ()
    if (language := reading.text(source, "language_code")) != "":
        said = (Evidence(name="language_code", value=_clean.line(language, 35, reading)),)
    if source.get("is_premium") is True:
        said += (Evidence(name="is_premium", value="true"),)
    return said


def any_chat(source: dict[str, Any], reading: Reading, *evidence: Evidence) -> Party | None:
    """Return a chat as a party, such as the channel that a message was forwarded from."""
    found = chat(source, reading)
    return found.party(*evidence) if found else None


@lru_cache(maxsize=64)
def ourselves(bot: str, username: str) -> tuple[Recipient, ...]:
    """Return our own bot as whom a private message was written to."""
    party = Party(platform=PLATFORM, address=bot, id=bot, handle=username or None, kind=PartyKind.BOT)
    return (Recipient(role=RecipientRole.TO, party=party),)


def full_name(source: dict[str, Any], reading: Reading) -> str:
    """Return first and last name."""
    first, last = reading.text(source, "first_name"), reading.text(source, "last_name")
    return _clean.line(f"{first} {last}" if last else first, _limits.NAME_CHARS, reading)


def title(source: dict[str, Any], reading: Reading) -> str:
    """Return the title of a group or channel."""
    return _clean.line(reading.text(source, "title"), _limits.NAME_CHARS, reading)


def handle(source: dict[str, Any], reading: Reading) -> str | None:
    """Return the username without @, or None."""
    return _clean.line(reading.text(source, "username"), _limits.HANDLE_CHARS, reading).removeprefix("@") or None


def short(party: Party) -> str:
    """Return a party as one line of evidence: id, handle and name."""
    return f"{party.id or ''}|{party.handle or ''}|{party.name}"


def said(name: str, value: str, reading: Reading) -> Evidence:
    """Return a piece of evidence, made harmless."""
    return Evidence(name=name, value=_clean.line(value, _limits.EVIDENCE_CHARS, reading))
