"""Puts one message together: text, files, origins, whom it speaks to; tells what is a user's from what is our own."""

from __future__ import annotations

from itertools import islice
from typing import Any

from gateway.case import Evidence, Link, Message, Party, PartyKind, Recipient, RecipientRole, Thread
from normalizers.telegram import _clean, _content, _entities, _limits, _origins, _parties, _quotes
from normalizers.telegram._content import Content
from normalizers.telegram._entities import Marks
from normalizers.telegram._parties import PLATFORM, Chat
from normalizers.telegram._reading import Reading

UNSUPPORTED = "[unsupported message]"
_NO_MARKS = Marks()


def own(source: dict[str, Any], chat: Chat, reading: Reading, *, business: bool) -> str:
    """Return why a message is our own doing or the desk's rather than a user's; empty when a user wrote it."""
    if chat.kind is PartyKind.CHANNEL:
        return "channel_post"
    if source.get("is_automatic_forward") is True:
        return "own:automatic_forward"
    if "sender_business_bot" in source:
        return "own:business_bot"
    if source.get("is_from_offline") is True:
        return "own:offline"
    if _is_us(source, "from", reading):
        return "own:bot"
    if _is_us(source, "via_bot", reading):
        return "own:via_bot"
    author = _id_of(source, "from")
    if "direct_messages_topic" in source:
        # The topic bears its customer's id: who else writes there runs the channel.
        customer = _id_of(reading.table(source, "direct_messages_topic"), "user")
        return "own:channel" if customer and author not in ("", customer) else ""
    # The chat of a business account bears the customer's id: who else writes there is the account's owner.
    return "own:business_owner" if business and author not in ("", str(chat.id)) else ""


def read(source: dict[str, Any], chat: Chat, update_id: int, reading: Reading, version: int = 1) -> Message:
    """Return a user's message."""
    sender = _sender(source, chat, reading)
    content = Content(user_id=sender.id or "")
    text, marks = _text(source, reading)
    for kind in _content.kinds_of(source):
        _content.take(kind, source, content, reading)
    replied = _replied(source, reading) if "reply_to_message" in source else {}
    is_quoting = bool(replied) or "quote" in source or "external_reply" in source
    quote = _quotes.read(source, replied, sender, reading) if is_quoting else _quotes.NOTHING
    if "forward_origin" in source:
        content.origins.insert(0, _origins.forwarded(reading.table(source, "forward_origin"), reading))
    if not (text or content.lines or content.files):
        reading.note("content_unsupported", "The message holds something that this release cannot read.")
        content.lines.append(UNSUPPORTED)
    sent_at = reading.instant(source, "date")
    if source.get("date") is None:
        reading.note("date_missing", "It is not known when the message was sent.")
    ref = _ref(source, chat, update_id, reading)
    topic = reading.whole(source, "message_thread_id") if source.get("is_topic_message") is True else None
    return Message(
        id=ref,
        content_key=ref,
        provenance=reading.provenance,
        platform=PLATFORM,
        visibility=chat.visibility,
        addressed=chat.kind is PartyKind.PERSON or _is_addressed(marks, replied, reading),
        sender=sender,
        recipients=_recipients(source, chat, topic, marks, reading),
        text="\n".join(filter(None, (text, *content.lines))) if content.lines else text,
        quoted=quote.text,
        sent_at=sent_at,
        edited_at=reading.instant(source, "edit_date"),
        version=version,
        attachments=tuple(content.files.values()),
        links=_links(marks, content, quote, source, reading),
        forwarded=(*content.origins, *quote.origins)[: _limits.ITEMS],
        thread=Thread(
            own_ref=ref,
            parent=_parent(replied, chat, reading),
            group=chat.conversation if topic is None else f"{chat.id}/{topic}",
        ),
        join_key=_join_key(source, chat, sender, reading),
        evidence=(*content.evidence, *quote.evidence, *_evidence(source, reading)),
        notes=reading.notes,
    )


def _id_of(source: dict[str, Any], key: str) -> str:
    value = source.get(key)
    found = value.get("id") if type(value) is dict else None
    return str(found) if type(found) is int else ""


def _is_us(source: dict[str, Any], key: str, reading: Reading) -> bool:
    return key in source and reading.bot != "" and _id_of(source, key) == reading.bot


def _ref(source: dict[str, Any], chat: Chat, update_id: int, reading: Reading) -> str:
    number = reading.whole(source, "message_id")
    if number is None:
        reading.note("message_id_missing", "The message bears no number; its edits cannot be told to be its own.")
        return chat.message_ref(reading, f"update-{update_id}")
    return chat.message_ref(reading, number)


def _sender(source: dict[str, Any], chat: Chat, reading: Reading) -> Party:
    evidence = (*chat.route, *_of_sender(source, reading))
    if "sender_chat" in source and (speaker := _parties.chat(reading.table(source, "sender_chat"), reading)):
        party = speaker.party()
        named = _parties.said("sender_chat", _parties.short(party), reading)
        admin = (Evidence(name="anonymous_admin", value="true"),) if speaker.id == chat.id else ()
        return speaker.party(named, *admin, *evidence)
    address = str(chat.id) if chat.kind is PartyKind.PERSON else ""
    found = _parties.user(reading.table(source, "from"), reading, address, *evidence)
    if found is not None:
        return found
    reading.note("sender_missing", "The platform does not say who wrote the message.")
    return chat.party(*evidence) if address else Party(platform=PLATFORM, evidence=evidence)


def _of_sender(source: dict[str, Any], reading: Reading) -> tuple[Evidence, ...]:
    found = ((name, reading.text(source, name)) for name in ("author_signature", "sender_tag") if name in source)
    return tuple(_parties.said(name, value, reading) for name, value in found if value)


def _text(source: dict[str, Any], reading: Reading) -> tuple[str, Marks]:
    key, marked = ("text", "entities") if "text" in source else ("caption", "caption_entities")
    text = _clean.block(reading.text(source, key), reading)
    if marked not in source:
        return text, _NO_MARKS
    entities = reading.tables(source, marked, _limits.ENTITIES)
    return text, _entities.read(text, entities, "text", reading)


def _replied(source: dict[str, Any], reading: Reading) -> dict[str, Any]:
    """Return the message that this one answers; what merely stands in a topic answers nothing."""
    replied = reading.table(source, "reply_to_message")
    is_root = "forum_topic_created" in replied or (
        source.get("is_topic_message") is True and replied.get("message_id") == source.get("message_thread_id")
    )
    return {} if is_root else replied


def _parent(replied: dict[str, Any], chat: Chat, reading: Reading) -> str | None:
    number = reading.whole(replied, "message_id") if replied else None
    return None if number is None else chat.message_ref(reading, number)


def _is_addressed(marks: Marks, replied: dict[str, Any], reading: Reading) -> bool:
    """Whether a message in a group speaks to us."""
    if marks.command:
        _, at, name = marks.command.partition("@")
        return not at or name.lower() == reading.username.lower()
    return marks.names_us(reading.bot, reading.username) or _is_us(replied, "from", reading)


def _recipients(
    source: dict[str, Any], chat: Chat, topic: int | None, marks: Marks, reading: Reading
) -> tuple[Recipient, ...]:
    if chat.kind is PartyKind.PERSON:
        to = () if "business_connection_id" in source else _parties.ourselves(reading.bot, reading.username)
    else:
        to = (Recipient(role=RecipientRole.TO, party=place(source, chat, topic, reading)),)
    return to + marks.recipients(reading.bot, reading.username) if marks.mentions else to


def place(source: dict[str, Any], chat: Chat, topic: int | None, reading: Reading) -> Party:
    """Return the chat of a message with what an answer there needs: the message, and the topic in a forum."""
    number = reading.whole(source, "message_id")
    where = (("topic", topic), ("message", number))
    said = (Evidence(name=name, value=str(value)) for name, value in where if value is not None)
    return chat.party(*chat.route, *said)


def _links(
    marks: Marks, content: Content, quote: _quotes.Quote, source: dict[str, Any], reading: Reading
) -> tuple[Link, ...]:
    buttons = _buttons(source, reading) if "reply_markup" in source else ()
    found = (*marks.links, *content.links, *quote.links, *buttons)
    return found[: _limits.LINKS]


def _buttons(source: dict[str, Any], reading: Reading) -> tuple[Link, ...]:
    """Return where the buttons below a forwarded message lead."""
    rows = reading.table(source, "reply_markup").get("inline_keyboard")
    cells = (cell for row in rows if type(row) is list for cell in row) if type(rows) is list else ()
    found = (_button(cell, reading) for cell in islice(cells, _limits.LINKS) if type(cell) is dict)
    return tuple(each for each in found if each is not None)


def _button(cell: dict[str, Any], reading: Reading) -> Link | None:
    url = reading.text(cell, "url")
    for key in ("login_url", "web_app"):
        url = url or (reading.text(reading.table(cell, key), "url") if key in cell else "")
    text = _clean.line(reading.text(cell, "text"), _limits.LINE_CHARS, reading)
    return _entities.link(url, text, None, reading) if url else None


def _join_key(source: dict[str, Any], chat: Chat, sender: Party, reading: Reading) -> str:
    album = reading.text(source, "media_group_id") if "media_group_id" in source else ""
    return f"{chat.conversation}:{_clean.line(album, _limits.HANDLE_CHARS, reading) or sender.id or ''}"


def _evidence(source: dict[str, Any], reading: Reading) -> tuple[Evidence, ...]:
    """Return what else the platform said of the message."""
    found: tuple[Evidence, ...] = ()
    if "media_group_id" in source:
        found += (_parties.said("media_group_id", reading.text(source, "media_group_id"), reading),)
    if "via_bot" in source and (bot := _parties.user(reading.table(source, "via_bot"), reading)) is not None:
        found += (_parties.said("via_bot", _parties.short(bot), reading),)
    if "reply_to_story" in source:
        story = _parties.any_chat(reading.table(reading.table(source, "reply_to_story"), "chat"), reading)
        found += (_parties.said("reply_to_story", _parties.short(story) if story else "", reading),)
    return found
