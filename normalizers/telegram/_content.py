"""What a message holds beside its text: each sort of content becomes files, and a line in brackets that can be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from gateway.case import Attachment, Evidence, ForwardOrigin, Link
from normalizers.telegram import _clean, _files, _limits, _origins, _parties, _rich
from normalizers.telegram._reading import Reading


@dataclass(slots=True)
class Content:
    """What was found in one message, in the order of the platform."""

    user_id: str = ""
    lines: list[str] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    origins: list[ForwardOrigin] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    files: dict[str, Attachment] = field(default_factory=dict)

    def line(self, kind: str, *parts: str) -> None:
        """Add a line such as `[poll: question / yes / no]`."""
        told = " / ".join(filter(None, parts))
        self.lines.append(f"[{kind}: {told}]" if told else f"[{kind}]")

    def say(self, name: str, value: str) -> None:
        """Add a piece of evidence that holds nothing to be cleaned."""
        self.evidence.append(Evidence(name=name, value=value))

    def file(self, kind: str, source: dict[str, Any], reading: Reading) -> None:
        """Add a file, unless the platform named it twice."""
        if len(self.files) >= _limits.ATTACHMENTS:
            reading.note("attachments_over_cap", f"Only the first {_limits.ATTACHMENTS} files were kept.")
            return
        found = _files.attachment(kind, source, reading)
        self.files.setdefault(found.id, found)


def kinds_of(message: dict[str, Any]) -> list[str]:
    """Return the fields of a message that hold contents; what the platform gives twice is left out once."""
    found = [key for key in message if key in KINDS]
    if len(found) > 1:
        twice = {_AGAIN[key] for key in found if key in _AGAIN and type(message[key]) is dict}
        found = [key for key in found if key not in twice]
    return found


_AGAIN = {"venue": "location", "animation": "document"}
"""What the platform repeats in another field, for programs that do not know the first."""
Teller = Callable[[dict[str, Any], Content, Reading], None]


def take(kind: str, message: dict[str, Any], content: Content, reading: Reading) -> None:
    """Add what stands in one field of a message, one of `KINDS`."""
    content.say("content", kind)
    if kind == "photo":
        _photo(message, content, reading)
    elif kind in _files.KINDS:
        _file(kind, message, content, reading)
    elif source := reading.table(message, kind):
        _TELLERS[kind](source, content, reading)
    else:
        content.line(kind.replace("_", " "))


def _photo(source: dict[str, Any], content: Content, reading: Reading) -> None:
    sizes = reading.tables(source, "photo", _limits.ITEMS)
    content.file("photo", _files.best(sizes, reading), reading)


def _file(kind: str, source: dict[str, Any], content: Content, reading: Reading) -> None:
    file = reading.table(source, kind)
    if kind == "sticker":
        emoji = _line(file, "emoji", reading)
        content.lines.append(f"[sticker {emoji}]" if emoji else "[sticker]")
        if set_name := _line(file, "set_name", reading):
            content.say("sticker_set", set_name)
    if kind == "live_photo" and "photo" in file:
        _photo(file, content, reading)
    content.file(kind, file, reading)


def _line(source: dict[str, Any], key: str, reading: Reading) -> str:
    return _clean.line(reading.text(source, key), _limits.LINE_CHARS, reading)


def _degrees(source: dict[str, Any], reading: Reading) -> str:
    """Return latitude and longitude as `52.52, 13.40`: at least two decimals, at most six."""
    found = (reading.number(source, key) for key in ("latitude", "longitude"))
    return ", ".join(_decimals(each) for each in found if each is not None)


def _decimals(degree: float) -> str:
    whole, _, part = f"{degree:.6f}".partition(".")
    return f"{whole}.{part.rstrip('0').ljust(2, '0')}"


def _location(source: dict[str, Any], content: Content, reading: Reading) -> None:
    place = _degrees(source, reading)
    content.lines.append(f"[location {place}]" if place else "[location]")
    if place:
        content.say("location", place)


def _venue(source: dict[str, Any], content: Content, reading: Reading) -> None:
    place = _degrees(reading.table(source, "location"), reading)
    content.line("venue", _line(source, "title", reading), _line(source, "address", reading), place)
    if place:
        content.say("location", place)


def _contact(source: dict[str, Any], content: Content, reading: Reading) -> None:
    number = _line(source, "phone_number", reading)
    origin = _origins.shared_user(source, "user_id", reading)
    content.lines.append(f"[contact: {', '.join(filter(None, (origin.party.name, number)))}]")
    if number:
        content.say("contact_phone", number)
    if origin.party.id is not None:
        content.say("contact_user", origin.party.id)
    if origin.party.id is None or origin.party.id != content.user_id:
        content.origins.append(origin)


def _poll(source: dict[str, Any], content: Content, reading: Reading) -> None:
    options = reading.tables(source, "options", _limits.ITEMS)
    content.line("poll", _line(source, "question", reading), *(_line(option, "text", reading) for option in options))


def _checklist(source: dict[str, Any], content: Content, reading: Reading) -> None:
    tasks = reading.tables(source, "tasks", _limits.ITEMS)
    content.line("checklist", _line(source, "title", reading), *(_line(task, "text", reading) for task in tasks))


def _dice(source: dict[str, Any], content: Content, reading: Reading) -> None:
    emoji, value = _line(source, "emoji", reading), reading.whole(source, "value")
    content.lines.append(f"[dice {emoji}{'' if value is None else f' {value}'}]")


def _story(source: dict[str, Any], content: Content, reading: Reading) -> None:
    party = _parties.any_chat(reading.table(source, "chat"), reading)
    content.line("story", _origins.named(party) if party else "")
    if party is not None:
        content.origins.append(ForwardOrigin(party=party, kind="story"))


def _titled(kind: str, *keys: str) -> Teller:
    """Return what tells the named texts of a content in one line."""

    def tell(source: dict[str, Any], content: Content, reading: Reading) -> None:
        content.line(kind, *(_line(source, key, reading) for key in keys))

    return tell


def _invoice(source: dict[str, Any], content: Content, reading: Reading) -> None:
    content.line("invoice", _line(source, "title", reading), _line(source, "description", reading))
    amount, currency = reading.whole(source, "total_amount"), _line(source, "currency", reading)
    if amount is not None:
        content.say("invoice_amount", f"{amount} {currency}".strip())


def _giveaway(source: dict[str, Any], content: Content, reading: Reading) -> None:
    chats = reading.tables(source, "chats", _limits.ITEMS)
    if chat := reading.table(source, "chat"):
        chats.append(chat)
    parties = [party for chat in chats if (party := _parties.any_chat(chat, reading)) is not None]
    content.line("giveaway", _line(source, "prize_description", reading), *map(_origins.named, parties))
    content.origins.extend(ForwardOrigin(party=party, kind="giveaway") for party in parties)


def _gift(source: dict[str, Any], content: Content, reading: Reading) -> None:
    content.line("gift", _line(source, "text", reading))


def _unique_gift(source: dict[str, Any], content: Content, reading: Reading) -> None:
    content.line("gift", _line(reading.table(source, "gift"), "name", reading))


def _paid_media(source: dict[str, Any], content: Content, reading: Reading) -> None:
    content.line("paid media")
    for item in reading.tables(source, "paid_media", _limits.ITEMS):
        kind = reading.text(item, "type")
        if kind in ("photo", "video", "live_photo") and kind in item:
            _photo(item, content, reading) if kind == "photo" else _file(kind, item, content, reading)


def _web_app_data(source: dict[str, Any], content: Content, reading: Reading) -> None:
    data = _clean.line(reading.text(source, "data"), _limits.EVIDENCE_CHARS, reading)
    content.line("web app data", data)


def _request(source: dict[str, Any], content: Content, reading: Reading) -> None:
    """Keep which of our questions the user answered with the picker."""
    number = reading.whole(source, "request_id")
    if number is not None:
        content.say("shared_request", str(number))


def _users_shared(source: dict[str, Any], content: Content, reading: Reading) -> None:
    _request(source, content, reading)
    users = reading.tables(source, "users", _limits.ITEMS)
    origins = [_origins.shared_user(user, "user_id", reading) for user in users]
    content.line("shared accounts", *(_origins.named(origin.party) for origin in origins))
    content.origins.extend(origins)


def _chat_shared(source: dict[str, Any], content: Content, reading: Reading) -> None:
    _request(source, content, reading)
    origin = _origins.shared_chat(source, reading)
    content.line("shared chat", _origins.named(origin.party))
    content.origins.append(origin)


def _rich_message(source: dict[str, Any], content: Content, reading: Reading) -> None:
    text, links = _rich.read(source, reading)
    content.lines.append(text or "[rich message]")
    content.links.extend(links)


_TELLERS: dict[str, Teller] = {
    "chat_shared": _chat_shared,
    "checklist": _checklist,
    "contact": _contact,
    "dice": _dice,
    "game": _titled("game", "title", "description"),
    "gift": _gift,
    "giveaway": _giveaway,
    "giveaway_winners": _giveaway,
    "invoice": _invoice,
    "location": _location,
    "paid_media": _paid_media,
    "poll": _poll,
    "rich_message": _rich_message,
    "story": _story,
    "unique_gift": _unique_gift,
    "users_shared": _users_shared,
    "venue": _venue,
    "web_app_data": _web_app_data,
}
KINDS = _files.KINDS | frozenset(_TELLERS)
"""The fields of a message that hold what a user sent, but for `text` and `caption`."""
