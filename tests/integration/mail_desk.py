"""A mail desk from the bytes of a mail to its case: normalizer, judging, casework and store are the real ones."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from pydantic import SecretStr

from connectors.email import EmailSettings
from connectors.email._compose import Mail, compose
from gateway import feedback
from gateway.answers.acknowledge import AckPolicy
from gateway.answers.locales import load_locales
from gateway.case import Assessment, Case, Entry, Fact, Message, Provenance
from gateway.casework import Policy
from gateway.journal import EffectKind, Fate, State, StoredEffect
from gateway.judging import Judging, Stages
from gateway.past import Query
from gateway.pipeline import Pipeline
from gateway.ports import Cursor, Event, NormalizerPlugin, Raw, Reply, StreamId, TicketEvent
from gateway.retry import RetryPolicy
from gateway.store import SqlStore
from gateway.triage import triage
from gateway.trust.assess import assess
from gateway.trust.directory import parse_directory
from gateway.trust.mail_auth import judge_mail_auth
from gateway.trust.masking import Clean
from gateway.wake import ENGINE, WakeDispatcher
from normalizers.email import NORMALIZER
from tests.builders import raw
from tests.conftest import ManualClock

SECRET = b"s" * 32
MX = "mx.examplex.test"
DESK, OTHER_DESK = "support@examplex.test", "help@examplex.test"
AGENT = "agent@examplex.test"
TICKETS = "backend:embedded"
INBOX = StreamId("INBOX")
DIRECTORY = parse_directory(
    {
        "brands": [
            {
                "id": "examplex",
                "name": "Examplex",
                "mail": [{"address": DESK, "role": "support"}, {"address": AGENT, "role": "support"}],
            }
        ]
    }
)


def channel(name: str, address: str) -> EmailSettings:
    """Return the settings of a channel that asks for answers at tagged addresses."""
    return EmailSettings(
        address=address,
        password=SecretStr("p"),
        imap_host="imap.examplex.test",
        smtp_host="smtp.examplex.test",
        plus_addressing=True,
    )


CHANNELS = {"support": channel("support", DESK), "help": channel("help", OTHER_DESK)}


def mail(
    name: str,
    sender: str,
    *headers: str,
    to: str = DESK,
    subject: str = "My deposit",
    text: str = "Where is it?",
    date: str = "Fri, 20 Nov 2026 12:00:00 +0000",
    message_id: str | None = None,
) -> bytes:
    """Return a mail; what receivers write stands on top of it."""
    own = f"<{name}@mail.test>" if message_id is None else message_id
    lines = [*headers, f"From: {sender}", f"To: {to}", f"Subject: {subject}", f"Date: {date}"]
    lines += [f"Message-ID: {own}"] if own else []
    return "\r\n".join([*lines, "", text, ""]).encode()


def verdict(result: str, domain: str = "mail.test", by: str = MX) -> str:
    """Return what a receiving server writes on top of a mail."""
    return f"Authentication-Results: {by}; dmarc={result} header.from={domain}"


class MailDesk:
    """One desk with two mail channels; `judged` are those whose receiving server is believed."""

    def __init__(self, store: SqlStore, clock: ManualClock, judged: Iterable[str] = ("support", "help")) -> None:
        self.store, self.clock = store, clock
        self._judged = frozenset(judged)
        self._number = 0
        named: Mapping[str, NormalizerPlugin] = {
            **dict.fromkeys(CHANNELS, NORMALIZER),
            TICKETS: NormalizerPlugin("acts", 1, self._acts),
            ENGINE: feedback.NORMALIZER,
        }
        self._pipeline = Pipeline(
            store,
            Judging(Stages(named, self._facts, self._assess, triage), clock),
            self.policy,
            clock,
            RetryPolicy(base_secs=1, cap_secs=10, attempts=4, bug_attempts=2),
            random.Random(5),
        )

    def policy(self) -> Policy:
        """Return what casework knows of the desk."""
        return Policy(
            brand="Examplex",
            official=(DESK,),
            locales=load_locales(),
            secret=SECRET,
            backend=TICKETS,
            acknowledgement=AckPolicy(),
            own_addresses=frozenset({DESK, OTHER_DESK}),
            sending=frozenset(CHANNELS),
            proving=self._judged,
        )

    async def receive(self, *mails: bytes, by: str = "support") -> list[Entry]:
        """Take mails in, one after the other; return the newest version of what each became, nothing for none."""
        found: list[Entry | None] = []
        for body in mails:
            item = await self._take(by, "lane@mail.test", body)
            (event,) = NORMALIZER.normalize(item)
            assert isinstance(event, Message)
            found.append((await self.store.look_up([Query(message_id=event.id)]))[0].copy_of)
        return [entry for entry in found if entry is not None]

    async def flood(self, mails: Sequence[bytes], by: str = "support") -> list[Entry]:
        """Take many mails in at once, each of a lane of its own; return what each became."""
        first = self._number + 1
        self._number += len(mails)
        items = [raw(str(first + at), f"lane{at}@mail.test", by, body) for at, body in enumerate(mails)]
        await self.store.put_page(by, INBOX, items, Cursor(str(self._number)))
        while await self._pipeline.step():
            pass
        ids = [event.id for item in items for event in NORMALIZER.normalize(item) if isinstance(event, Message)]
        found = await self.store.look_up([Query(message_id=name) for name in ids])
        return [past.copy_of for past in found if past.copy_of is not None]

    async def placed(self, body: bytes, by: str = "support") -> tuple[Case, Entry]:
        """Take a mail in; return its case and its entry there."""
        (entry,) = await self.receive(body, by=by)
        return await self.case(entry.case_id), entry

    async def case(self, number: str) -> Case:
        """Return a case."""
        view = await self.store.case_view(number)
        assert view is not None
        return view.file.case

    async def entries(self, number: str) -> tuple[Entry, ...]:
        """Return the file of a case."""
        view = await self.store.case_view(number)
        assert view is not None
        return view.file.entries

    async def cases(self) -> Sequence[Case]:
        """Return every case."""
        return await self.store.list_cases(None, 1_000)

    async def notes(self, number: str) -> list[str]:
        """Return what the agents are told on a case's ticket."""
        done: list[str] = []
        while claimed := await self.store.claim_effects(TICKETS, 100, self.clock.now()):
            done += [_note(each) for each in claimed if each.effect.case_id == number]
            await self.store.release_effects([Fate(each.id, State.SETTLED, ref="T1") for each in claimed])
        return [note for note in done if note]

    async def answer(self, number: str, text: str = "It is on its way.") -> None:
        """Let an agent answer on a case."""
        await self._take(TICKETS, number, text.encode())

    async def act(self, number: str, kind: str) -> None:
        """Let an agent solve a case, or open it again."""
        await self._take(TICKETS, number, kind.encode())

    async def wakes(self) -> int:
        """Let the timers that are due come in; return how many there were."""
        due = await WakeDispatcher(self.store, self.clock, int).step()
        while await self._pipeline.step():
            pass
        return due

    async def _take(self, source: str, lane: str, body: bytes) -> Raw:
        self._number += 1
        item = raw(str(self._number), lane, source, body)
        await self.store.put_page(source, INBOX, [item], Cursor(str(self._number)))
        while await self._pipeline.step():
            pass
        tally = await self.store.tally()
        assert set(tally.raws) <= {State.SETTLED}, "every mail becomes something"
        return item

    async def sent(self, by: str = "support") -> list[tuple[Reply, Mail]]:
        """Send what waits, and return it as it was sent."""
        found: list[tuple[Reply, Mail]] = []
        while claimed := await self.store.claim_effects(by, 100, self.clock.now()):
            for each in claimed:
                assert each.effect.reply is not None
                written = compose(each.effect.reply, CHANNELS[by], self.clock.now())
                found.append((each.effect.reply, written))
                await self.store.release_effects([Fate(each.id, State.SETTLED, ref=written.ref)])
        return found

    async def _facts(self, message: Message) -> tuple[Fact, ...]:
        believed = (MX,) if message.provenance.source in self._judged else ()
        return (judge_mail_auth(message, believed),)

    @staticmethod
    def _assess(seen: Clean, now: datetime) -> Assessment:
        return assess(seen.message, seen.facts, DIRECTORY, now.date(), seen.found)

    @staticmethod
    def _acts(item: Raw) -> Sequence[Event]:
        at = Provenance(
            source=item.source,
            stream=item.stream,
            key=item.key,
            lane=item.lane,
            received_at=item.received_at,
            normalizer="acts/1",
            size=item.size,
        )
        text = item.body.decode()
        return (
            TicketEvent(
                id=f"act:{item.key}",
                ticket="T1",
                case_id=item.lane,
                kind="solved" if text == "solved" else "reopened" if text == "reopened" else "replied",
                text=text,
                author="Agent",
                at=item.received_at,
                provenance=at,
            ),
        )


def answered(written: Mail) -> tuple[str, str]:
    """Return the Message-ID of a mail of ours, and where it asks to be answered."""
    head = written.data.partition(b"\r\n\r\n")[0].decode()
    reply_to = next(line for line in head.split("\r\n") if line.startswith("Reply-To: "))
    return written.ref, reply_to.removeprefix("Reply-To: ").strip("<>")


def codes(entry: Entry) -> set[str]:
    """Return the codes of what was found."""
    return {finding.code for finding in entry.assessment.findings}


def _note(each: StoredEffect) -> str:
    return each.effect.ticket.note if each.effect.kind is EffectKind.TICKET and each.effect.ticket else ""
