"""Messages as Telegram and X hand them over, made up, and what turns them into the case schema."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.case import Evidence, Link, Message, Party, PartyKind, Provenance, Span, Thread, Visibility
from gateway.errors import MalformedError
from gateway.ports import Event, NormalizerPlugin, Raw

_START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
_TEXTS = (
    "Hi, my withdrawal {n} to an external wallet is still pending since yesterday evening. Can you look into it?",
    "您好,我的充值 {n} 已经有十二个确认了,可是账户里还没有到账,请帮忙查一下,谢谢。",
    "Somebody who calls himself @examplex_helpdesk wrote to me about order {n}. Is that really you?",
    "Здравствуйте! Не приходит код подтверждения на почту, заявка {n}. Что мне делать?",
    "Deposit {n}: https://explorer.mail.test/tx/4f1c9d and I also filled in https://examplex-bonus.test/claim - right?",
    "Bonjour, je n'arrive plus à me connecter depuis la mise à jour {n}, l'application se ferme toute seule.",
)
_WORDS = (
    "account", "balance", "network", "confirmations", "yesterday", "support", "please", "wallet", "amount", "again",
    "screenshot", "address", "verified", "waiting", "transfer", "number", "since", "morning", "phone", "answer",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """One platform's way of saying things: (number, known) → (lane, key, body), and the normalizer.

    With `known`, the store holds so many earlier messages, and one in ten answers one of them.
    """

    make: Callable[[int, int], tuple[str, str, bytes]]
    normalizer: NormalizerPlugin


def said(number: int) -> str:
    """Return what the message of that number says."""
    chance = random.Random(number)
    more = " ".join(chance.choices(_WORDS, k=chance.randrange(5, 60)))
    return f"{_TEXTS[number % len(_TEXTS)].format(n=number)} {more}."


def _writer(number: int, known: int) -> tuple[int, int | None]:
    """Return who writes that message, and which earlier one of theirs it answers."""
    if number % 10 == 9:
        return number - 7, number - 7
    if known and number % 10 == 4:
        old = number * 7919 % known // 10 * 10
        return old, old
    return number, None


def _telegram(number: int, known: int) -> tuple[str, str, bytes]:
    user, parent = _writer(number, known)
    text, chat = said(number), 5_000_000_000 + user
    who = {"id": chat, "first_name": f"User {user}", "username": f"user_{user}"}
    message: dict[str, Any] = {
        "message_id": 1000 + number,
        "from": {**who, "is_bot": False, "last_name": "Made-Up", "language_code": "en"},
        "chat": {**who, "type": "private"},
        "date": int((_START + timedelta(seconds=number)).timestamp()),
        "text": text,
        "link_preview_options": {"is_disabled": True},
    }
    start = text.find("https://")
    if start >= 0:
        length = len(text[start:].split(" ")[0])
        message["entities"] = [{"offset": start, "length": length, "type": "url"}]
    if parent is not None:
        message["reply_to_message"] = {"message_id": 1000 + parent, "chat": {**who, "type": "private"}, "date": 1}
    body = json.dumps({"update_id": 700_000_000 + number, "message": message}, ensure_ascii=False).encode()
    return str(chat), f"bot:{700_000_000 + number}", body


def _x(number: int, known: int) -> tuple[str, str, bytes]:
    user, parent = _writer(number, known)
    post, author = 1_860_000_000_000_000_000 + number, str(1_400_000_000_000_000_000 + user)
    refs = [] if parent is None else [{"type": "replied_to", "id": str(1_860_000_000_000_000_000 + parent)}]
    text = "@examplex " + said(number)
    data = {
        "id": str(post),
        "text": text,
        "author_id": author,
        "conversation_id": refs[0]["id"] if refs else str(post),
        "created_at": (_START + timedelta(seconds=number)).isoformat().replace("+00:00", ".000Z"),
        "edit_history_tweet_ids": [str(post)],
        "in_reply_to_user_id": "1399000000000000001",
        "referenced_tweets": refs,
        "lang": "en",
        "possibly_sensitive": False,
        "reply_settings": "everyone",
        "public_metrics": dict.fromkeys(("retweet_count", "reply_count", "like_count", "quote_count"), 0),
        "entities": {"mentions": [{"start": 0, "end": 9, "username": "examplex", "id": "1399000000000000001"}]},
    }
    users = [
        {
            "id": author,
            "name": f"User {user}",
            "username": f"user_{user}",
            "created_at": "2021-03-04T05:06:07.000Z",
            "description": "Made up for a measurement. " * 4,
            "verified": False,
            "verified_type": "none",
            "protected": False,
            "profile_image_url": f"https://images.mail.test/profile_images/{author}/a_normal.jpg",
            "public_metrics": {"followers_count": 12, "following_count": 80, "tweet_count": 431, "listed_count": 0},
        },
        {"id": "1399000000000000001", "name": "Examplex", "username": "examplex", "verified_type": "business"},
    ]
    body = json.dumps({"data": data, "includes": {"users": users}}, ensure_ascii=False).encode()
    return str(data["conversation_id"]), f"{post}:1", body


def _load(raw: Raw) -> Any:
    try:
        return json.loads(raw.body)
    except ValueError:
        raise MalformedError("this is no JSON") from None


def _provenance(raw: Raw, name: str) -> Provenance:
    return Provenance(
        source=raw.source,
        stream=raw.stream,
        key=raw.key,
        lane=raw.lane,
        received_at=raw.received_at,
        normalizer=f"{name}/1",
        size=raw.size,
    )


def _normalize_telegram(raw: Raw) -> Sequence[Event]:
    said = _load(raw)["message"]
    chat, text = str(said["chat"]["id"]), said["text"]
    name = f"{chat}:{said['message_id']}"
    parent = said.get("reply_to_message")
    sender = Party(
        platform="telegram",
        address=chat,
        id=str(said["from"]["id"]),
        handle=said["from"]["username"],
        name=f"{said['from']['first_name']} {said['from']['last_name']}",
        kind=PartyKind.PERSON,
    )
    spans = [(item["offset"], item["offset"] + item["length"]) for item in said.get("entities", ())]
    message = Message(
        id=name,
        content_key=name,
        provenance=_provenance(raw, "telegram_shaped"),
        platform="telegram",
        sender=sender,
        text=text,
        sent_at=datetime.fromtimestamp(said["date"], UTC),
        links=tuple(
            Link(url=text[start:end], text=text[start:end], span=Span(field="text", start=start, end=end))
            for start, end in spans
        ),
        thread=Thread(own_ref=name, parent=f"{chat}:{parent['message_id']}" if parent else None, group=chat),
    )
    return (message,)


def _normalize_x(raw: Raw) -> Sequence[Event]:
    said = _load(raw)
    data = said["data"]
    author = next(user for user in said["includes"]["users"] if user["id"] == data["author_id"])
    sender = Party(
        platform="x",
        address=author["id"],
        id=author["id"],
        handle=author["username"],
        name=author["name"],
        kind=PartyKind.PERSON,
        evidence=(Evidence(name="verified_type", value=author["verified_type"]),),
    )
    parents = [item["id"] for item in data["referenced_tweets"] if item["type"] == "replied_to"]
    message = Message(
        id=data["edit_history_tweet_ids"][0],
        content_key=data["edit_history_tweet_ids"][0],
        provenance=_provenance(raw, "x_shaped"),
        platform="x",
        visibility=Visibility.PUBLIC,
        sender=sender,
        text=data["text"],
        sent_at=datetime.fromisoformat(data["created_at"]),
        thread=Thread(own_ref=data["id"], parent=parents[0] if parents else None, group=data["conversation_id"]),
    )
    return (message,)


TELEGRAM_NORMALIZER = NormalizerPlugin("telegram_shaped", 1, _normalize_telegram)
X_NORMALIZER = NormalizerPlugin("x_shaped", 1, _normalize_x)
TELEGRAM = Shape(_telegram, TELEGRAM_NORMALIZER)
X = Shape(_x, X_NORMALIZER)
