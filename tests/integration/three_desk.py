"""A desk on mail, Telegram and X at once, from raws to replies: normalizers, judging, casework and store are real.

Nothing is sent anywhere: what would be is returned. What the exchange knows of its customers is a table of the test's.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.answers.acknowledge import AckPolicy
from gateway.answers.locales import load_locales
from gateway.answers.tokens import CASE_ID, new_case_id, sign_token
from gateway.case import Assessment, Case, Fact, FactOutcome, Message
from gateway.casework import Policy
from gateway.customers import KIND, fact_of
from gateway.enrich.customer import proven
from gateway.journal import Fate, State
from gateway.judging import Judging, Stages
from gateway.pipeline import Pipeline
from gateway.ports import Cursor, Key, Manners, Raw, Reply, StreamId
from gateway.ports.customers import Customer
from gateway.retry import RetryPolicy
from gateway.store import SqlStore
from gateway.triage import triage
from gateway.trust.assess import assess
from gateway.trust.mail_auth import judge_mail_auth
from gateway.trust.masking import Clean
from normalizers.email import NORMALIZER as MAIL
from normalizers.telegram import NORMALIZER as TELEGRAM
from normalizers.x import NORMALIZER as X
from tests.conftest import ManualClock
from tests.integration.mail_desk import DESK, DIRECTORY, MX, SECRET, TICKETS
from tests.samples import telegram, x

ANN, ANN_X, ANN_MAIL = 510000001, 2001, "ann@mail.test"
MALLORY, MALLORY_X, MALLORY_MAIL = 510000666, 2666, "mallory@other.test"
GROUP = -1002000000001
UPLOAD = "https://examplex.test/documents"
CHANNELS = ("support", "tg", "x")
_FIRST_X = 2123690306565046273


class ThreeDesk:
    """One desk; each method that says something returns what the desk then says, to whomever."""

    def __init__(self, store: SqlStore, clock: ManualClock) -> None:
        self.store, self.clock = store, clock
        self.customers: dict[str, Customer] = {}
        """By mail address, or number of an account."""
        self.away = False
        self.acknowledgement = AckPolicy(per_sender_day=10_000, per_minute=10_000, per_domain_hour=100_000)
        self._numbers = itertools.count(1)
        self.pipeline = Pipeline(
            store,
            Judging(Stages({"support": MAIL, "tg": TELEGRAM, "x": X}, self._facts, self._assess, triage), clock),
            self.policy,
            clock,
            RetryPolicy(base_secs=1, cap_secs=10, attempts=2, bug_attempts=1),
            random.Random(5),
        )

    def policy(self) -> Policy:
        """Return what casework knows of the desk."""
        telegrams = Manners(
            chats=True, handle=telegram.USERNAME, invite=f"https://t.me/{telegram.USERNAME}?start={{token}}"
        )
        return Policy(
            brand="Examplex",
            official=(DESK,),
            locales=load_locales(),
            secret=SECRET,
            backend=TICKETS,
            knows_customers=True,
            acknowledgement=self.acknowledgement,
            own_addresses=frozenset({DESK, telegram.BOT, telegram.USERNAME, x.OWN, x.HANDLE}),
            sending=frozenset(CHANNELS),
            proving=frozenset({"support"}),
            manners={
                "tg": telegrams,
                "x": Manners(chats=True, summoned=True, receipts=True, buttons=False, handle="examplex"),
            },
            directory=DIRECTORY,
            links={"upload": UPLOAD},
        )

    # What people say

    async def mail(
        self,
        sender: str,
        subject: str,
        text: str = "",
        *,
        auth: str | None = "pass",
        headers: Sequence[str] = (),
        to: str = DESK,
    ) -> list[Reply]:
        """Take a mail in; `auth` is what our own server says of its sender, None for nothing."""
        number = next(self._numbers)
        domain = sender.rpartition("@")[2].rstrip(">")
        lines = [f"Authentication-Results: {MX}; dmarc={auth} header.from={domain}"] if auth is not None else []
        lines += [*headers, f"From: {sender}", f"To: {to}", f"Subject: {subject}"]
        lines += [f"Date: {self.clock.now():%a, %d %b %Y %H:%M:%S} +0000", f"Message-ID: <m{number}@{domain}>"]
        body = "\r\n".join([*lines, "", text, ""]).encode()
        return await self._take("support", "INBOX", f"1:{number}", sender, body, "message/rfc822")

    async def chat(self, person: int, text: str, **more: Any) -> list[Reply]:
        """Take a message to the bot in; `chat` is the group that it is said in, `more` are fields of the message."""
        message = {**self._message(person, more.pop("chat", None), more.pop("handle", "")), "text": text, **more}
        if text.startswith("/"):
            message.setdefault("entities", [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}])
        return await self._update("message", message)

    async def edits(self, person: int, number: int, text: str) -> list[Reply]:
        """Take in a message that was edited."""
        edited = {**self._message(person, None, ""), "message_id": number, "text": text}
        return await self._update("edited_message", {**edited, "edit_date": int(self.clock.now().timestamp())})

    async def press(self, person: int, data: str, chat: int | None = None) -> list[Reply]:
        """Take in the press of a button."""
        message = self._message(person, chat, "")
        bot = {"id": int(telegram.BOT), "is_bot": True, "first_name": "Support", "username": telegram.USERNAME}
        query = {"id": str(next(self._numbers)), "from": message["from"], "data": data, "chat_instance": "-31"}
        return await self._update("callback_query", {**query, "message": {**message, "from": bot, "text": "?"}})

    async def direct(self, person: int, text: str, *, group: bool = False) -> list[Reply]:
        """Take in a direct message on X, in a conversation of two or of several."""
        where = "777000" if group else f"{x.OWN}-{person}"
        item = {"sender_id": str(person), "event_type": "MessageCreate", "dm_conversation_id": where}
        return await self._item("message", item, text, person)

    async def post(self, person: int, text: str) -> list[Reply]:
        """Take in a public post that calls on the account."""
        item = {
            "author_id": str(person),
            "entities": {"mentions": [{"start": 0, "end": 9, "username": "examplex", "id": x.OWN}]},
        }
        return await self._item("post", item, text, person)

    # What becomes of it

    async def cases(self) -> list[Case]:
        """Return every case, the newest first."""
        found = await self.store.list_cases(None, 1_000)
        return sorted(found, key=lambda each: (each.opened_at, each.updated_at), reverse=True)

    async def case(self, number: str) -> Case:
        """Return a case."""
        return next(each for each in await self.cases() if each.id == number)

    async def notes(self) -> list[str]:
        """Take what waits for the tickets, and return what the agents are told."""
        found: list[str] = []
        while claimed := await self.store.claim_effects(TICKETS, 100, self.clock.now()):
            found += [each.effect.ticket.note for each in claimed if each.effect.ticket is not None]
            await self.store.release_effects([Fate(each.id, State.SETTLED, ref="T1") for each in claimed])
        return [note for note in found if note]

    async def _update(self, kind: str, content: dict[str, Any]) -> list[Reply]:
        number = next(self._numbers)
        chat = content.get("message", content)["chat"]["id"]
        item = telegram.raw_of(telegram.body_of({"update_id": 900000000 + number, kind: content}))
        return await self._put(replace(item, source="tg", key=Key(f"u{number}"), lane=str(chat)))

    async def _item(self, kind: str, item: dict[str, Any], text: str, person: int) -> list[Reply]:
        number = next(self._numbers)
        data = {
            "id": str(_FIRST_X + number),
            "text": text,
            "created_at": f"{self.clock.now():%Y-%m-%dT%H:%M:%S.000Z}",
            **item,
        }
        raw = x.raw_of(
            x.body_of(
                {"data": data, "includes": {"users": [{"id": str(person), "username": f"user{person}", "name": "U"}]}}
            ),
            kind,
        )
        return await self._put(replace(raw, key=Key(f"{kind}:{number}"), lane=str(person)))

    async def _take(self, source: str, stream: str, key: str, lane: str, body: bytes, media_type: str) -> list[Reply]:
        at = self.clock.now()
        return await self._put(Raw(source, StreamId(stream), Key(key), lane, body, media_type, at, len(body)))

    async def _put(self, raw: Raw) -> list[Reply]:
        self.clock.advance(61)
        raw = replace(raw, received_at=self.clock.now(), size=len(raw.body))
        await self.store.put_page(raw.source, raw.stream, [raw], Cursor(str(raw.key)))
        while await self.pipeline.step():
            pass
        assert set((await self.store.tally()).raws) <= {State.SETTLED}
        return [reply for channel in CHANNELS for reply in await self._sent(channel)]

    async def _sent(self, channel: str) -> list[Reply]:
        found: list[Reply] = []
        while claimed := await self.store.claim_effects(channel, 100, self.clock.now()):
            found += [each.effect.reply for each in claimed if each.effect.reply is not None]
            await self.store.release_effects([Fate(each.id, State.SETTLED, ref=f"sent:{each.id}") for each in claimed])
        return found

    def _message(self, person: int, chat: int | None, handle: str) -> dict[str, Any]:
        who = {
            "id": person,
            "is_bot": False,
            "first_name": "Ada",
            "username": handle or f"user{person}",
            "language_code": "en",
        }
        group = {"id": chat, "title": "Traders", "type": "supergroup"}
        private = {"id": person, "first_name": "Ada", "type": "private"}
        date = int(self.clock.now().timestamp())
        return {
            "message_id": 1_000 + next(self._numbers),
            "from": who,
            "chat": private if chat is None else group,
            "date": date,
        }

    async def _facts(self, message: Message) -> tuple[Fact, ...]:
        told = (judge_mail_auth(message, (MX,)),) if message.platform == "email" else ()
        who = proven(message, told)
        if who is None or not self.customers:
            return told
        if self.away:
            return (*told, Fact(kind=KIND, subject="", outcome=FactOutcome.COULD_NOT_CHECK))
        known = self.customers.get(str(getattr(who, "address", "") or getattr(who, "id", "")))
        none = Fact(kind=KIND, subject="", outcome=FactOutcome.NONE)
        return (*told, fact_of(known, "") if known is not None else none)

    @staticmethod
    def _assess(seen: Clean, now: datetime) -> Assessment:
        return assess(seen.message, seen.facts, DIRECTORY, now.date(), seen.found)


def guessed() -> str:
    """Return the number of a case that there is not."""
    return new_case_id(b"another secret", "nobody", 0, datetime(2026, 11, 20, tzinfo=UTC))


def numbers_in(replies: Sequence[Reply]) -> set[str]:
    """Return all case numbers that replies show their readers, in buttons and references, too."""
    texts = (f"{each.subject} {each.text} {_buttons(each)} {_headers(each)}".upper() for each in replies)
    return {found for text in texts for found in CASE_ID.findall(text)}


def _buttons(reply: Reply) -> str:
    return " ".join(f"{each.text} {each.data} {each.url}" for row in reply.buttons for each in row)


def _headers(reply: Reply) -> str:
    """Return what a mail program shows whoever looks for it; other platforms show no reference."""
    return f"{reply.token} {reply.tag} {reply.thread}" if reply.to.platform == "email" else ""


def plain(replies: Sequence[Reply]) -> list[str]:
    """Return what replies say, with each case number made equal, and the moments of changes."""
    said = [CASE_ID.sub("GH-?", f"{each.channel}|{each.to.address}|{each.subject}|{each.text}") for each in replies]
    return [re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "?", each) for each in said]


def code_in(replies: Sequence[Reply]) -> str:
    """Return the one-time code that a reply gives."""
    (found,) = {found for each in replies for found in re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}", each.text)}
    return str(found)


def signed_reference(number: str) -> str:
    """Return a reference of ours to a case, as whoever has a mail of ours has it."""
    return f"<{sign_token(SECRET, number, 'n')}@examplex.test>"


LATER = timedelta(minutes=20)
"""After which a code is good no more."""
