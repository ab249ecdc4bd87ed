"""Machines that answer machines: through the normalizer, the pipeline and a store, the mails composed as they leave."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from pydantic import SecretStr

from connectors.email import EmailSettings
from connectors.email._compose import compose
from gateway.answers.acknowledge import AckPolicy
from gateway.answers.outgoing import signed_reply
from gateway.case import CaseState, Thread
from gateway.journal import EffectKind, Fate, State
from gateway.ports import Cursor, Key, Raw, ReplyKind
from gateway.store import SqlStore
from gateway.watching.observation import Observer
from normalizers.email import normalize
from tests.builders import DESK, NOON
from tests.builders import case as a_case
from tests.conftest import ManualClock
from tests.unit.test_pipeline import INBOX, Bench

SETTINGS = EmailSettings(
    address=DESK, password=SecretStr("made-up"), imap_host="127.0.0.1", smtp_host="127.0.0.1", display_name="Examplex"
)
HOUR = 3600


@dataclass
class Desk:
    """A desk that reads mails and sends what follows, each mail as its bytes with the envelope's sender on top."""

    bench: Bench
    arrived: int = 0
    sent: list[bytes] = field(default_factory=list)

    async def take(self, *mails: bytes) -> list[bytes]:
        """Return what is sent when these have come in."""
        raws = []
        for mail in mails:
            self.arrived += 1
            sender = re.search(rb"(?im)^from:.*?([^\s<]+@[^\s>]+)", mail)
            lane = sender[1].decode() if sender else "nobody"
            now = self.bench.clock.now()
            raws.append(Raw("support", INBOX, Key(str(self.arrived)), lane, mail, "message/rfc822", now, len(mail)))
        await self.bench.store.put_page("support", INBOX, raws, Cursor(str(self.arrived)))
        await self.bench.settle()
        out = await self._send()
        self.sent += out
        return out

    async def _send(self) -> list[bytes]:
        out: list[bytes] = []
        while claimed := await self.bench.store.claim_effects("support", 50, self.bench.clock.now()):
            for item in claimed:
                reply = item.effect.reply
                assert reply is not None
                assert item.effect.kind in (EffectKind.ACKNOWLEDGEMENT, EffectKind.WARNING)
                mail = compose(reply, SETTINGS, self.bench.clock.now())
                out.append(f"Return-Path: <{mail.sender}>\r\n".encode() + mail.data)
            await self.bench.store.release_effects([Fate(item.id, State.SETTLED) for item in claimed])
        return out


@pytest.fixture
def desk(store: SqlStore, clock: ManualClock) -> Desk:
    bench = Bench(store, clock)
    bench.normalize = normalize
    return Desk(bench)


def mail(number: int, sender: str, *more: str, body: str = "Thank you for your mail.") -> bytes:
    """Return a mail that bears no mark of a machine."""
    lines = (
        f"Return-Path: <{sender}>",
        f"From: {sender}",
        f"To: {DESK}",
        f"Subject: Received ({number})",
        f"Message-ID: <{number}@peer.test>",
        *more,
    )
    return ("\r\n".join(lines) + f"\r\n\r\n{body}\r\n").encode()


async def test_p34_what_we_send_is_known_by_any_gateway_for_a_machines(desk: Desk) -> None:
    """Our acknowledgement comes back to us as another's: as it is, and with each of its marks but one removed."""
    (ours,) = await desk.take(mail(1, "ann@mail.test"))
    ours = ours.replace(b"To: <ann@mail.test>", b"To: <desk>")
    marks = (b"Return-Path:", b"Auto-Submitted:", b"X-Auto-Response-Suppress:", b"X-Loop:", b"Message-ID:")
    for number, kept in enumerate((*marks, b"")):
        # Another one each time, so that none is a copy of the one before.
        back = ours.replace(DESK.encode(), b"help%d@peer.test" % number).replace(b"<desk>", DESK.encode())
        lines = [line for line in back.split(b"\r\n") if not line.startswith(tuple(set(marks) - {kept}))]
        if kept != b"Return-Path:":
            lines.insert(0, b"Return-Path: <help%d@peer.test>" % number)
        desk.bench.clock.advance(HOUR)
        found = await desk.take(b"\r\n".join(lines))
        assert len(found) == (0 if kept else 1), "with no mark left only the budgets bound it"


async def test_p34_a_responder_that_hides_what_it_is_gets_one_answer_in_ten_minutes_and_ten_a_day(desk: Desk) -> None:
    """A dumb machine with a new Message-ID, no reference and no mark answers within a second, for hours."""
    number = 0
    for _ in range(14):
        waiting = await desk.take(mail(number, "robot@peer.test"))
        number += 1
        rounds = 0
        while waiting:
            rounds += 1
            desk.bench.clock.advance(1)
            waiting = await desk.take(mail(number, "robot@peer.test"))
            number += 1
        assert rounds <= 1, "it never gets an answer to its answer"
        desk.bench.clock.advance(601 - rounds)
    assert len(desk.sent) == 10


async def test_p39_a_bomb_from_a_thousand_addresses_is_held_by_the_breaker_and_all_are_cases(desk: Desk) -> None:
    """Forged senders, another one each time: a minute's budget, then a rest; every mail is a case all the same."""
    desk.bench.acknowledgement = AckPolicy(per_minute=10)
    watch = Observer(
        desk.bench.store, tuple, desk.bench.clock, lambda: None, replies=lambda: desk.bench.acknowledgement
    )
    assert not (await watch.look()).flooded
    number = 0
    for _ in range(19):
        batch = [mail(number + more, f"u{number + more}@d{number + more}.test") for more in range(12)]
        number += 12
        await desk.take(*batch)
        assert (await watch.look()).flooded, "the operators are told"
        desk.bench.clock.advance(60)
    assert 10 < len(desk.sent) <= 2 * 10
    assert len(await desk.bench.store.list_cases(CaseState.OPEN, 1000)) == number


async def test_p39_a_bomb_at_one_mail_domain_is_held_by_its_budget(desk: Desk) -> None:
    desk.bench.acknowledgement = AckPolicy(per_minute=1000, per_domain_hour=11)
    await desk.take(*(mail(number, f"u{number}@victim.test") for number in range(40)))
    assert len(desk.sent) == 11, "also within one batch"
    assert len(await desk.take(mail(99, "ann@mail.test"))) == 1
    desk.bench.clock.advance(HOUR + 1)
    assert len(await desk.take(mail(100, "u100@victim.test"))) == 1


WORDS = "BUY-NOW-AT-CHEAP-TEST"


async def test_p39_the_acknowledgement_holds_no_word_no_name_and_no_link_of_who_wrote(desk: Desk) -> None:
    hostile = mail(1, "ann@mail.test", "Content-Type: text/html", body=f'<a href="https://{WORDS}.test">{WORDS}</a>')
    hostile = hostile.replace(b"Received (1)", WORDS.encode()).replace(
        b"From: ann", f'From: "{WORDS} https://{WORDS}.test" <ann'.encode()
    )
    hostile = hostile.replace(b"ann@mail.test\r\nTo", b"ann@mail.test>\r\nTo")
    (sent,) = await desk.take(hostile)
    parsed = message_from_bytes(sent, policy=policy.default)
    shown = f"{parsed}\n{parsed.get_content()}"
    assert "GH-" in parsed["Subject"]
    assert WORDS not in shown.upper().replace("[.]", ".")
    assert parsed["To"] == "ann@mail.test"


async def test_p38_a_first_sync_answers_nobody_however_many_old_mails_there_are(desk: Desk) -> None:
    await desk.bench.store.watch("support", INBOX, desk.bench.clock.now())
    desk.bench.clock.advance(-30 * 24 * HOUR)
    old = [mail(number, f"u{number}@mail.test") for number in range(20)]
    raws = [
        Raw("support", INBOX, Key(f"old{number}"), f"u{number}@mail.test", each, "message/rfc822",
            desk.bench.clock.now(), len(each))
        for number, each in enumerate(old)
    ]  # fmt: skip
    desk.bench.clock.advance(30 * 24 * HOUR)
    await desk.bench.store.put_page("support", INBOX, raws, Cursor("old"))
    assert await desk.take() == []
    assert len(await desk.bench.store.list_cases(None, 100)) == 20
    assert len(await desk.take(mail(99, "ann@mail.test"))) == 1


async def test_after_an_outage_no_more_than_a_minutes_budget_goes_out_and_nothing_stale(desk: Desk) -> None:
    """D21: a backlog of three days comes in at once."""
    desk.bench.acknowledgement = AckPolicy(per_minute=20)
    start = desk.bench.clock.now()
    raws = []
    for number in range(120):
        each = mail(number, f"u{number}@d{number}.test")
        at = start + timedelta(minutes=number * 36)
        raws.append(Raw("support", INBOX, Key(f"m{number}"), f"u{number}", each, "message/rfc822", at, len(each)))
    desk.bench.clock.advance(72 * HOUR)
    await desk.bench.store.put_page("support", INBOX, raws, Cursor("m"))
    sent = await desk.take()
    assert len(sent) == 20
    recipients = {int(found[1]) for one in sent if (found := re.search(rb"To: <u(\d+)@", one))}
    assert min(recipients) >= 40, "what came in more than two days ago is not acknowledged"
    assert len(await desk.bench.store.list_cases(None, 1000)) == 120


async def test_the_acknowledgement_bears_all_that_it_must(desk: Desk) -> None:
    """PLATFORMS.md D.2, field by field."""
    asked = mail(
        7,
        "Ann@Mail.test",
        "Cc: bob@mail.test, all@lists.test",
        "Reply-To: victim@other.test",
        "In-Reply-To: <6@peer.test>",
        "References: <5@peer.test> <6@peer.test>",
    )
    (sent,) = await desk.take(asked)
    parsed = message_from_bytes(sent, policy=policy.default)
    names = [name.lower() for name in parsed]
    (case,) = await desk.bench.store.list_cases(None, 10)
    assert parsed["Return-Path"] == "<>"
    assert parsed["From"] == f"Examplex <{DESK}>"
    assert parsed["To"] == "ann@mail.test"
    assert not {"cc", "bcc", "reply-to"} & set(names)
    assert parsed["Auto-Submitted"] == "auto-replied"
    assert parsed["X-Auto-Response-Suppress"] == "All"
    assert parsed["X-Loop"] == DESK
    assert parsed["In-Reply-To"] == "<7@peer.test>"
    assert str(parsed["References"]).split() == ["<5@peer.test>", "<6@peer.test>", "<7@peer.test>"]
    assert re.fullmatch(rf"<gh\.{case.id}\.[a-z2-7]{{16}}\.[a-z2-7]{{26}}@examplex\.test>", parsed["Message-ID"])
    assert f"[{case.id}]" in parsed["Subject"]
    assert parsed["Date"].datetime == desk.bench.clock.now()
    assert parsed["MIME-Version"] == "1.0"
    assert parsed.get_content_type() == "text/plain"
    assert not [name for name in names if name.startswith("list-")]
    assert not list(parsed.iter_attachments())
    assert not re.search(r"https?://", parsed.get_content())
    for name in set(names):
        assert len(parsed.get_all(name)) == 1, name


async def test_p35_what_is_marked_as_bulk_is_a_case_all_the_same_and_our_own_reply_is_none(desk: Desk) -> None:
    bulk = mail(1, "ann@mail.test", "Precedence: bulk", "Auto-Submitted: auto-generated")
    assert await desk.take(bulk) == []
    assert len(await desk.bench.store.list_cases(None, 10)) == 1
    (ours,) = await desk.take(mail(2, "bob@mail.test"))
    assert await desk.take(ours.replace(b"To: <bob@mail.test>", f"To: <{DESK}>".encode())) == []
    assert len(await desk.bench.store.list_cases(None, 10)) == 2, "our own mail that comes back opens nothing"


@pytest.mark.parametrize("kind", [kind for kind in ReplyKind if kind is not ReplyKind.ANSWER])
async def test_p37_whatever_a_machine_of_ours_sends_says_so(kind: ReplyKind) -> None:
    """Refusals, questions and notices too: a list that gets one must know it for what it is."""
    case = a_case()
    to = case.requester
    reply = signed_reply(kind, case, to, "Your case", "It is closed.", "key", Thread(), b"s" * 32)
    sent = compose(reply, SETTINGS, NOON)
    parsed = message_from_bytes(sent.data, policy=policy.default)
    assert sent.sender == ""
    assert (parsed["Auto-Submitted"], parsed["X-Auto-Response-Suppress"]) == ("auto-replied", "All")
